/**
 * A session on the real contracts whose pile lies, and what the lie has moved at its end: balances,
 * standing, rating.
 */
import type { HardhatEthersSigner } from "@nomicfoundation/hardhat-ethers/types";
import type { Bytes32 } from "../../../offchain/core/messages/market.ts";
import { decisionProof } from "../../../offchain/core/messages/decisionTree.ts";
import { parseRecord, type OcmfRecord } from "../../../offchain/core/meter/ocmfRecord.ts";
import { encodeRecord } from "../../../offchain/core/meter/prepareRecord.ts";
import {
  meterTransaction,
  type MeteredTransaction,
} from "../../../offchain/core/meter/simulatedMeter.ts";
import { send } from "../../../offchain/chain/market.ts";
import { startSession } from "../../../offchain/market/sessions.ts";
import { NO_CONFIRMATION } from "../../../offchain/market/settlement.ts";
import { METER, type MeteredPile } from "../market/charging.ts";
import type { MarketWorld } from "../market/deployed.ts";
import { commitTrade, endBidding, postDecisions } from "../market/trade.ts";

/** What a lie can move. Free and locked balances in token units. */
export interface Moved {
  readonly vehicleUnits: bigint;
  readonly pileUnits: bigint;
  readonly lockedUnits: bigint;
  readonly credibility: bigint;
  readonly ratingWad: bigint;
}

/** Vehicle and pile of the world are matched, and the vehicle has accepted. */
export async function acceptedSession(world: MarketWorld, label: string): Promise<Bytes32> {
  const trade = await commitTrade(world, label);
  await endBidding(world, trade);
  await postDecisions(world, trade, [trade.decision]);
  const { opening, decision } = trade;
  const proof = decisionProof([decision], decision);
  await startSession(world.market, world.vehicle.signer, { opening, proof });
  return decision;
}

/** What the pile's meter signs, genuinely, about something that flows through it. */
export async function signedByMeter(
  { store }: MeteredPile,
  flowed: Pick<MeteredTransaction, "identification" | "beginMs" | "endMs" | "importMilliWh"> &
    Partial<MeteredTransaction>,
): Promise<OcmfRecord> {
  const before = await store.meterNamed(METER);
  if (before === undefined) throw new Error("signedByMeter: expected the pile's meter");
  const { meter, records } = await meterTransaction(before, {
    exportMilliWh: 0n,
    clock: "S",
    end: "E",
    records: "one",
    ...flowed,
  });
  await store.keepMeter(METER, before, meter);
  const [record = ""] = records;
  return parseRecord(record);
}

/** The pile passes over every step of its own software and calls the contract. */
export async function settleAnyway(
  { market, pile }: MarketWorld,
  { key }: MeteredPile,
  session: Bytes32,
  record: OcmfRecord,
): Promise<void> {
  const prepared = encodeRecord(record, key);
  const { settle } = market.contracts.sessions.connect(pile.signer);
  await send(market, settle(session, prepared.key, [prepared.record], NO_CONFIRMATION));
}

/** What both parties have, and what is said of them. */
export async function standingOf(
  { market, pile }: MarketWorld,
  vehicle: HardhatEthersSigner,
): Promise<Moved> {
  const { escrow, reputation } = market.contracts;
  const [ofVehicle, ofPile] = [
    await escrow.balanceOf(vehicle.address),
    await escrow.balanceOf(pile.signer.address),
  ];
  const [ratingWad] = await reputation.pileRatingOf(pile.signer.address);
  return {
    vehicleUnits: ofVehicle.free,
    pileUnits: ofPile.free,
    lockedUnits: ofVehicle.locked + ofPile.locked,
    credibility: await reputation.credibilityOf(vehicle.address),
    ratingWad,
  };
}
