// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IChargingSession} from "../../contracts/interfaces/IChargingSession.sol";
import {AuctionTerms, SessionId, SessionState} from "../../contracts/types/MarketTypes.sol";
import {Deal, DealWorld} from "../support/contracts/DealWorld.sol";
import {Actor} from "../support/contracts/Base.sol";

/// @title `authorise`, `plugIn`, `unplug` and `waive`
contract SessionRunTest is DealWorld {
    /* AUTHORISE */

    function test_Authorise() external {
        Deal memory deal = _opened();
        uint40 deadline = deal.terms.slotStart + PLUG_IN_WINDOW;

        vm.expectEmit(address(sessions));
        emit IChargingSession.SessionAuthorised(deal.sessionId, deadline);
        vm.prank(pile.account);
        sessions.authorise(deal.sessionId);

        _assertState(deal.sessionId, SessionState.Authorised, deadline);
        _assertStakes();
    }

    function test_Authorise_NotThePile() external {
        Deal memory deal = _opened();
        _refusesAuthorise(deal, vehicle, _notParty(deal, vehicle));
        _refusesAuthorise(deal, otherPile, _notParty(deal, otherPile));
        _refusesAuthorise(deal, matcher, _notParty(deal, matcher));
    }

    function test_SE5_Authorise_AtTheSecond() external {
        Deal memory deal = _opened();
        uint40 deadline = sessions.sessionOf(deal.sessionId).deadline;

        vm.warp(deadline);
        _refusesAuthorise(deal, pile, _tooLate(deal, deadline));

        vm.warp(deadline - 1);
        vm.prank(pile.account);
        sessions.authorise(deal.sessionId);
    }

    function test_SE1_Authorise_WrongState() external {
        Deal memory deal;
        _refusesAuthorise(deal, pile, _wrongState(deal, SessionState.Opened, SessionState.None));

        deal = _authorised();
        _refusesAuthorise(
            deal,
            pile,
            _wrongState(deal, SessionState.Opened, SessionState.Authorised)
        );

        vm.prank(vehicle.account);
        sessions.plugIn(deal.sessionId);
        _refusesAuthorise(
            deal,
            pile,
            _wrongState(deal, SessionState.Opened, SessionState.Charging)
        );

        _settle(deal.sessionId, 1);
        _refusesAuthorise(deal, pile, _wrongState(deal, SessionState.Opened, SessionState.Settled));
    }

    /// @dev SE-5: counted from the slot's start, or from now if that has passed; not beyond the
    /// slot's end.
    function testFuzz_SE5_SE8_Authorise_Deadline(uint40 length, uint40 time) external {
        AuctionTerms memory terms = _terms();
        terms.slotEnd = terms.slotStart + uint40(_bound(length, 1, 2 hours));
        Deal memory deal = _decidedOn(terms);
        _start(deal, vehicle);
        uint40 until = sessions.sessionOf(deal.sessionId).deadline;
        vm.warp(_bound(time, block.timestamp, until - 1));

        vm.prank(pile.account);
        sessions.authorise(deal.sessionId);

        uint40 from = block.timestamp > terms.slotStart ? uint40(block.timestamp) : terms.slotStart;
        uint40 deadline = from + PLUG_IN_WINDOW;
        // A slot that is not longer than the pile's own window does not say when it started.
        bool isShort = terms.slotEnd <= terms.slotStart + AUTHORISE_WINDOW;
        if (isShort || deadline > terms.slotEnd) deadline = terms.slotEnd;
        _assertState(deal.sessionId, SessionState.Authorised, deadline);
    }

    /* PLUG IN */

    function testFuzz_SE5_PlugIn_Deadline(uint40 time) external {
        Deal memory deal = _authorised();
        vm.warp(_bound(time, block.timestamp, sessions.sessionOf(deal.sessionId).deadline - 1));
        uint40 deadline = deal.terms.slotEnd + SETTLE_WINDOW;

        vm.expectEmit(address(sessions));
        emit IChargingSession.ChargingBegun(deal.sessionId, deadline);
        vm.prank(vehicle.account);
        sessions.plugIn(deal.sessionId);

        _assertState(deal.sessionId, SessionState.Charging, deadline);
        vm.assertEq(sessions.sessionOf(deal.sessionId).pluggedInAt, block.timestamp, "since now");
        _assertStakes();
    }

    /// @dev A vehicle that calls weeks ahead would otherwise be rid of its slot, free of charge,
    /// before it begins.
    function test_SE5_PlugIn_LongBeforeTheSlot() external {
        AuctionTerms memory terms = _terms();
        terms.slotStart = START + 29 days;
        terms.slotEnd = START + 30 days;
        Deal memory deal = _decidedOn(terms);
        _start(deal, vehicle);
        vm.prank(pile.account);
        sessions.authorise(deal.sessionId);
        vm.prank(vehicle.account);
        sessions.plugIn(deal.sessionId);

        _assertState(deal.sessionId, SessionState.Charging, terms.slotEnd + SETTLE_WINDOW);
        vm.warp(terms.slotEnd);
        _settle(deal.sessionId, 1_000);
    }

    /// @dev SE-8: the vehicle is there first, and the pile's call begins the charging.
    function test_SE8_PlugIn_BeforeThePile() external {
        Deal memory deal = _opened();
        uint40 until = sessions.sessionOf(deal.sessionId).deadline;
        vm.warp(deal.terms.slotStart);
        vm.expectEmit(address(sessions));
        emit IChargingSession.SessionAwaited(deal.sessionId);
        vm.prank(vehicle.account);
        sessions.plugIn(deal.sessionId);
        _assertState(deal.sessionId, SessionState.Opened, until);

        vm.warp(until - 1);
        uint40 deadline = deal.terms.slotEnd + SETTLE_WINDOW;
        vm.expectEmit(address(sessions));
        emit IChargingSession.ChargingBegun(deal.sessionId, deadline);
        vm.prank(pile.account);
        sessions.authorise(deal.sessionId);
        _assertState(deal.sessionId, SessionState.Charging, deadline);
        uint40 since = sessions.sessionOf(deal.sessionId).pluggedInAt;
        vm.assertEq(since, until - 1, "since both are there");
        _assertStakes();
    }

    function test_SE8_PlugIn_ThePileDoesNotCome() external {
        Deal memory deal = _opened();
        vm.prank(vehicle.account);
        sessions.plugIn(deal.sessionId);
        vm.warp(sessions.sessionOf(deal.sessionId).deadline);
        sessions.expire(deal.sessionId);
        _assertBalance(vehicle.account, FUNDS + BOND, 0, "vehicle");
        _assertBalance(pile.account, FUNDS - BOND, 0, "pile");
    }

    /// @dev A second call would move the begin of what the pile may charge for.
    function test_SE8_PlugIn_Once() external {
        Deal memory deal = _opened();
        vm.prank(vehicle.account);
        sessions.plugIn(deal.sessionId);
        uint40 since = uint40(block.timestamp);
        vm.warp(since + 1);
        _refusesPlugIn(
            deal,
            vehicle,
            abi.encodeWithSelector(
                IChargingSession.SessionPluggedIn.selector,
                deal.sessionId,
                since
            )
        );
    }

    function test_PlugIn_NotTheVehicle() external {
        Deal memory deal = _authorised();
        _refusesPlugIn(deal, pile, _notParty(deal, pile));
        _refusesPlugIn(deal, otherVehicle, _notParty(deal, otherVehicle));
        _refusesPlugIn(deal, matcher, _notParty(deal, matcher));
    }

    function test_SE5_PlugIn_AtTheSecond() external {
        Deal memory deal = _authorised();
        uint40 deadline = sessions.sessionOf(deal.sessionId).deadline;

        vm.warp(deadline);
        _refusesPlugIn(deal, vehicle, _tooLate(deal, deadline));

        vm.warp(deadline - 1);
        vm.prank(vehicle.account);
        sessions.plugIn(deal.sessionId);
    }

    function test_SE1_PlugIn_WrongState() external {
        Deal memory deal;
        _refusesPlugIn(
            deal,
            vehicle,
            _wrongState(deal, SessionState.Authorised, SessionState.None)
        );

        deal = _authorised();
        vm.prank(vehicle.account);
        sessions.plugIn(deal.sessionId);
        _refusesPlugIn(
            deal,
            vehicle,
            _wrongState(deal, SessionState.Authorised, SessionState.Charging)
        );
    }

    function test_ID4_Run_OfTheSuspended() external {
        Deal memory deal = _opened();
        _suspend(vehicle);
        _suspend(pile);

        vm.prank(pile.account);
        sessions.authorise(deal.sessionId);
        vm.prank(vehicle.account);
        sessions.plugIn(deal.sessionId);
        vm.prank(vehicle.account);
        sessions.unplug(deal.sessionId);
        _settle(deal.sessionId, 1_000);
    }

    /* UNPLUG */

    function testFuzz_SE5_Unplug_Deadline(uint40 time) external {
        Deal memory deal = _charging();
        vm.warp(_bound(time, block.timestamp, sessions.sessionOf(deal.sessionId).deadline - 1));
        uint40 deadline = uint40(block.timestamp) + SETTLE_WINDOW;

        vm.expectEmit(address(sessions));
        emit IChargingSession.SessionUnplugged(deal.sessionId, deadline);
        vm.prank(vehicle.account);
        sessions.unplug(deal.sessionId);

        _assertState(deal.sessionId, SessionState.Unplugged, deadline);
        _assertStakes();
        vm.warp(deadline);
        sessions.expire(deal.sessionId);
        _assertBalance(vehicle.account, FUNDS, 0, "vehicle");
        _assertBalance(pile.account, FUNDS, 0, "pile");
    }

    function test_Unplug_OnlyTheVehicle() external {
        Deal memory deal = _charging();
        _refusesOthers(deal, [pile, otherVehicle, stranger], sessions.unplug);
    }

    /// @dev SE-8: as if it had not come yet. It can come again, and is due like any other.
    function test_SE8_Unplug_WhileItWaits() external {
        Deal memory deal = _opened();
        uint40 until = sessions.sessionOf(deal.sessionId).deadline;
        _refusesUnplug(deal, _wrongState(deal, SessionState.Charging, SessionState.Opened));
        vm.prank(vehicle.account);
        sessions.plugIn(deal.sessionId);
        vm.expectRevert(_notParty(deal, pile));
        vm.prank(pile.account);
        sessions.unplug(deal.sessionId);

        vm.warp(until - 1);
        vm.expectEmit(address(sessions));
        emit IChargingSession.SessionUnawaited(deal.sessionId);
        vm.prank(vehicle.account);
        sessions.unplug(deal.sessionId);
        _assertState(deal.sessionId, SessionState.Opened, until);
        vm.assertEq(sessions.sessionOf(deal.sessionId).pluggedInAt, 0, "not there");
        _refusesUnplug(deal, _wrongState(deal, SessionState.Charging, SessionState.Opened));

        vm.prank(vehicle.account);
        sessions.plugIn(deal.sessionId);
        vm.assertEq(sessions.sessionOf(deal.sessionId).pluggedInAt, until - 1, "there again");
        vm.warp(until);
        _refusesUnplug(deal, _tooLate(deal, until));
        sessions.expire(deal.sessionId);
        _assertBalance(vehicle.account, FUNDS + BOND, 0, "the pile did not come");
    }

    function test_SE1_Unplug_OnlyWhileCharging() external {
        Deal memory deal = _authorised();
        _refusesUnplug(deal, _wrongState(deal, SessionState.Charging, SessionState.Authorised));
        vm.prank(vehicle.account);
        sessions.plugIn(deal.sessionId);
        uint40 deadline = sessions.sessionOf(deal.sessionId).deadline;
        vm.warp(deadline);
        _refusesUnplug(deal, _tooLate(deal, deadline));

        vm.warp(deadline - 1);
        vm.prank(vehicle.account);
        sessions.unplug(deal.sessionId);
        _refusesUnplug(deal, _wrongState(deal, SessionState.Charging, SessionState.Unplugged));
    }

    /* WAIVE */

    function test_SE9_Waive_AllStakesAreFree() external {
        Deal memory deal = _charging();
        vm.expectEmit(address(sessions));
        emit IChargingSession.SessionExpired(
            deal.sessionId,
            vehicle.account,
            pile.account,
            SessionState.Charging,
            0,
            0
        );
        _expectStakes(0, 0);
        vm.prank(pile.account);
        sessions.waive(deal.sessionId);
        _assertFree(deal.sessionId);
    }

    function test_SE9_Waive_AfterUnplugging() external {
        Deal memory deal = _charging();
        vm.prank(vehicle.account);
        sessions.unplug(deal.sessionId);
        vm.expectEmit(address(sessions));
        emit IChargingSession.SessionExpired(
            deal.sessionId,
            vehicle.account,
            pile.account,
            SessionState.Unplugged,
            0,
            0
        );
        vm.prank(pile.account);
        sessions.waive(deal.sessionId);
        _assertFree(deal.sessionId);
    }

    function test_SE9_Waive_OnlyThePile() external {
        Deal memory deal = _charging();
        _refusesOthers(deal, [vehicle, otherPile, stranger], sessions.waive);
    }

    function test_SE1_Waive_WrongState() external {
        Deal memory deal = _authorised();
        _refusesWaive(deal, SessionState.Authorised);
        vm.prank(vehicle.account);
        sessions.plugIn(deal.sessionId);
        vm.prank(pile.account);
        sessions.waive(deal.sessionId);
        _refusesWaive(deal, SessionState.Expired);
    }

    /* HELPERS */

    function _refusesOthers(
        Deal memory deal,
        Actor[3] memory others,
        function(SessionId) external step
    ) private {
        for (uint256 i = 0; i < others.length; ++i) {
            vm.expectRevert(_notParty(deal, others[i]));
            vm.prank(others[i].account);
            step(deal.sessionId);
        }
    }

    function _refusesUnplug(Deal memory deal, bytes memory reason) private {
        vm.expectRevert(reason);
        vm.prank(vehicle.account);
        sessions.unplug(deal.sessionId);
    }

    function _refusesWaive(Deal memory deal, SessionState actual) private {
        vm.expectRevert(_wrongState(deal, SessionState.Charging, actual));
        vm.prank(pile.account);
        sessions.waive(deal.sessionId);
    }

    function _assertFree(SessionId sessionId) private view {
        vm.assertEq(
            uint8(sessions.sessionOf(sessionId).state),
            uint8(SessionState.Expired),
            "state"
        );
        _assertBalance(vehicle.account, FUNDS, 0, "vehicle");
        _assertBalance(pile.account, FUNDS, 0, "pile");
        vm.assertEq(int256(reputation.credibilityOf(vehicle.account)), 0, "credibility");
    }

    function _refusesAuthorise(Deal memory deal, Actor memory caller, bytes memory reason) private {
        vm.expectRevert(reason);
        vm.prank(caller.account);
        sessions.authorise(deal.sessionId);
    }

    function _refusesPlugIn(Deal memory deal, Actor memory caller, bytes memory reason) private {
        vm.expectRevert(reason);
        vm.prank(caller.account);
        sessions.plugIn(deal.sessionId);
    }

    function _notParty(Deal memory deal, Actor memory caller) private pure returns (bytes memory) {
        return
            abi.encodeWithSelector(
                IChargingSession.SessionNotParty.selector,
                deal.sessionId,
                caller.account
            );
    }

    function _tooLate(Deal memory deal, uint40 deadline) private pure returns (bytes memory) {
        return
            abi.encodeWithSelector(
                IChargingSession.SessionTooLate.selector,
                deal.sessionId,
                deadline,
                deadline
            );
    }

    function _wrongState(
        Deal memory deal,
        SessionState expected,
        SessionState actual
    ) private pure returns (bytes memory) {
        return
            abi.encodeWithSelector(
                IChargingSession.SessionWrongState.selector,
                deal.sessionId,
                expected,
                actual
            );
    }

    function _assertState(SessionId sessionId, SessionState state, uint40 deadline) private view {
        vm.assertEq(uint8(sessions.sessionOf(sessionId).state), uint8(state), "state");
        vm.assertEq(sessions.sessionOf(sessionId).deadline, deadline, "deadline");
    }

    /// @dev Nothing moves until the session ends.
    function _assertStakes() private view {
        _assertBalance(vehicle.account, FUNDS - DEPOSIT, DEPOSIT, "vehicle");
        _assertBalance(pile.account, FUNDS - BOND, BOND, "pile");
    }
}
