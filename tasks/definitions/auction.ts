/** Sealed auctions, and a play of both kinds. */
import { emptyTask, task } from "hardhat/config";
import {
  text,
  optionalText,
  count,
  amount,
  json,
  wait,
  withoutMissing,
  state,
  as,
  mode,
  auctionId,
  x,
  y,
  lat,
  lon,
  signCall,
} from "../support/options.ts";

/**
 * The whole frame, and whoever is in it in reach (`core/messages/area.ts`, not loaded before it is
 * needed).
 */
const FRAME = { cellM: 250, west: 0, south: 0, columns: 263, rows: 263, reachM: 131_070 };
const cells = text("cells", "Cells to be compared by, as column:row,…; none: anywhere", "");

export const auction = [
  emptyTask("auction", "Sealed auctions: open, request, bid, match, release, show").build(),
  task(["auction", "open"], "Deal a round key and open an auction for a time slot")
    .addOption(state)
    .addOption(as)
    .addOption(text("second", "Name of the second server, a matcher of another operator", "cloud"))
    .addOption(count("cell", "Side of a cell of the auction's area, in metres", FRAME.cellM))
    .addOption(count("west", "First column of cells of the area", FRAME.west))
    .addOption(count("south", "First row of cells", FRAME.south))
    .addOption(count("columns", "How many columns", FRAME.columns))
    .addOption(count("rows", "How many rows", FRAME.rows))
    .addOption(
      count("reach", "Farthest pile that anybody is compared with, in metres", FRAME.reachM),
    )
    .addOption(count("biddingSeconds", "How long requests and bids are taken, in round 1", 120))
    .addOption(count("maxRounds", "How many rounds of bidding there may be, 1 to 16", 1))
    .addOption(count("roundSeconds", "How long each further round lasts", 60))
    .addOption(count("matchingSeconds", "How long the matcher has beside the rounds", 600))
    .addOption(count("openingSeconds", "How long matched vehicles have to accept after that", 600))
    .addOption(count("slotSeconds", "Length of the time slot after that", 7_200))
    .addOption(amount("bond", "Bond of a bid in token units", 10_000_000n))
    .addOption(amount("deposit", "Deposit of a request in token units", 60_000_000n))
    .addOption(mode)
    .addOption(count("keyBits", "Size of the round's Paillier key", 3072))
    .addOption(
      optionalText(
        "again",
        "Id of a decided auction: open a second one of its slot, which has its terms; of the others, only --bidding-seconds, --mode and --key-bits count",
      ),
    )
    .addFlag({ name: "authorised", description: "Only for vehicles authorised for area and slot" })
    .addFlag(json)
    .setAction(() => import("../actions/auctionOpen.ts"))
    .build(),
  task(["auction", "request"], "Request charging as a vehicle: encrypted, committed, with deposit")
    .addOption(state)
    .addOption(as)
    .addOption(auctionId)
    .addOption(x)
    .addOption(y)
    .addOption(lat)
    .addOption(lon)
    .addOption(amount("maxPrice", "Most to pay, in token units per kWh", 500_000n))
    .addOption(count("maxDistance", "Farthest pile in metres", 1_000))
    .addOption(cells)
    .addOption(text("needs", "Features needed: fast, rapid, or both with a comma", ""))
    .addOption(signCall)
    .addFlag(json)
    .setAction(() => import("../actions/auctionRequest.ts"))
    .build(),
  task(["auction", "bid"], "Offer charging as a pile, or go lower: encrypted, committed, bonded")
    .addOption(state)
    .addOption(as)
    .addOption(auctionId)
    .addOption(amount("price", "Price in token units per kWh", 350_000n))
    .addOption(cells)
    .addFlag(json)
    .setAction(() => import("../actions/auctionBid.ts"))
    .build(),
  task(
    ["auction", "close-round"],
    "End a round that brought new bids: say who leads, begin the next",
  )
    .addOption(state)
    .addOption(as)
    .addOption(auctionId)
    .addFlag(wait)
    .addFlag(withoutMissing)
    .addFlag(json)
    .setAction(() => import("../actions/auctionCloseRound.ts"))
    .build(),
  task(["auction", "standing"], "Show a pile whether it leads after the last round")
    .addOption(state)
    .addOption(as)
    .addOption(auctionId)
    .addFlag(json)
    .setAction(() => import("../actions/auctionStanding.ts"))
    .build(),
  task(["auction", "match"], "Match the last round on ciphertexts and post the decisions")
    .addOption(state)
    .addOption(as)
    .addOption(auctionId)
    .addFlag(wait)
    .addFlag(withoutMissing)
    .addFlag(json)
    .setAction(() => import("../actions/auctionMatch.ts"))
    .build(),
  task(["auction", "withdraw"], "Refuse a match as its vehicle, or take back a request that lost")
    .addOption(state)
    .addOption(as)
    .addOption(auctionId)
    .addFlag(json)
    .setAction(() => import("../actions/auctionWithdraw.ts"))
    .build(),
  task(["auction", "release"], "Free the stakes of those who were not selected")
    .addOption(state)
    .addOption(as)
    .addOption(auctionId)
    .addFlag(json)
    .setAction(() => import("../actions/auctionRelease.ts"))
    .build(),
  task(["auction", "show"], "Show terms, phase and counts of an auction")
    .addOption(state)
    .addOption(auctionId)
    .addFlag(json)
    .setAction(() => import("../actions/auctionShow.ts"))
    .build(),
];

export const prices = task(
  ["auction", "prices"],
  "Play both kinds of auction for one trip, as table and chart",
)
  .addOption(text("scenario", "Built-in world: town, hamlet or commuters", "hamlet"))
  .addOption(text("seed", "Seed of the world", "chargeveil"))
  .addOption(text("trip", "Name of the trip; default: the one for which most piles compete", ""))
  .addOption(amount("decrement", "By how much a bid goes lower in the open auction", 5_000n))
  .addOption(amount("roundDecrement", "By how much in a round of the sealed one", 20_000n))
  .addOption(count("maxRounds", "How many rounds there may be, 1 to 16", 16))
  .addOption(text("out", "Folder for table and chart", "out/prices"))
  .addFlag(json)
  .setAction(() => import("../actions/auctionPrices.ts"))
  .build();
