/** What each process of a round has received and kept, as somebody who takes it over finds it. */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import {
  offerLayout,
  requestLayout,
  unpackMasked,
} from "../../../offchain/core/messages/packedRecord.ts";
import {
  offerFields,
  requestFields,
  type ClearOffer,
  type ClearRequest,
} from "../../../offchain/core/messages/records.ts";
import { decrypt } from "../../../offchain/core/primitives/paillier/privateKey.ts";
import { ciphertextFromBytes } from "../../../offchain/core/primitives/paillier/publicKey.ts";
import {
  decodeFrame,
  FRAME_TYPES,
  unsignedFrame,
  type Frame,
  type FrameType,
} from "../../../offchain/parties/server/frames.ts";
import { STREAMS } from "../../../offchain/parties/server/line.ts";
import type { PartyName } from "../../../offchain/services/apart/trio.ts";
import { frameCutter } from "../../../offchain/services/line.ts";
import { found } from "../attacks/scan.ts";
import type { Message } from "../attacks/wholeRound.ts";
import { dealtKey } from "../matching/crowdRound.ts";
import type { Secret } from "../privacy/traffic.ts";

/**
 * Every file in the folder of a party; of frames their bodies, whose headers are small numbers that
 * mean nothing.
 */
export async function keptBy(root: string, party: PartyName): Promise<readonly Message[]> {
  const files = await filesOf(root, party);
  return files.flatMap(({ where, bytes }) =>
    isFrames(where)
      ? framesIn(bytes).map(({ body }) => ({ where, bytes: body }))
      : { where, bytes },
  );
}

async function filesOf(root: string, party: PartyName): Promise<readonly Message[]> {
  const entries = await readdir(join(root, party), { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return Promise.all(
    files.map(async ({ parentPath, name }) => ({
      where: `${party}: ${name}`,
      bytes: await readFile(join(parentPath, name)),
    })),
  );
}

function isFrames(name: string): boolean {
  return name.endsWith(".frames");
}

/** Frames of the other server, by the attempts that were aborted. */
export async function heardBy(
  root: string,
  party: "proxy" | "cloud",
): Promise<readonly (readonly Frame[])[]> {
  const files = await filesOf(root, party);
  return files.filter(({ where }) => isFrames(where)).map(({ bytes }) => framesIn(bytes));
}

/** The first body of a type in each attempt that came as far. */
export function firstBodies(
  attempts: readonly (readonly Frame[])[],
  type: FrameType,
): readonly string[] {
  return attempts.flatMap((frames) => {
    const first = frames.find((frame) => frame.type === type && frame.body.length > 0);
    return first === undefined ? [] : [Buffer.from(first.body).toString("hex")];
  });
}

/** What the cloud can decrypt of what it has heard, with the key that it has. */
export function openedByCloud(attempts: readonly (readonly Frame[])[]): readonly bigint[] {
  const { privateKey, roundKey } = dealtKey();
  const { publicKey } = privateKey;
  const width = publicKey.ciphertextBytes;
  return attempts.flat().flatMap(({ type, stream, body }) => {
    if (type !== FRAME_TYPES.records) return [];
    const layoutOf = stream === STREAMS.offers ? offerLayout : requestLayout;
    const count = body.length / width;
    return Array.from({ length: count }, (_, k) => {
      const record = ciphertextFromBytes(publicKey, body.subarray(k * width, (k + 1) * width));
      return unpackMasked(layoutOf(roundKey.features), decrypt(privateKey, record));
    }).flat();
  });
}

/**
 * Numbers of the owners that stand somewhere: as words of 64 bits, as the servers compute on them,
 * or as JSON. Shorter forms are met by chance in so many random bytes.
 */
export function readableIn(
  wire: readonly Message[],
  requests: readonly ClearRequest[],
  offers: readonly ClearOffer[],
): readonly string[] {
  return found(wire, [
    ...requests.flatMap((clear, k) => secretsOf(`buyer ${k}`, clear, requestFields(clear))),
    ...offers.flatMap((clear, k) => secretsOf(`seller ${k}`, clear, offerFields(clear))),
  ]);
}

function secretsOf(
  who: string,
  { position }: Pick<ClearRequest, "position">,
  fields: readonly bigint[],
): readonly Secret[] {
  const numbers = fields.filter((field) => field > 1n).map((field) => field.toString(16));
  const json = Buffer.from(JSON.stringify(position)).toString("hex");
  return [
    { name: `${who}'s position`, hex: [json] },
    ...numbers.map((digits, k) => ({
      name: `${who}'s number ${k}`,
      hex: [digits.padStart(16, "0")],
    })),
  ];
}

function framesIn(bytes: Uint8Array): readonly Frame[] {
  const frames: Frame[] = [];
  frameCutter((signed) => frames.push(decodeFrame(unsignedFrame(signed).frame)))(bytes);
  return frames;
}
