/**
 * The attacker who gets everything that a server saw and has to say of which of two worlds it was.
 * It has seen both worlds often before: it knows how often each bit is set in each of them, takes
 * the bits that differ most, and says the world that these are closer to.
 */
import type { ServerView } from "./servers.ts";

const SUMMAND_BITS = 160;
/** How many bits it goes by. */
const TELLING_BITS = 16;

/** What a server holds, hears, says, and what it makes of both: one bit after the other. */
export function bitsSeen({ summands, heard, said }: ServerView): Uint8Array {
  const ofSummands = [...summands.requests, ...summands.offers]
    .flat()
    .flatMap((summand) => wordsOf(BigInt.asUintN(SUMMAND_BITS, summand)));
  const spoken = heard.filter(({ from }) => from === "server").flatMap(({ words }) => [...words]);
  const answered = said.flatMap((words) => [...words]);
  const words = [
    ...ofSummands,
    ...heard.flatMap((one) => [...one.words]),
    ...spoken.map((word, k) => word ^ (answered[k] ?? 0)),
    ...spoken.map((word, k) => word + (answered[k] ?? 0)),
  ];
  return Uint8Array.from({ length: 32 * words.length }, (_, k) => {
    return ((words[k >>> 5] ?? 0) >>> (k & 31)) & 1;
  });
}

/** How much better than guessing it does on the second halves, having seen the first. */
export function toldApart(one: readonly Uint8Array[], other: readonly Uint8Array[]): number {
  const half = Math.floor(one.length / 2);
  const [ofOne, ofOther] = [meanOf(one.slice(0, half)), meanOf(other.slice(0, half))];
  const apart = ofOne.map((p, k) => Math.abs(p - (ofOther[k] ?? 0)));
  const telling = [...apart.keys()].sort((j, k) => (apart[k] ?? 0) - (apart[j] ?? 0));
  const isLikeOne = (bits: Uint8Array): boolean => {
    let lead = 0;
    for (const k of telling.slice(0, TELLING_BITS)) {
      const [p, q] = [ofOne[k] ?? 0, ofOther[k] ?? 0];
      lead += (p - q) * ((bits[k] ?? 0) - (p + q) / 2);
    }
    return lead > 0;
  };
  const right = [
    ...one.slice(half).map(isLikeOne),
    ...other.slice(half).map((bits) => !isLikeOne(bits)),
  ];
  return (2 * right.filter(Boolean).length) / right.length - 1;
}

function meanOf(samples: readonly Uint8Array[]): Float64Array {
  const mean = new Float64Array(samples[0]?.length ?? 0);
  for (const bits of samples) {
    for (let k = 0; k < bits.length; k += 1) {
      mean[k] = (mean[k] ?? 0) + (bits[k] ?? 0) / samples.length;
    }
  }
  return mean;
}

function wordsOf(number: bigint): readonly number[] {
  return Array.from({ length: SUMMAND_BITS / 32 }, (_, k) =>
    Number(BigInt.asUintN(32, number >> BigInt(32 * k))),
  );
}
