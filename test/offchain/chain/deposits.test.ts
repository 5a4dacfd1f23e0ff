/** Tokens of every kind into the escrow: by whose signature, in how many transactions. */
import type { HardhatEthersSigner } from "@nomicfoundation/hardhat-ethers/types";
import { expect } from "chai";
import { makeError, Wallet, type Provider, type TransactionRequest } from "ethers";
import { network } from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";
import { depositTokens, type Deposit } from "../../../offchain/chain/funds.ts";
import { gasLedger } from "../../../offchain/chain/gasLedger.ts";
import { connectMarket, type Market } from "../../../offchain/chain/market.ts";
import { permitTerms, signPermit } from "../../../offchain/chain/permits.ts";
import { tokenAt } from "../../../offchain/chain/token.ts";
import { deployedWorld } from "../../support/market/deployed.ts";

const UNITS = 5_000_000n;
/** `Tells` of the mock. */
const [NOTHING, VERSION, DOMAIN] = [0, 1, 2];

interface Kind {
  readonly contract: string;
  readonly args: readonly unknown[];
}

const PERMITTING: Readonly<Record<string, Kind>> = {
  "of OpenZeppelin, with version 1": { contract: "DemoToken", args: [] },
  "with version 2 that it describes": { contract: "VersionedToken", args: ["2", DOMAIN] },
  "with version 2 that it tells": { contract: "VersionedToken", args: ["2", VERSION] },
  "with version 2 that it does not tell": { contract: "VersionedToken", args: ["2", NOTHING] },
  "with a version of its own that it describes": {
    contract: "VersionedToken",
    args: ["2026-11", DOMAIN],
  },
  "with a version of its own that it tells": {
    contract: "VersionedToken",
    args: ["2026-11", VERSION],
  },
};

const APPROVED: Readonly<Record<string, Kind & { readonly why: RegExp }>> = {
  "that tells nothing of its version": {
    ...{ contract: "VersionedToken", args: ["2026-11", NOTHING] },
    why: /another domain than those tried: version "1", version "2", .*, no version$/,
  },
  "with the permits of DAI": { contract: "DaiToken", args: [], why: /those of DAI/ },
  "without permits": { contract: "NoReturnToken", args: [], why: /has no permits/ },
};

describe("a deposit of a token", () => {
  let connection: NetworkConnection;
  let owner: HardhatEthersSigner;

  before(async () => {
    connection = await network.create();
  });
  after(() => connection.close());

  /** A market that is paid in such a token, of which the owner has `UNITS`. */
  const marketIn = async ({ contract, args }: Kind): Promise<Market> => {
    const { ethers } = connection;
    const token = await ethers.deployContract(contract, [...args]);
    const at = await token.getAddress();
    const world = await deployedWorld(connection, undefined, { token: at, minAmountUnits: 1n });
    owner = world.stranger;
    await token.getFunction("mint")(owner.address, UNITS);
    const contracts = { ...world.market.contracts, token: tokenAt(at, ethers.provider) };
    return connectMarket(ethers.provider, contracts, gasLedger());
  };

  /** Deposits everything; the money is there, no allowance is left, and so many were sent. */
  const deposited = async (market: Market, transactions: number): Promise<Deposit> => {
    const { escrow, token } = market.contracts;
    const before = await owner.getNonce();
    const deposit = await depositTokens(market, owner, UNITS);
    expect((await owner.getNonce()) - before).to.equal(transactions);
    expect((await escrow.balanceOf(owner.address)).free).to.equal(UNITS);
    expect(await token.allowance(owner.address, await escrow.getAddress())).to.equal(0n);
    return deposit;
  };

  const approve = async ({ contracts }: Market, units: bigint): Promise<void> => {
    await contracts.token.connect(owner).approve(await contracts.escrow.getAddress(), units);
  };

  for (const [what, kind] of Object.entries(PERMITTING)) {
    it(`${what} takes one transaction`, async () => {
      const deposit = await deposited(await marketIn(kind), 1);
      expect(deposit).to.deep.equal({ by: "permit", whyNoPermit: null });
    });
  }

  for (const [what, { why, ...kind }] of Object.entries(APPROVED)) {
    it(`${what} is approved first, and it is said why`, async () => {
      const { by, whyNoPermit } = await deposited(await marketIn(kind), 2);
      expect(by).to.equal("approval");
      expect(whyNoPermit).to.match(why);
    });
  }

  it("is approved anew where too little is approved and must be taken back first", async () => {
    const market = await marketIn({ contract: "NoReturnToken", args: [] });
    await approve(market, 7n);
    expect((await deposited(market, 3)).by).to.equal("approval");
  });

  it("needs nothing where enough is approved", async () => {
    const market = await marketIn({ contract: "DaiToken", args: [] });
    await approve(market, UNITS);
    const deposit = await deposited(market, 1);
    expect(deposit).to.deep.equal({ by: "allowance", whyNoPermit: null });
  });

  it("is approved where the token refuses what it describes", async () => {
    const market = await marketIn({ contract: "VersionedToken", args: ["2", DOMAIN] });
    const mistaken = new MistakenWallet(Wallet.createRandom().privateKey, market.provider);
    await connection.networkHelpers.setBalance(mistaken.address, 10n ** 18n);
    await market.contracts.token.connect(owner).transfer(mistaken.address, UNITS);
    const deposit = await depositTokens(market, mistaken, UNITS);
    expect(deposit.by).to.equal("approval");
    expect(deposit.whyNoPermit).to.contain("does not take the permit");
  });

  it("signs no permit of another token, whose domain a false one describes as its own", async () => {
    const { provider } = connection.ethers;
    const kind = { contract: "VersionedToken", args: ["2", DOMAIN] };
    const { token } = (await marketIn(kind)).contracts;
    const [, thief] = await connection.ethers.getSigners();
    const real = await token.getAddress();
    const spender = thief?.address ?? "";
    const permit = { spender, value: UNITS, deadline: 2n ** 40n };

    // The straw man: a wallet that signs for whatever domain it is told.
    const told = await permitTerms(real.toLowerCase(), provider, owner.address);
    if ("whyNone" in told) throw new Error(told.whyNone);
    const { v, r, s } = await signPermit(owner, told, permit);
    const genuine = await connection.ethers.getContractAt("VersionedToken", real, thief);
    await genuine.permit(owner.address, spender, UNITS, permit.deadline, v, r, s);
    await genuine.transferFrom(owner.address, spender, UNITS);
    expect(await token.balanceOf(spender)).to.equal(UNITS);

    const terms = await permitTerms(spender, answeringAs(real, provider), owner.address);
    expect(terms).to.deep.equal({
      whyNone: "the token describes the domain of another contract, whose tokens are at risk",
    });
  });

  it("takes no silence of the network for an answer of the token", async () => {
    const market = await marketIn({ contract: "DemoToken", args: [] });
    const silent = makeError("no answer", "NETWORK_ERROR", { event: "test" });
    const { provider } = market;
    const mute = new Proxy(provider, {
      get: (target, key) =>
        key === "call"
          ? () => Promise.reject(silent)
          : (Reflect.get(target, key, target) as unknown),
    });
    const at = await market.contracts.token.getAddress();
    const asked = permitTerms(at, mute, owner.address);
    expect(await asked.catch((error: unknown) => error)).to.equal(silent);
  });
});

/** Whose permits nobody takes: they are signed with another key. */
class MistakenWallet extends Wallet {
  override signTypedData(...signed: Parameters<Wallet["signTypedData"]>): Promise<string> {
    return new Wallet(`0x${"11".repeat(32)}`).signTypedData(...signed);
  }
}

/** Whatever is asked of anybody is asked of one: a false token answers as the genuine one does. */
function answeringAs(genuine: string, provider: Provider): Provider {
  return new Proxy(provider, {
    get: (target, key) => {
      if (key === "call") {
        return (request: TransactionRequest) => provider.call({ ...request, to: genuine });
      }
      const own: unknown = Reflect.get(target, key, target);
      return typeof own === "function" ? (own.bind(target) as unknown) : own;
    },
  });
}
