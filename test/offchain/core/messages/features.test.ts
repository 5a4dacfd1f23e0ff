/** Features of records: which there are, in which order, and who offers them. */
import { expect } from "chai";
import {
  atNoExtraCost,
  FEATURE_MIN_POWER_W,
  FEATURES,
  offersOf,
} from "../../../../offchain/core/messages/features.ts";

describe("features", () => {
  it("are two, in the order of a record's fields, each with the power that it takes", () => {
    expect(FEATURES).to.deep.equal(["fast (22 kW or more)", "rapid (43 kW or more)"]);
    expect(FEATURE_MIN_POWER_W).to.deep.equal([22_000, 43_000]);
  });

  it("are offered from their power on, thresholds included", () => {
    expect(offersOf(21_999)).to.deep.equal([false, false]);
    expect(offersOf(22_000)).to.deep.equal([true, false]);
    expect(offersOf(42_999)).to.deep.equal([true, false]);
    expect(offersOf(43_000)).to.deep.equal([true, true]);
  });

  it("cost nothing beside the price per kWh", () => {
    expect(atNoExtraCost([true, false])).to.deep.equal([0n, null]);
  });
});
