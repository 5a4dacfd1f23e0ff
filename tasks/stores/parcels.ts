/**
 * Parcels out of a state folder and into another.
 *
 *   parcels/<account>.json   when the last parcel was packed that was taken from somebody
 */
import { z } from "zod";
import { addressForm, decimalForm, hexForm } from "../../offchain/core/messages/forms.ts";
import type { Address } from "../../offchain/core/messages/market.ts";
import type { Parcel, ParcelFiles } from "../../offchain/core/messages/parcel.ts";
import { InputError } from "../support/outcome.ts";
import { plainLine } from "../support/plainText.ts";
import { moment } from "../support/print.ts";
import { isOfNamesake } from "./certificates.ts";
import { signedFiles } from "./signedFiles.ts";
import { isOfForm, uint, type State } from "./state.ts";
import type { Connected } from "../support/connection.ts";
import { type Sender, handedBy, handedAs, type Handed } from "../support/handed.ts";

/** Of the form, in the file. */
export const PARCEL = "ChargeVeil.Parcel.v1";

const parcelForm = z.strictObject({
  parcel: z.literal(PARCEL),
  from: addressForm,
  packedAt: uint(40),
  files: z.record(z.string(), z.string()),
  signature: hexForm,
});
const seenForm = z.strictObject({ packedAt: decimalForm.transform(BigInt) });

/** Parcels on their way. */
export const parcels = signedFiles<z.infer<typeof parcelForm>>(parcelForm, {
  option: "--file",
  what: "parcel",
  remedy: "the sender makes one with `market pack`",
  // Of a matcher that has held ten thousand auctions, and well below what a text can be.
  mostBytes: 2 ** 28,
});

/** By how much clocks may differ; later ones would stand before all true ones of the sender. */
const CLOCK_SECONDS = 3_600n;

/** Everything in the folder that the sender hands on. */
export async function filesToHand(
  { market, state }: Pick<Connected, "market" | "state">,
  sender: Sender,
): Promise<ParcelFiles> {
  const like = handedBy(sender.roles).map(({ path }) => pathsLike(state, path));
  const files: Record<string, string> = {};
  for (const path of (await Promise.all(like)).flat()) {
    if ((await handedAs(market, sender, path)) === undefined) continue;
    files[path] = (await state.textIfThere(path)) ?? "";
  }
  return files;
}

/** What became of a parcel, by paths. */
export interface TakenParcel {
  readonly news: readonly string[];
  /** Certificates of others who go by the name of somebody in the folder. */
  readonly passedOver: readonly string[];
}

/**
 * Takes what is new in a parcel of the sender, all of it or nothing. What was interrupted is taken
 * by taking the parcel again.
 * @throws InputError for an older parcel than the last one, for one of a time to come, for what is
 *   not the sender's to hand on, for what is none of the kind that its path says, and for what the
 *   folder knows otherwise
 */
export async function takeParcel(
  { market, state, now }: Pick<Connected, "market" | "state" | "now">,
  sender: Sender,
  { packedAt, files }: Parcel,
): Promise<TakenParcel> {
  await requireItsTurn(state, sender, packedAt, BigInt(await now()));
  const news: (readonly [path: string, text: string])[] = [];
  const passedOver: string[] = [];
  for (const [path, text] of Object.entries(files)) {
    const handed = await handedAs(market, sender, path);
    if (handed === undefined) throw notTheirs(sender, path);
    requireForm(sender, handed, path, text);
    if (await isOfNamesake(state, path, text)) passedOver.push(path);
    else if (await isNews(state, sender, handed, path, text)) news.push([path, text]);
  }
  for (const [path, text] of news) await state.writeText(path, text);
  await state.write(seenPath(sender.account), { packedAt });
  return { news: news.map(([path]) => path), passedOver };
}

async function requireItsTurn(
  state: State,
  { account }: Sender,
  packedAt: bigint,
  nowSeconds: bigint,
): Promise<void> {
  if (packedAt > nowSeconds + CLOCK_SECONDS) {
    const what = `${account} has packed this at ${moment(packedAt)}`;
    throw new InputError(`--file: ${what}, which is yet to come: ask for a new one`);
  }
  const last = await state.readIfThere(seenPath(account), seenForm);
  if (last === undefined || packedAt >= last.packedAt) return;
  const what = `of ${account} a later parcel was unpacked already`;
  throw new InputError(`--file: ${what}: ask for a new one`);
}

/** What the commands could not read later, when nobody knows any more whose it was. */
function requireForm({ account }: Sender, { form }: Handed, path: string, text: string): void {
  if (form === null || isOfForm(text, form)) return;
  throw new InputError(`--file: ${path} is not what it should be: ask ${account} for a new one`);
}

async function isNews(
  state: State,
  { account }: Sender,
  { isRenewed }: Handed,
  path: string,
  text: string,
): Promise<boolean> {
  const known = await state.textIfThere(path);
  if (known === text) return false;
  if (known === undefined || isRenewed) return true;
  const what = `${path} is not the one that ${state.folder} holds`;
  const ways = "and move that file away if it is the new one";
  throw new InputError(`--file: ${what}: ask ${account} which of them counts, ${ways}`);
}

function notTheirs({ account, roles }: Sender, path: string): InputError {
  const who = roles.length === 0 ? "who takes no part in this market" : `as ${roles.join(", ")}`;
  return new InputError(`--file: ${plainLine(path)} is not for ${account} to hand on, ${who}`);
}

/** Paths of the folder whose parts are like the patterns. */
async function pathsLike(
  state: State,
  [first, ...others]: readonly RegExp[],
  folder = "",
): Promise<readonly string[]> {
  if (first === undefined) return [];
  const names = (await state.list(folder)).filter((name) => first.test(name)).toSorted();
  const paths = names.map((name) => (folder === "" ? name : `${folder}/${name}`));
  if (others.length === 0) return paths;
  return (await Promise.all(paths.map((path) => pathsLike(state, others, path)))).flat();
}

function seenPath(account: Address): string {
  return `parcels/${account}.json`;
}
