/**
 * Raises the severity of every warning that the compiler gives about something that is deployed.
 */
import type { SolidityHooks } from "hardhat/types/hooks";
import type { CompilerOutput, CompilerOutputError } from "hardhat/types/solidity";

/**
 * solc's codes for code and initcode above the size that mainnet deploys. Tests may be as large as
 * they like.
 */
const SIZE_WARNINGS: readonly string[] = ["5574", "3860"];
const TESTS = "project/test/";

export default async function hooks(): Promise<Partial<SolidityHooks>> {
  const handlers: Partial<SolidityHooks> = {
    invokeSolc: async (context, compiler, solcInput, solcConfig, next) =>
      raised(await next(context, compiler, solcInput, solcConfig)),
  };
  return Promise.resolve(handlers);
}

/** The output with warnings turned into errors; notices of severity `info` stay what they are. */
export function raised(output: CompilerOutput): CompilerOutput {
  const { errors } = output;
  return errors === undefined ? output : { ...output, errors: errors.map(raisedOne) };
}

function raisedOne(error: CompilerOutputError): CompilerOutputError {
  if (error.severity !== "warning" || isLargeTest(error)) return error;
  return { ...error, severity: "error", type: "WarningAsError" };
}

function isLargeTest(error: CompilerOutputError): boolean {
  const inTests = error.formattedMessage?.includes(`--> ${TESTS}`) === true;
  return inTests && SIZE_WARNINGS.includes(error.errorCode ?? "");
}
