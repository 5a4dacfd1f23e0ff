/**
 * A whole run of the market, from enrolment to the last withdrawal, and everything that it leaves: no name, no position and
 * no price of who did not get it is found anywhere. The same scan finds them in straw men that leak them.
 */
import { expect } from "chai";
import { concat, toBeHex } from "ethers";
import hre from "hardhat";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DayContext } from "../../offchain/simulation/day/context.ts";
import type { SimulatedRun } from "../../offchain/simulation/truth.ts";
import { oddHamlet } from "./runScan/oddHamlet.ts";
import { scan, sentences, type Finding } from "./runScan/scan.ts";
import {
  identity,
  longTermIdentitiesOf,
  namesOf,
  positionsOf,
  pricesOf,
  type Secret,
} from "./runScan/secrets.ts";
import { fileSurfaces, SURFACE_KINDS, type Surface } from "./runScan/surfaces.ts";
import { playWholeRun, type WholeRun } from "./runScan/wholeRun.ts";

/**
 * A contract that keeps and tells what it is given, in the open: the word of its calldata is inverted, stored, logged. So
 * calldata does not show it, and storage and log have to be looked at.
 */
const GOSSIP_RUNTIME = "600035198060005560005260206000a000";
const GOSSIP_CREATION = `0x6011600c60003960116000f3${GOSSIP_RUNTIME}`;
const ALL_ONES = (1n << 256n) - 1n;

/**
 * What nobody may find.
 * @param identities what vehicles are known by beyond a session, as far as they keep it to themselves
 */
function secretsOf(
  { truth, report }: SimulatedRun,
  identities: readonly Secret[] = [],
): readonly Secret[] {
  return [...identities, ...namesOf(truth), ...positionsOf(truth), ...pricesOf(truth, report)];
}

describe("a whole run", function () {
  this.timeout(180_000);

  let out: string;
  let run: WholeRun;

  before(async () => {
    out = await mkdtemp(join(tmpdir(), "chargeveil-whole-"));
    run = await playWholeRun(hre, oddHamlet("whole run"), out, gossip);
  });
  after(() => rm(out, { recursive: true }));

  it("has winners and losers, and surfaces of every kind", () => {
    const { report, truth, surfaces } = run;
    expect(report.oracleAgrees).to.equal(true);
    expect(report.settled).to.be.greaterThan(0);
    expect(truth.refusals).not.to.deep.equal([]);
    expect(new Set(surfaces.map(({ kind }) => kind))).to.have.all.keys(...SURFACE_KINDS);
    const printed = surfaces.filter(({ kind }) => kind === "terminal").map(({ where }) => where);
    expect(printed).to.have.members(["stdout", "stderr", "progress"]);
    expect(surfaces.map(({ where }) => where)).to.include.members([
      "report.json",
      "trades.csv",
      "PricingAuction.bid",
      "PricingAuction.BidCommitted",
      "ChargingSession.settle",
    ]);
    expect(pricesOf(truth, report).length).to.be.greaterThan(truth.trips.length);
  });

  it("shows no name, no position and no price of a loser, on any surface", () => {
    expect(sentences(scan(run.surfaces, secretsOf(run)))).to.deep.equal([]);
  });

  it("shows what is public anyway: the scan sees prices of opened sessions everywhere", () => {
    const [trade] = run.report.trades;
    const pricePerKwh = BigInt(trade?.pricePerKwh ?? 0);
    const won: Secret = { kind: "price", of: "who won", pricePerKwh };
    const seen = new Set(scan(run.surfaces, [won]).map(({ surface }) => surface));
    expect(seen).to.include.keys("calldata", "log", "storage", "terminal", "file");
  });

  describe("would be caught, if", () => {
    /** What is found on surfaces that are not of the run. */
    const caught = (surfaces: readonly Surface[]): readonly Finding[] =>
      scan(surfaces, secretsOf(run));
    const text = (where: string, content: string): readonly Surface[] => [
      { kind: "file", where, content: Buffer.from(content) },
    ];
    const kindsOf = (findings: readonly Finding[]): ReadonlySet<string> =>
      new Set(findings.map(({ kind }) => kind));

    it("its report held what its truth holds", () => {
      const { truth } = run;
      const findings = caught(text("report.json", JSON.stringify({ ...run.report, truth })));
      const found = new Set(findings.map(({ kind, of }) => `${kind} ${of}`));
      const all = new Set(secretsOf(run).map(({ kind, of }) => `${kind} ${of}`));
      expect(found).to.deep.equal(all);
    });

    it("trades of the report were those of the truth, with names and positions", () => {
      const { trades } = run.truth;
      const findings = caught(
        text("report.json", JSON.stringify({ ...run.report, trades }, null, 2)),
      );
      expect(kindsOf(findings)).to.have.all.keys("name", "position");
    });

    it("files of the truth lay among the others", async () => {
      const findings = caught(await fileSurfaces(out, "nothing is apart"));
      const files = new Set(findings.map(({ where }) => where));
      expect(files).to.have.all.keys("truth.json", "trades.csv", "refusals.csv", "map.svg");
    });

    it("a line of its log named a vehicle", () => {
      const [name = ""] = run.truth.vehicles.map((vehicle) => vehicle.name);
      const line = Buffer.from(`slot 4: ${name} found nobody\n`);
      const findings = caught([{ kind: "terminal", where: "stderr", content: line }]);
      expect(sentences(findings)).to.deep.equal([`name: ${name}, in terminal stderr (text)`]);
    });

    it("a request published its record, and a bid its price and place", () => {
      const findings = caught(run.later).filter(({ surface }) => surface === "calldata");
      const limit = run.truth.trips.at(-1)?.trip ?? "";
      expect(findings.map(({ of }) => of)).to.include.members([limit, `limit of ${limit}`]);
      const pile = run.truth.piles.at(-1)?.name ?? "";
      expect(findings.map(({ kind, of }) => `${kind} ${of}`)).to.include(`position ${pile}`);
    });

    it("money was sent that is worth a price", () => {
      const findings = caught(run.later).map(({ of, where }) => `${of}, ${where}`);
      const limit = run.truth.trips.at(-1)?.trip ?? "";
      expect(findings).to.include(`limit of ${limit}, value of another account`);
    });

    it("a contract kept a price and told it", () => {
      const findings = caught(run.later).filter(({ kind }) => kind === "price");
      const seen = new Set(findings.map(({ surface }) => surface));
      expect(seen).to.include.keys("storage", "log");
    });
  });

  describe("with one account a vehicle", () => {
    /** Whoever has the same account every time is known by it. */
    const accounts = (): readonly Secret[] =>
      run.truth.trips.flatMap(({ trip, account }) =>
        account === null ? [] : [identity(`account of ${trip}`, account)],
      );

    it("is followed by the account that it requests from: on chain, in tables and in files", () => {
      const findings = scan(run.surfaces, accounts());
      const requested = run.truth.trips.filter(({ account }) => account !== null);
      expect(new Set(findings.map(({ of }) => of)).size).to.equal(requested.length);
      expect(new Set(findings.map(({ surface }) => surface))).to.include.keys(
        ...SURFACE_KINDS.filter((kind) => kind !== "recipient"),
      );
    });

    it("is found where money is sent to it", () => {
      const findings = scan(run.later, longTermIdentitiesOf(run.truth));
      expect(new Set(findings.map(({ surface }) => surface))).to.include("recipient");
    });

    it("is followed by what it is enrolled as for good", () => {
      const findings = scan(run.surfaces, longTermIdentitiesOf(run.truth));
      expect(new Set(findings.map(({ surface }) => surface))).to.include.keys(
        ...["calldata", "sender", "log", "storage", "terminal", "file"],
      );
    });
  });
});

/** What somebody careless does on the chain of a run: nothing of it is in the market. */
async function gossip({ authority }: DayContext, { truth }: SimulatedRun): Promise<void> {
  const trip = truth.trips.at(-1);
  const pile = truth.piles.at(-1);
  const bid = truth.bids.find((one) => one.pile === pile?.name);
  if (trip === undefined || pile === undefined || bid === undefined) {
    throw new Error("gossip: expected a trip, a pile and its bid");
  }
  const to = await authority.getAddress();
  const send = async (
    data: string,
    receiver: string | null = to,
    value = 0,
  ): Promise<string | null> => {
    const receipt = await (await authority.sendTransaction({ to: receiver, data, value })).wait();
    return receipt?.contractAddress ?? null;
  };
  const words = (...values: readonly number[]): string =>
    concat(values.map((value) => toBeHex(value, 32)));
  await send(words(trip.position.xM, trip.position.yM, trip.maxPricePerKwh, trip.maxDistanceM));
  await send(words(bid.pricePerKwh, pile.powerW, pile.position.xM, pile.position.yM));
  await send("0x", truth.vehicles.at(-1)?.account, trip.maxPricePerKwh);
  const contract = await send(GOSSIP_CREATION, null);
  await send(toBeHex(ALL_ONES ^ BigInt(trip.maxPricePerKwh), 32), contract);
}
