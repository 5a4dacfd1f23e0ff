/**
 * A city of any size at the density of the built-in town, in which vehicles are cloaked and piles
 * name their own cell. Who cannot be cloaked takes no part.
 */
import { id } from "ethers";
import { cellOf } from "../../core/cloak/grid.ts";
import {
  reciprocalBuckets,
  type Bucket,
  type CloakRule,
} from "../../core/cloak/reciprocalBuckets.ts";
import { unitedRequest } from "../../core/cloak/unitedRequest.ts";
import { sortedCells, type Area } from "../../core/messages/area.ts";
import type { ClearOffer, ClearRequest } from "../../core/messages/records.ts";
import { NO_SET } from "../../core/messages/upload.ts";
import { growingCity } from "../worlds/growingCity.ts";
import { seededRng, seededStream, type Seed } from "../worlds/seededRng.ts";
import type { Position } from "../worlds/world.ts";
import { FEATURE_COUNT, type BenchWorld, type Locations } from "./roundWorld.ts";

export interface CityWorld extends BenchWorld {
  readonly sideM: number;
  readonly area: Area;
  readonly located: Locations;
  readonly buckets: number;
  readonly suppressed: number;
  /** What making the buckets and their requests took. */
  readonly cloakingMs: number;
}

export interface CityOptions {
  readonly rule: CloakRule;
  /** The farthest pile that anybody accepts, in metres; trips accept half as much to all of it. */
  readonly reachM: number;
  readonly seed: Seed;
}

/**
 * A city with `count` vehicles and as many piles. All but the time depends on the options alone.
 */
export function cityWorld(
  count: number,
  { rule, reachM, seed }: CityOptions,
  nowMs: () => number,
): CityWorld {
  const { sideM, vehicles, piles } = growingCity(seed, count);
  const { cellM } = rule;
  const placed = vehicles.map((at, k) => ({ nym: String(k), cell: cellOf(at, cellM) }));
  const fromMs = nowMs();
  const { buckets, suppressed } = reciprocalBuckets(placed, rule, seededRng(seed));
  const requests = buckets.flatMap(requestOfMembers);
  const cloakingMs = nowMs() - fromMs;
  const columns = Math.floor(sideM / cellM) + 1;
  const offers = piles.map((at) => ({ setId: NO_SET, cells: [cellOf(at, cellM)] }));
  return {
    sideM,
    area: { cellM, west: 0, south: 0, columns, rows: columns, reachM },
    located: { requests: requests.map(({ located }) => located), offers },
    buckets: buckets.length,
    suppressed: suppressed.length,
    cloakingMs,
    ...wishes(seed, reachM, placesOf(requests, vehicles), piles),
  };
}

interface Member {
  readonly vehicle: number;
  readonly located: Locations["requests"][number];
}

/** What the members of a bucket send, each the same. */
function requestOfMembers(bucket: Bucket): readonly Member[] {
  const contents = bucket.map(() => new Uint8Array(1));
  const { setId, cells } = unitedRequest(bucket, 0, contents);
  const located = { setId, cells: sortedCells(cells) };
  return bucket.map(({ nym }) => ({ vehicle: Number(nym), located }));
}

function placesOf(members: readonly Member[], all: readonly Position[]): readonly Position[] {
  return members.flatMap(({ vehicle }) => all.slice(vehicle, vehicle + 1));
}

/** Prices and needs as in the other rounds of the bench (`roundWorld.ts`). */
function wishes(
  seed: Seed,
  reachM: number,
  buyers: readonly Position[],
  sellers: readonly Position[],
): BenchWorld {
  const stream = seededStream(seed, `wishes/${sellers.length}`);
  const some = (share: number): readonly (bigint | null)[] =>
    Array.from({ length: FEATURE_COUNT }, () => (stream.uniform() < share ? 0n : null));
  return {
    requests: buyers.map((position): ClearRequest => ({
      position,
      maxPricePerKwh: BigInt(stream.uniformInt(350_000, 600_000)),
      maxDistanceM: stream.uniformInt(Math.floor(reachM / 2), reachM),
      featureBids: some(1 / 4),
    })),
    offers: sellers.map((position, k): ClearOffer => ({
      position,
      siteSalt: id(`site/${k}`),
      pricePerKwh: BigInt(stream.uniformInt(250_000, 550_000)),
      powerW: 11_000,
      featureAsks: some(3 / 4),
      salt: id(`salt/${k}`),
    })),
  };
}
