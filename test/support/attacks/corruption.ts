/**
 * What can happen to a value on the way from one party to another, and a table that says of every
 * field of a message what its receiver answers to each. A field without a row, or a row that says
 * nothing of a corruption, fails.
 */
import { expect } from "chai";
import { hexToBytes, bytesToHex } from "../../../offchain/core/primitives/bytes.ts";

export const CORRUPTIONS = [
  "flipped",
  "zeroed",
  "truncated",
  "extended",
  "swapped",
  "replayed",
  "rekeyed",
] as const;
export type Corruption = (typeof CORRUPTIONS)[number];

/** The answer to a value, or to each of those that a corruption makes: one of several. */
export type Answer = string | readonly string[];

/**
 * Answers to the corruptions of one field. None is said where a corruption leaves the value as it
 * was.
 */
export type Row = Readonly<Partial<Record<Corruption, Answer>>>;

/**
 * Answers to a flipped, a zeroed, a truncated and an extended value, then to others' values as far
 * as they differ.
 */
export function row(
  [flipped, zeroed, truncated, extended]: readonly [Answer, Answer, Answer, Answer],
  others: Row = {},
): Row {
  return { flipped, zeroed, truncated, extended, ...others };
}

/** One answer to all of others' values. */
export function toAll(answer: Answer): Readonly<Record<keyof Others, Answer>> {
  return { swapped: answer, replayed: answer, rekeyed: answer };
}

/** Fields of a message as they travel. */
export type Fields = Readonly<Record<string, unknown>>;

/** Messages of the same kind, for what attackers have at hand. */
export interface Others {
  /** Of another party, in the same auction. */
  readonly swapped: Fields;
  /** Of the same party, in another auction. */
  readonly replayed: Fields;
  /** Of the same party, in another auction and under another round key. */
  readonly rekeyed: Fields;
}

export interface Matrix {
  readonly honest: Fields;
  readonly others: Others;
  /** Class and code of the refusal of a message, or "accepted". */
  readonly receive: (altered: Fields) => Promise<string>;
}

/** The rows name exactly the fields of the message. */
export function expectComplete(honest: Fields, rows: Readonly<Record<string, Row>>): void {
  expect(Object.keys(rows)).to.have.members(Object.keys(honest));
}

/** Tries every corruption of one field. */
export async function expectRefusals(matrix: Matrix, field: string, row: Row): Promise<void> {
  const { honest, others, receive } = matrix;
  for (const corruption of CORRUPTIONS) {
    const values = corrupted(corruption, honest[field], field, others).filter(
      (value) => JSON.stringify(value) !== JSON.stringify(honest[field]),
    );
    const answer = row[corruption];
    expect(values.length > 0, `${field}, ${corruption}: ${values.length} values`).to.equal(
      answer !== undefined,
    );
    for (const value of values) {
      const refused = await receive({ ...honest, [field]: value });
      expect(refused, `${field}, ${corruption}`).to.be.oneOf([answer].flat());
    }
  }
}

/** Tries the whole messages of others. */
export async function expectOthersRefused(
  { others, receive }: Matrix,
  answers: Readonly<Record<keyof Others, Answer>>,
): Promise<void> {
  for (const name of ["swapped", "replayed", "rekeyed"] as const) {
    expect(await receive(others[name]), name).to.be.oneOf([answers[name]].flat());
  }
}

function corrupted(
  corruption: Corruption,
  value: unknown,
  field: string,
  others: Others,
): readonly unknown[] {
  if (corruption === "swapped" || corruption === "replayed" || corruption === "rekeyed") {
    return [others[corruption][field]];
  }
  if (typeof value === "number") return OF_NUMBERS[corruption](value);
  if (Array.isArray(value) && typeof value[0] === "object") return OF_TABLES[corruption](value);
  if (Array.isArray(value)) return OF_LISTS[corruption](value.map(String));
  const text = String(value);
  if (text.startsWith("0x")) return OF_BYTES[corruption](text);
  return (/^\d+$/.test(text) ? OF_DECIMALS : OF_WORDS)[corruption](text);
}

type Alteration = Exclude<Corruption, keyof Others>;
type Alterations<T> = Readonly<Record<Alteration, (value: T) => readonly unknown[]>>;

/** Addresses keep the letters that were not touched, so their checksum breaks. */
const OF_BYTES: Alterations<string> = {
  flipped: (text) => {
    const digits = text.length - 2;
    return [1, digits >> 1, digits].map((place) => {
      const at = place + 1;
      const flipped = (Number.parseInt(text.charAt(at), 16) ^ 1).toString(16);
      return `${text.slice(0, at)}${flipped}${text.slice(at + 1)}`;
    });
  },
  zeroed: (text) => [bytesToHex(new Uint8Array(hexToBytes(text).length))],
  truncated: (text) => [text.slice(0, -2), "0x"],
  extended: (text) => [`${text}00`, `0x00${text.slice(2)}`],
};

const OF_DECIMALS: Alterations<string> = {
  flipped: (text) => [1n, 1n << 40n].map((bit) => (BigInt(text) ^ bit).toString()),
  zeroed: () => ["0"],
  truncated: (text) => [text.slice(0, -1), ""],
  extended: (text) => [`${text}0`, `${text}7`],
};

const OF_WORDS: Alterations<string> = {
  flipped: (text) => [`${String.fromCharCode(text.charCodeAt(0) ^ 1)}${text.slice(1)}`],
  zeroed: () => ["", "0"],
  truncated: (text) => [text.slice(0, -1)],
  extended: (text) => [`${text}0`],
};

const OF_NUMBERS: Alterations<number> = {
  flipped: (value) => [value ^ 1],
  zeroed: () => [0],
  truncated: () => [null],
  extended: (value) => [10 * value],
};

/** Of a list of records of numbers: of each number, and of the list. */
const OF_TABLES: Alterations<readonly object[]> = {
  flipped: (list) => eachNumber(list, (value) => value ^ 1),
  zeroed: (list) => eachNumber(list, () => 0),
  truncated: (list) => [list.slice(0, -1), list.slice(1), [], list.with(0, {})],
  extended: (list) => [
    [...list, ...list.slice(-1)],
    [...list.slice(0, 1), ...list],
  ],
};

function eachNumber(
  list: readonly object[],
  alter: (value: number) => number,
): readonly (readonly object[])[] {
  return list.flatMap((record, k) =>
    Object.entries(record).map(([name, value]) =>
      list.with(k, { ...record, [name]: alter(Number(value)) }),
    ),
  );
}

/** Of a list of decimals: of each of them, and of the list. */
const OF_LISTS: Alterations<readonly string[]> = {
  flipped: (list) => list.map((one, k) => list.with(k, (BigInt(one) ^ 1n).toString())),
  zeroed: (list) => list.map((_, k) => list.with(k, "0")),
  truncated: (list) => [list.slice(0, -1), list.slice(1), []],
  extended: (list) => [
    [...list, "0"],
    ["0", ...list],
  ],
};
