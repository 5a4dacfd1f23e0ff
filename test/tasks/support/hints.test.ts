/** Commands that are printed to be pasted into a shell. */
import { expect } from "chai";
import { execFileSync } from "node:child_process";
import { pasteable } from "../../../tasks/support/hints.ts";

describe("a command to be pasted", () => {
  /** What a shell makes of it. */
  const words = (command: string): readonly string[] =>
    execFileSync("sh", ["-c", `printf '%s\\n' ${command}`], { encoding: "utf8" })
      .trimEnd()
      .split("\n");

  it("names the state folder unless it is the usual one, whatever characters it has", () => {
    const usual = pasteable({ folder: ".chargeveil" }, "session plug-in --as eva");
    expect(usual).to.equal("npx hardhat session plug-in --as eva");
    for (const folder of ["/tmp/one", "my folder", "it's $HOME; rm *"]) {
      const command = pasteable({ folder }, "session plug-in --as eva");
      expect(words(command).slice(-2)).to.deep.equal(["--state", folder]);
    }
  });

  it("names the session as it was named, or else the auction", () => {
    const named = { session: "0x1", auction: "0x2" };
    const state = { folder: ".chargeveil" };
    expect(pasteable(state, "session show --as eva", named)).to.match(/ --as eva --session 0x1$/);
    const { auction } = named;
    expect(pasteable(state, "session show --as eva", { auction })).to.match(/eva --auction 0x2$/);
  });
});
