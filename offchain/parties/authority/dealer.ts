/**
 * The authority deals what the two servers of a round compute with: once an attempt, a letter for each. It takes no part
 * in the round and learns how much they ask for; it must not collude with either of them.
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

/** Deals an attempt: a fresh seed to each server, and to the cloud what no seed can give. Nothing of it is kept. */
export async function dealRound(
  attempt: Attempt,
  amounts: Amounts,
  { proxy, cloud }: SealTo,
  rng: Rng,
): Promise<{ readonly toProxy: Letter; readonly toCloud: Letter }> {
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
  readonly give: (letter: Letter) => void;
  readonly refuse: (error: unknown) => void;
}

/** A dealer of both servers of an auction, for as long as it lives: what it has dealt it does not deal again. */
export function dealerFor(sealTo: SealTo, rng: Rng): Dealer {
  const waiting = new Map<string, Asked>();
  const closed = new Set<string>();
  const deal = async (attempt: Attempt, one: Asked, other: Asked): Promise<void> => {
    const { toProxy, toCloud } = await dealRound(attempt, one.amounts, sealTo, rng);
    for (const { server, give } of [one, other]) give(server === 0 ? toProxy : toCloud);
  };
  return {
    letterFor: (server, attempt, amounts) =>
      new Promise((give, refuse) => {
        const name = bytesToHex(attemptBytes(attempt));
        const asked: Asked = { server, amounts, give, refuse };
        const before = waiting.get(name);
        if (closed.has(name) || before?.server === server) {
          refuse(againError(attempt));
          return;
        }
        if (before === undefined) {
          waiting.set(name, asked);
          return;
        }
        waiting.delete(name);
        closed.add(name);
        const refuseBoth = (error: unknown): void => {
          before.refuse(error);
          refuse(error);
        };
        if (isSame(before.amounts, amounts)) deal(attempt, before, asked).catch(refuseBoth);
        else refuseBoth(amountsError(before.amounts, amounts));
      }),
  };
}

function isSame(one: Amounts, other: Amounts): boolean {
  return one.tripleWords === other.tripleWords && one.squares === other.squares;
}

function againError({ round, attempt }: Attempt): DealerError {
  const got = `got attempt ${attempt} of round ${round} again`;
  const message = `deal: expected an attempt that is new, ${got}; ask for the next one`;
  return new DealerError("E_DEALER_AGAIN", message);
}

function amountsError(one: Amounts, other: Amounts): DealerError {
  const told = ({ tripleWords, squares }: Amounts): string => `${tripleWords} + ${squares}`;
  const got = `got ${told(one)} and ${told(other)}`;
  const message = `deal: expected the same amounts of both servers, ${got}; nothing was dealt`;
  return new DealerError("E_DEALER_AMOUNTS", message);
}
