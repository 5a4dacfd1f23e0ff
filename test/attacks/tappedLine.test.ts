/**
 * A tap on the line between the servers, in the hands of the authority, which has dealt what both
 * hide their shares under. It adds up what the two have said, takes off what it has dealt, and has
 * the way from a buyer to every pile, whose places it has certified. It does not have to know where
 * the numbers stand: lanes of no pile open to nothing but what was dealt, so it tries every place
 * of the one direction against every place of the other. It finds the buyer in a line that anybody
 * can read, which is the straw man, and nothing in what passes on the product's.
 */
import { expect } from "chai";
import { everyPair } from "../../offchain/core/matching/candidates.ts";
import type { Matching } from "../../offchain/core/matching/matching.ts";
import { amountsFor } from "../../offchain/core/matching/strictMatching.ts";
import { attemptOf } from "../../offchain/core/messages/attempt.ts";
import { FIRST_ROUND } from "../../offchain/core/messages/market.ts";
import { concatBytes } from "../../offchain/core/primitives/bytes.ts";
import {
  correctionsFor,
  firstDealt,
  secondDealt,
  type Dealt,
} from "../../offchain/core/primitives/sharing/dealer.ts";
import { matchingSide } from "../../offchain/parties/server/matchingSide.ts";
import { socketLine } from "../../offchain/services/line.ts";
import { seededRng } from "../../offchain/study/worlds/seededRng.ts";
import { cityOf, recordsOf } from "../support/attacks/city.ts";
import type { Place } from "../support/attacks/constellation.ts";
import { playServers, type PlayedServers } from "../support/attacks/servers.ts";
import { AUCTION_ID } from "../support/matching/crowdRound.ts";
import { connected, namedLineKeys } from "../support/services/connected.ts";
import { tapOn, type Tap } from "../support/services/tap.ts";

const BUYERS = 4;
const PILES = 3;
/** Of a matching of three piles: the last lane is nobody's, and opens both of its coordinates. */
const LANES = 4;
const COORDINATES = 2 * LANES;
const LONG_BYTES = 8;

/** What passes in each direction, from the proxy and from the cloud. */
type Wire = readonly [Uint8Array, Uint8Array];

describe("a tap on the line between the servers, in the hands of the authority", function () {
  this.timeout(60_000);

  const cities = Array.from({ length: BUYERS }, (_, k) => cityOf(`tapped ${k}`, 1, PILES));
  const played: PlayedServers[] = [];

  before(async () => {
    for (const [k, city] of cities.entries()) {
      played.push(await playServers(seededRng(`tapped ${k}`), recordsOf(city)));
    }
  });

  /** The buyer's place, by the first pile's, in what is heard of a matching; null if nowhere. */
  const found = (k: number, wire: Wire, { proxy, cloud }: PlayedServers): Place | null => {
    const way = openedIn(wire, dealtTo(proxy.seed, cloud.seed));
    const { xM, yM } = cities[k]?.offers[0]?.position ?? expect.fail("expected a pile");
    return way === null ? null : { xM: xM + Number(way[0]), yM: yM + Number(way[1]) };
  };
  const trueAt = (k: number): Place | undefined => cities[k]?.requests[0]?.position;

  it("finds every buyer where the line can be read", () => {
    for (const [k, round] of played.entries()) {
      const wire = [bytesOf(round.proxy.said), bytesOf(round.cloud.said)] as const;
      expect(found(k, wire, round)).to.deep.equal(trueAt(k));
    }
  });

  it("finds nobody in what passes on the product's line, which is the very same matching", async () => {
    for (const [k, round] of played.entries()) {
      const { wire, matching } = await onTheLine(round);
      expect(matching).to.deep.equal(round.matching);
      const clear = [round.proxy.said, round.cloud.said].map((said) => bytesOf(said).length);
      for (const [side, bytes] of wire.entries()) {
        expect(bytes.length).to.be.above(clear[side] ?? Infinity);
      }
      expect(found(k, wire, round)).to.equal(null);
    }
  });

  it("finds every buyer without a tap if one of the servers is with it, as SECURITY.md says", () => {
    for (const [k, round] of played.entries()) {
      for (const server of [round.proxy, round.cloud]) {
        const heard = server.heard.filter(({ from }) => from === "server");
        const wire = [bytesOf(server.said), bytesOf(heard.map(({ words }) => words))] as const;
        expect(found(k, wire, round)).to.deep.equal(trueAt(k));
      }
    }
  });
});

const AMOUNTS = amountsFor(everyPair(1, PILES), 2);

function dealtShares(first: Uint8Array, second: Uint8Array): readonly [Dealt, Dealt] {
  const corrections = correctionsFor(first, second, AMOUNTS);
  return [firstDealt(first, AMOUNTS), secondDealt(second, corrections, AMOUNTS)];
}

/** What hides the coordinates that are opened, as the dealer of both seeds knows it. */
function dealtTo(first: Uint8Array, second: Uint8Array): readonly bigint[] {
  const [one = [], other = []] = dealtShares(first, second).map((dealt) => [
    ...dealt.squares(COORDINATES).r,
  ]);
  return one.map((share, k) => BigInt.asUintN(64, share + (other[k] ?? 0n)));
}

/** The differences that two directions open together, wherever in them their shares stand. */
function openedIn([one, other]: Wire, hidden: readonly bigint[]): readonly bigint[] | null {
  const last = COORDINATES - 1;
  const places = new Map<bigint, number>();
  for (const at of starts(other)) places.set(longIn(other, at, last), at);
  for (const at of starts(one)) {
    const wanted = BigInt.asUintN(64, (hidden[last] ?? 0n) - longIn(one, at, last));
    const there = places.get(wanted);
    if (there === undefined) continue;
    return hidden.map((mask, k) =>
      BigInt.asIntN(64, longIn(one, at, k) + longIn(other, there, k) - mask),
    );
  }
  return null;
}

function starts({ length }: Uint8Array): readonly number[] {
  return Array.from({ length: Math.max(0, length - COORDINATES * LONG_BYTES + 1) }, (_, at) => at);
}

function longIn({ buffer, byteOffset }: Uint8Array, from: number, k: number): bigint {
  return new DataView(buffer, byteOffset + from + k * LONG_BYTES).getBigUint64(0, true);
}

function bytesOf(said: readonly Uint32Array[]): Uint8Array {
  return concatBytes(
    ...said.map(({ buffer, byteOffset, byteLength }) => {
      return new Uint8Array(buffer, byteOffset, byteLength);
    }),
  );
}

interface OnTheLine {
  readonly wire: Wire;
  readonly matching: Matching;
}

/** The matching once more, between two processes' ends of a line, with a tap on its way. */
async function onTheLine({ proxy, cloud }: PlayedServers): Promise<OnTheLine> {
  const [proxyKeys, cloudKeys] = [namedLineKeys("proxy"), namedLineKeys("cloud")];
  const taps: Tap[] = [];
  const { sockets, close } = await connected(cloudKeys, proxyKeys, async (port) => {
    const tap = await tapOn(port);
    taps.push(tap);
    return tap.port;
  });
  const [tap] = taps;
  if (tap === undefined) throw new RangeError("expected a tap");
  const attempt = attemptOf(AUCTION_ID, FIRST_ROUND, 1);
  const lines = [
    socketLine(sockets[1], {
      ...{ attempt, server: 0, keys: proxyKeys, peerLineKey: cloudKeys.publicKey },
    }),
    socketLine(sockets[0], {
      ...{ attempt, server: 1, keys: cloudKeys, peerLineKey: proxyKeys.publicKey },
    }),
  ] as const;
  const [ofProxy, ofCloud] = dealtShares(proxy.seed, cloud.seed);
  const [all, onward] = [everyPair(1, PILES), (): Promise<void> => Promise.resolve()];
  const [matching] = await Promise.all([
    matchingSide(lines[0], 0, ofProxy)(proxy.summands, all, onward),
    matchingSide(lines[1], 1, ofCloud)(cloud.summands, all, onward),
  ]);
  const wire = tap.heard();
  for (const line of lines) line.end();
  await Promise.all([close(), tap.close()]);
  return { wire, matching };
}
