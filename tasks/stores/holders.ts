/**
 * A member in the state folder, `credentials/holders/<name>.json`: the key that the registrar knows
 * it by, the secret that nobody knows, and its credential of the last epoch it has joined.
 */
import { z } from "zod";
import { type Attributes, ROLES } from "../../offchain/core/credential/attributes.ts";
import { encodeScalar } from "../../offchain/core/credential/group.ts";
import { type Credential, holderSecretFrom } from "../../offchain/core/credential/holder.ts";
import { signingKeyFrom } from "../../offchain/core/credential/longTermKey.ts";
import type { Naming } from "../../offchain/core/credential/naming.ts";
import { bytes32Form, hexForm } from "../../offchain/core/messages/forms.ts";
import { bytesToHex, hexToBytes } from "../../offchain/core/primitives/bytes.ts";
import {
  credentialFor,
  noMembership,
  type Joined,
  type Membership,
  type MembershipStore,
} from "../../offchain/parties/vehicle/membership.ts";
import type { Connected } from "../support/connection.ts";
import { undamaged, type MarketCredentials } from "./credentials.ts";
import { StateError, type State } from "./state.ts";
import { fileNameOf } from "../support/naming.ts";

const joinedSchema = z.strictObject({
  role: z.enum(ROLES),
  epoch: z.number().int().min(0),
  answer: hexForm,
});
const namingSchema = z.strictObject({ name: z.string(), signature: hexForm });
const holderSchema = z.strictObject({
  memberId: bytes32Form,
  longTermSecret: bytes32Form,
  usk: bytes32Form,
  naming: namingSchema.nullable(),
  joined: joinedSchema.nullable(),
});

export function hasHolder({ state }: Connected, name: string): Promise<boolean> {
  return state.has(holderPath(name));
}

/** @throws StateError if there is none of this name, or its file is damaged */
export async function holderNamed(
  { state }: Pick<Connected, "state">,
  name: string,
): Promise<Membership> {
  const path = holderPath(name);
  const holder = await state.readIfThere(path, holderSchema);
  if (holder !== undefined) return membershipFrom(state, path, holder);
  const remedy = `run \`npx hardhat identity credential --as ${name}\` first`;
  throw new StateError(`the state folder ${state.folder} holds no ${path}: ${remedy}`);
}

function membershipFrom(
  state: State,
  path: string,
  { memberId, longTermSecret, usk, naming, joined }: z.infer<typeof holderSchema>,
): Membership {
  return undamaged(state, path, () => ({
    memberId,
    longTermKey: signingKeyFrom(hexToBytes(longTermSecret)),
    secret: holderSecretFrom(hexToBytes(usk)),
    naming: naming && { memberId, name: naming.name, signature: hexToBytes(naming.signature) },
    joined: joined && { ...joined, answer: hexToBytes(joined.answer) },
  }));
}

/** The keys and the credential of a member, as it keeps them. */
export function membershipIn(connected: Pick<Connected, "state">, name: string): MembershipStore {
  const { state } = connected;
  const path = holderPath(name);
  const knownHolder = async (): Promise<z.infer<typeof holderSchema>> => {
    const known = await state.readIfThere(path, holderSchema);
    if (known === undefined) throw noMembership();
    return known;
  };
  return {
    membership: async () => {
      const known = await state.readIfThere(path, holderSchema);
      return known === undefined ? null : membershipFrom(state, path, known);
    },
    keepMembership: async (membership) => {
      const isFirst = await state.createSecret(path, membershipToJson(membership));
      return isFirst ? membership : holderNamed(connected, name);
    },
    keepNaming: async (naming) => {
      const known = await knownHolder();
      const kept = membershipFrom(state, path, known).naming;
      if (kept !== null) return kept;
      await state.writeSecret(path, { ...known, naming: namingToJson(naming) });
      return naming;
    },
    keepJoined: async (joined) => {
      await state.writeSecret(path, { ...(await knownHolder()), joined: joinedToJson(joined) });
    },
  };
}

function membershipToJson({
  memberId,
  longTermKey,
  secret,
  naming,
  joined,
}: Membership): z.infer<typeof holderSchema> {
  return {
    memberId,
    longTermSecret: bytesToHex(longTermKey.secretKey),
    usk: bytesToHex(encodeScalar(secret.usk)),
    naming: naming && namingToJson(naming),
    joined: joined && joinedToJson(joined),
  };
}

function namingToJson({ name, signature }: Naming): z.infer<typeof namingSchema> {
  return { name, signature: bytesToHex(signature) };
}

function joinedToJson({ role, epoch, answer }: Joined): z.infer<typeof joinedSchema> {
  return { role, epoch, answer: bytesToHex(answer) };
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
  return `credentials/holders/${fileNameOf("as", name)}.json`;
}
