/** Whose fault it is that an upload is not read: its sender's alone leaves it out. */
import { expect } from "chai";
import { network } from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";
import type { AnnouncedAuction } from "../../../../offchain/core/messages/announcedAuction.ts";
import { committedIn } from "../../../../offchain/chain/committed.ts";
import { gatherSubmissions } from "../../../../offchain/market/auction/submissions.ts";
import type { MatcherDesk } from "../../../../offchain/parties/proxy/matcherDesk.ts";
import { BoxError } from "../../../../offchain/parties/proxy/store.ts";
import { ServiceError } from "../../../../offchain/services/apart/process.ts";
import {
  asks,
  auctionTown,
  bids,
  openedIn,
  type Town,
} from "../../../support/market/auctionTown.ts";

describe("reading what was sent for an auction", function () {
  this.timeout(120_000);
  let connection: NetworkConnection;
  let town: Town;
  let auction: AnnouncedAuction;

  before(async () => {
    connection = await network.create();
    town = await auctionTown(connection);
    auction = await openedIn(town, 2n);
    await asks(town, town.eva, auction);
    await bids(town, town.paul, auction, 400_000n);
  });
  after(() => connection.close());

  const gatheredBy = async (desk: MatcherDesk): ReturnType<typeof gatherSubmissions> => {
    const committed = await committedIn(town.world.market, auction.auctionId);
    return gatherSubmissions(committed, desk, auction);
  };
  const gathered = (openBox: MatcherDesk["openBox"]): ReturnType<typeof gatherSubmissions> =>
    gatheredBy({ ...town.matcher, openBox });
  const failing =
    (code: string): MatcherDesk["openBox"] =>
    () =>
      Promise.reject(new ServiceError(code, "proxy", "said so"));

  for (const code of [
    "E_SERVICE_ENDED",
    "E_SERVICE_START",
    "E_SERVICE_FAULT",
    "E_SERVICE_ANSWER",
    "E_CALL_FORM",
    "E_SEAL_KEY",
  ]) {
    it(`goes no further after ${code}, and leaves nobody out`, async () => {
      const error: unknown = await gathered(failing(code)).catch((one: unknown) => one);
      expect(error).to.be.instanceOf(ServiceError).and.to.have.property("code", code);
    });
  }

  it("leaves out what the store calls no box, and goes no further after another error of it", async () => {
    const { store } = town.matcher;
    const failingWith = (error: Error): ReturnType<typeof gatherSubmissions> => {
      const box = (): Promise<string> => Promise.reject(error);
      const matcher = { ...town.matcher, store: { ...store, box } };
      return gatheredBy(matcher);
    };
    const { requests, unread } = await failingWith(new BoxError("said so"));
    expect(requests).to.deep.equal([]);
    expect(unread.map((one) => [one.kind, one.code])).to.deep.equal([
      ["request", "E_BOX"],
      ["offer", "E_BOX"],
    ]);
    const full = new ServiceError("E_STATE", "store", "the disk is gone");
    expect(await failingWith(full).catch((one: unknown) => one)).to.equal(full);
  });

  for (const code of [
    "E_HEX",
    "E_TRUNCATED",
    "E_AEAD",
    "E_UPLOAD_FORM",
    "E_CIPHERTEXT_LENGTH",
    "E_CIPHERTEXT_RANGE",
    "E_CIPHERTEXT_UNIT",
  ]) {
    it(`leaves out what is answered with ${code}`, async () => {
      const { requests, offers, unread } = await gathered(failing(code));
      expect([requests, offers]).to.deep.equal([[], []]);
      expect(unread.map((one) => [one.kind, one.code])).to.deep.equal([
        ["request", code],
        ["offer", code],
      ]);
    });
  }
});
