// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IMeterRegistry} from "../../contracts/interfaces/IMeterRegistry.sol";
import {
    EnergyDirection,
    MeterKey,
    MeterKeyId,
    MeterRecord
} from "../../contracts/ocmf/OcmfTypes.sol";
import {Meter, MeteredEnergy, MeterQuery} from "../../contracts/types/MeterTypes.sol";
import {MeterReadWorld} from "../support/contracts/MeterReadWorld.sol";

/// @title Records that settle: which registers, units, marks and spellings are read
contract MeterReadTest is MeterReadWorld {
    function test_METER2_Consume_OneRecord() external {
        bytes32 digest = sha256(bytes(_plain(32)));
        vm.expectEmit(address(meters));
        emit IMeterRegistry.RecordsConsumed(
            meterId,
            SESSION,
            pile.account,
            32,
            2_935_600_000,
            2_947_945_600,
            0,
            0,
            digest,
            digest
        );
        MeteredEnergy memory energy = meters.consume(_query(), meter, _list(_record(_plain(32))));

        _assertEnergy(energy, 32, 32, 2_935_600_000, 2_947_945_600);
        vm.assertEq(energy.energyWh, 12_345, "12,345.6 Wh, rounded down");
        vm.assertEq(MeterKeyId.unwrap(energy.keyId), MeterKeyId.unwrap(meterId), "key");
        vm.assertTrue(energy.namesSession, "named");
        vm.assertEq(energy.beganAt, 0, "no clock");
        vm.assertEq(energy.endedAt, 0, "no clock");
        (, Meter memory known) = meters.meterOf(meterId);
        vm.assertEq(known.lastPagination, 32, "spent");
    }

    function test_METER2_Consume_TwoRecords() external {
        MeteredEnergy memory energy = meters.consume(
            _query(),
            meter,
            _list(_record(_begin(7)), _record(_end(8)))
        );

        _assertEnergy(energy, 7, 8, 1_000_000, 2_500_400);
        vm.assertEq(energy.energyWh, 1_500, "1,500.4 Wh, rounded down");
        vm.assertEq(energy.beginHash, sha256(bytes(_begin(7))), "the begin's");
        vm.assertEq(energy.endHash, sha256(bytes(_end(8))), "the end's");
        vm.assertTrue(energy.namesSession, "named");
        (, Meter memory known) = meters.meterOf(meterId);
        vm.assertEq(known.lastPagination, 8, "spent");
    }

    function test_Read_Secp256k1() external {
        MeterKey memory key = _k1Key(1);
        _certify(key, pile);
        MeterRecord memory record = _record(key, 1, _plain(1));

        vm.assertEq(meters.read(_query(), key, _list(record)).energyWh, 12_345, "energy");
    }

    /// @dev METER-7: the difference is exact, and rounded once.
    function test_METER7_Read_RoundsOnce() external view {
        vm.assertEq(_energyWh("0.9999", "1.0009"), 1, "1.0 Wh");
        vm.assertEq(_energyWh("0.9999", "1.000899"), 0, "0.999 Wh");
        vm.assertEq(_energyWh("0.000001", "0.001"), 0, "0.999 Wh");
        vm.assertEq(_energyWh("0.000001", "0.001001"), 1, "1 Wh");
        vm.assertEq(_energyWh("1", "1"), 0, "nothing");
        vm.assertEq(_energyWh("999999999999", "999999999999.999999"), 999, "largest");
    }

    function testFuzz_METER7_Read_IsTheDifference(uint64 begin, uint64 taken) external view {
        begin = uint64(_bound(begin, 0, 1e17));
        taken = uint64(_bound(taken, 0, 20_000_000));
        string memory readings = string.concat(
            _reading("B", _inKwh(begin), "1-0:1.8.0", "kWh"),
            ",",
            _reading("E", _inKwh(begin + taken), "1-0:1.8.0", "kWh")
        );

        MeteredEnergy memory energy = _read(_payload(1, _name(SESSION), readings));
        _assertEnergy(energy, 1, 1, begin, begin + taken);
        vm.assertEq(energy.energyWh, taken / 1000, "rounded down");
    }

    function test_Read_Wh() external view {
        string memory readings = string.concat(
            _reading("B", "7753", "1-b:1.8.0", "Wh"),
            ",",
            _reading("E", "7760.125", "1-b:1.8.0", "Wh")
        );
        MeteredEnergy memory energy = _read(_payload(1, "", readings));
        _assertEnergy(energy, 1, 1, 7_753_000, 7_760_125);
    }

    function test_Read_UnitsOfTheTwoReadingsMayDiffer() external view {
        string memory readings = string.concat(
            _reading("B", "7.75", "1-b:1.8.0", "kWh"),
            ",",
            _reading("E", "7760", "1-b:1.8.0", "Wh")
        );
        _assertEnergy(_read(_payload(1, "", readings)), 1, 1, 7_750_000, 7_760_000);
    }

    function test_Read_PaddedStrings() external view {
        string memory readings = string.concat(
            _import("B", '"       9.038"'),
            ",",
            _import("E", '"0010.0"')
        );
        _assertEnergy(_read(_payload(1, "", readings)), 1, 1, 9_038_000, 10_000_000);
    }

    /// @dev Blanks between the parts, as one maker writes them.
    function test_Read_Spaced() external view {
        string memory payload = string.concat(
            '{"FV" : "1.0","PG" : "T198","IF" : ["RFID_NONE","OCPP_NONE"],"ID" : "',
            _name(SESSION),
            '","RD" : [{"TM" : "2021-10-26T10:20:52,000+0200 I","TX" : "B","RV" : "       9.038","RI" : "01-00:01.08.00.FF","RU" : "kWh","RT" : "AC","EF" : "","ST" : "G"},',
            '{"TM" : "2021-10-26T10:21:22,000+0200 I","TX" : "E","RV" : "       9.138","RI" : "01-00:01.08.00.FF","RU" : "kWh","RT" : "AC","EF" : "","ST" : "G"},',
            '{"TM" : "2021-10-26T10:21:22,000+0200 I","TX" : "E","RV" : "      30","RI" : "01-00:00.08.06.FF","RU" : "sec","RT" : "AC","EF" : "","ST" : "G"}]}'
        );
        MeteredEnergy memory energy = _read(payload);
        _assertEnergy(energy, 198, 198, 9_038_000, 9_138_000);
        vm.assertTrue(energy.namesSession, "named");
    }

    function test_Read_Pretty() external view {
        string memory payload = string.concat(
            '{\n  "PG" : "T3",\r\n\t"ID":\n"',
            _name(SESSION),
            '" ,\n "RD": [ \n { "TM" : "2030-03-17T18:46:40,000+0100 U" , "TX":  "B", "RV" :\t1.5 , "RI": "1-b:1.8.0",\n"RU":"kWh" , "EF"\n:\n"" , "ST": "G" } ,\n',
            '{\n"TX": "E",\n"RV": 2.5\n}\n]\n}'
        );
        MeteredEnergy memory energy = _read(payload);
        _assertEnergy(energy, 3, 3, 1_500_000, 2_500_000);
        vm.assertTrue(energy.namesSession, "named");
    }

    /// @dev What a reading omits is as in the reading before it.
    function test_Read_OmittedFields() external view {
        string memory readings = string.concat(
            _import("B", "1"),
            ',{"TX":"C","RV":1.2},{"RV":1.4},{"TM":"2030-03-17T18:47:40,000+0100 U","TX":"E","RV":1.6}'
        );
        _assertEnergy(_read(_payload(1, "", readings)), 1, 1, 1_000_000, 1_600_000);
    }

    function test_Read_FieldsInAnyOrder() external view {
        string memory readings =
            '{"RU":"kWh","ST":"G","RI":"1-0:1.8.0*255","XT":[1,{"TX":"X","a":"}]"}],"RV":1,"EF":"","UC":{"UN":"No_Comp","ST":"E"},"TX":"B","CCV":"1.0","TM":"2030-03-17T18:46:40,000+0100 U"},{"RV":2,"TX":"E"}';
        _assertEnergy(_read(_payload(1, "", readings)), 1, 1, 1_000_000, 2_000_000);
    }

    function test_Read_MarksWithin() external view {
        string memory readings = string.concat(
            _import("B", "1"),
            ",",
            _import("C", "1.1"),
            ",",
            _import("S", "1.1"),
            ",",
            _import("T", "1.2"),
            ",",
            _import("E", "1.3")
        );
        _assertEnergy(_read(_payload(1, "", readings)), 1, 1, 1_000_000, 1_300_000);
    }

    function test_Read_EveryEnd() external view {
        string[5] memory ends = ["E", "L", "R", "A", "P"];
        for (uint256 i = 0; i < ends.length; ++i) {
            string memory readings = string.concat(_import("B", "1"), ",", _import(ends[i], "2"));
            vm.assertEq(_read(_payload(1, "", readings)).energyWh, 1_000, ends[i]);
        }
    }

    /// @dev Two registers side by side; the second inherits the mark of the first.
    function test_Read_ImportAndExport() external view {
        string memory payload = _payload(144, _name(SESSION), _twoRegisters());

        MeteredEnergy memory energy = _read(payload);
        _assertEnergy(energy, 144, 144, 57_584_000, 58_685_000);

        MeterQuery memory query = _query();
        query.direction = EnergyDirection.Export;
        energy = meters.read(query, meter, _list(_record(payload)));
        _assertEnergy(energy, 144, 144, 4_405_000, 4_505_000);
    }

    function test_Read_Codes() external view {
        string[11] memory codes = [
            "1-b:1.8.0",
            "1-0:1.8.0",
            "01-00:01.08.00",
            "01-00:01.08.00.FF",
            "1-0:1.8.0*198",
            "1-0:1.8.0*255",
            "01-00:B0.08.00*FF",
            "01-00:B1.08.00*FF",
            "01-00:B2.08.00*FF",
            "01-00:B3.08.00",
            "1-65:1.8.0"
        ];
        for (uint256 i = 0; i < codes.length; ++i) {
            vm.assertEq(_read(_payload(1, "", _withCode(codes[i]))).energyWh, 1_000, codes[i]);
        }
    }

    function test_Read_ExportCodes() external view {
        MeterQuery memory query = _query();
        query.direction = EnergyDirection.Export;
        string[7] memory codes = [
            "1-b:2.8.0",
            "01-00:02.08.00.FF",
            "1-0:2.8.0*198",
            "01-00:C0.08.00*FF",
            "01-00:C1.08.00*FF",
            "01-00:C2.08.00*FF",
            "01-00:C3.08.00*FF"
        ];
        for (uint256 i = 0; i < codes.length; ++i) {
            MeterRecord memory record = _record(_payload(1, "", _withCode(codes[i])));
            vm.assertEq(meters.read(query, meter, _list(record)).energyWh, 1_000, codes[i]);
        }
    }

    function test_Read_SynchronisedTimes() external view {
        MeteredEnergy memory energy = _read(_payload(1, "", _timed("S", "S", "2")));
        vm.assertEq(energy.beganAt, 1_900_000_000, "begin");
        vm.assertEq(energy.endedAt, 1_900_003_600, "end");
    }
}
