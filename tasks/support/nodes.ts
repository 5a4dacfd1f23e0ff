/** Where the chain of a command is: at a node, which stays, or in the process, which ends. */
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";

type Connection = Awaited<ReturnType<HardhatRuntimeEnvironment["network"]["getOrCreate"]>>;

export const HOW_TO_NAME_A_NODE =
  "start a node with `npx hardhat node` in another terminal, and name it with --network localhost";

/** Whether the chain is gone when the command ends. */
export function isInThisProcess({ networkConfig }: Pick<Connection, "networkConfig">): boolean {
  return networkConfig.type === "edr-simulated";
}
