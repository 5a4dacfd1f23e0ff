import { expect } from "chai";
import { powMod } from "../../../../../offchain/core/primitives/modexp.ts";
import {
  encryptWithRandomness,
  publicKeyFromModulus,
} from "../../../../../offchain/core/primitives/paillier/publicKey.ts";
import { commitTo } from "../../../../../offchain/core/primitives/proofs/commitmentKey.ts";
import {
  assertClaim,
  canonicalRoot,
  type Claim,
  claimHolds,
  jointClaim,
  refusedClaims,
  residuesClaim,
  weightedProduct,
} from "../../../../../offchain/core/primitives/proofs/equations.ts";
import { exactRangeClaim } from "../../../../../offchain/core/primitives/proofs/exactRange.ts";
import { proveExactRange } from "../../../../../offchain/core/primitives/proofs/exactRangeProver.ts";
import {
  proveResidue,
  residueClaim,
} from "../../../../../offchain/core/primitives/proofs/residue.ts";
import {
  randomBits,
  randomUnit,
  systemRng,
} from "../../../../../offchain/core/primitives/random.ts";
import {
  counterRng,
  refusal,
  smallKey,
  underNodeEnv,
} from "../../../../support/primitives/draws.ts";
import {
  CONTEXT,
  randomnessKinds,
  recordOf,
  SEPARATE,
  SEPARATE_VALUES,
  SINGLE,
  smallCommitmentKey,
} from "../../../../support/primitives/provenRecords.ts";

describe("equations of proofs", () => {
  const { publicKey } = smallKey();
  const { n, nSquared } = publicKey;
  const rng = counterRng("equations");
  const commitmentKey = smallCommitmentKey();
  const { uniform, short } = randomnessKinds();

  /** True: (1+n)^plaintext·root^n. */
  const residue = (plaintext: bigint) => {
    const root = canonicalRoot(publicKey, randomUnit(rng, n));
    const left = ((1n + plaintext * n) * powMod(root, n, nSquared)) % nSquared;
    return residuesClaim({ publicKey, left, plaintext, root });
  };
  const commitment = (...exponents: readonly bigint[]): Claim => {
    const left = commitTo(commitmentKey, exponents);
    return { residues: [], shorts: [], commitments: [{ key: commitmentKey, left, exponents }] };
  };
  const shortOne = (plaintext: bigint) => {
    const exponent = randomBits(rng, 300);
    const left = ((1n + plaintext * n) * short.zero(exponent)) % nSquared;
    return short.claim(1, left, plaintext, exponent);
  };
  /** Two equations at once. */
  const pairOf = (plaintext: bigint): Claim => jointClaim([residue(plaintext), residue(0n)]);
  const recordClaim = (kind: typeof uniform): Claim => {
    const { statement, witness } = recordOf(SEPARATE, SEPARATE_VALUES, kind, rng);
    return exactRangeClaim(statement, proveExactRange(statement, witness, rng));
  };
  /** The same equations with left sides negated. */
  const negated = ({ residues, shorts, commitments }: Claim): Claim => ({
    residues: residues.map((one) => ({ ...one, left: nSquared - one.left })),
    shorts: shorts.map((one) => ({ ...one, left: nSquared - one.left })),
    commitments: commitments.map((one) => ({ ...one, left: one.key.modulus - one.left })),
  });
  /** Every equation of the claim made false by itself. */
  const falsified = ({ residues, shorts, commitments }: Claim): readonly Claim[] => [
    ...residues.map((one) => residuesClaim({ ...one, plaintext: one.plaintext + 1n })),
    ...shorts.map((one) => ({
      ...residuesClaim(),
      shorts: [{ ...one, plaintext: one.plaintext + 1n }],
    })),
    ...commitments.map((one) => ({
      ...residuesClaim(),
      commitments: [{ ...one, left: (2n * one.left) % one.key.modulus }],
    })),
  ];

  it("hold for true claims of every kind, each by itself", () => {
    const claims = [
      residue(0n),
      residue(n - 1n),
      shortOne(5n),
      commitment(1n, 2n, -3n),
      pairOf(1n),
    ];
    expect(claims.map(claimHolds)).to.deep.equal(claims.map(() => true));
    expect(claimHolds(residuesClaim())).to.equal(true);
  });

  it("hold up to the sign, alone and among others", () => {
    const claims = [residue(4n), shortOne(5n), commitment(7n, 8n), pairOf(0n)].map(negated);
    expect(claims.map(claimHolds)).to.deep.equal(claims.map(() => true));
    for (let run = 0; run < 8; run++) expect(refusedClaims(claims, rng)).to.deep.equal([]);
  });

  it("hold together for claims of every kind, in one product", () => {
    const claims = [
      recordClaim(uniform),
      pairOf(1n),
      recordClaim(short),
      residue(3n),
      shortOne(4n),
      commitment(1n, 2n, 3n),
      recordClaim(uniform),
    ];
    expect(refusedClaims(claims, systemRng)).to.deep.equal([]);
    expect(claimHolds(jointClaim(claims))).to.equal(true);
    expect(refusedClaims([], systemRng)).to.deep.equal([]);
  });

  it("single out the false claims among many", () => {
    const claims = Array.from({ length: 13 }, (_, i) => residue(BigInt(i)));
    const [bad = residuesClaim()] = falsified(residue(1n));
    for (const positions of [[0], [12], [5], [0, 1], [3, 4, 9], [0, 6, 12]]) {
      const mixed = claims.map((claim, i) => (positions.includes(i) ? bad : claim));
      expect(refusedClaims(mixed, systemRng)).to.deep.equal(positions);
    }
    expect(refusedClaims([bad], systemRng)).to.deep.equal([0]);
    expect(
      refusedClaims(
        claims.map(() => bad),
        systemRng,
      ),
    ).to.deep.equal(claims.map((_, i) => i));
  });

  it("single out a claim of which any one equation is false", () => {
    const good = [recordClaim(uniform), recordClaim(short)];
    const parts = [...good, pairOf(0n)].flatMap(falsified);
    expect(parts.length).to.equal(3 + 3 + 2);
    for (const part of parts) {
      const spoiled = jointClaim([recordClaim(uniform), part]);
      expect(claimHolds(spoiled)).to.equal(false);
      expect(refusedClaims([...good, spoiled], systemRng)).to.deep.equal([2]);
    }
  });

  it("do not let two errors cancel, unless the weights were known to the prover", () => {
    const [a, b] = [residue(1n), residue(2n)];
    const shifted = (claim: Claim, by: bigint) =>
      residuesClaim(...claim.residues.map((one) => ({ ...one, plaintext: one.plaintext + by })));
    expect(refusedClaims([shifted(a, 5n), shifted(b, -5n)], systemRng)).to.deep.equal([0, 1]);

    const [w1, w2] = ["drawn", "next"].map((_, i, all) => {
      const known = counterRng("known weights");
      return (
        all
          .slice(0, i + 1)
          .map(() => randomBits(known, 128))
          .at(-1) ?? 0n
      );
    });
    if (w1 === undefined || w2 === undefined) throw new RangeError("expected two weights");
    const cancelling = [shifted(a, w2), shifted(b, -w1)];
    expect(refusedClaims(cancelling, counterRng("known weights"))).to.deep.equal([]);
    expect(refusedClaims(cancelling, systemRng)).to.deep.equal([0, 1]);
  });

  it("refuse predictable weights outside tests", async () => {
    const outcome = await underNodeEnv("production", () =>
      refusal(() => refusedClaims([residue(1n)], counterRng("predictable"))),
    );
    expect(outcome).to.equal("RandomError E_RNG_DETERMINISTIC");
  });

  it("refuse a root that is no unit, in a batch too", () => {
    const { p } = smallKey();
    const [one] = residue(0n).residues;
    if (one === undefined) throw new RangeError("expected an equation");
    const root = canonicalRoot(publicKey, p);
    const zeroDivisor = { ...one, root, left: powMod(root, n, nSquared) };
    const claim = residuesClaim(zeroDivisor);
    expect(claimHolds(claim)).to.equal(false);
    expect(refusedClaims([residue(1n), claim, residue(2n)], systemRng)).to.deep.equal([1]);
  });

  it("refuse to mix keys", () => {
    const foreign = publicKeyFromModulus(n + 2n);
    const other = residuesClaim({ publicKey: foreign, left: 1n, plaintext: 0n, root: 1n });
    const statement = "ProofError E_PROOF_STATEMENT";
    expect(refusal(() => refusedClaims([residue(1n), other], systemRng))).to.equal(statement);

    const key = { ...commitmentKey, modulus: commitmentKey.modulus + 2n };
    const unlike: Claim = { ...residuesClaim(), commitments: [{ key, left: 1n, exponents: [] }] };
    expect(refusal(() => refusedClaims([commitment(1n), unlike], systemRng))).to.equal(statement);

    const [mine] = shortOne(1n).shorts;
    if (mine === undefined) throw new RangeError("expected an equation");
    const shortKey = { ...mine.shortKey, hs: mine.shortKey.hs + 1n };
    const others: Claim = { ...residuesClaim(), shorts: [{ ...mine, shortKey }] };
    expect(refusal(() => refusedClaims([shortOne(1n), others], systemRng))).to.equal(statement);
  });

  it("use the commitment key with more bases where two of one modulus meet", () => {
    const fewer = { ...commitmentKey, bases: commitmentKey.bases.slice(0, 2) };
    const claims = [commitment(1n, 2n, 3n), commitment(4n, 5n)].map((claim, i) => ({
      ...claim,
      commitments: claim.commitments.map((one) => (i === 1 ? { ...one, key: fewer } : one)),
    }));
    expect(refusedClaims(claims, systemRng)).to.deep.equal([]);
    expect(refusedClaims(claims.toReversed(), systemRng)).to.deep.equal([]);
  });

  it("are refused by name where a single one is asserted", () => {
    const [bad = residuesClaim()] = falsified(residue(1n));
    expect(
      refusal(() => {
        assertClaim("test", bad);
      }),
    ).to.equal("ProofError E_PROOF_EQUATION");
    expect(
      refusal(() => {
        assertClaim("test", residue(1n));
      }),
    ).to.equal("accepted");
  });

  it("know the smaller root, and products of powers", () => {
    expect(
      [1n, n / 2n, n / 2n + 1n, n - 1n].map((root) => canonicalRoot(publicKey, root)),
    ).to.deep.equal([1n, n / 2n, n / 2n, 1n]);
    expect(weightedProduct([2n, 3n], [3n, 2n], 1001n)).to.equal(72n);
    expect(weightedProduct([], [], 1001n)).to.equal(1n);
  });

  it("judge many proofs as each would be judged alone", () => {
    const claims = Array.from({ length: 6 }, (_, i) => {
      const { statement, witness } = recordOf(SINGLE, [BigInt(i)], uniform, rng);
      const proof = proveExactRange(statement, witness, rng);
      const [first = 0n, ...rest] = proof.answers;
      return exactRangeClaim(
        statement,
        i % 3 === 1 ? { ...proof, answers: [first ^ 1n, ...rest] } : proof,
      );
    });
    const alone = claims.flatMap((claim, i) => (claimHolds(claim) ? [] : [i]));
    expect(alone).to.deep.equal([1, 4]);
    expect(refusedClaims(claims, systemRng)).to.deep.equal(alone);
  });

  it("carry a proof of an encryption of 0 like any other", () => {
    const rho = randomUnit(rng, n);
    const statement = { ciphertext: encryptWithRandomness(publicKey, 0n, rho), context: CONTEXT };
    const claim = residueClaim(statement, proveResidue(statement, rho, rng));
    expect(refusedClaims([claim, pairOf(1n)], systemRng)).to.deep.equal([]);
  });
});
