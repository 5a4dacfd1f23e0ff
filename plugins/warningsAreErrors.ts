/**
 * A compiler warning ends the build like an error: nobody reads the warnings of a build that
 * passes.
 */
import type { HardhatPlugin } from "hardhat/types/plugins";

const plugin: HardhatPlugin = {
  id: "chargeveil-warnings-are-errors",
  hookHandlers: {
    solidity: () => import("./warningsAreErrorsHooks.ts"),
  },
};

export default plugin;
