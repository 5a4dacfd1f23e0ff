/** What the cloaker works with. */
import type { Rng } from "../../core/primitives/random.ts";

export interface CloakerDesk {
  /** Its draws decide the buckets: nobody may be able to repeat them. */
  readonly rng: Rng;
}
