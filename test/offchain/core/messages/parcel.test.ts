/** Parcels: whose word they are, for which market, and what cannot be changed on the way. */
import { expect } from "chai";
import { id, Wallet } from "ethers";
import type { Venue } from "../../../../offchain/core/messages/market.ts";
import { isParcelOf, signParcel, type Parcel } from "../../../../offchain/core/messages/parcel.ts";

const VENUE: Venue = { chainId: 31_337n, auctions: new Wallet(id("auctions")).address };
const SENDER = new Wallet(id("sender"));
const FILES = { "a/b.json": "{}\n", "a/c.json": "[1]\n" };

describe("parcels", () => {
  let parcel: Parcel;

  before(async () => {
    parcel = await signParcel(SENDER, VENUE, 1_000n, FILES);
  });

  it("are their sender's, in whatever order the files come", () => {
    expect(isParcelOf(VENUE, parcel)).to.equal(true);
    const turned = Object.fromEntries(Object.entries(FILES).toReversed());
    expect(isParcelOf(VENUE, { ...parcel, files: turned })).to.equal(true);
  });

  it("are nobody's in another market of the chain, or on another chain", () => {
    expect(isParcelOf({ ...VENUE, auctions: SENDER.address }, parcel)).to.equal(false);
    expect(isParcelOf({ ...VENUE, chainId: 1n }, parcel)).to.equal(false);
  });

  const CHANGES: Readonly<Record<string, Partial<Parcel>>> = {
    "another sender": { from: new Wallet(id("another")).address },
    "another time": { packedAt: 1_001n },
    "one file less": { files: { "a/b.json": "{}\n" } },
    "one file more": { files: { ...FILES, "a/d.json": "" } },
    "another text": { files: { ...FILES, "a/b.json": "{} \n" } },
    "another path": { files: { "a/b.json": "{}\n", "a/d.json": "[1]\n" } },
    "path and text in each other's place": { files: { "{}\n": "a/b.json", "a/c.json": "[1]\n" } },
    "half a character in a path": { files: { ...FILES, "a/\ud800.json": "" } },
    "half a character in a text": { files: { ...FILES, "a/b.json": "\udc00" } },
    "a path that every object has": { files: { ...FILES, ["__proto__"]: "{}" } },
    "no signature": { signature: "0x" },
    "half a signature": { signature: `0x${"11".repeat(32)}` },
    "any signature": { signature: `0x${"11".repeat(65)}` },
  };
  for (const [what, change] of Object.entries(CHANGES)) {
    it(`are nobody's with ${what}`, () => {
      expect(isParcelOf(VENUE, { ...parcel, ...change })).to.equal(false);
    });
  }
});
