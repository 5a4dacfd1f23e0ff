/** Requests and offers at places of their own, as their owners know them. Features are nobody's. */
import { id } from "ethers";
import type { ClearOffer, ClearRequest } from "../../../offchain/core/messages/records.ts";

export function requestAt(xM: number, yM: number, price: bigint, reach: number): ClearRequest {
  return {
    position: { xM, yM },
    maxPricePerKwh: price,
    maxDistanceM: reach,
    featureBids: [null, null],
  };
}

/** With salts that are its place's. */
export function offerAt(xM: number, yM: number, price: bigint, powerW: number): ClearOffer {
  const [siteSalt, salt] = [id(`site salt ${xM}`), id(`salt ${xM}`)];
  const position = { xM, yM };
  return { position, pricePerKwh: price, siteSalt, salt, featureAsks: [null, null], powerW };
}
