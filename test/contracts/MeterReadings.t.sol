// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IMeterRegistry} from "../../contracts/interfaces/IMeterRegistry.sol";
import {OcmfReadings} from "../../contracts/ocmf/OcmfReadings.sol";
import {OcmfTime} from "../../contracts/ocmf/OcmfTime.sol";
import {EnergyDirection, MeterRecord} from "../../contracts/ocmf/OcmfTypes.sol";
import {MeteredEnergy, MeterQuery} from "../../contracts/types/MeterTypes.sol";
import {MeterReadWorld} from "../support/contracts/MeterReadWorld.sol";

/// @title What the readings of a record may hold: states, flags, registers, times
contract MeterReadingsTest is MeterReadWorld {
    /* ERRORS OF THE METER */

    /// @dev METER-6: in any reading, of whatever register.
    function test_METER6_Read_MeterState() external {
        bytes memory states = "NTDRMXIOSEFg";
        for (uint256 i = 0; i < states.length; ++i) {
            string memory bad = string.concat(
                '{"TX":"E","ST":"',
                string(bytes.concat(states[i])),
                '","RV":2}'
            );
            uint256 offset = _offset(bytes(_import("B", "1")).length + 16);
            _refusesReadings(
                string.concat(_import("B", "1"), ",", bad),
                abi.encodeWithSelector(OcmfReadings.OcmfMeterState.selector, states[i], offset)
            );
        }
    }

    function test_METER6_Read_StateOfAnotherRegister() external {
        string memory third = '{"RV":1,"RI":"1-0:2.8.0","ST":"E"}';
        uint256 offset = _offset(bytes(_both("1", "2")).length + 31);
        _refusesReadings(
            string.concat(_both("1", "2"), ",", third),
            abi.encodeWithSelector(OcmfReadings.OcmfMeterState.selector, bytes1("E"), offset)
        );
    }

    function test_METER6_Read_NoState() external {
        string memory none =
            '{"TM":"2030-03-17T18:46:40,000+0100 U","TX":"B","RV":1,"RI":"1-b:1.8.0","RU":"kWh"}';
        uint256 offset = _offset(bytes(none).length);
        _refusesReadings(
            none,
            abi.encodeWithSelector(OcmfReadings.OcmfMeterState.selector, bytes1(0), offset)
        );
    }

    function test_METER6_Read_ErrorFlag() external {
        bytes1[5] memory flags = [bytes1("E"), "t", "t", "T", "u"];
        string[5] memory values = ['"E"', '"tE"', '"t "', '"T"', "null"];
        for (uint256 i = 0; i < flags.length; ++i) {
            bytes1 flag = flags[i];
            string memory readings = string.concat(_import("B", "1"), ',{"EF":', values[i], "}");
            uint256 offset = _offset(bytes(_import("B", "1")).length + 7);
            _refusesReadings(
                readings,
                abi.encodeWithSelector(OcmfReadings.OcmfErrorFlag.selector, flag, offset)
            );
        }
    }

    /// @dev X stands between begin and end, in a reading without a value.
    function test_METER6_Read_Exception() external {
        string memory begin = _import("B", "1");
        string memory readings = string.concat(
            begin,
            ',{"TM":"2030-03-17T18:46:45,000+0100 U","TX":"X"},',
            _import("E", "2")
        );
        _refusesReadings(
            readings,
            abi.encodeWithSelector(
                OcmfReadings.OcmfException.selector,
                _offset(bytes(begin).length + 45)
            )
        );
    }

    /* REGISTERS */

    function test_Read_DirectionMissing() external {
        _refusesReadings(_withCode("1-0:2.8.0"), _noRegister(EnergyDirection.Import));

        MeterQuery memory query = _query();
        query.direction = EnergyDirection.Export;
        MeterRecord[] memory records = _list(_record(_plain(1)));
        vm.expectRevert(_noRegister(EnergyDirection.Export));
        meters.read(query, meter, records);
    }

    /// @dev Not the active energy of all tariffs, not electricity, or not known.
    function test_Read_OtherCodes() external {
        string[28] memory codes = [
            "",
            "1",
            "1-",
            "8.0",
            "0:1.8.0",
            "001.8.0",
            "1-0:1.8",
            "1-0:1.8.1",
            "1-0:1.8.0*",
            "1-0:1.8.0.",
            "1-0:1.8.0*2555",
            "1-0:1.8.0x255",
            "1-0:1.8.000",
            "1-0:1.8.0e0",
            "1-0:1.7.0",
            "1-0:3.8.0",
            "1-0:21.8.0",
            "2-0:1.8.0",
            "11-0:1.8.0",
            "1-:1.8.0",
            "1-000:1.8.0",
            "01-00:B4.08.00*FF",
            "01-00:A0.08.00*FF",
            "1-0:98.8.1",
            "01-00:B0.07.00*FF",
            "01-00:00.08.06.FF",
            "01-00:01.08.01.FF",
            "1-0:1.8.0*255-and-then-some-more-text"
        ];
        for (uint256 i = 0; i < codes.length; ++i) {
            _refusesReadings(_withCode(codes[i]), _noRegister(EnergyDirection.Import));
        }
    }

    /// @dev Of the whole life and of one transaction: nobody may choose.
    function test_METER5_Read_SeveralRegisters() external {
        string memory first = _reading("B", "1", "01-00:B0.08.00*FF", "kWh");
        string memory second = _reading("B", "1", "01-00:B2.08.00*FF", "kWh");
        uint256 offset = _offset(bytes(first).length + 1 + bytes(second).length);
        _refusesReadings(
            string.concat(first, ",", second),
            abi.encodeWithSelector(
                OcmfReadings.OcmfSeveralRegisters.selector,
                bytes32("01-00:B0.08.00*FF"),
                bytes32("01-00:B2.08.00*FF"),
                offset
            )
        );
    }

    function test_Read_WrongUnit() external {
        string[7] memory units = ["MWh", "kwh", "kW", "sec", "Wh ", "", "kWhh"];
        for (uint256 i = 0; i < units.length; ++i) {
            string memory begin = _reading("B", "1", "1-b:1.8.0", units[i]);
            _refusesReadings(
                begin,
                abi.encodeWithSelector(
                    OcmfReadings.OcmfWrongUnit.selector,
                    _offset(bytes(begin).length)
                )
            );
        }
        string memory none =
            '{"TM":"2030-03-17T18:46:40,000+0100 U","TX":"B","EF":"","ST":"G","RV":1,"RI":"1-b:1.8.0"}';
        _refusesReadings(
            none,
            abi.encodeWithSelector(OcmfReadings.OcmfWrongUnit.selector, _offset(bytes(none).length))
        );
    }

    function test_Read_BadNumber() external {
        string[22] memory values = [
            "-1",
            "+1",
            "1e",
            "1e+",
            "1e-10",
            "1e012",
            "1e12",
            "1e1.0",
            "1.e3",
            ".5",
            "5.",
            "1.2.3",
            "1234567890123",
            "1.1234567891",
            "12345678901234567890123456789012345",
            '""',
            '"kWh"',
            '"1,5"',
            '"5 "',
            '" -5"',
            "null",
            '{"of":1}'
        ];
        for (uint256 i = 0; i < values.length; ++i) {
            string memory begin = _import("B", values[i]);
            _refusesReadings(
                begin,
                abi.encodeWithSelector(
                    OcmfReadings.OcmfBadNumber.selector,
                    _offset(bytes(begin).length)
                )
            );
        }
    }

    /// @dev Seven decimals of a Wh are a ten-millionth.
    function test_Read_TooFine() external {
        string memory begin = _reading("B", "1.0000001", "1-b:1.8.0", "Wh");
        _refusesReadings(
            begin,
            abi.encodeWithSelector(
                OcmfReadings.OcmfBadNumber.selector,
                _offset(bytes(begin).length)
            )
        );
    }

    function test_Read_FallingRegister() external {
        _refusesReadings(
            _both("2.0001", "2"),
            abi.encodeWithSelector(
                IMeterRegistry.MeterFallingRegister.selector,
                uint64(2_000_100),
                uint64(2_000_000)
            )
        );
    }

    /* TIME AND POWER */

    function test_METER7_Read_TooMuchForTheWindow() external {
        // 22 kW for an hour and a second, and one Wh.
        _read(_payload(1, "", _both("0", "22.007111")));
        _refusesReadings(
            _both("0", "22.007112"),
            abi.encodeWithSelector(
                IMeterRegistry.MeterTooMuchEnergy.selector,
                uint64(22_007_112),
                uint256(22_007_111)
            )
        );
    }

    /// @dev The meter's own clock counts, if it was synchronised at both ends.
    function test_METER7_Read_TooMuchForTheClock() external {
        MeterQuery memory query = _query();
        (query.pluggedInAt, query.endedAt) = (START + 5 minutes, START + 55 minutes);
        MeterRecord[] memory records = _list(
            _record(_payload(1, "", _timed("S", "S", "23.007111")))
        );
        meters.read(query, meter, records);

        (query.pluggedInAt, query.endedAt) = (0, type(uint40).max);
        records = _list(_record(_payload(1, "", _timed("S", "S", "23.007112"))));
        vm.expectRevert(
            abi.encodeWithSelector(
                IMeterRegistry.MeterTooMuchEnergy.selector,
                uint64(22_007_112),
                uint256(22_007_111)
            )
        );
        meters.read(query, meter, records);
    }

    function test_Read_WindowUnlessBothAreSynchronised() external {
        string[3] memory states = ["U", "I", "R"];
        MeterQuery memory query = _query();
        for (uint256 i = 0; i < states.length; ++i) {
            query.endedAt = query.pluggedInAt + 24 hours;
            MeterRecord[] memory records = _list(
                _record(_payload(1, "", _timed("S", states[i], "300")))
            );
            MeteredEnergy memory energy = meters.read(query, meter, records);
            vm.assertEq(energy.beganAt, 0, "no clock");

            query.endedAt = query.pluggedInAt + 1 hours;
            vm.expectRevert(
                abi.encodeWithSelector(
                    IMeterRegistry.MeterTooMuchEnergy.selector,
                    uint64(299_000_000),
                    uint256(22_007_111)
                )
            );
            meters.read(query, meter, records);
        }
    }

    /// @dev A synchronised clock, to the millisecond: five minutes before the session and after it.
    function test_METER8_Read_WithinTheSession() external view {
        uint40 tolerance = meters.CLOCK_TOLERANCE_SECONDS();
        MeterQuery memory query = _query();
        MeterRecord[] memory records = _list(_record(_payload(1, "", _timed("S", "S", "2"))));
        query.pluggedInAt = START + tolerance;
        query.endedAt = START + 1 hours - tolerance;
        MeteredEnergy memory energy = meters.read(query, meter, records);
        vm.assertEq(energy.beganAt, START, "begin");
        vm.assertEq(energy.endedAt, START + 1 hours, "end");

        query.pluggedInAt += 1;
        _refusesTime(query, records);
        query.pluggedInAt -= 1;
        query.endedAt -= 1;
        _refusesTime(query, records);
    }

    /// @dev A clock that is synchronised at one end only is believed there, to the millisecond.
    function test_METER8_Read_SynchronisedAtOneEnd() external view {
        uint40 tolerance = meters.CLOCK_TOLERANCE_SECONDS();
        string[2][2] memory states = [["S", "U"], ["R", "S"]];
        for (uint256 i = 0; i < 2; ++i) {
            MeterRecord[] memory records = _list(
                _record(_payload(1, "", _timed(states[i][0], states[i][1], "1.001")))
            );
            MeterQuery memory query = _query();
            uint40 moment = i == 0 ? START : START + 1 hours;
            (query.pluggedInAt, query.endedAt) = (moment + tolerance, moment + tolerance + 1);
            MeteredEnergy memory energy = meters.read(query, meter, records);
            vm.assertEq(energy.beganAt + energy.endedAt, 0, "no time of its own");
            query.pluggedInAt += 1;
            _refusesTime(query, records);

            (query.pluggedInAt, query.endedAt) = (moment - tolerance - 1, moment - tolerance);
            meters.read(query, meter, records);
            query.endedAt -= 1;
            _refusesTime(query, records);
        }
    }

    function test_METER8_Read_AMillisecondTooEarlyOrTooLate() external view {
        MeterQuery memory query = _query();
        query.endedAt = START;
        string memory begin = _timedReading("B", "2030-03-17T17:46:40,000+0000 S", "1");
        string memory end = _timedReading("E", "2030-03-17T17:51:40,000+0000 S", "1");
        meters.read(query, meter, _list(_record(_payload(1, "", string.concat(begin, ",", end)))));
        end = _timedReading("E", "2030-03-17T17:51:40,001+0000 S", "1");
        _refusesTime(query, _list(_record(_payload(1, "", string.concat(begin, ",", end)))));

        begin = _timedReading("B", "2030-03-17T17:41:39,999+0000 S", "1");
        end = _timedReading("E", "2030-03-17T17:46:40,000+0000 S", "1");
        _refusesTime(query, _list(_record(_payload(1, "", string.concat(begin, ",", end)))));
    }

    /// @dev Nobody asks so but by mistake; there is then no time in which energy can have flowed.
    function test_METER7_Read_SessionThatEndsBeforeItBegins() external {
        MeterQuery memory query = _query();
        query.endedAt = query.pluggedInAt - 1;
        MeterRecord[] memory records = _list(_record(_payload(1, "", _both("1", "1.008"))));
        vm.expectRevert(
            abi.encodeWithSelector(
                IMeterRegistry.MeterTooMuchEnergy.selector,
                uint64(8_000),
                uint256(7_111)
            )
        );
        meters.read(query, meter, records);
    }

    /// @dev The error names seconds; the refusal is to the millisecond.
    function _refusesTime(MeterQuery memory query, MeterRecord[] memory records) private view {
        try meters.read(query, meter, records) {
            vm.assertTrue(false, "expected a refusal");
        } catch (bytes memory reason) {
            vm.assertEq(
                bytes32(bytes4(reason)),
                bytes32(IMeterRegistry.MeterOutsideSession.selector),
                "outside"
            );
        }
    }

    function test_Read_TimeReversed() external {
        string memory readings = string.concat(
            _timedReading("B", "2030-03-17T18:46:40,001+0100 S", "1"),
            ",",
            _timedReading("E", "2030-03-17T17:46:40,000+0000 S", "1")
        );
        _refusesReadings(
            readings,
            abi.encodeWithSelector(
                IMeterRegistry.MeterTimeReversed.selector,
                uint256(1_900_000_000_001),
                uint256(1_900_000_000_000)
            )
        );
    }

    function test_Read_BadTime() external {
        string[14] memory times = [
            "",
            "2030-03-17T18:46:40,000+0100 G",
            "2030-03-17T18:46:40.000+0100 S",
            "2030-03-17 18:46:40,000+0100 S",
            "2030-03-17T18:46:40,000*0100 S",
            "2030-03-17T18:46:4x,000+0100 S",
            "2030-13-17T18:46:40,000+0100 S",
            "2030-00-17T18:46:40,000+0100 S",
            "2030-03-00T18:46:40,000+0100 S",
            "2030-03-32T18:46:40,000+0100 S",
            "2030-03-17T24:46:40,000+0100 S",
            "2030-03-17T18:60:40,000+0100 S",
            "2030-03-17T18:46:61,000+0100 S",
            "1970-03-17T18:46:40,000+0100 S"
        ];
        for (uint256 i = 0; i < times.length; ++i) {
            string memory readings = string.concat(
                _timedReading("B", times[i], "1"),
                ",",
                _timedReading("E", times[i], "2")
            );
            _refusesReadings(
                readings,
                abi.encodeWithSelector(
                    OcmfTime.OcmfBadTime.selector,
                    bytes32(bytes(string.concat('"', times[i], '","TX":"B","EF":"","ST":"G","RV"')))
                )
            );
        }
    }

    function test_Read_NoTime() external {
        _refusesReadings(
            '{"TX":"B","EF":"","ST":"G","RV":1,"RI":"1-b:1.8.0","RU":"kWh"}',
            abi.encodeWithSelector(OcmfTime.OcmfBadTime.selector, bytes32(0))
        );
    }
}
