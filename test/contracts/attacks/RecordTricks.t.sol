// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {P256} from "@openzeppelin/contracts/utils/cryptography/P256.sol";
import {MeterRecord} from "../../../contracts/ocmf/OcmfTypes.sol";
import {MeteredEnergy, MeterQuery} from "../../../contracts/types/MeterTypes.sol";
import {MeterWorld} from "../../support/contracts/MeterWorld.sol";

/// @title Tricks with the text of a record
/// @dev Each is refused, or says nothing else than the meter has signed.
contract RecordTricksTest is MeterWorld {
    function test_METER5_Trick_NumbersThatAreNone() external view {
        string memory begin = _fields('"TX":"B","RV":1.0');
        string[9] memory bad = [
            "1e",
            "1E999",
            "-1",
            "+11",
            "0x11",
            '"1e1x"',
            '" 11 "',
            "null",
            "1.1234567891"
        ];
        for (uint256 i = 0; i < bad.length; ++i) {
            string memory end = _fields(string.concat('"TX":"E","RV":', bad[i]));
            _assertRefused(bad[i], string.concat(begin, ",", end));
        }
        string memory quoted = _fields('"TX":"E","RV":"  11.5"');
        vm.assertEq(_taken(string.concat(begin, ",", quoted)), 10_500, "quoted, blanks in front");
    }

    function test_METER5_Trick_Escapes() external view {
        string memory begin = _fields('"TX":"B","RV":1');
        _assertRefused("key", string.concat(begin, ",", _fields('"T\\u0058":"E","RV":2')));
        _assertRefused("value", string.concat(begin, ",", _fields('"TX":"\\u0045","RV":2')));
        _assertRefused("other", string.concat(begin, ",", _fields('"CF":"\\"","TX":"E","RV":2')));
    }

    /// @dev The meter is assumed never to sign it; the last one counts, whoever hands it in.
    function test_METER5_Trick_TheSameKeyTwice() external view {
        string memory begin = _fields('"TX":"B","RV":1');
        string memory twice = _fields('"TX":"E","RV":2,"RV":20');
        vm.assertEq(_taken(string.concat(begin, ",", twice)), 19_000, "the last");
    }

    function test_METER5_Trick_MarkBeforeTheBegin() external view {
        string memory within = _fields('"TX":"C","RV":0.5');
        string memory both = string.concat(
            _fields('"TX":"B","RV":1'),
            ",",
            _fields('"TX":"E","RV":2')
        );
        vm.assertEq(_taken(string.concat(within, ",", both)), 1_000, "from the begin on");
    }

    function test_METER5_Trick_CodeThatIsTooLong() external view {
        string memory long =
            '{"TM":"2030-03-17T18:46:40,000+0100 U","EF":"","ST":"G","RI":"1-b:1.8.0.aaaaaaaaaaaaaaaaaaaaaaaa","RU":"kWh","TX":"B","RV":1},{"RI":"","TX":"E","RV":9}';
        _assertRefused("31 characters, then none", long);
    }

    function test_METER5_Trick_OffsetsOutside() external view {
        string memory payload = _plain(1);
        MeterRecord memory record = _record(payload);
        uint256 length = bytes(payload).length;
        for (uint256 offset = length; offset < length + 700; ++offset) {
            record.hints = _hints(0, _find(payload, '"PG"', 0), _find(payload, '"ID"', 0), offset);
            (bool accepted, ) = _tried(record);
            vm.assertTrue(!accepted, "outside");
        }
    }

    /// @dev Every triple of offsets at a quote, in a payload full of decoys: one meaning.
    function test_METER5_Trick_Decoys() external view {
        string memory payload = string.concat(
            '{"FV":"1.0","PG":"T7","X":{"PG":"T9","ID":"',
            _name(SESSION),
            '","RD":[',
            _both("1.0", "99.0"),
            ']},"TT":"PG","CI":"{[}]","A":[{"PG":"T8"},["ID","RD"]],"ID":"nobody","RD":[',
            _both("1.0", "2.0"),
            "]}"
        );
        MeterRecord memory record = _record(payload);
        uint256[] memory keys = _keysIn(bytes(payload));
        uint256 accepted = 0;
        for (uint256 i = 0; i < keys.length; ++i) {
            for (uint256 j = 0; j <= keys.length; ++j) {
                uint256 identification = j == keys.length ? 0 : keys[j];
                for (uint256 k = 0; k < keys.length; ++k) {
                    record.hints = _hints(0, keys[i], identification, keys[k]);
                    if (_meansTheSame(record)) ++accepted;
                }
            }
        }
        vm.assertGt(accepted, 0, "some are right");
    }

    function test_METER5_Trick_TheOtherFormOfASignature() external view {
        MeterRecord memory record = _record(_plain(1));
        record.s = bytes32(P256.N - uint256(record.s));
        (bool accepted, ) = _tried(record);
        vm.assertTrue(!accepted, "high s");
    }

    function test_METER5_Trick_Paginations() external view {
        string[7] memory bad = ["T", "T1234567890123456789", "F1", "T 1", "T1 ", "T-1", "T0"];
        for (uint256 i = 0; i < bad.length; ++i) {
            (bool accepted, ) = _tried(_record(_paginated(bad[i])));
            vm.assertTrue(!accepted, bad[i]);
        }
        (bool padded, MeteredEnergy memory energy) = _tried(_record(_paginated("T0000001")));
        vm.assertTrue(padded && energy.endPagination == 1, "zeros in front");
    }

    /// @dev 30 February is the 2nd of March, and second 60 the next minute, for begin and end alike.
    function test_METER5_Trick_TimesThatAreNone() external view {
        string memory rest = '","EF":"","ST":"G","RV":1,"RI":"1-b:1.8.0","RU":"kWh"}';
        string memory begin = string.concat('{"TM":"2030-02-30T18:46:60,000+0100 S","TX":"B', rest);
        string memory end = string.concat('{"TM":"2030-03-02T18:47:00,000+0100 S","TX":"E', rest);
        string memory payload = _payload(1, _name(SESSION), string.concat(begin, ",", end));
        MeterQuery memory query = _query();
        query.pluggedInAt = 0;
        MeteredEnergy memory energy = meters.read(query, meter, _list(_record(payload)));
        vm.assertEq(energy.beganAt, energy.endedAt, "the same moment");
        vm.assertEq(energy.endedAt, 1_898_704_020, "2nd of March, 17:47 UTC");
    }

    /* HELPERS */

    function _fields(string memory some) private pure returns (string memory) {
        return
            string.concat(
                '{"TM":"2030-03-17T18:46:40,000+0100 U","EF":"","ST":"G","RI":"1-b:1.8.0","RU":"kWh",',
                some,
                "}"
            );
    }

    function _paginated(string memory pagination) private pure returns (string memory) {
        return
            string.concat(
                '{"PG":"',
                pagination,
                '","ID":"',
                _name(SESSION),
                '","RD":[',
                _both("1.0", "2.0"),
                "]}"
            );
    }

    /// @dev Where a text of two letters stands that looks like one of the three keys.
    function _keysIn(bytes memory text) private pure returns (uint256[] memory keys) {
        keys = new uint256[](_countKeys(text));
        uint256 count = 0;
        for (uint256 i = 0; i + 3 < text.length; ++i) {
            if (_isKey(text, i)) keys[count++] = i;
        }
    }

    function _countKeys(bytes memory text) private pure returns (uint256 count) {
        for (uint256 i = 0; i + 3 < text.length; ++i) {
            if (_isKey(text, i)) ++count;
        }
    }

    function _isKey(bytes memory text, uint256 i) private pure returns (bool) {
        bool isQuoted = text[i] == '"' && text[i + 3] == '"';
        bytes2 name = bytes2(text[i + 1]) | (bytes2(text[i + 2]) >> 8);
        return isQuoted && (name == "PG" || name == "ID" || name == "RD");
    }

    function _meansTheSame(MeterRecord memory record) private view returns (bool accepted) {
        MeteredEnergy memory energy;
        (accepted, energy) = _tried(record);
        if (!accepted) return false;
        vm.assertEq(energy.endPagination, 7, "pagination");
        vm.assertEq(energy.energyWh, 1_000, "energy");
        vm.assertTrue(!energy.namesSession, "name");
    }

    function _tried(
        MeterRecord memory record
    ) private view returns (bool accepted, MeteredEnergy memory energy) {
        try meters.read(_query(), meter, _list(record)) returns (MeteredEnergy memory read) {
            return (true, read);
        } catch {
            return (false, energy);
        }
    }

    function _assertRefused(string memory what, string memory readings) private view {
        (bool accepted, ) = _tried(_record(_payload(1, _name(SESSION), readings)));
        vm.assertTrue(!accepted, what);
    }

    function _taken(string memory readings) private view returns (uint64) {
        return _read(_payload(1, _name(SESSION), readings)).energyWh;
    }
}
