/**
 * Computing with ciphertexts. The peer has no subtraction: whoever needs one adds a multiple by −1,
 * for which it takes an inverse modulo n².
 */
import type { PublicKey as PeerPublicKey } from "paillier-bigint";
import { subtractAll } from "../../core/primitives/paillier/batch.ts";
import { decrypt } from "../../core/primitives/paillier/privateKey.ts";
import {
  add,
  type Ciphertext,
  negate,
  scale,
  subtract,
} from "../../core/primitives/paillier/publicKey.ts";
import { tabledShortZeros } from "../../core/primitives/paillier/shortRandomness.ts";
import {
  encryptFrom,
  rerandomiseFrom,
  type ZeroSource,
} from "../../core/primitives/paillier/zeros.ts";
import { randomBits } from "../../core/primitives/random.ts";
import { contest, type Contest, type Operation } from "./operation.ts";
import { fullPlaintext, inputsOf, type Subject, windowsOf } from "./subject.ts";
import { inverse, power, product } from "./yardsticks.ts";

const FACTOR_BITS = 32;
const BATCH = 128;

type Pair = readonly [a: Ciphertext, b: Ciphertext];

export function arithmeticOperations(subject: Subject): readonly Operation[] {
  const { rng, shortTable } = subject;
  const zeros = tabledShortZeros(shortTable, rng);
  const draw = (): Ciphertext => encryptFrom(zeros, fullPlaintext(subject));
  return [
    addition(subject, draw),
    ...subtractions(subject, draw),
    batchSubtraction(subject, draw),
    scaling(subject, draw),
    rerandomisation(subject, draw, zeros),
  ];
}

function addition({ publicKey, rng, peerPublicKey }: Subject, draw: () => Ciphertext): Operation {
  return contest({
    name: "add",
    how: "one product, as the peer",
    unavoidable: "a multiplication modulo n²",
    inputs: inputsOf((): Pair => [draw(), draw()]),
    ours: ([a, b]) => add(a, b),
    peer: ([a, b]) => peerPublicKey.addition(a.value, b.value),
    same: sameValue,
    limit: () => [{ times: 1, side: product(publicKey.nSquared, rng) }],
  });
}

function subtractions(
  { publicKey: { n, nSquared }, rng, peerPublicKey }: Subject,
  draw: () => Ciphertext,
): readonly Operation[] {
  const pairs = inputsOf((): Pair => [draw(), draw()]);
  const shared = {
    peer: ([a, b]: Pair) => peerDifference(peerPublicKey, a, b),
    same: sameValue,
  };
  return [
    contest({
      name: "subtract",
      how: "a sum, the owner having encrypted the negative",
      unavoidable: "a multiplication modulo n²",
      inputs: pairs.map(([a, b]) => [a, b, negate(b)] as const),
      ours: ([a, , negative]) => add(a, negative),
      peer: ([a, b]) => shared.peer([a, b]),
      same: sameValue,
      limit: () => [{ times: 1, side: product(nSquared, rng) }],
    }),
    contest({
      name: "subtract by inverse",
      how: "inverse modulo n, lifted to n²",
      unavoidable: "an inverse modulo n, and a multiplication modulo n²",
      inputs: pairs,
      ours: ([a, b]) => subtract(a, b),
      ...shared,
      limit: () => [
        { times: 1, side: inverse(n, rng) },
        { times: 1, side: product(nSquared, rng) },
      ],
    }),
  ];
}

function batchSubtraction(
  { publicKey: { n, nSquared }, rng, peerPublicKey }: Subject,
  draw: () => Ciphertext,
): Operation {
  const batch = Array.from({ length: BATCH }, (): Pair => [draw(), draw()]);
  return contest({
    name: "subtract in batches",
    how: `one inverse for ${BATCH} differences`,
    unavoidable: "three multiplications modulo n, and one modulo n²",
    inputs: [batch],
    operations: BATCH,
    ours: subtractAll,
    peer: (pairs) => pairs.map(([a, b]) => peerDifference(peerPublicKey, a, b)),
    same: (ours, peers) => ours.every(({ value }, k) => value === peers[k]),
    limit: () => [
      { times: 3, side: product(n, rng) },
      { times: 1, side: product(nSquared, rng) },
    ],
  });
}

function scaling({ publicKey, rng, peerPublicKey }: Subject, draw: () => Ciphertext): Operation {
  const factor = (): bigint => (1n << BigInt(FACTOR_BITS - 1)) | randomBits(rng, FACTOR_BITS);
  return contest({
    name: "scale",
    how: `by a factor of ${FACTOR_BITS} bits`,
    unavoidable: `an exponentiation modulo n² with ${FACTOR_BITS} bits`,
    inputs: inputsOf(() => [draw(), factor()] as const),
    ours: ([c, by]) => scale(c, by),
    peer: ([c, by]) => peerPublicKey.multiply(c.value, by),
    same: sameValue,
    limit: () => [{ times: 1, side: power(publicKey.nSquared, FACTOR_BITS, rng) }],
  });
}

function rerandomisation(subject: Subject, draw: () => Ciphertext, zeros: ZeroSource): Operation {
  const { publicKey, privateKey, rng, peerPublicKey, peerPrivateKey } = subject;
  return contest({
    name: "re-randomise",
    how: "short exponent, table of 8-bit windows; the peer adds an encryption of 0",
    unavoidable: "a multiplication modulo n for every window, and two modulo n²",
    inputs: inputsOf(draw),
    ours: (c) => rerandomiseFrom(zeros, c),
    peer: (c) => peerPublicKey.addition(c.value, peerPublicKey.encrypt(0n)),
    same: (ours, peer, c) =>
      ours.value !== c.value && decrypt(privateKey, ours) === peerPrivateKey.decrypt(peer),
    limit: () => [
      { times: windowsOf(subject), side: product(publicKey.n, rng) },
      { times: 2, side: product(publicKey.nSquared, rng) },
    ],
  });
}

function peerDifference(peer: PeerPublicKey, a: Ciphertext, b: Ciphertext): bigint {
  return peer.addition(a.value, peer.multiply(b.value, -1n));
}

const sameValue: Contest<unknown, Ciphertext, bigint>["same"] = (ours, peer) => ours.value === peer;
