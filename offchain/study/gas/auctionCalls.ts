/**
 * Auctions that a day of the market does not play: one sealed in rounds, one open with bids, one
 * open to which nobody comes. Run after a day, on the same chain, so that the gas of every function
 * of the auctions is measured from a real execution. Nothing is encrypted: the chain sees hashes
 * either way.
 */
import { id } from "ethers";
import {
  ANY_SCOPE,
  auctionIdOf,
  offerHash,
  type Address,
  type AuctionTerms,
  type Bytes32,
  type Offer,
} from "../../core/messages/market.ts";
import {
  openAuctionIdOf,
  type OpenTerms,
  type OpenVenue,
} from "../../core/messages/openAuction.ts";
import { INVITATION_TYPES, openAuctionDomain } from "../../core/messages/typedData.ts";
import { bytesToHex } from "../../core/primitives/bytes.ts";
import { chainSeconds, send } from "../../chain/market.ts";
import { requestDeposit } from "../../chain/funds.ts";
import { expireSession, knownSession } from "../../market/sessions.ts";
import { enrolCertified } from "../day/cast.ts";
import type { DayContext } from "../day/context.ts";
import { ensureFree } from "../../market/money.ts";
import type { Actor, PileActor } from "../day/actors.ts";
import { openSigned, closeSigned, postSigned, releaseSigned } from "./signedOutcomes.ts";

const PHASE_SECONDS = 600n;
const QUIET_SECONDS = 60n;
const DISTANCE_M = 100n;
const MAX_PRICE = 600_000n;
const DECREMENT = 5_000n;

interface Players {
  readonly matcher: Actor;
  readonly second: Actor;
  readonly vehicle: Actor;
  readonly piles: readonly PileActor[];
}

/** Makes every call of the auctions that is still missing at least once. */
export async function makeAuctionCalls(day: DayContext): Promise<void> {
  const { matcher, second, vehicles, piles } = await enrolCertified(day);
  const [vehicle] = vehicles.values();
  if (vehicle === undefined) throw new Error("makeAuctionCalls: expected a world with a vehicle");
  const players = { matcher, second, vehicle, piles: [...piles.values()] };
  await playRounds(day, players);
  await playOpen(day, players);
  await openToNobody(day, players);
}

/** Two rounds that bring bids, a third that brings none, and no decision. */
async function playRounds(day: DayContext, players: Players): Promise<void> {
  const { vehicle, piles } = players;
  const { venue, contracts } = day.market;
  const servers = { matcher: players.matcher.wallet, second: players.second.wallet };
  const terms = await sealedTerms(day, servers.second.address);
  const auctionId = auctionIdOf(venue, servers.matcher.address, terms);
  await send(day.market, openSigned(day.market, servers, terms));
  await ensureFree(
    day.market,
    vehicle,
    await requestDeposit(day.market, vehicle.wallet.address, terms),
  );
  const { address } = vehicle.wallet;
  const request = contracts.auctions.connect(vehicle.wallet).request;
  await send(day.market, request(auctionId, bytesToHex(day.rng.bytes(32))));

  for (const round of [1n, 2n]) {
    for (const pile of piles) await bidInRound(day, auctionId, terms, pile, round);
    await endRound(day, auctionId);
    const said = { referencePricePerKwh: MAX_PRICE, transcriptRoot: id(`round ${round}`) };
    await send(day.market, closeSigned(day.market, servers, { auctionId, round, ...said }));
  }
  await endRound(day, auctionId);
  await send(day.market, postSigned(day.market, servers, auctionId, 3n, []));
  const losers = { vehicles: [address], piles: piles.map(({ wallet }) => wallet.address) };
  const released = releaseSigned(day.market, servers, auctionId, losers, terms.slotEnd);
  await send(day.market, released);
}

async function bidInRound(
  day: DayContext,
  auctionId: Bytes32,
  { bidBond }: AuctionTerms,
  { wallet, pile, ...actor }: PileActor,
  round: bigint,
): Promise<void> {
  const offer: Offer = {
    pricePerKwh: pile.pricePerKwh,
    powerW: BigInt(pile.powerW),
    salt: bytesToHex(day.rng.bytes(32)),
  };
  if (round === 1n) await ensureFree(day.market, { ...actor, wallet }, bidBond);
  const { auctions } = day.market.contracts;
  const uploaded = bytesToHex(day.rng.bytes(32));
  await send(day.market, auctions.connect(wallet).bid(auctionId, offerHash(offer), uploaded));
}

async function endRound(day: DayContext, auctionId: Bytes32): Promise<void> {
  const { roundEnds } = await day.market.contracts.auctions.auctionOf(auctionId);
  await day.control.advanceTo(Number(roundEnds));
}

/** Every pile outbids the one before; the last one wins, and does not serve. */
async function playOpen(day: DayContext, { vehicle, piles }: Players): Promise<void> {
  const { openAuctions, sessions } = day.market.contracts;
  const { auctionId, terms } = await openOne(day, vehicle);
  let price = MAX_PRICE;
  for (const pile of piles) {
    await ensureFree(day.market, pile, terms.bidBond);
    const invitation = await invited(day, vehicle, auctionId, pile);
    const bid = openAuctions.connect(pile.wallet).bid;
    // A bid in the same second as the one before finds the end unmoved and costs less: what is
    // estimated has to be what runs.
    await day.control.advanceTo((await chainSeconds(day.market)) + 1);
    await send(day.market, bid(auctionId, price, 1n, DISTANCE_M, invitation));
    price -= DECREMENT;
  }
  const { biddingEnds } = await openAuctions.auctionOf(auctionId);
  await day.control.advanceTo(Number(biddingEnds));
  const session = await openAuctions.decisionOf(auctionId);
  await send(day.market, sessions.connect(vehicle.wallet).startOpen(auctionId));
  const { deadline } = await knownSession(day.market, session);
  await day.control.advanceTo(Number(deadline));
  await expireSession(day.market, vehicle.wallet, session);
}

async function openToNobody(day: DayContext, { vehicle }: Players): Promise<void> {
  const { auctionId, terms } = await openOne(day, vehicle);
  await day.control.advanceTo(Number(terms.biddingEnds));
  const { openAuctions } = day.market.contracts;
  await send(day.market, openAuctions.connect(vehicle.wallet).release(auctionId));
}

async function openOne(
  day: DayContext,
  vehicle: Actor,
): Promise<{ readonly auctionId: Bytes32; readonly terms: OpenTerms }> {
  const { openAuctions } = day.market.contracts;
  const terms = await openTerms(day);
  await ensureFree(
    day.market,
    vehicle,
    await requestDeposit(day.market, vehicle.wallet.address, terms),
  );
  await send(day.market, openAuctions.connect(vehicle.wallet).open(terms));
  const venue = await openVenue(day);
  return { auctionId: openAuctionIdOf(venue, vehicle.wallet.address, terms), terms };
}

async function invited(
  day: DayContext,
  vehicle: Actor,
  auctionId: Bytes32,
  { wallet }: PileActor,
): Promise<string> {
  const domain = openAuctionDomain(await openVenue(day));
  const content = { auctionId, pile: wallet.address, distanceM: DISTANCE_M };
  return vehicle.wallet.signTypedData(domain, INVITATION_TYPES, content);
}

async function openVenue({ market }: DayContext): Promise<OpenVenue> {
  const { openAuctions } = market.contracts;
  return { chainId: market.chainId, openAuctions: await openAuctions.getAddress() };
}

async function sealedTerms(day: DayContext, secondServer: Address): Promise<AuctionTerms> {
  const now = BigInt(await chainSeconds(day.market));
  const after = (phases: bigint): bigint => now + phases * PHASE_SECONDS;
  return {
    areaHash: id("ChargeVeil area/auction calls"),
    roundKeyHash: bytesToHex(day.rng.bytes(32)),
    scope: ANY_SCOPE,
    secondServer,
    biddingEnds: after(1n),
    matchingEnds: after(3n),
    openingEnds: after(4n),
    slotStart: after(4n),
    slotEnd: after(5n),
    maxRounds: 4n,
    roundSeconds: QUIET_SECONDS,
    bidBond: day.settings.bidBond,
    vehicleDeposit: day.settings.vehicleDeposit,
    nonce: bytesToHex(day.rng.bytes(32)),
  };
}

async function openTerms(day: DayContext): Promise<OpenTerms> {
  const now = BigInt(await chainSeconds(day.market));
  const after = (phases: bigint): bigint => now + phases * PHASE_SECONDS;
  return {
    rule: {
      maxPricePerKwh: MAX_PRICE,
      minDecrement: DECREMENT,
      priceBps: 6_000n,
      powerBps: 1_500n,
      qualityBps: 1_000n,
      distanceBps: 1_500n,
      referencePowerW: 22_000n,
      maxDistanceM: 1_000n,
    },
    quietSeconds: QUIET_SECONDS,
    biddingEnds: after(1n),
    openingEnds: after(2n),
    slotStart: after(2n),
    slotEnd: after(3n),
    bidBond: day.settings.bidBond,
    vehicleDeposit: day.settings.vehicleDeposit,
    nonce: bytesToHex(day.rng.bytes(32)),
  };
}
