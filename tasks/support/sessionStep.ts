/**
 * What the steps of a session share: a player takes one step of one session, and sees what became
 * of it.
 */
import type { Signer } from "ethers";
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import type { Bytes32 } from "../../offchain/core/messages/market.ts";
import type { Market } from "../../offchain/chain/market.ts";
import { connect, playerNamed } from "./connection.ts";
import { concluded, type Outcome } from "./outcome.ts";
import { printFacts } from "./print.ts";
import { sessionOf } from "./namedSession.ts";
import { sessionFacts } from "./sessions.ts";

export interface SessionArguments {
  readonly state: string;
  readonly as: string;
  readonly session: string | undefined;
  readonly auction: string | undefined;
  readonly json: boolean;
}

type Step = (market: Market, party: Signer, session: Bytes32) => Promise<void>;

/** Connects, finds the session, takes the step and prints the session. */
export function sessionStep(
  args: SessionArguments,
  hre: HardhatRuntimeEnvironment,
  step: Step,
): Promise<Outcome> {
  return concluded(async () => {
    const connected = await connect(hre, args.state);
    const player = await playerNamed(connected, args.as);
    const session = await sessionOf(connected, player, args);
    await step(connected.market, player.wallet, session);
    printFacts(await sessionFacts(connected, session, args), args.json);
  });
}
