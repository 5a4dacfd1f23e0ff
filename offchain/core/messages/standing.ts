/**
 * What a pile learns between two rounds: whether it would be matched if the auction ended now. The
 * matcher seals it to the pile alone, and publishes the root of a tree over all of them when it
 * closes the round: what it has told one pile it can neither deny nor tell another pile as well. A
 * leaf is hidden by its salt, so the root says nothing about anybody. Our own construction.
 */
import { SimpleMerkleTree } from "@openzeppelin/merkle-tree";
import { z } from "zod";
import { bytesToHex, concatBytes, hexToBytes } from "../primitives/bytes.ts";
import type { Rng } from "../primitives/random.ts";
import { open, seal, type SealContext, type SealKeyPair } from "../primitives/sealedBox.ts";
import { bytes32Form, decimalForm } from "./forms.ts";
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

const noticeForm = z.strictObject({
  standing: z.strictObject({
    auctionId: bytes32Form,
    round: decimalForm,
    bidCommitment: bytes32Form,
    leads: z.boolean(),
    salt: bytes32Form,
  }),
  proof: z.array(bytes32Form).max(32),
});

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

/** Seals a notice to a pile, 0x-prefixed hexadecimal. Run by the matcher. */
export async function sealNotice(
  sealKey: string,
  { standing, proof }: StandingNotice,
  rng: Rng,
): Promise<string> {
  const content = { standing: { ...standing, round: standing.round.toString() }, proof };
  const text = new TextEncoder().encode(JSON.stringify(content));
  return bytesToHex(await seal(hexToBytes(sealKey), text, contextOf(standing), rng));
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
  const text = await open(keys.privateKey, hexToBytes(box), contextOf(about));
  const { standing, proof } = noticeFrom(new TextDecoder().decode(text));
  const { auctionId, round, bidCommitment } = standing;
  if (auctionId !== about.auctionId || round !== about.round) {
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

function noticeFrom(text: string): StandingNotice {
  const parsed = noticeForm.safeParse(fromJson(text));
  if (!parsed.success) {
    throw new StandingError("E_STANDING_FORM", "openNotice: expected a notice, got other content");
  }
  const { standing, proof } = parsed.data;
  return { standing: { ...standing, round: BigInt(standing.round) }, proof };
}

/** What is no JSON is undefined, which no form accepts. */
function fromJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function contextOf({ auctionId, round }: Pick<Standing, "auctionId" | "round">): SealContext {
  const info = new TextEncoder().encode("ChargeVeil.Standing.v1");
  return { info, aad: concatBytes(hexToBytes(auctionId), Uint8Array.of(Number(round))) };
}
