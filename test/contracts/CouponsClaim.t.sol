// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ICoupons} from "../../contracts/interfaces/ICoupons.sol";
import {
    Election,
    ElectionId,
    ElectionRule,
    ElectionTerms
} from "../../contracts/types/CouponTypes.sol";
import {SessionId} from "../../contracts/types/MarketTypes.sol";
import {Oracle} from "../support/contracts/Oracle.sol";
import {CouponWorld} from "../support/contracts/CouponWorld.sol";

/// @title Who leads an election
contract CouponsClaimTest is CouponWorld {
    /// @dev Rule `Highest`: whatever chance says, a higher score wins; equals are told apart by
    /// chance.
    function testFuzz_CO2_Highest_TheScoreDecides(bytes32 seed) external {
        vm.assume(seed != bytes32(0));
        ElectionId id = _open(_terms(ElectionRule.Highest));
        _reachSeedOf(seed);
        uint256 second = Oracle.ticket(id, seed, _vehicle(2), 0);
        uint256 third = Oracle.ticket(id, seed, _vehicle(3), 0);
        (uint40 winner, uint40 loser) = second > third ? (2, 3) : (3, 2);

        coupons.claim(id, _evaluation(1), 0);
        coupons.claim(id, _evaluation(winner), 0);
        _refusesWorse(id, loser, 0);
        coupons.claim(id, _evaluation(4), 0);
        _refusesWorse(id, winner, 0);
        Election memory election = coupons.electionOf(id);
        vm.assertEq(election.leader, _vehicle(4), "the highest score");
        vm.assertEq(election.lot >> 248, 20, "in front of the lot");
    }

    /// @dev Rule `Draw`, all tickets of all candidates in any order: the highest ticket wins.
    function testFuzz_CO2_Draw_TheHighestTicketWins(bytes32 seed, uint256 order) external {
        vm.assume(seed != bytes32(0));
        ElectionId id = _open(_terms(ElectionRule.Draw));
        _reachSeedOf(seed);
        address best;
        uint256 highest = 0;
        for (uint256 i = 0; i < 35; ++i) {
            (uint40 k, uint8 ticket) = _ticketAt((i + (order % 35)) % 35);
            uint256 lot = Oracle.ticket(id, seed, _vehicle(k), ticket);
            if (lot > highest) {
                (highest, best) = (lot, _vehicle(k));
                vm.expectEmit(address(coupons));
                emit ICoupons.LeaderChanged(id, best, _evaluation(k), lot);
                coupons.claim(id, _evaluation(k), ticket);
            } else {
                _refusesLot(id, k, ticket, lot, highest);
            }
        }
        vm.assertEq(coupons.electionOf(id).leader, best, "leader");
        vm.assertEq(coupons.electionOf(id).lot, highest, "lot");
    }

    function testFuzz_CO2_Claim_NoMoreTicketsThanPoints(uint8 ticket) external {
        vm.assume(ticket >= 7);
        ElectionId id = _open(_terms(ElectionRule.Draw));
        _reachSeed();
        vm.expectRevert(
            abi.encodeWithSelector(ICoupons.CouponNoSuchTicket.selector, id, ticket, 7)
        );
        coupons.claim(id, _evaluation(2), ticket);
    }

    function test_CO2_Claim_HighestHasOneTicket() external {
        ElectionId id = _open(_terms(ElectionRule.Highest));
        _reachSeed();
        vm.expectRevert(abi.encodeWithSelector(ICoupons.CouponNoSuchTicket.selector, id, 1, 20));
        coupons.claim(id, _evaluation(4), 1);
    }

    function test_CO2_Claim_OutsideTheRange() external {
        ElectionTerms memory terms = _terms(ElectionRule.Highest);
        (terms.from, terms.to) = (_evaluation(2), _evaluation(3));
        ElectionId id = _open(terms);
        _evaluate(6, 20);
        _reachSeed();
        _refusesEvaluation(id, 1);
        _refusesEvaluation(id, 4);
        _refusesEvaluation(id, 6);
        coupons.claim(id, _evaluation(2), 0);
    }

    function test_CO2_Claim_BelowTheBar() external {
        ElectionTerms memory terms = _terms(ElectionRule.Draw);
        terms.bar = 8;
        ElectionId id = _open(terms);
        _reachSeed();
        _refusesScore(id, 2, 7, 8);
        _refusesScore(id, 5, 0, 8);
        coupons.claim(id, _evaluation(4), 19);
    }

    /// @dev A bar of 0 or less lets nobody in who has no credibility: it would hold no ticket.
    function test_CO2_Claim_NoCredibility() external {
        ElectionTerms memory terms = _terms(ElectionRule.Highest);
        terms.bar = -5;
        ElectionId id = _open(terms);
        _reachSeed();
        _refusesScore(id, 5, 0, -5);
    }

    /// @dev What a vehicle becomes after its evaluation, and what it rates later, counts for
    /// nothing.
    function test_CO2_Claim_TheScoreIsTheRecordedOne() external {
        ElectionId id = _open(_terms(ElectionRule.Highest));
        for (uint256 i = 0; i < 20; ++i) {
            stage.record(_vehicle(1), SessionId.wrap(bytes32(0)), 1);
        }
        _evaluate(1, 20);
        _reachSeed();
        coupons.claim(id, _evaluation(1), 0);
        vm.assertEq(coupons.electionOf(id).lot >> 248, 1, "one point, as recorded");
        _refusesEvaluation(id, 6);
    }

    function test_CO2_Claim_TheSameAgain() external {
        ElectionId id = _open(_terms(ElectionRule.Draw));
        _reachSeed();
        coupons.claim(id, _evaluation(4), 3);
        _refusesWorse(id, 4, 3);
    }

    function test_Claim_ByAnybodyUntilTheEnd() external {
        ElectionId id = _open(_terms(ElectionRule.Highest));
        _reachSeed();
        vm.warp(coupons.electionOf(id).claimEnds - 1);
        vm.prank(stranger.account);
        coupons.claim(id, _evaluation(1), 0);

        uint40 end = coupons.electionOf(id).claimEnds;
        vm.warp(end);
        vm.expectRevert(abi.encodeWithSelector(ICoupons.CouponTooLate.selector, id, end, end));
        coupons.claim(id, _evaluation(4), 0);
        vm.assertEq(coupons.electionOf(id).leader, _vehicle(1), "stays");
    }

    /* HELPERS */

    /// @dev All 35 tickets of the four candidates, one after the other.
    function _ticketAt(uint256 place) private view returns (uint40 k, uint8 ticket) {
        for (k = 1; place >= uint8(scores[k - 1]); ++k) place -= uint8(scores[k - 1]);
        ticket = uint8(place);
    }

    function _refusesWorse(ElectionId id, uint40 k, uint8 ticket) private {
        Election memory election = coupons.electionOf(id);
        uint256 lot = Oracle.ticket(id, election.seed, _vehicle(k), ticket);
        if (election.rule == ElectionRule.Highest) {
            lot = (uint256(uint8(scores[k - 1])) << 248) | (lot >> 8);
        }
        _refusesLot(id, k, ticket, lot, election.lot);
    }

    function _refusesLot(
        ElectionId id,
        uint40 k,
        uint8 ticket,
        uint256 lot,
        uint256 highest
    ) private {
        vm.expectRevert(
            abi.encodeWithSelector(ICoupons.CouponNotBetter.selector, id, lot, highest)
        );
        coupons.claim(id, _evaluation(k), ticket);
    }

    function _refusesEvaluation(ElectionId id, uint40 evaluation) private {
        vm.expectRevert(abi.encodeWithSelector(ICoupons.CouponOutOfRange.selector, id, evaluation));
        coupons.claim(id, _evaluation(evaluation), 0);
    }

    function _refusesScore(ElectionId id, uint40 evaluation, int8 score, int8 bar) private {
        vm.expectRevert(abi.encodeWithSelector(ICoupons.CouponBelowBar.selector, id, score, bar));
        coupons.claim(id, _evaluation(evaluation), 0);
    }
}
