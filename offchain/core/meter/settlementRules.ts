/**
 * What the contract accepts of a record, said off chain: the twin of the libraries in
 * `contracts/ocmf` and of the checks of `MeterRegistry`, written from contracts/README.md over
 * parsed JSON instead of bytes. Every refusal has a code of its own, and the contract an error for
 * it. Registers are read in 1/1,000,000 Wh and told in 1/1000 Wh, times are in milliseconds.
 */
import { digitsOf, paginationOf, type Fields, type OcmfRecord } from "./ocmfRecord.ts";
import { placeOf, topLevelKeys } from "./keyPlaces.ts";

/** Seen from the meter: import flows to the vehicle. In the order of `EnergyDirection`. */
export const DIRECTIONS = ["import", "export"] as const;
export type Direction = (typeof DIRECTIONS)[number];

/** Every refusal, with the errors of the contract that say the same. */
export const CONTRACT_ERRORS = {
  E_CURVE: ["MeterCertificateMalformed", "MeterUnknownKey"],
  E_SIGNATURE: ["MeterBadSignature"],
  E_PLACES: ["OcmfKeyOrder", "OcmfKeyOutside", "OcmfKeyNotAtTop", "OcmfKeyExpected"],
  E_ESCAPED: ["OcmfEscaped"],
  E_FORM: ["OcmfMalformed"],
  E_NOT_TRANSACTIONAL: ["OcmfNotTransactional"],
  E_METER_STATE: ["OcmfMeterState"],
  E_ERROR_FLAG: ["OcmfErrorFlag"],
  E_EXCEPTION: ["OcmfException"],
  E_TIME: ["OcmfBadTime"],
  E_MARK: ["OcmfMisplacedMark"],
  E_UNIT: ["OcmfWrongUnit"],
  E_NUMBER: ["OcmfBadNumber"],
  E_SEVERAL_REGISTERS: ["OcmfSeveralRegisters"],
  E_NO_REGISTER: ["MeterNoRegister"],
  E_RECORD_COUNT: ["MeterRecordCount"],
  E_PAGINATION_SPENT: ["MeterPaginationSpent"],
  E_NOT_A_TRANSACTION: ["MeterNotATransaction"],
  E_PAGINATION_GAP: ["MeterPaginationGap"],
  E_REGISTERS_DIFFER: ["MeterRegistersDiffer"],
  E_FALLING_REGISTER: ["MeterFallingRegister"],
  E_TIME_REVERSED: ["MeterTimeReversed"],
  E_OUTSIDE_SESSION: ["MeterOutsideSession"],
  E_TOO_MUCH_ENERGY: ["MeterTooMuchEnergy"],
} as const satisfies Readonly<Record<string, readonly string[]>>;
export type RefusalCode = keyof typeof CONTRACT_ERRORS;

/**
 * A record that the contract would refuse. The message holds readings of the meter, never
 * identification.
 */
export class RefusedRecordError extends Error {
  override readonly name = "RefusedRecordError";
  readonly code: RefusalCode;
  /** What the contract wants of a record and did not find, e.g. "a pagination above 5". */
  readonly expected: string;

  constructor(code: RefusalCode, expected: string, message: string) {
    super(message);
    this.code = code;
    this.expected = expected;
  }
}

export interface Register {
  /** 1/1,000,000 Wh, exact. */
  readonly microWh: bigint;
  /** TM as it is written. */
  readonly time: string;
  /** The meter flags its time: it says nothing. */
  readonly isTimeFlagged: boolean;
}

/** What a record says about the one register of a direction. */
export interface RecordContent {
  readonly pagination: bigint;
  /** OBIS code as it is written. */
  readonly register: string;
  readonly begin: Register | null;
  readonly end: Register | null;
  /** ID, null where it is missing, no text, or where the contract cannot be pointed to. */
  readonly identification: string | null;
}

/**
 * What the records of one transaction say together. Times are null unless the clock was
 * synchronised at both ends.
 */
export interface Transaction {
  readonly beginPagination: bigint;
  readonly endPagination: bigint;
  readonly register: string;
  readonly beginMilliWh: bigint;
  readonly endMilliWh: bigint;
  /** Rounded down once. */
  readonly energyWh: bigint;
  readonly beganAtMs: number | null;
  readonly endedAtMs: number | null;
}

/** What bounds the energy, and from which pagination on records count. */
export interface Limits {
  readonly ratedPowerW: bigint;
  /** Between these two the energy has flowed; unix seconds. */
  readonly pluggedInAt: number;
  readonly endedAt: number;
  readonly lastPagination: bigint;
}

/**
 * The widest limits that a certificate and a session can set (power is a uint32), from the first
 * pagination on: what is refused within these settles nowhere.
 */
export const WIDEST_LIMITS: Limits = {
  ratedPowerW: 2n ** 32n - 1n,
  pluggedInAt: 0,
  endedAt: 2 ** 40 - 1,
  lastPagination: 0n,
};

/** Offsets in the payload, as the contract wants them. */
export interface Places {
  readonly pagination: number;
  readonly identification: number;
  readonly readings: number;
}

/** What is known at a reading: what it omits is as in the reading before. RV alone is its own. */
interface Known {
  readonly mark: string | null;
  readonly time: string | null;
  readonly register: string | null;
  readonly unit: string | null;
  readonly hasState: boolean;
  readonly isTimeFlagged: boolean;
  readonly value: string | null;
}

/** What a code says of the register that it names. */
interface CodeKind {
  readonly direction: Direction;
  /** The losses of the cable are taken out of it. */
  readonly isCompensated: boolean;
}

interface Found extends Pick<RecordContent, "begin" | "end"> {
  readonly register: string | null;
  readonly isCompensated: boolean;
}

const NOTHING_FOUND: Found = { register: null, isCompensated: false, begin: null, end: null };
const NOTHING: Known = {
  mark: null,
  time: null,
  register: null,
  unit: null,
  hasState: false,
  isTimeFlagged: false,
  value: null,
};
/** Marks of an end, and of what stands within a transaction. */
export const ENDS = ["E", "L", "R", "A", "P"];
export const WITHIN = ["C", "S", "T"];
/** EF of a reading whose time is not to be trusted, and whose energy is. */
export const TIME_FLAG = "t";
const TIME = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d),(\d{3})([+-])(\d\d)(\d\d) S$/;
const NUMBER = /^((\d+)(?:\.(\d+))?)(?:e([+-]?\d{1,2}))?$/i;
/** Digits and point of a number, and the billionths of its unit that it does not reach. */
const MAX_NUMBER_LENGTH = 31;
const MAX_BILLIONTHS = 10n ** 21n;
/** A-B:C.D.E*F in bytes, one character each. */
const CODE = /^(?:0?1-[^][0-9;-\xff]?:)?0?([12]|98|[bc][0-3])\.0?8\.0?[0e](?:[.*&][^]{1,3})?$/i;
const EXPORTS = ["2", "c0", "c1", "c2", "c3"];
const COMPENSATED = ["98", "b1", "b3", "c1", "c3"];
const MAX_CODE_BYTES = 30;
/** The contract is told offsets in two bytes each. */
const MAX_OFFSET = 0xffff;
const BACKSLASH = 0x5c;
const ESCAPED_PAIR = /\\[^u]/g;
/** Escapes that spell a character of ASCII, and a bar. */
const UNREAD = /\\u00[0-7]|\|/;
/** As `MeterRegistry.CLOCK_TOLERANCE_SECONDS`. */
export const CLOCK_TOLERANCE_SECONDS = 300;

const GRANTED_MS = 1000n;
const GRANTED_MILLI_WH = 1000n;

/**
 * Reads one record as the contract does, signature and chain apart.
 * @throws RefusedRecordError
 */
export function readRecord(record: OcmfRecord, direction: Direction): RecordContent {
  const places = placesOf(record);
  const { ID } = record.fields;
  const isNamed = places.identification !== 0 && typeof ID === "string";
  const pagination = paginationOf(record);
  if (pagination === null) throw refused("E_NOT_TRANSACTIONAL", "a pagination T and a number");
  return {
    pagination,
    ...registersOf(record.readings, direction),
    identification: isNamed ? ID : null,
  };
}

/**
 * Reads the records of one transaction as the contract does: one that holds begin and end, or two.
 * @throws RefusedRecordError
 */
export function readTransaction(contents: readonly RecordContent[], limits: Limits): Transaction {
  const [first, second, ...more] = contents;
  if (first === undefined || more.length > 0) throw refused("E_RECORD_COUNT", "one record or two");
  requireUnspent(first.pagination, limits);
  const begin = endOf(first, "begin", second === undefined);
  const end = endOf(second ?? first, "end", second === undefined);
  if (second !== undefined) checkPair(first, second);
  return {
    beginPagination: first.pagination,
    endPagination: (second ?? first).pagination,
    register: first.register,
    ...measured(begin, end, limits),
  };
}

/**
 * What a session refuses of one end of a transaction, whatever the other end is. The begin record
 * comes right before the end record.
 * @throws RefusedRecordError
 */
export function requireHalf(content: RecordContent, limits: Limits): void {
  const { begin, end, pagination } = content;
  const half = begin ?? end;
  if (half === null) throw refused("E_NOT_A_TRANSACTION", "a begin or an end");
  requireUnspent(begin === null ? pagination - 1n : pagination, limits);
  requireWithin(clockMs(half), limits);
}

/**
 * Where the three keys stand in the payload. Identification is 0 where it is missing or where the
 * contract cannot be pointed to: it then takes the record as one that names no session.
 * @throws RefusedRecordError E_PLACES, E_ESCAPED
 */
export function placesOf({ payload }: OcmfRecord): Places {
  const keys = topLevelKeys(payload);
  const [pagination, readings] = [placeOf(keys, "PG"), placeOf(keys, "RD")];
  if (pagination === null || readings === null || pagination.offset >= readings.offset) {
    throw refused("E_PLACES", "the key PG before RD");
  }
  if (readings.offset > MAX_OFFSET) throw refused("E_PLACES", "the key RD in the first 64 KiB");
  if (!isReadTo(payload, readings.offset)) throw refused("E_ESCAPED", "no escaped ASCII before RD");
  // Within the readings, escapes would have to be resolved before anything can be compared.
  if (payload.subarray(readings.offset, readings.end).includes(BACKSLASH)) {
    throw refused("E_ESCAPED", "no backslash in the readings");
  }
  const named = placeOf(keys, "ID")?.offset ?? 0;
  const identification = named <= MAX_OFFSET && isReadTo(payload, named) ? named : 0;
  return { pagination: pagination.offset, identification, readings: readings.offset };
}

/** Whether the contract finds a key at this offset: no escape in front of it can spell another. */
function isReadTo(payload: Uint8Array, offset: number): boolean {
  const text = Buffer.from(payload.subarray(0, offset)).toString("latin1");
  return !UNREAD.test(text.replaceAll(ESCAPED_PAIR, ""));
}

/**
 * Milliseconds since 1970 of a synchronised time, null for one that is not.
 * @throws RefusedRecordError E_TIME
 */
export function synchronisedMs(time: string): number | null {
  if (!time.endsWith("S")) return null;
  const parts = TIME.exec(time);
  if (parts === null) throw refused("E_TIME", "YYYY-MM-DDThh:mm:ss,fff±hhmm S");
  const [year, month, day, hour, minute, second, ms] = parts.slice(1, 8).map(Number);
  const [sign, zoneHour, zoneMinute] = parts.slice(8);
  const zone = [Number(zoneHour), Number(zoneMinute)] as const;
  const inRange =
    within(year, 1971, 9999) &&
    within(month, 1, 12) &&
    within(day, 1, 31) &&
    [hour, zone[0]].every((value) => within(value, 0, 23)) &&
    [minute, zone[1]].every((value) => within(value, 0, 59)) &&
    within(second, 0, 60);
  if (!inRange) throw refused("E_TIME", "a time of the calendar from 1971 on");
  const utc = Date.UTC(year ?? 0, (month ?? 0) - 1, day, hour, minute, second, ms);
  const zoneMs = (zone[0] * 60 + zone[1]) * 60_000;
  return sign === "-" ? utc + zoneMs : utc - zoneMs;
}

function within(value: number | undefined, least: number, most: number): boolean {
  return value !== undefined && value >= least && value <= most;
}

function registersOf(
  readings: readonly Fields[],
  direction: Direction,
): Pick<RecordContent, "register" | "begin" | "end"> {
  let known = NOTHING;
  let found = NOTHING_FOUND;
  if (readings.length === 0) throw refused("E_FORM", "a reading");
  for (const reading of readings) {
    if (Object.keys(reading).length === 0) throw refused("E_FORM", "a reading that is not empty");
    known = Object.entries(reading).reduce(withField, { ...known, value: null });
    const kind = kindOf(known.register ?? "");
    if (known.value !== null && kind?.direction === direction) found = taken(found, known, kind);
  }
  const { register, begin, end } = found;
  if (register === null) throw refused("E_NO_REGISTER", `a register of ${direction}`);
  return { register, begin, end };
}

function withField(known: Known, [key, value]: readonly [string, unknown]): Known {
  switch (key) {
    case "TM":
      return { ...known, time: timeOf(value) };
    case "TX":
      return { ...known, mark: markOf(value) };
    case "RV":
      return { ...known, value: digitsOf(value) ?? paddedText(value) };
    case "RI":
      return { ...known, register: textOf(value) };
    case "RU":
      return { ...known, unit: typeof value === "string" ? value : "" };
    case "EF":
      if (value !== "" && value !== TIME_FLAG) throw refused("E_ERROR_FLAG", "no flag but t");
      return { ...known, isTimeFlagged: value === TIME_FLAG };
    case "ST":
      if (value !== "G") throw refused("E_METER_STATE", "state G");
      return { ...known, hasState: true };
    default:
      return known;
  }
}

/** What a code stands for to the contract; null if it is no register that is settled on. */
function kindOf(code: string): CodeKind | null {
  const bytes = Buffer.from(code);
  const quantity = CODE.exec(bytes.toString("latin1"))?.[1]?.toLowerCase();
  if (quantity === undefined || bytes.length > MAX_CODE_BYTES) return null;
  const direction = EXPORTS.includes(quantity) ? "export" : "import";
  return { direction, isCompensated: COMPENSATED.includes(quantity) };
}

/** A register without the losses of the cable displaces one with them. */
function taken(before: Found, known: Known, { isCompensated }: CodeKind): Found {
  const register = known.register ?? "";
  const isOther = before.register !== null && before.register !== register;
  if (isOther && before.isCompensated === isCompensated) {
    throw refused("E_SEVERAL_REGISTERS", `${before.register} alone`);
  }
  if (isOther && before.isCompensated) return before;
  const found = { ...(isOther ? NOTHING_FOUND : before), register, isCompensated };
  const mark = known.mark ?? "";
  const open = found.end === null;
  if (mark === "B" && open && found.begin === null) {
    return { ...found, begin: registerAt(known) };
  }
  if (ENDS.includes(mark) && open) return { ...found, end: registerAt(known) };
  if (WITHIN.includes(mark) && open) return found;
  throw refused("E_MARK", "one begin, then one end");
}

function registerAt({ hasState, time, isTimeFlagged, unit, value }: Known): Register {
  if (!hasState) throw refused("E_METER_STATE", "a state");
  if (time === null) throw refused("E_TIME", "a time");
  if (unit !== "kWh" && unit !== "Wh") throw refused("E_UNIT", "kWh or Wh");
  const billionths = billionthsOf(value ?? "");
  if (unit === "kWh") return { microWh: billionths, time, isTimeFlagged };
  if (billionths % 1000n !== 0n) throw refused("E_NUMBER", "no more than 1/1,000,000 Wh");
  return { microWh: billionths / 1000n, time, isTimeFlagged };
}

/** A number in billionths, exactly. */
function billionthsOf(text: string): bigint {
  const [, written, whole, decimals = "", exponent = "0"] = NUMBER.exec(text) ?? [];
  if (written === undefined || written.length > MAX_NUMBER_LENGTH) {
    throw refused("E_NUMBER", "a number of at most 31 characters");
  }
  const digits = BigInt(`${whole ?? ""}${decimals}`);
  const places = 9 + Number(exponent) - decimals.length;
  const [times, parts] = [10n ** BigInt(Math.max(places, 0)), 10n ** BigInt(Math.max(-places, 0))];
  const billionths = (digits * times) / parts;
  if (billionths * parts !== digits * times || billionths >= MAX_BILLIONTHS) {
    throw refused("E_NUMBER", "billionths below 10^21, exactly");
  }
  return billionths;
}

function timeOf(value: unknown): string {
  const known = typeof value === "string" && Buffer.byteLength(value) === 30;
  if (!known || !/[UISR]$/.test(value)) throw refused("E_TIME", "a time and its state");
  return value;
}

function markOf(value: unknown): string {
  const mark = typeof value === "string" && Buffer.byteLength(value) === 1 ? value : null;
  if (mark === null) throw refused("E_FORM", "a mark of one letter");
  if (mark === "X") throw refused("E_EXCEPTION", "no exception");
  return mark;
}

function textOf(value: unknown): string {
  if (typeof value !== "string") throw refused("E_FORM", "a code that is text");
  return value;
}

/**
 * A number in a string, where blanks may stand in front. Empty for what is no text: no number, but
 * a value.
 */
function paddedText(value: unknown): string {
  return typeof value === "string" ? value.replace(/^ +/, "") : "";
}

function endOf(content: RecordContent, which: "begin" | "end", alone: boolean): Register {
  const register = content[which];
  const complete = alone === (content.begin !== null && content.end !== null);
  if (register !== null && complete) return register;
  throw refused("E_NOT_A_TRANSACTION", alone ? "begin and end" : `the ${which} alone`);
}

function checkPair(first: RecordContent, second: RecordContent): void {
  if (second.pagination !== first.pagination + 1n) {
    throw refused("E_PAGINATION_GAP", `the record after T${String(first.pagination)}`);
  }
  if (second.register !== first.register) {
    throw refused("E_REGISTERS_DIFFER", `${first.register} at the end too`);
  }
}

function measured(
  begin: Register,
  end: Register,
  limits: Limits,
): Omit<Transaction, "beginPagination" | "endPagination" | "register"> {
  const [beginMilliWh, endMilliWh] = [begin.microWh / 1000n, end.microWh / 1000n];
  const microWh = end.microWh - begin.microWh;
  if (microWh < 0n) throw refused("E_FALLING_REGISTER", "a register that does not fall");
  const ownTimes = [clockMs(begin), clockMs(end)] as const;
  const times = timesOf(ownTimes);
  const sessionMs = Math.max(limits.endedAt - limits.pluggedInAt, 0) * 1000;
  const durationMs = times === null ? sessionMs : durationOf(times);
  for (const ms of ownTimes) requireWithin(ms, limits);
  const milliWh = microWh / 1000n;
  if (milliWh > mostMilliWh(limits, durationMs)) {
    throw refused("E_TOO_MUCH_ENERGY", "what the socket can carry in the time");
  }
  // By the tolerance a record can be longer than the session.
  const most = mostMilliWh(limits, sessionMs);
  const [beganAtMs, endedAtMs] = times ?? [null, null];
  const energyWh = (milliWh < most ? milliWh : most) / 1000n;
  return { beginMilliWh, endMilliWh, energyWh, beganAtMs, endedAtMs };
}

/** What the socket can carry. */
function mostMilliWh({ ratedPowerW }: Limits, durationMs: number): bigint {
  return (ratedPowerW * (BigInt(durationMs) + GRANTED_MS)) / 3600n + GRANTED_MILLI_WH;
}

/** A clock that is synchronised and that the meter does not flag. */
function clockMs({ time, isTimeFlagged }: Register): number | null {
  return isTimeFlagged ? null : synchronisedMs(time);
}

/** Unix milliseconds of begin and end, by a clock that was synchronised at both. */
function timesOf([begin, end]: readonly [number | null, number | null]): [number, number] | null {
  return begin === null || end === null ? null : [begin, end];
}

/** By the meter's own clock. */
function durationOf([beganAtMs, endedAtMs]: readonly [number, number]): number {
  if (endedAtMs < beganAtMs) {
    throw refused("E_TIME_REVERSED", "an end that is not before the begin");
  }
  return endedAtMs - beganAtMs;
}

function requireUnspent(pagination: bigint, { lastPagination }: Limits): void {
  if (pagination > lastPagination) return;
  throw refused("E_PAGINATION_SPENT", `a pagination above ${String(lastPagination)}`);
}

/** A clock that was synchronised at one end only is believed there. */
function requireWithin(ms: number | null, limits: Limits): void {
  const earliest = limits.pluggedInAt - CLOCK_TOLERANCE_SECONDS;
  const latest = limits.endedAt + CLOCK_TOLERANCE_SECONDS;
  if (ms === null || (ms >= earliest * 1000 && ms <= latest * 1000)) return;
  const [from, to] = [earliest, latest].map((seconds) => new Date(seconds * 1000).toISOString());
  throw refused("E_OUTSIDE_SESSION", `a begin from ${from} on and an end by ${to}`);
}

/** @param expected what the contract wants of a record and did not find */
export function refused(code: RefusalCode, expected: string): RefusedRecordError {
  const message = `readRecord: expected ${expected}, got a record without`;
  return new RefusedRecordError(code, expected, message);
}
