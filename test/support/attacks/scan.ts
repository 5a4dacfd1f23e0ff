/**
 * The attacker who only looks: it taps every message and searches for numbers that it would like to
 * know, however they may be written: as binary words with the highest or the lowest byte first,
 * beginning at any bit; as decimal or hexadecimal text. A number in binary counts if it stands
 * alone in a word of 40 bits or more: shorter ones are met by chance.
 */
import { leaks, type Secret, type Shown } from "../privacy/traffic.ts";
import type { ClearOffer, ClearRequest } from "../../../offchain/core/messages/records.ts";
import type { Message } from "./wholeRound.ts";

/** Hexadecimal digits of a word in which a short number is looked for. */
const WORD_DIGITS = 10;

/** `name in where` of every secret that is found. */
export function found(wire: readonly Message[], secrets: readonly Secret[]): readonly string[] {
  return leaks(wire.flatMap(asShown), secrets);
}

export function secretsOfRequest(who: string, clear: ClearRequest): readonly Secret[] {
  return [
    ...positionSecrets(who, clear.position),
    numberSecret(`${who}'s price`, clear.maxPricePerKwh),
    numberSecret(`${who}'s reach`, BigInt(clear.maxDistanceM) ** 2n),
  ];
}

export function secretsOfOffer(who: string, clear: ClearOffer): readonly Secret[] {
  return [
    ...positionSecrets(who, clear.position),
    numberSecret(`${who}'s price`, clear.pricePerKwh),
    numberSecret(`${who}'s salt`, BigInt(clear.salt)),
    numberSecret(`${who}'s site salt`, BigInt(clear.siteSalt)),
  ];
}

/** How far apart two are: what the servers open under a mask. */
export function secretsOfPair(
  who: string,
  one: ClearRequest["position"],
  other: ClearRequest["position"],
): readonly Secret[] {
  const apart = (a: number, b: number): bigint => BigInt.asUintN(64, BigInt(a - b));
  return [
    numberSecret(`${who}'s x apart`, apart(one.xM, other.xM)),
    numberSecret(`${who}'s y apart`, apart(one.yM, other.yM)),
  ];
}

function positionSecrets(who: string, { xM, yM }: ClearRequest["position"]): readonly Secret[] {
  const digits = (metres: number): string => metres.toString(16).padStart(4, "0");
  return [
    numberSecret(`${who}'s x`, BigInt(xM)),
    numberSecret(`${who}'s y`, BigInt(yM)),
    { name: `${who}'s position`, hex: [digits(xM) + digits(yM), digits(yM) + digits(xM)] },
  ];
}

function numberSecret(name: string, number: bigint): Secret {
  const digits = number.toString(16);
  const texts = [number.toString(), digits, digits.toUpperCase()];
  const ofTexts = texts.map((text) => Buffer.from(text).toString("hex"));
  return { name, hex: [digits.padStart(WORD_DIGITS, "0"), ...ofTexts] };
}

/** From either end, and from each of the bits of the first digit on. */
function asShown({ where, bytes }: Message): readonly Shown[] {
  return [bytes, bytes.toReversed()].flatMap((ordered) => {
    const digits = Buffer.from(ordered).toString("hex");
    const number = BigInt(`0x0${digits}`);
    return [0n, 1n, 2n, 3n].map((shift) => ({
      where,
      hex: (number << shift).toString(16).padStart(digits.length + 1, "0"),
    }));
  });
}
