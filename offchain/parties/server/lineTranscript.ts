/**
 * What both servers have said in a stream of the line, as one hash.
 *
 *   t := SHA-256("ChargeVeil.Line.v1" ‖ auctionId ‖ round u8 ‖ attempt u8 ‖ stream u32) at first
 *   t := SHA-256(t ‖ frame of server 0 ‖ frame of server 1) after each exchange
 *
 * A signature is over SHA-256("ChargeVeil.Frame.v1" ‖ t ‖ sender u8 ‖ frame without signature), t
 * before the exchange: the other server's frame is not known yet when one signs.
 */
import { createHash, hash } from "node:crypto";
import { bigintToBytes } from "../../core/primitives/bytes.ts";
import { attemptBytes, type Attempt, type ServerIndex } from "../../core/messages/attempt.ts";

/** The transcript of a stream in which nothing was said. */
export function firstTranscript(attempt: Attempt, stream: number): Uint8Array {
  const start = createHash("sha256").update("ChargeVeil.Line.v1").update(attemptBytes(attempt));
  return start.update(bigintToBytes(BigInt(stream), 4)).digest();
}

/** After an exchange; frames without signatures. */
export function nextTranscript(
  t: Uint8Array,
  ofServer0: Uint8Array,
  ofServer1: Uint8Array,
): Uint8Array {
  // At once: three calls cost twice as much, and exchanges are many.
  const whole = Buffer.allocUnsafe(t.length + ofServer0.length + ofServer1.length);
  whole.set(t);
  whole.set(ofServer0, t.length);
  whole.set(ofServer1, t.length + ofServer0.length);
  return hash("sha256", whole, "buffer");
}

/** What the sender of a frame signs; t before the exchange. */
export function frameDigest(t: Uint8Array, sender: ServerIndex, frame: Uint8Array): Uint8Array {
  const start = createHash("sha256").update("ChargeVeil.Frame.v1").update(t);
  return start.update(Uint8Array.of(sender)).update(frame).digest();
}
