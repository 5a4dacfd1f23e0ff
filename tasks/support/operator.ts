/**
 * The operator of a market: who deploys it, and who pays for the gas of newcomers. Its account is
 * the first one that the node signs for, or else that of the key `CHARGEVEIL_KEY_OPERATOR`.
 */
import { Wallet, type Signer } from "ethers";
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { keyNamed, keyVariable } from "./keys.ts";
import { InputError } from "./outcome.ts";

const OPERATOR = "operator";

type Connection = Awaited<ReturnType<HardhatRuntimeEnvironment["network"]["getOrCreate"]>>;

/** @throws InputError if neither the node nor a key signs */
export async function operatorOf(hre: HardhatRuntimeEnvironment): Promise<Signer> {
  const { ethers, networkName } = await hre.network.getOrCreate();
  const [unlocked] = await ethers.getSigners();
  return unlocked ?? new Wallet(await operatorsKey(hre, networkName), ethers.provider);
}

/**
 * Who sends what `signer` has signed: the operator where its account is at hand. On a machine of
 * its own the signer does, since nobody hands out the operator's key.
 */
export async function payerFor(hre: HardhatRuntimeEnvironment, signer: Signer): Promise<Signer> {
  const { ethers } = await hre.network.getOrCreate();
  const [unlocked] = await ethers.getSigners();
  if (unlocked !== undefined) return unlocked;
  const key = await keyNamed(hre, OPERATOR);
  return key === null ? signer : new Wallet(key, ethers.provider);
}

/**
 * A connection whose first account is the operator's, so that all that is deployed over it is
 * signed here if the node signs nothing.
 * @throws InputError if neither the node nor a key signs
 */
export async function operatorsConnection(hre: HardhatRuntimeEnvironment): Promise<Connection> {
  const connection = await hre.network.getOrCreate();
  const { ethers, networkName } = connection;
  if ((await ethers.getSigners()).length > 0) return connection;
  const accounts = [await operatorsKey(hre, networkName)];
  return hre.network.create({ network: networkName, override: { accounts } });
}

async function operatorsKey(hre: HardhatRuntimeEnvironment, networkName: string): Promise<string> {
  const key = await keyNamed(hre, OPERATOR);
  if (key !== null) return key;
  const variable = keyVariable(OPERATOR);
  const ways = `in the environment, or by \`npx hardhat keystore set ${variable}\``;
  throw new InputError(
    `network ${networkName} signs for nobody: set the operator's key ${variable}, ${ways}`,
  );
}
