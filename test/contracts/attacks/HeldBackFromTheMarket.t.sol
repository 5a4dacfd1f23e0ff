// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IEscrow} from "../../../contracts/interfaces/IEscrow.sol";
import {IPricingAuction} from "../../../contracts/interfaces/IPricingAuction.sol";
import {IReputation} from "../../../contracts/interfaces/IReputation.sol";
import {ISignedCalls} from "../../../contracts/interfaces/ISignedCalls.sol";
import {UncountedEscrow} from "../../../contracts/mocks/UncountedEscrow.sol";
import {AuctionId, AuctionTerms, Consent} from "../../../contracts/types/MarketTypes.sol";
import {Actor} from "../../support/contracts/Base.sol";
import {CallsWorld, Taker} from "../../support/contracts/CallsWorld.sol";
import {Deal} from "../../support/contracts/DealWorld.sol";
import {Digests} from "../../support/contracts/Digests.sol";
import {Oracle} from "../../support/contracts/Oracle.sol";

/// @title Relayers that hold back what a driver has signed for the market, until it hurts
contract HeldBackFromTheMarketTest is CallsWorld {
    uint128 private constant PAYMENT = 30e6;

    address private later = address(0x1A7E);
    /// @dev Is paid by withdrawals, and knows the relayer.
    address private shop = address(0x5409);

    function setUp() public override {
        super.setUp();
        vm.etch(later, hex"00");
    }

    /// @dev Nothing happens, so the driver pays the shop by a call of its own. Then the shop brings
    /// the withdrawal that it was given first.
    function test_SC6_Attack_PaidTwice() external {
        UncountedEscrow careless = UncountedEscrow(_created("UncountedEscrow", ""));
        vm.prank(vehicle.account);
        careless.deposit(FUNDS);
        Taker memory strawMan = _strawMan(careless);
        bytes memory data = abi.encodeCall(careless.withdraw, (shop, PAYMENT));
        bytes memory held = _signedFor(strawMan, vehicle, data);
        _callsItself(strawMan, vehicle, data);
        _bring(strawMan, vehicle, data, held);
        vm.assertEq(careless.free(shop), 2 * PAYMENT, "the attack works");

        data = abi.encodeCall(escrow.withdraw, (shop, PAYMENT));
        held = _signedFor(_atEscrow(), vehicle, data);
        _callsItself(_atEscrow(), vehicle, data);
        _refusesSigned(_atEscrow(), vehicle, data, held);
        vm.assertEq(token.balanceOf(shop), PAYMENT, "paid once");
        _assertBalance(vehicle.account, FUNDS - PAYMENT, 0, "the rest is there");
    }

    /// @dev The relayer is of a later market that takes everything. Its user approves it, sees what it
    /// is, and revokes; the approval that it had signed before does not come back.
    function test_SC6_Attack_ApprovedAgain() external {
        bytes memory approve = abi.encodeCall(escrow.approveMarket, (later));
        bytes memory held = _signedFor(_atEscrow(), vehicle, approve);
        _callsItself(_atEscrow(), vehicle, approve);
        bytes memory revoke = abi.encodeCall(escrow.revokeMarket, (later));
        bytes memory heldRevoke = _signedFor(_atEscrow(), vehicle, revoke);
        _callsItself(_atEscrow(), vehicle, revoke);
        _refusesSigned(_atEscrow(), vehicle, approve, held);
        _assertConsent(Consent.Revoked);
        vm.expectRevert(abi.encodeWithSelector(IEscrow.EscrowNotMarket.selector, later));
        vm.prank(later);
        escrow.lock(vehicle.account, FUNDS);

        _callsItself(_atEscrow(), vehicle, approve);
        _refusesSigned(_atEscrow(), vehicle, revoke, heldRevoke);
        _assertConsent(Consent.Approved);
    }

    /// @dev In the last second of round 1 the older wish, for another place, is to replace the one that
    /// the driver has sent itself; also where a signed one stood before.
    function test_SC6_Attack_OlderRequest() external {
        AuctionTerms memory terms = _terms();
        AuctionId auctionId = _open(terms);
        bytes memory older = abi.encodeCall(auctions.request, (auctionId, keccak256("older")));
        bytes memory signed = abi.encodeCall(auctions.request, (auctionId, keccak256("signed")));
        _relay(_atAuctions(), vehicle, signed);
        bytes memory held = _signedFor(_atAuctions(), vehicle, older);
        bytes memory heldOfOther = _signedFor(_atAuctions(), otherVehicle, older);
        _request(auctionId, vehicle);
        _request(auctionId, otherVehicle);

        vm.warp(terms.biddingEnds - 1);
        _refusesReplacing(auctionId, vehicle, older, held);
        _refusesReplacing(auctionId, otherVehicle, older, heldOfOther);
        _request(auctionId, vehicle);
        _refusesReplacing(auctionId, vehicle, older, held);
        _assertBalance(vehicle.account, FUNDS - DEPOSIT, DEPOSIT, "one deposit");
    }

    /// @dev A pile that relays keeps the best rating, and brings it after the one that it earned.
    function test_SC2_Attack_BetterRating() external {
        Deal memory deal = _earned();
        bytes memory best = abi.encodeCall(reputation.rate, (deal.sessionId, 3));
        bytes memory held = _signedFor(_atReputation(), vehicle, best);
        vm.prank(vehicle.account);
        reputation.rate(deal.sessionId, 1);
        bytes4 selector = IReputation.ReputationAlreadyRated.selector;
        vm.expectRevert(abi.encodeWithSelector(selector, deal.sessionId));
        _bring(_atReputation(), vehicle, best, held);
        vm.assertEq(reputation.ratingOf(deal.sessionId), 1, "as it said itself");
    }

    /// @dev A driver is talked into approving the escrow itself: every signed call comes from there,
    /// whoever signs it.
    function test_ES7_Attack_EscrowAsItsOwnMarket() external {
        UncountedEscrow careless = UncountedEscrow(_created("UncountedEscrow", ""));
        vm.prank(vehicle.account);
        careless.deposit(FUNDS);
        vm.prank(vehicle.account);
        careless.approveMarket(address(careless));
        bytes memory lock = abi.encodeCall(careless.lock, (vehicle.account, FUNDS));
        _relay(_strawMan(careless), stranger, lock);
        vm.assertEq(careless.locked(vehicle.account), FUNDS, "the attack works");

        bytes memory reason = abi.encodeWithSelector(
            IEscrow.EscrowNoLaterMarket.selector,
            address(escrow)
        );
        vm.expectRevert(reason);
        vm.prank(vehicle.account);
        escrow.approveMarket(address(escrow));
        bytes memory approve = abi.encodeCall(escrow.approveMarket, (address(escrow)));
        bytes memory signature = _signedFor(_atEscrow(), vehicle, approve);
        vm.expectRevert(reason);
        _bring(_atEscrow(), vehicle, approve, signature);

        lock = abi.encodeCall(escrow.lock, (vehicle.account, FUNDS));
        signature = _signedFor(_atEscrow(), stranger, lock);
        bytes4 selector = IEscrow.EscrowNotMarket.selector;
        vm.expectRevert(abi.encodeWithSelector(selector, address(escrow)));
        _bring(_atEscrow(), stranger, lock, signature);
        _assertBalance(vehicle.account, FUNDS, 0, "untouched");
    }

    /* HELPERS */

    function _refusesReplacing(
        AuctionId auctionId,
        Actor memory signer,
        bytes memory data,
        bytes memory held
    ) private {
        bytes4 selector = IPricingAuction.AuctionRequestStands.selector;
        vm.expectRevert(abi.encodeWithSelector(selector, auctionId, signer.account));
        _bring(_atAuctions(), signer, data, held);
        bytes32 own = Oracle.request(address(auctions), auctionId, signer.account, UPLOAD);
        vm.assertEq(auctions.requestOf(auctionId, signer.account), own, "its own");
    }

    function _strawMan(UncountedEscrow careless) private pure returns (Taker memory) {
        return Taker(ISignedCalls(address(careless)), Digests.ESCROW);
    }

    function _assertConsent(Consent expected) private view {
        Consent consent = escrow.approvalOf(vehicle.account, later).consent;
        vm.assertEq(uint256(consent), uint256(expected), "consent");
    }
}
