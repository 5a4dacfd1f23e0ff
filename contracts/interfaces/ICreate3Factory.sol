// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title Contracts whose addresses are known before their code
/// @notice The contracts of a market name each other in their constructors. So an address must not
/// depend on what is created there: here it depends on this factory, on who creates, and on a salt.
/// One salt makes one contract, for ever.
interface ICreate3Factory {
    /// @notice `created` stands, and everything in it was made by the creation code, with arguments,
    /// that has this Keccak-256 hash.
    event Created(
        address indexed creator,
        bytes32 indexed salt,
        address indexed created,
        bytes32 codeHash
    );

    /// @notice Creates a contract at `addressOf(caller, salt)`. Reverts with the constructor's
    /// reason, and if the salt is used already.
    /// @dev Callable by: anyone, each with salts of its own.
    /// @param salt of the caller
    /// @param creationCode with its arguments
    function create(bytes32 salt, bytes calldata creationCode) external returns (address created);

    /// @notice Where `creator` creates with `salt`.
    /// @dev Callable by: anyone.
    function addressOf(address creator, bytes32 salt) external view returns (address);
}
