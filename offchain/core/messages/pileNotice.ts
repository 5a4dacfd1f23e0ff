/**
 * What a matched pile receives: that its bid was matched, and with whom. Nothing of the request is
 * in it: its one length is that of an opening of the decision.
 */
import { z } from "zod";
import { bytesToHex, hexToBytes } from "../primitives/bytes.ts";
import type { Rng } from "../primitives/random.ts";
import { open, seal, type SealContext, type SealKeyPair } from "../primitives/sealedBox.ts";
import {
  bindingBytes,
  DeliveryError,
  encodeNote,
  openingNote,
  type DecisionBinding,
  type DecisionNote,
} from "./decisionNote.ts";
import { bytes32Form, hexForm } from "./forms.ts";

/** One sealed box, 0x-prefixed hexadecimal, and what it is bound to. */
export interface PileNotice extends DecisionBinding {
  readonly box: string;
}

export const pileNoticeForm = z.strictObject({
  auctionId: bytes32Form,
  decision: bytes32Form,
  box: hexForm,
});

/** Seals the note to the pile. Run by the proxy, alone. */
export async function sealPileNotice(
  sealKey: string,
  binding: DecisionBinding,
  note: DecisionNote,
  rng: Rng,
): Promise<PileNotice> {
  const { auctionId, decision } = binding;
  const box = await seal(hexToBytes(sealKey), encodeNote(note), contextOf(binding), rng);
  return { auctionId, decision, box: bytesToHex(box) };
}

/**
 * Opens a notice. Run by the matched pile.
 * @throws SealedBoxError if the box is not for this key, auction and decision; DeliveryError if
 *   notice or content are malformed, or the note does not open the decision.
 */
export async function openPileNotice(keys: SealKeyPair, notice: PileNotice): Promise<DecisionNote> {
  if (!pileNoticeForm.safeParse(notice).success) {
    throw new DeliveryError(
      "E_DELIVERY_FORM",
      "openPileNotice: expected a notice, got other content",
    );
  }
  return openingNote(
    await open(keys.privateKey, hexToBytes(notice.box), contextOf(notice)),
    notice,
  );
}

function contextOf(binding: DecisionBinding): SealContext {
  const info = new TextEncoder().encode("ChargeVeil.PileNotice.v1");
  return { info, aad: bindingBytes(binding) };
}
