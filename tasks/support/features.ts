/** Features on the command line: by the first word of each. */
import { FEATURES } from "../../offchain/core/messages/features.ts";
import { InputError } from "./outcome.ts";

const SHORT_NAMES: readonly string[] = FEATURES.map((name) => name.split(" ")[0] ?? name);

/**
 * For each feature whether `--needs` names it.
 * @param needs comma-separated short names; may be empty
 * @throws InputError for another name
 */
export function featuresNamed(needs: string): readonly boolean[] {
  const named = needs.split(",").filter((name) => name !== "");
  for (const name of named) {
    if (!SHORT_NAMES.includes(name)) {
      throw new InputError(`--needs: expected some of ${SHORT_NAMES.join(", ")}, got ${name}`);
    }
  }
  return SHORT_NAMES.map((name) => named.includes(name));
}
