// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IStakes} from "./interfaces/IStakes.sol";

/// @dev The prose is in {IStakes}; here stand only the reasons.
///
/// Who moves stakes, of the escrow as of a gate to it. In code, not in storage: nobody can write
/// them later, and asking who calls reads no slot.
abstract contract FourMarkets is IStakes {
    address private immutable _market0;
    address private immutable _market1;
    address private immutable _market2;
    address private immutable _market3;

    constructor(address[4] memory markets_) {
        for (uint256 i = 0; i < markets_.length; ++i) {
            if (markets_[i] == address(0)) revert StakesNoMarket(i);
        }

        _market0 = markets_[0];
        _market1 = markets_[1];
        _market2 = markets_[2];
        _market3 = markets_[3];
    }

    /// @inheritdoc IStakes
    function markets() external view override returns (address[4] memory) {
        return [_market0, _market1, _market2, _market3];
    }

    /// @inheritdoc IStakes
    function isMarket(address account) public view override returns (bool) {
        return
            account == _market0 ||
            account == _market1 ||
            account == _market2 ||
            account == _market3;
    }
}
