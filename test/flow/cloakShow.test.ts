/** `cloak show`: what it writes, and how it refuses. */
import { expect } from "chai";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";

import { runHere } from "../support/flow/inProcess.ts";

const REPORT = z.object({
  k: z.number(),
  l: z.number(),
  buckets: z.number(),
  suppressed: z.number(),
  vehicles: z.number(),
  bucketSizes: z.array(z.number()),
  attacks: z.array(
    z.object({
      name: z.string(),
      mode: z.string(),
      success: z.number(),
      bound: z.number(),
      trials: z.number(),
    }),
  ),
});

describe("cloak show", function () {
  this.timeout(120_000);

  let folder: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "chargeveil-cloak-"));
  });

  after(async () => {
    await rm(folder, { recursive: true });
  });

  it("writes picture and JSON, and prints what it wrote", async () => {
    const out = join(folder, "out");
    const few = ["--trials", "30", "--k", "3", "--vehicles", "40", "--seed", "flow"];
    const run = await runHere(["cloak", "show", ...few, "--out", out, "--json"]);
    expect(run.code, run.stderr).to.equal(0);
    const text = await readFile(join(out, "cloak.json"), "utf8");
    expect(run.stdout).to.equal(text);
    const report = REPORT.parse(JSON.parse(text));
    expect([report.k, report.l, report.vehicles]).to.deep.equal([3, 2, 40]);
    expect(report.bucketSizes).to.have.length(report.buckets);
    const inBuckets = report.bucketSizes.reduce((sum, size) => sum + size, 0);
    expect(inBuckets + report.suppressed).to.equal(40);
    expect(new Set(report.attacks.map(({ trials }) => trials))).to.deep.equal(new Set([30]));
    expect(await readFile(join(out, "cloak.svg"), "utf8")).to.match(/^<svg/);
  });

  it("names other people's tracks by their file, and attributes them to nobody", async () => {
    const csv = join(folder, "mine.csv");
    const line = (k: number): string => {
      const [longitude, latitude] = [-2.97 + (k % 8) / 200, 56.46 + Math.floor(k / 8) / 400];
      const places = Array.from({ length: 80 }, (_, step) => [longitude + step / 1e5, latitude]);
      return `${k},v-${k},1752134400,False,"${JSON.stringify(places)}"`;
    };
    const rows = Array.from({ length: 60 }, (_, k) => line(k));
    await writeFile(csv, ["TRIP_ID,TAXI_ID,TIMESTAMP,MISSING_DATA,POLYLINE", ...rows].join("\n"));
    const out = join(folder, "mine");
    const few = ["--trials", "10", "--k", "3", "--traces", csv];
    const run = await runHere(["cloak", "show", ...few, "--out", out]);
    expect(run.code, run.stderr).to.equal(0);
    expect(run.stdout + run.stderr).to.match(/tracks of mine.csv/);
    for (const name of ["cloak.json", "cloak.svg"]) {
      expect(await readFile(join(out, name), "utf8"), name).to.not.match(/Porto|ECML/);
    }
  });

  it("refuses what it cannot use with one sentence and code 1, having written nothing", async () => {
    const csv = join(folder, "other.csv");
    await writeFile(csv, "a,b\n1,2\n");
    const refusals: readonly (readonly [args: readonly string[], sentence: RegExp])[] = [
      [["--k", "1"], /^--k: expected a whole number in 2..64, got 1$/],
      [["--l", "9"], /^--l: expected a whole number in 1..5, which is k, got 9$/],
      [
        ["--traces", join(folder, "none.csv")],
        /none.csv: expected a readable file, got no such file$/,
      ],
      [["--traces", csv], /other.csv: expected the columns of a known layout/],
      [["--vehicles", "7"], /^co-occurrence, paper reproduction: expected vehicles enough/],
    ];
    for (const [args, sentence] of refusals) {
      const out = join(folder, "refused");
      const run = await runHere(["cloak", "show", "--trials", "30", ...args, "--out", out]);
      expect(run.code, args.join(" ")).to.equal(1);
      expect(run.stdout).to.equal("");
      expect(run.stderr.trim().split("\n").at(-1)).to.match(sentence);
      await readFile(join(out, "cloak.json")).then(
        () => expect.fail("expected nothing written"),
        () => undefined,
      );
    }
  });
});
