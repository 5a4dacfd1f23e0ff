/**
 * The market of a state folder, on the network that the command line names: contracts, the
 * operator's account, and the people whose keys the folder holds.
 */
import { Wallet, type Signer } from "ethers";
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { hexToBytes } from "../../offchain/core/primitives/bytes.ts";
import type { SealKeyPair } from "../../offchain/core/primitives/sealedBox.ts";
import { connectMarket, pendingSeconds, type Market } from "../../offchain/chain/market.ts";
import { gasLedger } from "../../offchain/chain/gasLedger.ts";
import type { Faucet } from "../../offchain/chain/funds.ts";
import { authorityOf } from "./authority.ts";
import { requireArtifacts } from "./artifacts.ts";
import { contractsAt } from "./contracts.ts";
import { demoFaucet } from "./demoToken.ts";
import { pasteable } from "./hints.ts";
import { HOW_TO_NAME_A_NODE, isInThisProcess, requireNode } from "./nodes.ts";
import { addressIn, fileNameOf } from "./naming.ts";
import { InputError } from "./outcome.ts";
import { requireKeeping } from "../stores/keeping.ts";
import {
  deploymentSchema,
  personSchema,
  stateIn,
  StateError,
  type Deployment,
  type Person,
  type State,
} from "../stores/state.ts";
import { operatorOf } from "./operator.ts";

export interface Connected {
  readonly market: Market;
  readonly state: State;
  readonly deployment: Deployment;
  /**
   * Who has deployed, and pays for newcomers. Reading asks for nobody's key.
   * @throws InputError if neither the node nor a key signs for it
   */
  readonly operator: () => Promise<Signer>;
  /** Who certifies, suspends and ends keys. @throws InputError as `authorityOf` */
  readonly authority: () => Promise<Signer>;
  /** Null where the token is a real one. */
  readonly faucet: Faucet | null;
  /**
   * The chain's idea of now, in unix seconds: what the next transaction is going to be judged by.
   */
  readonly now: () => Promise<number>;
}

export interface Player {
  readonly person: Person;
  readonly wallet: Wallet;
  readonly sealKeys: SealKeyPair;
}

/** @throws StateError if the folder holds no deployment, or the chain does not have it. */
export async function connect(hre: HardhatRuntimeEnvironment, folder: string): Promise<Connected> {
  const state = stateIn(folder);
  const deployment = await readDeployment(state);
  await requireArtifacts(hre);
  const connection = await hre.network.getOrCreate();
  await requireNode(connection);
  const { ethers } = connection;
  const { provider } = ethers;
  if ((await provider.getCode(deployment.auctions)) === "0x") {
    const where = `no market at ${deployment.auctions} on network ${connection.networkName}`;
    const why = isInThisProcess(connection)
      ? `that is a chain inside this process: ${HOW_TO_NAME_A_NODE}`
      : `${folder} is the state of another chain, or the node was restarted; name the chain with --network, or deploy in another folder with --state`;
    throw new StateError(`${where}: ${why}`);
  }
  const contracts = await contractsAt(ethers, deployment);
  const market = await connectMarket(provider, contracts, gasLedger());
  const faucet = deployment.tokenIsDemo
    ? demoFaucet(await ethers.getContractAt("DemoToken", deployment.token))
    : null;
  return {
    market,
    state,
    deployment,
    operator: () => operatorOf(hre),
    authority: () => authorityOf(hre, market, state),
    faucet,
    now: () => pendingSeconds(market),
  };
}

/**
 * The same, for a task that sends something and keeps what belongs to it: what could not be kept is
 * not sent.
 * @throws StateError, also if nothing can be kept in the folder
 */
export async function connectToKeep(
  hre: HardhatRuntimeEnvironment,
  folder: string,
): Promise<Connected> {
  await requireKeeping(folder);
  return connect(hre, folder);
}

/**
 * Somebody whose keys the state folder holds.
 * @param option by which it was named
 * @throws StateError, InputError
 */
export async function playerNamed(
  connected: Connected,
  name: string,
  option = "as",
): Promise<Player> {
  const person = await personIn(connected.state, personPath(name, option), name);
  return {
    person,
    wallet: new Wallet(person.privateKey, connected.market.provider),
    sealKeys: {
      publicKey: hexToBytes(person.sealPublicKey),
      privateKey: hexToBytes(person.sealPrivateKey),
    },
  };
}

/** The same, if it takes part as `kind`. @throws InputError if not */
export async function playerOfKind(
  connected: Connected,
  name: string,
  kind: Person["kind"],
): Promise<Player> {
  const player = await playerNamed(connected, name);
  if (player.person.kind === kind) return player;
  throw new InputError(`--as: expected a ${kind}, ${name} is a ${player.person.kind}`);
}

/** The account of a pile that is named, or given by its address. @throws StateError, InputError */
export async function accountOfPile(connected: Connected, pile: string): Promise<string> {
  if (pile === "") throw new InputError("--pile: expected the name or the address of a pile");
  const address = addressIn("pile", pile);
  if (address !== null) return address;
  const { person, wallet } = await playerNamed(connected, pile, "pile");
  if (person.kind === "pile") return wallet.address;
  throw new InputError(`--pile: expected a pile, ${person.name} is a ${person.kind}`);
}

/** Where a person's keys are. @throws InputError for a name that is no file name */
export function personPath(name: string, option = "as"): string {
  return `people/${fileNameOf(option, name)}.json`;
}

async function personIn(state: State, path: string, name: string): Promise<Person> {
  const person = await state.readIfThere(path, personSchema);
  if (person !== undefined) return person;
  const enrol = pasteable(state, `identity enrol --as ${name}`);
  const remedy = `name somebody who is in it or another folder with --state, or run \`${enrol}\``;
  throw new StateError(`the state folder ${state.folder} holds no ${path}: ${remedy}`);
}

async function readDeployment(state: State): Promise<Deployment> {
  const deployment = await state.readIfThere("deployment.json", deploymentSchema);
  if (deployment !== undefined) return deployment;
  const deploy = pasteable(state, "market deploy");
  const remedy = "copy the operator's deployment.json there, name another folder with --state";
  throw new StateError(`no market in ${state.folder}: ${remedy}, or run \`${deploy}\` first`);
}
