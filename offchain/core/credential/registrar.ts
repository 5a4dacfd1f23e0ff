/**
 * The issuer's side of joining: who may be a member, under which identifier, and the signature that
 * makes one. The register keeps the member's own signed request for every identifier; it is what an
 * opening is looked up in. A member has one identifier an epoch, so one pseudonym a scope, and
 * nobody has another's. Who is not let in for the next epoch is out when this one ends.
 */
import { getBytes } from "ethers";
import { LONGEST_AUTHORISATION_SECONDS } from "../messages/lifetimes.ts";
import type { Bytes32 } from "../messages/market.ts";
import { bytesToHex, concatBytes, type Hex, utf8 } from "../primitives/bytes.ts";
import { assertProductionRng, type Rng } from "../primitives/random.ts";
import { attributesPoint, type Role } from "./attributes.ts";
import { CredentialError } from "./credentialError.ts";
import { BASE_G2, encodeScalar, hedgedScalars, inverse, type PointG1, reduced } from "./group.ts";
import type { IssuerKeyPair } from "./issuerKey.ts";
import {
  assertJoinRequest,
  joinAnswerToBytes,
  type JoinRequest,
  joinRequestFromBytes,
} from "./joinRequest.ts";
import { memberIdOf, namingChallenge, type Naming } from "./naming.ts";
import type { CredentialParameters } from "./parameters.ts";

/** What the registrar knows of a person or a car. */
export interface Member {
  readonly roles: readonly Role[];
}

/** The registrar's books; handed in. */
export interface Register {
  /** Nobody for who may not join, or may not any more. */
  readonly memberOf: (memberId: Bytes32) => Promise<Member | undefined>;
  /**
   * Whether the nonce of a request has never come before; it is spent afterwards, for good. Of two
   * at once one is told so.
   */
  readonly spendNonce: (nonce: Hex) => Promise<boolean>;
  /**
   * Enters a request, in one step with the question whether its identifier is the member's alone
   * and the member has no other in the epoch, nor in one so near that an authorisation of the one
   * outlasts the other's beginning (`restEpochs`): it would have two pseudonyms in one scope.
   * False, with nothing entered, if not; the same again is entered again. Entries are kept for
   * good, as an opening is looked up in them.
   */
  readonly record: (entry: RegisterEntry) => Promise<boolean>;
}

export interface RegisterEntry {
  readonly memberId: Bytes32;
  readonly epoch: number;
  readonly identifier: Hex;
  /** The signed request, whole. */
  readonly request: Uint8Array;
}

/**
 * The registrar's word that a name is a member's, which the member keeps. Run by the registrar when
 * it has looked at somebody's papers: once a name, and never again under another key.
 * @throws RandomError E_RNG_DETERMINISTIC outside tests
 */
export function nameMember(
  parameters: CredentialParameters,
  { secret }: IssuerKeyPair,
  named: Omit<Naming, "signature">,
  rng: Rng,
): Naming {
  assertProductionRng(rng);
  const said = [utf8("naming"), parameters.id, getBytes(named.memberId), utf8(named.name)];
  const [k = 0n] = hedgedScalars(rng, 1, [secret], ...said);
  const c = namingChallenge(parameters, named, BASE_G2.multiply(k));
  const signature = concatBytes(encodeScalar(c), encodeScalar(reduced(k + c * secret)));
  return { ...named, signature };
}

/**
 * The answer to a request: A ‖ e with A = 1/(γ + e)·(P1 + J + role·H2 + epoch·H3). Run by the
 * registrar with the issuer's key. Asked again in one epoch, a member gets another signature on the
 * same usk, which gives it nothing new.
 * @throws CredentialError of `joinRequestFromBytes` and `assertJoinRequest`; E_CHALLENGE, E_EPOCH,
 *   E_MEMBER, E_ROLE, E_IDENTIFIER; RandomError E_RNG_DETERMINISTIC outside tests
 */
export async function admitMember(
  parameters: CredentialParameters,
  issuerKey: IssuerKeyPair,
  register: Register,
  now: { readonly epoch: number },
  bytes: Uint8Array,
  rng: Rng,
): Promise<Uint8Array> {
  assertProductionRng(rng);
  const request = joinRequestFromBytes(bytes);
  await assertAdmissible(parameters, register, now.epoch, request);
  const memberId = memberIdOf(request.longTermKey);
  // Whether it can be signed is known before anything is entered, and the nonce is not spent on
  // what is refused: who sends a damaged request first does not spoil the true one.
  const answer = signatureOn(request, bytes, issuerKey.secret, rng);
  if (!(await register.spendNonce(bytesToHex(request.nonce)))) {
    throw refusal("E_CHALLENGE", "a request that was not answered before");
  }
  const identifier = bytesToHex(request.identifier.toBytes());
  const entry = { memberId, epoch: now.epoch, identifier, request: bytes };
  if (await register.record(entry)) return answer;
  throw refusal("E_IDENTIFIER", "an identifier of the member's alone");
}

/** For how many epochs after its last one a member keeps its identifier. */
export function restEpochs(epochSeconds: number): number {
  return Math.ceil(LONGEST_AUTHORISATION_SECONDS / epochSeconds);
}

/** The books in memory, for tests and for one process. @param rest of `restEpochs` */
export function memoryRegister(members: ReadonlyMap<Bytes32, Member>, rest: number): Register {
  const nonces = new Set<Hex>();
  const holders = new Map<Hex, Bytes32>();
  const identifiers = new Map<string, Hex>();
  // Nothing is awaited between question and entry.
  const enter = ({ memberId, epoch, identifier }: RegisterEntry): boolean => {
    const around = Array.from({ length: 2 * rest + 1 }, (_, i) => epoch - rest + i);
    const others = (holders.get(identifier) ?? memberId) !== memberId;
    const second = around.some((one) => {
      return (identifiers.get(`${memberId}/${one}`) ?? identifier) !== identifier;
    });
    if (others || second) return false;
    holders.set(identifier, memberId);
    identifiers.set(`${memberId}/${epoch}`, identifier);
    return true;
  };
  return {
    memberOf: (memberId) => Promise.resolve(members.get(memberId)),
    spendNonce: (nonce) => {
      const isNew = !nonces.has(nonce);
      nonces.add(nonce);
      return Promise.resolve(isNew);
    },
    record: (entry) => Promise.resolve(enter(entry)),
  };
}

async function assertAdmissible(
  parameters: CredentialParameters,
  register: Register,
  epoch: number,
  request: JoinRequest,
): Promise<void> {
  const { longTermKey, attributes } = request;
  if (attributes.epoch !== epoch) throw refusal("E_EPOCH", "the epoch that is issued");
  const member = await register.memberOf(memberIdOf(longTermKey));
  if (member === undefined) throw refusal("E_MEMBER", "somebody who may join");
  if (!member.roles.includes(attributes.role)) throw refusal("E_ROLE", "a role of the member");
  assertJoinRequest(parameters, request);
}

/**
 * `e` is drawn for this very request: two signatures with one e would add up to a third, of a
 * member in no register.
 */
function signatureOn(request: JoinRequest, bytes: Uint8Array, gamma: bigint, rng: Rng): Uint8Array {
  const [e = 0n] = hedgedScalars(rng, 1, [gamma], utf8("e"), bytes);
  const sum = reduced(gamma + e);
  if (sum === 0n) return signatureOn(request, bytes, gamma, rng);
  return joinAnswerToBytes(committedPoint(request).multiply(inverse(sum)), e);
}

/** C = P1 + J + role·H2 + epoch·H3. */
function committedPoint({ commitment, attributes }: JoinRequest): PointG1 {
  const point = attributesPoint(attributes).add(commitment);
  if (!point.is0()) return point;
  throw refusal("E_IDENTIFIER", "a commitment that can be signed");
}

function refusal(code: CredentialError["code"], expected: string): CredentialError {
  return new CredentialError(code, `admitMember: expected ${expected}, got another`);
}
