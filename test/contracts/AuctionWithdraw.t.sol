// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IEscrow} from "../../contracts/interfaces/IEscrow.sol";
import {IPricingAuction} from "../../contracts/interfaces/IPricingAuction.sol";
import {AuctionId, AuctionTerms, Phase, SessionId} from "../../contracts/types/MarketTypes.sol";
import {Deal, DealWorld} from "../support/contracts/DealWorld.sol";
import {Actor} from "../support/contracts/Base.sol";

/// @title `withdrawRequest`: a vehicle needs nobody for its money
contract AuctionWithdrawTest is DealWorld {
    /// @dev A match that the vehicle does not want.
    function test_SE7_Withdraw_OfAMatch() external {
        Deal memory deal = _decided();
        vm.expectEmit(address(auctions));
        emit IPricingAuction.BondsReleased(deal.auctionId, DEPOSIT, _one(vehicle.account));
        vm.expectEmit(address(escrow));
        emit IEscrow.Unlocked(vehicle.account, address(auctions), DEPOSIT);
        _withdraw(deal.auctionId, vehicle);

        _assertBalance(vehicle.account, FUNDS, 0, "vehicle");
        _assertBalance(pile.account, FUNDS - BOND, BOND, "the pile waits as others do");
        vm.assertEq(auctions.depositOf(deal.auctionId, vehicle.account), 0, "deposit");
        vm.expectRevert(_noRequest(deal.auctionId, vehicle));
        _start(deal, vehicle);
        vm.assertEq(int256(reputation.credibilityOf(vehicle.account)), 0, "credibility");

        vm.warp(deal.terms.openingEnds);
        auctions.releaseExpired(deal.auctionId, _one(vehicle.account), _one(pile.account));
        _assertBalance(vehicle.account, FUNDS, 0, "once");
        _assertBalance(pile.account, FUNDS, 0, "pile");
    }

    function test_SE7_Withdraw_NotSelected() external {
        Deal memory deal = _decided();
        _withdraw(deal.auctionId, otherVehicle);
        _assertBalance(otherVehicle.account, FUNDS, 0, "other vehicle");
        _start(deal, vehicle);
    }

    /// @dev No decisions came, and nobody calls.
    function test_SE7_Withdraw_TheMatcherIsSilent() external {
        AuctionTerms memory terms = _terms();
        AuctionId auctionId = _taken(terms);
        vm.warp(terms.matchingEnds);
        _withdraw(auctionId, vehicle);
        _assertBalance(vehicle.account, FUNDS, 0, "vehicle");
    }

    /// @dev AU-2: what it had locked, also where that was a multiple.
    function test_AU2_Withdraw_OnProbation() external {
        vm.prank(address(sessions));
        reputation.recordOutcome(vehicle.account, SessionId.wrap(bytes32(0)), -1);
        Deal memory deal = _decided();
        uint128 raised = DEPOSIT * PROBATION_FACTOR;
        _assertBalance(vehicle.account, FUNDS - raised, raised, "raised");
        vm.expectEmit(address(auctions));
        emit IPricingAuction.BondsReleased(deal.auctionId, raised, _one(vehicle.account));
        _withdraw(deal.auctionId, vehicle);
        _assertBalance(vehicle.account, FUNDS, 0, "all of it");
    }

    /// @dev A round that goes on is not changed any more by who leaves.
    function test_AU6_Withdraw_OnlyWhenDecided() external {
        AuctionTerms memory terms = _terms();
        AuctionId auctionId = _taken(terms);
        _refusesPhase(auctionId, Phase.Bidding);
        vm.warp(terms.biddingEnds);
        _refusesPhase(auctionId, Phase.Matching);
        vm.warp(terms.matchingEnds);
        _withdraw(auctionId, vehicle);
        _refusesPhase(AuctionId.wrap(keccak256("unknown")), Phase.None);
    }

    function test_AU2_Withdraw_Once() external {
        Deal memory deal = _decided();
        _withdraw(deal.auctionId, vehicle);
        _refuses(deal.auctionId, vehicle);
        _refuses(deal.auctionId, pile);
        _refuses(deal.auctionId, stranger);
        _assertBalance(vehicle.account, FUNDS, 0, "vehicle");
    }

    function test_AU2_Withdraw_NotWhatASessionHolds() external {
        Deal memory deal = _opened();
        _refuses(deal.auctionId, vehicle);
        vm.warp(deal.terms.openingEnds);
        _refuses(deal.auctionId, vehicle);
        _assertBalance(vehicle.account, FUNDS - DEPOSIT, DEPOSIT, "in the session");
    }

    /// @dev ID-4: also for whoever is suspended.
    function test_ID4_Withdraw_OfTheSuspended() external {
        Deal memory deal = _decided();
        _suspend(vehicle);
        _withdraw(deal.auctionId, vehicle);
        _withdrawAll(vehicle.account);
        vm.assertEq(token.balanceOf(vehicle.account), FUNDS, "withdrawn");
    }

    function _withdraw(AuctionId auctionId, Actor memory actor) private {
        vm.prank(actor.account);
        auctions.withdrawRequest(auctionId);
    }

    function _refuses(AuctionId auctionId, Actor memory actor) private {
        vm.expectRevert(_noRequest(auctionId, actor));
        _withdraw(auctionId, actor);
    }

    function _refusesPhase(AuctionId auctionId, Phase actual) private {
        vm.expectRevert(_wrongPhase(auctionId, Phase.Opening, actual));
        _withdraw(auctionId, vehicle);
    }

    function _noRequest(
        AuctionId auctionId,
        Actor memory actor
    ) private pure returns (bytes memory) {
        bytes4 selector = IPricingAuction.AuctionNoRequest.selector;
        return abi.encodeWithSelector(selector, auctionId, actor.account);
    }
}
