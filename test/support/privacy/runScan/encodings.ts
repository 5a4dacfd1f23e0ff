/** Ways in which somebody careless could write a secret: what the scan is tried on. */
import { concat, formatUnits, keccak256, toBeHex, zeroPadValue } from "ethers";
import type { Secret, SecretKind } from "./secrets.ts";
import type { SurfaceKind } from "./surfaces.ts";

export interface Encoding {
  readonly kind: SecretKind;
  readonly name: string;
  readonly content: Buffer;
}

/** Surfaces that hold text; the others hold words and bytes, and text only as its bytes. */
export const TEXT_SURFACES: readonly SurfaceKind[] = ["terminal", "file"];

/** A secret in every way that suits a surface. */
export function encodingsOf(secret: Secret, surface: SurfaceKind): readonly Encoding[] {
  const { kind } = secret;
  const raw = Object.entries(binary(secret)).map(([name, hex]) => ({
    kind,
    name,
    content: Buffer.from(hex.slice(2), "hex"),
  }));
  const texts = Object.entries(text(secret)).map(([name, written]) => ({
    kind,
    name,
    content: Buffer.from(written),
  }));
  if (!TEXT_SURFACES.includes(surface)) return [...raw, ...texts];
  return [
    ...texts,
    ...texts.flatMap((one) => written(one, onceEncoded)),
    ...raw.filter(isWide).flatMap((one) => written(one, twiceEncoded)),
  ];
}

/** Narrower numbers are not told from noise in what was decoded out of text; see forms.ts. */
function isWide({ kind, name }: Encoding): boolean {
  return !(kind === "price" ? /^packed [4-7]$/ : /^packed [23]$/).test(name);
}

type Row = readonly [name: string, written: string];

type Writings = Readonly<Record<string, string>>;

function onceEncoded(content: Buffer): Writings {
  const hex = content.toString("hex");
  return {
    "as hexadecimal": `0x${hex}`,
    "as hexadecimal in capitals": hex.toUpperCase(),
    "as hexadecimal behind another digit": `7${hex}`,
    "as base64": content.toString("base64"),
    "as base64url behind other letters": `key=ab/${content.toString("base64url")}`,
  };
}

function twiceEncoded(content: Buffer): Writings {
  const hex = Buffer.from(content.toString("hex"));
  return { ...onceEncoded(content), "as base64 of hexadecimal": hex.toString("base64") };
}

function written(
  { kind, name, content }: Encoding,
  encode: (content: Buffer) => Writings,
): readonly Encoding[] {
  return Object.entries(encode(content)).map(([how, words]) => ({
    kind,
    name: `${name} ${how}`,
    content: Buffer.from(words),
  }));
}

function binary(secret: Secret): Readonly<Record<string, string>> {
  switch (secret.kind) {
    case "name": {
      const bytes = `0x${Buffer.from(secret.text).toString("hex")}`;
      return {
        bytes,
        "UTF-16": `0x${Buffer.from(secret.text, "utf16le").toString("hex")}`,
        "indexed topic": keccak256(bytes),
      };
    }
    case "identity": {
      const bytes = `0x${secret.bytes.toString("hex")}`;
      const word = secret.bytes.length > 32 ? bytes : zeroPadValue(bytes, 32);
      return { bytes, word, "indexed topic": keccak256(bytes) };
    }
    case "position": {
      const { xM, yM } = secret.position;
      const packed = (width: number): string => concat([toBeHex(xM, width), toBeHex(yM, width)]);
      const widths = [2, 3, 4, 5, 6, 7, 8, 16].map((width): Row => [
        `packed ${width}`,
        packed(width),
      ]);
      return {
        words: packed(32),
        "words in other order": concat([toBeHex(yM, 32), toBeHex(xM, 32)]),
        "words with a slot between": concat([toBeHex(xM, 32), keccak256("0x01"), toBeHex(yM, 32)]),
        ...Object.fromEntries(widths),
        "commitment without salt": keccak256(packed(32)),
      };
    }
    case "price": {
      const { pricePerKwh } = secret;
      const widths = [4, 5, 6, 8, 12, 16].map((width): Row => [
        `packed ${width}`,
        concat(["0xa5a5", toBeHex(pricePerKwh, width), "0x5a5a5a"]),
      ]);
      const word = toBeHex(pricePerKwh, 32);
      return {
        word,
        ...Object.fromEntries(widths),
        "commitment without salt": keccak256(word),
      };
    }
  }
}

function text(secret: Secret): Readonly<Record<string, string>> {
  switch (secret.kind) {
    case "name":
      return { line: `slot 4: ${secret.text} waits`, capitals: secret.text.toUpperCase() };
    case "identity": {
      const hex = secret.bytes.toString("hex");
      return { JSON: `{"account":"0x${hex}"}`, short: `│ 0x${hex.slice(0, 4)}…${hex.slice(-4)} │` };
    }
    case "position": {
      const { xM, yM } = secret.position;
      return {
        JSON: JSON.stringify({ position: secret.position }),
        "JSON with indentation": JSON.stringify({ position: secret.position }, null, 2),
        CSV: `7,${xM},${yM},22000`,
        "CSV in other order": `7,${yM},${xM},22000`,
        line: `at (${xM}.0, ${yM}.0)`,
      };
    }
    case "price": {
      const { pricePerKwh } = secret;
      const units = Number(pricePerKwh);
      return {
        JSON: JSON.stringify({ pricePerKwh: units }),
        CSV: `7,${units},22000`,
        tokens: `│ ${formatUnits(pricePerKwh, 6)} │`,
        "tokens with zeros": `${formatUnits(pricePerKwh, 6)}00`,
        grouped: `paid ${units.toLocaleString("en-US")} units`,
        quantity: `{"value":"0x${pricePerKwh.toString(16)}"}`,
      };
    }
  }
}
