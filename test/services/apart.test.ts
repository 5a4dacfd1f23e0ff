/**
 * Authority, proxy and cloud as three processes: what they decide together, and what each leaves
 * behind.
 */
import { expect } from "chai";
import { id } from "ethers";
import { network } from "hardhat";
import { auctionIdOf } from "../../offchain/core/messages/market.ts";
import { isSignedBy } from "../../offchain/core/messages/outcome.ts";
import { mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { roundKeyHash, roundKeyToJson } from "../../offchain/core/messages/roundKey.ts";
import { isBadUpload, sealUpload } from "../../offchain/core/messages/sealedUpload.ts";
import { uploadToBytes } from "../../offchain/core/messages/uploadBytes.ts";
import { bytesToHex } from "../../offchain/core/primitives/bytes.ts";
import { systemRng } from "../../offchain/core/primitives/random.ts";
import type { MatchingInput } from "../../offchain/market/matching.ts";
import { receiveNotice } from "../../offchain/parties/pile/trading.ts";
import { partiesApart, type PartiesApart } from "../../offchain/services/apart/partiesApart.ts";
import { ServiceError } from "../../offchain/services/apart/process.ts";
import { openedForm } from "../../offchain/services/forms.ts";
import { ENTRIES } from "../../offchain/services/apart/trio.ts";
import { populatedWorld, type MarketWorld } from "../support/market/deployed.ts";
import { keyApart, type Sender } from "../support/services/apartRound.ts";
import { chainRelay, type ChainRelay } from "../support/services/chainRelay.ts";
import { stakedRound, type StakedRound } from "../support/services/stakedRound.ts";

describe("parties as processes", () => {
  let folder: string;
  let parties: PartiesApart;
  let round: StakedRound;
  let input: MatchingInput;
  let world: MarketWorld;
  let relay: ChainRelay;
  const said: string[] = [];

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "apart-"));
    world = await populatedWorld(await network.create());
    relay = await chainRelay(world.market);
    parties = await partiesApart({ folder, chain: relay.place, say: (line) => said.push(line) });
    round = await stakedRound(world, parties, await keyApart(parties), "apart");
    input = round.input;
    relay.say({ round: 1n, kind: "match" });
  });

  after(async () => {
    await parties.close();
    await relay.close();
    await world.connection.close();
    await rm(folder, { recursive: true });
  });

  const accounts = (people: readonly Sender[]): readonly string[] =>
    people.map(({ wallet }) => wallet.address);

  it("find who leads, and at which price", async () => {
    relay.say({ round: 1n, kind: "rehearsal" });
    const { leaders, referencePricePerKwh, notAdmitted } = await parties.rehearse(input);
    relay.say({ round: 1n, kind: "match" });
    expect(leaders).to.deep.equal(accounts(round.sellers.slice(0, 1)));
    const price = round.sellers[0]?.clear.pricePerKwh;
    expect([referencePricePerKwh, notAdmitted]).to.deep.equal([price, []]);
  });

  it("play no other round than the chain asks for, whatever the matcher does", async () => {
    const early = await refusal(parties.rehearse(input));
    expect([early.code, early.service]).to.deep.equal(["E_LINE_INVENTORY", "cloud"]);
    const later = await refusal(parties.match({ ...input, round: 2n }));
    expect([later.code, later.service]).to.deep.equal(["E_LOOK_PHASE", "cloud"]);
  });

  it("match, and seal what the matched learn", async () => {
    const progress: number[] = [];
    const { matches, unmatched, comparedPairs } = await parties.match({
      ...input,
      onProgress: (done, total) => progress.push(done, total),
    });
    expect(matches.map(({ vehicle, pile }) => [vehicle, pile])).to.deep.equal([
      accounts([...round.buyers.slice(0, 1), ...round.sellers.slice(0, 1)]),
    ]);
    expect(unmatched).to.deep.equal(accounts(round.buyers.slice(1)));
    expect(comparedPairs).to.be.within(7, 8);
    expect(progress).to.deep.equal([1, 2, 2, 2]);
    const [match, bid, owner] = [matches[0], round.bids[0], round.sellers[0]];
    if (match === undefined || bid === undefined || owner === undefined) throw new Error("match");
    const { evId } = await receiveNotice(owner.sealKeys, bid, match.toPile);
    expect(evId).to.equal(round.buyers[0]?.participantId);
  });

  it("leave out nobody who took part in an earlier attempt", async () => {
    const [first, ...others] = input.requests;
    if (first === undefined) throw new Error("expected a request");
    const another = { ...first, uploadHash: id("another") };
    for (const requests of [others, [another, ...others]]) {
      const refused = await refusal(parties.match({ ...input, requests }));
      expect([refused.code, refused.service]).to.deep.equal(["E_LINE_INVENTORY", "cloud"]);
    }
  });

  it("refuse a box that does not open, and an upload that was never sent", async () => {
    const sealed = await refusal(parties.openBox(input, `0x${"00".repeat(80)}`));
    expect([sealed.code, sealed.service]).to.deep.equal(["E_AEAD", "proxy"]);
    const [first] = input.requests;
    if (first === undefined) throw new Error("expected a request");
    const requests = [{ ...first, signed: { ...first.signed } }];
    const unknown = await refusal(parties.match({ ...input, requests }));
    expect(unknown.code).to.equal("E_UPLOAD_UNKNOWN");
  });

  it("open the same box twice at once, and go on", async () => {
    const { proxy } = await parties.trio.ready();
    const { auctionId, roundKey } = input;
    const [signed] = input.requests.map((one) => one.signed);
    if (signed === undefined) throw new Error("expected a request");
    const boxes = await Promise.all(
      Array.from({ length: 10 }, () => sealUpload(roundKey, signed, systemRng)),
    );
    for (const box of boxes) {
      const given = { auctionId, roundKey: roundKeyToJson(roundKey), box };
      const [one, other] = await Promise.all(
        [0, 1].map(() => proxy.call("openBox", given, openedForm)),
      );
      expect(one).to.deep.equal(other);
      expect(one?.signed).to.equal(bytesToHex(uploadToBytes(roundKey, signed)));
    }
    expect(proxy.isRunning()).to.equal(true);
  });

  it("refuse what is no box before it reaches the process", async () => {
    const { proxy } = await parties.trio.ready();
    for (const box of ["0xzz", `0x${"00".repeat(9_000_000)}`, `0x${"00".repeat(524_287)}`]) {
      const error: unknown = await parties.openBox(input, box).catch((one: unknown) => one);
      expect(isBadUpload(error), box.slice(0, 9)).to.equal(true);
    }
    expect(proxy.isRunning()).to.equal(true);
  });

  it("open boxes in a process that is started again", async () => {
    const { proxy } = await parties.trio.ready();
    const [signed] = input.requests.map((one) => one.signed);
    if (signed === undefined) throw new Error("expected a request");
    const box = await sealUpload(input.roundKey, signed, systemRng);
    process.kill(proxy.pid, "SIGKILL");
    const opened = await Promise.all([0, 1, 2].map(() => parties.openBox(input, box)));
    for (const one of opened) expect(one).to.deep.equal(signed);
    expect(proxy.isRunning()).to.equal(false);
  });

  it("stop when they are told to", async () => {
    const controller = new AbortController();
    const stopped = parties.match({
      ...input,
      signal: controller.signal,
      onProgress: () => {
        controller.abort(new Error("enough"));
      },
    });
    expect(await stopped.catch((error: unknown) => error)).to.have.property("message", "enough");
    expect((await parties.match(input)).matches).to.have.length(1);
  });

  it("deal what the day asks for, the secret half to the cloud alone", async () => {
    const { commitmentKey, features, mode } = input.roundKey;
    const published = { commitmentModulus: commitmentKey.modulus, features, mode };
    const { roundKey, handOver } = await parties.dealRoundKey(2_048, published);
    expect(roundKey.proxySealKey).to.equal(parties.proxySealKey);
    expect(roundKey.shortKey.publicKey.n.toString(2)).to.have.length(2_048);
    const { venue } = world.market;
    const matcher = world.matcher.signer.address;
    const terms = { ...round.terms, roundKeyHash: roundKeyHash(roundKey) };
    const auctionId = auctionIdOf(venue, matcher, terms);
    const auction = { auctionId, terms, area: input.area, roundKey, again: null };
    const withoutKey = await refusal(parties.second.serve(matcher, auction));
    expect([withoutKey.code, withoutKey.service]).to.deep.equal(["E_CLOUD_KEY", "cloud"]);
    await handOver(input.auctionId);
    const signature = await parties.second.serve(matcher, auction);
    const isServed = isSignedBy(parties.second.account, venue, "serve", { auctionId }, signature);
    expect(isServed).to.equal(true);
    const small = await refusal(parties.dealRoundKey(1_024, published));
    expect([small.code, small.service]).to.deep.equal(["E_KEY_SIZE", "authority"]);
  });

  it("keep secrets in folders of their own, and no evidence of what went well", async () => {
    const names = await readdir(folder, { recursive: true });
    expect(names.filter((name) => name.endsWith("keys.json"))).to.have.members(
      ["authority", "proxy", "cloud"].map((party) => join(party, "keys.json")),
    );
    for (const name of names) {
      const { mode } = await stat(join(folder, name));
      expect(mode & 0o077, name).to.equal(0);
    }
    const { auctionId } = input;
    expect(names.filter((name) => name.includes(`${auctionId}-1-1.frames`))).to.deep.equal([]);
  });

  it("say which of them cannot start", async () => {
    const entries = { ...ENTRIES, cloud: new URL("nobody.ts", import.meta.url) };
    const other = join(folder, "other");
    const error = await refusal(
      partiesApart({ folder: other, chain: relay.place, entries, say: () => undefined }),
    );
    expect([error.code, error.service]).to.deep.equal(["E_SERVICE_ENDED", "cloud"]);
  });
});

async function refusal(of: Promise<unknown>): Promise<ServiceError> {
  try {
    await of;
  } catch (error) {
    if (error instanceof ServiceError) return error;
    throw error;
  }
  throw new Error("expected a refusal");
}
