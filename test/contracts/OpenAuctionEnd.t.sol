// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IChargingSession} from "../../contracts/interfaces/IChargingSession.sol";
import {IIdentityRegistry} from "../../contracts/interfaces/IIdentityRegistry.sol";
import {IEscrow} from "../../contracts/interfaces/IEscrow.sol";
import {IOpenAuction} from "../../contracts/interfaces/IOpenAuction.sol";
import {
    AuctionId,
    Certificate,
    OpenTerms,
    ParticipantKind,
    Phase,
    Reading,
    Session,
    SessionId,
    SessionState
} from "../../contracts/types/MarketTypes.sol";
import {OpenWorld} from "../support/contracts/OpenWorld.sol";
import {Oracle} from "../support/contracts/Oracle.sol";
import {Actor} from "../support/contracts/Base.sol";

/// @title How an open auction ends: `ChargingSession.startOpen`, or `release`
contract OpenAuctionEndTest is OpenWorld {
    /* START */

    function test_OA5_Start_ByTheVehicle() external {
        _startsAndHolds(vehicle);
    }

    function test_OA5_Start_NotAParty() external {
        AuctionId auctionId = _won(_openTerms());
        SessionId sessionId = openAuctions.decisionOf(auctionId);
        Actor[4] memory others = [stranger, pile, otherPile, otherVehicle];
        for (uint256 i = 0; i < others.length; ++i) {
            vm.expectRevert(
                abi.encodeWithSelector(
                    IChargingSession.SessionNotParty.selector,
                    sessionId,
                    others[i].account
                )
            );
            _startOpen(auctionId, others[i]);
        }
        vm.assertEq(uint8(openAuctions.phaseOf(auctionId)), uint8(Phase.Opening), "untouched");
    }

    function test_OA5_Start_WhileBidding() external {
        AuctionId auctionId = _call(_openTerms());
        _refusesStart(auctionId, Phase.Bidding);
        _offer(auctionId, pile, PRICE);
        vm.warp(START + QUIET - 1);
        _refusesStart(auctionId, Phase.Bidding);
    }

    function test_OA5_Start_LastSecondOfOpening() external {
        OpenTerms memory terms = _openTerms();
        AuctionId auctionId = _won(terms);
        vm.warp(terms.openingEnds - 1);
        _startOpen(auctionId, vehicle);
    }

    function test_OA5_Start_TooLate() external {
        OpenTerms memory terms = _openTerms();
        AuctionId auctionId = _won(terms);
        vm.warp(terms.openingEnds);
        _refusesStart(auctionId, Phase.Closed);
    }

    function test_OA5_Start_NobodyCame() external {
        OpenTerms memory terms = _openTerms();
        AuctionId auctionId = _call(terms);
        vm.warp(terms.biddingEnds);
        _refusesStart(auctionId, Phase.Closed);
    }

    function test_OA5_Start_Again() external {
        AuctionId auctionId = _won(_openTerms());
        _startOpen(auctionId, vehicle);
        _refusesStart(auctionId, Phase.Closed);
    }

    function test_OA5_Start_UnknownAuction() external {
        _refusesStart(AuctionId.wrap(keccak256("unknown")), Phase.None);
    }

    function testFuzz_OpenDecision_OnlyTheSessions(address caller) external {
        vm.assume(caller != address(sessions));
        AuctionId auctionId = _won(_openTerms());
        vm.expectRevert(abi.encodeWithSelector(IOpenAuction.OpenNotSession.selector, caller));
        vm.prank(caller);
        openAuctions.openDecision(auctionId);
    }

    function test_ID4_Start_OfTheSuspended() external {
        AuctionId auctionId = _won(_openTerms());
        Actor[2] memory parties = [vehicle, pile];
        for (uint256 i = 0; i < parties.length; ++i) {
            address account = parties[i].account;
            _suspend(parties[i]);
            vm.expectRevert(
                abi.encodeWithSelector(IIdentityRegistry.IdentitySuspended.selector, account)
            );
            _startOpen(auctionId, vehicle);
            vm.prank(authority.account);
            identities.reinstate(account);
        }
        _startOpen(auctionId, vehicle);
    }

    /// @dev A later certificate is for less than the leader has bid.
    function test_OA4_Start_MorePowerThanCertified() external {
        AuctionId auctionId = _won(_openTerms());
        Certificate memory certificate = _certificate(pile.account, ParticipantKind.Pile);
        certificate.ratedPowerW = POWER_W - 1;
        identities.enrol(certificate, _certified(certificate));
        vm.expectRevert(
            abi.encodeWithSelector(
                IOpenAuction.OpenPowerOutOfRange.selector,
                auctionId,
                POWER_W,
                1,
                POWER_W - 1
            )
        );
        _startOpen(auctionId, vehicle);
    }

    /// @dev The decision commits to auction, parties, number of the bid, price and power.
    function test_OA5_DecisionOf_FollowsTheLead() external {
        AuctionId auctionId = _call(_openTerms());
        _offer(auctionId, pile, PRICE);
        bytes32 first = SessionId.unwrap(openAuctions.decisionOf(auctionId));
        vm.assertEq(first, _decided(auctionId, 1, pile, PRICE), "first");

        _offer(auctionId, otherPile, PRICE - DECREMENT);
        bytes32 second = SessionId.unwrap(openAuctions.decisionOf(auctionId));
        vm.assertEq(second, _decided(auctionId, 2, otherPile, PRICE - DECREMENT), "second");
    }

    /* WHAT COMES AFTER */

    function testFuzz_SE2_Start_ThenSettle(uint64 energyWh) external {
        energyWh = uint64(_bound(energyWh, 0, 100_000));
        AuctionId auctionId = _won(_openTerms());
        SessionId sessionId = _startOpen(auctionId, vehicle);
        vm.prank(pile.account);
        sessions.authorise(sessionId);
        vm.prank(vehicle.account);
        sessions.plugIn(sessionId);
        Reading memory reading = _reading(sessionId, energyWh);
        sessions.settleAgreed(reading, _signed(reading, vehicle), _signed(reading, pile));

        uint256 due = (uint256(energyWh) * PRICE) / 1000;
        uint256 amount = due < DEPOSIT ? due : DEPOSIT;
        _assertBalance(vehicle.account, FUNDS - amount, 0, "vehicle");
        _assertBalance(pile.account, FUNDS + amount, 0, "pile");
    }

    /// @dev Who wins and does not serve pays with its bond.
    function test_SE5_Start_WinnerDoesNotServe() external {
        OpenTerms memory terms = _openTerms();
        AuctionId auctionId = _won(terms);
        SessionId sessionId = _startOpen(auctionId, vehicle);
        vm.warp(terms.slotStart + AUTHORISE_WINDOW);
        sessions.expire(sessionId);
        _assertBalance(vehicle.account, FUNDS + BOND, 0, "vehicle");
        _assertBalance(pile.account, FUNDS - BOND, 0, "winner");
        _assertBalance(otherPile.account, FUNDS, 0, "outbid long ago");
    }

    /* RELEASE */

    function test_OA6_Release_NobodyCame() external {
        OpenTerms memory terms = _openTerms();
        AuctionId auctionId = _call(terms);
        vm.warp(terms.biddingEnds - 1);
        _refusesRelease(auctionId, Phase.Bidding);

        vm.warp(terms.biddingEnds);
        vm.expectEmit(address(openAuctions));
        emit IOpenAuction.StakesReleased(auctionId, vehicle.account, address(0));
        vm.expectEmit(address(escrow));
        emit IEscrow.Unlocked(vehicle.account, address(openAuctions), DEPOSIT);
        vm.prank(stranger.account);
        openAuctions.release(auctionId);
        _assertBalance(vehicle.account, FUNDS, 0, "vehicle");
    }

    function test_OA6_Release_NobodyStarted() external {
        OpenTerms memory terms = _openTerms();
        AuctionId auctionId = _won(terms);
        _refusesRelease(auctionId, Phase.Opening);
        vm.warp(terms.openingEnds - 1);
        _refusesRelease(auctionId, Phase.Opening);

        vm.warp(terms.openingEnds);
        vm.expectEmit(address(openAuctions));
        emit IOpenAuction.StakesReleased(auctionId, vehicle.account, pile.account);
        vm.prank(stranger.account);
        openAuctions.release(auctionId);
        _assertBalance(vehicle.account, FUNDS, 0, "vehicle");
        _assertBalance(pile.account, FUNDS, 0, "pile");
    }

    /// @dev OA-6: a vehicle that does not want its leader needs nobody, and holds nobody up.
    function test_OA6_Release_ByTheVehicleOnceBiddingIsOver() external {
        AuctionId auctionId = _call(_openTerms());
        _offer(auctionId, pile, PRICE);
        vm.expectRevert(_openWrongPhase(auctionId, Phase.Closed, Phase.Bidding));
        vm.prank(vehicle.account);
        openAuctions.release(auctionId);

        vm.warp(START + QUIET);
        Actor[2] memory others = [pile, otherVehicle];
        for (uint256 i = 0; i < others.length; ++i) {
            vm.expectRevert(_openWrongPhase(auctionId, Phase.Closed, Phase.Opening));
            vm.prank(others[i].account);
            openAuctions.release(auctionId);
        }
        vm.prank(vehicle.account);
        openAuctions.release(auctionId);
        _assertBalance(vehicle.account, FUNDS, 0, "vehicle");
        _assertBalance(pile.account, FUNDS, 0, "pile");
        _refusesStart(auctionId, Phase.Closed);
    }

    function test_OA2_Release_Twice() external {
        OpenTerms memory terms = _openTerms();
        AuctionId auctionId = _won(terms);
        vm.warp(terms.openingEnds);
        openAuctions.release(auctionId);
        _refusesEnded(auctionId);
        _assertBalance(pile.account, FUNDS, 0, "pile");
    }

    function test_OA2_Release_WhatASessionHolds() external {
        OpenTerms memory terms = _openTerms();
        AuctionId auctionId = _won(terms);
        _startOpen(auctionId, vehicle);
        _refusesEnded(auctionId);
        vm.warp(terms.openingEnds);
        _refusesEnded(auctionId);
        _assertBalance(vehicle.account, FUNDS - DEPOSIT, DEPOSIT, "vehicle");
        _assertBalance(pile.account, FUNDS - BOND, BOND, "pile");
    }

    function test_OA6_Release_UnknownAuction() external {
        _refusesRelease(AuctionId.wrap(keccak256("unknown")), Phase.None);
    }

    /* HELPERS */

    function _startsAndHolds(Actor memory caller) private {
        OpenTerms memory terms = _openTerms();
        AuctionId auctionId = _won(terms);
        SessionId expected = openAuctions.decisionOf(auctionId);
        vm.assertEq(SessionId.unwrap(expected), _decided(auctionId, 2, pile, PRICE), "decision");
        uint40 deadline = terms.slotStart + AUTHORISE_WINDOW;

        vm.expectEmit(address(openAuctions));
        emit IOpenAuction.DecisionOpened(auctionId, expected, vehicle.account, pile.account);
        vm.expectEmit(address(sessions));
        emit IChargingSession.SessionOpened(
            expected,
            vehicle.account,
            pile.account,
            PRICE,
            POWER_W,
            DEPOSIT,
            BOND,
            deadline
        );
        SessionId sessionId = _startOpen(auctionId, caller);

        vm.assertEq(SessionId.unwrap(sessionId), SessionId.unwrap(expected), "id");
        Session memory session = sessions.sessionOf(sessionId);
        vm.assertEq(uint8(session.state), uint8(SessionState.Opened), "state");
        vm.assertEq(session.vehicle, vehicle.account, "vehicle");
        vm.assertEq(session.pile, pile.account, "pile");
        vm.assertEq(session.pricePerKwh, PRICE, "price");
        vm.assertEq(session.powerW, POWER_W, "power");
        vm.assertEq(session.deposit, DEPOSIT, "deposit");
        vm.assertEq(session.bond, BOND, "bond");
        vm.assertEq(session.slotEnd, terms.slotEnd, "slot end");
        vm.assertEq(session.deadline, deadline, "deadline");
        vm.assertTrue(openAuctions.auctionOf(auctionId).ended, "ended");
        _assertBalance(vehicle.account, FUNDS - DEPOSIT, DEPOSIT, "vehicle");
        _assertBalance(pile.account, FUNDS - BOND, BOND, "pile");
        _assertBalance(otherPile.account, FUNDS, 0, "outbid");
    }

    function _decided(
        AuctionId auctionId,
        uint32 bidNumber,
        Actor memory cp,
        uint64 price
    ) private view returns (bytes32) {
        bytes32 bid = Oracle.openBid(
            address(openAuctions),
            auctionId,
            bidNumber,
            cp.account,
            price,
            POWER_W
        );
        return SessionId.unwrap(Oracle.decision(auctionId, vehicle.id, cp.id, bid, bytes32(0)));
    }

    function _refusesStart(AuctionId auctionId, Phase actual) private {
        vm.expectRevert(_openWrongPhase(auctionId, Phase.Opening, actual));
        _startOpen(auctionId, vehicle);
    }

    function _refusesRelease(AuctionId auctionId, Phase actual) private {
        vm.expectRevert(_openWrongPhase(auctionId, Phase.Closed, actual));
        openAuctions.release(auctionId);
    }

    function _refusesEnded(AuctionId auctionId) private {
        vm.expectRevert(abi.encodeWithSelector(IOpenAuction.OpenEnded.selector, auctionId));
        openAuctions.release(auctionId);
    }
}
