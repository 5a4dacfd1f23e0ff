/**
 * `auction open`: the authority deals the key of a round, and a matcher opens the auction for it.
 */
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { MAX_ROUNDS } from "../../offchain/core/messages/market.ts";
import { type ModeName } from "../../offchain/core/messages/roundKey.ts";
import { modeNamed } from "../../offchain/market/matching.ts";
import { assertProductionKeySize } from "../../offchain/core/primitives/paillier/publicKey.ts";
import { systemRng } from "../../offchain/core/primitives/random.ts";
import { dealCommitments } from "../../offchain/parties/authority/dealing.ts";
import { dealingHere } from "../../offchain/market/auctionParties.ts";
import { areaOf, type AreaArguments } from "../support/areas.ts";
import { connectToKeep, playerOfKind, type Connected } from "../support/connection.ts";
import { credentialsOf } from "../stores/credentials.ts";
import { concluded, type Outcome } from "../support/outcome.ts";
import { moment, printFacts } from "../support/print.ts";
import { openAuction, type DealtRoundKey } from "../../offchain/market/auction/openAuction.ts";
import { decidedMatches } from "../../offchain/market/auction/decideAuction.ts";
import { againTimes, openAgain, type AgainTimes } from "../../offchain/market/auction/openAgain.ts";
import type { AnnouncedAuction } from "../../offchain/core/messages/announcedAuction.ts";
import type { MatcherDesk } from "../../offchain/parties/proxy/matcherDesk.ts";
import { knownAuction } from "../support/auctions.ts";
import {
  dealForAuction,
  planAuction,
  type LetsIn,
  type SlotPlan,
} from "../../offchain/market/auction/planning.ts";
import { noteLatestAuction, commitmentModulusIn, keepPrivateKey } from "../stores/auctions.ts";
import { matcherDeskOf } from "../support/desks.ts";
import { shortSlotNotice } from "../support/shortSlots.ts";
import { inOptions } from "../support/inOptions.ts";
import { requireWithin, STAKE } from "../support/ranges.ts";

export interface AuctionOpenArguments extends AreaArguments {
  readonly state: string;
  readonly as: string;
  readonly biddingSeconds: number;
  readonly maxRounds: number;
  readonly roundSeconds: number;
  readonly matchingSeconds: number;
  readonly openingSeconds: number;
  readonly slotSeconds: number;
  readonly bond: bigint;
  readonly deposit: bigint;
  readonly mode: string;
  readonly keyBits: number;
  /** Whether certified vehicles stay out. */
  readonly authorised: boolean;
  /** Id of the auction of whose slot this is the second. */
  readonly again: string | undefined;
  readonly json: boolean;
}

/** Of what the auction lasts, in options and arguments. */
const SPANS = {
  "bidding-seconds": "biddingSeconds",
  "round-seconds": "roundSeconds",
  "matching-seconds": "matchingSeconds",
  "opening-seconds": "openingSeconds",
  "slot-seconds": "slotSeconds",
} as const;
/** A year. */
const SPAN = { least: 1, most: 365 * 86_400 };
/** By what the checks call their values. */
const OPTIONS = {
  ...{ assertProductionKeySize: "key-bits", mode: "mode", "area: cell": "cell" },
  ...{ "area: west": "west", "area: south": "south", "area: columns": "columns" },
  ...{ "area: rows": "rows", "area: reach": "reach" },
};

export default function action(
  args: AuctionOpenArguments,
  hre: HardhatRuntimeEnvironment,
): Promise<Outcome> {
  return concluded(async () => {
    const mode = inOptions(OPTIONS, () => {
      requireUsable(args);
      return modeNamed(args.mode);
    });
    const connected = await connectToKeep(hre, args.state);
    const { market, state } = connected;
    const matcher = await playerOfKind(connected, args.as, "matcher");
    const desk = matcherDeskOf(connected, matcher);
    const opening = { connected, desk, args, mode, proxySealKey: matcher.person.sealPublicKey };
    const { auctionId, terms, roundKey } =
      args.again === undefined
        ? await openFirst(opening)
        : await openSecond(opening, await knownAuction(connected, args.again, "again"));
    await noteLatestAuction(state, auctionId);
    const notice = await shortSlotNotice(market, terms.slotEnd - terms.slotStart);
    if (notice !== null) process.stderr.write(`${notice}\n`);
    printFacts(
      {
        auction: auctionId,
        roundKeyBits: roundKey.shortKey.publicKey.bits,
        biddingEnds: moment(terms.biddingEnds),
        maxRounds: terms.maxRounds,
        matchingEnds: moment(terms.matchingEnds),
        openingEnds: moment(terms.openingEnds),
        slotEnds: moment(terms.slotEnd),
        bidBondUnits: terms.bidBond,
        vehicleDepositUnits: terms.vehicleDeposit,
      },
      args.json,
    );
  });
}

interface Opening {
  readonly connected: Connected;
  readonly desk: MatcherDesk;
  readonly args: AuctionOpenArguments;
  readonly mode: ModeName;
  readonly proxySealKey: string;
}

/** What can be refused is, before anything is dealt; times count from when it is. */
async function openFirst(opening: Opening): Promise<AnnouncedAuction> {
  const { connected, desk, args } = opening;
  const letsIn = args.authorised ? await letsInBy(opening) : null;
  const dealt = await dealtKey(opening);
  const plan = planAuction(letsIn, slotPlanOf(args, await connected.now()));
  return openAuction(connected.market, desk, dealt, plan);
}

/** The matcher itself is the station. */
async function letsInBy({ connected, desk }: Opening): Promise<LetsIn> {
  const { parameters } = await credentialsOf(connected);
  const { identities } = connected.market.contracts;
  const stationId = await identities.idOf(await desk.wallet.getAddress());
  return { parameters, stationId };
}

async function openSecond(opening: Opening, first: AnnouncedAuction): Promise<AnnouncedAuction> {
  const { connected, desk, args } = opening;
  const times = async (): Promise<AgainTimes> =>
    againTimes(first, (await connected.now()) + args.biddingSeconds);
  await times();
  await decidedMatches(desk.store, first.auctionId);
  const dealt = await dealtKey(opening);
  return openAgain(connected.market, desk, dealt, first, await times());
}

/** Asked before anything is dealt: that takes seconds. */
function requireUsable(args: AuctionOpenArguments): void {
  assertProductionKeySize(args.keyBits);
  areaOf(args);
  for (const [option, name] of Object.entries(SPANS)) {
    requireWithin(option, args[name], SPAN);
  }
  for (const option of ["bond", "deposit"] as const) {
    requireWithin(option, args[option], STAKE);
  }
  requireWithin("max-rounds", args.maxRounds, { least: 1, most: MAX_ROUNDS });
}

/** The authority deals the key of a round; the secret half goes to the cloud's file. */
async function dealtKey({
  connected: { state },
  args: { keyBits },
  mode,
  proxySealKey,
}: Opening): Promise<DealtRoundKey> {
  const commitmentModulus = await commitmentModulusIn(state, () => {
    process.stderr.write(
      "dealing the modulus for range proofs: this takes seconds, once a market\n",
    );
    return dealCommitments(systemRng);
  });
  const dealRoundKey = dealingHere({
    proxySealKey,
    keepPrivateKey: (auctionId, _, privateKey) => keepPrivateKey(state, auctionId, privateKey),
    rng: systemRng,
  });
  return dealForAuction({ dealRoundKey }, { keyBits, mode, commitmentModulus });
}

function slotPlanOf(args: AuctionOpenArguments, now: number): SlotPlan {
  const biddingEnds = now + args.biddingSeconds;
  // Rounds come on top of the time that the matcher has for itself.
  const matchingEnds =
    biddingEnds + (args.maxRounds - 1) * args.roundSeconds + args.matchingSeconds;
  const slotStart = matchingEnds + args.openingSeconds;
  return {
    area: areaOf(args),
    biddingEnds,
    matchingEnds,
    openingEnds: slotStart,
    slotStart,
    slotEnd: slotStart + args.slotSeconds,
    maxRounds: BigInt(args.maxRounds),
    roundSeconds: BigInt(args.roundSeconds),
    bidBond: args.bond,
    vehicleDeposit: args.deposit,
    again: null,
  };
}
