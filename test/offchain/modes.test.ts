/** Every mode decides exactly as the plaintext oracle, and hands each party its counterpart's fields and nothing else. */
import { expect } from "chai";
import { id } from "ethers";
import fc from "fast-check";
import { generatePrimeSync } from "node:crypto";
import type { ClearOffer, ClearRequest } from "../../offchain/messages/records.ts";
import { requestCommitment, siteCommitment } from "../../offchain/messages/market.ts";
import { encryptPacked, signUpload, uploadHash } from "../../offchain/messages/upload.ts";
import {
  MODE_NAMES,
  modeNamed,
  type MatchingMode,
  type RoundOutcome,
} from "../../offchain/modes.ts";
import { privateKeyFromPrimes } from "../../offchain/primitives/paillier/keyGeneration.ts";
import { receiveVehicle, type PreparedBid } from "../../offchain/roles/pile.ts";
import { inOrder, type Submission } from "../../offchain/roles/proxy.ts";
import { receiveMatch } from "../../offchain/roles/vehicle.ts";
import { matchInTheClear } from "../../offchain/simulation/plaintextMatcher.ts";
import type { WorldPile, WorldTrip } from "../../offchain/simulation/world.ts";
import { AUCTION_ID, headerOf, person, VENUE, type Person } from "./market.ts";
import { asyncRefusal, counterRng } from "./primitives/support.ts";

const FEATURES = 2;
const rng = counterRng("modes");
/** Room for a packed offer of two features under its masks. */
const KEY = privateKeyFromPrimes(
  generatePrimeSync(640, { bigint: true }),
  generatePrimeSync(640, { bigint: true }),
);

interface Buyer {
  readonly person: Person;
  readonly trip: WorldTrip;
}
interface Seller {
  readonly person: Person;
  readonly pile: WorldPile;
}
interface Played {
  readonly outcome: RoundOutcome;
  readonly bids: ReadonlyMap<string, PreparedBid>;
}

async function play(
  mode: MatchingMode,
  seed: string,
  buyers: readonly Buyer[],
  sellers: readonly Seller[],
  meddle: (requests: Submission[], offers: Submission[]) => Promise<void> = () => Promise.resolve(),
): Promise<Played> {
  const requests: Submission[] = [];
  for (const { person: owner, trip } of buyers) {
    const upload = mode.encryptRequest(headerOf(owner), KEY.publicKey, requestOf(trip), rng);
    const account = owner.wallet.address;
    requests.push({
      signed: await signUpload(VENUE, upload, owner.wallet),
      participantId: owner.participantId,
      commitment: requestCommitment(VENUE, AUCTION_ID, account, uploadHash(upload)),
    });
  }
  const bids = new Map<string, PreparedBid>();
  const offers: Submission[] = [];
  for (const { person: owner, pile } of sellers) {
    const bid = mode.prepareBid(VENUE, headerOf(owner), KEY.publicKey, offerOf(pile), rng);
    bids.set(owner.wallet.address, bid);
    offers.push({
      signed: await signUpload(VENUE, bid.upload, owner.wallet),
      participantId: owner.participantId,
      commitment: bid.commitment,
    });
  }
  await meddle(requests, offers);
  const outcome = await mode.run({
    venue: VENUE,
    auctionId: AUCTION_ID,
    seed,
    features: FEATURES,
    requests,
    offers,
    privateKey: KEY,
    rng,
    onProgress: () => undefined,
    signal: new AbortController().signal,
  });
  return { outcome, bids };
}

function requestOf(trip: WorldTrip): ClearRequest {
  return { ...trip, featureBids: trip.needs.map((needed) => (needed ? 0n : null)) };
}

function offerOf(pile: WorldPile): ClearOffer {
  const featureAsks = pile.offers.map((offered) => (offered ? 0n : null));
  return { ...pile, featureAsks, siteSalt: id(`site/${pile.name}`), salt: id(`salt/${pile.name}`) };
}

function oracle(seed: string, buyers: readonly Buyer[], sellers: readonly Seller[]): object {
  const ranked = <T extends { readonly person: Person }>(all: readonly T[]): readonly T[] =>
    inOrder(
      seed,
      all.map((one) => ({ one, participantId: one.person.participantId })),
    ).map(({ one }) => one);
  const { matches } = matchInTheClear({
    buyers: ranked(buyers).map(({ trip }) => trip),
    sellers: ranked(sellers).map(({ pile }) => pile),
  });
  return Object.fromEntries([...matches].sort());
}

function decided(
  { outcome }: Played,
  buyers: readonly Buyer[],
  sellers: readonly Seller[],
): object {
  const nameOf = (account: string, all: readonly (Buyer | Seller)[]): string => {
    const owner = all.find((one) => one.person.wallet.address === account);
    if (owner === undefined) return "nobody";
    return "trip" in owner ? owner.trip.name : owner.pile.name;
  };
  const pairs = outcome.matches.map(({ vehicle, pile }): [string, string] => [
    nameOf(vehicle, buyers),
    nameOf(pile, sellers),
  ]);
  return Object.fromEntries(pairs.sort());
}

const near = fc.record({ xM: fc.nat({ max: 6 }), yM: fc.nat({ max: 6 }) });
const far = fc.record({ xM: fc.nat({ max: 65_535 }), yM: fc.nat({ max: 65_535 }) });
const flags = fc.array(fc.boolean(), { minLength: FEATURES, maxLength: FEATURES });
const price = fc.oneof(
  fc.bigInt({ min: 1n, max: 12n }),
  fc.bigInt({ min: 1n, max: 2n ** 24n - 1n }),
);
const buyerOf = fc.record({
  position: fc.oneof(near, far),
  maxPricePerKwh: price,
  maxDistanceM: fc.oneof(fc.nat({ max: 8 }), fc.nat({ max: 2 ** 17 - 1 })),
  needs: flags,
});
const sellerOf = fc.record({ position: fc.oneof(near, far), pricePerKwh: price, offers: flags });

let people: readonly Person[] = [];

before(async () => {
  people = await Promise.all(Array.from({ length: 12 }, (_, k) => person(`mode/${k}`)));
});

function personAt(k: number): Person {
  const one = people[k];
  if (one === undefined) throw new RangeError(`personAt: expected a person ${k}`);
  return one;
}

function buyersOf(
  wishes: readonly Pick<WorldTrip, "position" | "maxPricePerKwh" | "maxDistanceM" | "needs">[],
): readonly Buyer[] {
  const rest = { vehicle: "v", startSeconds: 0, durationSeconds: 60, energyWh: 1 };
  return wishes.map((wish, k) => ({
    person: personAt(k),
    trip: { ...wish, ...rest, name: `trip-${k}` },
  }));
}

function sellersOf(
  wishes: readonly Pick<WorldPile, "position" | "pricePerKwh" | "offers">[],
): readonly Seller[] {
  return wishes.map((wish, k) => ({
    person: personAt(6 + k),
    pile: { ...wish, powerW: 22_000, name: `pile-${k}` },
  }));
}

const TRIP = {
  position: { xM: 5, yM: 5 },
  maxPricePerKwh: 9n,
  maxDistanceM: 10,
  needs: [false, false],
};
const PILE = { position: { xM: 5, yM: 9 }, pricePerKwh: 9n, offers: [false, false] };

for (const name of MODE_NAMES) {
  describe(`the mode ${name}`, function () {
    this.timeout(120_000);
    const mode = modeNamed(name);

    it("decides as the plaintext oracle does, on random rounds", async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.array(buyerOf, { maxLength: 5 }),
          fc.array(sellerOf, { maxLength: 6 }),
          fc.nat(),
          async (wishes, offered, salt) => {
            const [buyers, sellers] = [buyersOf(wishes), sellersOf(offered)];
            const seed = id(`seed/${salt}`);
            const played = await play(mode, seed, buyers, sellers);
            expect(decided(played, buyers, sellers)).to.deep.equal(oracle(seed, buyers, sellers));
            expect(played.outcome.notAdmitted).to.deep.equal([]);
          },
        ),
        { numRuns: 60, seed: 7 },
      );
    });

    it("takes equality as feasible, in distance and in price", async () => {
      const buyers = buyersOf([{ ...TRIP, maxDistanceM: 4 }]);
      const played = await play(mode, id("equal"), buyers, sellersOf([PILE]));
      expect(decided(played, buyers, sellersOf([PILE]))).to.deep.equal({ "trip-0": "pile-0" });
    });

    it("gives each party its counterpart's fields, and the opening of the decision", async () => {
      const [buyers, sellers] = [buyersOf([TRIP]), sellersOf([PILE])];
      const { outcome, bids } = await play(mode, id("reveal"), buyers, sellers);
      const [match] = outcome.matches;
      const bid = bids.get(personAt(6).wallet.address);
      if (match === undefined || bid === undefined) throw new Error("expected a match and a bid");
      const certified = {
        account: personAt(6).wallet.address,
        siteCommitment: siteCommitment(personAt(6).participantId, 5n, 9n, id("site/pile-0")),
      };
      const seen = await receiveMatch(
        VENUE,
        KEY.publicKey,
        personAt(0).sealKeys,
        match.toVehicle,
        () => Promise.resolve(certified),
      );
      expect(seen.site).to.deep.equal(PILE.position);
      expect(seen.opening.offer).to.deep.equal(bid.offer);
      const met = await receiveVehicle(KEY.publicKey, personAt(6).sealKeys, bid, match.toPile);
      expect(met.position).to.deep.equal(TRIP.position);
      const stolen = (): Promise<unknown> =>
        receiveVehicle(KEY.publicKey, personAt(0).sealKeys, bid, match.toPile);
      expect(await asyncRefusal(stolen)).to.equal("SealedBoxError E_AEAD");
    });

    it("leaves out what was not signed, committed or in range, and matches the others", async () => {
      const buyers = buyersOf([TRIP, { ...TRIP, position: { xM: 6, yM: 5 } }]);
      const sellers = sellersOf([PILE, { ...PILE, pricePerKwh: 3n }]);
      const { outcome } = await play(
        mode,
        id("meddled"),
        buyers,
        sellers,
        async (requests, offers) => {
          const [first] = requests;
          const [, second] = offers;
          if (first === undefined || second === undefined) throw new Error("expected submissions");
          requests[0] = { ...first, commitment: id("another") };
          const header = headerOf(personAt(7));
          const huge = encryptPacked(header, KEY.publicKey, KEY.publicKey.n / 2n, rng);
          const fields = second.signed.upload.fields.map((field, k) =>
            k === 0 ? (huge.fields[0] ?? field) : field,
          );
          const upload = { ...second.signed.upload, fields };
          offers[1] = { ...second, signed: await signUpload(VENUE, upload, personAt(7).wallet) };
        },
      );
      expect(outcome.notAdmitted.map(({ account }) => account)).to.deep.equal([
        personAt(0).wallet.address,
      ]);
      expect(outcome.matches).to.have.lengthOf(1);
      expect(outcome.matches[0]).to.include({
        vehicle: personAt(1).wallet.address,
        pile: personAt(6).wallet.address,
      });
    });

    it("stops when it is told to", async () => {
      const controller = new AbortController();
      controller.abort(new Error("told to"));
      const round = {
        venue: VENUE,
        auctionId: AUCTION_ID,
        seed: id("stop"),
        features: FEATURES,
        requests: [],
        offers: [],
        privateKey: KEY,
        rng,
        onProgress: () => undefined,
        signal: controller.signal,
      };
      const [buyers, sellers] = [buyersOf([TRIP]), sellersOf([PILE])];
      expect((await mode.run(round)).matches).to.deep.equal([]);
      const interrupted = play(
        { ...mode, run: (input) => mode.run({ ...input, signal: controller.signal }) },
        id("stop"),
        buyers,
        sellers,
      );
      expect(
        await interrupted.then(
          () => "ended",
          (error: unknown) => String(error),
        ),
      ).to.equal("Error: told to");
    });
  });
}

describe("modes", () => {
  it("are refused by a name that none has", () => {
    expect(() => modeNamed("open")).to.throw("expected strict or differences, got open");
  });
});
