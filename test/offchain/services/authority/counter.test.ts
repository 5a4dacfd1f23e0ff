import { expect } from "chai";
import { setTimeout as sleep } from "node:timers/promises";
import type { Attempt, ServerIndex } from "../../../../offchain/core/messages/attempt.ts";
import { DealerError, type Dealer } from "../../../../offchain/core/messages/dealtLetter.ts";
import { askForm, dealerAt } from "../../../../offchain/services/asking.ts";
import { openCounter } from "../../../../offchain/services/authority/counter.ts";
import {
  connectPinned,
  LOOPBACK,
  type Listener,
} from "../../../../offchain/services/connection.ts";
import { namedLineKeys } from "../../../support/services/connected.ts";

const ATTEMPT: Attempt = { auctionId: `0x${"ab".repeat(32)}`, round: 3, attempt: 1 };
const AMOUNTS = { tripleWords: 40, squares: 7 };

describe("the counter of the authority", () => {
  const [authority, proxy, cloud] = ["authority", "proxy", "cloud"].map(namedLineKeys);
  if (!authority || !proxy || !cloud) throw new Error("expected three keys");
  let counter: Listener;
  let asked: unknown[] = [];
  let sent: ServerIndex[] = [];
  let answer: Dealer["letterFor"];

  before(async () => {
    const servers = new Map<string, ServerIndex>([
      [proxy.publicKey, 0],
      [cloud.publicKey, 1],
    ]);
    const dealer: Dealer = {
      letterFor: (...question) => {
        asked.push(question);
        return answer(...question);
      },
    };
    counter = await openCounter(authority, {
      serverOf: (key) => servers.get(key) ?? null,
      dealer,
      timeoutMs: 200,
      onSent: (server) => sent.push(server),
    });
  });

  beforeEach(() => {
    asked = [];
    sent = [];
    answer = () => Promise.resolve(Uint8Array.of(1, 2, 3));
  });

  after(() => counter.close());

  const at = (lineKey = authority.publicKey) => ({ host: LOOPBACK, port: counter.port, lineKey });

  it("gives each server its letter, by its key", async () => {
    const large = new Uint8Array(3_000_000).fill(10);
    answer = (server) => Promise.resolve(server === 0 ? new Uint8Array() : large);
    // What a server calls itself does not count.
    const letters = await Promise.all([
      dealerAt(proxy, at(), 1_000).letterFor(1, ATTEMPT, AMOUNTS),
      dealerAt(cloud, at(), 1_000).letterFor(0, ATTEMPT, AMOUNTS),
    ]);
    expect(letters.map(({ length }) => length)).to.deep.equal([0, 3_000_000]);
    expect(letters[1].every((byte) => byte === 10)).to.equal(true);
    expect(sent).to.have.members([0, 1]);
    expect(asked).to.have.deep.members([
      [0, ATTEMPT, AMOUNTS],
      [1, ATTEMPT, AMOUNTS],
    ]);
  });

  it("hands on why the authority deals nothing", async () => {
    answer = () => Promise.reject(new DealerError("E_DEALER_AMOUNTS", "expected the same amounts"));
    const error = await refusal(dealerAt(proxy, at(), 1_000).letterFor(0, ATTEMPT, AMOUNTS));
    expect([error.code, error.message]).to.deep.equal([
      "E_DEALER_AMOUNTS",
      "expected the same amounts",
    ]);
  });

  it("takes no question about an attempt that there is not, or about more than a letter holds", () => {
    const ask = (attempt: object, amounts: object) =>
      askForm.safeParse({
        attempt: { ...ATTEMPT, ...attempt },
        amounts: { ...AMOUNTS, ...amounts },
      }).success;
    expect(ask({}, {})).to.equal(true);
    expect(ask({ attempt: 0 }, {})).to.equal(false);
    expect(ask({ attempt: 256 }, {})).to.equal(false);
    const most = 2 ** 30 / 8 - 10;
    expect(ask({}, { tripleWords: 0, squares: most })).to.equal(true);
    expect(ask({}, { tripleWords: 20, squares: most })).to.equal(false);
  });

  it("is closed to strangers, and to questions that are none", async () => {
    const stranger = dealerAt(namedLineKeys("stranger"), at(), 1_000);
    const refused = await refusal(stranger.letterFor(0, ATTEMPT, AMOUNTS));
    expect(refused.code).to.equal("E_DEALER_GONE");
    const odd = { ...AMOUNTS, squares: -1 };
    const misshapen = await refusal(dealerAt(proxy, at(), 1_000).letterFor(0, ATTEMPT, odd));
    expect(misshapen.code).to.equal("E_DEALER_GONE");
    const mute = await connectPinned(proxy, at());
    await sleep(300);
    expect(mute.destroyed || mute.readableEnded || mute.resume().closed).to.satisfy(Boolean);
    expect(asked).to.deep.equal([]);
  });

  it("is not believed under another key, nor waited for without end", async () => {
    const other = await refusal(
      dealerAt(proxy, at(cloud.publicKey), 1_000).letterFor(0, ATTEMPT, AMOUNTS),
    );
    expect([other.code, other.message]).to.satisfy(
      ([code, message]: string[]) => code === "E_DEALER_GONE" && message?.includes("line key"),
    );
    answer = () => new Promise(() => undefined);
    const silent = await refusal(dealerAt(proxy, at(), 50).letterFor(0, ATTEMPT, AMOUNTS));
    expect(silent.message).to.contain("50 ms");
    await counter.close();
    const closed = await refusal(dealerAt(proxy, at(), 50).letterFor(0, ATTEMPT, AMOUNTS));
    expect(closed.code).to.equal("E_DEALER_GONE");
  });
});

async function refusal(of: Promise<unknown>): Promise<DealerError> {
  try {
    await of;
  } catch (error) {
    if (error instanceof DealerError) return error;
    throw error;
  }
  throw new Error("expected a refusal");
}
