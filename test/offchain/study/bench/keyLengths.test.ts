import { expect } from "chai";
import { measureKeyLengths } from "../../../../offchain/study/bench/keyLengths.ts";
import { studyKey } from "../../../../offchain/study/bench/studyKey.ts";
import { dealShortKey } from "../../../../offchain/core/primitives/paillier/keyGeneration.ts";
import { decrypt } from "../../../../offchain/core/primitives/paillier/privateKey.ts";
import { encryptShort } from "../../../../offchain/core/primitives/paillier/shortRandomness.ts";
import { counterRng } from "../../../support/primitives/draws.ts";
import { dealTestKeys } from "../../../support/bench/keys.ts";

const PLAN = { keyBits: [1024], effort: { rounds: 1, milliseconds: 0 } };

describe("lengths of keys", function () {
  this.timeout(60_000);

  it("have a row for every way to encrypt and to decrypt, each of which opens what it closed", async () => {
    const said: string[] = [];
    const rows = await measureKeyLengths(PLAN, {
      nowMs: () => performance.now(),
      signal: new AbortController().signal,
      rng: counterRng("lengths"),
      deal: async () => (await dealTestKeys()).privateKey,
      progress: { say: (line) => said.push(line), update: () => undefined },
    });
    expect(said).to.deep.equal(["lengths of keys"]);
    expect(rows.map(({ operation, variant }) => `${operation}: ${variant}`)).to.deep.equal([
      "encrypt: plain",
      "encrypt: CRT, by the owner",
      "encrypt: DJN",
      "encrypt: DJN, table",
      "encrypt: paillier-bigint, g = n + 1",
      "encrypt: paillier-bigint, random g",
      "decrypt: plain",
      "decrypt: CRT",
      "decrypt: paillier-bigint, CRT",
    ]);
    for (const { bits, ms, variant } of rows) {
      expect(bits).to.equal(1024);
      expect(ms, variant).to.be.greaterThan(0);
    }
  });

  it("are those of keys of any length, fit for short exponents", async () => {
    const privateKey = await studyKey(512);
    expect(privateKey.publicKey.bits).to.equal(512);
    const rng = counterRng("study");
    const c = encryptShort(dealShortKey(privateKey, rng), 42n, rng);
    expect(decrypt(privateKey, c)).to.equal(42n);
  });
});
