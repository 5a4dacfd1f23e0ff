/** The proxy's process, on a line that it can be ended at. */
import { runService } from "../../../offchain/services/runService.ts";
import { serverOptions } from "../../../offchain/services/serverOptions.ts";
import { proxyService } from "../../../offchain/services/proxy/service.ts";
import { killingLine } from "./killing.ts";

await runService((folder) =>
  proxyService({
    ...serverOptions(folder),
    threads: 0,
    wrapLine: (line) => killingLine(folder, "proxy", line),
  }),
);
