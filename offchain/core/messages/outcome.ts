/** What the two servers of an auction sign about it. */
import { verifyTypedData, type Signer } from "ethers";
import { decisionsRoot } from "./decisionTree.ts";
import type { Address, Bytes32, Venue } from "./market.ts";
import {
  auctionDomain,
  FINAL_OUTCOME_TYPES,
  NOT_SELECTED_TYPES,
  ROUND_OUTCOME_TYPES,
  SERVE_AUCTION_TYPES,
} from "./typedData.ts";

/** Of a round that others follow. */
export interface RoundOutcome {
  readonly auctionId: Bytes32;
  readonly round: bigint;
  /** Token units per kWh; `NO_REFERENCE_PRICE` if nobody leads. */
  readonly referencePricePerKwh: bigint;
  readonly transcriptRoot: Bytes32;
  readonly participantsRoot: Bytes32;
}

/** Of the last round. */
export interface FinalOutcome {
  readonly auctionId: Bytes32;
  readonly round: bigint;
  readonly decisionsRoot: Bytes32;
  /** Nodes of the tree in the place of the decisions are fewer. */
  readonly decisionCount: bigint;
  readonly participantsRoot: Bytes32;
}

/** What is said of the last round: these decisions, in the order in which they are posted. */
export function finalOutcome(
  { auctionId, round }: Pick<FinalOutcome, "auctionId" | "round">,
  decisions: readonly Bytes32[],
  participantsRoot: Bytes32,
  perCall?: number,
): FinalOutcome {
  const root = decisionsRoot(decisions, perCall);
  const decisionCount = BigInt(decisions.length);
  return { auctionId, round, decisionsRoot: root, decisionCount, participantsRoot };
}

/** Of a decided auction. */
export interface NotSelected {
  readonly auctionId: Bytes32;
  readonly vehicles: readonly Address[];
  readonly piles: readonly Address[];
  /** Unix seconds. */
  readonly deadline: bigint;
}

/** An account that signs, and sends nothing: it has no need of a chain. */
export type SigningAccount = Pick<Signer, "getAddress" | "signTypedData">;

/** What can be signed, by its name. */
const TYPES = {
  serve: SERVE_AUCTION_TYPES,
  round: ROUND_OUTCOME_TYPES,
  final: FINAL_OUTCOME_TYPES,
  notSelected: NOT_SELECTED_TYPES,
} as const;

interface Contents {
  readonly serve: { readonly auctionId: Bytes32 };
  readonly round: RoundOutcome;
  readonly final: FinalOutcome;
  readonly notSelected: NotSelected;
}
export type Spoken = keyof Contents;

/** Signs something as a server of an auction: 65 bytes, 0x-prefixed hexadecimal. */
export function signAsServer<K extends Spoken>(
  signer: SigningAccount,
  venue: Venue,
  kind: K,
  content: Contents[K],
): Promise<string> {
  return signer.signTypedData(auctionDomain(venue), TYPES[kind], { ...content });
}

/** Whether an account has signed it, with its key. */
export function isSignedBy<K extends Spoken>(
  account: Address,
  venue: Venue,
  kind: K,
  content: Contents[K],
  signature: string,
): boolean {
  try {
    return (
      verifyTypedData(auctionDomain(venue), TYPES[kind], { ...content }, signature) === account
    );
  } catch {
    return false;
  }
}
