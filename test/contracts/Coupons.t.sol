// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ICoupons} from "../../contracts/interfaces/ICoupons.sol";
import {IEscrow} from "../../contracts/interfaces/IEscrow.sol";
import {
    Election,
    ElectionId,
    ElectionRule,
    ElectionTerms
} from "../../contracts/types/CouponTypes.sol";
import {EvaluationId} from "../../contracts/types/MarketTypes.sol";
import {Oracle} from "../support/contracts/Oracle.sol";
import {CouponWorld} from "../support/contracts/CouponWorld.sol";

/// @title Elections among the vehicles that rated: opening, seed, money
contract CouponsTest is CouponWorld {
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
}
