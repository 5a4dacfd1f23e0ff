/** How often an attacker is right, and how often it may be. */
import { CloakError } from "../../core/cloak/cloakError.ts";

export interface AttackResult {
  readonly name: string;
  /** Of MODES, or a straw man of its own name. */
  readonly mode: string;
  /** Part of the trials in which the guess was right. */
  readonly success: number;
  /** What is promised, and four standard errors. */
  readonly bound: number;
  readonly trials: number;
}

export const PAPER = "paper reproduction";
export const OURS = "reciprocal buckets";

/** Where nobody can be cloaked, no trial is possible: so many attempts a trial are made. */
const MOST_ATTEMPTS = 40;

/**
 * The part of `trials` in which `attempt` is true; attempts that are null (the target was not
 * cloaked) do not count.
 * @param what for the error's message
 * @throws CloakError E_CLOAK_TRAFFIC if too many are null
 */
export function successOf(what: string, trials: number, attempt: () => boolean | null): number {
  let [hits, done] = [0, 0];
  for (let attempts = 0; done < trials; attempts += 1) {
    if (attempts >= MOST_ATTEMPTS * trials) {
      const expected = `${what}: expected vehicles enough to be cloaked by this rule`;
      throw new CloakError("E_CLOAK_TRAFFIC", `${expected}, got ${done} in ${attempts} attempts`);
    }
    const hit = attempt();
    if (hit === null) continue;
    done += 1;
    if (hit) hits += 1;
  }
  return hits / trials;
}

/** p + 4·sqrt(p(1 − p)/T) */
export function boundOf(probability: number, trials: number): number {
  return probability + 4 * Math.sqrt((probability * (1 - probability)) / trials);
}
