/**
 * A server that has an attempt fail, or plays two at once, to have other winners in the next: it
 * shifts its own summands so that the pile of its choice wins. Each attempt would open that pile's
 * price, and free whom a later one matches. The straw man is a server that forgets who has won.
 */
import { expect } from "chai";
import { openDelivery } from "../../offchain/core/messages/delivery.ts";
import { offerLayout, type Layout } from "../../offchain/core/messages/packedRecord.ts";
import { at } from "../../offchain/core/primitives/proofs/proofBytes.ts";
import type { MatchingInput } from "../../offchain/market/matching.ts";
import { signNotSelected } from "../../offchain/parties/cloud/serving.ts";
import { inOrder } from "../../offchain/parties/server/order.ts";
import {
  asItIs,
  besideHonestCloud,
  forgetful,
  honestRound,
  inputOf,
  viewOf,
  type HonestRound,
  type Lies,
  type LyingServers,
} from "../support/attacks/lyingProxy.ts";
import { AUCTION_ID, CLEAR_OFFER, VENUE } from "../support/matching/crowdRound.ts";
import { asyncRefusal } from "../support/primitives/draws.ts";

/** Servers that take each attempt for the first one; the liar always does. */
const CARELESS: Lies = { cloudStore: forgetful, proxyStore: forgetful };
const HONEST_CLOUD: Lies = { cloudStore: asItIs, proxyStore: forgetful };
const HONEST_PROXY: Lies = { cloudStore: forgetful, proxyStore: asItIs };
const OTHERS_WON = "WinnersError E_WINNERS_OTHER";
/** Above every limit. */
const DEARER = 1n << 30n;
const PILES = [0, 1, 2];
const pricesPerKwh = PILES.map((k) => CLEAR_OFFER.pricePerKwh - 30_000n + BigInt(k) * 10_000n);

describe("a server that wants other winners in another attempt", () => {
  let honest: HonestRound;
  /** Which pile is to win, by its place among the owners; null for whoever does. */
  let chosen: number | null;

  before(async () => {
    honest = await honestRound();
  });
  beforeEach(() => {
    chosen = null;
  });

  /** Every other pile seems dearer than it is. */
  const dearer = <T>(
    layout: Layout,
    records: readonly T[],
    raised: (one: T) => T,
  ): readonly T[] => {
    if (chosen === null || layout.join() !== offerLayout(2).join()) return records;
    const { offers, seed } = viewOf(honest);
    const place = inOrder(seed, offers).indexOf(at(offers, chosen));
    return records.map((one, k) => (k === place ? one : raised(one)));
  };
  const ofProxy: Lies = {
    masks: (layout, masked) =>
      dearer(layout, masked, (one) => ({ ...one, masks: raisedBy(-DEARER, one.masks) })),
  };
  const ofCloud: Lies = {
    opened: (layout, records) => dearer(layout, records, (one) => raisedBy(DEARER, one)),
  };
  const beside = (lies: Lies): Promise<LyingServers> =>
    besideHonestCloud(viewOf(honest).committed, lies);
  const input = (): MatchingInput => inputOf(viewOf(honest));
  const winning = async (
    servers: LyingServers,
    pile: number | null,
  ): Promise<readonly string[]> => {
    chosen = pile;
    return (await servers.match(input())).matches.map((match) => match.pile);
  };

  describe("reads the prices of losers", () => {
    /** By one attempt for each pile: the mean of a single price that leads is that price. */
    const rehearsed = async (servers: LyingServers, pile: number): Promise<bigint> => {
      chosen = pile;
      return (await servers.rehearse(input())).referencePricePerKwh;
    };
    /** With a vehicle that is its friend: both servers seal what they hold of the offer to it. */
    const delivered = async (servers: LyingServers, pile: number): Promise<bigint> => {
      chosen = pile;
      const { toVehicle } = at((await servers.match(input())).matches, 0);
      const { values } = await openDelivery(honest.driver.sealKeys, toVehicle);
      return values[2] ?? 0n;
    };

    const ways = [
      { who: "a proxy, rehearsing", lie: ofProxy, other: HONEST_CLOUD, priceOf: rehearsed },
      { who: "a proxy with a vehicle", lie: ofProxy, other: HONEST_CLOUD, priceOf: delivered },
      { who: "a cloud, rehearsing", lie: ofCloud, other: HONEST_PROXY, priceOf: rehearsed },
    ];
    for (const { who, lie, other, priceOf } of ways) {
      it(`${who}: all where the other forgets who has won, and one where it does not`, async () => {
        const careless = await beside({ ...lie, ...CARELESS });
        for (const pile of PILES) {
          expect(await priceOf(careless, pile)).to.equal(pricesPerKwh[pile]);
        }
        const servers = await beside({ ...lie, ...other });
        expect(await priceOf(servers, 2)).to.equal(pricesPerKwh[2]);
        for (const pile of [0, 1]) {
          expect(await asyncRefusal(() => priceOf(servers, pile))).to.equal(OTHERS_WON);
        }
        expect(await priceOf(servers, 2)).to.equal(pricesPerKwh[2]);
      });
    }
  });

  it("frees nobody before an attempt that matches it, and posts that one", async () => {
    const [cheapest = ""] = honest.owners.map(({ wallet }) => wallet.address);
    const freed = { auctionId: AUCTION_ID, vehicles: [], piles: [cheapest], deadline: 1n };
    const careless = await beside({ ...ofProxy, ...CARELESS });
    for (const servers of [careless, await beside({ ...ofProxy, ...HONEST_CLOUD })]) {
      expect(await winning(servers, 1)).not.to.include(cheapest);
      expect(await signNotSelected(servers.cloudDesk, VENUE, freed)).to.match(/^0x/);
      const again = winning(servers, null);
      if (servers === careless) expect(await again).to.deep.equal([cheapest]);
      else expect(await asyncRefusal(() => again)).to.equal(OTHERS_WON);
    }
  });

  it("holds nobody back in one of two attempts at once", async () => {
    const view = viewOf(honest);
    const without = { ...view, offers: view.offers.slice(1) };
    const both = async (servers: LyingServers): Promise<readonly string[]> => {
      const played = [view, without].map((one) => servers.match(inputOf(one)));
      const settled = await Promise.allSettled(played);
      return settled.map((one) => one.status);
    };
    expect(await both(await beside(CARELESS))).to.deep.equal(["fulfilled", "fulfilled"]);
    expect(await both(await beside(HONEST_CLOUD))).to.have.members(["fulfilled", "rejected"]);
  });
});

/** With another price. */
function raisedBy(by: bigint, fields: readonly bigint[]): readonly bigint[] {
  return fields.with(2, at(fields, 2) + by);
}
