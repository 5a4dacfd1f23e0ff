/** What one tracer works with. */
import type { TracerShare } from "../../core/credential/tracers.ts";
import type { Rng } from "../../core/primitives/random.ts";
import type { OpenedParts } from "./store.ts";

export interface TracerDesk {
  /** Of the key that leads to a member. */
  readonly share: TracerShare;
  readonly store: OpenedParts;
  readonly rng: Rng;
}
