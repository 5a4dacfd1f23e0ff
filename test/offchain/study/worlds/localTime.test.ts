import { expect } from "chai";
import fc from "fast-check";

import {
  dateOf,
  isoLocal,
  localSeconds,
  secondsOfDay,
} from "../../../../offchain/study/worlds/localTime.ts";

describe("local time", () => {
  it("reads a moment of the calendar and the clock, and gives it back", () => {
    fc.assert(
      fc.property(fc.integer({ min: -(2 ** 31), max: 2 ** 32 }), (at) => {
        const [date = "", time = ""] = isoLocal(at).split("T");
        expect(localSeconds(date, time)).to.equal(at);
        expect(dateOf(at)).to.equal(date);
        expect(secondsOfDay(at)).to.be.within(0, 86_399);
      }),
      { numRuns: 300, seed: 20250710 },
    );
  });

  it("takes minutes or seconds, and hours of one digit", () => {
    expect(localSeconds("1970-01-02", "01:02")).to.equal(86_400 + 3_720);
    expect(localSeconds("1970-01-01", "1:02:03")).to.equal(3_723);
  });

  it("knows no moment for what is none", () => {
    for (const [date, time] of [
      ["2018-02-29", "10:00"],
      ["2018-07-10", "24:00"],
      ["2018-07-10", "10:60"],
      ["2018-07-10", "10:00:60"],
      ["2018-07-10", "10"],
      ["2018-07-10", "10:00Z"],
      ["2018-07-10", ""],
      ["10/07/2018", "10:00"],
      ["", ""],
    ] as const) {
      expect(localSeconds(date, time), `${date} ${time}`).to.equal(null);
    }
  });
});
