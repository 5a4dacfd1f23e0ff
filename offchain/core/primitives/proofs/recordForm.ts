/**
 * What a record has to look like: which integers it consists of, where they lie in its plaintexts,
 * between which bounds, and which are sums of squares of others. A form is a public constant of
 * whoever verifies, and never sent.
 *
 * To prove that x lies in [minimum, maximum] a prover works with y = x − minimum, B = maximum −
 * minimum and three more integers: y ∈ [0, B] if and only if 4·y·(B − y) + 1 = a² + b² + c² for
 * some a, b, c. The left side is negative outside the interval, and of the form 4k + 1, a sum of
 * three squares, inside.
 *
 * Everything a form demands is a polynomial in these integers: the plaintexts are linear, the
 * relations quadratic. The functions here evaluate both on a prover's answers z = w + e·v to a
 * challenge e, as polynomials in e; with e = 0 they see the masks w, with e = 1 and no mask the
 * integers v themselves.
 *
 * Source: the relation is Groth 2005, section 5; the form is our own.
 */
import { bitLength } from "../bytes.ts";
import { MAX_KEY_BITS, type PublicKey } from "../paillier/publicKey.ts";
import { at } from "./proofBytes.ts";
import { ProofError } from "./proofError.ts";

/**
 * One integer of a record: value·2^offset is a summand of the plaintext of ciphertext number
 * `ciphertext`, and minimum ≤ value ≤ maximum. An offset of 0 for a field that has a ciphertext of
 * its own.
 */
export interface RecordField {
  readonly ciphertext: number;
  readonly offset: number;
  readonly minimum: bigint;
  readonly maximum: bigint;
}

/**
 * The value of field `sum` is the sum of the squares of the values of fields `terms`, over the
 * integers. A field that is its own only term is 0 or 1.
 */
export interface SquareSum {
  readonly sum: number;
  readonly terms: readonly number[];
}

export interface RecordForm {
  readonly fields: readonly RecordField[];
  readonly squareSums: readonly SquareSum[];
}

/** y, a, b and c. */
export const INTEGERS_PER_FIELD = 4;

/** The fields of one ciphertext each, in order. Intervals include both ends. */
export function separateFields(
  intervals: readonly Pick<RecordField, "minimum" | "maximum">[],
): readonly RecordField[] {
  return intervals.map(({ minimum, maximum }, ciphertext) => ({
    ciphertext,
    offset: 0,
    minimum,
    maximum,
  }));
}

/**
 * Refuses a form that means nothing for `ciphertexts` ciphertexts under a key: each of them has a
 * field, what fields of one ciphertext can hold does not reach up to the next field nor around n,
 * intervals are not empty and sums name fields that exist.
 * @throws ProofError E_PROOF_STATEMENT
 */
export function assertForm(publicKey: PublicKey, form: RecordForm, ciphertexts: number): void {
  assertIndices(form, ciphertexts);
  for (let index = 0; index < ciphertexts; index++) assertFieldsOf(publicKey, form, index);
}

/** maximum − minimum, B. */
export function spanOf({ minimum, maximum }: RecordField): bigint {
  return maximum - minimum;
}

/** Bits of y, a, b and c of every field: none exceeds B, or 1 where B is 0. */
export function integerBits({ fields }: RecordForm): readonly number[] {
  return fields.flatMap((field) => {
    const bits = Math.max(1, bitLength(spanOf(field)));
    return Array.from({ length: INTEGERS_PER_FIELD }, () => bits);
  });
}

/** One relation for every field and every sum of squares. */
export function relationCount({ fields, squareSums }: RecordForm): number {
  return fields.length + squareSums.length;
}

/** Σ weights[j]·(plaintext of ciphertext j), on answers. */
export function weightedPlaintext(
  { fields }: RecordForm,
  weights: readonly bigint[],
  answers: readonly bigint[],
  e: bigint,
): bigint {
  const values = valuesOf(fields, answers, e);
  return fields.reduce(
    (sum, { ciphertext, offset }, i) =>
      sum + at(weights, ciphertext) * (at(values, i) << BigInt(offset)),
    0n,
  );
}

/**
 * Σ weights[k]·(relation k), on answers: of degree 1 in e for integers that satisfy the form, of
 * degree 2 for others.
 */
export function weightedRelations(
  { fields, squareSums }: RecordForm,
  weights: readonly bigint[],
  answers: readonly bigint[],
  e: bigint,
): bigint {
  const values = valuesOf(fields, answers, e);
  const intervals = fields.map((field, i) => intervalRelation(field, answers, e, i));
  const sums = squareSums.map(({ sum, terms }) =>
    terms.reduce((total, term) => total + at(values, term) ** 2n, -e * at(values, sum)),
  );
  return [...intervals, ...sums].reduce((sum, relation, k) => sum + at(weights, k) * relation, 0n);
}

/** One text for one form. */
export function describeForm({ fields, squareSums }: RecordForm): string {
  const places = fields.map(
    ({ ciphertext, offset, minimum, maximum }) => `${ciphertext}:${offset}:${minimum}:${maximum}`,
  );
  const sums = squareSums.map(({ sum, terms }) => `${sum}=${terms.join("+")}`);
  return `${places.join(",")};${sums.join(",")}`;
}

/** The answers for the fields' values: x = minimum + y, hence z_y + e·minimum. */
function valuesOf(
  fields: readonly RecordField[],
  answers: readonly bigint[],
  e: bigint,
): readonly bigint[] {
  return fields.map(({ minimum }, i) => at(answers, INTEGERS_PER_FIELD * i) + e * minimum);
}

/** a² + b² + c² − 4·y·(e·B − y) − e². */
function intervalRelation(
  field: RecordField,
  answers: readonly bigint[],
  e: bigint,
  index: number,
): bigint {
  const first = INTEGERS_PER_FIELD * index;
  const y = at(answers, first);
  const squares = at(answers, first + 1) ** 2n + at(answers, first + 2) ** 2n;
  return squares + at(answers, first + 3) ** 2n - 4n * y * (e * spanOf(field) - y) - e * e;
}

/**
 * From the lowest field up: whatever those below can hold stays below the next, and all below n.
 */
function assertFieldsOf(publicKey: PublicKey, { fields }: RecordForm, ciphertext: number): void {
  const own = fields.filter((field) => field.ciphertext === ciphertext);
  if (own.length === 0) throw refused("a field for every ciphertext, got none for one");
  let below = 0n;
  for (const field of own.toSorted((a, b) => a.offset - b.offset)) {
    if (spanOf(field) < 0n) throw refused("minimum ≤ maximum, got an empty interval");
    if (below >> BigInt(field.offset) !== 0n) throw refused("disjoint fields, got an overlap");
    below += spanOf(field) << BigInt(field.offset);
  }
  if (below >= publicKey.n) throw refused("fields within n, got more");
}

function assertIndices({ fields, squareSums }: RecordForm, ciphertexts: number): void {
  const isIndexBelow = (bound: number) => (index: number) =>
    Number.isSafeInteger(index) && index >= 0 && index < bound;
  const placed = fields.every(
    ({ ciphertext, offset }) =>
      isIndexBelow(ciphertexts)(ciphertext) && isIndexBelow(MAX_KEY_BITS)(offset),
  );
  const named = squareSums
    .flatMap(({ sum, terms }) => [sum, ...terms])
    .every(isIndexBelow(fields.length));
  const summed = squareSums.every(({ terms }) => terms.length > 0);
  if (!placed || !named || !summed) throw refused("fields, offsets and ciphertexts that exist");
}

function refused(expected: string): ProofError {
  return new ProofError("E_PROOF_STATEMENT", `assertForm: expected ${expected}`);
}
