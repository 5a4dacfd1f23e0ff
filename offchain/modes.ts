/**
 * The ways to match, each a set of functions: how owners encrypt, how the proxy admits, how the round runs. All decide
 * by the same rule and give the same matches; they differ in what the servers see.
 *
 *   strict        the default: nothing leaves the round but who wins
 *   differences   the cloud sees the differences of every pair in the clear, as the paper's cloud does
 */
import type { Bytes32, Venue } from "./messages/market.ts";
import type { ClearOffer, ClearRequest } from "./messages/records.ts";
import { asPacked } from "./messages/requestAndOffer.ts";
import type { Upload, UploadHeader } from "./messages/upload.ts";
import type { PrivateKey } from "./primitives/paillier/privateKey.ts";
import type { PublicKey } from "./primitives/paillier/publicKey.ts";
import type { Rng } from "./primitives/random.ts";
import { cloudOf } from "./roles/cloud.ts";
import { prepareBid, preparePackedBid, type PreparedBid } from "./roles/pile.ts";
import {
  admitOffer,
  admitOfferAs,
  admitRequest,
  admitRequestAs,
  type Submission,
} from "./roles/proxy.ts";
import { encryptPackedRequest, encryptRequest } from "./roles/vehicle.ts";
import { runRound, type RoundResult } from "./round.ts";
import { runStrictRound } from "./strictRound.ts";

export const MODE_NAMES = ["strict", "differences"] as const;
export type ModeName = (typeof MODE_NAMES)[number];

export class ModeError extends Error {
  override readonly name = "ModeError";
  readonly code = "E_MODE";
}

/** What a round gets; submissions are not checked yet. */
export interface RoundInput {
  readonly venue: Venue;
  readonly auctionId: Bytes32;
  readonly seed: Bytes32;
  readonly features: number;
  readonly requests: readonly Submission[];
  readonly offers: readonly Submission[];
  /** The cloud's. */
  readonly privateKey: PrivateKey;
  readonly rng: Rng;
  readonly onProgress: (done: number, total: number) => void;
  readonly signal: AbortSignal;
}

/** A submission that takes no part, and why: nobody else has to suffer from it. */
export interface NotAdmitted {
  readonly account: string;
  readonly reason: string;
}

export interface RoundOutcome extends RoundResult {
  readonly notAdmitted: readonly NotAdmitted[];
}

export interface MatchingMode {
  readonly name: ModeName;
  readonly encryptRequest: (
    header: UploadHeader,
    publicKey: PublicKey,
    request: ClearRequest,
    rng: Rng,
  ) => Upload;
  readonly prepareBid: (
    venue: Venue,
    header: UploadHeader,
    publicKey: PublicKey,
    offer: ClearOffer,
    rng: Rng,
  ) => PreparedBid;
  readonly run: (input: RoundInput) => Promise<RoundOutcome>;
}

const strict: MatchingMode = {
  name: "strict",
  encryptRequest: encryptPackedRequest,
  prepareBid: preparePackedBid,
  run: async (input) => {
    const { venue, auctionId } = input;
    const requests = admitAll(input.requests, (one) =>
      admitRequestAs(venue, auctionId, one, asPacked),
    );
    const offers = admitAll(input.offers, (one) => admitOfferAs(venue, auctionId, one, asPacked));
    const round = { ...input, requests: requests.admitted, offers: offers.admitted };
    return withRefusals(await runStrictRound(round), requests, offers);
  },
};

const differences: MatchingMode = {
  name: "differences",
  encryptRequest,
  prepareBid,
  run: async (input) => {
    const { venue, auctionId, features, privateKey, rng } = input;
    const requests = admitAll(input.requests, (one) =>
      admitRequest(venue, auctionId, features, one),
    );
    const offers = admitAll(input.offers, (one) => admitOffer(venue, auctionId, features, one));
    const round = {
      ...input,
      requests: requests.admitted,
      offers: offers.admitted,
      cloud: cloudOf(privateKey, rng),
    };
    return withRefusals(await runRound(round), requests, offers);
  },
};

/** The mode of a name. @throws ModeError that lists the names */
export function modeNamed(name: string): MatchingMode {
  const mode = [strict, differences].find((one) => one.name === name);
  if (mode !== undefined) return mode;
  throw new ModeError(`mode: expected ${MODE_NAMES.join(" or ")}, got ${name}`);
}

interface Admission<T> {
  readonly admitted: readonly T[];
  readonly notAdmitted: readonly NotAdmitted[];
}

function admitAll<T>(
  submissions: readonly Submission[],
  admit: (submission: Submission) => T,
): Admission<T> {
  const admitted: T[] = [];
  const notAdmitted: NotAdmitted[] = [];
  for (const submission of submissions) {
    try {
      admitted.push(admit(submission));
    } catch (error) {
      if (!(error instanceof Error) || Reflect.get(error, "code") === undefined) throw error;
      notAdmitted.push({ account: submission.signed.upload.account, reason: error.message });
    }
  }
  return { admitted, notAdmitted };
}

function withRefusals(
  result: RoundResult,
  ...admissions: readonly Admission<unknown>[]
): RoundOutcome {
  return { ...result, notAdmitted: admissions.flatMap(({ notAdmitted }) => notAdmitted) };
}
