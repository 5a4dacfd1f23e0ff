/**
 * Of a compilation of tests only what the tests themselves are compiled to is asked for: to compile
 * the contracts once more would be for nothing.
 */
import type { SolidityHooks } from "hardhat/types/hooks";
import type { CompilerInput } from "hardhat/types/solidity";

const TESTS = "project/test/";

export default async function hooks(): Promise<Partial<SolidityHooks>> {
  return Promise.resolve({
    invokeSolc: async (context, compiler, solcInput, solcConfig, next) =>
      next(context, compiler, withTestsAlone(solcInput), solcConfig),
  });
}

/** The input of a compilation without tests as it is. */
function withTestsAlone(input: CompilerInput): CompilerInput {
  const tests = Object.keys(input.sources).filter((source) => source.startsWith(TESTS));
  const { "*": all } = input.settings.outputSelection;
  if (tests.length === 0 || all === undefined) return input;
  const outputSelection = Object.fromEntries(tests.map((source) => [source, all]));
  return { ...input, settings: { ...input.settings, outputSelection } };
}
