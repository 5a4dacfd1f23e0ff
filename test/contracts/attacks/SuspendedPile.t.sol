// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IIdentityRegistry} from "../../../contracts/interfaces/IIdentityRegistry.sol";
import {CarelessSession} from "../../../contracts/mocks/CarelessSession.sol";
import {Deal, DealWorld} from "../../support/contracts/DealWorld.sol";

/// @title Suspended for fraud, and still earning
contract SuspendedPileTest is DealWorld {
    /// @dev It begins a session, authorises, and takes the fee of a vehicle that does not come to a
    /// pile that it has read about.
    function test_ID4_Attack_SuspendedPileTakesTheFee() external {
        CarelessSession careless = new CarelessSession();
        vm.prank(pile.account);
        careless.start(1, vehicle.account, pile.account, block.timestamp);
        vm.prank(pile.account);
        careless.authorise(1);
        vm.warp(block.timestamp + 1 hours);
        careless.expire(1);
        vm.assertEq(careless.balanceOf(pile.account), 5e6, "the attack works");

        Deal memory deal = _decided();
        _suspend(pile);
        bytes4 selector = IIdentityRegistry.IdentitySuspended.selector;
        vm.expectRevert(abi.encodeWithSelector(selector, pile.account));
        _start(deal, pile);
        vm.expectRevert(abi.encodeWithSelector(selector, pile.account));
        _start(deal, vehicle);

        vm.prank(vehicle.account);
        auctions.withdrawRequest(deal.auctionId);
        vm.warp(deal.terms.openingEnds);
        auctions.releaseExpired(deal.auctionId, _none(), _one(pile.account));
        _assertNobodyLost();
    }

    /// @dev The other way round: the authority suspends a pile in the middle of a session, and the
    /// bond is not forfeited by it.
    function test_ID4_Attack_AuthorityTakesABond() external {
        Deal memory deal = _opened();
        _suspend(pile);
        vm.prank(pile.account);
        sessions.authorise(deal.sessionId);
        vm.prank(vehicle.account);
        sessions.plugIn(deal.sessionId);
        _settle(deal.sessionId, 10_000);
        _assertBalance(pile.account, FUNDS + 10 * PRICE, 0, "served and paid");
    }

    function _assertNobodyLost() private view {
        _assertBalance(vehicle.account, FUNDS, 0, "vehicle");
        _assertBalance(pile.account, FUNDS, 0, "pile");
        vm.assertEq(int256(reputation.credibilityOf(vehicle.account)), 0, "credibility");
    }
}
