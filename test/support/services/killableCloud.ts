/** The cloud's process, on a line that it can be ended at. */
import { runService } from "../../../offchain/services/runService.ts";
import { serverOptions } from "../../../offchain/services/serverOptions.ts";
import { cloudService } from "../../../offchain/services/cloud/service.ts";
import { killingLine } from "./killing.ts";

await runService((folder) =>
  cloudService({
    ...serverOptions(folder),
    threads: 0,
    wrapLine: (line) => killingLine(folder, "cloud", line),
  }),
);
