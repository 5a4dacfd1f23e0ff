// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IMeterRegistry} from "../../../contracts/interfaces/IMeterRegistry.sol";
import {OcmfReadings} from "../../../contracts/ocmf/OcmfReadings.sol";
import {EnergyDirection, MeterKey, MeterRecord} from "../../../contracts/ocmf/OcmfTypes.sol";
import {Meter, MeteredEnergy} from "../../../contracts/types/MeterTypes.sol";
import {MeterWorld} from "./MeterWorld.sol";

/// @title What the tests of reading records say again and again
abstract contract MeterReadWorld is MeterWorld {
    function _begin(uint256 pagination) internal pure returns (string memory) {
        return _payload(pagination, _name(SESSION), _import("B", "1.000"));
    }

    function _end(uint256 pagination) internal pure returns (string memory) {
        return _payload(pagination, _name(SESSION), _import("E", "2.5004"));
    }

    function _withCode(string memory code) internal pure returns (string memory) {
        return string.concat(_reading("B", "1", code, "kWh"), ",", _reading("E", "2", code, "kWh"));
    }

    function _twoRegisters() internal pure returns (string memory) {
        return
            string.concat(
                '{"TM":"2021-10-06T13:13:56,000+0200 R","TX":"B","RV":57.584,"RI":"1-0:1.8.0","RU":"kWh","RT":"DC","EF":"","ST":"G","UC":{"UN":"No_Comp","UI":2,"UR":0}},',
                '{"RV":4.405,"RI":"1-0:2.8.0","RU":"kWh","ST":"G"},',
                '{"TM":"2021-10-06T13:15:13,000+0200 R","TX":"E","RV":58.685,"RI":"1-0:1.8.0","RU":"kWh","ST":"G"},',
                '{"RV":4.505,"RI":"1-0:2.8.0","RU":"kWh","ST":"G"}'
            );
    }

    function _timedReading(
        string memory mark,
        string memory time,
        string memory value
    ) internal pure returns (string memory) {
        return
            string.concat(
                '{"TM":"',
                time,
                '","TX":"',
                mark,
                '","EF":"","ST":"G","RV":',
                value,
                ',"RI":"1-b:1.8.0","RU":"kWh"}'
            );
    }

    /// @dev From 1 kWh, an hour long.
    function _timed(
        string memory beginState,
        string memory endState,
        string memory end
    ) internal pure returns (string memory) {
        return
            string.concat(
                _timedReading("B", string.concat("2030-03-17T18:46:40,000+0100 ", beginState), "1"),
                ",",
                _timedReading("E", string.concat("2030-03-17T14:16:40,000-0430 ", endState), end)
            );
    }

    /// @dev 1/1000 Wh as kWh with six decimals.
    function _inKwh(uint256 milliWh) internal pure returns (string memory) {
        bytes memory digits = new bytes(6);
        uint256 rest = milliWh % 1e6;
        for (uint256 i = 6; i > 0; --i) {
            digits[i - 1] = bytes1(uint8(0x30 + (rest % 10)));
            rest /= 10;
        }
        return string.concat(_decimal(milliWh / 1e6), ".", string(digits));
    }

    function _decimal(uint256 number) internal pure returns (string memory text) {
        do {
            text = string.concat(string(bytes.concat(bytes1(uint8(0x30 + (number % 10))))), text);
            number /= 10;
        } while (number != 0);
    }

    function _upper(string memory text) internal pure returns (string memory) {
        bytes memory t = bytes(text);
        for (uint256 i = 0; i < t.length; ++i) {
            if (t[i] >= "a") t[i] = t[i] ^ 0x20;
        }
        return string(t);
    }

    function _energyWh(string memory begin, string memory end) internal view returns (uint64) {
        return _read(_payload(1, "", _both(begin, end))).energyWh;
    }

    /// @dev Offset in the payload of a place in the readings of a record with pagination 1 that
    /// names `SESSION`.
    function _offset(uint256 inReadings) internal pure returns (uint256) {
        return bytes(_payload(1, _name(SESSION), "")).length - 2 + inReadings;
    }

    function _assertEnergy(
        MeteredEnergy memory energy,
        uint64 beginPagination,
        uint64 endPagination,
        uint64 beginMilliWh,
        uint64 endMilliWh
    ) internal pure {
        vm.assertEq(energy.beginPagination, beginPagination, "pagination of the begin");
        vm.assertEq(energy.endPagination, endPagination, "pagination of the end");
        vm.assertEq(energy.beginMilliWh, beginMilliWh, "begin");
        vm.assertEq(energy.endMilliWh, endMilliWh, "end");
        vm.assertEq(energy.energyWh, (endMilliWh - beginMilliWh) / 1000, "energy");
    }

    function _assertNamed(
        string memory identification,
        bool expected,
        string memory label
    ) internal view {
        bool named = _read(_payload(1, identification, _both("1", "2"))).namesSession;
        vm.assertTrue(named == expected, label);
    }

    function _refusesKey(MeterKey memory key, MeterRecord memory record) internal {
        MeterRecord[] memory records = _list(record);
        vm.expectRevert(
            abi.encodeWithSelector(
                IMeterRegistry.MeterBadSignature.selector,
                meters.keyIdOf(key),
                sha256(record.payload)
            )
        );
        meters.read(_query(), key, records);
    }

    function _refusesMark(string memory first, string memory second, bytes1 mark) internal {
        string memory readings = string.concat(first, ",", second);
        // The reading that is out of place is the first of `second`.
        uint256 length = bytes(_import("B", "1")).length;
        uint256 offset =
            bytes(first).length +
                1 +
                (length < bytes(second).length ? length : bytes(second).length);
        _refusesReadings(
            readings,
            abi.encodeWithSelector(OcmfReadings.OcmfMisplacedMark.selector, mark, _offset(offset))
        );
    }

    function _badSignature(MeterRecord memory record) internal view returns (bytes memory) {
        return
            abi.encodeWithSelector(
                IMeterRegistry.MeterBadSignature.selector,
                meterId,
                sha256(record.payload)
            );
    }

    function _notInForce(Meter memory known) internal view returns (bytes memory) {
        return
            abi.encodeWithSelector(
                IMeterRegistry.MeterKeyNotInForce.selector,
                meterId,
                known.validFrom,
                known.validUntil,
                block.timestamp
            );
    }

    function _noRegister(EnergyDirection direction) internal pure returns (bytes memory) {
        return
            abi.encodeWithSelector(IMeterRegistry.MeterNoRegister.selector, uint64(1), direction);
    }

    function _notATransaction(
        uint64 pagination,
        bool hasBegin,
        bool hasEnd
    ) internal pure returns (bytes memory) {
        return
            abi.encodeWithSelector(
                IMeterRegistry.MeterNotATransaction.selector,
                pagination,
                hasBegin,
                hasEnd
            );
    }
}
