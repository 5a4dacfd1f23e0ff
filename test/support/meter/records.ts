/** The signed records of real meters in the shared data beside the project. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";

const caseShape = z.object({
  file: z.string(),
  value_index: z.number(),
  record: z.string(),
  public_key: z.string(),
  expect: z.object({
    verifies: z.boolean(),
    curve: z.string(),
    readings: z.number(),
    meter_states: z.array(z.string()),
    transaction_marks: z.array(z.string().nullable()),
  }),
});
const fileShape = z.object({ cases: z.array(caseShape) });

export type RecordCase = z.infer<typeof caseShape>;

/** All records with the verdicts that were measured of them, or null where the folder is absent. */
function findRecords(): readonly RecordCase[] | null {
  const root = fileURLToPath(new URL("../../..", import.meta.url));
  const path = join(root, "..", "shared", "data", "ocmf-records", "records.json");
  if (!existsSync(path)) return null;
  return fileShape.parse(JSON.parse(readFileSync(path, "utf8"))).cases;
}

/** The folder's records, or a skipped suite that says why. */
export function recordsOrSkip(context: Mocha.Context): readonly RecordCase[] {
  const found = findRecords();
  if (found !== null) return found;
  console.log("skipped: the folder ../shared/data/ocmf-records is not there");
  return context.skip();
}

/** Names a case in a message. */
export function caseName({ file, value_index }: RecordCase): string {
  return `${file} ${value_index}`;
}
