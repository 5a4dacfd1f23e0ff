/** The forms of what commands print with `--json` (README, "JSON"): one for each kind of value. */
import { getAddress } from "ethers";

type Form = "number" | "flag" | "time" | "account" | "id" | "text" | "list" | "object";

const NUMBER = /^-?[0-9]+(\.[0-9]+)?$/;
const DAY = /^[0-9]{4}-[0-9]{2}-[0-9]{2}./;
const TIME = /^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$/;
const ACCOUNT = /^0x[0-9a-fA-F]{40}$/;
const ID = /^0x[0-9a-fA-F]{64}$/;
const JOINED = /0x[0-9a-fA-F]{40,64},/;

/** What a name says of its value. */
const NAMED: readonly (readonly [RegExp, Form])[] = [
  [/(Units|PerKwh|Wh|W|M|Seconds|Bits)$/, "number"],
  [/(At|Ends|Until|Time|^relayBefore|^deadline|^slotStart)$/, "time"],
];

/** Every value under a name, at any depth; an entry of a list is called as the list. */
export function namedValues(output: unknown, name = ""): readonly (readonly [string, unknown])[] {
  if (Array.isArray(output)) return output.flatMap((one: unknown) => namedValues(one, name));
  if (typeof output !== "object" || output === null) return [[name, output]];
  return Object.entries(output).flatMap(([key, value]) => namedValues(value, key));
}

/** Null for what is not there. */
export function formOf(value: unknown): Form | null {
  if (value === null) return null;
  if (typeof value === "number") return "number";
  if (typeof value === "boolean") return "flag";
  if (typeof value === "string") return formOfText(value);
  return Array.isArray(value) ? "list" : "object";
}

/** What is not as it should be, each as `name value`; empty for an output in good form. */
export function faultsIn(output: unknown): readonly string[] {
  return namedValues(output)
    .filter(([name, value]) => isFaulty(name, value))
    .map(([name, value]) => `${name} ${JSON.stringify(value)}`);
}

function formOfText(text: string): Form {
  if (TIME.test(text)) return "time";
  if (ACCOUNT.test(text)) return "account";
  return ID.test(text) ? "id" : "text";
}

function isFaulty(name: string, value: unknown): boolean {
  const form = formOf(value);
  const named = NAMED.find(([pattern]) => pattern.test(name))?.[1];
  if (named !== undefined && form !== null && form !== named) return true;
  if (typeof value !== "string") return false;
  if (form === "account") return getAddress(value) !== value;
  if (form === "id") return value !== value.toLowerCase();
  return NUMBER.test(value) || JOINED.test(value) || (DAY.test(value) && form !== "time");
}
