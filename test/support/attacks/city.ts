/**
 * Markets for attacks: people and piles anywhere in a square, with prices and wishes as they come.
 */
import { id } from "ethers";
import {
  offerFields,
  requestFields,
  type ClearOffer,
  type ClearRequest,
} from "../../../offchain/core/messages/records.ts";
import { seededStream, type SeededStream } from "../../../offchain/study/worlds/seededRng.ts";

export const SIDE_M = 10_000;

/** Token units per kWh: what piles ask, and what buyers pay at most. */
const ASKS = [200_000, 500_000] as const;
const BIDS = [350_000, 600_000] as const;
const REACH_M = [2_000, 5_000] as const;

export interface City {
  readonly requests: readonly ClearRequest[];
  readonly offers: readonly ClearOffer[];
}

/** Fields of every record, as both servers have them in summands. */
export interface Records {
  readonly requests: readonly (readonly bigint[])[];
  readonly offers: readonly (readonly bigint[])[];
}

/** The same city for the same name. */
export function cityOf(name: string, buyers: number, sellers: number): City {
  const stream = seededStream(name, "city");
  return {
    requests: Array.from({ length: buyers }, () => aRequest(stream)),
    offers: Array.from({ length: sellers }, (_, k) => anOffer(stream, `${name} ${k}`)),
  };
}

export function recordsOf({ requests, offers }: City): Records {
  return { requests: requests.map(requestFields), offers: offers.map(offerFields) };
}

function aRequest(stream: SeededStream): ClearRequest {
  return {
    position: anywhere(stream),
    maxPricePerKwh: BigInt(stream.uniformInt(...BIDS)),
    maxDistanceM: stream.uniformInt(...REACH_M),
    featureBids: [stream.uniform() < 0.2 ? 0n : null, null],
  };
}

function anOffer(stream: SeededStream, name: string): ClearOffer {
  return {
    position: anywhere(stream),
    pricePerKwh: BigInt(stream.uniformInt(...ASKS)),
    powerW: 22_000,
    featureAsks: [stream.uniform() < 0.7 ? 0n : null, null],
    siteSalt: id(`site salt/${name}`),
    salt: id(`salt/${name}`),
  };
}

function anywhere(stream: SeededStream): ClearRequest["position"] {
  return { xM: stream.uniformInt(0, SIDE_M), yM: stream.uniformInt(0, SIDE_M) };
}
