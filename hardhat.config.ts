import toolbox from "@nomicfoundation/hardhat-toolbox-mocha-ethers";
import { configVariable, defineConfig } from "hardhat/config";
import { fileURLToPath } from "node:url";
import mochaTests from "./plugins/mochaTests.ts";
import priorityFee from "./plugins/priorityFee.ts";
import warningsAreErrors from "./plugins/warningsAreErrors.ts";
import testProfile from "./plugins/testProfile.ts";
import { tasks } from "./tasks/index.ts";

/** `npm run deep`: the long campaign of the Solidity tests, not part of CI. */
const deep = process.env.DEEP === "1";

const COMPILER = {
  version: "0.8.37",
  path: fileURLToPath(import.meta.resolve("solc/soljson.js")),
};

/** As much as it takes to find room on the stack. */
const TESTS_OPTIMIZER = {
  enabled: true,
  runs: 1,
  details: {
    peephole: true,
    jumpdestRemover: true,
    deduplicate: true,
    inliner: true,
    orderLiterals: false,
    cse: false,
    constantOptimizer: false,
    yul: false,
  },
};

/** The chain that the pilot's node has to be on, if the environment names one. */
function chainOfPilot(): { readonly chainId?: number } {
  const chain = process.env.CHARGEVEIL_CHAIN_ID;
  return chain === undefined ? {} : { chainId: Number(chain) };
}

export default defineConfig({
  plugins: [toolbox, priorityFee, warningsAreErrors, testProfile, mochaTests],
  tasks,
  solidity: {
    // The market runs without its tests being compiled, and a process with a chain of its own reads
    // the contracts' build alone: the tests' is ten times as large.
    splitTestsCompilation: true,
    profiles: {
      default: {
        ...COMPILER,
        settings: { evmVersion: "cancun", optimizer: { enabled: true, runs: 10_000 } },
      },
      tests: { ...COMPILER, settings: { evmVersion: "cancun", optimizer: TESTS_OPTIMIZER } },
    },
  },
  networks: {
    /** Where `hardhat node` listens. */
    localhost: { type: "http", url: "http://127.0.0.1:8545" },
    /** What the environment describes, or the keystore. */
    pilot: { type: "http", url: configVariable("CHARGEVEIL_RPC_URL"), ...chainOfPilot() },
  },
  paths: { tests: { solidity: "./test/contracts", mocha: "./test" } },
  test: {
    solidity: {
      fuzz: { runs: deep ? 10_000 : 500, maxTestRejects: 150_000, seed: "0x5eed" },
      invariant: {
        runs: deep ? 1_000 : 128,
        depth: deep ? 32 : 64,
        failOnRevert: true,
        failurePersistDir: "./cache/invariant-failures",
      },
    },
    mocha: { timeout: 120_000 },
  },
});
