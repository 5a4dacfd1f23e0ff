/** Money in the escrow. */
import { emptyTask, task } from "hardhat/config";
import { amount, json, optionalText, state, as } from "../support/options.ts";

export const escrow = [
  emptyTask("escrow", "Money in the escrow: deposit, withdraw").build(),
  task(["escrow", "deposit"], "Bring tokens into the escrow, by permit or by approval")
    .addOption(state)
    .addOption(as)
    .addOption(amount("amount", "How much, in token units", 0n))
    .addFlag(json)
    .setAction(() => import("../actions/escrowDeposit.ts"))
    .build(),
  task(["escrow", "withdraw"], "Take everything free out of the escrow")
    .addOption(state)
    .addOption(as)
    .addOption(optionalText("to", "Address that gets it; default: the participant's own account"))
    .addFlag(json)
    .setAction(() => import("../actions/escrowWithdraw.ts"))
    .build(),
];
