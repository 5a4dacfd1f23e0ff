/**
 * Who takes part in a round, in which order, and who is compared with whom: each server computes it
 * for itself, and the two agree on its root before anything is opened.
 */
import type { Candidates } from "../../core/matching/matching.ts";
import type { Area } from "../../core/messages/area.ts";
import type { Bytes32 } from "../../core/messages/market.ts";
import { participantsRoot, type Absent } from "../../core/messages/participants.ts";
import type { HashedUpload } from "../../core/messages/uploadHeader.ts";
import { bytesToHex, hexToBytes } from "../../core/primitives/bytes.ts";
import { demand } from "./body.ts";
import { FRAME_TYPES } from "./frames.ts";
import { hear } from "./hearing.ts";
import { STREAMS, type Line } from "./line.ts";
import { LineError } from "./lineError.ts";
import { candidatesOf } from "./neighbours.ts";
import { inOrder } from "./order.ts";

/** What a server has to know of whoever takes part. */
export interface Listed {
  readonly participantId: Bytes32;
  readonly uploadHash: Bytes32;
  readonly upload: Pick<HashedUpload, "account" | "sealKey" | "cells">;
}

export interface Roster<Request extends Listed, Offer extends Listed> {
  /** In the order of the round. */
  readonly requests: readonly Request[];
  readonly offers: readonly Offer[];
  /** For each request the offers around it, in the order of the round. */
  readonly candidates: Candidates;
  readonly root: Bytes32;
}

/** Where and in which order a round is. */
export interface RosterPlace {
  readonly area: Area;
  /** Randomness of the chain after the end of round 1 (`chain/orderSeed.ts`). */
  readonly seed: Bytes32;
}

/**
 * The roster of all who take part.
 * @throws CloakError for cells that no place of the area is in
 */
export function rosterOf<Request extends Listed, Offer extends Listed>(
  { area, seed }: RosterPlace,
  requested: readonly Request[],
  offered: readonly Offer[],
  absent: readonly Absent[],
): Roster<Request, Offer> {
  const [requests, offers] = [inOrder(seed, requested), inOrder(seed, offered)];
  const hashes = [...requests, ...offers].map(({ uploadHash }) => uploadHash);
  return {
    requests,
    offers,
    candidates: candidatesOf(area, requests, offers),
    root: participantsRoot(hashes, absent),
  };
}

const ROOT_BYTES = 32;

/** Both servers say the root that they have found. @throws LineError INVENTORY for another one */
export async function agreeOnRoster(line: Line, root: Bytes32): Promise<void> {
  const { control } = STREAMS;
  const mine = hexToBytes(root);
  const theirs = await hear(
    line,
    FRAME_TYPES.participants,
    control,
    (body) => {
      demand(body.length === ROOT_BYTES, `a root of ${ROOT_BYTES} bytes`, body.length);
      return bytesToHex(body);
    },
    mine,
  );
  if (theirs === root) return;
  const message = `line: expected participants with root ${root}, the other server has ${theirs}`;
  throw new LineError("INVENTORY", message, line.lastIn(control));
}
