import { expect } from "chai";
import fc from "fast-check";

import {
  gasText,
  reportText,
  shortAccount,
  tokens,
} from "../../../../offchain/study/figures/reportTables.ts";
import type { MarketReport, Trade } from "../../../../offchain/study/reports/report.ts";
import { buildScenario } from "../../../../offchain/study/worlds/scenarios.ts";
import { GAS_ROWS, gasRow, sampleReport } from "../../../support/figures/sample.ts";

const REPORT = sampleReport(buildScenario("town", { seed: "tables" }));

const EMPTY: MarketReport = {
  ...REPORT,
  requests: 0,
  offers: 0,
  comparedPairs: 0,
  matched: 0,
  settled: 0,
  energyWh: 0,
  depositedUnits: 0,
  paidUnits: 0,
  refundedUnits: 0,
  forfeitedUnits: 0,
  secondsPerStage: {},
  gasPerFunction: [],
  unusableReasons: [],
  withoutPile: [],
  trades: [],
  pileStandings: [],
};

/** The cells of the line of a table that begins with a label. */
function cellsOf(text: string, label: string): readonly string[] {
  const line = text.split("\n").find((candidate) => candidate.startsWith(`│ ${label} `)) ?? "";
  return line
    .split("│")
    .map((cell) => cell.trim())
    .slice(1, -1);
}

function section(text: string, heading: string): readonly string[] {
  const parts = text.split("\n\n").map((part) => part.split("\n"));
  return parts.find(([first]) => first?.startsWith(heading)) ?? [];
}

function expectNarrow(text: string): void {
  const wide = text.split("\n").filter((line) => Array.from(line).length > 100);
  expect(wide).to.be.empty;
}

describe("reportText", () => {
  const text = reportText(REPORT);

  it("counts what happened", () => {
    expect(cellsOf(text, "Requests")).to.deep.equal(["Requests", "40"]);
    expect(cellsOf(text, "Trips of the day")).to.deep.equal(["Trips of the day", "40"]);
    expect(cellsOf(text, "Matched")[1]).to.equal(String(REPORT.matched));
    expect(cellsOf(text, "Settled")[1]).to.equal(String(REPORT.settled));
    expect(cellsOf(text, "Encrypted matching equals plaintext matching")[1]).to.equal("yes");
    const disagreeing = reportText({ ...REPORT, oracleAgrees: false });
    expect(cellsOf(disagreeing, "Encrypted matching equals plaintext matching")[1]).to.equal("NO");
  });

  it("shows that money balances, or by how much it does not", () => {
    expect(section(text, "Money").at(-1)).to.equal("balances to the last unit");
    expect(Number(cellsOf(text, "Deposited less all of these")[1])).to.equal(0);
    const short = reportText({ ...REPORT, refundedUnits: REPORT.refundedUnits - 1 });
    expect(section(short, "Money").at(-1)).to.equal("DOES NOT BALANCE");
    expect(cellsOf(short, "Deposited less all of these")[1]).to.equal("0.000001");
  });

  it("says in the first line that a report is partial, and what is missing of it", () => {
    const earnedInEscrowUnits = REPORT.paidUnits;
    const escrowBalanceUnits = REPORT.escrowBalanceUnits + earnedInEscrowUnits;
    const left = { slotsDone: 3, slots: 8, tripsNotReached: 17, sessionsUnfinished: 2 };
    const partial = { ...left, earnedInEscrowUnits };
    const interrupted = reportText({ ...REPORT, escrowBalanceUnits, partial });
    expect(interrupted.split("\n")[0]).to.equal("PARTIAL: interrupted, 3 of 8 slots");
    expect(cellsOf(interrupted, "Trips of slots that were not reached")[1]).to.equal("17");
    expect(cellsOf(interrupted, "Sessions that were not over")[1]).to.equal("2");
    expect(interrupted).to.contain("balances to the last unit");
    expect(reportText(REPORT)).to.not.match(/partial|not reached|not over|not taken out/i);
  });

  it("counts requests without a pile by slot, and gives no reason", () => {
    const withoutPile = [
      { slot: 3, requests: 1 },
      { slot: 11, requests: 1_200 },
    ];
    const rows = section(reportText({ ...REPORT, withoutPile }), "Requests without a pile");
    expect(rows.slice(2)).to.deep.equal([
      "│ Slot │ Requests │",
      "├──────┼──────────┤",
      "│    3 │        1 │",
      "│   11 │    1,200 │",
      "└──────┴──────────┘",
    ]);
  });

  it("shows parties by the ends of their accounts, and nothing else of them", () => {
    const [trade] = REPORT.trades;
    const { vehicle = "", pile = "" } = trade ?? {};
    const ends = (account: string): string => `${account.slice(0, 6)}…${account.slice(-4)}`;
    const rows = section(text, "Matches");
    expect(rows[4]?.split("│").map((cell) => cell.trim())).to.include.members([
      ends(vehicle),
      ends(pile),
    ]);
    expect(text).not.to.include(vehicle);
    expect(text).not.to.match(/pile-\d|vehicle-\d|trip-\d/);
  });

  it("lists unusable rows by file and reason", () => {
    const unusableReasons = [{ file: "a.csv", reason: "zero energy", rows: 1_234 }];
    const found = cellsOf(reportText({ ...REPORT, unusableReasons }), "a.csv");
    expect(found).to.deep.equal(["a.csv", "zero energy", "1,234"]);
  });

  it("ranks rated piles and shows both ends of a long ranking", () => {
    const account = (index: number): string => `0x${String(index).padStart(40, "0")}`;
    const pileStandings = Array.from({ length: 30 }, (_, index) => ({
      pile: account(index),
      rating: index / 10,
      ratings: index === 0 ? 0 : 1,
    }));
    const rows = section(reportText({ ...REPORT, pileStandings }), "Rating of piles");
    const piles = rows.slice(4, -1).map((row) => row.split("│")[1]?.trim());
    expect(rows[0]).to.equal("Rating of piles, 0 to 3 (29 of 30 rated)");
    expect(piles).to.deep.equal([
      ...[29, 28, 27, 26, 25].map((index) => shortAccount(account(index))),
      "(19 between)",
      ...[5, 4, 3, 2, 1].map((index) => shortAccount(account(index))),
    ]);
  });

  it("adds up the stages", () => {
    const secondsPerStage = { one: 1, two: 3 };
    const stages = reportText({ ...REPORT, secondsPerStage });
    expect(cellsOf(stages, "two")).to.deep.equal(["two", "3.00", "75.0 %"]);
    expect(cellsOf(stages, "all")).to.deep.equal(["all", "4.00", "100.0 %"]);
  });

  it("cuts a long list of trades and says how many are missing", () => {
    const rows = section(text, "Matches");
    expect(rows.slice(4, -2)).to.have.length(12);
    expect(rows.at(-1)).to.equal(
      `and ${REPORT.trades.length - 12} more, all in the CSV file of trades`,
    );
  });

  it("ends with memory and, whole, the attribution", () => {
    const attribution = "Contains data of somebody who wants to be named. ".repeat(4).trim();
    const lines = reportText({ ...REPORT, attribution });
    expect(lines.replaceAll("\n", " ").trimEnd()).to.match(new RegExp(`312 MiB +${attribution}$`));
    expectNarrow(lines);
    expect(text.endsWith("Peak memory: 312 MiB\n")).to.equal(true);
  });

  it("prints a report with nothing in it", () => {
    const empty = reportText(EMPTY);
    for (const heading of ["Matches", "Requests without", "Unusable rows", "Gas per function"]) {
      expect(section(empty, heading)[1]).to.equal("none");
    }
    expect(empty).not.to.match(/NaN|Infinity|undefined/);
    expect(section(empty, "Money").at(-1)).to.equal("balances to the last unit");
  });

  it("stays within 100 columns and without terminal commands, whatever the names and amounts", () => {
    const name = fc.string({ unit: "grapheme-ascii", maxLength: 64 });
    const hostile = fc.constantFrom(...["x".repeat(64), "\u001b[31m=cmd()", "<script>&"]);
    const trade = fc.record({
      vehicle: fc.oneof(name, hostile),
      pile: fc.oneof(name, hostile),
      pricePerKwh: fc.integer({ min: 1, max: 2 ** 24 - 1 }),
      energyWh: fc.integer({ min: 0, max: 150_000 }),
      paidUnits: fc.integer({ min: 0, max: 2_516_582_250 }),
      outcome: fc.constantFrom("settled", "pile did not serve", "vehicle did not come"),
    });
    fc.assert(
      fc.property(fc.array(trade, { minLength: 1, maxLength: 13 }), hostile, (drawn, title) => {
        const [model] = REPORT.trades;
        if (model === undefined) throw new Error("expected a trade, got none");
        const trades = drawn.map((changes): Trade => ({ ...model, ...changes }));
        const printed = reportText({
          ...REPORT,
          title: title.repeat(4),
          seed: title,
          trades,
          withoutPile: [{ slot: 11, requests: 1_000_000 }],
          unusableReasons: [{ file: title, reason: title.repeat(2), rows: 1_000_000 }],
          pileStandings: [{ pile: title, rating: 3, ratings: 1_000 }],
          depositedUnits: Number.MAX_SAFE_INTEGER,
        });
        expectNarrow(printed);
        expect(printed).not.to.include("\u001b");
      }),
      { numRuns: 30, seed: 1 },
    );
  });
});

describe("gasText", () => {
  it("has a line a function and says none without one", () => {
    const text = gasText(GAS_ROWS);
    expect(text.split("\n")).to.have.length(GAS_ROWS.length + 6);
    expect(cellsOf(text, "ChargingSession")).to.deep.equal([
      ...["ChargingSession", "authorise", "30", "61,204", "61,911", "78,304"],
    ]);
    expect(gasText([])).to.equal("Gas per function\nnone\n");
  });

  it("stays within 100 columns", () => {
    expectNarrow(gasText([gasRow("C".repeat(80), "f".repeat(80), 99_999, 3e7, 3e7, 3e7)]));
  });
});

describe("tokens", () => {
  it("shows two to six decimals, as many as the finest amount needs", () => {
    expect(tokens([1_000_000, 2_500_000])).to.deep.equal(["1.00", "2.50"]);
    expect(tokens([1_234_567_000_000, 1])).to.deep.equal(["1,234,567.000000", "0.000001"]);
    expect(tokens([-1_234_000_000])).to.deep.equal(["-1,234.00"]);
    expect(tokens([])).to.deep.equal([]);
  });

  it("is exact for every safe integer", () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), (units) => {
        const [shown = ""] = tokens([units]);
        const [, fraction = ""] = shown.split(".");
        expect(fraction.length).to.be.within(2, 6);
        const digits = shown.replaceAll(/[,.]/g, "") + "0".repeat(6 - fraction.length);
        expect(BigInt(digits)).to.equal(BigInt(units));
      }),
      { numRuns: 300, seed: 1, examples: [[Number.MAX_SAFE_INTEGER], [Number.MIN_SAFE_INTEGER]] },
    );
  });
});
