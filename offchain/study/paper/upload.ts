/**
 * Step 2 of the paper's flow: a user encrypts its record field by field, every field a ciphertext
 * of its own, and hands them to the proxy; equations (6) and (7) with g = n + 1. All fields go up
 * as they are, none of them negated: whoever subtracts has to divide. The paper speaks of weights
 * as sent along, and in section 3.5 as decrypted by the cloud, so they are encrypted too.
 *
 * How the encryptions of 0 are made is injected: `uniformZeros` is Paillier's definition,
 * `shortZeros` and `tabledShortZeros` the scheme of Damgård, Jurik and Nielsen that the paper
 * compares with.
 */
import { toZn } from "bigint-crypto-utils";
import type { Ciphertext } from "../../core/primitives/paillier/publicKey.ts";
import { encryptFrom, type ZeroSource } from "../../core/primitives/paillier/zeros.ts";
import {
  mapPaperBuyer,
  mapPaperSeller,
  type PaperBuyer,
  PaperError,
  type PaperSeller,
} from "./paperRecords.ts";

/**
 * 6 + 3K ciphertexts. Run by a buyer.
 * @throws PaperError E_PAPER_NUMBER for a field that is no whole number.
 */
export function encryptPaperBuyer(
  zeros: ZeroSource,
  buyer: PaperBuyer<number>,
): PaperBuyer<Ciphertext> {
  return mapPaperBuyer(buyer, (field) => encryptField(zeros, field));
}

/** 3 + 2K ciphertexts. Run by a seller. Errors as `encryptPaperBuyer`. */
export function encryptPaperSeller(
  zeros: ZeroSource,
  seller: PaperSeller<number>,
): PaperSeller<Ciphertext> {
  return mapPaperSeller(seller, (field) => encryptField(zeros, field));
}

/**
 * The residue of a field, a negative one counted down from n. The paper bounds no field (P6), nor
 * does this.
 * @throws PaperError E_PAPER_NUMBER for anything but a safe whole number.
 */
export function residueOfField(field: number, n: bigint): bigint {
  return toZn(wholeField(field), n);
}

/**
 * The field as a large number.
 * @throws PaperError E_PAPER_NUMBER for anything but a safe whole number.
 */
export function wholeField(field: number): bigint {
  if (Number.isSafeInteger(field)) return BigInt(field);
  throw new PaperError("E_PAPER_NUMBER", "encrypt: expected whole numbers, got another");
}

function encryptField(zeros: ZeroSource, field: number): Ciphertext {
  return encryptFrom(zeros, residueOfField(field, zeros.publicKey.n));
}
