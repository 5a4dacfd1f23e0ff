/** What a check says of a value, said of the option that the value came from. */
import { isCodedError } from "../../offchain/core/primitives/codedError.ts";
import { InputError } from "./outcome.ts";

/** Options by the names with which the sentences of checks begin. */
export type OptionsByName = Readonly<Record<string, string>>;

/**
 * Runs a check; a sentence that begins with one of the names begins with the option instead.
 * @throws InputError, or what the check throws if it begins otherwise
 */
export function inOptions<T>(options: OptionsByName, check: () => T): T {
  try {
    return check();
  } catch (error) {
    const sentence = isCodedError(error) ? error.message : "";
    const named = Object.entries(options).find(([name]) => sentence.startsWith(`${name}: `));
    if (named === undefined) throw error;
    const [name, option] = named;
    throw new InputError(`--${option}${sentence.slice(name.length)}`);
  }
}
