/**
 * P3 on our matching: a server with everything that it gets in a whole round and a colluding
 * seller's place finds nobody else. The straw man is what the cloud would get if nothing were
 * masked: there the same attacker finds everybody.
 */
import { expect } from "chai";
import { seededStream } from "../../offchain/study/worlds/seededRng.ts";
import { cityOf, recordsOf, SIDE_M, type Records } from "../support/attacks/city.ts";
import {
  medianOf,
  positionErrorsM,
  recoverConstellation,
  type Place,
  type SeenDifference,
} from "../support/attacks/constellation.ts";
import {
  anyPile,
  learnMarket,
  placeFromCrowd,
  type KnownMarket,
} from "../support/attacks/crowd.ts";
import { profileOf, type MappedPile } from "../support/attacks/profile.ts";
import { playBare, wordsHeard, type ServerView } from "../support/attacks/servers.ts";
import {
  uploadAll,
  watchRound,
  type Uploaded,
  type WatchedRound,
} from "../support/attacks/wholeRound.ts";

const USERS = 20;
const CENTRE: Place = { xM: SIDE_M / 2, yM: SIDE_M / 2 };
const NO_BETTER_THAN_GUESSING_M = 0.3 * SIDE_M;

describe("constellation attack on our matching", () => {
  let uploaded: Uploaded;
  let market: KnownMarket;
  let round: WatchedRound;

  before(async () => {
    uploaded = await uploadAll(cityOf("constellation", USERS, USERS));
    round = await watchRound(uploaded);
    const stream = seededStream("constellation", "market");
    market = learnMarket(() => anyPile(stream, SIDE_M, [200_000, 500_000]), SIDE_M);
  });

  const placeOf = (name: string): Place => {
    const [side, number] = name.split(" ");
    const users = side === "buyer" ? uploaded.buyers : uploaded.sellers;
    return users[Number(number)]?.clear.position ?? CENTRE;
  };
  const numbers = [...Array(USERS).keys()];
  /** Everybody but the colluder. */
  const others = (colluder: string): ReadonlyMap<string, Place> =>
    new Map(
      numbers
        .flatMap((k) => [`buyer ${k}`, `seller ${k}`])
        .filter((name) => name !== colluder)
        .map((name) => [name, placeOf(name)]),
    );
  /** A seller that nobody takes, so that it is there until the end. */
  const colluderOf = ({ result }: WatchedRound): number => {
    const taken = new Set(result.matches.map(({ pile }) => pile));
    return uploaded.sellers.findIndex(({ person }) => !taken.has(person.wallet.address));
  };

  for (const who of ["cloud", "proxy"] as const) {
    it(`finds nobody by differences of what the ${who} holds`, () => {
      const name = `seller ${colluderOf(round)}`;
      const seen = differences(round[who].summands);
      const found = recoverConstellation(seen, { name, ...placeOf(name) });
      const errors = positionErrorsM(others(name), intoCity(found), CENTRE);
      expect(errors).to.have.lengthOf(2 * USERS - 1);
      expect(medianOf(errors)).to.be.above(NO_BETTER_THAN_GUESSING_M);
    });

    it(`finds no buyer by what the ${who} reads on the line`, () => {
      const seller = colluderOf(round);
      const colluder = mapped(uploaded, seller);
      const guesses = profilesSeen(round[who]).map((profile) =>
        placeFromCrowd(market, colluder, { profile, suspects: [...profile.keys()] }),
      );
      const errors = guesses.map((guess, k) => apartM(guess, placeOf(`buyer ${k}`)));
      const prior = numbers.map((k) => apartM(CENTRE, placeOf(`buyer ${k}`)));
      expect(medianOf(errors)).to.be.above(0.9 * medianOf(prior));
      expect(medianOf(errors)).to.be.above(NO_BETTER_THAN_GUESSING_M);
    });
  }

  it("straw man: finds everybody exactly if the same summands are not masked", async () => {
    const clear: Records = recordsOf({
      requests: uploaded.buyers.map((one) => one.clear),
      offers: uploaded.sellers.map((one) => one.clear),
    });
    const { cloud } = await playBare(clear);
    const name = `seller ${colluderOf(round)}`;
    const found = recoverConstellation(differences(cloud.summands), { name, ...placeOf(name) });
    expect(Math.max(...positionErrorsM(others(name), found, CENTRE))).to.equal(0);
  });
});

/**
 * Of the coordinates' summands, as if nothing were masked; differences of coordinates have 16 bits
 * and a sign.
 */
function differences({ requests, offers }: ServerView["summands"]): readonly SeenDifference[] {
  const minus = (a = 0n, b = 0n): number => Number(BigInt.asIntN(17, a - b));
  return requests.flatMap((request, i) =>
    offers.map((offer, j) => ({
      from: `buyer ${i}`,
      to: `seller ${j}`,
      dxM: minus(request[0], offer[0]),
      dyM: minus(request[1], offer[1]),
    })),
  );
}

/** The attacker knows that everybody is in the city. */
function intoCity(found: ReadonlyMap<string, Place>): ReadonlyMap<string, Place> {
  const within = (metres: number): number => ((metres % SIDE_M) + SIDE_M) % SIDE_M;
  return new Map(
    [...found].map(([name, { xM, yM }]) => [name, { xM: within(xM), yM: within(yM) }]),
  );
}

/** Words of the line in the place of every buyer's scores, of which none are opened. */
function profilesSeen(view: ServerView): readonly (readonly number[])[] {
  const words = wordsHeard(view).map(BigInt);
  return Array.from({ length: USERS }, (_, k) =>
    profileOf(words.slice(USERS * k, USERS * (k + 1))),
  );
}

function mapped({ sellers }: Uploaded, k: number): MappedPile {
  const clear = sellers[k]?.clear;
  if (clear === undefined) throw new Error("mapped: expected a colluding seller");
  return { ...clear.position, ask: Number(clear.pricePerKwh) };
}

function apartM(a: Place, b: Place): number {
  return Math.hypot(a.xM - b.xM, a.yM - b.yM);
}
