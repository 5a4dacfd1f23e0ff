/**
 * The gas that was promised, and the calls that measure it under the conditions that it was
 * promised for: twenty piles in a round, a hundred decisions in a call, twenty losers in a batch.
 * The auction is the same in every run, down to its salts and its clock, so that its gas is too.
 * Run after a day, on the same chain.
 */
import { id, type ContractTransactionResponse } from "ethers";
import { decisionProof } from "../../core/messages/decisionTree.ts";
import {
  ANY_SCOPE,
  auctionIdOf,
  bidCommitment,
  decisionOf,
  offerHash,
  type Address,
  type AuctionTerms,
  type Bytes32,
  type Offer,
} from "../../core/messages/market.ts";
import { send } from "../../chain/market.ts";
import { gasLedger, type GasRow } from "../../chain/gasLedger.ts";
import { enrolCertified } from "../day/cast.ts";
import type { DayContext } from "../day/context.ts";
import { ensureFree } from "../../market/money.ts";
import type { Actor } from "../day/actors.ts";
import {
  type ServerWallets,
  openSigned,
  closeSigned,
  postSigned,
  releaseSigned,
} from "./signedOutcomes.ts";

/** A promise: gas on average, of a function or of one of several things that it does. */
export interface GasGoal {
  readonly contract: string;
  readonly function: string;
  readonly goal: number;
}

export const GAS_GOALS: readonly GasGoal[] = [
  { contract: "PricingAuction", function: "bid, first", goal: 70_500 },
  { contract: "PricingAuction", function: "bid, improved", goal: 43_000 },
  { contract: "PricingAuction", function: "decision, of 100", goal: 2_200 },
  { contract: "PricingAuction", function: "release, of 20", goal: 13_500 },
  { contract: "ChargingSession", function: "start, of 100", goal: 145_000 },
  { contract: "ChargingSession", function: "authorise", goal: 60_000 },
  { contract: "ChargingSession", function: "settle", goal: 155_000 },
  { contract: "Reputation", function: "rate", goal: 125_000 },
  { contract: "IdentityRegistry", function: "authorise", goal: 165_000 },
];

/** Piles of the world that the calls below need: one of them wins. */
export const GOAL_PILES = 21;
const DECISIONS = 100;
/** Where the decision that is opened stands among the hundred. */
const PLACE = 57;
const PHASE_SECONDS = 3_600;
const ROUND_SECONDS = 60;

/** Hash of what the piles have sent: the address is part of a commitment, they may share it. */
const UPLOAD = id("gas goals/upload");

interface Stage {
  readonly day: DayContext;
  readonly auctionId: Bytes32;
  readonly terms: AuctionTerms;
  readonly servers: ServerWallets;
  readonly vehicle: Actor;
  readonly losers: readonly Actor[];
  readonly winner: Actor;
}

type Measure = (contract: string, name: string, units: number, sent: Sent) => Promise<void>;
type Sent = Promise<ContractTransactionResponse>;

/**
 * Plays one sealed auction with `GOAL_PILES` piles from the opening to the release, on the chain of
 * `day` from its midnight on, and returns what each of the promised calls used. The chain's clock
 * must not be past that midnight.
 */
export async function measureGoals(day: DayContext): Promise<readonly GasRow[]> {
  const ledger = gasLedger();
  // What is only preparation here is measured elsewhere, under the conditions of a day.
  const market = { ...day.market, gas: gasLedger() };
  const measure: Measure = async (contract, name, units, sent) => {
    const { gasUsed } = await send(market, sent);
    ledger.record(contract, name, gasUsed / BigInt(units));
  };
  const stage = await openAuction({ ...day, market });
  await playRounds(stage, measure);
  await decideAndStart(stage, measure);
  await releaseLosers(stage, measure);
  return ledger.rows();
}

async function openAuction(day: DayContext): Promise<Stage> {
  await day.control.advanceTo(day.midnight);
  const { matcher, second, vehicles, piles } = await enrolCertified(day);
  const [vehicle] = vehicles.values();
  const [winner, ...losers] = piles.values();
  if (vehicle === undefined || winner === undefined || piles.size !== GOAL_PILES) {
    throw new Error(`openAuction: expected a vehicle and ${GOAL_PILES} piles, got ${piles.size}`);
  }
  const { venue, contracts } = day.market;
  const servers = { matcher: matcher.wallet, second: second.wallet };
  const terms = termsOf(day, second.wallet.address);
  const auctionId = auctionIdOf(venue, matcher.wallet.address, terms);
  await send(day.market, openSigned(day.market, servers, terms));
  await ensureFree(day.market, vehicle, terms.vehicleDeposit);
  const request = contracts.auctions.connect(vehicle.wallet).request;
  await send(day.market, request(auctionId, id("gas goals/request")));
  for (const pile of piles.values()) await ensureFree(day.market, pile, terms.bidBond);
  return { day, auctionId, terms, servers, vehicle, losers, winner };
}

/** Everybody bids, everybody improves, nobody has anything to add. */
async function playRounds(stage: Stage, measure: Measure): Promise<void> {
  const { day, auctionId, servers, losers, winner } = stage;
  for (const [round, name] of [
    [1n, "bid, first"],
    [2n, "bid, improved"],
  ] as const) {
    for (const pile of losers) {
      await measure("PricingAuction", name, 1, bidIn(stage, pile, round));
    }
    await send(day.market, bidIn(stage, winner, round));
    await endRound(stage);
    const { pricePerKwh: referencePricePerKwh } = offerIn(round);
    const said = { referencePricePerKwh, transcriptRoot: id("gas goals/round") };
    await send(day.market, closeSigned(day.market, servers, { auctionId, round, ...said }));
  }
  await endRound(stage);
}

async function decideAndStart(stage: Stage, measure: Measure): Promise<void> {
  const { day, auctionId, servers, vehicle, winner } = stage;
  const { sessions } = day.market.contracts;
  const [evId, cpId, r] = [vehicle.participantId, winner.participantId, id("gas goals/r")];
  const session = decisionOf(auctionId, evId, cpId, committedIn(stage, winner, 2n), r);
  const decisions = Array.from({ length: DECISIONS }, (_, place) =>
    place === PLACE ? session : id(`gas goals/decision ${place}`),
  );
  const post = postSigned(day.market, servers, auctionId, 3n, decisions);
  await measure("PricingAuction", "decision, of 100", DECISIONS, post);

  const bid = { round: 2n, offer: offerIn(2n), uploadHash: UPLOAD };
  const opening = { auctionId, evId, cpId, ...bid, r };
  const start = sessions.connect(vehicle.wallet).start;
  const proof = [...decisionProof(decisions, session)];
  await measure("ChargingSession", "start, of 100", 1, start(opening, proof));
}

async function releaseLosers(stage: Stage, measure: Measure): Promise<void> {
  const { day, auctionId, terms, servers, losers } = stage;
  const free = { vehicles: [], piles: losers.map(({ wallet }) => wallet.address) };
  const sent = releaseSigned(day.market, servers, auctionId, free, terms.slotEnd);
  await measure("PricingAuction", "release, of 20", losers.length, sent);
}

function bidIn(stage: Stage, pile: Actor, round: bigint): Sent {
  const { auctions } = stage.day.market.contracts;
  return auctions.connect(pile.wallet).bid(stage.auctionId, offerHash(offerIn(round)), UPLOAD);
}

function committedIn({ day, auctionId }: Stage, { wallet }: Actor, round: bigint): Bytes32 {
  const parts = { offerHash: offerHash(offerIn(round)), uploadHash: UPLOAD };
  return bidCommitment(day.market.venue, auctionId, wallet.address, parts, round);
}

/** The address is part of a commitment: the piles may share an offer. */
function offerIn(round: bigint): Offer {
  return {
    pricePerKwh: 500_000n - 10_000n * round,
    // No more than the weakest socket of the world is certified for.
    powerW: 3_600n,
    salt: id(`gas goals/salt of round ${round}`),
  };
}

async function endRound({ day, auctionId }: Stage): Promise<void> {
  const { roundEnds } = await day.market.contracts.auctions.auctionOf(auctionId);
  await day.control.advanceTo(Number(roundEnds));
}

/** From the midnight on and not from the block before: that one's time is the machine's. */
function termsOf({ midnight, settings }: DayContext, secondServer: Address): AuctionTerms {
  const after = (phases: number): bigint => BigInt(midnight + phases * PHASE_SECONDS);
  return {
    areaHash: id("ChargeVeil area/gas goals"),
    roundKeyHash: id("gas goals/round key"),
    scope: ANY_SCOPE,
    secondServer,
    biddingEnds: after(1),
    matchingEnds: after(2),
    openingEnds: after(3),
    slotStart: after(3),
    slotEnd: after(4),
    maxRounds: 4n,
    roundSeconds: BigInt(ROUND_SECONDS),
    bidBond: settings.bidBond,
    vehicleDeposit: settings.vehicleDeposit,
    nonce: id("gas goals/nonce"),
  };
}
