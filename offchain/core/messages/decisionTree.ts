/**
 * The tree over the decisions of an auction. Twin of `contracts/libraries/DecisionTree.sol`, made
 * by OpenZeppelin's `SimpleMerkleTree` with the leaves left in the order posted. Too many for one
 * transaction are posted in parts, and their tree is the tree over the roots of the parts.
 */
import { SimpleMerkleTree } from "@openzeppelin/merkle-tree";
import type { Bytes32 } from "./market.ts";
import { ZERO_BYTES32 } from "../primitives/bytes.ts";

/**
 * The most decisions of one call: 64 kB of the 128 kB that nodes hand on in a transaction. Both
 * servers sign a root that depends on it.
 */
export const DECISIONS_PER_CALL = 2_000;

/** As many to a part as a call takes, in their order; none of no decisions. */
export function decisionParts(
  decisions: readonly Bytes32[],
  perCall: number = DECISIONS_PER_CALL,
): readonly (readonly Bytes32[])[] {
  const count = Math.ceil(decisions.length / perCall);
  return Array.from({ length: count }, (_, k) => decisions.slice(k * perCall, (k + 1) * perCall));
}

/** Proof that `decision` is among `decisions`. @throws Error if it is not. */
export function decisionProof(
  decisions: readonly Bytes32[],
  decision: Bytes32,
  perCall: number = DECISIONS_PER_CALL,
): readonly Bytes32[] {
  const parts = decisionParts(decisions, perCall);
  const place = parts.findIndex((part) => part.includes(decision));
  const roots = parts.map(treeRoot);
  return [...treeProof(parts[place] ?? [], decision), ...treeOf(roots).getProof(place)];
}

/** Root as the contract computes it; 32 zero bytes for an empty list. */
export function decisionsRoot(
  decisions: readonly Bytes32[],
  perCall: number = DECISIONS_PER_CALL,
): Bytes32 {
  return treeRoot(decisionParts(decisions, perCall).map(treeRoot));
}

/** Root of one tree over a list; 32 zero bytes for an empty one. */
export function treeRoot(leaves: readonly Bytes32[]): Bytes32 {
  return leaves.length === 0 ? ZERO_BYTES32 : treeOf(leaves).root;
}

/** Proof that `leaf` is in the tree over `leaves`. @throws Error if it is not. */
export function treeProof(leaves: readonly Bytes32[], leaf: Bytes32): readonly Bytes32[] {
  return treeOf(leaves).getProof(leaf);
}

function treeOf(leaves: readonly Bytes32[]): SimpleMerkleTree {
  return SimpleMerkleTree.of([...leaves], { sortLeaves: false });
}
