/** The encrypted round against the plaintext oracle, and what each side gets out of it. */
import { expect } from "chai";
import { id } from "ethers";
import fc from "fast-check";
import { openDelivery, type Delivery } from "../../offchain/messages/delivery.ts";
import {
  bidCommitment,
  requestCommitment,
  siteCommitment,
  type Bytes32,
} from "../../offchain/messages/market.ts";
import type { ClearOffer, ClearRequest } from "../../offchain/messages/records.ts";
import { asOffer, asRequest } from "../../offchain/messages/requestAndOffer.ts";
import {
  signUpload,
  uploadFromJson,
  uploadHash,
  uploadToJson,
  type SignedUpload,
  type Upload,
} from "../../offchain/messages/upload.ts";
import type { PrivateKey } from "../../offchain/primitives/paillier/privateKey.ts";
import { dealRoundKey } from "../../offchain/roles/authority.ts";
import { cloudOf } from "../../offchain/roles/cloud.ts";
import { prepareBid, receiveVehicle, type PreparedBid } from "../../offchain/roles/pile.ts";
import {
  admitOffer,
  admitRequest,
  inOrder,
  type AdmittedOffer,
  type AdmittedRequest,
} from "../../offchain/roles/proxy.ts";
import { encryptRequest, receiveMatch, type CertifiedPile } from "../../offchain/roles/vehicle.ts";
import { runRound, type Match, type RoundResult } from "../../offchain/round.ts";
import { matchInTheClear } from "../../offchain/simulation/plaintextMatcher.ts";
import type { WorldPile, WorldTrip } from "../../offchain/simulation/world.ts";
import { AUCTION_ID, bytes32, headerOf, person, roundKey, VENUE, type Person } from "./market.ts";
import { asyncRefusal, counterRng } from "./primitives/support.ts";

const FEATURES = 2;
const MOST = 8;
const rng = counterRng("round");

/** A buyer or seller with all that its owner keeps. */
interface Buyer {
  readonly person: Person;
  readonly trip: WorldTrip;
  readonly admitted: AdmittedRequest;
}
interface Seller {
  readonly person: Person;
  readonly pile: WorldPile;
  readonly bid: PreparedBid;
  readonly certified: CertifiedPile;
  readonly admitted: AdmittedOffer;
}
interface Parties {
  readonly key: PrivateKey;
  readonly buyers: readonly Buyer[];
  readonly sellers: readonly Seller[];
}
interface ClearRound {
  readonly trips: readonly WorldTrip[];
  readonly piles: readonly WorldPile[];
}

describe("round", () => {
  const key = roundKey();
  let drivers: readonly Person[];
  let owners: readonly Person[];

  before(async () => {
    const people = (kind: string): Promise<readonly Person[]> =>
      Promise.all(Array.from({ length: MOST }, (_, k) => person(`${kind} ${k}`)));
    drivers = await people("driver");
    owners = await people("owner");
  });

  const parties = (clear: ClearRound): Parties => enrol(key, drivers, owners, clear);

  it("decides as the plaintext oracle, and gives everybody exactly the counterpart", async () => {
    await fc.assert(
      fc.asyncProperty(clearRounds, bytes32, async (clear, seed) => {
        const given = parties(clear);
        const result = await run(given, seed);
        expectOracle(given, seed, result);
        for (const match of result.matches) await expectDelivered(given, match);
      }),
      { numRuns: 300, seed: 0x5eed },
    );
  });

  describe("of named worlds", () => {
    const worlds: Readonly<Record<string, ClearRound>> = {
      "without anybody": { trips: [], piles: [] },
      "without sellers": { trips: [trip(0), trip(1)], piles: [] },
      "without buyers": { trips: [], piles: [pile(0), pile(1)] },
      "with one seller for two": { trips: [trip(0), trip(1)], piles: [pile(0)] },
      "with identical sellers": { trips: [trip(0), trip(1)], piles: times(8, pile) },
      "without a feasible seller": {
        trips: [trip(0), trip(1)],
        piles: times(3, (k) => ({ ...pile(k), pricePerKwh: 1_000_001n })),
      },
      "where everything is equal to its limit": {
        trips: times(4, (k) => ({ ...trip(k), maxDistanceM: 500 })),
        piles: times(4, (k) => ({
          ...pile(k),
          position: { xM: 300, yM: 400 },
          pricePerKwh: 1_000_000n,
        })),
      },
    };
    for (const [what, clear] of Object.entries(worlds)) {
      it(`${what}, it decides as the oracle for any seed`, async () => {
        const given = parties(clear);
        for (const seed of ["a", "b", "c", "d"].map(id)) {
          expectOracle(given, seed, await run(given, seed));
        }
      });
    }

    it("with one seller for two, the seed decides who gets it", async () => {
      const given = parties({ trips: [trip(0), trip(1)], piles: [pile(0)] });
      const winners = new Set<string | undefined>();
      for (let k = 0; k < 16; k += 1) {
        winners.add((await run(given, id(`seed ${k}`))).matches[0]?.vehicle);
      }
      expect(winners).to.deep.equal(new Set(accounts(given.buyers)));
    });
  });

  it("matches somebody whose upload is there twice once", async () => {
    const given = parties({ trips: [trip(0)], piles: [pile(0), pile(1)] });
    const twice = { ...given, buyers: [...given.buyers, ...given.buyers] };
    const { matches, unmatched } = await run(twice, id("seed"));
    expect(matches).to.have.lengthOf(1);
    expect(unmatched).to.deep.equal([]);
  });

  it("compares every buyer with every seller that is left", async () => {
    const given = parties({ trips: times(3, trip), piles: times(4, pile) });
    expect((await run(given, id("seed"))).comparedPairs).to.equal(4 + 3 + 2);
  });

  it("gives every decision and every box only once", async () => {
    const given = parties({ trips: times(8, trip), piles: times(8, pile) });
    const { matches } = await run(given, id("seed"));
    const seen = matches.flatMap(({ decision, toVehicle, toPile }) => [
      decision,
      ...[toVehicle, toPile].flatMap(({ blinded, masks }) => [blinded, masks]),
    ]);
    expect(new Set(seen).size).to.equal(8 * 5);
  });

  it("delivers nothing that anybody else can open", async () => {
    const given = parties({ trips: times(3, trip), piles: times(3, pile) });
    const { matches } = await run(given, id("seed"));
    const people = [...given.buyers, ...given.sellers].map(({ person: one }) => one);
    for (const { vehicle, pile: taken, toVehicle, toPile } of matches) {
      for (const one of people) {
        const own = one.wallet.address;
        expect(await opened(one, toVehicle)).to.equal(own === vehicle ? "accepted" : CLOSED);
        expect(await opened(one, toPile)).to.equal(own === taken ? "accepted" : CLOSED);
      }
    }
    expect(matches).to.have.lengthOf(3);
  });

  it("reports its progress after every buyer", async () => {
    const given = parties({ trips: times(3, trip), piles: [pile(0)] });
    const calls: (readonly [number, number])[] = [];
    await run(given, id("seed"), {
      onProgress: (done, total) => {
        calls.push([done, total]);
      },
    });
    expect(calls).to.deep.equal([
      [1, 3],
      [2, 3],
      [3, 3],
    ]);
  });

  it("does not begin when it is aborted already", async () => {
    const given = parties({ trips: [trip(0)], piles: [pile(0)] });
    const calls: number[] = [];
    const options = {
      signal: AbortSignal.abort(new StoppedError()),
      onProgress: (done: number) => {
        calls.push(done);
      },
    };
    expect(await asyncRefusal(() => run(given, id("seed"), options))).to.equal(STOPPED);
    expect(calls).to.deep.equal([]);
  });

  it("ends with the signal's reason when it is aborted between two buyers", async () => {
    const given = parties({ trips: times(5, trip), piles: times(5, pile) });
    const controller = new AbortController();
    const calls: number[] = [];
    const options = {
      signal: controller.signal,
      onProgress: (done: number) => {
        calls.push(done);
        if (done === 2) controller.abort(new StoppedError());
      },
    };
    expect(await asyncRefusal(() => run(given, id("seed"), options))).to.equal(STOPPED);
    expect(calls).to.deep.equal([1, 2]);
  });

  it("lets a timer abort it, even while it finds nothing to deliver", async () => {
    const tooDear = (k: number): WorldPile => ({ ...pile(k), pricePerKwh: 1_000_001n });
    const given = parties({ trips: times(8, trip), piles: times(8, tooDear) });
    const controller = new AbortController();
    setImmediate(() => {
      controller.abort(new StoppedError());
    });
    const options = { signal: controller.signal };
    expect(await asyncRefusal(() => run(given, id("seed"), options))).to.equal(STOPPED);
  });

  describe("at 2,048 bits, from signed uploads as JSON", () => {
    const clear: ClearRound = {
      trips: [
        { ...trip(0), needs: [true, false], maxPricePerKwh: 900_000n },
        { ...trip(1), position: { xM: 65_535, yM: 65_535 }, maxDistanceM: 131_071 },
        { ...trip(2), maxPricePerKwh: 1n },
      ],
      piles: [
        { ...pile(0), position: { xM: 600, yM: 800 }, offers: [true, true], powerW: 50_000 },
        { ...pile(1), position: { xM: 0, yM: 0 }, pricePerKwh: 2n ** 24n - 1n },
        { ...pile(2), position: { xM: 65_000, yM: 65_535 }, pricePerKwh: 500_000n },
      ],
    };

    for (const seed of ["one", "another"].map(id)) {
      it(`decides as the oracle and delivers, seed ${seed.slice(0, 6)}`, async () => {
        const { privateKey } = await dealRoundKey(2048, rng);
        const given = await admitSigned(enrol(privateKey, drivers, owners, clear));
        const result = await run(given, seed);
        expectOracle(given, seed, result);
        for (const match of result.matches) await expectDelivered(given, match);
        expect(result.matches).to.have.lengthOf(2);
      });
    }
  });
});

const CLOSED = "SealedBoxError E_AEAD";
const STOPPED = "StoppedError E_STOPPED";

class StoppedError extends Error {
  override readonly name = "StoppedError";
  readonly code = "E_STOPPED";
}

/** Within reach of everything below, at 1 token per kWh at most. */
function trip(k: number): WorldTrip {
  return {
    name: `trip ${k}`,
    vehicle: `vehicle ${k}`,
    position: { xM: 0, yM: 0 },
    maxPricePerKwh: 1_000_000n,
    maxDistanceM: 2_000,
    needs: [false, false],
    startSeconds: 0,
    durationSeconds: 3_600,
    energyWh: 10_000,
  };
}

function pile(k: number): WorldPile {
  return {
    name: `pile ${k}`,
    position: { xM: 0, yM: 0 },
    powerW: 7_000,
    pricePerKwh: 400_000n,
    offers: [false, false],
  };
}

function times<T>(count: number, of: (k: number) => T): readonly T[] {
  return Array.from({ length: count }, (_, k) => of(k));
}

/** A ground on which distances, prices and scores are often equal, or equal to a limit. */
const tight = {
  xM: fc.constantFrom(0, 300, 600),
  yM: fc.constantFrom(0, 400, 800),
  price: fc.constantFrom(100_000n, 190_000n, 260_000n, 350_000n),
  reach: fc.constantFrom(0, 300, 400, 500, 1_000),
};
/** The whole domain. */
const wide = {
  xM: fc.integer({ min: 0, max: 65_535 }),
  yM: fc.integer({ min: 0, max: 65_535 }),
  price: fc.bigInt({ min: 0n, max: 2n ** 24n - 1n }),
  reach: fc.integer({ min: 0, max: 131_071 }),
};

function roundsOn({ xM, yM, price, reach }: typeof tight | typeof wide): fc.Arbitrary<ClearRound> {
  const position = fc.record({ xM, yM });
  const flags = fc.tuple(fc.boolean(), fc.boolean());
  const wish = fc.record({ position, maxPricePerKwh: price, maxDistanceM: reach, needs: flags });
  const supply = fc.record({ position, pricePerKwh: price, offers: flags });
  const sellers = fc.oneof(
    { weight: 5, arbitrary: fc.array(supply, { maxLength: MOST }) },
    { weight: 1, arbitrary: fc.tuple(supply) },
    { weight: 1, arbitrary: supply.map((one) => times(MOST, () => one)) },
  );
  return fc.record({
    trips: fc
      .array(wish, { maxLength: MOST })
      .map((wishes) => wishes.map((one, k) => ({ ...trip(k), ...one }))),
    piles: sellers.map((supplies) => supplies.map((one, k) => ({ ...pile(k), ...one }))),
  });
}

const clearRounds = fc.oneof(
  { weight: 3, arbitrary: roundsOn(tight) },
  { weight: 1, arbitrary: roundsOn(wide) },
);

/** Encrypts everybody's record under the round's key. */
function enrol(
  key: PrivateKey,
  drivers: readonly Person[],
  owners: readonly Person[],
  { trips, piles }: ClearRound,
): Parties {
  const buyers = zip(trips, drivers).map(([one, driver]) => buyerOf(key, one, driver));
  const sellers = zip(piles, owners).map(([one, owner]) => sellerOf(key, one, owner));
  return { key, buyers, sellers };
}

function buyerOf({ publicKey }: PrivateKey, wish: WorldTrip, driver: Person): Buyer {
  const request: ClearRequest = {
    position: wish.position,
    maxPricePerKwh: wish.maxPricePerKwh,
    maxDistanceM: wish.maxDistanceM,
    featureBids: wish.needs.map((needed) => (needed ? 0n : null)),
  };
  const upload = encryptRequest(headerOf(driver), publicKey, request, rng);
  const { participantId } = driver;
  const admitted = { participantId, upload, fields: asRequest(upload, FEATURES) };
  return { person: driver, trip: wish, admitted };
}

function sellerOf({ publicKey }: PrivateKey, supply: WorldPile, owner: Person): Seller {
  const clear: ClearOffer = {
    position: supply.position,
    siteSalt: id(`site salt/${supply.name}`),
    pricePerKwh: supply.pricePerKwh,
    powerW: supply.powerW,
    featureAsks: supply.offers.map((offered) => (offered ? 0n : null)),
    salt: id(`salt/${supply.name}`),
  };
  const bid = prepareBid(VENUE, headerOf(owner), publicKey, clear, rng);
  const { participantId } = owner;
  const [xM, yM] = [BigInt(supply.position.xM), BigInt(supply.position.yM)];
  return {
    person: owner,
    pile: supply,
    bid,
    certified: {
      account: owner.wallet.address,
      siteCommitment: siteCommitment(participantId, xM, yM, clear.siteSalt),
    },
    admitted: {
      participantId,
      upload: bid.upload,
      uploadHash: uploadHash(bid.upload),
      bidCommitment: bid.commitment,
      fields: asOffer(bid.upload, FEATURES),
    },
  };
}

/** The same parties, their uploads signed, sent as JSON and admitted by the proxy. */
async function admitSigned({ key, buyers, sellers }: Parties): Promise<Parties> {
  const sent = async (upload: Upload, { wallet }: Person): Promise<SignedUpload> => {
    const text = JSON.stringify(uploadToJson(await signUpload(VENUE, upload, wallet)));
    return uploadFromJson(key.publicKey, JSON.parse(text));
  };
  const admittedBuyers = buyers.map(async (buyer) => {
    const { participantId, upload } = buyer.admitted;
    const signed = await sent(upload, buyer.person);
    const hash = uploadHash(upload);
    const commitment = requestCommitment(VENUE, AUCTION_ID, upload.account, hash);
    const submission = { signed, participantId, commitment };
    return { ...buyer, admitted: admitRequest(VENUE, AUCTION_ID, FEATURES, submission) };
  });
  const admittedSellers = sellers.map(async (seller) => {
    const { participantId, upload, bidCommitment: commitment } = seller.admitted;
    const signed = await sent(upload, seller.person);
    const submission = { signed, participantId, commitment };
    return { ...seller, admitted: admitOffer(VENUE, AUCTION_ID, FEATURES, submission) };
  });
  return {
    key,
    buyers: await Promise.all(admittedBuyers),
    sellers: await Promise.all(admittedSellers),
  };
}

function run(
  { key, buyers, sellers }: Parties,
  seed: Bytes32,
  options: Partial<Pick<Parameters<typeof runRound>[0], "onProgress" | "signal">> = {},
): Promise<RoundResult> {
  return runRound({
    auctionId: AUCTION_ID,
    seed,
    requests: buyers.map(({ admitted }) => admitted),
    offers: sellers.map(({ admitted }) => admitted),
    cloud: cloudOf(key, rng),
    rng,
    onProgress: () => undefined,
    signal: new AbortController().signal,
    ...options,
  });
}

function expectOracle({ buyers, sellers }: Parties, seed: Bytes32, result: RoundResult): void {
  const ranked = <T extends Buyer | Seller>(all: readonly T[]): readonly T[] =>
    inOrder(
      seed,
      all.map((one) => ({ one, participantId: one.person.participantId })),
    ).map(({ one }) => one);
  const rankedBuyers = ranked(buyers);
  const oracle = matchInTheClear({
    buyers: rankedBuyers.map(({ trip: wish }) => wish),
    sellers: ranked(sellers).map(({ pile: supply }) => supply),
  });
  const tripOf = new Map(
    buyers.map(({ person: one, trip: wish }) => [one.wallet.address, wish.name]),
  );
  const pileOf = new Map(
    sellers.map(({ person: one, pile: supply }) => [one.wallet.address, supply.name]),
  );
  const decided = result.matches.map((match) => [
    tripOf.get(match.vehicle),
    pileOf.get(match.pile),
  ]);
  expect(decided).to.deep.equal([...oracle.matches]);
  const left = rankedBuyers.filter(({ trip: wish }) => !oracle.matches.has(wish.name));
  expect(result.unmatched).to.deep.equal(accounts(left));
}

/** Both sides open their delivery and find exactly what the other one has. */
async function expectDelivered({ key, buyers, sellers }: Parties, match: Match): Promise<void> {
  const buyer = buyers.find(({ person: one }) => one.wallet.address === match.vehicle);
  const seller = sellers.find(({ person: one }) => one.wallet.address === match.pile);
  if (buyer === undefined || seller === undefined) throw new Error("expected known parties");
  const { publicKey } = key;
  const { bid, pile: supply } = seller;

  const asVehicle = await receiveMatch(
    VENUE,
    publicKey,
    buyer.person.sealKeys,
    match.toVehicle,
    (cpId) => Promise.resolve(certifiedOf(sellers, cpId)),
  );
  const { offer, ...names } = asVehicle.opening;
  expect(asVehicle.site).to.deep.equal(supply.position);
  expect(offer.pricePerKwh).to.equal(supply.pricePerKwh);
  expect(offer.powerW).to.equal(BigInt(supply.powerW));
  expect(names).to.deep.include({
    auctionId: AUCTION_ID,
    evId: buyer.person.participantId,
    cpId: seller.person.participantId,
  });
  expect(bidCommitment(VENUE, AUCTION_ID, match.pile, offer)).to.equal(bid.commitment);

  const asPile = await receiveVehicle(publicKey, seller.person.sealKeys, bid, match.toPile);
  expect(asPile.position).to.deep.equal(buyer.trip.position);
  expect(asPile.opening).to.deep.equal(asVehicle.opening);
  expect([asVehicle.decision, asPile.decision]).to.deep.equal([match.decision, match.decision]);
}

function certifiedOf(sellers: readonly Seller[], cpId: Bytes32): CertifiedPile {
  const found = sellers.find(({ person: one }) => one.participantId === cpId);
  if (found === undefined) throw new Error(`expected a seller with id ${cpId}`);
  return found.certified;
}

function opened({ sealKeys }: Person, delivery: Delivery): Promise<string> {
  return asyncRefusal(() => openDelivery(sealKeys, 1n, delivery));
}

function accounts(parties: readonly (Buyer | Seller)[]): readonly string[] {
  return parties.map(({ person: one }) => one.wallet.address);
}

function zip<A, B>(as: readonly A[], bs: readonly B[]): readonly (readonly [A, B])[] {
  return as.flatMap((a, k) => {
    const b = bs[k];
    return b === undefined ? [] : [[a, b] as const];
  });
}
