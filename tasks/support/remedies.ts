/** What to do on the command line about an error that a step of the market knows by its code. */
import { isCodedError, type CodedError } from "../../offchain/core/primitives/codedError.ts";
import { InputError } from "./outcome.ts";

/**
 * What is said of an error: what to type, which is added to its own sentence, or a function that
 * makes the whole sentence, null to leave the error as it is.
 */
type Remedy = string | ((error: CodedError) => string | null | Promise<string | null>);

/** By the codes of errors. */
export type Remedies = Readonly<Record<string, Remedy>>;

/** Runs a step; an error whose code is in `remedies` is told together with what to do about it. */
export async function withRemedies<T>(remedies: Remedies, step: Promise<T>): Promise<T> {
  try {
    return await step;
  } catch (error) {
    const sentence = isCodedError(error) ? await sentenceOf(remedies, error) : null;
    throw sentence === null ? error : new InputError(sentence);
  }
}

async function sentenceOf(remedies: Remedies, error: CodedError): Promise<string | null> {
  const remedy = Object.hasOwn(remedies, error.code) ? remedies[error.code] : undefined;
  if (remedy === undefined) return null;
  return typeof remedy === "string" ? `${error.message}; ${remedy}` : await remedy(error);
}
