/**
 * Who takes part under a name: the authority certifies, suspends and reinstates, and anybody looks
 * it up on the chain.
 */
import type { Signer } from "ethers";
import { eventsOf } from "../chain/events.ts";
import { send, type Market } from "../chain/market.ts";
import { roleOf, type Role } from "../core/credential/attributes.ts";
import {
  CERTIFICATE_RELAY_SECONDS,
  SECONDS_PER_DAY,
  LONGEST_CERTIFICATE_DAYS,
} from "../core/messages/lifetimes.ts";
import {
  type Registry,
  PARTICIPANT_KINDS,
  type Address,
  type Bytes32,
  type Certificate,
  type ParticipantKind,
} from "../core/messages/market.ts";
import {
  certificateMessage,
  certify,
  newCertificate,
  type CertificateTimes,
  type SignedCertificate,
} from "../parties/authority/dealing.ts";
import type { AuthorityDesk } from "../parties/authority/desk.ts";
import { assertSame, commonDeadline, signatureFor, type SignedAct } from "./quorumSigning.ts";
import { StepError } from "./stepError.ts";
import {
  certifiedFacts,
  checkEnrolmentRequest,
  type Applicant,
  type EnrolmentRequest,
} from "../core/messages/applicant.ts";

/** What the chain knows of an account. */
export interface Standing {
  readonly account: Address;
  readonly participantId: Bytes32;
  readonly kind: ParticipantKind;
  readonly suspended: boolean;
  readonly ratedPowerW: bigint;
  /** Unix seconds; null for nobody. */
  readonly validUntil: bigint | null;
  /** By what an authorised account takes part; null for a certified one. */
  readonly authorisation: StandingAuthorisation | null;
  /** Token units in the escrow. */
  readonly freeUnits: bigint;
  readonly lockedUnits: bigint;
}

export interface StandingAuthorisation {
  readonly scope: Bytes32;
  /** Of the station, as a participant. */
  readonly stationId: Bytes32;
  readonly role: Role;
  readonly maxEnergyWh: bigint;
}

/**
 * When a certificate ends that is made now, and until when it can be relayed.
 * @throws StepError E_CERTIFICATE_DAYS unless `days` is a whole number of 1 to 3650
 */
export function certificateTimes(nowSeconds: number, days: number): CertificateTimes {
  if (!Number.isInteger(days) || days < 1 || days > LONGEST_CERTIFICATE_DAYS) {
    const range = `expected 1 to ${LONGEST_CERTIFICATE_DAYS} days of validity, got ${days}`;
    throw new StepError("E_CERTIFICATE_DAYS", range, { days });
  }
  return {
    validUntil: nowSeconds + days * SECONDS_PER_DAY,
    relayBy: nowSeconds + CERTIFICATE_RELAY_SECONDS,
  };
}

/** What the authority has checked, and who brings it to the chain. */
export interface Enrolment {
  readonly applicant: Applicant;
  /** How long the certificate is valid, 1 to 3650. */
  readonly days: number;
  /** Unix seconds, not behind the chain's latest block. */
  readonly nowSeconds: number;
  /** Pays for the transaction: anybody may. */
  readonly relay: Signer;
}

/** The registry of a market. */
export async function registryOf({ chainId, contracts }: Market): Promise<Registry> {
  return { chainId, identities: await contracts.identities.getAddress() };
}

/**
 * Certifies an applicant, or renews its certificate. Run by the authority, which has looked at the
 * papers; nothing is sent.
 * @throws StepError of `certificateTimes`
 */
export async function certifyApplicant(
  market: Market,
  { wallet, rng }: AuthorityDesk,
  { applicant, days, nowSeconds }: Omit<Enrolment, "relay">,
): Promise<SignedCertificate> {
  const times = certificateTimes(nowSeconds, days);
  return certify(wallet, await registryOf(market), applicant, times, rng);
}

/** What the authority is asked for in writing, and on which terms it agrees. */
export interface RequestedEnrolment extends Pick<Enrolment, "days" | "nowSeconds"> {
  readonly request: EnrolmentRequest;
}

/**
 * Certifies what a request asks for, if its account has signed exactly that for this market. Run by
 * the authority, or by a member of the quorum that it is; nothing is sent.
 * @param earlier what other members have signed of the same; null for the first
 * @throws ApplicantError of `checkEnrolmentRequest`; StepError of `certificateTimes`,
 *   E_NOT_AUTHORITY, and for `earlier` E_OTHER_ACT or E_ACT_TIME
 */
export async function certifyRequest(
  market: Market,
  { wallet, rng }: AuthorityDesk,
  { request, days, nowSeconds }: RequestedEnrolment,
  earlier: SignedCertificate | null,
): Promise<SignedAct<SignedCertificate>> {
  const registry = await registryOf(market);
  checkEnrolmentRequest(registry, request);
  const { applicant } = request;
  const own = newCertificate(applicant, certificateTimes(nowSeconds, days), rng);
  const isAlone = (await wallet.getAddress()) === (await market.contracts.identities.authority());
  // Whoever needs nobody else has nothing to add to.
  const others = isAlone ? null : earlier;
  if (others !== null) await assertAgreed(market, others.certificate, applicant, own);
  const certificate = others?.certificate ?? own;
  const message = certificateMessage(registry, certificate);
  const { signature, missing } = await signatureFor(market, wallet, message, others);
  return { act: { certificate, signature }, missing };
}

/** @throws StepError E_OTHER_ACT, E_ACT_TIME */
async function assertAgreed(
  market: Market,
  earlier: Certificate,
  applicant: Applicant,
  { validUntil, relayBy }: Certificate,
): Promise<void> {
  assertSame({ ...earlier }, { ...certifiedFacts(applicant) });
  await commonDeadline(market, { deadline: earlier.relayBy }, relayBy);
  await commonDeadline(market, { deadline: earlier.validUntil }, validUntil);
}

/**
 * The other matchers of an applicant's operator, as the registry knows them: of whom it takes to be
 * the same. None for whoever is no matcher.
 */
export async function matchersOfOperator(
  { contracts }: Market,
  applicant: Applicant,
): Promise<readonly Address[]> {
  if (applicant.operator === null) return [];
  const { identities } = contracts;
  const { premises } = certifiedFacts(applicant);
  const enrolled = await eventsOf(identities, identities.filters.Enrolled());
  const accounts = new Set(enrolled.map(({ args }) => args.account));
  accounts.delete(applicant.account);
  const run = await Promise.all(
    [...accounts].map(async (account) =>
      (await identities.operatorOf(account)) === premises ? [account] : [],
    ),
  );
  return run.flat();
}

/** Whether the registry knows of an account exactly what a certificate says. */
async function isEnrolledBy(
  { contracts }: Market,
  { certificate }: Pick<SignedCertificate, "certificate">,
): Promise<boolean> {
  const known = await contracts.identities.participantOf(certificate.account);
  return (
    !known.authorised &&
    known.participantId === certificate.participantId &&
    known.kind === certificate.kind &&
    known.pileKind === certificate.pileKind &&
    known.ratedPowerW === certificate.ratedPowerW &&
    known.premises === certificate.premises &&
    known.validUntil === certificate.validUntil
  );
}

/** Brings a certificate to the chain. Run by anybody. @throws RefusedError */
export async function relayCertificate(
  market: Market,
  relay: Signer,
  { certificate, signature }: SignedCertificate,
): Promise<void> {
  await send(market, market.contracts.identities.connect(relay).enrol(certificate, signature));
}

/**
 * The same, unless somebody has brought it already. Run by anybody.
 * @param relay who pays; asked only if there is something to send
 * @throws RefusedError
 */
export async function relayCertificateOnce(
  market: Market,
  relay: () => Promise<Signer>,
  signed: SignedCertificate,
): Promise<void> {
  if (!(await isEnrolledBy(market, signed))) await relayCertificate(market, await relay(), signed);
}

/**
 * Both at once. Run by the authority.
 * @throws StepError of `certificateTimes`; RefusedError
 */
export async function enrolParticipant(
  market: Market,
  authority: AuthorityDesk,
  { relay, ...enrolment }: Enrolment,
): Promise<SignedCertificate> {
  const signed = await certifyApplicant(market, authority, enrolment);
  await relayCertificate(market, relay, signed);
  return signed;
}

/** Stops new obligations of a participant. Run by the authority. @throws RefusedError */
export async function suspendParticipant(
  market: Market,
  { wallet }: Pick<AuthorityDesk, "wallet">,
  account: Address,
): Promise<void> {
  await send(market, market.contracts.identities.connect(wallet).suspend(account));
}

/** Lifts a suspension. Run by the authority. @throws RefusedError */
export async function reinstateParticipant(
  market: Market,
  { wallet }: Pick<AuthorityDesk, "wallet">,
  account: Address,
): Promise<void> {
  await send(market, market.contracts.identities.connect(wallet).reinstate(account));
}

/** What the registry and the escrow know of an account. */
export async function standingOf({ contracts }: Market, account: Address): Promise<Standing> {
  const { identities, escrow } = contracts;
  const known = await identities.participantOf(account);
  const { free, locked } = await escrow.balanceOf(account);
  return {
    account,
    participantId: known.participantId,
    kind: PARTICIPANT_KINDS[Number(known.kind)] ?? "none",
    suspended: known.suspended,
    ratedPowerW: known.ratedPowerW,
    validUntil: known.validUntil === 0n ? null : known.validUntil,
    authorisation: known.authorised ? await authorisationOf(contracts, account) : null,
    freeUnits: free,
    lockedUnits: locked,
  };
}

async function authorisationOf(
  { identities }: Market["contracts"],
  account: Address,
): Promise<StandingAuthorisation> {
  const { scope, stationId, role, maxEnergyWh } = await identities.authorisationOf(account);
  return { scope, stationId, role: roleOf(Number(role)), maxEnergyWh };
}
