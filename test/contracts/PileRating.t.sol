// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {PileRating} from "../../contracts/libraries/PileRating.sol";
import {Base} from "../support/contracts/Base.sol";

/// @dev Vectors: SCHEMES I.2, repaired form, μ = 10, D = 3, σ = 1/2.
contract PileRatingTest is Base {
    uint256 private constant WAD = 1e18;
    uint128 private constant BEST = 3e18;

    function test_Next_VectorsFromZero() external pure {
        uint8[5] memory scores = [3, 3, 1, 2, 3];
        uint64[5] memory expected = [
            uint64(0.299258e18),
            0.56812e18,
            0.610977e18,
            0.748721e18,
            0.971381e18
        ];
        uint128 rating = 0;
        for (uint256 i = 0; i < scores.length; ++i) {
            rating = PileRating.next(rating, scores[i], WAD);
            vm.assertApproxEqAbs(rating, expected[i], 0.5e12, "six decimals");
        }
    }

    function test_Next_VectorsFromAbove() external pure {
        uint64[3] memory expected = [uint64(2.390341e18), 2.283015e18, 2.179409e18];
        uint128 rating = 2.5e18;
        for (uint256 i = 0; i < expected.length; ++i) {
            rating = PileRating.next(rating, 1, WAD);
            vm.assertApproxEqAbs(rating, expected[i], 0.5e12, "six decimals");
        }
    }

    /// @dev Φ at 0, 1, 2 and 3, by way of the first step: R + (W − R)·Φ/10.
    function test_Next_Damping() external pure {
        vm.assertApproxEqAbs(PileRating.next(0, 1, WAD), 0.099753e18, 0.5e12, "at 0");
        vm.assertApproxEqAbs(PileRating.next(1e18, 2, WAD), 1.098201e18, 0.5e12, "at 1");
        vm.assertApproxEqAbs(PileRating.next(2e18, 3, WAD), 2.08808e18, 0.5e12, "at 2");
        vm.assertEq(PileRating.next(BEST, 2, WAD), 2.95e18, "at 3");
    }

    /// @dev RE-3: between the rating and the score, both included.
    function testFuzz_RE3_Next_IsAConvexCombination(
        uint128 rating,
        uint8 score,
        uint256 weight
    ) external pure {
        rating = uint128(_bound(rating, 0, BEST));
        score = uint8(_bound(score, 1, 3));
        weight = _bound(weight, 0, WAD);
        uint256 goal = score * WAD;

        uint256 next = PileRating.next(rating, score, weight);
        vm.assertGe(next, rating < goal ? rating : goal, "not below");
        vm.assertLe(next, rating < goal ? goal : rating, "not above");
        if (weight == 0 || rating == goal) vm.assertEq(next, rating, "stays");
    }

    function testFuzz_RE3_Next_StepIsAtMostATenth(
        uint128 rating,
        uint8 score,
        uint256 weight
    ) external pure {
        rating = uint128(_bound(rating, 0, BEST));
        score = uint8(_bound(score, 1, 3));
        weight = _bound(weight, 0, WAD);
        uint256 goal = score * WAD;

        uint256 next = PileRating.next(rating, score, weight);
        uint256 step = next > rating ? next - rating : rating - next;
        uint256 distance = goal > rating ? goal - rating : rating - goal;
        vm.assertLe(step * 10 * WAD, distance * weight, "gain");
    }

    function testFuzz_Next_GrowsWithTheScore(uint128 rating, uint256 weight) external pure {
        rating = uint128(_bound(rating, 0, BEST));
        weight = _bound(weight, 0, WAD);

        uint256 low = PileRating.next(rating, 1, weight);
        uint256 middle = PileRating.next(rating, 2, weight);
        vm.assertLe(low, middle, "1 and 2");
        vm.assertLe(middle, PileRating.next(rating, 3, weight), "2 and 3");
    }

    function testFuzz_NextReal_IsTheSameOnWholeScores(
        uint128 rating,
        uint8 score,
        uint256 weight
    ) external pure {
        rating = uint128(_bound(rating, 0, BEST));
        score = uint8(_bound(score, 1, 3));
        weight = _bound(weight, 0, WAD);
        int256 next = PileRating.nextReal(
            int256(uint256(rating)),
            int256(uint256(score) * WAD),
            weight
        );
        vm.assertEq(next, int256(uint256(PileRating.next(rating, score, weight))), "same");
    }

    /// @dev RE-3 on the whole scale, at its ends too: nothing wraps where nothing is checked.
    function testFuzz_RE3_NextReal_IsAConvexCombination(
        int256 rating,
        int256 score,
        uint256 weight
    ) external pure {
        rating = int256(_bound(uint256(rating), 0, 60e18)) - 30e18;
        score = int256(_bound(uint256(score), 0, 60e18)) - 30e18;
        weight = _bound(weight, 0, WAD);
        int256 next = PileRating.nextReal(rating, score, weight);
        vm.assertTrue(next >= (rating < score ? rating : score), "not below");
        vm.assertTrue(next <= (rating < score ? score : rating), "not above");
    }

    function test_RE3_NextReal_AtTheEndsOfTheScale() external pure {
        // Φ(30) = 1 / (1 + e^54) and Φ(−30) = 1 to 28 decimals.
        vm.assertEq(PileRating.nextReal(30e18, -30e18, WAD), 30e18, "no way down in one step");
        vm.assertEq(PileRating.nextReal(-30e18, 30e18, WAD), -24e18, "a tenth of the way");
    }

    /// @dev Constant scores lead to that score and do not pass it.
    function testFuzz_RE3_Next_ConvergesToTheScore(uint8 score) external pure {
        score = uint8(_bound(score, 1, 3));
        uint256 goal = score * WAD;
        uint128 rating = 0;
        for (uint256 i = 0; i < 180; ++i) {
            rating = PileRating.next(rating, score, WAD);
            vm.assertLe(rating, goal, "does not pass");
        }
        vm.assertGe(rating, (goal * 99) / 100, "arrives");
    }
}
