/**
 * Sealed auctions in the state folder: what the matcher announces, is sent, says and decides; what
 * owners keep of what they committed to; and the cloud's key.
 *
 *   commitments.json                  the modulus for range proofs, dealt once
 *   latest-auction.json               the auction that commands mean if they name none
 *   auctions/<id>/auction.json        terms, area and round key
 *   auctions/<id>/cloud.json secret   the round's secret key
 *   auctions/<id>/requests/<account>-<commitment>.json   requests, sealed to the proxy
 *   auctions/<id>/offers/<account>-<commitment>.json     offers, sealed to the proxy
 *   auctions/<id>/wishes/<commitment>.json  secret  what a vehicle asked for
 *   auctions/<id>/bids/<commitment>.json  secret   what a pile committed to
 *   auctions/<id>/rounds/<round>.json   what each pile is told about a round, sealed to it, and what is posted of it
 *   auctions/<id>/result.json         decisions and sealed deliveries
 */
import { z } from "zod";
import { areaFromJson } from "../../offchain/core/messages/area.ts";
import { vehicleDeliveryForm } from "../../offchain/core/messages/delivery.ts";
import { bytes32Form } from "../../offchain/core/messages/forms.ts";
import type { Bytes32 } from "../../offchain/core/messages/market.ts";
import { pileNoticeForm } from "../../offchain/core/messages/pileNotice.ts";
import { roundKeyFromJson, roundKeyToJson } from "../../offchain/core/messages/roundKey.ts";
import { uploadName, type SentKind } from "../../offchain/core/messages/sealedUpload.ts";
import { privateKeyFromPrimes } from "../../offchain/core/primitives/paillier/keyFromPrimes.ts";
import type { PrivateKey } from "../../offchain/core/primitives/paillier/privateKey.ts";
import type { BidStore } from "../../offchain/parties/pile/bids.ts";
import { BoxError, type MatcherStore } from "../../offchain/parties/proxy/store.ts";
import type { WishStore } from "../../offchain/parties/vehicle/wishes.ts";
import { bigintText, hex, parse, StateError, uint, type State } from "./state.ts";

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

export const auctionSchema = z.strictObject({
  terms: termsSchema,
  area: z.unknown(),
  roundKey: z.unknown(),
  again: bytes32Form.nullable(),
});
const commitmentsSchema = z.strictObject({ modulus: bigintText });
const cloudSchema = z.strictObject({ p: bigintText, q: bigintText });
export const boxSchema = z.strictObject({ box: hex });
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

export const closingSchema = z.strictObject({
  notices: z.array(z.strictObject({ pile: hex, box: hex })),
  root: bytes32Form,
  referencePricePerKwh: bigintText,
  leading: z.number().int().min(0),
});

export const resultSchema = z.strictObject({
  matches: z.array(
    z.strictObject({
      decision: hex,
      vehicle: hex,
      pile: hex,
      toVehicle: vehicleDeliveryForm,
      toPile: pileNoticeForm,
    }),
  ),
});

const COMMITMENTS = "commitments.json";
const LATEST = "latest-auction.json";
const FOLDERS: Readonly<Record<SentKind, string>> = { request: "requests", offer: "offers" };
const FILE_END = ".json";

/**
 * The modulus of commitments of the market; dealt by `deal` the first time. Of two that deal at
 * once, both get the one that is kept.
 */
export async function commitmentModulusIn(
  state: State,
  deal: () => Promise<bigint>,
): Promise<bigint> {
  const kept = await state.readIfThere(COMMITMENTS, commitmentsSchema);
  if (kept !== undefined) return kept.modulus;
  const modulus = await deal();
  if (await state.create(COMMITMENTS, { modulus })) return modulus;
  return (await state.read(COMMITMENTS, commitmentsSchema)).modulus;
}

/** The auction that commands mean if they name none; null before there is one. */
export async function latestAuctionIn(state: State): Promise<Bytes32 | null> {
  return (await state.readIfThere(LATEST, bytes32Form)) ?? null;
}

export async function noteLatestAuction(state: State, auctionId: Bytes32): Promise<void> {
  await state.write(LATEST, auctionId);
}

/** Keeps the cloud's key of an auction: the secret half of its round key. */
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
    wishBehind: async (auctionId, commitment) =>
      (await state.readIfThere(at(auctionId, commitment), wishSchema)) ?? null,
  };
}

/** What a pile committed to. Throws StateError for a file that is not what it should be. */
export function folderBids(state: State): BidStore {
  const at = (auctionId: Bytes32, commitment: Bytes32): string =>
    `${folderOf(auctionId)}/bids/${commitment}.json`;
  return {
    keepBid: (auctionId, { offer, round, commitment }) =>
      state.writeSecret(at(auctionId, commitment), { offer, round, commitment }),
    bidBehind: async (auctionId, commitment) =>
      (await state.readIfThere(at(auctionId, commitment), bidSchema)) ?? null,
  };
}

/**
 * What the matcher keeps. Its calls throw StateError for a file that is not what it should be, and
 * `announced` as `roundKeyFromJson` and `areaFromJson`.
 */
export function folderMatcherStore(state: State): MatcherStore {
  const sentTo = (auctionId: Bytes32, kind: SentKind): string =>
    `${folderOf(auctionId)}/${FOLDERS[kind]}`;
  const roundAt = (auctionId: Bytes32, round: bigint): string =>
    `${folderOf(auctionId)}/rounds/${round}.json`;
  const resultAt = (auctionId: Bytes32): string => `${folderOf(auctionId)}/result.json`;
  return {
    announce: ({ auctionId, terms, area, roundKey, again }) =>
      state.write(`${folderOf(auctionId)}/auction.json`, {
        terms,
        area,
        roundKey: roundKeyToJson(roundKey),
        again,
      }),
    announced: async (auctionId) => {
      const path = `${folderOf(auctionId)}/auction.json`;
      const file = await state.readIfThere(path, auctionSchema);
      if (file === undefined) return null;
      const { terms, again } = file;
      const roundKey = roundKeyFromJson(file.roundKey);
      return { auctionId, terms, area: areaFromJson(file.area), roundKey, again };
    },
    leave: ({ auctionId, kind, box, ...named }) =>
      state.write(`${sentTo(auctionId, kind)}/${uploadName(named)}${FILE_END}`, { box }),
    left: async (auctionId, kind) => {
      const files = await state.list(sentTo(auctionId, kind));
      return files.flatMap((file) =>
        file.endsWith(FILE_END) ? [file.slice(0, -FILE_END.length)] : [],
      );
    },
    box: (auctionId, kind, name) => boxIn(state, `${sentTo(auctionId, kind)}/${name}${FILE_END}`),
    keepClosing: async (auctionId, round, closing) => {
      const { notices, root, referencePricePerKwh, leading } = closing;
      const path = roundAt(auctionId, round);
      if (await state.create(path, { notices, root, referencePricePerKwh, leading }))
        return closing;
      return state.read(path, closingSchema);
    },
    closing: async (auctionId, round) =>
      (await state.readIfThere(roundAt(auctionId, round), closingSchema)) ?? null,
    keepDecided: async (auctionId, matches) => {
      if (await state.create(resultAt(auctionId), { matches })) return matches;
      return (await state.read(resultAt(auctionId), resultSchema)).matches;
    },
    decided: async (auctionId) =>
      (await state.readIfThere(resultAt(auctionId), resultSchema))?.matches ?? null,
  };
}

/** @throws BoxError for a file that holds no box; whatever hinders reading it goes on */
async function boxIn(state: State, path: string): Promise<string> {
  const text = await state.textIfThere(path);
  if (text === undefined) throw new BoxError(`${state.folder} holds no ${path}`);
  try {
    return parse(`${state.folder}/${path}`, text, boxSchema).box;
  } catch (error) {
    throw error instanceof StateError ? new BoxError(error.message) : error;
  }
}

function folderOf(auctionId: Bytes32): string {
  return `auctions/${auctionId}`;
}
