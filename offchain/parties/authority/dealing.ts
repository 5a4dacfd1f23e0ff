/**
 * The certification authority: it says who takes part, and deals a fresh Paillier key for every
 * round, the public half to all, the secret half to the cloud. It sees who is enrolled, and no
 * trade.
 */
import { id, type Signer } from "ethers";
import {
  PARTICIPANT_KINDS,
  PILE_KINDS,
  type Address,
  type Bytes32,
  type Certificate,
  type ParticipantKind,
  type PileKind,
} from "../../core/messages/market.ts";
import { roundKeyOf, type RoundKey, type RoundKeyNumbers } from "../../core/messages/roundKey.ts";
import { CERTIFICATE_TYPES, identityDomain } from "../../core/messages/typedData.ts";
import { bytesToHex, ZERO_BYTES32 } from "../../core/primitives/bytes.ts";
import { dealShortKey, generateKeyPair } from "../../core/primitives/paillier/keyGeneration.ts";
import type { PrivateKey } from "../../core/primitives/paillier/privateKey.ts";
import { assertProductionKeySize } from "../../core/primitives/paillier/publicKey.ts";
import { dealCommitmentModulus } from "../../core/primitives/proofs/commitmentKey.ts";
import type { Rng } from "../../core/primitives/random.ts";

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
  /** Name of who runs it; of a matcher and of nobody else. */
  readonly operator: string | null;
}

export interface SignedCertificate {
  readonly certificate: Certificate;
  readonly signature: string;
}

/**
 * As strong as a round's key of the smallest size that is allowed, which protects for longer than
 * proofs are read.
 */
const COMMITMENT_BITS = 2_048;

/** What the chain calls an operator: keccak256 of its name in UTF-8. */
export function operatorHash(name: string): Bytes32 {
  return id(name);
}

function premisesOf({ pile, operator }: Applicant): Bytes32 {
  if (operator !== null) return operatorHash(operator);
  return pile?.siteCommitment ?? ZERO_BYTES32;
}

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
    premises: premisesOf(applicant),
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
