/**
 * What passes when a wave is matched: the proxy says which decision each match has and whom the
 * cloud is to seal to, and the cloud answers with its boxes. The cloud knows who has won, and takes
 * nothing else for a match.
 */
import type { Bytes32 } from "../../core/messages/market.ts";
import { bytesToHex, hexToBytes } from "../../core/primitives/bytes.ts";
import { bodyReader, bodyWriter, demand } from "./body.ts";

/** A match of a wave, in the numbers of the wave. */
export interface Decided {
  readonly request: number;
  readonly offer: number;
  readonly decision: Bytes32;
  /** X25519 keys, 0x-prefixed hexadecimal. */
  readonly vehicleSealKey: string;
  readonly pileSealKey: string;
}

/** Boxes of the cloud for a match, 0x-prefixed hexadecimal. */
export interface BlindedPair {
  readonly toVehicle: string;
  readonly toPile: string;
}

/**
 * count u32, each request u32 ‖ offer u32 ‖ decision 32 ‖ seal key of the vehicle 32 ‖ of the pile
 * 32
 */
export function encodeDecisions(decided: readonly Decided[]): Uint8Array {
  const body = bodyWriter();
  body.u32(decided.length);
  for (const { request, offer, decision, vehicleSealKey, pileSealKey } of decided) {
    body.u32(request);
    body.u32(offer);
    for (const word of [decision, vehicleSealKey, pileSealKey]) body.bytes(hexToBytes(word));
  }
  return body.done();
}

/** @throws BodyError unless these are the matches of `winners`, every one once and in order */
export function decodeDecisions(
  bytes: Uint8Array,
  winners: readonly (number | null)[],
): readonly Decided[] {
  const body = bodyReader(bytes);
  const matches = winners.flatMap((offer, request) => (offer === null ? [] : [{ request, offer }]));
  const count = body.u32();
  demand(count === matches.length, `${matches.length} decisions`, count);
  const word = (): Bytes32 => bytesToHex(body.bytes(32));
  const decided = matches.map((match) => {
    const [request, offer] = [body.u32(), body.u32()];
    demand(request === match.request, `a decision of request ${match.request}`, request);
    demand(offer === match.offer, `a decision of offer ${match.offer}`, offer);
    return { request, offer, decision: word(), vehicleSealKey: word(), pileSealKey: word() };
  });
  body.end();
  return decided;
}

/** For each decision the box of the vehicle and that of the pile, each with its length u32. */
export function encodeBlinded(pairs: readonly BlindedPair[]): Uint8Array {
  const body = bodyWriter();
  for (const { toVehicle, toPile } of pairs) {
    body.prefixed(hexToBytes(toVehicle));
    body.prefixed(hexToBytes(toPile));
  }
  return body.done();
}

/** @throws BodyError for other than `count` pairs of boxes */
export function decodeBlinded(bytes: Uint8Array, count: number): readonly BlindedPair[] {
  const body = bodyReader(bytes);
  const box = (): string => bytesToHex(body.prefixed());
  const pairs = Array.from({ length: count }, () => ({ toVehicle: box(), toPile: box() }));
  body.end();
  return pairs;
}
