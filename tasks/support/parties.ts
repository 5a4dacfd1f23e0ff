/**
 * Authority, proxy and cloud for the length of a command: in this process, or each in one of its
 * own.
 */
import { Wallet } from "ethers";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Market } from "../../offchain/chain/market.ts";
import { bytesToHex } from "../../offchain/core/primitives/bytes.ts";
import { systemRng } from "../../offchain/core/primitives/random.ts";
import { generateSealKeyPair } from "../../offchain/core/primitives/sealedBox.ts";
import { partiesTogether, type AuctionParties } from "../../offchain/market/auctionParties.ts";
import { localServers, type LocalOptions } from "../../offchain/market/localServers.ts";
import { lookingAt } from "../../offchain/market/secondServer.ts";
import type { EverybodysWork } from "../../offchain/market/work.ts";
import { removeButFaults } from "../../offchain/services/apart/leftovers.ts";
import { openChainDoor } from "../../offchain/services/apart/chainDoor.ts";
import { partiesApart, type ApartOptions } from "../../offchain/services/apart/partiesApart.ts";
import { chainOf } from "../../offchain/services/chain.ts";

export interface PartiesOptions {
  readonly apart: boolean;
  /** Of proxy and cloud, if they are in this process. */
  readonly work: EverybodysWork;
  /** Joins them there; without it, frames pass inside the process. */
  readonly lines: LocalOptions["lines"];
  /** That the cloud looks at. */
  readonly market: Market;
  readonly say: (line: string) => void;
}

/**
 * Runs `act` with the three parties, which end with it, and so does what they kept; only what one
 * has written of a fault that was not foreseen stays.
 */
export async function withParties<T>(
  { apart, work, lines, market, say }: PartiesOptions,
  act: (parties: AuctionParties) => Promise<T>,
): Promise<T> {
  if (!apart) {
    const servers = await localServers({
      work,
      rng: systemRng,
      account: new Wallet(bytesToHex(systemRng.bytes(32))),
      look: lookingAt(market),
      ...(lines && { lines }),
    });
    const sealKeys = await generateSealKeyPair(systemRng);
    return act(await partiesTogether(servers, sealKeys, market.venue, systemRng));
  }
  const folder = await mkdtemp(join(tmpdir(), "chargeveil-"));
  // It holds keys, and is not to stay if this process ends before its work.
  const removeNow = (): void => {
    removeButFaults(folder);
  };
  process.once("exit", removeNow);
  try {
    const door = await openChainDoor(market.provider);
    try {
      return await withProcesses({ folder, chain: await chainOf(market, door.url), say }, act);
    } finally {
      await door.close();
    }
  } finally {
    removeNow();
    process.off("exit", removeNow);
  }
}

async function withProcesses<T>(
  options: ApartOptions,
  act: (parties: AuctionParties) => Promise<T>,
): Promise<T> {
  const parties = await partiesApart(options);
  try {
    return await act(parties);
  } finally {
    await parties.close();
  }
}
