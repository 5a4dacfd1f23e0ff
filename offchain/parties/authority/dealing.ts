/**
 * The certification authority: it says who takes part, and deals a fresh Paillier key for every
 * round, the public half to all, the secret half to the cloud. It sees who is enrolled, and no
 * trade.
 */
import type { Signer } from "ethers";
import { type Registry, type Certificate } from "../../core/messages/market.ts";
import { roundKeyOf, type RoundKey, type RoundKeyNumbers } from "../../core/messages/roundKey.ts";
import type { TypedMessage } from "../../core/messages/signatureForm.ts";
import { CERTIFICATE_TYPES, identityDomain } from "../../core/messages/typedData.ts";
import { bytesToHex } from "../../core/primitives/bytes.ts";
import { dealShortKey, generateKeyPair } from "../../core/primitives/paillier/keyGeneration.ts";
import type { PrivateKey } from "../../core/primitives/paillier/privateKey.ts";
import { assertProductionKeySize } from "../../core/primitives/paillier/publicKey.ts";
import { dealCommitmentModulus } from "../../core/primitives/proofs/commitmentKey.ts";
import type { Rng } from "../../core/primitives/random.ts";
import { type Applicant, certifiedFacts } from "../../core/messages/applicant.ts";

export interface SignedCertificate {
  readonly certificate: Certificate;
  readonly signature: string;
}

/**
 * As strong as a round's key of the smallest size that is allowed, which protects for longer than
 * proofs are read.
 */
const COMMITMENT_BITS = 2_048;

/** Unix seconds. */
export interface CertificateTimes {
  readonly validUntil: number;
  /** Last moment for bringing it to the chain, excluded. */
  readonly relayBy: number;
}

/** What is signed so that an applicant takes part. */
export function newCertificate(
  applicant: Applicant,
  { validUntil, relayBy }: CertificateTimes,
  rng: Rng,
): Certificate {
  return {
    ...certifiedFacts(applicant),
    validUntil: BigInt(validUntil),
    relayBy: BigInt(relayBy),
    serial: BigInt(bytesToHex(rng.bytes(32))),
  };
}

/** A certificate as the authority signs it, for this registry alone. */
export function certificateMessage(registry: Registry, certificate: Certificate): TypedMessage {
  const domain = identityDomain(registry.chainId, registry.identities);
  return { domain, types: CERTIFICATE_TYPES, value: { ...certificate } };
}

/** Certifies an applicant, as the authority with a key of its own. */
export async function certify(
  authority: Signer,
  registry: Registry,
  applicant: Applicant,
  times: CertificateTimes,
  rng: Rng,
): Promise<SignedCertificate> {
  const certificate = newCertificate(applicant, times, rng);
  const { domain, types, value } = certificateMessage(registry, certificate);
  return { certificate, signature: await authority.signTypedData(domain, types, value) };
}

/**
 * Deals the modulus under which owners commit to what they encrypted. Once for many rounds: it
 * takes seconds. Its factors are forgotten at once.
 */
export function dealCommitments(rng: Rng): Promise<bigint> {
  return dealCommitmentModulus(COMMITMENT_BITS, rng);
}

/** Deals the key of a round. `roundKey` goes to everybody, `privateKey` to the cloud alone. */
export async function dealRoundKey(
  bits: number,
  published: Pick<RoundKeyNumbers, "commitmentModulus" | "features" | "mode" | "proxySealKey">,
  rng: Rng,
): Promise<{ readonly roundKey: RoundKey; readonly privateKey: PrivateKey }> {
  assertProductionKeySize(bits);
  const { publicKey, privateKey } = await generateKeyPair(bits, rng);
  const { hs } = dealShortKey(privateKey, rng);
  return { roundKey: roundKeyOf({ ...published, n: publicKey.n, hs }), privateKey };
}
