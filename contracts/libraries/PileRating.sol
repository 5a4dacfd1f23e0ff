// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {exp} from "@prb/math/src/sd59x18/Math.sol";
import {SD59x18} from "@prb/math/src/sd59x18/ValueType.sol";

/// @title One step of a pile's rating
/// @dev R_n = R + (1/μ) · Φ(R) · ω · (W − R), with Φ(R) = 1 / (1 + e^((R − D)/σ)). All values in 1e-18.
/// The expected score is on the scale of the rating itself, and gain (1/μ)·Φ·ω < 1 makes every step a convex
/// combination: a rating can neither leave [0, D] nor jump past the score that moves it.
library PileRating {
    /// @dev μ: effective number of ratings that a rating remembers.
    int256 internal constant MEMORY = 10;
    /// @dev D: best rating.
    int256 internal constant BEST_WAD = 3e18;
    /// @dev σ = 1/2 damps changes of piles near the best rating.
    int256 internal constant INVERSE_SIGMA = 2;
    int256 internal constant WAD = 1e18;

    /// @param ratingWad R before, in [0, 3e18]
    /// @param score W in {1, 2, 3}
    /// @param weightWad ω in [0, 1e18]
    function next(
        uint128 ratingWad,
        uint8 score,
        uint256 weightWad
    ) internal pure returns (uint128) {
        int256 rating = int256(uint256(ratingWad));
        return uint128(uint256(nextReal(rating, int256(uint256(score)) * WAD, weightWad)));
    }

    /// @dev The same for scores on the whole scale, as He et al. draw them for their figure 5.
    /// @param ratingWad R before, in [−30e18, 30e18]
    /// @param scoreWad W, in the same range
    function nextReal(
        int256 ratingWad,
        int256 scoreWad,
        uint256 weightWad
    ) internal pure returns (int256) {
        // In these ranges no product reaches 2^190.
        unchecked {
            int256 e = exp(SD59x18.wrap((ratingWad - BEST_WAD) * INVERSE_SIGMA)).unwrap();
            int256 damping = (WAD * WAD) / (WAD + e);
            int256 gain = (damping * int256(weightWad)) / WAD / MEMORY;
            return ratingWad + (gain * (scoreWad - ratingWad)) / WAD;
        }
    }
}
