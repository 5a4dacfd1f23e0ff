/**
 * A round of the market, from uploads that have arrived to sealed deliveries: admission with its
 * proofs, masking, opening, matching, sealing. Its matches are held against the plaintext oracle.
 */
import { localServers } from "../../market/localServers.ts";
import { breathe } from "../../core/primitives/breathe.ts";
import {
  watchMemory,
  type Cores,
  type DealtRound,
  type Measured,
  type RoundBench,
} from "./measuredRound.ts";
import { DisagreementError } from "./operations.ts";
import {
  AREA,
  AUCTION_ID,
  expectedMatches,
  ORDER_SEED,
  VENUE,
  type BenchWorld,
  type Sent,
} from "./roundWorld.ts";
import { roundClock } from "./roundClock.ts";
import { countedLines } from "./tappedLines.ts";
import { FIRST_ROUND } from "../../core/messages/market.ts";
import { BENCH_CLOUD, shownLook, sentInput } from "./benchRound.ts";

export interface MarketRound extends DealtRound, Cores {
  readonly bench: RoundBench;
}

/**
 * One round of the first of those who sent, as many as the world has. Bytes are those of everything
 * on the line between the servers, masked records included.
 * @throws DisagreementError if the round decides other than the oracle
 */
export async function runMarketRound(
  { roundKey, privateKey, cores, work, bench }: MarketRound,
  world: BenchWorld,
  sent: Sent,
): Promise<Measured> {
  const { nowMs, rng, signal } = bench;
  await breathe(signal);
  const traffic = { bytes: 0, matchingExchanges: 0 };
  const memory = watchMemory();
  const clock = roundClock(work, nowMs, countedLines(traffic));
  const servers = await localServers({
    ...{ work: clock.work, rng, lines: clock.lines },
    ...{ account: BENCH_CLOUD, look: () => shownLook },
  });
  await servers.keepPrivateKey(roundKey, privateKey);
  const fromMs = nowMs();
  const outcome = await servers.match({
    venue: VENUE,
    auctionId: AUCTION_ID,
    round: FIRST_ROUND,
    seed: ORDER_SEED,
    roundKey,
    area: AREA,
    ...sentInput({
      requests: sent.requests.slice(0, world.requests.length),
      offers: sent.offers.slice(0, world.offers.length),
    }),
    onProgress: memory.look,
    signal,
  });
  const seconds = (nowMs() - fromMs) / 1_000;
  memory.look();
  const found = new Map(outcome.matches.map(({ vehicle, pile }) => [vehicle, pile]));
  assertSame(world, found);
  return {
    pairs: outcome.comparedPairs,
    seconds,
    bytes: traffic.bytes,
    peakMiB: memory.peakMiB(),
    ...(cores === 1 && { secondsPerStage: clock.read() }),
  };
}

function assertSame(world: BenchWorld, found: ReadonlyMap<string, string>): void {
  const expected = expectedMatches(world);
  const same =
    found.size === expected.size &&
    [...expected].every(([buyer, seller]) => found.get(buyer) === seller);
  if (same) return;
  const size = `${world.requests.length} × ${world.offers.length}`;
  throw new DisagreementError(`runMarketRound: expected the oracle's matches, ${size}, got others`);
}
