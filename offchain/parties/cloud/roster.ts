/**
 * What the cloud makes of the proxy's words: everybody whom the chain names is there with the
 * header of the very upload that it has committed to and signed, or is named as absent. From that
 * it computes who takes part, in which order and with whom, and whom it seals to.
 */
import type { Committed } from "../../chain/committed.ts";
import { cellsFault } from "../../core/messages/area.ts";
import type { Bytes32 } from "../../core/messages/market.ts";
import type { Absent, Said } from "../../core/messages/participants.ts";
import { roundKeyHash } from "../../core/messages/roundKey.ts";
import type { HashedUpload, SentKind, SignedHeader } from "../../core/messages/uploadHeader.ts";
import { hearInventory, type Entry } from "../server/inventory.ts";
import { STREAMS, type Line } from "../server/line.ts";
import { LineError } from "../server/lineError.ts";
import { agreeOnRoster, rosterOf, type Listed, type Roster } from "../server/roster.ts";
import type { CloudDesk } from "./desk.ts";
import type { CloudRound } from "./look.ts";

/** One who takes part, as the cloud knows it. */
export interface Known extends Listed {
  readonly upload: HashedUpload;
  /** The word that the chain keeps: of an offer, what its decision is bound to. */
  readonly commitment: Bytes32;
}

export type CloudRoster = Roster<Known, Known>;

/**
 * Hears who takes part and agrees on it.
 * @throws LineError INVENTORY, which names the frame, for another kind of round, for a header that
 *   is not of the upload on chain, and for another word about an upload than before
 */
export async function agreedRoster(
  { work, store }: Pick<CloudDesk, "work" | "store">,
  line: Line,
  round: CloudRound,
): Promise<CloudRoster> {
  const { committed, auctionId, venue } = round;
  const inventory = await hearInventory(line, committed);
  if (inventory.kind !== round.kind) {
    throw contradiction(line, `a ${round.kind} of round ${round.round}, got a ${inventory.kind}`);
  }
  const requests = named(round, "request", committed.requests, inventory.requests);
  const offers = named(round, "offer", committed.offers, inventory.offers);
  const all = [...requests, ...offers];
  const present = all.flatMap(({ header }) => (header === null ? [] : [header]));
  const hashes = await work.signedHeaders(venue, present);
  const signed = new Map(present.map((header, k) => [header, hashes[k] ?? null]));
  for (const { of, header } of all) {
    const fault = header === null ? null : faultOf(round, of, header, signed.get(header) ?? null);
    if (fault !== null) throw contradiction(line, `${fault} of ${of.account}, got another`);
  }
  await keepSaid(store, line, auctionId, all);
  const absent = all.flatMap(({ of: { uploadHash }, said }): readonly Absent[] =>
    said === null ? [] : [{ uploadHash, absence: said }],
  );
  const roster = rosterOf(round, requests.flatMap(known), offers.flatMap(known), absent);
  await agreeOnRoster(line, roster.root);
  return roster;
}

/** One whom the chain names, and what the proxy says of it. */
interface Named {
  readonly of: Committed;
  readonly said: Said;
  readonly header: SignedHeader | null;
}

/** The chain says whose header it is, of which auction, round and kind. */
function named(
  { auctionId, roundKey }: CloudRound,
  kind: SentKind,
  committed: readonly Committed[],
  entries: readonly Entry[],
): readonly Named[] {
  const bound = { auctionId, roundKeyHash: roundKeyHash(roundKey), kind };
  return committed.flatMap((of, k): readonly Named[] => {
    const entry = entries[k];
    if (entry === undefined) return [];
    if (entry.absence !== null) return [{ of, said: entry.absence, header: null }];
    const { signature, ...sent } = entry.header;
    const upload = { ...bound, round: of.round, account: of.account, ...sent };
    return [{ of, said: null, header: { upload, signature } }];
  });
}

/** Null if the header is that of the upload on chain. */
function faultOf(
  { area }: CloudRound,
  { uploadHash }: Committed,
  { upload }: SignedHeader,
  signedHash: Bytes32 | null,
): string | null {
  if (signedHash === null) return "an upload signed by the account";
  if (signedHash !== uploadHash) return `the upload ${uploadHash}`;
  return cellsFault(area, upload.cells) === null ? null : "cells of the area";
}

function known({ of, header }: Named): readonly Known[] {
  if (header === null) return [];
  const { participantId, uploadHash, commitment } = of;
  return [{ participantId, uploadHash, commitment, upload: header.upload }];
}

/**
 * What is said of an upload is said of it for ever: nobody is held back in one round alone, nor in
 * one of two attempts at once.
 */
async function keepSaid(
  store: CloudDesk["store"],
  line: Line,
  auctionId: Bytes32,
  all: readonly Named[],
): Promise<void> {
  const kept = await store.keepSaid(
    auctionId,
    new Map(all.map(({ of, said }) => [of.commitment, said])),
  );
  for (const { of, said } of all) {
    const earlier = kept.get(of.commitment);
    if (earlier === undefined || earlier === said) continue;
    const words = `${of.account} as ${earlier ?? "taking part"}, as before`;
    throw contradiction(line, `${words}, got it as ${said ?? "taking part"}`);
  }
}

function contradiction(line: Line, expected: string): LineError {
  return new LineError("INVENTORY", `line: expected ${expected}`, line.lastIn(STREAMS.control));
}
