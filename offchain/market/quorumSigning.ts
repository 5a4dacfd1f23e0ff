/**
 * Something that the authority signs where it may be a quorum of several people: each of them signs
 * the same, one after the other, and adds to what the others have signed.
 */
import type { Provider, Signer } from "ethers";
import { moment } from "../chain/moment.ts";
import { pendingSeconds, type Market } from "../chain/market.ts";
import { quorumAt } from "../chain/quorum.ts";
import { holding } from "../chain/signatures.ts";
import type { Address } from "../core/messages/market.ts";
import { quorumSignature, signaturesIn } from "../core/messages/quorumSignature.ts";
import type { TypedMessage } from "../core/messages/signatureForm.ts";
import { StepError } from "./stepError.ts";

/** Something that is signed, and how many more have to sign it before it counts. */
export interface SignedAct<Act> {
  readonly act: Act;
  readonly missing: number;
}

interface SoFarSigned {
  readonly signature: string;
  /** How many more have to sign. */
  readonly missing: number;
}

/**
 * The authority's signature, or what its members have signed so far with the signer's added.
 * @param earlier what other members have signed; null for the first
 * @throws StepError E_NOT_AUTHORITY
 */
export async function signatureFor(
  { contracts, provider }: Market,
  signer: Signer,
  message: TypedMessage,
  earlier: { readonly signature: string } | null,
): Promise<SoFarSigned> {
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
export async function commonDeadline(
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

/**
 * @param earlier what was signed before, by its fields
 * @param same what is to be signed
 * @throws StepError E_OTHER_ACT
 */
export function assertSame(
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
