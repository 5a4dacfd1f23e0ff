/** Letters of the dealer: each opens for one server and one attempt, and nothing is dealt twice. */
import { expect } from "chai";
import { attemptOf } from "../../../../offchain/core/messages/attempt.ts";
import { openLetter, type Letter } from "../../../../offchain/core/messages/dealtLetter.ts";
import { openKeyLetter, sealKeyLetter } from "../../../../offchain/core/messages/keyLetter.ts";
import type { Amounts } from "../../../../offchain/core/primitives/sharing/dealer.ts";
import { dealerFor, dealRound } from "../../../../offchain/parties/authority/dealer.ts";
import { memoryDealerStore } from "../../../../offchain/parties/authority/dealerStore.ts";
import { memoryServerStore } from "../../../../offchain/parties/server/store.ts";
import {
  AUCTION_ID,
  dealtKey,
  otherDealtKey,
  person,
  type Person,
} from "../../../support/matching/crowdRound.ts";
import { asyncRefusal, counterRng, underNodeEnv } from "../../../support/primitives/draws.ts";

const AMOUNTS: Amounts = { tripleWords: 40, squares: 6 };
const ATTEMPT = attemptOf(AUCTION_ID, 2n, 1);
const rng = counterRng("letters");

describe("letters of the dealer", () => {
  let proxy: Person;
  let cloud: Person;
  let letters: { readonly toProxy: Letter; readonly toCloud: Letter };
  const sealTo = () => ({ proxy: proxy.sealKeys.publicKey, cloud: cloud.sealKeys.publicKey });

  before(async () => {
    [proxy, cloud] = [await person("proxy"), await person("cloud")];
    letters = await dealRound(ATTEMPT, AMOUNTS, sealTo(), rng);
  });

  it("hold what makes triples and squares together, drawn in any pieces", async () => {
    const { toProxy, toCloud } = letters;
    const first = await openLetter(proxy.sealKeys, ATTEMPT, 0, AMOUNTS, toProxy);
    const second = await openLetter(cloud.sealKeys, ATTEMPT, 1, AMOUNTS, toCloud);
    for (const words of [1, 9, 30]) {
      const [one, other] = [first.triples(words), second.triples(words)];
      const joined = (kind: "a" | "b" | "c"): readonly number[] =>
        [...one[kind]].map((word, k) => word ^ (other[kind][k] ?? 0));
      expect(joined("c")).to.deep.equal(joined("a").map((a, k) => a & (joined("b")[k] ?? 0)));
    }
    const [one, other] = [first.squares(6), second.squares(6)];
    const sum = (kind: "r" | "s"): readonly bigint[] =>
      [...one[kind]].map((share, k) => BigInt.asUintN(64, share + (other[kind][k] ?? 0n)));
    expect(sum("s")).to.deep.equal(sum("r").map((r) => BigInt.asUintN(64, r * r)));
    expect(toProxy.length).to.be.lessThan(100);
  });

  it("open for their server, auction, round and attempt alone", async () => {
    const { toProxy, toCloud } = letters;
    const opened = (
      keys: Person,
      attempt: typeof ATTEMPT,
      server: 0 | 1,
      letter: Letter,
    ): Promise<string> =>
      asyncRefusal(() => openLetter(keys.sealKeys, attempt, server, AMOUNTS, letter));
    expect(await opened(cloud, ATTEMPT, 1, toCloud)).to.equal("accepted");
    const others = [
      opened(proxy, ATTEMPT, 1, toCloud),
      opened(cloud, ATTEMPT, 0, toCloud),
      opened(proxy, ATTEMPT, 1, toProxy),
      opened(cloud, { ...ATTEMPT, attempt: 2 }, 1, toCloud),
      opened(cloud, { ...ATTEMPT, round: 1 }, 1, toCloud),
      opened(cloud, { ...ATTEMPT, auctionId: `0x${"11".repeat(32)}` }, 1, toCloud),
    ];
    for (const refused of await Promise.all(others)) {
      expect(refused).to.equal("SealedBoxError E_AEAD");
    }
  });

  it("are refused when they hold less or more than was asked for", async () => {
    const more = { ...AMOUNTS, squares: 7 };
    const opening = () => openLetter(cloud.sealKeys, ATTEMPT, 1, more, letters.toCloud);
    expect(await asyncRefusal(opening)).to.equal("LetterError E_LETTER_LENGTH");
  });

  it("are dealt anew for every attempt, and never repeatable outside tests", async () => {
    const next = await dealRound({ ...ATTEMPT, attempt: 2 }, AMOUNTS, sealTo(), rng);
    const again = { ...ATTEMPT, attempt: 2 };
    const [one, other] = await Promise.all([
      openLetter(proxy.sealKeys, ATTEMPT, 0, AMOUNTS, letters.toProxy),
      openLetter(proxy.sealKeys, again, 0, AMOUNTS, next.toProxy),
    ]);
    expect([...one.triples(8).a]).to.not.deep.equal([...other.triples(8).a]);
    const dealing = () => asyncRefusal(() => dealRound(ATTEMPT, AMOUNTS, sealTo(), rng));
    expect(await underNodeEnv("production", dealing)).to.equal("RandomError E_RNG_DETERMINISTIC");
  });

  it("are given to both servers when both ask for the same, and once", async () => {
    const dealer = dealerFor(sealTo(), rng, memoryDealerStore());
    const [toProxy, toCloud] = await Promise.all([
      dealer.letterFor(0, ATTEMPT, AMOUNTS),
      dealer.letterFor(1, ATTEMPT, AMOUNTS),
    ]);
    await openLetter(proxy.sealKeys, ATTEMPT, 0, AMOUNTS, toProxy);
    await openLetter(cloud.sealKeys, ATTEMPT, 1, AMOUNTS, toCloud);
    for (const server of [0, 1] as const) {
      const again = (): Promise<unknown> => dealer.letterFor(server, ATTEMPT, AMOUNTS);
      expect(await asyncRefusal(again)).to.equal("DealerError E_DEALER_AGAIN");
    }
  });

  it("are given to nobody when the servers ask for different amounts", async () => {
    const dealer = dealerFor(sealTo(), rng, memoryDealerStore());
    const asked = [
      asyncRefusal(() => dealer.letterFor(0, ATTEMPT, AMOUNTS)),
      asyncRefusal(() => dealer.letterFor(1, ATTEMPT, { ...AMOUNTS, squares: 8 })),
    ];
    const refused = "DealerError E_DEALER_AMOUNTS";
    expect(await Promise.all(asked)).to.deep.equal([refused, refused]);
  });

  it("are refused by name, also after the authority was started again", async () => {
    const store = memoryDealerStore();
    void dealerFor(sealTo(), rng, store).letterFor(0, ATTEMPT, AMOUNTS);
    const again = dealerFor(sealTo(), rng, store).letterFor(0, ATTEMPT, AMOUNTS);
    const message = await again.then(
      () => "accepted",
      (error: unknown) => (error instanceof Error ? error.message : ""),
    );
    expect(message).to.equal(
      `deal: expected an attempt that is new, got attempt 1 at round 2 of auction ${AUCTION_ID} again; ask for the next one`,
    );
  });

  it("are waited for by a server once", async () => {
    const dealer = dealerFor(sealTo(), rng, memoryDealerStore());
    const waiting = dealer.letterFor(0, ATTEMPT, AMOUNTS);
    const again = (): Promise<unknown> => dealer.letterFor(0, ATTEMPT, AMOUNTS);
    expect(await asyncRefusal(again)).to.equal("DealerError E_DEALER_AGAIN");
    await Promise.all([waiting, dealer.letterFor(1, ATTEMPT, AMOUNTS)]);
  });

  it("are not waited for without an end: of too many attempts the oldest is refused", async () => {
    const dealer = dealerFor(sealTo(), rng, memoryDealerStore());
    const first = asyncRefusal(() => dealer.letterFor(0, ATTEMPT, AMOUNTS));
    for (let k = 0; k < 256; k += 1) {
      const attempt = attemptOf(AUCTION_ID, BigInt(3 + (k >> 7)), 1 + (k & 127));
      dealer.letterFor(0, attempt, AMOUNTS).catch(() => undefined);
    }
    expect(await first).to.equal("DealerError E_DEALER_GONE");
    const late = (): Promise<unknown> => dealer.letterFor(1, ATTEMPT, AMOUNTS);
    expect(await asyncRefusal(late)).to.equal("DealerError E_DEALER_AGAIN");
  });
});

describe("the letter with a round's private key", () => {
  it("opens for the cloud and its round key alone", async () => {
    const { roundKey, privateKey } = dealtKey();
    const [cloud, stranger] = [await person("cloud"), await person("stranger")];
    const letter = await sealKeyLetter(cloud.sealKeys.publicKey, roundKey, privateKey, rng);
    const opened = await openKeyLetter(cloud.sealKeys, roundKey, letter);
    expect([opened.p, opened.q]).to.deep.equal([privateKey.p, privateKey.q]);
    const refused = (keys: Person, key: typeof roundKey): Promise<string> =>
      asyncRefusal(() => openKeyLetter(keys.sealKeys, key, letter));
    expect(await refused(stranger, roundKey)).to.equal("SealedBoxError E_AEAD");
    expect(await refused(cloud, otherDealtKey().roundKey)).to.equal("SealedBoxError E_AEAD");
  });

  it("is refused with the primes of another", async () => {
    const { roundKey } = dealtKey();
    const cloud = await person("cloud");
    const { privateKey } = otherDealtKey();
    const letter = await sealKeyLetter(cloud.sealKeys.publicKey, roundKey, privateKey, rng);
    const opening = () => openKeyLetter(cloud.sealKeys, roundKey, letter);
    expect(await asyncRefusal(opening)).to.equal("KeyLetterError E_KEY_LETTER");
  });
});

describe("attempts that a server has taken part in", () => {
  it("are taken once, and counted on", async () => {
    const store = memoryServerStore();
    expect(await store.nextAttempt(AUCTION_ID, 2n)).to.equal(1);
    expect(await store.takeAttempt(ATTEMPT)).to.equal(true);
    expect(await store.takeAttempt(ATTEMPT)).to.equal(false);
    expect(await store.nextAttempt(AUCTION_ID, 2n)).to.equal(2);
    expect(await store.nextAttempt(AUCTION_ID, 3n)).to.equal(1);
  });

  it("are named by one byte each", () => {
    expect(() => attemptOf(AUCTION_ID, 256n, 1)).to.throw("a round from 0 to 255, got 256");
    expect(() => attemptOf(AUCTION_ID, 1n, 256)).to.throw("1 to 255, got 256");
    expect(() => attemptOf(AUCTION_ID, 1n, 0)).to.throw("1 to 255, got 0");
  });
});
