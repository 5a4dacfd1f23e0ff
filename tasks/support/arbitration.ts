/**
 * Who rules on disputes of a market: what `market deploy` is told, and whether it makes sense
 * together.
 */
import { getAddress, isAddress, ZeroAddress } from "ethers";
import { InputError } from "./outcome.ts";

export interface ArbitrationArguments {
  readonly disputeSeconds: number;
  readonly arbitrationSeconds: number;
  readonly arbiters: string | undefined;
  readonly quorum: number;
}

export interface Arbitration {
  readonly disputeSeconds: number;
  readonly arbitrationSeconds: number;
  /** With checksum. Nobody where there are no disputes. */
  readonly arbiters: readonly string[];
  /** How many of several have to sign; 1 for one, 0 for nobody. */
  readonly quorum: number;
}

/** Longest window that `ChargingSession` takes. */
const MAX_WINDOW_SECONDS = 30 * 86_400;

/** @throws InputError for options that do not go together */
export function arbitrationIn(args: ArbitrationArguments): Arbitration {
  const { disputeSeconds, arbitrationSeconds } = args;
  requireWindow("--dispute-seconds", disputeSeconds, 0);
  requireWindow("--arbitration-seconds", arbitrationSeconds, 1);
  const arbiters = addressesIn(args.arbiters);
  if (disputeSeconds === 0 && arbiters.length > 0) {
    const message = "--arbiters: without --dispute-seconds there is nothing to rule on";
    throw new InputError(message);
  }
  if (disputeSeconds > 0 && arbiters.length === 0) {
    throw new InputError("--dispute-seconds: name with --arbiters who rules on disputes");
  }
  const quorum = quorumOf(args.quorum, arbiters.length);
  return { disputeSeconds, arbitrationSeconds, arbiters, quorum };
}

function requireWindow(option: string, seconds: number, least: number): void {
  if (seconds >= least && seconds <= MAX_WINDOW_SECONDS) return;
  throw new InputError(`${option}: expected ${least} to ${MAX_WINDOW_SECONDS}, got ${seconds}`);
}

function addressesIn(list: string | undefined): readonly string[] {
  if (list === undefined) return [];
  const addresses = list.split(",").map((part) => addressIn(part.trim()));
  const twice = addresses.find((address, k) => addresses.indexOf(address) !== k);
  if (twice === undefined) return addresses;
  throw new InputError(`--arbiters: ${twice} is named twice`);
}

function addressIn(text: string): string {
  if (isAddress(text) && getAddress(text) !== ZeroAddress) return getAddress(text);
  throw new InputError(`--arbiters: expected addresses with commas between them, got "${text}"`);
}

function quorumOf(quorum: number, arbiters: number): number {
  // One arbiter needs no quorum to be named, and nobody has none.
  const least = arbiters > 1 ? 1 : 0;
  if (quorum >= least && quorum <= arbiters) return arbiters > 1 ? quorum : arbiters;
  const expected = arbiters === 0 ? "none without --arbiters" : `${least} to ${arbiters}`;
  throw new InputError(`--quorum: expected ${expected}, got ${quorum}`);
}
