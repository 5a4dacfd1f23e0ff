import { expect } from "chai";
import { FRAME_TYPES } from "../../../offchain/parties/server/frames.ts";
import { LineError } from "../../../offchain/parties/server/lineError.ts";
import { pairedLines } from "../../../offchain/parties/server/pairedLines.ts";
import { lateLine } from "../../../offchain/services/lateLine.ts";

const ATTEMPT = { auctionId: `0x${"ab".repeat(32)}`, round: 3, attempt: 1 } as const;
const { bits } = FRAME_TYPES;
const NOTHING = new Uint8Array();

describe("a line that is opened late", () => {
  it("is opened once, by the first exchange", async () => {
    const [proxy, cloud] = pairedLines(ATTEMPT);
    let opened = 0;
    const late = lateLine(() => {
      opened += 1;
      return Promise.resolve(proxy);
    });
    expect(opened).to.equal(0);
    const said = Promise.all([1, 2].map((stream) => late.exchange(bits, stream, NOTHING)));
    await cloud.exchange(bits, 1, Uint8Array.of(1));
    await cloud.exchange(bits, 2, Uint8Array.of(2));
    expect((await said).map(([byte]) => byte)).to.deep.equal([1, 2]);
    expect(opened).to.equal(1);
    late.end();
    expect(await code(late.exchange(bits, 1, NOTHING))).to.equal("E_LINE_FRAME");
  });

  it("throws what opening it throws", async () => {
    const late = lateLine(() => Promise.reject(new RangeError("nobody is there")));
    const error: unknown = await late.exchange(bits, 1, NOTHING).catch((e: unknown) => e);
    expect(error).to.be.instanceOf(RangeError);
  });

  it("lets nobody wait who gives it up, and aborts what is opened then", async () => {
    const [proxy, cloud] = pairedLines(ATTEMPT);
    const opening = Promise.withResolvers<typeof proxy>();
    const late = lateLine(() => opening.promise);
    const waiting = code(late.exchange(bits, 1, NOTHING));
    late.abort("STOPPED", "expected to go on, was told to stop");
    expect(await waiting).to.equal("E_LINE_STOPPED");
    const atCloud = code(cloud.exchange(bits, 1, NOTHING));
    opening.resolve(proxy);
    expect(await atCloud).to.equal("E_LINE_STOPPED");
  });

  it("keeps what has gone wrong, opened or not, and names the frame at fault", async () => {
    const [proxy, cloud] = pairedLines(ATTEMPT);
    const cause = new RangeError("this server has met a fault of its own");
    const never = lateLine(() => new Promise(() => undefined));
    expect(never.lastIn(4)).to.deep.equal({ stream: 4, number: 0 });
    const waiting = never.exchange(bits, 1, NOTHING).catch((error: unknown) => error);
    never.abort("STOPPED", "expected to go on", undefined, cause);
    expect(await waiting).to.have.property("cause", cause);
    const opened = lateLine(() => Promise.resolve(proxy));
    const [first] = [opened.exchange(bits, 1, NOTHING), await cloud.exchange(bits, 1, NOTHING)];
    await first;
    expect(opened.lastIn(1)).to.deep.equal({ stream: 1, number: 0 });
    const next = opened.exchange(bits, 1, NOTHING).catch((error: unknown) => error);
    opened.abort("STOPPED", "expected to go on", undefined, cause);
    expect(await next).to.have.property("cause", cause);
  });

  it("aborts as the line behind it", async () => {
    const [proxy, cloud] = pairedLines(ATTEMPT);
    const late = lateLine(() => Promise.resolve(proxy));
    const [first] = [late.exchange(bits, 1, NOTHING), await cloud.exchange(bits, 1, NOTHING)];
    await first;
    late.abort("PACKAGE", "expected a letter");
    expect(await code(cloud.exchange(bits, 1, NOTHING))).to.equal("E_LINE_PACKAGE");
  });
});

async function code(of: Promise<unknown>): Promise<string> {
  try {
    await of;
  } catch (error) {
    if (error instanceof LineError) return error.code;
    throw error;
  }
  throw new Error("expected a refusal");
}
