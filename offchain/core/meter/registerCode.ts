/**
 * OBIS codes as meters of the field write them: `1-b:1.8.0`, `01-00:01.08.00.FF`, `1-0:1.8.0*255`,
 * `1.8.0`, `0100010800FF`, `1-b:1.8.e`, and the registers that OCMF adds (B0 … B3, C0 … C3). The
 * contract takes fewer spellings (`settlementRules.ts`); what is only read here is settled by the
 * signatures of both parties.
 */
import type { Direction } from "./settlementRules.ts";

/** What a code says about the energy that its register counts. */
export interface RegisterKind {
  readonly direction: Direction;
  /** Losses of the cable are taken out of it: the register that is billed where there is one. */
  readonly isCompensated: boolean;
  /** It counts one tariff of several, and so a part. */
  readonly isTariff: boolean;
  /** The same for every spelling of one code. */
  readonly key: string;
}

/** A, B, C, D, E, F, of which only C, D and E have to be there. */
const WRITTEN =
  /^(?:(?:0*1-)?(?<channel>[0-9a-z]{1,3}):)?(?<quantity>[0-9a-f]{1,2})\.0*8\.(?<tariff>[0-9a-z]{1,2})(?:[.*&](?<period>[0-9a-f]{1,3}))?$/i;
/** The six bytes of a code in hexadecimal, as SML has them. */
const PACKED = /^01(?<channel>..)(?<quantity>..)08(?<tariff>..)(?<period>..)$/;

const QUANTITIES: Readonly<Record<string, readonly [Direction, compensated: boolean]>> = {
  "1": ["import", false],
  "2": ["export", false],
  // Of OCMF: total and transaction, each at the mains (0, 2) and at the device (1, 3).
  b0: ["import", false],
  b1: ["import", true],
  b2: ["import", false],
  b3: ["import", true],
  c0: ["export", false],
  c1: ["export", true],
  c2: ["export", false],
  c3: ["export", true],
  // Of meters for direct current.
  "98": ["import", true],
};
/** C in the bytes of a packed code. */
const PACKED_QUANTITIES: Readonly<Record<string, string>> = { "01": "1", "02": "2", "62": "98" };
/** E of all tariffs together; some meters write the letter itself. */
const ALL_TARIFFS = ["0", "00", "e"];

/** What a code stands for; null if it is no register of active energy. */
export function registerKind(code: string): RegisterKind | null {
  const bare = code.trim().toLowerCase();
  const packed = /^[0-9a-f]{12}$/.test(bare) ? PACKED.exec(bare)?.groups : undefined;
  const { channel = "0", quantity = "", tariff = "" } = packed ?? WRITTEN.exec(bare)?.groups ?? {};
  const named =
    packed === undefined ? quantity.replace(/^0(?=.)/, "") : PACKED_QUANTITIES[quantity];
  const known = QUANTITIES[named ?? quantity];
  if (known === undefined) return null;
  const [direction, isCompensated] = known;
  const isTariff = !ALL_TARIFFS.includes(tariff);
  const part = isTariff ? tariff.replace(/^0(?=.)/, "") : "0";
  const key = [channel.replace(/^0+(?=.)/, ""), named ?? quantity, part].join(".");
  return { direction, isCompensated, isTariff, key };
}
