/** What no round has is refused before more of it is taken in. */
import { expect } from "chai";
import { everyPair } from "../../../../offchain/core/matching/candidates.ts";
import { bodyWriter } from "../../../../offchain/parties/server/body.ts";
import { FRAME_TYPES } from "../../../../offchain/parties/server/frames.ts";
import { STREAMS } from "../../../../offchain/parties/server/line.ts";
import { LineError } from "../../../../offchain/parties/server/lineError.ts";
import { pairedLines } from "../../../../offchain/parties/server/pairedLines.ts";
import {
  hearParticipants,
  sayParticipants,
} from "../../../../offchain/parties/server/participants.ts";

const ATTEMPT = { auctionId: `0x${"ab".repeat(32)}`, round: 3, attempt: 1 } as const;

describe("who takes part, as the proxy says it", () => {
  /** The cloud's refusal of a first frame, behind which nothing comes. */
  async function refused(kind: number, ...counts: readonly number[]): Promise<string> {
    const [proxy, cloud] = pairedLines(ATTEMPT);
    const head = bodyWriter();
    head.u8(kind);
    for (const count of counts) head.u32(count);
    void proxy.exchange(FRAME_TYPES.participants, STREAMS.control, head.done());
    try {
      await hearParticipants(cloud);
    } catch (error) {
      if (error instanceof LineError && error.abort === "FRAME") return error.message;
      throw error;
    }
    throw new Error("expected a refusal");
  }

  it("is heard as it was said", async () => {
    const said = {
      kind: "rehearsal",
      requests: 2,
      offers: 3,
      candidates: everyPair(2, 3),
    } as const;
    const [proxy, cloud] = pairedLines(ATTEMPT);
    const [, heard] = await Promise.all([sayParticipants(proxy, said), hearParticipants(cloud)]);
    expect(heard).to.deep.equal(said);
  });

  it("names the count that is too large", async () => {
    expect(await refused(0, 1_048_577, 1, 8)).to.contain("1048576 requests, got 1048577");
    expect(await refused(0, 1, 1_048_578, 8)).to.contain("1048576 offers, got 1048578");
    expect(await refused(0, 1, 1, 2 ** 30)).to.contain("bytes of candidates, got 1073741824");
  });

  it("is of a kind that there is, before any list has come", async () => {
    expect(await refused(2, 1, 1, 400_000_000)).to.contain("a match or a rehearsal, got 2");
  });
});
