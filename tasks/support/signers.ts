/**
 * Who signs for a party that is named: somebody of the state folder, somebody whose key the
 * environment or the keystore holds, or an account of the network by its address.
 */
import { Wallet, type Signer } from "ethers";
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { personPath, playerNamed, type Connected } from "./connection.ts";
import { keyNamed } from "./keys.ts";
import { InputError } from "./outcome.ts";
import type { Address } from "../../offchain/core/messages/market.ts";
import { addressIn } from "./naming.ts";

/** @param option by which it is named. @throws StateError, InputError */
export async function signerNamed(
  connected: Connected,
  hre: HardhatRuntimeEnvironment,
  named: string,
  option = "as",
): Promise<Signer> {
  const address = addressIn(option, named);
  if (address !== null) return accountAt(hre, address, option);
  const isPerson = await connected.state.has(personPath(named, option));
  const key = isPerson ? null : await keyNamed(hre, named);
  if (key !== null) return new Wallet(key, connected.market.provider);
  return (await playerNamed(connected, named, option)).wallet;
}

async function accountAt(
  hre: HardhatRuntimeEnvironment,
  address: Address,
  option: string,
): Promise<Signer> {
  const { ethers, networkName } = await hre.network.getOrCreate();
  const accounts = await ethers.getSigners();
  const account = accounts.find((signer) => signer.address === address);
  if (account !== undefined) return account;
  const other = "name the account, and put its key into CHARGEVEIL_KEY_<NAME>";
  throw new InputError(
    `--${option}: network ${networkName} does not sign for ${address}: ${other}`,
  );
}
