// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Coupons} from "../../contracts/Coupons.sol";
import {Escrow} from "../../contracts/Escrow.sol";
import {ICoupons} from "../../contracts/interfaces/ICoupons.sol";
import {IEscrow} from "../../contracts/interfaces/IEscrow.sol";
import {IReputation} from "../../contracts/interfaces/IReputation.sol";
import {RatingStage} from "../../contracts/mocks/RatingStage.sol";
import {
    Election,
    ElectionId,
    ElectionRule,
    ElectionTerms
} from "../../contracts/types/CouponTypes.sol";
import {EvaluationId, SessionId} from "../../contracts/types/MarketTypes.sol";
import {DealWorld} from "../support/contracts/DealWorld.sol";
import {Oracle} from "../support/contracts/Oracle.sol";

/// @title Elections among the vehicles that rated
/// @dev Five vehicles on a stage, with scores 1, 7, 7, 20 and 0; evaluation k is of vehicle k.
contract CouponsTest is DealWorld {
    uint128 private constant COUPON = 12e6;
    uint128 private constant SPONSORED = 100e6;
    uint256 private constant SEED_BLOCK = 1_000;
    bytes32 private constant SEED = keccak256("hash of the block");
    int8[5] private scores = [int8(1), 7, 7, 20, 0];

    RatingStage private stage;
    address private sponsor;

    function setUp() public override {
        super.setUp();
        stage = new RatingStage(_parameters());
        uint64 nonce = vm.getNonce(address(this));
        escrow = _escrowOf(token, vm.computeCreateAddress(address(this), nonce + 1));
        coupons = new Coupons(escrow, stage.reputation());
        sponsor = matcher.account;
        _fund(sponsor, SPONSORED);
        for (uint160 k = 1; k <= scores.length; ++k) _evaluate(k, scores[k - 1]);
        vm.roll(SEED_BLOCK - 10);
    }

    /* OPEN */

    function testFuzz_CO1_CO4_Open(bool isDraw, int8 bar, uint256 seed) external {
        ElectionTerms memory terms = _terms(isDraw ? ElectionRule.Draw : ElectionRule.Highest);
        terms.bar = bar;
        _drawRest(terms, seed);
        ElectionId expected = Oracle.election(address(coupons), sponsor, terms);

        vm.expectEmit(address(coupons));
        emit ICoupons.ElectionOpened(expected, sponsor, terms);
        ElectionId id = _open(terms);

        vm.assertEq(ElectionId.unwrap(id), ElectionId.unwrap(expected), "id");
        Election memory election = coupons.electionOf(id);
        vm.assertEq(election.sponsor, sponsor, "sponsor");
        vm.assertEq(uint8(election.rule), uint8(terms.rule), "rule");
        vm.assertEq(int256(election.bar), terms.bar, "bar");
        vm.assertEq(EvaluationId.unwrap(election.from), EvaluationId.unwrap(terms.from), "from");
        vm.assertEq(EvaluationId.unwrap(election.to), EvaluationId.unwrap(terms.to), "to");
        vm.assertEq(election.seedBlock, terms.seedBlock, "seed block");
        vm.assertEq(election.claimEnds, terms.claimEnds, "claim ends");
        vm.assertEq(election.coupon, terms.coupon, "coupon");
        vm.assertEq(election.seed, bytes32(0), "no seed");
        vm.assertEq(election.leader, address(0), "no leader");
        _assertBalance(sponsor, SPONSORED - terms.coupon, terms.coupon, "sponsor");
    }

    function test_CO4_Open_WithoutTheMoney() external {
        ElectionTerms memory terms = _terms(ElectionRule.Highest);
        vm.expectRevert(
            abi.encodeWithSelector(
                IEscrow.EscrowInsufficientFree.selector,
                stranger.account,
                0,
                COUPON
            )
        );
        vm.prank(stranger.account);
        coupons.open(terms);
    }

    function test_Open_Twice() external {
        ElectionTerms memory terms = _terms(ElectionRule.Draw);
        ElectionId id = _open(terms);
        _refusesTerms(terms, abi.encodeWithSelector(ICoupons.CouponExists.selector, id));
        terms.nonce = keccak256("another");
        _open(terms);
        _assertBalance(sponsor, SPONSORED - 2 * COUPON, 2 * COUPON, "both");
    }

    function test_CO2_Open_Ranges() external {
        _refusesRange(0, 3);
        _refusesRange(4, 3);
        _refusesRange(1, 6);
        ElectionTerms memory terms = _terms(ElectionRule.Highest);
        (terms.from, terms.to) = (_evaluation(5), _evaluation(5));
        _open(terms);
    }

    function test_CO3_Open_SeedBlockIsStillToCome() external {
        ElectionTerms memory terms = _terms(ElectionRule.Draw);
        terms.seedBlock = uint40(block.number);
        _refusesTerms(
            terms,
            abi.encodeWithSelector(
                ICoupons.CouponBadSeedBlock.selector,
                terms.seedBlock,
                block.number
            )
        );
        ++terms.seedBlock;
        _open(terms);
    }

    function test_Open_ClaimEndAndCoupon() external {
        ElectionTerms memory terms = _terms(ElectionRule.Draw);
        terms.claimEnds = uint40(block.timestamp);
        _refusesClaimEnd(terms);
        terms.claimEnds = uint40(block.timestamp) + coupons.MAX_CLAIM_SECONDS() + 1;
        _refusesClaimEnd(terms);
        --terms.claimEnds;
        terms.coupon = 0;
        _refusesTerms(terms, abi.encodeWithSelector(ICoupons.CouponZero.selector));
        terms.coupon = 1;
        _open(terms);
    }

    /* SEED */

    function test_CO3_Draw_OnceAndForGood() external {
        ElectionId id = _open(_terms(ElectionRule.Draw));
        _reachSeed();
        vm.expectEmit(address(coupons));
        emit ICoupons.SeedDrawn(id, SEED);
        coupons.draw(id);

        vm.roll(SEED_BLOCK + 5_000);
        coupons.draw(id);
        vm.assertEq(coupons.electionOf(id).seed, SEED, "stays");
    }

    function test_CO3_Draw_NotBeforeItsBlockIsMined() external {
        ElectionId id = _open(_terms(ElectionRule.Draw));
        vm.roll(SEED_BLOCK);
        bytes memory reason = abi.encodeWithSelector(
            ICoupons.CouponNotDrawn.selector,
            id,
            SEED_BLOCK,
            SEED_BLOCK
        );
        vm.expectRevert(reason);
        coupons.draw(id);
        vm.expectRevert(reason);
        coupons.claim(id, _evaluation(1), 0);
    }

    function test_CO1_Draw_ForgottenHashGivesTheCouponBack() external {
        ElectionId id = _open(_terms(ElectionRule.Draw));
        vm.roll(SEED_BLOCK + 257);
        vm.expectRevert(
            abi.encodeWithSelector(
                ICoupons.CouponSeedLost.selector,
                id,
                SEED_BLOCK,
                SEED_BLOCK + 257
            )
        );
        coupons.claim(id, _evaluation(1), 0);

        vm.warp(coupons.electionOf(id).claimEnds);
        coupons.redeem(id);
        _assertBalance(sponsor, SPONSORED, 0, "back");
    }

    function test_Unknown() external {
        ElectionId id = ElectionId.wrap(keccak256("none"));
        bytes memory reason = abi.encodeWithSelector(ICoupons.CouponUnknown.selector, id);
        vm.expectRevert(reason);
        coupons.draw(id);
        vm.expectRevert(reason);
        coupons.claim(id, _evaluation(1), 0);
        vm.expectRevert(reason);
        coupons.redeem(id);
        vm.assertEq(coupons.electionOf(id).sponsor, address(0), "all zero");
    }

    /* CLAIMS */

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

    /* MONEY */

    function test_CO1_Redeem_PaysTheLeaderOnce() external {
        ElectionId id = _open(_terms(ElectionRule.Highest));
        _reachSeed();
        coupons.claim(id, _evaluation(4), 0);
        uint40 end = coupons.electionOf(id).claimEnds;
        vm.warp(end - 1);
        vm.expectRevert(abi.encodeWithSelector(ICoupons.CouponTooEarly.selector, id, end, end - 1));
        coupons.redeem(id);

        vm.warp(end);
        vm.expectEmit(address(coupons));
        emit ICoupons.CouponPaid(id, _vehicle(4), COUPON);
        coupons.redeem(id);
        _assertBalance(_vehicle(4), COUPON, 0, "winner");
        _assertBalance(sponsor, SPONSORED - COUPON, 0, "sponsor");

        vm.expectRevert(abi.encodeWithSelector(ICoupons.CouponRedeemed.selector, id));
        coupons.redeem(id);
    }

    function test_CO1_Redeem_NobodyClaimed() external {
        ElectionId id = _open(_terms(ElectionRule.Draw));
        vm.warp(coupons.electionOf(id).claimEnds);
        vm.expectEmit(address(coupons));
        emit ICoupons.CouponPaid(id, sponsor, COUPON);
        vm.expectEmit(address(escrow));
        emit IEscrow.Unlocked(sponsor, address(coupons), COUPON);
        coupons.redeem(id);
        _assertBalance(sponsor, SPONSORED, 0, "back");
        vm.expectRevert(abi.encodeWithSelector(ICoupons.CouponRedeemed.selector, id));
        coupons.redeem(id);
    }

    /// @dev Several elections of one sponsor hold their money apart; at the end every unit is
    /// somebody's.
    function testFuzz_CO1_EveryCouponEndsOnce(bool[4] memory isDraw, uint8 claimed) external {
        ElectionId[4] memory ids;
        for (uint256 i = 0; i < ids.length; ++i) {
            ElectionTerms memory terms = _terms(
                isDraw[i] ? ElectionRule.Draw : ElectionRule.Highest
            );
            terms.coupon = uint128(i + 1);
            ids[i] = _open(terms);
        }
        _assertBalance(sponsor, SPONSORED - 10, 10, "locked");
        _reachSeed();
        uint256 won = 0;
        for (uint256 i = 0; i < ids.length; ++i) {
            if (((claimed >> i) & 1) == 0) continue;
            coupons.claim(ids[i], _evaluation(4), 0);
            won += i + 1;
        }
        vm.warp(coupons.electionOf(ids[0]).claimEnds);
        for (uint256 i = 0; i < ids.length; ++i) coupons.redeem(ids[ids.length - 1 - i]);
        _assertBalance(_vehicle(4), won, 0, "won");
        _assertBalance(sponsor, SPONSORED - won, 0, "the rest");
    }

    /* HELPERS */

    function _evaluate(uint160 k, int8 score) private {
        uint40 serial = EvaluationId.unwrap(stage.reputation().lastEvaluation());
        SessionId sessionId = stage.settled(_vehicle(k), 1, serial, score);
        IReputation staged = stage.reputation();
        vm.prank(_vehicle(k));
        staged.rate(sessionId, 3);
    }

    function _vehicle(uint160 k) private pure returns (address) {
        return address(0xE000 + k);
    }

    function _evaluation(uint40 id) private pure returns (EvaluationId) {
        return EvaluationId.wrap(id);
    }

    function _terms(ElectionRule rule) private view returns (ElectionTerms memory) {
        return
            ElectionTerms({
                rule: rule,
                bar: 1,
                from: _evaluation(1),
                to: _evaluation(5),
                seedBlock: uint40(SEED_BLOCK),
                claimEnds: uint40(block.timestamp) + 1 hours,
                coupon: COUPON,
                nonce: bytes32(0)
            });
    }

    /// @dev Fills in what an honest sponsor could have chosen.
    function _drawRest(ElectionTerms memory terms, uint256 seed) private view {
        uint256 latest = block.timestamp + coupons.MAX_CLAIM_SECONDS();
        uint256 from = _bound(uint32(seed), 1, 5);
        terms.from = _evaluation(uint40(from));
        terms.to = _evaluation(uint40(_bound(uint32(seed >> 32), from, 5)));
        terms.seedBlock = uint40(_bound(uint40(seed >> 64), block.number + 1, type(uint40).max));
        terms.claimEnds = uint40(_bound(uint40(seed >> 104), block.timestamp + 1, latest));
        terms.coupon = uint128(_bound(seed >> 144, 1, SPONSORED));
        terms.nonce = bytes32(seed);
    }

    function _open(ElectionTerms memory terms) private returns (ElectionId) {
        vm.prank(sponsor);
        return coupons.open(terms);
    }

    function _reachSeed() private {
        _reachSeedOf(SEED);
    }

    function _reachSeedOf(bytes32 seed) private {
        vm.roll(SEED_BLOCK + 1);
        vm.setBlockhash(SEED_BLOCK, seed);
    }

    /// @dev All 35 tickets of the four candidates, one after the other.
    function _ticketAt(uint256 place) private view returns (uint40 k, uint8 ticket) {
        for (k = 1; place >= uint8(scores[k - 1]); ++k) place -= uint8(scores[k - 1]);
        ticket = uint8(place);
    }

    function _refusesTerms(ElectionTerms memory terms, bytes memory reason) private {
        vm.expectRevert(reason);
        _open(terms);
    }

    function _refusesRange(uint40 from, uint40 to) private {
        ElectionTerms memory terms = _terms(ElectionRule.Highest);
        (terms.from, terms.to) = (_evaluation(from), _evaluation(to));
        _refusesTerms(terms, abi.encodeWithSelector(ICoupons.CouponBadRange.selector, from, to, 5));
    }

    function _refusesClaimEnd(ElectionTerms memory terms) private {
        _refusesTerms(
            terms,
            abi.encodeWithSelector(
                ICoupons.CouponBadClaimEnd.selector,
                terms.claimEnds,
                block.timestamp
            )
        );
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
