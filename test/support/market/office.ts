/** An authority that lets members in, a station, and a cashier, at work on the market of a test. */
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
import { EPOCH_SECONDS } from "../../../offchain/core/messages/lifetimes.ts";
import type { Rng } from "../../../offchain/core/primitives/random.ts";
import {
  foundCredentials,
  joinMarket,
  type FoundedCredentials,
  type JoinedEpoch,
} from "../../../offchain/market/joining.ts";
import { enrolParticipant } from "../../../offchain/market/participants.ts";
import { mintOf } from "../funding/coins.ts";
import { nowSeconds, type MarketWorld } from "./deployed.ts";

export const EPOCH = 20_000;

export interface Office {
  readonly founded: FoundedCredentials;
  readonly registrar: RegistrarDesk;
  readonly rng: Rng;
}

/** Two of three tracers open. */
export async function officeOf({ market }: MarketWorld, rng: Rng): Promise<Office> {
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
export async function stationOf(world: MarketWorld, rng: Rng): Promise<StationDesk> {
  const { authority, matcher } = world;
  const applicant = {
    account: matcher.signer.address,
    participantId: matcher.id,
    kind: "matcher",
    pile: null,
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
