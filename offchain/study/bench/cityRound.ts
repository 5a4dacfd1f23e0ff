/**
 * What a round costs as a city grows at constant density, stage by stage. Up to a size everything
 * is done: all owners encrypt and prove, the proxy admits, masks, the cloud opens, they match and
 * seal. Beyond it the round is matched and sealed as a whole on records that were masked in the
 * clear, and the stages whose work is so many records, each by itself, are reckoned from what a
 * record took in the largest round that was done in full. Every round is held against the oracle.
 */
import { getAddress, id } from "ethers";
import { breathe } from "../../core/primitives/breathe.ts";
import type { Ciphertext } from "../../core/primitives/paillier/publicKey.ts";
import { addPlain, ciphertextOf } from "../../core/primitives/paillier/publicKey.ts";
import { drawMasks, type Layout } from "../../core/messages/packedRecord.ts";
import { offerFields, requestFields } from "../../core/messages/records.ts";
import { roundKeyHash, type RoundKey } from "../../core/messages/roundKey.ts";
import { FIRST_ROUND } from "../../core/messages/market.ts";
import { localServers } from "../../market/localServers.ts";
import type { RoundOutcome } from "../../market/matching.ts";
import type { Rng } from "../../core/primitives/random.ts";
import type { Submission } from "../../parties/proxy/admission.ts";
import { candidatesOf } from "../../parties/server/neighbours.ts";
import type { EverybodysWork } from "../../market/work.ts";
import { cityWorld, type CityOptions, type CityWorld } from "./cityWorld.ts";
import { DAY_DEFAULTS } from "../day/defaults.ts";
import { cloakRuleOf } from "../day/rules.ts";
import type { Watch } from "./measure.ts";
import type { DealtRound } from "./measuredRound.ts";
import { DisagreementError, type BenchProgress } from "./operations.ts";
import {
  AUCTION_ID,
  expectedMatches,
  ORDER_SEED,
  participantIdOf,
  SEAL_KEY,
  sendAll,
  VENUE,
  type Kind,
  type Sent,
} from "./roundWorld.ts";
import type { SecondsPerStage } from "./benchReport.ts";
import { roundClock } from "./roundClock.ts";
import { uploadHash } from "../../core/messages/upload.ts";
import { headerHash } from "../../core/messages/uploadHeader.ts";
import { BENCH_CLOUD, shownLook, sentInput } from "./benchRound.ts";

export const CITY_STAGES = [
  "owners",
  "cloaking",
  "search",
  "admission",
  "masking",
  "opening",
  "matching",
] as const;
/**
 * `owners` encrypt, prove and sign, each its own record on its own machine: nobody waits for their
 * sum. `matching` is with everything from the opened records to the sealed deliveries.
 */
export type CityStage = (typeof CITY_STAGES)[number];
export type CitySeconds = Readonly<Record<CityStage, number>>;

export interface CityRow {
  /** I and J: vehicles, and as many piles. */
  readonly count: number;
  readonly sideM: number;
  readonly buckets: number;
  readonly suppressed: number;
  readonly matches: number;
  /** Pairs of a request and an offer in reach of its bucket. */
  readonly candidatePairs: number;
  /** Those whose offer had not left. */
  readonly comparedPairs: number;
  /** I·J */
  readonly allPairs: number;
  /**
   * Whether all was done, or owners, admission, masking and opening are reckoned from a smaller
   * round.
   */
  readonly isWhole: boolean;
  readonly secondsPerStage: CitySeconds;
  /** All stages but the owners'. */
  readonly seconds: number;
}

export const CITY_COUNTS: readonly number[] = [100, 1_000, 10_000];
/** The largest round of which everything is done: 2,000 proofs. */
export const WHOLE_UP_TO = 1_000;
/** As `cloakGrowth` is measured in `core/cloak/README.md`. */
export const CITY: CityOptions = {
  rule: cloakRuleOf(DAY_DEFAULTS),
  reachM: 1_600,
  seed: "growth",
};

export interface CityBench extends Watch, DealtRound {
  readonly rng: Rng;
  /** On this thread: stages are told apart by when they are asked for. */
  readonly work: EverybodysWork;
  readonly progress: BenchProgress;
}

/**
 * A row a count, ascending.
 * @throws DisagreementError if a round decides other than the oracle; the reason of the signal
 */
export async function measureCities(
  counts: readonly number[],
  wholeUpTo: number,
  options: CityOptions,
  bench: CityBench,
): Promise<readonly CityRow[]> {
  const rows: CityRow[] = [];
  const [first = 0] = counts;
  let reckoned = first > wholeUpTo ? await wholeCity(wholeUpTo, options, bench) : null;
  for (const count of counts) {
    const row =
      count <= wholeUpTo || reckoned === null
        ? await wholeCity(count, options, bench)
        : await dealtCity(count, options, bench, perRecord(reckoned));
    if (row.isWhole) reckoned = row;
    rows.push(row);
    bench.progress.say(`${count} × ${count}: ${row.seconds.toFixed(1)} s`);
  }
  return rows;
}

/** How fast something grows between two sizes: 1 is as fast as the city. */
export function exponentBetween(
  [fromCount, from]: readonly [number, number],
  [toCount, to]: readonly [number, number],
): number {
  return Math.log(to / from) / Math.log(toCount / fromCount);
}

/* A ROUND OF WHICH ALL IS DONE */

async function wholeCity(count: number, options: CityOptions, bench: CityBench): Promise<CityRow> {
  const { nowMs, signal, roundKey, work } = bench;
  const world = cityWorld(count, options, nowMs);
  await breathe(signal);
  const ownersFromMs = nowMs();
  const sent = await sendAll(world, roundKey, watched(work, bench, count), world.located);
  const ownersMs = nowMs() - ownersFromMs;
  const { result, seconds } = await timedRound(world, count, sent, work, bench);
  assertOracle(world, result, expectedMatches(world));
  const { candidatePairs, search } = searched(world, nowMs);
  const { sealing, ...stages } = seconds;
  return rowOf(world, result, candidatePairs, true, {
    ...stages,
    owners: ownersMs / 1_000,
    cloaking: world.cloakingMs / 1_000,
    search,
    matching: stages.matching + Math.max(0, sealing - search),
  });
}

/** Plays the round of those who sent, and tells its stages apart. */
async function timedRound(
  world: CityWorld,
  count: number,
  sent: Sent,
  work: EverybodysWork,
  { nowMs, rng, signal, roundKey, privateKey, progress }: CityBench,
): Promise<{ readonly result: RoundOutcome; readonly seconds: SecondsPerStage }> {
  const clock = roundClock(work, nowMs);
  const servers = await localServers({
    ...{ work: clock.work, rng, lines: clock.lines },
    ...{ account: BENCH_CLOUD, look: () => shownLook },
  });
  await servers.keepPrivateKey(roundKey, privateKey);
  const result = await servers.match({
    venue: VENUE,
    auctionId: AUCTION_ID,
    round: FIRST_ROUND,
    seed: ORDER_SEED,
    roundKey,
    area: world.area,
    ...sentInput(sent),
    onProgress: (done, total) => {
      progress.update(`${count} × ${count} matching`, done, total);
    },
    signal,
  });
  return { result, seconds: clock.read() };
}

/** Counts owners through, and lets the signal in before each. */
function watched(
  work: EverybodysWork,
  { signal, progress }: CityBench,
  count: number,
): EverybodysWork {
  let done = 0;
  let turn: Promise<unknown> = Promise.resolve();
  return {
    ...work,
    encryptProven: (...given) => {
      const next = turn.then(async () => {
        await breathe(signal);
        done += 1;
        progress.update(`${count} × ${count} owners`, done, 2 * count);
        return work.encryptProven(...given);
      });
      turn = next.catch(() => undefined);
      return next;
    },
  };
}

/* A ROUND ON RECORDS THAT WERE MASKED IN THE CLEAR */

/** Seconds of what is done record by record, for one. */
type PerRecord = Readonly<Record<"owners" | "admission" | "masking" | "opening", number>>;

function perRecord({ count, suppressed, secondsPerStage }: CityRow): PerRecord {
  const each = (stage: keyof PerRecord): number =>
    secondsPerStage[stage] / (2 * count - suppressed);
  return {
    owners: each("owners"),
    admission: each("admission"),
    masking: each("masking"),
    opening: each("opening"),
  };
}

async function dealtCity(
  count: number,
  options: CityOptions,
  bench: CityBench,
  each: PerRecord,
): Promise<CityRow> {
  const { nowMs, signal } = bench;
  const world = cityWorld(count, options, nowMs);
  const { sent, work } = dealtRecords(world, bench);
  await breathe(signal);
  const { result, seconds } = await timedRound(world, count, sent, work, bench);
  assertOracle(world, result, expectedMatches(world, dealtAccount));
  const { candidatePairs, search } = searched(world, nowMs);
  const records = sent.requests.length + sent.offers.length;
  return rowOf(world, result, candidatePairs, false, {
    owners: records * each.owners,
    cloaking: world.cloakingMs / 1_000,
    search,
    admission: records * each.admission,
    masking: records * each.masking,
    opening: records * each.opening,
    matching: seconds.matching + Math.max(0, seconds.sealing - search),
  });
}

/** As long as a signature, which nobody looks at. */
const UNCHECKED = `0x${"00".repeat(65)}`;

/**
 * Uploads whose ciphertexts stand for their records, taken for signed and proved, and servers that
 * find in their place what masking leaves.
 */
function dealtRecords(
  world: CityWorld,
  { roundKey, rng, work }: CityBench,
): { readonly sent: Sent; readonly work: EverybodysWork } {
  const fields = new Map<bigint, readonly bigint[]>();
  const masksOf = new Map<bigint, readonly bigint[]>();
  const hash = roundKeyHash(roundKey);
  const submitted = (kind: Kind, values: readonly bigint[], k: number): Submission => {
    const record = numbered(roundKey, fields.size);
    fields.set(record.value, values);
    const located = world.located[kind === "vehicle" ? "requests" : "offers"][k];
    if (located === undefined) throw new RangeError(`dealtRecords: expected ${kind} ${k}`);
    const account = dealtAccount(kind, k);
    const names = { auctionId: AUCTION_ID, account, sealKey: SEAL_KEY, roundKeyHash: hash };
    const place = { round: FIRST_ROUND, kind: kind === "vehicle" ? "request" : "offer" } as const;
    const upload = { ...names, ...place, ...located, record, proof: "0x" };
    const uploaded = uploadHash(upload);
    return {
      signed: { upload, signature: UNCHECKED },
      participantId: participantIdOf(kind, k),
      uploadHash: uploaded,
      commitment: uploaded,
      round: FIRST_ROUND,
    };
  };
  return {
    sent: {
      requests: world.requests.map((one, k) => submitted("vehicle", requestFields(one), k)),
      offers: world.offers.map((one, k) => submitted("pile", offerFields(one), k)),
    },
    work: {
      ...work,
      signedHashes: (_venue, uploads) =>
        Promise.resolve(uploads.map(({ upload }) => uploadHash(upload))),
      signedHeaders: (_venue, headers) =>
        Promise.resolve(headers.map(({ upload }) => headerHash(upload))),
      refusedUploads: () => Promise.resolve([]),
      maskRecords: (_key, layout: Layout, records) =>
        Promise.resolve(
          records.map((masked) => {
            const { masks } = drawMasks(layout, rng);
            masksOf.set(masked.value, masks);
            return { masked, masks };
          }),
        ),
      openRecords: (_key, _layout, records) =>
        Promise.resolve(records.map(({ value }) => sum(fields.get(value), masksOf.get(value)))),
    },
  };
}

/** A ciphertext that is no other one. */
function numbered({ shortKey: { publicKey } }: RoundKey, k: number): Ciphertext {
  return addPlain(ciphertextOf(publicKey, 1n), BigInt(k));
}

function sum(some: readonly bigint[] = [], others: readonly bigint[] = []): readonly bigint[] {
  return some.map((value, k) => value + (others[k] ?? 0n));
}

function dealtAccount(kind: Kind, k: number): string {
  return getAddress(id(`ChargeVeil bench dealt account/${kind}/${k}`).slice(0, 42));
}

/* ROWS */

function searched(
  { area, located }: CityWorld,
  nowMs: () => number,
): { readonly candidatePairs: number; readonly search: number } {
  const uploads = (all: CityWorld["located"]["requests"]) => all.map((upload) => ({ upload }));
  const [requests, offers] = [uploads(located.requests), uploads(located.offers)];
  const fromMs = nowMs();
  const lists = candidatesOf(area, requests, offers);
  const search = (nowMs() - fromMs) / 1_000;
  return { candidatePairs: lists.reduce((pairs, { length }) => pairs + length, 0), search };
}

function rowOf(
  world: CityWorld,
  { matches, comparedPairs }: RoundOutcome,
  candidatePairs: number,
  isWhole: boolean,
  secondsPerStage: CitySeconds,
): CityRow {
  const count = world.offers.length;
  const { sideM, buckets, suppressed } = world;
  const servers = CITY_STAGES.filter((stage) => stage !== "owners");
  return {
    count,
    sideM,
    buckets,
    suppressed,
    matches: matches.length,
    candidatePairs,
    comparedPairs,
    allPairs: count * count,
    isWhole,
    secondsPerStage,
    seconds: servers.reduce((total, stage) => total + secondsPerStage[stage], 0),
  };
}

function assertOracle(
  { requests, offers }: CityWorld,
  { matches }: RoundOutcome,
  expected: ReadonlyMap<string, string>,
): void {
  const same =
    matches.length === expected.size &&
    matches.every(({ vehicle, pile }) => expected.get(vehicle) === pile);
  if (same) return;
  const size = `${requests.length} × ${offers.length}`;
  throw new DisagreementError(`cityRound: expected the oracle's matches, ${size}, got others`);
}
