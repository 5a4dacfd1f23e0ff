/**
 * Proof that ciphertexts were opened correctly, the side of the key's owner. What is proved and how
 * is in `decryption.ts`.
 */
import { decrypt, type PrivateKey, randomnessOf } from "../paillier/privateKey.ts";
import type { Ciphertext } from "../paillier/publicKey.ts";
import type { Rng } from "../random.ts";
import { type Opening, openingsResidue, type OpeningsStatement } from "./decryption.ts";
import { canonicalRoot } from "./equations.ts";
import { ProofError } from "./proofError.ts";
import { proveResidue, type ResidueProof } from "./residue.ts";

/**
 * An opening and the root that shows it. It gives away the randomness of the ciphertext:
 * re-randomise sums before. Run by the key's owner. Errors as `decrypt`.
 */
export function openProvably(
  privateKey: PrivateKey,
  ciphertext: Ciphertext,
): { readonly opening: Opening; readonly root: bigint } {
  const plaintext = decrypt(privateKey, ciphertext);
  const root = canonicalRoot(privateKey.publicKey, randomnessOf(privateKey, ciphertext));
  return { opening: { ciphertext, plaintext }, root };
}

/**
 * One proof for all openings, which tells nothing beyond them. Run by the key's owner.
 * @throws ProofError E_PROOF_WITNESS if one of them is wrong, and as `openingsClaim`.
 */
export function proveOpenings(
  privateKey: PrivateKey,
  statement: OpeningsStatement,
  rng: Rng,
): ResidueProof {
  const residue = openingsResidue(statement);
  if (decrypt(privateKey, residue.ciphertext) !== 0n) {
    throw new ProofError("E_PROOF_WITNESS", "proveOpenings: expected correct openings, got others");
  }
  return proveResidue(residue, randomnessOf(privateKey, residue.ciphertext), rng);
}
