import { expect } from "chai";
import { jsonLine, JsonLineError, jsonLines } from "../../../offchain/services/jsonLines.ts";

describe("JSON, one a line", () => {
  const values = [{ a: 1 }, "two", null, ["ä€", "𝄞"]];
  const stream = Buffer.from(values.map((value) => jsonLine(value)).join(""));

  for (const size of [1, 2, 7, stream.length]) {
    it(`is read in chunks of ${size} bytes`, async () => {
      const chunks = Array.from({ length: Math.ceil(stream.length / size) }, (_, k) =>
        stream.subarray(k * size, (k + 1) * size),
      );
      expect(await read(chunks)).to.deep.equal(values);
    });
  }

  it("is refused when a line is too long, ended or not", async () => {
    expect(await code(read([Buffer.from("12345\n")], 4))).to.equal("E_JSON_LINE");
    expect(await code(read([Buffer.from("12345")], 4))).to.equal("E_JSON_LINE");
    expect(await read([Buffer.from("1234\n56\n")], 4)).to.deep.equal([1234, 56]);
  });

  it("is not written longer than it is read", () => {
    expect(jsonLine("ä€", 7)).to.equal('"ä€"\n');
    expect(() => jsonLine("ä€", 6)).to.throw(JsonLineError, "at most 6 bytes, got one of 7");
  });

  it("is refused when it is no JSON", async () => {
    expect(await code(read([Buffer.from("one\n")]))).to.equal("E_JSON_LINE");
  });
});

async function read(chunks: readonly Uint8Array[], maxBytes?: number): Promise<unknown[]> {
  const values: unknown[] = [];
  for await (const value of jsonLines(asyncOf(chunks), maxBytes)) values.push(value);
  return values;
}

async function* asyncOf<T>(all: readonly T[]): AsyncGenerator<T> {
  for (const one of all) yield await Promise.resolve(one);
}

async function code(of: Promise<unknown>): Promise<string> {
  try {
    await of;
  } catch (error) {
    if (error instanceof JsonLineError) return error.code;
    throw error;
  }
  throw new Error("expected a refusal");
}
