/** Who gets into a round, who does not, and that it harms nobody else. */
import { expect } from "chai";
import { id } from "ethers";
import { MOST_CELLS, type Area, type Cell } from "../../../../offchain/core/messages/area.ts";
import {
  bidCommitment,
  offerHash,
  type Bytes32,
} from "../../../../offchain/core/messages/market.ts";
import { offerLayout, requestLayout } from "../../../../offchain/core/messages/packedRecord.ts";
import { uploadHash, type Upload } from "../../../../offchain/core/messages/upload.ts";
import {
  admitOffers,
  admitRequests,
  refusedUploads,
  signedHashes,
  type Admission,
  type Offered,
  type Requested,
  type Submission,
} from "../../../../offchain/parties/proxy/admission.ts";
import {
  admitting,
  AREA,
  AUCTION_ID,
  bidOf,
  CLEAR_OFFER,
  dealtKey,
  otherDealtKey,
  person,
  requestOf,
  signedBy,
  submittedBid,
  submittedRequest,
  VENUE,
  type Person,
} from "../../../support/matching/crowdRound.ts";
import { counterRng, refusal, underNodeEnv } from "../../../support/primitives/draws.ts";

const NOTHING: Bytes32 = `0x${"00".repeat(32)}`;
const { roundKey } = dealtKey();
const rng = counterRng("admission");
const [REQUEST, OFFER] = [requestLayout(2), offerLayout(2)];

describe("the proxy admits", () => {
  let vehicle: Person;
  let pile: Person;
  let request: Submission;
  let offer: Submission;
  /** Somebody whose submissions are right, next to whatever is wrong. */
  let honestRequest: Submission;
  let honestOffer: Submission;

  before(async () => {
    [vehicle, pile] = [await person("vehicle"), await person("pile")];
    request = await submittedRequest(vehicle, await requestOf(vehicle));
    offer = await submittedBid(pile, await bidOf(pile));
    const [driver, operator] = [await person("honest driver"), await person("honest operator")];
    honestRequest = await submittedRequest(driver, await requestOf(driver));
    honestOffer = await submittedBid(operator, await bidOf(operator));
  });

  const accounts = ({ admitted }: Admission<Requested>): readonly string[] =>
    admitted.map(({ upload }) => upload.account);

  /** Next to an honest one, of two: the honest one gets in, the other one does not. */
  const expectRefused = (
    { admitted, notAdmitted }: Admission<Requested>,
    honest: Submission,
    code: string,
  ): void => {
    expect(admitted.map(({ upload }) => upload)).to.deep.equal([honest.signed.upload]);
    expect(notAdmitted.map((one) => one.code)).to.deep.equal([code]);
  };
  const refusedRequest = async (submission: Submission, code: string): Promise<void> => {
    for (const both of [
      [submission, honestRequest],
      [honestRequest, submission],
    ]) {
      expectRefused(await admitRequests(admitting(), both), honestRequest, code);
    }
  };
  const refusedOffer = async (submission: Submission, code: string): Promise<void> => {
    expectRefused(await admitOffers(admitting(), [submission, honestOffer]), honestOffer, code);
  };

  it("requests that their accounts signed, committed to and proved", async () => {
    const { admitted, notAdmitted } = await admitRequests(admitting(), [request, honestRequest]);
    expect(admitted[0]).to.deep.equal({
      participantId: vehicle.participantId,
      upload: request.signed.upload,
      uploadHash: uploadHash(request.signed.upload),
      signature: request.signed.signature,
    } satisfies Requested);
    expect(admitted).to.have.lengthOf(2);
    expect(notAdmitted).to.deep.equal([]);
  });

  it("offers that their accounts signed, proved and have a bonded bid for", async () => {
    const { admitted, notAdmitted } = await admitOffers(admitting(), [offer, honestOffer]);
    expect(admitted[0]).to.deep.equal({
      participantId: pile.participantId,
      upload: offer.signed.upload,
      uploadHash: uploadHash(offer.signed.upload),
      signature: offer.signed.signature,
      bidCommitment: offer.commitment,
    } satisfies Offered);
    expect(admitted).to.have.lengthOf(2);
    expect(notAdmitted).to.deep.equal([]);
  });

  it("nobody where nobody came", async () => {
    const nothing = { admitted: [], notAdmitted: [] };
    expect(await admitRequests(admitting(), [])).to.deep.equal(nothing);
    expect(await admitOffers(admitting(), [])).to.deep.equal(nothing);
  });

  describe("no request", () => {
    it("that is another than the chain names, or of another round", async () => {
      const { upload } = request.signed;
      const other = uploadHash({ ...upload, proof: `${upload.proof}00` });
      for (const named of [{ uploadHash: other }, { uploadHash: NOTHING }, { round: 2n }]) {
        await refusedRequest({ ...request, ...named }, "E_ADMISSION_COMMITMENT");
      }
    });

    it("for another auction", async () => {
      const sent = await requestOf(vehicle, { auctionId: id("another auction") });
      await refusedRequest(await submittedRequest(vehicle, sent), "E_ADMISSION_AUCTION");
    });

    it("under another round key, nor one that only claims to be under this one", async () => {
      const other = otherDealtKey().roundKey;
      const sent = await requestOf(vehicle, { roundKey: other });
      await refusedRequest(await submittedRequest(vehicle, sent), "E_ADMISSION_KEY");
      const { roundKeyHash } = request.signed.upload;
      const sameKey = await requestOf(vehicle, { roundKey: { ...roundKey, features: 3 } });
      const renamed = await submittedRequest(vehicle, { ...sameKey, roundKeyHash });
      await refusedRequest(renamed, "E_ADMISSION_RANGES");
    });

    it("that is unsigned, signed by another, or signed for another venue", async () => {
      const { upload } = request.signed;
      for (const signed of [{ upload, signature: "0x" }, await signedBy(pile, upload)]) {
        await refusedRequest({ ...request, signed }, "E_UPLOAD_SIGNATURE");
      }
      const elsewhere = admitting({ venue: { ...VENUE, chainId: 1n } });
      const { admitted, notAdmitted } = await admitRequests(elsewhere, [request]);
      expect(admitted).to.deep.equal([]);
      expect(notAdmitted.map(({ code }) => code)).to.deep.equal(["E_UPLOAD_SIGNATURE"]);
    });

    it("whose proof is another's, another kind's or none at all", async () => {
      const { upload } = request.signed;
      const proofs = [
        honestRequest.signed.upload.proof,
        offer.signed.upload.proof,
        `${upload.proof}00`,
        "0x",
      ];
      for (const proof of proofs) {
        const unproven = await submittedRequest(vehicle, { ...upload, proof });
        await refusedRequest(unproven, "E_ADMISSION_RANGES");
      }
    });

    it("that is an offer", async () => {
      const { upload } = offer.signed;
      await refusedRequest(await submittedRequest(pile, upload), "E_ADMISSION_COMMITMENT");
    });
  });

  describe("no offer", () => {
    it("that is another than the chain names: an older one, or one of another round", async () => {
      const { proof } = honestOffer.signed.upload;
      const newer = uploadHash({ ...offer.signed.upload, proof });
      await refusedOffer({ ...offer, uploadHash: newer }, "E_ADMISSION_COMMITMENT");
      await refusedOffer({ ...offer, round: 2n }, "E_ADMISSION_COMMITMENT");
    });

    it("for another auction, or under another round key", async () => {
      const elsewhere = await bidOf(pile, { auctionId: id("another auction") });
      await refusedOffer(await submittedBid(pile, elsewhere), "E_ADMISSION_AUCTION");
      const otherKey = await bidOf(pile, { roundKey: otherDealtKey().roundKey });
      await refusedOffer(await submittedBid(pile, otherKey), "E_ADMISSION_KEY");
    });

    it("that is unsigned, or signed by another", async () => {
      const { upload } = offer.signed;
      for (const signed of [{ upload, signature: "0x" }, await signedBy(vehicle, upload)]) {
        await refusedOffer({ ...offer, signed }, "E_UPLOAD_SIGNATURE");
      }
    });

    it("whose proof does not hold", async () => {
      const { proof } = honestOffer.signed.upload;
      const upload = { ...offer.signed.upload, proof };
      const named = { signed: await signedBy(pile, upload), uploadHash: uploadHash(upload) };
      await refusedOffer({ ...offer, ...named }, "E_ADMISSION_RANGES");
    });

    it("that is a request", async () => {
      const submitted = await submittedRequest(vehicle, request.signed.upload);
      await refusedOffer(submitted, "E_ADMISSION_COMMITMENT");
    });
  });

  it("an offer with the commitment to another price: it cannot see through the salt", async () => {
    const { upload } = offer.signed;
    const lower = {
      pricePerKwh: 1n,
      powerW: BigInt(CLEAR_OFFER.powerW),
      salt: CLEAR_OFFER.salt,
    };
    const parts = { offerHash: offerHash(lower), uploadHash: uploadHash(upload) };
    const commitment = bidCommitment(VENUE, AUCTION_ID, pile.wallet.address, parts);
    const { admitted } = await admitOffers(admitting(), [{ ...offer, commitment }]);
    expect(admitted).to.have.lengthOf(1);
  });

  describe("cells of the auction's area, and no upload with others:", () => {
    const area: Area = { ...AREA, west: 4, south: 2, columns: 3, rows: 5 };
    const corner = { column: 6, row: 6 };
    const first = { column: 4, row: 2 };
    const located = (one: Person, cells: readonly Cell[]) =>
      requestOf(one, { located: { setId: id("a set"), cells } });
    const refused: Readonly<Record<string, readonly Cell[]>> = {
      "outside of it": [first, { column: 7, row: 2 }],
      "in another order": [corner, first],
    };

    for (const [what, cells] of Object.entries(refused)) {
      it(what, async () => {
        const lost = await submittedRequest(vehicle, await located(vehicle, cells));
        for (const both of [
          [lost, honestRequest],
          [honestRequest, lost],
        ]) {
          const admission = await admitRequests(admitting({ area }), both);
          expectRefused(admission, honestRequest, "E_ADMISSION_CELLS");
        }
        const bid = await bidOf(pile, { located: { setId: id("a set"), cells } });
        const offers = [await submittedBid(pile, bid), honestOffer];
        const admission = await admitOffers(admitting({ area }), offers);
        expectRefused(admission, honestOffer, "E_ADMISSION_CELLS");
      });
    }

    it("as many as a bucket can have, the same one or not, are admitted", async () => {
      const many = Array.from({ length: MOST_CELLS - 1 }, () => corner);
      const one = await submittedRequest(vehicle, await located(vehicle, [first, ...many]));
      const { admitted } = await admitRequests(admitting({ area }), [one, honestRequest]);
      expect(admitted).to.have.lengthOf(2);
    });

    it("that a proxy has changed make another upload, which nobody signed", async () => {
      const upload = await located(vehicle, [first]);
      const one = await submittedRequest(vehicle, upload);
      for (const change of [{ cells: [corner] }, { cells: [] }, { setId: id("another set") }]) {
        const moved = { ...one, signed: { ...one.signed, upload: { ...upload, ...change } } };
        await refusedRequest(moved, "E_UPLOAD_SIGNATURE");
      }
    });

    it("that the vehicle itself has changed after it committed are refused too", async () => {
      const one = await submittedRequest(vehicle, await located(vehicle, [first]));
      const elsewhere = await submittedRequest(vehicle, await located(vehicle, [corner]));
      await refusedRequest({ ...one, signed: elsewhere.signed }, "E_ADMISSION_COMMITMENT");
    });

    it("that are no numbers at all are refused as an upload without a signature", async () => {
      const upload = await located(vehicle, [first]);
      const one = await submittedRequest(vehicle, upload);
      const broken = { ...upload, cells: [{ column: NaN, row: 2 ** 40 }] };
      const signed = { ...one.signed, upload: broken };
      await refusedRequest({ ...one, signed }, "E_UPLOAD_SIGNATURE");
    });
  });

  it("everybody honest among many who are not, and names all the others", async () => {
    const people = await Promise.all([0, 1, 2, 3, 4, 5].map((k) => person(`many ${k}`)));
    const all: Submission[] = [];
    for (const [k, one] of people.entries()) {
      const upload = await requestOf(one);
      const { proof } = request.signed.upload;
      all.push(await submittedRequest(one, k % 2 === 0 ? upload : { ...upload, proof }));
    }
    const admission = await admitRequests(admitting(), all);
    const [even, odd] = [0, 1].map((rest) =>
      people.filter((_, k) => k % 2 === rest).map(({ wallet }) => wallet.address),
    );
    expect(accounts(admission)).to.deep.equal(even);
    expect(admission.notAdmitted.map(({ account }) => account)).to.deep.equal(odd);
  });

  it("throws what is no answer about an upload: a bug, or a proof that nobody checked", async () => {
    const broken = admitting({ refused: () => Promise.reject(new RangeError("worker")) });
    const thrown = await admitRequests(broken, [request]).then(
      () => "admitted",
      (error: unknown) => String(error),
    );
    expect(thrown).to.equal("RangeError: worker");
  });
});

describe("signed hashes", () => {
  it("are those of the uploads that their accounts signed here, in their places", async () => {
    const [one, two] = [await person("signer"), await person("other signer")];
    const upload = await requestOf(one);
    const uploads = [
      await signedBy(one, upload),
      await signedBy(two, upload),
      await signedBy(one, { ...upload, proof: "0x" }),
      { upload, signature: "0x" },
    ];
    const hashes = signedHashes(VENUE, uploads);
    const unproven = uploadHash({ ...upload, proof: "0x" });
    expect(hashes).to.deep.equal([uploadHash(upload), null, unproven, null]);
    const elsewhere = { ...VENUE, chainId: 1n };
    expect(signedHashes(elsewhere, uploads)).to.deep.equal([null, null, null, null]);
    expect(signedHashes(VENUE, [])).to.deep.equal([]);
  });
});

describe("refused uploads", () => {
  let uploads: readonly Upload[];

  before(async () => {
    const people = await Promise.all([0, 1, 2, 3, 4].map((k) => person(`prover ${k}`)));
    uploads = await Promise.all(people.map((one) => requestOf(one)));
  });

  const refusedAmong = (given: readonly Upload[]): readonly number[] =>
    refusedUploads(roundKey, REQUEST, given, rng).toSorted();
  /** The k-th upload with the proof of the next. */
  const withFalse = (...places: readonly number[]): readonly Upload[] =>
    uploads.map((upload, k) => {
      const proof = uploads[(k + 1) % uploads.length]?.proof ?? "0x";
      return places.includes(k) ? { ...upload, proof } : upload;
    });

  it("are none among honest ones, and none among none", () => {
    expect(refusedAmong(uploads)).to.deep.equal([]);
    expect(refusedAmong([])).to.deep.equal([]);
  });

  it("are exactly those whose proofs do not hold, wherever they are", () => {
    for (const places of [[0], [4], [1, 2], [0, 1, 2, 3, 4]]) {
      expect(refusedAmong(withFalse(...places))).to.deep.equal(places);
    }
  });

  it("are those too whose proofs are no proofs, next to false ones", () => {
    const [first, second, third] = withFalse(2);
    if (!first || !second || !third) throw new Error("expected three uploads");
    const given = [first, { ...second, proof: "0x00" }, third];
    expect(refusedAmong(given)).to.deep.equal([1, 2]);
  });

  it("are all of them for another kind of record", () => {
    expect(refusedUploads(roundKey, OFFER, uploads, rng)).to.have.lengthOf(5);
  });

  it("are not looked for with weights that somebody could predict, outside tests", async () => {
    const check = (): readonly string[] => [refusal(() => refusedAmong(uploads))];
    expect(await underNodeEnv("production", check)).to.deep.equal([
      "RandomError E_RNG_DETERMINISTIC",
    ]);
  });
});
