/** `market deploy`: puts the market on the network and notes its addresses in the state folder. */
import { id, ZeroAddress, type Provider } from "ethers";
import type { Address } from "../../offchain/core/messages/market.ts";
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import ArbiterQuorum from "../../ignition/modules/ArbiterQuorum.ts";
import DemoToken from "../../ignition/modules/DemoToken.ts";
import MarketModule from "../../ignition/modules/Market.ts";
import { buildContracts } from "../support/artifacts.ts";
import {
  arbitrationIn,
  requireWindow,
  type Arbitration,
  type ArbitrationArguments,
} from "../support/arbitration.ts";
import { addressesOf } from "../support/contracts.ts";
import { DEMO_CHAIN_ID } from "../support/demoClock.ts";
import { tokenAt } from "../../offchain/chain/token.ts";
import { concluded, InputError, type Outcome } from "../support/outcome.ts";
import { printFacts } from "../support/print.ts";
import { MOST_UNITS, MOST_WH } from "../support/widths.ts";
import { stateIn, StateError, type Deployment } from "../stores/state.ts";
import { addressNamed } from "../support/naming.ts";

export interface MarketDeployArguments extends ArbitrationArguments {
  readonly state: string;
  readonly token: string | undefined;
  readonly authoriseSeconds: number;
  readonly plugInSeconds: number;
  readonly settleSeconds: number;
  /** What a session has to have been to earn; an amount of 0 for a tenth of the token. */
  readonly minEnergyWh: bigint;
  readonly minAmount: bigint;
  readonly court: string | undefined;
  readonly json: boolean;
}

type MarketTerms = Omit<MarketDeployArguments, "state" | "json">;

export default function action(
  args: MarketDeployArguments,
  hre: HardhatRuntimeEnvironment,
): Promise<Outcome> {
  return concluded(async () => {
    const state = stateIn(args.state);
    if (await state.has("deployment.json")) {
      throw new StateError(
        `${args.state} already holds a market: name another folder with --state`,
      );
    }
    const { deployment, rules } = await deployMarket(hre, args);
    await state.write("deployment.json", deployment);
    const chainId = BigInt(deployment.chainId);
    printFacts({ ...deployment, chainId, ...rules }, args.json);
  });
}

/** Deploys by the Ignition module; a deployment that was interrupted on a real chain is resumed. */
export async function deployMarket(
  hre: HardhatRuntimeEnvironment,
  args: MarketTerms,
): Promise<{ readonly deployment: Deployment; readonly rules: DeployedRules }> {
  const { ethers, ignition } = await hre.network.getOrCreate();
  const { chainId } = await ethers.provider.getNetwork();
  const arbitration = arbitrationIn(args, chainId === DEMO_CHAIN_ID);
  requireMinima(args);
  requireWindow("--authorise-seconds", args.authoriseSeconds, 1);
  requireWindow("--plug-in-seconds", args.plugInSeconds, 1);
  requireWindow("--settle-seconds", args.settleSeconds, 1);
  await buildContracts(hre);
  const [operator] = await ethers.getSigners();
  const genesis = await ethers.provider.getBlock(0);
  if (operator === undefined || genesis === null) {
    throw new InputError("the network offers no account to deploy with");
  }
  // Names the journal after the chain's first block (a local node that starts again is another
  // chain) and after what is deployed: the same again is resumed, anything else is another market.
  const { token: ownToken, authoriseSeconds, plugInSeconds, settleSeconds } = args;
  const court = courtIn(args.court) ?? operator.address;
  const terms = {
    ...{ ownToken, authoriseSeconds, plugInSeconds, settleSeconds, court, ...arbitration },
    ...{ minEnergyWh: String(args.minEnergyWh), minAmount: String(args.minAmount) },
  };
  const names = [genesis.hash ?? "0x0", id(JSON.stringify(terms))].map((hash) => hash.slice(2, 10));
  const deploymentId = ["chargeveil", chainId, ...names].join("-");
  const token = args.token ?? (await deployDemoToken(ignition, deploymentId));
  const rules = {
    disputeSeconds: arbitration.disputeSeconds,
    minEnergyWh: args.minEnergyWh,
    minAmountUnits: args.minAmount || (await tenthOf(token, ethers.provider)),
  };
  const parameters = {
    Market: {
      token,
      authority: operator.address,
      court,
      authoriseWindow: args.authoriseSeconds,
      plugInWindow: args.plugInSeconds,
      settleWindow: args.settleSeconds,
      disputeWindow: rules.disputeSeconds,
      arbitrationWindow: arbitration.arbitrationSeconds,
      arbiter: await arbiterOf(ignition, deploymentId, arbitration),
      minEnergyWh: rules.minEnergyWh,
      minAmount: rules.minAmountUnits,
    },
  };
  const deployed = await ignition.deploy(MarketModule, { parameters, deploymentId });
  const deployment = {
    chainId: chainId.toString(),
    token,
    tokenIsDemo: args.token === undefined,
    ...(await addressesOf(deployed)),
    court,
    arbiters: [...arbitration.arbiters],
    quorum: arbitration.quorum,
  };
  return { deployment, rules };
}

/** Of what a market was deployed with, what people ask first. */
interface DeployedRules {
  readonly disputeSeconds: number;
  readonly minEnergyWh: bigint;
  readonly minAmountUnits: bigint;
}

/** @throws InputError for what the contract would not take */
function requireMinima({ minEnergyWh, minAmount }: MarketTerms): void {
  if (minEnergyWh < 1n || minEnergyWh > MOST_WH) {
    throw new InputError(`--min-energy-wh: expected 1 to ${MOST_WH}, got ${minEnergyWh}`);
  }
  if (minAmount >= 0n && minAmount <= MOST_UNITS) return;
  throw new InputError(`--min-amount: expected 0 to ${MOST_UNITS}, got ${minAmount}`);
}

/**
 * A tenth of a whole token, in its units; at least one unit.
 * @throws InputError for a token that does not tell its decimals
 */
async function tenthOf(token: Address, provider: Provider): Promise<bigint> {
  const decimals = await tokenAt(token, provider)
    .decimals()
    .catch(() => {
      const why = `the token at ${token} does not tell its decimals`;
      throw new InputError(`--min-amount: ${why}: name the least price of a session that earns`);
    });
  return decimals === 0n ? 1n : 10n ** (decimals - 1n);
}

type Connection = Awaited<ReturnType<HardhatRuntimeEnvironment["network"]["getOrCreate"]>>;

async function deployDemoToken(
  ignition: Connection["ignition"],
  deploymentId: string,
): Promise<string> {
  const { token } = await ignition.deploy(DemoToken, { deploymentId });
  return token.getAddress();
}

/** With checksum; null if nobody is named. @throws InputError for anything but an account */
function courtIn(text: string | undefined): string | null {
  if (text === undefined) return null;
  const court = addressNamed("court", text);
  if (court !== ZeroAddress) return court;
  throw new InputError("--court: expected an account, got the zero address");
}

/** Whom the session contract asks: nobody, the one arbiter itself, or several as one. */
async function arbiterOf(
  ignition: Connection["ignition"],
  deploymentId: string,
  { arbiters, quorum }: Arbitration,
): Promise<string> {
  const [first = ZeroAddress, ...others] = arbiters;
  if (others.length === 0) return first;
  const parameters = { ArbiterQuorum: { arbiters: [...arbiters], quorum } };
  const { arbiter } = await ignition.deploy(ArbiterQuorum, { parameters, deploymentId });
  return arbiter.getAddress();
}
