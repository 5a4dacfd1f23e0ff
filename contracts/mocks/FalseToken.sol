// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {DemoToken} from "./DemoToken.sol";

/// @title A token that fails quietly
/// @notice Tries to be credited, or debited, for transfers that return false and move nothing.
contract FalseToken is DemoToken {
    bool private _failing;

    function startFailing() external {
        _failing = true;
    }

    function transfer(address to, uint256 amount) public override returns (bool) {
        return !_failing && super.transfer(to, amount);
    }

    function transferFrom(address from, address to, uint256 amount) public override returns (bool) {
        return !_failing && super.transferFrom(from, to, amount);
    }
}
