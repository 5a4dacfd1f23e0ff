/**
 * Attacks on coins. Each succeeds on a straw man that leaves one thing out, and fails on what is
 * used: paying twice, losing good coins by a bad one, coins of one's own make, coins that grow,
 * more coins than were paid for, marked coins, and the cashier's guess which coin it was that it
 * sold to whom.
 */
import { ristretto255, ristretto255_oprf } from "@noble/curves/ed25519.js";
import { sha512 } from "@noble/hashes/sha2.js";
import { expect } from "chai";
import { setImmediate } from "node:timers/promises";
import { type Coin, coinFunction, totalUnits, unitsOf } from "../../offchain/core/funding/coin.ts";
import {
  answerToBytes,
  coinsFromBytes,
  coinsToBytes,
  requestFromBytes,
} from "../../offchain/core/funding/formats.ts";
import {
  type Mint,
  publishMint,
  redeemCoins,
  signCoins,
} from "../../offchain/core/funding/mint.ts";
import { memoryMintBook, type MintBook } from "../../offchain/core/funding/mintBook.ts";
import { acceptCoins, askForCoins, type PendingCoins } from "../../offchain/core/funding/purse.ts";
import { randomBytesOf } from "../../offchain/core/primitives/random.ts";
import { coinsOf, EPOCH, mintOf } from "../support/funding/coins.ts";
import { asyncRefusal, counterRng, refusal } from "../support/primitives/draws.ts";

const mint = mintOf("attacked");
const rng = counterRng("attacks on coins");

describe("paying twice", () => {
  const coins = coinsOf(mint, 3_000n, rng);
  const bytes = coinsToBytes(coins);

  it("works where no book is kept", async () => {
    const redeem = (): Promise<bigint> => redeemCoins(mint, memoryMintBook(), bytes);
    expect([await redeem(), await redeem()]).to.deep.equal([3_000n, 3_000n]);
  });

  it("works at the same moment where the book is read first and written later", async () => {
    const spent = new Set<string>();
    const late: MintBook = {
      ...memoryMintBook(),
      spend: async (_epoch, paid) => {
        const isNew = paid.every(({ id }) => !spent.has(id));
        await setImmediate();
        for (const { id } of paid) spent.add(id);
        return isNew ? "taken" : "spent";
      },
    };
    const redeem = (book: MintBook): Promise<string> =>
      asyncRefusal(() => redeemCoins(mint, book, bytes));
    expect(await Promise.all([redeem(late), redeem(late)])).to.deep.equal(["accepted", "accepted"]);
    const book = memoryMintBook();
    expect(await Promise.all([redeem(book), redeem(book)])).to.deep.equal([
      "accepted",
      "FundingError E_SPENT",
    ]);
  });

  it("does not work on the book, nor within one set, nor beside a good coin", async () => {
    const book = memoryMintBook();
    const redeemed = (paid: Uint8Array): Promise<string> =>
      asyncRefusal(() => redeemCoins(mint, book, paid));
    const doubled = coinsToBytes([...coins, ...coins]);
    expect(await redeemed(doubled)).to.equal("FundingError E_DUPLICATE");
    expect(await redeemed(bytes)).to.equal("accepted");
    expect(await redeemed(bytes)).to.equal("FundingError E_SPENT");
    const more = coinsOf(mint, 1_000n, rng);
    expect(await redeemed(coinsToBytes([...more, ...coins]))).to.equal("FundingError E_SPENT");
    expect(await redeemCoins(mint, book, coinsToBytes(more))).to.equal(1_000n);
  });
});

describe("one bad coin among good ones", () => {
  const coins = coinsOf(mint, 3_000n, rng);
  const bad = coins.map((coin, i) =>
    i === 1 ? { ...coin, output: randomBytesOf(rng, 64) } : coin,
  );

  it("costs the good ones where they are taken one after the other", async () => {
    const book = memoryMintBook();
    const oneByOne = async (): Promise<void> => {
      for (const coin of bad) await redeemCoins(mint, book, coinsToBytes([coin]));
    };
    expect(await asyncRefusal(oneByOne)).to.equal("FundingError E_COIN");
    const again = await asyncRefusal(() => redeemCoins(mint, book, coinsToBytes(coins)));
    expect(again).to.equal("FundingError E_SPENT");
  });

  it("costs nothing where a set counts whole or not at all", async () => {
    const book = memoryMintBook();
    const whole = (): Promise<bigint> => redeemCoins(mint, book, coinsToBytes(bad));
    expect(await asyncRefusal(whole)).to.equal("FundingError E_COIN");
    expect(await redeemCoins(mint, book, coinsToBytes(coins))).to.equal(3_000n);
  });
});

describe("making coins", () => {
  const book = memoryMintBook();
  const [good] = coinsOf(mint, 1_000n, rng);
  if (good === undefined) throw new Error("expected a coin");
  const other = coinsOf(mintOf("a mint of the attacker's"), 1_000n, rng);
  const forged: Readonly<Record<string, Coin>> = {
    "with an output at random": { ...good, output: randomBytesOf(rng, 64) },
    "with a serial of one's own": { ...good, serial: randomBytesOf(rng, 32) },
    "with another key": { ...good, ...other[0] },
    "with the output of nothing": { ...good, output: new Uint8Array(64) },
    "of a coin of the epoch before": { ...good, epoch: EPOCH - 1 },
  };

  it("works where the key does not matter", async () => {
    const unkeyed = (bytes: Uint8Array): bigint =>
      totalUnits(
        coinsFromBytes(bytes).filter(({ serial, output }) => {
          return Buffer.from(sha512(serial)).equals(output);
        }),
      );
    const serial = randomBytesOf(rng, 32);
    const made = { ...good, exponent: 24, serial, output: sha512(serial) };
    expect(unkeyed(coinsToBytes([made]))).to.equal(unitsOf(24));
    expect(await asyncRefusal(() => redeemCoins(mint, book, coinsToBytes([made])))).to.equal(
      "FundingError E_COIN",
    );
  });

  for (const [how, coin] of Object.entries(forged)) {
    it(`does not work ${how}`, async () => {
      expect(await asyncRefusal(() => redeemCoins(mint, book, coinsToBytes([coin])))).to.equal(
        "FundingError E_COIN",
      );
    });
  }
});

describe("letting a coin grow", () => {
  it("works where the denomination is only written on it", () => {
    const onlyEpoch = ristretto255_oprf.poprf(new TextEncoder().encode(`epoch ${EPOCH}`));
    const { secret, publicKey } = mint.key;
    const serial = randomBytesOf(rng, 32);
    const { blind, blinded, tweakedKey } = onlyEpoch.blind(serial, publicKey);
    const { evaluated, proof } = onlyEpoch.blindEvaluate(secret, blinded);
    const output = onlyEpoch.finalize(serial, blind, evaluated, blinded, proof, tweakedKey);
    const grown: Coin = { epoch: EPOCH, exponent: 24, serial, output };
    const redeemed = (coin: Coin): bigint => {
      const good = Buffer.from(onlyEpoch.evaluate(secret, coin.serial)).equals(coin.output);
      return good ? unitsOf(coin.exponent) : 0n;
    };
    expect(redeemed(grown)).to.equal(16_777_216_000n);
  });

  it("does not work with any other denomination or epoch", async () => {
    const coins = coinsOf(mint, 8_000n, rng);
    for (let exponent = 0; exponent <= 24; exponent += 1) {
      const grown = coinsToBytes(coins.map((coin) => ({ ...coin, exponent })));
      expect(await asyncRefusal(() => redeemCoins(mint, memoryMintBook(), grown))).to.equal(
        exponent === 3 ? "accepted" : "FundingError E_COIN",
      );
    }
    const later = { ...mint, epoch: EPOCH + 1 };
    const younger = coinsToBytes(coins.map((coin) => ({ ...coin, epoch: EPOCH + 1 })));
    const redeemed = await asyncRefusal(() => redeemCoins(later, memoryMintBook(), younger));
    expect(redeemed).to.equal("FundingError E_COIN");
  });
});

describe("asking for more coins than were paid", () => {
  const { request, pending } = askForCoins(publishMint(mint), 16_777_216_000n, rng);

  it("works where the value is what the customer says it is", async () => {
    const trusting = (statedUnits: bigint, paidUnits: bigint): Uint8Array => {
      if (statedUnits !== paidUnits) throw new Error("expected what was paid");
      const { evaluated, proof } = evaluatedBy(mint, request);
      return answerToBytes({ evaluated, proofs: [proof] });
    };
    const coins = coinsToBytes(acceptCoins(pending, trusting(1_000n, 1_000n)));
    expect(await redeemCoins(mint, memoryMintBook(), coins)).to.equal(16_777_216_000n);
  });

  it("does not work by value, by the count in front, or by elements beyond it", () => {
    expect(refusal(() => signCoins(mint, request, 1_000n, rng))).to.equal("FundingError E_AMOUNT");
    const { request: fair } = askForCoins(publishMint(mint), 3_000n, rng);
    const [fewer, more] = [1, 3].map((count) => Uint8Array.from(fair).fill(count, 5, 6));
    for (const changed of [fewer, more]) {
      expect(refusal(() => signCoins(mint, changed ?? fair, 3_000n, rng))).to.equal(
        "FundingError E_LENGTH",
      );
    }
    const cut = Uint8Array.from(fair.subarray(0, 6 + 33)).fill(1, 5, 6);
    expect(refusal(() => signCoins(mint, cut, 3_000n, rng))).to.equal("FundingError E_AMOUNT");
  });
});

describe("a cashier that marks its customers", () => {
  const customers = [1, 2, 3, 4].map((n) => mintOf(`for customer ${n}`));

  it("knows them again where the proof is not looked at", () => {
    for (const [customer, marked] of customers.entries()) {
      const { pending, answer } = answered(marked);
      const [coin] = unproven(pending, answer);
      if (coin === undefined) throw new Error("expected a coin");
      const fits = customers.map(({ key }) => isOf(key.secret, coin));
      expect(fits.indexOf(true)).to.equal(customer);
    }
  });

  it("is found out by its proof, for a key as for an epoch of his own", () => {
    for (const marked of [...customers, { ...mint, epoch: EPOCH + 1 }]) {
      const { pending, answer } = answered(marked);
      expect(refusal(() => acceptCoins(pending, answer))).to.equal("FundingError E_PROOF");
    }
    const honest = answered(mint);
    expect(acceptCoins(honest.pending, honest.answer)).to.have.length(1);
  });

  it("cannot mark a part of a batch either", () => {
    const { request, pending } = askForCoins(publishMint(mint), 2n * unitsOf(24), rng);
    const [one, two] = [mint, customers[0] ?? mint].map((by) => evaluatedBy(by, request));
    if (one === undefined || two === undefined) throw new Error("expected two answers");
    const mixed = answerToBytes({
      evaluated: [...one.evaluated.slice(0, 1), ...two.evaluated.slice(1)],
      proofs: [one.proof],
    });
    expect(refusal(() => acceptCoins(pending, mixed))).to.equal("FundingError E_PROOF");
  });

  /**
   * One coin that a customer of the published mint asked for, from a mint that need not be the
   * published one.
   */
  function answered(by: Mint): { readonly pending: PendingCoins; readonly answer: Uint8Array } {
    const { request, pending } = askForCoins(publishMint(mint), 1_000n, rng);
    const { evaluated, proof } = evaluatedBy(by, request);
    return { pending, answer: answerToBytes({ evaluated, proofs: [proof] }) };
  }

  /** As `acceptCoins` for one coin, without the proof. */
  function unproven({ epoch, coins }: PendingCoins, answer: Uint8Array): readonly Coin[] {
    const { Fn } = ristretto255.Point;
    return coins.map(({ exponent, serial, blind }) => {
      const point = ristretto255.Point.fromBytes(answer.subarray(0, 32));
      const output = point.multiply(Fn.inv(Fn.fromBytes(blind))).toBytes();
      return { epoch, exponent, serial, output };
    });
  }

  /** The unhashed output of the straw man, computed by the cashier with one of its keys. */
  function isOf(secret: Uint8Array, { exponent, serial, output }: Coin): boolean {
    const one = unblindedRequest(serial);
    const { evaluated } = coinFunction(EPOCH, exponent).blindEvaluate(secret, one);
    return Buffer.from(evaluated).equals(output);
  }
});

describe("a cashier that kept every transcript", () => {
  const SESSIONS = 200;
  const BOUND = 1 / SESSIONS + 4 * Math.sqrt(1 / SESSIONS / SESSIONS);
  const label = counterRng("linking game");

  /** What the cashier has of one sale, and later of one coin. */
  interface Sale {
    readonly blinded: Uint8Array;
    readonly evaluated: Uint8Array;
  }
  /** How far a sale is from the coin that came back in place `at`. */
  type Distinguisher = (coin: Coin, at: number) => (sale: Sale, place: number) => number;

  const differing = (a: Uint8Array, b: Uint8Array): number =>
    a.reduce((sum, byte, i) => sum + bitsOf(byte ^ (b[i] ?? 0)), 0);
  const leading = (bytes: Uint8Array): number => Buffer.from(bytes).readUIntBE(0, 6);
  const head = (bytes: Uint8Array): Uint8Array => bytes.subarray(0, 32);
  const distinguishers: Readonly<Record<string, Distinguisher>> = {
    "by the order": (_, at) => (__, place) => Math.abs(place - at),
    "by the element of the serial": ({ serial }) => {
      const element = unblindedRequest(serial);
      return ({ blinded }) => differing(blinded, element);
    },
    "by its own evaluation of the serial": ({ exponent, serial }) => {
      const element = unblindedRequest(serial);
      const again = coinFunction(EPOCH, exponent).blindEvaluate(mint.key.secret, element);
      return ({ evaluated }) => differing(evaluated, again.evaluated);
    },
    "by the serial's bits": ({ serial }) => {
      return ({ blinded }) => differing(blinded, serial);
    },
    "by the output's bits": ({ output }) => {
      return ({ evaluated }) => differing(evaluated, head(output));
    },
    "by the output's other half": ({ output }) => {
      return ({ evaluated }) => differing(evaluated, output.subarray(32));
    },
    "by size": ({ serial }) => {
      return ({ blinded }) => Math.abs(leading(blinded) - leading(serial));
    },
    "by the output's size": ({ output }) => {
      return ({ evaluated }) => Math.abs(leading(evaluated) - leading(output));
    },
  };
  const byName = new Map(Object.entries(distinguishers));

  /** How often the nearest sale is the coin's own; coins come back in an order of their own. */
  function success(
    sales: readonly Sale[],
    coins: readonly Coin[],
    distinguisher: Distinguisher,
  ): number {
    const order = coins.map((_, i) => i).toSorted((a, b) => orderOf(coins, a) - orderOf(coins, b));
    const right = order.filter((own, at) => {
      const coin = coins[own];
      if (coin === undefined) return false;
      const distances = sales.map(distinguisher(coin, at));
      return distances.indexOf(Math.min(...distances)) === own;
    });
    return right.length / coins.length;
  }

  const orderOf = (coins: readonly Coin[], i: number): number =>
    leading(coins[i]?.serial.subarray(8) ?? new Uint8Array(6));

  const blindly = Array.from({ length: SESSIONS }, () => {
    const { request, pending } = askForCoins(publishMint(mint), 1_000n, label);
    const { answer } = signCoins(mint, request, 1_000n, label);
    const [asked] = requestFromBytes(request).coins;
    const [coin] = acceptCoins(pending, answer);
    if (asked === undefined || coin === undefined) throw new Error("expected a coin");
    return { sale: { blinded: asked.blinded, evaluated: answer.subarray(0, 32) }, coin };
  });
  const openly = blindly.map(({ coin }) => {
    const blinded = unblindedRequest(coin.serial);
    const { evaluated } = coinFunction(EPOCH, coin.exponent).blindEvaluate(
      mint.key.secret,
      blinded,
    );
    return { sale: { blinded, evaluated: Uint8Array.from(evaluated) }, coin };
  });

  for (const [name, distinguisher] of byName) {
    it(`does not know which sale a coin is from: ${name}`, () => {
      const rate = success(
        blindly.map(({ sale }) => sale),
        blindly.map(({ coin }) => coin),
        distinguisher,
      );
      expect(rate).to.be.at.most(BOUND);
    });
  }

  for (const name of ["by the element of the serial", "by its own evaluation of the serial"]) {
    it(`knows it always where serials are not blinded: ${name}`, () => {
      const distinguisher = byName.get(name);
      if (distinguisher === undefined) throw new Error("expected a distinguisher");
      const few = openly.slice(0, 20);
      const rate = success(
        openly.map(({ sale }) => sale),
        few.map(({ coin }) => coin),
        distinguisher,
      );
      expect(rate).to.equal(1);
    });
  }
});

/**
 * The element that a serial is hashed to, by way of the library, whose scalar of zero bytes is 1.
 */
function unblindedRequest(serial: Uint8Array): Uint8Array {
  const zeros = (length = 48): Uint8Array<ArrayBuffer> => new Uint8Array(length);
  return coinFunction(EPOCH, 0).blind(serial, mint.key.publicKey, zeros).blinded;
}

function bitsOf(byte: number): number {
  return [0, 1, 2, 3, 4, 5, 6, 7].filter((bit) => ((byte >> bit) & 1) === 1).length;
}

/** What a mint makes of a request for coins of one denomination, whatever was paid. */
function evaluatedBy(
  by: Mint,
  request: Uint8Array,
): { readonly evaluated: readonly Uint8Array[]; readonly proof: Uint8Array } {
  const { coins } = requestFromBytes(request);
  const blinded = coins.map((coin) => coin.blinded);
  const exponent = coins[0]?.exponent ?? 0;
  return coinFunction(by.epoch, exponent).blindEvaluateBatch(by.key.secret, blinded);
}
