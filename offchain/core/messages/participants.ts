/**
 * Who takes part in a round and who does not, of all whom the chain names: one root says it, which
 * both servers compute and the chain is told with the outcome of the round.
 */
import { treeRoot } from "./decisionTree.ts";
import { taggedHash, type Bytes32 } from "./market.ts";

/**
 * Why somebody whom the chain names takes no part; on the line and in the root by its place, from
 * 1: the proxy says that it has no upload of it that opens, that the upload is not admitted, that
 * an earlier auction of the slot has matched the pile.
 */
export const ABSENCES = ["missing", "refused", "promised"] as const;
export type Absence = (typeof ABSENCES)[number];

/** What is said of an upload that the chain names; null: it takes part. */
export type Said = Absence | null;

/** 0 for whoever takes part, else the place of the absence. */
export function saidCode(said: Said): number {
  return said === null ? 0 : 1 + ABSENCES.indexOf(said);
}

/** Null for a code that means nothing. */
export function saidOfCode(code: number): { readonly said: Said } | null {
  if (code === 0) return { said: null };
  const said = ABSENCES[code - 1];
  return said === undefined ? null : { said };
}

export interface Absent {
  readonly uploadHash: Bytes32;
  readonly absence: Absence;
}

/**
 * Root of a tree as that of decisions: a leaf for each who takes part, by its number in the order
 * of the round, requests first, and then one for each who does not.
 */
export function participantsRoot(
  uploadHashes: readonly Bytes32[],
  absent: readonly Absent[],
): Bytes32 {
  return treeRoot([
    ...uploadHashes.map((hash, record) => participantLeaf(record, hash)),
    ...absent.map(absenceLeaf),
  ]);
}

/** `ChargeVeil.Participant.v1` */
function participantLeaf(record: number, uploadHash: Bytes32): Bytes32 {
  return taggedHash("ChargeVeil.Participant.v1", ["uint32", "bytes32"], [record, uploadHash]);
}

/** `ChargeVeil.Absence.v1` */
function absenceLeaf({ uploadHash, absence }: Absent): Bytes32 {
  const types = ["bytes32", "uint8"];
  return taggedHash("ChargeVeil.Absence.v1", types, [uploadHash, saidCode(absence)]);
}
