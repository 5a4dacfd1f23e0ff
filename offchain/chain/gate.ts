/** The gate of a later market: what it says of itself. */
import { Contract, type Provider } from "ethers";
import { z } from "zod";
import type { Address } from "../core/messages/market.ts";
import { hasNoSuchView } from "./refusal.ts";

export interface Gate {
  /** Where its stakes are. */
  readonly escrow: Address;
  /** Who may lock and move stakes through it: auctions, open auctions, sessions, coupons. */
  readonly markets: readonly Address[];
}

const GATE_ABI = [
  "function escrow() view returns (address)",
  "function markets() view returns (address[4])",
];
const addresses = z.array(z.string()).length(4);

/** Null if what stands at the address is no gate, or nothing is. */
export async function gateAt(address: Address, provider: Provider): Promise<Gate | null> {
  const gate = new Contract(address, GATE_ABI, provider);
  try {
    const escrow: unknown = await gate.getFunction("escrow").staticCall();
    const markets: unknown = await gate.getFunction("markets").staticCall();
    return {
      escrow: z.string().parse(escrow),
      markets: addresses.parse(Array.from(markets as [])),
    };
  } catch (error) {
    if (hasNoSuchView(error)) return null;
    throw error;
  }
}
