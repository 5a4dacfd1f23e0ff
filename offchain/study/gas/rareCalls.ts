/**
 * What a good day never calls: expiry in every state, a claim that is waived, settlement without a
 * meter, revocation of its key, release without the matcher, suspension, a fresh account, a case
 * for tracers, deposit by approval. Run after a day, on the same chain, so that the gas of every
 * function of the market is measured from a real execution.
 */
import { id, Wallet } from "ethers";
import {
  authorisationMessage,
  type SessionAuthorisation,
  signAuthorisation,
} from "../../core/credential/handshake/authorisation.ts";
import { decisionProof } from "../../core/messages/decisionTree.ts";
import {
  ANY_SCOPE,
  auctionIdOf,
  bidCommitment,
  decisionOf,
  FIRST_ROUND,
  offerHash,
  type Address,
  type AuctionTerms,
  type Bytes32,
  type Offer,
  type Opening,
} from "../../core/messages/market.ts";
import { signTraceApproval } from "../../core/messages/traceApproval.ts";
import { chainKey, meterKeyId } from "../../core/meter/meterKey.ts";
import { bytesToHex } from "../../core/primitives/bytes.ts";
import { chainSeconds, send } from "../../chain/market.ts";
import { requestDeposit, withdrawFree } from "../../chain/funds.ts";
import { agreeOnReading } from "../../market/agreement.ts";
import { revokeMeter } from "../../market/meters.ts";
import {
  authoriseSession,
  expireSession,
  knownSession,
  plugInSession,
  startSession,
  unplugSession,
  waiveSession,
} from "../../market/sessions.ts";
import { memoryReadings } from "../../parties/owner/registerStore.ts";
import { enrolCertified } from "../day/cast.ts";
import type { DayContext } from "../day/context.ts";
import { meterKeyOf } from "../day/metering.ts";
import { ensureFree } from "../../market/money.ts";
import type { Actor, CertifiedCast, PileActor } from "../day/actors.ts";
import { postSigned, openSigned, type ServerWallets } from "./signedOutcomes.ts";

const PHASE_SECONDS = 600;
const ENERGY_WH = 10_000n;
/** How far a session goes before it is left to expire; "awaited": the vehicle is there first. */
const LEFT_AFTER = ["opened", "awaited", "authorised", "charging", "unplugged"] as const;

interface Trio {
  readonly matcher: Actor;
  readonly second: Actor;
  readonly vehicle: Actor;
  readonly pile: PileActor;
}

/** Makes every rare call at least once. */
export async function makeRareCalls(day: DayContext): Promise<void> {
  const trio = trioOf(await enrolCertified(day));
  await suspendAndReinstate(day, trio);
  await authoriseAccount(day, trio);
  await traceCase(day, trio);
  await depositByApproval(day, trio);
  for (const leftAfter of LEFT_AFTER) await letSessionExpire(day, trio, leftAfter);
  await waiveClaim(day, trio);
  await settleByAgreement(day, trio);
  await endMeter(day, trio);
  await releaseWithoutMatcher(day, trio);
  await withdrawFree(day.market, trio.vehicle.wallet);
  await withdrawFree(day.market, trio.pile.wallet);
}

function trioOf({ matcher, second, vehicles, piles }: CertifiedCast): Trio {
  const [vehicle] = vehicles.values();
  const [pile] = piles.values();
  if (vehicle === undefined || pile === undefined) {
    throw new Error("trioOf: expected a world with a vehicle and a pile");
  }
  return { matcher, second, vehicle, pile };
}

async function suspendAndReinstate(day: DayContext, { vehicle }: Trio): Promise<void> {
  const { identities } = day.market.contracts;
  const authority = identities.connect(day.authority);
  await send(day.market, authority.suspend(vehicle.wallet.address));
  await send(day.market, authority.reinstate(vehicle.wallet.address));
}

/** A fresh account, by the word of a station. */
async function authoriseAccount(day: DayContext, { pile }: Trio): Promise<void> {
  const { chainId, contracts } = day.market;
  const slotEnd = (await chainSeconds(day.market)) + PHASE_SECONDS;
  const fresh = new Wallet(id("rare calls/a fresh account"));
  const authorisation: SessionAuthorisation = {
    account: fresh.address,
    role: "charge",
    place: id("rare calls/a place"),
    slotStart: slotEnd - 1,
    slotEnd,
    nym: id("rare calls/a nym"),
    stationId: pile.participantId,
    maxEnergyWh: Number(ENERGY_WH),
  };
  const registry = { chainId, identities: await contracts.identities.getAddress() };
  const signature = await signAuthorisation(registry, pile.wallet, authorisation);
  const consent = await signAuthorisation(registry, fresh, authorisation);
  const asPile = contracts.identities.connect(pile.wallet);
  const message = authorisationMessage(authorisation);
  await send(day.market, asPile.authorise(message, signature, consent));
}

/**
 * The authority of this market is its court as well; its signature is relayed, as that of any other
 * would be.
 */
async function traceCase(day: DayContext, { pile }: Trio): Promise<void> {
  const { chainId, contracts } = day.market;
  const venue = { chainId, identities: await contracts.identities.getAddress() };
  const approval = { caseId: id("rare calls/a case"), presentationHash: id("rare calls/shown") };
  const { caseId, presentationHash } = approval;
  const asPile = contracts.identities.connect(pile.wallet);
  await send(day.market, asPile.requestTrace(caseId, presentationHash));
  const signature = await signTraceApproval(day.authority, venue, approval);
  await send(day.market, asPile.grantTrace(caseId, presentationHash, signature));
}

async function depositByApproval(day: DayContext, { vehicle }: Trio): Promise<void> {
  const { token, escrow } = day.market.contracts;
  const { wallet } = vehicle;
  const units = day.settings.vehicleDeposit;
  await day.control.faucet(day.market, wallet, units);
  await send(day.market, token.connect(wallet).approve(await escrow.getAddress(), units));
  await send(day.market, escrow.connect(wallet).deposit(wallet.address, units));
}

async function letSessionExpire(
  day: DayContext,
  trio: Trio,
  leftAfter: (typeof LEFT_AFTER)[number],
): Promise<void> {
  const { vehicle, pile } = trio;
  const session = await decideAndStart(day, trio);
  const isAuthorised = leftAfter !== "opened" && leftAfter !== "awaited";
  const isPluggedIn = leftAfter !== "opened" && leftAfter !== "authorised";
  if (isAuthorised) await authoriseSession(day.market, pile.wallet, session);
  if (isPluggedIn) await plugInSession(day.market, vehicle.wallet, session);
  if (leftAfter === "unplugged") await unplugSession(day.market, vehicle.wallet, session);
  const { deadline } = await knownSession(day.market, session);
  await day.control.advanceTo(Number(deadline));
  await expireSession(day.market, pile.wallet, session);
}

/** The vehicle is there before the pile, which delivers nothing. */
async function waiveClaim(day: DayContext, trio: Trio): Promise<void> {
  const { vehicle, pile } = trio;
  const session = await decideAndStart(day, trio);
  await plugInSession(day.market, vehicle.wallet, session);
  await authoriseSession(day.market, pile.wallet, session);
  await waiveSession(day.market, pile.wallet, session);
}

/** Without the meter: both sign its registers. */
async function settleByAgreement(day: DayContext, trio: Trio): Promise<void> {
  const { vehicle, pile } = trio;
  const session = await decideAndStart(day, trio);
  await authoriseSession(day.market, pile.wallet, session);
  await plugInSession(day.market, vehicle.wallet, session);
  const registers = { session, beginWh: 0n, endWh: ENERGY_WH };
  const store = memoryReadings();
  for (const { wallet } of [vehicle, pile]) {
    await agreeOnReading(day.market, { wallet, store }, registers);
  }
}

async function endMeter({ market, authority }: DayContext, { pile }: Trio): Promise<void> {
  const key = await meterKeyOf(pile);
  await revokeMeter(market, authority, meterKeyId(chainKey(key)));
}

async function decideAndStart(day: DayContext, trio: Trio): Promise<Bytes32> {
  const { auctionId, terms, offer, uploadHash, committed } = await bidAndRequest(day, trio);
  const [evId, cpId] = [trio.vehicle.participantId, trio.pile.participantId];
  const r = bytesToHex(day.rng.bytes(32));
  const session = decisionOf(auctionId, evId, cpId, committed, r);
  await day.control.advanceTo(Number(terms.biddingEnds));
  await send(
    day.market,
    postSigned(day.market, serversOf(trio), auctionId, FIRST_ROUND, [session]),
  );
  const bid = { round: FIRST_ROUND, offer, uploadHash };
  const opening: Opening = { auctionId, evId, cpId, ...bid, r };
  const proof = decisionProof([session], session);
  await startSession(day.market, trio.vehicle.wallet, { opening, proof });
  return session;
}

async function releaseWithoutMatcher(day: DayContext, trio: Trio): Promise<void> {
  const { auctionId, terms } = await bidAndRequest(day, trio);
  await day.control.advanceTo(Number(terms.matchingEnds));
  const release = day.market.contracts.auctions.connect(trio.pile.wallet).releaseExpired;
  const [vehicle, pile] = [trio.vehicle.wallet.address, trio.pile.wallet.address];
  await send(day.market, release(auctionId, [vehicle], [pile]));
}

/**
 * An auction with one request and one bid. Nothing is encrypted: the chain sees hashes either way.
 */
async function bidAndRequest(
  day: DayContext,
  trio: Trio,
): Promise<{
  readonly auctionId: Bytes32;
  readonly terms: AuctionTerms;
  readonly offer: Offer;
  readonly uploadHash: Bytes32;
  readonly committed: Bytes32;
}> {
  const { vehicle, pile } = trio;
  const { venue, contracts } = day.market;
  const servers = serversOf(trio);
  const terms = await termsFromNow(day, servers.second.address);
  const auctionId = auctionIdOf(venue, servers.matcher.address, terms);
  await send(day.market, openSigned(day.market, servers, terms));

  const offer: Offer = {
    pricePerKwh: pile.pile.pricePerKwh,
    powerW: BigInt(pile.pile.powerW),
    salt: bytesToHex(day.rng.bytes(32)),
  };
  const parts = { offerHash: offerHash(offer), uploadHash: bytesToHex(day.rng.bytes(32)) };
  const committed = bidCommitment(venue, auctionId, pile.wallet.address, parts);
  await ensureFree(day.market, pile, terms.bidBond);
  const { bid } = contracts.auctions.connect(pile.wallet);
  await send(day.market, bid(auctionId, parts.offerHash, parts.uploadHash));

  const requested = bytesToHex(day.rng.bytes(32));
  const deposit = await requestDeposit(day.market, vehicle.wallet.address, terms);
  await ensureFree(day.market, vehicle, deposit);
  await send(day.market, contracts.auctions.connect(vehicle.wallet).request(auctionId, requested));
  return { auctionId, terms, offer, uploadHash: parts.uploadHash, committed };
}

function serversOf({ matcher, second }: Trio): ServerWallets {
  return { matcher: matcher.wallet, second: second.wallet };
}

async function termsFromNow(day: DayContext, secondServer: Address): Promise<AuctionTerms> {
  const now = BigInt(await chainSeconds(day.market));
  const after = (phases: number): bigint => now + BigInt(phases * PHASE_SECONDS);
  return {
    areaHash: id("ChargeVeil area/rare calls"),
    roundKeyHash: bytesToHex(day.rng.bytes(32)),
    scope: ANY_SCOPE,
    secondServer,
    biddingEnds: after(1),
    matchingEnds: after(2),
    openingEnds: after(3),
    slotStart: after(3),
    slotEnd: after(4),
    maxRounds: FIRST_ROUND,
    roundSeconds: 1n,
    bidBond: day.settings.bidBond,
    vehicleDeposit: day.settings.vehicleDeposit,
    nonce: bytesToHex(day.rng.bytes(32)),
  };
}
