// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IChargingSession} from "../../contracts/interfaces/IChargingSession.sol";
import {IReputation} from "../../contracts/interfaces/IReputation.sol";
import {AuctionTerms, SessionId, SessionState} from "../../contracts/types/MarketTypes.sol";
import {Deal, DealWorld} from "../support/contracts/DealWorld.sol";

/// @title `expire`
contract SessionExpireTest is DealWorld {
    /* OPENED: THE PILE DID NOT AUTHORISE */

    function test_SE2_Expire_OpenedGivesTheBondToTheVehicle() external {
        Deal memory deal = _opened();
        _atDeadline(deal.sessionId);

        vm.expectEmit(address(sessions));
        emit IChargingSession.SessionExpired(
            deal.sessionId,
            vehicle.account,
            pile.account,
            SessionState.Opened,
            BOND,
            0
        );
        _expectStakes(0, BOND);
        vm.expectEmit(address(reputation));
        emit IReputation.CredibilityChanged(vehicle.account, deal.sessionId, 0, 0);
        vm.prank(stranger.account);
        sessions.expire(deal.sessionId);

        _assertExpired(deal.sessionId, FUNDS + BOND, FUNDS - BOND, 0);
    }

    /// @dev SE-8: a pile that had less than its window has failed nobody, to the second.
    function testFuzz_SE8_Expire_PilesWindowThatTheSlotCutShort(uint40 length) external {
        AuctionTerms memory terms = _terms();
        terms.slotEnd = terms.slotStart + uint40(_bound(length, 1, 2 * AUTHORISE_WINDOW));
        Deal memory deal = _decidedOn(terms);
        _start(deal, vehicle);
        _atDeadline(deal.sessionId);

        sessions.expire(deal.sessionId);
        bool isWhole = terms.slotStart + AUTHORISE_WINDOW < terms.slotEnd;
        if (isWhole) _assertExpired(deal.sessionId, FUNDS + BOND, FUNDS - BOND, 0);
        else _assertExpired(deal.sessionId, FUNDS, FUNDS, 0);
    }

    /* AUTHORISED: THE VEHICLE DID NOT COME */

    function test_SE2_Expire_AuthorisedPaysThePileTheBond() external {
        Deal memory deal = _authorised();
        _atDeadline(deal.sessionId);

        vm.expectEmit(address(sessions));
        emit IChargingSession.SessionExpired(
            deal.sessionId,
            vehicle.account,
            pile.account,
            SessionState.Authorised,
            0,
            BOND
        );
        _expectStakes(BOND, 0);
        vm.expectEmit(address(reputation));
        emit IReputation.CredibilityChanged(vehicle.account, deal.sessionId, -1, -1);
        vm.prank(stranger.account);
        sessions.expire(deal.sessionId);

        _assertExpired(deal.sessionId, FUNDS - BOND, FUNDS + BOND, -1);
    }

    function test_SE2_Expire_AuthorisedPaysAtMostTheDeposit() external {
        AuctionTerms memory terms = _terms();
        terms.bidBond = DEPOSIT + 1;
        Deal memory deal = _decidedOn(terms);
        _start(deal, vehicle);
        vm.prank(pile.account);
        sessions.authorise(deal.sessionId);
        _atDeadline(deal.sessionId);

        sessions.expire(deal.sessionId);
        _assertExpired(deal.sessionId, FUNDS - DEPOSIT, FUNDS + DEPOSIT, -1);
    }

    /// @dev SE-8: a vehicle that had less than its window has failed nobody, to the second.
    function testFuzz_SE8_Expire_WindowThatTheSlotCutShort(uint40 length) external {
        AuctionTerms memory terms = _terms();
        terms.slotEnd = terms.slotStart + uint40(_bound(length, 1, 2 * PLUG_IN_WINDOW));
        Deal memory deal = _reached(terms, 1);
        bool isWhole = sessions.sessionOf(deal.sessionId).deadline < terms.slotEnd;
        vm.assertTrue(isWhole == (terms.slotStart + PLUG_IN_WINDOW < terms.slotEnd), "whole");
        _atDeadline(deal.sessionId);

        sessions.expire(deal.sessionId);
        if (isWhole) _assertExpired(deal.sessionId, FUNDS - BOND, FUNDS + BOND, -1);
        else _assertExpired(deal.sessionId, FUNDS, FUNDS, 0);
    }

    /* CHARGING: NO READING THAT BOTH SIGNED */

    function test_SE2_Expire_ChargingIsNeutral() external {
        Deal memory deal = _charging();
        _atDeadline(deal.sessionId);

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
        vm.expectEmit(address(reputation));
        emit IReputation.CredibilityChanged(vehicle.account, deal.sessionId, 0, 0);
        sessions.expire(deal.sessionId);

        _assertExpired(deal.sessionId, FUNDS, FUNDS, 0);
    }

    /* SE-2 FOR ALL STAKES */

    function testFuzz_SE2_Expire_Conserves(uint128 bond, uint128 deposit, uint8 state) external {
        AuctionTerms memory terms = _terms();
        terms.bidBond = bond = uint128(_bound(bond, 1, FUNDS));
        terms.vehicleDeposit = deposit = uint128(_bound(deposit, 1, FUNDS));
        Deal memory deal = _reached(terms, state % 4);
        _atDeadline(deal.sessionId);

        sessions.expire(deal.sessionId);

        uint128 toVehicle = state % 4 == 0 ? bond : 0;
        uint128 toPile = state % 4 == 1 ? (bond < deposit ? bond : deposit) : 0;
        _assertBalance(vehicle.account, FUNDS + toVehicle - toPile, 0, "vehicle");
        _assertBalance(pile.account, FUNDS + toPile - toVehicle, 0, "pile");
    }

    /* ONCE, AND NOT BEFORE */

    function testFuzz_SE5_Expire_AtTheSecond(uint8 state) external {
        Deal memory deal = _reached(_terms(), state % 4);
        uint40 deadline = sessions.sessionOf(deal.sessionId).deadline;

        vm.warp(deadline - 1);
        vm.expectRevert(
            abi.encodeWithSelector(
                IChargingSession.SessionTooEarly.selector,
                deal.sessionId,
                deadline,
                deadline - 1
            )
        );
        sessions.expire(deal.sessionId);

        vm.warp(deadline);
        sessions.expire(deal.sessionId);
    }

    function testFuzz_SE1_Expire_Twice(uint8 state, uint40 later) external {
        Deal memory deal = _reached(_terms(), state % 4);
        _atDeadline(deal.sessionId);
        sessions.expire(deal.sessionId);

        vm.warp(block.timestamp + _bound(later, 0, YEAR));
        _refusesOver(deal.sessionId, SessionState.Expired);
    }

    function test_SE1_Expire_Settled() external {
        Deal memory deal = _settled(1_000);
        vm.warp(START + YEAR);
        _refusesOver(deal.sessionId, SessionState.Settled);
    }

    function test_SE1_Expire_Unknown() external {
        _refusesOver(SessionId.wrap(keccak256("unknown")), SessionState.None);
    }

    /* STANDING */

    function test_ID4_Expire_OfTheSuspended() external {
        Deal memory deal = _opened();
        _suspend(vehicle);
        _suspend(pile);
        _atDeadline(deal.sessionId);

        sessions.expire(deal.sessionId);
        _withdrawAll(vehicle.account);
        vm.assertEq(token.balanceOf(vehicle.account), FUNDS + BOND, "paid out while suspended");
    }

    /* HELPERS */

    /// @dev A session in its first, second, third or fourth running state.
    function _reached(AuctionTerms memory terms, uint256 steps) private returns (Deal memory deal) {
        deal = _decidedOn(terms);
        _start(deal, vehicle);
        if (steps == 0) return deal;
        vm.prank(pile.account);
        sessions.authorise(deal.sessionId);
        if (steps == 1) return deal;
        vm.prank(vehicle.account);
        sessions.plugIn(deal.sessionId);
        if (steps == 2) return deal;
        vm.prank(vehicle.account);
        sessions.unplug(deal.sessionId);
    }

    function _atDeadline(SessionId sessionId) private {
        vm.warp(sessions.sessionOf(sessionId).deadline);
    }

    function _refusesOver(SessionId sessionId, SessionState state) private {
        vm.expectRevert(
            abi.encodeWithSelector(IChargingSession.SessionOver.selector, sessionId, state)
        );
        sessions.expire(sessionId);
    }

    function _assertExpired(
        SessionId sessionId,
        uint128 vehicleHas,
        uint128 pileHas,
        int8 credibility
    ) private view {
        vm.assertEq(
            uint8(sessions.sessionOf(sessionId).state),
            uint8(SessionState.Expired),
            "state"
        );
        _assertBalance(vehicle.account, vehicleHas, 0, "vehicle");
        _assertBalance(pile.account, pileHas, 0, "pile");
        vm.assertEq(int256(reputation.credibilityOf(vehicle.account)), credibility, "credibility");
    }
}
