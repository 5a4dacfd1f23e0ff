/**
 * Solidity tests are compiled under a profile of their own, with little optimisation and without
 * the contracts, whose artifacts they deploy: only those have to be what is deployed elsewhere.
 * Optimised like them the tests cost the compiler three times as much.
 */
import { overrideTask } from "hardhat/config";
import type { HardhatPlugin } from "hardhat/types/plugins";

const plugin: HardhatPlugin = {
  id: "chargeveil-test-profile",
  hookHandlers: { solidity: () => import("./testProfileHooks.ts") },
  tasks: [
    overrideTask("build")
      .setAction(() => import("./testProfileBuild.ts"))
      .build(),
  ],
};

export default plugin;
