/**
 * Keys and encryption. The peer has one way to encrypt: ρ^n anew for every plaintext, without
 * primes, tables or stock. Ours has several, and each is held against that one.
 */
import { generateRandomKeys } from "paillier-bigint";
import { packPlain, unpackSigned } from "../../core/primitives/packing.ts";
import { decodeSigned } from "../../core/primitives/paillier/encoding.ts";
import { ownerZeros, tabledOwnerZeros } from "../../core/primitives/paillier/ownerEncryption.ts";
import { decrypt } from "../../core/primitives/paillier/privateKey.ts";
import { type Ciphertext, encrypt } from "../../core/primitives/paillier/publicKey.ts";
import {
  shortTable,
  shortZeros,
  tabledShortZeros,
} from "../../core/primitives/paillier/shortRandomness.ts";
import { encryptFrom, type ZeroSource } from "../../core/primitives/paillier/zeros.ts";
import { contest, alone, type Contest, type Operation, type Words } from "./operation.ts";
import { drawFields, RECORD_LAYOUT } from "./record.ts";
import { fullPlaintext, inputsOf, type Subject, WINDOW_BITS, windowsOf } from "./subject.ts";
import { type Part, power, primePair, product } from "./yardsticks.ts";

/** The search for primes takes as long as chance has it: more samples. */
const KEYGEN_WEIGHT = 8;

export function encryptionOperations(subject: Subject): readonly Operation[] {
  return [
    keygen(subject),
    ...ENCRYPTIONS.map((make) => make(subject)),
    recordEncryption(subject),
    tableBuilding(subject),
  ];
}

function keygen({ publicKey: { bits }, deal, rng }: Subject): Operation {
  return contest({
    name: "keygen",
    how: "primes searched by OpenSSL on two threads, fit for short exponents",
    unavoidable: "two primes of half the length, of any kind, searched on two threads",
    inputs: [bits],
    weight: KEYGEN_WEIGHT,
    ours: () => deal(bits, rng),
    peer: () => generateRandomKeys(bits, true),
    same: (ours, peer) => ours.publicKey.bits === bits && peer.publicKey.bitLength === bits,
    limit: () => [{ times: 1, side: primePair(bits / 2) }],
  });
}

/** The quickest for whoever encrypts much under one key, then the others. */
const ENCRYPTIONS: readonly ((subject: Subject) => Operation)[] = [
  (subject) => {
    const words = {
      name: "encrypt",
      how: "short exponent, table of 8-bit windows",
      unavoidable: "a multiplication modulo n for every window, and one modulo n²",
    };
    const { rng, publicKey } = subject;
    return encryption(subject, words, tabledShortZeros(subject.shortTable, rng), () => [
      { times: windowsOf(subject), side: product(publicKey.n, rng) },
      { times: 1, side: product(publicKey.nSquared, rng) },
    ]);
  },
  (subject) => {
    const words = {
      name: "encrypt without table",
      how: "short exponent",
      unavoidable: "an exponentiation modulo n² with half the bits of n",
    };
    const { shortKey } = subject.shortTable;
    const { nSquared } = subject.publicKey;
    return encryption(subject, words, shortZeros(shortKey, subject.rng), () => [
      { times: 1, side: power(nSquared, shortKey.exponentBits, subject.rng) },
    ]);
  },
  (subject) => {
    const { publicKey, rng } = subject;
    return contest({
      name: "encrypt with r^n",
      how: "by the definition, as the peer",
      unavoidable: "an exponentiation modulo n² with n",
      ...plaintextsOf(subject),
      ours: (plaintext) => encrypt(publicKey, plaintext, rng),
      limit: () => [{ times: 1, side: power(publicKey.nSquared, publicKey.bits, rng) }],
    });
  },
  (subject) => {
    const words = {
      name: "encrypt as owner",
      how: "r^n modulo p² and q²",
      unavoidable: "two exponentiations of half the length in modulus and exponent",
    };
    const { privateKey, publicKey, rng } = subject;
    return encryption(subject, words, ownerZeros(privateKey, rng), () =>
      [privateKey.pSquared, privateKey.qSquared].map((square) => ({
        times: 1,
        side: power(square, publicKey.bits / 2, rng),
      })),
    );
  },
  (subject) => {
    const words = {
      name: "encrypt as owner with table",
      how: "short exponent, a table of 8-bit windows for each prime",
      unavoidable: "a multiplication modulo p and one modulo q for every window",
    };
    const { privateKey, rng } = subject;
    return encryption(subject, words, tabledOwnerZeros(subject.ownerTable, rng), () =>
      [privateKey.p, privateKey.q].map((prime) => ({
        times: windowsOf(subject),
        side: product(prime, rng),
      })),
    );
  },
];

/** Full-size plaintexts, each under randomness from a source of ours. */
function encryption(
  subject: Subject,
  words: Words,
  zeros: ZeroSource,
  limit: () => readonly Part[],
): Operation {
  const ours = (plaintext: bigint): Ciphertext => encryptFrom(zeros, plaintext);
  return contest({ ...words, ...plaintextsOf(subject), ours, limit });
}

type Plaintexts = Pick<Contest<bigint, Ciphertext, bigint>, "inputs" | "peer" | "same">;

function plaintextsOf(subject: Subject): Plaintexts {
  const { peerPublicKey, peerPrivateKey, privateKey } = subject;
  return {
    inputs: inputsOf(() => fullPlaintext(subject)),
    peer: (plaintext) => peerPublicKey.encrypt(plaintext),
    same: (ours, peer, plaintext) =>
      decrypt(privateKey, ours) === plaintext && peerPrivateKey.decrypt(peer) === plaintext,
  };
}

/** Six fields in one ciphertext of ours, in six of the peer's, which does not pack. */
function recordEncryption(subject: Subject): Operation {
  const { rng, publicKey, privateKey, peerPublicKey, peerPrivateKey } = subject;
  const zeros = tabledShortZeros(subject.shortTable, rng);
  return contest({
    name: "encrypt a record of 6 fields",
    how: "as encrypt, all fields in one plaintext; the peer encrypts six",
    unavoidable: "a multiplication modulo n for every window, and one modulo n²",
    inputs: inputsOf(() => drawFields(rng)),
    ours: (fields) => encryptFrom(zeros, packPlain(RECORD_LAYOUT, fields)),
    peer: (fields) => fields.map((field) => peerPublicKey.encrypt(field)),
    same: (ours, peers, fields) => {
      const { magnitudeBits } = RECORD_LAYOUT;
      const packed = decodeSigned(publicKey, decrypt(privateKey, ours), magnitudeBits);
      const opened = peers.map((peer) => peerPrivateKey.decrypt(peer));
      return equal(unpackSigned(RECORD_LAYOUT, packed, 1), fields) && equal(opened, fields);
    },
    limit: () => [
      { times: windowsOf(subject), side: product(publicKey.n, rng) },
      { times: 1, side: product(publicKey.nSquared, rng) },
    ],
  });
}

function tableBuilding(subject: Subject): Operation {
  const {
    publicKey,
    shortTable: { shortKey, powers },
    rng,
  } = subject;
  const megabytes = Math.round(powers.bytes / 1e6);
  return alone({
    name: "build the table of encrypt",
    how: `once for a key, ${megabytes} MB at ${publicKey.bits} bits`,
    unavoidable: "a multiplication modulo n for every entry",
    inputs: [shortKey],
    ours: (key) => shortTable(key, WINDOW_BITS),
    right: (table) => table.powers.bytes === powers.bytes,
    limit: () => [
      { times: windowsOf(subject) * 2 ** WINDOW_BITS, side: product(publicKey.n, rng) },
    ],
  });
}

function equal(a: readonly bigint[], b: readonly bigint[]): boolean {
  return a.length === b.length && a.every((value, k) => value === b[k]);
}
