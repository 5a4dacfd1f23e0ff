/**
 * The command line, in the order of a trade. Every task is defined here and does its work in `tasks/actions`, which is
 * loaded when the task runs.
 */
import { emptyTask, task } from "hardhat/config";
import { ArgumentType } from "hardhat/types/arguments";

const text = <Name extends string>(name: Name, description: string, defaultValue: string) => ({
  name,
  description,
  type: ArgumentType.STRING as const,
  defaultValue,
});
const optionalText = <Name extends string>(name: Name, description: string) => ({
  name,
  description,
  type: ArgumentType.STRING_WITHOUT_DEFAULT as const,
  defaultValue: undefined,
});
const count = <Name extends string>(name: Name, description: string, defaultValue: number) => ({
  name,
  description,
  type: ArgumentType.INT as const,
  defaultValue,
});

const amount = <Name extends string>(name: Name, description: string, defaultValue: bigint) => ({
  name,
  description,
  type: ArgumentType.BIGINT as const,
  defaultValue,
});

const json = { name: "json" as const, description: "Print JSON for machines instead of tables" };
const wait = { name: "wait" as const, description: "Wait for the end of bidding" };
const state = text("state", "Folder that keeps addresses, keys and openings", ".chargeveil");
const as = text("as", "Name of the participant in the state folder who acts", "");
const someone = optionalText("as", "Name of a participant in the state folder");
const mode = text(
  "mode",
  "How to match: strict, or masked, in which the cloud sees more and which waits less",
  "strict",
);
const account = optionalText("account", "Address of an account, instead of --as");
const auctionId = optionalText("auction", "Id of the auction; default: the one opened last");
const sessionId = optionalText(
  "session",
  "Id of the session; default: that of --as in the auction",
);

const keyFile = optionalText("keyFile", "File with the public key of the meter");
const bareCurve = text("curve", "Curve of a key that does not say it", "secp256r1");
const meterName = optionalText(
  "meter",
  "Name of a simulated meter; default: the one that is called like the pile",
);
const electionId = optionalText("election", "Id of the election; default: the one opened last");

const market = [
  emptyTask("market", "The whole market: run a day of it, deploy it, look at it").build(),
  task(["market", "run"], "Run a day of the market on an EVM in this process and report on it")
    .addOption(text("scenario", "Built-in world: town or hamlet", "town"))
    .addOption(optionalText("stations", "CSV file of stations, with --sessions; no scenario then"))
    .addOption(optionalText("sessions", "CSV file of sessions, with --stations"))
    .addOption(optionalText("date", "Day to run, YYYY-MM-DD; default: the first of the files"))
    .addOption(text("seed", "Seed of everything that is drawn for the world", "chargeveil"))
    .addOption(count("vehicles", "Vehicles of the scenario; 0: as built in", 0))
    .addOption(count("piles", "Piles of the scenario; 0: as built in", 0))
    .addOption(mode)
    .addOption(count("keyBits", "Size of every round's Paillier key", 3072))
    .addOption(count("slotHours", "Length of a time slot; must divide 24", 3))
    .addOption(count("maxRounds", "How many rounds of bidding a slot may have, 1 to 16", 6))
    .addOption(amount("decrement", "By how much piles go lower in a round, units per kWh", 50_000n))
    .addOption(text("out", "Folder for report, tables and figures", "out/market"))
    .addFlag(json)
    .setAction(() => import("./actions/marketRun.ts"))
    .build(),
];

const marketOnChain = [
  task(["market", "deploy"], "Deploy the market on a network")
    .addOption(state)
    .addOption(optionalText("token", "Address of the ERC-20 token; default: a demo token"))
    .addOption(count("authoriseSeconds", "How long a pile may take to authorise", 3_600))
    .addOption(count("plugInSeconds", "How long a vehicle may take to plug in", 3_600))
    .addOption(count("settleSeconds", "How long a session may charge before it settles", 86_400))
    .addOption(count("disputeSeconds", "How long a vehicle may dispute; 0: final at once", 0))
    .addOption(count("arbitrationSeconds", "How long the arbiters of a dispute have", 259_200))
    .addOption(optionalText("arbiters", "Addresses of who rules on disputes, with commas"))
    .addOption(count("quorum", "How many of several arbiters have to sign", 0))
    .addFlag(json)
    .setAction(() => import("./actions/marketDeploy.ts"))
    .build(),
  task(["market", "status"], "Show what the market on a network holds")
    .addOption(state)
    .addFlag(json)
    .setAction(() => import("./actions/marketStatus.ts"))
    .build(),
];

const identity = [
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
    .setAction(() => import("./actions/identityEnrol.ts"))
    .build(),
  task(["identity", "suspend"], "Stop new obligations of a participant")
    .addOption(state)
    .addOption(someone)
    .addOption(account)
    .addFlag(json)
    .setAction(() => import("./actions/identitySuspend.ts"))
    .build(),
  task(["identity", "reinstate"], "Lift a suspension")
    .addOption(state)
    .addOption(someone)
    .addOption(account)
    .addFlag(json)
    .setAction(() => import("./actions/identityReinstate.ts"))
    .build(),
  task(["identity", "show"], "Show certificate, standing and balance of a participant")
    .addOption(state)
    .addOption(someone)
    .addOption(account)
    .addFlag(json)
    .setAction(() => import("./actions/identityShow.ts"))
    .build(),
];

const auction = [
  emptyTask("auction", "Sealed auctions: open, request, bid, match, release, show").build(),
  task(["auction", "open"], "Deal a round key and open an auction for a time slot")
    .addOption(state)
    .addOption(as)
    .addOption(text("area", "Name of the area that the auction covers", "the whole city"))
    .addOption(count("biddingSeconds", "How long requests and bids are taken, in round 1", 120))
    .addOption(count("maxRounds", "How many rounds of bidding there may be, 1 to 16", 1))
    .addOption(count("roundSeconds", "How long each further round lasts", 60))
    .addOption(count("matchingSeconds", "How long the matcher has beside the rounds", 600))
    .addOption(count("slotSeconds", "Length of the time slot after that", 7_200))
    .addOption(amount("bond", "Bond of a bid in token units", 10_000_000n))
    .addOption(amount("deposit", "Deposit of a request in token units", 60_000_000n))
    .addOption(mode)
    .addOption(count("keyBits", "Size of the round's Paillier key", 3072))
    .addFlag(json)
    .setAction(() => import("./actions/auctionOpen.ts"))
    .build(),
  task(["auction", "request"], "Request charging as a vehicle: encrypted, committed, with deposit")
    .addOption(state)
    .addOption(as)
    .addOption(auctionId)
    .addOption(count("x", "East of the frame's corner in metres", 0))
    .addOption(count("y", "North of the frame's corner in metres", 0))
    .addOption(amount("maxPrice", "Most to pay, in token units per kWh", 500_000n))
    .addOption(count("maxDistance", "Farthest pile in metres", 1_000))
    .addOption(text("needs", "Features needed: fast, rapid, or both with a comma", ""))
    .addFlag(json)
    .setAction(() => import("./actions/auctionRequest.ts"))
    .build(),
  task(["auction", "bid"], "Offer charging as a pile, or go lower: encrypted, committed, bonded")
    .addOption(state)
    .addOption(as)
    .addOption(auctionId)
    .addOption(amount("price", "Price in token units per kWh", 350_000n))
    .addFlag(json)
    .setAction(() => import("./actions/auctionBid.ts"))
    .build(),
  task(
    ["auction", "close-round"],
    "End a round that brought new bids: say who leads, begin the next",
  )
    .addOption(state)
    .addOption(as)
    .addOption(auctionId)
    .addFlag(wait)
    .addFlag(json)
    .setAction(() => import("./actions/auctionCloseRound.ts"))
    .build(),
  task(["auction", "standing"], "Show a pile whether it leads after the last round")
    .addOption(state)
    .addOption(as)
    .addOption(auctionId)
    .addFlag(json)
    .setAction(() => import("./actions/auctionStanding.ts"))
    .build(),
  task(["auction", "match"], "Match the last round on ciphertexts and post the decisions")
    .addOption(state)
    .addOption(as)
    .addOption(auctionId)
    .addFlag(wait)
    .addFlag(json)
    .setAction(() => import("./actions/auctionMatch.ts"))
    .build(),
  task(["auction", "release"], "Free the stakes of those who were not selected")
    .addOption(state)
    .addOption(as)
    .addOption(auctionId)
    .addFlag(json)
    .setAction(() => import("./actions/auctionRelease.ts"))
    .build(),
  task(["auction", "show"], "Show terms, phase and counts of an auction")
    .addOption(state)
    .addOption(auctionId)
    .addFlag(json)
    .setAction(() => import("./actions/auctionShow.ts"))
    .build(),
];

const prices = task(
  ["auction", "prices"],
  "Play both kinds of auction for one trip, as table and chart",
)
  .addOption(text("scenario", "Built-in world: town or hamlet", "hamlet"))
  .addOption(text("seed", "Seed of the world", "chargeveil"))
  .addOption(text("trip", "Name of the trip; default: the one for which most piles compete", ""))
  .addOption(amount("decrement", "By how much a bid goes lower in the open auction", 5_000n))
  .addOption(amount("roundDecrement", "By how much in a round of the sealed one", 20_000n))
  .addOption(count("maxRounds", "How many rounds there may be, 1 to 16", 16))
  .addOption(text("out", "Folder for table and chart", "out/prices"))
  .addFlag(json)
  .setAction(() => import("./actions/auctionPrices.ts"))
  .build();

const publicAuction = [
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
    .addOption(count("slotSeconds", "Length of the time slot after that", 7_200))
    .addOption(amount("bond", "Bond of the leader in token units", 10_000_000n))
    .addOption(amount("deposit", "Deposit of the vehicle in token units", 60_000_000n))
    .addFlag(json)
    .setAction(() => import("./actions/publicOpen.ts"))
    .build(),
  task(["auction", "public", "invite"], "Invite a pile to the auction as its vehicle")
    .addOption(state)
    .addOption(as)
    .addOption(auctionId)
    .addOption(text("pile", "Name or address of the pile", ""))
    .addOption(count("distance", "How far away it is in metres", 0))
    .addFlag(json)
    .setAction(() => import("./actions/publicInvite.ts"))
    .build(),
  task(["auction", "public", "bid"], "Go below the leading bid as an invited pile, with bond")
    .addOption(state)
    .addOption(as)
    .addOption(auctionId)
    .addOption(amount("price", "Price in token units per kWh", 350_000n))
    .addOption(count("power", "Guaranteed power in W; 0: the rated power", 0))
    .addFlag(json)
    .setAction(() => import("./actions/publicBid.ts"))
    .build(),
  task(["auction", "public", "show"], "Show terms, phase and leading bid")
    .addOption(state)
    .addOption(auctionId)
    .addFlag(json)
    .setAction(() => import("./actions/publicShow.ts"))
    .build(),
  task(["auction", "public", "start"], "Open the session with the leader when bidding is over")
    .addOption(state)
    .addOption(as)
    .addOption(auctionId)
    .addFlag(json)
    .setAction(() => import("./actions/publicStart.ts"))
    .build(),
  task(["auction", "public", "release"], "Free the stakes of an auction without a session")
    .addOption(state)
    .addOption(as)
    .addOption(auctionId)
    .addFlag(json)
    .setAction(() => import("./actions/publicRelease.ts"))
    .build(),
];

const session = [
  emptyTask("session", "From a decision to paid energy: start, settle, dispute, show").build(),
  task(["session", "start"], "Open the delivery of a match, check it, open the decision")
    .addOption(state)
    .addOption(as)
    .addOption(auctionId)
    .addFlag(json)
    .setAction(() => import("./actions/sessionStart.ts"))
    .build(),
  task(["session", "authorise"], "Say as the pile that it is ready to serve")
    .addOption(state)
    .addOption(as)
    .addOption(sessionId)
    .addOption(auctionId)
    .addFlag(json)
    .setAction(() => import("./actions/sessionAuthorise.ts"))
    .build(),
  task(["session", "plug-in"], "Say as the vehicle that it is plugged in")
    .addOption(state)
    .addOption(as)
    .addOption(sessionId)
    .addOption(auctionId)
    .addFlag(json)
    .setAction(() => import("./actions/sessionPlugIn.ts"))
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
    .setAction(() => import("./actions/sessionConfirmBegin.ts"))
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
    .setAction(() => import("./actions/sessionSettle.ts"))
    .build(),
  task(["session", "agree"], "Sign begin and end of the register; the second signature settles")
    .addOption(state)
    .addOption(as)
    .addOption(sessionId)
    .addOption(auctionId)
    .addOption(amount("begin", "Register at the begin in Wh", 0n))
    .addOption(amount("end", "Register at the end in Wh", 0n))
    .addFlag(json)
    .setAction(() => import("./actions/sessionAgree.ts"))
    .build(),
  task(["session", "dispute"], "Call the arbiters as the vehicle")
    .addOption(state)
    .addOption(as)
    .addOption(sessionId)
    .addOption(auctionId)
    .addFlag(json)
    .setAction(() => import("./actions/sessionDispute.ts"))
    .build(),
  task(["session", "rule"], "Sign a ruling as an arbiter; the signature that suffices relays it")
    .addOption(state)
    .addOption(text("as", "Address of the arbiter, or its name in the state folder", ""))
    .addOption(optionalText("session", "Id of the session; default: the one of the auction"))
    .addOption(auctionId)
    .addOption(amount("amount", "What the pile gets of the metered amount, token units", -1n))
    .addFlag(json)
    .setAction(() => import("./actions/sessionRule.ts"))
    .build(),
  task(["session", "finalise"], "Pay what was metered, when the time for disputes has passed")
    .addOption(state)
    .addOption(as)
    .addOption(sessionId)
    .addOption(auctionId)
    .addFlag(json)
    .setAction(() => import("./actions/sessionFinalise.ts"))
    .build(),
  task(["session", "expire"], "End a session whose deadline has passed")
    .addOption(state)
    .addOption(as)
    .addOption(sessionId)
    .addOption(auctionId)
    .addFlag(json)
    .setAction(() => import("./actions/sessionExpire.ts"))
    .build(),
  task(["session", "show"], "Show what the chain says of a session")
    .addOption(state)
    .addOption(someone)
    .addOption(sessionId)
    .addOption(auctionId)
    .addFlag(json)
    .setAction(() => import("./actions/sessionShow.ts"))
    .build(),
];

const meter = [
  emptyTask("meter", "Meters: register their keys, verify what they sign, simulate one").build(),
  task(["meter", "simulate"], "Make a meter that signs real OCMF; certifies nothing")
    .addOption(state)
    .addOption(optionalText("meter", "Name of the new meter, best that of its pile"))
    .addOption(text("curve", "secp256r1 or secp256k1", "secp256r1"))
    .addFlag(json)
    .setAction(() => import("./actions/meterSimulate.ts"))
    .build(),
  task(["meter", "register"], "Certify a meter's key for a pile as the operator; again: renew")
    .addOption(state)
    .addOption(text("pile", "Name or address of the pile", ""))
    .addOption(keyFile)
    .addOption(bareCurve)
    .addOption(meterName)
    .addOption(count("ratedPower", "Most that the socket carries, in W; 0: the pile's", 0))
    .addOption(amount("pagination", "What the meter has signed last", 0n))
    .addOption(count("days", "How long the certificate is valid", 365))
    .addFlag(json)
    .setAction(() => import("./actions/meterRegister.ts"))
    .build(),
  task(["meter", "rotate"], "Certify another key for a pile, then revoke the old one for ever")
    .addOption(state)
    .addOption(text("pile", "Name or address of the pile", ""))
    .addOption(keyFile)
    .addOption(bareCurve)
    .addOption(meterName)
    .addOption(optionalText("key", "Id of the old key; default: the only one of the pile"))
    .addOption(count("ratedPower", "Most that the socket carries, in W; 0: the pile's", 0))
    .addOption(amount("pagination", "What the meter has signed last", 0n))
    .addOption(count("days", "How long the certificate is valid", 365))
    .addFlag(json)
    .setAction(() => import("./actions/meterRotate.ts"))
    .build(),
  task(["meter", "revoke"], "End a meter's key for ever")
    .addOption(state)
    .addOption(optionalText("pile", "Name or address of the pile that it is certified for"))
    .addOption(optionalText("key", "Id of the key"))
    .addOption(keyFile)
    .addOption(bareCurve)
    .addFlag(json)
    .setAction(() => import("./actions/meterRevoke.ts"))
    .build(),
  task(["meter", "show"], "Show pile, validity and last pagination of a meter's key")
    .addOption(state)
    .addOption(optionalText("pile", "Name or address of the pile that it is certified for"))
    .addOption(optionalText("key", "Id of the key"))
    .addOption(keyFile)
    .addOption(bareCurve)
    .addFlag(json)
    .setAction(() => import("./actions/meterShow.ts"))
    .build(),
  task(["meter", "sign"], "Have a simulated meter measure and sign the session of a pile")
    .addOption(state)
    .addOption(as)
    .addOption(sessionId)
    .addOption(auctionId)
    .addOption(meterName)
    .addOption(amount("energyWh", "Energy that flows to the vehicle in Wh", 0n))
    .addOption(count("seconds", "How long it takes; 0: as long as at full power", 0))
    .addFlag({ name: "unnamed", description: "Sign no session name, like meters that have none" })
    .addFlag({ name: "two", description: "Sign begin and end in a record each" })
    .addOption(optionalText("out", "File for the record; default: in the state folder"))
    .addFlag(json)
    .setAction(() => import("./actions/meterSign.ts"))
    .build(),
  task(["meter", "verify"], "Judge signed records of a file, without any chain")
    .addPositionalArgument({
      name: "file",
      description: "OCMF text, XML of transparency software, or JSON cases",
    })
    .addOption(optionalText("keyFile", "File with the meter's key; default: those in the file"))
    .addOption(bareCurve)
    .addOption(text("direction", "import, or export for energy that flows back", "import"))
    .addFlag(json)
    .setAction(() => import("./actions/meterVerify.ts"))
    .build(),
];

const reputation = [
  emptyTask(
    "reputation",
    "Credibility of vehicles and rating of piles: rate, show, history, bookkeeper, figure",
  ).build(),
  task(["reputation", "rate"], "Rate the pile of a settled session as its vehicle")
    .addOption(state)
    .addOption(as)
    .addOption(sessionId)
    .addOption(auctionId)
    .addOption(count("rating", "1, 2 or 3", 3))
    .addFlag(json)
    .setAction(() => import("./actions/reputationRate.ts"))
    .build(),
  task(["reputation", "show"], "Show credibility and rating of an account")
    .addOption(state)
    .addOption(someone)
    .addOption(account)
    .addFlag(json)
    .setAction(() => import("./actions/reputationShow.ts"))
    .build(),
  task(["reputation", "history"], "List the evaluations of a pile or by a vehicle, newest first")
    .addOption(state)
    .addOption(optionalText("pile", "Name or address of a pile"))
    .addOption(optionalText("vehicle", "Name or address of a vehicle"))
    .addOption(count("last", "How many to list at most; 0: all", 0))
    .addFlag(json)
    .setAction(() => import("./actions/reputationHistory.ts"))
    .build(),
  task(["reputation", "bookkeeper"], "Elect the bookkeeper by both rules from the evaluations")
    .addOption(state)
    .addOption(count("from", "First evaluation", 1))
    .addOption(count("to", "Last evaluation; 0: the newest", 0))
    .addOption(count("block", "Block whose hash is the chance; 0: the newest", 0))
    .addFlag(json)
    .setAction(() => import("./actions/reputationBookkeeper.ts"))
    .build(),
  task(["reputation", "figure"], "Draw how ratings move: the paper's four piles, on an EVM")
    .addOption(text("seed", "Seed of the scores", "chargeveil"))
    .addOption(text("out", "Folder for table, JSON and chart", "out/reputation"))
    .addFlag(json)
    .setAction(() => import("./actions/reputationFigure.ts"))
    .build(),
];

const coupon = [
  emptyTask("coupon", "A prize for a vehicle that rated: offer, claim, redeem, show").build(),
  task(["coupon", "offer"], "Lock a coupon and open an election for it")
    .addOption(state)
    .addOption(as)
    .addOption(text("rule", "highest, or draw among the top quartile", "draw"))
    .addOption(amount("amount", "The coupon in token units", 5_000_000n))
    .addOption(count("from", "First evaluation whose vehicle is a candidate", 1))
    .addOption(count("seedBlocks", "Blocks to wait before the one that decides", 5))
    .addOption(count("claimSeconds", "How long claims are taken", 3_600))
    .addFlag(json)
    .setAction(() => import("./actions/couponOffer.ts"))
    .build(),
  task(["coupon", "claim"], "Put the candidate in the lead that wins by the evaluations")
    .addOption(state)
    .addOption(as)
    .addOption(electionId)
    .addFlag(json)
    .setAction(() => import("./actions/couponClaim.ts"))
    .build(),
  task(["coupon", "redeem"], "Pay the leader, or the sponsor back, when claims have ended")
    .addOption(state)
    .addOption(as)
    .addOption(electionId)
    .addFlag(json)
    .setAction(() => import("./actions/couponRedeem.ts"))
    .build(),
  task(["coupon", "show"], "Show an election, who leads it and who wins it")
    .addOption(state)
    .addOption(electionId)
    .addFlag(json)
    .setAction(() => import("./actions/couponShow.ts"))
    .build(),
];

const escrow = [
  emptyTask("escrow", "Money in the escrow: withdraw").build(),
  task(["escrow", "withdraw"], "Take everything free out of the escrow")
    .addOption(state)
    .addOption(as)
    .addFlag(json)
    .setAction(() => import("./actions/escrowWithdraw.ts"))
    .build(),
];

const gas = task("gas", "Measure the gas of every function, as table, JSON, CSV and chart")
  .addOption(text("scenario", "Built-in world to execute: town or hamlet", "hamlet"))
  .addOption(text("seed", "Seed of the world", "chargeveil"))
  .addOption(text("out", "Folder for table and chart", "out/gas"))
  .addFlag({
    name: "check",
    description: "Fail if a function uses more than gas.snapshot.json says",
  })
  .addFlag({ name: "update", description: "Write gas.snapshot.json" })
  .addFlag(json)
  .setAction(() => import("./actions/gas.ts"))
  .build();

const bench = task("bench", "Measure the engine beside paillier-bigint, as table, JSON and chart")
  .addOption(text("out", "Folder for table, JSON and chart", "out/bench"))
  .addFlag({ name: "quick", description: "Fewer repetitions, and keys of 2048 bits only" })
  .setAction(() => import("./actions/bench.ts"))
  .build();

const cloak = [
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
    .setAction(() => import("./actions/cloakShow.ts"))
    .build(),
];

export const tasks = [
  ...market,
  ...marketOnChain,
  ...identity,
  ...auction,
  ...publicAuction,
  prices,
  ...session,
  ...meter,
  ...reputation,
  ...coupon,
  ...escrow,
  ...cloak,
  gas,
  bench,
];
