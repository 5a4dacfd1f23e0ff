/**
 * Who signs for a party that is named: somebody of the state folder, or an account of the network
 * by its address.
 */
import { getAddress, isAddress, type Signer } from "ethers";
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { playerNamed, type Connected } from "./connection.ts";
import { InputError } from "./outcome.ts";

/** @throws StateError, InputError */
export async function signerNamed(
  connected: Connected,
  hre: HardhatRuntimeEnvironment,
  named: string,
): Promise<Signer> {
  if (!isAddress(named)) return (await playerNamed(connected, named)).wallet;
  const address = getAddress(named);
  const { ethers, networkName } = await hre.network.getOrCreate();
  const accounts = await ethers.getSigners();
  const account = accounts.find((signer) => signer.address === address);
  if (account !== undefined) return account;
  throw new InputError(
    `--as: network ${networkName} does not sign for ${address}: name an account of the network, or somebody of the state folder`,
  );
}
