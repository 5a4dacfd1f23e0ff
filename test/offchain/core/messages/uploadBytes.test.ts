/** Uploads as bytes: one length for all of a kind, and one form for each. */
import { expect } from "chai";
import { id } from "ethers";
import { MOST_CELLS } from "../../../../offchain/core/messages/area.ts";
import {
  ANYWHERE,
  assertSigned,
  type SignedUpload,
  type Whereabouts,
} from "../../../../offchain/core/messages/upload.ts";
import { uploadFromBytes, uploadToBytes } from "../../../../offchain/core/messages/uploadBytes.ts";
import { bigintToBytes, bytesToHex } from "../../../../offchain/core/primitives/bytes.ts";
import {
  bidOf,
  dealtKey,
  otherDealtKey,
  person,
  requestOf,
  signedBy,
  VENUE,
  type Person,
} from "../../../support/matching/crowdRound.ts";
import {
  joinedParts,
  uploadParts,
  type UploadParts,
} from "../../../support/messages/uploadParts.ts";
import { refusal } from "../../../support/primitives/draws.ts";

const { privateKey, roundKey } = dealtKey();
const { publicKey } = privateKey;
const FORM = "UploadError E_UPLOAD_FORM";
const SIGNATURE = "UploadError E_UPLOAD_SIGNATURE";

/** In a bucket of so many members. */
function bucketOf(members: number): Whereabouts {
  const cells = Array.from({ length: members }, (_, k) => ({ column: 3 + (k >> 3), row: k & 7 }));
  return { setId: id("a set"), cells };
}

describe("an upload as bytes", () => {
  let owner: Person;
  let signed: SignedUpload;
  let parts: UploadParts;

  before(async () => {
    owner = await person("owner");
    signed = await signedBy(owner, await requestOf(owner, { located: bucketOf(2) }));
    parts = uploadParts(roundKey, signed);
  });

  const read = (change: Partial<UploadParts>): string =>
    refusal(() => uploadFromBytes(roundKey, joinedParts({ ...parts, ...change })));

  it("comes back as it was, with its signature, wherever its sender may be", async () => {
    for (const located of [ANYWHERE, bucketOf(1), bucketOf(MOST_CELLS)]) {
      const sent = await signedBy(owner, await requestOf(owner, { located }));
      const back = uploadFromBytes(roundKey, uploadToBytes(roundKey, sent));
      expect(back).to.deep.equal(sent);
      expect(refusal(() => assertSigned(VENUE, back))).to.equal("accepted");
    }
  });

  it("comes back as it was when it is of an offer, which is longer than a request", async () => {
    const sent = await signedBy(owner, (await bidOf(owner)).upload);
    const bytes = uploadToBytes(roundKey, sent);
    expect(uploadFromBytes(roundKey, bytes)).to.deep.equal(sent);
    expect(bytes.length).to.be.above(uploadToBytes(roundKey, signed).length);
  });

  it("is refused with a byte less or more, at either end", () => {
    const bytes = joinedParts(parts);
    for (const other of [
      bytes.subarray(1),
      bytes.subarray(0, -1),
      Buffer.concat([bytes, Uint8Array.of(0)]),
      Buffer.concat([Uint8Array.of(0), bytes]),
      new Uint8Array(),
    ]) {
      expect(refusal(() => uploadFromBytes(roundKey, other))).to.equal(FORM);
    }
  });

  it("has one form: a count beyond the longest list, and padding that says something, are refused", () => {
    const count = (value: number): string =>
      `0x${bytesToHex(Uint8Array.of(value)).slice(2)}${parts.cells.slice(4)}`;
    expect(read({ cells: count(2) })).to.equal("accepted");
    for (const value of [0, 1, MOST_CELLS + 1, 255]) {
      expect(read({ cells: count(value) }), `${value} cells`).to.equal(FORM);
    }
    expect(read({ cells: `${parts.cells.slice(0, -1)}1` })).to.equal(FORM);
  });

  const ciphertexts: readonly (readonly [string, () => bigint, string])[] = [
    ["0", () => 0n, "PaillierError E_CIPHERTEXT_RANGE"],
    ["n²", () => publicKey.nSquared, "PaillierError E_CIPHERTEXT_RANGE"],
    ["p, no unit", () => privateKey.p, "PaillierError E_CIPHERTEXT_UNIT"],
    ["n, no unit", () => publicKey.n, "PaillierError E_CIPHERTEXT_UNIT"],
  ];
  for (const [what, value, code] of ciphertexts) {
    it(`is refused with a record that is ${what}`, () => {
      const record = bytesToHex(bigintToBytes(value(), publicKey.ciphertextBytes));
      expect(read({ record })).to.equal(code);
    });
  }

  it("keeps the name of its round key, whatever key it is read under", () => {
    const back = uploadFromBytes(otherDealtKey().roundKey, joinedParts(parts));
    expect(back.upload.roundKeyHash).to.equal(signed.upload.roundKeyHash);
    expect(back.upload.record.publicKey).not.to.deep.equal(publicKey);
  });

  it("is refused after one digit of any field was changed, by its signature or its form", () => {
    for (const [field, value] of Object.entries(parts)) {
      const last = (Number.parseInt(value.slice(-1), 16) ^ 1).toString(16);
      const altered = joinedParts({ ...parts, [field]: value.slice(0, -1) + last });
      const check = (): unknown => assertSigned(VENUE, uploadFromBytes(roundKey, altered));
      const isForm = field === "cells" || field === "kind";
      expect(refusal(check), field).to.equal(isForm ? FORM : SIGNATURE);
    }
  });

  it("is of a kind that there is, and as long as one of it", () => {
    for (const kind of ["0x00", "0x02", "0x03", "0xff"]) {
      expect(read({ kind }), kind).to.equal(FORM);
    }
  });

  it("is not written with a field of another width, or more cells than a bucket has", () => {
    const { upload, signature } = signed;
    const others: readonly SignedUpload[] = [
      { upload, signature: `${signature}00` },
      { upload: { ...upload, round: 256n }, signature },
      { upload: { ...upload, kind: "offer" }, signature },
      { upload: { ...upload, proof: `${upload.proof}00` }, signature },
      { upload: { ...upload, setId: "0x" }, signature },
      { upload: { ...upload, ...bucketOf(MOST_CELLS + 1) }, signature },
    ];
    for (const other of others) {
      expect(refusal(() => uploadToBytes(roundKey, other))).to.equal(FORM);
    }
  });
});
