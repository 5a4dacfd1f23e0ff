/** The cloud's process. */
import { runService } from "../runService.ts";
import { serverOptions } from "../serverOptions.ts";
import { cloudService } from "./service.ts";

await runService((folder) => cloudService(serverOptions(folder)));
