// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IMeterRegistry} from "../../contracts/interfaces/IMeterRegistry.sol";
import {OcmfReadings} from "../../contracts/ocmf/OcmfReadings.sol";
import {EnergyDirection, MeterRecord} from "../../contracts/ocmf/OcmfTypes.sol";
import {MeteredEnergy, MeterQuery} from "../../contracts/types/MeterTypes.sol";
import {SessionId} from "../../contracts/types/MarketTypes.sol";
import {MeterReadWorld} from "../support/contracts/MeterReadWorld.sol";

/// @title What meters of the field write otherwise, and beside each what is refused
contract MeterFieldTest is MeterReadWorld {
    /* REGISTERS */

    /// @dev In whatever order a record lists them, the register without the losses of the cable.
    function test_METER5_Field_CompensatedRegisterFirst() external view {
        string[2][4] memory pairs = [
            ["1-0:1.8.0", "1-0:98.8.0.FF"],
            ["01-00:B0.08.00*FF", "01-00:B1.08.00*FF"],
            ["01-00:B2.08.00*FF", "01-00:B3.08.00*FF"],
            ["1-0:1.8.0*198", "01-00:b3.8.0"]
        ];
        for (uint256 i = 0; i < pairs.length; ++i) {
            string[4] memory lines = [
                _reading("B", "1", pairs[i][0], "kWh"),
                _reading("E", "3.5", pairs[i][0], "kWh"),
                _reading("B", "7", pairs[i][1], "kWh"),
                _reading("E", "9.25", pairs[i][1], "kWh")
            ];
            uint8[4][6] memory orders = [
                [0, 1, 2, 3],
                [2, 3, 0, 1],
                [0, 2, 1, 3],
                [2, 0, 3, 1],
                [0, 2, 3, 1],
                [2, 0, 1, 3]
            ];
            for (uint256 k = 0; k < orders.length; ++k) {
                string memory readings = lines[orders[k][0]];
                for (uint256 j = 1; j < 4; ++j) {
                    readings = string.concat(readings, ",", lines[orders[k][j]]);
                }
                MeteredEnergy memory energy = _read(_payload(1, "", readings));
                _assertEnergy(energy, 1, 1, 7_000_000, 9_250_000);
            }
        }
    }

    /// @dev One end of it is no transaction, however complete the other register is.
    function test_METER5_Field_CompensatedRegisterAtOneEnd() external {
        string memory half = _reading("B", "7", "1-0:98.8.0", "kWh");
        _refusesReadings(
            string.concat(_both("1", "2"), ",", half),
            _notATransaction(1, true, false)
        );
        _refusesReadings(
            string.concat(half, ",", _both("1", "2")),
            _notATransaction(1, true, false)
        );
    }

    /// @dev Two that both are compensated, or both not, on either side of the other kind.
    function test_METER5_Field_SeveralOfOneKind() external {
        string[3] memory codes = ["1-0:98.8.0", "1-0:1.8.0", "1-0:B3.8.0"];
        string memory readings = _reading("B", "1", codes[0], "kWh");
        for (uint256 i = 1; i < 3; ++i) {
            readings = string.concat(readings, ",", _reading("B", "1", codes[i], "kWh"));
        }
        _refusesReadings(
            readings,
            abi.encodeWithSelector(
                OcmfReadings.OcmfSeveralRegisters.selector,
                bytes32("1-0:98.8.0"),
                bytes32("1-0:B3.8.0"),
                _offset(bytes(readings).length)
            )
        );
    }

    /// @dev A begin with both registers and an end with one: they are of one register or none.
    function test_METER5_Field_PairOfRecords() external {
        string memory begin = string.concat(
            _reading("B", "1", "1-0:1.8.0", "kWh"),
            ",",
            _reading("B", "7", "1-0:98.8.0", "kWh")
        );
        string memory end = _payload(8, "", _reading("E", "8", "1-0:98.8.0", "kWh"));
        begin = _payload(7, "", begin);
        _assertEnergy(_readPair(begin, end), 7, 8, 7_000_000, 8_000_000);

        end = _payload(8, "", _reading("E", "2", "1-0:1.8.0", "kWh"));
        _refuses(
            _list(_record(begin), _record(end)),
            abi.encodeWithSelector(
                IMeterRegistry.MeterRegistersDiffer.selector,
                bytes32("1-0:98.8.0"),
                bytes32("1-0:1.8.0")
            )
        );
    }

    function test_Field_Spellings() external {
        string[19] memory codes = [
            "1-0:1.8.0",
            "1-b:1.8.0",
            "1-b:1.8.e",
            "1-0:1.8.0*255",
            "1-0:1.8.0*198",
            "1-0:1.8.0.FF",
            "1-0:1.8.0&1",
            "1.8.0",
            "01.08.00",
            "1.8.E",
            "01-00:1.08.00",
            "01-0b:01.08.0E*FF",
            "98.8.0",
            "01-00:98.08.00.FF",
            "1-0:B0.8.0",
            "01-00:b1.08.00",
            "b2.08.00*FF",
            "B3.8.0",
            unicode"1-ü:1.8.0"
        ];
        MeterQuery memory query = _query();
        query.direction = EnergyDirection.Export;
        for (uint256 i = 0; i < codes.length; ++i) {
            string memory payload = _payload(1, "", _withCode(codes[i]));
            _assertEnergy(_read(payload), 1, 1, 1_000_000, 2_000_000);
            MeterRecord[] memory records = _list(_record(payload));
            vm.expectRevert(_noRegister(EnergyDirection.Export));
            meters.read(query, meter, records);
        }
        string[5] memory exports = ["2.8.0", "1-b:02.8.e", "C0.8.0", "1-0:c1.08.00", "c3.8.0*1"];
        for (uint256 i = 0; i < exports.length; ++i) {
            MeterRecord[] memory records = _list(_record(_payload(1, "", _withCode(exports[i]))));
            vm.assertEq(meters.read(query, meter, records).energyWh, 1_000, exports[i]);
            _refusesReadings(_withCode(exports[i]), _noRegister(EnergyDirection.Import));
        }
    }

    /* FLAGS */

    /// @dev A flagged time is that of a clock that nobody has set, in its own reading and in those
    /// that omit the flag.
    function test_METER8_Field_FlaggedTime() external view {
        MeterQuery memory query = _query();
        query.pluggedInAt = START + 1 days;
        query.endedAt = query.pluggedInAt + 1 hours;
        string[2] memory ends = [
            _flagged("E", "t", "2"),
            '{"TM":"2030-03-17T18:46:40,000+0100 S","TX":"E","RV":2}'
        ];
        for (uint256 i = 0; i < 2; ++i) {
            MeterRecord[] memory records = _list(
                _record(_payload(1, "", string.concat(_flagged("B", "t", "1"), ",", ends[i])))
            );
            MeteredEnergy memory energy = meters.read(query, meter, records);
            _assertEnergy(energy, 1, 1, 1_000_000, 2_000_000);
            vm.assertEq(energy.beganAt + energy.endedAt, 0, "no time of its own");
        }
    }

    /// @dev One that is not flagged counts, and none that is lengthens the time.
    function test_METER8_Field_FlaggedTimeAtOneEnd() external {
        MeterQuery memory query = _query();
        string memory readings = string.concat(
            _flagged("B", "t", "1"),
            ",",
            _flagged("E", "", "2")
        );
        MeterRecord[] memory records = _list(_record(_payload(1, "", readings)));
        meters.read(query, meter, records);
        query.pluggedInAt = START + 1 days;
        query.endedAt = query.pluggedInAt + 1 hours;
        vm.expectRevert(
            abi.encodeWithSelector(
                IMeterRegistry.MeterOutsideSession.selector,
                uint256(0),
                uint256(START),
                query.pluggedInAt,
                query.endedAt
            )
        );
        meters.read(query, meter, records);

        readings = string.concat(_flagged("B", "t", "0"), ",", _flagged("E", "t", "22.007112"));
        _refusesReadings(
            readings,
            abi.encodeWithSelector(
                IMeterRegistry.MeterTooMuchEnergy.selector,
                uint64(22_007_112),
                uint256(22_007_111)
            )
        );
    }

    /* NUMBERS */

    function test_METER7_Field_Numbers() external view {
        string[2][7] memory pairs = [
            ["1E0", "2.5e+0"],
            ["1000e-3", "0.25E1"],
            ['"1.0E0"', '"   25e-1"'],
            ["1.000000000", "2.500000000"],
            ["0.9999999990", "2.499999999"],
            ["1e0 ", "2.5 "],
            ["0.1E1", "250000000000000000000000000000e-29"]
        ];
        for (uint256 i = 0; i < pairs.length; ++i) {
            vm.assertEq(_energyWh(pairs[i][0], pairs[i][1]), 1_500, pairs[i][1]);
        }
    }

    /// @dev Millionths of a Wh: exact, and rounded down once.
    function test_METER7_Field_MillionthsOfAWh() external view {
        string[3][4] memory cases = [
            ["0.999999", "1.999998", "0"],
            ["0.999999", "1.999999", "1"],
            ["0.0005", "1.0004", "0"],
            ["0.0005", "1.0005", "1"]
        ];
        for (uint256 i = 0; i < cases.length; ++i) {
            string memory readings = string.concat(
                _reading("B", cases[i][0], "1-b:1.8.0", "Wh"),
                ",",
                _reading("E", cases[i][1], "1-b:1.8.0", "Wh")
            );
            uint64 expected = bytes(cases[i][2])[0] == "1" ? 1 : 0;
            vm.assertEq(_read(_payload(1, "", readings)).energyWh, expected, cases[i][1]);
        }
    }

    /// @dev By a millionth of a Wh, which the error cannot show.
    function test_METER7_Field_FallsByAMillionth() external {
        _refusesReadings(
            _both("2.000000001", "2"),
            abi.encodeWithSelector(
                IMeterRegistry.MeterFallingRegister.selector,
                uint64(2_000_000),
                uint64(2_000_000)
            )
        );
    }

    /* NAMES */

    /// @dev Of OCPP 1.6: the first 20 characters, neither 19 nor 21, and none that differs in the
    /// last bit of them.
    function test_Field_ShortNames() external view {
        string memory name = _name(SESSION);
        _assertNamed(_cut(name, 20), true, "20");
        _assertNamed(_upper(_cut(name, 20)), true, "in capitals");
        for (uint256 length = 0; length < 36; ++length) {
            if (length != 20) _assertNamed(_cut(name, length), false, "another length");
        }
        bytes32 id = SessionId.unwrap(SESSION);
        SessionId other = SessionId.wrap(id ^ bytes32(uint256(1) << 156));
        _assertNamed(_cut(_name(other), 20), false, "another in the 100th bit");
        other = SessionId.wrap(id ^ bytes32(uint256(1) << 155));
        _assertNamed(_cut(_name(other), 20), true, "what the short name has room for");
        _assertNamed(string.concat(" ", _cut(name, 19)), false, "shifted");
    }

    function _cut(string memory text, uint256 length) private pure returns (string memory) {
        bytes memory part = new bytes(length);
        for (uint256 i = 0; i < length; ++i) part[i] = bytes(text)[i];
        return string(part);
    }

    /// @dev At `START`, by a synchronised clock.
    function _flagged(
        string memory mark,
        string memory flag,
        string memory value
    ) private pure returns (string memory) {
        return
            string.concat(
                '{"TM":"2030-03-17T18:46:40,000+0100 S","TX":"',
                mark,
                '","EF":"',
                flag,
                '","ST":"G","RV":',
                value,
                ',"RI":"1-b:1.8.0","RU":"kWh"}'
            );
    }
}
