/**
 * Nobody opens a presentation without the chain's word: what opens is imported in one place, and
 * that place asks.
 */
import { expect } from "chai";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { importsOf, ROOT } from "../support/privacy/importGraph.ts";

const OPENING = "offchain/core/credential/opening.ts";
const TRACING = "offchain/parties/tracer/tracing.ts";
const STEP = "offchain/market/traceOpening.ts";
/** Knows the shape of an approval, which stands there. */
const LOG = "offchain/core/credential/loggedCases.ts";
/** Measures how long an opening takes, with keys of its own. */
const MEASURED = "offchain/study/bench/credentialOperations.ts";

const FILES = ["offchain", "tasks", "plugins", "scripts", "ignition"].flatMap((folder) => {
  const names = readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" });
  return names.filter((name) => name.endsWith(".ts")).map((name) => join(folder, name));
});

describe("what opens a presentation", () => {
  it("is imported by the tracers' role and by its measurement, and by nothing else", () => {
    const importers = FILES.filter((file) => importsOf(file).includes(OPENING));
    const log = readFileSync(join(ROOT, LOG), "utf8");
    expect(log).to.include('import type { ApprovedCases } from "./opening.ts"');
    expect(importers).to.have.members([TRACING, LOG, MEASURED]);
  });

  it("is not handed on: what leaves the role has asked the chain, or opens nothing", () => {
    const text = readFileSync(join(ROOT, TRACING), "utf8");
    const exported = [...text.matchAll(/^export (?:async )?(.+?)[({;]/gm)].map(([, name]) => name);
    expect(exported).to.have.members([
      "type ",
      "function approvedCases",
      "function partOfTracer",
      "function openingFrom",
    ]);
    expect(text.match(/openShare\(/g)).to.have.lengthOf(1);
    expect(text).to.include("openShare(parameters, share, request, approvedCases(market), rng)");
  });

  it("is reached by a step and a task only by way of that role", () => {
    const importing = FILES.filter((file) => importsOf(file).includes(TRACING));
    expect(importing).to.deep.equal([STEP]);
    const direct = FILES.filter(
      (file) => file.startsWith("tasks/actions") && importsOf(file).includes(STEP),
    );
    expect(direct).to.deep.equal(["tasks/actions/identityTraceOpen.ts"]);
  });
});
