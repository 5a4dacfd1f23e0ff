// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Address} from "@openzeppelin/contracts/utils/Address.sol";

/// @title A participant that resists
/// @notice Tries to block others: burns all gas when asked for a signature, and reverts on every
/// other call.
contract HostileParticipant {
    error HostileRefuses();

    fallback() external {
        revert HostileRefuses();
    }

    /// @notice Lets the tests enrol, bid and request as this participant.
    function act(address target, bytes calldata call) external {
        Address.functionCall(target, call);
    }

    function isValidSignature(bytes32, bytes calldata) external view returns (bytes4) {
        while (gasleft() != 0) {}
        return this.isValidSignature.selector;
    }
}
