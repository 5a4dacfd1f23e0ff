/** `market deploy`: puts the market on the network and notes its addresses in the state folder. */
import { getAddress, id, isAddress, ZeroAddress } from "ethers";
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import ArbiterQuorum from "../../ignition/modules/ArbiterQuorum.ts";
import DemoToken from "../../ignition/modules/DemoToken.ts";
import MarketModule from "../../ignition/modules/Market.ts";
import { buildContracts } from "../support/artifacts.ts";
import {
  arbitrationIn,
  type Arbitration,
  type ArbitrationArguments,
} from "../support/arbitration.ts";
import { addressesOf } from "../support/contracts.ts";
import { concluded, InputError, type Outcome } from "../support/outcome.ts";
import { printFacts } from "../support/print.ts";
import { stateIn, StateError, type Deployment } from "../stores/state.ts";

export interface MarketDeployArguments extends ArbitrationArguments {
  readonly state: string;
  readonly token: string | undefined;
  readonly authoriseSeconds: number;
  readonly plugInSeconds: number;
  readonly settleSeconds: number;
  readonly court: string | undefined;
  readonly json: boolean;
}

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
    const deployment = await deployMarket(hre, args);
    await state.write("deployment.json", deployment);
    printFacts({ ...deployment, arbiters: deployment.arbiters.join(", ") || null }, args.json);
  });
}

/** Deploys by the Ignition module; a deployment that was interrupted on a real chain is resumed. */
export async function deployMarket(
  hre: HardhatRuntimeEnvironment,
  args: Omit<MarketDeployArguments, "state" | "json">,
): Promise<Deployment> {
  const arbitration = arbitrationIn(args);
  await buildContracts(hre);
  const { ethers, ignition } = await hre.network.getOrCreate();
  const [operator] = await ethers.getSigners();
  const genesis = await ethers.provider.getBlock(0);
  if (operator === undefined || genesis === null) {
    throw new InputError("the network offers no account to deploy with");
  }
  const { chainId } = await ethers.provider.getNetwork();
  // Names the journal after the chain's first block (a local node that starts again is another
  // chain) and after what is deployed: the same again is resumed, anything else is another market.
  const { token: ownToken, authoriseSeconds, plugInSeconds, settleSeconds } = args;
  const court = courtIn(args.court) ?? operator.address;
  const terms = { ownToken, authoriseSeconds, plugInSeconds, settleSeconds, court, ...arbitration };
  const names = [genesis.hash ?? "0x0", id(JSON.stringify(terms))].map((hash) => hash.slice(2, 10));
  const deploymentId = ["chargeveil", chainId, ...names].join("-");
  const token = args.token ?? (await deployDemoToken(ignition, deploymentId));
  const parameters = {
    Market: {
      token,
      authority: operator.address,
      court,
      authoriseWindow: args.authoriseSeconds,
      plugInWindow: args.plugInSeconds,
      settleWindow: args.settleSeconds,
      disputeWindow: arbitration.disputeSeconds,
      arbitrationWindow: arbitration.arbitrationSeconds,
      arbiter: await arbiterOf(ignition, deploymentId, arbitration),
    },
  };
  const deployed = await ignition.deploy(MarketModule, { parameters, deploymentId });
  return {
    chainId: chainId.toString(),
    token,
    tokenIsDemo: args.token === undefined,
    ...(await addressesOf(deployed)),
    court,
    arbiters: [...arbitration.arbiters],
    quorum: arbitration.quorum,
  };
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
  if (isAddress(text) && getAddress(text) !== ZeroAddress) return getAddress(text);
  throw new InputError(`--court: expected an address, got "${text}"`);
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
