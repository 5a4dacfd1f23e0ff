// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IReputation} from "../../../contracts/interfaces/IReputation.sol";
import {PileRating} from "../../../contracts/libraries/PileRating.sol";
import {
    Evaluation,
    EvaluationId,
    SessionId,
    SessionState
} from "../../../contracts/types/MarketTypes.sol";
import {MarketBooks} from "./MarketBooks.sol";

/// @title What people say about each other, and what is kept of it
abstract contract MarketRatings is MarketBooks {
    /// @dev Ratings of sessions that did not earn.
    uint256 public unearned;

    function rate(uint256 seed) public later(seed) {
        bool isServed = _pick(seed, "settled", 4) != 0;
        (uint256 place, ) = _runIn(seed, isServed ? SessionState.Settled : SessionState.Expired);
        if (place == type(uint256).max) return;
        Run memory run = _runs[place];
        address caller = _caller(seed, run.vehicle, run.pile).account;
        uint8 rating = uint8(_pick(seed, "rating", 5));
        if (!run.earned) rating = uint8(_pick(seed, "bad", 3));
        bool possible =
            run.rating == 0 &&
                caller == run.vehicle.account &&
                rating > 0 &&
                rating <= _mostRating(run);

        bytes memory call = abi.encodeCall(IReputation.rate, (_deals[place].sessionId, rating));
        if (!_attempt(caller, address(reputation), call, possible)) return;
        _bookRating(place, rating);
    }

    function _mostRating(Run memory run) private pure returns (uint8) {
        if (run.earned) return 3;
        bool isOver = run.state == SessionState.Settled || run.state == SessionState.Expired;
        return isOver && run.cameInTime ? 1 : 0;
    }

    function assertReputation() external view {
        for (uint256 i = 0; i < SIDE; ++i) {
            int256 value = reputation.credibilityOf(_vehicles[i].account);
            vm.assertEq(value, credibility[_vehicles[i].account], "credibility");
            vm.assertTrue(value >= MIN_CREDIBILITY && value <= MAX_CREDIBILITY, "bounds");

            address account = _piles[i].account;
            (uint128 ratingWad, uint64 count) = reputation.pileRatingOf(account);
            vm.assertLe(ratingWad, bestGiven[account] * 1e18, "not above the best given");
            uint256[] storage own = _ratedOf[account];
            if (count != 0) vm.assertEq(ratingWad, _runs[own[count - 1]].ratingWad, "rating");
        }
    }

    /// @dev RE-6, by reading every evaluation there is, and one more.
    function assertEvaluations() external view {
        vm.assertEq(EvaluationId.unwrap(reputation.lastEvaluation()), _rated.length, "height");
        for (uint256 i = 0; i < _rated.length; ++i) {
            EvaluationId id = EvaluationId.wrap(uint40(i + 1));
            (SessionId sessionId, Evaluation memory evaluation) = reputation.evaluationOf(id);
            Run memory run = _runs[_rated[i]];
            bytes32 expected = SessionId.unwrap(_deals[_rated[i]].sessionId);
            vm.assertEq(SessionId.unwrap(sessionId), expected, "session");
            vm.assertEq(EvaluationId.unwrap(evaluation.id), i + 1, "id");
            vm.assertEq(evaluation.rating, run.rating, "rating");
            vm.assertEq(int256(evaluation.credibilityBefore), run.credibilityBefore, "credibility");
            vm.assertEq(evaluation.ratingWad, run.ratingWad, "rating after");
            vm.assertTrue(evaluation.earned == run.earned, "earned");
            vm.assertEq(reputation.ratingOf(sessionId), run.rating, "rating of the session");
        }
        EvaluationId next = EvaluationId.wrap(uint40(_rated.length + 1));
        try reputation.evaluationOf(next) {
            vm.assertTrue(false, "there is no next one");
        } catch {}
    }

    /// @dev RE-7: from the head, by the links alone.
    function assertHistories() external view {
        for (uint256 i = 0; i < SIDE; ++i) {
            (EvaluationId head, uint64 count) = reputation.lastEvaluationOfPile(_piles[i].account);
            _assertWalk(_piles[i].account, head, count, true);
            (head, count) = reputation.lastEvaluationOfVehicle(_vehicles[i].account);
            _assertWalk(_vehicles[i].account, head, count, false);
        }
    }

    function _assertWalk(
        address account,
        EvaluationId head,
        uint64 count,
        bool ofPile
    ) internal view {
        uint256[] storage own = _ratedOf[account];
        vm.assertEq(count, own.length, "count");
        uint256 above = type(uint256).max;
        for (uint256 k = own.length; k > 0; --k) {
            vm.assertLt(EvaluationId.unwrap(head), above, "ids fall");
            above = EvaluationId.unwrap(head);
            (SessionId sessionId, Evaluation memory evaluation) = reputation.evaluationOf(head);
            bytes32 expected = SessionId.unwrap(_deals[own[k - 1]].sessionId);
            vm.assertEq(SessionId.unwrap(sessionId), expected, "newest first, its own");
            head = ofPile ? evaluation.previousOfPile : evaluation.previousOfVehicle;
        }
        vm.assertEq(EvaluationId.unwrap(head), 0, "and then none");
    }

    /// @dev The library's word for what a rating does to a pile; its own tests hold it to the
    /// formula.
    function _bookRating(uint256 place, uint8 rating) internal {
        Run storage run = _runs[place];
        address cp = run.pile.account;
        uint256[] storage own = _ratedOf[cp];
        uint256 weight =
            run.credibilityBefore <= 0
                ? 0
                : (uint256(int256(run.credibilityBefore)) * 1e18) / uint8(MAX_CREDIBILITY);
        if (run.earned && weight < MIN_WEIGHT_WAD) weight = MIN_WEIGHT_WAD;
        uint128 ratingWad = own.length == 0 ? 0 : _runs[own[own.length - 1]].ratingWad;
        uint128 next = PileRating.next(ratingWad, rating, weight);
        run.rating = rating;
        run.ratingWad = run.earned || next < ratingWad ? next : ratingWad;
        if (run.earned && rating > bestGiven[cp]) bestGiven[cp] = rating;
        if (!run.earned) ++unearned;
        _rated.push(place);
        own.push(place);
        if (own.length > longestHistory) longestHistory = own.length;
        _ratedOf[run.vehicle.account].push(place);
    }
}
