/**
 * P5 on ours: a ciphertext can be changed by anybody who has it, but not what was signed and proved
 * about it.
 */
import { expect } from "chai";
import { id } from "ethers";
import { offerLayout } from "../../offchain/core/messages/packedRecord.ts";
import { offerFields, type ClearOffer } from "../../offchain/core/messages/records.ts";
import { uploadHash, type Upload } from "../../offchain/core/messages/upload.ts";
import { scale, type Ciphertext } from "../../offchain/core/primitives/paillier/publicKey.ts";
import { shortZeros } from "../../offchain/core/primitives/paillier/shortRandomness.ts";
import { rerandomiseFrom } from "../../offchain/core/primitives/paillier/zeros.ts";
import { openRecords } from "../../offchain/parties/cloud/opening.ts";
import type { Submission } from "../../offchain/parties/proxy/admission.ts";
import {
  bidOf,
  CLEAR_OFFER,
  dealtKey,
  person,
  requestOf,
  signedBy,
  submittedBid,
  submittedRequest,
  workOf,
  type Person,
} from "../support/matching/crowdRound.ts";
import { counterRng } from "../support/primitives/draws.ts";
import { matchSubmitted, runRound } from "../support/matching/rounds.ts";
import { takenOffers, takenRequests } from "../support/attacks/carelessServers.ts";
import { changePlaintext } from "../support/attacks/tampering.ts";

const { privateKey, roundKey } = dealtKey();
/** Where the price stands in the plaintext of an offer. */
const PRICE_OFFSET = 196n;
const DEARER: ClearOffer = { ...CLEAR_OFFER, pricePerKwh: CLEAR_OFFER.pricePerKwh + 10n };

describe("malleability attack on an upload", () => {
  let cheap: Person;
  let dear: Person;
  let request: Submission;
  let cheaper: Submission;
  let dearer: Submission;

  before(async () => {
    const driver = await person("driver");
    [cheap, dear] = [await person("cheap"), await person("dear")];
    request = await submittedRequest(driver, await requestOf(driver));
    cheaper = await submittedBid(cheap, await bidOf(cheap));
    dearer = await submittedBid(dear, await bidOf(dear, {}, DEARER));
  });

  /** −50 in the slot of the price: what is beside it stays. */
  const lowered = (record: Ciphertext): Ciphertext =>
    changePlaintext(record, -(50n << PRICE_OFFSET));
  const tampered = (change: Partial<Upload>): Submission => ({
    ...dearer,
    signed: { ...dearer.signed, upload: { ...dearer.signed.upload, ...change } },
  });

  it("lowers a price by 50 without the key, and nothing else", () => {
    const { record } = dearer.signed.upload;
    const [values] = openRecords(privateKey, offerLayout(2), [lowered(record)]);
    const expected = offerFields({ ...DEARER, pricePerKwh: DEARER.pricePerKwh - 50n });
    expect(values).to.deep.equal(expected);
  });

  describe("in a round", () => {
    const winners = async (offers: readonly Submission[]): Promise<readonly string[]> => {
      const taken = { requests: takenRequests([request]), offers: takenOffers(offers) };
      const { matches } = await runRound(taken);
      return matches.map(({ pile }) => pile);
    };
    const carefully = (offers: readonly Submission[]) =>
      matchSubmitted({
        seed: id("seed"),
        requests: [request],
        offers,
        work: workOf("careful"),
      });

    it("changes the choice where nobody looks at signature and proof", async () => {
      expect(await winners([cheaper, dearer])).to.deep.equal([cheap.wallet.address]);
      const record = lowered(dearer.signed.upload.record);
      expect(await winners([cheaper, tampered({ record })])).to.deep.equal([dear.wallet.address]);
    });

    it("changes nothing on ours: the upload is left out, whoever signs it", async () => {
      const { upload } = dearer.signed;
      const record = lowered(upload.record);
      const resigned = async (owner: Person): Promise<Submission> => {
        const own = { ...upload, record, account: owner.wallet.address };
        return { ...dearer, signed: await signedBy(owner, own), uploadHash: uploadHash(own) };
      };
      const attempts: readonly (readonly [Submission, string])[] = [
        [tampered({ record }), "E_UPLOAD_SIGNATURE"],
        [await resigned(dear), "E_ADMISSION_RANGES"],
        [await resigned(await person("stranger")), "E_ADMISSION_RANGES"],
      ];
      for (const [submission, expected] of attempts) {
        const { matches, notAdmitted } = await carefully([cheaper, submission]);
        expect(notAdmitted.map(({ code }) => code)).to.deep.equal([expected]);
        expect(matches.map(({ pile }) => pile)).to.deep.equal([cheap.wallet.address]);
      }
    });
  });

  it("fails on ours for every product and power, even of the same plaintext", async () => {
    const { record } = dearer.signed.upload;
    const zeros = shortZeros(roundKey.shortKey, counterRng("malleate"));
    const changed: Readonly<Record<string, Ciphertext>> = {
      "times 2": scale(record, 2n),
      negated: scale(record, -1n),
      "plus 1": changePlaintext(record, 1n),
      "moved by n/2": changePlaintext(record, privateKey.publicKey.n / 2n),
      rerandomised: rerandomiseFrom(zeros, record),
    };
    for (const [what, other] of Object.entries(changed)) {
      const resigned = { ...dearer.signed.upload, record: other };
      const codes: string[] = [];
      const named = { ...dearer, uploadHash: uploadHash(resigned) };
      for (const signed of [tampered({ record: other }).signed, await signedBy(dear, resigned)]) {
        const { notAdmitted } = await matchSubmitted({
          requests: [],
          offers: [{ ...named, signed }],
        });
        codes.push(...notAdmitted.map(({ code }) => code));
      }
      expect(codes, what).to.deep.equal(["E_UPLOAD_SIGNATURE", "E_ADMISSION_RANGES"]);
    }
  });
});
