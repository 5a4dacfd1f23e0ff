/** Masked matching: the oracle's winners, and what either server sees on the way to them. */
import { expect } from "chai";
import fc from "fast-check";
import {
  matchAsMasker,
  matchAsReader,
  type MaskedCorrections,
} from "../../../offchain/matching/maskedMatching.ts";
import { everyPair } from "../../../offchain/matching/candidates.ts";
import type {
  Candidates,
  Matching,
  OnBuyer,
  RecordSummands,
} from "../../../offchain/matching/matching.ts";
import {
  drawMasks,
  offerLayout,
  requestLayout,
  type Layout,
} from "../../../offchain/messages/packedRecord.ts";
import {
  offerFields,
  requestFields,
  type ClearOffer,
  type ClearRequest,
} from "../../../offchain/messages/records.ts";
import type { Rng } from "../../../offchain/primitives/random.ts";
import {
  inThisThread,
  openingCorrections,
  readOrder,
  readSigns,
} from "../../../offchain/primitives/sharing/maskedOpening.ts";
import { WIDE_WORDS } from "../../../offchain/primitives/sharing/maskedBlocks.ts";
import { pairedExchanges, type Exchange } from "../../../offchain/primitives/sharing/party.ts";
import { vectorCorrections } from "../../../offchain/primitives/sharing/differenceNorms.ts";
import { matchInTheClear } from "../../../offchain/simulation/plaintextMatcher.ts";
import { seededRng } from "../../../offchain/simulation/seededRng.ts";
import type { WorldPile, WorldTrip } from "../../../offchain/simulation/world.ts";
import { asyncRefusal, underNodeEnv } from "../primitives/support.ts";
import { expectFlat } from "../primitives/sharing/flat.ts";
import { expectUniform } from "../primitives/sharing/twoParties.ts";

/** x, y, price, maxDistance², then bids. */
type Request = readonly bigint[];
/** x, y, price, then asks, then the opening. */
type Offer = readonly bigint[];

interface World {
  readonly requests: readonly Request[];
  readonly offers: readonly Offer[];
}

interface Played {
  readonly matching: Matching;
  /** Message by message; those in which a server only listens are left out. */
  readonly toMasker: readonly Uint32Array[];
  readonly toReader: readonly Uint32Array[];
  /** What the dealer sends for openings. */
  readonly dealt: readonly Uint32Array[];
}

interface Options {
  /** Everybody, unless others are named. */
  readonly candidates?: Candidates;
  /** Changes what a server sends: its messages are counted from 0. */
  readonly masker?: Meddle;
  readonly reader?: Meddle;
  readonly onBuyer?: OnBuyer;
}

type Meddle = (words: Uint32Array, index: number) => Uint32Array;

const untouched: Meddle = (words) => words;
const onward: OnBuyer = () => Promise.resolve();

const NEAR: Request = [1_000n, 1_000n, 500_000n, 640_000n, 0n, 0n];
const CHEAP: Offer = [1_100n, 1_000n, 300_000n, 0n, 0n, 7n];

/** Both servers and the dealer, on records that are masked as the proxy masks them. */
async function play(rng: Rng, world: World, options: Options = {}): Promise<Played> {
  const [maskerSeed, readerSeed] = [rng.bytes(32), rng.bytes(32)];
  const [toReader, toMasker, dealt]: [Uint32Array[], Uint32Array[], Uint32Array[]] = [[], [], []];
  const [maskerEnd, readerEnd] = pairedExchanges();
  const { masks, masked } = shared(rng, world);
  const corrections = heardCorrections(maskerSeed, readerSeed, dealt);
  const { candidates = everyPair(world.requests.length, world.offers.length) } = options;
  const [atMasker, atReader] = await Promise.all([
    matchAsMasker({
      seed: maskerSeed,
      rng,
      run: inThisThread,
      exchange: through(maskerEnd, toReader, options.masker ?? untouched),
    })(masks, candidates, options.onBuyer ?? onward),
    matchAsReader({
      seed: readerSeed,
      corrections,
      exchange: through(readerEnd, toMasker, options.reader ?? untouched),
    })(masked, candidates, onward),
  ]);
  expect(atReader).to.deep.equal(atMasker);
  return { matching: atMasker, toMasker, toReader, dealt };
}

function through(exchange: Exchange, into: Uint32Array[], meddle: Meddle): Exchange {
  return (words) => {
    if (words.length === 0) return exchange(words);
    const sent = meddle(words, into.length);
    into.push(sent);
    return exchange(sent);
  };
}

function heardCorrections(
  maskerSeed: Uint8Array,
  readerSeed: Uint8Array,
  into: Uint32Array[],
): MaskedCorrections {
  const openings = openingCorrections(maskerSeed, readerSeed, inThisThread);
  const heard = async (dealt: Promise<Uint32Array>): Promise<Uint32Array> => {
    const words = await dealt;
    into.push(words);
    return words;
  };
  return {
    openings: {
      signs: (opening) => heard(openings.signs(opening)),
      order: (opening) => heard(openings.order(opening)),
    },
    vectors: vectorCorrections(maskerSeed, readerSeed),
  };
}

/** −m here and f + m there. */
function shared(
  rng: Rng,
  { requests, offers }: World,
): { readonly masks: RecordSummands; readonly masked: RecordSummands } {
  const features = (requests[0] ?? []).length - 4;
  const both = (layout: Layout, records: readonly (readonly bigint[])[]) =>
    records.map((fields) => {
      const { masks } = drawMasks(layout, rng);
      const plus = fields.map((field, k) => field + (masks[k] ?? 0n));
      return { minus: masks.map((mask) => -mask), plus };
    });
  const ofRequests = both(requestLayout(Math.max(0, features)), requests);
  const ofOffers = both(offerLayout((offers[0] ?? NO_ASKS).length - 4), offers);
  return {
    masks: {
      requests: ofRequests.map(({ minus }) => minus),
      offers: ofOffers.map(({ minus }) => minus),
    },
    masked: {
      requests: ofRequests.map(({ plus }) => plus),
      offers: ofOffers.map(({ plus }) => plus),
    },
  };
}

const NO_ASKS: Offer = [0n, 0n, 0n, 0n];

async function winnersOf(
  name: string,
  requests: readonly Request[],
  offers: readonly Offer[],
): Promise<readonly (number | null)[]> {
  return (await play(seededRng(name), { requests, offers })).matching.winners;
}

/* THE ORACLE */

function requestOf(trip: WorldTrip): ClearRequest {
  return { ...trip, featureBids: trip.needs.map((needed) => (needed ? 0n : null)) };
}

function offerOf(pile: WorldPile): ClearOffer {
  const featureAsks = pile.offers.map((offered) => (offered ? 0n : null));
  const salt = `0x${"11".repeat(32)}` as const;
  return { ...pile, featureAsks, siteSalt: salt, salt };
}

function oracleWinners(
  buyers: readonly WorldTrip[],
  sellers: readonly WorldPile[],
): readonly (number | null)[] {
  const { matches } = matchInTheClear({ buyers, sellers });
  return buyers.map(({ name }) => {
    const place = sellers.findIndex((pile) => pile.name === matches.get(name));
    return place === -1 ? null : place;
  });
}

async function expectOracle(
  rng: Rng,
  buyers: readonly WorldTrip[],
  sellers: readonly WorldPile[],
): Promise<Played> {
  const played = await play(rng, {
    requests: buyers.map((trip) => requestFields(requestOf(trip))),
    offers: sellers.map((pile) => offerFields(offerOf(pile))),
  });
  expect(played.matching.winners).to.deep.equal(oracleWinners(buyers, sellers));
  return played;
}

/** Close together, so that ties and equalities are everyday; or anywhere. */
const close = fc.record({ xM: fc.nat({ max: 4 }), yM: fc.nat({ max: 4 }) });
const anywhere = fc.record({ xM: fc.nat({ max: 65_535 }), yM: fc.nat({ max: 65_535 }) });
const flags = fc.array(fc.boolean(), { minLength: 2, maxLength: 2 });
const smallPrice = fc.bigInt({ min: 1n, max: 12n });
const anyPrice = fc.bigInt({ min: 1n, max: 2n ** 24n - 1n });
const common = { durationSeconds: 1, startSeconds: 0, energyWh: 1, vehicle: "", powerW: 1 };

function worldOf(
  position: fc.Arbitrary<WorldPile["position"]>,
  price: fc.Arbitrary<bigint>,
  maxDistanceM: fc.Arbitrary<number>,
): fc.Arbitrary<readonly [readonly WorldTrip[], readonly WorldPile[]]> {
  const trip = fc.record({ position, maxPricePerKwh: price, maxDistanceM, needs: flags });
  const pile = fc.record({ position, pricePerKwh: price, offers: flags });
  return fc.tuple(
    fc
      .array(trip, { maxLength: 5 })
      .map((all) => all.map((one, k) => ({ ...common, ...one, name: `trip ${k}` }))),
    fc
      .array(pile, { maxLength: 6 })
      .map((all) => all.map((one, k) => ({ ...common, ...one, name: `pile ${k}` }))),
  );
}

describe("masked matching", () => {
  it("decides a thousand rounds of close calls as the oracle does", async () => {
    let rounds = 0;
    const seen = { noSeller: 0, noneFeasible: 0, moreBuyers: 0 };
    await fc.assert(
      fc.asyncProperty(
        worldOf(close, smallPrice, fc.nat({ max: 6 })),
        async ([buyers, sellers]) => {
          rounds += 1;
          const { matching } = await expectOracle(seededRng(rounds), buyers, sellers);
          if (sellers.length === 0) seen.noSeller += 1;
          if (sellers.length > 0 && matching.winners.includes(null)) seen.noneFeasible += 1;
          if (buyers.length > sellers.length) seen.moreBuyers += 1;
        },
      ),
      { numRuns: 1_000, seed: 6 },
    );
    expect(Math.min(...Object.values(seen))).to.be.greaterThan(20);
  });

  it("decides rounds of any numbers in range as the oracle does", async () => {
    let rounds = 0;
    await fc.assert(
      fc.asyncProperty(
        worldOf(anywhere, anyPrice, fc.nat({ max: 2 ** 17 - 1 })),
        async ([buyers, sellers]) => {
          rounds += 1;
          await expectOracle(seededRng(`any ${rounds}`), buyers, sellers);
        },
      ),
      { numRuns: 150, seed: 7 },
    );
  });

  it("decides 10^4 pairs as the oracle does", async () => {
    const rng = seededRng("ten thousand pairs");
    const draw = (bound: number): number => Buffer.from(rng.bytes(4)).readUInt32LE() % bound;
    const place = (): WorldPile["position"] => ({ xM: draw(9_000), yM: draw(9_000) });
    const buyers = Array.from({ length: 100 }, (_, k) => ({
      ...common,
      name: `trip ${k}`,
      position: place(),
      maxPricePerKwh: BigInt(300_000 + draw(200_000)),
      maxDistanceM: 1_000 + draw(2_000),
      needs: [draw(4) === 0, draw(8) === 0],
    }));
    const sellers = Array.from({ length: 100 }, (_, k) => ({
      ...common,
      name: `pile ${k}`,
      position: place(),
      pricePerKwh: BigInt(200_000 + draw(200_000)),
      offers: [draw(3) > 0, draw(2) > 0],
    }));
    const { matching } = await expectOracle(rng, buyers, sellers);
    const matched = matching.winners.filter((winner) => winner !== null).length;
    expect(matched).to.be.within(40, 95);
    expect(matching.comparedPairs).to.be.within(4_000, 10_000);
  });

  it("gives equal scores to the nearer seller, however many there are", async () => {
    // d² − (bid − ask): every step nearer is as much dearer.
    const atDistance = (d: bigint): Offer => [1_000n + d, 1_000n, 400_000n - d * d, 0n, 0n, 7n];
    const distances = [60n, 50n, 40n, 55n, 30n, 20n, 35n, 10n, 15n];
    const { matching, toMasker } = await play(seededRng("nearer"), {
      requests: [NEAR, NEAR],
      offers: distances.map(atDistance),
    });
    expect(matching.winners).to.deep.equal([7, 8]);
    // 60, 50, 40, 30, 20, 10, none: each a place and the look that follows it.
    expect(toMasker.filter((words) => words.length === 1)).to.have.length(7 + 7);
  });

  it("gives equal scores and distances to the earlier seller", async () => {
    const twin: Offer = [900n, 1_000n, 300_000n, 0n, 0n, 7n];
    const dear: Offer = [1_000n, 1_100n, 300_001n, 0n, 0n, 7n];
    const winners = await winnersOf("earlier", [NEAR, NEAR, NEAR], [dear, twin, CHEAP, twin]);
    expect(winners).to.deep.equal([1, 2, 3]);
  });

  it("passes over a seller that is nearer or better but not feasible", async () => {
    const dear: Offer = [1_000n, 1_000n, 500_001n, 0n, 0n, 7n];
    const without: Offer = [1_001n, 1_000n, 1n, 0n, 1n, 7n];
    const sameScore: Offer = [1_099n, 1_000n, 300_199n, 1n, 0n, 7n];
    expect(await winnersOf("feasible", [NEAR], [dear, without, sameScore, CHEAP])).to.deep.equal([
      3,
    ]);
  });

  it("takes a margin of 0, and refuses one of −1, in every field", async () => {
    const exact: Offer = [1_800n, 1_000n, 500_000n, 8n, 9n, 7n];
    const request: Request = [1_000n, 1_000n, 500_000n, 640_000n, 8n, 9n];
    expect(await winnersOf("exact", [request], [exact])).to.deep.equal([0]);
    const steps = [1n, 0n, 1n, 1n, 1n];
    for (const [k, step] of steps.entries()) {
      if (step === 0n) continue;
      const beyond = exact.map((field, place) => (place === k ? field + step : field));
      expect(await winnersOf(`beyond ${k}`, [request], [beyond]), `field ${k}`).to.deep.equal([
        null,
      ]);
    }
  });

  it("is right at the ends of all ranges", async () => {
    const most = 2n ** 24n - 1n;
    const reach = (2n ** 17n - 1n) ** 2n;
    const corner: Request = [0n, 0n, most, reach, most, most];
    const opposite: Offer = [65_535n, 65_535n, 0n, 0n, most, 7n];
    const dearer: Offer = [65_535n, 65_535n, most, 0n, most, 7n];
    const winners = await winnersOf("ends", [corner, corner, corner], [dearer, opposite]);
    expect(winners).to.deep.equal([1, 0, null]);
    const poor: Request = [65_535n, 0n, 0n, 0n, 0n, 0n];
    expect(await winnersOf("poor", [poor], [dearer, opposite])).to.deep.equal([null]);
  });

  it("works without features, without buyers and without sellers", async () => {
    const bare: Request = NEAR.slice(0, 4);
    expect(await winnersOf("bare", [bare], [[1_100n, 1_000n, 300_000n, 7n]])).to.deep.equal([0]);
    expect(await winnersOf("no buyers", [], [CHEAP])).to.deep.equal([]);
    expect(await winnersOf("no sellers", [NEAR, NEAR], [])).to.deep.equal([null, null]);
  });

  it("counts the pairs it compares, and calls before every buyer", async () => {
    const called: number[] = [];
    const { matching } = await play(
      seededRng("counted"),
      { requests: [NEAR, NEAR, NEAR], offers: [CHEAP, CHEAP] },
      {
        onBuyer: (index) => {
          called.push(index);
          return Promise.resolve();
        },
      },
    );
    expect(matching).to.deep.equal({ winners: [0, 1, null], comparedPairs: 3 });
    expect(called).to.deep.equal([0, 1, 2]);
  });

  it("stops when it is told to", async () => {
    const stop = new RangeError("stopped");
    const onBuyer: OnBuyer = (index) => (index === 1 ? Promise.reject(stop) : Promise.resolve());
    const world = { requests: [NEAR, NEAR], offers: [CHEAP, CHEAP] };
    const stopped = play(seededRng("stopped"), world, { onBuyer });
    expect(await stopped.catch((error: unknown) => error)).to.equal(stop);
  });

  it("takes seven messages a buyer, three where nobody is feasible", async () => {
    const messages = async (offer: Offer): Promise<number> => {
      const world = { requests: [NEAR], offers: [offer, offer, offer] };
      const { toMasker, toReader } = await play(seededRng("messages"), world);
      return toMasker.length + toReader.length - 2;
    };
    expect(await messages(CHEAP)).to.equal(7);
    expect(await messages([60_000n, 60_000n, 1n, 0n, 0n, 7n])).to.equal(3);
  });

  it("refuses records with different numbers of features", async () => {
    const world = { requests: [NEAR], offers: [CHEAP, CHEAP.slice(1)] };
    expect(await asyncRefusal(() => play(seededRng("features"), world))).to.equal(
      "MaskedMatchingError E_FEATURES",
    );
  });

  it("refuses a repeatable generator outside tests", async () => {
    const world = { requests: [NEAR], offers: [CHEAP] };
    const refused = await underNodeEnv("production", async () => {
      const rng = seededRng("production");
      const side = matchAsMasker({
        seed: rng.bytes(32),
        rng,
        run: inThisThread,
        exchange: (words) => Promise.resolve(words),
      });
      return asyncRefusal(() => side(world, [[0]], onward));
    });
    expect(refused).to.equal("RandomError E_RNG_DETERMINISTIC");
  });
});

describe("what the proxy sees of a masked matching", () => {
  const offers = Array.from({ length: 40 }, () => CHEAP);
  const far: Offer = [65_535n, 65_535n, 2n ** 24n - 1n, 2n ** 24n - 1n, 0n, 7n];

  it("is uniform but for the places, whatever the records are", async () => {
    const worlds: Readonly<Record<string, World>> = {
      zero: { requests: Array.from({ length: 12 }, () => NEAR.map(() => 0n)), offers },
      ordinary: { requests: Array.from({ length: 12 }, () => NEAR), offers },
      far: { requests: Array.from({ length: 12 }, () => NEAR), offers: offers.map(() => far) },
    };
    for (const [name, world] of Object.entries(worlds)) {
      const { toMasker } = await play(seededRng(`uniform ${name}`), world);
      const words = toMasker.filter(({ length }) => length > 1).flatMap((message) => [...message]);
      expect(words.length).to.be.greaterThan(5_000);
      expectUniform(words, expect);
    }
  });

  it("has places in an order that means nothing: the winner is at each equally often", async () => {
    const counts = new Array<number>(8).fill(0);
    const world = { requests: [NEAR], offers: offers.slice(0, 8) };
    for (let k = 0; k < 800; k += 1) {
      const { toMasker } = await play(seededRng(`place ${k}`), world);
      const place = (toMasker.find(({ length }) => length === 1)?.[0] ?? 0) - 1;
      counts[place] = (counts[place] ?? 0) + 1;
    }
    expect(counts).to.have.length(8);
    expectFlat(counts, expect);
  });
});

describe("what the cloud sees of a masked matching", () => {
  /** One buyer; sellers with all kinds of margins, two of them with equal scores. */
  const world: World = {
    requests: [NEAR],
    offers: [
      [1_100n, 1_000n, 300_000n, 0n, 0n, 7n],
      [1_000n, 1_100n, 500_001n, 0n, 0n, 7n],
      [9_000n, 1_000n, 300_000n, 0n, 1n, 7n],
      [1_090n, 1_000n, 301_900n, 5n, 0n, 7n],
      [1_700n, 1_000n, 100n, 0n, 0n, 7n],
    ],
  };
  const MARGINS = 4;

  /** Signs of the margins of each place, and the places in the order of their scores. */
  async function seen(
    name: string,
    what: World,
  ): Promise<{
    readonly signs: readonly string[];
    readonly order: readonly number[];
  }> {
    const { toReader, dealt } = await play(seededRng(name), what);
    const masked = toReader.find(({ length }) => length > 1_000) ?? new Uint32Array();
    const words = what.offers.length * MARGINS * WIDE_WORDS;
    const [ofSigns, ofOrder] = [dealt[0] ?? masked, dealt[1] ?? masked];
    const signs = readSigns(masked.subarray(0, words), ofSigns).map((isBelow) =>
      isBelow ? "−" : "+",
    );
    const ranks = readOrder(masked.subarray(words), ofOrder);
    return {
      signs: ranks.map((_, place) => signs.slice(MARGINS * place, MARGINS * (place + 1)).join("")),
      order: [...ranks.keys()].sort((p, q) => ((ranks[p] ?? 0n) < (ranks[q] ?? 0n) ? -1 : 1)),
    };
  }

  it("is the signs of margins and the order of scores, in a new order every time", async () => {
    const places = new Array<number>(5).fill(0);
    for (let k = 0; k < 300; k += 1) {
      const { signs, order } = await seen(`seen ${k}`, world);
      // By score: the first and the fourth (equal; the earlier first), the fifth, the second, the third.
      expect(order.map((place) => signs[place])).to.deep.equal([
        "++++",
        "++−+",
        "++++",
        "+−++",
        "−++−",
      ]);
      const best = order[0] ?? 0;
      places[best] = (places[best] ?? 0) + 1;
    }
    expectFlat(places, expect);
  });

  it("arrives in words that are uniform, from the proxy and from the dealer", async () => {
    const requests = Array.from({ length: 6 }, () => NEAR);
    const offers = Array.from({ length: 12 }, () => CHEAP);
    const { toReader, dealt } = await play(seededRng("arrives"), { requests, offers });
    const wide = [toReader.filter(({ length }) => length > 1), dealt];
    for (const messages of wide) {
      const words = messages.flatMap((message) => [...message]);
      expect(words.length).to.be.greaterThan(5_000);
      expectUniform(words, expect);
    }
  });
});

describe("a server that sends what cannot be", () => {
  const world = { requests: [NEAR, NEAR], offers: [CHEAP, CHEAP, CHEAP] };
  const refused = (options: Options): Promise<string> =>
    asyncRefusal(() => play(seededRng("meddled"), world, options));
  /** Messages of the cloud: points, shares, place, shares, place (none); shares of the next buyer. */
  const changed =
    (index: number, words: readonly number[]): Meddle =>
    (sent, k) =>
      k === index ? Uint32Array.from(words) : sent;
  const shortened =
    (index: number): Meddle =>
    (sent, k) =>
      k === index ? sent.subarray(1) : sent;

  it("is refused for a place that no candidate has, or that it named before", async () => {
    expect(await refused({ reader: changed(2, [4]) })).to.equal("MaskedMatchingError E_PLACE");
    const again: Meddle = (() => {
      let first = Uint32Array.of(0);
      return (sent: Uint32Array, k: number) => {
        if (k === 2) first = sent.slice();
        return k === 4 ? first : sent;
      };
    })();
    expect(await refused({ reader: again })).to.equal("MaskedMatchingError E_PLACE");
  });

  it("is refused for a winner that is none of the sellers, or has left already", async () => {
    // Messages of the proxy: points, masked, winner, masked; masked, winner of the next buyer.
    expect(await refused({ masker: changed(2, [3]) })).to.equal("MaskedMatchingError E_WINNER");
    expect(await refused({ masker: changed(5, [0]) })).to.equal("MaskedMatchingError E_WINNER");
  });

  it("is refused for a winner that it has named for the same buyer", async () => {
    const equalScores = [3n, 2n, 1n].map((d): Offer => [
      1_000n + d,
      1_000n,
      10n - d * d,
      0n,
      0n,
      7n,
    ]);
    const twice = play(
      seededRng("twice"),
      { requests: [NEAR], offers: equalScores },
      { masker: changed(4, [0]) },
    );
    expect(await asyncRefusal(() => twice)).to.equal("MaskedMatchingError E_WINNER");
  });

  it("is refused for a message of another length", async () => {
    for (const index of [0, 1, 2, 3, 4]) {
      expect(await refused({ reader: shortened(index) }), `cloud's message ${index}`).to.equal(
        "PartyError E_PARTY_LENGTH",
      );
    }
    for (const index of [0, 1, 2, 3]) {
      expect(await refused({ masker: shortened(index) }), `proxy's message ${index}`).to.equal(
        "PartyError E_PARTY_LENGTH",
      );
    }
  });
});
