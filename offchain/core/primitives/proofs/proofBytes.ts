/**
 * Proofs as bytes: unsigned numbers one after the other, each at a width that the statement fixes,
 * so that a proof has one encoding and one length. Whether a number is in its range is the
 * verifier's question, asked of every proof, also of one that never was bytes.
 */
import { bigintToBytes, bytesToBigint, concatBytes } from "../bytes.ts";
import { ProofError } from "./proofError.ts";

/** The numbers joined. @throws BytesError E_WIDTH for a number that exceeds its width. */
export function joinNumbers(
  numbers: readonly bigint[],
  widths: readonly number[],
): Uint8Array<ArrayBuffer> {
  return concatBytes(...numbers.map((number, i) => bigintToBytes(number, widths[i] ?? 0)));
}

/**
 * The numbers of `bytes`, as many as there are widths.
 * @throws ProofError E_PROOF_LENGTH if bytes are missing or left over.
 */
export function splitNumbers(bytes: Uint8Array, widths: readonly number[]): readonly bigint[] {
  const expected = widths.reduce((sum, width) => sum + width, 0);
  if (bytes.length !== expected) {
    const sizes = `expected ${expected} bytes, got ${bytes.length}`;
    throw new ProofError("E_PROOF_LENGTH", `splitNumbers: ${sizes}`);
  }
  let end = 0;
  return widths.map((width) => bytesToBigint(bytes.subarray(end, (end += width))));
}

/**
 * Element `index` of a list whose length has been settled before.
 * @throws ProofError E_PROOF_LENGTH if it is missing after all.
 */
export function at<T>(list: readonly T[], index: number): T {
  const element = list[index];
  if (element === undefined) {
    const counts = `expected more than ${index} elements, got ${list.length}`;
    throw new ProofError("E_PROOF_LENGTH", `at: ${counts}`);
  }
  return element;
}

/** Asserts minimum ≤ value < bound on a number of a proof. @throws ProofError E_PROOF_RANGE */
export function assertWithin(name: string, value: bigint, minimum: bigint, bound: bigint): void {
  if (value >= minimum && value < bound) return;
  throw new ProofError("E_PROOF_RANGE", `${name}: expected a number in its range, got another`);
}
