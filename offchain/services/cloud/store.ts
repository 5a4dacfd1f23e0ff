/**
 * What the cloud keeps, in its folder: the secret halves of round keys, and which attempts it has
 * taken part in.
 */
import { z } from "zod";
import { decimalForm } from "../../core/messages/forms.ts";
import { privateKeyFromPrimes } from "../../core/primitives/paillier/keyFromPrimes.ts";
import type { CloudStore } from "../../parties/cloud/desk.ts";
import type { ServerStore } from "../../parties/server/store.ts";
import type { ServiceFolder } from "../folder.ts";

const primesForm = z.strictObject({ p: decimalForm, q: decimalForm });

export function cloudStoreIn(folder: ServiceFolder, attempts: ServerStore): CloudStore {
  const file = (roundKeyHash: string): string => `keys/${roundKeyHash}.json`;
  return {
    ...attempts,
    keepPrivateKey: (hash, { p, q }) =>
      folder.write(file(hash), { p: p.toString(), q: q.toString() }),
    privateKeyOf: async (hash) => {
      const primes = await folder.read(file(hash), primesForm);
      return primes === undefined ? null : privateKeyFromPrimes(BigInt(primes.p), BigInt(primes.q));
    },
  };
}
