/** JSON texts, one a line, out of a stream of bytes. */

/** Longer lines are refused by who writes and who reads: more is said in several. */
const MAX_JSON_LINE_BYTES = 16 * 1_024 * 1_024;

export class JsonLineError extends Error {
  override readonly name = "JsonLineError";
  readonly code = "E_JSON_LINE";
}

const NEWLINE = 10;

/**
 * The values of all lines until the stream ends.
 * @throws JsonLineError for a line that is too long or no JSON
 */
export async function* jsonLines(
  stream: AsyncIterable<Uint8Array>,
  maxBytes: number = MAX_JSON_LINE_BYTES,
): AsyncGenerator {
  let kept: Uint8Array[] = [];
  let keptBytes = 0;
  for await (const chunk of stream) {
    let rest = chunk;
    for (let end = rest.indexOf(NEWLINE); end >= 0; end = rest.indexOf(NEWLINE)) {
      kept.push(rest.subarray(0, end));
      demandShort(keptBytes + end, maxBytes);
      yield valueOf(Buffer.concat(kept));
      kept = [];
      keptBytes = 0;
      rest = rest.subarray(end + 1);
    }
    kept.push(rest);
    keptBytes += rest.length;
    demandShort(keptBytes, maxBytes);
  }
}

/** The line of a value. @throws JsonLineError for one that no reader would take */
export function jsonLine(value: unknown, maxBytes: number = MAX_JSON_LINE_BYTES): string {
  const text = JSON.stringify(value);
  const bytes = Buffer.byteLength(text);
  if (bytes <= maxBytes) return `${text}\n`;
  const bounds = `expected a line of at most ${maxBytes} bytes, got one of ${bytes}`;
  throw new JsonLineError(`jsonLine: ${bounds}; it has to be said in parts`);
}

function demandShort(bytes: number, maxBytes: number): void {
  if (bytes <= maxBytes) return;
  throw new JsonLineError(
    `jsonLines: expected lines of at most ${maxBytes} bytes, got a longer one`,
  );
}

function valueOf(line: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(line));
  } catch {
    throw new JsonLineError("jsonLines: expected JSON in every line, got other text");
  }
}
