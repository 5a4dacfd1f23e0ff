/** Which block draws the order of buyers, on chains with randomness and without. */
import { expect } from "chai";
import { id, toBeHex } from "ethers";
import { drawnOrder, orderSeed, type DrawnOrder } from "../../../offchain/chain/orderSeed.ts";
import { asyncRefusal } from "../../support/primitives/draws.ts";

/** A block every 12 seconds from 0 on; bidding ends just behind one. */
const BLOCK_SECONDS = 12;
const BIDDING = { biddingEnds: 49n };
const FIRST = 5;
const ISTANBUL = "0x63746963616c2062797a616e74696e65206661756c7420746f6c6572616e6365";

type MixHashes = (number: number) => string;

/** A chain up to a block, and which blocks were looked at. */
function chainOf(latest: number, mixHash: MixHashes, read: number[] = []) {
  return {
    provider: {
      getBlockNumber: () => Promise.resolve(latest),
      send: (method: string, [named]: unknown[]) => {
        expect(method).to.equal("eth_getBlockByNumber");
        const number = Number(named);
        read.push(number);
        const timestamp = toBeHex(number * BLOCK_SECONDS);
        const block = { timestamp, mixHash: mixHash(number), hash: hashOf(number) };
        return Promise.resolve(number <= latest ? block : null);
      },
    },
  };
}

function hashOf(number: number): string {
  return id(`block ${number}`);
}

const random: MixHashes = (number) => id(`randao ${number}`);
const word = (value: bigint): string => toBeHex(value, 32);

/** On a long chain. */
function drawn(mixHash: MixHashes): Promise<DrawnOrder> {
  return drawnOrder(chainOf(1_000, mixHash), BIDDING);
}

describe("the seed of the order", () => {
  it("is RANDAO of the block behind the first one of after bidding", async () => {
    expect(await drawn(random)).to.deep.equal({
      seed: random(FIRST + 1),
      source: "randao",
      blockNumber: FIRST + 1,
    });
  });

  it("counts a block at the very end of bidding as one of after it", async () => {
    for (const [biddingEnds, first] of [
      [60n, 5],
      [61n, 6],
      [0n, 0],
    ] as const) {
      const { blockNumber } = await drawnOrder(chainOf(1_000, random), { biddingEnds });
      expect(blockNumber, `end ${biddingEnds}`).to.equal(first + 1);
    }
  });

  const predictable: Readonly<Record<string, MixHashes>> = {
    "zero, as with Clique": () => word(0n),
    "the digest of IBFT and QBFT": () => ISTANBUL,
    "a small constant": () => word(250_000_000_000_000_000n),
    "another constant": () => id("a constant of another engine"),
    "a small counter": (number) => word(BigInt(number)),
    "a counter from a large number on": (number) => word((1n << 200n) + 7n * BigInt(number)),
    "a counter that falls": (number) => word((1n << 255n) - BigInt(number)),
    "one that lasts for two blocks": (number) => id(`epoch ${(number + 1) >> 1}`),
    "one that is new in this block, and has lasted for some before": (number) =>
      id(`origin ${Math.floor(number / 6)}`),
    "one of two values by turns": (number) => id(`turn ${number % 2}`),
  };
  for (const [what, mixHash] of Object.entries(predictable)) {
    it(`is the hash of a later block where the mix hash is ${what}`, async () => {
      const drawnOn = FIRST + 4;
      const expected = { seed: hashOf(drawnOn), source: "blockHash", blockNumber: drawnOn };
      expect(await drawn(mixHash)).to.deep.equal(expected);
    });
  }

  it("takes the digest for a constant also in the first block of a chain", async () => {
    const mixHash: MixHashes = (number) => (number === 0 ? word(7n << 130n) : ISTANBUL);
    const { source } = await drawnOrder(chainOf(1_000, mixHash), { biddingEnds: 0n });
    expect(source).to.equal("blockHash");
  });

  it("is the same for everybody, however long the chain has grown since", async () => {
    for (const mixHash of [random, () => ISTANBUL]) {
      const seeds = await Promise.all(
        [FIRST + 4, FIRST + 5, 100, 5_000].map((latest) =>
          orderSeed(chainOf(latest, mixHash), BIDDING),
        ),
      );
      expect(new Set(seeds).size).to.equal(1);
    }
  });

  it("is not there before its block is, and says which one that is", async () => {
    const waits = async (latest: number, mixHash: MixHashes): Promise<unknown> =>
      drawnOrder(chainOf(latest, mixHash), BIDDING).catch((error: unknown) => error);
    const early = await waits(FIRST - 1, random);
    expect(early).to.include({ code: "E_ORDER_SEED", biddingEnded: false });
    const one = await waits(FIRST, random);
    expect(one).to.include({ code: "E_ORDER_SEED", biddingEnded: true });
    expect(one)
      .to.have.property("message")
      .that.includes(`block ${FIRST + 1}`);
    const four = await waits(FIRST + 3, () => ISTANBUL);
    expect(four)
      .to.have.property("message")
      .that.includes(`block ${FIRST + 4}`);
    expect(
      await asyncRefusal(() =>
        orderSeed(
          chainOf(FIRST + 4, () => ISTANBUL),
          BIDDING,
        ),
      ),
    ).to.equal("accepted");
  });

  it("is found with few looks at a long chain", async () => {
    const read: number[] = [];
    await drawnOrder(chainOf(1_000_000, random, read), BIDDING);
    expect(read.length).to.be.at.most(40);
  });
});
