/**
 * Sealed rounds and an open auction over `hardhat node`, step by step; and on the way what goes
 * wrong when a person does it wrongly.
 */
import { expect } from "chai";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { commandLine, type Facts } from "../support/flow/commandLine.ts";
import { startNode, type RunningNode } from "../support/flow/nodeProcess.ts";

describe("auctions over a node, step by step", function () {
  this.timeout(600_000);

  let node: RunningNode;
  let state: string;
  /** Account of the pile that the second auction of a slot has matched. */
  let matchedBefore: unknown;

  before(async () => {
    node = await startNode();
    state = await mkdtemp(join(tmpdir(), "chargeveil-auctions-"));
    await done("market", "deploy");
    await done("identity", "enrol", "--as", "mia", "--kind", "matcher", "--operator", "Mia's");
    await done("identity", "enrol", "--as", "cloud", "--kind", "matcher", "--operator", "Cleo's");
    await done("identity", "enrol", "--as", "eva", "--kind", "vehicle");
    const paul = ["--as", "paul", "--kind", "pile", "--x", "1200", "--y", "1100"];
    await done("identity", "enrol", ...paul, "--power", "22000");
    const pia = ["--as", "pia", "--kind", "pile", "--x", "1100", "--y", "900"];
    await done("identity", "enrol", ...pia, "--power", "22000");
  });

  after(async () => {
    await node.stop();
    await rm(state, { recursive: true });
  });

  const { done, refused, paste, passTime } = commandLine(
    () => node,
    () => state,
  );

  describe("sealed, in rounds", () => {
    const bid = (name: string, price: string): Promise<Facts> =>
      done("auction", "bid", "--as", name, "--price", price);

    it("opens with rounds, and refuses too many or none", async () => {
      const open = ["auction", "open", "--as", "mia", "--key-bits", "2048"];
      await refused(/--max-rounds: expected 1 to 16, got 17/, ...open, "--max-rounds", "17");
      await refused(/--round-seconds: expected 1 to/, ...open, "--round-seconds", "0");
      const endless = ["--bidding-seconds", "99999999999999"];
      await refused(/--bidding-seconds: expected 1 to 31536000, got/, ...open, ...endless);
      await refused(/--bond: expected 1 to/, ...open, "--bond", "9".repeat(48));
      const rounds = ["--max-rounds", "3", "--round-seconds", "120", "--bidding-seconds", "600"];
      expect(await done(...open, ...rounds)).to.include({ maxRounds: 3 });
    });

    it("takes requests and bids in round 1", async () => {
      const request = ["--x", "1000", "--y", "1000", "--max-price", "400000"];
      await done("auction", "request", "--as", "eva", ...request, "--max-distance", "800");
      expect(await bid("paul", "380000")).to.include({ round: 1 });
      await bid("pia", "360000");
      await refused(/phase bidding, not matching/, "auction", "close-round", "--as", "mia");
      await refused(/no round .* is closed yet/, "auction", "standing", "--as", "paul");
    });

    it("closes a round that brought bids, and says to each pile whether it leads", async () => {
      await passTime(600);
      await refused(/close-round/, "auction", "match", "--as", "mia");
      await refused(/expected a matcher/, "auction", "close-round", "--as", "paul");
      const closed = await done("auction", "close-round", "--as", "mia");
      expect(closed).to.include({ closedRound: 1, bids: 2, leading: 1, orderSource: "randao" });
      expect(closed.referencePricePerKwhUnits).to.equal(360_000);

      const standing = (name: string): Promise<Facts> => done("auction", "standing", "--as", name);
      expect(await standing("pia")).to.include({ leads: true, round: 1 });
      expect(await standing("paul")).to.include({
        leads: false,
        referencePricePerKwhUnits: 360_000,
      });
    });

    // Paul is 224 m away and Pia 141 m, which weighs as much as 30,000 units.
    it("takes a lower bid in round 2, and no request any more", async () => {
      await refused(/AuctionRequestsOver/, "auction", "request", "--as", "eva");
      expect(await bid("paul", "320000")).to.include({ round: 2, bondUnits: 10_000_000 });
      expect(await done("auction", "show")).to.include({ round: 2, maxRounds: 3, bids: 3 });
    });

    it("goes on while bids come, and decides when none does", async () => {
      await passTime(120);
      expect(await done("auction", "close-round", "--as", "mia")).to.include({
        closedRound: 2,
        referencePricePerKwhUnits: 320_000,
      });
      await passTime(120);
      await refused(/auction match/, "auction", "close-round", "--as", "mia");
      expect(await done("auction", "match", "--as", "mia")).to.include({ decisions: 1 });
    });

    it("starts the session at the price of round 2, though the pile has lost its salt", async () => {
      const [auction = ""] = await readdir(join(state, "auctions"));
      await rm(join(state, "auctions", auction, "bids"), { recursive: true });
      await refused(/nothing is kept here of bid/, "session", "start", "--as", "paul");
      // The vehicle has got the salt with its delivery. From here on the pile needs none.
      const started = await done("session", "start", "--as", "eva");
      expect(started).to.include({ state: "opened", pricePerKwhUnits: 320_000 });
      expect(await done("session", "authorise", "--as", "paul")).to.include({
        state: "authorised",
      });
    });

    it("releases the loser, whose bid of round 1 nobody ever sees", async () => {
      expect(await done("auction", "release", "--as", "mia")).to.include({ released: 1 });
      expect(await done("auction", "show")).to.include({ released: 1, opened: 1 });
    });
  });

  describe("sealed, once more in the same slot", () => {
    const request = ["--x", "1000", "--y", "1000", "--max-price", "400000"];
    const open = ["auction", "open", "--as", "mia", "--key-bits", "2048"];
    let first: Facts;

    it("refuses a second auction before the first is decided, or where no time is left", async () => {
      first = await done(...open, "--bidding-seconds", "60", "--opening-seconds", "1200");
      await done("auction", "request", "--as", "eva", ...request, "--max-distance", "800");
      await done("auction", "bid", "--as", "paul", "--price", "320000");
      const again = [...open, "--again", String(first.auction)];
      await refused(/is not matched yet/, ...again);
      await refused(/expected openings that end by/, ...again, "--bidding-seconds", "86400");
      await passTime(60);
      expect(await done("auction", "match", "--as", "mia")).to.include({ decisions: 1 });
    });

    it("gives a vehicle that refuses its deposit back, and a match elsewhere", async () => {
      const withdrawn = await done("auction", "withdraw", "--as", "eva");
      expect(withdrawn).to.include({ freedUnits: 60_000_000 });
      expect(await done("auction", "show")).to.include({ refused: 1, opened: 0 });
      await refused(/no standing request/, "session", "start", "--as", "eva");

      const again = ["--again", String(first.auction), "--bidding-seconds", "60"];
      const second = await done(...open, ...again);
      expect(await done("auction", "show")).to.include({ again: first.auction, maxRounds: 1 });
      expect(second.openingEnds).to.equal(first.openingEnds);
      await done("auction", "request", "--as", "eva", ...request, "--max-distance", "800");
      await done("auction", "bid", "--as", "paul", "--price", "310000");
      await done("auction", "bid", "--as", "pia", "--price", "360000");
      await passTime(60);
      // Paul is cheaper, but eva has refused him in this slot: he takes no part.
      expect(await done("auction", "match", "--as", "mia")).to.include({ decisions: 1 });
      const started = await done("session", "start", "--as", "eva");
      expect(started).to.include({ state: "opened", pricePerKwhUnits: 360_000 });
      matchedBefore = started.pile;
    });
  });

  describe("open", () => {
    let auction: unknown;
    const bid = (name: string, price: string): readonly string[] => [
      ...["auction", "public", "bid"],
      ...["--as", name, "--price", price],
    ];

    it("opens with a rule, and refuses one that does not add up", async () => {
      const open = ["auction", "public", "open", "--as", "eva"];
      await refused(/no public auction/, "auction", "public", "show");
      await refused(/add up to 100/, ...open, "--weights", "60,15,10,16");
      await refused(/add up to 100/, ...open, "--weights", "0,50,25,25");
      await refused(/add up to 100/, ...open, "--weights", "100");
      await refused(
        /--quiet-seconds: expected 1 to 65535, got 65536/,
        ...open,
        "--quiet-seconds",
        "65536",
      );
      await refused(/expected a vehicle/, ...["auction", "public", "open"], "--as", "paul");
      expect(await done(...open, "--decrement", "10000")).to.include({
        phase: "bidding",
        leader: null,
      });
    });

    it("invites by signature, and only lets the invited bid", async () => {
      const invite = ["auction", "public", "invite", "--as", "eva"];
      await refused(/not invited/, ...bid("paul", "450000"));
      await refused(/--distance: say how far/, ...invite, "--pile", "paul");
      await refused(/--pile/, ...invite, "--distance", "224");
      await refused(/expected a pile/, ...invite, "--pile", "mia", "--distance", "224");
      await refused(/expected 0 to 1000 m/, ...invite, "--pile", "paul", "--distance", "1001");
      await done(...invite, "--pile", "paul", "--distance", "224");
      await done(...invite, "--pile", "pia", "--distance", "900");
      const byAPile = ["auction", "public", "invite", "--as", "pia", "--distance", "224"];
      await refused(/expected a vehicle/, ...byAPile);
    });

    it("takes bids by the decrement, and frees who is outbid", async () => {
      await done(...bid("pia", "450000"));
      await refused(/OpenTooDear/, ...bid("paul", "500001"));
      await refused(/OpenPowerOutOfRange/, ...bid("paul", "400000"), "--power", "22001");
      // Next door is worth 84,500 units more than 900 m away.
      await done(...bid("paul", "500000"));
      await refused(/OpenNotLower/, ...bid("pia", "410000"));
      const led = await done(...bid("pia", "400000"));
      auction = led.auction;
      expect(led).to.include({ pricePerKwhUnits: 400_000, bids: 3 });
      expect(await done("identity", "show", "--as", "paul")).to.include({
        freeUnits: 10_000_000,
      });
      await done(...bid("paul", "470000"));
      await refused(/phase bidding.*OpenWrongPhase/, "auction", "public", "start", "--as", "eva");
    });

    it("starts a session when it is quiet", async () => {
      await passTime(60);
      await refused(/OpenWrongPhase/, ...bid("pia", "300000"));
      await refused(/OpenWrongPhase/, "auction", "public", "release", "--as", "mia");
      await refused(/SessionNotParty/, "auction", "public", "start", "--as", "paul");
      const started = await done("auction", "public", "start", "--as", "eva");
      expect(started).to.include({ state: "opened", pricePerKwhUnits: 470_000, powerW: 22_000 });
      // What is printed as the next step finds the session of this auction, not of a sealed one.
      const [authorise = "", plugIn = "", ...others] = String(started.next).split("\n");
      expect(others).to.deep.equal([]);
      const of = { session: started.session };
      expect(await paste(authorise)).to.include({ ...of, state: "authorised" });
      await passTime(1_200);
      expect(await paste(plugIn)).to.include({ ...of, state: "charging" });
      const named = ["--auction", String(auction)];
      expect(await done("session", "show", "--as", "eva", ...named)).to.include(of);
      // Whoever lost the public auction still finds its sealed one.
      expect(await done("session", "show", "--as", "pia")).to.include({ pile: matchedBefore });
      await refused(/OpenEnded/, "auction", "public", "release", "--as", "eva");
    });

    it("gives the deposit back if nobody bids", async () => {
      const open = ["auction", "public", "open", "--as", "eva", "--bidding-seconds", "30"];
      await done(...open);
      await passTime(30);
      expect(await done("auction", "public", "release", "--as", "mia")).to.include({
        phase: "closed",
        ended: true,
      });
    });

    it("counts both kinds of auctions", async () => {
      expect(await done("market", "status")).to.include({
        auctionsOpened: 3,
        publicAuctionsOpened: 2,
      });
      expect(await readdir(join(state, "public"))).to.have.lengthOf(2);
    });
  });
});
