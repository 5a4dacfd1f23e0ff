/** The end of a round on the command line, by its matcher with both servers in this process. */
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import type { Market } from "../../offchain/chain/market.ts";
import type { AnnouncedAuction } from "../../offchain/core/messages/announcedAuction.ts";
import type { MatchingServers } from "../../offchain/market/matching.ts";
import type { RoundOptions } from "../../offchain/market/auction/roundInput.ts";
import type { MatcherDesk } from "../../offchain/parties/proxy/matcherDesk.ts";
import { knownAuction } from "./auctions.ts";
import { connectToKeep, playerOfKind } from "./connection.ts";
import { matcherDeskOf } from "./desks.ts";
import { interruptible } from "./interrupt.ts";
import { concluded, type Outcome } from "./outcome.ts";
import { roundOver, withServers } from "./serversHere.ts";

export interface RoundEndArguments {
  readonly state: string;
  readonly as: string;
  readonly auction: string | undefined;
  readonly wait: boolean;
  readonly withoutMissing: boolean;
  readonly json: boolean;
}

/** A step of the market that needs both servers. */
export type RoundStep<Facts> = (
  market: Market,
  desk: MatcherDesk,
  servers: MatchingServers,
  auction: AnnouncedAuction,
  options: RoundOptions,
) => Promise<Facts>;

/** Who ends a round of which auction. */
export interface RoundEnd {
  readonly market: Market;
  readonly desk: MatcherDesk;
  readonly auction: AnnouncedAuction;
}

/**
 * Takes the step, after the end of the round if that is to be waited for, and hands its facts to
 * `conclude`.
 */
export function atRoundEnd<Facts>(
  args: RoundEndArguments,
  hre: HardhatRuntimeEnvironment,
  step: RoundStep<Facts>,
  conclude: (facts: Facts, end: RoundEnd) => Promise<void> | void,
): Promise<Outcome> {
  return concluded(() =>
    interruptible(async (signal) => {
      const connected = await connectToKeep(hre, args.state);
      const { market } = connected;
      const matcher = await playerOfKind(connected, args.as, "matcher");
      const auction = await knownAuction(connected, args.auction);
      if (args.wait) await roundOver(connected, auction.auctionId, signal);
      signal.throwIfAborted();

      const desk = matcherDeskOf(connected, matcher);
      const facts = await withServers(connected, args, auction, signal, (servers, watched) =>
        step(market, desk, servers, auction, { ...watched, withoutMissing: args.withoutMissing }),
      );
      await conclude(facts, { market, desk, auction });
    }, "nothing was decided; the same command goes on"),
  );
}
