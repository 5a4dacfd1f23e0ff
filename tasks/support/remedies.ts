/** What to do on the command line about an error that a step of the market knows by its code. */
import { isCodedError } from "../../offchain/core/primitives/codedError.ts";
import { InputError } from "./outcome.ts";

/** Runs a step; an error whose code is in `remedies` is told together with what to type. */
export async function withRemedies<T>(
  remedies: Readonly<Record<string, string>>,
  step: Promise<T>,
): Promise<T> {
  try {
    return await step;
  } catch (error) {
    const remedy = isCodedError(error) ? remedies[error.code] : undefined;
    if (!isCodedError(error) || remedy === undefined) throw error;
    throw new InputError(`${error.message}; ${remedy}`);
  }
}
