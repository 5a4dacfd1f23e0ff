/** `build`: contracts under the profile that is asked for, then tests under theirs. */
import type { TaskArguments, TaskOverrideActionFunction } from "hardhat/types/tasks";

/** What was built, by path from the project's root. */
interface Built {
  readonly contractRootPaths: readonly string[];
  readonly testRootPaths: readonly string[];
}

const OF_TESTS = { defaultBuildProfile: "tests" };

const build: TaskOverrideActionFunction = async (args, _hre, runSuper) => {
  const built = async (part: TaskArguments): Promise<Built> =>
    (await runSuper({ ...args, ...part })) as Built;
  const { noTests, noContracts, files } = args;
  const namesFiles = Array.isArray(files) && files.length > 0;
  if (noContracts === true) return built(OF_TESTS);
  if (noTests === true || namesFiles) return built({});
  const { contractRootPaths } = await built({ noTests: true });
  const { testRootPaths } = await built({ noContracts: true, ...OF_TESTS });
  return { contractRootPaths, testRootPaths };
};

export default build;
