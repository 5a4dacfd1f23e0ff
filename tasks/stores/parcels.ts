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
import { signedFiles } from "./signedFiles.ts";
import { uint, type State } from "./state.ts";
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
});

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

/**
 * Takes what is new in a parcel of the sender, all of it or nothing. Returns the paths of what was
 * new.
 * @throws InputError for an older parcel than the last one, for what is not the sender's to hand
 *   on, and for what the folder knows otherwise
 */
export async function takeParcel(
  { market, state }: Pick<Connected, "market" | "state">,
  sender: Sender,
  { packedAt, files }: Parcel,
): Promise<readonly string[]> {
  const last = await state.readIfThere(seenPath(sender.account), seenForm);
  if (last !== undefined && packedAt < last.packedAt) {
    const what = `of ${sender.account} a later parcel was unpacked already`;
    throw new InputError(`--file: ${what}: ask for a new one`);
  }
  const news: (readonly [path: string, text: string])[] = [];
  for (const [path, text] of Object.entries(files)) {
    const handed = await handedAs(market, sender, path);
    if (handed === undefined) throw notTheirs(sender, path);
    if (await isNews(state, sender, handed, path, text)) news.push([path, text]);
  }
  for (const [path, text] of news) await state.writeText(path, text);
  await state.write(seenPath(sender.account), { packedAt });
  return news.map(([path]) => path);
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
  throw new InputError(`--file: ${what}: ask ${account} which of them counts`);
}

function notTheirs({ account, roles }: Sender, path: string): InputError {
  const who = roles.length === 0 ? "who takes no part in this market" : `as ${roles.join(", ")}`;
  return new InputError(`--file: ${path} is not for ${account} to hand on, ${who}`);
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
