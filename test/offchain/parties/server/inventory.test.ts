/** What no round has is refused before more of it is taken in. */
import { expect } from "chai";
import { id } from "ethers";
import type { Committed } from "../../../../offchain/chain/committed.ts";
import { MOST_CELLS } from "../../../../offchain/core/messages/area.ts";
import { PADDED_CELLS_BYTES } from "../../../../offchain/core/messages/paddedCells.ts";
import { bodyWriter } from "../../../../offchain/parties/server/body.ts";
import { FRAME_TYPES } from "../../../../offchain/parties/server/frames.ts";
import {
  hearInventory,
  sayInventory,
  type Entry,
  type Inventory,
} from "../../../../offchain/parties/server/inventory.ts";
import { STREAMS, type Line } from "../../../../offchain/parties/server/line.ts";
import { LineError } from "../../../../offchain/parties/server/lineError.ts";
import { pairedLines } from "../../../../offchain/parties/server/pairedLines.ts";

const ATTEMPT = { auctionId: `0x${"ab".repeat(32)}`, round: 3, attempt: 1 } as const;
const SOMEBODY: Committed = {
  account: "0x976EA74026E726554dB657fA54763abd0C3a0aa9",
  participantId: id("somebody"),
  uploadHash: id("upload"),
  commitment: id("commitment"),
  round: 1n,
};
/** Two requests and one offer. */
const COMMITTED = { requests: [SOMEBODY, SOMEBODY], offers: [SOMEBODY] };
const THERE = {
  absence: null,
  header: {
    sealKey: id("seal key"),
    setId: id("set"),
    cells: [
      { column: 1, row: 2 },
      { column: 3, row: 4 },
    ],
    recordHash: id("record"),
    proofHash: id("proof"),
    signature: `0x${"ab".repeat(65)}`,
  },
} satisfies Entry;

describe("who takes part, as the proxy says it", () => {
  async function messageOf(heard: Promise<unknown>): Promise<string> {
    try {
      await heard;
    } catch (error) {
      if (error instanceof LineError && error.abort === "FRAME") return error.message;
      throw error;
    }
    throw new Error("expected a refusal");
  }
  /** The cloud's refusal of a first frame, behind which nothing comes. */
  function refused(kind: number, ...counts: readonly number[]): Promise<string> {
    const [proxy, cloud] = pairedLines(ATTEMPT);
    const head = bodyWriter();
    head.u8(kind);
    for (const count of counts) head.u32(count);
    void proxy.exchange(FRAME_TYPES.headers, STREAMS.control, head.done());
    return messageOf(hearInventory(cloud, COMMITTED));
  }
  /** The cloud's refusal of entries of other bytes. */
  function refusedEntries(entries: Uint8Array): Promise<string> {
    const [proxy, cloud] = pairedLines(ATTEMPT);
    const head = bodyWriter();
    head.u8(0);
    for (const count of [2, 1, entries.length]) head.u32(count);
    const { headers } = FRAME_TYPES;
    void proxy
      .exchange(headers, STREAMS.control, head.done())
      .then(() => proxy.exchange(headers, STREAMS.control, entries));
    return messageOf(hearInventory(cloud, COMMITTED));
  }

  it("is heard as it was said", async () => {
    const said: Inventory = {
      kind: "rehearsal",
      requests: [THERE, { absence: "missing" }],
      offers: [{ absence: "promised" }],
    };
    const [proxy, cloud] = pairedLines(ATTEMPT);
    const [, heard] = await Promise.all([
      sayInventory(proxy, said),
      hearInventory(cloud, COMMITTED),
    ]);
    expect(heard).to.deep.equal(said);
  });

  it("is as long for every bucket", async () => {
    const lengthOf = async (members: number): Promise<number> => {
      const cells = Array.from({ length: members }, (_, k) => ({ column: k, row: k }));
      const entry: Entry = { absence: null, header: { ...THERE.header, cells } };
      const [proxy, cloud] = pairedLines(ATTEMPT);
      let total = 0;
      const counting: Line = {
        ...proxy,
        exchange: (type, stream, body) => {
          total += body.length;
          return proxy.exchange(type, stream, body);
        },
      };
      const said: Inventory = { kind: "match", requests: [entry, entry], offers: [entry] };
      const [, heard] = await Promise.all([
        sayInventory(counting, said),
        hearInventory(cloud, COMMITTED),
      ]);
      expect(heard).to.deep.equal(said);
      return total;
    };
    const lengths = await Promise.all([0, 1, 2, MOST_CELLS].map(lengthOf));
    expect(new Set(lengths).size).to.equal(1);
  });

  it("has one form for the cells of a bucket", async () => {
    const entry = bodyWriter();
    entry.u8(0);
    for (let word = 0; word < 4; word += 1) entry.bytes(new Uint8Array(32));
    entry.u8(MOST_CELLS + 1);
    entry.bytes(new Uint8Array(PADDED_CELLS_BYTES - 1 + 65));
    expect(await refusedEntries(entry.done())).to.contain("padded cells, got 129");
  });

  it("is of everybody whom the chain names, and of nobody else", async () => {
    expect(await refused(0, 3, 1, 8)).to.contain("the 2 whom the chain names, got 3");
    expect(await refused(0, 2, 0, 8)).to.contain("the 1 whom the chain names, got 0");
    expect(await refused(0, 1_048_577, 1, 8)).to.contain("1048576 on one side, got 1048577");
    const most = 3 * (1 + 4 * 32 + PADDED_CELLS_BYTES + 65);
    expect(await refused(0, 2, 1, most + 1)).to.contain(
      `${most} bytes of headers, got ${most + 1}`,
    );
  });

  it("is of a kind that there is, before any header has come", async () => {
    expect(await refused(2, 2, 1, 400_000_000)).to.contain("a match or a rehearsal, got 2");
  });

  it("says of each that it takes part, or why it does not", async () => {
    expect(await refusedEntries(Uint8Array.of(1, 1, 9))).to.contain("or an absence, got 9");
    expect(await refusedEntries(Uint8Array.of(1, 1, 1, 1))).to.contain("a body of 3 bytes");
    expect(await refusedEntries(Uint8Array.of(1, 0))).to.contain("at least");
  });
});
