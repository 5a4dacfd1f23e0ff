/**
 * What the servers of single commands keep, each in a folder of its own: also a command that is
 * repeated uses nothing twice that was dealt, and says of an upload what it has said before.
 *
 *   servers/proxy/attempts/, servers/cloud/attempts/   an empty file an attempt
 *   servers/proxy/said/, servers/cloud/said/           who took part, by auction
 *   servers/proxy/won/, servers/cloud/won/             who has won, by round and wave
 *   servers/cloud/keys/       secret halves of round keys
 *   servers/cloud/served/     auctions that the cloud has agreed to serve
 *   servers/cloud/matched/    accounts in the decisions that it has signed
 */
import { join } from "node:path";
import type { ServerStores } from "../../offchain/market/localServers.ts";
import { folderAttempts } from "../../offchain/services/attempts.ts";
import { cloudStoreIn } from "../../offchain/services/cloud/store.ts";
import { serviceFolder, type ServiceFolder } from "../../offchain/services/folder.ts";
import type { State } from "./state.ts";

export function serverStoresIn({ folder }: Pick<State, "folder">): ServerStores {
  const of = (server: string): ServiceFolder => serviceFolder(join(folder, "servers", server));
  const cloud = of("cloud");
  return {
    proxy: folderAttempts(of("proxy")),
    cloud: cloudStoreIn(cloud, folderAttempts(cloud)),
  };
}
