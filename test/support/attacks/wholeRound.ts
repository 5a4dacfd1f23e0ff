/**
 * A round from uploads to deliveries, with all messages on the way kept: what an attacker can tap, and what each server
 * gets. Everybody encrypts, proves, signs and seals once; the same uploads are matched in every mode.
 */
import { id } from "ethers";
import type { RecordSummands } from "../../../offchain/core/matching/matching.ts";
import { OPENING_BITS } from "../../../offchain/core/messages/domain.ts";
import { sealUpload } from "../../../offchain/core/messages/sealedUpload.ts";
import type { ClearOffer, ClearRequest } from "../../../offchain/core/messages/records.ts";
import { uploadHash, type Upload } from "../../../offchain/core/messages/upload.ts";
import { bigintToBytes, hexToBytes } from "../../../offchain/core/primitives/bytes.ts";
import {
  ciphertextToBytes,
  type Ciphertext,
} from "../../../offchain/core/primitives/paillier/publicKey.ts";
import { inOrder } from "../../../offchain/parties/proxy/masking.ts";
import type { Offered, Requested } from "../../../offchain/parties/proxy/admission.ts";
import { runRound, type RoundResult } from "../../../offchain/market/round.ts";
import type { HeavyWork } from "../../../offchain/market/workers/heavyWork.ts";
import {
  AREA,
  AUCTION_ID,
  bidOf,
  dealtKey,
  person,
  requestOf,
  signedBy,
  workOf,
  type Person,
} from "../matching/crowdRound.ts";
import { counterRng } from "../primitives/draws.ts";
import type { City } from "./city.ts";
import { watchedSides, type Heard, type ServerView } from "./servers.ts";

export interface Buyer {
  readonly person: Person;
  readonly clear: ClearRequest;
}
export interface Seller {
  readonly person: Person;
  readonly clear: ClearOffer;
}

/** Everybody in the order of the round, so that record k of the servers is that of number k here. */
export interface Uploaded {
  readonly buyers: readonly Buyer[];
  readonly sellers: readonly Seller[];
  readonly requests: readonly Requested[];
  readonly offers: readonly Offered[];
  /** What the proxy got. */
  readonly sealed: readonly Message[];
}

/** Bytes on their way. */
export interface Message {
  readonly where: string;
  readonly bytes: Uint8Array;
}

export interface WatchedRound extends Readonly<Record<"proxy" | "cloud", ServerView>> {
  readonly result: RoundResult;
  /** Masked records as the cloud gets them. */
  readonly masked: readonly Ciphertext[];
  readonly wire: readonly Message[];
}

const SEED = id("whole round");

/** What all owners send. */
export async function uploadAll({ requests, offers }: City): Promise<Uploaded> {
  const rng = counterRng("uploads");
  const sealed: Message[] = [];
  const send = async (owner: Person, where: string, upload: Upload): Promise<void> => {
    const box = await sealUpload(dealtKey().roundKey, await signedBy(owner, upload), rng);
    sealed.push({ where, bytes: hexToBytes(box) });
  };
  const bought: (Buyer & Requested)[] = [];
  for (const [k, clear] of requests.entries()) {
    const owner = await person(`buyer ${k}`);
    const upload = await requestOf(owner, {}, clear);
    await send(owner, "request", upload);
    bought.push({ person: owner, clear, participantId: owner.participantId, upload });
  }
  const sold: (Seller & Offered)[] = [];
  for (const [k, clear] of offers.entries()) {
    const owner = await person(`seller ${k}`);
    const { upload, commitment } = await bidOf(owner, {}, clear);
    await send(owner, "offer", upload);
    const { participantId } = owner;
    const names = { uploadHash: uploadHash(upload), bidCommitment: commitment };
    sold.push({ person: owner, clear, participantId, upload, ...names });
  }
  const [buyers, sellers] = [inOrder(SEED, bought), inOrder(SEED, sold)];
  return { buyers, sellers, requests: buyers, offers: sellers, sealed };
}

/** The round, with everything that passes kept. */
export async function watchRound(uploaded: Uploaded): Promise<WatchedRound> {
  const { roundKey, privateKey } = dealtKey();
  const rng = counterRng("watched");
  const watched = watchedSides(rng);
  const masked: Ciphertext[] = [];
  const work = workOf("watched");
  const openRecords: HeavyWork["openRecords"] = (key, layout, records) => {
    masked.push(...records);
    return work.openRecords(key, layout, records);
  };
  const result = await runRound({
    auctionId: AUCTION_ID,
    seed: SEED,
    roundKey,
    area: AREA,
    privateKey,
    requests: uploaded.requests,
    offers: uploaded.offers,
    join: () => watched.sides,
    work: { ...work, openRecords },
    rng,
    onProgress: () => undefined,
    signal: new AbortController().signal,
  });
  const views = watched.views();
  const wire = [
    ...uploaded.sealed,
    ...masked.map((record) => ({ where: "masked record", bytes: ciphertextToBytes(record) })),
    ...openedNumbers(views.cloud.summands),
    ...spoken("to the proxy", views.proxy.heard),
    ...spoken("to the cloud", views.cloud.heard),
    ...deliveries(result),
  ];
  return { ...views, result, masked, wire };
}

/** What the cloud decrypts, in words that are wide enough for all of it. */
export function openedNumbers({ requests, offers }: RecordSummands): readonly Message[] {
  const bytes = Math.ceil((OPENING_BITS + 88) / 8);
  return [...requests, ...offers].flatMap((fields) =>
    fields.map((field) => ({ where: "opened by the cloud", bytes: bigintToBytes(field, bytes) })),
  );
}

/** What a server hears, as bytes. */
export function spoken(where: string, heard: readonly Heard[]): readonly Message[] {
  return heard.map(({ words }) => ({ where, bytes: new Uint8Array(words.slice().buffer) }));
}

function deliveries({ matches }: RoundResult): readonly Message[] {
  return matches.flatMap(({ decision, toVehicle, toPile }) => [
    { where: "decision", bytes: hexToBytes(decision) },
    ...[toVehicle, toPile].flatMap(({ blinded, masks }) => [
      { where: "delivery of the cloud", bytes: hexToBytes(blinded) },
      { where: "delivery of the proxy", bytes: hexToBytes(masks) },
    ]),
  ]);
}
