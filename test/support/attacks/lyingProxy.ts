/**
 * An honest cloud beside a proxy that says what it likes: the chain and the uploads are those of
 * honest people, and the proxy's view of both is the attacker's to change.
 */
import { id } from "ethers";
import type { CommittedRound } from "../../../offchain/chain/committed.ts";
import { FIRST_ROUND } from "../../../offchain/core/messages/market.ts";
import { roundKeyHash } from "../../../offchain/core/messages/roundKey.ts";
import { localDesks } from "../../../offchain/market/localServers.ts";
import {
  serversTogether,
  type MatchingInput,
  type MatchingServers,
} from "../../../offchain/market/matching.ts";
import type { CloudDesk } from "../../../offchain/parties/cloud/desk.ts";
import type { Submission } from "../../../offchain/parties/proxy/admission.ts";
import { BENCH_CLOUD, sentInput } from "../../../offchain/study/bench/benchRound.ts";
import {
  AREA,
  AUCTION_ID,
  bidOf,
  CLEAR_OFFER,
  dealtKey,
  person,
  requestOf,
  submittedBid,
  submittedRequest,
  VENUE,
  workOf,
  type Person,
} from "../matching/crowdRound.ts";
import { believing } from "../matching/rounds.ts";
import { counterRng } from "../primitives/draws.ts";

/** Honest people whose uploads have come and stand on chain. */
export interface HonestRound {
  readonly driver: Person;
  readonly owners: readonly Person[];
  readonly request: Submission;
  readonly offers: readonly Submission[];
}

/** One request and three offers that suit it, the first the cheapest. */
export async function honestRound(): Promise<HonestRound> {
  const driver = await person("driver");
  const owners = await Promise.all([0, 1, 2].map((k) => person(`owner ${k}`)));
  const offers = await Promise.all(
    owners.map(async (owner, k) => {
      const pricePerKwh = CLEAR_OFFER.pricePerKwh - 30_000n + BigInt(k) * 10_000n;
      return submittedBid(owner, await bidOf(owner, {}, { ...CLEAR_OFFER, pricePerKwh }));
    }),
  );
  const request = await submittedRequest(driver, await requestOf(driver));
  return { driver, owners, request, offers };
}

/** What the proxy knows, or says that it does. */
export type ProxyView = Pick<MatchingInput, "committed" | "requests" | "offers" | "seed">;

export interface LyingServers extends MatchingServers {
  /** How many records the cloud has opened. */
  readonly openedByCloud: () => number;
  readonly cloudDesk: CloudDesk;
}

export function viewOf({ request, offers }: HonestRound): ProxyView {
  const { committed } = sentInput({ requests: [request], offers });
  return { committed, requests: [request], offers, seed: id("the chain's seed") };
}

/**
 * Servers of which the proxy checks nothing and says what is in its input, and the cloud looks at a
 * chain on which `chain` stands.
 */
export async function besideHonestCloud(
  chain: CommittedRound,
  round = FIRST_ROUND,
): Promise<LyingServers> {
  const { roundKey, privateKey } = dealtKey();
  const rng = counterRng("lying proxy");
  const work = workOf("lying proxy");
  let opened = 0;
  const counted = {
    ...work,
    openRecords: (...given: Parameters<typeof work.openRecords>) => {
      opened += given[2].length;
      return work.openRecords(...given);
    },
  };
  const desks = await localDesks({
    ...{ work: counted, rng, account: BENCH_CLOUD },
    look: () => (input, kind) =>
      Promise.resolve({
        ...{ venue: VENUE, auctionId: AUCTION_ID, round, kind, roundKey, area: AREA },
        ...{ seed: input.round === round ? id("the chain's seed") : "", committed: chain },
      }),
  });
  await desks.cloudDesk.store.keepPrivateKey(roundKeyHash(roundKey), privateKey);
  // It does not even remember what it has said.
  const store = { ...desks.proxyDesk.store, saidIn: () => Promise.resolve(new Map()) };
  const believes = { ...desks.proxyDesk, work: believing(work), store };
  return {
    ...serversTogether({ ...desks, proxyDesk: believes }),
    openedByCloud: () => opened,
    cloudDesk: desks.cloudDesk,
  };
}

/** The input of a proxy with this view. */
export function inputOf(view: ProxyView, round = FIRST_ROUND): MatchingInput {
  return {
    ...{ venue: VENUE, auctionId: AUCTION_ID, round, roundKey: dealtKey().roundKey, area: AREA },
    ...{ ...view, promised: [], secondServer: BENCH_CLOUD.address },
    onProgress: () => undefined,
    signal: new AbortController().signal,
  };
}
