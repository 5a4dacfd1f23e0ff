/**
 * The attacker of P3: a server that sees differences of coordinates with their signs, and one user
 * who tells it its own place. Differences connect users as roads connect towns; from the one known
 * place it walks along them to every other. It takes numbers as they come, so the same attacker can
 * be set on masked ones.
 */
export interface Place {
  readonly xM: number;
  readonly yM: number;
}

/** What was seen of a pair: place of `from` minus place of `to`. */
export interface SeenDifference {
  readonly from: string;
  readonly to: string;
  readonly dxM: number;
  readonly dyM: number;
}

interface Road {
  readonly to: string;
  readonly dxM: number;
  readonly dyM: number;
}

/** The places of all that a chain of differences leads to, the colluder's own included. */
export function recoverConstellation(
  seen: readonly SeenDifference[],
  colluder: Place & { readonly name: string },
): ReadonlyMap<string, Place> {
  const roads = roadsOf(seen);
  const places = new Map<string, Place>([[colluder.name, { xM: colluder.xM, yM: colluder.yM }]]);
  // A map lists what is added while it is walked through.
  for (const [name, { xM, yM }] of places) {
    for (const { to, dxM, dyM } of roads.get(name) ?? []) {
      if (!places.has(to)) places.set(to, { xM: xM - dxM, yM: yM - dyM });
    }
  }
  return places;
}

/**
 * How far each guess is off, in metres; who is not found is guessed to be at `prior`, as one would
 * without any attack.
 */
export function positionErrorsM(
  truth: ReadonlyMap<string, Place>,
  guesses: ReadonlyMap<string, Place>,
  prior: Place,
): readonly number[] {
  return [...truth].map(([name, place]) => {
    const guess = guesses.get(name) ?? prior;
    return Math.hypot(guess.xM - place.xM, guess.yM - place.yM);
  });
}

/**
 * The middle one of an odd number of values, the upper of the two middle ones of an even number.
 */
export function medianOf(values: readonly number[]): number {
  const middle = values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
  if (middle === undefined) throw new RangeError("medianOf: expected values, got none");
  return middle;
}

function roadsOf(seen: readonly SeenDifference[]): ReadonlyMap<string, readonly Road[]> {
  const roads = new Map<string, Road[]>();
  const build = (from: string, road: Road): void => {
    const known = roads.get(from);
    if (known === undefined) roads.set(from, [road]);
    else known.push(road);
  };
  for (const { from, to, dxM, dyM } of seen) {
    build(from, { to, dxM, dyM });
    build(to, { to: from, dxM: -dxM, dyM: -dyM });
  }
  return roads;
}
