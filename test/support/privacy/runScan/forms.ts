/**
 * The forms in which a secret may stand somewhere, each as a question to a view. A form has to be
 * rare by chance, or a scan cries wolf: a run leaves about a million bytes, and is looked at for
 * about a hundred secrets.
 *
 * - Names and identities are long enough to be looked for anywhere.
 * - One coordinate alone is a small number as any other; a position is both of them next to each
 *   other.
 * - A price counts as a decimal of its own, in token units or in tokens, and as a number of at
 *   least four bytes, the first of them 0: three bytes alone are met in any hash. In what was
 *   decoded out of text, which is mostly noise, numbers have to be twice as wide.
 * - Hashes of nothing but a secret are guessed from a list of candidates, and count as the secret.
 */
import { formatUnits, keccak256 } from "ethers";
import type { Position } from "../../../../offchain/study/worlds/world.ts";
import type { Secret } from "./secrets.ts";
import type { View } from "./views.ts";

export interface Form {
  readonly name: string;
  readonly isIn: (view: View) => boolean;
}

/** Widths of packed coordinates, in bytes, and how far apart they may stand. */
const PACKED: readonly { readonly width: number; readonly gap: number }[] = [
  { width: 2, gap: 0 },
  ...[3, 4, 5, 6, 7, 8].map((width) => ({ width, gap: 4 })),
  { width: 16, gap: 16 },
  { width: 32, gap: 64 },
];
const LEAST_WIDTH_DECODED = 4;
const PRICE_WIDTH = 4;
const PRICE_WIDTH_DECODED = 8;
/** Between two coordinates of a text: a key of JSON with its indentation. */
const TEXT_GAP = 24;
const PRICE_DECIMALS = 6;

/** Every form of a secret. */
export function formsOf(secret: Secret): readonly Form[] {
  switch (secret.kind) {
    case "name":
      return nameForms(secret.text);
    case "identity":
      return identityForms(secret.bytes);
    case "position":
      return positionForms(secret.position);
    case "price":
      return priceForms(secret.pricePerKwh);
  }
}

function nameForms(text: string): readonly Form[] {
  const utf8 = Buffer.from(text);
  const small = text.toLowerCase();
  return [
    { name: "text", isIn: ({ lower }) => lower.includes(small) },
    bytesForm("UTF-16", Buffer.from(text, "utf16le")),
    hashForm(utf8),
  ];
}

function identityForms(bytes: Buffer): readonly Form[] {
  const hex = bytes.toString("hex");
  const ends = new RegExp(`0x${hex.slice(0, 4)}(…|\\.\\.\\.)${hex.slice(-4)}`);
  return [
    bytesForm("bytes", bytes),
    { name: "ends of it", isIn: ({ lower }) => ends.test(lower) },
    hashForm(bytes),
  ];
}

function positionForms({ xM, yM }: Position): readonly Form[] {
  const number = (metres: number): string => `(?<![\\d.])${metres}(\\.0+)?(?!\\d)`;
  const between = `[^\\d]{1,${TEXT_GAP}}`;
  const either = (a: number, b: number): string => `${number(a)}${between}${number(b)}`;
  const decimals = new RegExp(`${either(xM, yM)}|${either(yM, xM)}`);
  return [
    { name: "neighbouring decimals", isIn: ({ text }) => decimals.test(text) },
    ...PACKED.map(({ width, gap }): Form => {
      const [x, y] = [numberBytes(xM, width), numberBytes(yM, width)];
      return {
        name: `pair of ${width} bytes`,
        isIn: ({ bytes, decoded }) =>
          (!decoded || width >= LEAST_WIDTH_DECODED) &&
          (areNeighbours(bytes, x, y, gap) || areNeighbours(bytes, y, x, gap)),
      };
    }),
    hashForm(Buffer.concat([numberBytes(xM, 32), numberBytes(yM, 32)])),
  ];
}

function priceForms(pricePerKwh: bigint): readonly Form[] {
  const units = pricePerKwh.toString();
  const grouped = units.replaceAll(/\B(?=(\d{3})+$)/g, ",");
  const tokens = formatUnits(pricePerKwh, PRICE_DECIMALS).replace(/\.0$/, "").replace(".", "\\.");
  const own = (digits: string): RegExp => new RegExp(`(?<![\\d.])${digits}(?!\\d)`);
  const quantity = new RegExp(`0x0*${pricePerKwh.toString(16)}(?![0-9a-f])`, "i");
  const textForm = (name: string, pattern: RegExp): Form => ({
    name,
    isIn: ({ text }) => pattern.test(text),
  });
  return [
    textForm("decimal", own(units)),
    textForm("grouped decimal", own(grouped)),
    textForm("tokens", own(`${tokens}0*`)),
    textForm("hexadecimal number", quantity),
    {
      name: "number",
      isIn: ({ bytes, decoded }) =>
        bytes.includes(numberBytes(pricePerKwh, decoded ? PRICE_WIDTH_DECODED : PRICE_WIDTH)),
    },
    hashForm(numberBytes(pricePerKwh, 32)),
  ];
}

function bytesForm(name: string, wanted: Buffer): Form {
  return { name, isIn: ({ bytes }) => bytes.includes(wanted) };
}

function hashForm(preimage: Buffer): Form {
  return bytesForm("hash without salt", Buffer.from(keccak256(preimage).slice(2), "hex"));
}

/** Whether `a` is followed by `b` with at most `gap` bytes between. */
function areNeighbours(bytes: Buffer, a: Buffer, b: Buffer, gap: number): boolean {
  for (let at = bytes.indexOf(a); at >= 0; at = bytes.indexOf(a, at + 1)) {
    const end = at + a.length;
    if (bytes.subarray(end, end + gap + b.length).includes(b)) return true;
  }
  return false;
}

/** Big-endian, `width` bytes wide. */
function numberBytes(value: number | bigint, width: number): Buffer {
  return Buffer.from(value.toString(16).padStart(2 * width, "0"), "hex");
}
