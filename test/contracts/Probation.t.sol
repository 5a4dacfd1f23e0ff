// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IEscrow} from "../../contracts/interfaces/IEscrow.sol";
import {IPricingAuction} from "../../contracts/interfaces/IPricingAuction.sol";
import {IReputation} from "../../contracts/interfaces/IReputation.sol";
import {
    AuctionId,
    AuctionTerms,
    Offer,
    Session,
    SessionId
} from "../../contracts/types/MarketTypes.sol";
import {Deal, DealWorld} from "../support/contracts/DealWorld.sol";
import {Actor, Vm} from "../support/contracts/Base.sol";

/// @title Deposit and power of vehicles with negative credibility, from the request to the end of
/// the session
contract ProbationTest is DealWorld {
    uint128 private constant RAISED = DEPOSIT * PROBATION_FACTOR;
    SessionId private constant SOME = SessionId.wrap(bytes32(uint256(1)));

    function testFuzz_RE5_DepositFactor(int8 credibility) external {
        credibility = int8(int256(_bound(uint8(credibility), 0, 25))) - 5;
        _bring(vehicle, credibility);
        if (credibility < THRESHOLD) {
            vm.expectRevert(
                abi.encodeWithSelector(
                    IReputation.ReputationBelowThreshold.selector,
                    vehicle.account,
                    credibility,
                    THRESHOLD
                )
            );
            reputation.depositFactor(vehicle.account);
            return;
        }
        uint256 expected = credibility < 0 ? PROBATION_FACTOR : 1;
        vm.assertEq(reputation.depositFactor(vehicle.account), expected, "factor");
    }

    function test_RE5_Request_LocksTheMultiple() external {
        AuctionId auctionId = _open(_terms());
        _bring(vehicle, -1);
        vm.expectEmit(address(auctions));
        emit IPricingAuction.DepositRaised(auctionId, vehicle.account, RAISED);
        _request(auctionId, vehicle);
        _request(auctionId, otherVehicle);

        _assertBalance(vehicle.account, FUNDS - RAISED, RAISED, "on probation");
        _assertBalance(otherVehicle.account, FUNDS - DEPOSIT, DEPOSIT, "not on probation");
        vm.assertEq(auctions.depositOf(auctionId, vehicle.account), RAISED, "raised");
        vm.assertEq(auctions.depositOf(auctionId, otherVehicle.account), DEPOSIT, "as the auction");
        vm.assertEq(auctions.depositOf(auctionId, stranger.account), 0, "no request");
        vm.assertTrue(auctions.auctionOf(auctionId).hasRaisedDeposits, "noted");
    }

    /// @dev Who is not on probation leaves no trace of it, neither in storage nor in events.
    function test_RE5_Request_OfOthersWritesNothing() external {
        AuctionId auctionId = _open(_terms());
        vm.recordLogs();
        _request(auctionId, vehicle);
        vm.assertEq(vm.getRecordedLogs().length, 2, "the request and the lock");
        vm.assertTrue(!auctions.auctionOf(auctionId).hasRaisedDeposits, "nothing noted");
    }

    function test_RE5_Request_NeedsTheMultiple() external {
        AuctionId auctionId = _open(_terms());
        _bring(vehicle, -1);
        _withdrawAll(vehicle.account);
        _fund(vehicle.account, RAISED - 1);
        vm.expectRevert(
            abi.encodeWithSelector(
                IEscrow.EscrowInsufficientFree.selector,
                vehicle.account,
                RAISED - 1,
                RAISED
            )
        );
        vm.prank(vehicle.account);
        auctions.request(auctionId, keccak256("request"));

        _fund(vehicle.account, 1);
        _request(auctionId, vehicle);
        _assertBalance(vehicle.account, 0, RAISED, "all of it");
    }

    /// @dev The first request decides: a point lost or won before the second changes no lock.
    function testFuzz_RE5_AU2_Request_TheFirstDecides(bool fails) external {
        AuctionId auctionId = _open(_terms());
        _bring(vehicle, fails ? int8(0) : int8(-1));
        _request(auctionId, vehicle);
        uint128 locked = fails ? DEPOSIT : RAISED;
        _assertBalance(vehicle.account, FUNDS - locked, locked, "first");

        _bring(vehicle, fails ? int8(-1) : int8(1));
        vm.prank(vehicle.account);
        auctions.request(auctionId, keccak256("another request"));
        _assertBalance(vehicle.account, FUNDS - locked, locked, "second");
        vm.assertEq(auctions.depositOf(auctionId, vehicle.account), locked, "as first");
    }

    /// @dev A multiple that no balance can hold is refused like one that the balance does not hold.
    function test_RE5_Request_MultipleBeyondTheType() external {
        AuctionTerms memory terms = _terms();
        terms.vehicleDeposit = type(uint128).max / PROBATION_FACTOR + 1;
        AuctionId auctionId = _open(terms);
        _bring(vehicle, -1);
        vm.expectRevert(_panic(0x11));
        vm.prank(vehicle.account);
        auctions.request(auctionId, keccak256("request"));
    }

    function test_AU2_Release_EverybodyTheirOwn() external {
        _bring(vehicle, -2);
        AuctionTerms memory terms = _terms();
        AuctionId auctionId = _taken(terms);
        vm.warp(terms.biddingEnds);
        _post(auctionId, _one(keccak256("another decision")));

        address[] memory both = _two(vehicle.account, otherVehicle.account);
        vm.recordLogs();
        _release(auctionId, both, _none());
        _assertReleased(vm.getRecordedLogs(), auctionId, both);
        _assertBalance(vehicle.account, FUNDS, 0, "on probation");
        _assertBalance(otherVehicle.account, FUNDS, 0, "not on probation");

        _release(auctionId, both, _none());
        _assertBalance(vehicle.account, FUNDS, 0, "once");
        vm.assertEq(auctions.depositOf(auctionId, vehicle.account), 0, "nothing stands");
    }

    function test_AU2_AU5_ReleaseExpired_TheMultipleToo() external {
        _bring(vehicle, -1);
        AuctionTerms memory terms = _terms();
        AuctionId auctionId = _taken(terms);
        vm.warp(terms.matchingEnds);
        auctions.releaseExpired(auctionId, _two(vehicle.account, vehicle.account), _none());
        _assertBalance(vehicle.account, FUNDS, 0, "back, once");
    }

    /// @dev The session gets what was locked, pays at most that, and gives the rest back.
    function testFuzz_AU2_SE2_Session_HoldsTheMultiple(uint64 energyWh) external {
        energyWh = uint64(_bound(energyWh, 0, 300_000));
        _bring(vehicle, -1);
        Deal memory deal = _settled(energyWh);
        Session memory session = sessions.sessionOf(deal.sessionId);
        uint256 due = (uint256(energyWh) * PRICE) / 1000;
        if (due > RAISED) due = RAISED;

        vm.assertEq(session.deposit, RAISED, "deposit");
        vm.assertEq(session.amountDown, due, "amount");
        _assertBalance(vehicle.account, FUNDS - due, 0, "vehicle");
        _assertBalance(pile.account, FUNDS + due, 0, "pile");
        vm.assertEq(int256(reputation.credibilityOf(vehicle.account)), -1, "agreed: no point");
    }

    /// @dev Less than the offer while on probation; what is below the limit anyway stays, and so
    /// does everything after it.
    function testFuzz_RE5_Session_GuaranteesLessPower(int8 credibility, uint32 offeredW) external {
        credibility = THRESHOLD + int8(int256(_bound(uint8(credibility), 0, 5)));
        _bring(vehicle, credibility);
        offeredW = uint32(_bound(offeredW, 0, 22_000));
        Deal memory deal = _decidedAt(offeredW);
        _start(deal, vehicle);

        bool isLess = credibility < 0 && offeredW > PROBATION_POWER_W;
        uint32 expectedW = isLess ? PROBATION_POWER_W : offeredW;
        vm.assertEq(sessions.sessionOf(deal.sessionId).powerW, expectedW, "power");
    }

    function test_AU2_SE2_Session_ExpiresWithTheMultiple() external {
        _bring(vehicle, -1);
        Deal memory deal = _authorised();
        vm.warp(sessions.sessionOf(deal.sessionId).deadline);
        sessions.expire(deal.sessionId);
        _assertBalance(vehicle.account, FUNDS - BOND, 0, "the fee is the bond, as for others");
        vm.assertEq(int256(reputation.credibilityOf(vehicle.account)), -2, "one more");
    }

    /* HELPERS */

    function _decidedAt(uint32 powerW) private returns (Deal memory deal) {
        deal.terms = _terms();
        deal.auctionId = _open(deal.terms);
        _request(deal.auctionId, vehicle);
        Offer memory offer = _offer();
        offer.powerW = powerW;
        _bid(deal.auctionId, pile, offer);
        deal.opening = _opening(deal.auctionId, vehicle, pile);
        deal.opening.offer = offer;
        deal.sessionId = _decision(deal.opening, pile.account);
        vm.warp(deal.terms.biddingEnds);
        _post(deal.auctionId, _one(SessionId.unwrap(deal.sessionId)));
    }

    /// @dev Brings the credibility to a value, as sessions would have.
    function _bring(Actor memory ev, int8 to) private {
        int8 reached = reputation.credibilityOf(ev.account);
        while (reached != to) {
            int8 outcome = reached < to ? int8(1) : int8(-1);
            vm.prank(address(sessions));
            reputation.recordOutcome(ev.account, SOME, outcome);
            reached += outcome;
        }
    }

    function _assertReleased(
        Vm.Log[] memory logs,
        AuctionId auctionId,
        address[] memory vehicles
    ) private pure {
        uint256 found = 0;
        for (uint256 i = 0; i < logs.length; ++i) {
            if (logs[i].topics[0] != IPricingAuction.BondsReleased.selector) continue;
            vm.assertEq(logs[i].topics[1], AuctionId.unwrap(auctionId), "auction");
            (uint128 stake, address[] memory accounts) = abi.decode(
                logs[i].data,
                (uint128, address[])
            );
            vm.assertEq(accounts.length, 1, "one each");
            vm.assertEq(accounts[0], vehicles[found], "whose");
            vm.assertEq(stake, found == 0 ? RAISED : DEPOSIT, "amount");
            ++found;
        }
        vm.assertEq(found, 2, "two releases");
    }
}
