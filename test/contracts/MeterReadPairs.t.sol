// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IMeterRegistry} from "../../contracts/interfaces/IMeterRegistry.sol";
import {JsonText} from "../../contracts/ocmf/JsonText.sol";
import {Ocmf} from "../../contracts/ocmf/Ocmf.sol";
import {OcmfReadings} from "../../contracts/ocmf/OcmfReadings.sol";
import {MeterRecord} from "../../contracts/ocmf/OcmfTypes.sol";
import {MeterReadWorld} from "../support/contracts/MeterReadWorld.sol";

/// @title How many records, in which order, with which ends
contract MeterReadPairsTest is MeterReadWorld {
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
