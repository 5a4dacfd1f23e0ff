/** Money in the escrow. */
import { emptyTask, task } from "hardhat/config";
import {
  amount,
  json,
  optionalText,
  signCall,
  state,
  as,
  text,
  validSeconds,
} from "../support/options.ts";

export const escrow = [
  emptyTask("escrow", "Money in the escrow: deposit, withdraw, let a later market in").build(),
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
    .addOption(signCall)
    .addOption(validSeconds)
    .addFlag(json)
    .setAction(() => import("../actions/escrowWithdraw.ts"))
    .build(),
  task(["escrow", "approve-market"], "Let a later market lock what is free, or no more")
    .addOption(state)
    .addOption(as)
    .addOption(text("market", "Address of the later market's gate", ""))
    .addOption(signCall)
    .addOption(validSeconds)
    .addFlag({ name: "revoke", description: "No more: only what it has locked still ends" })
    .addFlag(json)
    .setAction(() => import("../actions/escrowApproveMarket.ts"))
    .build(),
];
