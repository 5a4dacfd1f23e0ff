/** Keys that the environment gives: taken, or refused without telling them. */
import { expect } from "chai";
import { toBeHex } from "ethers";
import hre from "hardhat";
import { keyNamed, keyVariable } from "../../../tasks/support/keys.ts";

/** The order of the curve secp256k1 (SEC 2, version 2.0, section 2.4.1). */
const ORDER = 0xffff_ffff_ffff_ffff_ffff_ffff_ffff_fffe_baae_dce6_af48_a03b_bfd2_5e8c_d036_4141n;

describe("a key of the environment", () => {
  const variable = keyVariable("anna-1");

  afterEach(() => {
    Reflect.deleteProperty(process.env, variable);
  });

  const given = (text: string): Promise<string | null> => {
    process.env[variable] = text;
    return keyNamed(hre, "anna-1");
  };

  it("is 32 bytes in hexadecimal digits, with or without 0x", async () => {
    expect(variable).to.equal("CHARGEVEIL_KEY_ANNA_1");
    expect(await keyNamed(hre, "anna-1")).to.equal(null);
    expect(await given("")).to.equal(null);
    for (const key of [1n, ORDER - 1n].map((number) => toBeHex(number, 32))) {
      expect(await given(key)).to.equal(key);
      expect(await given(key.slice(2))).to.equal(key);
    }
  });

  it("is refused by the name of its variable if it is nobody's, and never told", async () => {
    const good = toBeHex(ORDER - 1n, 32);
    const nobodys = [0n, ORDER, ORDER + 1n, 2n ** 256n - 1n].map((number) => toBeHex(number, 32));
    for (const text of [...nobodys, "0x", "0x12", `${good}00`, ` ${good}`, `${good}\n`, "anna"]) {
      const error: unknown = await given(text).catch((reason: unknown) => reason);
      expect(error).to.be.an("error").with.property("code", "E_INPUT");
      expect(error).to.have.property(
        "message",
        "CHARGEVEIL_KEY_ANNA_1: expected a private key, 0x and 64 hexadecimal digits",
      );
    }
  });
});
