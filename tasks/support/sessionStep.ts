/** What the steps of a session share: a player makes one call about one session, and sees what became of it. */
import type { ContractTransactionResponse } from "ethers";
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import type { Bytes32 } from "../../offchain/core/messages/market.ts";
import { send } from "../../offchain/chain/market.ts";
import { connect, playerNamed, type Connected, type Player } from "./connection.ts";
import { concluded, type Outcome } from "./outcome.ts";
import { printFacts } from "./print.ts";
import { sessionFacts, sessionOf } from "./sessions.ts";

export interface SessionArguments {
  readonly state: string;
  readonly as: string;
  readonly session: string | undefined;
  readonly auction: string | undefined;
  readonly json: boolean;
}

type Call = (
  connected: Connected,
  player: Player,
  session: Bytes32,
) => Promise<ContractTransactionResponse>;

/** Connects, finds the session, makes the call and prints the session. */
export function sessionStep(
  args: SessionArguments,
  hre: HardhatRuntimeEnvironment,
  call: Call,
): Promise<Outcome> {
  return concluded(async () => {
    const connected = await connect(hre, args.state);
    const player = await playerNamed(connected, args.as);
    const session = await sessionOf(connected, player, args);
    await send(connected.market, call(connected, player, session));
    printFacts(await sessionFacts(connected, session), args.json);
  });
}
