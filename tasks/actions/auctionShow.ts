/** `auction show`: terms, phase and counts of an auction. */
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { ANY_SCOPE } from "../../offchain/core/messages/market.ts";
import { refusedMatches } from "../../offchain/market/auction/openMatch.ts";
import { phaseOf } from "../../offchain/market/auction/rounds.ts";
import { folderMatcherStore } from "../stores/auctions.ts";
import { knownAuction } from "../support/auctions.ts";
import { connect } from "../support/connection.ts";
import { orderFacts } from "../support/order.ts";
import { concluded, type Outcome } from "../support/outcome.ts";
import { moment, printFacts } from "../support/print.ts";
import { eventsOf } from "../../offchain/chain/events.ts";

export interface AuctionShowArguments {
  readonly state: string;
  readonly auction: string | undefined;
  readonly json: boolean;
}

export default function action(
  args: AuctionShowArguments,
  hre: HardhatRuntimeEnvironment,
): Promise<Outcome> {
  return concluded(async () => {
    const connected = await connect(hre, args.state);
    const { auctionId, terms, roundKey, again } = await knownAuction(connected, args.auction);
    const { auctions } = connected.market.contracts;
    const counted = async (events: Promise<readonly unknown[]>): Promise<number> =>
      (await events).length;
    const { matcher, decisionCount, round, roundEnds } = await auctions.auctionOf(auctionId);
    const { RequestCommitted, BidCommitted, BondsReleased, DecisionOpened } = auctions.filters;
    const matches = (await folderMatcherStore(connected.state).decided(auctionId)) ?? [];
    const refused = await refusedMatches(connected.market, { auctionId, matches });
    const released = await eventsOf(auctions, BondsReleased(auctionId));
    printFacts(
      {
        auction: auctionId,
        again,
        matcher,
        phase: await phaseOf(connected.market, auctionId),
        round,
        maxRounds: terms.maxRounds,
        ...(await orderFacts(connected.market, terms)),
        roundEnds: moment(roundEnds),
        matchingEnds: moment(terms.matchingEnds),
        openingEnds: moment(terms.openingEnds),
        slotStart: moment(terms.slotStart),
        slotEnds: moment(terms.slotEnd),
        scope: terms.scope === ANY_SCOPE ? null : terms.scope,
        bidBondUnits: terms.bidBond,
        vehicleDepositUnits: terms.vehicleDeposit,
        roundKeyBits: roundKey.shortKey.publicKey.bits,
        requests: await counted(eventsOf(auctions, RequestCommitted(auctionId))),
        bids: await counted(eventsOf(auctions, BidCommitted(auctionId))),
        decisions: decisionCount,
        opened: await counted(eventsOf(auctions, DecisionOpened(auctionId))),
        refused: refused.length,
        released: released.reduce((sum, { args: { accounts } }) => sum + accounts.length, 0),
      },
      args.json,
    );
  });
}
