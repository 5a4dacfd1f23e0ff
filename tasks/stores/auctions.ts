/**
 * Sealed auctions in the state folder: what the matcher announces, is sent, says and decides; what
 * owners keep of what they committed to; and the cloud's key.
 *
 *   commitments.json                  the modulus for range proofs, dealt once
 *   latest-auction.json               the auction that commands mean if they name none
 *   auctions/<id>/auction.json        terms, area and round key
 *   auctions/<id>/cloud.json secret   the round's secret key
 *   auctions/<id>/requests/<commitment>.json   requests, sealed to the proxy
 *   auctions/<id>/offers/<commitment>.json     offers, sealed to the proxy
 *   auctions/<id>/wishes/<commitment>.json  secret  what a vehicle asked for
 *   auctions/<id>/bids/<commitment>.json  secret   what a pile committed to
 *   auctions/<id>/rounds/<round>.json   what each pile is told about a round, sealed to it, and what is posted of it
 *   auctions/<id>/result.json         decisions and sealed deliveries
 */
import { z } from "zod";
import { areaFromJson } from "../../offchain/core/messages/area.ts";
import { bytes32Form } from "../../offchain/core/messages/forms.ts";
import type { Bytes32 } from "../../offchain/core/messages/market.ts";
import { roundKeyFromJson, roundKeyToJson } from "../../offchain/core/messages/roundKey.ts";
import type { SentKind } from "../../offchain/core/messages/sealedUpload.ts";
import { privateKeyFromPrimes } from "../../offchain/core/primitives/paillier/keyFromPrimes.ts";
import type { PrivateKey } from "../../offchain/core/primitives/paillier/privateKey.ts";
import type { BidStore } from "../../offchain/parties/pile/bids.ts";
import type { Closing, ProxyStore } from "../../offchain/parties/proxy/store.ts";
import type { WishStore } from "../../offchain/parties/vehicle/wishes.ts";
import { bigintText, hex, uint, type State } from "./state.ts";

const termsSchema = z.strictObject({
  areaHash: bytes32Form,
  roundKeyHash: bytes32Form,
  scope: bytes32Form,
  biddingEnds: uint(40),
  matchingEnds: uint(40),
  openingEnds: uint(40),
  slotStart: uint(40),
  slotEnd: uint(40),
  maxRounds: uint(8),
  roundSeconds: uint(32),
  bidBond: uint(128),
  vehicleDeposit: uint(128),
  nonce: bytes32Form,
});

const auctionSchema = z.strictObject({
  terms: termsSchema,
  area: z.unknown(),
  roundKey: z.unknown(),
});
const commitmentsSchema = z.strictObject({ modulus: bigintText });
const cloudSchema = z.strictObject({ p: bigintText, q: bigintText });
const boxSchema = z.strictObject({ box: hex });
const wishSchema = z.strictObject({
  position: z.strictObject({ xM: z.number(), yM: z.number() }),
  maxPricePerKwh: bigintText,
  maxDistanceM: z.number(),
});
const bidSchema = z.strictObject({
  offer: z.strictObject({
    pricePerKwh: bigintText,
    powerW: bigintText,
    encryptedOfferHash: hex,
    salt: hex,
  }),
  round: uint(8),
  commitment: hex,
});

/** Folders that an older version has written hold the notices alone. */
const closingSchema = z.strictObject({
  notices: z.array(z.strictObject({ pile: hex, box: hex })),
  root: bytes32Form.optional(),
  referencePricePerKwh: bigintText.optional(),
  leading: z.number().int().min(0).optional(),
});

const deliverySchema = z.strictObject({
  auctionId: hex,
  decision: hex,
  blinded: hex,
  masks: hex,
});
const resultSchema = z.strictObject({
  matches: z.array(
    z.strictObject({
      decision: hex,
      vehicle: hex,
      pile: hex,
      toVehicle: deliverySchema,
      toPile: deliverySchema,
    }),
  ),
});

const COMMITMENTS = "commitments.json";
const LATEST = "latest-auction.json";
const FOLDERS: Readonly<Record<SentKind, string>> = { request: "requests", offer: "offers" };
const FILE_END = ".json";

/** The modulus of commitments of the market; dealt by `deal` the first time. */
export async function commitmentModulusIn(
  state: State,
  deal: () => Promise<bigint>,
): Promise<bigint> {
  if (await state.has(COMMITMENTS)) {
    return (await state.read(COMMITMENTS, commitmentsSchema)).modulus;
  }
  const modulus = await deal();
  await state.write(COMMITMENTS, { modulus });
  return modulus;
}

/** The auction that commands mean if they name none; null before there is one. */
export async function latestAuctionIn(state: State): Promise<Bytes32 | null> {
  return (await state.has(LATEST)) ? state.read(LATEST, bytes32Form) : null;
}

export async function noteLatestAuction(state: State, auctionId: Bytes32): Promise<void> {
  await state.write(LATEST, auctionId);
}

/** Where the cloud's file of an auction is. */
export async function keepPrivateKey(
  state: State,
  auctionId: Bytes32,
  { p, q }: PrivateKey,
): Promise<void> {
  await state.writeSecret(`${folderOf(auctionId)}/cloud.json`, { p, q });
}

/** The cloud's key of an auction. @throws StateError if the folder does not hold it */
export async function privateKeyOf(state: State, auctionId: Bytes32): Promise<PrivateKey> {
  const { p, q } = await state.read(`${folderOf(auctionId)}/cloud.json`, cloudSchema);
  return privateKeyFromPrimes(p, q);
}

/** What a vehicle asked for. Throws StateError for a file that is not what it should be. */
export function folderWishes(state: State): WishStore {
  const at = (auctionId: Bytes32, commitment: Bytes32): string =>
    `${folderOf(auctionId)}/wishes/${commitment}.json`;
  return {
    keepWish: (auctionId, commitment, wish) => state.writeSecret(at(auctionId, commitment), wish),
    wishBehind: (auctionId, commitment) =>
      readIfThere(state, at(auctionId, commitment), wishSchema),
  };
}

/** What a pile committed to. Throws StateError for a file that is not what it should be. */
export function folderBids(state: State): BidStore {
  const at = (auctionId: Bytes32, commitment: Bytes32): string =>
    `${folderOf(auctionId)}/bids/${commitment}.json`;
  return {
    keepBid: (auctionId, { offer, round, commitment }) =>
      state.writeSecret(at(auctionId, commitment), { offer, round, commitment }),
    bidBehind: (auctionId, commitment) => readIfThere(state, at(auctionId, commitment), bidSchema),
  };
}

/**
 * What the matcher keeps. Its calls throw StateError for a file that is not what it should be, and
 * `announced` as `roundKeyFromJson` and `areaFromJson`.
 */
export function folderProxyStore(state: State): ProxyStore {
  const sentTo = (auctionId: Bytes32, kind: SentKind): string =>
    `${folderOf(auctionId)}/${FOLDERS[kind]}`;
  const roundAt = (auctionId: Bytes32, round: bigint): string =>
    `${folderOf(auctionId)}/rounds/${round}.json`;
  const resultAt = (auctionId: Bytes32): string => `${folderOf(auctionId)}/result.json`;
  return {
    announce: ({ auctionId, terms, area, roundKey }) =>
      state.write(`${folderOf(auctionId)}/auction.json`, {
        terms,
        area,
        roundKey: roundKeyToJson(roundKey),
      }),
    announced: async (auctionId) => {
      const path = `${folderOf(auctionId)}/auction.json`;
      const file = await readIfThere(state, path, auctionSchema);
      if (file === null) return null;
      const roundKey = roundKeyFromJson(file.roundKey);
      return { auctionId, terms: file.terms, area: areaFromJson(file.area), roundKey };
    },
    leave: ({ auctionId, kind, commitment, box }) =>
      state.write(`${sentTo(auctionId, kind)}/${commitment}${FILE_END}`, { box }),
    left: async (auctionId, kind) => {
      const files = await state.list(sentTo(auctionId, kind));
      return files.flatMap((file) =>
        file.endsWith(FILE_END) ? [file.slice(0, -FILE_END.length)] : [],
      );
    },
    box: async (auctionId, kind, name) =>
      (await state.read(`${sentTo(auctionId, kind)}/${name}${FILE_END}`, boxSchema)).box,
    keepClosing: (auctionId, round, closing) =>
      keepFirstClosing(state, roundAt(auctionId, round), closing),
    closing: (auctionId, round) => readIfThere(state, roundAt(auctionId, round), closingSchema),
    keptClosing: async (auctionId, round) => {
      const kept = await readIfThere(state, roundAt(auctionId, round), closingSchema);
      return kept === null ? null : wholeClosing(kept);
    },
    keepDecided: async (auctionId, matches) => {
      if (await state.create(resultAt(auctionId), { matches })) return matches;
      return (await state.read(resultAt(auctionId), resultSchema)).matches;
    },
    decided: async (auctionId) =>
      (await readIfThere(state, resultAt(auctionId), resultSchema))?.matches ?? null,
  };
}

async function keepFirstClosing(state: State, path: string, closing: Closing): Promise<Closing> {
  const { notices, root, referencePricePerKwh, leading } = closing;
  const file = { notices, root, referencePricePerKwh, leading };
  if (await state.create(path, file)) return closing;
  const kept = wholeClosing(await state.read(path, closingSchema));
  if (kept !== null) return kept;
  // Notices alone, of an older version: without their root they cannot be posted.
  await state.write(path, file);
  return closing;
}

/** Null for notices without the words that they belong to. */
function wholeClosing({
  notices,
  root,
  referencePricePerKwh,
  leading,
}: z.infer<typeof closingSchema>): Closing | null {
  if (root === undefined || referencePricePerKwh === undefined || leading === undefined)
    return null;
  return { notices, root, referencePricePerKwh, leading };
}

function folderOf(auctionId: Bytes32): string {
  return `auctions/${auctionId}`;
}

async function readIfThere<T>(state: State, path: string, schema: z.ZodType<T>): Promise<T | null> {
  return (await state.has(path)) ? state.read(path, schema) : null;
}
