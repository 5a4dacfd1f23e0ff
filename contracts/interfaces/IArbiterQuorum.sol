// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC1271} from "@openzeppelin/contracts/interfaces/IERC1271.sol";

/// @title Several arbiters as one signer
/// @notice An ERC-1271 wallet that holds nothing and moves nothing: what enough of its members have
/// signed, it has signed. Members and quorum are fixed at deployment. Whatever they sign must say
/// by itself for which contract and chain it is meant, as the EIP-712 messages of the market do.
interface IArbiterQuorum is IERC1271 {
    /// @notice Revert unless 1 ≤ `quorum` ≤ `members`.
    error ArbiterBadQuorum(uint256 quorum, uint256 members);
    /// @notice Revert if a member is zero or named twice.
    error ArbiterBadMember(address account);

    /// @notice Emitted once, at deployment.
    event ArbitersNamed(uint256 quorum, address[] arbiters);

    /// @notice How many members have to sign.
    /// @dev Callable by: anyone.
    function quorum() external view returns (uint256);

    /// @notice Whether an account is a member.
    /// @dev Callable by: anyone.
    function isArbiter(address account) external view returns (bool);

    /// @inheritdoc IERC1271
    /// @dev Callable by: anyone.
    /// @param signature `abi.encode(address[] arbiters, bytes[] signatures)`, arbiters in ascending
    /// order; a member may be an ERC-1271 wallet itself. Reverts if it is not of this form.
    function isValidSignature(
        bytes32 hash,
        bytes calldata signature
    ) external view override returns (bytes4);
}
