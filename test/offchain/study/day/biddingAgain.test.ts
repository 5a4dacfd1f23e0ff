/** A day in which a match is refused: its vehicle is served in the same slot by another pile. */
import { expect } from "chai";
import type { AuctionParties } from "../../../../offchain/market/auctionParties.ts";
import { dayOf, oneRequest } from "../../../support/day/oneRequest.ts";

/** Servers that hand the first vehicle that they match a box that it cannot open. */
function spoilingFirst(parties: AuctionParties): AuctionParties {
  let spoilt = false;
  return {
    ...parties,
    match: async (input) => {
      const outcome = await parties.match(input);
      const [first, ...others] = outcome.matches;
      if (spoilt || first === undefined) return outcome;
      spoilt = true;
      const { blinded } = first.toVehicle;
      const last = blinded.endsWith("00") ? "01" : "00";
      const toVehicle = { ...first.toVehicle, blinded: `${blinded.slice(0, -2)}${last}` };
      return { ...outcome, matches: [{ ...first, toVehicle }, ...others] };
    },
  };
}

describe("a slot in which a vehicle refuses", function () {
  this.timeout(120_000);

  it("is auctioned once more, without the pile that was refused", async () => {
    const said: string[] = [];
    const world = oneRequest("once more", 600_000n, [300_000n, 320_000n, 340_000n]);
    const { report, truth } = await dayOf(world, 1n, spoilingFirst, (line) => said.push(line));
    expect(
      report.auctions.map(({ requests, offers, matched }) => [requests, offers, matched]),
    ).to.deep.equal([
      [1, 3, 1],
      [1, 2, 1],
    ]);
    expect(truth.trades.map(({ pile, outcome }) => [pile, outcome])).to.deep.equal([
      ["pile-1", "settled"],
    ]);
    expect(report.oracleAgrees).to.equal(true);
    expect(report.privacy.sessionAccounts).to.equal(1);
    expect(report.escrowBalanceUnits).to.equal(0);
    expect(said.filter((line) => line.includes("refuses its match"))).to.have.lengthOf(1);
    expect(said.filter((line) => line.includes("again: 1 request, 2 offers"))).to.have.lengthOf(1);
  });

  it("is not auctioned again if every pile was matched", async () => {
    const world = oneRequest("nobody left", 600_000n, [300_000n]);
    const { report } = await dayOf(world, 1n, spoilingFirst);
    expect(report.auctions).to.have.lengthOf(1);
    expect(report.settled).to.equal(0);
    expect(report.trades).to.deep.equal([]);
  });
});
