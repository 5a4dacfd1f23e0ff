// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Strings} from "@openzeppelin/contracts/utils/Strings.sol";
import {JsonText} from "../../contracts/ocmf/JsonText.sol";
import {OcmfReadings} from "../../contracts/ocmf/OcmfReadings.sol";
import {OcmfTime} from "../../contracts/ocmf/OcmfTime.sol";
import {OcmfHarness} from "../../contracts/mocks/OcmfHarness.sol";
import {EnergyDirection} from "../../contracts/ocmf/OcmfTypes.sol";
import {SessionId} from "../../contracts/types/MarketTypes.sol";
import {Base} from "../support/contracts/Base.sol";

/// @title Numbers, times, names and places, against slow ways to read them
contract OcmfTest is Base {
    using Strings for uint256;

    OcmfHarness private ocmf;

    function setUp() external {
        ocmf = OcmfHarness(_created("OcmfHarness", ""));
    }

    /* NUMBERS */

    /// @dev Any digits, with any number of decimals, as a number and as a padded string.
    function testFuzz_Number_Digits(
        uint256 whole,
        uint256 fraction,
        uint256 decimals,
        uint256 pads
    ) external view {
        whole = _bound(whole, 0, 10 ** _bound(whole >> 128, 0, 13));
        decimals = _bound(decimals, 0, 7);
        fraction = _bound(fraction, 0, 10 ** decimals - 1);
        string memory text =
            decimals == 0
                ? whole.toString()
                : string.concat(whole.toString(), ".", _padded(fraction, decimals));

        _assertNumber(text, text);
        string memory quoted = string.concat('"', _blanks(_bound(pads, 0, 40)), text, '"');
        _assertNumber(quoted, text);
    }

    /// @dev Any text that can stand for a value.
    function testFuzz_Number_AnyText(uint256 seed) external view {
        bytes memory alphabet = "00123456789..-+eeEE";
        bytes memory text = new bytes(1 + (seed % 24));
        for (uint256 i = 0; i < text.length; ++i) {
            text[i] = alphabet[uint256(keccak256(abi.encode(seed, i))) % alphabet.length];
        }
        _assertNumber(string(text), string(text));
        _assertNumber(string.concat('"', string(text), '"'), string(text));
        // Blanks belong in front.
        _assertNumber(string.concat('"', string(text), ' "'), "");
    }

    function test_Number_Limits() external view {
        _assertNumber("999999999999.999999", "999999999999.999999");
        _assertNumber("9999999999999", "");
        _assertNumber("0.000000001", "0.000000001");
        _assertNumber("0.0000000001", "");
        _assertNumber("0000000000000000000000000000001", "1");
        _assertNumber("00000000000000000000000000000001", "");
        _assertNumber("999999999999999999999e-9", "999999999999.999999999");
        _assertNumber("1E+12", "");
        _assertNumber("0E+99", "0");
        _assertNumber('"                                   7"', "7");
    }

    /* TIMES */

    function testFuzz_Milliseconds(uint256 ms, uint256 zone, bool west) external view {
        // From 1971 to 9999, both by their own zone's clock.
        ms = _bound(ms, 366 days * 1000, 253_402_000_000_000);
        uint256 hour = _bound(zone, 0, 14);
        uint256 minute = _bound(zone >> 8, 0, 59);
        uint256 offsetMs = (hour * 60 + minute) * 60_000;
        uint256 localMs = west ? ms - offsetMs : ms + offsetMs;
        string memory text = string.concat(
            '"',
            _date(localMs / 1 days / 1000),
            "T",
            _padded((localMs / 3_600_000) % 24, 2),
            ":",
            _padded((localMs / 60_000) % 60, 2)
        );
        text = string.concat(
            text,
            ":",
            _padded((localMs / 1000) % 60, 2),
            ",",
            _padded(localMs % 1000, 3),
            west ? "-" : "+"
        );
        text = string.concat(text, _padded(hour, 2), _padded(minute, 2), ' S"');

        uint256 time = uint256(bytes32(bytes(text)));
        vm.assertEq(bytes(text).length, 32, "a word");
        vm.assertEq(ocmf.milliseconds(time), ms, text);
    }

    function test_Milliseconds_Vectors() external view {
        _assertTime('"1971-01-01T00:00:00,000+0000 S"', 31_536_000_000);
        _assertTime('"1971-01-01T00:00:00,000+2359 S"', 31_449_660_000);
        _assertTime('"2000-02-29T23:59:59,999+0000 S"', 951_868_799_999);
        _assertTime('"2000-03-01T00:00:00,000+0000 S"', 951_868_800_000);
        _assertTime('"2016-12-31T23:59:60,000+0000 S"', 1_483_228_800_000);
        _assertTime('"2021-10-07T15:29:55,000+0200 S"', 1_633_613_395_000);
        _assertTime('"2100-03-01T00:00:00,000-0930 S"', 4_107_576_600_000);
    }

    /// @dev Every byte of a time is looked at.
    function testFuzz_Milliseconds_AnyByte(uint256 k, uint8 other) external {
        bytes memory text = '"2021-10-07T15:29:55,000+0200 S"';
        k = _bound(k, 0, 31);
        bytes1 before = text[k];
        vm.assume(bytes1(other) != before);
        bool digit = before >= "0" && before <= "9";
        vm.assume(!(digit && other >= 0x30 && other <= 0x39));
        vm.assume(!(k == 24 && other == 0x2d));
        text[k] = bytes1(other);

        vm.expectRevert(abi.encodeWithSelector(OcmfTime.OcmfBadTime.selector, bytes32(text)));
        ocmf.milliseconds(uint256(bytes32(text)));
    }

    /* NAMES */

    function testFuzz_NameOf(bytes32 sessionId) external view {
        (bytes32 head, bytes4 tail) = ocmf.nameOf(SessionId.wrap(sessionId));
        vm.assertEq(
            keccak256(abi.encodePacked(head, tail)),
            keccak256(bytes(_base32(sessionId))),
            "first 36 characters"
        );
    }

    function test_NameOf_Vectors() external view {
        (bytes32 head, bytes4 tail) = ocmf.nameOf(SessionId.wrap(bytes32(0)));
        vm.assertEq(head, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "zeros");
        vm.assertEq(bytes32(tail), "aaaa", "zeros");
        (head, tail) = ocmf.nameOf(SessionId.wrap(bytes32(type(uint256).max)));
        vm.assertEq(head, "77777777777777777777777777777777", "ones");
        vm.assertEq(bytes32(tail), "7777", "ones");
        // RFC 4648: base32 of "foobar" is MZXW6YTBOI.
        (head, ) = ocmf.nameOf(SessionId.wrap("foobar"));
        vm.assertEq(head, "mzxw6ytboiaaaaaaaaaaaaaaaaaaaaaa", "foobar");
    }

    /* PLACES */

    /// @dev Nesting of any shape before a key: it is at the top when as many braces were closed as
    /// opened.
    function testFuzz_Locate_AtTheTopOnly(uint256 seed) external view {
        (string memory before, bool top) = _nesting(seed);
        string memory payload = string.concat(before, '"PG":"T1","RD":[]}');
        uint256 offset = bytes(before).length;

        try ocmf.locate(bytes(payload), offset, 0, offset + 10) returns (
            uint256 pagination,
            uint256 identification,
            uint256 readings
        ) {
            vm.assertTrue(top, "not at the top");
            vm.assertEq(pagination, offset + 5, "pagination");
            vm.assertEq(identification, 0, "not claimed");
            vm.assertEq(readings, offset + 15, "readings");
        } catch (bytes memory reason) {
            vm.assertTrue(!top, "at the top");
            vm.assertTrue(bytes4(reason) == JsonText.OcmfKeyNotAtTop.selector, "by name");
        }
    }

    /* HELPERS */

    function _assertNumber(string memory written, string memory plain) private view {
        string memory readings = string.concat(
            '[{"TM":"2021-10-07T15:29:55,000+0200 S","TX":"B","ST":"G","RI":"1-0:1.8.0","RU":"kWh","RV":',
            written,
            "}]"
        );
        (bool good, uint256 microWh) = _slowNumber(bytes(plain));
        try
            ocmf.readingsOf(bytes(string.concat(readings, "}")), 0, EnergyDirection.Import)
        returns (OcmfReadings.Readings memory found) {
            vm.assertTrue(good, string.concat("accepted ", written));
            vm.assertEq(found.beginMicroWh, microWh, written);
        } catch (bytes memory reason) {
            vm.assertTrue(!good, string.concat("refused ", written));
            bytes memory expected = abi.encodeWithSelector(
                OcmfReadings.OcmfBadNumber.selector,
                bytes(readings).length - 1
            );
            vm.assertEq(keccak256(reason), keccak256(expected), written);
        }
    }

    /// @dev Digit by digit: some, some behind a point if there is one, 31 characters at most, and an
    /// exponent of one or two; a whole number of billionths below 10^21.
    function _slowNumber(bytes memory text) private pure returns (bool, uint256 value) {
        uint256 i = 0;
        for (; i < text.length && _isDigit(text[i]); ++i) value = _withDigit(value, text[i]);
        if (i == 0) return (false, 0);
        uint256 down = 0;
        if (i < text.length && text[i] == ".") {
            for (++i; i < text.length && _isDigit(text[i]); ++i) {
                value = _withDigit(value, text[i]);
                ++down;
            }
            if (down == 0) return (false, 0);
        }
        if (i > 31) return (false, 0);
        uint256 up = 9;
        if (i < text.length && (text[i] == "e" || text[i] == "E")) {
            bool less = ++i < text.length && text[i] == "-";
            if (less || (i < text.length && text[i] == "+")) ++i;
            uint256 exponent = 0;
            uint256 from = i;
            for (; i < text.length && _isDigit(text[i]); ++i) {
                exponent = _withDigit(exponent, text[i]);
            }
            if (i == from || i > from + 2) return (false, 0);
            less ? down += exponent : up += exponent;
        }
        if (i != text.length) return (false, 0);
        if (value == 0) return (true, 0);
        uint256 common = up < down ? up : down;
        (up, down) = (up - common, down - common);
        if (up > 46 || down > 31 || value % 10 ** down != 0) return (false, 0);
        value = (value / 10 ** down) * 10 ** up;
        return (value < 10 ** 21, value);
    }

    function _withDigit(uint256 value, bytes1 digit) private pure returns (uint256) {
        return value * 10 + uint8(digit) - 0x30;
    }

    function _isDigit(bytes1 c) private pure returns (bool) {
        return c >= "0" && c <= "9";
    }

    function _assertTime(string memory text, uint256 expected) private view {
        vm.assertEq(ocmf.milliseconds(uint256(bytes32(bytes(text)))), expected, text);
    }

    /// @dev Year by year and month by month.
    function _date(uint256 day) private pure returns (string memory) {
        // The calendar repeats every 400 years.
        uint256 year = 1970 + 400 * (day / 146_097);
        day %= 146_097;
        while (day >= (_isLeap(year) ? 366 : 365)) day -= _isLeap(year++) ? 366 : 365;
        uint8[12] memory lengths = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
        if (_isLeap(year)) lengths[1] = 29;
        uint256 month = 0;
        while (day >= lengths[month]) day -= lengths[month++];
        return
            string.concat(_padded(year, 4), "-", _padded(month + 1, 2), "-", _padded(day + 1, 2));
    }

    function _isLeap(uint256 year) private pure returns (bool) {
        return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    }

    function _base32(bytes32 sessionId) private pure returns (string memory) {
        bytes memory alphabet = "abcdefghijklmnopqrstuvwxyz234567";
        bytes memory text = new bytes(36);
        for (uint256 i = 0; i < 36; ++i) {
            text[i] = alphabet[(uint256(sessionId) >> (251 - 5 * i)) & 31];
        }
        return string(text);
    }

    /// @dev The beginning of an object in which members of all kinds are complete or, at one place,
    /// not.
    function _nesting(uint256 seed) private pure returns (string memory text, bool top) {
        string[9] memory whole = [
            '"A":1,',
            '"B":"}",',
            '"C":{"D":[1,{"E":2}]},',
            '"F":[[],[{}]],',
            '"G":"{[",',
            '"IF":["RFID_NONE","OCPP_NONE"],',
            '"long":"a text of more than a word, with , and : and [ in it",',
            '"U":{"PG":"T9"},',
            '"H" : true , '
        ];
        string[4] memory broken = ['"I":{', '"J":[{', '"K":{"L":{}, ', '"N":[[{"O":"}}",'];
        text = "{";
        uint256 parts = seed % 7;
        uint256 breakAt = (seed >> 8) % 14;
        for (uint256 i = 0; i < parts; ++i) {
            uint256 draw = uint256(keccak256(abi.encode(seed, i)));
            text = string.concat(text, whole[draw % 9]);
            if (i == breakAt) text = string.concat(text, broken[(draw >> 8) % 4]);
        }
        top = breakAt >= parts;
    }

    function _padded(uint256 number, uint256 width) private pure returns (string memory text) {
        text = number.toString();
        while (bytes(text).length < width) text = string.concat("0", text);
    }

    function _blanks(uint256 count) private pure returns (string memory) {
        bytes memory text = new bytes(count);
        for (uint256 i = 0; i < count; ++i) text[i] = " ";
        return string(text);
    }
}
