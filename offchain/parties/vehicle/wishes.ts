/** What a vehicle keeps of a request, to check the answer against. */
import type { Bytes32 } from "../../core/messages/market.ts";
import type { AskedFor } from "./trading.ts";

/** Secret: where the vehicle is, and the most that it pays. */
export type Wish = Omit<AskedFor, "auctionId">;

export interface WishStore {
  readonly keepWish: (auctionId: Bytes32, commitment: Bytes32, wish: Wish) => Promise<void>;
  /** What a commitment to a request stands for; null if it is not known here. */
  readonly wishBehind: (auctionId: Bytes32, commitment: Bytes32) => Promise<Wish | null>;
}

/** Kept as long as the process lives. */
export function memoryWishes(): WishStore {
  const wishes = new Map<string, Wish>();
  return {
    keepWish: (auctionId, commitment, wish) => {
      wishes.set(`${auctionId}/${commitment}`, wish);
      return Promise.resolve();
    },
    wishBehind: (auctionId, commitment) =>
      Promise.resolve(wishes.get(`${auctionId}/${commitment}`) ?? null),
  };
}
