/**
 * Powers of one base, many times. Of a base that is raised again and again the powers
 * base^(d·2^(w·i)) are computed once, d being a digit of w bits; a power is then a product of one
 * entry a digit, without a squaring. The modulus is the square n² of an odd root n, and entries are
 * kept split (our own construction), because half of a multiplication modulo n² can be turned into
 * an addition:
 *
 *   x = a·(1 + t·n) mod n²      a = x mod n      t = ⌊x/n⌋·a⁻¹ mod n      for every unit x
 *   x·x′·x″… = (a·a′·a″…)·(1 + (t + t′ + t″ + …)·n) mod n²
 *
 * Only units shorter than n are multiplied in, which takes 0.58 of the time of full factors. The
 * inverses come along with the powers, so a table costs no more to build.
 *
 * Timing: every power of a table takes the same sequence of multiplications, additions and
 * look-ups; a digit of 0 is a factor like any other. The arithmetic is BigInt's, which is not
 * constant-time, and the look-ups leave traces in the processor's cache: to be used for secret
 * exponents only where nobody else runs code on the machine. `powModSecret` is the slower way
 * without these two reservations.
 *
 * Source: the window method of Brickell, Gordon, McCurley and Wilson 1992.
 */
import { modInv, toZn } from "bigint-crypto-utils";
import { bitLength } from "./bytes.ts";
import { withHidden } from "./hidden.ts";
import { MAX_MODULUS_BITS, powMod } from "./modexp.ts";

/** 4,096 entries a digit; beyond, no key lives long enough to earn its table. */
export const MAX_WINDOW_BITS = 12;

const ROOT_BOUND = 1n << BigInt(MAX_MODULUS_BITS / 2);
const WORD_BITS = 64;
/** What the runtime adds to each of the two numbers of an entry: header, length, pointer. */
const NUMBER_OVERHEAD_BYTES = 24;

export class FixedBaseError extends Error {
  override readonly name = "FixedBaseError";
  readonly code: "E_BASE" | "E_ROOT" | "E_TABLE_SIZE" | "E_EXPONENT" | "E_TABLE";

  constructor(code: FixedBaseError["code"], message: string) {
    super(message);
    this.code = code;
  }
}

/** The entries of one digit; equal indices belong together. */
interface Row {
  readonly units: readonly bigint[];
  readonly logs: readonly bigint[];
}

/**
 * Built by `fixedBaseTable`. Takes exponents of up to `exponentBits`; `bytes` is its place in
 * memory. Root and entries are hidden from listings: under a secret root they are secret.
 */
export interface FixedBase {
  readonly exponentBits: number;
  readonly windowBits: number;
  readonly bytes: number;
  readonly root: bigint;
  readonly modulus: bigint;
  readonly rows: readonly Row[];
}

/** x = unit·(1 + log·n) mod n², and the inverse of the unit modulo n. */
interface Split {
  readonly unit: bigint;
  readonly inverse: bigint;
  readonly log: bigint;
}

/**
 * The table of `base` modulo root². It occupies ⌈exponentBits/w⌉·2^w entries of two numbers below
 * the root (`tableBytes`) and takes 1.8 times as many multiplications to build, in one go. The last
 * entry of every row is compared with a power computed otherwise before the table is handed out.
 * @throws FixedBaseError E_ROOT and E_TABLE_SIZE as `tableBytes`, E_BASE for a base that is no
 *   unit, E_TABLE if the machine miscalculated.
 */
export function fixedBaseTable(
  base: bigint,
  root: bigint,
  exponentBits: number,
  windowBits: number,
): FixedBase {
  const bytes = tableBytes(root, exponentBits, windowBits);
  const generator = splitUnit(base, root);
  const rows = buildRows(generator, root, exponentBits, windowBits);
  const secret = { root, modulus: root * root, rows };
  const table: FixedBase = withHidden({ exponentBits, windowBits, bytes }, secret);
  assertAgrees(table, base);
  return table;
}

/**
 * base^exponent mod root², by one multiplication a digit.
 * @throws FixedBaseError E_EXPONENT unless 0 ≤ exponent < 2^exponentBits.
 */
export function powFixedBase(table: FixedBase, exponent: bigint): bigint {
  const { root, modulus, windowBits } = table;
  assertExponent(table, exponent);
  const shift = BigInt(windowBits);
  let digits = exponent;
  let unit = 1n;
  let log = 0n;
  for (const { units, logs } of table.rows) {
    const digit = Number(BigInt.asUintN(windowBits, digits));
    unit = (unit * entryAt(units, digit)) % modulus;
    log += entryAt(logs, digit);
    digits >>= shift;
  }
  return (unit * (1n + (log % root) * root)) % modulus;
}

/**
 * The memory of such a table in bytes: 18 MB for exponents of 1,024 bits under a root of 2,048 and
 * windows of 8, and 40 MB for one and a half times both lengths.
 * @throws FixedBaseError E_ROOT unless the root is odd, at least 3 and of at most 5,000 bits;
 *   E_TABLE_SIZE unless the exponent has at least one bit and the window from 1 to 12.
 */
export function tableBytes(root: bigint, exponentBits: number, windowBits: number): number {
  assertRoot(root);
  assertTableSize(exponentBits, windowBits);
  const rootBytes = Math.ceil(bitLength(root) / WORD_BITS) * (WORD_BITS / 8);
  return entries(exponentBits, windowBits) * 2 * (rootBytes + NUMBER_OVERHEAD_BYTES);
}

/** The last digit may be a short one. */
function entries(exponentBits: number, windowBits: number): number {
  const full = Math.ceil(exponentBits / windowBits) - 1;
  return full * 2 ** windowBits + 2 ** (exponentBits - full * windowBits);
}

/**
 * Row i holds base^((d + 1)·2^(w·i)), so that no entry is the idle factor 1, for d from 0 to 2^w −
 * 1; the surplus Σ 2^(w·i) is taken back in row 0. The last entry of a row is the first of the
 * next.
 */
function buildRows(
  generator: Split,
  root: bigint,
  exponentBits: number,
  windowBits: number,
): readonly Row[] {
  const rows: Row[] = [];
  let surplus = generator;
  let step = generator;
  for (let i = 0; i < windowBits; i++) step = product(step, step, root);
  for (let from = windowBits; from < exponentBits; from += windowBits) {
    const powers = progression(step, step, 2 ** Math.min(windowBits, exponentBits - from), root);
    surplus = product(surplus, step, root);
    step = powers.at(-1) ?? step;
    rows.push(rowOf(powers));
  }
  const first = product(generator, inverseOf(surplus, root), root);
  const count = 2 ** Math.min(windowBits, exponentBits);
  return [rowOf(progression(first, generator, count, root)), ...rows];
}

/** first, first·step, first·step², … */
function progression(first: Split, step: Split, count: number, root: bigint): readonly Split[] {
  const powers = [first];
  for (let last = first; powers.length < count; powers.push(last)) last = product(last, step, root);
  return powers;
}

function rowOf(powers: readonly Split[]): Row {
  return { units: powers.map(({ unit }) => unit), logs: powers.map(({ log }) => log) };
}

function splitUnit(base: bigint, root: bigint): Split {
  const x = toZn(base, root * root);
  const unit = x % root;
  const inverse = inverseModulo(unit, root);
  return { unit, inverse, log: ((x / root) * inverse) % root };
}

/** a·a′ = a″ + q·n = a″·(1 + (q/a″)·n): what a product carries beyond n goes to the logarithm. */
function product(a: Split, b: Split, root: bigint): Split {
  const whole = a.unit * b.unit;
  const inverse = (a.inverse * b.inverse) % root;
  const log = (a.log + b.log + (whole / root) * inverse) % root;
  return { unit: whole % root, inverse, log };
}

/** a·a⁻¹ = 1 + q·n leaves −t − q. */
function inverseOf({ unit, inverse, log }: Split, root: bigint): Split {
  return { unit: inverse, inverse: unit, log: toZn(-log - (unit * inverse) / root, root) };
}

function inverseModulo(unit: bigint, root: bigint): bigint {
  try {
    return modInv(unit, root);
  } catch {
    throw new FixedBaseError("E_BASE", "fixedBaseTable: expected a unit, got a non-unit");
  }
}

function entryAt(entriesOfRow: readonly bigint[], digit: number): bigint {
  const entry = entriesOfRow[digit];
  if (entry !== undefined) return entry;
  throw new FixedBaseError("E_TABLE", "powFixedBase: expected an entry for every digit, got none");
}

function assertRoot(root: bigint): void {
  if (root >= 3n && (root & 1n) === 1n && root < ROOT_BOUND) return;
  const expected = `an odd root from 3 up to ${MAX_MODULUS_BITS / 2} bits`;
  throw new FixedBaseError("E_ROOT", `fixedBaseTable: expected ${expected}, got another`);
}

function assertTableSize(exponentBits: number, windowBits: number): void {
  const inRange = exponentBits >= 1 && windowBits >= 1 && windowBits <= MAX_WINDOW_BITS;
  if (inRange && Number.isSafeInteger(exponentBits) && Number.isSafeInteger(windowBits)) return;
  const expected = `exponents of at least 1 bit and windows of 1 to ${MAX_WINDOW_BITS}`;
  const got = `${exponentBits} and ${windowBits}`;
  throw new FixedBaseError("E_TABLE_SIZE", `fixedBaseTable: expected ${expected}, got ${got}`);
}

/** The shift is arithmetic: a negative exponent leaves −1. */
function assertExponent({ exponentBits }: FixedBase, exponent: bigint): void {
  if (exponent >> BigInt(exponentBits) === 0n) return;
  const expected = `an exponent from 0 to below 2^${exponentBits}`;
  throw new FixedBaseError("E_EXPONENT", `powFixedBase: expected ${expected}, got another`);
}

/** All digits at their highest: every entry had a part in one of these. */
function assertAgrees(table: FixedBase, base: bigint): void {
  const highest = (1n << BigInt(table.exponentBits)) - 1n;
  if (powFixedBase(table, highest) === powMod(base, highest, table.modulus)) return;
  throw new FixedBaseError(
    "E_TABLE",
    "fixedBaseTable: expected the power of the base, got another",
  );
}
