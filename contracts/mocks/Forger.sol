// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Create3} from "@openzeppelin/contracts/utils/Create3.sol";

import {ICreate3Factory} from "../interfaces/ICreate3Factory.sol";

/// @title What a factory does that lies before it is one
/// @notice Its constructor delegates to here: one contract is created, and another hash of its code
/// told.
contract Forger {
    function forge(bytes32 salt, bytes calldata code, bytes32 toldHash) external {
        bytes32 own = keccak256(abi.encode(msg.sender, salt));
        address created = Create3.deploy(0, own, code);

        emit ICreate3Factory.Created(msg.sender, salt, created, toldHash);
    }
}
