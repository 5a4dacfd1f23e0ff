import { expect } from "chai";
import fc from "fast-check";
import { modInv, toZn } from "bigint-crypto-utils";
import { powMod } from "../../../../../offchain/core/primitives/modexp.ts";
import {
  add,
  ciphertextOf,
  encrypt,
  encryptWithRandomness,
  negate,
  rerandomise,
  scale,
} from "../../../../../offchain/core/primitives/paillier/publicKey.ts";
import { randomnessOf } from "../../../../../offchain/core/primitives/paillier/privateKey.ts";
import { canonicalRoot } from "../../../../../offchain/core/primitives/proofs/equations.ts";
import {
  assertResidue,
  proveResidue,
  residueClaim,
  residueProofFromBytes,
  residueProofToBytes,
} from "../../../../../offchain/core/primitives/proofs/residue.ts";
import {
  absorbNumbers,
  challenge,
  openTranscript,
} from "../../../../../offchain/core/primitives/proofs/transcript.ts";
import { randomUnit } from "../../../../../offchain/core/primitives/random.ts";
import { counterRng, refusal, smallKey, toyKey } from "../../../../support/primitives/draws.ts";
import {
  CONTEXT,
  contextOf,
  FALSE_NUMBERS,
  flipped,
} from "../../../../support/primitives/provenRecords.ts";

const EQUATION = "ProofError E_PROOF_EQUATION";
const RANGE = "ProofError E_PROOF_RANGE";

describe("proof of an encryption of 0", () => {
  const privateKey = smallKey();
  const { publicKey, p, q, pSquared, qSquared } = privateKey;
  const { n, nSquared } = publicKey;
  const rng = counterRng("residue");
  const rho = randomUnit(rng, n);
  const ciphertext = encryptWithRandomness(publicKey, 0n, rho);
  const statement = { ciphertext, context: CONTEXT };
  const proof = proveResidue(statement, rho, rng);
  const outcome = (changed: Partial<typeof proof>) =>
    refusal(() => {
      assertResidue(statement, { ...proof, ...changed });
    });

  it("convinces of every encryption of 0", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 1n, max: n - 1n }), (unit) => {
        const own = { ciphertext: encryptWithRandomness(publicKey, 0n, unit), context: CONTEXT };
        expect(
          refusal(() => {
            assertResidue(own, proveResidue(own, unit, rng));
          }),
        ).to.equal("accepted");
      }),
      { numRuns: 25, seed: 34 },
    );
  });

  it("shows that a re-randomised ciphertext hides the same", () => {
    const before = encrypt(publicKey, 42n, rng);
    const quotient = add(rerandomise(before, rng), negate(before));
    const own = { ciphertext: quotient, context: CONTEXT };
    const root = randomnessOf(privateKey, quotient);
    expect(
      refusal(() => {
        assertResidue(own, proveResidue(own, root, rng));
      }),
    ).to.equal("accepted");
  });

  it("does not convince of another plaintext, nor with another root", () => {
    for (const plaintext of [1n, 2n, n - 1n, p, q]) {
      const own = {
        ciphertext: encryptWithRandomness(publicKey, plaintext, rho),
        context: CONTEXT,
      };
      expect(
        refusal(() => {
          assertResidue(own, proveResidue(own, rho, rng));
        }),
      ).to.equal(EQUATION);
    }
    expect(
      refusal(() => {
        assertResidue(statement, proveResidue(statement, rho + 1n, rng));
      }),
    ).to.equal(EQUATION);
  });

  it("counts for its ciphertext, scope and prover alone", () => {
    const replayed = [
      { ciphertext: rerandomise(ciphertext, rng), context: CONTEXT },
      { ciphertext, context: contextOf("scope 2", "prover 1") },
      { ciphertext, context: contextOf("scope 1", "prover 2") },
    ];
    for (const other of replayed) {
      expect(
        refusal(() => {
          assertResidue(other, proof);
        }),
      ).to.equal(EQUATION);
    }
  });

  it("answers the challenge that the definition gives", () => {
    const opened = openTranscript("residue", publicKey, CONTEXT);
    const said = [ciphertext.value, proof.announcement];
    const e = challenge(absorbNumbers(opened, publicKey.ciphertextBytes, ...said));
    const left = (proof.announcement * powMod(ciphertext.value, e, nSquared)) % nSquared;
    expect(powMod(proof.root, n, nSquared)).to.be.oneOf([left, nSquared - left]);
  });

  it("refuses a proof made backwards, from a challenge that did not hear the announcement", () => {
    const one = encryptWithRandomness(publicKey, 1n, rho);
    const own = { ciphertext: one, context: CONTEXT };
    const opened = openTranscript("residue", publicKey, CONTEXT);
    const heard = (announcement: bigint) =>
      challenge(absorbNumbers(opened, publicKey.ciphertextBytes, one.value, announcement));
    for (const guess of [0n, 1n, heard(1n), heard(proof.announcement)]) {
      const root = canonicalRoot(publicKey, randomUnit(rng, n));
      const announcement = (powMod(root, n, nSquared) * scale(one, -guess).value) % nSquared;
      const left = (announcement * powMod(one.value, guess, nSquared)) % nSquared;
      expect(left, "right for the guess").to.equal(powMod(root, n, nSquared));
      expect(
        refusal(() => {
          assertResidue(own, { announcement, root });
        }),
      ).to.equal(EQUATION);
    }
  });

  it("refuses numbers outside their ranges, and the other one of the two roots", () => {
    for (const announcement of [0n, -1n, nSquared, nSquared + proof.announcement]) {
      expect(outcome({ announcement })).to.equal(RANGE);
    }
    for (const root of [0n, -proof.root, n - proof.root, n, n + proof.root]) {
      expect(outcome({ root })).to.equal(RANGE);
    }
  });

  it("refuses a root that is no unit, by which the key's owner could prove half a plaintext", () => {
    const half = encryptWithRandomness(publicKey, q, rho);
    const own = { ciphertext: half, context: CONTEXT };
    const join = (modP: bigint, modQ: bigint, a: bigint, b: bigint) =>
      toZn(modP + a * toZn((modQ - modP) * modInv(a, b), b), a * b);
    for (;;) {
      const omega = randomUnit(rng, n);
      const announcement = join(0n, powMod(omega, n, qSquared), pSquared, qSquared);
      const opened = openTranscript("residue", publicKey, CONTEXT);
      const width = publicKey.ciphertextBytes;
      const e = challenge(absorbNumbers(opened, width, half.value, announcement));
      const root = join(0n, (omega * powMod(rho, e, q)) % q, p, q);
      if (2n * root > n) continue;
      const left = (announcement * powMod(half.value, e, nSquared)) % nSquared;
      expect(powMod(root, n, nSquared), "the equation alone holds").to.equal(left);
      expect(
        refusal(() => {
          assertResidue(own, { announcement, root });
        }),
      ).to.equal(EQUATION);
      return;
    }
  });

  it("is refused with a bit flipped in any byte", () => {
    const bytes = residueProofToBytes(publicKey, proof);
    expect(bytes.length).to.equal(128 + 64);
    for (const position of bytes.keys()) {
      const altered = residueProofFromBytes(publicKey, flipped(bytes, position));
      const verdict = refusal(() => {
        assertResidue(statement, altered);
      });
      expect(verdict, `byte ${position}`).to.be.oneOf(FALSE_NUMBERS);
    }
  });

  it("comes back from its bytes, and from no others", () => {
    const bytes = residueProofToBytes(publicKey, proof);
    expect(residueProofFromBytes(publicKey, bytes)).to.deep.equal(proof);
    for (const wrong of [bytes.subarray(1), Uint8Array.of(...bytes, 0), new Uint8Array(0)]) {
      expect(refusal(() => residueProofFromBytes(publicKey, wrong))).to.equal(
        "ProofError E_PROOF_LENGTH",
      );
    }
  });

  it("refuses a key too short for its challenges", () => {
    const toy = { ciphertext: ciphertextOf(toyKey().publicKey, 1n), context: CONTEXT };
    expect(refusal(() => proveResidue(toy, 1n, rng))).to.equal("ProofError E_PROOF_PARAMETERS");
    expect(refusal(() => residueClaim(toy, { announcement: 1n, root: 1n }))).to.equal(
      "ProofError E_PROOF_PARAMETERS",
    );
  });
});
