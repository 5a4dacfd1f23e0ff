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
import type { DealerStore } from "./dealerStore.ts";

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
  readonly attempt: Attempt;
  readonly amounts: Amounts;
  readonly give: (letter: Promise<Letter>) => void;
  readonly refuse: (error: DealerError) => void;
}

/** Attempts that one server has asked for: the oldest is refused. */
const MOST_WAITING = 256;

/**
 * A dealer of both servers. Each may ask about an attempt once (`store`), so that nothing is dealt
 * twice; what is given up is given up for both.
 */
export function dealerFor(sealTo: SealTo, rng: Rng, store: DealerStore): Dealer {
  const waiting = new Map<string, Asked>();
  const wait = async (name: string, asked: Asked): Promise<void> => {
    waiting.set(name, asked);
    const [oldest] = waiting;
    if (waiting.size <= MOST_WAITING || oldest === undefined) return;
    waiting.delete(oldest[0]);
    const { attempt, server, refuse } = oldest[1];
    // The other server would wait for an answer that has been given.
    await store.takeQuestion(attempt, otherThan(server));
    refuse(aloneError());
  };
  const answerBoth = (first: Asked, second: Asked): void => {
    if (!isSame(first.amounts, second.amounts)) {
      const error = amountsError(first.amounts, second.amounts);
      for (const { refuse } of [first, second]) refuse(error);
      return;
    }
    const dealt = dealRound(second.attempt, second.amounts, sealTo, rng);
    for (const { server, give } of [first, second]) give(dealt.then(letterOf(server)));
  };
  return {
    letterFor: async (server, attempt, amounts) => {
      if (!(await store.takeQuestion(attempt, server))) throw againError(attempt);
      const name = bytesToHex(attemptBytes(attempt));
      const before = waiting.get(name);
      const { promise, resolve: give, reject: refuse } = Promise.withResolvers<Letter>();
      const asked: Asked = { server, attempt, amounts, give, refuse };
      if (before === undefined) {
        await wait(name, asked);
      } else {
        waiting.delete(name);
        answerBoth(before, asked);
      }
      return promise;
    },
  };
}

function otherThan(server: ServerIndex): ServerIndex {
  return server === 0 ? 1 : 0;
}

function letterOf(server: ServerIndex): (dealt: DealtLetters) => Letter {
  return ({ toProxy, toCloud }) => (server === 0 ? toProxy : toCloud);
}

function isSame(one: Amounts, other: Amounts): boolean {
  return one.tripleWords === other.tripleWords && one.squares === other.squares;
}

function againError({ auctionId, round, attempt }: Attempt): DealerError {
  const got = `got attempt ${attempt} at round ${round} of auction ${auctionId} again`;
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
