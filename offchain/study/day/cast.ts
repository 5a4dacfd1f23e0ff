/**
 * Creates everybody who acts in a world. Accounts, ids, keys and salts are real secrets of the run:
 * a report names its seed, and whoever knows a pile's name must not find its account by that.
 */
import { siteCommitment } from "../../core/messages/market.ts";
import { ANYWHERE } from "../../core/messages/upload.ts";
import { breathe } from "../../core/primitives/breathe.ts";
import { bytesToHex } from "../../core/primitives/bytes.ts";
import { generateSealKeyPair } from "../../core/primitives/sealedBox.ts";
import type { Applicant } from "../../core/messages/applicant.ts";
import type { SignedCertificate } from "../../parties/authority/dealing.ts";
import { chainSeconds } from "../../chain/market.ts";
import { CERTIFICATE_DAYS } from "../../core/messages/lifetimes.ts";
import { enrolParticipant } from "../../market/participants.ts";
import { memoryStationStore } from "../../parties/station/store.ts";
import type { WorldPile } from "../worlds/world.ts";
import { whereaboutsOfPiles } from "./cloaking.ts";
import type { DayContext } from "./context.ts";
import { freshWallet } from "./freshAccounts.ts";
import { openCashDesk, sellCoins } from "./funding.ts";
import { joinDay, openCredentialOffice } from "./credentials.ts";
import { meterStore, registerMeter } from "./metering.ts";
import type { Whereabouts } from "../../core/messages/upload.ts";
import type { Actor, Cast, CertifiedCast, MemberVehicle, PileActor } from "./actors.ts";

/**
 * Everybody of a day: the matcher and every pile with its meter are certified on chain; vehicles
 * join off chain, and nothing on chain says that they exist.
 */
export async function enrolCast(day: DayContext): Promise<Cast> {
  const sellers = await enrolSellers(day);
  const office = await openCredentialOffice(day);
  const desk = await openCashDesk(day, office.epoch);
  const trips = Map.groupBy(day.world.trips, ({ vehicle }) => vehicle);
  const members = new Map<string, MemberVehicle>();
  for (const [name, own] of trips) {
    await breathe(day.signal);
    const member = await joinDay(day, office, name);
    members.set(name, member);
    await sellCoins(day, desk, member, BigInt(own.length) * day.settings.vehicleDeposit);
    day.progress.update("joining", members.size, trips.size);
  }
  return { ...sellers, office, desk, members };
}

/**
 * The same with vehicles that are certified under accounts of their own, for auctions that anybody
 * in standing may join.
 */
export async function enrolCertified(day: DayContext): Promise<CertifiedCast> {
  const sellers = await enrolSellers(day);
  const vehicles = new Map<string, Actor>();
  for (const name of vehicleNames(day)) {
    const actor = await createActor(day, "vehicle", name);
    await enrol(day, actor, null);
    vehicles.set(name, actor);
  }
  return { ...sellers, vehicles };
}

async function enrolSellers(day: DayContext): Promise<Pick<Cast, "matcher" | "piles">> {
  const { piles } = day.world;
  const actor = await createActor(day, "matcher", "matcher");
  const { certificate, signature } = await enrol(day, actor, null);
  const { wallet } = actor;
  const shown = { certificate, certificateSignature: signature, wallet };
  const matcher = { ...actor, station: { ...shown, store: memoryStationStore(), rng: day.rng } };
  const whereabouts = whereaboutsOfPiles(day);
  const enrolled = new Map<string, PileActor>();
  for (const pile of piles) {
    day.signal.throwIfAborted();
    const pileActor = await createPile(day, pile, whereabouts.get(pile.name) ?? ANYWHERE);
    await enrol(day, pileActor, describePile(pileActor));
    await registerMeter(day, pileActor);
    enrolled.set(pile.name, pileActor);
    day.progress.update("enrolment", enrolled.size, piles.length);
  }
  return { matcher, piles: enrolled };
}

function vehicleNames({ world }: DayContext): readonly string[] {
  return [...new Set(world.trips.map(({ vehicle }) => vehicle))];
}

async function createActor(day: DayContext, kind: Actor["kind"], name: string): Promise<Actor> {
  return {
    kind,
    name,
    wallet: freshWallet(day),
    faucet: day.control.faucet,
    participantId: bytesToHex(day.rng.bytes(32)),
    sealKeys: await generateSealKeyPair(day.rng),
  };
}

async function createPile(
  day: DayContext,
  pile: WorldPile,
  whereabouts: Whereabouts,
): Promise<PileActor> {
  const actor = await createActor(day, "pile", pile.name);
  const siteSalt = bytesToHex(day.rng.bytes(32));
  return { ...actor, pile, whereabouts, siteSalt, store: await meterStore(day, pile.name) };
}

function describePile({ participantId, pile, siteSalt }: PileActor): Applicant["pile"] {
  const { xM, yM } = pile.position;
  return {
    kind: "private",
    ratedPowerW: pile.powerW,
    siteCommitment: siteCommitment(participantId, BigInt(xM), BigInt(yM), siteSalt),
  };
}

/**
 * From the chain's clock, not from the world's midnight: whoever is enrolled after its day would
 * come too late.
 */
async function enrol(
  day: DayContext,
  { wallet, participantId, kind }: Actor,
  pile: Applicant["pile"],
): Promise<SignedCertificate> {
  await day.control.fundGas(wallet.address);
  const authority = { wallet: day.authority, rng: day.rng };
  return enrolParticipant(day.market, authority, {
    applicant: { account: wallet.address, participantId, kind, pile },
    days: CERTIFICATE_DAYS,
    nowSeconds: await chainSeconds(day.market),
    relay: wallet,
  });
}
