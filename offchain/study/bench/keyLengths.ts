/**
 * The figure of the paper: encryption and decryption against the length of the key, by the
 * definition, with the Chinese remainder theorem, and with short exponents (Damgård, Jurik,
 * Nielsen). Beside them the package `paillier-bigint`, with the generator n + 1 and with a random
 * one: the paper saves a power by the former, the package computes it anyway.
 */
import { PublicKey as PeerPublicKey } from "paillier-bigint";
import { toPaillierBigintPrivateKey } from "../../core/primitives/paillier/interop.ts";
import { dealShortKey } from "../../core/primitives/paillier/keyGeneration.ts";
import { ownerZeros } from "../../core/primitives/paillier/ownerEncryption.ts";
import {
  decrypt,
  decryptTextbook,
  type PrivateKey,
} from "../../core/primitives/paillier/privateKey.ts";
import {
  shortTable,
  shortZeros,
  tabledShortZeros,
} from "../../core/primitives/paillier/shortRandomness.ts";
import {
  encryptFrom,
  uniformZeros,
  type ZeroSource,
} from "../../core/primitives/paillier/zeros.ts";
import { randomBelow, randomUnit, type Rng } from "../../core/primitives/random.ts";
import { type Effort, measureSideBySide, type Side, sideOf, type Watch } from "./measure.ts";
import { type BenchProgress, DisagreementError } from "./operations.ts";
import type { KeyLengthRow } from "./benchReport.ts";

/** Lengths, and how long each is measured. */
export interface KeyLengthPlan {
  readonly keyBits: readonly number[];
  readonly effort: Effort;
}

/** Some 5 seconds where nothing else runs. */
export const QUICK_KEY_LENGTHS: KeyLengthPlan = {
  keyBits: [1024, 2048],
  effort: { rounds: 3, milliseconds: 600 },
};

/** Some 20 seconds where nothing else runs. */
export const FULL_KEY_LENGTHS: KeyLengthPlan = {
  keyBits: [1024, 2048, 3072],
  effort: { rounds: 5, milliseconds: 4_000 },
};

export interface KeyLengthBench extends Watch {
  readonly rng: Rng;
  /** A key of any length. */
  readonly deal: (bits: number) => Promise<PrivateKey>;
  readonly progress: BenchProgress;
}

const WINDOW_BITS = 8;

type Timed = Pick<KeyLengthRow, "operation" | "variant"> & { readonly side: Side };

/**
 * Rows length by length.
 * @throws DisagreementError if a decryption goes wrong; the reason of the signal
 */
export async function measureKeyLengths(
  { keyBits, effort }: KeyLengthPlan,
  bench: KeyLengthBench,
): Promise<readonly KeyLengthRow[]> {
  const rows: KeyLengthRow[] = [];
  bench.progress.say("lengths of keys");
  for (const [done, bits] of keyBits.entries()) {
    bench.progress.update(`keys of ${bits} bits`, done, keyBits.length);
    const timed = waysOf(await bench.deal(bits), bench.rng);
    const measured = await measureSideBySide(
      timed.map(({ side }) => side),
      effort,
      bench,
    );
    for (const { operation, variant, side } of timed) {
      rows.push({ operation, variant, bits, ms: measured(side).medianMs });
    }
  }
  bench.progress.update("lengths of keys", keyBits.length, keyBits.length);
  return rows;
}

/** Full-size plaintexts throughout. */
function waysOf(privateKey: PrivateKey, rng: Rng): readonly Timed[] {
  const { publicKey } = privateKey;
  const { n, nSquared } = publicKey;
  const plaintext = randomBelow(rng, n);
  const shortKey = dealShortKey(privateKey, rng);
  const peer = toPaillierBigintPrivateKey(privateKey);
  const peerRandom = new PeerPublicKey(n, randomUnit(rng, nSquared));
  const c = encryptFrom(shortZeros(shortKey, rng), plaintext);
  const encrypting = (variant: string, zeros: ZeroSource): Timed => {
    const encrypt = () => encryptFrom(zeros, plaintext);
    assertOpens(variant, decrypt(privateKey, encrypt()), plaintext);
    return { operation: "encrypt", variant, side: sideOf(encrypt) };
  };
  const decrypting = (variant: string, open: () => bigint): Timed => {
    assertOpens(variant, open(), plaintext);
    return { operation: "decrypt", variant, side: sideOf(open) };
  };
  const byPeer = (variant: string, key: PeerPublicKey): Timed => {
    return { operation: "encrypt", variant, side: sideOf(() => key.encrypt(plaintext)) };
  };
  return [
    encrypting("plain", uniformZeros(publicKey, rng)),
    encrypting("CRT, by the owner", ownerZeros(privateKey, rng)),
    encrypting("DJN", shortZeros(shortKey, rng)),
    encrypting("DJN, table", tabledShortZeros(shortTable(shortKey, WINDOW_BITS), rng)),
    byPeer("paillier-bigint, g = n + 1", peer.publicKey),
    byPeer("paillier-bigint, random g", peerRandom),
    decrypting("plain", () => decryptTextbook(privateKey, c)),
    decrypting("CRT", () => decrypt(privateKey, c)),
    decrypting("paillier-bigint, CRT", () => peer.decrypt(c.value)),
  ];
}

function assertOpens(variant: string, opened: bigint, plaintext: bigint): void {
  if (opened === plaintext) return;
  throw new DisagreementError(`${variant}: expected the plaintext back, got another`);
}
