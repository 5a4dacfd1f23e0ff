/** The open auction of one request. */
import { emptyTask, task } from "hardhat/config";
import {
  text,
  count,
  amount,
  json,
  state,
  as,
  auctionId,
  optionalText,
} from "../support/options.ts";

export const publicAuction = [
  emptyTask(["auction", "public"], "The open auction of one request: open, invite, bid").build(),
  task(["auction", "public", "open"], "Ask for charging in public as a vehicle, with deposit")
    .addOption(state)
    .addOption(as)
    .addOption(amount("maxPrice", "Most to pay, in token units per kWh", 500_000n))
    .addOption(amount("decrement", "By how much a bid has to go lower", 5_000n))
    .addOption(text("weights", "Percent of price, power, quality, distance", "60,15,10,15"))
    .addOption(count("referencePower", "Power in W above which more gains nothing", 22_000))
    .addOption(count("maxDistance", "Farthest pile in metres", 1_000))
    .addOption(count("quietSeconds", "How long nobody may go lower before it is over", 60))
    .addOption(count("biddingSeconds", "After how long it is over in any case", 600))
    .addOption(count("openingSeconds", "How long the session may be opened after that", 600))
    .addOption(
      count(
        "slotSeconds",
        "Length of the slot after that; an authorised account has its own",
        7_200,
      ),
    )
    .addOption(amount("bond", "Bond of the leader in token units", 10_000_000n))
    .addOption(amount("deposit", "Deposit of the vehicle in token units", 60_000_000n))
    .addFlag(json)
    .setAction(() => import("../actions/publicOpen.ts"))
    .build(),
  task(["auction", "public", "invite"], "Invite a pile to the auction as its vehicle")
    .addOption(state)
    .addOption(as)
    .addOption(auctionId)
    .addOption(text("pile", "Name or address of the pile", ""))
    .addOption(optionalText("distance", "How far away it is in metres"))
    .addFlag(json)
    .setAction(() => import("../actions/publicInvite.ts"))
    .build(),
  task(["auction", "public", "bid"], "Go below the leading bid as an invited pile, with bond")
    .addOption(state)
    .addOption(as)
    .addOption(auctionId)
    .addOption(amount("price", "Price in token units per kWh", 350_000n))
    .addOption(count("power", "Guaranteed power in W; 0: the rated power", 0))
    .addFlag(json)
    .setAction(() => import("../actions/publicBid.ts"))
    .build(),
  task(["auction", "public", "show"], "Show terms, phase and leading bid")
    .addOption(state)
    .addOption(auctionId)
    .addFlag(json)
    .setAction(() => import("../actions/publicShow.ts"))
    .build(),
  task(["auction", "public", "start"], "Open the session with the leader when bidding is over")
    .addOption(state)
    .addOption(as)
    .addOption(auctionId)
    .addFlag(json)
    .setAction(() => import("../actions/publicStart.ts"))
    .build(),
  task(["auction", "public", "release"], "Free the stakes of an auction without a session")
    .addOption(state)
    .addOption(as)
    .addOption(auctionId)
    .addFlag(json)
    .setAction(() => import("../actions/publicRelease.ts"))
    .build(),
];
