/**
 * Whose key it is that a member joins with, said by the registrar under its published key, for
 * everybody to check. A member's id is a hash of its long-term key, so no other key can ever sign
 * for it. A naming says which name the registrar has put to an id: the member gets it when its
 * papers are looked at, and keeps it; nobody is named in a case without one. A registrar that makes
 * a key of its own for a name has to sign a second naming of that name, and whoever holds the first
 * shows both: the registrar has lied (`contradict`).
 *
 *   naming   R = k·P2,  c = Hz("EVCRED-v1/naming", parameters, memberId, name, R),  s = k + c·γ      c(32) ‖ s(32)
 *
 * Source: Schnorr 1991 in G2, with the issuer's key; the use of it is our own.
 */
import { getBytes } from "ethers";
import type { Bytes32 } from "../messages/market.ts";
import { bytesToHex, utf8 } from "../primitives/bytes.ts";
import { CredentialError } from "./credentialError.ts";
import {
  BASE_G2,
  decodeScalar,
  hashToScalar,
  type PointG2,
  reduced,
  SCALAR_BYTES,
} from "./group.ts";
import type { CredentialParameters } from "./parameters.ts";
import { labelledId, readerOf } from "./wire.ts";
import { nameHash } from "../messages/readableName.ts";

/** c ‖ s. */
const NAMING_BYTES = 2 * SCALAR_BYTES;

/** A name that the registrar has put to an id. */
export interface Naming {
  /** What the registrar calls the member: one name for one member, for good. */
  readonly name: string;
  readonly memberId: Bytes32;
  readonly signature: Uint8Array;
}

/** The id of whoever holds a long-term key, and of nobody else. */
export function memberIdOf(longTermKey: Uint8Array): Bytes32 {
  return bytesToHex(labelledId("EVCRED-v1/member", longTermKey));
}

/** c, over everything that is said. */
export function namingChallenge(
  { id }: CredentialParameters,
  { name, memberId }: Omit<Naming, "signature">,
  announced: PointG2,
): bigint {
  const said = [id, getBytes(memberId), utf8(name), announced.toBytes()];
  return hashToScalar("EVCRED-v1/naming", ...said);
}

/**
 * Whether it is the registrar's word. Run by the member that is named, and by whoever is to believe
 * that a name is a member's.
 * @throws CredentialError E_LENGTH, E_SCALAR; E_SIGNATURE for another key's, name or id
 */
export function assertNaming(parameters: CredentialParameters, naming: Naming): void {
  const { take } = readerOf("naming", naming.signature, NAMING_BYTES);
  const c = decodeScalar("naming", take(SCALAR_BYTES));
  const s = decodeScalar("naming", take(SCALAR_BYTES));
  const announced = BASE_G2.mulAddUnsafe(s, parameters.issuer, reduced(-c));
  if (namingChallenge(parameters, naming, announced) === c) return;
  throw new CredentialError("E_SIGNATURE", "naming: expected the registrar's word, got another");
}

/**
 * Whether two namings prove that the registrar has lied: both are its word, and they put one name
 * to two ids. Run by anyone, with the naming that the accused has kept and the one that accuses.
 * @throws CredentialError as `assertNaming`, for a naming that is not the registrar's
 */
export function contradict(parameters: CredentialParameters, one: Naming, other: Naming): boolean {
  for (const naming of [one, other]) assertNaming(parameters, naming);
  return nameHash(one.name) === nameHash(other.name) && one.memberId !== other.memberId;
}
