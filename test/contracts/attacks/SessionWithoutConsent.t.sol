// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IChargingSession} from "../../../contracts/interfaces/IChargingSession.sol";
import {IPricingAuction} from "../../../contracts/interfaces/IPricingAuction.sol";
import {ISignedCalls} from "../../../contracts/interfaces/ISignedCalls.sol";
import {CarelessSession} from "../../../contracts/mocks/CarelessSession.sol";
import {
    AuctionId,
    AuctionTerms,
    SessionId,
    SessionState
} from "../../../contracts/types/MarketTypes.sol";
import {Deal, DealWorld} from "../../support/contracts/DealWorld.sol";
import {Digests} from "../../support/contracts/Digests.sol";

/// @title A pile binds a vehicle that does not want it
/// @dev It has won by a record that is not what it has committed to. The vehicle sees the price and
/// does not answer.
contract SessionWithoutConsentTest is DealWorld {
    /// @dev Every way in which a pile could begin alone, and then what the vehicle does.
    function test_SE7_Attack_PileBeginsAlone() external {
        CarelessSession careless = new CarelessSession();
        vm.prank(pile.account);
        careless.start(1, vehicle.account, pile.account, block.timestamp);
        vm.prank(pile.account);
        careless.authorise(1);
        vm.warp(block.timestamp + 1 hours);
        careless.expire(1);
        vm.assertEq(careless.balanceOf(vehicle.account), -5e6, "the attack works");
        vm.assertEq(careless.credibilityOf(vehicle.account), -1, "and costs a point");

        AuctionTerms memory terms = _terms();
        Deal memory deal = _decidedOn(terms);
        bytes memory call = abi.encodeCall(sessions.start, (deal.opening, deal.proof));
        _refusesPile(deal, call);
        bytes4 forged = ISignedCalls.SignedCallBadSignature.selector;
        bytes memory ofPile = _signature(pile.key, _digest(call, vehicle.account, 0));
        vm.expectRevert(abi.encodeWithSelector(forged, vehicle.account));
        sessions.callSigned(vehicle.account, call, _soon(), ofPile);
        // The vehicle's account behind the data counts only in a call of the contract to itself.
        bytes memory appended = abi.encodePacked(call, vehicle.account);
        vm.prank(pile.account);
        (bool success, ) = address(sessions).call(appended);
        vm.assertTrue(!success, "appended");
        vm.assertEq(
            uint8(sessions.sessionOf(deal.sessionId).state),
            uint8(SessionState.None),
            "no session"
        );

        _takesAnother(deal);
    }

    /// @dev The leader of the first round asks ten times as much in the last one, where nobody can
    /// answer. It is decided, for a bid is a hash, and binds the pile alone.
    function test_SE7_Attack_LeaderRaisesInTheLastRound() external {
        _takesAnother(_raised());
    }

    /// @dev The straw man of it: a vehicle that accepts whatever it is matched with.
    function test_SE7_Attack_VehicleThatAcceptsARaisedPrice() external {
        Deal memory deal = _raised();
        _start(deal, vehicle);
        uint64 pricePerKwh = sessions.sessionOf(deal.sessionId).pricePerKwh;
        vm.assertEq(pricePerKwh, 10 * PRICE, "the attack works");
    }

    /// @dev A pile brings the signature by which the vehicle began another session.
    function test_SE7_Attack_SignatureOfAnotherSession() external {
        Deal memory wanted = _agreedBetween(vehicle, otherPile, PRICE);
        bytes memory call = abi.encodeCall(sessions.start, (wanted.opening, wanted.proof));
        bytes memory signature = _signature(vehicle.key, _digest(call, vehicle.account, 0));
        sessions.callSigned(vehicle.account, call, _soon(), signature);

        Deal memory unwanted = _agreedBetween(vehicle, pile, PRICE);
        call = abi.encodeCall(sessions.start, (unwanted.opening, unwanted.proof));
        bytes4 forged = ISignedCalls.SignedCallBadSignature.selector;
        vm.expectRevert(abi.encodeWithSelector(forged, vehicle.account));
        vm.prank(pile.account);
        sessions.callSigned(vehicle.account, call, _soon(), signature);
        _assertBalance(
            vehicle.account,
            FUNDS - 2 * DEPOSIT,
            2 * DEPOSIT,
            "one session, one refusal"
        );
        vm.prank(vehicle.account);
        auctions.withdrawRequest(unwanted.auctionId);
        _assertBalance(vehicle.account, FUNDS - DEPOSIT, DEPOSIT, "in the session that it wanted");
    }

    /// @dev `pile` leads at `PRICE`, and wins at ten times as much.
    function _raised() private returns (Deal memory deal) {
        deal.terms = _terms();
        deal.terms.maxRounds = 2;
        deal.auctionId = _open(deal.terms);
        _commitBoth(deal, vehicle, pile, PRICE);
        vm.warp(deal.terms.biddingEnds);
        _closeRound(deal.auctionId, PRICE, bytes32(0));
        deal.opening.round = 2;
        deal.opening.offer.pricePerKwh = 10 * PRICE;
        _bid(deal.auctionId, pile, deal.opening.offer);
        deal.sessionId = _decision(deal.opening, pile.account);
        deal.decisions = _one(SessionId.unwrap(deal.sessionId));
        vm.warp(block.timestamp + deal.terms.roundSeconds);
        _post(deal.auctionId, deal.decisions);
    }

    /// @dev The deposit is free at once, and buys in a second auction of the same slot, without the
    /// liar. The first decision opens nothing any more.
    function _takesAnother(Deal memory deal) private {
        vm.prank(vehicle.account);
        auctions.withdrawRequest(deal.auctionId);
        _withdrawAll(otherVehicle.account);

        AuctionTerms memory again = _terms();
        again.slotStart = deal.terms.slotStart + 15 minutes;
        again.slotEnd = deal.terms.slotEnd;
        again.nonce = keccak256("again");
        AuctionId auctionId = _open(again);
        _request(auctionId, vehicle);
        _bid(auctionId, otherPile, _offer());
        Deal memory better = _postOnly(auctionId, again, vehicle, otherPile);
        _start(better, vehicle);
        vm.prank(otherPile.account);
        sessions.authorise(better.sessionId);
        vm.prank(vehicle.account);
        sessions.plugIn(better.sessionId);
        bytes4 gone = IPricingAuction.AuctionNoRequest.selector;
        vm.warp(deal.terms.openingEnds - 1);
        vm.expectRevert(abi.encodeWithSelector(gone, deal.auctionId, vehicle.account));
        _start(deal, pile);

        vm.warp(deal.terms.openingEnds);
        auctions.releaseExpired(deal.auctionId, _none(), _one(pile.account));
        _assertBalance(pile.account, FUNDS, 0, "the liar");
        _assertBalance(vehicle.account, FUNDS - DEPOSIT, DEPOSIT, "in the session that it wanted");
        vm.assertEq(int256(reputation.credibilityOf(vehicle.account)), 0, "credibility");
    }

    function _refusesPile(Deal memory deal, bytes memory call) private {
        bytes memory reason = abi.encodeWithSelector(
            IChargingSession.SessionNotParty.selector,
            deal.sessionId,
            pile.account
        );
        vm.expectRevert(reason);
        _start(deal, pile);
        bytes memory signature = _signature(pile.key, _digest(call, pile.account, 0));
        vm.expectRevert(reason);
        sessions.callSigned(pile.account, call, _soon(), signature);
    }

    function _soon() private view returns (uint40) {
        return uint40(block.timestamp) + 1 minutes;
    }

    function _digest(
        bytes memory call,
        address from,
        uint256 nonce
    ) private view returns (bytes32) {
        return Digests.callDigest(Digests.SESSIONS, address(sessions), from, call, nonce, _soon());
    }
}
