/**
 * A generator that says the same twice, as after a machine was copied while it ran. Whoever sees
 * both uses of one secret subtracts them: two proofs give away the secret, two signatures add up to
 * a third, two boxes show the difference of what is in them. Each attack succeeds on a straw man
 * that takes the generator's word, and finds nothing in what the product makes with the very same
 * generator.
 */
import { ristretto255 } from "@noble/curves/ed25519.js";
import { expect } from "chai";
import { createCipheriv } from "node:crypto";
import { equalityProofFromBytes } from "../../offchain/core/credential/equality.ts";
import {
  decodeG1,
  decodeScalar,
  G,
  G1_BYTES,
  hashToScalar,
  inverse,
  randomScalar,
  reduced,
} from "../../offchain/core/credential/group.ts";
import { acceptCredential, signedPoint } from "../../offchain/core/credential/holder.ts";
import {
  JOIN_ANSWER_BYTES,
  joinAnswerToBytes,
} from "../../offchain/core/credential/joinRequest.ts";
import { openShare } from "../../offchain/core/credential/opening.ts";
import {
  type Presentation,
  presentationFromBytes,
  presentationToBytes,
} from "../../offchain/core/credential/presentation.ts";
import { admitMember } from "../../offchain/core/credential/registrar.ts";
import { showCredential } from "../../offchain/core/credential/show.ts";
import { verifyPresentation } from "../../offchain/core/credential/verify.ts";
import { coinFunction } from "../../offchain/core/funding/coin.ts";
import { answerFromBytes, requestFromBytes } from "../../offchain/core/funding/formats.ts";
import { publishMint, signCoins } from "../../offchain/core/funding/mint.ts";
import { askForCoins } from "../../offchain/core/funding/purse.ts";
import { bytesToBigint, concatBytes } from "../../offchain/core/primitives/bytes.ts";
import { hedgedRng } from "../../offchain/core/primitives/hedged.ts";
import {
  type ExactRangeStatement,
  exactRangeChallenge,
  valuesTranscript,
} from "../../offchain/core/primitives/proofs/exactRange.ts";
import { proveExactRange } from "../../offchain/core/primitives/proofs/exactRangeProver.ts";
import { proveResidue } from "../../offchain/core/primitives/proofs/residue.ts";
import { encryptWithRandomness } from "../../offchain/core/primitives/paillier/publicKey.ts";
import { randomBits, randomBytesOf, type Rng } from "../../offchain/core/primitives/random.ts";
import { generateSealKeyPair, seal } from "../../offchain/core/primitives/sealedBox.ts";
import { goodChoices, looseShow } from "../support/credential/strawMen.ts";
import {
  approving,
  codeOf,
  credentialOf,
  demandAt,
  EPOCH,
  joinRequestOf,
  personIn,
  worldOf,
} from "../support/credential/world.ts";
import { EPOCH as COIN_EPOCH, mintOf } from "../support/funding/coins.ts";
import { counterRng, smallKey } from "../support/primitives/draws.ts";
import {
  contextOf,
  randomnessKinds,
  recordOf,
  SINGLE,
} from "../support/primitives/provenRecords.ts";

/** In the state that it had when the machine was copied. */
const copied = (): Rng => counterRng("a machine that was copied");

describe("a generator that says the same twice", function () {
  this.timeout(120_000);

  it("links no two scopes and gives away no usk, though careless holders are linked and found", async () => {
    const world = worldOf("copied holder");
    const { parameters } = world;
    const anna = await credentialOf(world, personIn(world, "anna"));
    const demands = ["here", "there"].map((place) => demandAt(world, place));
    const straw = demands.map((demand) =>
      looseShow(parameters, anna, demand, goodChoices(demand.scope, copied())),
    );
    const real = demands.map((demand) =>
      presentationFromBytes(showCredential(parameters, anna, demand, copied())),
    );
    for (const [i, demand] of demands.entries()) {
      for (const shown of [straw[i], real[i]]) {
        const bytes = presentationToBytes(shown ?? failed());
        expect(codeOf(() => verifyPresentation(parameters, bytes, demand))).to.equal("accepted");
      }
    }
    expect(sharedPoints(straw)).to.equal(4);
    expect(sharedPoints(real)).to.equal(0);
    expect(secretOf(straw.map(({ challenge, su }) => [challenge, su]))).to.equal(anna.usk);
    expect(secretOf(real.map(({ challenge, su }) => [challenge, su]))).not.to.equal(anna.usk);
  });

  it("gives away no tracer's share in two cases, though a proof of the generator's nonce does", async () => {
    const world = worldOf("copied tracer");
    const { parameters, shares } = world;
    const [share = failed()] = shares;
    const anna = await credentialOf(world, personIn(world, "anna"));
    const demand = demandAt(world, "here");
    const cases = ["11", "22"].map((digits) => ({
      caseId: `0x${digits.repeat(32)}`,
      presentation: showCredential(parameters, anna, demand, world.rng),
      demand,
    }));
    const real = await Promise.all(
      cases.map(async (request) => {
        const part = await openShare(parameters, share, request, approving(request), copied());
        const { challenge, answer } = equalityProofFromBytes(part.subarray(1 + G1_BYTES));
        return [challenge, answer] as const;
      }),
    );
    const straw = cases.map(({ caseId }) => {
      const k = randomScalar(copied());
      const said = G.multiply(k).toBytes();
      const challenge = hashToScalar("straw", said, new TextEncoder().encode(caseId));
      return [challenge, reduced(k + challenge * share.secret)] as const;
    });
    expect(secretOf(straw)).to.equal(share.secret);
    expect(secretOf(real)).not.to.equal(share.secret);
  });

  it("lets two members forge nothing, though two signatures with one e add up to next epoch's", async () => {
    const world = worldOf("copied registrar");
    const { parameters, issuerKey, register } = world;
    const [anna, ben] = [personIn(world, "anna"), personIn(world, "ben")];
    const epochs = [EPOCH, EPOCH - 1] as const;
    const requests = [
      await joinRequestOf(world, anna, { role: "charge", epoch: epochs[0] }),
      await joinRequestOf(world, ben, { role: "charge", epoch: epochs[1] }),
    ];
    const real = await Promise.all(
      requests.map((request, i) => {
        const now = { epoch: epochs[i] ?? 0 };
        return admitMember(parameters, issuerKey, register, now, request, copied());
      }),
    );
    const straw = [anna, ben].map(({ holder }, i) => {
      const e = randomScalar(copied());
      const signed = signedPoint(holder.usk, { role: "charge", epoch: epochs[i] ?? 0 });
      return joinAnswerToBytes(signed.multiply(inverse(reduced(issuerKey.secret + e))), e);
    });
    // 2·A1 − A2 signs 2·C1 − C2, a member of no register in an epoch that nobody was let in for.
    const usk = reduced(2n * anna.holder.usk - ben.holder.usk);
    const next = { role: "charge", epoch: EPOCH + 1 } as const;
    const forged = (answers: readonly Uint8Array[]): Uint8Array => {
      const [one = failed(), two = failed()] = answers.map((answer) => {
        expect(answer).to.have.lengthOf(JOIN_ANSWER_BYTES);
        return decodeG1("A", answer.subarray(0, G1_BYTES));
      });
      const e = decodeScalar("e", answers[0]?.subarray(G1_BYTES) ?? failed());
      return joinAnswerToBytes(one.double().subtract(two), e);
    };
    const accepted = acceptCredential(parameters, { usk }, next, forged(straw));
    const demand = { ...demandAt(world, "here"), epoch: EPOCH + 1 };
    const shown = showCredential(parameters, accepted, demand, world.rng);
    expect(codeOf(() => verifyPresentation(parameters, shown, demand))).to.equal("accepted");
    expect(codeOf(() => acceptCredential(parameters, { usk }, next, forged(real)))).to.equal(
      "E_CREDENTIAL",
    );
  });

  it("gives away no mint's key in two sales, though a proof of the generator's nonce does", () => {
    const mint = mintOf("copied");
    const { Fn, BASE } = ristretto255.Point;
    const sales = ["first", "second"].map((name) =>
      askForCoins(publishMint(mint), 1_000n, counterRng(name)),
    );
    const [{ tweakedKey } = failed()] = sales[0]?.pending.coins ?? failed();
    /** The key of a denomination, from proofs c ‖ s with s = r − c·key. */
    const keyFrom = (proofs: readonly Uint8Array[]): Uint8Array => {
      const [[c1, s1] = failed(), [c2, s2] = failed()] = proofs.map((proof) =>
        [proof.subarray(0, 32), proof.subarray(32)].map((bytes) => Fn.fromBytes(bytes)),
      );
      if (c1 === undefined || s1 === undefined || c2 === undefined || s2 === undefined) failed();
      const key = Fn.mul(Fn.sub(s1, s2), Fn.inv(Fn.sub(c2, c1)));
      return BASE.multiply(key).toBytes();
    };
    const straw = sales.map(({ request }) => {
      const blinded = requestFromBytes(request).coins.map((coin) => coin.blinded);
      const rng = copied();
      const draw = (length = 32): Uint8Array<ArrayBuffer> =>
        new Uint8Array(randomBytesOf(rng, length));
      return coinFunction(COIN_EPOCH, 0).blindEvaluateBatch(mint.key.secret, blinded, draw).proof;
    });
    const real = sales.map(({ request }) => {
      const { answer } = signCoins(mint, request, 1_000n, copied());
      return answerFromBytes(answer, [0]).proofs[0] ?? failed();
    });
    expect(keyFrom(straw)).to.deep.equal(tweakedKey);
    expect(keyFrom(real)).not.to.deep.equal(tweakedKey);
  });

  it("shows no owner's value in two rounds, though masks of the generator's do", () => {
    const { statement, witness } = recordOf(
      SINGLE,
      [54_321n],
      randomnessKinds().short,
      counterRng("a record"),
    );
    const rounds = ["round 1", "round 2"].map((scope) => ({
      ...statement,
      context: contextOf(scope, "owner"),
    }));
    const proofs = rounds.map((round) => proveExactRange(round, witness, copied()));
    const real = rounds.map((round, i) => {
      const proof = proofs[i] ?? failed();
      return [challengeIn(round, proof), proof.answers[0] ?? failed()] as const;
    });
    const straw = real.map(([e]) => [e, randomBits(copied(), 300) + e * 54_321n] as const);
    const valueOf = (answers: readonly (readonly [bigint, bigint])[]): bigint => {
      const [[e1, z1] = failed(), [e2, z2] = failed()] = answers;
      return (z1 - z2) / (e1 - e2);
    };
    expect(valueOf(straw)).to.equal(54_321n);
    expect(valueOf(real)).not.to.equal(54_321n);
    const announced = proofs.map(({ announcement, maskCommitment }) => [
      announcement,
      maskCommitment,
    ]);
    expect(new Set(announced.flat()).size).to.equal(4);
  });

  it("announces no root of the key's owner twice for two rounds", () => {
    const { publicKey } = smallKey();
    const ciphertext = encryptWithRandomness(publicKey, 0n, 12_345n);
    const [one, two] = ["round 1", "round 2"].map((scope) =>
      proveResidue({ ciphertext, context: contextOf(scope, "cloud") }, 12_345n, copied()),
    );
    expect(one?.announcement).not.to.equal(two?.announcement);
  });

  it("shows no difference of two letters, though boxes of the generator's key do", async () => {
    const recipient = await generateSealKeyPair(counterRng("recipient"));
    const texts = ["the first letter", "and a second one"].map((text) =>
      new TextEncoder().encode(text),
    );
    const context = { info: new Uint8Array(1), aad: new Uint8Array(2) };
    const real = await Promise.all(
      texts.map((text) => seal(recipient.publicKey, text, context, copied())),
    );
    const straw = texts.map((text) => {
      const key = randomBytesOf(copied(), 32);
      const cipher = createCipheriv("aes-256-gcm", key, new Uint8Array(12));
      return concatBytes(cipher.update(text), cipher.final());
    });
    expect(difference(straw)).to.equal(difference(texts));
    const bodies = real.map((box) => box.subarray(32, 32 + 16));
    expect(difference(bodies)).not.to.equal(difference(texts));
    expect(real[0]?.subarray(0, 32)).not.to.deep.equal(real[1]?.subarray(0, 32));
  });
});

describe("hedged draws", () => {
  const part = new Uint8Array([1, 2]);
  const drawn = (rng: Rng, ...given: [string, readonly bigint[], ...Uint8Array[]]): string =>
    Buffer.from(hedgedRng(rng, ...given).bytes(48)).toString("hex");

  it("differ by generator, label, secret and statement, and by nothing else", () => {
    const one = drawn(copied(), "label", [5n], part);
    expect(drawn(copied(), "label", [5n], part)).to.equal(one);
    const others = [
      drawn(counterRng("another"), "label", [5n], part),
      drawn(copied(), "labels", [5n], part),
      drawn(copied(), "label", [6n], part),
      drawn(copied(), "label", [-5n], part),
      drawn(copied(), "label", [5n, 5n], part),
      drawn(copied(), "label", [], part),
      drawn(copied(), "label", [5n], part, part),
      drawn(copied(), "label", [5n], new Uint8Array([1]), new Uint8Array([2])),
    ];
    expect(new Set([one, ...others]).size).to.equal(9);
  });

  it("are as many bytes as asked for, in blocks that do not come again", () => {
    const hedged = hedgedRng(copied(), "label", [5n]);
    const lengths = [0, 1, 64, 65, 200].map((length) => hedged.bytes(length));
    expect(lengths.map(({ length }) => length)).to.deep.equal([0, 1, 64, 65, 200]);
    const long =
      Buffer.from(hedged.bytes(640))
        .toString("hex")
        .match(/.{128}/g) ?? [];
    expect(new Set(long).size).to.equal(10);
    expect(hedged.deterministic).to.equal(true);
  });
});

/** x from answers s = k + c·x with one k. */
function secretOf(proofs: readonly (readonly [bigint, bigint])[]): bigint {
  const [[c1, s1] = failed(), [c2, s2] = failed()] = proofs;
  return reduced((s1 - s2) * inverse(reduced(c1 - c2)));
}

/** How many points of two presentations are the same. */
function sharedPoints(presentations: readonly Presentation[]): number {
  const [one = failed(), two = failed()] = presentations;
  const names = ["aBar", "bBar", "e1", "e2", "nym"] as const;
  return names.filter((name) => one[name].equals(two[name])).length;
}

function challengeIn(
  statement: ExactRangeStatement,
  proof: ReturnType<typeof proveExactRange>,
): bigint {
  const opened = valuesTranscript(statement, proof.valueCommitment);
  return exactRangeChallenge(statement, opened, proof);
}

function difference(texts: readonly Uint8Array[]): bigint {
  const [one = 0n, two = 0n] = texts.map(bytesToBigint);
  return one ^ two;
}

function failed(): never {
  throw new RangeError("expected two of each, got fewer");
}
