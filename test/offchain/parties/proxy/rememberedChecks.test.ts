/** An upload is checked once, whatever round it is met in. */
import { expect } from "chai";
import { offerLayout, requestLayout } from "../../../../offchain/core/messages/packedRecord.ts";
import { roundKeyOf } from "../../../../offchain/core/messages/roundKey.ts";
import type { SignedUpload } from "../../../../offchain/core/messages/upload.ts";
import { rememberingChecks } from "../../../../offchain/parties/proxy/rememberedChecks.ts";
import type { ProxyWork } from "../../../../offchain/parties/proxy/work.ts";
import {
  dealtKey,
  person,
  requestOf,
  signedBy,
  VENUE,
  workOf,
} from "../../../support/matching/crowdRound.ts";

describe("remembered checks", () => {
  const { roundKey } = dealtKey();
  const layout = requestLayout(2);
  const here = workOf("here");
  const asked: number[] = [];
  const counted: ProxyWork = {
    ...here,
    signedHashes: (venue, uploads) => {
      asked.push(uploads.length);
      return here.signedHashes(venue, uploads);
    },
    refusedUploads: (key, form, uploads) => {
      asked.push(uploads.length);
      return here.refusedUploads(key, form, uploads);
    },
  };
  let good: SignedUpload;
  let unsigned: SignedUpload;
  let unproven: SignedUpload;

  before(async () => {
    const [one, other, third] = await Promise.all(["one", "other", "third"].map(person));
    if (!one || !other || !third) throw new Error("expected three people");
    good = await signedBy(one, await requestOf(one));
    unsigned = { ...(await signedBy(other, await requestOf(other))), signature: good.signature };
    const upload = await requestOf(third);
    unproven = await signedBy(third, { ...upload, proof: good.upload.proof });
  });

  beforeEach(() => {
    asked.length = 0;
  });

  it("of signatures give the verdicts of the work, each asked for once", async () => {
    const work = rememberingChecks(counted);
    const expected = await here.signedHashes(VENUE, [unsigned, good, unproven]);
    const first = await work.signedHashes(VENUE, [unsigned, good]);
    expect(first).to.deep.equal(expected.slice(0, 2));
    expect(first[0]).to.equal(null);
    expect(await work.signedHashes(VENUE, [unsigned, good, unproven])).to.deep.equal(expected);
    expect(await work.signedHashes(VENUE, [good])).to.deep.equal(expected.slice(1, 2));
    expect(asked).to.deep.equal([2, 1]);
  });

  it("of proofs give the places in the list that is asked about", async () => {
    const work = rememberingChecks(counted);
    const refused = (some: readonly SignedUpload[]): Promise<readonly number[]> =>
      work.refusedUploads(
        roundKey,
        layout,
        some.map(({ upload }) => upload),
      );
    expect(await refused([good, unproven])).to.deep.equal([1]);
    expect(await refused([unproven, good, unsigned])).to.deep.equal([0]);
    expect(await refused([unsigned, unproven])).to.deep.equal([1]);
    expect(asked).to.deep.equal([2, 1]);
  });

  it("are of one venue, round key and layout: a request is not taken for an offer", async () => {
    const work = rememberingChecks(counted);
    const places = (form: ReturnType<typeof requestLayout>, key = roundKey) =>
      work.refusedUploads(key, form, [good.upload]);
    expect(await places(layout)).to.deep.equal([]);
    expect(await places(offerLayout(2))).to.deep.equal([0]);
    expect(await places(layout)).to.deep.equal([]);
    await places(layout, roundKeyOf({ ...dealtKey().numbers, features: 3 }));
    expect(await work.signedHashes(VENUE, [good])).not.to.deep.equal([null]);
    const elsewhere = { ...VENUE, chainId: VENUE.chainId + 1n };
    expect(await work.signedHashes(elsewhere, [good])).to.deep.equal([null]);
    expect(asked).to.deep.equal([1, 1, 1, 1, 1]);
  });

  it("take a copy for another upload", async () => {
    const work = rememberingChecks(counted);
    await work.signedHashes(VENUE, [good]);
    const [hash] = await work.signedHashes(VENUE, [{ ...good, signature: unsigned.signature }]);
    expect(hash).to.not.equal(null);
    const [other] = await work.signedHashes(VENUE, [{ ...unproven, signature: good.signature }]);
    expect(other).to.equal(null);
    expect(asked).to.deep.equal([1, 1, 1]);
  });
});
