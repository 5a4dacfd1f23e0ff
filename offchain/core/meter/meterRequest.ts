/**
 * What a pile asks the authority to certify: a meter's key as its own. The pile signs the request
 * with its account's key. The meter shows that it is there by a record in which it names the
 * request, as it names a session otherwise. A request is for one number among the certificates of
 * the key, so that an old one asks for nothing again.
 */
import {
  getAddress,
  id as hashOfText,
  TypedDataEncoder,
  verifyTypedData,
  type Signer,
} from "ethers";
import type { Address, Bytes32 } from "../messages/market.ts";
import { meterDomain, METER_REQUEST_TYPES, METER_WISH_TYPES } from "../messages/typedData.ts";
import { ZERO_BYTES32 } from "../primitives/bytes.ts";
import { fromChainKey, type MeterKey } from "./meterKey.ts";
import { paginationOf, parseRecord, RecordError, type OcmfRecord } from "./ocmfRecord.ts";
import { namingOf, sessionName } from "./sessionName.ts";
import { isSignedBy } from "./signature.ts";

/** Why a request is not certified. */
export class MeterRequestError extends Error {
  override readonly name = "MeterRequestError";
  readonly code: "E_METER_REQUEST_SIGNATURE" | "E_METER_REQUEST_RECORD";

  constructor(code: MeterRequestError["code"], message: string) {
    super(message);
    this.code = code;
  }
}

/** Where certificates of meters count. */
export interface MeterRegistryAt {
  readonly chainId: bigint;
  readonly meters: Address;
}

/** Which certificate is wanted. */
export interface MeterWish {
  /** The pile's account. */
  readonly pile: Address;
  readonly key: MeterKey;
  /** Number of the certificate among those of the key, from 1. */
  readonly issue: bigint;
}

export interface AskedMeter extends MeterWish {
  /** The most that the socket carries, in W. */
  readonly ratedPowerW: number;
  /** What the meter has signed last; 0 for a new one. */
  readonly lastPagination: bigint;
  /** Of the meter, in OCMF, with the `wishName` in it; null for a meter that signs no names. */
  readonly record: string | null;
}

export interface MeterRequest extends AskedMeter {
  /** The pile's. */
  readonly signature: string;
}

/** The name that a meter signs to show that it is there: 36 characters, or the first 20 of them. */
export function wishName(registry: MeterRegistryAt, wish: MeterWish): string {
  return sessionName(wishId(registry, wish));
}

/** Run by the pile. */
export async function requestMeter(
  pile: Signer,
  registry: MeterRegistryAt,
  asked: AskedMeter,
): Promise<MeterRequest> {
  const domain = meterDomain(registry.chainId, registry.meters);
  const signature = await pile.signTypedData(domain, METER_REQUEST_TYPES, signedPart(asked));
  return { ...asked, signature };
}

/**
 * What the authority checks before it looks at the meter. Returns the last pagination that it has
 * to certify, which is never below that of the record.
 * @throws MeterRequestError E_METER_REQUEST_SIGNATURE if another key has signed, or for another
 *   registry; E_METER_REQUEST_RECORD for a record that the meter did not sign for this request
 */
export async function checkMeterRequest(
  registry: MeterRegistryAt,
  request: MeterRequest,
): Promise<bigint> {
  const { pile, lastPagination, record } = request;
  if (signerOf(registry, request) !== getAddress(pile)) {
    const expected = `expected the signature of ${pile} for this market's meters`;
    throw new MeterRequestError(
      "E_METER_REQUEST_SIGNATURE",
      `${expected}: ask for the request again`,
    );
  }
  if (record === null) return lastPagination;
  const signed = await signedPagination(registry, request, record);
  return signed > lastPagination ? signed : lastPagination;
}

/** Pagination of the record in which the meter names the request. @throws MeterRequestError */
async function signedPagination(
  registry: MeterRegistryAt,
  request: MeterRequest,
  text: string,
): Promise<bigint> {
  const record = recordIn(text);
  const pagination = record && paginationOf(record);
  const isNamed =
    record !== null && namingOf(record.fields.ID, wishId(registry, request)) !== "none";
  if (isNamed && pagination !== null && (await isSignedBy(record, fromChainKey(request.key)))) {
    return pagination;
  }
  const name = wishName(registry, request);
  const message = `expected a record of this meter that names ${name}, got another`;
  throw new MeterRequestError("E_METER_REQUEST_RECORD", `${message}: let the meter sign it`);
}

function recordIn(text: string): OcmfRecord | null {
  try {
    return parseRecord(text);
  } catch (error) {
    if (error instanceof RecordError) return null;
    throw error;
  }
}

function wishId({ chainId, meters }: MeterRegistryAt, { pile, key, issue }: MeterWish): Bytes32 {
  const wish = { pile, ...key, issue };
  return TypedDataEncoder.hash(meterDomain(chainId, meters), METER_WISH_TYPES, wish);
}

function signedPart({ pile, key, issue, ratedPowerW, lastPagination, record }: AskedMeter) {
  const recordHash = record === null ? ZERO_BYTES32 : hashOfText(record);
  return { pile, ...key, issue, ratedPowerW, lastPagination, recordHash };
}

/** Null for what is no signature. */
function signerOf({ chainId, meters }: MeterRegistryAt, request: MeterRequest): Address | null {
  const { signature } = request;
  const domain = meterDomain(chainId, meters);
  try {
    return verifyTypedData(domain, METER_REQUEST_TYPES, signedPart(request), signature);
  } catch {
    return null;
  }
}
