/**
 * The state folder of somebody who plays everybody of a world, whose accounts are those of `hardhat
 * node`.
 */
import { HDNodeWallet } from "ethers";
import type { MarketContracts } from "../../../offchain/chain/market.ts";
import { stateIn } from "../../../tasks/stores/state.ts";
import type { MarketWorld, Participant } from "../market/deployed.ts";

/** Of `hardhat node`. */
const MNEMONIC = "test test test test test test test test test test test junk";
const CONTRACTS = [
  "token",
  "identities",
  "escrow",
  "reputation",
  "auctions",
  "openAuctions",
  "meters",
  "sessions",
  "coupons",
] as const satisfies readonly (keyof MarketContracts)[];

/** Where the contracts of a world are. */
export async function writeDeployment(
  { market, authority }: MarketWorld,
  folder: string,
): Promise<void> {
  const addresses = await Promise.all(
    CONTRACTS.map(async (name) => [name, await market.contracts[name].getAddress()] as const),
  );
  await stateIn(folder).write("deployment.json", {
    chainId: market.chainId.toString(),
    tokenIsDemo: true,
    court: authority.address,
    ...Object.fromEntries(addresses),
  });
}

/** Both servers, vehicle and pile of a world as mia, cloud, eva and paul. */
export async function writePeople(
  { matcher, secondServer, vehicle, pile }: MarketWorld,
  folder: string,
): Promise<void> {
  await writePerson(folder, "mia", "matcher", matcher);
  await writePerson(folder, "cloud", "matcher", secondServer);
  await writePerson(folder, "eva", "vehicle", vehicle);
  await writePerson(folder, "paul", "pile", pile);
}

async function writePerson(
  folder: string,
  name: string,
  kind: "matcher" | "vehicle" | "pile",
  { signer, id }: Participant,
): Promise<void> {
  await stateIn(folder).writeSecret(`people/${name}.json`, {
    name,
    kind,
    privateKey: keyOf(signer.address),
    participantId: id,
    sealPublicKey: "0x",
    sealPrivateKey: "0x",
    site: null,
  });
}

/** The key of one of the node's accounts. */
function keyOf(address: string): string {
  for (let place = 0; place < 20; place += 1) {
    const path = `m/44'/60'/0'/0/${place}`;
    const wallet = HDNodeWallet.fromPhrase(MNEMONIC, "", path);
    if (wallet.address === address) return wallet.privateKey;
  }
  throw new Error(`keyOf: expected an account of the node, got ${address}`);
}
