/**
 * A chain in this process with a real `Reputation` on it, and a stage on which it is rated without
 * a market.
 */
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { USUAL_REPUTATION } from "../../offchain/chain/deployment/terms.ts";
import type { Stage } from "../../offchain/study/rating/ratingStage.ts";
import { buildContracts } from "./artifacts.ts";

/** Starts the chain, hands the stage to `act`, and closes the chain after it. */
export async function onRatingStage<T>(
  hre: HardhatRuntimeEnvironment,
  act: (stage: Stage) => Promise<T>,
): Promise<T> {
  await buildContracts(hre);
  const connection = await hre.network.create("default");
  try {
    const { ethers, networkHelpers } = connection;
    const [rater] = await ethers.getSigners();
    if (rater === undefined) throw new Error("onRatingStage: expected an account on the chain");
    const stage = await ethers.deployContract("RatingStage", [USUAL_REPUTATION]);
    const reputation = await ethers.getContractAt("Reputation", await stage.reputation());
    return await act({
      stage,
      reputation,
      provider: ethers.provider,
      rater,
      passBlocks: (blocks) => networkHelpers.mine(blocks),
    });
  } finally {
    await connection.close();
  }
}
