/**
 * A round of the market, from uploads that have arrived to sealed deliveries: admission with its proofs, masking, opening,
 * matching, sealing. Its matches are held against the plaintext oracle.
 */
import type { RoundKey } from "../messages/roundKey.ts";
import { matchSubmissions, type Line, type MatchingMode } from "../modes.ts";
import type { PrivateKey } from "../primitives/paillier/privateKey.ts";
import type { Exchange } from "../primitives/sharing/party.ts";
import type { HeavyWork } from "../workers/heavyWork.ts";
import { breathe } from "./measure.ts";
import { watchMemory, type Measured, type RoundBench } from "./measuredRound.ts";
import { DisagreementError } from "./operations.ts";
import {
  AUCTION_ID,
  expectedMatches,
  ORDER_SEED,
  VENUE,
  type BenchWorld,
  type Sent,
} from "./roundWorld.ts";

export interface MarketRound {
  readonly mode: MatchingMode;
  readonly roundKey: RoundKey;
  readonly privateKey: PrivateKey;
  readonly work: HeavyWork;
  readonly bench: RoundBench;
}

/** @throws DisagreementError if the round decides other than the oracle */
export async function runMarketRound(
  { mode, roundKey, privateKey, work, bench }: MarketRound,
  world: BenchWorld,
  sent: Sent,
): Promise<Measured> {
  await breathe(bench.signal);
  const traffic = { bytes: 0 };
  const tapped: MatchingMode = {
    name: mode.name,
    join: (line, ...rest) => mode.join(tap(line, traffic), ...rest),
  };
  const memory = watchMemory();
  const size = world.requests.length;
  const from = bench.nowMs();
  const outcome = await matchSubmissions(tapped, {
    venue: VENUE,
    auctionId: AUCTION_ID,
    seed: ORDER_SEED,
    roundKey,
    privateKey,
    requests: sent.requests.slice(0, size),
    offers: sent.offers.slice(0, size),
    work,
    rng: bench.rng,
    onProgress: memory.look,
    signal: bench.signal,
  });
  const seconds = (bench.nowMs() - from) / 1_000;
  const found = new Map(outcome.matches.map(({ vehicle, pile }) => [vehicle, pile]));
  assertSame(mode.name, size, found, expectedMatches(world));
  const records = 2 * size * roundKey.shortKey.publicKey.ciphertextBytes;
  return {
    pairs: outcome.comparedPairs,
    seconds,
    bytes: traffic.bytes + records,
    peakMiB: memory.peakMiB(),
  };
}

/** Both ends, with every word that is sent counted. */
function tap([proxyEnd, cloudEnd]: Line, traffic: { bytes: number }): Line {
  const counted =
    (end: Exchange): Exchange =>
    (mine) => {
      traffic.bytes += mine.byteLength;
      return end(mine);
    };
  return [counted(proxyEnd), counted(cloudEnd)];
}

function assertSame(
  mode: string,
  size: number,
  found: ReadonlyMap<string, string>,
  expected: ReadonlyMap<string, string>,
): void {
  const same =
    found.size === expected.size &&
    [...expected].every(([buyer, seller]) => found.get(buyer) === seller);
  if (same) return;
  const message = `runMarketRound: expected the oracle's matches in mode ${mode}, ${size} × ${size}, got others`;
  throw new DisagreementError(message);
}
