/**
 * Who signs for a party that is named: somebody of the state folder, somebody whose key the
 * environment or the keystore holds, or an account of the network by its address.
 */
import { getAddress, isAddress, Wallet, type Signer } from "ethers";
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { personPath, playerNamed, type Connected } from "./connection.ts";
import { keyNamed } from "./keys.ts";
import { InputError } from "./outcome.ts";

/** @throws StateError, InputError */
export async function signerNamed(
  connected: Connected,
  hre: HardhatRuntimeEnvironment,
  named: string,
  option = "--as",
): Promise<Signer> {
  if (isAddress(named)) return accountAt(hre, getAddress(named), option);
  const isPerson = await connected.state.has(personPath(named));
  const key = isPerson ? null : await keyNamed(hre, named);
  if (key !== null) return new Wallet(key, connected.market.provider);
  return (await playerNamed(connected, named)).wallet;
}

async function accountAt(
  hre: HardhatRuntimeEnvironment,
  address: string,
  option: string,
): Promise<Signer> {
  const { ethers, networkName } = await hre.network.getOrCreate();
  const accounts = await ethers.getSigners();
  const account = accounts.find((signer) => signer.address === address);
  if (account !== undefined) return account;
  const other = "name the account, and put its key into CHARGEVEIL_KEY_<NAME>";
  throw new InputError(`${option}: network ${networkName} does not sign for ${address}: ${other}`);
}
