/** `market verify`: whether the market on the network is what it is said to be. */
import Table from "cli-table3";
import { getAddress, type Provider } from "ethers";
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import {
  planMarket,
  marketAddresses,
  type MarketPlan,
  type MarketArtifacts,
} from "../../offchain/chain/deployment/plan.ts";
import { verifyMarket, type Check } from "../../offchain/chain/deployment/verify.ts";
import { buildContracts, marketArtifacts } from "../support/artifacts.ts";
import { DEMO_CHAIN_ID } from "../support/demoClock.ts";
import { jsonOutput } from "../support/jsonText.ts";
import { concluded, InputError, type Outcome } from "../support/outcome.ts";
import {
  deploymentSchema,
  stateIn,
  StateError,
  type Deployment,
  type FirstMarket,
} from "../stores/state.ts";
import { requireNode } from "../support/nodes.ts";

export interface MarketVerifyArguments {
  readonly state: string;
  readonly json: boolean;
}

/** A market that has an escrow of its own. */
const ALONE = { gate: null, beside: null };

/** What `market verify` says of a market that fails. */
class UntrustedError extends Error {
  override readonly name = "UntrustedError";
  readonly code = "E_UNTRUSTED";
}

export default function action(
  args: MarketVerifyArguments,
  hre: HardhatRuntimeEnvironment,
): Promise<Outcome> {
  return concluded(async () => {
    const deployment = await stateIn(args.state).read("deployment.json", deploymentSchema);
    const connection = await hre.network.getOrCreate();
    await requireNode(connection);
    const { ethers, networkName } = connection;
    const { chainId } = await ethers.provider.getNetwork();
    if (chainId.toString() !== deployment.chainId) {
      const where = `${args.state} is of chain ${deployment.chainId}`;
      throw new InputError(`${where}, and network ${networkName} is chain ${chainId}`);
    }
    await buildContracts(hre);
    const artifacts = await marketArtifacts(hre);
    const { gate, beside, ...market } = deployment;
    const checks = await checksOf(artifacts, market, { gate, beside }, ethers.provider);
    // Of a later market, what it stands on is checked first.
    if (beside !== null) {
      checks.unshift(...(await checksOf(artifacts, beside, ALONE, ethers.provider)));
    }
    const verdict = verdictOn(checks, deployment.tokenIsDemo && chainId !== DEMO_CHAIN_ID);
    process.stdout.write(args.json ? jsonOutput({ ...verdict, checks }) : tableOf(checks));
    if (!verdict.trusted) throw new UntrustedError(verdict.sentence);
    if (!args.json) process.stdout.write(`${verdict.sentence}\n`);
  });
}

async function checksOf(
  artifacts: MarketArtifacts,
  market: FirstMarket,
  { gate, beside }: Pick<Deployment, "gate" | "beside">,
  provider: Provider,
): Promise<Check[]> {
  const shared = beside && {
    escrow: getAddress(beside.escrow),
    identities: getAddress(beside.identities),
  };
  const plan = planOf(market, (origin, terms) => planMarket(artifacts, origin, terms, shared));
  const used = {
    ...marketAddresses((key) => getAddress(market[key])),
    gate: gate && getAddress(gate),
  };
  return [...(await verifyMarket(artifacts, plan, used, provider))];
}

/** @throws StateError if the folder does not say how the market was made */
function planOf(
  { origin, terms, ...deployment }: FirstMarket,
  plan: (origin: MarketPlan["origin"], terms: MarketPlan["terms"]) => MarketPlan,
): MarketPlan {
  if (origin === null || terms === null) {
    const missing = "deployment.json does not say by whom and on which terms the market was made";
    throw new StateError(`${missing}: take the file that \`market deploy\` wrote`);
  }
  return plan(
    {
      factory: getAddress(origin.factory),
      creator: getAddress(origin.creator),
      salt: origin.salt,
    },
    {
      ...terms,
      token: getAddress(deployment.token),
      authority: getAddress(terms.authority),
      court: getAddress(deployment.court),
      arbiters: deployment.arbiters.map((address) => getAddress(address)),
      quorum: deployment.quorum,
    },
  );
}

interface Verdict {
  readonly trusted: boolean;
  readonly sentence: string;
}

/** @param isWorthless whether anybody mints what is paid with, where money should be real */
function verdictOn(checks: readonly Check[], isWorthless: boolean): Verdict {
  const wrong = checks.filter(({ isRight }) => !isRight);
  const [first] = wrong;
  if (first !== undefined) {
    const what = `${first.contract}, ${first.view ?? first.what}`;
    const more = wrong.length > 1 ? ` and ${wrong.length - 1} more` : "";
    const sentence = `Do not trust this market: ${what}${more} not as this repository makes them`;
    return { trusted: false, sentence };
  }
  if (isWorthless) {
    const sentence = "Do not trust this market with money: anybody mints its demo token";
    return { trusted: false, sentence };
  }
  const sentence =
    "This market can be trusted: its contracts are this repository's, on the terms shown";
  return { trusted: true, sentence };
}

function tableOf(checks: readonly Check[]): string {
  const table = new Table({
    head: ["contract", "what", "found", "verdict"],
    style: { head: [], border: [] },
  });
  for (const { contract, what, view, found, expected, isRight, usual } of checks) {
    const right = usual === null ? "right" : `right; usual: ${usual}`;
    const verdict = isRight ? right : `WRONG: expected ${shown(expected)}`;
    table.push([contract, view ?? what, shown(found), verdict]);
  }
  return `${table.toString()}\n`;
}

/** Of a hash its begin: whoever wants the rest asks with `--json`. */
function shown(value: string): string {
  return /^0x[0-9a-f]{64}$/.test(value) ? `${value.slice(0, 10)}…` : value.replaceAll(", ", "\n");
}
