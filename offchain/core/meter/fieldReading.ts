/**
 * What genuine records of the field say, read as generously as is safe: for two parties who settle
 * by their own signatures where the contract cannot read the record. Codes in any spelling, numbers
 * with exponents or any number of decimals, escapes, flags that concern the time alone. What the
 * meter itself says is wrong stays refused: its state, an energy flag, an exception, a register
 * that falls.
 */
import { digitsOf, type Fields, type OcmfRecord } from "./ocmfRecord.ts";
import { registerKind, type RegisterKind } from "./registerCode.ts";
import {
  ENDS,
  RefusedRecordError,
  refused,
  synchronisedMs,
  TIME_FLAG,
  WITHIN,
  type Direction,
} from "./settlementRules.ts";

/** The one register that is billed, over the records of a transaction or of a part of one. */
export interface FieldReading extends Omit<RegisterKind, "key" | "direction"> {
  /** OBIS code as it is written. */
  readonly register: string;
  readonly hasBegin: boolean;
  readonly hasEnd: boolean;
  /** The register at the begin, rounded down; null without it. */
  readonly beginWh: bigint | null;
  /** Exact difference, rounded down once; null unless both ends are there. */
  readonly energyWh: bigint | null;
  /** The meter flags its time: the energy stands, the times do not. */
  readonly isTimeFlagged: boolean;
}

/** Digits and the power of ten that they count, in Wh. */
interface Quantity {
  readonly digits: bigint;
  readonly exponent: number;
}

interface Moment extends Quantity {
  readonly time: string;
}

/** What is known at a reading: what it omits is as in the reading before. */
interface Known {
  readonly time: string;
  readonly mark: string | null;
  readonly code: string | null;
  readonly unit: string | null;
  readonly isGood: boolean;
  readonly flags: string;
  readonly value: string | null;
}

interface Candidate {
  readonly kind: RegisterKind;
  readonly register: string;
  readonly begin: Moment | null;
  readonly end: Moment | null;
}

const NOTHING: Known = {
  ...{ time: "", mark: null, code: null, unit: null },
  ...{ isGood: false, flags: "", value: null },
};
const NUMBER = /^\s*\+?(\d{1,30})(?:\.(\d{0,30}))?(?:e([+-]?\d{1,2}))?\s*$/i;
const UNIT_EXPONENTS: Readonly<Record<string, number>> = { wh: 0, kwh: 3 };

/**
 * Reads the records of a transaction, or a part of them, in their order.
 * @throws RefusedRecordError E_METER_STATE, E_ERROR_FLAG, E_EXCEPTION, E_MARK, E_UNIT, E_NUMBER,
 *   E_NO_REGISTER, E_SEVERAL_REGISTERS, E_NOT_A_TRANSACTION, E_FALLING_REGISTER, E_TIME_REVERSED
 */
export function readField(records: readonly OcmfRecord[], direction: Direction): FieldReading {
  const readings = records.flatMap((record) => knownReadings(record.readings));
  const candidates = readings.reduce<ReadonlyMap<string, Candidate>>(
    (found, known) => withReading(found, known, direction),
    new Map(),
  );
  const { kind, register, begin, end } = billed([...candidates.values()], direction);
  const isTimeFlagged = readings.some(({ flags }) => flags.includes(TIME_FLAG));
  if (!isTimeFlagged) requireForwards(begin, end);
  return {
    isCompensated: kind.isCompensated,
    isTariff: kind.isTariff,
    register,
    hasBegin: begin !== null,
    hasEnd: end !== null,
    beginWh: begin === null ? null : wholeWh(begin),
    energyWh: begin === null || end === null ? null : differenceWh(begin, end),
    isTimeFlagged,
  };
}

function knownReadings(readings: readonly Fields[]): readonly Known[] {
  const known: Known[] = [];
  for (const reading of readings) {
    const before = known.at(-1) ?? NOTHING;
    known.push(Object.entries(reading).reduce(withField, { ...before, value: null }));
  }
  return known;
}

function withField(known: Known, [key, value]: readonly [string, unknown]): Known {
  const text = typeof value === "string" ? value.trim() : "";
  switch (key) {
    case "TM":
      return { ...known, time: text };
    case "TX":
      if (text === "X") throw refused("E_EXCEPTION", "no exception");
      return { ...known, mark: text };
    case "RV":
      return { ...known, value: digitsOf(value) ?? text };
    case "RI":
      return { ...known, code: text };
    case "RU":
      return { ...known, unit: text.toLowerCase() };
    case "EF":
      if (text !== "" && text !== TIME_FLAG) throw refused("E_ERROR_FLAG", "no energy flag");
      return { ...known, flags: text };
    case "ST":
      if (text !== "G") throw refused("E_METER_STATE", "state G");
      return { ...known, isGood: true };
    default:
      return known;
  }
}

function withReading(
  found: ReadonlyMap<string, Candidate>,
  known: Known,
  direction: Direction,
): ReadonlyMap<string, Candidate> {
  const register = known.code ?? "";
  const kind = registerKind(register);
  if (known.value === null || kind?.direction !== direction) return found;
  const candidate = found.get(kind.key) ?? { kind, register, begin: null, end: null };
  return new Map(found).set(kind.key, taken(candidate, known));
}

function taken(candidate: Candidate, known: Known): Candidate {
  const mark = known.mark ?? "";
  const open = candidate.end === null;
  if (mark === "B" && open && candidate.begin === null) {
    return { ...candidate, begin: momentOf(known) };
  }
  if (ENDS.includes(mark) && open) return { ...candidate, end: momentOf(known) };
  if (WITHIN.includes(mark) && open) return candidate;
  throw refused("E_MARK", "one begin, then one end");
}

function momentOf({ isGood, unit, value, time }: Known): Moment {
  if (!isGood) throw refused("E_METER_STATE", "a state");
  const power = UNIT_EXPONENTS[unit ?? ""];
  if (power === undefined) throw refused("E_UNIT", "kWh or Wh");
  const [, whole, decimals = "", exponent = "0"] = NUMBER.exec(value ?? "") ?? [];
  if (whole === undefined) throw refused("E_NUMBER", "a number");
  const digits = BigInt(whole + decimals);
  return { digits, exponent: power + Number(exponent) - decimals.length, time };
}

/**
 * Of the registers with the most ends, the one without the losses of the cable before the others,
 * and one of all tariffs before one of a single tariff.
 */
function billed(candidates: readonly Candidate[], direction: Direction): Candidate {
  const rank = ({ kind, begin, end }: Candidate): number =>
    (begin === null ? 0 : 4) +
    (end === null ? 0 : 4) +
    (kind.isTariff ? 0 : 2) +
    (kind.isCompensated ? 1 : 0);
  const [first, ...others] = candidates.toSorted((a, b) => rank(b) - rank(a));
  if (first === undefined) throw refused("E_NO_REGISTER", `a register of ${direction}`);
  if (first.begin === null && first.end === null) {
    throw refused("E_NOT_A_TRANSACTION", "a begin or an end");
  }
  const rival = others.find((other) => rank(other) === rank(first) && !isSame(other, first));
  if (rival !== undefined) throw refused("E_SEVERAL_REGISTERS", `${first.register} alone`);
  return first;
}

/** Registers of one rank may stand side by side unless they count otherwise. */
function isSame(a: Candidate, b: Candidate): boolean {
  if (a.begin === null || a.end === null || b.begin === null || b.end === null) return true;
  return differenceWh(a.begin, a.end) === differenceWh(b.begin, b.end);
}

function wholeWh(quantity: Quantity): bigint {
  return differenceWh({ digits: 0n, exponent: 0 }, quantity);
}

/** Rounded down. @throws RefusedRecordError E_FALLING_REGISTER */
function differenceWh(begin: Quantity, end: Quantity): bigint {
  const exponent = Math.min(begin.exponent, end.exponent, 0);
  const scaled = (quantity: Quantity): bigint =>
    quantity.digits * 10n ** BigInt(quantity.exponent - exponent);
  const difference = scaled(end) - scaled(begin);
  if (difference < 0n) throw refused("E_FALLING_REGISTER", "a register that does not fall");
  return difference / 10n ** BigInt(-exponent);
}

/** @throws RefusedRecordError E_TIME_REVERSED if two synchronised times say so */
function requireForwards(begin: Moment | null, end: Moment | null): void {
  const [beganAt, endedAt] = [begin, end].map((moment) => clockOf(moment?.time ?? ""));
  const reversed = typeof beganAt === "number" && typeof endedAt === "number" && endedAt < beganAt;
  if (reversed) throw refused("E_TIME_REVERSED", "an end that is not before the begin");
}

/** A time that cannot be read bounds nothing. */
function clockOf(time: string): number | null {
  try {
    return synchronisedMs(time);
  } catch (error) {
    if (error instanceof RefusedRecordError) return null;
    throw error;
  }
}
