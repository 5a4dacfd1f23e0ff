/**
 * The ways to look at the bytes of a surface: as they are, and what hexadecimal or base64 in them
 * stands for, twice over. Such text may begin anywhere in a run of its letters, so every phase of
 * it is decoded.
 */

export interface View {
  readonly bytes: Buffer;
  /** A character a byte, so that places in both are the same. */
  readonly text: string;
  /** Read as UTF-8, in small letters. */
  readonly lower: string;
  /**
   * Out of an encoding. Much of what is decoded was none, and is noise: only long patterns mean
   * something in it.
   */
  readonly decoded: boolean;
}

const HEX_RUN = /[0-9a-fA-F]{6,}/g;
const BASE64_RUN = /[A-Za-z0-9+/_-]{8,}/g;
const PRINTABLE_RUN = /[\x20-\x7e]{12,}/g;

/** All views of some content; the first is the content itself. */
export function viewsOf(content: Buffer): readonly View[] {
  const plain = viewOf(content, false);
  const once = decodings(plain.text).map((bytes) => viewOf(bytes, true));
  // Noise is not text: what is decoded again is only what can be read.
  const twice = once
    .flatMap(({ text }) => decodings((text.match(PRINTABLE_RUN) ?? []).join(" ")))
    .map((bytes) => viewOf(bytes, true));
  return [plain, ...once, ...twice];
}

function viewOf(bytes: Buffer, decoded: boolean): View {
  return { bytes, text: bytes.toString("latin1"), lower: bytes.toString().toLowerCase(), decoded };
}

/** Runs that follow each other stay neighbours: two words of a list are. */
function decodings(text: string): readonly Buffer[] {
  const hex = text.match(HEX_RUN) ?? [];
  const base64 = text.match(BASE64_RUN) ?? [];
  return [
    ...[0, 1].map((phase) => Buffer.concat(hex.map((run) => fromHex(run.slice(phase))))),
    ...[0, 1, 2, 3].map((phase) =>
      Buffer.concat(base64.map((run) => Buffer.from(run.slice(phase), "base64"))),
    ),
  ].filter(({ length }) => length > 0);
}

function fromHex(run: string): Buffer {
  return Buffer.from(run.slice(0, run.length - (run.length % 2)), "hex");
}
