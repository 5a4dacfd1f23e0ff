// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Reputation} from "../../contracts/Reputation.sol";
import {IChargingSession} from "../../contracts/interfaces/IChargingSession.sol";
import {IReputation} from "../../contracts/interfaces/IReputation.sol";
import {PileRating} from "../../contracts/libraries/PileRating.sol";
import {RatingStage} from "../../contracts/mocks/RatingStage.sol";
import {
    AuctionId,
    AuctionTerms,
    Evaluation,
    EvaluationId,
    ReputationParameters,
    Session,
    SessionId
} from "../../contracts/types/MarketTypes.sol";
import {Vm} from "../support/contracts/Base.sol";
import {Deal} from "../support/contracts/DealWorld.sol";
import {SettleWorld} from "../support/contracts/SettleWorld.sol";
import {Actor} from "../support/contracts/World.sol";

contract ReputationTest is SettleWorld {
    uint256 private constant WAD = 1e18;
    uint256 private constant MIN_WEIGHT = 0.1e18;
    SessionId private constant SOME = SessionId.wrap(bytes32(uint256(1)));
    EvaluationId private constant FIRST = EvaluationId.wrap(1);

    /* CONSTRUCTION */

    function testFuzz_Construction_Parameters(
        int8 low,
        int8 threshold,
        int8 high,
        uint8 factor,
        uint32 powerW,
        uint64 weight
    ) external {
        ReputationParameters memory given = ReputationParameters(
            low,
            threshold,
            high,
            factor,
            powerW,
            weight
        );
        bool isCredibility = low <= threshold && threshold <= 0 && high > 0;
        if (!isCredibility || factor == 0 || powerW == 0 || weight > WAD) {
            _refusesParameters(given);
            return;
        }
        _assertSame(_given(given).parameters(), given);
    }

    /// @dev Each bound by itself, one step too far.
    function test_Construction_EachBound() external {
        ReputationParameters memory given = _parameters();
        given.minCredibility = THRESHOLD + 1;
        _refusesParameters(given);
        given = _parameters();
        given.threshold = 1;
        _refusesParameters(given);
        given = _parameters();
        given.maxCredibility = 0;
        _refusesParameters(given);
        given = _parameters();
        given.probationFactor = 0;
        _refusesParameters(given);
        given = _parameters();
        given.probationPowerW = 0;
        _refusesParameters(given);
        given = _parameters();
        given.minWeightWad = uint64(WAD) + 1;
        _refusesParameters(given);
    }

    function test_Construction_BoundsThatTouch() external {
        ReputationParameters memory given = ReputationParameters(0, 0, 1, 1, 1, uint64(WAD));
        vm.recordLogs();
        Reputation fresh = _given(given);
        _assertSame(fresh.parameters(), given);
        Vm.Log[] memory logs = vm.getRecordedLogs();
        vm.assertEq(logs.length, 1, "one event");
        vm.assertEq(logs[0].topics[0], IReputation.ParametersFixed.selector, "of the parameters");
        vm.assertEq(keccak256(logs[0].data), keccak256(abi.encode(given)), "as given");
    }

    function test_Construction_NamesTheSessions() external view {
        vm.assertEq(reputation.sessions(), address(sessions), "sessions");
    }

    /* CREDIBILITY */

    function testFuzz_RecordOutcome_OnlyTheSessions(address caller) external {
        vm.assume(caller != address(sessions));
        vm.expectRevert(abi.encodeWithSelector(IReputation.ReputationNotSession.selector, caller));
        vm.prank(caller);
        reputation.recordOutcome(vehicle.account, SOME, 1);
    }

    function testFuzz_RE1_RecordOutcome_ThreeLevels(int8 outcome) external {
        vm.assume(outcome < -1 || outcome > 1);
        vm.expectRevert(
            abi.encodeWithSelector(IReputation.ReputationOutcomeOutOfRange.selector, outcome)
        );
        _record(vehicle, outcome);
    }

    function testFuzz_RE1_RecordOutcome_SumIsClamped(uint8[] memory outcomes) external {
        int256 expected = 0;
        for (uint256 i = 0; i < outcomes.length; ++i) {
            int8 outcome = int8(int256(_bound(outcomes[i], 0, 2))) - 1;
            expected += outcome;
            if (expected < MIN_CREDIBILITY) expected = MIN_CREDIBILITY;
            if (expected > MAX_CREDIBILITY) expected = MAX_CREDIBILITY;

            vm.expectEmit(address(reputation));
            emit IReputation.CredibilityChanged(vehicle.account, SOME, outcome, int8(expected));
            _record(vehicle, outcome);
        }
        vm.assertEq(int256(reputation.credibilityOf(vehicle.account)), expected, "credibility");
        vm.assertEq(int256(reputation.credibilityOf(otherVehicle.account)), 0, "of others");
    }

    function test_RE1_RecordOutcome_ClampsAtBothEnds() external {
        _recordMany(vehicle, -1, 6);
        vm.assertEq(int256(reputation.credibilityOf(vehicle.account)), MIN_CREDIBILITY, "lowest");
        _recordMany(vehicle, 1, 26);
        vm.assertEq(int256(reputation.credibilityOf(vehicle.account)), MAX_CREDIBILITY, "highest");
    }

    /// @dev The widest bounds: nothing wraps at the ends of the type.
    function test_RE1_RecordOutcome_ClampsAtTheEndsOfTheType() external {
        Reputation fresh = _given(ReputationParameters(type(int8).min, 0, type(int8).max, 1, 1, 0));

        for (uint256 i = 0; i < 130; ++i) fresh.recordOutcome(vehicle.account, SOME, 1);
        vm.assertEq(int256(fresh.credibilityOf(vehicle.account)), 127, "highest");
        for (uint256 i = 0; i < 260; ++i) fresh.recordOutcome(vehicle.account, SOME, -1);
        vm.assertEq(int256(fresh.credibilityOf(vehicle.account)), -128, "lowest");
    }

    function test_RE5_DepositFactor_AtTheThreshold() external {
        AuctionId auctionId = _open(_terms());
        _recordMany(vehicle, -1, 2);
        _request(auctionId, vehicle);

        _recordMany(otherVehicle, -1, 3);
        bytes memory reason = abi.encodeWithSelector(
            IReputation.ReputationBelowThreshold.selector,
            otherVehicle.account,
            THRESHOLD - 1,
            THRESHOLD
        );
        vm.expectRevert(reason);
        reputation.depositFactor(otherVehicle.account);
        vm.expectRevert(reason);
        vm.prank(otherVehicle.account);
        auctions.request(auctionId, keccak256("request"));
    }

    /// @dev What it has already agreed to, a vehicle below the threshold may still carry out.
    function test_RE5_RunningSessionsGoOn() external {
        Deal memory deal = _opened();
        _recordMany(vehicle, -1, 5);
        vm.prank(pile.account);
        sessions.authorise(deal.sessionId);
        vm.prank(vehicle.account);
        sessions.plugIn(deal.sessionId);
        vm.warp(block.timestamp + 1 hours);
        _settleOn(deal.sessionId, _naming(deal.sessionId, 1), "");
        vm.assertEq(int256(reputation.credibilityOf(vehicle.account)), -4, "one back");
    }

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

    /* SESSIONS THAT DID NOT EARN */

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
        RatingStage stage = new RatingStage(given);
        SessionId sessionId = stage.settled(address(this), 1, 1, 0);

        stage.reputation().rate(sessionId, 3);
        (uint128 ratingWad, uint64 count) = stage.reputation().pileRatingOf(stage.pileAt(1));
        vm.assertEq(ratingWad, 0, "not moved");
        vm.assertEq(count, 1, "counted");
    }

    /* HELPERS */

    function _refusesParameters(ReputationParameters memory given) private {
        vm.expectRevert(
            abi.encodeWithSelector(IReputation.ReputationBadParameters.selector, given)
        );
        _given(given);
    }

    function _assertSame(
        ReputationParameters memory actual,
        ReputationParameters memory expected
    ) private pure {
        vm.assertEq(
            keccak256(abi.encode(actual)),
            keccak256(abi.encode(expected)),
            "the parameters"
        );
    }

    /// @dev This contract is its session contract.
    function _given(ReputationParameters memory given) private returns (Reputation) {
        return new Reputation(given, IChargingSession(address(this)));
    }

    function _record(Actor memory ev, int8 outcome) private {
        vm.prank(address(sessions));
        reputation.recordOutcome(ev.account, SOME, outcome);
    }

    function _recordMany(Actor memory ev, int8 outcome, uint256 times) private {
        for (uint256 i = 0; i < times; ++i) _record(ev, outcome);
    }

    function _rate(Deal memory deal, Actor memory rater, uint8 rating) private {
        vm.prank(rater.account);
        reputation.rate(deal.sessionId, rating);
    }

    function _refuses(
        Deal memory deal,
        Actor memory rater,
        uint8 rating,
        bytes memory reason
    ) private {
        vm.expectRevert(reason);
        _rate(deal, rater, rating);
    }

    function _outOfRange(
        Deal memory deal,
        uint8 rating,
        uint8 mostRating
    ) private pure returns (bytes memory) {
        return
            abi.encodeWithSelector(
                IReputation.ReputationRatingOutOfRange.selector,
                deal.sessionId,
                rating,
                mostRating
            );
    }
}
