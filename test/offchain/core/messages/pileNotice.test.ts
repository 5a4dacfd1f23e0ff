import { expect } from "chai";
import { id } from "ethers";
import {
  openPileNotice,
  sealPileNotice,
  type PileNotice,
} from "../../../../offchain/core/messages/pileNotice.ts";
import { bytesToHex, hexToBytes } from "../../../../offchain/core/primitives/bytes.ts";
import { person, sealKeyOf, type Person } from "../../../support/matching/crowdRound.ts";
import { noticeBox } from "../../../support/messages/boxes.ts";
import { BINDING, NOTE } from "../../../support/messages/notes.ts";
import { asyncRefusal, counterRng } from "../../../support/primitives/draws.ts";

const rng = counterRng("pile notice");
const WORDS = [NOTE.auctionId, NOTE.evId, NOTE.cpId, NOTE.bidCommitment, NOTE.uploadHash];

describe("a notice to a pile", () => {
  let pile: Person;
  let other: Person;
  let notice: PileNotice;

  before(async () => {
    [pile, other] = [await person("pile"), await person("other pile")];
    notice = await sealPileNotice(sealKeyOf(pile), BINDING, NOTE, rng);
  });

  const opened = (shown: PileNotice, { sealKeys } = pile): Promise<string> =>
    asyncRefusal(() => openPileNotice(sealKeys, shown));

  it("opens to the note, for the pile alone", async () => {
    expect(await openPileNotice(pile.sealKeys, notice)).to.deep.equal(NOTE);
    expect(await opened(notice, other)).to.equal("SealedBoxError E_AEAD");
  });

  it("is six words in the order in which its layout was frozen", async () => {
    const content = `0x${[...WORDS, NOTE.r].map((word) => word.slice(2)).join("")}`;
    const box = await noticeBox(sealKeyOf(pile), BINDING, content);
    expect(await openPileNotice(pile.sealKeys, { ...BINDING, box })).to.deep.equal(NOTE);
    // Encapsulated key 32 and tag 16 around 192 bytes.
    expect(hexToBytes(notice.box).length).to.equal(240);
  });

  it("has no room for a word more: whoever seals to a pile cannot tell it where anybody is", async () => {
    const words = [...WORDS, NOTE.r].map((word) => word.slice(2)).join("");
    for (const content of ["0x", `0x${words.slice(64)}`, `0x${words}00`, `0x${words}${words}`]) {
      const box = await noticeBox(sealKeyOf(pile), BINDING, content);
      expect(await opened({ ...BINDING, box })).to.equal("DeliveryError E_DELIVERY_FORM");
    }
  });

  it("is refused with another note than that of its decision", async () => {
    for (const field of ["auctionId", "evId", "cpId", "bidCommitment", "r"] as const) {
      const note = { ...NOTE, [field]: id("another") };
      const untrue = await sealPileNotice(sealKeyOf(pile), BINDING, note, rng);
      expect(await opened(untrue), field).to.equal("DeliveryError E_DECISION_MISMATCH");
    }
  });

  it("is refused under another auction or decision, altered or cut", async () => {
    const sealed = "SealedBoxError E_AEAD";
    expect(await opened({ ...notice, auctionId: id("another") })).to.equal(sealed);
    expect(await opened({ ...notice, decision: id("another") })).to.equal(sealed);
    const bytes = hexToBytes(notice.box);
    for (const place of [0, 32, bytes.length >> 1, bytes.length - 1]) {
      const altered = bytes.map((byte, k) => (k === place ? byte ^ 1 : byte));
      expect(await opened({ ...notice, box: bytesToHex(altered) })).to.equal(sealed);
    }
    expect(await opened({ ...notice, box: notice.box.slice(0, -2) })).to.equal(sealed);
    for (const box of ["", "box", "0x0"]) {
      expect(await opened({ ...notice, box })).to.equal("DeliveryError E_DELIVERY_FORM");
    }
  });
});
