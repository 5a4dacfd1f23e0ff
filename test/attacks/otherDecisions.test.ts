/**
 * A matcher that shows a vehicle other decisions than it has posted: the delivery is honest and
 * passes the audit, and no proof from what was shown leads to the posted root. The lie is played to
 * its end: the vehicle refuses, its deposit is free at once, and it takes part again. Beside it the
 * straw man: a vehicle that takes the contract's refusal for the end, whose deposit stays.
 */
import { expect } from "chai";
import { id } from "ethers";
import { network } from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";
import { decideAuction, postDecisions } from "../../offchain/market/auction/decideAuction.ts";
import {
  answerMatch,
  openMatch,
  refusedMatches,
  type DecidedFor,
} from "../../offchain/market/auction/openMatch.ts";
import { startSession } from "../../offchain/market/sessions.ts";
import {
  asks,
  auctionTown,
  bids,
  openedIn,
  UNWATCHED,
  type Town,
} from "../support/market/auctionTown.ts";
import { refusalIn } from "../support/market/charging.ts";
import { fund } from "../support/market/deployed.ts";
import { asyncRefusal } from "../support/primitives/draws.ts";

const PRICE_PER_KWH = 450_000n;

interface Shown {
  readonly town: Town;
  readonly posted: DecidedFor;
  /** With a match of nobody behind the posted one. */
  readonly shown: DecidedFor;
  readonly depositUnits: bigint;
}

async function shownOtherDecisions(connection: NetworkConnection): Promise<Shown> {
  const town = await auctionTown(connection);
  const { market, vehicle, pile } = town.world;
  for (const one of [vehicle, pile]) await fund(town.world, one);
  const auction = await openedIn(town);
  await asks(town, town.eva, auction);
  await bids(town, town.paul, auction, PRICE_PER_KWH);
  const { auctionId, terms } = auction;
  await connection.networkHelpers.time.increaseTo(terms.biddingEnds);
  const { matcher, servers } = town;
  const { matches } = await decideAuction(market, matcher, servers, auction, UNWATCHED);
  await postDecisions(market, matcher, auctionId);
  const invented = matches.map((match) => ({ ...match, decision: id("nobody's") }));
  const shown = { auctionId, matches: [...matches, ...invented] };
  return { town, posted: { auctionId, matches }, shown, depositUnits: terms.vehicleDeposit };
}

describe("a matcher that shows other decisions than it has posted", () => {
  let connection: NetworkConnection;

  before(async () => {
    connection = await network.create();
  });
  after(() => connection.close());

  const balanceOf = async ({ town }: Shown): Promise<readonly [free: bigint, locked: bigint]> => {
    const account = await town.eva.wallet.getAddress();
    const { free, locked } = await town.world.market.contracts.escrow.balanceOf(account);
    return [free, locked];
  };

  it("is refused by its vehicle, whose deposit is free at once", async () => {
    const lied = await shownOtherDecisions(connection);
    const { town, posted, shown, depositUnits } = lied;
    const { market } = town.world;
    const [free, locked] = await balanceOf(lied);
    expect(locked).to.equal(depositUnits);
    const { accepted, refused } = await answerMatch(market, town.eva, shown);
    expect(accepted).to.equal(null);
    expect(refused?.code).to.equal("AuctionUnknownDecision");
    expect(await balanceOf(lied)).to.deep.equal([free + depositUnits, 0n]);
    expect(await refusedMatches(market, posted)).to.deep.equal(posted.matches);
    // The posted decisions cannot bind it any more either.
    expect(await asyncRefusal(() => answerMatch(market, town.eva, posted))).to.equal(
      "StepError E_NO_REQUEST",
    );
  });

  it("holds the deposit of a vehicle that only hears the contract's refusal", async () => {
    const lied = await shownOtherDecisions(connection);
    const { town, shown, depositUnits } = lied;
    const { market } = town.world;
    const opened = await openMatch(market, town.eva, shown);
    expect(await refusalIn(() => startSession(market, town.eva.wallet, opened))).to.equal(
      "AuctionUnknownDecision",
    );
    const [, locked] = await balanceOf(lied);
    expect(locked).to.equal(depositUnits);
  });
});
