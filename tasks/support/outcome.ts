/**
 * How every action ends: bad input and refusals are one sentence on stderr and exit code 1; a bug
 * keeps its stack.
 */
import type { Result } from "hardhat/types/utils";
import { errorResult, successfulResult } from "hardhat/utils/result";
import { isCodedError } from "../../offchain/core/primitives/codedError.ts";
import { nodeFault } from "./nodeFaults.ts";
import { plain } from "./plainText.ts";
import { isSystemError, systemReason } from "./systemErrors.ts";

/**
 * An input that no scheme or contract was asked about yet: an unknown name, a missing file, options
 * that clash.
 */
export class InputError extends Error {
  override readonly name = "InputError";
  readonly code = "E_INPUT";
}

export type Outcome = Result<void, void>;

/**
 * Runs an action's core. Errors that carry one of our codes are answers, not accidents, and so is
 * what the system says of a file, or that a node has broken off.
 */
export async function concluded(core: () => Promise<void>): Promise<Outcome> {
  try {
    await core();
    return successfulResult();
  } catch (error) {
    process.stderr.write(`${plain(sentenceOf(error))}\n`);
    return errorResult();
  }
}

/** Whatever is no answer goes on. */
function sentenceOf(error: unknown): string {
  if (isSystemError(error)) {
    return `${error.path} cannot be read or written: ${systemReason(error)}`;
  }
  if (isCodedError(error)) return error.message;
  const fault = nodeFault(error);
  if (fault !== null) return fault;
  throw error;
}
