/** The authority's process, which can be ended at each letter. */
import { systemRng } from "../../../offchain/core/primitives/random.ts";
import { authorityService } from "../../../offchain/services/authority/service.ts";
import { SILENCE_MS } from "../../../offchain/services/line.ts";
import { runService } from "../../../offchain/services/runService.ts";
import { killingDealer, letterSent } from "./killing.ts";

await runService((folder) =>
  authorityService({
    folder,
    rng: systemRng,
    timeoutMs: SILENCE_MS,
    wrapDealer: (dealer) => killingDealer(folder, dealer),
    onSent: (server) => {
      letterSent(folder, server);
    },
  }),
);
