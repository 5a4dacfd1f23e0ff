/** The values of errors as people read them. */
import { moment } from "../moment.ts";

/** Unix seconds. */
const TIMES =
  /^(nowSeconds|deadline|relayBy|until|claimEnds|slot(Start|End)|authorised(Start|End)|valid(From|Until)|not(Before|After)|pluggedInAt|beganAt|endedAt|sessionEndedAt|terms\.(\w+Ends|slotStart|slotEnd))$/;
const MILLI_WH = /milliWh$/i;
/** Text in fixed bytes. */
const TEXTS = /^(flag|mark|state|key|time|code|other|beginCode|endCode)$/;

const MILLI = 1_000;

/**
 * A time as a moment, 0 as none; milliwatt-hours as Wh; text in bytes as text; anything else as it
 * is.
 */
export function shownValue(name: string, value: string | number | bigint): string {
  if (typeof value === "string") return TEXTS.test(name) ? textIn(value) : value;
  if (TIMES.test(name)) return BigInt(value) === 0n ? "an unknown time" : moment(value);
  return MILLI_WH.test(name) ? String(Number(value) / MILLI) : String(value);
}

/** Of bytes that hold printable text with zeros behind it, the text in quotes. */
function textIn(hex: string): string {
  if (!/^0x([0-9a-f]{2})*$/.test(hex)) return hex;
  const text = Buffer.from(hex.slice(2).replace(/(00)+$/, ""), "hex").toString("latin1");
  return /^[\x20-\x7e]+$/.test(text) ? `"${text}"` : hex;
}
