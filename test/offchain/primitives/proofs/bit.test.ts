import { expect } from "chai";
import { powMod } from "../../../../offchain/primitives/modexp.ts";
import {
  addPlain,
  encryptWithRandomness,
  scale,
} from "../../../../offchain/primitives/paillier/publicKey.ts";
import {
  assertBit,
  type BitProof,
  bitProofFromBytes,
  bitProofToBytes,
  proveBit,
} from "../../../../offchain/primitives/proofs/bit.ts";
import { canonicalRoot } from "../../../../offchain/primitives/proofs/equations.ts";
import {
  absorbNumbers,
  challenge,
  openTranscript,
} from "../../../../offchain/primitives/proofs/transcript.ts";
import { randomBits, randomUnit } from "../../../../offchain/primitives/random.ts";
import { counterRng, refusal, smallKey } from "../support.ts";
import {
  chiSquare,
  chiSquareLimit,
  CONTEXT,
  contextOf,
  FALSE_NUMBERS,
  flipped,
  histogram,
} from "./records.ts";

const EQUATION = "ProofError E_PROOF_EQUATION";
const RANGE = "ProofError E_PROOF_RANGE";

describe("proof of a bit", () => {
  const { publicKey } = smallKey();
  const { n, nSquared } = publicKey;
  const rng = counterRng("bit");
  const statementOf = (plaintext: bigint, rho: bigint) => ({
    ciphertext: encryptWithRandomness(publicKey, plaintext, rho),
    context: CONTEXT,
  });
  const rho = randomUnit(rng, n);
  const statement = statementOf(1n, rho);
  const proof = proveBit(statement, 1n, rho, rng);
  const verdict = (candidate: BitProof, about = statement) =>
    refusal(() => {
      assertBit(about, candidate);
    });

  for (const bit of [0n, 1n]) {
    it(`convinces of ${bit}`, () => {
      for (let run = 0; run < 10; run++) {
        const unit = randomUnit(rng, n);
        const own = statementOf(bit, unit);
        expect(verdict(proveBit(own, bit, unit, rng), own)).to.equal("accepted");
      }
    });
  }

  it("answers the challenges that the definition gives", () => {
    const { ciphertext } = statement;
    const { announcements, zeroChallenge, roots } = proof;
    const opened = openTranscript("bit", publicKey, CONTEXT);
    const said = [ciphertext.value, ...announcements];
    const total = challenge(absorbNumbers(opened, publicKey.ciphertextBytes, ...said));
    const shares = [zeroChallenge, BigInt.asUintN(128, total - zeroChallenge)] as const;
    const branches = [
      ciphertext.value,
      (ciphertext.value * (nSquared - n + 1n)) % nSquared,
    ] as const;
    for (const s of [0, 1] as const) {
      const left = (announcements[s] * powMod(branches[s], shares[s], nSquared)) % nSquared;
      expect(powMod(roots[s], n, nSquared)).to.be.oneOf([left, nSquared - left]);
    }
  });

  it("is not made for 2, −1 or −5", () => {
    for (const plaintext of [2n, -1n, -5n, n - 1n]) {
      expect(refusal(() => proveBit(statement, plaintext, rho, rng))).to.equal(
        "ProofError E_PROOF_WITNESS",
      );
    }
  });

  it("does not convince of 2 or −1, whichever bit the prover pretends", () => {
    for (const plaintext of [2n, n - 1n, n - 5n, n - 50n]) {
      const own = statementOf(plaintext, rho);
      for (const bit of [0n, 1n]) {
        expect(verdict(proveBit(own, bit, rho, rng), own)).to.equal(EQUATION);
      }
    }
  });

  it("does not convince of 2 with both branches made backwards, from challenges chosen before", () => {
    const own = statementOf(2n, rho);
    const { ciphertext } = own;
    const branches = [ciphertext, addPlain(ciphertext, n - 1n)] as const;
    const opened = openTranscript("bit", publicKey, CONTEXT);
    const width = publicKey.ciphertextBytes;
    const total = challenge(absorbNumbers(opened, width, ciphertext.value, 1n, 1n));
    const drawn = randomBits(rng, 128);
    for (const chosen of [
      [0n, 0n],
      [0n, drawn],
      [drawn, 0n],
      [total, 0n],
      [0n, total],
      [drawn, BigInt.asUintN(128, total - drawn)],
    ] as const) {
      const roots = [randomUnit(rng, n), randomUnit(rng, n)] as const;
      const announce = (s: 0 | 1) =>
        (powMod(roots[s], n, nSquared) * scale(branches[s], -chosen[s]).value) % nSquared;
      const forged = {
        announcements: [announce(0), announce(1)] as const,
        zeroChallenge: chosen[0],
        roots: [canonicalRoot(publicKey, roots[0]), canonicalRoot(publicKey, roots[1])] as const,
      };
      expect(verdict(forged, own)).to.equal(EQUATION);
    }
  });

  it("counts for its ciphertext, scope and prover alone", () => {
    const { ciphertext } = statement;
    const replayed = [
      statementOf(1n, randomUnit(rng, n)),
      { ciphertext, context: contextOf("scope 2", "prover 1") },
      { ciphertext, context: contextOf("scope 1", "prover 2") },
    ];
    for (const other of replayed) expect(verdict(proof, other)).to.equal(EQUATION);
  });

  it("refuses numbers outside their ranges", () => {
    const { announcements, roots } = proof;
    const limit = 1n << 128n;
    for (const zeroChallenge of [-1n, limit, limit + proof.zeroChallenge]) {
      expect(verdict({ ...proof, zeroChallenge })).to.equal(RANGE);
    }
    for (const wrong of [0n, -1n, nSquared]) {
      expect(verdict({ ...proof, announcements: [wrong, announcements[1]] })).to.equal(RANGE);
      expect(verdict({ ...proof, announcements: [announcements[0], wrong] })).to.equal(RANGE);
    }
    for (const wrong of [0n, n - roots[0], n]) {
      expect(verdict({ ...proof, roots: [wrong, roots[1]] })).to.equal(RANGE);
    }
    for (const wrong of [0n, n - roots[1], n]) {
      expect(verdict({ ...proof, roots: [roots[0], wrong] })).to.equal(RANGE);
    }
  });

  it("is refused with its branches exchanged", () => {
    const swap = <T>([a, b]: readonly [T, T]) => [b, a] as const;
    const { announcements, roots } = proof;
    expect(verdict({ ...proof, roots: swap(roots) })).to.equal(EQUATION);
    expect(verdict({ ...proof, announcements: swap(announcements), roots: swap(roots) })).to.equal(
      EQUATION,
    );
  });

  it("is refused with a bit flipped in any number", () => {
    const bytes = bitProofToBytes(publicKey, proof);
    expect(bytes.length).to.equal(2 * 128 + 16 + 2 * 64);
    for (let position = 3; position < bytes.length; position += 4) {
      const altered = bitProofFromBytes(publicKey, flipped(bytes, position));
      expect(verdict(altered), `byte ${position}`).to.be.oneOf(FALSE_NUMBERS);
    }
  });

  it("comes back from its bytes, and from no others", () => {
    const bytes = bitProofToBytes(publicKey, proof);
    expect(bitProofFromBytes(publicKey, bytes)).to.deep.equal(proof);
    for (const wrong of [bytes.subarray(1), Uint8Array.of(...bytes, 0), new Uint8Array(0)]) {
      expect(refusal(() => bitProofFromBytes(publicKey, wrong))).to.equal(
        "ProofError E_PROOF_LENGTH",
      );
    }
  });

  describe("shows nothing of the bit", () => {
    const cells = 8;
    let proofs: ReadonlyArray<readonly BitProof[]> = [];
    before(() => {
      proofs = [0n, 1n].map((bit) => {
        const own = statementOf(bit, rho);
        return Array.from({ length: 400 }, () => proveBit(own, bit, rho, rng));
      });
    });
    const fields: Readonly<Record<string, readonly [(proof: BitProof) => bigint, bigint]>> = {
      "the challenge of 0": [({ zeroChallenge }) => zeroChallenge, 1n << 128n],
      "the root of 0": [({ roots }) => roots[0], n / 2n + 1n],
      "the root of 1": [({ roots }) => roots[1], n / 2n + 1n],
      "the announcement of 0": [({ announcements }) => announcements[0], nSquared],
      "the announcement of 1": [({ announcements }) => announcements[1], nSquared],
    };

    for (const [name, [field, bound]] of Object.entries(fields)) {
      it(`in ${name}`, () => {
        expect(proofs.length).to.equal(2);
        for (const ofOneBit of proofs) {
          const counts = histogram(ofOneBit.map(field), bound, cells);
          expect(chiSquare(counts)).to.be.below(chiSquareLimit(cells));
        }
      });
    }
  });
});
