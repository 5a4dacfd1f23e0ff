// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IMeterRegistry} from "../../../contracts/interfaces/IMeterRegistry.sol";
import {BelievingSettlement} from "../../../contracts/mocks/BelievingSettlement.sol";
import {SessionId} from "../../../contracts/types/MarketTypes.sol";
import {MeterKey, MeterRecord} from "../../../contracts/ocmf/OcmfTypes.sol";
import {BeginReading} from "../../../contracts/types/MeterTypes.sol";
import {Deal} from "../../support/contracts/DealWorld.sol";
import {SettleWorld} from "../../support/contracts/SettleWorld.sol";

/// @title Records that would pay a pile for what it did not deliver
/// @dev Every attack succeeds on a settlement that believes, and is refused by name on the real
/// one.
contract SessionAttacksTest is SettleWorld {
    BelievingSettlement private _believing;

    function setUp() public override {
        super.setUp();
        _believing = BelievingSettlement(_created("BelievingSettlement", ""));
    }

    /// @dev One delivery, paid by two vehicles.
    function test_METER2_Attack_RecordForASecondSession() external {
        Deal memory first = _charged();
        MeterRecord[] memory records = _naming(first.sessionId, 1);
        _settleOn(first.sessionId, records, "");
        Deal memory second = _charged();
        _believes(second.sessionId, records[0], ENERGY_WH);
        _refusesSettle(second.sessionId, records, "", _spent(1, 1));
    }

    /// @dev The second session has the record first: it is not named, and its vehicle has said
    /// nothing.
    function test_SE4_Attack_RecordOfSomebodyElse() external {
        Deal memory other = _chargedBetween(otherVehicle, pile, PRICE);
        Deal memory deal = _charged();
        MeterRecord[] memory records = _naming(other.sessionId, 1);
        _believes(deal.sessionId, records[0], ENERGY_WH);
        bytes memory reason = _notSigned(deal.sessionId, vehicle.account);
        _refusesSettle(deal.sessionId, records, "", reason);
        _settleOn(other.sessionId, records, "");
    }

    /// @dev Ten kWh more than the meter has signed.
    function test_METER5_Attack_TamperedRegister() external {
        Deal memory deal = _charged();
        MeterRecord[] memory records = _naming(deal.sessionId, 1);
        records[0].payload = bytes(
            _payload(1, _name(deal.sessionId), _both("2935.6000", "2957.9456"))
        );
        _believes(deal.sessionId, records[0], ENERGY_WH + 10_000);
        bytes32 digest = sha256(records[0].payload);
        bytes4 selector = IMeterRegistry.MeterBadSignature.selector;
        _refusesSettle(
            deal.sessionId,
            records,
            "",
            abi.encodeWithSelector(selector, meterId, digest)
        );
    }

    /// @dev A key that the pile has made itself.
    function test_METER3_Attack_ForeignMeter() external {
        Deal memory deal = _charged();
        MeterKey memory own = _r1Key(OTHER_SECRET);
        string memory payload = _payload(1, _name(deal.sessionId), _both("0", "20"));
        MeterRecord[] memory records = _list(_record(own, OTHER_SECRET, payload));
        _believes(deal.sessionId, records[0], 20_000);
        bytes memory reason = abi.encodeWithSelector(
            IMeterRegistry.MeterUnknownKey.selector,
            meters.keyIdOf(own),
            pile.account
        );
        vm.expectRevert(reason);
        vm.prank(pile.account);
        sessions.settle(deal.sessionId, own, records, "");
    }

    /// @dev The pile lets the session begin before the vehicle came; the vehicle has confirmed
    /// another register.
    function test_SE4_Attack_BeginChosenByThePile() external {
        Deal memory deal = _charged();
        BeginReading memory begin = _beginReading(deal.sessionId, 1);
        bytes memory ofVehicle = _confirmed(begin, vehicle);
        string memory payload = _payload(1, "", _both("2934.6000", "2947.9456"));
        MeterRecord[] memory records = _list(_record(payload));
        begin.registerMilliWh -= 1_000_000;
        _believing.settleFrom(deal.sessionId, begin.registerMilliWh, records[0]);
        _assertBelieved(deal.sessionId, ENERGY_WH + 1_000);

        bytes memory reason = _notSigned(deal.sessionId, vehicle.account);
        _refusesSettle(deal.sessionId, records, ofVehicle, reason);
        _refusesSettle(deal.sessionId, records, _confirmed(begin, pile), reason);
    }

    /// @dev What the socket could not have carried since the vehicle plugged in.
    function test_METER7_Attack_MoreThanTheSocketCarries() external {
        Deal memory deal = _charged();
        string memory payload = _payload(1, _name(deal.sessionId), _both("0", "22.008"));
        MeterRecord[] memory records = _list(_record(payload));
        _believes(deal.sessionId, records[0], 22_008);
        // 22 kW × 3,601 s, and 1 Wh.
        bytes4 selector = IMeterRegistry.MeterTooMuchEnergy.selector;
        _refusesSettle(
            deal.sessionId,
            records,
            "",
            abi.encodeWithSelector(selector, uint64(22_008_000), uint256(22_007_111))
        );
    }

    function _believes(SessionId sessionId, MeterRecord memory record, uint64 energyWh) private {
        _believing.settle(sessionId, record);
        _assertBelieved(sessionId, energyWh);
    }

    function _assertBelieved(SessionId sessionId, uint64 energyWh) private view {
        vm.assertEq(_believing.energyWhOf(sessionId), energyWh, "the attack works");
    }
}
