/**
 * Mode `strict`, from what owners send to what they get: the same rule, whoever is left out, and an
 * end when it is told to.
 */
import { expect } from "chai";
import { id } from "ethers";
import fc from "fast-check";
import { openUpload, sealUpload } from "../../../offchain/core/messages/sealedUpload.ts";
import type { RoundKey } from "../../../offchain/core/messages/roundKey.ts";
import { uploadHash } from "../../../offchain/core/messages/upload.ts";
import {
  modeNamed,
  type MatchingInput,
  type RoundOutcome,
} from "../../../offchain/market/matching.ts";
import { dealRoundKey } from "../../../offchain/parties/authority/dealing.ts";
import type { PreparedBid } from "../../../offchain/parties/pile/trading.ts";
import type { Submission } from "../../../offchain/parties/proxy/admission.ts";
import {
  AUCTION_ID,
  bidOf,
  bytes32,
  dealtKey,
  person,
  requestOf,
  signedBy,
  submittedBid,
  submittedRequest,
  type DealtKey,
  type Person,
} from "../../support/matching/crowdRound.ts";
import { asyncRefusal, counterRng, refusal } from "../../support/primitives/draws.ts";
import {
  accounts,
  clearOfferOf,
  clearRequestOf,
  clearRounds,
  crowd,
  expectDelivered,
  expectOracle,
  matchSubmitted,
  NAMED_ROUNDS,
  partiesOf,
  pile,
  times,
  trip,
  type ClearRound,
  type Crowd,
  type Parties,
} from "../../support/matching/rounds.ts";

const rng = counterRng("modes");

/** Parties with what they sent, and what has become of it. */
interface Played {
  readonly parties: Parties;
  readonly bids: ReadonlyMap<string, PreparedBid>;
  readonly outcome: RoundOutcome;
}

type Keys = Pick<DealtKey, "roundKey" | "privateKey">;
/** What happens to the submissions before they are matched. */
type Meddle = (
  sent: Readonly<Record<"requests" | "offers", Submission[]>>,
) => Promise<Partial<MatchingInput>>;

describe("a round in mode strict", function () {
  this.timeout(120_000);
  let everybody: Crowd;

  before(async () => {
    everybody = await crowd();
  });

  const play = async (
    clear: ClearRound,
    seed: string,
    meddle: Meddle = () => Promise.resolve({}),
    { roundKey, privateKey }: Keys = dealtKey(),
  ): Promise<Played> => {
    const parties = partiesOf(everybody, clear);
    const { bids, ...sent } = await send(parties, roundKey);
    const outcome = await matchSubmitted({
      seed,
      roundKey,
      privateKey,
      ...sent,
      ...(await meddle(sent)),
    });
    return { parties, bids, outcome };
  };
  const expectRight = async ({ parties, bids, outcome }: Played, seed: string): Promise<void> => {
    expectOracle(parties, seed, outcome);
    expect(outcome.notAdmitted).to.deep.equal([]);
    for (const match of outcome.matches) await expectDelivered(parties, bids, match);
  };

  it("decides as the plaintext oracle does, and delivers, on random rounds", async () => {
    await fc.assert(
      fc.asyncProperty(clearRounds(4), bytes32, async (clear, seed) => {
        await expectRight(await play(clear, seed), seed);
      }),
      { numRuns: 15, seed: 0x5eed },
    );
  });

  for (const [what, clear] of Object.entries(NAMED_ROUNDS)) {
    it(`decides as the plaintext oracle does ${what}`, async () => {
      await expectRight(await play(clear, id(what)), id(what));
    });
  }

  it("matches at 2,048 bits what was sent sealed", async () => {
    const { numbers } = dealtKey();
    const dealt = await dealRoundKey(2048, numbers, counterRng("2,048 bits"));
    const clear: ClearRound = {
      trips: [
        { ...trip(0), needs: [true, false], maxPricePerKwh: 900_000n },
        { ...trip(1), position: { xM: 65_535, yM: 65_535 }, maxDistanceM: 131_071 },
        { ...trip(2), maxPricePerKwh: 1n },
      ],
      piles: [
        { ...pile(0), position: { xM: 600, yM: 800 }, offers: [true, true], powerW: 50_000 },
        { ...pile(1), position: { xM: 0, yM: 0 }, pricePerKwh: 2n ** 24n - 1n },
        { ...pile(2), position: { xM: 65_000, yM: 65_535 }, pricePerKwh: 500_000n },
      ],
    };
    const overTheWire: Meddle = async ({ requests, offers }) => ({
      requests: await sealedAndOpened(dealt.roundKey, requests),
      offers: await sealedAndOpened(dealt.roundKey, offers),
    });
    const played = await play(clear, id("sealed"), overTheWire, dealt);
    await expectRight(played, id("sealed"));
    expect(played.outcome.matches).to.have.lengthOf(2);
  });

  it("leaves out what was not signed, committed to or proved, and matches the others", async () => {
    const clear = { trips: times(3, trip), piles: times(3, pile) };
    const { parties, outcome } = await play(clear, id("meddled"), async (sent) => {
      const [first, second] = sent.requests;
      const [offer, proven] = sent.offers;
      if (!first || !second || !offer || !proven) throw new Error("expected submissions");
      const { proof } = proven.signed.upload;
      const upload = { ...offer.signed.upload, proof };
      const [owner] = everybody.owners;
      if (owner === undefined) throw new Error("expected an owner");
      return {
        requests: [
          { ...first, uploadHash: id("another") },
          { ...second, signed: { ...second.signed, signature: first.signed.signature } },
          ...sent.requests.slice(2),
        ],
        offers: [
          { ...offer, signed: await signedBy(owner, upload), uploadHash: uploadHash(upload) },
          ...sent.offers.slice(1),
        ],
      };
    });
    const [one, two, three] = accounts(parties.buyers);
    const [unproven, ...others] = accounts(parties.sellers);
    const left = outcome.notAdmitted.map(({ account, code }) => [account, code]);
    expect(left).to.deep.equal([
      [one, "E_ADMISSION_COMMITMENT"],
      [two, "E_UPLOAD_SIGNATURE"],
      [unproven, "E_ADMISSION_RANGES"],
    ]);
    expect(outcome.matches.map(({ vehicle }) => vehicle)).to.deep.equal([three]);
    expect(outcome.matches.map((match) => match.pile)).to.satisfy((piles: readonly string[]) =>
      piles.every((account) => others.includes(account)),
    );
    expect(outcome.unmatched).to.deep.equal([]);
  });

  it("admits nobody who encrypted under another round key", async () => {
    const clear = { trips: [trip(0)], piles: [pile(0)] };
    const other = { ...dealtKey().roundKey, features: 3 };
    const { outcome } = await play(clear, id("renamed"), () =>
      Promise.resolve({ roundKey: other }),
    );
    expect(outcome.matches).to.deep.equal([]);
    expect(outcome.notAdmitted.map(({ code }) => code)).to.deep.equal([
      "E_ADMISSION_KEY",
      "E_ADMISSION_KEY",
    ]);
  });

  it("stops when it is told to", async () => {
    const signal = AbortSignal.abort(new RangeError("told to"));
    const clear = { trips: [trip(0)], piles: [pile(0)] };
    const interrupted = (): Promise<unknown> =>
      play(clear, id("stop"), () => Promise.resolve({ signal }));
    expect(await asyncRefusal(interrupted)).to.equal("RangeError without a code");
  });
});

describe("names of modes", () => {
  it("are taken if there is such a mode", () => {
    expect(modeNamed("strict")).to.equal("strict");
  });

  it("are refused by a name that none has", () => {
    for (const name of ["open", "", "Strict", "masked"]) {
      expect(refusal(() => modeNamed(name))).to.equal("ModeError E_MODE");
    }
    expect(() => modeNamed("masked")).to.throw("mode: expected strict, got masked");
  });
});

/** Everybody encrypts, signs and commits. */
async function send(parties: Parties, roundKey: RoundKey) {
  const requests: Submission[] = [];
  for (const buyer of parties.buyers) {
    const upload = await requestOf(buyer.person, { roundKey }, clearRequestOf(buyer));
    requests.push(await submittedRequest(buyer.person, upload));
  }
  const bids = new Map<string, PreparedBid>();
  const offers: Submission[] = [];
  for (const seller of parties.sellers) {
    const bid = await bidOf(seller.person, { roundKey }, clearOfferOf(seller));
    bids.set(seller.person.wallet.address, bid);
    offers.push(await submittedBid(seller.person, bid));
  }
  return { requests, bids, offers };
}

/** The same after the way to the proxy. */
async function sealedAndOpened(
  roundKey: RoundKey,
  sent: readonly Submission[],
): Promise<readonly Submission[]> {
  const proxy: Person = await person("proxy");
  const arrived: Submission[] = [];
  for (const submission of sent) {
    const box = await sealUpload(roundKey, submission.signed, rng);
    const signed = await openUpload(proxy.sealKeys, AUCTION_ID, roundKey, box);
    expect(uploadHash(signed.upload)).to.equal(uploadHash(submission.signed.upload));
    arrived.push({ ...submission, signed });
  }
  return arrived;
}
