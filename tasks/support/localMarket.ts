/**
 * A market on a chain inside this process: deployed by the Ignition modules, with a demo token, and
 * with a clock that the simulation moves.
 */
import { id, type Signer } from "ethers";
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import DemoToken from "../../ignition/modules/DemoToken.ts";
import { USUAL_TERMS, type MarketTerms } from "../../offchain/chain/deployment/terms.ts";
import { connectMarket, type Market } from "../../offchain/chain/market.ts";
import { gasLedger } from "../../offchain/chain/gasLedger.ts";
import type { ChainControl } from "../../offchain/study/day/context.ts";
import { buildContracts, marketArtifacts } from "./artifacts.ts";
import { contractsAt } from "./contracts.ts";
import { demoFaucet } from "./demoToken.ts";
import { deployPlanned } from "./marketDeployment.ts";
import { InputError } from "./outcome.ts";

export interface LocalMarket {
  readonly market: Market;
  /** Deployer and authority. */
  readonly operator: Signer;
  readonly control: ChainControl;
  readonly close: () => Promise<void>;
}

/** Hardhat's name for the chain inside the process. */
const LOCAL_NETWORK = "default";
const GAS_MONEY_WEI = 10n ** 24n;

/**
 * Starts a chain whose first block is at `startSeconds` and deploys the market on it.
 * Settlements are final at once.
 * @param seed decides what the chain's randomness is after each step of its clock
 * @param plugInSeconds how long in its slot a vehicle may take to plug in
 */
export async function startLocalMarket(
  hre: HardhatRuntimeEnvironment,
  startSeconds: number,
  seed: string,
  plugInSeconds: number,
): Promise<LocalMarket> {
  const network = hre.globalOptions.network || LOCAL_NETWORK;
  if (network !== LOCAL_NETWORK) {
    const own = `this runs on a chain of its own process, not on ${network}`;
    throw new InputError(`--network: ${own}: leave --network and HARDHAT_NETWORK out`);
  }
  await buildContracts(hre);
  const connection = await hre.network.create({
    network: LOCAL_NETWORK,
    override: {
      initialDate: new Date(startSeconds * 1000),
      allowBlocksWithSameTimestamp: true,
    },
  });
  const { ethers, ignition, networkHelpers } = connection;
  const [operator] = await ethers.getSigners();
  if (operator === undefined) throw new Error("startLocalMarket: expected an account on the chain");

  const minted = await ignition.deploy(DemoToken);
  const token = await ethers.getContractAt("DemoToken", minted.token);
  const terms: MarketTerms = {
    ...USUAL_TERMS,
    token: await token.getAddress(),
    authority: operator.address,
    court: operator.address,
    arbiters: [],
    quorum: 0,
    plugInSeconds,
    disputeSeconds: 0,
  };
  const origin = { creator: operator.address, salt: id("market run") };
  const artifacts = await marketArtifacts(hre);
  const { addresses } = await deployPlanned(connection, artifacts, origin, terms);
  const at = { token: terms.token, ...addresses };
  const contracts = { ...(await contractsAt(ethers, at)), token };
  // The name and the contract that mints, so that the gas of minting is booked as well.
  const market = await connectMarket(ethers.provider, contracts, gasLedger(), "DemoToken");
  return {
    market,
    operator,
    control: {
      advanceTo: async (seconds) => {
        if (seconds <= (await networkHelpers.time.latest())) return;
        // The chain's randomness follows from the seed's from here on, or equal runs would order
        // buyers differently.
        await networkHelpers.setPrevRandao(id(`${seed}/randomness at ${seconds}`));
        await networkHelpers.time.increaseTo(seconds);
      },
      faucet: demoFaucet(token),
      fundGas: (account) => networkHelpers.setBalance(account, GAS_MONEY_WEI),
    },
    close: () => connection.close(),
  };
}
