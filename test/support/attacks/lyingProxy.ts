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
import type { Layout } from "../../../offchain/core/messages/packedRecord.ts";
import type { CloudDesk, CloudStore } from "../../../offchain/parties/cloud/desk.ts";
import type { Submission } from "../../../offchain/parties/proxy/admission.ts";
import type { MaskedRecord } from "../../../offchain/parties/proxy/masking.ts";
import type { ServerStore } from "../../../offchain/parties/server/store.ts";
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

type Opened = readonly (readonly bigint[])[];

/** What else the proxy lies about, or the cloud forgets; or the other way round. */
export interface Lies {
  readonly round?: bigint;
  /** What the cloud makes of the records that it opens. */
  readonly opened?: (layout: Layout, records: Opened) => Opened;
  /** What the proxy remembers. */
  readonly proxyStore?: (store: ServerStore) => ServerStore;
  /** What the proxy makes of its masks: its own summands are what it likes. */
  readonly masks?: (layout: Layout, masked: readonly MaskedRecord[]) => readonly MaskedRecord[];
  /** Of a straw man: what the cloud remembers. */
  readonly cloudStore?: (store: CloudStore) => CloudStore;
}

/**
 * Servers of which the proxy checks nothing and says what is in its input, and the cloud looks at a
 * chain on which `chain` stands.
 */
export async function besideHonestCloud(
  chain: CommittedRound,
  {
    round = FIRST_ROUND,
    masks = asTheyAre,
    opened: said = asTheyAre,
    proxyStore = forgetful,
    cloudStore = asItIs,
  }: Lies = {},
): Promise<LyingServers> {
  const { roundKey, privateKey } = dealtKey();
  const rng = counterRng("lying proxy");
  const work = workOf("lying proxy");
  let opened = 0;
  const counted = {
    ...work,
    openRecords: async (...given: Parameters<typeof work.openRecords>) => {
      const [, layout, records] = given;
      opened += records.length;
      return said(layout, await work.openRecords(...given));
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
  const lying = believing(work);
  const maskRecords: typeof lying.maskRecords = async (key, layout, records) => {
    const masked = await lying.maskRecords(key, layout, records);
    return masks(layout, masked);
  };
  const proxyDesk = {
    ...desks.proxyDesk,
    work: { ...lying, maskRecords },
    store: numbering(proxyStore(desks.proxyDesk.store)),
  };
  const cloudDesk = { ...desks.cloudDesk, store: cloudStore(desks.cloudDesk.store) };
  return {
    ...serversTogether({ ...desks, proxyDesk, cloudDesk }),
    openedByCloud: () => opened,
    cloudDesk,
  };
}

function asTheyAre<T>(_layout: Layout, records: T): T {
  return records;
}

export function asItIs<Store extends ServerStore>(store: Store): Store {
  return store;
}

/** A server that remembers neither what it has said nor who has won. */
export function forgetful<Store extends ServerStore>(store: Store): Store {
  return {
    ...store,
    saidIn: () => Promise.resolve(new Map()),
    keepSaid: (_auctionId, said) => Promise.resolve(said),
    keepWinners: (_attempt, _wave, winners) => Promise.resolve(winners),
  };
}

/** The proxy's: each attempt has a number of its own, also of two at once. */
function numbering(store: ServerStore): ServerStore {
  let attempts = 0;
  return { ...store, nextAttempt: () => Promise.resolve((attempts += 1)) };
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
