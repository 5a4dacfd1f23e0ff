/** Names and ids on the command line: what is refused, and how the refusal names it. */
import { expect } from "chai";
import { id } from "ethers";
import {
  addressIn,
  addressNamed,
  fileNameOf,
  idNamed,
  ownedAddressNamed,
} from "../../../tasks/support/naming.ts";
import { InputError } from "../../../tasks/support/outcome.ts";

describe("a name on the command line", () => {
  it("is an id of 32 bytes, or is refused by its option and value", () => {
    expect(idNamed("key", id("a key"))).to.equal(id("a key"));
    for (const text of ["", "0x12", id("a key").toUpperCase(), `${id("a key")}0`]) {
      expect(() => idNamed("key", text)).to.throw(`--key: expected an id of 32 bytes`);
      expect(() => idNamed("key", text)).to.throw(`got "${text}"`);
    }
  });

  it("is an address with its checksum, or is refused by its option and value", () => {
    const address = "0x5FbDB2315678afecb367f032d93F642f64180aa3";
    const mistyped = address.replace("5F", "5f");
    expect(addressNamed("to", address.toLowerCase())).to.equal(address);
    expect(addressIn("pile", address)).to.equal(address);
    expect(addressIn("pile", "paul")).to.equal(null);
    for (const named of [addressNamed, addressIn, ownedAddressNamed]) {
      expect(() => named("to", mistyped)).to.throw(InputError, `--to: ${mistyped} is mistyped`);
    }
    for (const text of ["", "eva", `${address}0`, "XE7338O073KYGTWWZN0F2WZ0R8PX5ZPPZS"]) {
      expect(() => addressNamed("to", text)).to.throw(InputError, /^--to: expected an address/);
    }
  });

  it("is nobody's address where somebody has to be there", () => {
    const zero = `0x${"00".repeat(20)}`;
    expect(addressNamed("to", zero)).to.equal(zero);
    expect(() => ownedAddressNamed("court", zero)).to.throw(InputError, /^--court: .* not zero/);
  });

  it("can name a file, or is refused by its option and value", () => {
    for (const name of ["ann", "B_2-c", "x".repeat(32)]) {
      expect(fileNameOf("as", name)).to.equal(name);
    }
    for (const text of ["", "../ann", "-a", "a b", "x".repeat(33)]) {
      expect(() => fileNameOf("pile", text)).to.throw(`--pile: expected a name of 1 to 32`);
      expect(() => fileNameOf("pile", text)).to.throw(`got "${text}"`);
    }
  });
});
