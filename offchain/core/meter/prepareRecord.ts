/**
 * A record made ready for the contract: the payload bytes as they were signed, r and the lower s,
 * and the hints that say where the keys stand. Whatever the contract would refuse is refused here,
 * by name, before it costs anything; a record of a curve that the chain cannot check, or that names
 * no session, is left to the signatures of both parties.
 */
import { computeAddress, recoverAddress, sha256 } from "ethers";
import { bigintToBytes, bytesToHex, type Hex } from "../primitives/bytes.ts";
import { chainKey, CHAIN_CURVES, type MeterKey, type MeterPublicKey } from "./meterKey.ts";
import type { OcmfRecord } from "./ocmfRecord.ts";
import { placesOf, RefusedRecordError, type Places } from "./settlementRules.ts";
import { isSignedBy, numbersOf } from "./signature.ts";

/** Twin of `MeterRecord` in `contracts/ocmf/OcmfTypes.sol`. */
export interface ChainRecord {
  readonly payload: Hex;
  readonly r: Hex;
  readonly s: Hex;
  /** v ‖ offset of PG ‖ offset of ID, or 0 ‖ offset of RD. */
  readonly hints: bigint;
}

/** Orders of the curves that the chain can check. */
const ORDERS: Readonly<Record<string, bigint>> = {
  secp256r1: 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n,
  secp256k1: 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n,
};

/** A key and a record as the contract takes them. */
export interface PreparedRecord {
  readonly key: MeterKey;
  readonly record: ChainRecord;
}

/**
 * Verifies and encodes a record. Run by whoever settles.
 * @throws RefusedRecordError E_CURVE, E_SIGNATURE, E_PLACES, E_ESCAPED; what the readings say is
 *   not asked here.
 */
export async function prepareRecord(
  record: OcmfRecord,
  key: MeterPublicKey,
): Promise<PreparedRecord> {
  orderOf(key);
  if (!(await isSignedBy(record, key))) throw unsigned();
  return encodeRecord(record, key);
}

/**
 * The same without verifying: the contract will.
 * @throws RefusedRecordError E_CURVE, E_SIGNATURE if it is none, E_PLACES, E_ESCAPED
 */
export function encodeRecord(record: OcmfRecord, key: MeterPublicKey): PreparedRecord {
  const order = orderOf(key);
  const numbers = numbersOf(record.signature.bytes, key.curve);
  if (numbers === null || numbers.r >= order || numbers.s >= order) throw unsigned();
  const [r, s] = [word(numbers.r), word(lowerS(numbers.s, order))];
  const places = placesOf(record);
  const point = chainKey(key);
  const v = key.curve === "secp256k1" ? recoveryOf(record.payload, r, s, point) : 0;
  const payload = bytesToHex(record.payload);
  return { key: point, record: { payload, r, s, hints: hintsOf(v, places) } };
}

/** One byte and three times two. */
export function hintsOf(v: number, { pagination, identification, readings }: Places): bigint {
  const offsets = [pagination, identification, readings];
  return offsets.reduce((packed, offset) => (packed << 16n) | BigInt(offset), BigInt(v));
}

/** Whether the chain can check signatures of this curve. */
export function isChainCurve(curve: string): boolean {
  return CHAIN_CURVES.slice(1).some((name) => name === curve);
}

function orderOf({ curve }: MeterPublicKey): bigint {
  const order = ORDERS[curve];
  if (order !== undefined) return order;
  const expected = "a key on secp256r1 or secp256k1";
  const message = `prepareRecord: expected ${expected}, got one on ${curve}`;
  throw new RefusedRecordError("E_CURVE", expected, message);
}

function unsigned(): RefusedRecordError {
  const expected = "a record that the key signed";
  const message = `prepareRecord: expected ${expected}, got another`;
  return new RefusedRecordError("E_SIGNATURE", expected, message);
}

/** Both s and n − s verify; the contract takes the one that is not above half of n. */
function lowerS(s: bigint, order: bigint): bigint {
  return s > order / 2n ? order - s : s;
}

/** v with which `ecrecover` gives the key; either, if the key did not sign. */
function recoveryOf(payload: Uint8Array, r: Hex, s: Hex, { x, y }: MeterKey): number {
  const signer = computeAddress(`0x04${x.slice(2)}${y.slice(2)}`);
  try {
    return recoverAddress(sha256(payload), { r, s, v: 27 }) === signer ? 27 : 28;
  } catch {
    // No point of the curve has this r.
    return 27;
  }
}

function word(value: bigint): Hex {
  return bytesToHex(bigintToBytes(value, 32));
}
