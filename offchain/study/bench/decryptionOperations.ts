/**
 * Decryption. The peer knows the primes as well and uses them, except against the textbook, where
 * both follow the definition.
 */
import type { PrivateKey as PeerPrivateKey } from "paillier-bigint";
import { decrypt, decryptTextbook } from "../../core/primitives/paillier/privateKey.ts";
import type { Ciphertext } from "../../core/primitives/paillier/publicKey.ts";
import { tabledShortZeros } from "../../core/primitives/paillier/shortRandomness.ts";
import { encryptFrom } from "../../core/primitives/paillier/zeros.ts";
import { contest, type Contest, type Operation } from "./operation.ts";
import { fullPlaintext, inputsOf, type Subject } from "./subject.ts";
import { type Part, power } from "./yardsticks.ts";

export function decryptionOperations(subject: Subject): readonly Operation[] {
  const { privateKey, publicKey, rng, peerPrivateKey, peerTextbookKey } = subject;
  const { pSquared, qSquared } = privateKey;
  const half = (square: bigint): Part => ({
    times: 1,
    side: power(square, publicKey.bits / 2, rng),
  });
  return [
    contest({
      name: "decrypt",
      how: "full-size plaintext, modulo p² and q²",
      unavoidable: "two exponentiations of half the length in modulus and exponent",
      ...ciphertextsOf(subject, () => fullPlaintext(subject), peerPrivateKey),
      ours: (c) => decrypt(privateKey, c),
      limit: () => [half(pSquared), half(qSquared)],
    }),
    contest({
      name: "decrypt by the textbook",
      how: "both by the definition, without the primes",
      unavoidable: "an exponentiation modulo n² with λ",
      ...ciphertextsOf(subject, () => fullPlaintext(subject), peerTextbookKey),
      ours: (c) => decryptTextbook(privateKey, c),
      limit: () => [{ times: 1, side: power(publicKey.nSquared, publicKey.bits - 1, rng) }],
    }),
  ];
}

type Ciphertexts = Pick<Contest<Ciphertext, bigint, bigint>, "inputs" | "peer" | "same">;

function ciphertextsOf(
  { shortTable, rng }: Subject,
  plaintext: () => bigint,
  peerKey: PeerPrivateKey,
): Ciphertexts {
  const zeros = tabledShortZeros(shortTable, rng);
  return {
    inputs: inputsOf(() => encryptFrom(zeros, plaintext())),
    peer: (c) => peerKey.decrypt(c.value),
    same: (ours, peer) => ours === peer,
  };
}
