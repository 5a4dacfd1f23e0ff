import { expect } from "chai";
import { setImmediate as turn } from "node:timers/promises";
import { ciphertextFromBytes } from "../../../../offchain/core/primitives/paillier/publicKey.ts";
import { bigintToBytes } from "../../../../offchain/core/primitives/bytes.ts";
import {
  hearRecords,
  piecesOf,
  sayRecords,
} from "../../../../offchain/parties/server/maskedRecords.ts";
import { pairedLines } from "../../../../offchain/parties/server/pairedLines.ts";
import { dealtKey } from "../../../support/matching/crowdRound.ts";

const ATTEMPT = { auctionId: `0x${"ab".repeat(32)}`, round: 3, attempt: 1 } as const;

describe("masked records on their way", () => {
  it("are opened two pieces at a time, however fast they come", async () => {
    const { publicKey } = dealtKey().privateKey;
    const one = ciphertextFromBytes(publicKey, bigintToBytes(1n, publicKey.ciphertextBytes));
    const records = Array.from({ length: 5 * 256 }, () => one);
    const [proxy, cloud] = pairedLines(ATTEMPT);
    const saying = (async () => {
      for (const piece of piecesOf(records)) await sayRecords(proxy, 2, piece);
    })();
    const opening: (() => void)[] = [];
    let begun = 0;
    const heard = hearRecords(cloud, 2, publicKey, records.length, async (piece) => {
      begun += 1;
      await new Promise<void>((done) => opening.push(done));
      return piece.map(() => begun);
    });
    const seen: number[] = [];
    while (begun < 5 || opening.length > 0) {
      for (let k = 0; k < 20; k += 1) await turn();
      seen.push(opening.length);
      opening.shift()?.();
    }
    await saying;
    expect((await heard).length).to.equal(records.length);
    expect(Math.max(...seen)).to.equal(2);
  });
});
