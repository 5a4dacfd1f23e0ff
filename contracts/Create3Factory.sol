// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Create3} from "@openzeppelin/contracts/utils/Create3.sol";

import {ICreate3Factory} from "./interfaces/ICreate3Factory.sol";

/// @dev The prose is in {ICreate3Factory}; here stand only the reasons.
///
/// Without storage, immutables or an owner: its code is all that there is to know of it.
contract Create3Factory is ICreate3Factory {
    /// @inheritdoc ICreate3Factory
    function create(
        bytes32 salt,
        bytes calldata creationCode
    ) external override returns (address created) {
        bytes32 own = _ownSalt(msg.sender, salt);
        created = Create3.computeAddress(own);

        emit Created(msg.sender, salt, created, keccak256(creationCode));

        Create3.deploy(0, own, creationCode);
    }

    /// @inheritdoc ICreate3Factory
    function addressOf(address creator, bytes32 salt) external view override returns (address) {
        return Create3.computeAddress(_ownSalt(creator, salt));
    }

    /// @dev With the creator in it: whoever sees a salt in the mempool cannot take its address.
    function _ownSalt(address creator, bytes32 salt) private pure returns (bytes32) {
        return keccak256(abi.encode(creator, salt));
    }
}
