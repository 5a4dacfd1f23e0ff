/** The clock of a demo chain, which moves when somebody says so. */
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import type { Connected } from "./connection.ts";
import { InputError } from "./outcome.ts";

/** Of Hardhat's own chains: nothing on them is worth anything. */
export const DEMO_CHAIN_ID = 31_337n;

/**
 * Mines a block at `seconds`, unix seconds later than the chain's.
 * @throws InputError on any chain but a demo chain
 */
export async function moveDemoClock(
  hre: HardhatRuntimeEnvironment,
  { market }: Pick<Connected, "market">,
  seconds: number,
): Promise<void> {
  if (market.chainId !== DEMO_CHAIN_ID) {
    const message = `--pass-time: only chain ${DEMO_CHAIN_ID} has a clock to move, this is chain`;
    throw new InputError(`${message} ${market.chainId}: wait instead`);
  }
  const { provider } = await hre.network.getOrCreate();
  await provider.request({ method: "evm_setNextBlockTimestamp", params: [seconds] });
  await provider.request({ method: "evm_mine", params: [] });
}
