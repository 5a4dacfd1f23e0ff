import { expect } from "chai";
import { decrypt } from "../../../../offchain/primitives/paillier/privateKey.ts";
import { createRandomnessPool } from "../../../../offchain/primitives/paillier/randomnessPool.ts";
import {
  encryptFrom,
  rerandomiseFrom,
  uniformZeros,
  type ZeroSource,
} from "../../../../offchain/primitives/paillier/zeros.ts";
import { counterRng, smallKey } from "../support.ts";

describe("randomness pool", () => {
  const key = smallKey();
  const { publicKey } = key;

  function countedZeros(label: string): {
    readonly zeros: ZeroSource;
    readonly made: () => number;
  } {
    const source = uniformZeros(publicKey, counterRng(label));
    let made = 0;
    const draw = () => {
      made++;
      return source.draw();
    };
    return { zeros: { publicKey, draw }, made: () => made };
  }

  it("is filled ahead and gives its stock without computing", () => {
    const { zeros, made } = countedZeros("ahead");
    const pool = createRandomnessPool(zeros);
    expect([pool.size(), made()]).to.deep.equal([0, 0]);
    pool.fill(3);
    pool.fill(2);
    expect([pool.size(), made()]).to.deep.equal([5, 5]);
    pool.draw();
    pool.draw();
    expect([pool.size(), made()]).to.deep.equal([3, 5]);
  });

  it("computes the next one when it has run dry", () => {
    const { zeros, made } = countedZeros("dry");
    const pool = createRandomnessPool(zeros);
    pool.fill(1);
    pool.draw();
    expect(decrypt(key, pool.draw())).to.equal(0n);
    expect([pool.size(), made()]).to.deep.equal([0, 2]);
    pool.fill(1);
    expect(pool.size()).to.equal(1);
  });

  it("never gives one twice, in stock or out of it", () => {
    const pool = createRandomnessPool(countedZeros("once").zeros);
    const drawn: bigint[] = [];
    for (const count of [4, 0, 7, 1]) {
      pool.fill(count);
      for (let i = 0; i < count + 2; i++) drawn.push(pool.draw().value);
    }
    expect(new Set(drawn).size).to.equal(drawn.length);
    expect(pool.size()).to.equal(0);
  });

  it("encrypts and re-randomises as its source does", () => {
    const pool = createRandomnessPool(countedZeros("use").zeros);
    pool.fill(3);
    const c = encryptFrom(pool, 77n);
    const again = rerandomiseFrom(pool, c);
    expect(again.value).to.not.equal(c.value);
    expect([decrypt(key, c), decrypt(key, again)]).to.deep.equal([77n, 77n]);
    expect(pool.size()).to.equal(1);
  });
});
