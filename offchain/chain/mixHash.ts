/**
 * Whether the mix hash of a block is randomness. After the Merge it holds RANDAO; chains whose
 * validators agree in another way put zero, a constant, a small number or a counter there, and
 * everybody knows it beforehand.
 */
import type { Bytes32 } from "../core/messages/market.ts";

/** Of every block of an IBFT 2.0 or QBFT chain. */
const ISTANBUL_DIGEST = 0x63746963616c2062797a616e74696e65206661756c7420746f6c6572616e6365n;
/** Nearer than this, two values are one constant or follow each other; random ones never are. */
const NEAR = 1n << 128n;

/**
 * Judges the mix hash of a block, with those of the blocks before it: none of them is near another.
 * A value that is repeated anywhere is not of its block alone: a second layer that repeats RANDAO
 * of its first one has it when that is public already. A value that follows from what is public in
 * another way, a hash of the block's number for example, looks random and is not.
 */
export function isRandomMixHash(mixHash: Bytes32, former: readonly Bytes32[]): boolean {
  const [value, values] = [BigInt(mixHash), [mixHash, ...former].map(BigInt)];
  const isApart = (one: bigint, others: readonly bigint[]): boolean =>
    others.every((other) => distance(one, other) >= NEAR);
  return (
    isApart(value, [0n, ISTANBUL_DIGEST]) &&
    values.every((one, k) => isApart(one, values.slice(k + 1)))
  );
}

function distance(a: bigint, b: bigint): bigint {
  return a < b ? b - a : a - b;
}
