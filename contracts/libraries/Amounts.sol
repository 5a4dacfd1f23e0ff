// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

/// @title Money arithmetic of a session
library Amounts {
    /// @dev Energy × price in token units, rounded down, never above the deposit.
    /// In English: a driver pays for whole token units of energy received, and never more than was put down.
    function amountDown(
        uint64 energyWh,
        uint64 pricePerKwh,
        uint128 deposit
    ) internal pure returns (uint128) {
        // Two 64-bit factors cannot overflow 128 bits.
        uint256 amount = (uint256(energyWh) * pricePerKwh) / 1000;
        return uint128(Math.min(amount, deposit));
    }

    /// @dev What a vehicle that did not come owes the pile.
    function noShowFee(uint128 deposit, uint128 bond) internal pure returns (uint128) {
        return uint128(Math.min(deposit, bond));
    }
}
