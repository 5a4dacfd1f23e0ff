/**
 * Rows of numbers modulo 2^(32·width), each as `width` words with the least significant first: the form in which they
 * travel, are stretched from seeds and are added without becoming bigints. Between the two forms stand hexadecimal digits
 * of a whole row at once, the fastest way that the language has.
 */

const WORD_BITS = 32;
const WORD_DIGITS = 8;
const WORD_MODULUS = 2 ** 32;

/** The numbers modulo 2^(32·width). */
export function wordsOfNumbers(numbers: readonly bigint[], width: number): Uint32Array {
  const digits = numbers.map((number) =>
    BigInt.asUintN(WORD_BITS * width, number)
      .toString(16)
      .padStart(WORD_DIGITS * width, "0"),
  );
  // Last number first, so that the bytes only have to be turned round as a whole.
  const bytes = new Uint8Array(Buffer.from(digits.reverse().join(""), "hex"));
  return new Uint32Array(bytes.reverse().buffer);
}

/** The inverse of `wordsOfNumbers`. */
export function numbersOfWords(words: Uint32Array, width: number): bigint[] {
  const digitsOf = lastFirst(words, width);
  return Array.from({ length: words.length / width }, (_, k) =>
    BigInt(`0x${digitsOf(k, WORD_DIGITS * width)}`),
  );
}

/** The low `bits[k]` bits of number k: what is above them costs nothing. */
export function lowBitsOfWords(
  words: Uint32Array,
  width: number,
  bits: readonly number[],
): bigint[] {
  const digitsOf = lastFirst(words, width);
  return bits.map((count, k) =>
    BigInt.asUintN(count, BigInt(`0x0${digitsOf(k, Math.ceil(count / 4))}`)),
  );
}

/** x + y, number by number. */
export function sumOfWords(x: Uint32Array, y: Uint32Array, width: number): Uint32Array {
  const sum = new Uint32Array(x.length);
  for (let start = 0; start < x.length; start += width) {
    let carry = 0;
    for (let k = start; k < start + width; k += 1) {
      const digit = (x[k] ?? 0) + (y[k] ?? 0) + carry;
      sum[k] = digit;
      carry = digit >= WORD_MODULUS ? 1 : 0;
    }
  }
  return sum;
}

/** x − y, number by number. */
export function differenceOfWords(x: Uint32Array, y: Uint32Array, width: number): Uint32Array {
  const difference = new Uint32Array(x.length);
  for (let start = 0; start < x.length; start += width) {
    let borrow = 0;
    for (let k = start; k < start + width; k += 1) {
      const digit = (x[k] ?? 0) - (y[k] ?? 0) - borrow;
      difference[k] = digit;
      borrow = digit < 0 ? 1 : 0;
    }
  }
  return difference;
}

/**
 * Whether number k of x + y, read as a signed one, is below 0. A carry into the highest word comes from the first place
 * below it whose sum is not all ones: nothing is looked at beneath.
 */
export function isSumNegative(x: Uint32Array, y: Uint32Array, width: number, k: number): boolean {
  const digitAt = (place: number): number => (x[place] ?? 0) + (y[place] ?? 0);
  const top = (k + 1) * width - 1;
  let below = top - 1;
  while (below >= k * width && digitAt(below) === WORD_MODULUS - 1) below -= 1;
  const carry = below >= k * width && digitAt(below) >= WORD_MODULUS ? 1 : 0;
  return (digitAt(top) + carry) >>> (WORD_BITS - 1) === 1;
}

/** Rows of `width` words, in the order that `rows` says. */
export function gatherRows(words: Uint32Array, rows: Uint32Array, width: number): Uint32Array {
  const gathered = new Uint32Array(rows.length * width);
  for (const [place, row] of rows.entries()) {
    gathered.set(words.subarray(row * width, (row + 1) * width), place * width);
  }
  return gathered;
}

/** One array after the other. */
export function joinWords(parts: readonly Uint32Array[]): Uint32Array {
  const joined = new Uint32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let start = 0;
  for (const part of parts) {
    joined.set(part, start);
    start += part.length;
  }
  return joined;
}

/** The last `count` hexadecimal digits of number k. */
function lastFirst(words: Uint32Array, width: number): (k: number, count: number) => string {
  const bytes = Buffer.from(words.slice().buffer).reverse();
  const digits = bytes.toString("hex");
  return (k, count) => {
    const end = digits.length - k * WORD_DIGITS * width;
    return digits.slice(end - count, end);
  };
}
