/**
 * The signatures of several people as one, as `ArbiterQuorum` takes it. Each signs the same by
 * itself, and whoever has another signature adds it.
 */
import {
  AbiCoder,
  getAddress,
  verifyTypedData,
  type TypedDataDomain,
  type TypedDataField,
} from "ethers";
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

/** What each of them signs (EIP-712). */
export interface TypedMessage {
  readonly domain: TypedDataDomain;
  readonly types: Record<string, TypedDataField[]>;
  readonly value: Record<string, unknown>;
}

/**
 * Those of the signatures that the keys of who should have given them did give. The quorum takes
 * all or none: a single one that is junk spoils those of all others.
 */
export function givenSignatures(
  message: TypedMessage,
  signatures: ReadonlyMap<Address, string>,
): ReadonlyMap<Address, string> {
  return new Map(
    [...signatures].filter(([member, signature]) => signerOf(message, signature) === member),
  );
}

/** Null for what is no signature. */
function signerOf({ domain, types, value }: TypedMessage, signature: string): Address | null {
  try {
    return verifyTypedData(domain, types, value, signature);
  } catch {
    return null;
  }
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
