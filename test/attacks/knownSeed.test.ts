/**
 * Whoever knows the order of buyers before bidding ends makes itself the first: it tries accounts
 * until one has the earliest place, and the cheapest pile is its own. On a chain with a constant
 * mix hash everybody knew the order beforehand. Now it is the hash of a block that nobody has yet.
 */
import { expect } from "chai";
import { id, keccak256 } from "ethers";
import { network } from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";
import { drawnOrder } from "../../offchain/chain/orderSeed.ts";
import type { Bytes32 } from "../../offchain/core/messages/market.ts";
import { systemRng } from "../../offchain/core/primitives/random.ts";
import { decideAuction } from "../../offchain/market/auction/decideAuction.ts";
import { localServers } from "../../offchain/market/localServers.ts";
import type { MatchingServers } from "../../offchain/market/matching.ts";
import { lookingAt } from "../../offchain/market/secondServer.ts";
import { onThisThread } from "../../offchain/market/work.ts";
import { inOrder } from "../../offchain/parties/server/order.ts";
import { ISTANBUL_DIGEST, minePredictable } from "../support/attacks/constantMixHash.ts";
import {
  asks,
  auctionTown,
  bids,
  openedIn,
  passTo,
  UNWATCHED,
} from "../support/market/auctionTown.ts";
import { dealtKey } from "../support/matching/crowdRound.ts";

/** Blocks before the end of bidding that all have the constant. */
const BEFORE = 12;

describe("the order of buyers on a chain with a constant mix hash", function () {
  this.timeout(120_000);
  let connection: NetworkConnection;

  before(async () => {
    connection = await network.create();
  });
  after(() => connection.close());

  interface Buyer {
    readonly participantId: Bytes32;
  }
  const HONEST: readonly Buyer[] = [0, 1, 2, 3, 4].map((k) => ({
    participantId: id(`honest ${k}`),
  }));

  function isFirst(seed: Bytes32, buyer: Buyer): boolean {
    return inOrder(seed, [...HONEST, buyer])[0]?.participantId === buyer.participantId;
  }

  /** An account that comes first if the seed is what the attacker takes it for. */
  function firstUnder(seed: Bytes32, trial: number): Buyer {
    for (let k = 0; ; k += 1) {
      const buyer = { participantId: id(`attacker ${trial}/${k}`) };
      if (isFirst(seed, buyer)) return buyer;
    }
  }

  it("puts first whom the attacker chose before bidding ended, if the constant is the seed", async () => {
    const { ethers, networkHelpers } = connection;
    const TRIALS = 60;
    const hits = { strawMan: 0, constant: 0, lastHash: 0, hashOfIt: 0 };
    for (let trial = 0; trial < TRIALS; trial += 1) {
      await minePredictable(connection, BEFORE);
      const last = await ethers.provider.getBlock("latest");
      const lastHash = last?.hash ?? expect.fail("expected a block");
      const biddingEnds = BigInt((await networkHelpers.time.latest()) + 1);
      const guesses = { constant: ISTANBUL_DIGEST, lastHash, hashOfIt: keccak256(lastHash) };
      const chosen = {
        constant: firstUnder(guesses.constant, trial),
        lastHash: firstUnder(guesses.lastHash, trial),
        hashOfIt: firstUnder(guesses.hashOfIt, trial),
      };
      await minePredictable(connection, 5);
      const { seed, source } = await drawnOrder(ethers, { biddingEnds });
      expect(source).to.equal("blockHash");
      if (isFirst(ISTANBUL_DIGEST, chosen.constant)) hits.strawMan += 1;
      for (const guess of ["constant", "lastHash", "hashOfIt"] as const) {
        if (isFirst(seed, chosen[guess])) hits[guess] += 1;
      }
    }
    const { strawMan, constant, lastHash, hashOfIt } = hits;
    console.log(
      `      first in ${strawMan} of ${TRIALS} with the constant as seed; in ${constant}, ${lastHash} and ${hashOfIt} now`,
    );
    expect(strawMan).to.equal(TRIALS);
    // By chance it is one in six; half of the trials would be seven standard errors more.
    for (const now of [constant, lastHash, hashOfIt]) expect(now).to.be.below(TRIALS / 2);
  });

  it("decides in an auction who gets the cheaper pile, by a block that was not there when bidding ended", async () => {
    const town = await auctionTown(connection);
    const { market, vehicle, otherVehicle } = town.world;
    const auction = await openedIn(town);
    for (const one of [town.eva, town.ed]) await asks(town, one, auction);
    await bids(town, town.paul, auction, 400_000n);
    await bids(town, town.pia, auction, 590_000n);
    await minePredictable(connection, BEFORE);
    const before = await market.provider.getBlockNumber();
    await passTo(town, auction.terms.biddingEnds);
    await minePredictable(connection, 5);

    const cheaper = await town.paul.wallet.getAddress();
    const lucky = async (servers: MatchingServers): Promise<string | undefined> => {
      const { matches } = await decideAuction(market, town.matcher, servers, auction, UNWATCHED);
      return matches.find(({ pile }) => pile === cheaper)?.vehicle;
    };
    const firstUnderSeed = (seed: Bytes32): string | undefined => {
      const buyers = [vehicle, otherVehicle].map(({ id: participantId, signer }) => ({
        participantId,
        account: signer.address,
      }));
      return inOrder(seed, buyers)[0]?.account;
    };
    const foreseen: string[] = [];
    const careless = await localServers({
      ...{ work: onThisThread(systemRng), rng: systemRng },
      account: town.world.secondServer.signer,
      look: () => async (input, kind) => {
        const looked = await lookingAt(market)(town.servers.cloudDesk.store)(input, kind);
        return { ...looked, seed: ISTANBUL_DIGEST };
      },
    });
    await careless.keepPrivateKey(dealtKey().roundKey, dealtKey().privateKey);
    const strawMan: MatchingServers["match"] = async (input) => {
      const outcome = await careless.match({ ...input, seed: ISTANBUL_DIGEST });
      foreseen.push(outcome.matches.find(({ pile }) => pile === cheaper)?.vehicle ?? "");
      return town.servers.match(input);
    };
    const order = await drawnOrder(market, auction.terms);
    expect(order).to.include({ source: "blockHash", blockNumber: before + 5 });
    expect(await lucky({ ...town.servers, match: strawMan })).to.equal(firstUnderSeed(order.seed));
    expect(foreseen).to.deep.equal([firstUnderSeed(ISTANBUL_DIGEST)]);
  });
});
