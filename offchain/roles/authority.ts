/**
 * The certification authority: it says who takes part, and deals a fresh Paillier key for every round, the public half
 * to all, the secret half to the cloud. It sees who is enrolled, and no trade.
 */
import type { Signer } from "ethers";
import {
  PARTICIPANT_KINDS,
  PILE_KINDS,
  type Address,
  type Bytes32,
  type Certificate,
  type ParticipantKind,
  type PileKind,
} from "../messages/market.ts";
import { CERTIFICATE_TYPES, identityDomain } from "../messages/typedData.ts";
import { bytesToHex } from "../primitives/bytes.ts";
import { generateKeyPair } from "../primitives/paillier/keyGeneration.ts";
import type { PrivateKey } from "../primitives/paillier/privateKey.ts";
import { assertProductionKeySize, type PublicKey } from "../primitives/paillier/publicKey.ts";
import { assertProductionRng, type Rng } from "../primitives/random.ts";
import { correctionsFor, type Corrections } from "../primitives/sharing/dealer.ts";
import { SEED_BYTES } from "../primitives/sharing/keystream.ts";

/** What the authority has checked about an applicant. Powers in W. */
export interface Applicant {
  readonly account: Address;
  readonly participantId: Bytes32;
  readonly kind: Exclude<ParticipantKind, "none">;
  readonly pile: {
    readonly kind: PileKind;
    readonly ratedPowerW: number;
    readonly siteCommitment: Bytes32;
  } | null;
}

export interface SignedCertificate {
  readonly certificate: Certificate;
  readonly signature: string;
}

const NO_SITE: Bytes32 = `0x${"00".repeat(32)}`;

/** Certifies an applicant until `validUntil`, to be relayed before `relayBy` (unix seconds). */
export async function certify(
  authority: Signer,
  registry: { readonly chainId: bigint; readonly identities: Address },
  applicant: Applicant,
  times: { readonly validUntil: number; readonly relayBy: number },
  rng: Rng,
): Promise<SignedCertificate> {
  const { pile } = applicant;
  const certificate: Certificate = {
    account: applicant.account,
    participantId: applicant.participantId,
    kind: BigInt(PARTICIPANT_KINDS.indexOf(applicant.kind)),
    pileKind: BigInt(PILE_KINDS.indexOf(pile?.kind ?? "notAPile")),
    ratedPowerW: BigInt(pile?.ratedPowerW ?? 0),
    siteCommitment: pile?.siteCommitment ?? NO_SITE,
    validUntil: BigInt(times.validUntil),
    relayBy: BigInt(times.relayBy),
    serial: BigInt(bytesToHex(rng.bytes(32))),
  };
  const domain = identityDomain(registry.chainId, registry.identities);
  return {
    certificate,
    signature: await authority.signTypedData(domain, CERTIFICATE_TYPES, certificate),
  };
}

/**
 * Deals the randomness of a strict round: a seed to each server, and to the cloud what its seed cannot give. The authority
 * takes no part in the round and sees nothing of it; it must not collude with either server.
 */
export function dealForRound(rng: Rng): {
  readonly proxySeed: Uint8Array;
  readonly cloudSeed: Uint8Array;
  readonly corrections: Corrections;
} {
  assertProductionRng(rng);
  const proxySeed = rng.bytes(SEED_BYTES);
  const cloudSeed = rng.bytes(SEED_BYTES);
  return { proxySeed, cloudSeed, corrections: correctionsFor(proxySeed, cloudSeed) };
}

/** Deals the key of a round. `publicKey` goes to everybody, `privateKey` to the cloud alone. */
export async function dealRoundKey(
  bits: number,
  rng: Rng,
): Promise<{ readonly publicKey: PublicKey; readonly privateKey: PrivateKey }> {
  assertProductionKeySize(bits);
  return generateKeyPair(bits, rng);
}
