/**
 * Deploys a market as it was planned: every contract by one call of the factory, with the others'
 * addresses in its constructor. There is nothing to do afterwards, and nothing that anybody could.
 */
import { buildModule } from "@nomicfoundation/hardhat-ignition/modules";
import type { MarketPlan } from "../../offchain/chain/deployment/plan.ts";

/** Names the creator as sender, because the addresses hold for no other. */
export function marketModule({ origin, contracts }: MarketPlan) {
  return buildModule("Market", (m) => {
    const factory = m.contractAt("Create3Factory", origin.factory);
    const before: ReturnType<typeof m.call>[] = [];
    for (const { key, salt, creationCode } of contracts) {
      // The constructor of the sessions asks all others who they are: they have to be there.
      const after = key === "sessions" ? [...before] : [];
      const options = { id: key, from: origin.creator, after };
      before.push(m.call(factory, "create", [salt, creationCode], options));
    }
    return { factory };
  });
}
