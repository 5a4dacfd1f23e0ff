/**
 * A whole run of the market, from enrolment to the last withdrawal, and everything that it leaves:
 * no name, no position and no price of who did not get it is found anywhere. The same scan finds
 * them in straw men that leak them.
 */
import { expect } from "chai";
import { concat, toBeHex, Wallet } from "ethers";
import hre from "hardhat";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { COIN_UNITS } from "../../offchain/core/funding/coin.ts";
import { certify } from "../../offchain/parties/authority/dealing.ts";
import { chainSeconds, send } from "../../offchain/chain/market.ts";
import type { DayContext } from "../../offchain/study/day/context.ts";
import type { SimulatedRun } from "../../offchain/study/reports/truth.ts";
import { oddHamlet } from "../support/privacy/runScan/oddHamlet.ts";
import { scan, sentences, type Finding } from "../support/privacy/runScan/scan.ts";
import {
  identity,
  longTermIdentitiesOf,
  namesOf,
  positionsOf,
  pricesOf,
  type Secret,
} from "../support/privacy/runScan/secrets.ts";
import { fileSurfaces, SURFACE_KINDS, type Surface } from "../support/privacy/runScan/surfaces.ts";
import { playWholeRun, type WholeRun } from "../support/privacy/runScan/wholeRun.ts";

/**
 * A contract that keeps and tells what it is given, in the open: the word of its calldata is
 * inverted, stored, logged. So calldata does not show it, and storage and log have to be looked at.
 */
const GOSSIP_RUNTIME = "600035198060005560005260206000a000";
const GOSSIP_CREATION = `0x6011600c60003960116000f3${GOSSIP_RUNTIME}`;
const ALL_ONES = (1n << 256n) - 1n;

/** What nobody may find. */
function secretsOf({ truth, report }: SimulatedRun): readonly Secret[] {
  return [
    ...longTermIdentitiesOf(truth),
    ...namesOf(truth),
    ...positionsOf(truth),
    ...pricesOf(truth, report),
  ];
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
    expect(truth.withoutPile).not.to.deep.equal([]);
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

  it("shows no identity, no name, no position and no price of a loser, on any surface", () => {
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
      expect(files).to.have.all.keys("truth.json", "trades.csv", "without-pile.csv", "map.svg");
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

  it("asks from buckets, says how often attackers were right, and owes no more than it has", () => {
    const { privacy, requests } = run.report;
    expect(privacy).to.include({ k: 2, l: 1, sessionAccounts: requests });
    expect(privacy.requestsFromBuckets).to.be.greaterThan(0);
    expect(privacy.requestsFromBuckets + privacy.requestsFromAnywhere).to.equal(requests);
    for (const { name, success, bound } of privacy.attacks) {
      expect(success, name).to.be.at.most(bound);
    }
    const dustUnits = privacy.coinsHeldUnits - privacy.coinsOwedUnits;
    expect(dustUnits).to.be.within(0, requests * Number(COIN_UNITS));
  });

  it("gives every request an account of its own", () => {
    const accounts = run.truth.trips.flatMap(({ account }) => account ?? []);
    expect(accounts.length).to.equal(run.report.requests);
    expect(new Set(accounts).size).to.equal(accounts.length);
  });

  it("shows the accounts of sessions everywhere: the scan sees who requests", () => {
    const accounts = run.truth.trips.flatMap(({ trip, account }) =>
      account === null ? [] : [identity(`account of ${trip}`, account)],
    );
    const findings = scan(run.surfaces, accounts);
    expect(new Set(findings.map(({ of }) => of)).size).to.equal(accounts.length);
    expect(new Set(findings.map(({ surface }) => surface))).to.include.keys(
      ...SURFACE_KINDS.filter((kind) => kind !== "recipient"),
    );
  });

  it("would be caught, if a vehicle were certified as what it is", () => {
    const name = run.truth.vehicles.at(-1)?.name ?? "";
    const own = longTermIdentitiesOf(run.truth).filter(({ of }) => of === `member id of ${name}`);
    const surfaces = new Set(scan(run.later, own).map(({ surface }) => surface));
    expect(surfaces).to.include.keys("calldata", "log", "storage");
  });
});

/** What somebody careless does on the chain of a run: nothing of it is in the market. */
async function gossip(day: DayContext, { truth }: SimulatedRun): Promise<void> {
  const { authority } = day;
  const trip = truth.trips.at(-1);
  const pile = truth.piles.at(-1);
  const bid = truth.bids.find((one) => one.pile === pile?.name);
  if (trip === undefined || pile === undefined || bid === undefined) {
    throw new Error("gossip: expected a trip, a pile and its bid");
  }
  const to = await authority.getAddress();
  const post = async (
    data: string,
    receiver: string | null = to,
    value = 0,
  ): Promise<string | null> => {
    const receipt = await (await authority.sendTransaction({ to: receiver, data, value })).wait();
    return receipt?.contractAddress ?? null;
  };
  const words = (...values: readonly number[]): string =>
    concat(values.map((value) => toBeHex(value, 32)));
  await post(words(trip.position.xM, trip.position.yM, trip.maxPricePerKwh, trip.maxDistanceM));
  await post(words(bid.pricePerKwh, pile.powerW, pile.position.xM, pile.position.yM));
  await post("0x", trip.account, trip.maxPricePerKwh);
  await certifyAsItself(day, truth.vehicles.at(-1)?.memberId ?? "");
  const contract = await post(GOSSIP_CREATION, null);
  await post(toBeHex(ALL_ONES ^ BigInt(trip.maxPricePerKwh), 32), contract);
}

/** As before there were credentials: on chain under the id that it has for good. */
async function certifyAsItself(
  { authority, market, rng }: DayContext,
  memberId: string,
): Promise<void> {
  const { identities } = market.contracts;
  const now = await chainSeconds(market);
  const { certificate, signature } = await certify(
    authority,
    { chainId: market.chainId, identities: await identities.getAddress() },
    {
      account: Wallet.createRandom().address,
      participantId: memberId,
      kind: "vehicle",
      pile: null,
      operator: null,
    },
    { validUntil: now + 86_400, relayBy: now + 86_400 },
    rng,
  );
  await send(market, identities.connect(authority).enrol(certificate, signature));
}
