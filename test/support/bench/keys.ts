/** A key that is quick to compute with and large enough for a record: n of 1,024 bits. */
import { privateKeyFromPrimes } from "../../../offchain/core/primitives/paillier/keyFromPrimes.ts";
import { type KeyPair } from "../../../offchain/core/primitives/paillier/keyGeneration.ts";

export const TEST_BITS = 1024;

/** The same key pair every time. */
export function dealTestKeys(): Promise<KeyPair> {
  const privateKey = privateKeyFromPrimes(
    0xbdb0b121e02d998dee878992840ffb49475a2ff138a0898500eda5787d807f55f367beabd38a9cca01d1c04139e628487bfafc29f98b65d3b8bb5258497680dbn,
    0xcc46b917eef9ee4ec02c65294b38eb48a9a5c580e2978bd68a90617f0aaff5bf31bb79a22d4818d2cae45dda85bef67187a00e710d0160618dae222c0f52a657n,
  );
  return Promise.resolve({ publicKey: privateKey.publicKey, privateKey });
}
