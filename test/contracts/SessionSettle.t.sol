// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IChargingSession} from "../../contracts/interfaces/IChargingSession.sol";
import {IMeterRegistry} from "../../contracts/interfaces/IMeterRegistry.sol";
import {IReputation} from "../../contracts/interfaces/IReputation.sol";
import {SessionAuthorisation, SessionId, SessionState} from "../../contracts/types/MarketTypes.sol";
import {MeterKey, MeterRecord} from "../../contracts/ocmf/OcmfTypes.sol";
import {Meter} from "../../contracts/types/MeterTypes.sol";
import {Deal} from "../support/contracts/DealWorld.sol";
import {SettleWorld} from "../support/contracts/SettleWorld.sol";
import {Actor} from "../support/contracts/Base.sol";

/// @title `settle`, final at once
contract SessionSettleTest is SettleWorld {
    /* MONEY */

    function test_SE2_Settle_ExactMoney() external {
        Deal memory deal = _charged();
        MeterRecord[] memory records = _naming(deal.sessionId, 32);
        bytes32 digest = sha256(records[0].payload);

        vm.expectEmit(address(meters));
        emit IMeterRegistry.RecordsConsumed(
            meterId,
            deal.sessionId,
            pile.account,
            32,
            2_935_600_000,
            2_947_945_600,
            0,
            0,
            digest,
            digest
        );
        vm.expectEmit(address(sessions));
        emit IChargingSession.SessionSettled(
            deal.sessionId,
            vehicle.account,
            pile.account,
            ENERGY_WH,
            AMOUNT,
            DEPOSIT - AMOUNT
        );
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
        _assertPaid(deal.sessionId, 1, 0, 0);
    }

    /// @dev RE-8, to the unit: the least energy, and the least payment.
    function test_RE8_Settle_EarnsFromTheLeastOn() external {
        Deal memory deal = _chargedBetween(vehicle, pile, 100_000);
        _settleOn(deal.sessionId, _reads(deal.sessionId, "0", "1"), "");
        vm.assertTrue(sessions.sessionOf(deal.sessionId).hasEarned, "1,000 Wh for 100,000 units");

        deal = _chargedBetween(vehicle, pile, 99_999);
        _settleOn(deal.sessionId, _takes(deal.sessionId, 2, 1_000_000), "");
        vm.assertTrue(!sessions.sessionOf(deal.sessionId).hasEarned, "a unit less");

        deal = _chargedBetween(vehicle, pile, 1_000_000);
        _settleOn(deal.sessionId, _takes(deal.sessionId, 3, 999_999), "");
        vm.assertTrue(!sessions.sessionOf(deal.sessionId).hasEarned, "a Wh less");
        vm.assertEq(int256(reputation.credibilityOf(vehicle.account)), 1, "one of three");
    }

    /// @dev RE-8: a vehicle that the very pile has let in earns nothing there, and does elsewhere.
    function test_RE8_Settle_VouchedByThePile() external {
        SessionAuthorisation memory given = _authorisation(stranger.account, keccak256("place"));
        _authorise(given);
        Actor memory ev = _anonymous(stranger.key, given);
        _fund(ev.account, FUNDS);
        Deal memory deal = _chargedBetween(ev, pile, PRICE);
        vm.assertTrue(sessions.sessionOf(deal.sessionId).isVouched, "vouched");
        _settleOn(deal.sessionId, _naming(deal.sessionId, 1), "");
        vm.assertTrue(!sessions.sessionOf(deal.sessionId).hasEarned, "nothing");

        _certify(_r1Key(OTHER_SECRET), otherPile);
        deal = _chargedBetween(ev, otherPile, PRICE);
        vm.assertTrue(!sessions.sessionOf(deal.sessionId).isVouched, "not by this pile");
        string memory payload = _payload(1, _name(deal.sessionId), _both("1", "13"));
        MeterRecord memory record = _record(_r1Key(OTHER_SECRET), OTHER_SECRET, payload);
        vm.prank(otherPile.account);
        sessions.settle(deal.sessionId, _r1Key(OTHER_SECRET), _list(record), "");
        vm.assertTrue(sessions.sessionOf(deal.sessionId).hasEarned, "earned");
    }

    /// @dev The window ends when the vehicle leaves, however late the pile settles.
    function test_METER7_Settle_WindowEndsWithUnplug() external {
        Deal memory deal = _charging();
        vm.warp(block.timestamp + 360);
        vm.prank(vehicle.account);
        sessions.unplug(deal.sessionId);
        vm.warp(block.timestamp + 10 hours);

        bytes4 selector = IMeterRegistry.MeterTooMuchEnergy.selector;
        _refusesSettle(
            deal.sessionId,
            _reads(deal.sessionId, "0", "2.207112"),
            "",
            abi.encodeWithSelector(selector, uint64(2_207_112), uint256(2_207_111))
        );
        _settleOn(deal.sessionId, _reads(deal.sessionId, "0", "2.207111"), "");
        _assertPaid(deal.sessionId, 2_207, 993_150, 1);
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
        _settleOn(deal.sessionId, _takes(deal.sessionId, 1, taken), "");

        uint256 due = (uint256(taken / 1000) * pricePerKwh) / 1000;
        uint128 amount = due > DEPOSIT ? DEPOSIT : uint128(due);
        bool earned = taken / 1000 >= MIN_ENERGY_WH && amount >= MIN_AMOUNT;
        _assertPaid(deal.sessionId, taken / 1000, amount, earned ? int8(1) : int8(0));
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
        uint256 pagination,
        uint64 milliWh
    ) private view returns (MeterRecord[] memory) {
        string memory readings = _both("0", _inKwh(milliWh));
        return _list(_record(_payload(pagination, _name(sessionId), readings)));
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
