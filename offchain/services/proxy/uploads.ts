/**
 * Uploads that were sent to the proxy: kept as the sealed boxes that they came in, and opened once
 * as long as the process lives. Whoever asks about one names it.
 */
import { z } from "zod";
import { bytes32Form, hexForm } from "../../core/messages/forms.ts";
import type { Bytes32 } from "../../core/messages/market.ts";
import type { RoundKey } from "../../core/messages/roundKey.ts";
import { openUpload } from "../../core/messages/sealedUpload.ts";
import type { SignedUpload } from "../../core/messages/upload.ts";
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

export function uploadsIn(folder: ServiceFolder, sealKeys: SealKeyPair): Uploads {
  const opened = new Map<string, SignedUpload>();
  const file = (name: string): string => `uploads/${name}.json`;
  const open = async ({ auctionId, roundKey }: SentFor, box: string): Promise<NamedUpload> => {
    const name = textName(`${auctionId}/${box}`);
    const signed = opened.get(name) ?? (await openUpload(sealKeys, auctionId, roundKey, box));
    opened.set(name, signed);
    return { name, signed };
  };
  return {
    take: async (auction, box) => {
      const found = await open(auction, box);
      await folder.write(file(found.name), { auctionId: auction.auctionId, box });
      return found;
    },
    named: async (auction, name) => {
      const before = opened.get(name);
      if (before !== undefined) return before;
      const kept = await folder.read(file(name), keptForm);
      if (kept?.auctionId === auction.auctionId) return (await open(auction, kept.box)).signed;
      throw new CallError("E_UPLOAD_UNKNOWN", `expected an upload that was sent, got ${name}`);
    },
  };
}
