/**
 * Who rules on disputes of a market: what `market deploy` is told, and whether it makes sense
 * together.
 */
import { ownedAddressNamed } from "./naming.ts";
import { InputError } from "./outcome.ts";

export interface ArbitrationArguments {
  /** `USUAL_DISPUTE_SECONDS` for what is usual on the chain. */
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

/** A day, or on a demo chain where nobody rules no time at all. */
export const USUAL_DISPUTE_SECONDS = -1;
const DAY_SECONDS = 86_400;
/** Longest window that `ChargingSession` takes. */
const MAX_WINDOW_SECONDS = 30 * DAY_SECONDS;

/**
 * @param isDemo whether nothing on the chain is worth anything
 * @throws InputError for options that do not go together
 */
export function arbitrationIn(args: ArbitrationArguments, isDemo: boolean): Arbitration {
  const { arbitrationSeconds } = args;
  const arbiters = addressesIn(args.arbiters);
  const disputeSeconds = disputeSecondsIn(args, isDemo && arbiters.length === 0);
  requireWindow("--dispute-seconds", disputeSeconds, 0);
  requireWindow("--arbitration-seconds", arbitrationSeconds, 1);
  if (disputeSeconds === 0 && arbiters.length > 0) {
    const message = "--arbiters: without --dispute-seconds there is nothing to rule on";
    throw new InputError(message);
  }
  if (disputeSeconds > 0 && arbiters.length === 0) {
    const asked = `vehicles may dispute for ${disputeSeconds} s, and somebody has to rule`;
    throw new InputError(
      `--arbiters: ${asked}: name the accounts with --arbiters, or no disputes with --dispute-seconds 0`,
    );
  }
  const quorum = quorumOf(args.quorum, arbiters.length);
  return { disputeSeconds, arbitrationSeconds, arbiters, quorum };
}

function disputeSecondsIn({ disputeSeconds }: ArbitrationArguments, isFinal: boolean): number {
  if (disputeSeconds !== USUAL_DISPUTE_SECONDS) return disputeSeconds;
  return isFinal ? 0 : DAY_SECONDS;
}

/** @throws InputError for a window that the contract would not take */
export function requireWindow(option: string, seconds: number, least: number): void {
  if (seconds >= least && seconds <= MAX_WINDOW_SECONDS) return;
  throw new InputError(`${option}: expected ${least} to ${MAX_WINDOW_SECONDS}, got ${seconds}`);
}

function addressesIn(list: string | undefined): readonly string[] {
  if (list === undefined) return [];
  const addresses = list.split(",").map((part) => ownedAddressNamed("arbiters", part.trim()));
  const twice = addresses.find((address, k) => addresses.indexOf(address) !== k);
  if (twice === undefined) return addresses;
  throw new InputError(`--arbiters: ${twice} is named twice`);
}

function quorumOf(quorum: number, arbiters: number): number {
  // One arbiter needs no quorum to be named, and nobody has none.
  const least = arbiters > 1 ? 1 : 0;
  if (quorum >= least && quorum <= arbiters) return arbiters > 1 ? quorum : arbiters;
  const expected = arbiters === 0 ? "none without --arbiters" : `${least} to ${arbiters}`;
  throw new InputError(`--quorum: expected ${expected}, got ${quorum}`);
}
