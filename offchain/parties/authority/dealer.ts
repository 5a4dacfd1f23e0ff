/**
 * The authority deals what the two servers of a round compute with: once an attempt, a letter for
 * each. It takes no part in the round and learns how much they ask for; it must not collude with
 * either of them.
 */
import { attemptBytes, type Attempt, type ServerIndex } from "../../core/messages/attempt.ts";
import {
  DealerError,
  sealLetter,
  type Dealer,
  type Letter,
} from "../../core/messages/dealtLetter.ts";
import { bytesToHex } from "../../core/primitives/bytes.ts";
import { assertProductionRng, randomBytesOf, type Rng } from "../../core/primitives/random.ts";
import { correctionsFor, type Amounts } from "../../core/primitives/sharing/dealer.ts";
import { SEED_BYTES } from "../../core/primitives/sharing/keystream.ts";

/** The servers' X25519 keys. */
export interface SealTo {
  readonly proxy: Uint8Array;
  readonly cloud: Uint8Array;
}

export interface DealtLetters {
  readonly toProxy: Letter;
  readonly toCloud: Letter;
}

/**
 * Deals an attempt: a fresh seed to each server, and to the cloud what no seed can give. Nothing of
 * it is kept.
 */
export async function dealRound(
  attempt: Attempt,
  amounts: Amounts,
  { proxy, cloud }: SealTo,
  rng: Rng,
): Promise<DealtLetters> {
  assertProductionRng(rng);
  const [first, second] = [randomBytesOf(rng, SEED_BYTES), randomBytesOf(rng, SEED_BYTES)];
  const corrections = correctionsFor(first, second, amounts);
  return {
    toProxy: await sealLetter(proxy, attempt, 0, { seed: first, corrections: NOTHING }, rng),
    toCloud: await sealLetter(cloud, attempt, 1, { seed: second, corrections }, rng),
  };
}

const NOTHING = new Uint8Array();

/** A server that has asked and waits for the other one. */
interface Asked {
  readonly server: ServerIndex;
  readonly amounts: Amounts;
  readonly give: (letter: Promise<Letter>) => void;
  readonly refuse: (error: DealerError) => void;
}

/** Attempts that one server has asked for: the oldest is refused. */
const MOST_WAITING = 256;
/** Attempts that are remembered as over. */
const MOST_CLOSED = 4_096;

/**
 * A dealer of both servers of an auction, for as long as it lives: what it has dealt it does not
 * deal again. Of thousands of attempts it forgets the oldest: a server does not take part in one
 * twice, and seeds are drawn anew each time.
 */
export function dealerFor(sealTo: SealTo, rng: Rng): Dealer {
  const waiting = new Map<string, Asked>();
  const closed = new Set<string>();
  const close = (name: string): void => {
    waiting.delete(name);
    closed.add(name);
    const [oldest] = closed;
    if (closed.size > MOST_CLOSED && oldest !== undefined) closed.delete(oldest);
  };
  const wait = (name: string, asked: Asked): void => {
    waiting.set(name, asked);
    const [oldest] = waiting;
    if (waiting.size <= MOST_WAITING || oldest === undefined) return;
    close(oldest[0]);
    oldest[1].refuse(aloneError());
  };
  return {
    letterFor: (server, attempt, amounts) =>
      new Promise((give, refuse) => {
        const name = bytesToHex(attemptBytes(attempt));
        const before = waiting.get(name);
        if (closed.has(name) || before?.server === server) {
          refuse(againError(attempt));
          return;
        }
        if (before === undefined) {
          wait(name, { server, amounts, give, refuse });
          return;
        }
        close(name);
        if (isSame(before.amounts, amounts)) {
          const dealt = dealRound(attempt, amounts, sealTo, rng);
          give(dealt.then(letterOf(server)));
          before.give(dealt.then(letterOf(before.server)));
          return;
        }
        const error = amountsError(before.amounts, amounts);
        before.refuse(error);
        refuse(error);
      }),
  };
}

function letterOf(server: ServerIndex): (dealt: DealtLetters) => Letter {
  return ({ toProxy, toCloud }) => (server === 0 ? toProxy : toCloud);
}

function isSame(one: Amounts, other: Amounts): boolean {
  return one.tripleWords === other.tripleWords && one.squares === other.squares;
}

function againError({ round, attempt }: Attempt): DealerError {
  const got = `got attempt ${attempt} of round ${round} again`;
  const message = `deal: expected an attempt that is new, ${got}; ask for the next one`;
  return new DealerError("E_DEALER_AGAIN", message);
}

function aloneError(): DealerError {
  const got = `got ${MOST_WAITING} newer attempts that wait`;
  const message = `deal: expected the other server to ask too, ${got}; ask for the next attempt`;
  return new DealerError("E_DEALER_GONE", message);
}

function amountsError(one: Amounts, other: Amounts): DealerError {
  const told = ({ tripleWords, squares }: Amounts): string => `${tripleWords} + ${squares}`;
  const got = `got ${told(one)} and ${told(other)}`;
  const message = `deal: expected the same amounts of both servers, ${got}; nothing was dealt`;
  return new DealerError("E_DEALER_AMOUNTS", message);
}
