/**
 * One whole trade over `hardhat node`, step by step, with secrets kept in the state folder; and on
 * the way what goes wrong when a person does it wrongly.
 */
import { expect } from "chai";
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { commandLine, type Facts } from "../support/flow/commandLine.ts";
import { runOnNode, startNode, type RunningNode } from "../support/flow/nodeProcess.ts";

describe("a trade over a node, step by step", function () {
  this.timeout(600_000);

  let node: RunningNode;
  let state: string;
  /** Of the pile whose offer is going to be tampered with. */
  let piasBid: unknown;

  before(async () => {
    node = await startNode();
    state = await mkdtemp(join(tmpdir(), "chargeveil-flow-"));
  });

  after(async () => {
    await node.stop();
    await rm(state, { recursive: true });
  });

  const { run, done, refused, passTime } = commandLine(
    () => node,
    () => state,
  );

  /** The first verdict of `meter verify`. */
  const verdictOn = async (verify: readonly string[]): Promise<Facts> => {
    const { code, stdout, stderr } = await run(...verify, "--json");
    expect(code, stderr).to.equal(0);
    const [verdict = {}] = JSON.parse(stdout) as readonly Facts[];
    return verdict;
  };

  it("refuses to act before there is a market", async () => {
    await refused(
      /no market in .*: copy the operator's deployment.json .*market deploy/,
      "market",
      "status",
    );
  });

  it("deploys once", async () => {
    await refused(/--corner: expected degrees/, "market", "deploy", "--corner", "Dundee");
    const { sessions } = await done("market", "deploy", "--corner", "56.40,-3.10");
    expect(sessions).to.match(/^0x[0-9a-fA-F]{40}$/);
    await refused(/already holds a market/, "market", "deploy");
  });

  it("enrols a matcher, a vehicle and two piles", async () => {
    await done("identity", "enrol", "--as", "mia", "--kind", "matcher", "--operator", "Mia's");
    await done("identity", "enrol", "--as", "cloud", "--kind", "matcher", "--operator", "Cleo's");
    await done("identity", "enrol", "--as", "eva", "--kind", "vehicle");
    const paul = ["--as", "paul", "--kind", "pile", "--x", "1200", "--y", "1100"];
    await done("identity", "enrol", ...paul, "--power", "22000");
    const pia = ["--as", "pia", "--kind", "pile", "--x", "3000", "--y", "3000"];
    await done("identity", "enrol", ...pia, "--power", "11000");
    await refused(/a vehicle for ever/, "identity", "enrol", "--as", "eva", "--kind", "pile");
  });

  it("simulates a meter, and certifies it as the operator", async () => {
    await refused(
      /holds no meters\/paul.pub.*meter simulate/,
      "meter",
      "register",
      "--pile",
      "paul",
    );
    await done("meter", "simulate", "--meter", "paul");
    const registered = await done("meter", "register", "--pile", "paul");
    expect(registered).to.include({ ratedPowerW: 22000, issue: 1, inForce: true });
  });

  it("takes a request and bids into an auction, and refuses who may not", async () => {
    const open = ["auction", "open", "--key-bits", "2048", "--bidding-seconds", "600"];
    const area = ["--columns", "60", "--rows", "60", "--reach", "2000"];
    await refused(/--columns: expected .* 1\.\.263, got 264/, ...open, "--columns", "264");
    await refused(/even size from 2048/, "auction", "open", "--as", "mia", "--key-bits", "1024");
    await done(...open, ...area, "--as", "mia");
    // A kilometre east and north of the corner, to within a metre.
    const here = ["--lat", "56.40899", "--lon", "-3.08362"];
    const request = ["auction", "request", ...here, "--max-price", "400000"];
    await refused(/expected a vehicle, paul is a pile/, ...request, "--as", "paul");
    await refused(/--cells: expected column:row/, ...request, "--cells", "home", "--as", "eva");
    await refused(
      /columns 0..59, rows 0..59, got 60:4/,
      ...request,
      "--cells",
      "60:4",
      "--as",
      "eva",
    );
    const wish = [...request, "--max-distance", "800", "--needs", "fast", "--cells", "9:2,4:4"];
    await done(...wish, "--as", "eva");
    await done("identity", "suspend", "--as", "pia");
    await refused(/IdentitySuspended/, "auction", "bid", "--as", "pia", "--price", "300000");
    await done("identity", "reinstate", "--as", "pia");
    piasBid = (await done("auction", "bid", "--as", "pia", "--price", "300000")).commitment;
    await done("auction", "bid", "--as", "paul", "--price", "360000", "--cells", "4:4");
    const replaced = await done("auction", "bid", "--as", "paul", "--price", "350000");
    expect(replaced.bondUnits).to.equal(10_000_000);
  });

  it("matches after bidding, on what the chain has committed, passing over what was tampered with", async () => {
    await refused(/phase bidding, not matching/, "auction", "match", "--as", "mia");
    await refused(/not matched yet, or .* not handed on/, "session", "start", "--as", "eva");
    await passTime(600);
    const tampered = await tamperWithOffer(state, String(piasBid));
    // In a process of its own, which knows of the bids what the folder and the chain know.
    const match = ["auction", "match", "--as", "mia", "--state", state, "--json"];
    const { code, stderr, stdout } = await runOnNode(node.url, match);
    expect(code, stderr).to.equal(0);
    expect(stderr).to.contain(`not admitted: ${tampered}`);
    expect(JSON.parse(stdout)).to.include({ decisions: 1 });
    await refused(
      /phase opening, not matching: its matches were posted before$/,
      "auction",
      "match",
      "--as",
      "mia",
    );
  });

  it("opens, charges and settles on what the meter signs", async () => {
    const start = ["session", "start"];
    await refused(/is matched with .* the vehicle alone starts it/, ...start, "--as", "paul");
    const call = join(state, "accepted.json");
    const accepted = await done(...start, "--as", "eva", "--sign", call);
    const where = { pileXM: 1_200, pileYM: 1_100, pileGeo: "geo:56.40989,-3.08035" };
    expect(accepted).to.include({ signedCall: call, ...where });
    const relay = ["market", "relay", "--as", "pia", "--call"];
    await refused(/there is no file .*none.json/, ...relay, join(state, "none.json"));
    await refused(/holds no signed call/, ...relay, join(state, "people", "eva.json"));
    await refused(/not opened/, "session", "show", "--as", "eva");
    expect(await done(...relay, call)).to.include({ relayed: "start", nonce: 0 });
    await refused(/SignedCallBadSignature/, ...relay, call);
    const started = await done("session", "show", "--as", "eva");
    expect(started).to.include({ state: "opened", pricePerKwhUnits: 350_000, powerW: 22000 });
    await refused(/no standing request/, "session", "start", "--as", "eva");
    await refused(/no standing request/, "auction", "withdraw", "--as", "eva");
    await refused(/the vehicle alone starts it/, ...start, "--as", "paul");
    await refused(/not matched/, "session", "start", "--as", "pia");
    expect(started).to.include({
      ...{ pluggedInAt: null, recordsEndBy: null },
      afterDeadline: "the pile's bond goes to the vehicle",
    });
    await refused(/SessionWrongState/, "session", "unplug", "--as", "eva");
    const { stderr, stdout } = await run("session", "plug-in", "--as", "eva", "--json");
    expect(stderr).to.match(/charging begins when the pile authorises; if it does not by 2/);
    const authorise = `pile: npx hardhat session authorise --as paul --state ${state}`;
    expect(JSON.parse(stdout)).to.include({ state: "opened", next: authorise });
    await refused(/SessionPluggedIn/, "session", "plug-in", "--as", "eva");
    const charging = await done("session", "authorise", "--as", "paul");
    expect(charging.state).to.equal("charging");
    await refused(/SessionTooEarly/, "session", "expire", "--as", "paul");

    const settle = ["session", "settle", "--as", "paul"];
    await refused(/kept no records of session.*meter sign/, ...settle);
    const sign = ["meter", "sign", "--as", "paul", "--energy-wh", "12000"];
    await refused(
      /run for 1964 s, and end .* after the session as it stands.*--pass-time/,
      ...sign,
    );
    const signed = await done(...sign, "--pass-time");
    expect(signed).to.include({ pagination: 1, beginWh: 0, endWh: 12000 });
    const left = await done("session", "unplug", "--as", "eva");
    expect(left.state).to.equal("unplugged");
    const seconds = (text: unknown): number => Date.parse(String(text)) / 1000;
    expect(seconds(left.recordsEndBy)).to.equal(seconds(left.unpluggedAt) + 300);
    expect(seconds(left.recordsBeginFrom)).to.equal(seconds(left.pluggedInAt) - 300);

    const records = String(signed.records);
    const key = ["--key-file", join(state, "meters", "paul.pub")];
    const verify = ["meter", "verify", records, ...key, "--session", String(left.session)];
    const verdict = await verdictOn(verify);
    expect(verdict).to.include({ settles: "alone", refusal: null });
    expect(verdict.notes).to.deep.equal(["it names the session"]);
    const settled = await done(...settle);
    expect(settled).to.include({ state: "settled", energyWh: 12_000, amountUnits: 4_200_000 });
    const rate = `vehicle: npx hardhat reputation rate --rating 3 --as eva --state ${state}`;
    expect(settled).to.include({ earned: true, next: rate });
    await refused(/SessionWrongState/, ...settle);
    await refused(/SessionWrongState/, ...verify);
  });

  it("rates once, releases the loser, and pays everybody out", async () => {
    expect(await done("reputation", "rate", "--as", "eva", "--rating", "3")).to.include({
      ratings: 1,
    });
    await refused(/ReputationAlreadyRated/, "reputation", "rate", "--as", "eva", "--rating", "3");
    expect(await done("reputation", "show", "--as", "eva")).to.include({ credibility: 1 });
    expect(await done("auction", "release", "--as", "mia")).to.include({ released: 1 });
    const withdrawn = async (name: string): Promise<unknown> =>
      (await done("escrow", "withdraw", "--as", name)).withdrawnUnits;
    expect(await withdrawn("paul")).to.equal(14_200_000);
    expect(await withdrawn("eva")).to.equal(55_800_000);
    expect(await withdrawn("pia")).to.equal(10_000_000);
    expect(await done("market", "status")).to.include({
      sessionsSettled: 1,
      escrowBalanceUnits: 0,
    });
  });

  it("keeps secrets in files that only their owner can read", async () => {
    const secret = await Promise.all(["bids", "wishes"].map((name) => auctionFolders(state, name)));
    for (const folder of ["people", "meters", ...secret.flat()]) {
      const files = (await readdir(join(state, folder))).filter((file) => file.endsWith(".json"));
      expect(files, folder).not.to.deep.equal([]);
      for (const file of files) {
        const { mode } = await stat(join(state, folder, file));
        expect(mode & 0o777, file).to.equal(0o600);
      }
    }
    const keys = join(state, "servers", "cloud", "keys");
    for (const file of await readdir(keys)) {
      expect((await stat(join(keys, file))).mode & 0o777).to.equal(0o600);
    }
  });
});

/** Changes one digit of the sealed offer that belongs to a bid. Returns the name of its file. */
async function tamperWithOffer(state: string, commitment: string): Promise<string> {
  const [folder = ""] = await auctionFolders(state, "offers");
  const files = await readdir(join(state, folder));
  const file = files.find((name) => name.endsWith(`-${commitment}.json`)) ?? "";
  const path = join(folder, file);
  const { box } = await readJson<{ readonly box: string }>(state, path);
  const flipped = box.slice(0, -1) + (box.endsWith("0") ? "1" : "0");
  await writeFile(join(state, path), JSON.stringify({ box: flipped }));
  return file;
}

async function readJson<T>(state: string, path: string): Promise<T> {
  return JSON.parse(await readFile(join(state, path), "utf8")) as T;
}

async function auctionFolders(state: string, inside: string): Promise<readonly string[]> {
  const ids = await readdir(join(state, "auctions"));
  return ids.map((id) => join("auctions", id, inside));
}
