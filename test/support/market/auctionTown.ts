/**
 * People with desks and certified sites around one matcher, on a chain of their own: what the steps
 * of an auction need.
 */
import type { HardhatEthersSigner } from "@nomicfoundation/hardhat-ethers/types";
import { id } from "ethers";
import type { NetworkConnection } from "hardhat/types/network";
import type { AnnouncedAuction } from "../../../offchain/core/messages/announcedAuction.ts";
import { ANY_SCOPE, FIRST_ROUND, siteCommitment } from "../../../offchain/core/messages/market.ts";
import { ANYWHERE } from "../../../offchain/core/messages/upload.ts";
import { systemRng } from "../../../offchain/core/primitives/random.ts";
import { generateSealKeyPair } from "../../../offchain/core/primitives/sealedBox.ts";
import {
  commitOffer,
  prepareOffer,
  type PreparedOffer,
} from "../../../offchain/market/auction/bidding.ts";
import {
  openAuction,
  type AuctionPlan,
  type DealtRoundKey,
} from "../../../offchain/market/auction/openAuction.ts";
import {
  commitRequest,
  prepareRequest,
  type PreparedRequest,
} from "../../../offchain/market/auction/requesting.ts";
import { localServers, type LocalServers } from "../../../offchain/market/localServers.ts";
import type { MatchingServers } from "../../../offchain/market/matching.ts";
import {
  lookingAt,
  secondServerHere,
  type SecondServer,
} from "../../../offchain/market/secondServer.ts";
import { onThisThread } from "../../../offchain/market/work.ts";
import { memoryBids } from "../../../offchain/parties/pile/bids.ts";
import type { OfferDesk, Site } from "../../../offchain/parties/pile/offerDesk.ts";
import { openingWith, type MatcherDesk } from "../../../offchain/parties/proxy/matcherDesk.ts";
import { memoryMatcherStore } from "../../../offchain/parties/proxy/store.ts";
import type { RequestDesk } from "../../../offchain/parties/vehicle/requestDesk.ts";
import { memoryWishes } from "../../../offchain/parties/vehicle/wishes.ts";
import { AREA, dealtKey, person } from "../matching/crowdRound.ts";
import {
  deployedWorld,
  enrol,
  nowSeconds,
  type MarketWorld,
  type Participant,
} from "./deployed.ts";

export interface Town {
  readonly world: MarketWorld;
  readonly matcher: MatcherDesk;
  readonly servers: LocalServers;
  /** The cloud, outside of rounds. */
  readonly second: SecondServer;
  readonly eva: RequestDesk;
  readonly ed: RequestDesk;
  readonly paul: OfferDesk;
  readonly pia: OfferDesk;
}

const BIDDING_SECONDS = 3_600;
const ROUND_SECONDS = 600;
const OPENING_SECONDS = 600;
const SECOND_AUCTION_SECONDS = 3_600;
const SLOT_SECONDS = 4 * 3_600;

const OWN_WORK = onThisThread(systemRng);

/** Everybody is certified; the key of rounds is quick to use, and no secret. */
export async function auctionTown(connection: NetworkConnection): Promise<Town> {
  const world = await deployedWorld(connection);
  const { matcher, secondServer, vehicle, otherVehicle, pile, otherPile } = world;
  await enrol(world, matcher, "matcher", { operator: "an operator" });
  await enrol(world, secondServer, "matcher", { operator: "another operator" });
  for (const one of [vehicle, otherVehicle]) await enrol(world, one, "vehicle");
  const { sealKeys } = await person("proxy");
  const { privateKey, roundKey } = dealtKey();
  const servers = await localServers({
    ...{ work: OWN_WORK, rng: systemRng },
    ...{ account: secondServer.signer, look: lookingAt(world.market) },
  });
  await servers.keepPrivateKey(roundKey, privateKey);
  const desk: MatcherDesk = {
    wallet: matcher.signer,
    store: memoryMatcherStore(),
    openBox: openingWith(sealKeys),
    rng: systemRng,
  };
  // Both are as far from who asks: nothing but the price tells them apart.
  const site = (label: string, yM: number): Site => ({
    position: { xM: 1_200, yM },
    siteSalt: id(`site salt/${label}`),
    powerW: 22_000,
  });
  return {
    world,
    matcher: desk,
    servers,
    second: await secondServerHere(servers.cloudDesk, world.market.venue),
    eva: await vehicleDesk(world, vehicle, desk),
    ed: await vehicleDesk(world, otherVehicle, desk),
    paul: await pileDesk(world, pile, site("paul", 1_100), desk),
    pia: await pileDesk(world, otherPile, site("pia", 900), desk),
  };
}

/** A plan whose bidding lasts an hour from now, of as many rounds as are asked for. */
export async function planOf({ world }: Town, maxRounds = 1n): Promise<AuctionPlan> {
  const biddingEnds = (await nowSeconds(world)) + BIDDING_SECONDS;
  const matchingEnds = biddingEnds + Number(maxRounds) * ROUND_SECONDS;
  const openingEnds = matchingEnds + OPENING_SECONDS;
  const slotStart = openingEnds + SECOND_AUCTION_SECONDS;
  return {
    area: AREA,
    scope: ANY_SCOPE,
    biddingEnds,
    matchingEnds,
    openingEnds,
    slotStart,
    slotEnd: slotStart + SLOT_SECONDS,
    maxRounds,
    roundSeconds: BigInt(ROUND_SECONDS),
    bidBond: 5_000_000n,
    vehicleDeposit: 20_000_000n,
    again: null,
  };
}

export async function openedIn(town: Town, maxRounds = 1n): Promise<AnnouncedAuction> {
  const plan = await planOf(town, maxRounds);
  return openAuction(town.world.market, town.matcher, dealtIn(town), plan);
}

/** The key of every round of the town: the cloud has its secret half. */
export function dealtIn({ second }: Town): DealtRoundKey {
  return { roundKey: dealtKey().roundKey, second, handOver: () => Promise.resolve() };
}

/** Asks for anything within 800 m of a place that both piles are near to, at 60 cents at most. */
export async function asks(
  town: Town,
  desk: RequestDesk,
  auction: AnnouncedAuction,
): Promise<PreparedRequest> {
  const prepared = await wouldAsk(town, desk, auction);
  await commitRequest(town.world.market, desk, auction, prepared);
  return prepared;
}

/** The same before anything is sent. */
export function wouldAsk(
  { world: { market } }: Town,
  desk: RequestDesk,
  auction: AnnouncedAuction,
): Promise<PreparedRequest> {
  return prepareRequest(market, desk, auction, {
    wish: {
      position: { xM: 1_000, yM: 1_000 },
      maxPricePerKwh: 600_000n,
      maxDistanceM: 800,
    },
    needs: [false, false],
    whereabouts: ANYWHERE,
  });
}

export async function bids(
  { world: { market } }: Town,
  desk: OfferDesk,
  auction: AnnouncedAuction,
  pricePerKwh: bigint,
  round: bigint = FIRST_ROUND,
): Promise<PreparedOffer> {
  const prepared = await prepareOffer(market, desk, auction, { round, pricePerKwh }, ANYWHERE);
  await commitOffer(market, desk, auction, prepared);
  return prepared;
}

/** The next transaction is in the second in which a time begins, and no block before it is. */
export async function passTo({ world }: Town, seconds: bigint | number): Promise<void> {
  await world.connection.networkHelpers.time.setNextBlockTimestamp(seconds);
}

export const UNWATCHED = {
  onProgress: (): void => undefined,
  signal: new AbortController().signal,
};

/** Servers that nobody may ask anything. */
export const NO_SERVERS: MatchingServers = {
  match: () => Promise.reject(new Error("NO_SERVERS: expected nothing to be matched")),
  rehearse: () => Promise.reject(new Error("NO_SERVERS: expected nothing to be rehearsed")),
};

async function vehicleDesk(
  world: MarketWorld,
  { signer }: Participant,
  { store }: MatcherDesk,
): Promise<RequestDesk> {
  return { ...(await ownerDesk(world, signer, store)), store: memoryWishes() };
}

async function pileDesk(
  world: MarketWorld,
  participant: Participant,
  site: Site,
  { store }: MatcherDesk,
): Promise<OfferDesk> {
  const { position, siteSalt, powerW } = site;
  const [xM, yM] = [BigInt(position.xM), BigInt(position.yM)];
  await enrol(world, participant, "pile", {
    pile: {
      kind: "private",
      ratedPowerW: powerW,
      siteCommitment: siteCommitment(participant.id, xM, yM, siteSalt),
    },
  });
  return { ...(await ownerDesk(world, participant.signer, store)), site, store: memoryBids() };
}

async function ownerDesk(
  { faucet }: MarketWorld,
  signer: HardhatEthersSigner,
  proxy: MatcherDesk["store"],
): Promise<Omit<RequestDesk, "store">> {
  return {
    wallet: signer,
    sealKeys: await generateSealKeyPair(systemRng),
    encryptProven: OWN_WORK.encryptProven,
    sendUpload: proxy.leave,
    faucet,
    rng: systemRng,
  };
}
