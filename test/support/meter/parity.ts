/** Signed meter records, read by the contracts and by TypeScript. */
import { expect } from "chai";
import { getCreateAddress, id } from "ethers";
import { network } from "hardhat";
import type {
  MeterCaller,
  MeterRegistry,
  OcmfHarness,
} from "../../../types/ethers-contracts/index.js";
import type { MeterQueryStruct } from "../../../types/ethers-contracts/MeterRegistry.js";
import { certifyMeter } from "../../../offchain/core/meter/meterCertificate.ts";
import type { MeterKey, MeterPublicKey } from "../../../offchain/core/meter/meterKey.ts";
import { parseRecord } from "../../../offchain/core/meter/ocmfRecord.ts";
import { encodeRecord, type ChainRecord } from "../../../offchain/core/meter/prepareRecord.ts";
import { sessionName } from "../../../offchain/core/meter/sessionName.ts";
import {
  CONTRACT_ERRORS,
  DIRECTIONS,
  readRecord,
  readTransaction,
  RefusedRecordError,
  type Direction,
  type Limits,
  type Transaction,
} from "../../../offchain/core/meter/settlementRules.ts";
import type { MeteredTransaction } from "../../../offchain/core/meter/simulatedMeter.ts";
import { refusalOf } from "../../../offchain/chain/refusal.ts";
import { nowSeconds, populatedWorld, type MarketWorld } from "../market/deployed.ts";

const RATED_W = 50_000;
/** A session in which every record lies: real meters have counted in many years. */
export const LIMITS: Limits = {
  ratedPowerW: BigInt(RATED_W),
  pluggedInAt: 0,
  endedAt: 2 ** 40 - 1,
  lastPagination: 0n,
};
export const SESSION = id("a session");
export const NOON = Date.UTC(2031, 4, 17, 12);
const YEAR_SECONDS = 365 * 86_400;
export interface MeterWorld {
  readonly world: MarketWorld;
  readonly meters: MeterRegistry;
  readonly caller: MeterCaller;
  readonly harness: OcmfHarness;
}

export async function meterWorld(hardfork?: string): Promise<MeterWorld> {
  const connection = await network.create(hardfork === undefined ? {} : { override: { hardfork } });
  const world = await connection.networkHelpers.loadFixture(populatedWorld);
  const { ethers } = connection;
  const identities = await world.market.contracts.identities.getAddress();
  const [deployer] = await ethers.getSigners();
  if (!deployer) throw new Error("meterWorld: expected an account");
  const nonce = (await deployer.getNonce()) + 1;
  const callerAt = getCreateAddress({ from: deployer.address, nonce });
  const meters = await ethers.deployContract("MeterRegistry", [identities, callerAt]);
  const caller = await ethers.deployContract("MeterCaller", [await meters.getAddress()]);
  return { world, meters, caller, harness: await ethers.deployContract("OcmfHarness") };
}

export async function certify(
  { world, meters }: MeterWorld,
  key: MeterKey,
  lastPagination = 0n,
): Promise<void> {
  const now = await nowSeconds(world);
  const registry = { chainId: world.market.chainId, meters: await meters.getAddress() };
  const inspected = { participantId: world.pile.id, key, ratedPowerW: RATED_W, lastPagination };
  const times = { validFrom: now, validUntil: now + YEAR_SECONDS, relayBy: now + 3_600 };
  const { certificate, signature } = await certifyMeter(
    world.authority,
    registry,
    inspected,
    times,
    1,
  );
  await meters.certify(certificate, signature);
}

/** What the contract says of records: their content, or the name of its error. */
export async function asked(
  place: MeterWorld,
  texts: readonly string[],
  key: MeterPublicKey,
  direction: Direction = "import",
  limits = LIMITS,
): Promise<Transaction | string> {
  const prepared = texts.map((text) => encodeRecord(parseRecord(text), key));
  const records = prepared.map(({ record }) => record);
  const [first] = prepared;
  if (first === undefined) throw new Error("asked: expected a record");
  return answered(place, first.key, records, direction, limits);
}

/** The same of records that are prepared already, or pointed into otherwise. */
export async function answered(
  { world, meters }: MeterWorld,
  key: MeterKey,
  records: readonly ChainRecord[],
  direction: Direction = "import",
  limits = LIMITS,
): Promise<Transaction | string> {
  try {
    const read = await meters.read(queryOf(world, direction, limits), key, [...records]);
    return {
      beginPagination: read.beginPagination,
      endPagination: read.endPagination,
      register: "",
      beginMilliWh: read.beginMilliWh,
      endMilliWh: read.endMilliWh,
      energyWh: read.energyWh,
      beganAtMs: read.beganAt === 0n ? null : Number(read.beganAt) * 1000,
      endedAtMs: read.endedAt === 0n ? null : Number(read.endedAt) * 1000,
    };
  } catch (error) {
    const known = [{ name: "MeterRegistry", interface: meters.interface }];
    const refusal = refusalOf(error, known);
    if (refusal === null) throw error;
    return refusal.reason;
  }
}

export function queryOf(
  world: MarketWorld,
  direction: Direction,
  { pluggedInAt, endedAt }: Limits = LIMITS,
): MeterQueryStruct {
  return {
    sessionId: SESSION,
    pile: world.pile.signer.address,
    direction: DIRECTIONS.indexOf(direction),
    pluggedInAt,
    endedAt,
  };
}

/** The same by TypeScript: content, or code of the refusal. */
export function said(
  texts: readonly string[],
  direction: Direction = "import",
  limits = LIMITS,
): Transaction | RefusedRecordError["code"] {
  try {
    const contents = texts.map((text) => readRecord(parseRecord(text), direction));
    return { ...readTransaction(contents, limits), register: "" };
  } catch (error) {
    if (error instanceof RefusedRecordError) return error.code;
    throw error;
  }
}

export function expectSame(
  chain: Transaction | string,
  typescript: Transaction | RefusedRecordError["code"],
  label: string,
): void {
  if (typeof typescript === "string") {
    expect(CONTRACT_ERRORS[typescript], label).to.include(chain);
  } else {
    expect(chain, label).to.deep.equal(typescript);
  }
}

export function transactionOf(values: Partial<MeteredTransaction>): MeteredTransaction {
  return {
    identification: sessionName(SESSION),
    beginMs: NOON,
    endMs: NOON + 3_600_000,
    importMilliWh: 12_345_600n,
    exportMilliWh: 0n,
    clock: "S",
    end: "E",
    records: "one",
    ...values,
  };
}
