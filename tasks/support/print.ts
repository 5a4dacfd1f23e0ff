/** Results on stdout: a two-column table for people, JSON for machines. */
import Table from "cli-table3";
import { NO_REFERENCE_PRICE } from "../../offchain/core/messages/market.ts";
import { jsonOutput } from "./jsonText.ts";
import { plain } from "./plainText.ts";

type Fact = string | number | bigint | boolean | readonly string[] | null;
export type Facts = Readonly<Record<string, Fact>>;

/** Prints one set of facts. */
export function printFacts(facts: Facts, json: boolean): void {
  process.stdout.write(json ? jsonOutput(facts) : tableText(facts));
}

function tableText(facts: Facts): string {
  const table = new Table({ style: { head: [], border: [] } });
  for (const [name, value] of Object.entries(facts)) table.push([name, shown(value)]);
  return `${table.toString()}\n`;
}

function shown(fact: Fact): string {
  if (typeof fact !== "object") return plain(String(fact));
  return fact === null || fact.length === 0 ? "–" : plain(fact.join(", "));
}

export { moment } from "../../offchain/chain/moment.ts";

/** A reference price in token units per kWh; null if nobody leads. */
export function shownReference(referencePricePerKwh: bigint): bigint | null {
  return referencePricePerKwh === NO_REFERENCE_PRICE ? null : referencePricePerKwh;
}
