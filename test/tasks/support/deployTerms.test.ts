/** What `market deploy` refuses before it sends anything. */
import { expect } from "chai";
import { ZeroAddress } from "ethers";
import { network } from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";
import { termsIn, type TermsArguments } from "../../../tasks/support/deployTerms.ts";
import { marketSalt } from "../../../tasks/support/marketDeployment.ts";
import { InputError } from "../../../tasks/support/outcome.ts";

const SECONDS = { authoriseSeconds: 900, plugInSeconds: 1_800, settleSeconds: 86_400 };
const ARBITRATION = { disputeSeconds: "0", arbitrationSeconds: 1, arbiters: undefined, quorum: 0 };

const usual: TermsArguments = {
  ...{ token: undefined, authority: undefined, court: undefined, demo: false },
  ...{ ...SECONDS, ...ARBITRATION, minEnergyWh: 1_000n, minAmount: 0n },
};

describe("terms of market deploy", () => {
  let local: NetworkConnection;
  let other: NetworkConnection;
  let operator: string;

  before(async () => {
    local = await network.create();
    other = await network.create({ override: { chainId: 4_242 } });
    const [first] = await local.ethers.getSigners();
    operator = first?.address ?? "";
  });

  after(async () => {
    await local.close();
    await other.close();
  });

  const terms = (others: Partial<TermsArguments>, connection = local) =>
    termsIn({ ...usual, ...others }, operator, connection.ethers.provider);

  it("make another market with every term, name, escrow and frame, and the same again with none", async () => {
    const alone = { name: null, beside: null, corner: null };
    const at = (latitude: number) => ({ ...alone, corner: { latitude, longitude: -3.1 } });
    const checked = await terms({});
    const salts = [
      ...[alone, { ...alone, name: "b" }, { ...alone, beside: operator }, at(56.4), at(56.41)].map(
        (distinction) => marketSalt(checked, distinction),
      ),
      marketSalt(await terms({ settleSeconds: 86_401 }), alone),
    ];
    expect(new Set(salts)).to.have.property("size", salts.length);
    expect(marketSalt(await terms({}), at(56.4))).to.equal(salts[3]);
  });

  const refused = async (
    others: Partial<TermsArguments>,
    why: RegExp,
    connection = local,
  ): Promise<void> => {
    const before = await connection.ethers.provider.getBlockNumber();
    const error: unknown = await terms(others, connection).catch((reason: unknown) => reason);
    expect(error).to.be.instanceOf(InputError).with.property("message").that.matches(why);
    expect(await connection.ethers.provider.getBlockNumber()).to.equal(before);
  };

  it("takes the deployer and a demo token where nothing is worth anything", async () => {
    const { token, authority, court, minAmountUnits } = await terms({});
    expect([token, authority, court]).to.deep.equal([null, operator, operator]);
    expect(minAmountUnits).to.equal(100_000n);
  });

  it("takes another authority, which is the court as well unless one is named", async () => {
    const [, second, third] = await local.ethers.getSigners();
    const named = { authority: second?.address.toLowerCase() };
    expect(await terms(named)).to.include({ authority: second?.address, court: second?.address });
    const both = { ...named, court: third?.address };
    expect(await terms(both)).to.include({ authority: second?.address, court: third?.address });
  });

  it("refuses zero addresses and what is none, by the option's name", async () => {
    for (const option of ["token", "authority", "court"]) {
      await refused({ [option]: ZeroAddress }, new RegExp(`--${option}: .* not zero, got "0x0`));
      await refused({ [option]: "eva" }, new RegExp(`--${option}: .*"eva"`));
    }
  });

  it("refuses a token without code, and one that does not tell its decimals", async () => {
    await refused({ token: operator }, /--token: there is no contract at 0x.* on chain 31337/);
    const factory = await local.ethers.deployContract("Create3Factory");
    const token = await factory.getAddress();
    await refused({ token }, /--token: the contract at 0x.* does not tell its decimals: name an/);
  });

  it("scales the least price by the token's decimals, and leaves one that is named", async () => {
    const demo = await local.ethers.deployContract("DemoToken");
    const token = await demo.getAddress();
    expect(await terms({ token })).to.include({ token, minAmountUnits: 100_000n });
    expect(await terms({ token, minAmount: 7n })).to.include({ minAmountUnits: 7n });
  });

  it("refuses windows and minima that no session contract takes", async () => {
    await refused({ authoriseSeconds: 0 }, /--authorise-seconds: expected 1 to 2592000, got 0/);
    await refused({ plugInSeconds: 2_592_001 }, /--plug-in-seconds: .*got 2592001/);
    await refused({ settleSeconds: -1 }, /--settle-seconds: .*got -1/);
    await refused({ minEnergyWh: 0n }, /--min-energy-wh: expected 1 to/);
    await refused({ minAmount: -1n }, /--min-amount: expected 0 to/);
  });

  it("takes token, authority and court of an earlier market, and no others", async () => {
    const demo = await local.ethers.deployContract("DemoToken");
    const [, second, third] = await local.ethers.getSigners();
    const [authority = "", court = ""] = [second?.address, third?.address];
    const inherited = { token: await demo.getAddress(), authority, court };
    const { provider } = local.ethers;
    expect(await termsIn(usual, operator, provider, inherited)).to.include(inherited);
    for (const option of ["token", "authority", "court"]) {
      const named = { ...usual, [option]: operator };
      const error: unknown = await termsIn(named, operator, provider, inherited).catch(
        (reason: unknown) => reason,
      );
      expect(String(error)).to.match(new RegExp(`--${option}: with --beside`));
    }
  });

  describe("on a chain where money is real", () => {
    const quorum = async (): Promise<string> => {
      const contract = await other.ethers.deployContract("ArbiterQuorum", [[operator], 1]);
      return contract.getAddress();
    };
    const token = async (): Promise<string> => {
      return (await other.ethers.deployContract("DemoToken")).getAddress();
    };

    it("refuses a demo token, unless it is told that this is a demo", async () => {
      await refused({ authority: await quorum() }, /--token: anybody mints.*--demo/, other);
      expect(await terms({ demo: true }, other)).to.include({ token: null, authority: operator });
    });

    it("refuses the key of one person as the authority, also one that has lent itself code", async () => {
      const named = { token: await token() };
      await refused(named, /--authority: 0x.* is the key of one person, .*4242.*--demo/, other);
      const [, second] = await other.ethers.getSigners();
      const authority = second?.address ?? "";
      await refused({ ...named, authority }, /--authority: .* one person/, other);
      const code = `0xef0100${(await token()).slice(2)}`;
      await other.provider.request({ method: "hardhat_setCode", params: [authority, code] });
      await refused({ ...named, authority }, /--authority: .* one person/, other);
      expect(await terms({ ...named, authority, demo: true }, other)).to.include({ authority });
    });

    it("takes a token and a contract as the authority", async () => {
      const named = { token: await token(), authority: await quorum() };
      expect(await terms(named, other)).to.include(named);
    });
  });
});
