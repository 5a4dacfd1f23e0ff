/**
 * Everything that a settlement on the meter's signature hands to the contract, after everything
 * that the contract will check has been checked: one record that holds begin and end, or a begin
 * record and the end record after it, handed in in any order.
 */
import type { Bytes32 } from "../messages/market.ts";
import { meterKeyId, type MeterKey, type MeterPublicKey } from "./meterKey.ts";
import { inOrderOfMeter, type OcmfRecord } from "./ocmfRecord.ts";
import { prepareRecord, type ChainRecord } from "./prepareRecord.ts";
import { namesSession } from "./sessionName.ts";
import {
  readRecord,
  readTransaction,
  type Direction,
  type Limits,
  type Transaction,
} from "./settlementRules.ts";

/** What the session contract will ask, and what the registry knows of the key. */
export interface SettlementQuestion extends Limits {
  readonly sessionId: Bytes32;
  readonly direction: Direction;
}

export interface PreparedSettlement {
  readonly key: MeterKey;
  readonly keyId: Bytes32;
  readonly records: readonly ChainRecord[];
  readonly transaction: Transaction;
  /**
   * Whether every record carries the session's name. If not, both parties have to confirm the begin
   * reading.
   */
  readonly namesSession: boolean;
}

/**
 * Run by whoever settles.
 * @throws RefusedRecordError with the code of the first thing that the contract would refuse
 */
export async function prepareSettlement(
  records: readonly OcmfRecord[],
  key: MeterPublicKey,
  question: SettlementQuestion,
): Promise<PreparedSettlement> {
  const ordered = inOrderOfMeter(records);
  const prepared = await Promise.all(ordered.map((record) => prepareRecord(record, key)));
  const contents = ordered.map((record) => readRecord(record, question.direction));
  const transaction = readTransaction(contents, question);
  const point = prepared[0]?.key;
  // `readTransaction` refuses an empty list.
  if (point === undefined) throw new Error("prepareSettlement: expected a record, got none");
  return {
    key: point,
    keyId: meterKeyId(point),
    records: prepared.map(({ record }) => record),
    transaction,
    namesSession: contents.every(({ identification }) =>
      namesSession(identification, question.sessionId),
    ),
  };
}
