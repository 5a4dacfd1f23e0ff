// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {DemoToken} from "./DemoToken.sol";

/// @title A token that moves another amount than asked
/// @notice Tries to leave the escrow with less than it credits: recipients get less, or senders pay
/// more.
contract FeeToken is DemoToken {
    address private constant COLLECTOR = address(0xFEE);

    uint256 private _recipientFee;
    uint256 private _senderFee;

    function setFees(uint256 recipientFee, uint256 senderFee) external {
        _recipientFee = recipientFee;
        _senderFee = senderFee;
    }

    function _update(address from, address to, uint256 amount) internal override {
        super._update(from, to, amount);
        if (from == address(0)) return;
        if (_recipientFee != 0) super._update(to, COLLECTOR, _recipientFee);
        if (_senderFee != 0) super._update(from, COLLECTOR, _senderFee);
    }
}
