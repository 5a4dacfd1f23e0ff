/**
 * `test mocha` runs files whose names end in `.test.ts`. Hardhat takes all files below `test`, and
 * so what only helps tests, or is a process of its own that ends the one it is loaded into.
 */
import { overrideTask } from "hardhat/config";
import type { HardhatPlugin } from "hardhat/types/plugins";

const plugin: HardhatPlugin = {
  id: "chargeveil-mocha-tests",
  tasks: [
    overrideTask(["test", "mocha"])
      .setAction(() => import("./mochaTestsAction.ts"))
      .build(),
  ],
};

export default plugin;
