/** The proxy's process. */
import { runService } from "../runService.ts";
import { serverOptions } from "../serverOptions.ts";
import { proxyService } from "./service.ts";

await runService((folder) => proxyService(serverOptions(folder)));
