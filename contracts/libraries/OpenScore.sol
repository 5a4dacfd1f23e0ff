// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {BEST_RATING, ScoreRule} from "../types/MarketTypes.sol";

/// @title Score of a public bid
/// @dev The score of He et al., on scales that the terms of an auction fix, is U = w_p·(1 −
/// B/p_max) + w_v·min(V/v_ref, 1) + w_q·R/3 + w_d·(1 − d/d_max), which is linear in the price B.
/// Divided by w_p/p_max it says how much dearer a bid may be than one that has nothing but its
/// price. That is the advantage A, in money:
///
///     A = ⌊p_max · (w_v · min(V, v_ref)/v_ref + w_q · R/3 + w_d · (d_max − d)/d_max) / w_p⌋
///     e = B − A
///
/// What is compared is the effective price e, and the lowest leads. With p_max = 500, the weights
/// 60 %, 20 %, 10 %, 10 % (price, power, quality, distance), v_ref = 22 kW and d_max = 5 km:
///
///     B = 400, 11 kW, rating 1.5, 1 km away:
///         A = ⌊500 · (0.2 · 0.5 + 0.1 · 0.5 + 0.1 · 0.8) / 0.6⌋ = ⌊191.67⌋ = 191,  e = 209
///     B = 230 and no advantage:
///         A = 0,  e = 230, and the dearer bid leads
///
/// Were the scales those of the bids at hand, the best price or the farthest pile among them, a new
/// bid could change the order of two others.
///
/// Rounding: the three fractions are rounded down in 1e-18, A is rounded down to token units per
/// kWh, and so e is rounded up. A bid is never taken for better than it is.
library OpenScore {
    /// @dev Sum of the weights in basis points.
    uint256 internal constant ALL_BPS = 10_000;
    uint256 private constant WAD = 1e18;

    /// @dev The weights add up, the price has one, and nothing is divided by zero. A minimum
    /// decrement of 0 would let two piles undercut each other by nothing for ever (OA-3).
    function isSound(ScoreRule calldata rule) internal pure returns (bool) {
        uint256 weights =
            uint256(rule.priceBps) + rule.powerBps + rule.qualityBps + rule.distanceBps;
        return
            weights == ALL_BPS &&
            rule.priceBps != 0 &&
            rule.maxPricePerKwh != 0 &&
            rule.minDecrement != 0 &&
            rule.referencePowerW != 0 &&
            rule.maxDistanceM != 0;
    }

    /// @dev The advantage A.
    ///
    /// Limits: the weighted sum is at most (10,000 − w_p) · 1e18 < 2^74, and p_max < 2^64, so that
    /// the product is below 2^138 and A at most p_max · (10,000 − w_p) / w_p < 2^78.
    /// @param rule sound
    /// @param powerW V, guaranteed; what exceeds v_ref gains nothing
    /// @param ratingWad R in 1e-18, at most 3e18
    /// @param distanceM d, at most the rule's maximum
    /// @return A in token units per kWh
    function advantageDown(
        ScoreRule memory rule,
        uint32 powerW,
        uint128 ratingWad,
        uint32 distanceM
    ) internal pure returns (uint256) {
        uint256 powerWad = (Math.min(powerW, rule.referencePowerW) * WAD) / rule.referencePowerW;
        uint256 qualityWad = ratingWad / BEST_RATING;
        uint256 nearnessWad = ((rule.maxDistanceM - distanceM) * WAD) / rule.maxDistanceM;
        uint256 weighted =
            rule.powerBps * powerWad +
                rule.qualityBps * qualityWad +
                rule.distanceBps * nearnessWad;
        return (rule.maxPricePerKwh * weighted) / (rule.priceBps * WAD);
    }

    /// @dev The effective price e. It is negative where the advantages are worth more than the
    /// price; only the order of two of them means anything.
    /// @return e in token units per kWh; below 2^78 in size, as p_max < 2^64 and no weight counts
    /// more than 10,000 times
    function effectivePriceUp(
        ScoreRule memory rule,
        uint64 pricePerKwh,
        uint32 powerW,
        uint128 ratingWad,
        uint32 distanceM
    ) internal pure returns (int96) {
        uint256 advantage = advantageDown(rule, powerW, ratingWad, distanceM);
        return int96(uint96(pricePerKwh)) - int96(uint96(advantage));
    }
}
