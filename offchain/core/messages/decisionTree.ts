/**
 * The tree over the decisions of an auction. Twin of `contracts/libraries/DecisionTree.sol`, made
 * by OpenZeppelin's `SimpleMerkleTree` with the leaves left in the order posted.
 */
import { SimpleMerkleTree } from "@openzeppelin/merkle-tree";
import type { Bytes32 } from "./market.ts";
import { ZERO_BYTES32 } from "../primitives/bytes.ts";

/** Proof that `decision` is among `decisions`. @throws Error if it is not. */
export function decisionProof(
  decisions: readonly Bytes32[],
  decision: Bytes32,
): readonly Bytes32[] {
  return treeOf(decisions).getProof(decision);
}

/** Root as the contract computes it; 32 zero bytes for an empty list. */
export function decisionsRoot(decisions: readonly Bytes32[]): Bytes32 {
  return decisions.length === 0 ? ZERO_BYTES32 : treeOf(decisions).root;
}

function treeOf(decisions: readonly Bytes32[]): SimpleMerkleTree {
  return SimpleMerkleTree.of([...decisions], { sortLeaves: false });
}
