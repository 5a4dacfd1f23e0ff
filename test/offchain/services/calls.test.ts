import { expect } from "chai";
import { Writable } from "node:stream";
import { z } from "zod";
import { answerCalls, call, CallError } from "../../../offchain/services/calls.ts";
import { jsonLine } from "../../../offchain/services/jsonLines.ts";

const nothing = z.strictObject({});

describe("what comes in on the pipes of a service", () => {
  let stopped = 0;
  const calls = {
    wait: call(
      nothing,
      (_, { signal }) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener("abort", () => {
            stopped += 1;
            reject(signal.reason as Error);
          });
        }),
    ),
  };

  async function refused(...lines: readonly object[]): Promise<CallError> {
    const output = new Writable({
      write: (_chunk, _encoding, done) => {
        done();
      },
    });
    const input = (async function* () {
      for (const line of lines) yield await Promise.resolve(Buffer.from(jsonLine(line)));
    })();
    try {
      await answerCalls(calls, input, output);
    } catch (error) {
      if (error instanceof CallError) return error;
      throw error;
    }
    throw new Error("expected a refusal");
  }

  beforeEach(() => {
    stopped = 0;
  });

  it("is refused with a code if it is no call", async () => {
    expect((await refused({ id: "seven" })).code).to.equal("E_CALL_FORM");
    expect((await refused({ id: 1, abort: false })).code).to.equal("E_CALL_FORM");
  });

  it("is refused if its number is that of a running call, which is stopped then", async () => {
    const waiting = { id: 7, call: "wait", given: {} };
    const { code, message } = await refused(waiting, { ...waiting, id: 8 }, waiting);
    expect([code, message.includes("got 7")]).to.deep.equal(["E_CALL_FORM", true]);
    expect(stopped).to.equal(2);
  });
});
