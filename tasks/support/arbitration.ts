/**
 * Who rules on disputes of a market: what `market deploy` is told, and whether it makes sense
 * together.
 */
import { ownedAddressNamed } from "./naming.ts";
import { InputError } from "./outcome.ts";
import { numberNamed, requireWithin, type Range } from "./ranges.ts";

export interface ArbitrationArguments {
  /** As it is typed; undefined for what is usual on the chain. */
  readonly disputeSeconds: string | undefined;
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

const DAY_SECONDS = 86_400;
/** What `ChargingSession` takes as a window, in seconds. */
export const WINDOW: Range = { least: 1, most: 30 * DAY_SECONDS };

/**
 * @param isDemo whether nothing on the chain is worth anything
 * @throws InputError for options that do not go together
 */
export function arbitrationIn(args: ArbitrationArguments, isDemo: boolean): Arbitration {
  const { arbitrationSeconds } = args;
  const arbiters = addressesIn(args.arbiters);
  const disputeSeconds = disputeSecondsIn(args, isDemo && arbiters.length === 0);
  requireWithin("arbitration-seconds", arbitrationSeconds, WINDOW);
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

/** A day, or on a demo chain where nobody rules no time at all. */
function disputeSecondsIn({ disputeSeconds }: ArbitrationArguments, isFinal: boolean): number {
  if (disputeSeconds === undefined) return isFinal ? 0 : DAY_SECONDS;
  return Number(numberNamed("dispute-seconds", disputeSeconds, { ...WINDOW, least: 0 }));
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
