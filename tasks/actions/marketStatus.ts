/** `market status`: what the market on the network holds. */
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { connect, type Connected } from "../support/connection.ts";
import { concluded, type Outcome } from "../support/outcome.ts";
import { moment, printFacts, type Facts } from "../support/print.ts";
import { eventsOf } from "../../offchain/chain/events.ts";

export interface MarketStatusArguments {
  readonly state: string;
  readonly json: boolean;
}

export default function action(
  args: MarketStatusArguments,
  hre: HardhatRuntimeEnvironment,
): Promise<Outcome> {
  return concluded(async () => {
    printFacts(await marketStatus(await connect(hre, args.state)), args.json);
  });
}

/** Counted from the chain's events. */
export async function marketStatus({ market, deployment, now }: Connected): Promise<Facts> {
  const { identities, auctions, openAuctions, meters, sessions, escrow, token } = market.contracts;
  const windows = await sessions.windows();
  const { minEnergyWh, minAmount } = await sessions.earningRule();
  const hasDisputes = windows.dispute > 0n;
  const counted = async (events: Promise<readonly unknown[]>): Promise<number> =>
    (await events).length;
  return {
    chainId: market.chainId,
    chainTime: moment(await now()),
    authority: await identities.authority(),
    court: deployment.court,
    escrow: deployment.escrow,
    gate: deployment.gate,
    auctionContract: deployment.auctions,
    openAuctionContract: deployment.openAuctions,
    sessionContract: deployment.sessions,
    meterRegistry: deployment.meters,
    authoriseSeconds: windows.authorise,
    plugInSeconds: windows.plugIn,
    settleSeconds: windows.settle,
    disputeSeconds: windows.dispute,
    arbitrationSeconds: hasDisputes ? windows.arbitration : null,
    arbiter: hasDisputes ? await sessions.arbiter() : null,
    arbiters: hasDisputes ? deployment.arbiters : [],
    quorum: hasDisputes ? deployment.quorum : null,
    earningMinEnergyWh: minEnergyWh,
    earningMinAmountUnits: minAmount,
    certificates: await counted(eventsOf(identities, identities.filters.Enrolled())),
    meterCertificates: await counted(eventsOf(meters, meters.filters.MeterCertified())),
    auctionsOpened: await counted(eventsOf(auctions, auctions.filters.AuctionOpened())),
    publicAuctionsOpened: await counted(
      eventsOf(openAuctions, openAuctions.filters.AuctionOpened()),
    ),
    sessionsOpened: await counted(eventsOf(sessions, sessions.filters.SessionOpened())),
    sessionsDisputed: await counted(eventsOf(sessions, sessions.filters.SessionDisputed())),
    sessionsSettled: await counted(eventsOf(sessions, sessions.filters.SessionSettled())),
    sessionsExpired: await counted(eventsOf(sessions, sessions.filters.SessionExpired())),
    escrowBalanceUnits: await token.balanceOf(await escrow.getAddress()),
  };
}
