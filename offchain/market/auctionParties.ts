/**
 * Authority, proxy and cloud as the auctions of a matcher need them, wherever they are; and all of
 * them in this process.
 */
import type { Bytes32, Venue } from "../core/messages/market.ts";
import type { RoundKey, RoundKeyNumbers } from "../core/messages/roundKey.ts";
import { bytesToHex } from "../core/primitives/bytes.ts";
import type { PrivateKey } from "../core/primitives/paillier/privateKey.ts";
import type { Rng } from "../core/primitives/random.ts";
import type { SealKeyPair } from "../core/primitives/sealedBox.ts";
import { dealCommitments, dealRoundKey } from "../parties/authority/dealing.ts";
import { openingWith, rememberingOpened, type MatcherDesk } from "../parties/proxy/matcherDesk.ts";
import type { DealtRoundKey } from "./auction/openAuction.ts";
import type { LocalServers } from "./localServers.ts";
import type { MatchingServers } from "./matching.ts";
import { secondServerHere, type SecondServer } from "./secondServer.ts";

/** What is said of a round key before it is dealt. */
export type PublishedOfKey = Omit<RoundKeyNumbers, "n" | "hs" | "proxySealKey">;

export interface AuctionParties extends MatchingServers {
  /** The proxy opens what was sent to it. */
  readonly openBox: MatcherDesk["openBox"];
  /** The modulus under which owners commit: once for many rounds, it takes seconds. */
  readonly dealCommitments: () => Promise<bigint>;
  /**
   * A round key, under which uploads are sealed to this proxy and its secret half is for this
   * cloud.
   */
  readonly dealRoundKey: (keyBits: number, published: PublishedOfKey) => Promise<DealtRoundKey>;
  /** The cloud, outside of rounds. */
  readonly second: SecondServer;
}

/** The authority in this process. */
export interface DealingHere {
  /** Of the proxy, to which uploads are sealed. */
  readonly proxySealKey: Bytes32;
  /** The cloud that keys are dealt to. */
  readonly second: SecondServer;
  /** Gives the secret half of a key to the cloud, for an auction. */
  readonly keepPrivateKey: (
    auctionId: Bytes32,
    roundKey: RoundKey,
    privateKey: PrivateKey,
  ) => Promise<void>;
  readonly rng: Rng;
}

/** How round keys are dealt where the authority is in this process. */
export function dealingHere({
  proxySealKey,
  second,
  keepPrivateKey,
  rng,
}: DealingHere): AuctionParties["dealRoundKey"] {
  return async (keyBits, published) => {
    const numbers = { ...published, proxySealKey };
    const { roundKey, privateKey } = await dealRoundKey(keyBits, numbers, rng);
    const handOver = (auctionId: Bytes32): Promise<void> =>
      keepPrivateKey(auctionId, roundKey, privateKey);
    return { roundKey, second, handOver };
  };
}

/** All three here; uploads are sealed to `sealKeys`, which are the proxy's. */
export async function partiesTogether(
  servers: LocalServers,
  sealKeys: SealKeyPair,
  venue: Venue,
  rng: Rng,
): Promise<AuctionParties> {
  const second = await secondServerHere(servers.cloudDesk, venue);
  return {
    second,
    match: servers.match,
    rehearse: servers.rehearse,
    openBox: rememberingOpened(openingWith(sealKeys)),
    dealCommitments: () => dealCommitments(rng),
    dealRoundKey: dealingHere({
      proxySealKey: bytesToHex(sealKeys.publicKey),
      second,
      keepPrivateKey: (_, roundKey, privateKey) => servers.keepPrivateKey(roundKey, privateKey),
      rng,
    }),
  };
}
