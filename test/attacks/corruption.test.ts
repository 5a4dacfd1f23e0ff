/**
 * Every field of every message that crosses from one party to another, corrupted in every way that
 * its receiver could meet: it is refused by name, and harms nobody else. A field that is added
 * without a row fails here.
 */
import { expect } from "chai";
import { id } from "ethers";
import { network } from "hardhat";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { wholeFrame, type Area } from "../../offchain/core/messages/area.ts";
import type { DecisionNote } from "../../offchain/core/messages/decisionNote.ts";
import type { VehicleDelivery } from "../../offchain/core/messages/delivery.ts";
import type { AuctionTerms } from "../../offchain/core/messages/market.ts";
import { revealedOfOffer } from "../../offchain/core/messages/packedRecord.ts";
import type { PileNotice } from "../../offchain/core/messages/pileNotice.ts";
import { offerFields } from "../../offchain/core/messages/records.ts";
import {
  roundKeyHash,
  roundKeyOf,
  roundKeyToJson,
  type RoundKeyNumbers,
} from "../../offchain/core/messages/roundKey.ts";
import { openUpload } from "../../offchain/core/messages/sealedUpload.ts";
import type { Upload } from "../../offchain/core/messages/upload.ts";
import { receiveNotice } from "../../offchain/parties/pile/trading.ts";
import { admitRequests, type Submission } from "../../offchain/parties/proxy/admission.ts";
import { receiveMatch } from "../../offchain/parties/vehicle/trading.ts";
import { knownAuction } from "../../tasks/support/auctions.ts";
import { stateIn } from "../../tasks/stores/state.ts";
import { populatedWorld, type MarketWorld } from "../support/market/deployed.ts";
import { openAuction, type OpenedAuction } from "../support/market/trade.ts";
import {
  admitting,
  ASKED,
  AREA,
  AUCTION_ID,
  CLEAR_OFFER,
  dealtKey,
  OTHER_COMMITMENT_MODULUS,
  otherDealtKey,
  person,
  requestOf,
  submittedRequest,
  VENUE,
  type Person,
  type Sending,
} from "../support/matching/crowdRound.ts";
import { uploadBox } from "../support/messages/boxes.ts";
import { asyncRefusal } from "../support/primitives/draws.ts";
import {
  bindingOf,
  meeting,
  partsOf,
  sealNote,
  sealParts,
  toPile,
  type Meeting,
  type NoteFields,
  type Parts,
} from "../support/parties/meeting.ts";
import {
  expectComplete,
  expectOthersRefused,
  expectRefusals,
  row,
  toAll,
  type Answer,
  type Fields,
  type Matrix,
  type Others,
  type Row,
} from "../support/attacks/corruption.ts";
import { joinedParts, uploadParts } from "../support/messages/uploadParts.ts";

const { roundKey } = dealtKey();
const OTHER_AUCTION = id("another auction");
/** Where attackers get what they send again. */
const REPLAYED: Sending = { auctionId: OTHER_AUCTION };
const REKEYED: Sending = { auctionId: OTHER_AUCTION, roundKey: otherDealtKey().roundKey };

const FORM = "UploadError E_UPLOAD_FORM";
const RANGE = "PaillierError E_CIPHERTEXT_RANGE";
const UNIT = "PaillierError E_CIPHERTEXT_UNIT";
const SEALED = "SealedBoxError E_AEAD";
const TRUNCATED = "SealedBoxError E_TRUNCATED";
const DELIVERY = "DeliveryError E_DELIVERY_FORM";
const MISMATCH = "DeliveryError E_DECISION_MISMATCH";

/** Registers one test a field. */
function refusesEveryField<Field extends string>(
  matrix: () => Promise<Matrix> | Matrix,
  rows: Readonly<Record<Field, Row>>,
): void {
  it("has a row for every field", async () => {
    expectComplete((await matrix()).honest, rows);
  });

  it("is accepted as it is", async () => {
    const { honest, receive } = await matrix();
    expect(await receive(honest)).to.equal("accepted");
  });

  for (const [field, row] of Object.entries<Row>(rows)) {
    it(`is refused with ${field} corrupted`, async () => {
      await expectRefusals(await matrix(), field, row);
    });
  }
}

function refusesOthers(
  matrix: () => Promise<Matrix> | Matrix,
  answers: Readonly<Record<keyof Others, Answer>>,
): void {
  it("is refused as a whole where another's or another auction's is sent in its place", async () => {
    await expectOthersRefused(await matrix(), answers);
  });
}

/** In a bucket of its own, one of whose cells says whose. */
function locatedOf({ participantId }: Person): Pick<Upload, "setId" | "cells"> {
  const row = Number.parseInt(participantId.slice(2, 4), 16);
  const cells = [
    { column: 3, row },
    { column: 4, row: 5 },
  ];
  return { setId: participantId, cells };
}

function fieldsOf(message: object): Fields {
  return Object.fromEntries(Object.entries(message));
}

describe("corruption", () => {
  describe("of an upload, by somebody who seals it again", () => {
    let vehicle: Person;
    let proxy: Person;
    let submission: Submission;
    let neighbour: Submission;
    let matrix: Matrix;

    before(async () => {
      [vehicle, proxy] = [await person("vehicle"), await person("proxy")];
      const other = await person("other vehicle");
      const submitted = async (owner: Person, sending?: Sending): Promise<Submission> =>
        submittedRequest(owner, await requestOf(owner, { located: locatedOf(owner), ...sending }));
      submission = await submitted(vehicle);
      neighbour = await submitted(other);
      matrix = {
        honest: uploadParts(roundKey, submission.signed),
        others: {
          swapped: uploadParts(roundKey, neighbour.signed),
          replayed: uploadParts(roundKey, (await submitted(vehicle, REPLAYED)).signed),
          rekeyed: uploadParts(
            otherDealtKey().roundKey,
            (await submitted(vehicle, REKEYED)).signed,
          ),
        },
        receive: async (altered) => receiveBox(await boxOf(altered)),
      };
    });

    const boxOf = (upload: Fields): Promise<string> =>
      uploadBox(AUCTION_ID, roundKey, joinedParts(upload));

    /**
     * What the proxy says of a box, in the place of the vehicle's, with an honest neighbour beside
     * it.
     */
    const receiveBox = async (box: string): Promise<string> => {
      const arrived: Submission[] = [];
      const opening = await asyncRefusal(async () => {
        const signed = await openUpload(proxy.sealKeys, AUCTION_ID, roundKey, box);
        arrived.push({ ...submission, signed });
      });
      const { admitted, notAdmitted } = await admitRequests(admitting(), [...arrived, neighbour]);
      const codes = notAdmitted.map(({ code }) => code);
      expect(admitted.at(-1)?.upload, "the neighbour").to.deep.equal(neighbour.signed.upload);
      expect(admitted.length + codes.length).to.equal(1 + arrived.length);
      return opening === "accepted" ? (codes[0] ?? "accepted") : opening;
    };

    const [AUCTION, KEY, SIGNED] = ["E_ADMISSION_AUCTION", "E_ADMISSION_KEY", "E_UPLOAD_SIGNATURE"];
    const signed: Row = row([SIGNED, SIGNED, FORM, FORM], toAll(SIGNED));
    const rows: Readonly<Record<keyof Upload | "signature", Row>> = {
      auctionId: row([AUCTION, AUCTION, FORM, FORM], { replayed: AUCTION, rekeyed: AUCTION }),
      round: row([SIGNED, SIGNED, FORM, FORM]),
      kind: row([FORM, FORM, FORM, FORM]),
      roundKeyHash: row([KEY, KEY, FORM, FORM], { rekeyed: KEY }),
      account: row([SIGNED, SIGNED, FORM, FORM], { swapped: SIGNED }),
      sealKey: row([SIGNED, FORM, FORM, FORM], { swapped: SIGNED }),
      setId: row([SIGNED, SIGNED, FORM, FORM], { swapped: SIGNED }),
      cells: row([[FORM, SIGNED], SIGNED, FORM, FORM], { swapped: SIGNED }),
      record: row([SIGNED, RANGE, FORM, FORM], { ...toAll(SIGNED), rekeyed: [SIGNED, RANGE] }),
      proof: signed,
      signature: signed,
    };
    refusesEveryField(() => matrix, rows);
    refusesOthers(() => matrix, {
      swapped: "E_ADMISSION_COMMITMENT",
      replayed: AUCTION,
      rekeyed: [AUCTION, RANGE],
    });

    describe("as the box on the wire", () => {
      const sealedMatrix = async (): Promise<Matrix> => {
        const foreign = (
          sending: Required<Pick<Sending, "auctionId" | "roundKey">>,
          upload: Fields,
        ): Promise<string> => uploadBox(sending.auctionId, sending.roundKey, joinedParts(upload));
        const { replayed, rekeyed, swapped } = matrix.others;
        const key = otherDealtKey().roundKey;
        return {
          honest: { box: await boxOf(matrix.honest) },
          others: {
            swapped: { box: await boxOf(swapped) },
            replayed: { box: await foreign({ auctionId: OTHER_AUCTION, roundKey }, replayed) },
            rekeyed: { box: await foreign({ auctionId: OTHER_AUCTION, roundKey: key }, rekeyed) },
          },
          receive: ({ box }) => receiveBox(String(box)),
        };
      };
      refusesEveryField(sealedMatrix, {
        box: row([SEALED, SEALED, [SEALED, TRUNCATED], SEALED], {
          ...toAll(SEALED),
          swapped: "E_ADMISSION_COMMITMENT",
        }),
      });
    });
  });

  describe("of what is published about an auction", () => {
    let world: MarketWorld;
    let folder: string;
    let auction: OpenedAuction;
    let other: OpenedAuction;
    const otherKey = roundKeyOf({
      ...otherDealtKey().numbers,
      commitmentModulus: OTHER_COMMITMENT_MODULUS,
      features: 3,
      proxySealKey: `0x${"11".repeat(32)}`,
    });

    before(async () => {
      const connection = await network.create();
      world = await populatedWorld(connection);
      folder = await mkdtemp(join(tmpdir(), "chargeveil-corruption-"));
      auction = await openAuction(world, "published", roundKeyHash(roundKey), id("a scope"));
      other = await openAuction(world, "another", roundKeyHash(otherKey), id("another scope"));
    });
    after(async () => {
      await rm(folder, { recursive: true });
      await world.connection.close();
    });

    /** What everybody says who uses an auction of whose file this is the content. */
    const receive = async (terms: unknown, key: unknown, area: object = AREA): Promise<string> => {
      const state = stateIn(folder);
      const { auctionId } = auction;
      const content = { terms, area, roundKey: key, again: null };
      await state.write(`auctions/${auctionId}/auction.json`, content);
      return asyncRefusal(() => knownAuction({ market: world.market, state }, auctionId));
    };
    const textOf = (terms: AuctionTerms): Fields =>
      Object.fromEntries(Object.entries(terms).map(([name, value]) => [name, String(value)]));
    const [STATE, ROUND_KEY] = ["StateError E_STATE", "RoundKeyError E_ROUND_KEY"];
    const step = (what: "TERMS" | "KEY" | "AREA"): string => `StepError E_AUCTION_${what}`;

    describe("its round key", () => {
      const matrix = (): Matrix => {
        const honest = fieldsOf(roundKeyToJson(roundKey));
        const swapped = fieldsOf(roundKeyToJson(otherKey));
        return {
          honest,
          others: { swapped, replayed: honest, rekeyed: swapped },
          receive: (altered) => receive(auction.terms, altered),
        };
      };
      const OTHER = step("KEY");
      const MODULUS = "PaillierError E_KEY_MODULUS";
      const PARAMETERS = "ProofError E_PROOF_PARAMETERS";
      // What is left of n may be even, or have no room for hs; whatever passes is not the key that
      // the terms name.
      const otherN: Answer = [MODULUS, RANGE, UNIT, OTHER];
      const another: Row = { swapped: OTHER, rekeyed: OTHER };
      const anotherSize: Row = { swapped: [RANGE, OTHER], rekeyed: [RANGE, OTHER] };
      const otherModulus: Answer = [PARAMETERS, OTHER];
      const rows: Readonly<Record<keyof RoundKeyNumbers, Row>> = {
        n: row([otherN, MODULUS, [MODULUS, RANGE, OTHER, ROUND_KEY], otherN], anotherSize),
        hs: row([OTHER, RANGE, [OTHER, ROUND_KEY], RANGE], anotherSize),
        commitmentModulus: row(
          [otherModulus, PARAMETERS, [...otherModulus, ROUND_KEY], otherModulus],
          another,
        ),
        features: row([OTHER, OTHER, ROUND_KEY, ROUND_KEY], another),
        mode: row([ROUND_KEY, ROUND_KEY, ROUND_KEY, ROUND_KEY]),
        proxySealKey: row([OTHER, OTHER, ROUND_KEY, ROUND_KEY], another),
      };
      refusesEveryField(matrix, rows);
    });

    describe("its terms", () => {
      const matrix = (): Matrix => {
        const [honest, swapped] = [textOf(auction.terms), textOf(other.terms)];
        return {
          honest,
          others: { swapped, replayed: swapped, rekeyed: swapped },
          receive: (altered) => receive(altered, roundKeyToJson(roundKey)),
        };
      };
      const OTHER = step("TERMS");
      const lengths: readonly [Answer, Answer] = [
        [OTHER, STATE],
        [OTHER, STATE],
      ];
      const sameInAll = row([OTHER, OTHER, ...lengths]);
      const differing = row([OTHER, OTHER, ...lengths], toAll(OTHER));
      const number = row([[OTHER, STATE], OTHER, ...lengths]);
      const time = row([[OTHER, STATE], OTHER, ...lengths], toAll(OTHER));
      const rows: Readonly<Record<keyof AuctionTerms, Row>> = {
        areaHash: sameInAll,
        roundKeyHash: differing,
        scope: differing,
        secondServer: row([STATE, OTHER, STATE, STATE]),
        biddingEnds: time,
        matchingEnds: time,
        openingEnds: time,
        slotStart: time,
        slotEnd: time,
        maxRounds: number,
        roundSeconds: number,
        bidBond: sameInAll,
        vehicleDeposit: sameInAll,
        nonce: differing,
      };
      refusesEveryField(matrix, rows);
    });

    describe("its area", () => {
      const other = wholeFrame(500, 1_000);
      const small: Area = { ...other, west: 3, south: 4, columns: 8, rows: 9 };
      const matrix = (): Matrix => {
        const [honest, swapped] = [fieldsOf(AREA), fieldsOf(small)];
        return {
          honest,
          others: { swapped, replayed: honest, rekeyed: swapped },
          receive: (altered) => receive(auction.terms, roundKeyToJson(roundKey), { ...altered }),
        };
      };
      const OTHER = step("AREA");
      const [AREA_FORM, AREA_RANGE] = ["AreaError E_AREA_FORM", "AreaError E_AREA_RANGE"];
      const differing: Row = { swapped: [OTHER, AREA_RANGE], rekeyed: [OTHER, AREA_RANGE] };
      const any: Answer = [OTHER, AREA_RANGE];
      const number = row([any, AREA_RANGE, AREA_FORM, any], differing);
      const first = row([any, OTHER, AREA_FORM, any], differing);
      const rows: Readonly<Record<keyof Area, Row>> = {
        cellM: number,
        west: { flipped: AREA_RANGE, truncated: AREA_FORM, ...differing },
        south: { flipped: AREA_RANGE, truncated: AREA_FORM, ...differing },
        columns: number,
        rows: number,
        reachM: first,
      };
      refusesEveryField(matrix, rows);
    });

    it("terms and round key that fit each other, but are those of another auction", async () => {
      expect(await receive(other.terms, roundKeyToJson(otherKey))).to.equal(step("TERMS"));
      expect(await receive(auction.terms, roundKeyToJson(otherKey))).to.equal(step("KEY"));
    });
  });

  describe("of what is sealed about a match", () => {
    let met: Meeting;
    let elsewhere: Readonly<Record<keyof Others, Meeting>>;

    before(async () => {
      met = await meeting();
      elsewhere = {
        swapped: await meeting(" of another pair"),
        replayed: await meeting("", REPLAYED),
        rekeyed: await meeting("", REKEYED),
      };
    });

    const inAll = <T>(of: (one: Meeting) => T): Record<keyof Others, T> => ({
      swapped: of(elsewhere.swapped),
      replayed: of(elsewhere.replayed),
      rekeyed: of(elsewhere.rekeyed),
    });
    const wired = async (
      of: (one: Meeting) => Promise<object>,
      receive: (altered: Fields) => Promise<string>,
    ): Promise<Matrix> => {
      const others = inAll(of);
      return {
        honest: fieldsOf(await of(met)),
        others: {
          swapped: fieldsOf(await others.swapped),
          replayed: fieldsOf(await others.replayed),
          rekeyed: fieldsOf(await others.rekeyed),
        },
        receive,
      };
    };
    const box = row([SEALED, SEALED, [SEALED, TRUNCATED], SEALED], toAll(SEALED));
    const bound = row([SEALED, SEALED, DELIVERY, DELIVERY], { replayed: SEALED, rekeyed: SEALED });
    const decision = { ...bound, swapped: SEALED };
    /** Answers of whoever reads a note to other words of it. */
    const noteRows = (ofAnotherBid: string): Readonly<Record<keyof DecisionNote, Row>> => {
      const unlike = [MISMATCH, MISMATCH, DELIVERY, DELIVERY] as const;
      const party = row(unlike, { swapped: MISMATCH });
      const fresh = row(unlike, toAll(MISMATCH));
      return {
        auctionId: row(unlike, { replayed: MISMATCH, rekeyed: MISMATCH }),
        evId: party,
        cpId: party,
        bidCommitment: fresh,
        uploadHash: row([ofAnotherBid, ofAnotherBid, DELIVERY, DELIVERY], {
          ...toAll(ofAnotherBid),
        }),
        r: fresh,
      };
    };
    const noteOf = (altered: Fields): NoteFields => Object.assign({}, met.note, altered);

    describe("to the pile", () => {
      const receive = (notice: PileNotice): Promise<string> =>
        asyncRefusal(() => receiveNotice(met.pile.sealKeys, met.bid, notice));
      const noticeTo = (one: Meeting): Promise<PileNotice> => toPile(one, one.note);
      const OTHER_BID = "ReceiveError E_RECEIVE_BID";

      describe("on the wire", () => {
        const matrix = (): Promise<Matrix> =>
          wired(noticeTo, async (altered) =>
            receive(Object.assign({}, await noticeTo(met), altered)),
          );
        const rows: Readonly<Record<keyof PileNotice, Row>> = { auctionId: bound, decision, box };
        refusesEveryField(matrix, rows);
        refusesOthers(matrix, { swapped: SEALED, replayed: OTHER_BID, rekeyed: OTHER_BID });
      });

      describe("in its note, by the proxy", () => {
        const matrix = (): Matrix => ({
          honest: fieldsOf(met.note),
          others: inAll(({ note }) => fieldsOf(note)),
          receive: async (altered) =>
            receive(await sealNote(met.pile, bindingOf(met.note), noteOf(altered))),
        });
        refusesEveryField(matrix, noteRows(OTHER_BID));
        refusesOthers(matrix, toAll(MISMATCH));
      });
    });

    describe("to the vehicle", () => {
      const partsTo = ({ note }: Meeting): Parts =>
        partsOf(revealedOfOffer(offerFields(CLEAR_OFFER)), note);
      const deliveryTo = (one: Meeting): Promise<VehicleDelivery> =>
        sealParts(one.vehicle, bindingOf(one.note), partsTo(one));
      const receive = (delivery: VehicleDelivery): Promise<string> => {
        const { vehicle, certified } = met;
        return asyncRefusal(() =>
          receiveMatch(VENUE, ASKED, vehicle.sealKeys, delivery, () => Promise.resolve(certified)),
        );
      };
      /** Both boxes with altered content, bound to the decision that was posted. */
      const receiveParts = async (altered: object): Promise<string> => {
        const parts = Object.assign({}, partsTo(met), altered);
        return receive(await sealParts(met.vehicle, bindingOf(met.note), parts));
      };
      const OTHER_AUCTIONS = "MatchError E_MATCH_AUCTION";
      const OTHER_BID = "MatchError E_MATCH_BID";
      const NO_SUCH_NUMBER = "MatchError E_MATCH_FORM";

      describe("on the wire", () => {
        const matrix = (): Promise<Matrix> =>
          wired(deliveryTo, async (altered) =>
            receive(Object.assign({}, await deliveryTo(met), altered)),
          );
        const rows: Readonly<Record<keyof VehicleDelivery, Row>> = {
          auctionId: bound,
          decision,
          blinded: box,
          masks: box,
        };
        refusesEveryField(matrix, rows);
        refusesOthers(matrix, {
          swapped: SEALED,
          replayed: OTHER_AUCTIONS,
          rekeyed: OTHER_AUCTIONS,
        });
      });

      describe("in its note, by the proxy", () => {
        const matrix = (): Matrix => ({
          honest: fieldsOf(met.note),
          others: inAll(({ note }) => fieldsOf(note)),
          receive: (altered) => receiveParts({ note: noteOf(altered) }),
        });
        refusesEveryField(matrix, noteRows(OTHER_BID));
        refusesOthers(matrix, toAll(MISMATCH));
      });

      describe("in its numbers, by one of the servers", () => {
        const matrix = (): Matrix => {
          const numbersOf = (one: Meeting): Fields => {
            const { masks, blinded } = partsTo(one);
            return { masks, blinded };
          };
          return {
            honest: numbersOf(met),
            others: inAll(numbersOf),
            receive: (numbers) => receiveParts(numbers),
          };
        };
        const flipped: Answer = [NO_SUCH_NUMBER, OTHER_BID, "MatchError E_MATCH_SITE"];
        const fields = row([flipped, NO_SUCH_NUMBER, DELIVERY, DELIVERY], toAll(NO_SUCH_NUMBER));
        const rows: Readonly<Record<"masks" | "blinded", Row>> = {
          masks: fields,
          blinded: fields,
        };
        refusesEveryField(matrix, rows);
      });
    });
  });
});
