/** Who takes part. */
import { emptyTask, task } from "hardhat/config";
import { text, count, json, state, as, someone, account } from "../support/options.ts";

export const identity = [
  emptyTask("identity", "Who takes part: enrol, suspend, show").build(),
  task(["identity", "enrol"], "Make keys for a participant and have them certified; or renew")
    .addOption(state)
    .addOption(as)
    .addOption(text("kind", "vehicle, pile or matcher", "vehicle"))
    .addOption(count("x", "East of the frame's corner in metres (pile)", 0))
    .addOption(count("y", "North of the frame's corner in metres (pile)", 0))
    .addOption(count("power", "Rated power in W (pile)", 11_000))
    .addOption(count("days", "How long the certificate is valid", 365))
    .addFlag(json)
    .setAction(() => import("../actions/identityEnrol.ts"))
    .build(),
  task(["identity", "suspend"], "Stop new obligations of a participant")
    .addOption(state)
    .addOption(someone)
    .addOption(account)
    .addFlag(json)
    .setAction(() => import("../actions/identitySuspend.ts"))
    .build(),
  task(["identity", "reinstate"], "Lift a suspension")
    .addOption(state)
    .addOption(someone)
    .addOption(account)
    .addFlag(json)
    .setAction(() => import("../actions/identityReinstate.ts"))
    .build(),
  task(["identity", "show"], "Show certificate, standing and balance of a participant")
    .addOption(state)
    .addOption(someone)
    .addOption(account)
    .addFlag(json)
    .setAction(() => import("../actions/identityShow.ts"))
    .build(),
];
