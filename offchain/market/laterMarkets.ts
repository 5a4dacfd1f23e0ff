/**
 * Later markets on the same escrow. Nobody adds one for everybody; an account lets one in for
 * itself, by approving the gate that stands for it.
 */
import type { Signer } from "ethers";
import { gateAt } from "../chain/gate.ts";
import { send, type Market } from "../chain/market.ts";
import { escrowCalled, type RelayableCall } from "../chain/signedCalls.ts";
import { CONSENTS, type Address } from "../core/messages/market.ts";
import { signTried } from "./relaying.ts";
import { StepError } from "./stepError.ts";

/** What a later market may do with an account's balance. */
export interface LaterMarket {
  readonly account: Address;
  /** The gate. */
  readonly market: Address;
  /** Whether it may lock what is free. */
  readonly isApproved: boolean;
  /** What it has locked, in token units; it ends these stakes also after it was revoked. */
  readonly lockedUnits: bigint;
}

/**
 * Lets a later market lock free balance of the owner.
 * @throws StepError before anything is sent, unless `gate` is one to this escrow
 */
export async function approveLaterMarket(
  market: Market,
  owner: Signer,
  gate: Address,
): Promise<LaterMarket> {
  await requireGate(market, gate);
  await send(market, market.contracts.escrow.connect(owner).approveMarket(gate));
  return laterMarket(market, await owner.getAddress(), gate);
}

/** @throws StepError unless `gate` is that of a later market on this escrow */
async function requireGate(market: Market, gate: Address): Promise<void> {
  const { escrow } = market.contracts;
  if (await escrow.isMarket(gate)) {
    throw refused(gate, `${gate} is a market of everybody here: there is nothing to approve`);
  }
  const found = await gateAt(gate, market.provider);
  if (found === null)
    throw refused(
      gate,
      `there is no gate of a later market at ${gate}: ask for the one in its deployment.json`,
    );
  if (found.escrow !== (await escrow.getAddress())) {
    throw refused(gate, `the market behind ${gate} has another escrow, ${found.escrow}`);
  }
}

/**
 * Ends that: the market locks nothing more, and ends what it has locked.
 * @throws StepError before anything is sent, if it is not approved
 */
export async function revokeLaterMarket(
  market: Market,
  owner: Signer,
  gate: Address,
): Promise<LaterMarket> {
  const account = await owner.getAddress();
  await requireApproved(market, account, gate);
  await send(market, market.contracts.escrow.connect(owner).revokeMarket(gate));
  return laterMarket(market, account, gate);
}

/** @throws StepError */
async function requireApproved(market: Market, account: Address, gate: Address): Promise<void> {
  if ((await laterMarket(market, account, gate)).isApproved) return;
  throw refused(gate, `${account} has not approved ${gate}: there is nothing to revoke`);
}

/** What an owner says of a later market. */
export interface LaterMarketWord {
  readonly gate: Address;
  /** Whether it lets the market in, or out again. */
  readonly approves: boolean;
}

/**
 * Signs that a later market is approved, or is no longer, for somebody who relays it.
 * @param deadline last moment for relaying, excluded; unix seconds
 * @throws StepError as `approveLaterMarket` and `revokeLaterMarket`
 */
export async function signLaterMarket(
  market: Market,
  owner: Signer,
  { gate, approves }: LaterMarketWord,
  deadline: bigint,
): Promise<RelayableCall> {
  if (approves) await requireGate(market, gate);
  else await requireApproved(market, await owner.getAddress(), gate);
  const { interface: functions } = market.contracts.escrow;
  const data = approves
    ? functions.encodeFunctionData("approveMarket", [gate])
    : functions.encodeFunctionData("revokeMarket", [gate]);
  return signTried(market, await escrowCalled(market), owner, data, deadline);
}

/** How things stand between an account and a later market. */
export async function laterMarket(
  { contracts }: Pick<Market, "contracts">,
  account: Address,
  gate: Address,
): Promise<LaterMarket> {
  const { locked, consent } = await contracts.escrow.approvalOf(account, gate);
  return {
    account,
    market: gate,
    isApproved: CONSENTS[Number(consent)] === "approved",
    lockedUnits: locked,
  };
}

function refused(gate: Address, why: string): StepError {
  return new StepError("E_LATER_MARKET", why, { market: gate });
}
