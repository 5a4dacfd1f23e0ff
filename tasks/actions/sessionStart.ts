/**
 * `session start`: a matched vehicle opens its delivery, audits it, and accepts: it opens the
 * decision on chain, or signs the call that does for somebody else to relay.
 */
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { signStart, startSession } from "../../offchain/market/sessions.ts";
import { connect, playerNamed } from "../support/connection.ts";
import { matchOfVehicle } from "../support/matches.ts";
import { concluded, type Outcome } from "../support/outcome.ts";
import { printFacts } from "../support/print.ts";
import { sessionFacts } from "../support/sessions.ts";
import { keptCall } from "../support/signedCall.ts";
import { geoLink } from "../support/places.ts";

export interface SessionStartArguments {
  readonly state: string;
  readonly as: string;
  readonly auction: string | undefined;
  /** File for the signed call; nothing is sent then. */
  readonly sign: string | undefined;
  readonly json: boolean;
}

export default function action(
  args: SessionStartArguments,
  hre: HardhatRuntimeEnvironment,
): Promise<Outcome> {
  return concluded(async () => {
    const connected = await connect(hre, args.state);
    const player = await playerNamed(connected, args.as);
    const match = await matchOfVehicle(connected, player, args.auction);
    const { xM, yM } = match.site;
    const pileGeo = geoLink(connected.deployment.corner, match.site);
    const where = { pileXM: xM, pileYM: yM, pileGeo };
    if (args.sign !== undefined) {
      const call = await signStart(connected.market, player.wallet, match);
      const kept = await keptCall(args.sign, call);
      printFacts({ session: match.session, ...kept, ...where }, args.json);
      return;
    }
    await startSession(connected.market, player.wallet, match);
    printFacts({ ...(await sessionFacts(connected, match.session, args)), ...where }, args.json);
  });
}
