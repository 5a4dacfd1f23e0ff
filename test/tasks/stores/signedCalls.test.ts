/** Files of signed calls, as they come from strangers. */
import { expect } from "chai";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { RelayableCall } from "../../../offchain/chain/signedCalls.ts";
import { signedCalls } from "../../../tasks/stores/signedCalls.ts";

const CALL: RelayableCall = {
  chainId: 31_337n,
  contract: `0x${"11".repeat(20)}`,
  from: `0x${"22".repeat(20)}`,
  data: "0x12345678",
  nonce: 7n,
  deadline: 2n ** 40n - 1n,
  signature: `0x${"33".repeat(65)}`,
};

describe("files of signed calls", () => {
  let folder: string;
  let file: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "chargeveil-calls-"));
    file = join(folder, "call.json");
  });
  after(() => rm(folder, { recursive: true }));

  it("are read as they were written", async () => {
    await signedCalls.write(file, CALL);
    expect(await signedCalls.read(file)).to.deep.equal(CALL);
    expect(await signedCalls.readIfThere(file)).to.deep.equal(CALL);
  });

  it("are missed in words, or taken as none yet", async () => {
    const missing = join(folder, "none.json");
    expect(await signedCalls.readIfThere(missing)).to.equal(null);
    expect(await signedCalls.read(missing).catch(String)).to.contain("there is no file");
    expect(await signedCalls.readIfThere(folder).catch(String)).to.contain("cannot read");
  });

  it("are refused in words where they are cut off, or hold what no call holds", async () => {
    await signedCalls.write(file, CALL);
    const whole = await readFile(file, "utf8");
    const replaced = (name: string, value: string): string =>
      whole.replace(new RegExp(`("${name}": )"[^"]*"`), `$1"${value}"`);
    const changed = [
      replaced("deadline", String(2n ** 40n)),
      replaced("deadline", "9".repeat(400)),
      replaced("deadline", "-1"),
      replaced("data", "0x123"),
      replaced("from", "0x22"),
      whole.replace('"from"', '"sender"'),
    ];
    for (const text of ["", whole.slice(0, 100), "[]", ...changed]) {
      await writeFile(file, text);
      expect(await signedCalls.read(file).catch(String), text.slice(0, 200)).to.contain(
        "holds no signed call",
      );
    }
  });
});
