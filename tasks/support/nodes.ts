/** Where the chain of a command is: at a node, which stays, or in the process, which ends. */
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { firstFault } from "./nodeFaults.ts";
import { InputError } from "./outcome.ts";

type Connection = Awaited<ReturnType<HardhatRuntimeEnvironment["network"]["getOrCreate"]>>;

export const HOW_TO_NAME_A_NODE =
  "start a node with `npx hardhat node` in another terminal, and name it with --network localhost";

/**
 * Asked before anything is sent.
 * @throws InputError if no node answers, and says that nothing was sent
 */
export async function requireNode({
  provider,
  networkName,
}: Pick<Connection, "provider" | "networkName">): Promise<void> {
  try {
    await provider.request({ method: "eth_chainId" });
  } catch (error) {
    const fault = firstFault(error, networkName);
    throw fault === null ? error : new InputError(fault);
  }
}

/** Whether the chain is gone when the command ends. */
export function isInThisProcess({ networkConfig }: Pick<Connection, "networkConfig">): boolean {
  return networkConfig.type === "edr-simulated";
}
