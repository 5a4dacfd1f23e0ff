/**
 * The authority's word that a key is the meter of a pile: EIP-712, for one registry on one chain.
 * Anyone relays it. A key's certificates are counted, and only a higher number replaces the one in
 * force.
 */
import type { Signer, TypedDataField } from "ethers";
import type { Address, Bytes32 } from "../messages/market.ts";
import { meterDomain } from "../messages/typedData.ts";
import type { MeterKey } from "./meterKey.ts";

/**
 * Twin of `MeterCertificate` in `contracts/types/MeterTypes.sol`. Power in W, times in unix
 * seconds.
 */
export interface MeterCertificate {
  readonly participantId: Bytes32;
  readonly curve: bigint;
  readonly x: Bytes32;
  readonly y: Bytes32;
  readonly ratedPowerW: bigint;
  readonly lastPagination: bigint;
  readonly validFrom: bigint;
  readonly validUntil: bigint;
  readonly relayBy: bigint;
  readonly issue: bigint;
}

/** What the authority has seen at the pile. */
export interface InspectedMeter {
  /** Of the pile. */
  readonly participantId: Bytes32;
  readonly key: MeterKey;
  /** The most that the socket can carry. */
  readonly ratedPowerW: number;
  /** What the meter has signed last; 0 for a new one. */
  readonly lastPagination: bigint;
}

export interface SignedMeterCertificate {
  readonly certificate: MeterCertificate;
  readonly signature: string;
}

const METER_CERTIFICATE_TYPES: Record<string, TypedDataField[]> = {
  MeterCertificate: [
    { name: "participantId", type: "bytes32" },
    { name: "curve", type: "uint8" },
    { name: "x", type: "bytes32" },
    { name: "y", type: "bytes32" },
    { name: "ratedPowerW", type: "uint32" },
    { name: "lastPagination", type: "uint64" },
    { name: "validFrom", type: "uint40" },
    { name: "validUntil", type: "uint40" },
    { name: "relayBy", type: "uint40" },
    { name: "issue", type: "uint32" },
  ],
};

/**
 * Certifies a meter. Run by the authority. Times are unix seconds.
 * @param issue the number of this certificate among those of the key, from 1
 */
export async function certifyMeter(
  authority: Signer,
  registry: { readonly chainId: bigint; readonly meters: Address },
  meter: InspectedMeter,
  times: {
    readonly validFrom: number;
    readonly validUntil: number;
    readonly relayBy: number;
  },
  issue: number,
): Promise<SignedMeterCertificate> {
  const certificate: MeterCertificate = {
    participantId: meter.participantId,
    ...meter.key,
    ratedPowerW: BigInt(meter.ratedPowerW),
    lastPagination: meter.lastPagination,
    validFrom: BigInt(times.validFrom),
    validUntil: BigInt(times.validUntil),
    relayBy: BigInt(times.relayBy),
    issue: BigInt(issue),
  };
  const domain = meterDomain(registry.chainId, registry.meters);
  const signature = await authority.signTypedData(domain, METER_CERTIFICATE_TYPES, certificate);
  return { certificate, signature };
}
