/**
 * The station's side of a handshake: an aggregator, a matcher or a pile. It learns that somebody
 * may trade, in which role, and one pseudonym for this scope; it gives one live authorisation a
 * pseudonym, and gives the same again to whoever lost it on the way. It holds the session inactive
 * until the vehicle has confirmed. Whatever is wrong, the vehicle is told status 0 and nothing
 * else.
 */
import type { Signer } from "ethers";
import type { Address, Bytes32, Certificate } from "../../messages/market.ts";
import { identityDomain } from "../../messages/typedData.ts";
import { bytesToHex, concatBytes, type Hex } from "../../primitives/bytes.ts";
import { withHidden } from "../../primitives/hidden.ts";
import { assertProductionRng, randomBytesOf, type Rng } from "../../primitives/random.ts";
import type { Role } from "../attributes.ts";
import { CredentialError } from "../credentialError.ts";
import type { CredentialParameters } from "../parameters.ts";
import type { Presentation } from "../presentation.ts";
import { type Scope, scopeId } from "../scope.ts";
import { type Demand, verifyPresentation } from "../verify.ts";
import {
  authorisationMessage,
  nymHashOf,
  SESSION_AUTHORISATION_TYPES,
  type SessionAuthorisation,
  type SignedAuthorisation,
} from "./authorisation.ts";
import {
  answerToBytes,
  handshakeDomain,
  HELLO_TYPES,
  helloFromBytes,
  helloHash,
  NONCE_BYTES,
  possessionSigner,
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

/** A station, and what it grants in a slot. Times in unix seconds. */
export interface StationTerms {
  /** Its certificate, as the registry has it. */
  readonly certificate: Certificate;
  readonly certificateSignature: string;
  readonly scope: Scope;
  readonly roles: readonly Role[];
  readonly epoch: number;
  /** No authorisation counts for longer than the scope's slot. */
  readonly slotEnds: number;
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
  /** The last authorisation under a pseudonym. */
  readonly grantedTo: (nymHash: Bytes32) => Promise<SignedAuthorisation | undefined>;
  /**
   * Keeps an authorisation as the one after `earlier` (undefined for a pseudonym's first), and what
   * was shown for it as long as it can be traced; in one step with the question whether `earlier`
   * is still the last one and nobody has come with this account before, here or on chain. False,
   * with nothing kept, if not: of two at once one is kept.
   */
  readonly grant: (
    signed: SignedAuthorisation,
    shown: ShownPresentation,
    earlier: SignedAuthorisation | undefined,
  ) => Promise<boolean>;
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
  const policy = { scope: scopeId(parameters, terms.scope), roles, epoch };
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
  const message = sealBox(keys.stationBox, answerToBytes({ signed, mac }), third);
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
    grant: (signed, _shown, earlier) => {
      const { nymHash, account } = signed.authorisation;
      const isNext = granted.get(nymHash) === earlier && !accounts.has(account);
      if (isNext) {
        granted.set(nymHash, signed);
        accounts.add(account);
      }
      return Promise.resolve(isNext);
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
    const demand = demandOf(parameters, terms, transcript, proof);
    const presentation = verifyPresentation(parameters, proof.presentation, demand);
    if (possessionSigner(parameters.registry, transcript, proof) !== proof.account) {
      throw refusal("E_SIGNATURE", "the account's own signature");
    }
    const authorisation = authorisationFor(terms, demand, presentation, proof, nowSeconds);
    const signed = await signAuthorisation(parameters, station, authorisation);
    return await granted(books, signed, { presentation: proof.presentation, demand }, nowSeconds);
  } catch (error) {
    if (error instanceof CredentialError) return error;
    throw error;
  }
}

function demandOf(
  parameters: CredentialParameters,
  { scope, roles, epoch }: StationTerms,
  transcript: Uint8Array,
  { account }: VehicleProof,
): Demand {
  const message = showMessage(transcript, account);
  return { scope: scopeId(parameters, scope), message, roles, epoch };
}

function authorisationFor(
  { certificate, slotEnds, maxEnergyWh }: StationTerms,
  { scope }: Demand,
  { nym, attributes }: Presentation,
  { account }: VehicleProof,
  nowSeconds: number,
): SessionAuthorisation {
  const notAfter = Math.min(slotEnds, Number(certificate.validUntil));
  if (nowSeconds >= notAfter) throw refusal("E_TIME", "a running slot");
  return {
    account,
    role: attributes.role,
    scope: bytesToHex(scope),
    nymHash: nymHashOf(scope, nym.toBytes()),
    stationId: certificate.participantId,
    notBefore: nowSeconds,
    notAfter,
    maxEnergyWh,
  };
}

/**
 * The authorisation that stands: this one, or the live one that its account has already.
 * @throws CredentialError E_NYM_USED, E_MEMBER
 */
async function granted(
  books: StationBooks,
  signed: SignedAuthorisation,
  shown: ShownPresentation,
  nowSeconds: number,
): Promise<SignedAuthorisation> {
  const { nymHash } = signed.authorisation;
  const earlier = await books.grantedTo(nymHash);
  const live = liveGrant(earlier, signed, nowSeconds);
  if (live !== null) return live;
  if (await books.grant(signed, shown, earlier)) return signed;
  // Another handshake was faster, or the account is known.
  const faster = liveGrant(await books.grantedTo(nymHash), signed, nowSeconds);
  if (faster !== null) return faster;
  throw refusal("E_MEMBER", "a fresh account");
}

/**
 * An earlier authorisation that still counts, if it is the same account's; null if none does.
 * @throws CredentialError E_NYM_USED
 */
function liveGrant(
  earlier: SignedAuthorisation | undefined,
  { authorisation: { account, role } }: SignedAuthorisation,
  nowSeconds: number,
): SignedAuthorisation | null {
  if (earlier === undefined || earlier.authorisation.notAfter <= nowSeconds) return null;
  const { authorisation } = earlier;
  if (authorisation.account === account && authorisation.role === role) return earlier;
  throw refusal("E_NYM_USED", "a pseudonym without a live authorisation");
}

async function signAuthorisation(
  { registry }: CredentialParameters,
  station: Signer,
  authorisation: SessionAuthorisation,
): Promise<SignedAuthorisation> {
  const domain = identityDomain(registry.chainId, registry.identities);
  const message = authorisationMessage(authorisation);
  const signature = await station.signTypedData(domain, SESSION_AUTHORISATION_TYPES, message);
  return { authorisation, signature };
}

function refusal(code: CredentialError["code"], expected: string): CredentialError {
  return new CredentialError(code, `handshake: expected ${expected}, got another`);
}
