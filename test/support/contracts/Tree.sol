// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title The decision tree of contracts/README.md, by recursion
library Tree {
    function root(bytes32[] memory leaves) internal pure returns (bytes32) {
        return leaves.length == 0 ? bytes32(0) : node(leaves, 0);
    }

    function node(bytes32[] memory leaves, uint256 i) internal pure returns (bytes32) {
        uint256 count = leaves.length;
        if (i >= count - 1) return leaves[2 * count - 2 - i];

        (bytes32 left, bytes32 right) = (node(leaves, 2 * i + 1), node(leaves, 2 * i + 2));
        return
            left < right
                ? keccak256(bytes.concat(left, right))
                : keccak256(bytes.concat(right, left));
    }

    function proof(
        bytes32[] memory leaves,
        uint256 k
    ) internal pure returns (bytes32[] memory siblings) {
        uint256 depth = 0;
        uint256 start = 2 * leaves.length - 2 - k;
        for (uint256 i = start; i > 0; i = (i - 1) / 2) ++depth;

        siblings = new bytes32[](depth);
        uint256 step = 0;
        for (uint256 i = start; i > 0; i = (i - 1) / 2) {
            siblings[step++] = node(leaves, i % 2 == 1 ? i + 1 : i - 1);
        }
    }
}
