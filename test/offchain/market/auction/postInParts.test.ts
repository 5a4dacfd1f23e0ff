/**
 * Decisions in several calls: a matcher that is interrupted between two of them goes on with what
 * the chain does not have, and one signature of the second server is over all.
 */
import { expect } from "chai";
import { id } from "ethers";
import { network } from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";
import { decisionProof } from "../../../../offchain/core/messages/decisionTree.ts";
import { finalOutcome, signAsServer } from "../../../../offchain/core/messages/outcome.ts";
import { postDecisions } from "../../../../offchain/market/auction/decideAuction.ts";
import { startSession } from "../../../../offchain/market/sessions.ts";
import { refusalIn } from "../../../support/market/charging.ts";
import { populatedWorld, type MarketWorld } from "../../../support/market/deployed.ts";
import { commitTrade, endBidding, PARTICIPANTS_ROOT } from "../../../support/market/trade.ts";
import { asyncRefusal } from "../../../support/primitives/draws.ts";

const PER_CALL = 2;

type Wallet = MarketWorld["matcher"]["signer"];

/** Sends so many transactions, and is gone. */
function endingAfter(wallet: Wallet, sends: number): Wallet {
  let left = sends;
  return new Proxy(wallet, {
    get: (target, name) => {
      if (name === "sendTransaction" && left === 0) {
        return () => Promise.reject(new Error("interrupted"));
      }
      if (name === "sendTransaction") {
        return (...given: Parameters<Wallet["sendTransaction"]>) => {
          left -= 1;
          return target.sendTransaction(...given);
        };
      }
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === "function" ? (value.bind(target) as unknown) : value;
    },
  });
}

describe("decisions in several calls", () => {
  let connection: NetworkConnection;

  before(async () => {
    connection = await network.create();
  });
  after(() => connection.close());

  it("go on after an interrupt with the parts that are missing, and open as if they were one", async () => {
    const world = await populatedWorld(connection);
    const { market, vehicle } = world;
    const { auctions } = market.contracts;
    const trade = await commitTrade(world, "a trade");
    const { auctionId, opening } = trade;
    await endBidding(world, trade);
    const decisions = [id("a"), id("b"), id("c"), trade.decision, id("d")];
    const content = finalOutcome({ auctionId, round: 1n }, decisions, PARTICIPANTS_ROOT, PER_CALL);
    const { signer: second } = world.secondServer;
    const secondSignature = await signAsServer(second, market.venue, "final", content);
    const matches = decisions.map((decision) => ({ decision }));
    const kept = { matches, participantsRoot: PARTICIPANTS_ROOT, secondSignature };
    const store = { decision: () => Promise.resolve(kept) };
    const post = (wallet: Wallet): Promise<readonly string[]> =>
      postDecisions(market, { wallet, store }, auctionId, PER_CALL);
    const proof = decisionProof(decisions, trade.decision, PER_CALL);
    const start = (): Promise<void> => startSession(market, vehicle.signer, { opening, proof });

    const { signer } = world.matcher;
    for (const sends of [0, 1, 2]) {
      expect(await asyncRefusal(() => post(endingAfter(signer, sends)))).to.equal(
        "Error without a code",
      );
      expect(await refusalIn(start)).to.equal("AuctionWrongPhase");
    }
    expect(await post(endingAfter(signer, 1))).to.deep.equal(decisions);
    const parts = await auctions.queryFilter(auctions.filters.PartPosted(auctionId));
    expect(parts.map(({ args }) => [...args.decisions])).to.deep.equal([
      decisions.slice(0, 2),
      decisions.slice(2, 4),
      decisions.slice(4),
    ]);
    const { decisionsRoot, decisionCount } = await auctions.auctionOf(auctionId);
    expect([decisionsRoot, decisionCount]).to.deep.equal([content.decisionsRoot, 5n]);
    await start();
  });
});
