// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {P256} from "@openzeppelin/contracts/utils/cryptography/P256.sol";
import {IMeterRegistry} from "../../contracts/interfaces/IMeterRegistry.sol";
import {MeterKeys} from "../../contracts/ocmf/MeterKeys.sol";
import {JsonText} from "../../contracts/ocmf/JsonText.sol";
import {Ocmf} from "../../contracts/ocmf/Ocmf.sol";
import {OcmfReadings} from "../../contracts/ocmf/OcmfReadings.sol";
import {SessionId} from "../../contracts/types/MarketTypes.sol";
import {
    EnergyDirection,
    MeterKey,
    MeterKeyId,
    MeterRecord,
    RecordHints
} from "../../contracts/ocmf/OcmfTypes.sol";
import {Meter, MeteredEnergy, MeterQuery} from "../../contracts/types/MeterTypes.sol";
import {MeterReadWorld} from "../support/contracts/MeterReadWorld.sol";

/// @title Records that settle, and records that do not
contract MeterReadTest is MeterReadWorld {
    /* WHAT SETTLES */

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

    /* WHOSE SESSION */

    function test_Read_NamesAnotherSession() external view {
        SessionId other = SessionId.wrap(bytes32(uint256(SessionId.unwrap(SESSION)) ^ (1 << 76)));
        _assertNamed(_name(other), false, "another in the 180th bit");
        _assertNamed("", false, "nobody");
        _assertNamed(string.concat(_name(SESSION), "a"), false, "longer");
        _assertNamed(string.concat(" ", _name(SESSION)), false, "shifted");
        _assertNamed(_upper(_name(SESSION)), true, "in capitals");

        // The last 76 bits are not on the meter.
        other = SessionId.wrap(bytes32(uint256(SessionId.unwrap(SESSION)) ^ ((1 << 76) - 1)));
        _assertNamed(_name(other), true, "what the name has room for");
    }

    function testFuzz_Read_Names(SessionId sessionId, bytes32 flips) external view {
        MeterQuery memory query = _query();
        query.sessionId = sessionId;
        MeterRecord memory record = _record(_payload(1, _name(sessionId), _both("1", "2")));
        vm.assertTrue(meters.read(query, meter, _list(record)).namesSession, "itself");

        bool same = uint256(flips) >> 76 == 0;
        query.sessionId = SessionId.wrap(SessionId.unwrap(sessionId) ^ flips);
        vm.assertTrue(meters.read(query, meter, _list(record)).namesSession == same, "another");
    }

    function test_Read_IdentificationNotClaimed() external view {
        string memory payload = _plain(1);
        MeterRecord memory record = _record(payload);
        record.hints = _hints(0, _find(payload, '"PG"', 0), 0, _find(payload, '"RD"', 0));
        vm.assertTrue(!meters.read(_query(), meter, _list(record)).namesSession, "not named");
    }

    function test_Read_BothRecordsMustName() external view {
        string memory named = _payload(7, _name(SESSION), _import("B", "1"));
        string memory unnamed = _payload(8, "", _import("E", "2"));
        vm.assertTrue(!_readPair(named, unnamed).namesSession, "end without");

        unnamed = _payload(7, "", _import("B", "1"));
        named = _payload(8, _name(SESSION), _import("E", "2"));
        vm.assertTrue(!_readPair(unnamed, named).namesSession, "begin without");
    }

    /* KEYS AND SIGNATURES */

    function test_Read_ForeignKey() external {
        MeterKey memory foreign = _r1Key(OTHER_SECRET);
        MeterRecord[] memory records = _list(_record(foreign, OTHER_SECRET, _plain(1)));

        vm.expectRevert(
            abi.encodeWithSelector(
                IMeterRegistry.MeterUnknownKey.selector,
                meters.keyIdOf(foreign),
                pile.account
            )
        );
        meters.read(_query(), foreign, records);

        // Under a certified key its signature is nobody's.
        _refuses(records, _badSignature(records[0]));
    }

    function test_Read_KeyOfAnotherPile() external {
        MeterQuery memory query = _query();
        query.pile = otherPile.account;
        MeterRecord[] memory records = _list(_record(_plain(1)));

        vm.expectRevert(
            abi.encodeWithSelector(
                IMeterRegistry.MeterUnknownKey.selector,
                meterId,
                otherPile.account
            )
        );
        meters.read(query, meter, records);
    }

    function test_METER4_Read_OutsideTheCertificatesTime() external {
        (, Meter memory known) = meters.meterOf(meterId);
        meters.read(_query(), meter, _list(_record(_plain(1))));

        vm.warp(known.validFrom - 1);
        _refuses(_plain(1), _notInForce(known));
        vm.warp(known.validUntil);
        _refuses(_plain(1), _notInForce(known));
        vm.warp(known.validUntil - 1);
        meters.read(_query(), meter, _list(_record(_plain(1))));
    }

    function test_Read_HighS() external {
        MeterRecord memory record = _record(_plain(1));
        record.s = bytes32(P256.N - uint256(record.s));
        _refuses(_list(record), abi.encodeWithSelector(MeterKeys.MeterHighS.selector, record.s));
    }

    function test_Read_HighSOnSecp256k1() external {
        MeterKey memory key = _k1Key(1);
        _certify(key, pile);
        MeterRecord memory record = _record(key, 1, _plain(1));
        record.s = bytes32(K1_N - uint256(record.s));
        MeterRecord[] memory records = _list(record);

        vm.expectRevert(abi.encodeWithSelector(MeterKeys.MeterHighS.selector, record.s));
        meters.read(_query(), key, records);
    }

    function test_Read_Secp256k1OfAnother() external {
        MeterKey memory key = _k1Key(1);
        _certify(key, pile);
        MeterRecord memory record = _record(key, 2, _plain(1));
        _refusesKey(key, record);

        record = _record(key, 1, _plain(1));
        uint56 hints = RecordHints.unwrap(record.hints);
        record.hints = RecordHints.wrap(hints ^ (7 << 48));
        _refusesKey(key, record);
        record.hints = RecordHints.wrap(hints & type(uint48).max);
        _refusesKey(key, record);
    }

    function testFuzz_Read_AlteredPayload(uint256 seed, uint8 flip) external {
        vm.assume(flip != 0);
        MeterRecord memory record = _record(_plain(1));
        uint256 i = seed % record.payload.length;
        record.payload[i] = bytes1(uint8(record.payload[i]) ^ flip);
        _refuses(_list(record), _badSignature(record));
    }

    function testFuzz_Read_AlteredSignature(uint256 bit) external {
        MeterRecord memory record = _record(_plain(1));
        bytes32 flip = bytes32(1 << (bit % 256));
        record.r ^= flip;
        _refuses(_list(record), _badSignature(record));

        record.r ^= flip;
        record.s ^= bytes32(1 << (bit % 255));
        if (uint256(record.s) > P256.N / 2) return;
        _refuses(_list(record), _badSignature(record));
    }

    function test_Read_ZeroSignature() external {
        MeterRecord memory record = _record(_plain(1));
        (record.r, record.s) = (0, 0);
        _refuses(_list(record), _badSignature(record));
    }

    /* COUNT AND PAGINATION */

    function test_Read_RecordCount() external {
        _refuses(
            new MeterRecord[](0),
            abi.encodeWithSelector(IMeterRegistry.MeterRecordCount.selector, 0)
        );
        _refuses(
            new MeterRecord[](3),
            abi.encodeWithSelector(IMeterRegistry.MeterRecordCount.selector, 3)
        );
    }

    function test_METER2_Consume_Replayed() external {
        meters.consume(_query(), meter, _list(_record(_plain(32))));

        _refuses(_plain(32), _spent(32, 32));
        _refuses(_plain(31), _spent(31, 32));
        vm.assertEq(_read(_plain(33)).endPagination, 33, "the next");
        vm.assertEq(_read(_plain(99)).endPagination, 99, "a later one");
    }

    function test_METER2_Consume_HalfReplayed() external {
        meters.consume(_query(), meter, _list(_record(_begin(7)), _record(_end(8))));

        _refuses(_list(_record(_begin(7)), _record(_end(8))), _spent(7, 8));
        _refuses(_list(_record(_begin(8)), _record(_end(9))), _spent(8, 8));
        vm.assertEq(_readPair(_begin(9), _end(10)).endPagination, 10, "the next");
    }

    function test_Read_PaginationZeroIsSpent() external {
        _refuses(_plain(0), _spent(0, 0));
    }

    function test_Read_Gap() external {
        uint64[4] memory ends = [uint64(7), 9, 6, 100];
        for (uint256 i = 0; i < ends.length; ++i) {
            _refuses(
                _list(_record(_begin(7)), _record(_end(ends[i]))),
                abi.encodeWithSelector(
                    IMeterRegistry.MeterPaginationGap.selector,
                    uint64(7),
                    ends[i]
                )
            );
        }
    }

    function test_Read_NotTransactional() external {
        string[7] memory values = [
            '"F5"',
            '"T"',
            '"5"',
            '"T5x"',
            '"T-5"',
            '"T1234567890123456789"',
            "5"
        ];
        for (uint256 i = 0; i < values.length; ++i) {
            string memory payload = string.concat(
                '{"PG":',
                values[i],
                ',"ID":"","RD":[',
                _both("1", "2"),
                "]}"
            );
            _refuses(
                payload,
                abi.encodeWithSelector(Ocmf.OcmfNotTransactional.selector, uint256(6))
            );
        }
    }

    function test_Read_LargestPagination() external view {
        vm.assertEq(_read(_plain(999999999999999999)).endPagination, 999999999999999999, "largest");
    }

    /* BEGIN AND END */

    function test_Read_OnlyBegin() external {
        _refuses(_begin(7), _notATransaction(7, true, false));
    }

    function test_Read_OnlyEnd() external {
        _refuses(_end(8), _notATransaction(8, false, true));
    }

    function test_Read_OnlyWithin() external {
        _refusesReadings(_import("C", "1"), _notATransaction(1, false, false));
    }

    function test_Read_PairInReverse() external {
        _refuses(_list(_record(_end(7)), _record(_begin(8))), _notATransaction(7, false, true));
    }

    function test_Read_PairOfBegins() external {
        _refuses(_list(_record(_begin(7)), _record(_begin(8))), _notATransaction(8, true, false));
    }

    /// @dev A whole transaction is no half of another.
    function test_Read_PairWithWholeTransaction() external {
        _refuses(_list(_record(_plain(7)), _record(_end(8))), _notATransaction(7, true, true));
        _refuses(_list(_record(_begin(7)), _record(_plain(8))), _notATransaction(8, true, true));
    }

    function test_Read_MisplacedMarks() external {
        _refusesMark(_import("E", "1"), _import("B", "2"), "B");
        _refusesMark(_import("B", "1"), _import("B", "2"), "B");
        _refusesMark(_import("E", "1"), _import("E", "2"), "E");
        _refusesMark(_both("1", "2"), _import("C", "2"), "C");
        _refusesMark(_both("1", "2"), _import("L", "3"), "L");
        _refusesMark(_both("1", "2"), _both("2", "3"), "B");
    }

    function test_Read_UnknownMark() external {
        string memory begin = _import("B", "1");
        _refusesMark(begin, _import("e", "2"), "e");
        _refusesMark(begin, _import("Z", "2"), "Z");
        // No mark: fiscal metering, without a transaction.
        string memory fiscal =
            '{"TM":"2030-03-17T18:46:40,000+0100 U","EF":"","ST":"G","RV":1,"RI":"1-b:1.8.0","RU":"kWh"}';
        _refusesReadings(
            fiscal,
            abi.encodeWithSelector(
                OcmfReadings.OcmfMisplacedMark.selector,
                bytes1(0),
                _offset(bytes(fiscal).length)
            )
        );
    }

    function test_Read_MarkIsOneLetter() external {
        _refusesReadings(
            _import("EE", "1"),
            abi.encodeWithSelector(JsonText.OcmfMalformed.selector, _offset(44))
        );
    }

    function test_Read_RegistersOfThePairDiffer() external {
        string memory begin = _payload(7, "", _reading("B", "1", "1-b:1.8.0", "kWh"));
        string memory end = _payload(8, "", _reading("E", "2", "1-0:1.8.0", "kWh"));
        _refuses(
            _list(_record(begin), _record(end)),
            abi.encodeWithSelector(
                IMeterRegistry.MeterRegistersDiffer.selector,
                bytes32("1-b:1.8.0"),
                bytes32("1-0:1.8.0")
            )
        );
    }
}
