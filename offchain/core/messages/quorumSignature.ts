/**
 * The signatures of several people as one, as `ArbiterQuorum` takes it. Each signs the same by
 * itself, and whoever has another signature adds it.
 */
import { AbiCoder, getAddress } from "ethers";
import { z } from "zod";
import { addressForm, hexForm } from "./forms.ts";
import type { Address } from "./market.ts";

const TYPES = ["address[]", "bytes[]"];
const listsForm = z.tuple([z.array(addressForm), z.array(hexForm)]);

/**
 * What `ArbiterQuorum` takes as its signature.
 * @param signatures by the address of the member that gave them
 */
export function quorumSignature(signatures: ReadonlyMap<Address, string>): string {
  const ascending = [...signatures].sort(([a], [b]) => (BigInt(a) < BigInt(b) ? -1 : 1));
  return AbiCoder.defaultAbiCoder().encode(TYPES, [
    ascending.map(([member]) => getAddress(member)),
    ascending.map(([, signature]) => signature),
  ]);
}

/** The signatures in it, by member; none if it is something else. */
export function signaturesIn(signature: string): ReadonlyMap<Address, string> {
  const lists = listsForm.safeParse(decoded(signature));
  if (!lists.success) return new Map();
  const [members, signatures] = lists.data;
  return new Map(members.map((member, place) => [member, signatures[place] ?? "0x"]));
}

function decoded(signature: string): unknown {
  try {
    const result = AbiCoder.defaultAbiCoder().decode(TYPES, signature);
    return result.toArray(true);
  } catch {
    return undefined;
  }
}
