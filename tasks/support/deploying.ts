/** What has to be so before a market is deployed, and whether anything was deployed in the end. */
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { requireKeeping } from "../stores/keeping.ts";
import { deploymentSchema, StateError, type State } from "../stores/state.ts";
import { HOW_TO_NAME_A_NODE, isInThisProcess, requireNode } from "./nodes.ts";
import { InputError } from "./outcome.ts";
import { operatorOf } from "./operator.ts";

/** How another market comes to be beside one that is there. */
const ANOTHER =
  "to deploy another market, name another folder with --state, and with the same terms a name with --name";

/**
 * Asked before anything is sent.
 * @throws InputError on a chain that ends with the command; StateError for a folder that holds a
 *   market already, or can keep none
 */
export async function requireDeployable(
  hre: HardhatRuntimeEnvironment,
  state: State,
): Promise<void> {
  const connection = await hre.network.getOrCreate();
  await requireNode(connection);
  if (isInThisProcess(connection)) {
    const why = `the chain of network ${connection.networkName} is gone when the command ends`;
    throw new InputError(`--network: ${why}: ${HOW_TO_NAME_A_NODE}`);
  }
  await requireKeeping(state.folder);
  const known = await state.readIfThere("deployment.json", deploymentSchema);
  if (known === undefined) return;
  const isThere = (await connection.ethers.provider.getCode(known.sessions)) !== "0x";
  const where = isThere
    ? `deployed on network ${connection.networkName} before`
    : "of another chain, or of a node that was restarted since";
  const message = `${state.folder} already holds a market, ${where}: nothing was deployed`;
  throw new StateError(`${message}; ${ANOTHER}`);
}

/** Deploys, and says on stderr if nothing had to be: the same terms were deployed before. */
export async function sayingIfKnown<T>(
  hre: HardhatRuntimeEnvironment,
  folder: string,
  deploy: () => Promise<T>,
): Promise<T> {
  const operator = await operatorOf(hre);
  const sent = (): Promise<number> => operator.getNonce();
  const before = await sent();
  const deployed = await deploy();
  if ((await sent()) === before) {
    const same = "these terms were deployed on this chain before: nothing was deployed";
    process.stderr.write(`${same}, and ${folder} names that same market; ${ANOTHER}\n`);
  }
  return deployed;
}
