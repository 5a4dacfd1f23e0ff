/**
 * Histories, the election of the bookkeeper and its coupon over `hardhat node`, step by step. The
 * trades before them are made without matching: vehicle and pile simply meet.
 */
import { expect } from "chai";
import { network } from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Bytes32 } from "../../offchain/core/messages/market.ts";
import { populatedWorld, type MarketWorld } from "../support/market/deployed.ts";
import { commandLine, type Facts } from "../support/flow/commandLine.ts";
import { runHere } from "../support/flow/inProcess.ts";
import { ROOT, startNode, type RunningNode } from "../support/flow/nodeProcess.ts";
import { writeDeployment, writePeople } from "../support/flow/worldState.ts";
import { rateSession } from "../../offchain/market/reputation.ts";
import { meteredPile, type MeteredPile, settledSession } from "../support/market/charging.ts";

const RATINGS = [3, 1];
const COUPON = "5000000";
const JOURNAL = `reputation-flow-${process.pid}`;
const CLAIM_SECONDS = 3_600;

describe("reputation over a node, step by step", function () {
  this.timeout(600_000);

  let node: RunningNode;
  let connection: NetworkConnection;
  let world: MarketWorld;
  let state: string;
  const sessions: Bytes32[] = [];

  before(async () => {
    node = await startNode();
    connection = await network.create({ network: "localhost", override: { url: node.url } });
    world = await populatedWorld(connection, JOURNAL);
    state = await mkdtemp(join(tmpdir(), "chargeveil-reputation-"));
    await writeDeployment(world, state);
    await writePeople(world, state);
    const pile = await meteredPile(world);
    for (const rating of RATINGS) sessions.push(await ratedTrade(world, pile, rating));
  });

  after(async () => {
    await connection.close();
    await node.stop();
    await rm(state, { recursive: true });
    await rm(join(ROOT, "ignition/deployments", JOURNAL), { recursive: true });
  });

  const { run, done, refused } = commandLine(
    () => node,
    () => state,
  );

  it("lists what was said of a pile, newest first, in as many reads", async () => {
    const history = await done("reputation", "history", "--pile", "paul");
    expect(history).to.include({ kind: "pile", pileKind: "private", reads: 3 });
    expect(history.evaluations).to.have.lengthOf(2);
    const [newest, oldest] = history.evaluations as readonly Facts[];
    expect(newest).to.include({ evaluation: 2, session: sessions[1], rating: 1, weight: 0.1 });
    expect(newest).to.include({ credibilityBefore: 1 });
    expect(oldest).to.include({ evaluation: 1, session: sessions[0], rating: 3 });
    expect(oldest?.ratingAfter).to.be.within(0.0299, 0.03);
    const [shown] = (await done("reputation", "history", "--pile", "paul", "--last", "1"))
      .evaluations as readonly Facts[];
    expect(shown).to.deep.equal(newest);
  });

  it("lists what a vehicle said, by its address, as a table too", async () => {
    const { address } = world.vehicle.signer;
    const history = await done("reputation", "history", "--vehicle", address);
    expect(history).to.include({ kind: "vehicle", account: address, pileKind: null, reads: 3 });
    const { code, stdout } = await run("reputation", "history", "--vehicle", "eva");
    expect(code).to.equal(0);
    expect(stdout).to.contain(`by the vehicle ${address}, in 3 reads`);
    for (const session of sessions) expect(stdout).to.contain(session);
  });

  it("refuses to list nobody's history, or two at once", async () => {
    await refused(/either --pile or --vehicle/, "reputation", "history");
    await refused(
      /either --pile or --vehicle/,
      ...["reputation", "history", "--pile", "paul", "--vehicle", "eva"],
    );
    await refused(/holds no people\/nobody/, "reputation", "history", "--pile", "nobody");
  });

  it("shows what a vehicle has to put down", async () => {
    expect(await done("reputation", "show", "--as", "eva")).to.include({
      credibility: 2,
      depositFactor: 1,
      rating: 0,
    });
  });

  it("elects the bookkeeper by both rules", async () => {
    const election = await done("reputation", "bookkeeper");
    expect(election).to.include({ from: 1, to: 2, candidates: 1, bar: 1 });
    const { address } = world.vehicle.signer;
    expect(election.highest).to.include({ vehicle: address, score: 1, evaluation: 2 });
    expect(election.draw).to.include({ vehicle: address, score: 1, evaluation: 2 });
    await refused(/evaluations from 1 to 2/, "reputation", "bookkeeper", "--to", "3");
    await refused(/a block from 1 to/, "reputation", "bookkeeper", "--block", "1000000");
    const { stdout } = await run("reputation", "bookkeeper", "--from", "1", "--to", "1");
    expect(stdout)
      .to.contain("among 0 candidates")
      .and.to.match(/draw +│ nobody/);
  });

  it("locks a coupon, lets anybody claim it for who wins, and pays it", async () => {
    await refused(/no election was opened yet/, "coupon", "show");
    await refused(/expected highest or draw/, "coupon", "offer", "--as", "mia", "--rule", "best");
    const offer = ["coupon", "offer", "--as", "mia", "--seed-blocks", "0"];
    const never = ["coupon", "offer", "--as", "mia"];
    await refused(/--amount: expected 1 to/, ...never, "--amount", "0");
    await refused(/--from: expected at least 1, got 0/, ...never, "--from", "0");
    await refused(/evaluations from 1 to 2, got 3 to 2/, ...never, "--from", "3");
    await refused(/--seed-blocks: expected 0 to/, ...never, "--seed-blocks", "2678401");
    await refused(/--claim-seconds: expected 1 to 2678400/, ...never, "--claim-seconds", "2678401");
    await refused(/nobody can win: claims end/, ...never, "--seed-blocks", "2678400");
    const offered = await done(...offer, "--amount", COUPON);
    expect(offered).to.include({ rule: "draw", bar: 1, from: 1, to: 2, seedHash: null });
    await refused(/which decides, is not mined yet/, "coupon", "claim", "--as", "paul");
    await node.rpc("evm_mine", []);

    const { address } = world.vehicle.signer;
    expect(await done("coupon", "show")).to.include({ winner: address, leader: null });
    expect(await done("coupon", "claim", "--as", "paul")).to.include({ leader: address });
    await refused(/CouponNotBetter/, "coupon", "claim", "--as", "paul");
    await refused(/CouponTooEarly/, "coupon", "redeem", "--as", "paul");

    const { escrow } = world.market.contracts;
    const { free } = await escrow.balanceOf(address);
    await node.rpc("evm_increaseTime", [CLAIM_SECONDS]);
    await node.rpc("evm_mine", []);
    expect(await done("coupon", "redeem", "--as", "paul")).to.include({ redeemed: true });
    expect((await escrow.balanceOf(address)).free).to.equal(free + BigInt(COUPON));
    await refused(/CouponRedeemed/, "coupon", "redeem", "--as", "paul");
  });

  it("draws the figure into a folder", async () => {
    const out = join(state, "figure");
    const { code, stdout, stderr } = await runHere(["reputation", "figure", "--out", out]);
    expect(code, stderr).to.equal(0);
    expect(stdout).to.match(/whole +│ cheat/);
    expect(await readdir(out)).to.have.members(["ratings.csv", "ratings.json", "ratings.svg"]);
  });
});

/** Vehicle and pile meet, the pile settles on its meter, the vehicle rates. Returns the session. */
async function ratedTrade(world: MarketWorld, pile: MeteredPile, rating: number): Promise<Bytes32> {
  const session = await settledSession(world, pile);
  await rateSession(world.market, world.vehicle.signer, session, rating);
  return session;
}
