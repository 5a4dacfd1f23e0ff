/** What the tests of messages and roles share: a venue, a round key that is quick to use, records and uploads. */
import { id, Wallet } from "ethers";
import fc from "fast-check";
import type { Bytes32, Venue } from "../../offchain/messages/market.ts";
import type { ClearOffer, ClearRequest } from "../../offchain/messages/records.ts";
import type { UploadHeader } from "../../offchain/messages/upload.ts";
import { bytesToHex } from "../../offchain/primitives/bytes.ts";
import { privateKeyFromPrimes } from "../../offchain/primitives/paillier/keyGeneration.ts";
import type { PrivateKey } from "../../offchain/primitives/paillier/privateKey.ts";
import { generateSealKeyPair, type SealKeyPair } from "../../offchain/primitives/sealedBox.ts";
import { counterRng } from "./primitives/support.ts";

export const VENUE: Venue = {
  chainId: 31_337n,
  auctions: "0x5FbDB2315678afecb367f032d93F642f64180aa3",
};
export const AUCTION_ID: Bytes32 = id("the auction");

/** n of 640 bits: the widest field of 544 bits fits, and every operation is quick. */
export function roundKey(): PrivateKey {
  return privateKeyFromPrimes(
    0xc2f2843137cdf4b57e9ea2e4277ab9d720d421277ec65fa6bf3b081746c2ae3504c82ffcf196f94bn,
    0xcb034e229c35434d618aeb864cd3c599726d266bc8abec8b51640df7428c0c7451fcdabbcfab7753n,
  );
}

/** n of 1,024 bits: another key. */
export function otherRoundKey(): PrivateKey {
  return privateKeyFromPrimes(
    0xed93dcbf64655f20e3b1e130b397c95f554f4cea6ced4c9d8e5b470386f5ac6753739384e2f611e9aad73916239536c07c8cd8f92652b74b6c42da248fb906dfn,
    0xe5b46c7d553a91e33636bc81fbfd066b6eed2d83e431ed3b494e9459ae8fdba45fdd8942ae5a1f4e9ea142cb0545234ca767b40f0229287b63e917b5289344d5n,
  );
}

/** Somebody who takes part: an account, an id and a key that answers are sealed to. */
export interface Person {
  readonly wallet: Wallet;
  readonly participantId: Bytes32;
  readonly sealKeys: SealKeyPair;
}

/** The same person for the same name. */
export async function person(name: string): Promise<Person> {
  return {
    wallet: new Wallet(id(`account/${name}`)),
    participantId: id(`participant/${name}`),
    sealKeys: await generateSealKeyPair(counterRng(`seal/${name}`)),
  };
}

export function headerOf({ wallet, sealKeys }: Person): UploadHeader {
  return {
    auctionId: AUCTION_ID,
    account: wallet.address,
    sealKey: bytesToHex(sealKeys.publicKey),
  };
}

/** Two features: the first needed for 30 cents at most, the second not. */
export const CLEAR_REQUEST: ClearRequest = {
  position: { xM: 1_000, yM: 1_000 },
  maxPricePerKwh: 1_500_000n,
  maxDistanceM: 800,
  featureBids: [300_000n, null],
};

/** Feasible for `CLEAR_REQUEST`. */
export const CLEAR_OFFER: ClearOffer = {
  position: { xM: 1_200, yM: 1_100 },
  siteSalt: id("site salt"),
  pricePerKwh: 1_490_000n,
  powerW: 22_000,
  featureAsks: [290_000n, null],
  salt: id("salt"),
};

export const bytes32 = fc.uint8Array({ minLength: 32, maxLength: 32 }).map(bytesToHex);
