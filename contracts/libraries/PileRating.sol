// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {exp} from "@prb/math/src/sd59x18/Math.sol";
import {SD59x18} from "@prb/math/src/sd59x18/ValueType.sol";

import {BEST_RATING} from "../types/MarketTypes.sol";

/// @title One step of a pile's rating
/// @dev R_n = R + (1/μ) · Φ(R) · ω · (W − R), with Φ(R) = 1 / (1 + e^((R − D)/σ)). All values are
/// in 1e-18.
///
/// In English: a rating moves towards the new score W by a share of the distance. The share is at
/// most 1/μ = 10 %, less for a rater of little weight ω, and less near the best rating D, where Φ
/// falls from 1 to 1/2, so that near the top a pile moves half as fast, up and down.
///
///     R = 0,   W = 3, ω = 1:    Φ = 0.9975, R_n = 0   + 0.1 · 0.9975 · 1   · 3    = 0.2993
///     R = 0,   W = 3, ω = 0.1:              R_n = 0   + 0.1 · 0.9975 · 0.1 · 3    = 0.0299
///     R = 1.5, W = 3, ω = 1:    Φ = 0.9526, R_n = 1.5 + 0.1 · 0.9526 · 1   · 1.5  = 1.6429
///     R = 3,   W = 1, ω = 1:    Φ = 0.5,    R_n = 3   + 0.1 · 0.5    · 1   · (−2) = 2.9
///
/// The expected score is on the scale of the rating itself, and the gain (1/μ)·Φ·ω is below 1. So
/// every step is a convex combination: a rating can neither leave [0, D] nor jump past the score
/// that moves it (RE-3).
///
/// He et al. print R/D as the expected score, which is on another scale than W, and weigh by R_v
/// itself. With R_v = 30 the first rating of 3 would move a pile from 0 to 8.98, far above the best
/// rating.
library PileRating {
    /// @dev μ: effective number of ratings that a rating remembers.
    int256 internal constant MEMORY = 10;
    /// @dev D: best rating.
    int256 internal constant BEST_WAD = int256(uint256(BEST_RATING)) * WAD;
    /// @dev 1/σ. With σ = 1/2 the damping begins about one point below the best rating: Φ(2) =
    /// 0.88.
    int256 internal constant INVERSE_SIGMA = 2;
    int256 internal constant WAD = 1e18;

    /// @dev The step that `Reputation` takes.
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
        // Nothing wraps: the exponent is within ±66e18, where e < 2^138, and every product is below
        // 2^190. Divisions round towards zero: rounding shortens a step, by a few 1e-18.
        unchecked {
            int256 e = exp(SD59x18.wrap((ratingWad - BEST_WAD) * INVERSE_SIGMA)).unwrap();
            int256 damping = (WAD * WAD) / (WAD + e);
            int256 gain = (damping * int256(weightWad)) / WAD / MEMORY;
            return ratingWad + (gain * (scoreWad - ratingWad)) / WAD;
        }
    }
}
