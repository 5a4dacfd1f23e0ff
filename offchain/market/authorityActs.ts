/**
 * What the authority says without sending it: it suspends or reinstates a participant, or ends the
 * key of a meter, by signature, and anybody relays it. An authority that is a quorum of several
 * people can do it in no other way. Each of them signs the same, one after the other, and adds to
 * what the others have signed.
 */
import type { Provider, Signer } from "ethers";
import { z } from "zod";
import { send, type Market } from "../chain/market.ts";
import { quorumAt } from "../chain/quorum.ts";
import { identitiesCalled, relaySignedCall, type RelayableCall } from "../chain/signedCalls.ts";
import { addressForm, bytes32Form, decimalForm, hexForm } from "../core/messages/forms.ts";
import type { Address, Bytes32 } from "../core/messages/market.ts";
import {
  givenSignatures,
  quorumSignature,
  signaturesIn,
  type TypedMessage,
} from "../core/messages/quorumSignature.ts";
import type { SignedCall } from "../core/messages/signedCall.ts";
import { CALL_TYPES, meterDomain, REVOCATION_TYPES } from "../core/messages/typedData.ts";
import { StepError } from "./stepError.ts";

/** By the name of the contract's function. */
export type ParticipantAct = "suspend" | "reinstate";

/** Something that is signed, and how many more have to sign it before it counts. */
export interface SignedAct<Act> {
  readonly act: Act;
  readonly missing: number;
}

/** The end of a meter's key, with everything that it takes to relay it; nothing in it is secret. */
export interface RelayableRevocation {
  readonly chainId: bigint;
  /** The meter registry. */
  readonly contract: Address;
  readonly keyId: Bytes32;
  /** Last moment for relaying, excluded; unix seconds. */
  readonly deadline: bigint;
  readonly signature: string;
}

/** What a revocation becomes as JSON; numbers as decimal text. */
export const revocationForm = z.strictObject({
  chainId: decimalForm.transform(BigInt),
  contract: addressForm,
  keyId: bytes32Form,
  // As wide as on chain.
  deadline: decimalForm.transform(BigInt).refine((value) => value >> 40n === 0n),
  signature: hexForm,
});

/**
 * Signs that a participant is suspended, or reinstated. Run by the authority, or by a member of the
 * quorum that it is.
 * @param deadline last moment for relaying, excluded; unix seconds. That of `earlier` stays
 * @param earlier what other members have signed of the same; null for the first
 * @throws StepError E_NOT_AUTHORITY; E_OTHER_ACT if `earlier` is something else, or was overtaken
 */
export async function signParticipantAct(
  market: Market,
  signer: Signer,
  { name, account, deadline }: ParticipantActGiven,
  earlier: RelayableCall | null,
): Promise<SignedAct<RelayableCall>> {
  const { contract, domain } = await identitiesCalled(market);
  const { identities } = market.contracts;
  const from = await identities.authority();
  const nonce = await identities.nonces(from, { blockTag: "pending" });
  const { interface: functions } = identities;
  const data =
    name === "suspend"
      ? functions.encodeFunctionData("suspend", [account])
      : functions.encodeFunctionData("reinstate", [account]);
  const { chainId } = market;
  const same = { chainId, contract: await contract.getAddress(), from, data, nonce };
  if (earlier !== null) assertSame({ ...earlier }, same);
  const call: SignedCall = { from, data, nonce, deadline: earlier?.deadline ?? deadline };
  const signed = { domain, types: CALL_TYPES, value: { ...call } };
  const { signature, missing } = await signatureFor(market, signer, signed, earlier);
  return { act: { ...same, ...call, signature }, missing };
}

export interface ParticipantActGiven {
  readonly name: ParticipantAct;
  readonly account: Address;
  readonly deadline: bigint;
}

/** Run by anybody. @throws RefusedError with the contract's reason */
export async function relayParticipantAct(
  market: Market,
  relayer: Signer,
  act: RelayableCall,
): Promise<void> {
  await relaySignedCall(market, await identitiesCalled(market), relayer, act);
}

/** As `signParticipantAct`: that a meter's key ends. */
export async function signRevocation(
  market: Market,
  signer: Signer,
  { keyId, deadline }: Pick<RelayableRevocation, "keyId" | "deadline">,
  earlier: RelayableRevocation | null,
): Promise<SignedAct<RelayableRevocation>> {
  const { chainId } = market;
  const contract = await market.contracts.meters.getAddress();
  const same = { chainId, contract, keyId };
  if (earlier !== null) assertSame({ ...earlier }, same);
  const value = { keyId, deadline: earlier?.deadline ?? deadline };
  const signed = { domain: meterDomain(chainId, contract), types: REVOCATION_TYPES, value };
  const { signature, missing } = await signatureFor(market, signer, signed, earlier);
  return { act: { ...same, ...value, signature }, missing };
}

/** Run by anybody. @throws RefusedError */
export async function relayRevocation(
  market: Market,
  relayer: Signer,
  { keyId, deadline, signature }: RelayableRevocation,
): Promise<void> {
  const { meters } = market.contracts;
  await send(market, meters.connect(relayer).revokeBySig(keyId, deadline, signature));
}

/** @throws StepError E_NOT_AUTHORITY */
async function signatureFor(
  { contracts, provider }: Market,
  signer: Signer,
  message: TypedMessage,
  earlier: { readonly signature: string } | null,
): Promise<{ readonly signature: string; readonly missing: number }> {
  const { domain, types, value } = message;
  const authority = await contracts.identities.authority();
  const account = await signer.getAddress();
  if (account === authority) {
    return { signature: await signer.signTypedData(domain, types, value), missing: 0 };
  }
  const quorum = await quorumAt(provider, authority, account);
  if (quorum?.isMember !== true) {
    const what = quorum === null ? "is not the authority" : "is none of the authority's quorum";
    const message = `${account} ${what}, ${authority}: sign as the authority, or as one of it`;
    throw new StepError("E_NOT_AUTHORITY", message, { account, authority });
  }
  const known = earlier === null ? new Map<Address, string>() : signaturesIn(earlier.signature);
  const own = await signer.signTypedData(domain, types, value);
  const given = givenSignatures(message, new Map([...known, [account, own]]));
  const signatures = await ofMembers(provider, authority, given);
  const missing = Math.max(0, quorum.quorum - signatures.size);
  return { signature: quorumSignature(signatures), missing };
}

/** Without those of people who are none of the quorum, which it takes as little as junk. */
async function ofMembers(
  provider: Provider,
  authority: Address,
  signatures: ReadonlyMap<Address, string>,
): Promise<ReadonlyMap<Address, string>> {
  const checked = await Promise.all(
    [...signatures].map(async ([member, signature]) => {
      const known = await quorumAt(provider, authority, member);
      return known?.isMember === true ? [[member, signature] as const] : [];
    }),
  );
  return new Map(checked.flat());
}

/** @throws StepError E_OTHER_ACT */
function assertSame(
  earlier: Readonly<Record<string, unknown>>,
  same: Readonly<Record<string, string | bigint>>,
): void {
  const differing = Object.entries(same).find(([name, value]) => earlier[name] !== value);
  if (differing === undefined) return;
  const [field, value] = differing;
  const values = `its ${field} is ${String(earlier[field])}, expected ${value}`;
  const message = `what was signed before is something else: ${values}; sign in a new file`;
  throw new StepError("E_OTHER_ACT", message, { field });
}
