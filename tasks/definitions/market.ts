/** The whole market: a day of it, and one on a network. */
import { emptyTask, task } from "hardhat/config";
import { DAY_DEFAULTS } from "../../offchain/study/day/defaults.ts";
import { text, optionalText, count, amount, json, state, as, mode } from "../support/options.ts";

const { scenario, keyBits, k, l, slotHours, maxRounds, decrement } = DAY_DEFAULTS;

export const market = [
  emptyTask("market", "The whole market: run a day of it, deploy it, look at it").build(),
  task(["market", "run"], "Run a day of the market on an EVM in this process and report on it")
    .addOption(text("scenario", "Built-in world: town, hamlet or commuters", scenario))
    .addOption(optionalText("stations", "CSV file of stations, with --sessions; no scenario then"))
    .addOption(optionalText("sessions", "CSV file of sessions, with --stations"))
    .addOption(optionalText("date", "Day to run, YYYY-MM-DD; default: the first of the files"))
    .addOption(optionalText("near", "Latitude,longitude that stations are near; default: most are"))
    .addOption(text("seed", "Seed of everything that is drawn for the world", "chargeveil"))
    .addOption(count("vehicles", "Vehicles of the scenario; 0: as built in", 0))
    .addOption(count("piles", "Piles of the scenario; 0: as built in", 0))
    .addOption(mode)
    .addOption(count("keyBits", "Size of every round's Paillier key", keyBits))
    .addOption(count("k", "Hide each vehicle and each pile among at least so many", k))
    .addOption(count("l", "At most one in l of those who hide each other is in the same cell", l))
    .addOption(count("slotHours", "Length of a time slot; must divide 24", slotHours))
    .addOption(count("maxRounds", "How many rounds of bidding a slot may have, 1 to 16", maxRounds))
    .addOption(
      amount("decrement", "By how much piles go lower in a round, units per kWh", decrement),
    )
    .addOption(text("out", "Folder for report, tables and figures", "out/market"))
    .addFlag({ name: "apart", description: "Authority, proxy and cloud as three processes" })
    .addFlag(json)
    .setAction(() => import("../actions/marketRun.ts"))
    .build(),
];

export const marketOnChain = [
  task(["market", "deploy"], "Deploy the market on a network")
    .addOption(state)
    .addOption(optionalText("token", "Address of the ERC-20 token; default: a demo token"))
    .addOption(optionalText("authority", "Address that certifies; default: who deploys"))
    .addOption(count("authoriseSeconds", "How long in its slot a pile may take to authorise", 900))
    .addOption(count("plugInSeconds", "How long in its slot a vehicle may take to plug in", 1_800))
    .addOption(count("settleSeconds", "How long after slot or unplugging a pile settles", 86_400))
    .addOption(
      optionalText(
        "disputeSeconds",
        "How long a vehicle may dispute; default: a day, or 0 on local chains without --arbiters",
      ),
    )
    .addOption(count("arbitrationSeconds", "How long the arbiters of a dispute have", 259_200))
    .addOption(optionalText("arbiters", "Addresses of who rules on disputes, with commas"))
    .addOption(amount("minEnergyWh", "Least energy of a session that earns standing, Wh", 1_000n))
    .addOption(amount("minAmount", "Least price of one, token units; 0: a tenth of the token", 0n))
    .addOption(count("quorum", "How many of several arbiters have to sign", 0))
    .addOption(optionalText("court", "Address that decides on tracing; default: the authority"))
    .addOption(
      optionalText(
        "corner",
        "South-west corner of the frame in degrees, as 56.40,-3.10; for --lat",
      ),
    )
    .addOption(optionalText("name", "Tells a market apart from another one of the same terms"))
    .addOption(optionalText("beside", "State folder of a market whose escrow this one shares"))
    .addFlag({ name: "demo", description: "A demo token, or one person's key as the authority" })
    .addFlag(json)
    .setAction(() => import("../actions/marketDeploy.ts"))
    .build(),
  task(["market", "pack"], "Put what somebody has to hand on into one signed file, nothing secret")
    .addOption(state)
    .addOption(as)
    .addOption(text("out", "File for the parcel", "parcel.json"))
    .addFlag(json)
    .setAction(() => import("../actions/marketPack.ts"))
    .build(),
  task(["market", "unpack"], "Take what is new in a parcel, if it is its sender's to hand on")
    .addOption(state)
    .addOption(text("file", "File of `market pack`", "parcel.json"))
    .addFlag(json)
    .setAction(() => import("../actions/marketUnpack.ts"))
    .build(),
  task(["market", "relay"], "Send a call that somebody else has signed, and pay the gas")
    .addOption(state)
    .addOption(as)
    .addOption(text("call", "File with the signed call", ""))
    .addFlag(json)
    .setAction(() => import("../actions/marketRelay.ts"))
    .build(),
  task(["market", "verify"], "Check code, wiring and terms of the market on a network")
    .addOption(state)
    .addFlag(json)
    .setAction(() => import("../actions/marketVerify.ts"))
    .build(),
  task(["market", "status"], "Show what the market on a network holds")
    .addOption(state)
    .addFlag(json)
    .setAction(() => import("../actions/marketStatus.ts"))
    .build(),
];
