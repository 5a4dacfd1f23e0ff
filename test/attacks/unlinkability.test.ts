/**
 * Two vehicles, and a session of one of them: whose is it? The adversary is the issuer and all
 * verifiers together. It knows γ, all join requests and all credentials (A, e) that it gave, the
 * earlier sessions of both vehicles with their names on, and the session itself; it does not know
 * θ, nor usk. Each distinguisher says one of the two, or nothing; the advantage is how much more
 * often it is right than wrong, and of n sessions a guess at random stays within 4/√n.
 *
 * On vehicles that draw badly, or have one pseudonym for all scopes, the same distinguishers are
 * always right.
 */
import { expect } from "chai";
import { id as hashOfText } from "ethers";
import { G, inverse, type PointG1, reduced } from "../../offchain/core/credential/group.ts";
import type { Credential } from "../../offchain/core/credential/holder.ts";
import {
  type Presentation,
  presentationFromBytes,
  presentationToBytes,
} from "../../offchain/core/credential/presentation.ts";
import { scopeId } from "../../offchain/core/credential/scope.ts";
import { showCredential } from "../../offchain/core/credential/show.ts";
import { randomBits } from "../../offchain/core/primitives/random.ts";
import { bytesToBigint } from "../../offchain/core/primitives/bytes.ts";
import {
  clearPoint,
  type Choices,
  goodChoices,
  looseShow,
  PRESENTED_FIELDS,
} from "../support/credential/strawMen.ts";
import { CHARGE, credentialsOf, type World, worldOf } from "../support/credential/world.ts";

/**
 * A thousand with `npm run deep:links`: the standard error is what decides how small an advantage
 * is seen.
 */
const SESSIONS = process.env.DEEP === "1" ? 1_000 : 200;
const STRAW_SESSIONS = 12;
const EARLIER = 2;

/** What the adversary knows of a vehicle. */
interface Suspect {
  /** A and e: the issuer's own. */
  readonly a: PointG1;
  readonly e: bigint;
  /** V. */
  readonly identifier: PointG1;
  /** V, 2·V, γ·V. */
  readonly multiples: readonly PointG1[];
  readonly earlier: readonly Presentation[];
}

/** How strongly a session looks like a suspect's; equal for both means nothing said. */
type Likeness = (session: Presentation, suspect: Suspect, world: World) => number;

/** A session of a vehicle in a scope. */
type Session = (credential: Credential, scope: Uint8Array, world: World) => Uint8Array;

const truth = (value: boolean): number => (value ? 1 : 0);

const DISTINGUISHERS: Readonly<Record<string, Likeness>> = {
  "any equal field": (session, { earlier }) => {
    const fields = fieldsOf(session);
    return earlier.filter((one) => fieldsOf(one).some((field) => fields.includes(field))).length;
  },
  "the unblinded signature": (session, { a }) => truth(session.aBar.equals(a)),
  "the answers as if nothing blinded A's e": ({ challenge, s3, se }, { e }, _world) =>
    truth(reduced(s3 * e) === se || reduced(se - challenge * e) === reduced(s3 - challenge)),
  "a nonce used twice": ({ challenge, su }, { earlier, identifier }) =>
    truth(
      earlier.some((one) => {
        const difference = reduced(challenge - one.challenge);
        if (difference === 0n) return false;
        const usk = reduced((su - one.su) * inverse(difference));
        return usk !== 0n && G.multiplyUnsafe(usk).equals(identifier);
      }),
    ),
  "an escrow with a small ρ": ({ e1, e2 }, { identifier }, { parameters }) => {
    const hidden = e2.subtract(identifier);
    const T = parameters.tracers.point;
    return truth(
      SMALL.some((rho) => hidden.equals(T.multiplyUnsafe(rho)) && e1.equals(G.multiplyUnsafe(rho))),
    );
  },
  "an escrow under the issuer's key": ({ e1, e2 }, { identifier }, { issuerKey }) =>
    truth(e2.subtract(identifier).equals(e1.multiplyUnsafe(issuerKey.secret))),
  "the pseudonym as a multiple of V": ({ nym }, { multiples }) =>
    truth(multiples.some((multiple) => nym.equals(multiple))),
  "bits of the pseudonym": (session, { earlier }) =>
    -sum(earlier.map((one) => distance(session.nym.toBytes(), one.nym.toBytes()))),
  "bits of everything": (session, { earlier }) =>
    -sum(earlier.map((one) => distance(bytesOf(session), bytesOf(one)))),
  "the size of the answers": ({ su, sRho }, { earlier }) =>
    -Math.abs(
      Number((su + sRho) >> 200n) -
        sum(earlier.map((one) => Number((one.su + one.sRho) >> 200n))) / EARLIER,
    ),
};
const SMALL = [1n, 2n, 3n];

const real: Session = (credential, scope, world) =>
  showCredential(world.parameters, credential, { scope, message: scope }, world.rng);

/** A vehicle that chooses some of what it should draw. */
function careless(bad: (good: Choices, world: World) => Partial<Choices>): Session {
  return (credential, scope, world) => {
    const good = goodChoices(scope, world.rng);
    const choices = { ...good, ...bad(good, world) };
    const occasion = { scope, message: scope };
    return presentationToBytes(looseShow(world.parameters, credential, occasion, choices));
  };
}

/** Which distinguisher is always right on it. */
const STRAW_MEN: readonly (readonly [name: string, distinguisher: string, Session])[] = [
  [
    "one pseudonym for all scopes",
    "any equal field",
    careless(() => ({ base: clearPoint(CHARGE) })),
  ],
  ["the signature not blinded", "the unblinded signature", careless(() => ({ rho1: 1n }))],
  [
    "the same nonces again",
    "a nonce used twice",
    careless(() => ({ nonces: [11n, 12n, 13n, 14n] })),
  ],
  ["an escrow that is not random", "an escrow with a small ρ", careless(() => ({ rho: 2n }))],
  [
    "nothing blinded and one nonce for both",
    "the answers as if nothing blinded A's e",
    careless(({ nonces: [k, , ...rest] }) => ({ rho1: 1n, nonces: [k, k, ...rest] })),
  ],
  [
    "a base of known logarithm",
    "the pseudonym as a multiple of V",
    careless(() => ({ base: G.double() })),
  ],
];

describe("two vehicles in different scopes", function () {
  this.timeout(600 * SESSIONS);

  let world: World;
  let vehicles: readonly Credential[];

  before(async () => {
    world = worldOf("unlinkability");
    vehicles = await credentialsOf(world, ["anna", "ben"]);
  });

  it(`cannot be told apart by issuer and verifiers together, in ${SESSIONS} sessions`, () => {
    const bound = 4 / Math.sqrt(SESSIONS);
    const advantages = measured(world, vehicles, real, SESSIONS, Object.keys(DISTINGUISHERS));
    for (const [name, advantage] of Object.entries(advantages)) {
      console.log(`        ${name}: ${advantage.toFixed(3)} (bound ${bound.toFixed(3)})`);
      expect(Math.abs(advantage), name).to.be.at.most(bound);
    }
  });

  for (const [name, distinguisher, session] of STRAW_MEN) {
    it(`can be, with ${name}: ${distinguisher}`, () => {
      const advantages = measured(world, vehicles, session, STRAW_SESSIONS, [distinguisher]);
      expect(advantages[distinguisher]).to.equal(1);
    });
  }

  it("have one pseudonym each within a scope: the same in another role, after a new credential, in any session", () => {
    const scope = scopeOf(world, "one scope", 0);
    const [anna, ben] = vehicles;
    if (anna === undefined || ben === undefined) throw new RangeError("expected two vehicles");
    const other = { attributes: { role: "discharge", epoch: 20_001 }, usk: anna.usk } as const;
    const again = { ...other, a: ben.a, e: ben.e };
    const nym = (credential: Credential): string =>
      presentationFromBytes(real(credential, scope, world)).nym.toHex();
    expect(nym(anna)).to.equal(nym(anna)).and.to.equal(nym(again));
    expect(nym(anna)).not.to.equal(nym(ben));
  });
});

/**
 * How much more often right than wrong, by distinguisher; ties are no guess and count as neither.
 */
function measured(
  world: World,
  vehicles: readonly Credential[],
  session: Session,
  sessions: number,
  names: readonly string[],
): Readonly<Record<string, number>> {
  const suspects = vehicles.map((vehicle, i) => suspectOf(world, vehicle, i, session));
  const scores = new Map(names.map((name) => [name, 0]));
  for (let run = 0; run < sessions; run += 1) {
    const coin = Number(randomBits(world.rng, 1));
    const shown = vehicles
      .slice(coin, coin + 1)
      .map((vehicle) => session(vehicle, scopeOf(world, "target", run), world))
      .map(presentationFromBytes);
    for (const target of shown) {
      for (const name of names) {
        const likeness = DISTINGUISHERS[name] ?? (() => 0);
        const [first = 0, second = 0] = suspects.map((one) => likeness(target, one, world));
        const guess = Math.sign(second - first) * (coin === 1 ? 1 : -1);
        scores.set(name, (scores.get(name) ?? 0) + guess);
      }
    }
  }
  return Object.fromEntries([...scores].map(([name, score]) => [name, score / sessions]));
}

function suspectOf(world: World, vehicle: Credential, i: number, session: Session): Suspect {
  const earlier = Array.from({ length: EARLIER }, (_, run) =>
    presentationFromBytes(session(vehicle, scopeOf(world, `earlier of ${i}`, run), world)),
  );
  const identifier = G.multiply(vehicle.usk);
  const multiples = [1n, 2n, world.issuerKey.secret].map((x) => identifier.multiply(x));
  return { a: vehicle.a, e: vehicle.e, identifier, multiples, earlier };
}

function scopeOf({ parameters }: World, place: string, slot: number): Uint8Array {
  return scopeId(parameters, { service: "session", place: hashOfText(place), slot });
}

function bytesOf(presentation: Presentation): Uint8Array {
  return presentationToBytes(presentation);
}

/** All fields but the attributes, which are meant to be shared. */
function fieldsOf(presentation: Presentation): readonly bigint[] {
  const bytes = bytesOf(presentation);
  return Object.values(PRESENTED_FIELDS)
    .filter(([, width]) => width > 4)
    .map(([place, width]) => bytesToBigint(bytes.subarray(place, place + width)));
}

/** Differing bits. */
function distance(a: Uint8Array, b: Uint8Array): number {
  const differences = bytesToBigint(a) ^ bytesToBigint(b);
  return differences.toString(2).replaceAll("0", "").length;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
