/**
 * The tracers' key, shared so that t of m together can trace and fewer cannot: θ = F(0) of a
 * polynomial F of degree t − 1, tracer a has θ_a = F(a), and T = θ·G is public with T_a = θ_a·G for
 * all. F is a sum of polynomials, one from each of one or more dealers, so that θ is known to
 * nobody unless all dealers collude; one dealer and t = m = 1 is a single tracer.
 *
 *   dealing d     f_d random of degree t − 1,  C_dj = f_dj·G,  proof of f_d0,  share f_d(a) to tracer a in private
 *   check         f_d(a)·G = Σ_j a^j·C_dj
 *   key           C_j = Σ_d C_dj,  T = C_0,  T_a = Σ_j a^j·C_j,  θ_a = Σ_d f_d(a)
 *
 * A tracer that gets a wrong share publishes it, and the dealing is left out: the shares of the
 * others stay good.
 *
 * Source: Shamir 1979, Feldman 1987, Pedersen 1991. The last dealer to speak can bias T; what T is
 * used for (ElGamal with a proof) does not mind.
 */
import { concatBytes } from "../primitives/bytes.ts";
import { withHidden } from "../primitives/hidden.ts";
import { assertProductionRng, type Rng } from "../primitives/random.ts";
import { CredentialError } from "./credentialError.ts";
import {
  assertEquality,
  EQUALITY_PROOF_BYTES,
  equalityProofFromBytes,
  equalityProofToBytes,
  type EqualityStatement,
  proveEquality,
} from "./equality.ts";
import {
  decodeG1,
  decodeSecret,
  encodeScalar,
  G,
  G1_BYTES,
  inverse,
  type PointG1,
  randomScalar,
  reduced,
} from "./group.ts";
import { readerOf } from "./wire.ts";

/** t of m. */
export interface TracerCount {
  readonly threshold: number;
  readonly members: number;
}

/** What everybody knows of the tracers. */
export interface TracerKeys extends TracerCount {
  /** T. */
  readonly point: PointG1;
  /** T_1 … T_m. */
  readonly memberPoints: readonly PointG1[];
}

/** What one tracer knows. */
export interface TracerShare {
  /** a, from 1. */
  readonly index: number;
  /** θ_a; hidden from logs and JSON. */
  readonly secret: bigint;
}

export interface Dealing {
  /** t ‖ m ‖ dealer ‖ C_0 … C_{t−1} ‖ proof of the logarithm of C_0; published. */
  readonly published: Uint8Array;
  /**
   * 32 bytes for each tracer, in the order of their indices; each sent to its tracer alone. Hidden
   * from logs and JSON.
   */
  readonly shares: readonly Uint8Array[];
}

const MOST_MEMBERS = 255;
const HEAD_BYTES = 3;

/**
 * Run by dealer `dealer` (0 … 255).
 * @throws CredentialError E_FIELD; RandomError E_RNG_DETERMINISTIC outside tests
 */
export function dealTracers(count: TracerCount, dealer: number, rng: Rng): Dealing {
  assertProductionRng(rng);
  assertCount(count);
  const secrets = Array.from({ length: count.threshold }, () => randomScalar(rng));
  const commitments = secrets.map((secret) => G.multiply(secret));
  const head = Uint8Array.of(count.threshold, count.members, dealer);
  const [constant = 0n] = secrets;
  const proof = proveEquality(possession(head, commitments), constant, rng);
  const published = concatBytes(
    head,
    ...commitments.map((point) => point.toBytes()),
    equalityProofToBytes(proof),
  );
  const shares = indices(count).map((a) => encodeScalar(valueAt(secrets, a)));
  return withHidden({ published }, { shares });
}

/**
 * The public key of published dealings: the same for everybody who has the same list.
 * @throws CredentialError E_LENGTH, E_POINT, E_SCALAR, E_FIELD, E_PROOF; E_SHARE if there is none,
 *   two are one dealer's, or they sum to the identity.
 */
export function acceptTracers(count: TracerCount, dealings: readonly Uint8Array[]): TracerKeys {
  const parsed = dealings.map((bytes) => parseDealing(count, bytes));
  const sums = sumsOf(parsed, count.threshold);
  const [point] = sums;
  const memberPoints = indices(count).map((a) => commitmentAt(sums, a));
  const distinct = new Set(parsed.map(({ dealer }) => dealer)).size === parsed.length;
  if (point !== undefined && distinct && ![point, ...memberPoints].some((one) => one.is0())) {
    return { ...count, point, memberPoints };
  }
  throw new CredentialError("E_SHARE", "acceptTracers: expected dealings of distinct dealers");
}

/**
 * The share of tracer `index`, from what each dealer of the list sent to it. Run by the tracer.
 * @throws CredentialError as `acceptTracers`; E_SHARE for a share that does not fit its dealing:
 *   publish it.
 */
export function acceptShare(
  count: TracerCount,
  index: number,
  received: readonly { readonly dealing: Uint8Array; readonly share: Uint8Array }[],
): TracerShare {
  if (!indices(count).includes(index)) throw fieldError("acceptShare", "an index of a tracer");
  const values = received.map(({ dealing, share }) => {
    const value = decodeSecret("share of a tracer", share);
    const { commitments } = parseDealing(count, dealing);
    if (!G.multiply(value).equals(commitmentAt(commitments, index))) throw shareError();
    return value;
  });
  if (values.length === 0) throw shareError();
  const secret = reduced(values.reduce((sum, value) => sum + value, 0n));
  return withHidden({ index }, { secret });
}

/** λ_a at 0 for the tracers of `among`: Π b/(b − a) over the others. */
export function lagrangeWeight(a: number, among: readonly number[]): bigint {
  const others = among.filter((b) => b !== a).map(BigInt);
  const above = others.reduce((product, b) => product * b, 1n);
  const below = others.reduce((product, b) => product * (b - BigInt(a)), 1n);
  return reduced(reduced(above) * inverse(reduced(below)));
}

interface ParsedDealing {
  readonly dealer: number;
  readonly commitments: readonly PointG1[];
}

function parseDealing({ threshold, members }: TracerCount, bytes: Uint8Array): ParsedDealing {
  assertCount({ threshold, members });
  const width = HEAD_BYTES + threshold * G1_BYTES + EQUALITY_PROOF_BYTES;
  const { take } = readerOf("dealing of tracers", bytes, width);
  const head = take(HEAD_BYTES);
  const [t, m, dealer = 0] = head;
  if (t !== threshold || m !== members) throw fieldError("dealing of tracers", "the same t and m");
  const commitments = Array.from({ length: threshold }, () =>
    decodeG1("dealing of tracers", take(G1_BYTES)),
  );
  const proof = equalityProofFromBytes(take(EQUALITY_PROOF_BYTES));
  assertEquality(possession(head, commitments), proof);
  return { dealer, commitments };
}

/**
 * The proof covers all commitments and the dealer, so that nobody can repeat another's dealing as
 * its own.
 */
function possession(head: Uint8Array, commitments: readonly PointG1[]): EqualityStatement {
  return {
    label: "EVCRED-v1/dealing",
    context: [head, ...commitments.map((point) => point.toBytes())],
    bases: [G],
    images: commitments.slice(0, 1),
  };
}

function sumsOf(dealings: readonly ParsedDealing[], threshold: number): readonly PointG1[] {
  return Array.from({ length: threshold }, (_, j) =>
    dealings
      .flatMap(({ commitments }) => commitments.slice(j, j + 1))
      .reduce((sum, point) => sum.add(point), G.subtract(G)),
  );
}

/** Σ_j a^j·C_j, by Horner. */
function commitmentAt(commitments: readonly PointG1[], a: number): PointG1 {
  return commitments.reduceRight(
    (sum, commitment) => sum.multiplyUnsafe(BigInt(a)).add(commitment),
    G.subtract(G),
  );
}

function valueAt(coefficients: readonly bigint[], a: number): bigint {
  return coefficients.reduceRight((sum, coefficient) => reduced(sum * BigInt(a) + coefficient), 0n);
}

function indices({ members }: TracerCount): readonly number[] {
  return Array.from({ length: members }, (_, i) => i + 1);
}

function assertCount({ threshold, members }: TracerCount): void {
  const whole = Number.isInteger(threshold) && Number.isInteger(members);
  if (whole && threshold >= 1 && threshold <= members && members <= MOST_MEMBERS) return;
  throw fieldError("tracers", `1 ≤ t ≤ m ≤ ${MOST_MEMBERS}`);
}

function fieldError(what: string, expected: string): CredentialError {
  return new CredentialError("E_FIELD", `${what}: expected ${expected}, got another`);
}

function shareError(): CredentialError {
  return new CredentialError("E_SHARE", "acceptShare: expected shares that fit, got another");
}
