/**
 * Cities of any size at one density: that of the built-in town, 40 vehicles on 3 km × 3 km. What
 * grows with a city of these is growth itself and not crowding.
 */
import { SCENARIOS } from "./scenarios.ts";
import { seededStream, type Seed } from "./seededRng.ts";
import type { Position } from "./world.ts";

export interface City {
  readonly sideM: number;
  readonly vehicles: readonly Position[];
  readonly piles: readonly Position[];
}

const [TOWN] = SCENARIOS;

/** The side of a city of so many vehicles, in metres; rounded up. */
export function citySideM(vehicles: number): number {
  const { sideM, vehicles: inTown } = TOWN ?? { sideM: 3_000, vehicles: 40 };
  return Math.ceil(sideM * Math.sqrt(vehicles / inTown));
}

/**
 * A city with `count` vehicles and as many piles, uniform on its ground. Same seed and count: same
 * city.
 */
export function growingCity(seed: Seed, count: number): City {
  const sideM = citySideM(count);
  const places = (what: string): readonly Position[] => {
    const stream = seededStream(seed, `city/${count}/${what}`);
    const coordinate = (): number => stream.uniformInt(0, sideM);
    return Array.from({ length: count }, () => ({ xM: coordinate(), yM: coordinate() }));
  };
  return { sideM, vehicles: places("vehicles"), piles: places("piles") };
}
