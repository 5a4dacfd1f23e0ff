// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";

import {SignedCalls} from "../SignedCalls.sol";

/// @title Calls and signed calls that know nothing of each other
/// @notice The attacks of the tests succeed here: a signature that was held back counts after its
/// signer has undone by a call what it says.
contract CarelessCalls is SignedCalls {
    mapping(address account => bool) public isThere;

    constructor() EIP712("ChargeVeil ChargingSession", "1") {}

    function plugIn() external {
        isThere[_msgSender()] = true;
    }

    function unplug() external {
        isThere[_msgSender()] = false;
    }
}
