/**
 * The authority of a market: who certifies, suspends and ends keys. Its key is in the environment
 * or the keystore, or somebody's of the state folder, or the operator's; the node may sign for it.
 */
import { Wallet, type Signer } from "ethers";
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import type { Market } from "../../offchain/chain/market.ts";
import type { Address } from "../../offchain/core/messages/market.ts";
import { personSchema, type State } from "../stores/state.ts";
import { keyNamed, keyVariable } from "./keys.ts";
import { InputError } from "./outcome.ts";

const NAMES = ["authority", "operator"] as const;

/**
 * Who signs as the authority.
 * @throws InputError, with what to do, if nobody here can
 */
export async function authorityOf(
  hre: HardhatRuntimeEnvironment,
  { provider, contracts }: Market,
  state: State,
): Promise<Signer> {
  const authority = await contracts.identities.authority();
  const { ethers, networkName } = await hre.network.getOrCreate();
  const unlocked = (await ethers.getSigners()).find(({ address }) => address === authority);
  if (unlocked !== undefined) return unlocked;
  for await (const key of keysHere(hre, state)) {
    const wallet = new Wallet(key, provider);
    if (wallet.address === authority) return wallet;
  }
  if ((await provider.getCode(authority)) !== "0x") throw isContract(authority);
  const variable = keyVariable(NAMES[0]);
  const ways = `in the environment, or by \`npx hardhat keystore set ${variable}\``;
  throw new InputError(
    `network ${networkName} does not sign for the authority ${authority}: set its key ${variable}, ${ways}`,
  );
}

/** Those of the environment first: the folder is looked through if they are others'. */
async function* keysHere(hre: HardhatRuntimeEnvironment, state: State): AsyncGenerator<string> {
  for (const name of NAMES) {
    const key = await keyNamed(hre, name);
    if (key !== null) yield key;
  }
  const files = (await state.list("people")).filter((file) => file.endsWith(".json"));
  for (const file of files) {
    const person = await state.readIfThere(`people/${file}`, personSchema);
    if (person !== undefined) yield person.privateKey;
  }
}

function isContract(authority: Address): InputError {
  const what = `the authority ${authority} is a contract, and no key signs for it alone`;
  const remedy =
    "its members suspend, reinstate and revoke with --sign and --by, and certificates are signed by its own means";
  return new InputError(`${what}: ${remedy}`);
}
