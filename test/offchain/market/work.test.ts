/**
 * Heavy work on threads: the same answers in the same order as on one, and an end when it is told
 * to.
 */
import { expect } from "chai";
import { offerLayout, requestLayout } from "../../../offchain/core/messages/packedRecord.ts";
import type { SignedUpload } from "../../../offchain/core/messages/upload.ts";
import { onThreads, type PooledWork } from "../../../offchain/market/work.ts";
import {
  bidOf,
  CLEAR_REQUEST,
  dealtKey,
  headerOf,
  person,
  requestOf,
  signedBy,
  VENUE,
  workOf,
} from "../../support/matching/crowdRound.ts";
import { requestFields } from "../../../offchain/core/messages/records.ts";
import { asyncRefusal } from "../../support/primitives/draws.ts";

const REQUESTS = 7;

class StoppedError extends Error {
  override readonly name = "StoppedError";
  readonly code = "E_STOPPED";
}

describe("worker threads", function () {
  this.timeout(60_000);

  const { roundKey, privateKey } = dealtKey();
  const layout = requestLayout(2);
  const here = workOf("here");
  let pool: PooledWork;
  let requests: readonly SignedUpload[];

  before(async () => {
    pool = onThreads(3, new AbortController().signal);
    const people = await Promise.all(
      Array.from({ length: REQUESTS }, (_, k) => person(`requester ${k}`)),
    );
    requests = await Promise.all(people.map(async (one) => signedBy(one, await requestOf(one))));
  });

  after(() => pool.close());

  it("encrypt and prove what is believed here", async () => {
    const owner = await person("owner");
    const fields = requestFields(CLEAR_REQUEST);
    const upload = await pool.encryptProven(headerOf(owner), roundKey, layout, fields);
    expect(await here.refusedUploads(roundKey, layout, [upload])).to.deep.equal([]);
    const [opened] = await pool.openRecords(privateKey, layout, [upload.record]);
    expect(opened).to.deep.equal(fields);
  });

  it("find the signatures that are wrong, in their places", async () => {
    const [first, second] = requests;
    if (first === undefined || second === undefined) throw new Error("expected requests");
    const swapped = requests.with(1, { ...second, signature: first.signature });
    const hashes = await pool.signedHashes(VENUE, swapped);
    expect(hashes).to.deep.equal(await here.signedHashes(VENUE, swapped));
    expect(hashes.indexOf(null)).to.equal(1);
    expect(hashes.lastIndexOf(null)).to.equal(1);
  });

  it("find the proofs that do not hold, in their places, however the list is cut", async () => {
    const uploads = requests.map(({ upload }) => upload);
    const proofs = uploads.map(({ proof }) => proof);
    const broken = uploads.map((upload, k) => {
      return [0, 3, 6].includes(k)
        ? { ...upload, proof: proofs[(k + 1) % REQUESTS] ?? "" }
        : upload;
    });
    expect(await pool.refusedUploads(roundKey, layout, uploads)).to.deep.equal([]);
    const refused = await pool.refusedUploads(roundKey, layout, broken);
    expect(refused.toSorted((a, b) => a - b)).to.deep.equal([0, 3, 6]);
    expect(await pool.refusedUploads(roundKey, layout, [])).to.deep.equal([]);
  });

  it("mask and open records in their order", async () => {
    const records = requests.map(({ upload }) => upload.record);
    const plain = await here.openRecords(privateKey, layout, records);
    const masked = await pool.maskRecords(roundKey.shortKey, layout, records);
    const opened = await pool.openRecords(
      privateKey,
      layout,
      masked.map((one) => one.masked),
    );
    const unmasked = opened.map((fields, k) =>
      fields.map((field, f) => field - (masked[k]?.masks[f] ?? 0n)),
    );
    expect(unmasked).to.deep.equal(plain);
    expect(masked.map((one) => one.masked.value)).to.not.deep.equal(records.map((c) => c.value));
  });

  it("check offers as well, and throw what is thrown there", async () => {
    const seller = await person("seller");
    const { upload } = await bidOf(seller);
    expect(await pool.refusedUploads(roundKey, offerLayout(2), [upload])).to.deep.equal([]);
    const tooFew = pool.encryptProven(headerOf(seller), roundKey, layout, [1n]);
    expect(await tooFew.then(() => "accepted", String)).to.match(/^Error: .*expected more/u);
  });

  it("stop what they do when they are told to, with the reason", async () => {
    const controller = new AbortController();
    const stopping = onThreads(1, controller.signal);
    const records = requests.map(({ upload }) => upload.record);
    const many = Array.from({ length: 40 }, () => records).flat();
    const working = asyncRefusal(() => stopping.maskRecords(roundKey.shortKey, layout, many));
    controller.abort(new StoppedError("stopped"));
    expect(await working).to.equal("StoppedError E_STOPPED");
    const after = asyncRefusal(() => stopping.openRecords(privateKey, layout, records));
    expect(await after).to.equal("StoppedError E_STOPPED");
    await stopping.close();
  });
});
