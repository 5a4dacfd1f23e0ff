/** What a signed record is that is no OCMF: named, so that nobody takes it for unsigned. */
import type { RecordEntry } from "./recordEntries.ts";

const MOST_SHOWN = 40;
const SIGNS: readonly (readonly [name: string, sign: RegExp])[] = [
  ["SML of an EDL40 meter", /^1b1b1b1b01010101/i],
  ["an Alfen record", /^AP;/],
  ["a signedMeterValue of an EDL meter", /^(?:<\?xml[^>]*>\s*)?<signedMeterValue/],
  ["a PCDF record", /^\(?ST:|^PCDF/i],
];

/** A name of the record's kind; null for what is like nothing known. */
export function foreignKind({ text, format }: RecordEntry): string | null {
  const bare = text.trim();
  const bytes = hexOf(bare.replace(/\s/g, ""));
  const sign = SIGNS.find(([, pattern]) => pattern.test(bare) || pattern.test(bytes));
  if (sign !== undefined) return sign[0];
  if (format === "encodedData") return "encodedData, a container whose record is signed with RSA";
  const isOcmf = format === null || format.toUpperCase() === "OCMF";
  return isOcmf ? null : `a record of format ${shownName(format)}`;
}

/** A name that a file gives, short and with nothing that a terminal would act on. */
export function shownName(name: string): string {
  return name.replace(/[^\x20-\x7e]/g, "").slice(0, MOST_SHOWN);
}

/** Hexadecimal of what is written as hexadecimal or base64. */
function hexOf(text: string): string {
  return /^(?:[0-9a-f]{2})+$/i.test(text) ? text : Buffer.from(text, "base64").toString("hex");
}
