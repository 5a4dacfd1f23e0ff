import { expect } from "chai";
import { inspect } from "node:util";
import { withHidden } from "../../../../offchain/core/primitives/hidden.ts";

describe("hidden", () => {
  const key = withHidden({ name: "visible" }, { secret: "s3cr3t" });

  it("reads the hidden field like any other", () => {
    expect(key.secret).to.equal("s3cr3t");
    expect(key.name).to.equal("visible");
  });

  it("leaves it out of logs, JSON, listings and copies", () => {
    expect(inspect(key, { depth: null })).to.equal("{ name: 'visible' }");
    expect(JSON.stringify(key)).to.equal('{"name":"visible"}');
    expect(Object.keys({ ...key })).to.deep.equal(["name"]);
  });

  it("cannot be changed", () => {
    expect(Object.isFrozen(key)).to.equal(true);
  });
});
