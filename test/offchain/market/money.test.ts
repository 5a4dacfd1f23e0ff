/** Stakes: what is deposited for an obligation, from which tokens, and by which signature. */
import { expect } from "chai";
import { makeError, TypedDataEncoder } from "ethers";
import { network } from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";
import { depositTokens, withdrawFree } from "../../../offchain/chain/funds.ts";
import { pendingSeconds, chainSeconds } from "../../../offchain/chain/market.ts";
import { permitTerms, tokenAt, type Token } from "../../../offchain/chain/token.ts";
import { ensureFree } from "../../../offchain/market/money.ts";
import { refusalIn, sentBy } from "../../support/market/charging.ts";
import { deployedWorld, type MarketWorld } from "../../support/market/deployed.ts";

const UNITS = 5_000_000n;
const HALF_A_DAY_SECONDS = 43_200;

describe("a stake", () => {
  let connection: NetworkConnection;
  let world: MarketWorld;

  before(async () => {
    connection = await network.create();
  });
  after(() => connection.close());
  beforeEach(async () => {
    world = await connection.networkHelpers.loadFixture(deployedWorld);
  });

  const freeUnits = async (): Promise<bigint> => {
    const { address } = world.stranger;
    return (await world.market.contracts.escrow.balanceOf(address)).free;
  };
  const ensure = (units: bigint, faucet = world.faucet): Promise<bigint> =>
    ensureFree(world.market, { wallet: world.stranger, faucet }, units);
  const ensureOwn = (units: bigint): Promise<bigint> =>
    ensureFree(world.market, { wallet: world.stranger, faucet: null }, units);

  it("is what is missing, and nothing if it is there", async () => {
    expect(await ensure(UNITS)).to.equal(UNITS);
    expect(await ensure(UNITS + 3n)).to.equal(3n);
    const sent = await sentBy(world, world.stranger);
    expect(await ensure(UNITS)).to.equal(0n);
    expect(await sentBy(world, world.stranger)).to.equal(sent);
    expect(await freeUnits()).to.equal(UNITS + 3n);
  });

  it("comes from the account's own tokens where there is no faucet, or is refused", async () => {
    await world.faucet(world.market, world.stranger, UNITS);
    expect(await refusalIn(() => ensureOwn(UNITS + 1n))).to.equal("E_STAKE");
    expect(await freeUnits()).to.equal(0n);
    expect(await ensureOwn(UNITS)).to.equal(UNITS);
    await withdrawFree(world.market, world.stranger);
    expect(await world.market.contracts.token.balanceOf(world.stranger.address)).to.equal(UNITS);
  });

  it("is permitted by a signature: one transaction, and no approval is left", async () => {
    await world.faucet(world.market, world.stranger, UNITS);
    const sent = await sentBy(world, world.stranger);
    await depositTokens(world.market, world.stranger, UNITS);
    expect(await sentBy(world, world.stranger)).to.equal(sent + 1);
  });

  it("is permitted in time on a chain that has mined nothing for half a day", async () => {
    await world.faucet(world.market, world.stranger, UNITS);
    const latest = await chainSeconds(world.market);
    await connection.networkHelpers.time.setNextBlockTimestamp(latest + HALF_A_DAY_SECONDS);
    expect(await pendingSeconds(world.market)).to.equal(latest + HALF_A_DAY_SECONDS);
    await depositTokens(world.market, world.stranger, UNITS);
    expect(await freeUnits()).to.equal(UNITS);
  });

  it("is approved where the token signs permits for a domain that is not known", async () => {
    await world.faucet(world.market, world.stranger, UNITS);
    const { token } = world.market.contracts;
    const renamed = answering(token, { name: "Another Token" });
    const contracts = { ...world.market.contracts, token: renamed };
    const sent = await sentBy(world, world.stranger);
    await depositTokens({ ...world.market, contracts }, world.stranger, UNITS);
    expect(await sentBy(world, world.stranger)).to.equal(sent + 2);
    expect(await freeUnits()).to.equal(UNITS);
  });

  describe("asks the token", () => {
    it("for its permits: those of OpenZeppelin have version 1", async () => {
      const { market, stranger } = world;
      const at = await market.contracts.token.getAddress();
      const token = tokenAt(at, market.provider);
      const terms = await permitTerms(token, market.chainId, stranger.address);
      expect(terms).to.deep.equal({
        domain: {
          name: await token.name(),
          version: "1",
          chainId: market.chainId,
          verifyingContract: at,
        },
        nonce: 0n,
      });
    });

    it("also for those of version 2", async () => {
      const { market, stranger } = world;
      const at = await market.contracts.token.getAddress();
      const domain = { name: "USD Coin", version: "2", chainId: 1n, verifyingContract: at };
      const token = answering(market.contracts.token, {
        name: domain.name,
        nonces: 5n,
        DOMAIN_SEPARATOR: TypedDataEncoder.hashDomain(domain),
      });
      expect(await permitTerms(token, 1n, stranger.address)).to.deep.equal({ domain, nonce: 5n });
    });

    it("that has none", async () => {
      const { market, stranger } = world;
      const bare = await connection.ethers.deployContract("NoReturnToken");
      const token = tokenAt(await bare.getAddress(), market.provider);
      expect(await permitTerms(token, market.chainId, stranger.address)).to.equal(null);
    });

    it("and takes no silence of the network for an answer", async () => {
      const { market, stranger } = world;
      const silent = makeError("no answer", "NETWORK_ERROR", { event: "test" });
      const token = answering(market.contracts.token, { nonces: Promise.reject(silent) });
      const asked = permitTerms(token, market.chainId, stranger.address);
      expect(await asked.catch((error: unknown) => error)).to.equal(silent);
    });
  });
});

/** The token as one would find it that answers otherwise. */
function answering(token: Token, answers: Readonly<Record<string, unknown>>): Token {
  return new Proxy(token, {
    get: (target, key) =>
      typeof key === "string" && key in answers
        ? () => Promise.resolve(answers[key])
        : (Reflect.get(target, key, target) as unknown),
  });
}
