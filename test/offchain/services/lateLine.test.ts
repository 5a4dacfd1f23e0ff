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

  it("aborts as the line behind it", async () => {
    const [proxy, cloud] = pairedLines(ATTEMPT);
    const late = lateLine(() => Promise.resolve(proxy));
    const [first] = [late.exchange(bits, 1, NOTHING), await cloud.exchange(bits, 1, NOTHING)];
    await first;
    late.abort("CAPACITY", "expected room");
    expect(await code(cloud.exchange(bits, 1, NOTHING))).to.equal("E_LINE_CAPACITY");
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
