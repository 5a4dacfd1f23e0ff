/**
 * What the steps of a session share: a player takes one step of one session, and sees what became
 * of it.
 */
import type { Signer } from "ethers";
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import type { Bytes32 } from "../../offchain/core/messages/market.ts";
import type { Market } from "../../offchain/chain/market.ts";
import { signVehicleWord, type VehicleWord } from "../../offchain/market/sessions.ts";
import { connect, playerNamed } from "./connection.ts";
import { concluded, type Outcome } from "./outcome.ts";
import { printFacts } from "./print.ts";
import { sessionOf } from "./namedSession.ts";
import { sessionFacts } from "./sessions.ts";
import { keptCall, relayBefore, type CallSigningArguments } from "./signedCall.ts";

export interface SessionArguments {
  readonly state: string;
  readonly as: string;
  readonly session: string | undefined;
  readonly auction: string | undefined;
  readonly json: boolean;
}

/** Of a step that its party can sign instead of sending it. */
export interface SignableSessionArguments extends SessionArguments, CallSigningArguments {}

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

/** A step of the vehicle; with `--sign` its call is kept as a file, and nothing is sent. */
export function vehicleStep(
  args: SignableSessionArguments,
  hre: HardhatRuntimeEnvironment,
  name: VehicleWord["name"],
  step: Step,
): Promise<Outcome> {
  const { sign: file } = args;
  if (file === undefined) return sessionStep(args, hre, step);
  return concluded(async () => {
    const connected = await connect(hre, args.state);
    const player = await playerNamed(connected, args.as);
    const session = await sessionOf(connected, player, args);
    const deadline = await relayBefore(connected, args);
    const word = { session, name };
    const call = await signVehicleWord(connected.market, player.wallet, word, deadline);
    printFacts({ session, ...(await keptCall(file, call)) }, args.json);
  });
}
