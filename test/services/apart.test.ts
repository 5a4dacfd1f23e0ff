/** Authority, proxy and cloud as three processes: what they decide, and what each of them lets go out. */
import { expect } from "chai";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { MatchingInput } from "../../offchain/market/matching.ts";
import { partiesApart, type PartiesApart } from "../../offchain/services/apart/partiesApart.ts";
import { roundApart } from "../support/services/apartRound.ts";
import { CLEAR_OFFER, CLEAR_REQUEST, person } from "../support/matching/crowdRound.ts";

describe("parties as processes", () => {
  let folder: string;
  let parties: PartiesApart;
  let input: MatchingInput;
  const said: string[] = [];

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "apart-"));
    parties = await partiesApart({ folder, say: (line) => said.push(line) });
    const dear = { ...CLEAR_OFFER, pricePerKwh: 1_495_000n };
    input = await roundApart(parties, {
      requests: [CLEAR_REQUEST, { ...CLEAR_REQUEST, maxPricePerKwh: 1n }],
      offers: [dear, CLEAR_OFFER],
    });
  });

  after(async () => {
    await parties.close();
    await rm(folder, { recursive: true });
  });

  it("rehearse and match", async () => {
    const { leaders, referencePricePerKwh } = await parties.servers.rehearse(input);
    const [driver, other, owner] = [await person("driver 0"), await person("driver 1"), await person("owner 1")];
    expect(leaders).to.deep.equal([owner.wallet.address]);
    expect(referencePricePerKwh).to.equal(1_490_000n);
    console.time("m");
    const outcome = await parties.servers.match(input);
    console.timeEnd("m");
    expect(outcome.matches.map(({ vehicle, pile }) => [vehicle, pile])).to.deep.equal([[driver.wallet.address, owner.wallet.address]]);
    expect(outcome.unmatched).to.deep.equal([other.wallet.address]);
    expect(said).to.deep.equal([]);
    console.log(await readdir(folder, { recursive: true }));
  });
});
