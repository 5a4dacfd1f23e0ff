// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {ScoreRule} from "../types/MarketTypes.sol";

/// @title Score of a public bid
/// @dev U = w_p·(1 − B/p_max) + w_v·min(V/v_ref, 1) + w_q·R/3 + w_d·(1 − d/d_max) is linear in the price B. Divided by
/// w_p/p_max it says how much dearer a bid may be than one that has nothing but its price: the advantage A. What is
/// compared is the effective price e = B − A. The scales are the rule's own, so a bid never changes the order of others.
library OpenScore {
    /// @dev Sum of the weights in basis points.
    uint256 internal constant ALL_BPS = 10_000;
    uint256 private constant WAD = 1e18;
    /// @dev R is on the scale 0 to 3.
    uint256 private constant BEST_RATING = 3;

    /// @dev The weights add up, the price has one, and nothing is divided by zero.
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

    /// @param ratingWad R in 1e-18, at most 3e18
    /// @param distanceM at most the rule's maximum
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

    /// @return e in token units per kWh; below 2^78 in size, as p_max < 2^64 and no weight counts more than 10,000 times
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
