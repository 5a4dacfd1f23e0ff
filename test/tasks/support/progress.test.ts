/** Progress where nobody watches: lines, and not too many. */
import { expect } from "chai";
import { PassThrough } from "node:stream";
import { progressOn } from "../../../tasks/support/progress.ts";

describe("progress without a terminal", () => {
  it("says what is said, and after ten seconds of silence how far the work is", () => {
    const stream = new PassThrough();
    let nowMs = 0;
    const progress = progressOn(stream, () => nowMs);
    const updateAt = (ms: number, done: number): void => {
      nowMs = ms;
      progress.update("slot 0 bidding", done, 40);
    };
    updateAt(9_999, 1);
    updateAt(10_000, 2);
    updateAt(15_000, 3);
    progress.say("slot 0: done");
    updateAt(24_999, 4);
    updateAt(25_000, 5);
    progress.stop();
    const written = String(stream.read());
    expect(written.split("\n")).to.deep.equal([
      ...["slot 0 bidding: 2 of 40", "slot 0: done", "slot 0 bidding: 5 of 40", ""],
    ]);
  });
});
