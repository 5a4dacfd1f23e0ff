// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IReputation} from "../../contracts/interfaces/IReputation.sol";
import {PileRating} from "../../contracts/libraries/PileRating.sol";
import {
    AuctionTerms,
    Evaluation,
    EvaluationId,
    Session
} from "../../contracts/types/MarketTypes.sol";
import {Deal} from "../support/contracts/DealWorld.sol";
import {ReputationWorld} from "../support/contracts/ReputationWorld.sol";

/// @title Ratings of sessions that did not earn
contract ReputationUnearnedTest is ReputationWorld {
    /// @dev Settled by agreement, waived or expired: 1 and no more.
    function testFuzz_RE9_Rate_WhatDidNotEarn(uint8 end, uint8 rating) external {
        vm.assume(rating != 1);
        Deal memory deal = _unearned(end % 4);
        _refuses(deal, vehicle, rating, _outOfRange(deal, rating, 1));
        _rate(deal, vehicle, 1);
        (, Evaluation memory evaluation) = reputation.evaluationOf(FIRST);
        vm.assertTrue(!evaluation.earned, "did not earn");
        (uint128 ratingWad, uint64 count) = reputation.pileRatingOf(pile.account);
        vm.assertEq(ratingWad, 0, "not moved");
        vm.assertEq(count, 1, "in the history");
    }

    /// @dev Whoever was there with less than its window left has given the pile no chance.
    function test_RE9_Rate_OnlyIfThereInTime() external {
        Deal memory deal = _opened();
        vm.warp(deal.terms.slotStart + AUTHORISE_WINDOW - 1);
        vm.prank(pile.account);
        sessions.authorise(deal.sessionId);
        Session memory session = sessions.sessionOf(deal.sessionId);
        vm.warp(session.slotEnd - PLUG_IN_WINDOW);
        vm.prank(vehicle.account);
        sessions.plugIn(deal.sessionId);
        vm.prank(pile.account);
        sessions.waive(deal.sessionId);
        _rate(deal, vehicle, 1);

        AuctionTerms memory terms = _terms();
        terms.slotEnd = terms.slotStart + PLUG_IN_WINDOW - 1;
        deal = _decidedOn(terms);
        _start(deal, vehicle);
        vm.prank(pile.account);
        sessions.authorise(deal.sessionId);
        vm.warp(terms.slotStart);
        vm.prank(vehicle.account);
        sessions.plugIn(deal.sessionId);
        vm.prank(pile.account);
        sessions.waive(deal.sessionId);
        _refuses(deal, vehicle, 1, _outOfRange(deal, 1, 0));
    }

    /// @dev A vehicle that never said that it was there has nothing to say.
    function test_RE9_Rate_NobodyThere() external {
        Deal memory deal = _authorised();
        vm.warp(sessions.sessionOf(deal.sessionId).deadline);
        sessions.expire(deal.sessionId);
        _refuses(deal, vehicle, 1, _outOfRange(deal, 1, 0));
    }

    /// @dev The weight is what the vehicle has earned elsewhere, and it only ever lowers.
    function testFuzz_RE9_Rate_WeightIsItsOwnAlone(int8 before, bool isRated) external {
        before = int8(int256(_bound(uint8(before), 0, 25))) - 5;
        _recordMany(otherVehicle, 1, 20);
        if (isRated) {
            Deal memory good = _chargedBetween(otherVehicle, pile, PRICE);
            _settleOn(good.sessionId, _naming(good.sessionId, 1), "");
            _rate(good, otherVehicle, 3);
        }
        if (before > 0) _recordMany(vehicle, 1, uint8(before));
        (uint128 ratingWad, uint64 count) = reputation.pileRatingOf(pile.account);
        Deal memory deal = _unearned(0);
        uint256 weight = before <= 0 ? 0 : (uint8(before) * WAD) / uint8(MAX_CREDIBILITY);
        uint128 next = PileRating.next(ratingWad, 1, weight);
        if (next > ratingWad) next = ratingWad;

        vm.expectEmit(address(reputation));
        emit IReputation.PileRated(
            pile.account,
            vehicle.account,
            deal.sessionId,
            EvaluationId.wrap(uint40(count + 1)),
            1,
            weight,
            next,
            count + 1
        );
        _rate(deal, vehicle, 1);
    }

    /// @dev A pile above 1 falls, one below does not rise.
    function test_RE9_Rate_LowersAPileAboveOne() external {
        _recordMany(vehicle, 1, 20);
        for (uint256 i = 0; i < 5; ++i) _rate(_earned(), vehicle, 3);
        (uint128 before, ) = reputation.pileRatingOf(pile.account);
        vm.assertGt(before, WAD, "above 1");
        _rate(_unearned(0), vehicle, 1);
        (uint128 later, ) = reputation.pileRatingOf(pile.account);
        vm.assertEq(later, PileRating.next(before, 1, WAD), "by the whole weight");
        vm.assertLt(later, before, "lower");
    }

    /* HELPERS */

    /// @dev Over without having earned: agreed on, waived, expired in Charging, expired in Opened.
    function _unearned(uint256 end) private returns (Deal memory deal) {
        deal = _opened();
        vm.prank(vehicle.account);
        sessions.plugIn(deal.sessionId);
        if (end < 3) {
            vm.prank(pile.account);
            sessions.authorise(deal.sessionId);
        }
        if (end == 0) {
            _settle(deal.sessionId, 10_000);
        } else if (end == 1) {
            vm.prank(pile.account);
            sessions.waive(deal.sessionId);
        } else {
            vm.warp(sessions.sessionOf(deal.sessionId).deadline);
            sessions.expire(deal.sessionId);
        }
    }
}
