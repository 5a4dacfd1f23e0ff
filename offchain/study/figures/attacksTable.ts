/** The report on cloaking as tables for a terminal. */
import type { CloakReport } from "../cloak/cloakReport.ts";
import { decimal, textTable } from "./textTable.ts";

/** Buckets, and under them a row an attack and mode. */
export function attacksText(report: CloakReport): string {
  return `${bucketsText(report)}\n\n${attackRows(report)}`;
}

function bucketsText(report: CloakReport): string {
  const { k, l, leastSpreadM, mostSpreadM, cellM, vehicles, buckets, suppressed, bucketSizes } =
    report;
  const sizes = `${Math.min(...bucketSizes)} to ${Math.max(...bucketSizes)}`;
  return textTable(
    report.traffic,
    [{ head: "", mostWide: 40 }, { head: "" }],
    [
      ["k, ℓ", `${k}, ${l}`],
      ["least (δ) and most spread", `${leastSpreadM} m, ${mostSpreadM} m`],
      ["cell", `${cellM} m`],
      ["vehicles", String(vehicles)],
      ["buckets", String(buckets)],
      ["vehicles in a bucket", buckets === 0 ? "–" : sizes],
      ["mean spread of a bucket", `${report.meanSpreadM} m`],
      ["suppressed", String(suppressed)],
    ],
    report.unusableRows === 0 ? "" : `${report.unusableRows} rows of the traces gave nothing.`,
  );
}

function attackRows({ attacks }: CloakReport): string {
  return textTable(
    "How often attackers are right",
    [
      { head: "attack", mostWide: 30 },
      { head: "on", mostWide: 36 },
      { head: "success" },
      { head: "bound" },
      { head: "", mostWide: 6 },
    ],
    attacks.map(({ name, mode, success, bound }) => [
      name,
      mode,
      decimal(success, 3),
      decimal(bound, 3),
      success > bound ? "above" : "",
    ]),
    `${attacks[0]?.trials ?? 0} trials each; bound: what is promised and four standard errors.`,
  );
}
