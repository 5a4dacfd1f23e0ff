/**
 * At the edge of an epoch. A clock that is set back, or a process that starts again with an earlier
 * one, would take coins a second time whose page is closed. A member that comes with another secret
 * after midnight would be two in a slot that spans it. The attacks succeed on books that do not
 * keep what the stores have to keep, and gain nothing on the product's.
 */
import { expect } from "chai";
import { acceptCredential, generateHolderSecret } from "../../offchain/core/credential/holder.ts";
import { memoryRegister, restEpochs } from "../../offchain/core/credential/registrar.ts";
import { showCredential } from "../../offchain/core/credential/show.ts";
import { verifyPresentation } from "../../offchain/core/credential/verify.ts";
import { coinsToBytes } from "../../offchain/core/funding/formats.ts";
import {
  closePages,
  publishMint,
  redeemCoins,
  signCoins,
} from "../../offchain/core/funding/mint.ts";
import { memoryMintBook, type MintBook } from "../../offchain/core/funding/mintBook.ts";
import { askForCoins } from "../../offchain/core/funding/purse.ts";
import {
  EPOCH_SECONDS,
  LONGEST_AUTHORISATION_SECONDS,
} from "../../offchain/core/messages/lifetimes.ts";
import { bytesToHex } from "../../offchain/core/primitives/bytes.ts";
import { memoryCashierStore } from "../../offchain/parties/cashier/store.ts";
import {
  admitted,
  asyncCodeOf,
  demandAt,
  EPOCH,
  joinRequestOf,
  type Person,
  personIn,
  REST_EPOCHS,
  type World,
  worldOf,
} from "../support/credential/world.ts";
import { bought, EPOCH as COIN_EPOCH, mintOf } from "../support/funding/coins.ts";
import { asyncRefusal, counterRng } from "../support/primitives/draws.ts";

describe("a clock that is set back", () => {
  const rng = counterRng("a clock that is set back");
  const { key } = mintOf("a clock that is set back");
  const mintAt = (epoch: number): ReturnType<typeof mintOf> => ({ key, epoch });
  const FIRST = COIN_EPOCH;

  /** What coins of 1,000 units are worth to who pays twice with them, before and after the jump. */
  const paidTwice = async (book: MintBook): Promise<readonly string[]> => {
    const { coins } = await bought(mintAt(FIRST), 1_000n, rng, book);
    const bytes = coinsToBytes(coins);
    const redeemed = (epoch: number): Promise<string> =>
      asyncRefusal(() => redeemCoins(mintAt(epoch), book, bytes));
    const first = await redeemed(FIRST);
    await closePages(mintAt(FIRST + 2), book);
    return [first, await redeemed(FIRST + 1), await redeemed(FIRST)];
  };

  it("pays twice for a coin out of a book that knows pages alone", async () => {
    const book = forgetful();
    expect(await paidTwice(book)).to.deep.equal(["accepted", "accepted", "FundingError E_SPENT"]);
    expect(await book.owedUnits()).to.equal(-1_000n);
  });

  it("pays once out of the book, which has been in a later epoch", async () => {
    const book = memoryMintBook();
    const past = "FundingError E_EPOCH";
    expect(await paidTwice(book)).to.deep.equal(["accepted", past, past]);
    expect(await book.owedUnits()).to.equal(0n);
  });

  it("raises the epoch by whatever the mint does, and is refused whatever it does", async () => {
    const { request } = askForCoins(publishMint(mintAt(FIRST + 5)), 1_000n, rng);
    const { issued } = signCoins(mintAt(FIRST + 5), request, 1_000n, rng);
    const raising: readonly ((book: MintBook) => Promise<unknown>)[] = [
      (book) => book.issue(issued),
      (book) => book.spend(FIRST + 5, [], null),
      (book) => book.beginEpoch(FIRST + 5, FIRST + 4),
    ];
    for (const raise of raising) {
      const store = memoryCashierStore();
      await raise(store);
      const mint = mintAt(FIRST + 4);
      const late = { epoch: FIRST + 4, units: 1_000n };
      expect(await asyncRefusal(() => bought(mint, 1_000n, rng, store))).to.equal(
        "FundingError E_EPOCH",
      );
      expect(await store.spend(FIRST + 4, [], null)).to.equal("past");
      expect(await store.beginEpoch(FIRST + 4, FIRST + 3)).to.equal(null);
      const step = { before: 0n, after: 1_000n };
      const payment = { account: "0x02", units: 1_000n, coins: [], issued: null };
      expect(await store.settle("0x01", step, late)).to.equal("past");
      expect(await store.pay({ ...payment, epoch: FIRST + 4 })).to.equal("past");
      // What was refused has taken nothing, and the epoch goes on.
      expect(await store.settledUnits("0x01")).to.equal(0n);
      expect(await store.paidUnits("0x02")).to.equal(0n);
      const now = { ...late, epoch: FIRST + 6 };
      expect(await store.settle("0x01", step, now)).to.equal("settled");
      expect(await store.settle("0x01", step, now)).to.equal("claimed");
      expect(await store.pay({ ...payment, epoch: FIRST + 6 })).to.equal("paid");
      expect(await store.pay({ ...payment, epoch: FIRST + 4 })).to.equal("repeated");
    }
  });

  /** Keeps what was spent, page by page, and no epoch: as the book was once. */
  function forgetful(): MintBook {
    const book = memoryMintBook();
    const pages = new Map<number, Set<string>>();
    let owed = 0n;
    return {
      ...book,
      issue: ({ units }) => {
        owed += units;
        return Promise.resolve(true);
      },
      spend: (_epoch, coins) => {
        const page = (epoch: number): Set<string> => pages.get(epoch) ?? new Set();
        if (coins.some(({ epoch, id }) => page(epoch).has(id))) return Promise.resolve("spent");
        for (const { epoch, id, units } of coins) {
          pages.set(epoch, page(epoch).add(id));
          owed -= units;
        }
        return Promise.resolve("taken");
      },
      beginEpoch: (_epoch, firstTaken) => {
        for (const epoch of pages.keys()) if (epoch < firstTaken) pages.delete(epoch);
        return Promise.resolve(0n);
      },
      owedUnits: () => Promise.resolve(owed),
    };
  }
});

describe("a member that comes with another secret after midnight", function () {
  this.timeout(60_000);

  /** How many pseudonyms a member has in one scope, with a secret for each of these epochs. */
  const pseudonyms = async (
    world: World,
    epochs: readonly number[],
  ): Promise<{ readonly nyms: number; readonly codes: readonly string[] }> => {
    const anna = personIn(world, "anna");
    const nyms = new Set<string>();
    const codes: string[] = [];
    for (const epoch of epochs) {
      const person: Person = { ...anna, holder: generateHolderSecret(world.rng) };
      const attributes = { role: "charge", epoch } as const;
      const code = await asyncCodeOf(async () => {
        const answer = await admitted(world, await joinRequestOf(world, person, attributes), epoch);
        const { parameters, rng } = world;
        const credential = acceptCredential(parameters, person.holder, attributes, answer);
        const demand = { ...demandAt(world, "a slot over midnight"), epoch };
        const shown = showCredential(parameters, credential, demand, rng);
        nyms.add(bytesToHex(verifyPresentation(parameters, shown, demand).nym.toBytes()));
      });
      codes.push(code);
    }
    return { nyms: nyms.size, codes };
  };

  it("is two in one scope where books look at one epoch alone", async () => {
    const world = worldOf("midnight, by the epoch");
    const straw = { ...world, register: memoryRegister(world.members, 0) };
    const { nyms, codes } = await pseudonyms(straw, [EPOCH, EPOCH + 1]);
    expect(codes).to.deep.equal(["accepted", "accepted"]);
    expect(nyms).to.equal(2);
  });

  it("is one as long as an authorisation of its last epoch may count", async () => {
    expect(REST_EPOCHS).to.equal(restEpochs(EPOCH_SECONDS));
    const world = worldOf("midnight");
    const epochs = [EPOCH, EPOCH + 1, EPOCH + REST_EPOCHS];
    const { nyms, codes } = await pseudonyms(world, epochs);
    expect(codes).to.deep.equal(["accepted", "E_IDENTIFIER", "E_IDENTIFIER"]);
    expect(nyms).to.equal(1);
    // Its last authorisation is over by then.
    expect(REST_EPOCHS * EPOCH_SECONDS).to.be.at.least(LONGEST_AUTHORISATION_SECONDS);
    const later = await pseudonyms(worldOf("later"), [EPOCH, EPOCH + REST_EPOCHS + 1]);
    expect(later.codes).to.deep.equal(["accepted", "accepted"]);
  });
});
