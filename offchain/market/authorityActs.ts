/**
 * What the authority says without sending it: it suspends or reinstates a participant, or ends the
 * key of a meter, by signature, and anybody relays it. An authority that is a quorum of several
 * people can do it in no other way. Each of them signs the same, one after the other, and adds to
 * what the others have signed.
 */
import type { Signer } from "ethers";
import { z } from "zod";
import { send, type Market } from "../chain/market.ts";
import { identitiesCalled, type RelayableCall } from "../chain/signedCalls.ts";
import { addressForm, bytes32Form, decimalForm, hexForm } from "../core/messages/forms.ts";
import type { Address, Bytes32 } from "../core/messages/market.ts";
import { CALL_TYPES, meterDomain, REVOCATION_TYPES } from "../core/messages/typedData.ts";
import { assertSame, commonDeadline, signatureFor, type SignedAct } from "./quorumSigning.ts";

/** By the name of the contract's function. */
export type ParticipantAct = "suspend" | "reinstate";

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
