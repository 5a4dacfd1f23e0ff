/**
 * Fees on nodes that do not suggest a priority fee: what they ask for gas beyond the base fee, and
 * so nothing where gas is free. Without it a gwei is offered, which nobody has on such a chain.
 */
import type { HardhatPlugin } from "hardhat/types/plugins";

const plugin: HardhatPlugin = {
  id: "chargeveil-priority-fee",
  hookHandlers: {
    network: () => import("./priorityFeeHooks.ts"),
  },
};

export default plugin;
