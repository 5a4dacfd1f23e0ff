/**
 * Uploads that were sent to the proxy: kept as the sealed boxes that they came in, and opened once
 * a round key as long as the process lives and few newer auctions have come. Whoever asks about one
 * names it.
 */
import { z } from "zod";
import { bytes32Form, hexForm } from "../../core/messages/forms.ts";
import type { Bytes32 } from "../../core/messages/market.ts";
import { roundKeyHash, type RoundKey } from "../../core/messages/roundKey.ts";
import { openUpload } from "../../core/messages/sealedUpload.ts";
import type { SignedUpload } from "../../core/messages/upload.ts";
import { keepingNewest } from "../../core/primitives/newest.ts";
import type { SealKeyPair } from "../../core/primitives/sealedBox.ts";
import { CallError } from "../calls.ts";
import { textName, type ServiceFolder } from "../folder.ts";

/** What of an auction an upload is bound to. */
export interface SentFor {
  readonly auctionId: Bytes32;
  readonly roundKey: RoundKey;
}

export interface Uploads {
  /** Opens a box and keeps it. @throws as `openUpload` */
  readonly take: (auction: SentFor, box: string) => Promise<NamedUpload>;
  /** The upload of a name. @throws CallError E_UPLOAD_UNKNOWN */
  readonly named: (auction: SentFor, name: string) => Promise<SignedUpload>;
}

export interface NamedUpload {
  readonly name: string;
  readonly signed: SignedUpload;
}

const keptForm = z.strictObject({ auctionId: bytes32Form, box: hexForm });

/** Auctions, each under one round key, of which what was found out stays in memory. */
export const MOST_AUCTIONS = 16;

export function uploadsIn(folder: ServiceFolder, sealKeys: SealKeyPair): Uploads {
  const openedFor = keepingNewest(MOST_AUCTIONS, () => new Map<string, Promise<SignedUpload>>());
  const openedOf = ({ auctionId, roundKey }: SentFor): Map<string, Promise<SignedUpload>> =>
    openedFor(`${auctionId}/${roundKeyHash(roundKey)}`);
  const file = (name: string): string => `uploads/${name}.json`;
  const open = ({ auctionId, roundKey }: SentFor, box: string): Promise<SignedUpload> =>
    openUpload(sealKeys, auctionId, roundKey, box);
  return {
    take: async (auction, box) => {
      const { auctionId } = auction;
      const name = textName(`${auctionId}/${box}`);
      const signed = await once(openedOf(auction), name, async () => {
        const found = await open(auction, box);
        await folder.write(file(name), { auctionId, box });
        return found;
      });
      return { name, signed };
    },
    named: (auction, name) =>
      once(openedOf(auction), name, async () => {
        const kept = await folder.read(file(name), keptForm);
        if (kept?.auctionId === auction.auctionId) return open(auction, kept.box);
        throw new CallError("E_UPLOAD_UNKNOWN", `expected an upload that was sent, got ${name}`);
      }),
  };
}

/** What was found under a name, or is being found; what fails is tried anew the next time. */
function once<T>(known: Map<string, Promise<T>>, name: string, find: () => Promise<T>): Promise<T> {
  const before = known.get(name);
  if (before !== undefined) return before;
  const found = find().catch((error: unknown) => {
    known.delete(name);
    throw error;
  });
  known.set(name, found);
  return found;
}
