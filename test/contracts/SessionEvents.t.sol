// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IChargingSession} from "../../contracts/interfaces/IChargingSession.sol";
import {Ruling, Session, SessionId, SessionState} from "../../contracts/types/MarketTypes.sol";
import {Vm} from "../support/contracts/Base.sol";
import {Deal} from "../support/contracts/DealWorld.sol";
import {DisputeWorld} from "../support/contracts/DisputeWorld.sol";

/// @title Whoever has only the events knows the state of a session
contract SessionEventsTest is DisputeWorld {
    /// @dev What the events have told so far.
    Session private _told;

    /// @dev Who has only the events knows what the contract knows.
    function test_Events_TellTheState() external {
        Deal memory deal = _decided();
        vm.recordLogs();
        _start(deal, vehicle);
        _assertTold(deal.sessionId);
        vm.prank(pile.account);
        sessions.authorise(deal.sessionId);
        _assertTold(deal.sessionId);
        vm.prank(vehicle.account);
        sessions.plugIn(deal.sessionId);
        _assertTold(deal.sessionId);
        vm.warp(block.timestamp + 1 hours);
        _settleOn(deal.sessionId, _naming(deal.sessionId, 1), "");
        _assertTold(deal.sessionId);
        vm.prank(vehicle.account);
        sessions.dispute(deal.sessionId);
        _assertTold(deal.sessionId);
        _rule(deal.sessionId, 77, _ruled(Ruling(deal.sessionId, 77), judge));
        _assertTold(deal.sessionId);
    }

    function test_Events_TellWhoWasThereFirst() external {
        Deal memory deal = _decided();
        vm.recordLogs();
        _start(deal, vehicle);
        vm.prank(vehicle.account);
        sessions.plugIn(deal.sessionId);
        _assertTold(deal.sessionId);
        vm.prank(vehicle.account);
        sessions.unplug(deal.sessionId);
        _assertTold(deal.sessionId);
        vm.warp(block.timestamp + 10 minutes);
        vm.prank(vehicle.account);
        sessions.plugIn(deal.sessionId);
        _assertTold(deal.sessionId);
        vm.prank(pile.account);
        sessions.authorise(deal.sessionId);
        _assertTold(deal.sessionId);
        vm.warp(block.timestamp + 1 hours);
        vm.prank(vehicle.account);
        sessions.unplug(deal.sessionId);
        _assertTold(deal.sessionId);
    }

    function _assertTold(SessionId sessionId) private {
        Vm.Log[] memory logs = vm.getRecordedLogs();
        for (uint256 i = 0; i < logs.length; ++i) {
            if (logs[i].emitter == address(sessions)) _hear(logs[i]);
        }
        Session memory known = sessions.sessionOf(sessionId);
        vm.assertEq(uint8(_told.state), uint8(known.state), "state");
        vm.assertEq(_told.vehicle, known.vehicle, "vehicle");
        vm.assertEq(_told.pile, known.pile, "pile");
        vm.assertEq(_told.deadline, known.deadline, "deadline");
        vm.assertEq(_told.pricePerKwh, known.pricePerKwh, "price");
        vm.assertEq(_told.powerW, known.powerW, "power");
        vm.assertEq(_told.deposit, known.deposit, "deposit");
        vm.assertEq(_told.bond, known.bond, "bond");
        vm.assertEq(_told.pluggedInAt, known.pluggedInAt, "plugged in");
        vm.assertEq(_told.energyWh, known.energyWh, "energy");
        vm.assertEq(_told.amountDown, known.amountDown, "amount");
    }

    function _hear(Vm.Log memory log) private {
        bytes32 topic = log.topics[0];
        if (topic == IChargingSession.SessionOpened.selector) {
            _told.state = SessionState.Opened;
            _told.vehicle = address(uint160(uint256(log.topics[2])));
            _told.pile = address(uint160(uint256(log.topics[3])));
            (_told.pricePerKwh, _told.powerW, _told.deposit, _told.bond, _told.deadline) = abi
                .decode(log.data, (uint64, uint32, uint128, uint128, uint40));
        } else if (topic == IChargingSession.SessionAuthorised.selector) {
            (_told.state, _told.deadline) = (SessionState.Authorised, _deadlineIn(log));
        } else if (topic == IChargingSession.ChargingBegun.selector) {
            (_told.state, _told.deadline) = (SessionState.Charging, _deadlineIn(log));
            _told.pluggedInAt = uint40(block.timestamp);
        } else if (topic == IChargingSession.SessionAwaited.selector) {
            _told.pluggedInAt = uint40(block.timestamp);
        } else if (topic == IChargingSession.SessionUnawaited.selector) {
            _told.pluggedInAt = 0;
        } else if (topic == IChargingSession.SessionUnplugged.selector) {
            (_told.state, _told.deadline) = (SessionState.Unplugged, _deadlineIn(log));
        } else if (topic == IChargingSession.SessionMetered.selector) {
            _told.state = SessionState.Metered;
            (_told.energyWh, _told.amountDown, _told.deadline) = abi.decode(
                log.data,
                (uint64, uint128, uint40)
            );
        } else if (topic == IChargingSession.SessionDisputed.selector) {
            (_told.state, _told.deadline) = (SessionState.Disputed, _deadlineIn(log));
        } else if (topic == IChargingSession.SessionSettled.selector) {
            _told.state = SessionState.Settled;
            uint128 refunded;
            (_told.energyWh, _told.amountDown, refunded) = abi.decode(
                log.data,
                (uint64, uint128, uint128)
            );
            vm.assertEq(_told.amountDown + refunded, _told.deposit, "SE-2");
        }
    }

    function _deadlineIn(Vm.Log memory log) private pure returns (uint40) {
        return abi.decode(log.data, (uint40));
    }
}
