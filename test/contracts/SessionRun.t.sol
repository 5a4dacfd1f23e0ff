// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IChargingSession} from "../../contracts/interfaces/IChargingSession.sol";
import {AuctionTerms, SessionId, SessionState} from "../../contracts/types/MarketTypes.sol";
import {Deal, DealWorld} from "../support/contracts/DealWorld.sol";
import {Actor} from "../support/contracts/World.sol";

/// @title `authorise` and `plugIn`
contract SessionRunTest is DealWorld {
    /* AUTHORISE */

    function test_Authorise() external {
        Deal memory deal = _opened();
        uint40 deadline = deal.terms.slotEnd + PLUG_IN_WINDOW;

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

    /// @dev SE-5: counted from the slot's end, or from now if that has passed.
    function testFuzz_SE5_Authorise_Deadline(uint40 time) external {
        Deal memory deal = _opened();
        time = uint40(
            _bound(time, block.timestamp, sessions.sessionOf(deal.sessionId).deadline - 1)
        );
        vm.warp(time);

        vm.prank(pile.account);
        sessions.authorise(deal.sessionId);

        uint40 from = time > deal.terms.slotEnd ? time : deal.terms.slotEnd;
        _assertState(deal.sessionId, SessionState.Authorised, from + PLUG_IN_WINDOW);
    }

    /// @dev A session that was opened in the slot can be authorised after it: then the windows
    /// count from there.
    function test_SE5_Authorise_AfterTheSlot() external {
        AuctionTerms memory terms = _terms();
        terms.slotStart = START;
        terms.slotEnd = terms.openingEnds;
        Deal memory deal = _decidedOn(terms);
        vm.warp(deal.terms.openingEnds - 1);
        _start(deal, vehicle);

        vm.warp(block.timestamp + AUTHORISE_WINDOW - 1);
        vm.prank(pile.account);
        sessions.authorise(deal.sessionId);
        _assertState(
            deal.sessionId,
            SessionState.Authorised,
            deal.terms.openingEnds + AUTHORISE_WINDOW - 2 + PLUG_IN_WINDOW
        );
    }

    /* PLUG IN */

    function testFuzz_SE5_PlugIn_Deadline(uint40 time) external {
        Deal memory deal = _authorised();
        time = uint40(
            _bound(time, block.timestamp, sessions.sessionOf(deal.sessionId).deadline - 1)
        );
        vm.warp(time);

        uint40 from = time > deal.terms.slotEnd ? time : deal.terms.slotEnd;

        vm.expectEmit(address(sessions));
        emit IChargingSession.ChargingBegun(deal.sessionId, from + SETTLE_WINDOW);
        vm.prank(vehicle.account);
        sessions.plugIn(deal.sessionId);

        _assertState(deal.sessionId, SessionState.Charging, from + SETTLE_WINDOW);
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
        Deal memory deal = _opened();
        _refusesPlugIn(
            deal,
            vehicle,
            _wrongState(deal, SessionState.Authorised, SessionState.Opened)
        );

        vm.prank(pile.account);
        sessions.authorise(deal.sessionId);
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
    }

    /* HELPERS */

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
