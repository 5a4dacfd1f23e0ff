/**
 * What both servers have said in a stream of the line, as one hash.
 *
 *   t := SHA-256("ChargeVeil.Line.v1" ‖ auctionId ‖ round u8 ‖ attempt u8 ‖ stream u32) at first
 *   t := SHA-256(t ‖ frame of server 0 ‖ frame of server 1) after each exchange
 *
 * A signature is over SHA-256("ChargeVeil.Frame.v1" ‖ t ‖ sender u8 ‖ frame without signature), t before the exchange: the
 * other server's frame is not known yet when one signs.
 */
import { createHash } from "node:crypto";
import type { Bytes32 } from "../../core/messages/market.ts";
import { hexToBytes } from "../../core/primitives/bytes.ts";

/** 0 is the proxy, 1 the cloud. */
export type ServerIndex = 0 | 1;

/** What a line serves: one attempt of one round of one auction. */
export interface Attempt {
  readonly auctionId: Bytes32;
  /** 0 to 255. */
  readonly round: number;
  /** Counts from 1, to 255. */
  readonly attempt: number;
}

/** The transcript of a stream in which nothing was said. */
export function firstTranscript(
  { auctionId, round, attempt }: Attempt,
  stream: number,
): Uint8Array {
  const tail = new DataView(new ArrayBuffer(6));
  tail.setUint8(0, round);
  tail.setUint8(1, attempt);
  tail.setUint32(2, stream);
  const hash = createHash("sha256").update("ChargeVeil.Line.v1").update(hexToBytes(auctionId));
  return hash.update(new Uint8Array(tail.buffer)).digest();
}

/** After an exchange; frames without signatures. */
export function nextTranscript(
  t: Uint8Array,
  ofServer0: Uint8Array,
  ofServer1: Uint8Array,
): Uint8Array {
  return createHash("sha256").update(t).update(ofServer0).update(ofServer1).digest();
}

/** What the sender of a frame signs; t before the exchange. */
export function frameDigest(t: Uint8Array, sender: ServerIndex, frame: Uint8Array): Uint8Array {
  const hash = createHash("sha256").update("ChargeVeil.Frame.v1").update(t);
  return hash.update(Uint8Array.of(sender)).update(frame).digest();
}
