import { expect } from "chai";
import { keepingNewest } from "../../../../offchain/core/primitives/newest.ts";

describe("values that are kept while they are asked for", () => {
  it("are made once, and the one not asked for longest is dropped", () => {
    const made: string[] = [];
    const of = keepingNewest(2, (name) => {
      made.push(name);
      return name.toUpperCase();
    });
    expect(["a", "b", "a", "c", "a", "b"].map(of)).to.deep.equal(["A", "B", "A", "C", "A", "B"]);
    expect(made).to.deep.equal(["a", "b", "c", "b"]);
  });
});
