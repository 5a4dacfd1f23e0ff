/** Requests hidden among others. */
import { emptyTask, task } from "hardhat/config";
import { text, optionalText, count, json } from "../support/options.ts";

export const cloak = [
  emptyTask("cloak", "Hide each request among others: show").build(),
  task(["cloak", "show"], "Put a city's vehicles into buckets and attack their requests")
    .addOption(optionalText("traces", "CSV file of taxi trips in the layout of Porto"))
    .addOption(count("vehicles", "Vehicles of made-up traffic; 0: twelve times k", 0))
    .addOption(count("k", "The least number of vehicles in a bucket, 2 to 64", 5))
    .addOption(count("l", "At most one in l vehicles of a bucket is in the same cell", 2))
    .addOption(count("spread", "The least mean distance within a bucket, in metres", 250))
    .addOption(count("mostSpread", "The greatest mean distance within a bucket, in metres", 4_000))
    .addOption(count("cell", "Side of a cell in metres, at least 250", 250))
    .addOption(count("trials", "How often each attack is tried", 2_000))
    .addOption(text("seed", "Seed of everything that is drawn", "chargeveil"))
    .addOption(text("out", "Folder for JSON and picture", "out/cloak"))
    .addFlag(json)
    .setAction(() => import("../actions/cloakShow.ts"))
    .build(),
];
