import { expect } from "chai";
import { parse } from "csv-parse/sync";

import {
  gasCsv,
  withoutPileCsv,
  tradesCsv,
  trueTradesCsv,
  unusableRowsCsv,
} from "../../../../offchain/study/figures/csvFiles.ts";
import { buildScenario } from "../../../../offchain/study/worlds/scenarios.ts";
import { GAS_ROWS, sampleReport, sampleTruth } from "../../../support/figures/sample.ts";

const WORLD = buildScenario("town", { seed: "csv" });
const REPORT = sampleReport(WORLD);
const TRUTH = sampleTruth(WORLD);

type Row = Readonly<Record<string, string>>;

function rowsOf(csv: string): readonly Row[] {
  return parse(csv, { columns: true });
}

function headerOf(csv: string): string {
  return csv.slice(0, csv.indexOf("\n"));
}

describe("tradesCsv", () => {
  it("has a row a trade, with the report's accounts and numbers and nothing else", () => {
    const rows = rowsOf(tradesCsv(REPORT));
    expect(rows).to.have.length(REPORT.trades.length);
    REPORT.trades.forEach((trade, index) => {
      expect(rows[index]).to.deep.equal({
        vehicle: trade.vehicle,
        pile: trade.pile,
        session: trade.session,
        slot: String(trade.slot),
        price_token_units_per_kwh: String(trade.pricePerKwh),
        power_w: String(trade.powerW),
        outcome: trade.outcome,
        energy_wh: String(trade.energyWh),
        paid_token_units: String(trade.paidUnits),
        pile_rating: trade.rating === null ? "" : String(trade.rating),
      });
    });
  });

  it("is a header alone without a trade", () => {
    const csv = tradesCsv({ ...REPORT, trades: [] });
    expect(csv).to.equal(`${headerOf(csv)}\n`);
    expect(csv).to.match(/^vehicle,pile,session,slot,price_/);
  });
});

describe("trueTradesCsv", () => {
  it("has a row a trade, with names, accounts and positions", () => {
    const rows = rowsOf(trueTradesCsv(TRUTH));
    expect(rows).to.have.length(TRUTH.trades.length);
    TRUTH.trades.forEach((trade, index) => {
      expect(rows[index]).to.deep.equal({
        trip: trade.trip,
        vehicle: trade.vehicle,
        pile: trade.pile,
        vehicle_account: trade.vehicleAccount,
        pile_account: trade.pileAccount,
        session: trade.session,
        slot: String(trade.slot),
        distance_m: String(trade.distanceM),
        price_token_units_per_kwh: String(trade.pricePerKwh),
        power_w: String(trade.powerW),
        outcome: trade.outcome,
        energy_wh: String(trade.energyWh),
        paid_token_units: String(trade.paidUnits),
        pile_rating: trade.rating === null ? "" : String(trade.rating),
        vehicle_x_m: String(trade.vehiclePosition.xM),
        vehicle_y_m: String(trade.vehiclePosition.yM),
        pile_x_m: String(trade.pilePosition.xM),
        pile_y_m: String(trade.pilePosition.yM),
      });
    });
  });

  it("makes no formula of a name and keeps quotes, commas and line ends in one cell", () => {
    const names = ["=cmd()", "+1", "-2+3", "@sum", "\t=1", "a,b", `say "hi"`, "two\nlines", "<b>&"];
    const [first] = TRUTH.trades;
    if (first === undefined) throw new Error("expected a trade, got none");
    const trades = names.map((trip) => ({ ...first, trip }));
    expect(rowsOf(trueTradesCsv({ ...TRUTH, trades })).map((row) => row["trip"])).to.deep.equal([
      "'=cmd()",
      "'+1",
      "'-2+3",
      "'@sum",
      "'\t=1",
      "a,b",
      `say "hi"`,
      "two\nlines",
      "<b>&",
    ]);
  });

  it("is a header alone without a trade", () => {
    const csv = trueTradesCsv({ ...TRUTH, trades: [] });
    expect(csv).to.equal(`${headerOf(csv)}\n`);
    expect(csv).to.match(
      /^trip,vehicle,pile,vehicle_account,pile_account,session,slot,distance_m,/,
    );
  });
});

describe("withoutPileCsv", () => {
  it("has a row a request", () => {
    const rows = rowsOf(withoutPileCsv(TRUTH));
    expect(rows).to.have.length(TRUTH.withoutPile.length);
    expect(rows.length).to.be.greaterThan(0);
    TRUTH.withoutPile.forEach((request, index) => {
      expect(rows[index]).to.deep.equal({ ...request, slot: String(request.slot) });
    });
    expect(withoutPileCsv({ ...TRUTH, withoutPile: [] })).to.equal("trip,vehicle,slot,reason\n");
  });
});

describe("unusableRowsCsv", () => {
  it("has a row an unusable row, and makes no formula of what stood in it", () => {
    const unusableRows = [
      { file: "=a.csv", line: 7, reason: "malformed start", value: `=HYPERLINK("x")` },
      { file: "b.csv", line: 8, reason: "blank row", value: "" },
    ];
    expect(rowsOf(unusableRowsCsv({ ...WORLD, unusableRows }))).to.deep.equal([
      { file: "'=a.csv", line: "7", reason: "malformed start", value: `'=HYPERLINK("x")` },
      { file: "b.csv", line: "8", reason: "blank row", value: "" },
    ]);
    expect(unusableRowsCsv({ ...WORLD, unusableRows: [] })).to.equal("file,line,reason,value\n");
  });
});

describe("gasCsv", () => {
  it("has a row a function", () => {
    const rows = rowsOf(gasCsv(GAS_ROWS));
    expect(rows).to.have.length(GAS_ROWS.length);
    expect(rows[0]).to.deep.equal({
      contract: "ChargingSession",
      function: "authorise",
      calls: "30",
      min_gas: "61204",
      avg_gas: "61911",
      max_gas: "78304",
    });
    expect(gasCsv([])).to.equal("contract,function,calls,min_gas,avg_gas,max_gas\n");
  });
});
