/**
 * A member in the state folder, `credentials/holders/<name>.json`: the key that the registrar knows it by, the secret that
 * nobody knows, and its credential of the last epoch it has joined.
 */
import { z } from "zod";
import { type Attributes, ROLES } from "../../offchain/core/credential/attributes.ts";
import { encodeScalar } from "../../offchain/core/credential/group.ts";
import {
  acceptCredential,
  type Credential,
  generateHolderSecret,
  type HolderSecret,
  holderSecretFrom,
} from "../../offchain/core/credential/holder.ts";
import {
  generateSigningKey,
  signingKeyFrom,
  type SigningKeyPair,
} from "../../offchain/core/credential/longTermKey.ts";
import { bytes32Form, hexForm } from "../../offchain/core/messages/forms.ts";
import type { Bytes32 } from "../../offchain/core/messages/market.ts";
import { bytesToHex, hexToBytes } from "../../offchain/core/primitives/bytes.ts";
import { systemRng } from "../../offchain/core/primitives/random.ts";
import type { Connected } from "../support/connection.ts";
import { undamaged, type MarketCredentials } from "./credentials.ts";
import { InputError } from "../support/outcome.ts";

export interface Holder {
  readonly name: string;
  readonly memberId: Bytes32;
  readonly longTermKey: SigningKeyPair;
  readonly secret: HolderSecret;
  /** What the registrar has answered, and for what; null before the first time. */
  readonly joined: Joined | null;
}

export interface Joined extends Attributes {
  readonly answer: Uint8Array;
}

const holderSchema = z.strictObject({
  memberId: bytes32Form,
  longTermSecret: bytes32Form,
  usk: bytes32Form,
  joined: z
    .strictObject({ role: z.enum(ROLES), epoch: z.number().int().min(0), answer: hexForm })
    .nullable(),
});

export function hasHolder({ state }: Connected, name: string): Promise<boolean> {
  return state.has(holderPath(name));
}

/** @throws StateError if there is none of this name, or its file is damaged */
export async function holderNamed({ state }: Connected, name: string): Promise<Holder> {
  const path = holderPath(name);
  const { memberId, longTermSecret, usk, joined } = await state.read(path, holderSchema);
  return undamaged(state, path, () => ({
    name,
    memberId,
    longTermKey: signingKeyFrom(hexToBytes(longTermSecret)),
    secret: holderSecretFrom(hexToBytes(usk)),
    joined: joined && { ...joined, answer: hexToBytes(joined.answer) },
  }));
}

/** Keys for somebody new; nothing is written yet. */
export function newHolder(name: string): Holder {
  return {
    name,
    memberId: bytesToHex(systemRng.bytes(32)),
    longTermKey: generateSigningKey(systemRng),
    secret: generateHolderSecret(systemRng),
    joined: null,
  };
}

export async function keepHolder({ state }: Connected, holder: Holder): Promise<void> {
  const { memberId, longTermKey, secret, joined } = holder;
  await state.writeSecret(holderPath(holder.name), {
    memberId,
    longTermSecret: bytesToHex(longTermKey.secretKey),
    usk: bytesToHex(encodeScalar(secret.usk)),
    joined: joined && { ...joined, answer: bytesToHex(joined.answer) },
  });
}

/** The credential of a holder that has joined, checked. @throws StateError if its file is damaged */
export function credentialIn(
  { state }: Connected,
  { parameters }: MarketCredentials,
  { name, secret }: Holder,
  { role, epoch, answer }: Joined,
): Credential {
  return undamaged(state, holderPath(name), () =>
    acceptCredential(parameters, secret, { role, epoch }, answer),
  );
}

function holderPath(name: string): string {
  if (/^[a-z0-9][a-z0-9_-]{0,31}$/i.test(name)) return `credentials/holders/${name}.json`;
  throw new InputError("--as: expected a name of 1 to 32 letters, digits, - or _");
}
