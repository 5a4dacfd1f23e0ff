/** The order of participants: a permutation by the seed, whoever came first. */
import { expect } from "chai";
import { id } from "ethers";
import fc from "fast-check";
import { orderKey } from "../../../../offchain/core/messages/market.ts";
import { inOrder } from "../../../../offchain/parties/server/order.ts";
import { bytes32 } from "../../../support/matching/crowdRound.ts";
import { chiSquare, chiSquareLimit } from "../../../support/primitives/provenRecords.ts";

describe("the order of a round", () => {
  const participants = fc
    .uniqueArray(bytes32, { maxLength: 12 })
    .map((ids) => ids.map((participantId) => ({ participantId })));
  const RUNS = { numRuns: 200, seed: 0x5eed };

  it("is a permutation, ascending by the order key", () => {
    fc.assert(
      fc.property(bytes32, participants, (seed, given) => {
        const ordered = inOrder(seed, given);
        expect(ordered).to.have.members(given);
        expect(ordered).to.have.lengthOf(given.length);
        const keys = ordered.map(({ participantId }) => orderKey(seed, participantId));
        expect(keys).to.deep.equal(keys.toSorted());
      }),
      RUNS,
    );
  });

  it("does not depend on the order in which uploads came in", () => {
    fc.assert(
      fc.property(bytes32, participants, (seed, given) => {
        expect(inOrder(seed, given.toReversed())).to.deep.equal(inOrder(seed, given));
      }),
      RUNS,
    );
  });

  it("has somebody who uploaded twice once, with the last upload", () => {
    const uploads = [1, 2, 3, 2].map((person, k) => ({ participantId: id(`${person}`), k }));
    const ordered = inOrder(id("seed"), uploads);
    expect(ordered.map(({ k }) => k)).to.have.members([0, 2, 3]);
    expect(ordered).to.have.lengthOf(3);
  });

  it("puts each of five first about equally often, as the seed varies", () => {
    const given = [0, 1, 2, 3, 4].map((k) => ({ participantId: id(`participant ${k}`), k }));
    const firsts = [0, 0, 0, 0, 0];
    for (let draw = 0; draw < 2_000; draw += 1) {
      const k = inOrder(id(`seed ${draw}`), given)[0]?.k ?? 0;
      firsts[k] = (firsts[k] ?? 0) + 1;
    }
    expect(chiSquare(firsts)).to.be.at.most(chiSquareLimit(firsts.length));
  });
});
