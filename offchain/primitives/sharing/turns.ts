/**
 * A line on which one speaks and the other listens, made of the exchange in which both speak: who listens sends nothing.
 * So what passes is counted in the same place, whichever way two parties talk.
 */
import { PartyError, type Exchange } from "./party.ts";

const NOTHING = new Uint32Array();

/** @throws PartyError if the other speaks out of turn */
export async function send(exchange: Exchange, words: Uint32Array): Promise<void> {
  expectWords(await exchange(words), 0);
}

/** @throws PartyError unless the other sends exactly `count` words */
export async function receive(exchange: Exchange, count: number): Promise<Uint32Array> {
  return expectWords(await exchange(NOTHING), count);
}

/** Both at once. @throws PartyError unless the other sends as much */
export async function swap(exchange: Exchange, words: Uint32Array): Promise<Uint32Array> {
  return expectWords(await exchange(words), words.length);
}

function expectWords(words: Uint32Array, count: number): Uint32Array {
  if (words.length === count) return words;
  throw new PartyError(`exchange: expected ${count} words, got ${words.length}`);
}
