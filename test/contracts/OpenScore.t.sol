// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {OpenScore} from "../../contracts/libraries/OpenScore.sol";
import {ScoreRule} from "../../contracts/types/MarketTypes.sol";
import {Base} from "../support/contracts/Base.sol";

/// @title The score of a public bid
contract OpenScoreTest is Base {
    uint128 private constant BEST_RATING = 3e18;

    /* VECTORS */

    function test_Advantage_Vectors() external pure {
        ScoreRule memory rule = _rule();
        // 0.15 for full power, 0.1 for the best rating, 0.15 for next door, in units of p_max / w_p
        // = 100 per 1 %.
        vm.assertEq(OpenScore.advantageDown(rule, 22_000, 0, 1_000), 150_000, "power");
        vm.assertEq(OpenScore.advantageDown(rule, 44_000, 0, 1_000), 150_000, "more is no more");
        vm.assertEq(OpenScore.advantageDown(rule, 11_000, 0, 1_000), 75_000, "half the power");
        vm.assertEq(OpenScore.advantageDown(rule, 0, BEST_RATING, 1_000), 100_000, "quality");
        vm.assertEq(OpenScore.advantageDown(rule, 0, 1e18, 1_000), 33_333, "a third, down");
        vm.assertEq(OpenScore.advantageDown(rule, 0, 0, 0), 150_000, "next door");
        vm.assertEq(OpenScore.advantageDown(rule, 0, 0, 999), 150, "a metre nearer");
        vm.assertEq(OpenScore.advantageDown(rule, 22_000, BEST_RATING, 0), 400_000, "all");
    }

    function test_EffectivePrice_Vectors() external pure {
        ScoreRule memory rule = _rule();
        vm.assertEq(OpenScore.effectivePriceUp(rule, 450_000, 0, 0, 1_000), 450_000, "price alone");
        vm.assertEq(OpenScore.effectivePriceUp(rule, 450_000, 0, 1e18, 1_000), 416_667, "up");
        vm.assertEq(
            OpenScore.effectivePriceUp(rule, 100_000, 22_000, BEST_RATING, 0),
            -300_000,
            "below zero"
        );
    }

    /* PROPERTIES */

    /// @dev Against the formula over one common denominator: rounding costs less than a unit and a
    /// part in 1e14.
    function testFuzz_Advantage_AsTheFormula(
        ScoreRule memory seed,
        uint32 powerW,
        uint128 ratingWad,
        uint32 distanceM
    ) external pure {
        ScoreRule memory rule = _sound(seed);
        ratingWad = uint128(_bound(ratingWad, 0, BEST_RATING));
        distanceM = uint32(_bound(distanceM, 0, rule.maxDistanceM));
        uint256 power = powerW < rule.referencePowerW ? powerW : rule.referencePowerW;

        uint256 denominator = uint256(rule.referencePowerW) * rule.maxDistanceM * BEST_RATING;
        uint256 weighted =
            rule.powerBps * power * rule.maxDistanceM * BEST_RATING +
                uint256(rule.qualityBps) * ratingWad * rule.referencePowerW * rule.maxDistanceM +
                uint256(rule.distanceBps) *
                    (rule.maxDistanceM - distanceM) *
                    rule.referencePowerW *
                    BEST_RATING;
        uint256 exact = (rule.maxPricePerKwh * weighted) / (rule.priceBps * denominator);

        uint256 advantage = OpenScore.advantageDown(rule, powerW, ratingWad, distanceM);
        vm.assertLe(advantage, exact, "rounded down");
        // Three shares lose less than 1e-18 each, weighted with 10,000 basis points at most.
        uint256 lost =
            (uint256(rule.maxPricePerKwh) * 10_000) / (uint256(rule.priceBps) * 1e18) + 2;
        vm.assertLe(exact - advantage, lost, "by next to nothing");
    }

    /// @dev Whoever is better in one respect and worse in none does not fall behind.
    function testFuzz_EffectivePrice_Monotone(
        ScoreRule memory seed,
        uint64 price,
        uint32 powerW,
        uint128 ratingWad,
        uint32 distanceM
    ) external pure {
        ScoreRule memory rule = _sound(seed);
        price = uint64(_bound(price, 1, rule.maxPricePerKwh));
        powerW = uint32(_bound(powerW, 0, type(uint32).max - 1));
        ratingWad = uint128(_bound(ratingWad, 0, BEST_RATING - 1));
        distanceM = uint32(_bound(distanceM, 1, rule.maxDistanceM));
        int96 e = OpenScore.effectivePriceUp(rule, price, powerW, ratingWad, distanceM);

        vm.assertTrue(
            OpenScore.effectivePriceUp(rule, price - 1, powerW, ratingWad, distanceM) == e - 1,
            "a unit cheaper is a unit lower"
        );
        vm.assertTrue(
            OpenScore.effectivePriceUp(rule, price, powerW + 1, ratingWad, distanceM) <= e,
            "stronger"
        );
        vm.assertTrue(
            OpenScore.effectivePriceUp(rule, price, powerW, ratingWad + 1, distanceM) <= e,
            "better"
        );
        vm.assertTrue(
            OpenScore.effectivePriceUp(rule, price, powerW, ratingWad, distanceM - 1) <= e,
            "nearer"
        );
    }

    /// @dev The largest numbers there are fit.
    function test_EffectivePrice_AtTheEdge() external pure {
        ScoreRule memory rule = _rule();
        rule.maxPricePerKwh = type(uint64).max;
        rule.priceBps = 1;
        rule.powerBps = rule.qualityBps = 0;
        rule.distanceBps = 9_999;
        int256 expected = -int256(uint256(type(uint64).max)) * 9_999;
        vm.assertEq(OpenScore.effectivePriceUp(rule, 0, 0, 0, 0), expected, "lowest");
        vm.assertEq(
            OpenScore.effectivePriceUp(rule, type(uint64).max, 0, 0, 1_000),
            int256(uint256(type(uint64).max)),
            "highest"
        );
    }

    /* SOUND RULES */

    function test_IsSound_EveryCondition() external view {
        vm.assertTrue(this.isSound(_rule()), "sound");

        ScoreRule memory rule = _rule();
        rule.powerBps += 1;
        vm.assertTrue(!this.isSound(rule), "weights above one");
        rule = _rule();
        rule.distanceBps -= 1;
        vm.assertTrue(!this.isSound(rule), "weights below one");
        rule = _rule();
        (rule.priceBps, rule.powerBps) = (0, 7_500);
        vm.assertTrue(!this.isSound(rule), "the price does not count");
        rule = _rule();
        rule.maxPricePerKwh = 0;
        vm.assertTrue(!this.isSound(rule), "no price");
        rule = _rule();
        rule.minDecrement = 0;
        vm.assertTrue(!this.isSound(rule), "no decrement");
        rule = _rule();
        rule.referencePowerW = 0;
        vm.assertTrue(!this.isSound(rule), "no power");
        rule = _rule();
        rule.maxDistanceM = 0;
        vm.assertTrue(!this.isSound(rule), "no distance");
    }

    /// @dev Weights that only add up modulo 2^16 do not add up.
    function test_IsSound_WeightsDoNotWrap() external view {
        ScoreRule memory rule = _rule();
        rule.priceBps = 30_000;
        rule.powerBps = 30_000;
        rule.qualityBps = 15_536;
        rule.distanceBps = 0;
        vm.assertTrue(!this.isSound(rule), "75,536");
    }

    /* HELPERS */

    /// @dev The library takes calldata: called from outside.
    function isSound(ScoreRule calldata rule) external pure returns (bool) {
        return OpenScore.isSound(rule);
    }

    function _rule() private pure returns (ScoreRule memory) {
        return
            ScoreRule({
                maxPricePerKwh: 600_000,
                minDecrement: 1,
                priceBps: 6_000,
                powerBps: 1_500,
                qualityBps: 1_000,
                distanceBps: 1_500,
                referencePowerW: 22_000,
                maxDistanceM: 1_000
            });
    }

    function _sound(ScoreRule memory seed) private pure returns (ScoreRule memory rule) {
        rule = seed;
        rule.maxPricePerKwh = uint64(_bound(seed.maxPricePerKwh, 1, type(uint64).max));
        rule.priceBps = uint16(_bound(seed.priceBps, 1, 10_000));
        rule.powerBps = uint16(_bound(seed.powerBps, 0, 10_000 - rule.priceBps));
        uint256 left = 10_000 - rule.priceBps - rule.powerBps;
        rule.qualityBps = uint16(_bound(seed.qualityBps, 0, left));
        rule.distanceBps = uint16(left - rule.qualityBps);
        rule.referencePowerW = uint32(_bound(seed.referencePowerW, 1, type(uint32).max));
        rule.maxDistanceM = uint32(_bound(seed.maxDistanceM, 1, type(uint32).max));
    }
}
