// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Reputation} from "../../contracts/Reputation.sol";
import {IReputation} from "../../contracts/interfaces/IReputation.sol";
import {PileRating} from "../../contracts/libraries/PileRating.sol";
import {RatingStage} from "../../contracts/mocks/RatingStage.sol";
import {
    Evaluation,
    EvaluationId,
    Session,
    SessionId,
    SessionState
} from "../../contracts/types/MarketTypes.sol";
import {Deal} from "../support/contracts/DealWorld.sol";
import {SettleWorld} from "../support/contracts/SettleWorld.sol";
import {Actor} from "../support/contracts/Base.sol";

/// @title Linked evaluations, and what hostile raters can make of them
contract ReputationHistoryTest is SettleWorld {
    uint256 private constant SIDE = 3;
    uint256 private constant WAD = 1e18;
    uint40 private constant LAST_ID = type(uint40).max;
    /// @dev Behind the name, the version and the nonces of signed calls.
    bytes32 private constant COUNTER_SLOT = bytes32(uint256(3));

    struct Given {
        SessionId sessionId;
        uint8 rating;
        int8 credibility;
        uint128 ratingWad;
    }

    RatingStage private stage;
    Reputation private staged;
    Given[] private given;
    mapping(address account => uint256[]) private placesOf;

    function setUp() public override {
        super.setUp();
        stage = RatingStage(_created("RatingStage", abi.encode(_parameters())));
        staged = stage.reputation();
    }

    /* LINKS */

    function test_RE6_EvaluationOf_PointsToItsSettledSession() external {
        Deal memory deal = _earned();
        vm.roll(4_711);
        _rate(deal.sessionId, vehicle, 2);

        (SessionId sessionId, Evaluation memory evaluation) = reputation.evaluationOf(_id(1));
        Session memory session = sessions.sessionOf(sessionId);
        vm.assertEq(SessionId.unwrap(sessionId), SessionId.unwrap(deal.sessionId), "session");
        vm.assertEq(uint8(session.state), uint8(SessionState.Settled), "settled");
        vm.assertEq(session.energyWh, ENERGY_WH, "what was bought");
        vm.assertEq(evaluation.rating, 2, "rating");
        vm.assertEq(int256(evaluation.credibilityBefore), 0, "credibility before");
        vm.assertEq(EvaluationId.unwrap(evaluation.id), 1, "id");
        vm.assertEq(EvaluationId.unwrap(evaluation.previousOfPile), 0, "none before of the pile");
        vm.assertEq(EvaluationId.unwrap(evaluation.previousOfVehicle), 0, "nor of the vehicle");
        vm.assertEq(evaluation.blockNumber, 4_711, "block");
        (uint128 ratingWad, ) = reputation.pileRatingOf(pile.account);
        vm.assertEq(evaluation.ratingWad, ratingWad, "rating after");
        vm.assertTrue(evaluation.earned, "metered and paid");
    }

    /// @dev Two vehicles and two piles: each evaluation stands in two histories.
    function test_RE7_HistoriesCross() external {
        _rateStaged(vehicle.account, 1, 3);
        _rateStaged(vehicle.account, 2, 1);
        _rateStaged(otherVehicle.account, 1, 2);
        _rateStaged(vehicle.account, 1, 1);

        _assertLinks(4, 3, 2);
        _assertLinks(3, 1, 0);
        _assertLinks(2, 0, 1);
        _assertLinks(1, 0, 0);
        _assertHead(true, stage.pileAt(1), 4, 3);
        _assertHead(true, stage.pileAt(2), 2, 1);
        _assertHead(false, vehicle.account, 4, 3);
        _assertHead(false, otherVehicle.account, 3, 1);
        _assertHead(true, stage.pileAt(3), 0, 0);
        vm.assertEq(EvaluationId.unwrap(staged.lastEvaluation()), 4, "height");
    }

    function testFuzz_RE6_RE7_AnyRatings_AreWalkedInAsManyReads(uint256 seed, uint8 many) external {
        uint256 count = many % 20;
        for (uint256 i = 0; i < count; ++i) _rateDrawn(uint256(keccak256(abi.encode(seed, i))));

        vm.assertEq(EvaluationId.unwrap(staged.lastEvaluation()), count, "height");
        for (uint32 i = 1; i <= SIDE; ++i) {
            _assertWalk(true, stage.pileAt(i));
            _assertWalk(false, _vehicleAt(i));
        }
    }

    function testFuzz_RE6_EvaluationOf_Unknown(uint40 id) external {
        _rateStaged(vehicle.account, 1, 3);
        vm.assume(id != 1);
        vm.expectRevert(
            abi.encodeWithSelector(IReputation.ReputationUnknownEvaluation.selector, _id(id))
        );
        staged.evaluationOf(_id(id));
    }

    /// @dev Outcomes, which share the vehicle's slot, leave the history alone, and the other way
    /// round.
    function testFuzz_RE1_RE7_OutcomesAndRatingsDoNotMeet(bool[] memory isRating) external {
        uint256 ratings = 0;
        int256 credibility = 0;
        for (uint256 i = 0; i < isRating.length && i < 24; ++i) {
            if (isRating[i]) {
                _rateStaged(vehicle.account, 1, 3);
                ++ratings;
            } else {
                stage.record(vehicle.account, _session(vehicle.account, 1, 0), 1);
                if (credibility < MAX_CREDIBILITY) ++credibility;
            }
            _assertHead(false, vehicle.account, ratings, ratings);
            vm.assertEq(int256(staged.credibilityOf(vehicle.account)), credibility, "credibility");
        }
    }

    function test_RE3_Rating_FitsItsField() external {
        for (uint256 i = 0; i < 300; ++i) _rateStagedAt(vehicle.account, 1, 3, MAX_CREDIBILITY);
        (uint128 ratingWad, ) = staged.pileRatingOf(stage.pileAt(1));
        (, Evaluation memory evaluation) = staged.evaluationOf(staged.lastEvaluation());
        vm.assertGt(ratingWad, 2.99e18, "at the best");
        vm.assertLe(ratingWad, 3e18, "and not above");
        vm.assertEq(evaluation.ratingWad, ratingWad, "not cut");
    }

    /* HOSTILE RATERS */

    /// @dev The pile of a session is not its vehicle; and no account is both (`ID-1`).
    function test_RE2_APileRatesItself() external {
        Deal memory deal = _earned();
        _refusesRater(deal.sessionId, pile);
        vm.assertEq(reputation.ratingOf(deal.sessionId), 0, "not rated");
    }

    function test_RE2_AVehicleRatesTheSessionOfAnother() external {
        Deal memory deal = _earned();
        _refusesRater(deal.sessionId, otherVehicle);
        _rate(deal.sessionId, vehicle, 3);
        _refusesRater(deal.sessionId, otherVehicle);
    }

    /// @dev The second word changes neither the rating nor the history.
    function test_RE2_RE6_AVehicleRatesTwice() external {
        Deal memory deal = _earned();
        _rate(deal.sessionId, vehicle, 1);
        (uint128 before, ) = reputation.pileRatingOf(pile.account);
        for (uint8 rating = 0; rating < 5; ++rating) {
            vm.expectRevert(
                abi.encodeWithSelector(IReputation.ReputationAlreadyRated.selector, deal.sessionId)
            );
            _rate(deal.sessionId, vehicle, rating);
        }
        (uint128 ratingWad, uint64 count) = reputation.pileRatingOf(pile.account);
        vm.assertEq(ratingWad, before, "rating");
        vm.assertEq(count, 1, "count");
        vm.assertEq(EvaluationId.unwrap(reputation.lastEvaluation()), 1, "height");
    }

    /// @dev A hundred vehicles made for it, each with one whole session, do not do what ten of full
    /// credibility do.
    function test_RE4_SybilVehiclesAreWorthTheFloor() external {
        for (uint160 i = 1; i <= 100; ++i) _rateStagedAt(address(i), 1, 3, 0);
        for (uint160 i = 1; i <= 10; ++i) _rateStagedAt(address(i), 2, 3, MAX_CREDIBILITY);
        (uint128 bySybils, ) = staged.pileRatingOf(stage.pileAt(1));
        (uint128 byTrusted, ) = staged.pileRatingOf(stage.pileAt(2));
        vm.assertLt(bySybils, byTrusted, "many words of little weight");
        vm.assertLt(bySybils, 3e18 - uint256(3e18) / 3, "at most 1 % of the way each");
    }

    /// @dev Whatever it rates and wherever the pile stands, a vehicle without history moves 1 % of
    /// the distance at most.
    function testFuzz_RE4_ASybilMovesAHundredthOfTheDistance(
        uint128 ratingWad,
        uint8 rating
    ) external pure {
        ratingWad = uint128(_bound(ratingWad, 0, 3e18));
        rating = uint8(_bound(rating, 1, 3));
        uint128 next = PileRating.next(ratingWad, rating, MIN_WEIGHT_WAD);
        uint256 goal = rating * WAD;
        uint256 moved = next > ratingWad ? next - ratingWad : ratingWad - next;
        uint256 distance = goal > ratingWad ? goal - ratingWad : ratingWad - goal;
        vm.assertLe(moved * 100, distance, "a hundredth");
    }

    /// @dev What a colluding vehicle is for: its credibility grows with its own sessions, but never
    /// its own weight in them.
    function test_RE4_TheWeightOfASessionIsOlderThanItsPoint() external {
        Deal memory deal = _earned();
        vm.assertEq(int256(reputation.credibilityOf(vehicle.account)), 1, "has its point");
        _rate(deal.sessionId, vehicle, 3);
        (, Evaluation memory evaluation) = reputation.evaluationOf(_id(1));
        vm.assertEq(int256(evaluation.credibilityBefore), 0, "and weighs without it");
    }

    /* THE END OF THE NUMBERS */

    /// @dev Nobody reaches it; but then ratings end, and nothing else does.
    function test_RE6_IdsRunOut() external {
        _setHeight(LAST_ID - 1);
        _rate(_earned().sessionId, vehicle, 3);
        vm.assertEq(EvaluationId.unwrap(reputation.lastEvaluation()), LAST_ID, "the last id");

        Deal memory deal = _earned();
        vm.expectRevert(_panic(0x11));
        _rate(deal.sessionId, vehicle, 3);
        vm.assertEq(EvaluationId.unwrap(reputation.lastEvaluation()), LAST_ID, "stays");
        vm.assertEq(reputation.ratingOf(deal.sessionId), 0, "not rated");
        vm.assertEq(int256(reputation.credibilityOf(vehicle.account)), 2, "settled all the same");
    }

    /* HELPERS */

    function _rate(SessionId sessionId, Actor memory rater, uint8 rating) private {
        vm.prank(rater.account);
        reputation.rate(sessionId, rating);
    }

    function _refusesRater(SessionId sessionId, Actor memory rater) private {
        vm.expectRevert(
            abi.encodeWithSelector(
                IReputation.ReputationNotRater.selector,
                sessionId,
                rater.account
            )
        );
        _rate(sessionId, rater, 3);
    }

    function _rateStaged(address ev, uint32 cp, uint8 rating) private {
        _rateStagedAt(ev, cp, rating, 0);
    }

    function _rateStagedAt(address ev, uint32 cp, uint8 rating, int8 credibility) private {
        SessionId sessionId = _session(ev, cp, credibility);
        vm.prank(ev);
        staged.rate(sessionId, rating);
        (uint128 ratingWad, ) = staged.pileRatingOf(stage.pileAt(cp));
        given.push(Given(sessionId, rating, credibility, ratingWad));
        placesOf[ev].push(given.length);
        placesOf[stage.pileAt(cp)].push(given.length);
    }

    function _rateDrawn(uint256 draw) private {
        uint32 cp = uint32(1 + (draw % SIDE));
        uint32 ev = uint32(1 + ((draw >> 32) % SIDE));
        uint8 rating = uint8(1 + ((draw >> 64) % 3));
        int8 credibility = int8(uint8((draw >> 96) % 26)) - 5;
        _rateStagedAt(_vehicleAt(ev), cp, rating, credibility);
    }

    /// @dev A session that was not rated yet.
    function _session(address ev, uint32 cp, int8 credibility) private view returns (SessionId) {
        return stage.settled(ev, cp, uint56(given.length), credibility);
    }

    function _vehicleAt(uint32 i) private pure returns (address) {
        return address(uint160(0xE000 + i));
    }

    function _id(uint40 id) private pure returns (EvaluationId) {
        return EvaluationId.wrap(id);
    }

    function _assertLinks(uint40 id, uint40 ofPile, uint40 ofVehicle) private view {
        (, Evaluation memory evaluation) = staged.evaluationOf(_id(id));
        vm.assertEq(EvaluationId.unwrap(evaluation.previousOfPile), ofPile, "of the pile");
        vm.assertEq(EvaluationId.unwrap(evaluation.previousOfVehicle), ofVehicle, "of the vehicle");
    }

    function _head(bool ofPile, address account) private view returns (EvaluationId, uint64) {
        return
            ofPile ? staged.lastEvaluationOfPile(account) : staged.lastEvaluationOfVehicle(account);
    }

    function _assertHead(
        bool ofPile,
        address account,
        uint256 expected,
        uint256 expectedCount
    ) private view {
        (EvaluationId head, uint64 count) = _head(ofPile, account);
        vm.assertEq(EvaluationId.unwrap(head), expected, "head");
        vm.assertEq(count, expectedCount, "count");
    }

    function _assertWalk(bool ofPile, address account) private view {
        (EvaluationId head, uint64 count) = _head(ofPile, account);
        uint256[] storage places = placesOf[account];
        vm.assertEq(count, places.length, "count");
        for (uint256 k = places.length; k > 0; --k) {
            vm.assertEq(EvaluationId.unwrap(head), places[k - 1], "newest first, its own");
            (SessionId sessionId, Evaluation memory evaluation) = staged.evaluationOf(head);
            Given memory expected = given[places[k - 1] - 1];
            vm.assertEq(
                SessionId.unwrap(sessionId),
                SessionId.unwrap(expected.sessionId),
                "session"
            );
            vm.assertEq(evaluation.rating, expected.rating, "rating");
            vm.assertEq(int256(evaluation.credibilityBefore), expected.credibility, "credibility");
            vm.assertEq(evaluation.ratingWad, expected.ratingWad, "rating after");
            head = ofPile ? evaluation.previousOfPile : evaluation.previousOfVehicle;
        }
        vm.assertEq(EvaluationId.unwrap(head), 0, "and then none");
    }

    /// @dev Writes the counter, which stands in the lowest 40 bits of its slot.
    function _setHeight(uint40 height) private {
        uint256 slot = uint256(vm.load(address(reputation), COUNTER_SLOT));
        slot = ((slot >> 40) << 40) | height;
        vm.store(address(reputation), COUNTER_SLOT, bytes32(slot));
        vm.assertEq(EvaluationId.unwrap(reputation.lastEvaluation()), height, "the slot is this");
    }
}
