/** Where each pile stands when a round is closed, sealed to it. */
import type { Address, Bytes32 } from "../../core/messages/market.ts";
import { sealNotice } from "../../core/messages/standing.ts";
import type { Rng } from "../../core/primitives/random.ts";
import type { Transcript } from "../server/transcript.ts";
import type { Submission } from "./admission.ts";

/** The transcript of a round as it leaves the proxy. */
export interface SealedTranscript {
  readonly root: Bytes32;
  /** A notice for each pile whose upload has come, which it alone can open. */
  readonly notices: readonly SealedNotice[];
}

export interface SealedNotice {
  readonly pile: Address;
  /** 0x-prefixed hexadecimal. */
  readonly box: string;
}

/** Seals to each pile where its bid stands; who has sent nothing has given no key to seal to. */
export async function sealTranscript(
  { root, notices }: Transcript,
  offers: readonly Submission[],
  rng: Rng,
): Promise<SealedTranscript> {
  const senders = new Map(offers.map(({ commitment, signed }) => [commitment, signed.upload]));
  const sealed = notices.flatMap((notice) => {
    const upload = senders.get(notice.standing.bidCommitment);
    if (upload === undefined) return [];
    const { account: pile, sealKey } = upload;
    return [sealNotice(sealKey, notice, rng).then((box) => ({ pile, box }))];
  });
  return { root, notices: await Promise.all(sealed) };
}
