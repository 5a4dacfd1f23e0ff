/**
 * The tree over the decisions: OpenZeppelin's JavaScript against the contract's root and its check
 * of proofs.
 */
import { expect } from "chai";
import { id } from "ethers";
import { network } from "hardhat";
import type { ParityHarness } from "../../types/ethers-contracts/index.js";
import { decisionProof, decisionsRoot } from "../../offchain/core/messages/decisionTree.ts";
import { populatedWorld, type MarketWorld } from "../support/market/deployed.ts";
import { endBidding, openAuction, postDecisions } from "../support/market/trade.ts";

const SIZES = [...Array.from({ length: 20 }, (_, k) => k + 1), 100];

function decisionsOf(size: number): readonly string[] {
  return Array.from({ length: size }, (_, k) => id(`decision ${k} of ${size}`));
}

describe("decision tree, TypeScript and Solidity", () => {
  let world: MarketWorld;
  let harness: ParityHarness;

  before(async () => {
    const connection = await network.create();
    world = await connection.networkHelpers.loadFixture(populatedWorld);
    harness = await connection.ethers.deployContract("ParityHarness");
  });
  after(() => world.connection.close());

  it("agree on the root that an auction stores, for 0 to 20 and 100 decisions", async () => {
    const opened = [];
    for (const size of [0, ...SIZES]) {
      opened.push({ size, auction: await openAuction(world, `tree of ${size}`) });
    }
    const last = opened.at(-1);
    if (last) await endBidding(world, last.auction);
    for (const { size, auction } of opened) {
      await postDecisions(world, auction, decisionsOf(size));
      const stored = await world.market.contracts.auctions.auctionOf(auction.auctionId);
      expect(stored.decisionsRoot, `${size} decisions`).to.equal(decisionsRoot(decisionsOf(size)));
      expect(stored.decisionCount).to.equal(size);
    }
  });

  it("agree on every proof of 1 to 20 and 100 decisions", async () => {
    for (const size of SIZES) {
      const decisions = decisionsOf(size);
      const root = await harness.decisionsRoot([...decisions]);
      for (const decision of decisions) {
        const proof = [...decisionProof(decisions, decision)];
        expect(await harness.isDecision(proof, root, decision), `size ${size}`).to.equal(true);
      }
    }
  });

  it("refuse a proof for another leaf, another root, or with another sibling", async () => {
    const decisions = decisionsOf(7);
    const root = decisionsRoot(decisions);
    const [decision = "", other = ""] = decisions;
    const proof = [...decisionProof(decisions, decision)];
    const altered = [id("another"), ...proof.slice(1)];
    expect(await harness.isDecision(proof, root, decision)).to.equal(true);
    expect(await harness.isDecision(proof, root, other)).to.equal(false);
    expect(await harness.isDecision(proof, decisionsRoot(decisionsOf(8)), decision)).to.equal(
      false,
    );
    expect(await harness.isDecision(altered, root, decision)).to.equal(false);
    expect(await harness.isDecision(proof.slice(1), root, decision)).to.equal(false);
  });

  it("depend on the order in which the decisions were posted", async () => {
    const decisions = decisionsOf(3);
    const [a = "", b = "", c = ""] = decisions;
    const swapped = [c, b, a];
    expect(decisionsRoot(swapped)).to.equal(await harness.decisionsRoot(swapped));
    expect(decisionsRoot(swapped)).not.to.equal(decisionsRoot(decisions));
  });

  it("have no proof for what was not decided", () => {
    expect(() => decisionProof(decisionsOf(3), id("undecided"))).to.throw(Error);
    expect(() => decisionProof([], id("undecided"))).to.throw(Error);
  });
});
