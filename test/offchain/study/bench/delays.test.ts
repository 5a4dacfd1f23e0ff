/** Delays of a bench: what is none is refused by its value. */
import { expect } from "chai";
import { delaysOf } from "../../../../offchain/study/bench/delays.ts";

describe("delays of a bench", () => {
  it("are numbers of ms, in the order in which they are named", () => {
    expect(delaysOf("0, 50,1.5")).to.deep.equal([0, 50, 1.5]);
  });

  for (const list of ["", "1,", "ten", "1;10", "-1", "1001", "NaN", "Infinity"]) {
    it(`are not "${list}"`, () => {
      expect(() => delaysOf(list)).to.throw(`got "${list}"`);
    });
  }
});
