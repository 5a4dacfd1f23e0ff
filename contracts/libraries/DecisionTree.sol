// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Hashes} from "@openzeppelin/contracts/utils/cryptography/Hashes.sol";

/// @title Root of the complete binary tree over a list of leaves
/// @dev Node i has the children 2i+1 and 2i+2; leaf k of n stands at 2n−2−k. Proofs verify with OpenZeppelin's
/// `MerkleProof`, and its JavaScript `SimpleMerkleTree` with unsorted leaves makes them.
library DecisionTree {
    function root(bytes32[] calldata leaves) internal pure returns (bytes32) {
        uint256 count = leaves.length;
        if (count == 0) return bytes32(0);

        bytes32[] memory nodes = new bytes32[](2 * count - 1);
        for (uint256 k = 0; k < count; ++k) {
            nodes[2 * count - 2 - k] = leaves[k];
        }
        for (uint256 i = count - 1; i > 0; --i) {
            nodes[i - 1] = Hashes.commutativeKeccak256(nodes[2 * i - 1], nodes[2 * i]);
        }
        return nodes[0];
    }
}
