/** What the check of a report takes: a least of nothing would let every report pass. */
import { expect } from "chai";
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const SCRIPT = fileURLToPath(new URL("../../scripts/checkReport.ts", import.meta.url));

describe("the check of a report", () => {
  for (const given of [[], ["report.json"], ["report.json", ""], ["report.json", "0"]]) {
    it(`refuses ${JSON.stringify(given)}`, () => {
      const { status, stderr } = spawnSync(process.execPath, [SCRIPT, ...given], {
        encoding: "utf8",
      });
      expect(status).to.equal(1);
      expect(stderr).to.include("expected <file> <least settled sessions");
    });
  }
});
