/**
 * What tracers have found, as anyone can put it together and check it: the accused, a court,
 * whoever is asked to believe it. Tracer a gives O_a = θ_a·E1 with a proof that it used the share
 * behind T_a (`opening.ts`); t of them give
 *
 *   θ·E1 = Σ λ_a·O_a,    V = E2 − θ·E1
 *
 * With t = m = 1 the proof of the one part is the proof that log_G T = log_E1 (E2 − V). Nobody can
 * be accused by a wrong part: it is refused, and named. Nothing here opens anything.
 *
 * Source: ElGamal 1985 with shares (Desmedt–Frankel 1989), proofs of Chaum–Pedersen 1992; put
 * together by us.
 */
import { getBytes } from "ethers";
import type { Bytes32 } from "../messages/market.ts";
import { bytesToHex, concatBytes, type Hex } from "../primitives/bytes.ts";
import { CredentialError } from "./credentialError.ts";
import {
  assertEquality,
  EQUALITY_PROOF_BYTES,
  type EqualityProof,
  equalityProofFromBytes,
  equalityProofToBytes,
  type EqualityStatement,
} from "./equality.ts";
import { decodeG1, G, G1_BYTES, type PointG1 } from "./group.ts";
import type { CredentialParameters } from "./parameters.ts";
import { type Presentation, presentationId } from "./presentation.ts";
import { lagrangeWeight, type TracerKeys } from "./tracers.ts";
import { type Demand, verifyPresentation } from "./verify.ts";
import { readerOf } from "./wire.ts";

/** What is to be traced: a presentation, what it was shown for, and the case that asks. */
export interface TraceRequest {
  readonly caseId: Bytes32;
  readonly presentation: Uint8Array;
  /** As the verifier demanded at the time. */
  readonly demand: Demand;
}

/** One tracer's part: index ‖ O_a ‖ proof. */
export const PARTIAL_OPENING_BYTES = 1 + G1_BYTES + EQUALITY_PROOF_BYTES;

/** Who it was, and what proves it. */
export interface Opening {
  /** V, by which the register knows its member. */
  readonly identifier: Hex;
  /** Exactly t valid parts, each `PARTIAL_OPENING_BYTES`. */
  readonly parts: readonly Uint8Array[];
}

/** An opening, and which parts were not believed, by their places in what came. */
export interface CombinedOpening extends Opening {
  readonly refused: readonly number[];
}

/** A part, read. */
export interface PartialOpening {
  readonly index: number;
  readonly point: PointG1;
  readonly proof: EqualityProof;
}

/**
 * The opening from the tracers' parts; wrong and repeated ones are left out and named. Run by
 * anyone.
 * @throws CredentialError those of `verifyPresentation`; E_THRESHOLD for fewer than t valid parts
 */
export function combineOpening(
  parameters: CredentialParameters,
  request: TraceRequest,
  parts: readonly Uint8Array[],
): CombinedOpening {
  const presentation = verifyPresentation(parameters, request.presentation, request.demand);
  const seen = new Set<number>();
  const checked = parts.map((bytes) => {
    const part = validPart(parameters, request, presentation.e1, bytes);
    if (part === null || seen.has(part.index)) return null;
    seen.add(part.index);
    return { bytes, part };
  });
  const valid = checked.filter((one) => one !== null).slice(0, parameters.tracers.threshold);
  const refused = checked.flatMap((one, place) => (one === null ? [place] : []));
  const identifier = identifierOf(
    parameters.tracers,
    presentation,
    valid.map(({ part }) => part),
  );
  return { identifier, parts: valid.map(({ bytes }) => bytes), refused };
}

/**
 * Whether an opening is true. Run by anyone who is asked to believe it, the accused first.
 * @throws CredentialError as `combineOpening`; E_PROOF for a wrong part or another identifier
 */
export function verifyOpening(
  parameters: CredentialParameters,
  request: TraceRequest,
  opening: Opening,
): void {
  const { identifier, refused } = combineOpening(parameters, request, opening.parts);
  const exact = opening.parts.length === parameters.tracers.threshold && refused.length === 0;
  if (exact && identifier === opening.identifier) return;
  throw new CredentialError("E_PROOF", "verifyOpening: expected a true opening, got another");
}

/** What a tracer proves of its part. */
export function partStatement(
  { id, tracers }: CredentialParameters,
  { caseId, presentation }: TraceRequest,
  e1: PointG1,
  index: number,
  point: PointG1,
): EqualityStatement {
  return {
    label: "EVCRED-v1/open",
    context: [id, getBytes(caseId), presentationId(presentation), Uint8Array.of(index)],
    bases: [G, e1],
    images: [...tracers.memberPoints.slice(index - 1, index), point],
  };
}

/** Null for whatever is not a true part of this opening. */
function validPart(
  parameters: CredentialParameters,
  request: TraceRequest,
  e1: PointG1,
  bytes: Uint8Array,
): PartialOpening | null {
  try {
    const part = partFromBytes(parameters.tracers, bytes);
    assertEquality(partStatement(parameters, request, e1, part.index, part.point), part.proof);
    return part;
  } catch (error) {
    if (error instanceof CredentialError) return null;
    throw error;
  }
}

function identifierOf(
  { threshold }: TracerKeys,
  { e2 }: Presentation,
  parts: readonly PartialOpening[],
): Hex {
  if (parts.length < threshold) {
    const counts = `expected ${threshold} valid parts, got ${parts.length}`;
    throw new CredentialError("E_THRESHOLD", `combineOpening: ${counts}`);
  }
  const among = parts.map(({ index }) => index);
  const identifier = parts.reduce(
    (rest, { index, point }) => rest.subtract(point.multiplyUnsafe(lagrangeWeight(index, among))),
    e2,
  );
  return bytesToHex(identifier.toBytes());
}

export function partToBytes({ index, point, proof }: PartialOpening): Uint8Array {
  return concatBytes(Uint8Array.of(index), point.toBytes(), equalityProofToBytes(proof));
}

function partFromBytes({ members }: TracerKeys, bytes: Uint8Array): PartialOpening {
  const { take, takeNumber } = readerOf("part of an opening", bytes, PARTIAL_OPENING_BYTES);
  const index = takeNumber(1);
  if (index < 1 || index > members) {
    throw new CredentialError("E_FIELD", "part of an opening: expected a tracer's index");
  }
  return {
    index,
    point: decodeG1("part of an opening", take(G1_BYTES)),
    proof: equalityProofFromBytes(take(EQUALITY_PROOF_BYTES)),
  };
}
