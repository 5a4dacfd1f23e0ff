// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

/// @title Money arithmetic of a session
/// @dev Amounts are token units, the smallest part of the token: with 6 decimals, 1,000,000 units
/// are one token. Prices are token units per kWh, energies Wh. Nothing here depends on the
/// decimals.
library Amounts {
    /// @dev Energy × price in token units, rounded down, never above the deposit.
    ///
    ///     amount = min(⌊energyWh · pricePerKwh / 1000⌋, deposit)
    ///
    /// In English: a driver pays for whole token units of energy received, and never more than was
    /// put down. The rounding favours the vehicle, by less than one token unit per session.
    ///
    ///     12,345 Wh at 0.35 tokens (350,000 units) per kWh  ⇒  12,345 · 350,000 / 1000 = 4,320,750
    ///     12,345 Wh at 333 units per kWh                    ⇒  ⌊4,110.885⌋ = 4,110
    ///     the same with a deposit of 4,000                  ⇒  4,000
    ///
    /// Limits: without energy the amount is 0, whatever the price. The result is at most `deposit`,
    /// so that paid + refunded = deposit (SE-2) and the cast to 128 bits loses nothing.
    /// @param energyWh received, already rounded down to whole Wh by the meter registry
    /// @param pricePerKwh token units per kWh, of the committed bid
    /// @param deposit token units that the vehicle has locked for this session
    function amountDown(
        uint64 energyWh,
        uint64 pricePerKwh,
        uint128 deposit
    ) internal pure returns (uint128) {
        // Two 64-bit factors make at most 128 bits: in 256 nothing overflows.
        uint256 amount = (uint256(energyWh) * pricePerKwh) / 1000;
        return uint128(Math.min(amount, deposit));
    }

    /// @dev What a vehicle that did not come owes the pile: as much as the pile would have lost by
    /// not standing ready, which is its bond, but never more than the vehicle has locked.
    ///
    ///     deposit 5,000, bond 1,000  ⇒  1,000        deposit 500, bond 1,000  ⇒  500
    function noShowFee(uint128 deposit, uint128 bond) internal pure returns (uint128) {
        return uint128(Math.min(deposit, bond));
    }
}
