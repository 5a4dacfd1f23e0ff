/**
 * P1 on our matching: all that a matched vehicle and a matched pile hold after a round opens
 * nothing of anybody else. The same attacker with the cloud's key among its numbers opens
 * everything.
 */
import { expect } from "chai";
import { gcd } from "bigint-crypto-utils";
import { openDelivery, type Delivery } from "../../offchain/core/messages/delivery.ts";
import { requestLayout, unpackMasked } from "../../offchain/core/messages/packedRecord.ts";
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
    const { match, buyer, seller } = parties();
    for (const held of [
      await numbersHeld(buyer, requestFields(buyer.clear), match.toVehicle),
      await numbersHeld(seller, offerFields(seller.clear), match.toPile),
    ]) {
      expect(held.length).to.be.greaterThan(15);
      expect(openingExponentAmong(publicKey, held)).to.equal(null);
      const usable = held.filter((number) => number > 0n && gcd(number, publicKey.n) === 1n);
      for (const ciphertext of captured().slice(0, 4)) {
        const opened = usable.map((number) => openCaptured(number, ciphertext));
        expect(opened).to.not.include(decrypt(privateKey, ciphertext));
      }
    }
  });

  it("opens everybody's record if the cloud's key is among the numbers", async () => {
    const { match, buyer } = parties();
    const held = await numbersHeld(buyer, requestFields(buyer.clear), match.toVehicle);
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
        for (const delivery of [other.toVehicle, other.toPile]) {
          const read = () => openDelivery(person.sealKeys, delivery);
          expect(await asyncRefusal(read)).to.equal("SealedBoxError E_AEAD");
        }
      }
    }
  });
});

/**
 * Own fields, own key, the round's public numbers, both parts of the delivery, and what they come
 * to.
 */
async function numbersHeld(
  { person }: Buyer | Seller,
  fields: readonly bigint[],
  delivery: Delivery,
): Promise<readonly bigint[]> {
  const { values, note } = await openDelivery(person.sealKeys, delivery);
  const parts = await Promise.all(
    ["blinded", "masks"].map((part) => partOf(person, delivery, part)),
  );
  const numbers = parts.flatMap((text) => text.match(/\d{20,}/g) ?? []).map(BigInt);
  const { n } = publicKey;
  const { shortKey, commitmentKey } = roundKey;
  return [
    ...fields,
    ...values,
    ...numbers,
    ...Object.values(note).map(BigInt),
    bytesToBigint(person.sealKeys.privateKey),
    n,
    shortKey.hs,
    commitmentKey.modulus,
  ];
}

/** As the recipient reads it. */
async function partOf({ sealKeys }: Person, delivery: Delivery, part: string): Promise<string> {
  const box = part === "blinded" ? delivery.blinded : delivery.masks;
  const info = new TextEncoder().encode(`ChargeVeil.Delivery.v1/${part}`);
  const aad = concatBytes(hexToBytes(delivery.auctionId), hexToBytes(delivery.decision));
  return new TextDecoder().decode(await open(sealKeys.privateKey, hexToBytes(box), { info, aad }));
}
