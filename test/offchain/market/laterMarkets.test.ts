/** A later market on the balances of the first: who lets it in, and what it can do then. */
import { expect } from "chai";
import { id } from "ethers";
import { artifacts, network } from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";
import type { MarketPlan } from "../../../offchain/chain/deployment/plan.ts";
import { USUAL_TERMS } from "../../../offchain/chain/deployment/terms.ts";
import {
  approveLaterMarket,
  laterMarket,
  revokeLaterMarket,
  signLaterMarket,
} from "../../../offchain/market/laterMarkets.ts";
import { relayCall } from "../../../offchain/market/relaying.ts";
import { marketArtifacts } from "../../../tasks/support/artifacts.ts";
import { deployPlanned } from "../../../tasks/support/marketDeployment.ts";
import { refusalIn, sentBy } from "../../support/market/charging.ts";
import { nowSeconds, populatedWorld, type MarketWorld } from "../../support/market/deployed.ts";
import { openOwnAuction } from "../../support/market/ownAuction.ts";

const MOST_GAS_MORE = 9_500;
/** Of `openOwnAuction`. */
const DEPOSIT = 20_000_000n;

interface Both {
  readonly world: MarketWorld;
  readonly later: MarketPlan;
}

async function bothMarkets(connection: NetworkConnection): Promise<Both> {
  const world = await populatedWorld(connection);
  const { contracts } = world.market;
  const terms = {
    ...{ ...USUAL_TERMS, disputeSeconds: 0, arbiters: [], quorum: 0 },
    token: await contracts.token.getAddress(),
    authority: world.authority.address,
    court: world.authority.address,
  };
  const shared = {
    escrow: await contracts.escrow.getAddress(),
    identities: await contracts.identities.getAddress(),
  };
  const origin = { creator: world.authority.address, salt: id("a later market") };
  const codes = await marketArtifacts({ artifacts });
  return { world, later: await deployPlanned(connection, codes, origin, terms, { shared }) };
}

describe("a later market", () => {
  let connection: NetworkConnection;
  let world: MarketWorld;
  let later: MarketPlan;

  before(async () => {
    connection = await network.create();
  });
  after(() => connection.close());
  beforeEach(async () => {
    ({ world, later } = await connection.networkHelpers.loadFixture(bothMarkets));
  });

  const approve = (gate = later.stakes) =>
    approveLaterMarket(world.market, world.vehicle.signer, gate);
  const revoke = () => revokeLaterMarket(world.market, world.vehicle.signer, later.stakes);

  /** An auction of one request in the later market. Returns the gas. */
  const openThere = async (): Promise<number> => {
    const { openAuctions: at } = later.addresses;
    const openAuctions = await connection.ethers.getContractAt("OpenAuction", at);
    const contracts = { ...world.market.contracts, openAuctions };
    return openIn({ ...world, market: { ...world.market, contracts } });
  };

  const openIn = async (market: MarketWorld): Promise<number> => {
    await openOwnAuction(market, "a wish");
    const block = await connection.ethers.provider.getBlock("latest");
    return Number(block?.gasUsed);
  };

  it("locks nothing of who has not let it in", async () => {
    expect(await refusalIn(openThere)).to.equal("EscrowNotMarket");
  });

  it("locks from the same balance once it is let in, and ends that after it was revoked", async () => {
    const { escrow } = world.market.contracts;
    const { address } = world.vehicle.signer;
    const { free } = await escrow.balanceOf(address);
    expect(await approve()).to.deep.include({ isApproved: true, lockedUnits: 0n });
    await openThere();
    expect((await escrow.balanceOf(address)).free).to.equal(free - DEPOSIT);
    expect(await revoke()).to.deep.include({ isApproved: false, lockedUnits: DEPOSIT });
    expect(await laterMarket(world.market, address, later.stakes)).to.deep.equal({
      ...{ account: address, market: later.stakes, isApproved: false, lockedUnits: DEPOSIT },
    });
  });

  it("is let in, and out again, by what its user has signed", async () => {
    const { market, vehicle, stranger } = world;
    const gate = later.stakes;
    const deadline = BigInt((await nowSeconds(world)) + 600);
    const signed = (approves: boolean) =>
      signLaterMarket(market, vehicle.signer, { gate, approves }, deadline);
    const isApproved = async (): Promise<boolean> =>
      (await laterMarket(market, vehicle.signer.address, gate)).isApproved;
    expect(await refusalIn(() => signed(false))).to.equal("E_LATER_MARKET");
    await relayCall(market, stranger, await signed(true));
    expect(await isApproved()).to.equal(true);
    await relayCall(market, stranger, await signed(false));
    expect(await isApproved()).to.equal(false);
  });

  it("costs a lock one slot and one call more", async () => {
    await approve();
    const [there, here] = [await openThere(), await openIn(world)];
    // The slot of the approval is read and written; the gate is another contract to call.
    expect(there - here)
      .to.be.greaterThan(5_000)
      .and.lessThan(MOST_GAS_MORE);
  });

  it("is let in by its gate alone, and nothing is sent for anything else", async () => {
    const { addresses } = later;
    const sent = await sentBy(world, world.vehicle.signer);
    const { contracts } = world.market;
    const [own, stranger] = [await contracts.auctions.getAddress(), world.stranger.address];
    for (const gate of [own, stranger, addresses.auctions, addresses.identities]) {
      expect(await refusalIn(() => approve(gate)), gate).to.equal("E_LATER_MARKET");
    }
    expect(await refusalIn(revoke)).to.equal("E_LATER_MARKET");
    expect(await sentBy(world, world.vehicle.signer)).to.equal(sent);
  });

  it("of another escrow is named as such", async () => {
    const another = await connection.ethers.deployContract("MarketGate", [
      world.stranger.address,
      [later.stakes, later.stakes, later.stakes, later.stakes],
    ]);
    const gate = await another.getAddress();
    const error: unknown = await approve(gate).catch((reason: unknown) => reason);
    expect(String(error)).to.match(/has another escrow, 0x/);
  });
});
