/**
 * Numbers that no honest owner would upload: admission refuses whatever is out of range, and nobody
 * else is harmed.
 */
import { expect } from "chai";
import { id } from "ethers";
import { bidCommitment, FIRST_ROUND, offerHash } from "../../offchain/core/messages/market.ts";
import {
  offerLayout,
  requestLayout,
  type Layout,
} from "../../offchain/core/messages/packedRecord.ts";
import { offerFields, requestFields } from "../../offchain/core/messages/records.ts";
import { uploadHash, type Upload } from "../../offchain/core/messages/upload.ts";
import { openRecords } from "../../offchain/parties/cloud/opening.ts";
import type { PreparedBid } from "../../offchain/parties/pile/trading.ts";
import { refusedUploads, type Submission } from "../../offchain/parties/proxy/admission.ts";
import { receiveMatch } from "../../offchain/parties/vehicle/trading.ts";
import {
  ASKED,
  AUCTION_ID,
  bidOf,
  certifiedAt,
  CLEAR_OFFER,
  CLEAR_REQUEST,
  dealtKey,
  headerOf,
  person,
  requestOf,
  submittedBid,
  submittedRequest,
  VENUE,
  workOf,
  type Person,
} from "../support/matching/crowdRound.ts";
import { asyncRefusal, counterRng } from "../support/primitives/draws.ts";
import { matchSubmitted, runRound } from "../support/matching/rounds.ts";
import { takenOffers, takenRequests } from "../support/attacks/carelessServers.ts";
import { FORGERS, type Forging } from "../support/attacks/forgedUploads.ts";

const { privateKey, roundKey } = dealtKey();
const { n } = privateKey.publicKey;
const rng = counterRng("out of range");
const [REQUEST, OFFER] = [requestLayout(2), offerLayout(2)];
const [HONEST_REQUEST, HONEST_OFFER] = [requestFields(CLEAR_REQUEST), offerFields(CLEAR_OFFER)];
const PRICE = 2;
const OPENING = 5;
const OPENING_OFFSET = 514n;

/** One field as it is encrypted. */
type Field = readonly [what: string, place: number, value: bigint];

const tooWide = (layout: Layout): readonly Field[] =>
  layout.map((bits, k) => [`field ${k} of 2^${bits}`, k, 1n << BigInt(bits)]);

const IN_REQUESTS: readonly Field[] = [
  ...tooWide(REQUEST),
  ["a price limit of −1", PRICE, -1n],
  ["a squared reach of −5", 3, -5n],
  ["a feature bid of −1", 4, -1n],
  ["a reach that no number of 40 bits holds", 3, 1n << 60n],
];
const IN_OFFERS: readonly Field[] = [
  ...tooWide(OFFER),
  ["a price of −5, which wraps around n", PRICE, -5n],
  ["a feature for less than nothing", 3, -1n],
  ["a feature offered twice, α = 2 in its place", 4, 2n ** 24n + 2n],
  ["an opening that wraps around n into all other fields", OPENING, (n >> OPENING_OFFSET) + 1n],
];

describe("numbers out of range", () => {
  let attacker: Person;
  let honest: Readonly<Record<"request" | "offer", Upload>>;

  before(async () => {
    attacker = await person("attacker");
    honest = {
      request: await requestOf(await person("driver")),
      offer: (await bidOf(await person("owner"))).upload,
    };
  });

  const forging = (
    layout: Layout,
    claimed: readonly bigint[],
    [, place, value]: Field,
  ): Forging => ({
    header: { ...headerOf(attacker), kind: layout === OFFER ? "offer" : "request" },
    roundKey,
    layout,
    values: claimed.with(place, value),
    claimed,
    rng,
  });

  for (const [how, forge] of Object.entries(FORGERS)) {
    describe(`with ${how}`, () => {
      for (const field of IN_REQUESTS) {
        it(`are refused in a request: ${field[0]}`, () => {
          const forged = forge(forging(REQUEST, HONEST_REQUEST, field));
          const uploads = [honest.request, forged, honest.request];
          expect(refusedUploads(roundKey, REQUEST, uploads, rng)).to.deep.equal([1]);
        });
      }
      for (const field of IN_OFFERS) {
        it(`are refused in an offer: ${field[0]}`, () => {
          const forged = forge(forging(OFFER, HONEST_OFFER, field));
          const uploads = [honest.offer, forged, honest.offer];
          expect(refusedUploads(roundKey, OFFER, uploads, rng)).to.deep.equal([1]);
        });
      }

      it("would have been accepted in range: it is the number that is refused", () => {
        const inRange: Field = ["the honest price", PRICE, HONEST_OFFER[PRICE] ?? 0n];
        const forged = forge(forging(OFFER, HONEST_OFFER, inRange));
        const expected = how === "the proof of an honest record" ? [0] : [];
        expect(refusedUploads(roundKey, OFFER, [forged], rng)).to.deep.equal(expected);
      });
    });
  }

  it("are in the ciphertext: the cloud would compute with them", () => {
    for (const [what, place, value] of IN_OFFERS.slice(0, -1)) {
      const [forge] = Object.values(FORGERS);
      const forged = forge?.(forging(OFFER, HONEST_OFFER, [what, place, value]));
      const packed = openPacked(forged);
      const expected = HONEST_OFFER.with(place, value);
      expect(packed, what).to.equal(wrapped(expected));
    }
  });

  describe("in a price of −5", () => {
    let driver: Person;
    let owner: Person;
    let request: Submission;
    let offers: Readonly<Record<"honest" | "forged", Submission>>;
    let dearer: PreparedBid;

    /**
     * The attacker's pile stands beside the honest one. It committed to a price that nobody would
     * pay.
     */
    before(async () => {
      [driver, owner] = [await person("driver"), await person("owner")];
      request = await submittedRequest(driver, await requestOf(driver));
      const [forge] = Object.values(FORGERS);
      const upload = forge?.(forging(OFFER, HONEST_OFFER, ["", PRICE, -5n])) ?? honest.offer;
      const { salt } = CLEAR_OFFER;
      const offer = { pricePerKwh: 9_000_000n, powerW: 22_000n, salt };
      const parts = { offerHash: offerHash(offer), uploadHash: uploadHash(upload) };
      const commitment = bidCommitment(VENUE, AUCTION_ID, upload.account, parts);
      dearer = { upload, offer, uploadHash: parts.uploadHash, round: FIRST_ROUND, commitment };
      offers = {
        honest: await submittedBid(owner, await bidOf(owner)),
        forged: await submittedBid(attacker, dearer),
      };
    });

    it("takes the match from an honest pile where nobody asks for proofs", async () => {
      const taken = {
        requests: takenRequests([request]),
        offers: takenOffers([offers.honest, offers.forged]),
      };
      const { matches } = await runRound(taken);
      expect(matches.map((match) => match.pile)).to.deep.equal([attacker.wallet.address]);
      const [match] = matches;
      if (match === undefined) throw new Error("expected a match");
      const certified = certifiedAt(attacker, CLEAR_OFFER);
      const received = (): Promise<unknown> =>
        receiveMatch(VENUE, ASKED, driver.sealKeys, match.toVehicle, () =>
          Promise.resolve(certified),
        );
      // It is not charged for it, but it charges nowhere either.
      expect(await asyncRefusal(received)).to.equal("MatchError E_MATCH_FORM");
    });

    it("is left out, and the honest pile is matched", async () => {
      const { matches, notAdmitted } = await matchSubmitted({
        seed: id("seed"),
        requests: [request],
        offers: [offers.honest, offers.forged],
        work: workOf("careful"),
      });
      expect(notAdmitted.map(({ account, code }) => [account, code])).to.deep.equal([
        [attacker.wallet.address, "E_ADMISSION_RANGES"],
      ]);
      expect(matches.map((match) => match.pile)).to.deep.equal([owner.wallet.address]);
    });
  });
});

/** The whole plaintext, which only who has the key can look at. */
function openPacked(upload: Upload | undefined): bigint | undefined {
  const records = upload === undefined ? [] : [upload.record];
  return openRecords(privateKey, [n.toString(2).length], records)[0]?.[0];
}

/** The same from the values, modulo n. */
function wrapped(values: readonly bigint[]): bigint {
  const offsets = OFFER.map((_, k) => OFFER.slice(0, k).reduce((sum, bits) => sum + bits + 82, 0));
  const sum = values.reduce((total, value, k) => total + (value << BigInt(offsets[k] ?? 0)), 0n);
  return ((sum % n) + n) % n;
}
