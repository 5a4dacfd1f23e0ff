/**
 * Which attempts at a round the servers of single commands have taken part in, each in a folder of
 * its own: what was dealt for one is never used in another, also by a command that is repeated.
 *
 *   servers/proxy/attempts/, servers/cloud/attempts/   an empty file an attempt
 */
import { join } from "node:path";
import type { ServerAttempts } from "../../offchain/market/localServers.ts";
import type { ServerStore } from "../../offchain/parties/server/store.ts";
import { folderAttempts } from "../../offchain/services/attempts.ts";
import { serviceFolder } from "../../offchain/services/folder.ts";
import type { State } from "./state.ts";

export function attemptsIn({ folder }: Pick<State, "folder">): ServerAttempts {
  const of = (server: string): ServerStore =>
    folderAttempts(serviceFolder(join(folder, "servers", server)));
  return { proxy: of("proxy"), cloud: of("cloud") };
}
