import { expect } from "chai";
import fc from "fast-check";

import {
  dateOf,
  isoLocal,
  localSeconds,
  secondsOfDay,
  wallMoment,
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

  it("reads ISO 8601 with a zone, and none where none is written", () => {
    const at = 1_752_135_354;
    const moments: Readonly<Record<string, number | null>> = {
      "2025-07-10T08:15:54": null,
      "2025-07-10 08:15:54.999": null,
      "2025-07-10T08:15:54,5Z": 0,
      "2025-07-10t08:15:54z": 0,
      "2025-07-10T08:15:54+02:00": 7_200,
      "2025-07-10 08:15:54 -0930": -34_200,
      "2025-07-10  08:15:54+05": 18_000,
    };
    for (const [text, aheadSeconds] of Object.entries(moments)) {
      expect(wallMoment(text), text).to.deep.equal({ atSeconds: at, aheadSeconds });
    }
    for (const text of [
      ...["2025-07-10", "2025-07-10T08", "20250710T081554Z", "2025-07-10T08:15 UTC", ""],
      ...["2025-07-10T08:15+15:00", "2025-07-10T08:15+02:60", "08:15", "2025-02-30T08:15Z"],
    ]) {
      expect(wallMoment(text), text).to.equal(null);
    }
  });
});
