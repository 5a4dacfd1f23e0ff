import { expect } from "chai";
import { pairedExchanges } from "../../../../offchain/primitives/sharing/party.ts";
import { receive, send, swap } from "../../../../offchain/primitives/sharing/turns.ts";
import { asyncRefusal } from "../support.ts";

const WORDS = Uint32Array.of(1, 2, 3);

describe("taking turns on a line", () => {
  it("carries what one says to the one who listens", async () => {
    const [here, there] = pairedExchanges();
    const [, heard] = await Promise.all([send(here, WORDS), receive(there, 3)]);
    expect([...heard]).to.deep.equal([1, 2, 3]);
  });

  it("carries both ways at once", async () => {
    const [here, there] = pairedExchanges();
    const [atHere, atThere] = await Promise.all([
      swap(here, WORDS),
      swap(there, Uint32Array.of(4, 5, 6)),
    ]);
    expect([...atHere, ...atThere]).to.deep.equal([4, 5, 6, 1, 2, 3]);
  });

  it("refuses another length, and who speaks out of turn", async () => {
    const answer = (words: Uint32Array) => () => Promise.resolve(words);
    const refused = "PartyError E_PARTY_LENGTH";
    expect(await asyncRefusal(() => send(answer(WORDS), WORDS))).to.equal(refused);
    expect(await asyncRefusal(() => receive(answer(WORDS), 2))).to.equal(refused);
    expect(await asyncRefusal(() => receive(answer(WORDS), 4))).to.equal(refused);
    expect(await asyncRefusal(() => swap(answer(WORDS), WORDS.subarray(1)))).to.equal(refused);
  });
});
