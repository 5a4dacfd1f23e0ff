// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ICoupons} from "../../contracts/interfaces/ICoupons.sol";
import {ElectionId, ElectionRule, ElectionTerms} from "../../contracts/types/CouponTypes.sol";
import {EvaluationId, SessionId} from "../../contracts/types/MarketTypes.sol";
import {Deal} from "../support/contracts/DealWorld.sol";
import {SettleWorld} from "../support/contracts/SettleWorld.sol";

/// @title Elections in the market that the contract is deployed with
contract CouponsInTheMarketTest is SettleWorld {
    function test_CO1_CO2_ARatingOfASettledSessionWins() external {
        vm.prank(address(sessions));
        reputation.recordOutcome(vehicle.account, SessionId.wrap(bytes32(0)), 1);
        Deal memory deal = _earned();
        vm.prank(vehicle.account);
        reputation.rate(deal.sessionId, 3);
        uint256 free = escrow.balanceOf(vehicle.account).free;
        ElectionId id = _drawn();
        coupons.claim(id, EvaluationId.wrap(1), 0);
        vm.warp(block.timestamp + 1 days);
        coupons.redeem(id);
        _assertBalance(vehicle.account, free + 5e6, 0, "the coupon");
        _assertBalance(matcher.account, 0, 0, "from the sponsor");
    }

    /// @dev CO-2: whoever agreed on its session is no candidate, however credible.
    function test_CO2_Claim_OfASessionThatDidNotEarn() external {
        vm.prank(address(sessions));
        reputation.recordOutcome(vehicle.account, SessionId.wrap(bytes32(0)), 1);
        Deal memory deal = _settled(10_000);
        vm.prank(vehicle.account);
        reputation.rate(deal.sessionId, 1);
        ElectionId id = _drawn();
        EvaluationId first = EvaluationId.wrap(1);
        vm.expectRevert(abi.encodeWithSelector(ICoupons.CouponNotEarned.selector, id, first));
        coupons.claim(id, first, 0);
        vm.warp(block.timestamp + 1 days);
        coupons.redeem(id);
        _assertBalance(matcher.account, 5e6, 0, "back with the sponsor");
    }

    /// @dev A coupon for the only evaluation there is; the seed is known.
    function _drawn() private returns (ElectionId id) {
        _fund(matcher.account, 5e6);
        vm.prank(matcher.account);
        id = coupons.open(
            ElectionTerms({
                rule: ElectionRule.Draw,
                bar: 1,
                from: EvaluationId.wrap(1),
                to: EvaluationId.wrap(1),
                seedBlock: uint40(block.number) + 1,
                claimEnds: uint40(block.timestamp) + 1 days,
                coupon: 5e6,
                nonce: bytes32(0)
            })
        );
        vm.roll(block.number + 2);
        vm.setBlockhash(block.number - 1, keccak256("hash"));
    }
}
