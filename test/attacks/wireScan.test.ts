/**
 * Everything that is on its way in a round, and what the cloud decrypts, searched for everybody's
 * numbers. Nothing is found; in the same round without seals and masks, everything is.
 */
import { expect } from "chai";
import { recordsOf, type City } from "../support/attacks/city.ts";
import { found, secretsOfOffer, secretsOfPair, secretsOfRequest } from "../support/attacks/scan.ts";
import { playBare, type ServerView } from "../support/attacks/servers.ts";
import {
  openedNumbers,
  spoken,
  uploadAll,
  watchRound,
  type Message,
  type Uploaded,
} from "../support/attacks/wholeRound.ts";
import { offerAt, requestAt } from "../support/matching/clearRecords.ts";

/** Of every socket. */
const POWER_W = 22_000;

/**
 * Two pairs that suit each other, one of each kind left over; numbers that are not met by chance.
 */
const CITY: City = {
  requests: [
    requestAt(0xa1b3, 0xb2c5, 0x8d1f7n, 0x2b5d),
    requestAt(0x5c3b, 0x6d4f, 0x9a3b1n, 0x2c7b),
    requestAt(0x2b8d, 0x3f6b, 0xae5c3n, 0x2d9f),
  ],
  offers: [
    offerAt(0xa1d7, 0xb2e9, 0x6b3d5n, POWER_W),
    offerAt(0x5c61, 0x6d71, 0x5c7e9n, POWER_W),
    offerAt(0x3e95, 0x47a9, 0x7a5d3bn, POWER_W),
  ],
};
const SECRETS = [
  ...CITY.requests.flatMap((clear, k) => secretsOfRequest(`buyer ${k}`, clear)),
  ...CITY.offers.flatMap((clear, k) => secretsOfOffer(`seller ${k}`, clear)),
];
/** What is opened of two that are compared, if it were not masked. */
const APART = CITY.requests.flatMap((request, i) =>
  CITY.offers.flatMap((offer, j) =>
    secretsOfPair(`buyer ${i} and seller ${j}`, request.position, offer.position),
  ),
);

describe("wire scan", () => {
  let uploaded: Uploaded;

  before(async () => {
    uploaded = await uploadAll(CITY);
  });

  it("finds nobody's place, price or salt in a round", async () => {
    const { wire, result } = await watchRound(uploaded);
    expect(result.matches).to.have.lengthOf(2);
    const kinds = Object.groupBy(wire, ({ where }) => where);
    expect(Object.keys(kinds)).to.have.lengthOf(11);
    expect(found(wire, [...SECRETS, ...APART])).to.deep.equal([]);
  });

  it("taps all of the matching: what one server says is what the other hears", async () => {
    const { proxy, cloud } = await watchRound(uploaded);
    const heardBy = ({ heard }: ServerView): readonly number[] =>
      heard.flatMap(({ from, words }) => (from === "server" ? [...words] : []));
    const said = [proxy, cloud].map((view) => view.said.flatMap((words) => [...words]));
    expect(said).to.deep.equal([heardBy(cloud), heardBy(proxy)]);
    expect(said[0]?.length).to.be.greaterThan(1_000);
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
    const seen = [uploads, places, opened].map((wire) => found(wire, SECRETS).length);
    expect(Math.min(...seen, found(line, APART).length)).to.be.at.least(6);
    const all = found([...uploads, ...places, ...opened, ...line], SECRETS);
    const names = new Set(all.map((one) => one.split(" in ")[0]));
    expect(names).to.deep.equal(new Set(SECRETS.map(({ name }) => name)));
  });
});
