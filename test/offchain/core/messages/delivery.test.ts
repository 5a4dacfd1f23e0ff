import { expect } from "chai";
import { id } from "ethers";
import fc from "fast-check";
import type { DecisionNote } from "../../../../offchain/core/messages/decisionNote.ts";
import {
  openDelivery,
  sealBlinded,
  sealMasks,
  type Masks,
  type VehicleDelivery,
} from "../../../../offchain/core/messages/delivery.ts";
import { decisionOf } from "../../../../offchain/core/messages/market.ts";
import {
  bigintToBytes,
  bytesToHex,
  hexToBytes,
} from "../../../../offchain/core/primitives/bytes.ts";
import {
  AUCTION_ID,
  person,
  sealKeyOf,
  type Person,
} from "../../../support/matching/crowdRound.ts";
import { BINDING, DECISION, NOTE } from "../../../support/messages/notes.ts";
import { asyncRefusal, counterRng, refusal } from "../../../support/primitives/draws.ts";
import { deliveryBox } from "../../../support/messages/boxes.ts";

const rng = counterRng("delivery");

const VALUES = [7n, 0n, 5n, 2n ** 544n - 1n];
const MASKS = [2n ** 96n - 1n, 5n, 2n ** 104n - 1n, 0n];
const BLINDED = VALUES.map((value, k) => value + (MASKS[k] ?? 0n));

const FORM = "DeliveryError E_DELIVERY_FORM";
const MISMATCH = "DeliveryError E_DECISION_MISMATCH";
const SEALED = "SealedBoxError E_AEAD";

describe("delivery", () => {
  let recipient: Person;
  let other: Person;
  let sealKey: string;
  let delivery: VehicleDelivery;

  before(async () => {
    recipient = await person("recipient");
    other = await person("other");
    sealKey = sealKeyOf(recipient);
    delivery = {
      ...BINDING,
      blinded: await sealBlinded(sealKey, BINDING, BLINDED, rng),
      masks: await sealMasks(sealKey, BINDING, { note: NOTE, masks: MASKS }, rng),
    };
  });

  const opened = (shown: VehicleDelivery, keys = recipient.sealKeys): Promise<string> =>
    asyncRefusal(() => openDelivery(keys, shown));

  it("opens to note and values", async () => {
    expect(await openDelivery(recipient.sealKeys, delivery)).to.deep.equal({
      note: NOTE,
      values: VALUES,
    });
  });

  it("gives back any values under any masks", async () => {
    const value = fc.bigInt({ min: 0n, max: 2n ** 544n - 1n });
    const mask = fc.bigInt({ min: 0n, max: 2n ** 624n - 1n });
    const pair = fc.tuple(value, mask);
    const pairs = fc.tuple(pair, pair, pair, pair);
    await fc.assert(
      fc.asyncProperty(pairs, async (given) => {
        const blinded = given.map(([one, other]) => one + other);
        const masks = given.map(([, other]) => other);
        const sent = {
          ...BINDING,
          blinded: await sealBlinded(sealKey, BINDING, blinded, rng),
          masks: await sealMasks(sealKey, BINDING, { note: NOTE, masks }, rng),
        };
        const { values } = await openDelivery(recipient.sealKeys, sent);
        expect(values).to.deep.equal(given.map(([one]) => one));
      }),
      { numRuns: 50, seed: 0x5eed },
    );
  });

  it("shows it if a server gives less than the mask of the other: the value is below 0", async () => {
    const short = await sealBlinded(sealKey, BINDING, [6n, 0n, 0n, 0n], rng);
    const { values } = await openDelivery(recipient.sealKeys, { ...delivery, blinded: short });
    expect(values).to.deep.equal([6n - 2n ** 96n + 1n, -5n, 1n - 2n ** 104n, 0n]);
  });

  it("opens for nobody else", async () => {
    expect(await opened(delivery, other.sealKeys)).to.equal(SEALED);
  });

  it("shows nothing of the note in its text", () => {
    const text = JSON.stringify(delivery);
    for (const field of ["evId", "cpId", "bidCommitment", "uploadHash", "r"] as const) {
      expect(text).not.to.include(NOTE[field].slice(2));
    }
  });

  describe("altered on the way", () => {
    const regions: readonly (readonly [string, (length: number) => number])[] = [
      ["the first byte of the sender's key", () => 0],
      ["the first byte of the text", () => 32],
      ["a byte in the middle", (length) => length >> 1],
      ["the last byte of the tag", (length) => length - 1],
    ];
    for (const part of ["blinded", "masks"] as const) {
      for (const [where, at] of regions) {
        it(`is refused after ${where} of ${part} was changed`, async () => {
          const box = hexToBytes(delivery[part]);
          const place = at(box.length);
          const altered = box.map((byte, k) => (k === place ? byte ^ 1 : byte));
          expect(await opened({ ...delivery, [part]: bytesToHex(altered) })).to.equal(SEALED);
        });
      }

      it(`is refused after ${part} was shortened or lengthened`, async () => {
        const shorter = delivery[part].slice(0, -2);
        expect(await opened({ ...delivery, [part]: shorter })).to.equal(SEALED);
        expect(await opened({ ...delivery, [part]: `${delivery[part]}00` })).to.equal(SEALED);
        expect(await opened({ ...delivery, [part]: "0x1234" })).to.equal(
          "SealedBoxError E_TRUNCATED",
        );
      });

      it(`is refused if ${part} is no hexadecimal`, async () => {
        for (const text of ["", "box", "0x0", delivery[part].slice(2)]) {
          expect(await opened({ ...delivery, [part]: text })).to.equal(FORM);
        }
      });

      it(`is refused with the ${part} of another decision or auction`, async () => {
        const [auctionId, decision] = [id("another auction"), id("another decision")];
        for (const binding of [
          { auctionId: AUCTION_ID, decision },
          { auctionId, decision: DECISION },
        ]) {
          const foreign = {
            blinded: await sealBlinded(sealKey, binding, BLINDED, rng),
            masks: await sealMasks(sealKey, binding, { note: NOTE, masks: MASKS }, rng),
          };
          expect(await opened({ ...delivery, [part]: foreign[part] })).to.equal(SEALED);
        }
      });
    }

    it("is refused under another auction or decision", async () => {
      expect(await opened({ ...delivery, auctionId: id("another") })).to.equal(SEALED);
      expect(await opened({ ...delivery, decision: id("another") })).to.equal(SEALED);
    });

    it("is refused if auction or decision are no 32 bytes", async () => {
      for (const text of ["", "0x", "0x1234", DECISION.slice(0, -2), DECISION.toUpperCase()]) {
        expect(await opened({ ...delivery, auctionId: text })).to.equal(FORM);
        expect(await opened({ ...delivery, decision: text })).to.equal(FORM);
      }
    });

    it("is refused with its two boxes exchanged", async () => {
      const exchanged = { ...delivery, blinded: delivery.masks, masks: delivery.blinded };
      expect(await opened(exchanged)).to.equal(SEALED);
    });
  });

  describe("with a false note", () => {
    const withNote = async (
      change: Partial<DecisionNote>,
      binding = BINDING,
    ): Promise<VehicleDelivery> => {
      const content: Masks = { note: { ...NOTE, ...change }, masks: MASKS };
      return {
        ...binding,
        blinded: await sealBlinded(sealKey, binding, BLINDED, rng),
        masks: await sealMasks(sealKey, binding, content, rng),
      };
    };

    for (const field of ["auctionId", "evId", "cpId", "bidCommitment", "r"] as const) {
      it(`is refused with another ${field}`, async () => {
        expect(await opened(await withNote({ [field]: id("another") }))).to.equal(MISMATCH);
      });
    }

    it("is refused with the opening of a decision of another auction", async () => {
      const auctionId = id("another auction");
      const { evId, cpId, bidCommitment, r } = NOTE;
      const decision = decisionOf(auctionId, evId, cpId, bidCommitment, r);
      const binding = { auctionId: AUCTION_ID, decision };
      expect(await opened(await withNote({ auctionId }, binding))).to.equal(MISMATCH);
    });
  });

  describe("in bytes", () => {
    it("is what it was when its layout was frozen", async () => {
      const fields = [
        bytesToHex(bigintToBytes(BLINDED[0] ?? 0n, 79)),
        ...BLINDED.slice(1).map((value) => bytesToHex(bigintToBytes(value, 79)).slice(2)),
      ].join("");
      const masks = MASKS.map((value) => bytesToHex(bigintToBytes(value, 79)).slice(2)).join("");
      const words = [NOTE.auctionId, NOTE.evId, NOTE.cpId, NOTE.bidCommitment];
      const note = [...words, NOTE.uploadHash, NOTE.r].map((word) => word.slice(2));
      const specified = {
        ...BINDING,
        blinded: await deliveryBox(sealKey, "blinded", BINDING, fields),
        masks: await deliveryBox(sealKey, "masks", BINDING, `0x${note.join("")}${masks}`),
      };
      expect(await openDelivery(recipient.sealKeys, specified)).to.deep.equal({
        note: NOTE,
        values: VALUES,
      });
    });

    it("has lengths that tell nothing of what is in it", async () => {
      const lengths = new Set<string>();
      for (const values of [VALUES, MASKS, [0n, 0n, 0n, 0n], [1n, 2n ** 600n, 3n, 4n]]) {
        const blinded = await sealBlinded(sealKey, BINDING, values, rng);
        const masks = await sealMasks(sealKey, BINDING, { note: NOTE, masks: values }, rng);
        lengths.add([blinded, masks].map((box) => hexToBytes(box).length).join());
      }
      // Encapsulated key 32 and tag 16 around four fields of 79 bytes, and the note of 192.
      expect([...lengths]).to.deep.equal(["364,556"]);
    });

    it("seals four fields, none of them wider than one with its mask", () => {
      const refused = (values: readonly bigint[]): string =>
        refusal(() => void sealBlinded(sealKey, BINDING, values, rng));
      expect(refused(VALUES.slice(1))).to.equal("RangeError without a code");
      expect(refused([...VALUES, 0n])).to.equal("RangeError without a code");
      expect(refused([0n, 0n, 0n, 2n ** 632n])).to.equal("BytesError E_WIDTH");
      expect(refused([-1n, 0n, 0n, 0n])).to.equal("BytesError E_WIDTH");
    });

    for (const part of ["blinded", "masks"] as const) {
      it(`is refused with ${part} of another length`, async () => {
        const right = part === "blinded" ? 316 : 508;
        for (const length of [0, 1, 79, right - 1, right + 1, right + 79]) {
          const content = `0x${"00".repeat(length)}`;
          const box = await deliveryBox(sealKey, part, BINDING, content);
          expect(await opened({ ...delivery, [part]: box }), `${length}`).to.equal(FORM);
        }
      });
    }
  });
});
