/**
 * P7 on ours: an upload names its auction, its round key and its sender, in its signature and in
 * its proof.
 */
import { expect } from "chai";
import { id } from "ethers";
import { openUpload, sealUpload } from "../../offchain/core/messages/sealedUpload.ts";
import { uploadHash, type Upload } from "../../offchain/core/messages/upload.ts";
import { ciphertextOf } from "../../offchain/core/primitives/paillier/publicKey.ts";
import type { Submission } from "../../offchain/parties/proxy/admission.ts";
import {
  AUCTION_ID,
  bidOf,
  dealtKey,
  headerOf,
  otherDealtKey,
  person,
  requestOf,
  signedBy,
  submittedRequest,
  workOf,
  type Person,
} from "../support/matching/crowdRound.ts";
import { counterRng } from "../support/primitives/draws.ts";
import { matchSubmitted, runRound } from "../support/matching/rounds.ts";
import { takenOffers, takenRequests } from "../support/attacks/carelessServers.ts";
import { replayAll } from "../support/attacks/replay.ts";
import { FIRST_ROUND } from "../../offchain/core/messages/market.ts";

const { roundKey } = dealtKey();
const rng = counterRng("replayed upload");
const EARLIER = id("an earlier auction");

/** Refused by this code, as an outcome of `replayAll`. */
class NotAdmittedError extends Error {
  override readonly name = "NotAdmittedError";
  readonly code: string;

  constructor(code: string) {
    super(code);
    this.code = code;
  }
}

describe("replay attack on uploads", () => {
  let victim: Person;
  let stranger: Person;
  let request: Submission;
  /** Of the victim, in this auction and in an earlier one. */
  let present: Upload;
  let earlier: Upload;
  let earlierUnderAnotherKey: Upload;

  before(async () => {
    [victim, stranger] = [await person("victim"), await person("stranger")];
    const driver = await person("driver");
    request = await submittedRequest(driver, await requestOf(driver));
    present = (await bidOf(victim)).upload;
    earlier = (await bidOf(victim, { auctionId: EARLIER })).upload;
    const other = { auctionId: EARLIER, roundKey: otherDealtKey().roundKey };
    earlierUnderAnotherKey = (await bidOf(victim, other)).upload;
  });

  /** Signed by whoever sends it, who has a bonded bid. */
  const sent = async (sender: Person, upload: Upload): Promise<Submission> => ({
    signed: await signedBy(sender, upload),
    participantId: sender.participantId,
    uploadHash: uploadHash(upload),
    commitment: id("a bid"),
    round: FIRST_ROUND,
  });
  const renamed = (upload: Upload): Upload => ({ ...upload, auctionId: AUCTION_ID });
  const claimed = (upload: Upload): Upload => ({
    ...upload,
    ...headerOf(stranger),
    kind: "offer",
  });
  const rekeyed = (upload: Upload): Upload => {
    const { publicKey } = roundKey.shortKey;
    const value = upload.record.value % publicKey.nSquared;
    return {
      ...renamed(upload),
      roundKeyHash: present.roundKeyHash,
      record: ciphertextOf(publicKey, value),
    };
  };
  /** Whether an offer gets into the auction, "accepted" or the code of its refusal. */
  const submit = async (submission: Submission): Promise<void> => {
    const { notAdmitted } = await matchSubmitted({
      requests: [],
      offers: [submission],
      work: workOf("replay"),
    });
    const [refused] = notAdmitted;
    if (refused !== undefined) throw new NotAdmittedError(refused.code);
  };
  const outcomes = (...all: Submission[]): Promise<readonly string[]> => replayAll(all, submit);

  it("wins with a record that the stranger cannot read, where nobody looks", async () => {
    const copied = await sent(stranger, claimed(earlier));
    const taken = { requests: takenRequests([request]), offers: takenOffers([copied]) };
    const { matches } = await runRound(taken);
    expect(matches.map(({ pile }) => pile)).to.deep.equal([stranger.wallet.address]);
  });

  it("is what honest uploads are not: those get in", async () => {
    expect(await outcomes(await sent(victim, present))).to.deep.equal(["accepted"]);
  });

  it("fails in a later auction: as it was, renamed, and signed again by its owner", async () => {
    const { signature } = await signedBy(victim, earlier);
    const original = await sent(victim, earlier);
    const renamedOnly = { ...original, signed: { upload: renamed(earlier), signature } };
    const signedAgain = await sent(victim, renamed(earlier));
    expect(await outcomes(original, renamedOnly, signedAgain)).to.deep.equal([
      "E_ADMISSION_AUCTION",
      "E_UPLOAD_SIGNATURE",
      "E_ADMISSION_RANGES",
    ]);
  });

  it("fails under a later round key: as it was, renamed, and carried over", async () => {
    const under = { ...renamed(earlierUnderAnotherKey) };
    const { record } = present;
    expect(
      await outcomes(
        await sent(victim, under),
        await sent(victim, { ...under, roundKeyHash: present.roundKeyHash, record }),
        await sent(victim, rekeyed(earlierUnderAnotherKey)),
      ),
    ).to.deep.equal(["E_ADMISSION_KEY", "E_ADMISSION_RANGES", "E_ADMISSION_RANGES"]);
  });

  it("fails for a stranger, in the same auction as well as in a later one", async () => {
    const { signature } = await signedBy(victim, present);
    const asVictim = {
      ...(await sent(victim, present)),
      signed: { upload: claimed(present), signature },
    };
    expect(
      await outcomes(
        asVictim,
        await sent(stranger, present),
        await sent(stranger, claimed(present)),
        await sent(stranger, claimed(earlier)),
      ),
    ).to.deep.equal([
      "E_UPLOAD_SIGNATURE",
      "E_UPLOAD_SIGNATURE",
      "E_ADMISSION_RANGES",
      "E_ADMISSION_RANGES",
    ]);
  });

  it("fails on the wire: a box opens in no other auction and under no other key", async () => {
    const proxy = await person("proxy");
    const box = await sealUpload(roundKey, await signedBy(victim, earlier), rng);
    const open = (auctionId: string, key: typeof roundKey) => (captured: string) =>
      openUpload(proxy.sealKeys, auctionId, key, captured);
    expect(await replayAll([box], open(EARLIER, roundKey))).to.deep.equal(["accepted"]);
    expect(await replayAll([box], open(AUCTION_ID, roundKey))).to.deep.equal(["E_AEAD"]);
    expect(await replayAll([box], open(EARLIER, otherDealtKey().roundKey))).to.deep.equal([
      "E_AEAD",
    ]);
  });
});
