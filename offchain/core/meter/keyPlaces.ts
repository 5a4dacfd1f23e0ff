/**
 * Where the keys of an object stand in its JSON, in bytes: what the contract wants to be told, and
 * checks. Only keys of the outermost object count, so that nothing inside a vendor's object or a
 * text is taken for one.
 */

export interface KeyPlace {
  readonly key: string;
  /** Offset of the quote that opens the key. */
  readonly offset: number;
  /** Offset of the comma or brace behind its value. */
  readonly end: number;
}

interface Scan {
  depth: number;
  /** Offset of the quote that opened the string that is being read, or null outside strings. */
  opened: number | null;
  /** The string that ended last at depth 1, if nothing but blanks has come since. */
  pending: Member | null;
  /** The member whose value is being read. */
  current: Member | null;
}

type Member = Omit<KeyPlace, "end">;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COLON = 0x3a;
const COMMA = 0x2c;
const BLANKS: readonly number[] = [0x20, 0x09, 0x0a, 0x0d];
const OPENING: readonly number[] = [0x7b, 0x5b];
const CLOSING: readonly number[] = [0x7d, 0x5d];

/** Keys of the outermost object in their order. `json` must be well-formed. */
export function topLevelKeys(json: Uint8Array): readonly KeyPlace[] {
  const places: KeyPlace[] = [];
  const scan: Scan = { depth: 0, opened: null, pending: null, current: null };
  for (let offset = 0; offset < json.length; offset++) {
    const byte = json[offset] ?? 0;
    if (scan.opened === null) outside(scan, byte, offset, places);
    else if (byte === BACKSLASH) offset++;
    else if (byte === QUOTE) close(scan, json, scan.opened, offset);
  }
  return places;
}

/** The first key of this name, or null. */
export function placeOf(places: readonly KeyPlace[], name: string): KeyPlace | null {
  return places.find(({ key }) => key === name) ?? null;
}

function outside(scan: Scan, byte: number, offset: number, places: KeyPlace[]): void {
  if (BLANKS.includes(byte)) return;
  if (byte === COLON && scan.pending !== null) scan.current = scan.pending;
  scan.pending = null;
  if (byte === QUOTE) scan.opened = offset;
  if (scan.depth === 1 && (byte === COMMA || CLOSING.includes(byte))) finish(scan, offset, places);
  if (OPENING.includes(byte)) scan.depth++;
  if (CLOSING.includes(byte)) scan.depth--;
}

function finish(scan: Scan, end: number, places: KeyPlace[]): void {
  if (scan.current !== null) places.push({ ...scan.current, end });
  scan.current = null;
}

function close(scan: Scan, json: Uint8Array, opened: number, offset: number): void {
  scan.opened = null;
  if (scan.depth !== 1 || scan.current !== null) return;
  const key = new TextDecoder().decode(json.subarray(opened + 1, offset));
  scan.pending = { key, offset: opened };
}
