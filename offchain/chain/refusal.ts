/**
 * Turns the many shapes in which a provider reports a revert into one sentence: what is wrong, the
 * values, what to do, and the name of the contract's error for whoever looks it up.
 */
import {
  isError,
  type ErrorDescription,
  type Interface,
  type ParamType,
  type Result,
} from "ethers";
import {
  AUTHORISED_ROLES,
  PARTICIPANT_KINDS,
  PHASES,
  SESSION_STATES,
} from "../core/messages/market.ts";
import { DIRECTIONS } from "../core/meter/settlementRules.ts";
import type { RefusalValues } from "./refusals/refusalTypes.ts";
import { sentenceOf } from "./refusals/sentences.ts";

/** A contract said no, in its own words. */
export class RefusedError extends Error {
  override readonly name = "RefusedError";
  readonly code = "E_REFUSED";
  /** Name of the custom error, e.g. `AuctionWrongPhase`. */
  readonly reason: string;
  /** What the error carries, by name; numbers that have a name by that name. */
  readonly values: RefusalValues;

  constructor(reason: string, message: string, values: RefusalValues = {}) {
    super(message);
    this.reason = reason;
    this.values = values;
  }
}

/**
 * What a contract would say, found out before anything was signed or sent: the refusal has cost
 * nothing.
 * @param why what is wrong, with values and remedy; by default the sentence of the error, which
 *   wants all its values
 */
export function refusedBefore(
  reason: string,
  values: RefusalValues,
  why: string = sentenceOf(reason, values),
): RefusedError {
  return new RefusedError(reason, `refused before sending: ${why} (${reason})`, values);
}

interface Speaker {
  readonly name: string;
  readonly interface: Interface;
}

/** Names of the numbers that an error carries, by error. */
const ENUMS: Readonly<Record<string, readonly string[]>> = {
  AuctionWrongPhase: PHASES,
  IdentityAuthorisationMalformed: AUTHORISED_ROLES,
  IdentityCertificateMalformed: PARTICIPANT_KINDS,
  IdentityWrongKind: PARTICIPANT_KINDS,
  IdentityWrongRole: AUTHORISED_ROLES,
  MeterNoRegister: DIRECTIONS,
  OpenWrongPhase: PHASES,
  SessionOver: SESSION_STATES,
  SessionWrongState: SESSION_STATES,
};

/** Of the text of a selector, with 0x. */
const SELECTOR_LENGTH = 10;

/** How deep providers bury the data of a revert. */
const MAX_DEPTH = 6;

/** What nodes answer to a call that reverts: by EIP-1474 and geth, and by Nethermind. */
const REVERT_CODES: readonly unknown[] = [3, -32_015];

/**
 * Whether a contract has ended a call, for whatever reason or none; a network that fails does not.
 */
export function isRevert(error: unknown): boolean {
  if (isError(error, "CALL_EXCEPTION")) return true;
  return error instanceof Error && REVERT_CODES.includes(Reflect.get(error, "code"));
}

/**
 * Whether a contract has no view by that name, or none stands there. A node that says nothing
 * proves nothing.
 */
export function hasNoSuchView(error: unknown): boolean {
  return isRevert(error) || isError(error, "BAD_DATA");
}

/** Null if `error` is not a revert of one of the contracts. */
export function refusalOf(error: unknown, speakers: readonly Speaker[]): RefusedError | null {
  const data = revertData(error, MAX_DEPTH);
  if (data === null) return null;
  for (const speaker of speakers) {
    const described = describedBy(speaker, data);
    if (described !== null) return refusedBy(described);
  }
  return null;
}

/**
 * A revert of a contract whose errors are not known, such as a token's own; null for anything else.
 */
export function unexplainedOf(error: unknown): RefusedError | null {
  if (!isRevert(error)) return null;
  const said = revertData(error, MAX_DEPTH)?.slice(0, SELECTOR_LENGTH) ?? "nothing";
  const why = "the token or another contract has refused, and its errors are not known here";
  const remedy = "look this up in its documentation";
  return new RefusedError("Unknown", `refused: ${why}: ${remedy}, it said ${said}`, { said });
}

/** Null if it is no error of this contract, or broke off on the way. */
function describedBy(speaker: Speaker, data: string): ErrorDescription | null {
  try {
    return speaker.interface.parseError(data);
  } catch {
    return null;
  }
}

function refusedBy(described: ErrorDescription): RefusedError {
  const { name, fragment, args } = described;
  const values = Object.fromEntries(
    fragment.inputs.flatMap((input, k) => valuesOf(name, input, input.name || String(k), args[k])),
  );
  return new RefusedError(name, `refused: ${sentenceOf(name, values)} (${name})`, values);
}

/** A value, or those of a struct. */
function valuesOf(
  errorName: string,
  input: ParamType,
  name: string,
  value: unknown,
): readonly (readonly [string, string | bigint])[] {
  if (!input.isTuple()) return [[name, shown(errorName, input, value)]];
  const fields = value as Result;
  return input.components.flatMap((component, k) =>
    valuesOf(errorName, component, `${name}.${component.name}`, fields[k]),
  );
}

function shown(errorName: string, input: ParamType, value: unknown): string | bigint {
  const name = input.type === "uint8" ? ENUMS[errorName]?.[Number(value)] : undefined;
  return name ?? (typeof value === "bigint" ? value : String(value));
}

function revertData(error: unknown, depth: number): string | null {
  if (typeof error === "string") return /^0x[0-9a-f]{8,}$/i.test(error) ? error : null;
  if (depth === 0 || typeof error !== "object" || error === null) return null;
  for (const key of ["data", "error", "info", "cause"]) {
    const found: unknown = Reflect.get(error, key);
    const data = found === undefined ? null : revertData(found, depth - 1);
    if (data !== null) return data;
  }
  return null;
}
