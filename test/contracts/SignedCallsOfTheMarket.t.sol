// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ISignedCalls} from "../../contracts/interfaces/ISignedCalls.sol";
import {AuctionId, Consent, SessionId, Stake} from "../../contracts/types/MarketTypes.sol";
import {Actor} from "../support/contracts/Base.sol";
import {CallsWorld, Taker} from "../support/contracts/CallsWorld.sol";
import {Deal} from "../support/contracts/DealWorld.sol";
import {Oracle} from "../support/contracts/Oracle.sol";

/// @title What a driver without gas does beside its session: it requests, rates, withdraws, and lets
/// later markets in
contract SignedCallsOfTheMarketTest is CallsWorld {
    address private later = address(0x1A7E);
    /// @dev Where a driver wants its tokens.
    address private purse = address(0x9025E);

    function setUp() public override {
        super.setUp();
        vm.etch(later, hex"00");
    }

    /* EACH CALL, AND NO OTHER */

    function test_SC1_Request_ByRelay() external {
        AuctionId auctionId = _open(_terms());
        _takesOnlyWhatIsSigned(
            _atAuctions(),
            abi.encodeCall(auctions.request, (auctionId, UPLOAD))
        );
        bytes32 commitment = Oracle.request(address(auctions), auctionId, vehicle.account, UPLOAD);
        vm.assertEq(auctions.requestOf(auctionId, vehicle.account), commitment, "its own");
        vm.assertEq(auctions.requestOf(auctionId, stranger.account), bytes32(0), "not another's");
        _assertBalance(vehicle.account, FUNDS - DEPOSIT, DEPOSIT, "deposit");
    }

    /// @dev The factor, and what is noted of it, are of who signed.
    function test_SC1_Request_ByRelayOnProbation() external {
        AuctionId auctionId = _open(_terms());
        vm.prank(address(sessions));
        reputation.recordOutcome(vehicle.account, SessionId.wrap(bytes32(uint256(1))), -1);
        _relay(_atAuctions(), vehicle, abi.encodeCall(auctions.request, (auctionId, UPLOAD)));
        uint128 raised = DEPOSIT * PROBATION_FACTOR;
        vm.assertEq(auctions.depositOf(auctionId, vehicle.account), raised, "noted");
        _assertBalance(vehicle.account, FUNDS - raised, raised, "locked");
    }

    function test_SC1_WithdrawRequest_ByRelay() external {
        Deal memory deal = _decided();
        _takesOnlyWhatIsSigned(
            _atAuctions(),
            abi.encodeCall(auctions.withdrawRequest, (deal.auctionId))
        );
        _assertBalance(vehicle.account, FUNDS, 0, "free again");
    }

    function test_SC1_Rate_ByRelay() external {
        Deal memory deal = _earned();
        _takesOnlyWhatIsSigned(
            _atReputation(),
            abi.encodeCall(reputation.rate, (deal.sessionId, 2))
        );
        vm.assertEq(reputation.ratingOf(deal.sessionId), 2, "rating");
    }

    /// @dev The destination is signed with the rest: whoever relays cannot name its own.
    function test_SC1_Withdraw_ByRelay() external {
        bytes memory data = abi.encodeCall(escrow.withdraw, (purse, FUNDS));
        bytes memory signature = _signedFor(_atEscrow(), vehicle, data);
        bytes memory theirs = abi.encodeCall(escrow.withdraw, (stranger.account, FUNDS));
        _refusesSigned(_atEscrow(), vehicle, theirs, signature);
        _takesOnlyWhatIsSigned(_atEscrow(), data);
        vm.assertEq(token.balanceOf(purse), FUNDS, "where it was signed for");
        _assertBalance(vehicle.account, 0, 0, "withdrawn");
    }

    function test_SC1_ApproveMarket_ByRelay() external {
        _takesOnlyWhatIsSigned(_atEscrow(), abi.encodeCall(escrow.approveMarket, (later)));
        _assertConsent(Consent.Approved);
        _takesOnlyWhatIsSigned(_atEscrow(), abi.encodeCall(escrow.revokeMarket, (later)));
        _assertConsent(Consent.Revoked);
    }

    /// @dev A relayer that hurries an older request in is answered with the next one, by signature.
    function test_SC2_Request_ReplacedByRelay() external {
        AuctionId auctionId = _open(_terms());
        bytes32 newer = keccak256("the newer upload");
        bytes memory data = abi.encodeCall(auctions.request, (auctionId, newer));
        bytes memory overtaken = _signedFor(_atAuctions(), vehicle, data);
        _relay(_atAuctions(), vehicle, abi.encodeCall(auctions.request, (auctionId, UPLOAD)));
        _refusesSigned(_atAuctions(), vehicle, data, overtaken);
        _relay(_atAuctions(), vehicle, data);
        bytes32 commitment = Oracle.request(address(auctions), auctionId, vehicle.account, newer);
        vm.assertEq(auctions.requestOf(auctionId, vehicle.account), commitment, "the newer");
        _assertBalance(vehicle.account, FUNDS - DEPOSIT, DEPOSIT, "one deposit");
    }

    /* WHAT NOBODY CALLS BY SIGNATURE */

    /// @dev A signed call comes from the contract itself, which is nobody here.
    function test_SC4_WhatIsNotCalledBySignature() external {
        (AuctionId auctionId, address victim) = (_open(_terms()), pile.account);
        vm.prank(address(auctions));
        escrow.lock(victim, BOND);
        Stake memory stake = Stake(victim, BOND, BOND);
        bytes[7] memory ofMarkets = [
            abi.encodeCall(escrow.lock, (victim, 1)),
            abi.encodeCall(escrow.unlock, (victim, BOND)),
            abi.encodeCall(escrow.unlockEach, (_one(victim), BOND)),
            abi.encodeCall(escrow.unlockEach, (_none(), 0)),
            abi.encodeCall(escrow.settle, (stake, Stake(stranger.account, 0, 0))),
            abi.encodeCall(escrow.pay, (victim, stranger.account, BOND)),
            abi.encodeCall(escrow.deposit, (stranger.account, 1))
        ];
        for (uint256 i = 0; i < ofMarkets.length; ++i) {
            _refusesAltogether(_atEscrow(), stranger, ofMarkets[i]);
            _refusesAltogether(_atEscrow(), matcher, ofMarkets[i]);
        }
        _assertBalance(victim, FUNDS - BOND, BOND, "untouched");
        _assertBalance(stranger.account, 0, 0, "gains nothing");

        bytes memory bid = abi.encodeCall(auctions.bid, (auctionId, UPLOAD, UPLOAD));
        _refusesAltogether(_atAuctions(), pile, bid);
        bytes memory outcome = abi.encodeCall(
            reputation.recordOutcome,
            (victim, SessionId.wrap(bytes32(uint256(1))), 1)
        );
        _refusesAltogether(_atReputation(), stranger, outcome);
    }

    /* HELPERS */

    /// @dev Brings what `vehicle` has signed in every way that does not count, as it was signed, and
    /// again. Whoever brings it has nothing of it.
    function _takesOnlyWhatIsSigned(Taker memory taker, bytes memory data) private {
        bytes memory signature = _signedFor(taker, vehicle, data);
        bytes memory changed = bytes.concat(data);
        changed[data.length - 1] ^= 0x01;
        _refusesSigned(taker, vehicle, changed, signature);
        _refusesSigned(taker, otherVehicle, data, signature);
        _refusesSigned(taker, vehicle, data, _signedFor(taker, stranger, data));
        Taker memory other = Taker(taker.target, "ChargeVeil ChargingSession");
        _refusesSigned(taker, vehicle, data, _signedFor(other, vehicle, data));
        other = Taker(sessions, taker.domain);
        _refusesSigned(taker, vehicle, data, _signedFor(other, vehicle, data));
        vm.chainId(4242);
        _refusesSigned(taker, vehicle, data, signature);
        vm.chainId(31_337);
        _refusesStale(taker, data);

        _bring(taker, vehicle, data, signature);
        _refusesSigned(taker, vehicle, data, signature);
        vm.assertEq(token.balanceOf(stranger.account), 0, "the relayer gains nothing");
        _assertBalance(stranger.account, 0, 0, "nor in the escrow");
    }

    function _refusesStale(Taker memory taker, bytes memory data) private {
        uint40 deadline = uint40(block.timestamp);
        bytes memory signature = _signedUntil(taker, vehicle, data, deadline);
        bytes4 selector = ISignedCalls.SignedCallStale.selector;
        vm.expectRevert(abi.encodeWithSelector(selector, deadline, uint256(deadline)));
        taker.target.callSigned(vehicle.account, data, deadline, signature);
    }

    /// @dev For whatever reason; the signature is none of them.
    function _refusesAltogether(
        Taker memory taker,
        Actor memory signer,
        bytes memory data
    ) private {
        bytes memory signature = _signedFor(taker, signer, data);
        try taker.target.callSigned(signer.account, data, RELAY_BY, signature) {
            vm.assertTrue(false, "refused");
        } catch (bytes memory reason) {
            bytes4 selector = ISignedCalls.SignedCallBadSignature.selector;
            vm.assertTrue(bytes4(reason) != selector, "not for its signature");
        }
    }

    function _assertConsent(Consent expected) private view {
        Consent consent = escrow.approvalOf(vehicle.account, later).consent;
        vm.assertEq(uint256(consent), uint256(expected), "consent");
    }
}
