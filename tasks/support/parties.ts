/**
 * Authority, proxy and cloud for the length of a command: in this process, or each in one of its
 * own.
 */
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemRng } from "../../offchain/core/primitives/random.ts";
import { generateSealKeyPair } from "../../offchain/core/primitives/sealedBox.ts";
import { partiesTogether, type AuctionParties } from "../../offchain/market/auctionParties.ts";
import { localServers, type LocalOptions } from "../../offchain/market/localServers.ts";
import type { EverybodysWork } from "../../offchain/market/work.ts";
import { removeButFaults } from "../../offchain/services/apart/leftovers.ts";
import { partiesApart } from "../../offchain/services/apart/partiesApart.ts";

export interface PartiesOptions {
  readonly apart: boolean;
  /** Of proxy and cloud, if they are in this process. */
  readonly work: EverybodysWork;
  /** Joins them there; without it, frames pass inside the process. */
  readonly lines: LocalOptions["lines"];
  readonly say: (line: string) => void;
}

/**
 * Runs `act` with the three parties, which end with it, and so does what they kept; only what one
 * has written of a fault that was not foreseen stays.
 */
export async function withParties<T>(
  { apart, work, lines, say }: PartiesOptions,
  act: (parties: AuctionParties) => Promise<T>,
): Promise<T> {
  if (!apart) {
    const servers = await localServers({ work, rng: systemRng, ...(lines && { lines }) });
    const sealKeys = await generateSealKeyPair(systemRng);
    return act(partiesTogether(servers, sealKeys, systemRng));
  }
  const folder = await mkdtemp(join(tmpdir(), "chargeveil-"));
  // It holds keys, and is not to stay if this process ends before its work.
  const removeNow = (): void => {
    removeButFaults(folder);
  };
  process.once("exit", removeNow);
  try {
    const parties = await partiesApart({ folder, say });
    try {
      return await act(parties);
    } finally {
      await parties.close();
    }
  } finally {
    removeNow();
    process.off("exit", removeNow);
  }
}
