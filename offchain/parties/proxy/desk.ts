/** What the proxy works with in a round. */
import type { Rng } from "../../core/primitives/random.ts";
import type { SealKeyPair } from "../../core/primitives/sealedBox.ts";
import type { ServerStore } from "../server/store.ts";
import type { ProxyWork } from "./work.ts";

export interface ProxyDesk {
  /** Opens its letters. */
  readonly sealKeys: SealKeyPair;
  readonly store: ServerStore;
  readonly work: ProxyWork;
  readonly rng: Rng;
}
