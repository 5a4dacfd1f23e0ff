/**
 * What a pile learns between two rounds: whether it would be matched if the auction ended now. The
 * matcher seals it to the pile alone, and publishes the root of a tree over all of them when it
 * closes the round: what it has told one pile it can neither deny nor tell another pile as well. A
 * leaf is hidden by its salt, so the root says nothing about anybody. Our own construction.
 */
import { SimpleMerkleTree } from "@openzeppelin/merkle-tree";
import { bigintToBytes, bytesToHex, concatBytes, hexToBytes } from "../primitives/bytes.ts";
import type { Rng } from "../primitives/random.ts";
import { open, seal, type SealContext, type SealKeyPair } from "../primitives/sealedBox.ts";
import { taggedHash, type Bytes32 } from "./market.ts";

export interface Standing {
  readonly auctionId: Bytes32;
  readonly round: bigint;
  readonly bidCommitment: Bytes32;
  readonly leads: boolean;
  /** 32 random bytes. */
  readonly salt: Bytes32;
}

/** A standing and the proof that it is in the transcript of its round. */
export interface StandingNotice {
  readonly standing: Standing;
  readonly proof: readonly Bytes32[];
}

type StandingErrorCode = "E_STANDING_FORM" | "E_STANDING_BID" | "E_STANDING_PROOF";

/** A notice that is none, or that the matcher did not publish. */
export class StandingError extends Error {
  override readonly name = "StandingError";
  readonly code: StandingErrorCode;

  constructor(code: StandingErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

const WORD_BYTES = 32;
/** Of the proof of a leaf: enough for 2^16 bids in a round. */
const MOST_DEPTH = 16;
const DEPTH_AT = 2 + 2 * WORD_BYTES;
const PROOF_AT = DEPTH_AT + 1;
/** Of every notice, whatever it says: who sees boxes pass learns nothing from their lengths. */
export const NOTICE_BYTES = PROOF_AT + MOST_DEPTH * WORD_BYTES;

/** `ChargeVeil.Standing.v1`: leaf of a round's transcript. */
export function standingLeaf({ auctionId, round, bidCommitment, leads, salt }: Standing): Bytes32 {
  const types = ["bytes32", "uint8", "bytes32", "bool", "bytes32"];
  return taggedHash("ChargeVeil.Standing.v1", types, [
    auctionId,
    round,
    bidCommitment,
    leads,
    salt,
  ]);
}

/**
 * Seals a notice to a pile, 0x-prefixed hexadecimal. Run by the matcher.
 * @throws StandingError E_STANDING_FORM for a proof longer than that of 2^16 bids
 */
export async function sealNotice(
  sealKey: string,
  notice: StandingNotice,
  rng: Rng,
): Promise<string> {
  const content = encodeNotice(notice);
  return bytesToHex(await seal(hexToBytes(sealKey), content, contextOf(notice.standing), rng));
}

/**
 * Opens the notice about a bid in a round and checks it against the root on chain. Run by the pile.
 * @throws SealedBoxError if the box is for another key, auction or round; StandingError if it holds
 *   no notice, is about another bid, or is not in the transcript.
 */
export async function openNotice(
  keys: SealKeyPair,
  about: Pick<Standing, "auctionId" | "round" | "bidCommitment">,
  transcriptRoot: Bytes32,
  box: string,
): Promise<StandingNotice> {
  const content = await open(keys.privateKey, hexToBytes(box), contextOf(about));
  const { standing, proof } = decodeNotice(about.auctionId, content);
  const { round, bidCommitment } = standing;
  if (round !== about.round) {
    throw new StandingError("E_STANDING_FORM", "openNotice: expected a notice of its own round");
  }
  if (bidCommitment !== about.bidCommitment) {
    const message = `openNotice: expected a notice about bid ${about.bidCommitment}, got ${bidCommitment}`;
    throw new StandingError("E_STANDING_BID", message);
  }
  if (!SimpleMerkleTree.verify(transcriptRoot, standingLeaf(standing), [...proof])) {
    const message = `openNotice: expected a standing in transcript ${transcriptRoot}, got another`;
    throw new StandingError("E_STANDING_PROOF", message);
  }
  return { standing, proof };
}

/** round u8 ‖ leads u8 ‖ bidCommitment 32 ‖ salt 32 ‖ depth u8 ‖ 16 words of 32, unused ones zero */
function encodeNotice({ standing, proof }: StandingNotice): Uint8Array {
  if (proof.length > MOST_DEPTH) {
    const message = `sealNotice: expected a proof of at most ${MOST_DEPTH} words, got ${proof.length}`;
    throw new StandingError("E_STANDING_FORM", `${message}: too many bids for one round`);
  }
  const { round, leads, bidCommitment, salt } = standing;
  const said = concatBytes(bigintToBytes(round, 1), Uint8Array.of(leads ? 1 : 0));
  const words = concatBytes(hexToBytes(bidCommitment), hexToBytes(salt));
  const padding = new Uint8Array((MOST_DEPTH - proof.length) * WORD_BYTES);
  const path = concatBytes(Uint8Array.of(proof.length), ...proof.map(hexToBytes), padding);
  return concatBytes(said, words, path);
}

/** Of one notice there is one form: other lengths, flags, depths and padding are refused. */
function decodeNotice(auctionId: Bytes32, bytes: Uint8Array): StandingNotice {
  const [round = 0, leads = 0] = bytes;
  const depth = bytes[DEPTH_AT] ?? 0;
  const word = (at: number): Bytes32 => bytesToHex(bytes.subarray(at, at + WORD_BYTES));
  const padding = bytes.subarray(PROOF_AT + depth * WORD_BYTES);
  const isWhole = bytes.length === NOTICE_BYTES && leads <= 1 && depth <= MOST_DEPTH;
  if (!isWhole || padding.some((byte) => byte !== 0)) {
    throw new StandingError("E_STANDING_FORM", "openNotice: expected a notice, got other content");
  }
  const proof = Array.from({ length: depth }, (_, k) => word(PROOF_AT + k * WORD_BYTES));
  const [bidCommitment, salt] = [word(2), word(2 + WORD_BYTES)];
  const standing = { auctionId, round: BigInt(round), bidCommitment, leads: leads === 1, salt };
  return { standing, proof };
}

function contextOf({ auctionId, round }: Pick<Standing, "auctionId" | "round">): SealContext {
  const info = new TextEncoder().encode("ChargeVeil.StandingNotice.v1");
  return { info, aad: concatBytes(hexToBytes(auctionId), Uint8Array.of(Number(round))) };
}
