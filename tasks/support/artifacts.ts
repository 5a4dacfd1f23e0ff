/**
 * What the compiler makes of the contracts. Compiles them where nobody has yet: a fresh clone runs
 * the main job at once.
 */
import {
  ARTIFACT_NAMES,
  type ArtifactName,
  type ContractArtifact,
  type MarketArtifacts,
} from "../../offchain/chain/deployment/plan.ts";
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";

/** Builds what is not up to date; says so if that is everything, which takes minutes. */
export async function buildContracts(hre: HardhatRuntimeEnvironment): Promise<void> {
  if (!(await hre.artifacts.artifactExists("Escrow"))) {
    process.stderr.write("building the contracts: this takes minutes, once\n");
  }
  await hre.tasks.getTask("build").run({ quiet: true, noTests: true });
  // Hardhat remembers what there was when it was asked first.
  await hre.artifacts.clearCache();
}

/** Builds if there is nothing at all: enough for commands that find the market already deployed. */
export async function requireArtifacts(hre: HardhatRuntimeEnvironment): Promise<void> {
  if (!(await hre.artifacts.artifactExists("Escrow"))) await buildContracts(hre);
}

/** Of all contracts of a market; they have to be built. */
export async function marketArtifacts({
  artifacts,
}: Pick<HardhatRuntimeEnvironment, "artifacts">): Promise<MarketArtifacts> {
  const read = async (name: ArtifactName): Promise<[string, ContractArtifact]> => [
    name,
    await artifacts.readArtifact(name),
  ];
  return Object.fromEntries(await Promise.all(ARTIFACT_NAMES.map(read))) as MarketArtifacts;
}
