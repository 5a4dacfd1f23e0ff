// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Hashes} from "@openzeppelin/contracts/utils/cryptography/Hashes.sol";

/// @title Root of the complete binary tree over a list of leaves
/// @dev Four leaves, and the nodes at which they stand:
///
///            0              root = H(1, 2)
///          1   2            1 = H(3, 4), 2 = H(5, 6)
///         3 4 5 6           leaves 3, 2, 1, 0
///
/// Node i has the children 2i+1 and 2i+2; leaf k of n stands at 2n−2−k. Proofs verify with
/// OpenZeppelin's `MerkleProof`, and its JavaScript `SimpleMerkleTree` with unsorted leaves makes
/// them.
library DecisionTree {
    /// @dev The nodes from the last to the first are a queue: leaves in their order, then each node
    /// when its children, the two oldest, have been taken.
    function root(bytes32[] calldata leaves) internal pure returns (bytes32) {
        uint256 count = leaves.length;
        if (count == 0) return bytes32(0);

        // No list in calldata is longer than 2^64, and k does not fall below count.
        unchecked {
            bytes32[] memory queue = new bytes32[](2 * count - 1);
            for (uint256 k = 0; k < count; ++k) queue[k] = leaves[k];
            for (uint256 k = count; k < queue.length; ++k) {
                uint256 oldest = 2 * (k - count);
                queue[k] = Hashes.commutativeKeccak256(queue[oldest], queue[oldest + 1]);
            }
            return queue[queue.length - 1];
        }
    }
}
