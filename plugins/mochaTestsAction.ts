/** `test mocha`: the files that are named, else all tests. */
import type { TaskOverrideActionFunction } from "hardhat/types/tasks";
import { globSync } from "node:fs";

const action: TaskOverrideActionFunction = (args, hre, runSuper): Promise<unknown> => {
  const { testFiles } = args;
  const namesFiles = Array.isArray(testFiles) && testFiles.length > 0;
  const all = globSync(`${hre.config.paths.tests.mocha}/**/*.test.ts`).toSorted();
  return runSuper(namesFiles ? args : { ...args, testFiles: all });
};

export default action;
