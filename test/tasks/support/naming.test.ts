/** Names and ids on the command line: what is refused, and how the refusal names it. */
import { expect } from "chai";
import { id } from "ethers";
import { fileNameOf, idNamed } from "../../../tasks/support/naming.ts";

describe("a name on the command line", () => {
  it("is an id of 32 bytes, or is refused by its option and value", () => {
    expect(idNamed("key", id("a key"))).to.equal(id("a key"));
    for (const text of ["", "0x12", id("a key").toUpperCase(), `${id("a key")}0`]) {
      expect(() => idNamed("key", text)).to.throw(`--key: expected an id of 32 bytes`);
      expect(() => idNamed("key", text)).to.throw(`got "${text}"`);
    }
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
