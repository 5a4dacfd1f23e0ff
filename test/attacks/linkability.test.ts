/**
 * P8 on the paper's round: nothing is re-randomised on its way, so who saw the uploads knows whose
 * everything is.
 */
import { expect } from "chai";
import {
  deliverToPaperBuyer,
  deliverToPaperSeller,
} from "../../offchain/study/paper/keyHandOut.ts";
import { pairUp } from "../../offchain/study/paper/proxy.ts";
import {
  mapPaperBuyer,
  mapPaperPair,
  mapPaperSeller,
  partyAt,
} from "../../offchain/study/paper/paperRecords.ts";
import type { Ciphertext } from "../../offchain/core/primitives/paillier/publicKey.ts";
import { rerandomiseFrom, uniformZeros } from "../../offchain/core/primitives/paillier/zeros.ts";
import { aBuyer, aSeller, tinyKey, uploadsOf, widerKey } from "../support/paper/rounds.ts";
import { counterRng } from "../support/primitives/draws.ts";
import { type OwnedCiphertext, ownersOf, pairsOf } from "../support/attacks/linking.ts";

describe("linking attack on the paper's round", () => {
  const key = tinyKey();
  const rng = counterRng("linking");
  const zeros = uniformZeros(key.publicKey, rng);
  const features = { features: [{ need: 1, pricePerKwh: 30, weight: 1 }] };
  const offered = { features: [{ offer: 1, pricePerKwh: 20 }] };
  // All buyers and all sellers have the same to say: nothing but the numbers tells them apart.
  const uploads = uploadsOf(zeros, {
    buyers: [aBuyer(features), aBuyer(features), aBuyer(features)],
    sellers: [aSeller(offered), aSeller(offered), aSeller(offered)],
  });
  const seen: readonly OwnedCiphertext[] = [
    ...uploads.buyers.flatMap((upload, i) =>
      fieldsOf((keep) => mapPaperBuyer(upload, keep)).map(ownedBy(`buyer ${i}`)),
    ),
    ...uploads.sellers.flatMap((upload, j) =>
      fieldsOf((keep) => mapPaperSeller(upload, keep)).map(ownedBy(`seller ${j}`)),
    ),
  ];
  const userZeros = uniformZeros(widerKey().publicKey, rng);
  const toBuyer = deliverToPaperBuyer(userZeros, key, partyAt(uploads.sellers, 2));
  const toSeller = deliverToPaperSeller(userZeros, key, partyAt(uploads.buyers, 1));
  const passed = [toBuyer.xM, toBuyer.yM, toBuyer.pricePerKwh, toSeller.xM, toSeller.yM];

  it("tells who was matched with whom from what the proxy returns", () => {
    const [s, b] = ["seller 2", "buyer 1"];
    expect(ownersOf(seen, passed)).to.deep.equal([s, s, s, b, b]);
  });

  it("tells which pair each number belongs to that the proxy sends to the cloud", () => {
    const pair = pairUp(partyAt(uploads.buyers, 2), partyAt(uploads.sellers, 0));
    const sent = fieldsOf((keep) => mapPaperPair(pair, keep));
    expect(sent).to.have.lengthOf(5);
    for (const names of pairsOf(seen, sent)) {
      expect([...(names ?? [])].toSorted()).to.deep.equal(["buyer 2", "seller 0"]);
    }
  });

  it("would be at a loss if what is passed on were re-randomised", () => {
    const fresh = passed.map((c) => rerandomiseFrom(zeros, c));
    expect(ownersOf(seen, fresh)).to.deep.equal(fresh.map(() => null));
    const pair = pairUp(partyAt(uploads.buyers, 2), partyAt(uploads.sellers, 0));
    const sent = [pair.dxM, pair.dyM].map((c) => rerandomiseFrom(zeros, c));
    expect(pairsOf(seen, sent)).to.deep.equal([null, null]);
  });
});

function ownedBy(owner: string): (ciphertext: Ciphertext) => OwnedCiphertext {
  return (ciphertext) => ({ owner, ciphertext });
}

/** The ciphertexts of a record, by the function that maps it. */
function fieldsOf(map: (keep: (c: Ciphertext) => Ciphertext) => unknown): readonly Ciphertext[] {
  const fields: Ciphertext[] = [];
  map((c) => {
    fields.push(c);
    return c;
  });
  return fields;
}
