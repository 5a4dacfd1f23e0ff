// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Address} from "@openzeppelin/contracts/utils/Address.sol";
import {LowLevelCall} from "@openzeppelin/contracts/utils/LowLevelCall.sol";
import {DemoToken} from "./DemoToken.sol";

/// @title A token that calls back
/// @notice Tries to act while the escrow waits for a transfer, then delivers it, keeps it back, or
/// hides the failure.
contract ReenteringToken is DemoToken {
    enum Manner {
        Honest,
        PassOnFailure,
        HideFailure,
        KeepTheTokens
    }

    /// @notice What happened to the hidden call.
    event CalledBack(address indexed target, bool success, bytes returned);

    Manner private _manner;
    address private _target;
    bytes private _call;

    /// @notice The next transfers call `target` before they move anything.
    function arm(Manner manner, address target, bytes calldata call_) external {
        _manner = manner;
        _target = target;
        _call = call_;
    }

    /// @notice The token acts as an account of the market: it can hold balances, bid and be
    /// certified.
    function act(address target, bytes calldata call_) external {
        Address.functionCall(target, call_);
    }

    function _update(address from, address to, uint256 amount) internal override {
        Manner manner = _manner;
        if (manner == Manner.Honest || from == address(0)) return super._update(from, to, amount);

        bool success = LowLevelCall.callNoReturn(_target, _call);
        bytes memory returned = LowLevelCall.returnData();
        emit CalledBack(_target, success, returned);
        if (manner == Manner.PassOnFailure && !success) LowLevelCall.bubbleRevert(returned);
        if (manner != Manner.KeepTheTokens) super._update(from, to, amount);
    }
}
