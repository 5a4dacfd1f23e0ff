// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IMeterRegistry} from "../../../contracts/interfaces/IMeterRegistry.sol";
import {BelievingSettlement} from "../../../contracts/mocks/BelievingSettlement.sol";
import {MeterRecord} from "../../../contracts/ocmf/OcmfTypes.sol";
import {SessionId, SessionState} from "../../../contracts/types/MarketTypes.sol";
import {Deal} from "../../support/contracts/DealWorld.sol";
import {SettleWorld} from "../../support/contracts/SettleWorld.sol";

/// @title A pile hands in what an honest meter has signed at another time
/// @dev `pile` plugs nothing in but its own cable. Every record is genuine, of its meter, under the
/// session's name, and would pay on a settlement that believes. The vehicle plugs in at 17:56:40.
contract RecordOfAnotherTimeTest is SettleWorld {
    BelievingSettlement private _believing;

    function setUp() public override {
        super.setUp();
        _believing = BelievingSettlement(_created("BelievingSettlement", ""));
    }

    /// @dev Ten years before the auction, and 500 kWh of them.
    function test_METER8_Attack_RecordOfAnotherYear() external {
        Deal memory deal = _charged();
        string[2] memory times = ["2020-01-01T00:00:00,000+0000", "2020-01-03T00:00:00,000+0000"];
        MeterRecord[] memory records = _signedAt(deal.sessionId, times, "1500");
        _believes(deal.sessionId, records[0], 500_000);
        _refusesOutside(deal.sessionId, records, 1_577_836_800, 1_578_009_600);
        _assertNothingCameOfIt(deal);
    }

    /// @dev Another car charged on it until six minutes before this one came.
    function test_METER8_Attack_EnergyFromBeforePlugIn() external {
        Deal memory deal = _charged();
        string[2] memory times = ["2030-03-17T17:50:40,000+0000", "2030-03-17T18:30:00,000+0000"];
        MeterRecord[] memory records = _signedAt(deal.sessionId, times, "1010");
        _believes(deal.sessionId, records[0], 10_000);
        _refusesOutside(deal.sessionId, records, START + 4 minutes, START + 2_600);
        _assertNothingCameOfIt(deal);
    }

    /// @dev The next car charged on it after this one had left.
    function test_METER8_Attack_EnergyFromAfterTheCarLeft() external {
        Deal memory deal = _charged();
        vm.prank(vehicle.account);
        sessions.unplug(deal.sessionId);
        vm.warp(block.timestamp + 2 hours);
        string[2] memory times = ["2030-03-17T17:56:40,000+0000", "2030-03-17T19:02:40,000+0000"];
        MeterRecord[] memory records = _signedAt(deal.sessionId, times, "1020");
        _believes(deal.sessionId, records[0], 20_000);
        _refusesOutside(deal.sessionId, records, START + 10 minutes, START + 76 minutes);
        _assertNothingCameOfIt(deal);
    }

    /// @dev The pile unsets the clock of its meter in the middle of a transaction of 2020: what the
    /// begin has signed still counts, and so does an end.
    function test_METER8_Attack_ClockUnsetInBetween() external {
        Deal memory deal = _charged();
        string[2] memory times = ["2020-01-01T00:00:00,000+0000", "2020-01-01T05:00:00,000+0000"];
        MeterRecord[] memory records = _signedAt(deal.sessionId, times, ["S", "U"], "1020");
        _believes(deal.sessionId, records[0], 20_000);
        _refusesOutside(deal.sessionId, records, 1_577_836_800, 0);
        records = _signedAt(deal.sessionId, times, ["U", "S"], "1020");
        _refusesOutside(deal.sessionId, records, 0, 1_577_854_800);
        _assertNothingCameOfIt(deal);
    }

    /// @dev A clock that nobody has set says nothing: then it is the socket that bounds what a lie
    /// can cost, by the time between plugging in and unplugging.
    function test_METER7_Attack_ClockThatIsNotSynchronised() external {
        Deal memory deal = _charging();
        vm.warp(block.timestamp + 6 minutes);
        vm.prank(vehicle.account);
        sessions.unplug(deal.sessionId);
        vm.warp(block.timestamp + 20 hours);
        MeterRecord[] memory records = _reads(deal.sessionId, "1000", "1010");
        _believes(deal.sessionId, records[0], 10_000);
        _refusesSettle(
            deal.sessionId,
            records,
            "",
            abi.encodeWithSelector(
                IMeterRegistry.MeterTooMuchEnergy.selector,
                uint64(10_000_000),
                uint256(2_207_111)
            )
        );
        _assertNothingCameOfIt(deal);
    }

    /// @dev What the tolerance is worth to a pile that lies, of a vehicle that was there for one
    /// second: of the socket's full power before it came and after it had left, what it can have
    /// carried in that second counts.
    function test_METER8_Cost_OfTheTolerance() external {
        Deal memory deal = _charging();
        vm.warp(block.timestamp + 1);
        vm.prank(vehicle.account);
        sessions.unplug(deal.sessionId);
        string[2] memory times = ["2030-03-17T17:51:40,000+0000", "2030-03-17T18:01:41,000+0000"];
        _settleOn(deal.sessionId, _signedAt(deal.sessionId, times, "1003.679"), "");
        _assertPaid(deal.sessionId, 13, 5_850, 0);
    }

    /// @dev And to a vehicle that lies: it says that it leaves, and draws on at the socket's full
    /// power for the five minutes. A pile that stops at its word loses nothing.
    function test_METER8_Cost_OfDrawingOn() external {
        Deal memory deal = _charged();
        vm.prank(vehicle.account);
        sessions.unplug(deal.sessionId);
        vm.warp(block.timestamp + 5 minutes);
        string[2] memory times = ["2030-03-17T17:56:40,000+0000", "2030-03-17T19:01:40,000+0000"];
        _settleOn(deal.sessionId, _signedAt(deal.sessionId, times, "1023.833"), "");
        _assertPaid(deal.sessionId, 22_007, 9_903_150, 1);
    }

    /// @dev The same without such a clock: at the socket's full power, a vehicle says that it
    /// leaves and draws on for half a minute. A pile that has begun at once has nothing to settle
    /// on but the vehicle's word; one that has begun as late as it ends is paid for all.
    function test_METER7_Cost_OfEndingLaterThanBegun() external {
        Deal memory deal = _charged();
        vm.prank(vehicle.account);
        sessions.unplug(deal.sessionId);
        vm.warp(block.timestamp + 30 seconds);
        _refusesSettle(
            deal.sessionId,
            _reads(deal.sessionId, "1000", "1022.183"),
            "",
            abi.encodeWithSelector(
                IMeterRegistry.MeterTooMuchEnergy.selector,
                uint64(22_183_000),
                uint256(22_007_111)
            )
        );
        _settleOn(deal.sessionId, _reads(deal.sessionId, "1000", "1022"), "");
        _assertPaid(deal.sessionId, 22_000, 9_900_000, 1);
    }

    /// @dev Two transactions under one name: the pile has one of them paid, and never the other,
    /// neither by this vehicle nor by the next.
    function test_METER2_Attack_TwoTransactionsUnderOneName() external {
        Deal memory deal = _charged();
        MeterRecord[] memory dear = _naming(deal.sessionId, 2);
        MeterRecord[] memory other = _list(
            _record(_payload(3, _name(deal.sessionId), _both("2947.9456", "2952.9456")))
        );
        _believes(deal.sessionId, other[0], 5_000);
        _settleOn(deal.sessionId, dear, "");
        _refusesSettle(
            deal.sessionId,
            other,
            "",
            _wrongState(deal.sessionId, SessionState.Charging, SessionState.Settled)
        );
        _assertPaid(deal.sessionId, ENERGY_WH, AMOUNT, 1);

        Deal memory next = _chargedBetween(otherVehicle, pile, PRICE);
        _refusesSettle(next.sessionId, other, "", _notSigned(next.sessionId, otherVehicle.account));
        vm.prank(pile.account);
        sessions.waive(next.sessionId);
        _assertBalance(otherVehicle.account, FUNDS - DEPOSIT, DEPOSIT, "its first request alone");
    }

    function _believes(SessionId sessionId, MeterRecord memory record, uint64 energyWh) private {
        _believing.settle(sessionId, record);
        vm.assertEq(_believing.energyWhOf(sessionId), energyWh, "the attack works");
    }

    function _refusesOutside(
        SessionId sessionId,
        MeterRecord[] memory records,
        uint256 beganAt,
        uint256 endedAt
    ) private {
        uint40 since = sessions.sessionOf(sessionId).pluggedInAt;
        uint40 until =
            _stateOf(sessionId) == SessionState.Unplugged
                ? _deadlineOf(sessionId) - SETTLE_WINDOW
                : uint40(block.timestamp);
        bytes4 selector = IMeterRegistry.MeterOutsideSession.selector;
        _refusesSettle(
            sessionId,
            records,
            "",
            abi.encodeWithSelector(selector, beganAt, endedAt, uint256(since), uint256(until))
        );
    }

    /// @dev The pile has no other way to the money, and everybody leaves with their own.
    function _assertNothingCameOfIt(Deal memory deal) private {
        vm.warp(_deadlineOf(deal.sessionId));
        sessions.expire(deal.sessionId);
        _assertBalance(vehicle.account, FUNDS, 0, "vehicle");
        _assertBalance(pile.account, FUNDS, 0, "pile");
        vm.assertEq(int256(reputation.credibilityOf(vehicle.account)), 0, "credibility");
        (uint128 ratingWad, ) = reputation.pileRatingOf(pile.account);
        vm.assertEq(ratingWad, 0, "rating");
    }
}
