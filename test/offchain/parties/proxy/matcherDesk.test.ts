import { expect } from "chai";
import { id } from "ethers";
import type { SignedUpload } from "../../../../offchain/core/messages/upload.ts";
import { rememberingOpened } from "../../../../offchain/parties/proxy/matcherDesk.ts";
import {
  AUCTION_ID,
  dealtKey,
  otherDealtKey,
  person,
  requestOf,
  signedBy,
} from "../../../support/matching/crowdRound.ts";

const BOX = "0x0102";

describe("boxes that were opened before", () => {
  let signed: SignedUpload;

  before(async () => {
    const owner = await person("owner");
    signed = await signedBy(owner, await requestOf(owner, {}));
  });

  it("are opened once for an auction and its round key, and for no other", async () => {
    const { roundKey } = dealtKey();
    const opened: string[] = [];
    const open = rememberingOpened(({ auctionId, roundKey: { shortKey } }, box) => {
      opened.push(`${auctionId} ${shortKey.publicKey.n === roundKey.shortKey.publicKey.n} ${box}`);
      return Promise.resolve(signed);
    });
    await open({ auctionId: AUCTION_ID, roundKey }, BOX);
    await open({ auctionId: AUCTION_ID, roundKey }, BOX);
    await open({ auctionId: id("another auction"), roundKey }, BOX);
    await open({ auctionId: AUCTION_ID, roundKey: otherDealtKey().roundKey }, BOX);
    expect(opened).to.deep.equal([
      `${AUCTION_ID} true ${BOX}`,
      `${id("another auction")} true ${BOX}`,
      `${AUCTION_ID} false ${BOX}`,
    ]);
  });

  it("are tried again if they did not open", async () => {
    const { roundKey } = dealtKey();
    let tries = 0;
    const open = rememberingOpened(() => {
      tries += 1;
      return Promise.reject(new Error("no box"));
    });
    const tried = (): Promise<unknown> =>
      open({ auctionId: AUCTION_ID, roundKey }, BOX).catch((error: unknown) => error);
    await tried();
    await tried();
    expect(tries).to.equal(2);
  });
});
