/**
 * A round from uploads to deliveries, with all messages on the way kept: what an attacker can tap,
 * and what each server gets. Everybody encrypts, proves, signs and seals once; the same uploads are
 * matched in every mode.
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
import { inOrder } from "../../../offchain/parties/server/order.ts";
import type { Offered, Requested } from "../../../offchain/parties/proxy/admission.ts";
import { localDesks } from "../../../offchain/market/localServers.ts";
import { serversTogether, type RoundOutcome } from "../../../offchain/market/matching.ts";
import type { EverybodysWork } from "../../../offchain/market/work.ts";
import { FIRST_ROUND } from "../../../offchain/core/messages/market.ts";
import type { Layout } from "../../../offchain/core/messages/packedRecord.ts";
import { roundKeyHash } from "../../../offchain/core/messages/roundKey.ts";
import { BENCH_CLOUD, shownLook } from "../../../offchain/study/bench/benchRound.ts";
import { believing, submitted, UNCHECKED } from "../matching/rounds.ts";
import {
  AREA,
  AUCTION_ID,
  bidOf,
  dealtKey,
  person,
  requestOf,
  signedBy,
  VENUE,
  workOf,
  type Person,
} from "../matching/crowdRound.ts";
import { counterRng } from "../primitives/draws.ts";
import type { City } from "./city.ts";
import { watchedServers, type Heard, type ServerView } from "./servers.ts";

export interface Buyer {
  readonly person: Person;
  readonly clear: ClearRequest;
}
export interface Seller {
  readonly person: Person;
  readonly clear: ClearOffer;
}

/**
 * Everybody in the order of the round, so that record k of the servers is that of number k here.
 */
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
  readonly result: RoundOutcome;
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
    const { participantId } = owner;
    const hash = uploadHash(upload);
    bought.push({
      ...{ person: owner, clear, participantId, upload },
      ...{ uploadHash: hash, signature: UNCHECKED },
    });
  }
  const sold: (Seller & Offered)[] = [];
  for (const [k, clear] of offers.entries()) {
    const owner = await person(`seller ${k}`);
    const { upload, commitment } = await bidOf(owner, {}, clear);
    await send(owner, "offer", upload);
    const { participantId } = owner;
    const names = {
      uploadHash: uploadHash(upload),
      signature: UNCHECKED,
      bidCommitment: commitment,
    };
    sold.push({ person: owner, clear, participantId, upload, ...names });
  }
  const [buyers, sellers] = [inOrder(SEED, bought), inOrder(SEED, sold)];
  return { buyers, sellers, requests: buyers, offers: sellers, sealed };
}

/** The round, with everything that passes kept. */
export async function watchRound(uploaded: Uploaded): Promise<WatchedRound> {
  const { roundKey, privateKey } = dealtKey();
  const rng = counterRng("watched");
  const watched = watchedServers(rng);
  const records = watchedRecords(believing(workOf("watched")));
  const desks = await localDesks({
    ...{ work: records.work, rng, lines: watched.lines },
    ...{ account: BENCH_CLOUD, look: () => shownLook },
  });
  await desks.cloudDesk.store.keepPrivateKey(roundKeyHash(roundKey), privateKey);
  const sealTo = {
    proxy: desks.proxyDesk.sealKeys.publicKey,
    cloud: desks.cloudDesk.sealKeys.publicKey,
  };
  const result = await serversTogether({ ...desks, dealer: watched.dealer(sealTo) }).match({
    venue: VENUE,
    auctionId: AUCTION_ID,
    round: FIRST_ROUND,
    seed: SEED,
    roundKey,
    area: AREA,
    ...submitted(uploaded),
    onProgress: () => undefined,
    signal: new AbortController().signal,
  });
  const views = {
    proxy: { ...watched.views.proxy, summands: records.atProxy },
    cloud: { ...watched.views.cloud, summands: records.atCloud },
  };
  const { masked } = records;
  const wire = [
    ...uploaded.sealed,
    ...masked.map((record) => ({ where: "masked record", bytes: ciphertextToBytes(record) })),
    ...openedNumbers(views.cloud.summands),
    ...watched.bodies.map((bytes) => ({ where: "beside the matching", bytes })),
    ...spoken("to the proxy", views.proxy.heard),
    ...spoken("to the cloud", views.cloud.heard),
    ...deliveries(result),
  ];
  return { ...views, result, masked, wire };
}

/**
 * Work that keeps what either server has of the records, in the order of the round: requests before
 * offers.
 */
function watchedRecords(work: EverybodysWork): {
  readonly work: EverybodysWork;
  readonly masked: readonly Ciphertext[];
  readonly atProxy: RecordSummands;
  readonly atCloud: RecordSummands;
} {
  const masked: Record<Kind, Ciphertext[]> = { requests: [], offers: [] };
  const none = (): Record<Kind, (readonly bigint[])[]> => ({ requests: [], offers: [] });
  const [atProxy, atCloud] = [none(), none()];
  return {
    work: {
      ...work,
      maskRecords: async (key, layout, records) => {
        const found = await work.maskRecords(key, layout, records);
        masked[kindOf(layout)].push(...found.map((one) => one.masked));
        atProxy[kindOf(layout)].push(...found.map(({ masks }) => masks.map((mask) => -mask)));
        return found;
      },
      openRecords: async (key, layout, records) => {
        const opened = await work.openRecords(key, layout, records);
        atCloud[kindOf(layout)].push(...opened);
        return opened;
      },
    },
    get masked() {
      return [...masked.requests, ...masked.offers];
    },
    atProxy,
    atCloud,
  };
}

type Kind = "requests" | "offers";

/** An offer alone ends with an opening. */
function kindOf(layout: Layout): Kind {
  return layout.at(-1) === OPENING_BITS ? "offers" : "requests";
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

function deliveries({ matches }: RoundOutcome): readonly Message[] {
  return matches.flatMap(({ decision, toVehicle, toPile }) => [
    { where: "decision", bytes: hexToBytes(decision) },
    { where: "delivery of the cloud", bytes: hexToBytes(toVehicle.blinded) },
    { where: "delivery of the proxy", bytes: hexToBytes(toVehicle.masks) },
    { where: "notice of the proxy", bytes: hexToBytes(toPile.box) },
  ]);
}
