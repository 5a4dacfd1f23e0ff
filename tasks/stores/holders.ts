/**
 * A member in the state folder, `credentials/holders/<name>.json`: the key that the registrar knows
 * it by, the secret that nobody knows, and its credential of the last epoch it has joined.
 */
import { z } from "zod";
import { type Attributes, ROLES } from "../../offchain/core/credential/attributes.ts";
import { encodeScalar } from "../../offchain/core/credential/group.ts";
import { type Credential, holderSecretFrom } from "../../offchain/core/credential/holder.ts";
import { signingKeyFrom } from "../../offchain/core/credential/longTermKey.ts";
import { bytes32Form, hexForm } from "../../offchain/core/messages/forms.ts";
import { bytesToHex, hexToBytes } from "../../offchain/core/primitives/bytes.ts";
import {
  credentialFor,
  type Membership,
  type MembershipStore,
} from "../../offchain/parties/vehicle/membership.ts";
import type { Connected } from "../support/connection.ts";
import { undamaged, type MarketCredentials } from "./credentials.ts";
import { InputError } from "../support/outcome.ts";

const holderSchema = z.strictObject({
  memberId: bytes32Form,
  longTermSecret: bytes32Form,
  usk: bytes32Form,
  naming: z.strictObject({ name: z.string(), signature: hexForm }).nullable(),
  joined: z
    .strictObject({ role: z.enum(ROLES), epoch: z.number().int().min(0), answer: hexForm })
    .nullable(),
});

export function hasHolder({ state }: Connected, name: string): Promise<boolean> {
  return state.has(holderPath(name));
}

/** @throws StateError if there is none of this name, or its file is damaged */
export async function holderNamed({ state }: Connected, name: string): Promise<Membership> {
  const path = holderPath(name);
  const { memberId, longTermSecret, usk, naming, joined } = await state.read(path, holderSchema);
  return undamaged(state, path, () => ({
    memberId,
    longTermKey: signingKeyFrom(hexToBytes(longTermSecret)),
    secret: holderSecretFrom(hexToBytes(usk)),
    naming: naming && { memberId, name: naming.name, signature: hexToBytes(naming.signature) },
    joined: joined && { ...joined, answer: hexToBytes(joined.answer) },
  }));
}

/** The keys and the credential of a member, as it keeps them. */
export function membershipIn(connected: Connected, name: string): MembershipStore {
  const { state } = connected;
  const path = holderPath(name);
  return {
    membership: async () => ((await state.has(path)) ? holderNamed(connected, name) : null),
    keepMembership: ({ memberId, longTermKey, secret, naming, joined }) =>
      state.writeSecret(path, {
        memberId,
        longTermSecret: bytesToHex(longTermKey.secretKey),
        usk: bytesToHex(encodeScalar(secret.usk)),
        naming: naming && { name: naming.name, signature: bytesToHex(naming.signature) },
        joined: joined && { ...joined, answer: bytesToHex(joined.answer) },
      }),
  };
}

/**
 * The credential of a holder, checked.
 * @throws MembershipError unless it has joined for this; StateError if its file is damaged
 */
export function credentialIn(
  { state }: Connected,
  { parameters }: MarketCredentials,
  name: string,
  membership: Membership,
  attributes: Attributes,
): Credential {
  return undamaged(state, holderPath(name), () =>
    credentialFor(parameters, membership, attributes),
  );
}

function holderPath(name: string): string {
  if (/^[a-z0-9][a-z0-9_-]{0,31}$/i.test(name)) return `credentials/holders/${name}.json`;
  throw new InputError("--as: expected a name of 1 to 32 letters, digits, - or _");
}
