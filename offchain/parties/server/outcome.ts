/**
 * The last word on the line: the cloud signs the outcome that it has computed itself, and the proxy
 * posts it with this signature. Neither posts what the other has not computed.
 */
import {
  isSignedBy,
  signAsServer,
  type FinalOutcome,
  type RoundOutcome,
  type SigningAccount,
} from "../../core/messages/outcome.ts";
import type { Address, Venue } from "../../core/messages/market.ts";
import { bytesToHex, hexToBytes } from "../../core/primitives/bytes.ts";
import { demand } from "./body.ts";
import { FRAME_TYPES } from "./frames.ts";
import { hear } from "./hearing.ts";
import { STREAMS, type Line } from "./line.ts";
import { LineError } from "./lineError.ts";

/** Of a round that others follow, or of the last one. */
export type Outcome =
  | { readonly kind: "round"; readonly content: RoundOutcome }
  | { readonly kind: "final"; readonly content: FinalOutcome };

const SIGNATURE_BYTES = 65;
const { control } = STREAMS;

/** Run by the cloud, with its account. */
export async function saySigned(
  line: Line,
  account: SigningAccount,
  venue: Venue,
  outcome: Outcome,
): Promise<void> {
  const signature = await (outcome.kind === "round"
    ? signAsServer(account, venue, "round", outcome.content)
    : signAsServer(account, venue, "final", outcome.content));
  await line.exchange(FRAME_TYPES.outcome, control, hexToBytes(signature));
}

/**
 * Run by the proxy.
 * @throws LineError OUTCOME, which names the frame, unless `account` has signed this very outcome
 */
export async function hearSigned(
  line: Line,
  account: Address,
  venue: Venue,
  outcome: Outcome,
): Promise<string> {
  const signature = await hear(line, FRAME_TYPES.outcome, control, (body) => {
    demand(body.length === SIGNATURE_BYTES, `${SIGNATURE_BYTES} bytes`, body.length);
    return bytesToHex(body);
  });
  const isSigned =
    outcome.kind === "round"
      ? isSignedBy(account, venue, "round", outcome.content, signature)
      : isSignedBy(account, venue, "final", outcome.content, signature);
  if (isSigned) return signature;
  const message = `line: expected the ${outcome.kind} outcome that this server found, signed by ${account}`;
  throw new LineError("OUTCOME", message, line.lastIn(control));
}
