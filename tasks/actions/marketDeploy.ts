/** `market deploy`: puts the market on the network and notes its addresses in the state folder. */
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import type { MarketPlan } from "../../offchain/chain/deployment/plan.ts";
import type { MarketTerms } from "../../offchain/chain/deployment/terms.ts";
import DemoToken from "../../ignition/modules/DemoToken.ts";
import { buildContracts, marketArtifacts } from "../support/artifacts.ts";
import { termsIn, type Inherited, type TermsArguments } from "../support/deployTerms.ts";
import { deployPlanned, marketSalt } from "../support/marketDeployment.ts";
import { concluded, InputError, type Outcome } from "../support/outcome.ts";
import { printFacts, type Facts } from "../support/print.ts";
import {
  deploymentSchema,
  stateIn,
  StateError,
  type Deployment,
  type FirstMarket,
} from "../stores/state.ts";
import { requireDeployable, sayingIfKnown } from "../support/deploying.ts";
import { operatorsConnection } from "../support/operator.ts";
import { pointNamed, geoLink } from "../support/places.ts";

export interface MarketDeployArguments extends TermsArguments {
  readonly state: string;
  /** Folder of the market on whose escrow this one is to stand. */
  readonly beside: string | undefined;
  readonly corner: string | undefined;
  /** Tells markets of the same terms apart. */
  readonly name: string | undefined;
  readonly json: boolean;
}

export default function action(
  args: MarketDeployArguments,
  hre: HardhatRuntimeEnvironment,
): Promise<Outcome> {
  return concluded(async () => {
    const state = stateIn(args.state);
    await requireDeployable(hre, state);
    const first = args.beside === undefined ? null : await firstMarketIn(args.beside);
    const corner = args.corner === undefined ? null : pointNamed("corner", args.corner);
    const deployment = await sayingIfKnown(hre, args.state, () =>
      deployMarket(hre, args, corner, first),
    );
    await state.write("deployment.json", deployment);
    printFacts(factsOf(deployment), args.json);
  });
}

/** Deploys by the Ignition modules; what was interrupted on a real chain is resumed. */
export async function deployMarket(
  hre: HardhatRuntimeEnvironment,
  args: Omit<MarketDeployArguments, "state" | "beside" | "corner" | "json">,
  corner: Deployment["corner"],
  first: FirstMarket | null,
): Promise<Deployment> {
  const connection = await operatorsConnection(hre);
  const { ethers, ignition } = connection;
  const { chainId } = await ethers.provider.getNetwork();
  const [operator] = await ethers.getSigners();
  const genesis = await ethers.provider.getBlock(0);
  if (operator === undefined || genesis === null) {
    throw new InputError("the network offers no account to deploy with");
  }
  requireSameChain(first, chainId);
  const checked = await termsIn(args, operator.address, ethers.provider, inheritedFrom(first));
  await buildContracts(hre);
  const { name = null } = args;
  const salt = marketSalt(checked, { name, beside: first?.escrow ?? null, corner });
  // Names the journal after the chain's first block: a local node that starts again is another
  // chain.
  const names = [genesis.hash ?? "0x0", salt].map((hash) => hash.slice(2, 10));
  const noted = { deploymentId: ["chargeveil", chainId, ...names].join("-") };
  const token = checked.token ?? (await deployDemoToken(ignition, noted));
  const origin = { creator: operator.address, salt };
  const artifacts = await marketArtifacts(hre);
  const terms = { ...checked, token };
  const placement = { ...noted, shared: first };
  const plan = await deployPlanned(connection, artifacts, origin, terms, placement);
  const tokenIsDemo = first?.tokenIsDemo ?? checked.token === null;
  const deployed = deploymentOf(plan, chainId, tokenIsDemo);
  return { ...deployed, corner, ...besides(plan, first) };
}

type Ignition = Awaited<
  ReturnType<HardhatRuntimeEnvironment["network"]["getOrCreate"]>
>["ignition"];

async function deployDemoToken(
  ignition: Ignition,
  noted: { readonly deploymentId: string },
): Promise<string> {
  const { token } = await ignition.deploy(DemoToken, noted);
  return token.getAddress();
}

/** The market whose escrow that of a folder is: its own, or that beside which it stands. */
async function firstMarketIn(folder: string): Promise<FirstMarket> {
  const { gate, beside, ...market } = await stateIn(folder).read(
    "deployment.json",
    deploymentSchema,
  );
  return gate !== null && beside !== null ? beside : market;
}

function requireSameChain(first: FirstMarket | null, chainId: bigint): void {
  if (first === null || first.chainId === chainId.toString()) return;
  throw new InputError(`--beside: that market is on chain ${first.chainId}, this is ${chainId}`);
}

/** @throws StateError if the folder does not say on which terms the market stands */
function inheritedFrom(first: FirstMarket | null): Inherited | null {
  if (first === null) return null;
  const { token, court, terms } = first;
  if (terms !== null) return { token, court, authority: terms.authority };
  throw new StateError("--beside: its deployment.json does not say who the authority is");
}

function besides({ stakes }: MarketPlan, first: FirstMarket | null) {
  return first === null ? { gate: null, beside: null } : { gate: stakes, beside: first };
}

function deploymentOf(
  plan: MarketPlan,
  chainId: bigint,
  tokenIsDemo: boolean,
): Omit<FirstMarket, "corner"> {
  const { token, court, arbiters, quorum, ...terms } = plan.terms;
  const parties = { court, arbiters: [...arbiters], quorum };
  const { origin, addresses } = plan;
  return {
    ...{ chainId: chainId.toString(), token, tokenIsDemo, ...addresses, ...parties },
    ...{ origin, terms },
  };
}

function factsOf({ origin, terms, corner, beside, ...deployment }: Deployment): Facts {
  return {
    ...deployment,
    chainId: BigInt(deployment.chainId),
    corner: geoLink(corner, { xM: 0, yM: 0 }),
    beside: beside?.sessions ?? null,
    ...(origin && { factory: origin.factory }),
    ...(terms && rulesOf(terms)),
  };
}

/** Of what a market was deployed with, what people ask first. */
function rulesOf({
  authority,
  disputeSeconds,
  minEnergyWh,
  minAmountUnits,
}: Omit<MarketTerms, "token" | "court" | "arbiters" | "quorum">): Facts {
  return { authority, disputeSeconds, minEnergyWh, minAmountUnits };
}
