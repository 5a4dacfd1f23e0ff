/** What a worker thread of the cloud can be asked for, by name. */
import type { Bytes32, Venue } from "../../core/messages/market.ts";
import type { Layout } from "../../core/messages/packedRecord.ts";
import { privateKeyFromPrimes } from "../../core/primitives/paillier/keyFromPrimes.ts";
import type { PrivateKey } from "../../core/primitives/paillier/privateKey.ts";
import type { Ciphertext } from "../../core/primitives/paillier/publicKey.ts";
import type { SignedHeader } from "../../core/messages/uploadHeader.ts";
import { signedHeaders } from "./headers.ts";
import { openRecords } from "./opening.ts";

export function headers(given: [Venue, readonly SignedHeader[]]): readonly (Bytes32 | null)[] {
  return signedHeaders(...given);
}

type Primes = Pick<PrivateKey, "p" | "q">;

export function openWith([primes, layout, records]: [
  Primes,
  Layout,
  readonly Ciphertext[],
]): readonly (readonly bigint[])[] {
  return openRecords(keyOf(primes), layout, records);
}

let latest: PrivateKey | null = null;

/** Put together once for all jobs of a round. */
function keyOf({ p, q }: Primes): PrivateKey {
  if (latest?.p !== p || latest.q !== q) latest = privateKeyFromPrimes(p, q);
  return latest;
}
