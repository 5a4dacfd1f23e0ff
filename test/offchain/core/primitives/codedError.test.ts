import { expect } from "chai";
import { isCodedError } from "../../../../offchain/core/primitives/codedError.ts";
import { BytesError } from "../../../../offchain/core/primitives/bytes.ts";

describe("an error of this project", () => {
  it("is known by its code", () => {
    expect(isCodedError(new BytesError("E_HEX", "expected digits"))).to.equal(true);
  });

  it("is neither a bug nor a refusal of the network or the file system", () => {
    const others: readonly unknown[] = [
      new RangeError("out of range"),
      Object.assign(new Error("no such file"), { code: "ENOENT" }),
      Object.assign(new Error("could not connect"), { code: "NETWORK_ERROR" }),
      Object.assign(new Error("reverted"), { code: 3 }),
      { code: "E_HEX", message: "not thrown by us" },
      "E_HEX",
      null,
      undefined,
    ];
    for (const other of others) expect(isCodedError(other)).to.equal(false);
  });
});
