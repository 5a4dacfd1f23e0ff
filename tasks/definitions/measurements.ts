/** What it costs: gas and time. */
import { task } from "hardhat/config";
import { text, json } from "../support/options.ts";

export const gas = task("gas", "Measure the gas of every function, as table, JSON, CSV and chart")
  .addOption(text("scenario", "Built-in world to execute: town, hamlet or commuters", "hamlet"))
  .addOption(text("seed", "Seed of the world", "chargeveil"))
  .addOption(text("out", "Folder for table and chart", "out/gas"))
  .addFlag({
    name: "check",
    description: "Fail if a function uses more than gas.snapshot.json says",
  })
  .addFlag({ name: "update", description: "Write gas.snapshot.json" })
  .addFlag(json)
  .setAction(() => import("../actions/gas.ts"))
  .build();

export const bench = task(
  "bench",
  "Measure the engine beside paillier-bigint, as table, JSON and chart",
)
  .addOption(text("out", "Folder for table, JSON and chart", "out/bench"))
  .addFlag({ name: "quick", description: "Fewer repetitions, and keys of 2048 bits only" })
  .addFlag(json)
  .setAction(() => import("../actions/bench.ts"))
  .build();
