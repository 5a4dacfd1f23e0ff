/**
 * `auction open`: the authority deals the key of a round, and a matcher opens the auction for it. The secret half goes to
 * the cloud's file.
 */
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { areaHash } from "../../offchain/core/messages/area.ts";
import {
  ANY_SCOPE,
  auctionIdOf,
  MAX_ROUNDS,
  type AuctionTerms,
} from "../../offchain/core/messages/market.ts";
import { roundKeyHash, roundKeyToJson } from "../../offchain/core/messages/roundKey.ts";
import { modeNamed } from "../../offchain/market/matching.ts";
import { bytesToHex } from "../../offchain/core/primitives/bytes.ts";
import { assertProductionKeySize } from "../../offchain/core/primitives/paillier/publicKey.ts";
import { systemRng } from "../../offchain/core/primitives/random.ts";
import { dealCommitments, dealRoundKey } from "../../offchain/parties/authority/dealing.ts";
import { send } from "../../offchain/chain/market.ts";
import { FEATURES } from "../../offchain/study/worlds/world.ts";
import { areaOf, type AreaArguments } from "../support/areas.ts";
import { auctionPath, noteLatest } from "../support/auctions.ts";
import { connect, playerOfKind, type Connected } from "../support/connection.ts";
import { credentialsOf, scopeHashOf } from "../stores/credentials.ts";
import { concluded, InputError, type Outcome } from "../support/outcome.ts";
import { moment, printFacts } from "../support/print.ts";
import { commitmentsSchema } from "../stores/state.ts";

export interface AuctionOpenArguments extends AreaArguments {
  readonly state: string;
  readonly as: string;
  readonly biddingSeconds: number;
  readonly maxRounds: number;
  readonly roundSeconds: number;
  readonly matchingSeconds: number;
  readonly slotSeconds: number;
  readonly bond: bigint;
  readonly deposit: bigint;
  readonly mode: string;
  readonly keyBits: number;
  /** Whether certified vehicles stay out. */
  readonly authorised: boolean;
  readonly json: boolean;
}

const COMMITMENTS = "commitments.json";
const SPANS = ["biddingSeconds", "roundSeconds", "matchingSeconds", "slotSeconds"] as const;

export default function action(
  args: AuctionOpenArguments,
  hre: HardhatRuntimeEnvironment,
): Promise<Outcome> {
  return concluded(async () => {
    const mode = modeNamed(args.mode);
    requireUsable(args);
    const connected = await connect(hre, args.state);
    const { market, state } = connected;
    const matcher = await playerOfKind(connected, args.as, "matcher");
    const credentials = args.authorised ? await credentialsOf(connected) : null;
    const published = {
      commitmentModulus: await commitmentModulus(connected),
      features: FEATURES.length,
      mode,
      proxySealKey: matcher.person.sealPublicKey,
    };
    const { roundKey, privateKey } = await dealRoundKey(args.keyBits, published, systemRng);
    const open = termsFor(args, roundKeyHash(roundKey), await connected.now());
    const terms = credentials ? { ...open, scope: scopeHashOf(credentials, open) } : open;
    const auctionId = auctionIdOf(market.venue, matcher.wallet.address, terms);

    const path = auctionPath(auctionId);
    await state.write(`${path}/auction.json`, {
      terms,
      area: areaOf(args),
      roundKey: roundKeyToJson(roundKey),
    });
    await state.writeSecret(`${path}/cloud.json`, { p: privateKey.p, q: privateKey.q });
    await send(market, market.contracts.auctions.connect(matcher.wallet).open(terms));
    await noteLatest(connected, auctionId);
    printFacts(
      {
        auction: auctionId,
        roundKeyBits: roundKey.shortKey.publicKey.bits,
        biddingEnds: moment(terms.biddingEnds),
        maxRounds: terms.maxRounds,
        matchingEnds: moment(terms.matchingEnds),
        slotEnds: moment(terms.slotEnd),
        bidBondUnits: terms.bidBond,
        vehicleDepositUnits: terms.vehicleDeposit,
      },
      args.json,
    );
  });
}

/** Asked before anything is dealt: that takes seconds. */
function requireUsable(args: AuctionOpenArguments): void {
  assertProductionKeySize(args.keyBits);
  areaOf(args);
  for (const name of SPANS) {
    if (args[name] < 1) throw new InputError(`--${name}: expected at least 1, got ${args[name]}`);
  }
  if (args.maxRounds < 1 || args.maxRounds > Number(MAX_ROUNDS)) {
    throw new InputError(`--max-rounds: expected 1 to ${MAX_ROUNDS}, got ${args.maxRounds}`);
  }
}

/** Dealt for the first auction of a market, kept for all others. */
async function commitmentModulus({ state }: Connected): Promise<bigint> {
  if (await state.has(COMMITMENTS)) {
    return (await state.read(COMMITMENTS, commitmentsSchema)).modulus;
  }
  process.stderr.write("dealing the modulus for range proofs: this takes seconds, once a market\n");
  const modulus = await dealCommitments(systemRng);
  await state.write(COMMITMENTS, { modulus });
  return modulus;
}

function termsFor(args: AuctionOpenArguments, roundKeyHash: string, now: number): AuctionTerms {
  const biddingEnds = now + args.biddingSeconds;
  // Rounds come on top of the time that the matcher has for itself.
  const matchingEnds =
    biddingEnds + (args.maxRounds - 1) * args.roundSeconds + args.matchingSeconds;
  const slotEnd = BigInt(matchingEnds + args.slotSeconds);
  return {
    areaHash: areaHash(areaOf(args)),
    roundKeyHash,
    scope: ANY_SCOPE,
    biddingEnds: BigInt(biddingEnds),
    matchingEnds: BigInt(matchingEnds),
    openingEnds: slotEnd,
    slotStart: BigInt(matchingEnds),
    slotEnd,
    maxRounds: BigInt(args.maxRounds),
    roundSeconds: BigInt(args.roundSeconds),
    bidBond: args.bond,
    vehicleDeposit: args.deposit,
    nonce: bytesToHex(systemRng.bytes(32)),
  };
}
