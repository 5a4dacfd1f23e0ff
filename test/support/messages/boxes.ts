/**
 * Sealed messages put together as their specification says, so that their content can be anything.
 */
import { roundKeyHash, type RoundKey } from "../../../offchain/core/messages/roundKey.ts";
import { bytesToHex, concatBytes, hexToBytes } from "../../../offchain/core/primitives/bytes.ts";
import { seal } from "../../../offchain/core/primitives/sealedBox.ts";
import { counterRng } from "../primitives/draws.ts";

const rng = counterRng("boxes");

/** What belongs to an upload of an auction, to the proxy of its round key. */
export function uploadBox(
  auctionId: string,
  roundKey: RoundKey,
  content: Uint8Array,
): Promise<string> {
  const aad = concatBytes(hexToBytes(auctionId), hexToBytes(roundKeyHash(roundKey)));
  return box(roundKey.proxySealKey, "ChargeVeil.Upload.v2", aad, content);
}

interface Binding {
  readonly auctionId: string;
  readonly decision: string;
}

/** One half of a delivery to a vehicle; the content as 0x-prefixed hexadecimal. */
export function deliveryBox(
  sealKey: string,
  part: "blinded" | "masks",
  { auctionId, decision }: Binding,
  content: string,
): Promise<string> {
  const aad = concatBytes(hexToBytes(auctionId), hexToBytes(decision));
  return box(sealKey, `ChargeVeil.Delivery.v2/${part}`, aad, hexToBytes(content));
}

/** A notice to a pile. */
export function noticeBox(
  sealKey: string,
  { auctionId, decision }: Binding,
  content: string,
): Promise<string> {
  const aad = concatBytes(hexToBytes(auctionId), hexToBytes(decision));
  return box(sealKey, "ChargeVeil.PileNotice.v1", aad, hexToBytes(content));
}

async function box(
  sealKey: string,
  name: string,
  aad: Uint8Array,
  content: Uint8Array,
): Promise<string> {
  const info = new TextEncoder().encode(name);
  return bytesToHex(await seal(hexToBytes(sealKey), content, { info, aad }, rng));
}
