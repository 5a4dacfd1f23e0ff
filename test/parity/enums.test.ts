/** The lists of names in TypeScript against the enums that the compiler saw. */
import { expect } from "chai";
import hre from "hardhat";
import { readFile } from "node:fs/promises";
import {
  CONSENTS,
  PARTICIPANT_KINDS,
  PHASES,
  PILE_KINDS,
  SESSION_STATES,
} from "../../offchain/core/messages/market.ts";
import { isRecord } from "../support/market/unknown.ts";

const SOURCE = "project/contracts/types/MarketTypes.sol";
const LISTS: Readonly<Record<string, readonly string[]>> = {
  ParticipantKind: PARTICIPANT_KINDS,
  PileKind: PILE_KINDS,
  Phase: PHASES,
  SessionState: SESSION_STATES,
  Consent: CONSENTS,
};

describe("enums, TypeScript and Solidity", () => {
  let enums: ReadonlyMap<string, readonly string[]>;

  before(async () => {
    enums = await compiledEnums();
  });

  it("are the same set", () => {
    expect([...enums.keys()]).to.have.members(Object.keys(LISTS));
  });

  for (const [name, list] of Object.entries(LISTS)) {
    it(`agree on ${name} and its order`, () => {
      expect(list).to.deep.equal(enums.get(name)?.map(firstSmall));
    });
  }
});

/** Enum → members, in their order, from the compiler's syntax tree. */
async function compiledEnums(): Promise<ReadonlyMap<string, readonly string[]>> {
  const buildId = await hre.artifacts.getBuildInfoId("PricingAuction");
  const path = await hre.artifacts.getBuildInfoOutputPath(buildId ?? "");
  const build: unknown = JSON.parse(await readFile(path ?? "", "utf8"));
  const nodes = member(build, "output", "sources", SOURCE, "ast", "nodes");
  if (!Array.isArray(nodes))
    throw new Error(`compiledEnums: expected the syntax tree of ${SOURCE}`);
  const definitions = nodes.filter((node) => member(node, "nodeType") === "EnumDefinition");
  return new Map(definitions.map((node) => [text(node), membersOf(node).map(text)]));
}

function membersOf(definition: unknown): readonly unknown[] {
  const members = member(definition, "members");
  return Array.isArray(members) ? members : [];
}

function text(node: unknown): string {
  return String(member(node, "name"));
}

function member(value: unknown, ...path: readonly string[]): unknown {
  return path.reduce((inner, key) => (isRecord(inner) ? inner[key] : undefined), value);
}

function firstSmall(name: string): string {
  return name.charAt(0).toLowerCase() + name.slice(1);
}
