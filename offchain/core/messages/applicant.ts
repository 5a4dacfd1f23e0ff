/**
 * Who wants to take part under a name, and its request for a certificate. The request is signed
 * with the account's own key: nobody enrols an account that is not its own, and nobody changes what
 * was asked for on the way to the authority.
 */
import { getAddress, type Signer } from "ethers";
import {
  PARTICIPANT_KINDS,
  PILE_KINDS,
  siteCommitment,
  type Address,
  type Bytes32,
  type Certificate,
  type ParticipantKind,
  type PileKind,
  type Registry,
} from "./market.ts";
import { ZERO_BYTES32 } from "../primitives/bytes.ts";
import { nameHash, readableNameFault } from "./readableName.ts";
import { signerOf } from "./signatureForm.ts";
import { ENROLMENT_REQUEST_TYPES, identityDomain } from "./typedData.ts";

/** Why a request is not certified. */
export class ApplicantError extends Error {
  override readonly name = "ApplicantError";
  readonly code: "E_ENROLMENT_SIGNATURE" | "E_ENROLMENT_SITE" | "E_ENROLMENT_OPERATOR";

  constructor(code: ApplicantError["code"], message: string) {
    super(message);
    this.code = code;
  }
}

/** What the authority certifies. Powers in W. */
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

/** What opens the commitment to a pile's site: for the authority's eyes alone. */
export interface SiteOpening {
  readonly xM: number;
  readonly yM: number;
  readonly siteSalt: Bytes32;
}

export interface EnrolmentRequest {
  readonly applicant: Applicant;
  /** Null for everybody but a pile. */
  readonly site: SiteOpening | null;
  /** The account's. */
  readonly signature: string;
}

/** The part of a certificate that says who somebody is. */
export type CertifiedFacts = Omit<Certificate, "validUntil" | "relayBy" | "serial">;

export function certifiedFacts(applicant: Applicant): CertifiedFacts {
  const { account, participantId, kind, pile } = applicant;
  return {
    account,
    participantId,
    kind: BigInt(PARTICIPANT_KINDS.indexOf(kind)),
    pileKind: BigInt(PILE_KINDS.indexOf(pile?.kind ?? "notAPile")),
    ratedPowerW: BigInt(pile?.ratedPowerW ?? 0),
    premises: premisesOf(applicant),
  };
}

function premisesOf({ pile, operator }: Applicant): Bytes32 {
  if (operator !== null) return nameHash(operator);
  return pile?.siteCommitment ?? ZERO_BYTES32;
}

/** Run by whoever wants to take part. */
export async function requestEnrolment(
  account: Signer,
  registry: Registry,
  applicant: Applicant,
  site: SiteOpening | null,
): Promise<EnrolmentRequest> {
  const domain = identityDomain(registry.chainId, registry.identities);
  const facts = certifiedFacts(applicant);
  const signature = await account.signTypedData(domain, ENROLMENT_REQUEST_TYPES, facts);
  return { applicant, site, signature };
}

/**
 * What the authority checks before it looks at any papers.
 * @throws ApplicantError E_ENROLMENT_SIGNATURE if another key has signed, or for another registry;
 *   E_ENROLMENT_SITE if a pile's place is not what it committed to; E_ENROLMENT_OPERATOR for a
 *   matcher that nobody runs, or who has no name that people can tell from others, or for anybody
 *   else that somebody runs
 */
export function checkEnrolmentRequest(
  registry: Registry,
  { applicant, site, signature }: EnrolmentRequest,
): void {
  const domain = identityDomain(registry.chainId, registry.identities);
  const value = { ...certifiedFacts(applicant) };
  const signed = { domain, types: ENROLMENT_REQUEST_TYPES, value };
  if (signerOf(signed, signature) !== getAddress(applicant.account)) {
    const expected = `expected the signature of ${applicant.account} for this market's registry`;
    throw new ApplicantError("E_ENROLMENT_SIGNATURE", `${expected}: ask for the request again`);
  }
  assertOperator(applicant);
  if (opens(applicant, site)) return;
  const why = "the place and power are not those that it committed to";
  throw new ApplicantError(
    "E_ENROLMENT_SITE",
    `${applicant.account}: ${why}: ask for the request again`,
  );
}

function assertOperator({ account, kind, operator }: Applicant): void {
  const fault = operator === null ? null : readableNameFault(operator);
  if ((kind === "matcher") === (operator !== null) && fault === null) return;
  const expected =
    kind === "matcher" ? (fault ?? "the name of who runs the matcher") : "no operator";
  const got = operator === null ? "none" : "another";
  const message = `${account}: expected ${expected}, got ${got}: ask for the request again`;
  throw new ApplicantError("E_ENROLMENT_OPERATOR", message);
}

function opens({ participantId, kind, pile }: Applicant, site: SiteOpening | null): boolean {
  if (pile === null || site === null) return kind !== "pile" && pile === site;
  const { xM, yM, siteSalt } = site;
  const commitment = siteCommitment(participantId, BigInt(xM), BigInt(yM), siteSalt);
  return kind === "pile" && commitment === pile.siteCommitment;
}
