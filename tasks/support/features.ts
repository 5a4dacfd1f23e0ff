/** Features on the command line: short names of what `study/worlds/world.ts` calls FEATURES. */
import { FEATURES, offersOf } from "../../offchain/study/worlds/world.ts";
import { InputError } from "./outcome.ts";

const SHORT_NAMES: readonly string[] = FEATURES.map((name) => name.split(" ")[0] ?? name);

/**
 * Bids for features: 0 for each that is named, null for the others. The price per kWh is all that a vehicle pays.
 * @param needs comma-separated short names; may be empty
 */
export function featuresNeeded(needs: string): readonly (bigint | null)[] {
  const named = needs.split(",").filter((name) => name !== "");
  for (const name of named) {
    if (!SHORT_NAMES.includes(name)) {
      throw new InputError(`--needs: expected some of ${SHORT_NAMES.join(", ")}, got ${name}`);
    }
  }
  return SHORT_NAMES.map((name) => (named.includes(name) ? 0n : null));
}

/** Asks for features of a pile of `powerW`: 0 for each that it has. */
export function featuresOffered(powerW: number): readonly (bigint | null)[] {
  return offersOf(powerW).map((offered) => (offered ? 0n : null));
}
