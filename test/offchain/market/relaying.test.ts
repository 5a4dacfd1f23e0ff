/**
 * A driver without gas: it signs, and a stranger sends. What is refused before anything is signed,
 * and what a relayer can make of a call that is not its own.
 */
import { expect } from "chai";
import { network } from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";
import type { RelayableCall } from "../../../offchain/chain/signedCalls.ts";
import type { Bytes32 } from "../../../offchain/core/messages/market.ts";
import { signWithdrawal, withdrawTo } from "../../../offchain/market/money.ts";
import { relayCall, type RelayedCall } from "../../../offchain/market/relaying.ts";
import { rateSession, reputationOf, signRating } from "../../../offchain/market/reputation.ts";
import { signVehicleWord } from "../../../offchain/market/sessions.ts";
import {
  chargingSessions,
  meteredPile,
  refusalIn,
  sentBy,
  settledSession,
} from "../../support/market/charging.ts";
import { nowSeconds, populatedWorld, type MarketWorld } from "../../support/market/deployed.ts";

const SECONDS = 600;
/** Has nothing, and gets what a driver withdraws. */
const PURSE = `0x${"9a".repeat(20)}`;

/** Creates a wallet that takes every signature, after half a million rounds of a loop. */
const BURNER = "0x601b8060095f395ff36207a1205b6001900380600457631626ba7e60e01b5f5260205ff3";

interface Stage {
  readonly world: MarketWorld;
  readonly settled: Bytes32;
}

async function stageWithSettled(connection: NetworkConnection): Promise<Stage> {
  const world = await populatedWorld(connection);
  return { world, settled: await settledSession(world, await meteredPile(world)) };
}

describe("a call that somebody relays", () => {
  let connection: NetworkConnection;
  let world: MarketWorld;
  let settled: Bytes32;
  let deadline: bigint;

  before(async () => {
    connection = await network.create();
  });
  after(() => connection.close());
  beforeEach(async () => {
    ({ world, settled } = await connection.networkHelpers.loadFixture(stageWithSettled));
    deadline = BigInt((await nowSeconds(world)) + SECONDS);
  });

  const relay = (call: RelayableCall): Promise<RelayedCall> =>
    relayCall(world.market, world.stranger, call);
  const signedWithdrawal = () =>
    signWithdrawal(world.market, world.vehicle.signer, PURSE, deadline);

  it("rates, withdraws and leaves for a driver that sends nothing and pays nothing", async () => {
    const { market, vehicle, pile } = world;
    const [charging = ""] = await chargingSessions(world, 1);
    deadline = BigInt((await nowSeconds(world)) + SECONDS);
    const sent = await sentBy(world, vehicle.signer);
    const rating = { session: settled, rating: 3 };
    const rated = await relay(await signRating(market, vehicle.signer, rating, deadline));
    expect(rated).to.deep.equal({ contract: "Reputation", name: "rate" });
    expect((await reputationOf(market, pile.signer.address)).ratings).to.equal(1n);

    const word = { session: charging, name: "unplug" } as const;
    const left = await relay(await signVehicleWord(market, vehicle.signer, word, deadline));
    expect(left).to.deep.equal({ contract: "ChargingSession", name: "unplug" });

    const { units, call } = await signedWithdrawal();
    expect(await relay(call)).to.deep.equal({ contract: "Escrow", name: "withdraw" });
    expect(await market.contracts.token.balanceOf(PURSE)).to.equal(units);
    expect(await refusalIn(() => relay(call))).to.equal("SignedCallBadSignature");
    expect(await sentBy(world, vehicle.signer)).to.equal(sent);
  });

  it("goes where it was signed for, and nowhere else", async () => {
    const { market, stranger } = world;
    const { call, units } = await signedWithdrawal();
    const { escrow, reputation, token } = market.contracts;
    const own = escrow.interface.encodeFunctionData("withdraw", [stranger.address, units]);
    const changes: readonly (readonly [string, Partial<RelayableCall>])[] = [
      ["SignedCallBadSignature", { data: own }],
      ["SignedCallBadSignature", { from: stranger.address }],
      ["SignedCallStale", { deadline: 1n }],
      ["E_NO_CALL", { contract: await reputation.getAddress() }],
      ["E_NO_CALL", { data: "0x12345678" }],
      ["E_OTHER_MARKET", { contract: await token.getAddress() }],
      ["E_OTHER_MARKET", { chainId: 1n }],
    ];
    const sent = await sentBy(world, stranger);
    for (const [reason, change] of changes) {
      expect(await refusalIn(() => relay({ ...call, ...change })), reason).to.equal(reason);
    }
    expect(await sentBy(world, stranger), "refusals cost the relayer nothing").to.equal(sent);
    expect(await token.balanceOf(stranger.address)).to.equal(0n);
  });

  it("costs its relayer no more than a call does, however long its signer looks at it", async () => {
    const { market, stranger, connection: chain } = world;
    const { escrow, token } = market.contracts;
    const deployed = await stranger.sendTransaction({ data: BURNER });
    const from = (await deployed.wait())?.contractAddress ?? "";
    const data = escrow.interface.encodeFunctionData("approveMarket", [await token.getAddress()]);
    const contract = await escrow.getAddress();
    const terms = { chainId: market.chainId, contract, from, data, nonce: 0n, deadline };
    const sent = await sentBy(world, stranger);
    expect(await refusalIn(() => relay({ ...terms, signature: "0x" }))).to.equal("E_RELAY_GAS");
    expect(await sentBy(world, stranger)).to.equal(sent);
    // Straw man: who relays without asking pays for millions of rounds.
    const careless = await escrow.connect(stranger).callSigned(from, data, deadline, "0x");
    const receipt = await chain.ethers.provider.getTransactionReceipt(careless.hash);
    expect(receipt?.gasUsed).to.be.above(10_000_000n);
  });

  it("is overtaken by what its signer does itself", async () => {
    const { market, vehicle } = world;
    const { call } = await signedWithdrawal();
    await withdrawTo(market, vehicle.signer, vehicle.signer.address);
    expect(await refusalIn(() => relay(call))).to.equal("SignedCallBadSignature");
  });

  it("is not signed where it would be refused", async () => {
    const { market, vehicle, otherVehicle } = world;
    const rated = { session: settled, rating: 3 };
    const rate = (signer = vehicle.signer): Promise<string> =>
      refusalIn(() => signRating(market, signer, rated, deadline));
    expect(await rate(otherVehicle.signer)).to.equal("ReputationNotRater");
    await rateSession(market, vehicle.signer, settled, 3);
    expect(await rate()).to.equal("ReputationAlreadyRated");
    const word = { session: settled, name: "dispute" } as const;
    const dispute = () => signVehicleWord(market, vehicle.signer, word, deadline);
    expect(await refusalIn(dispute)).to.equal("SessionWrongState");
    await withdrawTo(market, vehicle.signer, PURSE);
    expect(await refusalIn(signedWithdrawal)).to.equal("E_NOTHING_FREE");
  });
});
