/**
 * One matching round, from uploads to sealed deliveries.
 *
 * The proxy orders the buyers by a seed that nobody chose, and for each one in turn sends the encrypted differences to
 * every seller that is left to the cloud, which decrypts and picks. A match leaves the set with its decision commitment,
 * and both parties get their counterpart's fields by blinded reveal. The round ends with a list of commitments for the
 * chain and a delivery for each matched party; the losers' values were never opened to anybody.
 */
import type { Delivery } from "./messages/delivery.ts";
import type { Address, Bytes32 } from "./messages/market.ts";
import { negate, type Ciphertext } from "./primitives/paillier/publicKey.ts";
import type { Rng } from "./primitives/random.ts";
import type { Cloud } from "./roles/cloud.ts";
import {
  blind,
  compare,
  decide,
  handMasks,
  inOrder,
  type AdmittedOffer,
  type AdmittedRequest,
} from "./roles/proxy.ts";

export interface Round {
  readonly auctionId: Bytes32;
  /** Randomness of the chain after bidding ended. */
  readonly seed: Bytes32;
  readonly requests: readonly AdmittedRequest[];
  readonly offers: readonly AdmittedOffer[];
  readonly cloud: Cloud;
  readonly rng: Rng;
  /** Called after every buyer. */
  readonly onProgress: (done: number, total: number) => void;
  readonly signal: AbortSignal;
}

export interface Match {
  readonly decision: Bytes32;
  readonly vehicle: Address;
  readonly pile: Address;
  readonly toVehicle: Delivery;
  readonly toPile: Delivery;
}

export interface RoundResult {
  readonly matches: readonly Match[];
  readonly unmatched: readonly Address[];
  readonly comparedPairs: number;
}

/** Runs the round. Throws the signal's reason when it is aborted; nothing has left the matcher then. */
export async function runRound(round: Round): Promise<RoundResult> {
  const buyers = inOrder(round.seed, round.requests);
  let sellers = inOrder(round.seed, round.offers);
  const matches: Match[] = [];
  const unmatched: Address[] = [];
  let comparedPairs = 0;

  for (const [index, buyer] of buyers.entries()) {
    await breathe(round.signal);
    comparedPairs += sellers.length;
    const picked = round.cloud.pick(
      compare(
        buyer.fields,
        sellers.map(({ fields }) => fields),
      ),
    );
    const seller = picked === null ? undefined : sellers[picked];
    if (seller === undefined) {
      unmatched.push(buyer.upload.account);
    } else {
      sellers = sellers.filter((other) => other !== seller);
      matches.push(await conclude(round, buyer, seller));
    }
    round.onProgress(index + 1, buyers.length);
  }
  return { matches, unmatched, comparedPairs };
}

async function conclude(
  round: Round,
  buyer: AdmittedRequest,
  seller: AdmittedOffer,
): Promise<Match> {
  const { note, decision } = decide(round.auctionId, buyer, seller, round.rng);
  const { negX, negY, negPrice, opening } = seller.fields;
  const deliver = async (sealKey: string, fields: readonly Ciphertext[]): Promise<Delivery> => {
    const binding = { auctionId: round.auctionId, decision };
    const { blinded, masks } = blind(fields, round.rng);
    return {
      ...binding,
      blinded: await round.cloud.reveal(sealKey, binding, blinded),
      masks: await handMasks(sealKey, decision, note, masks, round.rng),
    };
  };
  return {
    decision,
    vehicle: buyer.upload.account,
    pile: seller.upload.account,
    toVehicle: await deliver(buyer.upload.sealKey, [
      ...[negX, negY, negPrice].map(negate),
      opening,
    ]),
    toPile: await deliver(seller.upload.sealKey, [buyer.fields.x, buyer.fields.y]),
  };
}

/** Lets timers and signals in: the work between is synchronous. */
export async function breathe(signal: AbortSignal): Promise<void> {
  await new Promise<void>((resume) => {
    setImmediate(resume);
  });
  signal.throwIfAborted();
}
