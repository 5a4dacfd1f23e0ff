import { expect } from "chai";
import { network } from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";
import { shortSlotNotice } from "../../../tasks/support/shortSlots.ts";
import { deployedWorld, type MarketWorld } from "../../support/market/deployed.ts";

describe("what is said of a short slot", () => {
  let connection: NetworkConnection;
  let world: MarketWorld;

  before(async () => {
    connection = await network.create();
    world = await deployedWorld(connection);
  });
  after(() => connection.close());

  // The windows of a deployment: 900 s to authorise, 1,800 s to plug in.
  for (const [seconds, said] of [
    [900n, /^the slot is 900 s long: nobody will owe anything in it; .* than 2700 s/],
    [901n, /no no-show fee will be owed in it/],
    [1_800n, /^the slot is 1800 s long: no no-show fee will be owed in it; .* than 2700 s/],
    [1_801n, /no no-show fee will be owed to piles that authorise later than 1 s into it/],
    [2_700n, /later than 900 s into it/],
    [2_701n, null],
  ] as const) {
    it(`of ${seconds} s: ${said === null ? "nothing" : "when nobody owes a fee"}`, async () => {
      const notice = await shortSlotNotice(world.market, seconds);
      if (said === null) expect(notice).to.equal(null);
      else expect(notice).to.match(said);
    });
  }
});
