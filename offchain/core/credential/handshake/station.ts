/**
 * The station's side of a handshake: an aggregator, a matcher or a pile. It learns that somebody
 * may trade, in which role, and one pseudonym for this scope; it gives one authorisation a
 * pseudonym, and gives the same again to whoever lost it on the way. It holds the session inactive
 * until the vehicle has confirmed. Whatever is wrong, the vehicle is told status 0 and nothing
 * else.
 */
import { getBytes, type Signer } from "ethers";
import type { Address, Bytes32, Certificate } from "../../messages/market.ts";
import { bytesToHex, concatBytes, type Hex } from "../../primitives/bytes.ts";
import { withHidden } from "../../primitives/hidden.ts";
import { assertProductionRng, randomBytesOf, type Rng } from "../../primitives/random.ts";
import type { Role } from "../attributes.ts";
import { CredentialError } from "../credentialError.ts";
import type { CredentialParameters } from "../parameters.ts";
import type { Presentation } from "../presentation.ts";
import { type StationScope, stationScopeId } from "../scope.ts";
import { type Demand, verifyPresentation } from "../verify.ts";
import {
  authorisationSigner,
  nymDigest,
  nymHashOf,
  type SessionAuthorisation,
  signAuthorisation,
  type SignedAuthorisation,
} from "./authorisation.ts";
import {
  answerToBytes,
  handshakeDomain,
  HELLO_TYPES,
  helloFromBytes,
  helloHash,
  NONCE_BYTES,
  proofFromBytes,
  showMessage,
  signedHelloToBytes,
  transcriptAfter,
  transcriptStart,
  type VehicleProof,
} from "./handshakeMessages.ts";
import {
  assertConfirmation,
  assertElement,
  confirmation,
  ephemeralKey,
  openBox,
  sealBox,
  type SessionKeys,
  sessionKeys,
} from "./sessionKeys.ts";

/** A station, and what it grants in a slot. */
export interface StationTerms extends Omit<StationScope, "stationId"> {
  /** Its certificate, as the registry has it. */
  readonly certificate: Certificate;
  readonly certificateSignature: string;
  readonly roles: readonly Role[];
  readonly epoch: number;
  readonly maxEnergyWh: number;
}

/** A presentation, and what it was shown for. */
export interface ShownPresentation {
  readonly presentation: Uint8Array;
  readonly demand: Demand;
}

/** What a station remembers; handed in. */
export interface StationBooks {
  /**
   * Whether an M2, named by tr_2, is answered for the first time; it is noted for good, and before
   * this promise is kept. Of two at once, in one process or in two, one is told so. What is not on
   * disk when a machine stops is answered twice.
   */
  readonly takeChallenge: (transcript: Hex) => Promise<boolean>;
  /** The authorisation under a pseudonym, by its `nymHashOf`. */
  readonly grantedTo: (nymHash: Bytes32) => Promise<SignedAuthorisation | undefined>;
  /**
   * Keeps an authorisation as its pseudonym's, and what was shown for it as long as it can be
   * traced; in one step with the question whether the pseudonym has none and nobody has come with
   * this account before. False, with nothing kept, if not: of two at once one is kept.
   */
  readonly grant: (signed: SignedAuthorisation, shown: ShownPresentation) => Promise<boolean>;
}

/** What the station keeps between M2 and M3. */
export interface StationStart {
  readonly message: Uint8Array;
  /** tr_2. */
  readonly transcript: Uint8Array;
  /** Hidden from logs and JSON. */
  readonly keys: SessionKeys;
}

/** M4, and what the station keeps until M5. */
export interface StationAnswered {
  readonly message: Uint8Array;
  /** Null after status 0. */
  readonly pending: PendingSession | null;
  /** Why status 0; for the station's own log. */
  readonly reason: CredentialError["code"] | null;
}

export interface PendingSession {
  /** tr_4. */
  readonly transcript: Uint8Array;
  readonly signed: SignedAuthorisation;
  /** Hidden from logs and JSON. */
  readonly keys: SessionKeys;
}

/**
 * M2, in answer to M1. `station` signs for the account of the certificate.
 * @throws CredentialError E_LENGTH, E_FIELD, E_POINT; RandomError E_RNG_DETERMINISTIC outside tests
 */
export async function answerHello(
  parameters: CredentialParameters,
  terms: StationTerms,
  station: Signer,
  received: Uint8Array,
  rng: Rng,
): Promise<StationStart> {
  assertProductionRng(rng);
  const theirs = helloFromBytes(received);
  assertElement(theirs.element);
  const ephemeral = ephemeralKey(rng);
  const { certificate, certificateSignature, roles, epoch } = terms;
  const nonce = randomBytesOf(rng, NONCE_BYTES);
  const policy = { scope: scopeOf(terms), roles, epoch };
  const { element } = ephemeral;
  const hello = { nonce, element, certificate, certificateSignature, policy };
  const first = transcriptAfter(transcriptStart(parameters), received);
  const domain = handshakeDomain(parameters.registry);
  const value = { transcript: helloHash(first, hello) };
  const signature = await station.signTypedData(domain, HELLO_TYPES, value);
  const message = signedHelloToBytes({ ...hello, signature });
  const transcript = transcriptAfter(first, message);
  const salt = concatBytes(theirs.nonce, nonce);
  const keys = sessionKeys(ephemeral, theirs.element, salt, transcript);
  return withHidden({ message, transcript }, { keys });
}

/**
 * M4, in answer to M3: status 1 with an authorisation, or status 0. An M2 has one answer; a vehicle
 * that has lost it begins anew and is given the same authorisation.
 * @throws CredentialError E_AEAD, E_LENGTH for an M3 of nobody who has the keys: there is nobody to
 *   answer; E_CHALLENGE for one that comes again
 */
export async function answerProof(
  parameters: CredentialParameters,
  terms: StationTerms,
  station: Signer,
  books: StationBooks,
  start: StationStart,
  received: Uint8Array,
  nowSeconds: number,
): Promise<StationAnswered> {
  const { keys, transcript } = start;
  const proof = proofFromBytes(openBox(keys.vehicleBox, received, transcript));
  if (!(await books.takeChallenge(bytesToHex(transcript)))) {
    throw refusal("E_CHALLENGE", "an M3 that is not answered yet");
  }
  const third = transcriptAfter(transcript, received);
  const decided = await decide(parameters, terms, station, books, transcript, proof, nowSeconds);
  const signed = decided instanceof CredentialError ? null : decided;
  const mac = confirmation(keys.stationMac, third);
  const message = sealBox(keys.stationBox, answerToBytes({ granted: signed, mac }), third);
  if (decided instanceof CredentialError) return { message, pending: null, reason: decided.code };
  const known = { transcript: transcriptAfter(third, message), signed: decided };
  return { message, pending: withHidden(known, { keys }), reason: null };
}

/**
 * The authorisation, once the vehicle has confirmed with M5: now the session counts, and may be
 * relayed to the chain.
 * @throws CredentialError E_CONFIRMATION
 */
export function confirmSession(pending: PendingSession, received: Uint8Array): SignedAuthorisation {
  assertConfirmation(pending.keys.vehicleMac, pending.transcript, received);
  return pending.signed;
}

/** The books in memory, for tests and for one process. */
export function memoryStationBooks(): StationBooks {
  const granted = new Map<Bytes32, SignedAuthorisation>();
  const accounts = new Set<Address>();
  const answered = new Set<Hex>();
  return {
    takeChallenge: (transcript) => {
      const isFirst = !answered.has(transcript);
      answered.add(transcript);
      return Promise.resolve(isFirst);
    },
    grantedTo: (nymHash) => Promise.resolve(granted.get(nymHash)),
    grant: (signed) => {
      const { account } = signed.authorisation;
      const nymHash = nymHashOf(signed.authorisation);
      const isFirst = !granted.has(nymHash) && !accounts.has(account);
      if (isFirst) {
        granted.set(nymHash, signed);
        accounts.add(account);
      }
      return Promise.resolve(isFirst);
    },
  };
}

/** An authorisation, or why not. */
async function decide(
  parameters: CredentialParameters,
  terms: StationTerms,
  station: Signer,
  books: StationBooks,
  transcript: Uint8Array,
  proof: VehicleProof,
  nowSeconds: number,
): Promise<SignedAuthorisation | CredentialError> {
  try {
    const demand = demandOf(terms, transcript, proof);
    const presentation = verifyPresentation(parameters, proof.presentation, demand);
    const authorisation = authorisationFor(terms, presentation, proof, nowSeconds);
    const { consent } = proof;
    const asked = { authorisation, signature: consent };
    if (authorisationSigner(parameters.registry, asked) !== proof.account) {
      throw refusal("E_SIGNATURE", "the account's own consent");
    }
    const signature = await signAuthorisation(parameters.registry, station, authorisation);
    const signed = { authorisation, signature, consent };
    return await granted(books, signed, { presentation: proof.presentation, demand });
  } catch (error) {
    if (error instanceof CredentialError) return error;
    throw error;
  }
}

function scopeOf({ certificate, place, slotStart, slotEnd }: StationTerms): Uint8Array {
  const stationId = certificate.participantId;
  return getBytes(stationScopeId({ stationId, place, slotStart, slotEnd }));
}

function demandOf(terms: StationTerms, transcript: Uint8Array, { account }: VehicleProof): Demand {
  const { roles, epoch } = terms;
  return { scope: scopeOf(terms), message: showMessage(transcript, account), roles, epoch };
}

/** @throws CredentialError E_TIME */
function authorisationFor(
  { certificate, place, slotStart, slotEnd, maxEnergyWh }: StationTerms,
  { nym, attributes }: Presentation,
  { account }: VehicleProof,
  nowSeconds: number,
): SessionAuthorisation {
  if (nowSeconds >= slotEnd) throw refusal("E_TIME", "a slot that is not over");
  if (BigInt(slotEnd) > certificate.validUntil) {
    throw refusal("E_TIME", "a certificate that runs until the slot ends");
  }
  return {
    account,
    role: attributes.role,
    place,
    slotStart,
    slotEnd,
    nym: nymDigest(nym.toBytes()),
    stationId: certificate.participantId,
    maxEnergyWh,
  };
}

/**
 * The authorisation that stands: this one, or the one that its account has already.
 * @throws CredentialError E_NYM_USED, E_MEMBER
 */
async function granted(
  books: StationBooks,
  signed: SignedAuthorisation,
  shown: ShownPresentation,
): Promise<SignedAuthorisation> {
  const nymHash = nymHashOf(signed.authorisation);
  const earlier = ownGrant(await books.grantedTo(nymHash), signed);
  if (earlier !== null) return earlier;
  if (await books.grant(signed, shown)) return signed;
  // Another handshake was faster, or the account is known.
  const faster = ownGrant(await books.grantedTo(nymHash), signed);
  if (faster !== null) return faster;
  throw refusal("E_MEMBER", "a fresh account");
}

/**
 * An earlier authorisation, if it is the same account's; null if there is none.
 * @throws CredentialError E_NYM_USED
 */
function ownGrant(
  earlier: SignedAuthorisation | undefined,
  { authorisation: { account, role } }: SignedAuthorisation,
): SignedAuthorisation | null {
  if (earlier === undefined) return null;
  const { authorisation } = earlier;
  if (authorisation.account === account && authorisation.role === role) return earlier;
  throw refusal("E_NYM_USED", "a pseudonym without an authorisation");
}

function refusal(code: CredentialError["code"], expected: string): CredentialError {
  return new CredentialError(code, `handshake: expected ${expected}, got another`);
}
