/**
 * The operations of credentials: what a vehicle, a station, the authority and a tracer compute. The
 * package that the rest of the bench compares with has none of them. The limit is the scalar
 * multiplications and the pairing that an operation consists of, bare, by the same library.
 *
 * Medians of one run are in `../../core/credential/README.md`.
 */
import { ed25519 } from "@noble/curves/ed25519.js";
import { id as hashOfText, Wallet } from "ethers";
import { issueCertificate, memoryGatewayBooks } from "../../core/credential/gateway.ts";
import { requestCertificate } from "../../core/credential/gatewayClient.ts";
import { BASE_G2, G, hashToG1, pairingsMatch, randomScalar } from "../../core/credential/group.ts";
import {
  acceptCredential,
  askToJoin,
  type Credential,
  generateHolderSecret,
  type HolderSecret,
} from "../../core/credential/holder.ts";
import { memoryStationBooks } from "../../core/credential/handshake/station.ts";
import type { StationTerms } from "../../core/credential/handshake/station.ts";
import type { ExpectedStation } from "../../core/credential/handshake/vehicle.ts";
import type { SignedAuthorisation } from "../../core/credential/handshake/authorisation.ts";
import {
  M1_BYTES,
  M2_BYTES,
  M3_BYTES,
  M4_BYTES,
  M5_BYTES,
} from "../../core/credential/handshake/handshakeMessages.ts";
import { generateIssuerKey, type IssuerKeyPair } from "../../core/credential/issuerKey.ts";
import {
  JOIN_ANSWER_BYTES,
  JOIN_REQUEST_BYTES,
  NONCE_BYTES,
} from "../../core/credential/joinRequest.ts";
import { generateSigningKey, type SigningKeyPair } from "../../core/credential/longTermKey.ts";
import { openShare } from "../../core/credential/opening.ts";
import {
  combineOpening,
  PARTIAL_OPENING_BYTES,
  type TraceRequest,
} from "../../core/credential/openingProof.ts";
import { acceptParameters, type CredentialParameters } from "../../core/credential/parameters.ts";
import { PRESENTATION_BYTES, presentationId } from "../../core/credential/presentation.ts";
import { admitMember, memoryRegister, type Register } from "../../core/credential/registrar.ts";
import { scopeId } from "../../core/credential/scope.ts";
import {
  SHORT_CERTIFICATE_BYTES,
  receiveMessage,
  signMessage,
} from "../../core/credential/shortCertificate.ts";
import { showCredential } from "../../core/credential/show.ts";
import { acceptShare, dealTracers, type TracerShare } from "../../core/credential/tracers.ts";
import { type Demand, verifyPresentation } from "../../core/credential/verify.ts";
import { shakeHands } from "../../market/handshake.ts";
import { PARTICIPANT_KINDS, type Certificate } from "../../core/messages/market.ts";
import { CERTIFICATE_TYPES, identityDomain } from "../../core/messages/typedData.ts";
import { bytesToHex } from "../../core/primitives/bytes.ts";
import { randomBytesOf, type Rng } from "../../core/primitives/random.ts";
import { type Side, sideOf } from "./measure.ts";
import { sized, type SizedOperation } from "./sizedOperation.ts";
import type { Part } from "./yardsticks.ts";
import { memberIdOf } from "../../core/credential/naming.ts";

const REGISTRY = { chainId: 31_337n, identities: `0x${"11".repeat(20)}` } as const;
const ATTRIBUTES = { role: "charge", epoch: 20_000 } as const;
const COUNT = { threshold: 2, members: 3 } as const;
const NOW = 1_728_000_000;
const HANDSHAKE_BYTES = M1_BYTES + M2_BYTES + M3_BYTES + M4_BYTES + M5_BYTES;

/** An authority, its tracers and one member. */
interface CredentialSubject {
  readonly rng: Rng;
  readonly parameters: CredentialParameters;
  readonly issuerKey: IssuerKeyPair;
  readonly shares: readonly TracerShare[];
  readonly register: Register;
  readonly member: {
    readonly longTermKey: SigningKeyPair;
    readonly holder: HolderSecret;
  };
}

/** Everything that a credential is for, as operations without a peer. */
export async function credentialOperations(rng: Rng): Promise<readonly SizedOperation[]> {
  const subject = subjectOf(rng);
  const answer = await admittedBy(subject, requestOf(subject));
  const credential = acceptedBy(subject, answer);
  const demand: Demand = { ...occasionOf(subject), epoch: ATTRIBUTES.epoch, roles: ["charge"] };
  const presentation = showCredential(subject.parameters, credential, demand, rng);
  const trace = { caseId: hashOfText("case"), presentation, demand };
  return [
    ...joining(subject, answer),
    ...showing(subject, credential, demand, presentation),
    ...(await tracing(subject, trace)),
    ...certifying(subject, credential),
    shakingHands(subject, credential, await stationOf()),
  ];
}

function joining(subject: CredentialSubject, answered: Uint8Array): readonly SizedOperation[] {
  const { rng } = subject;
  return [
    sized(JOIN_REQUEST_BYTES, {
      name: "ask to join",
      how: "J, V, a proof of both, a signature",
      unavoidable: "four multiplications in G1",
      inputs: [subject],
      ours: requestOf,
      right: (request) => request.length === JOIN_REQUEST_BYTES,
      limit: () => [multiplications(4, rng)],
    }),
    sized(JOIN_ANSWER_BYTES, {
      name: "admit a member",
      how: "checks a request that is made beside, and signs",
      unavoidable: "nine multiplications in G1, four of them the request's",
      inputs: [subject],
      ours: (one) => admittedBy(one, requestOf(one)),
      right: (answer) => answer.length === JOIN_ANSWER_BYTES,
      limit: () => [multiplications(9, rng)],
    }),
    sized(null, {
      name: "accept a credential",
      how: "one equation of pairings",
      unavoidable: "two pairings with one final power",
      inputs: [answered],
      ours: (answer) => acceptedBy(subject, answer),
      right: ({ usk }) => usk === subject.member.holder.usk,
      limit: () => [pairings(rng)],
    }),
  ];
}

function showing(
  { parameters, rng }: CredentialSubject,
  credential: Credential,
  demand: Demand,
  presentation: Uint8Array,
): readonly SizedOperation[] {
  return [
    sized(PRESENTATION_BYTES, {
      name: "show a credential",
      how: "with escrow and pseudonym",
      unavoidable: "fifteen multiplications in G1",
      inputs: [credential],
      ours: (one) => showCredential(parameters, one, demand, rng),
      right: (bytes) => verifyPresentation(parameters, bytes, demand).attributes.role === "charge",
      limit: () => [multiplications(15, rng)],
    }),
    sized(null, {
      name: "verify a presentation",
      how: "five points decoded, four equations, one of pairings",
      unavoidable: "six double multiplications in G1, two pairings with one final power",
      inputs: [presentation],
      ours: (bytes) => verifyPresentation(parameters, bytes, demand),
      right: ({ attributes }) => attributes.epoch === ATTRIBUTES.epoch,
      limit: () => [multiplications(6, rng), pairings(rng)],
    }),
  ];
}

async function tracing(
  { parameters, shares, rng }: CredentialSubject,
  request: TraceRequest,
): Promise<readonly SizedOperation[]> {
  const approved = bytesToHex(presentationId(request.presentation));
  const cases = { approvedPresentation: () => Promise.resolve(approved) };
  const part = (share: TracerShare): Promise<Uint8Array> =>
    openShare(parameters, share, request, cases, rng);
  const parts = await Promise.all(shares.slice(0, COUNT.threshold).map(part));
  return [
    sized(PARTIAL_OPENING_BYTES, {
      name: "open as one tracer",
      how: "verifies the presentation, then one part with its proof",
      unavoidable: "nine multiplications in G1, two pairings with one final power",
      inputs: shares,
      ours: part,
      right: (bytes) => bytes.length === PARTIAL_OPENING_BYTES,
      limit: () => [multiplications(9, rng), pairings(rng)],
    }),
    sized(null, {
      name: "combine an opening",
      how: "two of three: verifies the presentation and both parts",
      unavoidable: "twelve multiplications in G1, two pairings with one final power",
      inputs: [parts],
      ours: (bytes) => combineOpening(parameters, request, bytes),
      right: ({ refused }) => refused.length === 0,
      limit: () => [multiplications(12, rng), pairings(rng)],
    }),
  ];
}

function certifying(
  { parameters, rng }: CredentialSubject,
  credential: Credential,
): readonly SizedOperation[] {
  const [gatewayKey, key] = [generateSigningKey(rng), generateSigningKey(rng)];
  const gatewayId = hashOfText("gateway");
  const terms = { gatewayId, slot: 1, epoch: ATTRIBUTES.epoch, roles: ["charge"] } as const;
  const challenge = new Uint8Array(32);
  const asked = [parameters, credential, terms, challenge, key.publicKey] as const;
  const bytes = requestCertificate(...asked, rng);
  const request = { bytes, challenge };
  const books = {
    ...memoryGatewayBooks(new Map()),
    spendChallenge: () => true,
    takeNym: () => true,
  };
  const issue = (): Uint8Array =>
    issueCertificate(parameters, terms, gatewayKey, books, request, NOW, rng);
  const message = signMessage(issue(), key, 1_000 * NOW, new Uint8Array(32));
  const gateway = { id: gatewayId, key: gatewayKey.publicKey };
  return [
    sized(SHORT_CERTIFICATE_BYTES, {
      name: "issue a short certificate",
      how: "verifies a presentation and signs",
      unavoidable: "six double multiplications in G1, two pairings with one final power",
      inputs: [request],
      ours: issue,
      right: (certificate) => certificate.length === SHORT_CERTIFICATE_BYTES,
      limit: () => [multiplications(6, rng), pairings(rng)],
    }),
    sized(null, {
      name: "receive a message",
      how: "two signatures of Ed25519, nothing kept",
      unavoidable: "four multiplications in Ed25519",
      inputs: [message],
      ours: (one) => receiveMessage(parameters, one, gateway, 1_000 * NOW, () => false),
      right: ({ sentMs }) => sentMs === 1_000 * NOW,
      limit: () => [{ times: 4, side: edwardsMultiplication(rng) }],
    }),
  ];
}

/** All five messages, both sides, with the signatures of accounts; nothing of the network. */
function shakingHands(
  { parameters, rng }: CredentialSubject,
  credential: Credential,
  { terms, expected, station, account }: Meeting,
): SizedOperation {
  return sized(HANDSHAKE_BYTES, {
    name: "shake hands",
    how: "both sides, five messages",
    unavoidable: "21 multiplications in G1, two pairings with one final power",
    inputs: [expected],
    ours: (one): Promise<SignedAuthorisation> => {
      const vehicle = { expected: one, credential, account, rng };
      const store = memoryStationBooks();
      return shakeHands(parameters, vehicle, { terms, wallet: station, store, rng });
    },
    right: ({ authorisation }) => authorisation.account === account.address,
    limit: () => [multiplications(21, rng), pairings(rng)],
  });
}

interface Meeting {
  readonly terms: StationTerms;
  readonly expected: ExpectedStation;
  readonly station: Wallet;
  readonly account: Wallet;
}

async function stationOf(): Promise<Meeting> {
  const [authority, station, account] = ["authority", "station", "account"].map(
    (name) => new Wallet(hashOfText(name)),
  );
  if (authority === undefined || station === undefined || account === undefined) {
    throw new RangeError("stationOf: expected three wallets, got fewer");
  }
  const certificate: Certificate = {
    account: station.address,
    participantId: hashOfText("station id"),
    kind: BigInt(PARTICIPANT_KINDS.indexOf("pile")),
    pileKind: 1n,
    ratedPowerW: 11_000n,
    siteCommitment: hashOfText("site"),
    validUntil: BigInt(NOW + 86_400),
    relayBy: BigInt(NOW + 86_400),
    serial: 1n,
  };
  const domain = identityDomain(REGISTRY.chainId, REGISTRY.identities);
  const certificateSignature = await authority.signTypedData(
    domain,
    CERTIFICATE_TYPES,
    certificate,
  );
  const slot = { place: hashOfText("area"), slotStart: NOW, slotEnd: NOW + 1_800 };
  const agreed = { ...slot, epoch: ATTRIBUTES.epoch, maxEnergyWh: 40_000 };
  return {
    terms: { certificate, certificateSignature, roles: ["charge"], ...agreed },
    expected: {
      authority: authority.address,
      stationId: certificate.participantId,
      siteCommitment: certificate.siteCommitment,
      nowSeconds: NOW,
      ...agreed,
    },
    station,
    account,
  };
}

function subjectOf(rng: Rng): CredentialSubject {
  const issuerKey = generateIssuerKey(rng);
  const { published, shares } = dealTracers(COUNT, 0, rng);
  const dealings = [published];
  const keys = { registry: REGISTRY, issuerKey: issuerKey.publicKey, dealings };
  const longTermKey = generateSigningKey(rng);
  const memberId = memberIdOf(longTermKey.publicKey);
  const known = { roles: [ATTRIBUTES.role] };
  return {
    rng,
    parameters: acceptParameters({ ...COUNT, ...keys }),
    issuerKey,
    shares: shares.map((share, i) => acceptShare(COUNT, i + 1, [{ dealing: published, share }])),
    register: memoryRegister(new Map([[memberId, known]]), 0),
    member: { longTermKey, holder: generateHolderSecret(rng) },
  };
}

function occasionOf({ parameters }: CredentialSubject): Pick<Demand, "scope" | "message"> {
  const scope = scopeId(parameters, { service: "bench", place: hashOfText("place"), slot: 1 });
  return { scope, message: new Uint8Array(64) };
}

function requestOf({ parameters, member, rng }: CredentialSubject): Uint8Array {
  const { longTermKey, holder } = member;
  const terms = { nonce: randomBytesOf(rng, NONCE_BYTES), attributes: ATTRIBUTES };
  return askToJoin(parameters, holder, longTermKey, terms, rng);
}

function admittedBy(
  { parameters, issuerKey, register, rng }: CredentialSubject,
  request: Uint8Array,
): Promise<Uint8Array> {
  return admitMember(parameters, issuerKey, register, ATTRIBUTES, request, rng);
}

function acceptedBy({ parameters, member }: CredentialSubject, answer: Uint8Array): Credential {
  return acceptCredential(parameters, member.holder, ATTRIBUTES, answer);
}

/** By a secret scalar, of a point without a table. */
function multiplications(times: number, rng: Rng): Part {
  const [point, scalar] = [hashToG1(Uint8Array.of(1)), randomScalar(rng)];
  return { times, side: sideOf(() => point.multiply(scalar)) };
}

function edwardsMultiplication(rng: Rng): Side {
  const { Point } = ed25519;
  const point = Point.BASE.double();
  const scalar = Point.Fn.create(randomScalar(rng));
  return sideOf(() => point.multiplyUnsafe(scalar));
}

/** One equation: two Miller loops and the power that ends them. */
function pairings(rng: Rng): Part {
  const scalar = randomScalar(rng);
  const [one, two] = [G.multiply(scalar), BASE_G2.multiply(scalar)];
  return { times: 1, side: sideOf(() => pairingsMatch(G, two, one)) };
}
