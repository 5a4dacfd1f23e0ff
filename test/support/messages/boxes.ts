/**
 * Sealed messages put together as their specification says, so that their content can be anything.
 */
import { roundKeyHash, type RoundKey } from "../../../offchain/core/messages/roundKey.ts";
import { bytesToHex, concatBytes, hexToBytes } from "../../../offchain/core/primitives/bytes.ts";
import { seal } from "../../../offchain/core/primitives/sealedBox.ts";
import { counterRng } from "../primitives/draws.ts";

const rng = counterRng("boxes");

/** What belongs to an upload of an auction, to the proxy of its round key. */
export function uploadBox(auctionId: string, roundKey: RoundKey, content: string): Promise<string> {
  const aad = concatBytes(hexToBytes(auctionId), hexToBytes(roundKeyHash(roundKey)));
  return box(roundKey.proxySealKey, "ChargeVeil.Upload.v1", aad, content);
}

/** One half of a delivery. */
export function deliveryBox(
  sealKey: string,
  part: "blinded" | "masks",
  { auctionId, decision }: { readonly auctionId: string; readonly decision: string },
  content: string,
): Promise<string> {
  const aad = concatBytes(hexToBytes(auctionId), hexToBytes(decision));
  return box(sealKey, `ChargeVeil.Delivery.v1/${part}`, aad, content);
}

async function box(
  sealKey: string,
  name: string,
  aad: Uint8Array,
  content: string,
): Promise<string> {
  const [info, text] = [new TextEncoder().encode(name), new TextEncoder().encode(content)];
  return bytesToHex(await seal(hexToBytes(sealKey), text, { info, aad }, rng));
}
