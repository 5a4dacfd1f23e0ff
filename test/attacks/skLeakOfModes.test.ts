/**
 * P1 on our matching: all that a matched vehicle and a matched pile hold after a round opens
 * nothing of anybody else. The same attacker with the cloud's key among its numbers opens
 * everything.
 */
import { expect } from "chai";
import { gcd } from "bigint-crypto-utils";
import { NOTE_BYTES } from "../../offchain/core/messages/decisionNote.ts";
import { openDelivery, type VehicleDelivery } from "../../offchain/core/messages/delivery.ts";
import {
  requestLayout,
  REVEALED_FIELD_BYTES,
  unpackMasked,
} from "../../offchain/core/messages/packedRecord.ts";
import { openPileNotice, type PileNotice } from "../../offchain/core/messages/pileNotice.ts";
import { offerFields, requestFields } from "../../offchain/core/messages/records.ts";
import { openUpload } from "../../offchain/core/messages/sealedUpload.ts";
import {
  bytesToBigint,
  bytesToHex,
  concatBytes,
  hexToBytes,
} from "../../offchain/core/primitives/bytes.ts";
import { decrypt } from "../../offchain/core/primitives/paillier/privateKey.ts";
import type { Ciphertext } from "../../offchain/core/primitives/paillier/publicKey.ts";
import { open } from "../../offchain/core/primitives/sealedBox.ts";
import { AUCTION_ID, dealtKey, type Person } from "../support/matching/crowdRound.ts";
import { asyncRefusal } from "../support/primitives/draws.ts";
import { cityOf } from "../support/attacks/city.ts";
import { openCaptured, openingExponentAmong } from "../support/attacks/roundKey.ts";
import {
  uploadAll,
  watchRound,
  type Buyer,
  type Seller,
  type Uploaded,
  type WatchedRound,
} from "../support/attacks/wholeRound.ts";

const { privateKey, roundKey } = dealtKey();
const { publicKey } = roundKey.shortKey;

describe("key leak attack on a round", () => {
  let uploaded: Uploaded;
  let round: WatchedRound;

  before(async () => {
    uploaded = await uploadAll(cityOf("key leak", 4, 4));
    round = await watchRound(uploaded);
  });

  /** The first pair that was matched, and everybody else. */
  const parties = () => {
    const [match] = round.result.matches;
    const buyer = uploaded.buyers.find(({ person }) => person.wallet.address === match?.vehicle);
    const seller = uploaded.sellers.find(({ person }) => person.wallet.address === match?.pile);
    if (!match || !buyer || !seller) throw new Error("expected a match");
    return { match, buyer, seller };
  };
  const heldByVehicle = async (): Promise<readonly bigint[]> => {
    const { match, buyer } = parties();
    const sealed = await numbersOfDelivery(buyer, match.toVehicle);
    return numbersHeld(buyer, requestFields(buyer.clear), sealed);
  };
  /** Everybody else's ciphertexts, before and after the proxy's masks. */
  const captured = (): readonly Ciphertext[] => {
    const { buyer, seller } = parties();
    const { buyers, sellers, requests, offers } = uploaded;
    return [...buyers, ...sellers].flatMap((one, k) => {
      const [sent, masked] = [[...requests, ...offers][k]?.upload.record, round.masked[k]];
      return one === buyer || one === seller || !sent || !masked ? [] : [sent, masked];
    });
  };

  it("is about a round in which others were matched as well", () => {
    expect(round.result.matches.length).to.be.at.least(2);
    expect(captured()).to.have.lengthOf(2 * 6);
  });

  it("finds no key in what a matched vehicle or pile holds, nor opens anything with a number of it", async () => {
    const { match, seller } = parties();
    for (const held of [
      await heldByVehicle(),
      numbersHeld(seller, offerFields(seller.clear), await numbersOfNotice(seller, match.toPile)),
    ]) {
      expect(held.length).to.be.at.least(15);
      expect(openingExponentAmong(publicKey, held)).to.equal(null);
      const usable = held.filter((number) => number > 0n && gcd(number, publicKey.n) === 1n);
      for (const ciphertext of captured().slice(0, 4)) {
        const opened = usable.map((number) => openCaptured(number, ciphertext));
        expect(opened).to.not.include(decrypt(privateKey, ciphertext));
      }
    }
  });

  it("opens everybody's record if the cloud's key is among the numbers", async () => {
    const { buyer } = parties();
    const held = await heldByVehicle();
    const exponent = openingExponentAmong(publicKey, [...held, privateKey.lambda]);
    if (exponent === null) throw new Error("expected the key to be found");
    for (const ciphertext of captured()) {
      const opened = openCaptured(exponent, ciphertext);
      expect(opened).to.equal(decrypt(privateKey, ciphertext));
    }
    const other = uploaded.buyers.findIndex((one) => one !== buyer);
    const { record } = uploaded.requests[other]?.upload ?? {};
    const { xM, yM } = uploaded.buyers[other]?.clear.position ?? {};
    if (record === undefined) throw new Error("expected another buyer");
    const fields = unpackMasked(requestLayout(roundKey.features), openCaptured(exponent, record));
    expect(fields.slice(0, 2).map(Number)).to.deep.equal([xM, yM]);
  });

  it("opens nobody else's box: neither a sealed upload nor a delivery", async () => {
    const { match, buyer, seller } = parties();
    for (const { person } of [buyer, seller]) {
      for (const { bytes } of uploaded.sealed) {
        const box = bytesToHex(bytes);
        const read = () => openUpload(person.sealKeys, AUCTION_ID, roundKey, box);
        expect(await asyncRefusal(read)).to.equal("SealedBoxError E_AEAD");
      }
      for (const other of round.result.matches.filter((one) => one !== match)) {
        for (const read of [
          () => openDelivery(person.sealKeys, other.toVehicle),
          () => openPileNotice(person.sealKeys, other.toPile),
        ]) {
          expect(await asyncRefusal(read)).to.equal("SealedBoxError E_AEAD");
        }
      }
    }
  });
});

/** Own fields, own key, the round's public numbers, and what was sealed to it. */
function numbersHeld(
  { person }: Buyer | Seller,
  fields: readonly bigint[],
  sealed: readonly bigint[],
): readonly bigint[] {
  const { n } = publicKey;
  const { shortKey, commitmentKey } = roundKey;
  return [
    ...fields,
    ...sealed,
    bytesToBigint(person.sealKeys.privateKey),
    n,
    shortKey.hs,
    commitmentKey.modulus,
  ];
}

/** Both parts of a delivery, and what they come to. */
async function numbersOfDelivery(
  { person }: Buyer,
  delivery: VehicleDelivery,
): Promise<readonly bigint[]> {
  const { values, note } = await openDelivery(person.sealKeys, delivery);
  const parts = [
    await partOf(person, delivery, "blinded"),
    (await partOf(person, delivery, "masks")).subarray(NOTE_BYTES),
  ];
  const numbers = parts.flatMap((bytes) =>
    values.map((_, k) =>
      bytesToBigint(bytes.subarray(k * REVEALED_FIELD_BYTES, (k + 1) * REVEALED_FIELD_BYTES)),
    ),
  );
  return [...values, ...numbers, ...Object.values(note).map(BigInt)];
}

async function numbersOfNotice({ person }: Seller, notice: PileNotice): Promise<readonly bigint[]> {
  return Object.values(await openPileNotice(person.sealKeys, notice)).map(BigInt);
}

/** As the recipient reads it. */
function partOf(
  { sealKeys }: Person,
  delivery: VehicleDelivery,
  part: string,
): Promise<Uint8Array> {
  const box = part === "blinded" ? delivery.blinded : delivery.masks;
  const info = new TextEncoder().encode(`ChargeVeil.Delivery.v2/${part}`);
  const aad = concatBytes(hexToBytes(delivery.auctionId), hexToBytes(delivery.decision));
  return open(sealKeys.privateKey, hexToBytes(box), { info, aad });
}
