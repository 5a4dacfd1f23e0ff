/**
 * What a credential says of its holder, in clear: a role, and the epoch in which it counts. Both
 * are shared by so many that they tell nobody apart. An epoch is a span of time; a credential that
 * is not issued anew for the next one has lapsed, which is how a member is put out without a list
 * of members.
 */
import { u32 } from "../primitives/bytes.ts";
import { CredentialError } from "./credentialError.ts";
import { H2, H3, P1, type PointG1 } from "./group.ts";

/** In the order of their numbers, from 1: 0 is nobody's. */
export const ROLES = ["charge", "discharge"] as const;
export type Role = (typeof ROLES)[number];

export interface Attributes {
  readonly role: Role;
  /** 0 … 2^32 − 1. */
  readonly epoch: number;
}

/** role ‖ u32(epoch). */
export const ATTRIBUTES_BYTES = 5;

/** 1 … 2: what is signed and hashed, on chain too. */
export function roleNumber(role: Role): number {
  return ROLES.indexOf(role) + 1;
}

/** @throws CredentialError E_FIELD */
export function roleOf(number: number): Role {
  const role = ROLES[number - 1];
  if (role !== undefined) return role;
  throw new CredentialError("E_FIELD", "roleOf: expected the number of a role, got another");
}

/** The epoch of a time, in unix seconds. */
export function epochAt(atSeconds: number, epochSeconds: number): number {
  return Math.floor(atSeconds / epochSeconds);
}

export function attributesToBytes({ role, epoch }: Attributes): Uint8Array {
  return Uint8Array.of(roleNumber(role), ...u32(epoch));
}

/** D = P1 + role·H2 + epoch·H3: what every holder of these attributes has in common. */
export function attributesPoint({ role, epoch }: Attributes): PointG1 {
  return P1.add(H2.multiplyUnsafe(BigInt(roleNumber(role)))).add(H3.multiplyUnsafe(BigInt(epoch)));
}
