/** Ratings, histories, and the coupon for those who rate. */
import { emptyTask, task } from "hardhat/config";
import {
  text,
  optionalText,
  count,
  amount,
  json,
  state,
  as,
  someone,
  account,
  auctionId,
  sessionId,
  electionId,
  signCall,
  validSeconds,
} from "../support/options.ts";

export const reputation = [
  emptyTask(
    "reputation",
    "Credibility of vehicles and rating of piles: rate, show, history, bookkeeper, figure",
  ).build(),
  task(["reputation", "rate"], "Rate the pile of a session that is over, as its vehicle")
    .addOption(state)
    .addOption(as)
    .addOption(sessionId)
    .addOption(auctionId)
    .addOption(count("rating", "1, 2 or 3", 3))
    .addOption(signCall)
    .addOption(validSeconds)
    .addFlag(json)
    .setAction(() => import("../actions/reputationRate.ts"))
    .build(),
  task(["reputation", "show"], "Show credibility and rating of an account")
    .addOption(state)
    .addOption(someone)
    .addOption(account)
    .addFlag(json)
    .setAction(() => import("../actions/reputationShow.ts"))
    .build(),
  task(["reputation", "history"], "List the evaluations of a pile or by a vehicle, newest first")
    .addOption(state)
    .addOption(optionalText("pile", "Name or address of a pile"))
    .addOption(optionalText("vehicle", "Name or address of a vehicle"))
    .addOption(count("last", "How many to list at most; 0: all", 0))
    .addFlag(json)
    .setAction(() => import("../actions/reputationHistory.ts"))
    .build(),
  task(["reputation", "bookkeeper"], "Elect the bookkeeper by both rules from the evaluations")
    .addOption(state)
    .addOption(count("from", "First evaluation", 1))
    .addOption(count("to", "Last evaluation; 0: the newest", 0))
    .addOption(count("block", "Block whose hash is the chance; 0: the newest", 0))
    .addFlag(json)
    .setAction(() => import("../actions/reputationBookkeeper.ts"))
    .build(),
  task(["reputation", "figure"], "Draw how ratings move: the paper's four piles, on an EVM")
    .addOption(text("seed", "Seed of the scores", "chargeveil"))
    .addOption(text("out", "Folder for table, JSON and chart", "out/reputation"))
    .addFlag(json)
    .setAction(() => import("../actions/reputationFigure.ts"))
    .build(),
];

export const coupon = [
  emptyTask("coupon", "A prize for a vehicle that rated: offer, claim, redeem, show").build(),
  task(["coupon", "offer"], "Lock a coupon and open an election for it")
    .addOption(state)
    .addOption(as)
    .addOption(text("rule", "highest, or draw among the top quartile", "draw"))
    .addOption(amount("amount", "The coupon in token units", 5_000_000n))
    .addOption(count("from", "First evaluation whose vehicle is a candidate", 1))
    .addOption(count("seedBlocks", "Blocks to wait before the one that decides", 5))
    .addOption(count("claimSeconds", "How long claims are taken", 3_600))
    .addFlag(json)
    .setAction(() => import("../actions/couponOffer.ts"))
    .build(),
  task(["coupon", "claim"], "Put the candidate in the lead that wins by the evaluations")
    .addOption(state)
    .addOption(as)
    .addOption(electionId)
    .addFlag(json)
    .setAction(() => import("../actions/couponClaim.ts"))
    .build(),
  task(["coupon", "redeem"], "Pay the leader, or the sponsor back, when claims have ended")
    .addOption(state)
    .addOption(as)
    .addOption(electionId)
    .addFlag(json)
    .setAction(() => import("../actions/couponRedeem.ts"))
    .build(),
  task(["coupon", "show"], "Show an election, who leads it and who wins it")
    .addOption(state)
    .addOption(electionId)
    .addFlag(json)
    .setAction(() => import("../actions/couponShow.ts"))
    .build(),
];
