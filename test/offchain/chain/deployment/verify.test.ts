/** What is found wrong in a market whose deployer does not do what it says. */
import { expect } from "chai";
import { AbiCoder, concat, id, ZeroHash, type Provider, type TransactionRequest } from "ethers";
import { network } from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";
import {
  ARTIFACT_NAMES,
  MARKET_CONTRACTS,
  planMarket,
} from "../../../../offchain/chain/deployment/plan.ts";
import {
  canonicalFactory,
  maskedCodeHash,
  verifyMarket,
} from "../../../../offchain/chain/deployment/verify.ts";
import {
  checksOf,
  create,
  otherwise,
  told,
  wrongIn,
  type Told,
} from "../../../support/market/falseMarket.ts";

describe("verifying a market", () => {
  let connection: NetworkConnection;
  let market: Told;

  before(async () => {
    connection = await network.create();
  });

  beforeEach(async () => {
    market = await connection.networkHelpers.loadFixture(told);
  });

  after(() => connection.close());

  it("finds nothing wrong with what this repository deploys", async () => {
    await create(market);
    const checks = await checksOf(market);
    expect(checks.filter(({ isRight }) => !isRight)).to.deep.equal([]);
    const contracts = new Set(checks.map(({ contract }) => contract));
    const all = ARTIFACT_NAMES.filter((name) => name !== "MarketGate");
    expect([...contracts]).to.have.members([...all, "Token"]);
    const seen = checks.map(({ contract, what, view }) => `${contract} ${view ?? what}`);
    expect(new Set(seen)).to.have.property("size", checks.length);
    expect(seen).to.include.members(["Escrow markets", "ChargingSession windows", "Escrow code"]);
    expect(checks.filter(({ usual }) => usual !== null)).to.deep.equal([]);
  });

  it("asks every contract for all that its constructor has fixed", async () => {
    const checks = await checksOf(market);
    for (const name of Object.values(MARKET_CONTRACTS)) {
      const asked = checks.filter(({ contract, view }) => contract === name && view !== null);
      const fixed = Object.keys(market.codes[name].immutableReferences ?? {}).length;
      expect(fixed, name).to.be.greaterThan(0);
      expect(asked, name).not.to.deep.equal([]);
    }
  });

  it("finds nothing where nothing stands", async () => {
    const wrong = await wrongIn(market);
    for (const name of Object.values(MARKET_CONTRACTS)) expect(wrong).to.include(`${name} code`);
    expect(wrong).to.include("ArbiterQuorum creation").and.not.to.include("Token decimals");
  });

  it("finds the one contract that is another, and what is wrong about it", async () => {
    const { bytecode } = market.codes.Create3Factory;
    await create(market, { coupons: bytecode });
    expect(await wrongIn(market)).to.deep.equal([
      "Coupons code",
      "Coupons creation",
      "Coupons escrow",
      "Coupons reputation",
    ]);
  });

  it("finds the one term that is another, and leaves the rest alone", async () => {
    await create(market, otherwise(market, "sessions", { settleSeconds: 1 }));
    expect(await wrongIn(market)).to.deep.equal([
      "ChargingSession creation",
      "ChargingSession windows",
    ]);
    const windows = (await checksOf(market)).find(({ view }) => view === "windows");
    expect(windows).to.deep.include({
      found: "900; 1800; 1; 86400; 259200",
      expected: "900; 1800; 86400; 86400; 259200",
      usual: "900; 1800; 86400; 86400; 259200",
    });
  });

  it("finds an authority, a credibility and a bench that are others", async () => {
    const [, , , , , stranger] = await connection.ethers.getSigners();
    const authority = stranger?.address ?? "";
    const { reputation, arbiters } = market.plan.terms;
    const lenient = { ...reputation, threshold: 0 };
    await create(market, {
      ...otherwise(market, "identities", { authority }),
      ...otherwise(market, "reputation", { reputation: lenient }),
      ...otherwise(market, "arbiter", { arbiters: [...arbiters.slice(0, 2), authority] }),
    });
    expect(await wrongIn(market)).to.deep.equal([
      "ArbiterQuorum creation",
      "IdentityRegistry creation",
      "Reputation creation",
      `ArbiterQuorum isArbiter(${arbiters[2]})`,
      "IdentityRegistry authority",
      "Reputation parameters",
    ]);
  });

  it("says which terms are not the usual ones", async () => {
    const { codes, plan } = market;
    const terms = { ...plan.terms, disputeSeconds: 3_600 };
    const others = { ...market, plan: planMarket(codes, plan.origin, terms) };
    await create(others);
    const unusual = (await checksOf(others)).filter(({ usual }) => usual !== null);
    expect(unusual.map(({ view }) => view)).to.deep.equal(["windows"]);
    expect(await wrongIn(others)).to.deep.equal([]);
  });

  it("finds that people are told another address", async () => {
    await create(market);
    const { codes, plan } = market;
    const used = { ...plan.addresses, escrow: plan.addresses.coupons, gate: null };
    const checks = await verifyMarket(codes, plan, used, connection.ethers.provider);
    const wrong = checks.filter(({ isRight }) => !isRight);
    expect(wrong.map(({ contract, what }) => `${contract} ${what}`)).to.deep.equal([
      "Escrow address",
    ]);
  });

  describe("of a later version", () => {
    /** On the escrow and among the people of the first. */
    const laterOf = (first: Told): Told => {
      const { codes, plan } = first;
      const origin = { ...plan.origin, salt: id("a later market") };
      return { ...first, plan: planMarket(codes, origin, plan.terms, plan.addresses) };
    };

    it("finds nothing wrong with one that stands beside the first", async () => {
      const later = laterOf(market);
      await create(market);
      await create(later);
      expect(await wrongIn(later)).to.deep.equal([]);
      const seen = (await checksOf(later)).map(({ contract, what }) => `${contract} ${what}`);
      expect(seen).to.include.members(["MarketGate code", "MarketGate wiring", "Coupons creation"]);
      const { escrow, identities, sessions } = later.plan.addresses;
      expect({ escrow, identities }).to.deep.equal({
        escrow: market.plan.addresses.escrow,
        identities: market.plan.addresses.identities,
      });
      expect(sessions).not.to.equal(market.plan.addresses.sessions);
      expect(seen).not.to.include("Escrow code");
    });

    it("finds a gate that lets somebody else in, and one that people are told", async () => {
      const later = laterOf(market);
      await create(market);
      const [, stranger] = await connection.ethers.getSigners();
      const { auctions, openAuctions, sessions, escrow } = later.plan.addresses;
      const args = AbiCoder.defaultAbiCoder().encode(
        ["address", "address[4]"],
        [escrow, [auctions, openAuctions, sessions, stranger?.address]],
      );
      await create(later, { gate: concat([market.codes.MarketGate.bytecode, args]) });
      expect(await wrongIn(later)).to.deep.equal(["MarketGate creation", "MarketGate markets"]);

      const told = { ...later.plan.addresses, gate: auctions };
      const { provider } = connection.ethers;
      const checks = await verifyMarket(market.codes, later.plan, told, provider);
      const wrong = checks.filter(({ isRight }) => !isRight);
      expect(wrong.map(({ what }) => what)).to.deep.equal(["address", "creation", "wiring"]);
    });
  });

  it("reads the token's decimals", async () => {
    await create(market);
    const { codes, plan } = market;
    const { escrow: token } = plan.addresses;
    const others = { ...market, plan: planMarket(codes, plan.origin, { ...plan.terms, token }) };
    expect(await wrongIn(others)).to.include.members(["Token decimals", "Escrow token"]);
  });

  it("judges nothing by a node that breaks off", async () => {
    await create(market);
    const { codes, plan } = market;
    for (const address of [plan.addresses.escrow, plan.terms.token]) {
      const breaking = silentAbout(address, connection.ethers.provider);
      const broken: unknown = await verifyMarket(
        codes,
        plan,
        { ...plan.addresses, gate: null },
        breaking,
      ).catch((error: unknown) => error);
      expect(broken).to.be.an("error").with.property("message", "the node is gone");
    }
  });

  it("masks immutables and nothing else", () => {
    const references = { immutableReferences: { "1": [{ start: 1, length: 2 }] } };
    const hash = maskedCodeHash("0x01020304", references);
    expect(maskedCodeHash("0x01aabb04", references)).to.equal(hash);
    expect(maskedCodeHash("0x01000004", {})).to.equal(hash);
    expect(maskedCodeHash("0x02020304", references)).not.to.equal(hash);
    expect(maskedCodeHash("0x01020305", references)).not.to.equal(hash);
  });

  /** The deterministic deployer as it stands on public chains. */
  const DEPLOYER = "0x4e59b44847b379578588920cA78FbF26c0B4956C";
  const DEPLOYER_CODE =
    "0x7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe03601600081602082378035828234f58015156039578182fd5b8082525050506014600cf3";

  it("believes the canonical factory, whoever sends the transaction", async () => {
    const { ethers } = connection;
    const { codes } = market;
    await connection.provider.request({
      method: "hardhat_setCode",
      params: [DEPLOYER, DEPLOYER_CODE],
    });
    const [operator] = await ethers.getSigners();
    if (operator === undefined) throw new Error("expected an account");
    const data = concat([ZeroHash, codes.Create3Factory.bytecode]);
    await (await operator.sendTransaction({ to: DEPLOYER, data })).wait();
    const factory = canonicalFactory(codes);
    const canonical = await told(connection, factory);
    expect(await ethers.provider.getCode(factory)).not.to.equal("0x");
    await create(canonical);
    expect(await wrongIn(canonical)).to.deep.equal([]);
  });
});

/** Breaks off when it is asked to call what stands at an address. */
function silentAbout(address: string, provider: Provider): Provider {
  const call = (request: TransactionRequest): Promise<string> => {
    return request.to === address
      ? Promise.reject(new Error("the node is gone"))
      : provider.call(request);
  };
  return new Proxy(provider, {
    get: (target, name) => {
      if (name === "call") return call;
      const own: unknown = Reflect.get(target, name, target);
      return typeof own === "function" ? (own.bind(target) as unknown) : own;
    },
  });
}
