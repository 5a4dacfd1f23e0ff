/**
 * What the tests of messages, roles and rounds share: a venue, people, a round key that is quick to
 * use, clear records and what becomes of them on the way to the proxy.
 */
import { id, Wallet } from "ethers";
import fc from "fast-check";
import { LEAST_CELL_M, wholeFrame, type Area } from "../../../offchain/core/messages/area.ts";
import {
  FIRST_ROUND,
  requestCommitment,
  siteCommitment,
  type Bytes32,
  type Venue,
} from "../../../offchain/core/messages/market.ts";
import type { ClearOffer, ClearRequest } from "../../../offchain/core/messages/records.ts";
import {
  roundKeyOf,
  type RoundKey,
  type RoundKeyNumbers,
} from "../../../offchain/core/messages/roundKey.ts";
import {
  ANYWHERE,
  signUpload,
  uploadHash,
  type ClearUpload,
  type SignedUpload,
  type Upload,
  type UploadHeader,
} from "../../../offchain/core/messages/upload.ts";
import { bytesToHex } from "../../../offchain/core/primitives/bytes.ts";
import { privateKeyFromPrimes } from "../../../offchain/core/primitives/paillier/keyFromPrimes.ts";
import { dealShortKey } from "../../../offchain/core/primitives/paillier/keyGeneration.ts";
import type { PrivateKey } from "../../../offchain/core/primitives/paillier/privateKey.ts";
import {
  generateSealKeyPair,
  type SealKeyPair,
} from "../../../offchain/core/primitives/sealedBox.ts";
import { prepareBid, type PreparedBid } from "../../../offchain/parties/pile/trading.ts";
import type { Admitting, Submission } from "../../../offchain/parties/proxy/admission.ts";
import {
  encryptRequest,
  type AskedFor,
  type CertifiedPile,
} from "../../../offchain/parties/vehicle/trading.ts";
import { onThisThread, type EverybodysWork } from "../../../offchain/market/work.ts";
import { counterRng } from "../primitives/draws.ts";

export const VENUE: Venue = {
  chainId: 31_337n,
  auctions: "0x5FbDB2315678afecb367f032d93F642f64180aa3",
};
export const AUCTION_ID: Bytes32 = id("the auction");
/** All of the frame, and whoever is in it within reach. */
export const AREA: Area = wholeFrame(LEAST_CELL_M);

/* ROUND KEYS */

/** Both keys, as the authority deals them. */
export interface DealtKey {
  readonly privateKey: PrivateKey;
  readonly numbers: RoundKeyNumbers;
  readonly roundKey: RoundKey;
}

/** Two safe primes of 512 bits. */
const COMMITMENT_MODULUS =
  0xc39f0adc65ed3b022fb5d6f700cc81fe81c51f1daa33ed6aa096ade8a36f1d47d6a4e2860e53c146ea7ed83414d9aa088a8a691321ce85abe649afaba34278bbn *
  0xe8c48f5e47f6babb902587e19aa9e87294b3781f8aac4b8fada3ff5c27a724712bed58cd8dada8a8a6079145c9e08024f394922d5d39a18852d9fe6331961487n;
/** Two others. */
export const OTHER_COMMITMENT_MODULUS =
  0xe9d9f1af3dd191e1f252578ed8289527ea0653c477ebce5042f720acfe163056a7c8443d980d59ab8e65de2b0ef6d8a4c3cd37aa0d85b15e81d08e9cb41dcd2bn *
  0xe9a0825bf1784aa0d4b2e6f614d821893e4783a7a6c102b51253a957a346e19e8a6281ca5aa0213a5a53b2324af761d49b2603d2766ba15021ef4495b6be2337n;

/** The public key of `person("proxy")`. */
const PROXY_SEAL_KEY = "0xae1dce230c53d4d6a489aca5a894819adc6760a6b3e177801a176fbf4b466f29";

const dealt = new Map<string, DealtKey>();

/**
 * n of 1,280 bits, from primes that suit short exponents: an offer of two features fits, and every
 * operation is quick.
 */
export function dealtKey(): DealtKey {
  return dealtOnce(
    "round key",
    0x8e1dd04f57dcf648410675ecb98ad5cbdf7246c4a4cdf12416e7dd3fe111cc81d6fd277d30bc892baa230b37842244c83de893ee105d2ac4a240ea2c21e079fb5ba950e33e5ea7aeaf785fe909747e83n,
    0xf7553c04484cf262d7bae52f25634462beeaa1a69c1db5d67938c74a3d5b1e9ec592f819a46086e80e3dea2d74b9e72f314196564b5881e1f011247b0d58d12d88653b8eb80ac55d1dc0f34b270fec27n,
  );
}

/** Of the same size, for another round. */
export function otherDealtKey(): DealtKey {
  return dealtOnce(
    "other round key",
    0xe218d233f03ec11a12488c72c08c51f17c31d2bba9af8ebef0de7534235de10e026c6c4f91be43b21ef8798b0325e56ec47700a3f8579919c271177310c2b10f6a90408a886e648004c209f7121f7b9fn,
    0xaa8110f762cba9457179a096ef7f2a9233410a52e02154e769c7a1f40f1a1c71ce64edef92e33af75b8f5737718c450f0315c51e81f9faaac074380576b24efbca244324a44ff0c9913d3df59ecf4513n,
  );
}

function dealtOnce(name: string, p: bigint, q: bigint): DealtKey {
  const before = dealt.get(name);
  if (before !== undefined) return before;
  const privateKey = privateKeyFromPrimes(p, q);
  const numbers: RoundKeyNumbers = {
    n: privateKey.publicKey.n,
    hs: dealShortKey(privateKey, counterRng(name)).hs,
    commitmentModulus: COMMITMENT_MODULUS,
    features: 2,
    mode: "strict",
    proxySealKey: PROXY_SEAL_KEY,
  };
  const key: DealtKey = { privateKey, numbers, roundKey: roundKeyOf(numbers) };
  dealt.set(name, key);
  return key;
}

/* PEOPLE */

/** Somebody who takes part: an account, an id and a key that answers are sealed to. */
export interface Person {
  readonly wallet: Wallet;
  readonly participantId: Bytes32;
  readonly sealKeys: SealKeyPair;
}

/** The same person for the same name. */
export async function person(name: string): Promise<Person> {
  return {
    wallet: new Wallet(id(`account/${name}`)),
    participantId: id(`participant/${name}`),
    sealKeys: await generateSealKeyPair(counterRng(`seal/${name}`)),
  };
}

export function sealKeyOf({ sealKeys }: Person): string {
  return bytesToHex(sealKeys.publicKey);
}

/** Of a request; that of an offer has the kind of its own. */
export function headerOf(owner: Person, auctionId: Bytes32 = AUCTION_ID): ClearUpload {
  const place = { auctionId, round: FIRST_ROUND, kind: "request" } as const;
  return { ...place, account: owner.wallet.address, sealKey: sealKeyOf(owner), ...ANYWHERE };
}

/* RECORDS */

/** Two features: the first needed for 30 cents at most, the second not. */
export const CLEAR_REQUEST: ClearRequest = {
  position: { xM: 1_000, yM: 1_000 },
  maxPricePerKwh: 1_500_000n,
  maxDistanceM: 800,
  featureBids: [300_000n, null],
};

/** Feasible for `CLEAR_REQUEST`. */
export const CLEAR_OFFER: ClearOffer = {
  position: { xM: 1_200, yM: 1_100 },
  siteSalt: id("site salt"),
  pricePerKwh: 1_490_000n,
  powerW: 22_000,
  featureAsks: [290_000n, null],
  salt: id("salt"),
};

/** What a vehicle remembers of `CLEAR_REQUEST`. */
export const ASKED: AskedFor = { ...CLEAR_REQUEST, auctionId: AUCTION_ID };

/** The certificate of a pile at the site of an offer. */
export function certifiedAt(
  pile: Pick<Person, "wallet" | "participantId">,
  { position, siteSalt }: Pick<ClearOffer, "position" | "siteSalt">,
): CertifiedPile {
  const [xM, yM] = [BigInt(position.xM), BigInt(position.yM)];
  return {
    account: pile.wallet.address,
    siteCommitment: siteCommitment(pile.participantId, xM, yM, siteSalt),
  };
}

/* ON THE WAY TO THE PROXY */

/** Everything on this thread, repeatable. */
export function workOf(label: string): EverybodysWork {
  return onThisThread(counterRng(label));
}

const work = workOf("owners");

/** Where and under which key something is sent, if not in the auction of the tests. */
export interface Sending {
  readonly auctionId?: Bytes32;
  readonly roundKey?: RoundKey;
  /** Anywhere, if not said. */
  readonly located?: Pick<UploadHeader, "setId" | "cells">;
}

/** An owner's request, encrypted with its proof. */
export function requestOf(
  owner: Person,
  { auctionId, roundKey = dealtKey().roundKey, located }: Sending = {},
  clear: ClearRequest = CLEAR_REQUEST,
): Promise<Upload> {
  const header = { ...headerOf(owner, auctionId), ...located };
  return encryptRequest(header, roundKey, clear, work.encryptProven);
}

/** An owner's offer, encrypted with its proof, and the bid that commits to it. */
export function bidOf(
  owner: Person,
  { auctionId, roundKey = dealtKey().roundKey, located }: Sending = {},
  clear: ClearOffer = CLEAR_OFFER,
): Promise<PreparedBid> {
  const header = { ...headerOf(owner, auctionId), ...located };
  return prepareBid(VENUE, header, roundKey, clear, work.encryptProven);
}

export function signedBy({ wallet }: Person, upload: Upload): Promise<SignedUpload> {
  return signUpload(VENUE, upload, wallet);
}

/** A request that its owner signed and committed to, as the proxy finds it. */
export async function submittedRequest(owner: Person, upload: Upload): Promise<Submission> {
  const { participantId, wallet } = owner;
  const hash = uploadHash(upload);
  const commitment = requestCommitment(VENUE, upload.auctionId, wallet.address, hash);
  const signed = await signedBy(owner, upload);
  return { signed, participantId, uploadHash: hash, commitment, round: FIRST_ROUND };
}

/** The same of a bid. */
export async function submittedBid(owner: Person, bid: PreparedBid): Promise<Submission> {
  const { participantId } = owner;
  const { uploadHash: hash, commitment, round } = bid;
  const signed = await signedBy(owner, bid.upload);
  return { signed, participantId, uploadHash: hash, commitment, round };
}

/** What the proxy admits to, and how it looks at signatures and proofs. */
export function admitting({
  venue = VENUE,
  ...change
}: Partial<Admitting> & { readonly venue?: Venue } = {}): Admitting {
  const { roundKey = dealtKey().roundKey } = change;
  const { signedHashes, refusedUploads } = workOf("proxy");
  return {
    auctionId: AUCTION_ID,
    roundKey,
    area: AREA,
    signed: (uploads) => signedHashes(venue, uploads),
    refused: (layout, uploads) => refusedUploads(roundKey, layout, uploads),
    ...change,
  };
}

/* ARBITRARIES */

export const bytes32 = fc.uint8Array({ minLength: 32, maxLength: 32 }).map(bytesToHex);
