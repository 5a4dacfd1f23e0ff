/**
 * Uploads that were sent to the proxy: kept as the sealed boxes that they came in, and opened once
 * a round key as long as the process lives and few newer auctions have come. Whoever asks about one
 * names it.
 */
import { z } from "zod";
import { bytes32Form, hexForm } from "../../core/messages/forms.ts";
import { openUpload } from "../../core/messages/sealedUpload.ts";
import type { SignedUpload } from "../../core/messages/upload.ts";
import type { SealKeyPair } from "../../core/primitives/sealedBox.ts";
import { openedUploads, type OpenedFor } from "../../parties/proxy/openedUploads.ts";
import { CallError } from "../calls.ts";
import { textName, type ServiceFolder } from "../folder.ts";

export interface Uploads {
  /** Opens a box and keeps it. @throws as `openUpload` */
  readonly take: (auction: OpenedFor, box: string) => Promise<NamedUpload>;
  /** The upload of a name. @throws CallError E_UPLOAD_UNKNOWN */
  readonly named: (auction: OpenedFor, name: string) => Promise<SignedUpload>;
}

export interface NamedUpload {
  readonly name: string;
  readonly signed: SignedUpload;
}

const keptForm = z.strictObject({ auctionId: bytes32Form, box: hexForm });

export function uploadsIn(folder: ServiceFolder, sealKeys: SealKeyPair): Uploads {
  const opened = openedUploads();
  const file = (name: string): string => `uploads/${name}.json`;
  const open = ({ auctionId, roundKey }: OpenedFor, box: string): Promise<SignedUpload> =>
    openUpload(sealKeys, auctionId, roundKey, box);
  return {
    take: async (auction, box) => {
      const { auctionId } = auction;
      const name = textName(`${auctionId}/${box}`);
      const signed = await opened(auction, name, async () => {
        const found = await open(auction, box);
        await folder.write(file(name), { auctionId, box });
        return found;
      });
      return { name, signed };
    },
    named: (auction, name) =>
      opened(auction, name, async () => {
        const kept = await folder.read(file(name), keptForm);
        if (kept?.auctionId === auction.auctionId) return open(auction, kept.box);
        throw new CallError("E_UPLOAD_UNKNOWN", `expected an upload that was sent, got ${name}`);
      }),
  };
}
