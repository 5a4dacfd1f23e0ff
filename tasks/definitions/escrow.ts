/** Money in the escrow. */
import { emptyTask, task } from "hardhat/config";
import { json, state, as } from "../support/options.ts";

export const escrow = [
  emptyTask("escrow", "Money in the escrow: withdraw").build(),
  task(["escrow", "withdraw"], "Take everything free out of the escrow")
    .addOption(state)
    .addOption(as)
    .addFlag(json)
    .setAction(() => import("../actions/escrowWithdraw.ts"))
    .build(),
];
