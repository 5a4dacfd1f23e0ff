/** An authority that lets members in, a station, and a cashier, at work on the market of a test. */
import { id } from "ethers";
import { network } from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";
import { memoryRegistrarStore } from "../../../offchain/parties/authority/store.ts";
import type { RegistrarDesk } from "../../../offchain/parties/authority/desk.ts";
import type { CashierDesk } from "../../../offchain/parties/cashier/desk.ts";
import { memoryCashierStore } from "../../../offchain/parties/cashier/store.ts";
import type { StationDesk } from "../../../offchain/parties/station/desk.ts";
import { memoryStationStore } from "../../../offchain/parties/station/store.ts";
import {
  memoryMembership,
  type MembershipStore,
} from "../../../offchain/parties/vehicle/membership.ts";
import { restEpochs } from "../../../offchain/core/credential/registrar.ts";
import { ANY_SCOPE } from "../../../offchain/core/messages/market.ts";
import { EPOCH_SECONDS } from "../../../offchain/core/messages/lifetimes.ts";
import type { Rng } from "../../../offchain/core/primitives/random.ts";
import type { AuctionOccasion } from "../../../offchain/market/authorising.ts";
import {
  foundCredentials,
  joinMarket,
  type FoundedCredentials,
  type JoinedEpoch,
} from "../../../offchain/market/joining.ts";
import { enrolParticipant } from "../../../offchain/market/participants.ts";
import { mintOf } from "../funding/coins.ts";
import { deployedWorld, nowSeconds, type MarketWorld } from "./deployed.ts";

export const EPOCH = 20_000;

/** An office and a station on a chain of their own. */
export interface OfficeTown {
  readonly connection: NetworkConnection;
  readonly world: MarketWorld;
  readonly office: Office;
  readonly station: StationDesk;
}

export interface Office {
  readonly founded: FoundedCredentials;
  readonly registrar: RegistrarDesk;
  readonly rng: Rng;
}

/** Nobody has joined. Whoever asks closes the connection. */
export async function officeTown(rng: Rng): Promise<OfficeTown> {
  const connection = await network.create();
  const world = await deployedWorld(connection);
  const office = await officeOf(world, rng);
  return { connection, world, office, station: await stationOf(world, rng) };
}

/** An auction whose slot begins in an hour and ends in two. */
export async function occasionIn(
  world: MarketWorld,
  changed: Partial<AuctionOccasion["terms"]> = {},
): Promise<AuctionOccasion> {
  const now = await nowSeconds(world);
  const [slotStart, slotEnd] = [BigInt(now + 3_600), BigInt(now + 7_200)];
  const terms = { areaHash: id("area"), slotStart, slotEnd, scope: ANY_SCOPE, ...changed };
  return { terms, epoch: EPOCH, nowSeconds: now };
}

/** Two of three tracers open. */
async function officeOf({ market }: MarketWorld, rng: Rng): Promise<Office> {
  const founded = await foundCredentials(market, { threshold: 2, members: 3 }, rng);
  const { parameters, issuerKey } = founded;
  const store = memoryRegistrarStore(restEpochs(EPOCH_SECONDS));
  return { founded, registrar: { parameters, issuerKey, store, rng }, rng };
}

/** Somebody joins to charge. */
export function joinedAs(
  { registrar, rng }: Office,
  name: string,
  store: MembershipStore = memoryMembership(),
  epoch = EPOCH,
): Promise<JoinedEpoch> {
  const attributes = { role: "charge", epoch } as const;
  return joinMarket(registrar, { store, rng }, { name, attributes });
}

/** The matcher of the world, certified. */
async function stationOf(world: MarketWorld, rng: Rng): Promise<StationDesk> {
  const { authority, matcher } = world;
  const applicant = {
    account: matcher.signer.address,
    participantId: matcher.id,
    kind: "matcher",
    pile: null,
    operator: "an operator",
  } as const;
  const relay = authority;
  const input = { applicant, days: 30, nowSeconds: await nowSeconds(world), relay };
  const signed = await enrolParticipant(world.market, { wallet: authority, rng }, input);
  const { certificate, signature } = signed;
  const shown = { certificate, certificateSignature: signature, wallet: matcher.signer };
  return { ...shown, store: memoryStationStore(), rng };
}

/** The stranger of the world sells coins. */
export function cashierOf({ stranger }: MarketWorld, label: string, rng: Rng): CashierDesk {
  return { wallet: stranger, mint: mintOf(label), store: memoryCashierStore(), rng };
}
