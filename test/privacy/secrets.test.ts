/**
 * A slot of the market on a real EVM, from enrolment to the last withdrawal: what the chain and the
 * report are shown.
 */
import { expect } from "chai";
import { network } from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";
import { encodeNote } from "../../offchain/core/messages/decisionNote.ts";
import { openDelivery } from "../../offchain/core/messages/delivery.ts";
import { openPileNotice } from "../../offchain/core/messages/pileNotice.ts";
import { openUpload } from "../../offchain/core/messages/sealedUpload.ts";
import { bytesToHex } from "../../offchain/core/primitives/bytes.ts";
import { ciphertextToBytes } from "../../offchain/core/primitives/paillier/publicKey.ts";
import { systemRng } from "../../offchain/core/primitives/random.ts";
import { send } from "../../offchain/chain/market.ts";
import { agenda } from "../../offchain/study/day/agenda.ts";
import { bidInSlot } from "../../offchain/study/day/bidding.ts";
import { BIDDING_STARTS_BEFORE_SECONDS } from "../../offchain/study/day/slotTimes.ts";
import { enrolCast } from "../../offchain/study/day/cast.ts";
import type { DayContext } from "../../offchain/study/day/context.ts";
import type { Chronicle } from "../../offchain/study/day/chronicle.ts";
import {
  matchSlot,
  type MatchedPair,
  type MatchedSlot,
} from "../../offchain/study/day/matching.ts";
import { answerPair } from "../../offchain/study/day/answeringMatch.ts";
import { nextRound } from "../../offchain/study/day/answering.ts";
import { beginSession } from "../../offchain/study/day/session.ts";
import { stageClock } from "../../offchain/study/day/stageClock.ts";
import { compileReport } from "../../offchain/study/day/summary.ts";
import type { MarketReport } from "../../offchain/study/reports/report.ts";
import { slotsOfDay } from "../../offchain/study/worlds/slots.ts";
import { offersOf } from "../../offchain/core/messages/features.ts";
import {
  checkWorld,
  type Position,
  type World,
  type WorldPile,
  type WorldTrip,
} from "../../offchain/study/worlds/world.ts";
import { onThisThread } from "../../offchain/market/work.ts";
import { deployedWorld } from "../support/market/deployed.ts";
import { dealtKey } from "../support/matching/crowdRound.ts";
import { asyncRefusal } from "../support/primitives/draws.ts";
import {
  bytesSecret,
  largeSecret,
  leaks,
  positionSecret,
  smallSecret,
  trafficOf,
  type Secret,
  type Shown,
} from "../support/privacy/traffic.ts";
import type { OpenAuction, SubmittedOffer } from "../../offchain/study/day/slotAuction.ts";
import type { Actor, Cast } from "../../offchain/study/day/actors.ts";
import type { PrivateKey } from "../../offchain/core/primitives/paillier/privateKey.ts";
import { localServers, type LocalServers } from "../../offchain/market/localServers.ts";
import { partiesTogether } from "../../offchain/market/auctionParties.ts";
import { type SealKeyPair, generateSealKeyPair } from "../../offchain/core/primitives/sealedBox.ts";
import { Wallet, id } from "ethers";
import { auctionIdOf } from "../../offchain/core/messages/market.ts";
import { signAsServer } from "../../offchain/core/messages/outcome.ts";
import { lookingAt } from "../../offchain/market/secondServer.ts";

/**
 * Numbers whose bytes are not met by chance; two pairs that suit each other, and one of each kind
 * left over. The pile that is left over goes lower twice.
 */
const WORLD: World = checkWorld({
  title: "a slot with secrets",
  date: "2035-07-10",
  seed: "secrets",
  widthM: 65_535,
  heightM: 65_535,
  piles: [
    pile("a", { xM: 0xa1d7, yM: 0xb2e9 }, 0x06b3d5n),
    pile("b", { xM: 0x5c61, yM: 0x6d71 }, 0x05c7e9n),
    pile("loser", { xM: 0x3e95, yM: 0x47a9 }, 0x07a5d3n),
  ],
  trips: [
    trip("a", { xM: 0xa1b3, yM: 0xb2c5 }, 0x08d1f7n, 0x1a5d),
    trip("b", { xM: 0x5c3b, yM: 0x6d4f }, 0x09a3b1n, 0x1e7b),
    trip("loser", { xM: 0x2b8d, yM: 0x1f6b }, 0x0ae5c3n, 0x1d9f),
  ],
  unusableRows: [],
  attribution: null,
});

/** What happened, and everything that somebody kept to itself. */
interface Run {
  readonly day: DayContext;
  readonly cast: Cast;
  readonly auction: OpenAuction;
  /** The cloud's. */
  readonly privateKey: PrivateKey;
  /** Uploads are sealed to them. */
  readonly proxyKeys: SealKeyPair;
  /** Of all rounds. */
  readonly bids: readonly SubmittedOffer[];
  readonly matched: MatchedSlot;
  readonly report: MarketReport;
  readonly said: readonly string[];
}

describe("what a round shows", () => {
  let connection: NetworkConnection;
  let run: Run;
  let traffic: readonly Shown[];
  let uploads: readonly Secret[];

  before(async function () {
    this.timeout(60_000);
    connection = await network.create();
    run = await runSlot(connection);
    traffic = await trafficOf(run.day.market);
    uploads = await uploadsOf(run);
  });
  after(() => connection.close());

  it("is a round with two settled sessions, a vehicle and a pile left over", () => {
    const { report } = run;
    expect([report.requests, report.offers, report.matched, report.settled]).to.deep.equal([
      3, 3, 2, 2,
    ]);
    expect(report.oracleAgrees).to.equal(true);
    expect([report.bids, report.improvedBids]).to.deep.equal([5, 2]);
    expect(traffic.length).to.be.above(60);
    const calls = traffic.map(({ where }) => where);
    expect(calls).to.include.members([
      "IdentityRegistry.enrol",
      "PricingAuction.bid",
      "PricingAuction.closeRound",
      "PricingAuction.release",
      "ChargingSession.start",
      "ChargingSession.settle",
      "Reputation.rate",
    ]);
  });

  describe("on chain is", () => {
    it("no private key: of an account, of a seal, of the round", () => {
      expect(leaks(traffic, keysOf(run))).to.deep.equal([]);
    });

    it("no site salt, and no bid salt but those of opened decisions", () => {
      expect(leaks(traffic, siteSaltsOf(run))).to.deep.equal([]);
      expect(leaks(traffic, bidSaltsOf(run))).to.have.members([
        "salt of a in ChargingSession.start",
        "salt of b in ChargingSession.start",
      ]);
    });

    it("no position and no maximum distance, of anybody", () => {
      expect(leaks(traffic, positionsOf(run))).to.deep.equal([]);
    });

    it("no price but that of opened decisions", () => {
      expect(leaks(traffic, pricesOf(run))).to.have.members([
        "price of a in ChargingSession.start",
        "price of a in ChargingSession.SessionOpened",
        "price of b in ChargingSession.start",
        "price of b in ChargingSession.SessionOpened",
      ]);
    });

    it("no preimage of a losing bid, and nothing of any upload", () => {
      expect(uploads).to.have.lengthOf(8 * 4);
      expect(leaks(traffic, [...preimagesOf(run, "loser"), ...uploads])).to.deep.equal([]);
    });
  });

  it("on chain is each bid, though, as its commitment", () => {
    const commitments = run.bids.map(({ actor, bid }) =>
      bytesSecret(`bid of ${actor.name} in round ${bid.round}`, bid.commitment),
    );
    for (const { name } of commitments) {
      expect(leaks(traffic, commitments)).to.include(`${name} in PricingAuction.BidCommitted`);
    }
  });

  describe("in the report and on the terminal is", () => {
    it("no key, no salt and nothing of any upload", () => {
      const secrets = [...keysOf(run), ...siteSaltsOf(run), ...bidSaltsOf(run), ...uploads];
      expect(leaks(textsOf(run), secrets)).to.deep.equal([]);
      const numbers = [run.privateKey.p, run.privateKey.lambda];
      for (const text of textsOf(run)) {
        for (const value of numbers) expect(text.hex).not.to.include(value.toString());
      }
    });

    it("no position and no name of anybody, and no price of who found nobody", () => {
      const text = JSON.stringify(run.report);
      const everybody = [...WORLD.piles, ...WORLD.trips];
      for (const { position } of everybody) {
        expect(text).not.to.match(new RegExp(`\\b${position.xM}\\b\\D{1,8}\\b${position.yM}\\b`));
      }
      expect(text).not.to.match(/[xy]M"/);
      for (const { name } of everybody) expect(text).not.to.include(`"${name}"`);
      for (const { vehicle } of WORLD.trips) expect(text).not.to.include(vehicle);
      expect(text).not.to.include(String(0x07a5d3n));
      expect(text).not.to.include(String(0x0ae5c3n));
    });
  });

  describe("sealed to who is matched is", () => {
    it("to a pile no position, of anybody: not in its notice, and nothing else opens to it", async () => {
      const held = await Promise.all(run.matched.pairs.map(openedByPile));
      expect(held.map(({ where }) => where)).to.have.members(["pile a", "pile b"]);
      expect(leaks(held, positionsOf(run))).to.deep.equal([]);
      for (const { offer, match } of run.matched.pairs) {
        const read = () => openDelivery(offer.desk.sealKeys, match.toVehicle);
        expect(await asyncRefusal(read)).to.equal("SealedBoxError E_AEAD");
      }
    });

    it("to a vehicle the position of its pile, which would be found in the same way", async () => {
      const held = await Promise.all(run.matched.pairs.map(openedByVehicle));
      expect(leaks(held, positionsOf(run))).to.have.members([
        "position of a in vehicle matched with a",
        "position of b in vehicle matched with b",
      ]);
    });
  });

  describe("would be seen:", () => {
    /** Does what somebody careless could do, looks again, and takes it back. */
    const seenAfter = async (
      act: () => Promise<unknown>,
      secrets: readonly Secret[],
    ): Promise<readonly string[]> => {
      const before = leaks(traffic, secrets);
      const snapshot = await connection.networkHelpers.takeSnapshot();
      await act();
      const after = leaks(await trafficOf(run.day.market), secrets);
      await snapshot.restore();
      return after.filter((leak) => !before.includes(leak));
    };
    const sendData = async (data: string): Promise<void> => {
      const [sender] = await connection.ethers.getSigners();
      await sender?.sendTransaction({ to: sender.address, data });
    };

    it("a salt that a transaction carries", async () => {
      const loser = run.auction.offers.find(({ actor }) => actor.name === "loser");
      const data = `0x1234${loser?.bid.offer.salt.slice(2) ?? ""}`;
      expect(await seenAfter(() => sendData(data), bidSaltsOf(run))).to.deep.equal([
        "salt of loser in another account",
      ]);
    });

    it("a salt in an event", async () => {
      const { market } = run.day;
      const { wallet } = run.cast.matcher;
      const nonce = run.cast.piles.get("loser")?.siteSalt ?? "";
      const now = BigInt(await connection.networkHelpers.time.latest());
      const terms = {
        ...run.auction.terms,
        nonce,
        biddingEnds: now + 100n,
        matchingEnds: now + 200n,
        openingEnds: now + 300n,
        slotStart: now + 300n,
        slotEnd: now + 400n,
      };
      const auctionId = auctionIdOf(market.venue, wallet.address, terms);
      const serves = await signAsServer(CLOUD, market.venue, "serve", { auctionId });
      const open = (): Promise<unknown> =>
        send(market, market.contracts.auctions.connect(wallet).open(terms, serves));
      expect(await seenAfter(open, siteSaltsOf(run))).to.have.members([
        "site salt of loser in PricingAuction.open",
        "site salt of loser in PricingAuction.AuctionOpened",
      ]);
    });

    it("keys, positions and prices that a transaction carries", async () => {
      const word = (value: number | bigint): string => value.toString(16).padStart(64, "0");
      const { position, pricePerKwh } = WORLD.piles[2] ?? pile("", { xM: 0, yM: 0 }, 0n);
      const { p } = run.privateKey;
      const sealed = run.cast.piles.get("a")?.sealKeys.privateKey ?? new Uint8Array();
      const data = [
        word(position.xM),
        word(pricePerKwh),
        p.toString(16),
        bytesToHex(sealed).slice(2),
      ];
      const secrets = [...keysOf(run), ...positionsOf(run), ...pricesOf(run)];
      expect(await seenAfter(() => sendData(`0x${data.join("")}`), secrets)).to.have.members([
        "position of loser in another account",
        "price of loser in another account",
        "p in another account",
        "seal key of a in another account",
      ]);
    });

    it("a losing bid that is opened", async () => {
      const secrets = preimagesOf(run, "loser").slice(0, 1);
      const [hex = ""] = secrets[0]?.hex ?? [];
      expect(await seenAfter(() => sendData(`0x${hex}`), secrets)).to.deep.equal([
        "preimage of loser in round 1 in another account",
      ]);
    });
  });
});

function pile(name: string, position: Position, pricePerKwh: bigint): WorldPile {
  return { name, position, powerW: 7_000, pricePerKwh, offers: offersOf(7_000) };
}

function trip(
  name: string,
  position: Position,
  maxPricePerKwh: bigint,
  maxDistanceM: number,
): WorldTrip {
  return {
    name,
    vehicle: `vehicle ${name}`,
    position,
    maxPricePerKwh,
    maxDistanceM,
    needs: [false, false],
    startSeconds: 13 * 3_600,
    durationSeconds: 2 * 3_600,
    energyWh: 9_000,
  };
}

const CLOUD = new Wallet(id("the cloud of the day"));

/** Plays the day's only slot, as the simulation does, and keeps what everybody knows. */
async function runSlot(connection: NetworkConnection): Promise<Run> {
  const { market, authority, faucet } = await deployedWorld(connection);
  const { networkHelpers } = connection;
  const said: string[] = [];
  const midnight = Date.parse(`${WORLD.date}T00:00:00Z`) / 1_000;
  const work = onThisThread(systemRng);
  const servers = await localServers({
    ...{ work, rng: systemRng },
    ...{ account: CLOUD, look: lookingAt(market) },
  });
  const dealt: PrivateKey[] = [];
  const proxyKeys = await generateSealKeyPair(systemRng);
  const watched: LocalServers = {
    ...servers,
    keepPrivateKey: (roundKey, privateKey) => {
      dealt.push(privateKey);
      return servers.keepPrivateKey(roundKey, privateKey);
    },
  };
  const day: DayContext = {
    world: WORLD,
    settings: {
      mode: "strict",
      keyBits: 2_048,
      slotHours: 3,
      cloakRule: { k: 2, l: 1, leastSpreadM: 0, mostSpreadM: 4_000, cellM: 250 },
      bidBond: 10_000_000n,
      vehicleDeposit: 60_000_000n,
      rounds: { maxRounds: 3n, roundSeconds: 600n, decrement: 10_000n },
    },
    market,
    authority,
    control: {
      advanceTo: async (seconds) => {
        const now = await networkHelpers.time.latest();
        if (seconds > now) await networkHelpers.time.increaseTo(seconds);
      },
      faucet,
      fundGas: (account) => networkHelpers.setBalance(account, 10n ** 24n),
    },
    rng: systemRng,
    work,
    parties: await partiesTogether(watched, proxyKeys, market.venue, systemRng),
    stages: stageClock(() => performance.now()),
    progress: {
      say: (line) => said.push(line),
      update: (...parts) => said.push(parts.join(" ")),
    },
    signal: new AbortController().signal,
    midnight,
  };
  const [slot] = slotsOfDay(WORLD, day.settings.slotHours);
  if (slot === undefined) throw new Error("runSlot: expected a slot");
  const start = midnight + slot.startSeconds;

  await day.control.advanceTo(midnight - 3_600);
  const cast = await enrolCast(day);
  await day.control.advanceTo(start - BIDDING_STARTS_BEFORE_SECONDS);
  const { commitmentModulus } = dealtKey().numbers;
  const idle = [...cast.piles.values()];
  let auction = await bidInSlot(day, cast, commitmentModulus, slot, idle);
  const bids = [...auction.offers];
  for (;;) {
    await day.control.advanceTo(auction.roundEnds);
    const next = await nextRound(day, auction);
    if (next === null) break;
    auction = next;
    bids.push(...next.offers.filter(({ bid }) => bid.round === next.round));
  }
  const matched = await matchSlot(day, auction);

  const chronicle: Chronicle = {
    slots: [{ slot, auction, matched }],
    sessions: [],
    busyUntil: new Map(),
  };
  const events = agenda();
  for (const pair of matched.pairs) {
    const { accepted } = await answerPair(day, auction, matched, pair);
    if (accepted === null) throw new Error("runSlot: expected everybody to accept");
    await beginSession(day, events, auction, pair, accepted.session, (record) => {
      chronicle.sessions.push(record);
    });
  }
  await events.run((seconds) => day.control.advanceTo(seconds));
  const report = await compileReport(day, cast, chronicle);
  const [privateKey] = dealt;
  if (privateKey === undefined) throw new Error("runSlot: expected a round key");
  return { day, cast, auction, privateKey, proxyKeys, bids, matched, report, said };
}

function actorsOf({ cast, auction }: Run): readonly Actor[] {
  const sessions = auction.requests.map(({ actor }) => actor);
  return [cast.matcher, ...sessions, ...cast.piles.values()];
}

function keysOf(run: Run): readonly Secret[] {
  const { p, q, lambda, mu } = run.privateKey;
  const round = Object.entries({ p, q, lambda, mu });
  return [
    ...actorsOf(run).flatMap(({ name, wallet, sealKeys }) => [
      bytesSecret(`account key of ${name}`, wallet.privateKey),
      bytesSecret(`seal key of ${name}`, bytesToHex(sealKeys.privateKey)),
    ]),
    bytesSecret("seal key of the proxy", bytesToHex(run.proxyKeys.privateKey)),
    ...round.map(([name, value]) => largeSecret(name, value)),
  ];
}

function siteSaltsOf({ cast }: Run): readonly Secret[] {
  return [...cast.piles.values()].map(({ name, siteSalt }) =>
    bytesSecret(`site salt of ${name}`, siteSalt),
  );
}

function bidSaltsOf({ bids }: Run): readonly Secret[] {
  return bids.map(({ actor, bid }) => bytesSecret(`salt of ${actor.name}`, bid.offer.salt));
}

function positionsOf({ day }: Run): readonly Secret[] {
  const { piles, trips } = day.world;
  return [
    ...piles.map(({ name, position }) => positionSecret(`position of ${name}`, position)),
    ...trips.map(({ vehicle, position }) => positionSecret(`position of ${vehicle}`, position)),
    ...trips.map(({ vehicle, maxDistanceM }) =>
      smallSecret(`reach of ${vehicle}`, BigInt(maxDistanceM)),
    ),
    ...trips.map(({ vehicle, maxDistanceM }) =>
      smallSecret(`squared reach of ${vehicle}`, BigInt(maxDistanceM) ** 2n),
    ),
  ];
}

function pricesOf({ day, bids }: Run): readonly Secret[] {
  const { trips } = day.world;
  return [
    ...bids.map(({ actor, bid }) => smallSecret(`price of ${actor.name}`, bid.offer.pricePerKwh)),
    ...trips.map(({ vehicle, maxPricePerKwh }) =>
      smallSecret(`price of ${vehicle}`, maxPricePerKwh),
    ),
  ];
}

/**
 * What a bid hides: price, power and salt as the ABI lines them up.
 */
function preimagesOf({ bids }: Run, name: string): readonly Secret[] {
  const own = bids.filter(({ actor }) => actor.name === name);
  return own.map(({ bid }) => {
    const { pricePerKwh, powerW, salt } = bid.offer;
    const words = [pricePerKwh, powerW].map((value) => value.toString(16).padStart(64, "0"));
    const hex = [...words, salt.slice(2)].join("");
    return { name: `preimage of ${name} in round ${bid.round}`, hex: [hex] };
  });
}

/** What was sent to the proxy, and everything that it finds in it. */
async function uploadsOf({ auction, bids, proxyKeys }: Run): Promise<readonly Secret[]> {
  const { auctionId, roundKey } = auction;
  const secrets = [...auction.requests, ...bids].map(async ({ actor, box }) => {
    const { upload, signature } = await openUpload(proxyKeys, auctionId, roundKey, box);
    return [
      bytesSecret(`box of ${actor.name}`, box),
      bytesSecret(`ciphertext of ${actor.name}`, bytesToHex(ciphertextToBytes(upload.record))),
      bytesSecret(`proof of ${actor.name}`, upload.proof),
      bytesSecret(`signature of ${actor.name}`, signature),
    ];
  });
  return (await Promise.all(secrets)).flat();
}

/** What people read, as if the chain had been shown it. */
/** All that a matched pile has been sent, opened, with what it keeps of its bid. */
async function openedByPile({ offer, match }: MatchedPair): Promise<Shown> {
  const { desk, actor, bid } = offer;
  const note = bytesToHex(encodeNote(await openPileNotice(desk.sealKeys, match.toPile)));
  const kept = [bid.commitment, bid.uploadHash, match.decision];
  const words = [note, ...kept].map((text) => text.slice(2));
  return { where: `pile ${actor.name}`, hex: words.join("") };
}

async function openedByVehicle({ request, offer, match }: MatchedPair): Promise<Shown> {
  const { values } = await openDelivery(request.desk.sealKeys, match.toVehicle);
  const words = values.map((value) => value.toString(16).padStart(158, "0"));
  return { where: `vehicle matched with ${offer.actor.name}`, hex: words.join("") };
}

function textsOf({ report, said }: Run): readonly Shown[] {
  return [
    { where: "report", hex: JSON.stringify(report).toLowerCase() },
    { where: "terminal", hex: said.join("\n").toLowerCase() },
  ];
}
