/** Commands that a command prints as what can come next: pasted, they do what they say. */
import { Wallet } from "ethers";
import type { Address } from "../../offchain/core/messages/market.ts";
import { personSchema, type State } from "../stores/state.ts";
import { state as stateOption } from "./options.ts";

/** What a person has typed, and a pasted command needs as well. */
export interface Typed {
  readonly session?: string | undefined;
  readonly auction?: string | undefined;
}

/** A command for the same state folder, about what the command before it was told. */
export function pasteable(
  { folder }: Pick<State, "folder">,
  words: string,
  { session, auction }: Typed = {},
): string {
  const about = session === undefined ? [] : [`session ${session}`];
  const within = auction === undefined || session !== undefined ? [] : [`auction ${auction}`];
  const kept = folder === stateOption.defaultValue ? [] : [`state ${quoted(folder)}`];
  return [`npx hardhat ${words}`, ...about, ...within, ...kept].join(" --");
}

/** As a shell takes it for one word. */
function quoted(path: string): string {
  return /^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
}

/** The names in a state folder by their accounts. */
export async function namesByAccount(state: State): Promise<ReadonlyMap<Address, string>> {
  const files = (await state.list("people")).filter((file) => file.endsWith(".json"));
  const people = await Promise.all(files.map((file) => state.read(`people/${file}`, personSchema)));
  return new Map(people.map(({ name, privateKey }) => [new Wallet(privateKey).address, name]));
}
