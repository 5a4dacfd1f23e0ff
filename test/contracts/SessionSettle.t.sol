// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IChargingSession} from "../../contracts/interfaces/IChargingSession.sol";
import {IMeterRegistry} from "../../contracts/interfaces/IMeterRegistry.sol";
import {IReputation} from "../../contracts/interfaces/IReputation.sol";
import {SessionId, SessionState} from "../../contracts/types/MarketTypes.sol";
import {MeterKey, MeterRecord} from "../../contracts/ocmf/OcmfTypes.sol";
import {Meter} from "../../contracts/types/MeterTypes.sol";
import {Deal} from "../support/contracts/DealWorld.sol";
import {SettleWorld} from "../support/contracts/SettleWorld.sol";

/// @title `settle`, final at once
contract SessionSettleTest is SettleWorld {
    /* MONEY */

    function test_SE2_Settle_ExactMoney() external {
        Deal memory deal = _charged();
        MeterRecord[] memory records = _naming(deal.sessionId, 32);

        vm.expectEmit(address(meters));
        emit IMeterRegistry.RecordsConsumed(meterId, deal.sessionId, 32);
        vm.expectEmit(address(sessions));
        emit IChargingSession.SessionSettled(deal.sessionId, ENERGY_WH, AMOUNT, DEPOSIT - AMOUNT);
        _expectStakes(AMOUNT, 0);
        vm.expectEmit(address(reputation));
        emit IReputation.CredibilityChanged(vehicle.account, deal.sessionId, 1, 1);
        _settleOn(deal.sessionId, records, "");

        _assertPaid(deal.sessionId, ENERGY_WH, AMOUNT, 1);
    }

    function test_SE2_Settle_TwoRecords() external {
        Deal memory deal = _charged();
        _settleOn(deal.sessionId, _pair(_name(deal.sessionId), 7, 8), "");
        _assertPaid(deal.sessionId, ENERGY_WH, AMOUNT, 1);
        (, Meter memory known) = meters.meterOf(meterId);
        vm.assertEq(known.lastPagination, 8, "METER-1: both are spent");
    }

    function test_SE2_Settle_Secp256k1() external {
        Deal memory deal = _charged();
        MeterKey memory key = _k1Key(2);
        _certify(key, pile);
        string memory named = _name(deal.sessionId);
        MeterRecord memory begin = _record(key, 2, _payload(1, named, _import("B", "1")));
        MeterRecord memory end = _record(key, 2, _payload(2, named, _import("E", "2")));

        vm.prank(pile.account);
        sessions.settle(deal.sessionId, key, _list(begin, end), "");
        _assertPaid(deal.sessionId, 1_000, 450_000, 1);
    }

    /// @dev 50 kWh would be 22.5 tokens.
    function test_SE3_Settle_AtMostTheDeposit() external {
        Deal memory deal = _charging();
        vm.warp(block.timestamp + 3 hours);
        _settleOn(deal.sessionId, _reads(deal.sessionId, "100", "150"), "");
        _assertPaid(deal.sessionId, 50_000, DEPOSIT, 1);
    }

    /// @dev 999.999 mWh are no Wh, and 0.999 units are none.
    function test_SE3_Settle_RoundsDown() external {
        Deal memory deal = _chargedBetween(vehicle, pile, 999);
        _settleOn(deal.sessionId, _reads(deal.sessionId, "0.000001", "0.002"), "");
        _assertPaid(deal.sessionId, 1, 0, 1);
    }

    /// @dev Accounts that collude could have any number of sessions without energy: they earn
    /// nothing.
    function test_SE2_Settle_NoEnergyEarnsNothing() external {
        Deal memory deal = _charged();
        vm.expectEmit(address(reputation));
        emit IReputation.CredibilityChanged(vehicle.account, deal.sessionId, 0, 0);
        _settleOn(deal.sessionId, _reads(deal.sessionId, "5", "5.0009"), "");
        _assertPaid(deal.sessionId, 0, 0, 0);
    }

    function testFuzz_SE2_SE3_Settle_AnyEnergyAndPrice(uint64 taken, uint64 pricePerKwh) external {
        taken = uint64(_bound(taken, 0, 22_001_000));
        Deal memory deal = _chargedBetween(vehicle, pile, pricePerKwh);
        _settleOn(deal.sessionId, _takes(deal.sessionId, taken), "");

        uint256 due = (uint256(taken / 1000) * pricePerKwh) / 1000;
        uint128 amount = due > DEPOSIT ? DEPOSIT : uint128(due);
        _assertPaid(deal.sessionId, taken / 1000, amount, taken < 1000 ? int8(0) : int8(1));
    }

    /* WHO, WHEN, ONCE */

    function test_SE4_Settle_OnlyByThePile() external {
        Deal memory deal = _charged();
        MeterRecord[] memory records = _naming(deal.sessionId, 1);
        address[4] memory others = [
            vehicle.account,
            otherPile.account,
            stranger.account,
            address(meters)
        ];
        for (uint256 i = 0; i < others.length; ++i) {
            vm.expectRevert(_notParty(deal.sessionId, others[i]));
            vm.prank(others[i]);
            sessions.settle(deal.sessionId, meter, records, "");
        }
        _settleOn(deal.sessionId, records, "");
    }

    function test_SE1_Settle_BeforeCharging() external {
        SessionId unknown = SessionId.wrap(keccak256("unknown"));
        _refusesState(unknown, SessionState.None);
        Deal memory deal = _opened();
        _refusesState(deal.sessionId, SessionState.Opened);
        vm.prank(pile.account);
        sessions.authorise(deal.sessionId);
        _refusesState(deal.sessionId, SessionState.Authorised);
    }

    function test_SE1_Settle_AfterTheEnd() external {
        Deal memory deal = _charged();
        _settleOn(deal.sessionId, _naming(deal.sessionId, 1), "");
        _refusesState(deal.sessionId, SessionState.Settled);
        vm.expectRevert(_wrongState(deal.sessionId, SessionState.Metered, SessionState.Settled));
        sessions.finalise(deal.sessionId);
        vm.expectRevert(
            abi.encodeWithSelector(
                IChargingSession.SessionOver.selector,
                deal.sessionId,
                SessionState.Settled
            )
        );
        sessions.expire(deal.sessionId);
        _assertPaid(deal.sessionId, ENERGY_WH, AMOUNT, 1);
    }

    function test_SE1_Settle_AfterExpiry() external {
        Deal memory deal = _charging();
        vm.warp(_deadlineOf(deal.sessionId));
        sessions.expire(deal.sessionId);
        _refusesState(deal.sessionId, SessionState.Expired);
    }

    function test_SE5_Settle_AtTheSecond() external {
        Deal memory deal = _charged();
        uint40 deadline = _deadlineOf(deal.sessionId);
        MeterRecord[] memory records = _naming(deal.sessionId, 1);

        vm.warp(deadline);
        _refusesSettle(deal.sessionId, records, "", _tooLate(deal.sessionId, deadline));
        vm.warp(deadline - 1);
        _settleOn(deal.sessionId, records, "");
        _assertPaid(deal.sessionId, ENERGY_WH, AMOUNT, 1);
    }

    /// @dev Without a dispute window nothing is ever disputed.
    function test_SE6_Settle_FinalAtOnce() external {
        Deal memory deal = _charged();
        _settleOn(deal.sessionId, _naming(deal.sessionId, 1), "");
        vm.expectRevert(_wrongState(deal.sessionId, SessionState.Metered, SessionState.Settled));
        vm.prank(vehicle.account);
        sessions.dispute(deal.sessionId);
    }

    function test_ID4_Settle_OfTheSuspended() external {
        Deal memory deal = _charged();
        _suspend(vehicle);
        _suspend(pile);
        _settleOn(deal.sessionId, _naming(deal.sessionId, 1), "");
        _assertPaid(deal.sessionId, ENERGY_WH, AMOUNT, 1);
    }

    /* HELPERS */

    /// @dev From 0, in 1/1000 Wh.
    function _takes(
        SessionId sessionId,
        uint64 milliWh
    ) private view returns (MeterRecord[] memory) {
        bytes memory digits = new bytes(9);
        uint64 rest = milliWh;
        for (uint256 i = 9; i > 0; --i) {
            digits[i - 1] = bytes1(uint8(0x30 + (rest % 10)));
            rest /= 10;
        }
        string memory end = _kwh(digits);
        return _reads(sessionId, "0", end);
    }

    function _kwh(bytes memory digits) private pure returns (string memory) {
        bytes memory text = new bytes(10);
        for (uint256 i = 0; i < 9; ++i) text[i < 3 ? i : i + 1] = digits[i];
        text[3] = ".";
        return string(text);
    }

    function _refusesState(SessionId sessionId, SessionState actual) private {
        _refusesSettle(
            sessionId,
            _naming(sessionId, 2),
            "",
            _wrongState(sessionId, SessionState.Charging, actual)
        );
    }
}
