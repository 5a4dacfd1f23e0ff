/** From a decision to paid energy. */
import { emptyTask, task } from "hardhat/config";
import {
  text,
  optionalText,
  amount,
  json,
  state,
  as,
  someone,
  auctionId,
  sessionId,
  keyFile,
  bareCurve,
  signCall,
  validSeconds,
} from "../support/options.ts";

export const session = [
  emptyTask(
    "session",
    "From a decision to paid energy: start, plug in, settle, dispute, show",
  ).build(),
  task(["session", "start"], "Accept a match as its vehicle: open the delivery, check it, begin")
    .addOption(state)
    .addOption(as)
    .addOption(auctionId)
    .addOption(signCall)
    .addFlag(json)
    .setAction(() => import("../actions/sessionStart.ts"))
    .build(),
  task(["session", "authorise"], "Say as the pile that it is ready to serve")
    .addOption(state)
    .addOption(as)
    .addOption(sessionId)
    .addOption(auctionId)
    .addFlag(json)
    .setAction(() => import("../actions/sessionAuthorise.ts"))
    .build(),
  task(["session", "plug-in"], "Say as the vehicle that it is plugged in, before the pile or after")
    .addOption(state)
    .addOption(as)
    .addOption(sessionId)
    .addOption(auctionId)
    .addOption(signCall)
    .addOption(validSeconds)
    .addFlag(json)
    .setAction(() => import("../actions/sessionPlugIn.ts"))
    .build(),
  task(["session", "unplug"], "Say as the vehicle that it has left: later energy is not its own")
    .addOption(state)
    .addOption(as)
    .addOption(sessionId)
    .addOption(auctionId)
    .addOption(signCall)
    .addOption(validSeconds)
    .addFlag(json)
    .setAction(() => import("../actions/sessionUnplug.ts"))
    .build(),
  task(["session", "waive"], "Give up as the pile what it could claim: all stakes are free")
    .addOption(state)
    .addOption(as)
    .addOption(sessionId)
    .addOption(auctionId)
    .addFlag(json)
    .setAction(() => import("../actions/sessionWaive.ts"))
    .build(),
  task(["session", "confirm-begin"], "Sign the begin reading of a meter that signs no session")
    .addOption(state)
    .addOption(as)
    .addOption(sessionId)
    .addOption(auctionId)
    .addOption(optionalText("records", "File with the begin record, if there is one already"))
    .addOption(amount("pagination", "Number of the record that begins; without --records", 0n))
    .addOption(optionalText("registerWh", "Register at the begin in Wh; without --records"))
    .addOption(keyFile)
    .addOption(bareCurve)
    .addFlag(json)
    .setAction(() => import("../actions/sessionConfirmBegin.ts"))
    .build(),
  task(["session", "settle"], "Settle as the pile on what the meter has signed")
    .addOption(state)
    .addOption(as)
    .addOption(sessionId)
    .addOption(auctionId)
    .addOption(
      optionalText("records", "Files of the records, with commas; default: of `meter sign`"),
    )
    .addOption(optionalText("keyFile", "File with the meter's key; default: the certified one"))
    .addOption(bareCurve)
    .addFlag(json)
    .setAction(() => import("../actions/sessionSettle.ts"))
    .build(),
  task(["session", "agree"], "Sign begin and end of the register; the second signature settles")
    .addOption(state)
    .addOption(as)
    .addOption(sessionId)
    .addOption(auctionId)
    .addOption(optionalText("begin", "Register at the begin in Wh"))
    .addOption(optionalText("end", "Register at the end in Wh"))
    .addFlag(json)
    .setAction(() => import("../actions/sessionAgree.ts"))
    .build(),
  task(["session", "dispute"], "Call the arbiters as the vehicle")
    .addOption(state)
    .addOption(as)
    .addOption(sessionId)
    .addOption(auctionId)
    .addOption(signCall)
    .addOption(validSeconds)
    .addFlag(json)
    .setAction(() => import("../actions/sessionDispute.ts"))
    .build(),
  task(["session", "rule"], "Sign a ruling as an arbiter; the signature that suffices relays it")
    .addOption(state)
    .addOption(text("as", "Address of the arbiter, or its name in the state folder", ""))
    .addOption(optionalText("session", "Id of the session; default: the one of the auction"))
    .addOption(auctionId)
    .addOption(optionalText("amount", "What the pile gets of the metered amount, token units"))
    .addFlag(json)
    .setAction(() => import("../actions/sessionRule.ts"))
    .build(),
  task(["session", "finalise"], "Pay what was metered, when the time for disputes has passed")
    .addOption(state)
    .addOption(as)
    .addOption(sessionId)
    .addOption(auctionId)
    .addFlag(json)
    .setAction(() => import("../actions/sessionFinalise.ts"))
    .build(),
  task(["session", "expire"], "End a session whose deadline has passed")
    .addOption(state)
    .addOption(as)
    .addOption(sessionId)
    .addOption(auctionId)
    .addFlag(json)
    .setAction(() => import("../actions/sessionExpire.ts"))
    .build(),
  task(["session", "show"], "Show what the chain says of a session")
    .addOption(state)
    .addOption(someone)
    .addOption(sessionId)
    .addOption(auctionId)
    .addFlag(json)
    .setAction(() => import("../actions/sessionShow.ts"))
    .build(),
];
