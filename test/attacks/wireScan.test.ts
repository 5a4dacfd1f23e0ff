/**
 * Everything that is on its way in a round, and what the cloud decrypts, searched for everybody's numbers. Nothing is
 * found; in the same round without seals and masks, everything is.
 */
import { expect } from "chai";
import { id } from "ethers";
import type { ClearOffer, ClearRequest } from "../../offchain/core/messages/records.ts";
import { everyPair } from "../../offchain/core/matching/candidates.ts";
import { joinStrict, type Join } from "../../offchain/market/matching.ts";
import { pairedExchanges, type Exchange } from "../../offchain/core/primitives/sharing/party.ts";
import { seededRng } from "../../offchain/study/worlds/seededRng.ts";
import { recordsOf, type City } from "../support/attacks/city.ts";
import { found, secretsOfOffer, secretsOfRequest } from "../support/attacks/scan.ts";
import { playBare, watchedSides } from "../support/attacks/servers.ts";
import {
  openedNumbers,
  spoken,
  uploadAll,
  watchRound,
  type Message,
  type Uploaded,
} from "../support/attacks/wholeRound.ts";

/** Two pairs that suit each other, one of each kind left over; numbers that are not met by chance. */
const CITY: City = {
  requests: [
    request(0xa1b3, 0xb2c5, 0x8d1f7n, 0x2b5d),
    request(0x5c3b, 0x6d4f, 0x9a3b1n, 0x2c7b),
    request(0x2b8d, 0x3f6b, 0xae5c3n, 0x2d9f),
  ],
  offers: [
    offer(0xa1d7, 0xb2e9, 0x6b3d5n),
    offer(0x5c61, 0x6d71, 0x5c7e9n),
    offer(0x3e95, 0x47a9, 0x7a5d3bn),
  ],
};
const SECRETS = [
  ...CITY.requests.flatMap((clear, k) => secretsOfRequest(`buyer ${k}`, clear)),
  ...CITY.offers.flatMap((clear, k) => secretsOfOffer(`seller ${k}`, clear)),
];

describe("wire scan", () => {
  let uploaded: Uploaded;

  before(async () => {
    uploaded = await uploadAll(CITY);
  });

  it("finds nobody's place, price or salt in a round", async () => {
    const { wire, result } = await watchRound(uploaded);
    expect(result.matches).to.have.lengthOf(2);
    const kinds = Object.groupBy(wire, ({ where }) => where);
    expect(Object.keys(kinds)).to.have.lengthOf(9);
    expect(found(wire, SECRETS)).to.deep.equal([]);
  });

  it("taps what `strict` says: the same words with the same randomness", async () => {
    const ofMode = await lineOf(joinStrict);
    const tapped = await lineOf((line, rng) => watchedSides(rng, line).sides);
    expect(tapped.length).to.be.greaterThan(1_000);
    expect(tapped).to.deep.equal(ofMode);
  });

  it("straw man: finds everything of everybody where nothing is sealed or masked", async () => {
    const records = recordsOf(CITY);
    const { proxy, cloud } = await playBare(records);
    const uploads = [...records.requests, ...records.offers].map((fields): Message => {
      const text = JSON.stringify(fields.map(String));
      return { where: "upload", bytes: new TextEncoder().encode(text) };
    });
    const places = [...CITY.requests, ...CITY.offers].map(({ position: { xM, yM } }): Message => {
      return { where: "place", bytes: Uint8Array.of(xM >> 8, xM, yM >> 8, yM) };
    });
    const opened = openedNumbers(cloud.summands);
    const line = [...spoken("line", proxy.heard), ...spoken("line", cloud.heard)];
    const seen = [uploads, places, opened, line].map((wire) => found(wire, SECRETS).length);
    expect(Math.min(...seen)).to.be.at.least(6);
    const all = found([...uploads, ...places, ...opened, ...line], SECRETS);
    const names = new Set(all.map((one) => one.split(" in ")[0]));
    expect(names).to.deep.equal(new Set(SECRETS.map(({ name }) => name)));
  });
});

/** All words that two servers exchange, whatever they hold. */
async function lineOf(join: Join): Promise<readonly number[]> {
  const words: number[] = [];
  const tap =
    (end: Exchange): Exchange =>
    (mine) => {
      words.push(...mine);
      return end(mine);
    };
  const [proxyEnd, cloudEnd] = pairedExchanges();
  const sides = join([tap(proxyEnd), tap(cloudEnd)], seededRng("line"));
  const { requests, offers } = recordsOf(CITY);
  const nothing = (fields: readonly bigint[]): readonly bigint[] => fields.map(() => 0n);
  const onward = (): Promise<void> => Promise.resolve();
  const all = everyPair(requests.length, offers.length);
  await Promise.all([
    sides.proxy({ requests: requests.map(nothing), offers: offers.map(nothing) }, all, onward),
    sides.cloud({ requests, offers }, all, onward),
  ]);
  return words;
}

function request(xM: number, yM: number, price: bigint, reach: number): ClearRequest {
  return {
    position: { xM, yM },
    maxPricePerKwh: price,
    maxDistanceM: reach,
    featureBids: [null, null],
  };
}

function offer(xM: number, yM: number, price: bigint): ClearOffer {
  const [siteSalt, salt] = [id(`site salt ${xM}`), id(`salt ${xM}`)];
  const asks = { featureAsks: [null, null], powerW: 22_000 };
  return { position: { xM, yM }, pricePerKwh: price, siteSalt, salt, ...asks };
}
