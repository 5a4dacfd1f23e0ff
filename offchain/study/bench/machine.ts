/** What a benchmark was measured on, so that its numbers can be read by others. */
import { availableParallelism, cpus } from "node:os";
import packageJson from "../../../package.json" with { type: "json" };
import type { Machine } from "./benchReport.ts";

const PEER = "paillier-bigint";

export function thisMachine(): Machine {
  return {
    processor: cpus()[0]?.model.trim() ?? "unknown",
    cores: availableParallelism(),
    node: process.versions.node,
    openssl: process.versions.openssl,
    peer: `${PEER} ${packageJson.dependencies[PEER]}`,
  };
}
