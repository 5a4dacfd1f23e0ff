import { expect } from "chai";
import {
  add,
  encrypt,
  encryptWithRandomness,
  rerandomise,
} from "../../../../../offchain/core/primitives/paillier/publicKey.ts";
import {
  assertOpening,
  assertOpenings,
  type Opening,
  openingsResidue,
  type OpeningsStatement,
} from "../../../../../offchain/core/primitives/proofs/decryption.ts";
import {
  openProvably,
  proveOpenings,
} from "../../../../../offchain/core/primitives/proofs/decryptionProver.ts";
import {
  proveResidue,
  type ResidueProof,
} from "../../../../../offchain/core/primitives/proofs/residue.ts";
import { randomUnit } from "../../../../../offchain/core/primitives/random.ts";
import { counterRng, refusal, smallKey, toyKey } from "../../../../support/primitives/draws.ts";
import { CONTEXT, contextOf } from "../../../../support/primitives/provenRecords.ts";

const EQUATION = "ProofError E_PROOF_EQUATION";
const RANGE = "ProofError E_PROOF_RANGE";

describe("proof of correct decryption", () => {
  const privateKey = smallKey();
  const { publicKey } = privateKey;
  const { n } = publicKey;
  const rng = counterRng("decryption");

  describe("of one ciphertext", () => {
    const { opening, root } = openProvably(privateKey, encrypt(publicKey, 1234n, rng));
    const verdict = (changed: Partial<Opening>, shown = root) =>
      refusal(() => {
        assertOpening({ ...opening, ...changed }, shown);
      });

    it("convinces of what it hides", () => {
      expect(opening.plaintext).to.equal(1234n);
      expect(verdict({})).to.equal("accepted");
      for (const plaintext of [0n, 1n, n - 1n]) {
        const other = openProvably(privateKey, encrypt(publicKey, plaintext, rng));
        expect(other.opening.plaintext).to.equal(plaintext);
        expect(verdict(other.opening, other.root)).to.equal("accepted");
      }
    });

    it("does not convince of another plaintext, for another ciphertext or by another root", () => {
      for (const plaintext of [1233n, 1235n, 0n, n - 1234n]) {
        expect(verdict({ plaintext })).to.equal(EQUATION);
      }
      expect(verdict({ ciphertext: rerandomise(opening.ciphertext, rng) })).to.equal(EQUATION);
      expect(verdict({}, root - 1n)).to.equal(EQUATION);
    });

    it("refuses numbers outside their ranges", () => {
      for (const plaintext of [-1n, n, n + 1234n]) expect(verdict({ plaintext })).to.equal(RANGE);
      for (const wrong of [0n, n - root, n]) expect(verdict({}, wrong)).to.equal(RANGE);
    });

    it("gives the randomness away, so that a sum tells about its terms unless re-randomised", () => {
      const rho = randomUnit(rng, n);
      const sum = add(
        encryptWithRandomness(publicKey, 3n, rho),
        encryptWithRandomness(publicKey, 4n, 1n),
      );
      const shown = openProvably(privateKey, sum).root;
      expect([shown, n - shown]).to.include(rho);
      const safe = openProvably(privateKey, rerandomise(sum, rng)).root;
      expect([safe, n - safe]).to.not.include(rho);
    });
  });

  describe("of many ciphertexts at once", () => {
    const plaintexts = [0n, 1n, 77n, n - 1n, 1n << 200n];
    const openings = plaintexts.map((plaintext) => ({
      ciphertext: encrypt(publicKey, plaintext, rng),
      plaintext,
    }));
    const statement: OpeningsStatement = { openings, context: CONTEXT };
    const proof = proveOpenings(privateKey, statement, rng);
    const verdict = (about: OpeningsStatement, candidate: ResidueProof = proof) =>
      refusal(() => {
        assertOpenings(about, candidate);
      });
    const withOpening = (index: number, change: Partial<Opening>): OpeningsStatement => ({
      ...statement,
      openings: openings.map((opening, i) => (i === index ? { ...opening, ...change } : opening)),
    });

    it("convinces of right openings, one or many", () => {
      expect(verdict(statement)).to.equal("accepted");
      for (const count of [1, 2, 5]) {
        const some = { ...statement, openings: openings.slice(0, count) };
        expect(verdict(some, proveOpenings(privateKey, some, rng))).to.equal("accepted");
      }
    });

    it("does not convince if one plaintext is another, and is not made then", () => {
      for (const [index, { plaintext }] of openings.entries()) {
        const lying = withOpening(index, { plaintext: plaintext === 0n ? 1n : plaintext - 1n });
        expect(verdict(lying), `opening ${index}`).to.equal(EQUATION);
        expect(refusal(() => proveOpenings(privateKey, lying, rng))).to.equal(
          "ProofError E_PROOF_WITNESS",
        );
        const residue = openingsResidue(lying);
        expect(verdict(lying, proveResidue(residue, 2n, rng))).to.equal(EQUATION);
      }
    });

    it("does not convince if two errors would cancel in the sum", () => {
      const shifted = openings.map((opening, i) => {
        const shifts = [1n, 0n, -1n, 0n, 0n];
        return { ...opening, plaintext: opening.plaintext + (shifts[i] ?? 0n) };
      });
      const lying = { ...statement, openings: shifted };
      expect(refusal(() => proveOpenings(privateKey, lying, rng))).to.equal(
        "ProofError E_PROOF_WITNESS",
      );
      expect(verdict(lying)).to.equal(EQUATION);
    });

    it("counts for its openings, their order, its scope and prover alone", () => {
      const [first] = openings;
      if (first === undefined) throw new RangeError("expected openings");
      const replayed: readonly OpeningsStatement[] = [
        withOpening(0, { ciphertext: rerandomise(first.ciphertext, rng) }),
        { ...statement, openings: openings.toReversed() },
        { ...statement, openings: openings.slice(1) },
        { ...statement, openings: [...openings, first] },
        { ...statement, context: contextOf("scope 2", "prover 1") },
        { ...statement, context: contextOf("scope 1", "prover 2") },
      ];
      for (const other of replayed) expect(verdict(other)).to.equal(EQUATION);
    });

    it("refuses plaintexts and numbers of the proof outside their ranges", () => {
      for (const plaintext of [-1n, n]) {
        expect(verdict(withOpening(1, { plaintext }))).to.equal(RANGE);
      }
      expect(verdict(statement, { ...proof, root: 0n })).to.equal(RANGE);
      expect(verdict(statement, { ...proof, announcement: 0n })).to.equal(RANGE);
      expect(verdict(statement, { ...proof, root: proof.root - 1n })).to.equal(EQUATION);
      expect(verdict(statement, { ...proof, announcement: proof.announcement - 1n })).to.equal(
        EQUATION,
      );
    });

    it("refuses no openings, and openings of two keys", () => {
      expect(verdict({ ...statement, openings: [] })).to.equal("ProofError E_PROOF_STATEMENT");
      const foreign = encryptWithRandomness(toyKey().publicKey, 1n, 2n);
      const mixed = withOpening(2, { ciphertext: foreign, plaintext: 1n });
      expect(verdict(mixed)).to.equal("PaillierError E_KEY_MISMATCH");
    });

    it("is another proof each time, and shows no root of a single ciphertext", () => {
      const again = proveOpenings(privateKey, statement, rng);
      expect(again.root).to.not.equal(proof.root);
      const single = { ...statement, openings: openings.slice(0, 1) };
      const [first] = openings;
      if (first === undefined) throw new RangeError("expected openings");
      const shown = openProvably(privateKey, first.ciphertext).root;
      expect(proveOpenings(privateKey, single, rng).root).to.not.equal(shown);
    });
  });
});
