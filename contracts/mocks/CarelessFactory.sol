// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Create3} from "@openzeppelin/contracts/utils/Create3.sol";

/// @title A factory in which everybody has the same salts
/// @notice The attack of the tests succeeds here: whoever sees a salt first takes its address.
contract CarelessFactory {
    function create(bytes32 salt, bytes calldata creationCode) external returns (address) {
        return Create3.deploy(0, salt, creationCode);
    }

    function addressOf(bytes32 salt) external view returns (address) {
        return Create3.computeAddress(salt);
    }
}
