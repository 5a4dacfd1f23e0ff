/** What the tasks share in which somebody signs a call instead of sending it. */
import type { RelayableCall } from "../../offchain/chain/signedCalls.ts";
import { signedCalls } from "../stores/signedCalls.ts";
import type { Connected } from "./connection.ts";
import { moment, type Facts } from "./print.ts";
import { requireWithin } from "./ranges.ts";
import { VALID_SECONDS } from "./signing.ts";

/** How a call is signed; it is sent where no file is named. */
export interface CallSigningArguments {
  /** File for the signed call. */
  readonly sign: string | undefined;
  readonly validSeconds: number;
}

/** Until when a call that is signed now can be relayed; unix seconds. @throws InputError */
export async function relayBefore(
  connected: Connected,
  { validSeconds }: CallSigningArguments,
): Promise<bigint> {
  requireWithin("valid-seconds", validSeconds, VALID_SECONDS);
  return BigInt((await connected.now()) + validSeconds);
}

/** Keeps a signed call as a file, and says until when it counts. @throws InputError */
export async function keptCall(file: string, call: RelayableCall): Promise<Facts> {
  await signedCalls.write(file, call);
  return { signedCall: file, relayBefore: moment(call.deadline) };
}
