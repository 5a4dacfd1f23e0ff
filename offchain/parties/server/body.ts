/** Bodies of frames: numbers of fixed width and byte strings, one after the other. */

/** Of a server that has nothing to say in an exchange. */
export const NO_BODY = new Uint8Array();

/** A body is not of the form that its type has. */
export class BodyError extends Error {
  override readonly name = "BodyError";
  readonly code = "E_BODY";
}

export interface BodyWriter {
  readonly u8: (value: number) => void;
  readonly u32: (value: number) => void;
  readonly bytes: (value: Uint8Array) => void;
  /** Length u32, then the bytes. */
  readonly prefixed: (value: Uint8Array) => void;
  readonly done: () => Uint8Array;
}

export function bodyWriter(): BodyWriter {
  const parts: Uint8Array[] = [];
  const u32 = (value: number): void => {
    const word = Buffer.allocUnsafe(4);
    word.writeUInt32BE(value);
    parts.push(word);
  };
  return {
    u8: (value) => parts.push(Uint8Array.of(value)),
    u32,
    bytes: (value) => parts.push(value),
    prefixed: (value) => {
      u32(value.length);
      parts.push(value);
    },
    done: () => Buffer.concat(parts),
  };
}

/**
 * Reads what was written.
 * @throws BodyError where the body is too short, or too long at its end
 */
export interface BodyReader {
  readonly u8: () => number;
  readonly u32: () => number;
  readonly bytes: (length: number) => Uint8Array;
  readonly prefixed: () => Uint8Array;
  readonly end: () => void;
}

export function bodyReader(body: Uint8Array): BodyReader {
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
  let at = 0;
  const take = (length: number): number => {
    demand(at + length <= body.length, `at least ${at + length} bytes in a frame`, body.length);
    at += length;
    return at - length;
  };
  const bytes = (length: number): Uint8Array => {
    const from = take(length);
    return body.subarray(from, from + length);
  };
  const u32 = (): number => view.getUint32(take(4));
  return {
    u8: () => view.getUint8(take(1)),
    u32,
    bytes,
    prefixed: () => bytes(u32()),
    end: () => {
      demand(at === body.length, `a body of ${at} bytes`, body.length);
    },
  };
}

/** What the other server has said holds, or its body is refused. @throws BodyError */
export function demand(holds: boolean, expected: string, got: number): asserts holds {
  if (!holds) throw new BodyError(`expected ${expected}, got ${got}`);
}
