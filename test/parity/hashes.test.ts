/**
 * Every hash of contracts/README.md and core/messages/README.md: TypeScript against the EVM, on
 * random values.
 */
import { expect } from "chai";
import { gcd } from "bigint-crypto-utils";
import { getAddress } from "ethers";
import fc from "fast-check";
import { network } from "hardhat";
import type { ParityHarness } from "../../types/ethers-contracts/index.js";
import {
  areaHash,
  LEAST_CELL_M,
  MOST_REACH_M,
  type Cell,
} from "../../offchain/core/messages/area.ts";
import {
  auctionIdOf,
  bidCommitment,
  decisionOf,
  MAX_ROUNDS,
  offerHash,
  orderKey,
  requestCommitment,
  roundOfBid,
  siteCommitment,
} from "../../offchain/core/messages/market.ts";
import { standingLeaf } from "../../offchain/core/messages/standing.ts";
import { uploadHash } from "../../offchain/core/messages/upload.ts";
import { SENT_KINDS } from "../../offchain/core/messages/uploadHeader.ts";
import { MODE_NAMES, roundKeyHash, roundKeyOf } from "../../offchain/core/messages/roundKey.ts";
import { bigintToBytes, byteLength, bytesToHex } from "../../offchain/core/primitives/bytes.ts";
import { ciphertextToBytes } from "../../offchain/core/primitives/paillier/publicKey.ts";
import { deployedWorld, type MarketWorld } from "../support/market/deployed.ts";
import { toyKey, unchecked } from "../support/primitives/draws.ts";

const RUNS = { numRuns: 200, seed: 0x5eed };

const bytes32 = fc.uint8Array({ minLength: 32, maxLength: 32 }).map(bytesToHex);
const address = fc
  .uint8Array({ minLength: 20, maxLength: 20 })
  .map((bytes) => getAddress(bytesToHex(bytes)));
const uint = (bits: number): fc.Arbitrary<bigint> =>
  fc.bigInt({ min: 0n, max: 2n ** BigInt(bits) - 1n });

const terms = fc.record({
  areaHash: bytes32,
  roundKeyHash: bytes32,
  scope: bytes32,
  secondServer: address,
  biddingEnds: uint(40),
  matchingEnds: uint(40),
  openingEnds: uint(40),
  slotStart: uint(40),
  slotEnd: uint(40),
  maxRounds: uint(8),
  roundSeconds: uint(32),
  bidBond: uint(128),
  vehicleDeposit: uint(128),
  nonce: bytes32,
});
const uint32 = fc.nat({ max: 2 ** 32 - 1 });
const span = (first = 0, last = 0): number => last - first + 1;

/** How many, then column and row of each, big-endian, then zeros for up to 128. */
function cellBytes(cells: readonly Cell[]): Uint8Array {
  const bytes = Buffer.alloc(1 + 8 * 128);
  bytes.writeUInt8(cells.length);
  for (const [k, { column, row }] of cells.entries()) {
    bytes.writeUInt32BE(column, 8 * k + 1);
    bytes.writeUInt32BE(row, 8 * k + 5);
  }
  return bytes;
}

const offer = fc.record({
  pricePerKwh: uint(64),
  powerW: uint(32),
  salt: bytes32,
});

const parts = fc.record({ offerHash: bytes32, uploadHash: bytes32 });

describe("hashes, TypeScript and Solidity", () => {
  let world: MarketWorld;
  let harness: ParityHarness;

  before(async () => {
    const connection = await network.create();
    world = await connection.networkHelpers.loadFixture(deployedWorld);
    harness = await connection.ethers.deployContract("ParityHarness");
  });
  after(() => world.connection.close());

  it("agree on auctionIdOf", async () => {
    const { contracts, venue } = world.market;
    await fc.assert(
      fc.asyncProperty(address, terms, async (matcher, given) => {
        const onChain = await contracts.auctions.auctionIdOf(matcher, given);
        expect(auctionIdOf(venue, matcher, given)).to.equal(onChain);
      }),
      RUNS,
    );
  });

  it("agree on requestCommitment", async () => {
    const { contracts, venue } = world.market;
    await fc.assert(
      fc.asyncProperty(bytes32, address, bytes32, async (auctionId, vehicle, hash) => {
        const onChain = await contracts.auctions.requestCommitment(auctionId, vehicle, hash);
        expect(requestCommitment(venue, auctionId, vehicle, hash)).to.equal(onChain);
      }),
      RUNS,
    );
  });

  it("agree on bidCommitment", async () => {
    const { contracts, venue } = world.market;
    await fc.assert(
      fc.asyncProperty(bytes32, uint(8), address, parts, async (auctionId, round, pile, given) => {
        const onChain = await contracts.auctions.bidCommitment(
          auctionId,
          round,
          pile,
          given.offerHash,
          given.uploadHash,
        );
        expect(bidCommitment(venue, auctionId, pile, given, round)).to.equal(onChain);
        expect(roundOfBid(venue, auctionId, pile, given, onChain)).to.equal(
          round >= 1n && round <= MAX_ROUNDS ? round : null,
        );
      }),
      RUNS,
    );
  });

  it("agree on offerHash", async () => {
    const { auctions } = world.market.contracts;
    await fc.assert(
      fc.asyncProperty(offer, async (given) => {
        expect(offerHash(given)).to.equal(await auctions.offerHashOf(given));
      }),
      RUNS,
    );
  });

  it("agree on decisionOf", async () => {
    const { auctions } = world.market.contracts;
    await fc.assert(
      fc.asyncProperty(bytes32, bytes32, bytes32, bytes32, bytes32, async (...fields) => {
        expect(decisionOf(...fields)).to.equal(await auctions.decisionOf(...fields));
      }),
      RUNS,
    );
  });

  it("agree on the standing of a bid", async () => {
    await fc.assert(
      fc.asyncProperty(
        bytes32,
        uint(8),
        bytes32,
        fc.boolean(),
        bytes32,
        async (auctionId, round, commitment, leads, salt) => {
          const standing = { auctionId, round, bidCommitment: commitment, leads, salt };
          const onChain = await harness.standingLeaf(auctionId, round, commitment, leads, salt);
          expect(standingLeaf(standing)).to.equal(onChain);
        },
      ),
      RUNS,
    );
  });

  it("agree on the site commitment", async () => {
    await fc.assert(
      fc.asyncProperty(bytes32, uint(32), uint(32), bytes32, async (...fields) => {
        expect(siteCommitment(...fields)).to.equal(await harness.siteCommitment(...fields));
      }),
      RUNS,
    );
  });

  it("agree on the order key", async () => {
    await fc.assert(
      fc.asyncProperty(bytes32, bytes32, async (seed, participantId) => {
        expect(orderKey(seed, participantId)).to.equal(await harness.orderKey(seed, participantId));
      }),
      RUNS,
    );
  });

  it("agree on the upload hash", async () => {
    const { publicKey } = toyKey();
    const ciphertext = fc
      .bigInt({ min: 1n, max: publicKey.nSquared - 1n })
      .map((value) => unchecked(publicKey, value));
    const upload = fc.record({
      auctionId: bytes32,
      round: fc.integer({ min: 0, max: 255 }).map(BigInt),
      kind: fc.constantFrom(...SENT_KINDS),
      roundKeyHash: bytes32,
      account: address,
      sealKey: bytes32,
      setId: bytes32,
      cells: fc.array(fc.record({ column: uint32, row: uint32 }), { maxLength: 9 }),
      record: ciphertext,
      proof: fc.uint8Array({ maxLength: 64 }).map(bytesToHex),
    });
    await fc.assert(
      fc.asyncProperty(upload, async (given) => {
        const spelledOut = await harness.uploadHash(
          {
            auctionId: given.auctionId,
            round: given.round,
            kind: 1 + SENT_KINDS.indexOf(given.kind),
            roundKeyHash: given.roundKeyHash,
            account: given.account,
            sealKey: given.sealKey,
            setId: given.setId,
          },
          bytesToHex(cellBytes(given.cells)),
          bytesToHex(ciphertextToBytes(given.record)),
          given.proof,
        );
        expect(uploadHash(given)).to.equal(spelledOut);
      }),
      RUNS,
    );
  });

  it("agree on the area hash", async () => {
    const area = fc
      .record({
        cellM: fc.integer({ min: LEAST_CELL_M, max: 65_535 }),
        reachM: fc.integer({ min: 0, max: MOST_REACH_M }),
        ends: fc.array(fc.nat({ max: 65_535 }), { minLength: 4, maxLength: 4 }),
      })
      .map(({ cellM, reachM, ends: [a = 0, b = 0, c = 0, d = 0] }) => {
        const [west, east] = [Math.min(a, b), Math.max(a, b)].map((m) => Math.floor(m / cellM));
        const [south, north] = [Math.min(c, d), Math.max(c, d)].map((m) => Math.floor(m / cellM));
        const [columns, rows] = [span(west, east), span(south, north)];
        return { cellM, west: west ?? 0, south: south ?? 0, columns, rows, reachM };
      });
    await fc.assert(
      fc.asyncProperty(area, async (given) => {
        const { cellM, west, south, columns, rows, reachM } = given;
        const spelledOut = await harness.areaHash(cellM, west, south, columns, rows, reachM);
        expect(areaHash(given)).to.equal(spelledOut);
      }),
      RUNS,
    );
  });

  it("agree on the round key hash", async () => {
    const odd = (bits: number): fc.Arbitrary<bigint> =>
      fc
        .bigInt({ min: 2n ** BigInt(bits - 2), max: 2n ** BigInt(bits - 1) - 1n })
        .map((half) => 2n * half + 1n);
    const numbers = fc.record({
      // 1,209 bits: the highest byte of n is half empty, and hs is often shorter than a ciphertext.
      n: odd(1_209),
      hs: fc.oneof(uint(16), uint(2_400)).map((value) => value + 2n),
      commitmentModulus: odd(1_021),
      features: fc.integer({ min: 0, max: 2 }),
      mode: fc.constantFrom(...MODE_NAMES),
      proxySealKey: bytes32,
    });
    await fc.assert(
      fc.asyncProperty(numbers, async (given) => {
        const key = { ...given, hs: coprimeFrom(given.hs, given.n) };
        const { publicKey } = roundKeyOf(key).shortKey;
        const hex = (value: bigint, width = byteLength(value)): string =>
          bytesToHex(bigintToBytes(value, width));
        const spelledOut = await harness.roundKeyHash(
          hex(key.n),
          hex(key.hs, publicKey.ciphertextBytes),
          hex(key.commitmentModulus),
          key.features,
          key.mode,
          key.proxySealKey,
        );
        expect(roundKeyHash(roundKeyOf(key))).to.equal(spelledOut);
      }),
      RUNS,
    );
  });

  it("differ between two auction contracts", async () => {
    const { venue, contracts } = world.market;
    const elsewhere = { ...venue, auctions: await contracts.escrow.getAddress() };
    const [auctionId, vehicle, hash] = [
      `0x${"11".repeat(32)}`,
      venue.auctions,
      `0x${"22".repeat(32)}`,
    ];
    const onChain = await contracts.auctions.requestCommitment(auctionId, vehicle, hash);
    expect(requestCommitment(venue, auctionId, vehicle, hash)).to.equal(onChain);
    expect(requestCommitment(elsewhere, auctionId, vehicle, hash)).not.to.equal(onChain);
  });
});

/** The first number from `least` on that is a unit modulo n. */
function coprimeFrom(least: bigint, n: bigint): bigint {
  return gcd(least, n) === 1n ? least : coprimeFrom(least + 1n, n);
}
