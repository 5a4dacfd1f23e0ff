/**
 * Lengths tell nothing. Whoever sees sealed messages pass, or the files that they lie in, counts
 * their bytes and guesses: who leads a round, and how large a bucket is. Beside each stands the
 * same message as text, whose length tells it.
 */
import { expect } from "chai";
import { id } from "ethers";
import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { drawsOf, shuffled } from "../../offchain/core/cloak/draws.ts";
import { sortedCells } from "../../offchain/core/messages/area.ts";
import { sealUpload, uploadName } from "../../offchain/core/messages/sealedUpload.ts";
import { sealNotice, type StandingNotice } from "../../offchain/core/messages/standing.ts";
import type { SignedUpload } from "../../offchain/core/messages/upload.ts";
import { bytesToHex } from "../../offchain/core/primitives/bytes.ts";
import { ciphertextToBytes } from "../../offchain/core/primitives/paillier/publicKey.ts";
import { seal } from "../../offchain/core/primitives/sealedBox.ts";
import { drawTranscript } from "../../offchain/parties/proxy/transcript.ts";
import { cityOf, recordsOf } from "../support/attacks/city.ts";
import { playServers } from "../support/attacks/servers.ts";
import { boundOf } from "../../offchain/study/cloak/trials.ts";
import { seededRng } from "../../offchain/study/worlds/seededRng.ts";
import { folderMatcherStore } from "../../tasks/stores/auctions.ts";
import { stateIn } from "../../tasks/stores/state.ts";
import { guessesByLength, type Counted } from "../support/attacks/lengthGuesses.ts";
import {
  AUCTION_ID,
  bidOf,
  CLEAR_OFFER,
  CLEAR_REQUEST,
  dealtKey,
  person,
  requestOf,
  sealKeyOf,
  signedBy,
  type Person,
} from "../support/matching/crowdRound.ts";
import { counterRng } from "../support/primitives/draws.ts";

const { roundKey } = dealtKey();
const rng = counterRng("lengths");
const draws = drawsOf(seededRng("lengths"));

function expectBlind(messages: readonly Counted[], what: string): void {
  const { success, blind, trials } = guessesByLength(messages);
  console.log(`      ${what}: ${success} guessed by length, ${blind} without`);
  expect(success).to.be.at.most(boundOf(blind, trials));
}

function expectTold(messages: readonly Counted[], least: number): void {
  const { success, blind, trials } = guessesByLength(messages);
  console.log(`      straw man: ${success} guessed by length, ${blind} without`);
  expect(success).to.be.at.least(least);
  expect(success).to.be.above(boundOf(blind, trials));
}

describe("lengths of standings", () => {
  const ROUNDS = [1n, 2n, 9n, 10n, 16n];
  const BIDS = [2, 5, 8, 11];
  const AGAIN = 4;
  let pile: Person;

  /** What an observer sees of many rounds, each notice sealed as `box` does. */
  async function seen(box: (notice: StandingNotice) => Promise<string>): Promise<Counted[]> {
    const counted: Counted[] = [];
    for (let again = 0; again < AGAIN; again += 1) {
      for (const round of ROUNDS) {
        for (const count of BIDS) {
          const bids = Array.from({ length: count }, (_, k) => ({
            bidCommitment: id(`bid/${again}/${round}/${count}/${k}`),
            leads: draws.below(2) === 1,
          }));
          const { notices } = drawTranscript(AUCTION_ID, round, bids, rng);
          for (const notice of notices) {
            const [bytes, secret] = [byteCount(await box(notice)), `${notice.standing.leads}`];
            counted.push({ among: `round ${round}, ${count} bids`, bytes, secret });
          }
        }
      }
    }
    return counted;
  }

  before(async () => {
    pile = await person("pile");
  });

  it("tell as much as nothing of who leads", async () => {
    const messages = await seen((notice) => sealNotice(sealKeyOf(pile), notice, rng));
    expect(new Set(messages.map(({ bytes }) => bytes)).size).to.equal(1);
    expectBlind(messages, "who leads");
  });

  it("tell it as soon as the notice is text", async () => {
    expectTold(
      await seen(({ standing, proof }) => {
        const content = { standing: { ...standing, round: standing.round.toString() }, proof };
        return asText(sealKeyOf(pile), content);
      }),
      0.9,
    );
  });
});

describe("lengths of uploads", () => {
  const MEMBERS = [0, 1, 2, 5, 8, 13, 64, 128];
  const AGAIN = 6;
  let folder: string;
  const requests: Sent[] = [];
  const offers: Sent[] = [];

  interface Sent {
    readonly members: number;
    readonly signed: SignedUpload;
  }

  /** In a bucket of so many members somewhere in the frame. */
  const bucketOf = (members: number) => {
    const cells = Array.from({ length: members }, () => ({
      column: draws.below(262),
      row: draws.below(262),
    }));
    return { setId: id(`set of ${members}`), cells: sortedCells(cells) };
  };

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "chargeveil-lengths-"));
    for (let again = 0; again < AGAIN; again += 1) {
      for (const members of MEMBERS) {
        const owner = await person(`owner ${again} in ${members}`);
        const sending = { located: bucketOf(members) };
        const wish = { ...CLEAR_REQUEST, maxPricePerKwh: BigInt(draws.below(2 ** 24)) };
        const request = await requestOf(owner, sending, wish);
        requests.push({ members, signed: await signedBy(owner, request) });
        const offer = { ...CLEAR_OFFER, pricePerKwh: BigInt(draws.below(2 ** 24)) };
        const { upload } = await bidOf(owner, sending, offer);
        offers.push({ members, signed: await signedBy(owner, upload) });
      }
    }
  });
  after(async () => {
    await rm(folder, { recursive: true });
  });

  async function boxes(box: (signed: SignedUpload) => Promise<string>): Promise<Counted[]> {
    const counted: Counted[] = [];
    for (const [among, sent] of Object.entries({ request: requests, offer: offers })) {
      for (const { members, signed } of sent) {
        counted.push({ among, bytes: byteCount(await box(signed)), secret: `${members}` });
      }
    }
    return shuffled(counted, draws);
  }

  it("tell as much as nothing of how large the bucket is", async () => {
    const messages = await boxes((signed) => sealUpload(roundKey, signed, rng));
    for (const kind of ["request", "offer"]) {
      const lengths = messages.filter(({ among }) => among === kind).map(({ bytes }) => bytes);
      expect(new Set(lengths).size, kind).to.equal(1);
    }
    expectBlind(messages, "the size of a bucket");
  });

  it("tell it as soon as the upload is text", async () => {
    expectTold(await boxes(textOf), 0.8);
  });

  it("tell nothing on the disk of who keeps them either, where text would", async () => {
    const { leave } = folderMatcherStore(stateIn(folder));
    const onDisk = async (box: (signed: SignedUpload) => Promise<string>): Promise<Counted[]> => {
      const counted: Counted[] = [];
      for (const { members, signed } of requests) {
        const commitment = id(`${members} of ${signed.signature}`);
        const { account } = signed.upload;
        const [auctionId, kind] = [AUCTION_ID, "request" as const];
        await leave({ auctionId, kind, account, commitment, box: await box(signed) });
        const name = uploadName({ account, commitment });
        const path = join(folder, `auctions/${auctionId}/requests/${name}.json`);
        const { size: bytes } = await stat(path);
        counted.push({ among: "file", bytes, secret: `${members}` });
      }
      return shuffled(counted, draws);
    };
    expectBlind(await onDisk((signed) => sealUpload(roundKey, signed, rng)), "by files");
    expectTold(await onDisk(textOf), 0.8);
  });
});

describe("lengths on the line between the servers", () => {
  it("tell between which powers of two a buyer's sellers are, and not whether one of them wins", async () => {
    const counted: Counted[] = [];
    const lengths = new Map<number, Set<number>>();
    const won = new Set<boolean>();
    for (let k = 0; k < 60; k += 1) {
      const sellers = 1 + draws.below(24);
      const records = recordsOf(cityOf(`line ${k}`, 1, sellers));
      const { matching, proxy } = await playServers(seededRng(`line ${k}`), records);
      // A tap on an encrypted line sees how long each frame is.
      const bytes = proxy.said.reduce((sum, words) => sum + words.byteLength, 0);
      counted.push({ among: "a buyer", bytes, secret: `${sellers} sellers` });
      const lanes = 2 ** Math.ceil(Math.log2(sellers));
      lengths.set(lanes, (lengths.get(lanes) ?? new Set()).add(bytes));
      won.add(matching.winners[0] !== null);
    }
    const { success, blind } = guessesByLength(counted);
    console.log(`      sellers of a buyer: ${success} guessed by length, ${blind} without`);
    expect([...won]).to.have.length(2);
    for (const [lanes, seen] of lengths) expect(seen.size, `${lanes} lanes`).to.equal(1);
    expect(new Set([...lengths.values()].flatMap((seen) => [...seen])).size).to.equal(lengths.size);
  });
});

/** The straw man: an upload as JSON. */
function textOf({ upload, signature }: SignedUpload): Promise<string> {
  const record = bytesToHex(ciphertextToBytes(upload.record));
  return asText(roundKey.proxySealKey, { ...upload, record, signature });
}

async function asText(sealKey: string, content: object): Promise<string> {
  const text = new TextEncoder().encode(JSON.stringify(content));
  const context = { info: new Uint8Array(), aad: new Uint8Array() };
  return bytesToHex(await seal(Buffer.from(sealKey.slice(2), "hex"), text, context, rng));
}

function byteCount(box: string): number {
  return (box.length - 2) / 2;
}
