/** The real `Reputation` on a chain of its own, rated without a market. */
import type { NetworkConnection } from "hardhat/types/network";
import { USUAL_REPUTATION } from "../../../offchain/chain/deployment/terms.ts";
import { sessionIdOf, type Stage } from "../../../offchain/study/rating/ratingStage.ts";

/** A stage whose rater is the first account. */
export async function ratingStage({ ethers, networkHelpers }: NetworkConnection): Promise<Stage> {
  const [rater] = await ethers.getSigners();
  if (rater === undefined) throw new Error("ratingStage: expected an account");
  const stage = await ethers.deployContract("RatingStage", [USUAL_REPUTATION]);
  const reputation = await ethers.getContractAt("Reputation", await stage.reputation());
  return {
    stage,
    reputation,
    provider: ethers.provider,
    rater,
    passBlocks: (blocks) => networkHelpers.mine(blocks),
  };
}

/** One rating of a vehicle that has `credibility` when the session begins. Returns the session. */
export async function rateAs(
  { reputation }: Stage,
  vehicle: Stage["rater"],
  given: {
    readonly pile: number;
    readonly serial: number;
    readonly score: number;
    readonly credibility: number;
  },
): Promise<string> {
  const { pile, serial, score, credibility } = given;
  const session = sessionIdOf(await vehicle.getAddress(), pile, serial, credibility);
  const sent = await reputation.connect(vehicle).rate(session, score);
  await sent.wait();
  return session;
}
