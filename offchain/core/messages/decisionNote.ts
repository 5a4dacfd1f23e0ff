/**
 * The opening of a decision as the proxy tells it to the two parties of a match: 192 bytes, six
 * words of 32.
 */
import { bytesToHex, concatBytes, hexToBytes } from "../primitives/bytes.ts";
import { decisionOf, type Bytes32 } from "./market.ts";

/** Everything but the offer's price, power and salt: those travel blinded, to the vehicle alone. */
export interface DecisionNote {
  readonly auctionId: Bytes32;
  readonly evId: Bytes32;
  readonly cpId: Bytes32;
  readonly bidCommitment: Bytes32;
  readonly uploadHash: Bytes32;
  readonly r: Bytes32;
}

/** What everything that is sealed about a match is bound to. */
export interface DecisionBinding {
  readonly auctionId: Bytes32;
  readonly decision: Bytes32;
}

type DeliveryErrorCode = "E_DELIVERY_FORM" | "E_DECISION_MISMATCH";

export class DeliveryError extends Error {
  override readonly name = "DeliveryError";
  readonly code: DeliveryErrorCode;

  constructor(code: DeliveryErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

const WORD_BYTES = 32;
export const NOTE_BYTES = 6 * WORD_BYTES;

/** auctionId ‖ evId ‖ cpId ‖ bidCommitment ‖ uploadHash ‖ r */
export function encodeNote(note: DecisionNote): Uint8Array {
  const { auctionId, evId, cpId, bidCommitment, uploadHash, r } = note;
  const words = [auctionId, evId, cpId, bidCommitment, uploadHash, r];
  return concatBytes(...words.map(hexToBytes));
}

/**
 * Reads a note and checks that it opens the decision that it came with.
 * @param bytes `NOTE_BYTES` of them
 * @throws DeliveryError for another length, or the opening of another decision
 */
export function openingNote(
  bytes: Uint8Array,
  { auctionId, decision }: DecisionBinding,
): DecisionNote {
  if (bytes.length !== NOTE_BYTES) {
    const message = `delivery: expected a note of ${NOTE_BYTES} bytes, got ${bytes.length}`;
    throw new DeliveryError("E_DELIVERY_FORM", message);
  }
  const word = (k: number): Bytes32 =>
    bytesToHex(bytes.subarray(k * WORD_BYTES, (k + 1) * WORD_BYTES));
  const note: DecisionNote = {
    auctionId: word(0),
    evId: word(1),
    cpId: word(2),
    bidCommitment: word(3),
    uploadHash: word(4),
    r: word(5),
  };
  const opened = decisionOf(note.auctionId, note.evId, note.cpId, note.bidCommitment, note.r);
  if (opened === decision && note.auctionId === auctionId) return note;
  const message = `delivery: expected an opening of ${decision}, got one of ${opened}`;
  throw new DeliveryError("E_DECISION_MISMATCH", message);
}

/** The bytes that a box about a decision is bound to. */
export function bindingBytes({ auctionId, decision }: DecisionBinding): Uint8Array {
  return concatBytes(hexToBytes(auctionId), hexToBytes(decision));
}
