// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IReputation} from "../../contracts/interfaces/IReputation.sol";
import {PileRating} from "../../contracts/libraries/PileRating.sol";
import {RatingStage} from "../../contracts/mocks/RatingStage.sol";
import {ReputationParameters, SessionId} from "../../contracts/types/MarketTypes.sol";
import {Deal} from "../support/contracts/DealWorld.sol";
import {Actor} from "../support/contracts/Base.sol";
import {ReputationWorld} from "../support/contracts/ReputationWorld.sol";

/// @title Who rates what, and with which weight
contract ReputationRateTest is ReputationWorld {
    uint256 private constant MIN_WEIGHT = 0.1e18;

    /* RATING */

    function testFuzz_RE2_Rate(uint8 rating) external {
        rating = uint8(_bound(rating, 1, 3));
        Deal memory deal = _earned();
        uint128 expected = PileRating.next(0, rating, MIN_WEIGHT);

        vm.expectEmit(address(reputation));
        emit IReputation.PileRated(
            pile.account,
            vehicle.account,
            deal.sessionId,
            FIRST,
            rating,
            MIN_WEIGHT,
            expected,
            1
        );
        _rate(deal, vehicle, rating);

        (uint128 ratingWad, uint64 count) = reputation.pileRatingOf(pile.account);
        vm.assertEq(ratingWad, expected, "rating");
        vm.assertEq(count, 1, "count");
        vm.assertEq(reputation.ratingOf(deal.sessionId), rating, "rating of the session");
    }

    function test_RE2_Rate_Twice() external {
        Deal memory deal = _earned();
        _rate(deal, vehicle, 3);
        _refuses(
            deal,
            vehicle,
            1,
            abi.encodeWithSelector(IReputation.ReputationAlreadyRated.selector, deal.sessionId)
        );
    }

    function test_RE2_Rate_NotTheVehicle() external {
        Deal memory deal = _earned();
        Actor[3] memory others = [pile, otherVehicle, stranger];
        for (uint256 i = 0; i < others.length; ++i) {
            _refuses(
                deal,
                others[i],
                3,
                abi.encodeWithSelector(
                    IReputation.ReputationNotRater.selector,
                    deal.sessionId,
                    others[i].account
                )
            );
        }
    }

    function test_RE2_Rate_NotOver() external {
        Deal memory deal;
        _refuses(
            deal,
            vehicle,
            3,
            abi.encodeWithSelector(
                IReputation.ReputationNotRater.selector,
                deal.sessionId,
                vehicle.account
            )
        );
        deal = _opened();
        _refuses(deal, vehicle, 1, _outOfRange(deal, 1, 0));
        vm.prank(pile.account);
        sessions.authorise(deal.sessionId);
        _refuses(deal, vehicle, 1, _outOfRange(deal, 1, 0));
        vm.prank(vehicle.account);
        sessions.plugIn(deal.sessionId);
        _refuses(deal, vehicle, 1, _outOfRange(deal, 1, 0));
        vm.prank(vehicle.account);
        sessions.unplug(deal.sessionId);
        _refuses(deal, vehicle, 1, _outOfRange(deal, 1, 0));
    }

    function testFuzz_Rate_OutOfRange(uint8 rating) external {
        vm.assume(rating == 0 || rating > 3);
        Deal memory deal = _earned();
        _refuses(deal, vehicle, rating, _outOfRange(deal, rating, 3));
    }

    /* WEIGHT */

    /// @dev RE-4, through the whole market: the weight is what the vehicle had when the session
    /// began.
    function testFuzz_RE4_Rate_WeightIsFromBeforeTheSession(uint8 before, uint8 rating) external {
        before = uint8(_bound(before, 0, uint8(MAX_CREDIBILITY)));
        rating = uint8(_bound(rating, 1, 3));
        _recordMany(vehicle, 1, before);
        Deal memory deal = _earned();
        uint256 weight = (before * WAD) / uint8(MAX_CREDIBILITY);
        if (weight < MIN_WEIGHT) weight = MIN_WEIGHT;
        // Neither the point for this session nor any later one counts.
        _recordMany(vehicle, 1, 3);

        vm.expectEmit(address(reputation));
        emit IReputation.PileRated(
            pile.account,
            vehicle.account,
            deal.sessionId,
            FIRST,
            rating,
            weight,
            PileRating.next(0, rating, weight),
            1
        );
        _rate(deal, vehicle, rating);
    }

    function test_RE4_Rate_WeightOfANegativeVehicleIsTheFloor() external {
        _recordMany(vehicle, -1, 2);
        Deal memory deal = _earned();
        uint128 expected = PileRating.next(0, 3, MIN_WEIGHT);

        vm.expectEmit(address(reputation));
        emit IReputation.PileRated(
            pile.account,
            vehicle.account,
            deal.sessionId,
            FIRST,
            3,
            MIN_WEIGHT,
            expected,
            1
        );
        _rate(deal, vehicle, 3);
    }

    /// @dev SCHEMES I.2, through five whole sessions of a vehicle with full weight.
    function test_RE3_Rate_VectorsThroughSessions() external {
        _recordMany(vehicle, 1, 20);
        uint8[5] memory scores = [3, 3, 1, 2, 3];
        uint64[5] memory expected = [
            uint64(0.299258e18),
            0.56812e18,
            0.610977e18,
            0.748721e18,
            0.971381e18
        ];
        for (uint256 i = 0; i < scores.length; ++i) {
            _rate(_earned(), vehicle, scores[i]);
            (uint128 ratingWad, uint64 count) = reputation.pileRatingOf(pile.account);
            vm.assertApproxEqAbs(ratingWad, expected[i], 0.5e12, "six decimals");
            vm.assertEq(count, i + 1, "count");
        }
    }

    /// @dev As in the paper, where a rater without credibility has no say.
    function test_RE4_Rate_NoFloor() external {
        ReputationParameters memory given = _parameters();
        given.minWeightWad = 0;
        RatingStage stage = RatingStage(_created("RatingStage", abi.encode(given)));
        SessionId sessionId = stage.settled(address(this), 1, 1, 0);

        stage.reputation().rate(sessionId, 3);
        (uint128 ratingWad, uint64 count) = stage.reputation().pileRatingOf(stage.pileAt(1));
        vm.assertEq(ratingWad, 0, "not moved");
        vm.assertEq(count, 1, "counted");
    }
}
