/** python-paillier, both ways, where Python has it: numbers mean the same there and here. */
import { expect } from "chai";
import { spawnSync } from "node:child_process";
import { z } from "zod";
import { decrypt } from "../../../offchain/core/primitives/paillier/privateKey.ts";
import {
  ciphertextOf,
  encryptWithRandomness,
} from "../../../offchain/core/primitives/paillier/publicKey.ts";
import { randomBelow, randomUnit } from "../../../offchain/core/primitives/random.ts";
import { counterRng, smallKey } from "../../support/primitives/draws.ts";

/** Reads a key, plaintexts, randomness and our ciphertexts; numbers are digits in base 10. */
const PROGRAM = `
import json, sys
from phe import paillier
given = json.load(sys.stdin)
n, p, q = int(given["n"]), int(given["p"]), int(given["q"])
public = paillier.PaillierPublicKey(n)
private = paillier.PaillierPrivateKey(public, p, q)
rows = [tuple(map(int, row)) for row in given["rows"]]
print(json.dumps({
    "encrypted": [str(public.raw_encrypt(m, r_value=r)) for m, r, c in rows],
    "decrypted": [str(private.raw_decrypt(c)) for m, r, c in rows],
    "fresh": [str(public.raw_encrypt(m)) for m, r, c in rows],
}))
`;
const numbersShape = z.array(z.string().transform(BigInt));
const answerShape = z.object({
  encrypted: numbersShape,
  decrypted: numbersShape,
  fresh: numbersShape,
});

describe("python-paillier", () => {
  const key = smallKey();
  const { publicKey, p, q } = key;
  const { n } = publicKey;
  const rng = counterRng("python-paillier");
  const drawn = Array.from({ length: 14 }, () => randomBelow(rng, n));
  const plaintexts = [0n, 1n, 42n, n / 2n, n / 2n + 1n, n - 1n, ...drawn];
  const randomness = plaintexts.map(() => randomUnit(rng, n));
  const ciphertexts = plaintexts.map((m, i) => {
    return encryptWithRandomness(publicKey, m, randomness[i] ?? 1n).value;
  });

  before(function () {
    const { status } = spawnSync("python3", ["-c", "import phe"]);
    if (status === 0) return;
    console.log("skipped: there is no python3 with the package phe");
    this.skip();
  });

  it("makes the same ciphertexts, decrypts ours, and ours decrypts its: 60 of 60", () => {
    const rows = plaintexts.map((m, i) => [m, randomness[i], ciphertexts[i]].map(String));
    const input = JSON.stringify({ n: String(n), p: String(p), q: String(q), rows });
    const { stdout, stderr } = spawnSync("python3", ["-c", PROGRAM], { input, encoding: "utf8" });
    expect(stderr).to.equal("");
    const { encrypted, decrypted, fresh } = answerShape.parse(JSON.parse(stdout));
    expect(encrypted).to.deep.equal(ciphertexts);
    expect(decrypted).to.deep.equal(plaintexts);
    const ours = fresh.map((value) => decrypt(key, ciphertextOf(publicKey, value)));
    expect(ours).to.deep.equal(plaintexts);
    expect(encrypted.length + decrypted.length + ours.length).to.equal(60);
  });
});
