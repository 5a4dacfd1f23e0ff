/**
 * A server that lies about its own summands: every field becomes what it likes, and the honest one
 * cannot tell. It moves known piles to a line, each as far from the next, and hands out margins so
 * that exactly one of them is nearest in each strip of the city: who wins says in which strip the
 * buyer is.
 */
import type { RecordSummands } from "../../../offchain/core/matching/matching.ts";
import { amountsFor, matchInShares } from "../../../offchain/core/matching/strictMatching.ts";
import { offerFields, requestFields } from "../../../offchain/core/messages/records.ts";
import { randomBits, type Rng } from "../../../offchain/core/primitives/random.ts";
import { twoParties } from "../primitives/twoParties.ts";
import type { City } from "./city.ts";
import type { Place } from "./constellation.ts";

/** What it adds to the fields of the buyer, and of each pile. */
export interface Shifts {
  readonly buyer: readonly bigint[];
  readonly piles: readonly (readonly bigint[])[];
}

/** Whether the liar is the one that decrypts, or the one that masks. */
export type Liar = "cloud" | "proxy";

export interface Located {
  readonly place: Place;
  /** How often the servers had to match the same buyer. */
  readonly matchings: number;
}

const MASK_BITS = 112;
/** Between two piles on the line (metres). */
const SPACING_M = 2 ** 11;
const FRAME_M = 2 ** 16;
/** Every limit of the buyer becomes this much wider, so that it excludes no pile. */
const [WIDER_PRICE, WIDER_REACH] = [1n << 20n, 1n << 38n];
const FINE_ENOUGH_M = 32;

/** Finds the one buyer of a city, whose piles the liar knows. */
export async function locateBuyer(rng: Rng, liar: Liar, city: City): Promise<Located> {
  let matchings = 0;
  const along = async (axis: 0 | 1): Promise<number> => {
    let [low, width] = [0, FRAME_M];
    while (width > FINE_ENOUGH_M) {
      const strips = city.offers.length;
      const winner = await winnerOf(rng, liar, city, shiftsFor(city, axis, low, width / strips));
      matchings += 1;
      width /= strips;
      low += (strips - 1 - (winner ?? 0)) * width;
    }
    return low + width / 2;
  };
  return { place: { xM: await along(0), yM: await along(1) }, matchings };
}

/** Pile j is at −j times the spacing, and leads in the j-th strip from the far end. */
function shiftsFor({ requests, offers }: City, axis: 0 | 1, low: number, strip: number): Shifts {
  const target = (j: number): number => -SPACING_M * j;
  const lead = [0];
  for (let j = 1; j < offers.length; j += 1) {
    const boundary = low + (offers.length - j) * strip;
    const step = target(j) ** 2 - target(j - 1) ** 2 + Math.round(2 * boundary * SPACING_M);
    lead.push((lead[j - 1] ?? 0) + step);
  }
  const needs = requests[0]?.featureBids ?? [];
  const wider = [0n, 0n, WIDER_PRICE, WIDER_REACH, ...needs.map(() => WIDER_PRICE * 2n ** 10n)];
  const piles = offers.map(({ position: { xM, yM } }, j) => {
    const [here, beside] = axis === 0 ? [xM, yM] : [yM, xM];
    const [along, across] = [target(j) - here, -FRAME_M - beside];
    const place = axis === 0 ? [along, across] : [across, along];
    return [...place.map(BigInt), -BigInt(lead[j] ?? 0)];
  });
  return { buyer: wider, piles };
}

/** The place of the pile that wins when the liar has shifted its summands. */
async function winnerOf(rng: Rng, liar: Liar, city: City, lie: Shifts): Promise<number | null> {
  const candidates = [city.offers.map((_, k) => k)];
  const { proxy, cloud } = summandsOf(rng, city);
  const features = city.requests[0]?.featureBids.length ?? 0;
  const { first, second } = twoParties(rng, amountsFor(candidates, features));
  const onward = (): Promise<void> => Promise.resolve();
  const [{ winners }] = await Promise.all([
    matchInShares(first)(liar === "proxy" ? shifted(proxy, lie) : proxy, candidates, onward),
    matchInShares(second)(liar === "cloud" ? shifted(cloud, lie) : cloud, candidates, onward),
  ]);
  return winners[0] ?? null;
}

type Records = readonly (readonly bigint[])[];

/** As the two servers hold them: the mask that the one has subtracted, the field with it. */
function summandsOf(
  rng: Rng,
  { requests, offers }: City,
): Readonly<Record<"proxy" | "cloud", RecordSummands>> {
  const [bought, sold] = [requests.map(requestFields), offers.map(offerFields)];
  const masks = (records: Records): Records =>
    records.map((fields) => fields.map(() => randomBits(rng, MASK_BITS)));
  const [ofBought, ofSold] = [masks(bought), masks(sold)];
  const minus = (records: Records): Records => records.map((some) => some.map((one) => -one));
  return {
    proxy: { requests: minus(ofBought), offers: minus(ofSold) },
    cloud: { requests: sumOf(bought, ofBought), offers: sumOf(sold, ofSold) },
  };
}

function shifted({ requests, offers }: RecordSummands, { buyer, piles }: Shifts): RecordSummands {
  return { requests: sumOf(requests, [buyer]), offers: sumOf(offers, piles) };
}

/** Field by field; what has no counterpart stays as it is. */
function sumOf(records: Records, others: Records): Records {
  return records.map((fields, i) => fields.map((field, k) => field + (others[i]?.[k] ?? 0n)));
}
