/**
 * What the authority says without sending it: it suspends or reinstates a participant, or ends the
 * key of a meter, by signature, and anybody relays it. An authority that is a quorum of several
 * people can do it in no other way. Each of them signs the same, one after the other, and adds to
 * what the others have signed.
 */
import type { Provider, Signer } from "ethers";
import { z } from "zod";
import { moment } from "../chain/moment.ts";
import { pendingSeconds, send, type Market } from "../chain/market.ts";
import { quorumAt } from "../chain/quorum.ts";
import { identitiesCalled, relaySignedCall, type RelayableCall } from "../chain/signedCalls.ts";
import { addressForm, bytes32Form, decimalForm, hexForm } from "../core/messages/forms.ts";
import type { Address, Bytes32 } from "../core/messages/market.ts";
import { quorumSignature, signaturesIn } from "../core/messages/quorumSignature.ts";
import { CALL_TYPES, meterDomain, REVOCATION_TYPES } from "../core/messages/typedData.ts";
import { StepError } from "./stepError.ts";
import { holding } from "../chain/signatures.ts";
import type { TypedMessage } from "../core/messages/signatureForm.ts";

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
 * @param deadline last moment for relaying that the signer allows, excluded; unix seconds. An
 *   earlier one of `earlier` stays
 * @param earlier what other members have signed of the same; null for the first
 * @throws StepError E_NOT_AUTHORITY; E_OTHER_ACT if `earlier` is something else, or was overtaken;
 *   E_ACT_TIME if it has ended, or would count for longer than the signer allows
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
  const call = { from, data, nonce, deadline: await commonDeadline(market, earlier, deadline) };
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
  const value = { keyId, deadline: await commonDeadline(market, earlier, deadline) };
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
    const remedy = "sign as the authority, or as one of it";
    const sentence = `${account} ${what}, ${authority}: ${remedy}`;
    throw new StepError("E_NOT_AUTHORITY", sentence, { account, authority });
  }
  const known =
    earlier === null ? [] : await membersSignatures(provider, authority, message, earlier);
  const own = await signer.signTypedData(domain, types, value);
  const signatures = new Map([...known, [account, own]]);
  const missing = Math.max(0, quorum.quorum - signatures.size);
  return { signature: quorumSignature(signatures), missing };
}

/** What members have signed: anything else in the list would spoil it on chain. */
async function membersSignatures(
  provider: Provider,
  authority: Address,
  message: TypedMessage,
  { signature }: { readonly signature: string },
): Promise<readonly (readonly [Address, string])[]> {
  const signatures = [...(await holding(provider, message, signaturesIn(signature)))];
  const asked = signatures.map(async (signed) => {
    const quorum = await quorumAt(provider, authority, signed[0]);
    return quorum?.isMember === true ? [signed] : [];
  });
  return (await Promise.all(asked)).flat();
}

/**
 * What all of them sign. Whoever signed first chose it: a member that lies would else have the
 * others sign something that it can bring whenever it likes.
 * @throws StepError E_ACT_TIME
 */
async function commonDeadline(
  market: Market,
  earlier: { readonly deadline: bigint } | null,
  allowed: bigint,
): Promise<bigint> {
  if (earlier === null) return allowed;
  const { deadline } = earlier;
  const now = BigInt(await pendingSeconds(market));
  if (deadline > now && deadline <= allowed) return deadline;
  const why =
    deadline > now
      ? `counts until ${moment(deadline)}, and you allow ${moment(allowed)}: allow as much, or`
      : `has ended, at ${moment(deadline)}:`;
  const message = `what was signed before ${why} sign in a new file`;
  throw new StepError("E_ACT_TIME", message, { deadline, allowed });
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
