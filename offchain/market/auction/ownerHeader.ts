/** What an owner says of itself before its fields are encrypted. */
import type { Signer } from "ethers";
import type { Bytes32 } from "../../core/messages/market.ts";
import type { UploadHeader, Whereabouts } from "../../core/messages/upload.ts";
import { bytesToHex } from "../../core/primitives/bytes.ts";
import type { SealKeyPair } from "../../core/primitives/sealedBox.ts";

/** An account, and the key that answers to it are sealed to. */
interface Owner {
  readonly wallet: Signer;
  readonly sealKeys: SealKeyPair;
}

/**
 * With the name of the united request and the cells that the owner is looked for in, as it was told
 * by its bucket.
 */
export async function ownerHeader(
  { wallet, sealKeys }: Owner,
  auctionId: Bytes32,
  { setId, cells }: Whereabouts,
): Promise<UploadHeader> {
  const sealKey = bytesToHex(sealKeys.publicKey);
  return { auctionId, account: await wallet.getAddress(), sealKey, setId, cells };
}
