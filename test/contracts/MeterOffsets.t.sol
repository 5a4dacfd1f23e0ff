// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {JsonText} from "../../contracts/ocmf/JsonText.sol";
import {Ocmf} from "../../contracts/ocmf/Ocmf.sol";
import {MeterRecord} from "../../contracts/ocmf/OcmfTypes.sol";
import {MeteredEnergy} from "../../contracts/types/MeterTypes.sol";
import {MeterWorld} from "../support/contracts/MeterWorld.sol";

/// @dev What a caller can point at.
struct Offsets {
    uint256 paginationAt;
    uint256 identificationAt;
    uint256 readingsAt;
}

/// @dev A record, what it says, and where keys stand in it or seem to.
struct Signed {
    MeterRecord record;
    MeteredEnergy truth;
    uint256[] places;
}

/// @title METER-5: what an honest record says does not depend on who hands it in
/// @dev Every payload here is one that an honest meter could have signed. The caller is not honest.
contract MeterOffsetsTest is MeterWorld {
    bytes4 private constant PG = 0x22504722;
    bytes4 private constant ID = 0x22494422;
    bytes4 private constant RD = 0x22524422;

    Signed[] private _prepared;

    function setUp() public override {
        super.setUp();
        string memory both = _both("1", "2");
        string memory payload = _plain(5);
        _prepare(payload, _offsets(payload, 0));

        payload = _withVendorObject();
        _prepare(payload, _offsets(payload, 1));

        payload = string.concat(
            '{"TT":"}{","U":{"RD":[{}],"ID":{"PG":"T1"}},"PG":"T5","V":[{"ID":1}],"ID":"","RD":[',
            both,
            '],"W":{"PG":"T6","RD":[]}}'
        );
        _prepare(
            payload,
            Offsets(_find(payload, '"PG"', 1), _find(payload, '"ID"', 2), _find(payload, '"RD"', 1))
        );

        payload = string.concat('{"PG" : "T5", "ID" :\n"x", "RD" : [ ', both, " ] }");
        _prepare(payload, _offsets(payload, 0));

        payload = string.concat('{"PG":"T5","RD":[', both, '],"ID":"late","TT":"\\""}');
        _prepare(payload, _offsets(payload, 0));

        payload = string.concat(
            '{"T\\"PG":"T1","V":"\\"PG\\":\\"T2\\",\\"RD\\":[","PG":"T5","RD":[',
            both,
            '],"W\\\\":{"ID":"},\\"ID"},"X\\"ID":"x","ID":"late"}'
        );
        _prepare(
            payload,
            Offsets(_find(payload, '"PG"', 1), _find(payload, '"ID"', 3), _find(payload, '"RD"', 0))
        );
    }

    /* WHERE A KEY CAN SEEM TO STAND */

    function test_METER5_KeysInAVendorObject() external {
        string memory payload = _withVendorObject();
        Offsets memory truth = _offsets(payload, 1);
        _assertTruth(payload, truth);

        Offsets memory lie = _offsets(payload, 1);
        lie.paginationAt = _find(payload, '"PG"', 0);
        _refusesOffsets(payload, lie, _nested(PG, lie.paginationAt, 2));

        lie = _offsets(payload, 1);
        lie.identificationAt = _find(payload, '"ID"', 0);
        _refusesOffsets(payload, lie, _nested(ID, lie.identificationAt, 2));

        lie = _offsets(payload, 0);
        _refusesOffsets(payload, lie, _nested(PG, lie.paginationAt, 2));
    }

    function test_METER5_ReadingsInAVendorObject() external {
        string memory payload = string.concat(
            '{"PG":"T5","ID":"","U1":{"RD":[',
            _both("0", "20"),
            ']},"RD":[',
            _both("1", "2"),
            "]}"
        );
        _assertTruth(payload, Offsets(1, _find(payload, '"ID"', 0), _find(payload, '"RD"', 1)));

        Offsets memory lie = _offsets(payload, 0);
        _refusesOffsets(payload, lie, _nested(RD, lie.readingsAt, 2));
    }

    function test_METER5_KeysInAVendorArray() external {
        string memory payload = string.concat(
            '{"V":[[],{"PG":"T9"}],"PG":"T5","ID":"","RD":[',
            _both("1", "2"),
            "]}"
        );
        Offsets memory truth = _offsets(payload, 0);
        truth.paginationAt = _find(payload, '"PG"', 1);
        _assertTruth(payload, truth);

        _refusesOffsets(payload, _offsets(payload, 0), _nested(PG, _find(payload, '"PG"', 0), 3));
    }

    /// @dev Readings within a reading, as a maker might keep them.
    function test_METER5_ReadingsInAReading() external {
        string memory payload = string.concat(
            '{"PG":"T5","ID":"","RD":[{"XR":{"RD":[',
            _both("0", "20"),
            "]},",
            _inner(_both("1", "2")),
            "]}"
        );
        Offsets memory truth = _offsets(payload, 0);
        _assertTruth(payload, truth);

        Offsets memory lie = _offsets(payload, 0);
        lie.readingsAt = _find(payload, '"RD"', 1);
        _refusesOffsets(payload, lie, _nested(RD, lie.readingsAt, 4));
    }

    /// @dev Braces in a text would shift a careless count.
    function test_METER5_BracesInAString() external {
        string[4] memory texts = ["}", "}}]{", "{", "[{\u00e9,:"];
        for (uint256 i = 0; i < texts.length; ++i) {
            string memory payload = string.concat(
                '{"TT":"',
                texts[i],
                '","U1":{"PG":"T9","RD":[]},"PG":"T5","ID":"","RD":[',
                _both("1", "2"),
                "]}"
            );
            Offsets memory truth = Offsets(
                _find(payload, '"PG"', 1),
                _find(payload, '"ID"', 0),
                _find(payload, '"RD"', 1)
            );
            _assertTruth(payload, truth);

            Offsets memory lie = _offsets(payload, 1);
            lie.paginationAt = _find(payload, '"PG"', 0);
            lie.identificationAt = 0;
            _refusesOffsets(payload, lie, _nested(PG, lie.paginationAt, 2));
        }
    }

    /// @dev A text can hold a whole record, if its quotes are escaped, and a key the end of another.
    function test_METER5_RecordInAString() external {
        string memory payload = string.concat(
            '{"TT":"\\"PG\\":\\"T9\\",\\"RD\\":[{\\"RV\\":9}]\\\\","U\\"PG":"T9","PG":"T5","ID":"","RD":[',
            _both("1", "2"),
            "]}"
        );
        Offsets memory truth = _offsets(payload, 0);
        truth.paginationAt = _find(payload, '"PG"', 1);
        _assertTruth(payload, truth);

        Offsets memory lie = _offsets(payload, 0);
        _refusesOffsets(payload, lie, _inText(PG, lie.paginationAt));
        lie.paginationAt = _find(payload, '"PG\\"', 0);
        _refusesOffsets(payload, lie, _inText(PG, lie.paginationAt));
    }

    function test_METER5_ReadingsInAString() external {
        string memory payload = string.concat(
            '{"PG":"T5","TT":"\\"RD\\":[{}]","U\\"RD":[],"ID":"","RD":[',
            _both("1", "2"),
            "]}"
        );
        Offsets memory truth = _offsets(payload, 0);
        truth.readingsAt = _find(payload, '"RD"', 1);
        _assertTruth(payload, truth);

        Offsets memory lie = Offsets(1, 0, _find(payload, '"RD"', 0));
        _refusesOffsets(payload, lie, _inText(RD, lie.readingsAt));
        lie.readingsAt = _find(payload, '"RD\\"', 0);
        _refusesOffsets(payload, lie, _inText(RD, lie.readingsAt));
    }

    /// @dev A backslash at every place of a word, and behind it a quote or another.
    function test_METER5_EscapesAtEveryPlace() external {
        string memory text = "";
        for (uint256 i = 0; i < 66; ++i) {
            text = string.concat(text, "x");
            string memory payload = string.concat(
                '{"TT":"',
                text,
                '\\\\\\"PG\\\\","PG":"T5","ID":"","RD":[',
                _both("1", "2"),
                "]}"
            );
            _assertTruth(payload, _offsets(payload, 0));

            payload = string.concat('{"', text, '\\"PG":"T5","ID":"","RD":[{}]}');
            Offsets memory lie = _offsets(payload, 0);
            _refusesOffsets(payload, lie, _inText(PG, lie.paginationAt));
        }
    }

    /// @dev Escaped, a letter of a key is another text with the same meaning; what is not ASCII
    /// spells none.
    function test_METER5_EscapedLetters() external {
        string[4] memory refused = ["\\u0047", "\\u0022", "\\u0000", "\\u007c"];
        for (uint256 i = 0; i < refused.length; ++i) {
            string memory payload = string.concat(
                '{"P',
                refused[i],
                '":"T9","PG":"T5","ID":"","RD":[',
                _both("1", "2"),
                "]}"
            );
            bytes memory escaped = abi.encodeWithSelector(
                JsonText.OcmfEscaped.selector,
                uint256(3)
            );
            _refusesOffsets(payload, _offsets(payload, 0), escaped);
        }
        string[5] memory read = [
            "\\u0080",
            "0,42 \\u20ac\\/kWh",
            "\\\\u0047",
            "\\ud83d\\ude00",
            "\\b\\f\\n\\r\\t"
        ];
        for (uint256 i = 0; i < read.length; ++i) {
            string memory payload = string.concat(
                '{"P',
                read[i],
                '":"T9","PG":"T5","ID":"","RD":[',
                _both("1", "2"),
                "]}"
            );
            _assertTruth(payload, _offsets(payload, 0));
        }
    }

    /// @dev No JSON has a backslash outside of strings.
    function test_METER5_EscapesOutsideOfStrings() external {
        string memory payload = string.concat(
            '{"TT":1\\","PG":"T5","ID":"","RD":[',
            _both("1", "2"),
            "]}"
        );
        _refusesOffsets(
            payload,
            _offsets(payload, 0),
            abi.encodeWithSelector(JsonText.OcmfMalformed.selector, uint256(9))
        );
    }

    function test_METER5_EscapesInTheReadings() external {
        string memory begin = _import("B", "1");
        string memory readings = string.concat(begin, ',{"RI":"1-0:1.8.0\\",\\"RV\\":9"}');
        string memory payload = _payload(5, "", readings);
        uint256 offset = _find(payload, '1-0:1.8.0\\"', 0);
        _refuses(payload, abi.encodeWithSelector(JsonText.OcmfEscaped.selector, offset));

        readings = string.concat(begin, ',{"A\\":1,\\"B":{"x":"\\""}}');
        payload = _payload(5, "", readings);
        offset = _find(payload, 'A\\":', 0);
        _refuses(payload, abi.encodeWithSelector(JsonText.OcmfEscaped.selector, offset));

        // A mark that seems to end, and with it the readings.
        readings = string.concat(_both("1", "2"), ',{"TX":"\\"}],\\"X\\":[{","ST":"E"}');
        payload = _payload(5, "", readings);
        offset = _find(payload, '"\\"}]', 0);
        _refuses(payload, abi.encodeWithSelector(JsonText.OcmfEscaped.selector, offset));

        readings = string.concat(begin, ',{"AB":{"x":"\\""}}');
        payload = _payload(5, "", readings);
        offset = _find(payload, '\\"', 0);
        _refuses(payload, abi.encodeWithSelector(JsonText.OcmfEscaped.selector, offset));
    }

    /// @dev Behind the readings nothing is read.
    function test_METER5_EscapesBehindTheReadings() external view {
        string memory payload = string.concat(
            '{"PG":"T5","ID":"","RD":[',
            _both("1", "2"),
            '],"TT":"\\"RD\\":[","PG2":1}'
        );
        _assertTruth(payload, _offsets(payload, 0));
    }

    /// @dev A value that is spelled like a key.
    function test_METER5_KeyAsValue() external {
        string memory payload = string.concat(
            '{"GI":"PG","GV":"RD","PG":"T5","ID":"","RD":[',
            _both("1", "2"),
            "]}"
        );
        Offsets memory lie = _offsets(payload, 0);
        lie.readingsAt = _find(payload, '"RD"', 1);
        _refusesOffsets(
            payload,
            lie,
            abi.encodeWithSelector(JsonText.OcmfMalformed.selector, lie.paginationAt + 4)
        );

        lie = _offsets(payload, 1);
        lie.identificationAt = 0;
        lie.readingsAt = _find(payload, '"RD"', 0);
        lie.paginationAt = 1;
        _refusesOffsets(
            payload,
            lie,
            abi.encodeWithSelector(JsonText.OcmfKeyExpected.selector, PG, uint256(1))
        );
    }

    function test_METER5_KeysElsewhere() external {
        string memory payload = _plain(5);
        Offsets memory truth = _offsets(payload, 0);

        Offsets memory lie = _offsets(payload, 0);
        lie.paginationAt = truth.readingsAt;
        _refusesOffsets(payload, lie, _order(truth.readingsAt, truth.readingsAt));
        _refusesOffsets(payload, Offsets(0, 0, 0), _order(0, 0));
        _refusesOffsets(payload, Offsets(0, 0, truth.readingsAt), _expected(PG, 0));
        lie = _offsets(payload, 0);
        lie.identificationAt = truth.readingsAt + 1;
        _refusesOffsets(payload, lie, _expected(ID, truth.readingsAt + 1));
        lie = _offsets(payload, 0);
        lie.identificationAt = bytes(payload).length;
        _refusesOffsets(payload, lie, _outside(bytes(payload).length, bytes(payload).length));
    }

    /// @dev Of some makes, identification stands last.
    function test_METER5_IdentificationBehindTheReadings() external {
        string memory payload = string.concat(
            '{"PG":"T5","RD":[',
            _both("1", "2"),
            '],"U":{"ID":"',
            _name(SESSION),
            '"},"TT":"\\"}","ID":"x"}'
        );
        Offsets memory truth = _offsets(payload, 0);
        truth.identificationAt = _find(payload, '"ID"', 1);
        _assertTruth(payload, truth);
        Offsets memory lie = _offsets(payload, 0);
        _refusesOffsets(payload, lie, _nested(ID, lie.identificationAt, 2));

        payload = string.concat(
            '{"PG":"T5","RD":[',
            _both("1", "2"),
            '],"ID":"',
            _name(SESSION),
            '"}'
        );
        MeterRecord[] memory records = _list(_pointed(payload, _offsets(payload, 0)));
        vm.assertTrue(meters.read(_query(), meter, records).namesSession, "named");
    }

    /// @dev A meter that writes its pagination last settles by the parties' signatures.
    function test_METER5_PaginationBehindTheReadings() external {
        string memory payload = string.concat('{"ID":"","RD":[', _both("1", "2"), '],"PG":"T5"}');
        Offsets memory offsets = _offsets(payload, 0);
        _refusesOffsets(payload, offsets, _order(offsets.paginationAt, offsets.readingsAt));
    }

    function test_METER5_NotAnObject() external {
        string memory payload = string.concat('[{"PG":"T5","ID":"","RD":[', _both("1", "2"), "]}]");
        _refuses(payload, _nested(PG, 2, 2));

        payload = string.concat('"PG":"T5","ID":"","RD":[', _both("1", "2"), "]");
        _refuses(payload, _nested(PG, 0, 0));
    }

    /* BEYOND THE PAYLOAD */

    /// @dev The readings of the end record behind those of the begin record in the same call:
    /// everything fits but the length.
    function test_METER5_ReadingsOfTheOtherRecord() external {
        string memory begin = _payload(7, _name(SESSION), _import("B", "1"));
        string memory end = _payload(8, _name(SESSION), _import("E", "2"));
        string memory later = _payload(8, _name(SESSION), _import("B", "1.9"));
        _readPair(begin, end);

        // Both payloads are padded to words; offset, r, s, hints and length stand in between.
        uint256 length = bytes(begin).length;
        uint256 next = ((length + 31) / 32) * 32 + 5 * 32;
        Offsets memory lie = _offsets(begin, 0);
        lie.readingsAt = next + _find(later, '"RD"', 0);
        MeterRecord[] memory records = _list(_pointed(begin, lie), _record(later));
        _refuses(records, _outside(lie.readingsAt, length));
    }

    /// @dev The name that the end record carries, claimed for the begin record.
    function test_METER5_NameOfTheOtherRecord() external {
        string memory begin = _payload(7, "somebody else", _import("B", "1"));
        string memory end = _payload(8, _name(SESSION), _import("E", "2"));
        uint256 length = bytes(begin).length;
        Offsets memory lie = _offsets(begin, 0);
        lie.identificationAt = ((length + 31) / 32) * 32 + 5 * 32 + _find(end, '"ID"', 0);
        _refuses(_list(_pointed(begin, lie), _record(end)), _outside(lie.identificationAt, length));
    }

    /// @dev A payload that breaks off, as no JSON does, goes on with the padding of the call.
    function testFuzz_METER5_BrokenOff(uint256 length) external view {
        bytes memory whole = bytes(_plain(5));
        // Up to the bracket that closes the readings; the brace behind it is not needed.
        length = _bound(length, 0, whole.length - 2);
        bytes memory part = new bytes(length);
        for (uint256 i = 0; i < length; ++i) part[i] = whole[i];
        MeterRecord memory record = _pointed(string(part), _offsets(string(whole), 0));

        try meters.read(_query(), meter, _list(record)) {
            vm.assertTrue(false, "read a broken payload");
        } catch (bytes memory reason) {
            vm.assertGe(reason.length, 4, "by name");
        }
    }

    /* ANY OFFSETS */

    /// @dev One offset at a time, everywhere: no other than the true one is accepted.
    function test_METER5_OneOffsetAnywhere() external view {
        string memory payload = _withVendorObject();
        Offsets memory truth = _offsets(payload, 1);
        MeterRecord memory record = _record(payload);
        for (uint256 i = 1; i < bytes(payload).length + 64; ++i) {
            if (i != truth.paginationAt) {
                _assertRefused(record, i, truth.identificationAt, truth.readingsAt);
            }
            if (i != truth.identificationAt) {
                _assertRefused(record, truth.paginationAt, i, truth.readingsAt);
            }
            if (i != truth.readingsAt) {
                _assertRefused(record, truth.paginationAt, truth.identificationAt, i);
            }
        }
    }

    /// @dev All three drawn, mostly from what looks like a key: the truth or nothing.
    function testFuzz_METER5_AnyOffsets(uint256 seed) external view {
        Signed memory signed = _prepared[_draw(seed, "record") % _prepared.length];
        MeterRecord memory record = signed.record;
        uint256 identificationAt = _place(signed, seed, "identification");
        record.hints = _hints(
            0,
            _place(signed, seed, "pagination"),
            identificationAt,
            _place(signed, seed, "readings")
        );

        try meters.read(_query(), meter, _list(record)) returns (MeteredEnergy memory energy) {
            // Whoever claims no identification gets none.
            if (identificationAt == 0) energy.namesSession = signed.truth.namesSession;
            bytes32 read = keccak256(abi.encode(energy));
            vm.assertEq(read, keccak256(abi.encode(signed.truth)), "the truth");
        } catch (bytes memory reason) {
            vm.assertGe(reason.length, 4, "by name");
        }
    }

    /* HELPERS */

    /// @dev Every key stands in a vendor's object first, with what a cheat would like to say.
    function _withVendorObject() private pure returns (string memory) {
        return
            string.concat(
                '{"U1":{"PG":"T9","ID":"',
                _name(SESSION),
                '","RD":[',
                _both("0", "20"),
                ']},"PG":"T5","ID":"somebody else","RD":[',
                _both("1", "2"),
                "]}"
            );
    }

    /// @dev Without its opening brace.
    function _inner(string memory reading) private pure returns (string memory) {
        bytes memory text = bytes(reading);
        bytes memory rest = new bytes(text.length - 1);
        for (uint256 i = 0; i < rest.length; ++i) rest[i] = text[i + 1];
        return string(rest);
    }

    /// @dev Where the three keys stand the (k + 1)th time.
    function _offsets(string memory payload, uint256 k) private pure returns (Offsets memory) {
        return
            Offsets(
                _find(payload, '"PG"', k),
                _find(payload, '"ID"', k),
                _find(payload, '"RD"', k)
            );
    }

    function _prepare(string memory payload, Offsets memory truth) private {
        Signed storage signed = _prepared.push();
        MeterRecord memory record = _pointed(payload, truth);
        signed.record = record;
        signed.truth = meters.read(_query(), meter, _list(record));
        string[3] memory keys = ['"PG"', '"ID"', '"RD"'];
        for (uint256 i = 0; i < 3; ++i) {
            for (uint256 k = 0; k < 4; ++k) signed.places.push(_find(payload, keys[i], k));
        }
    }

    /// @dev Mostly where a key stands, or seems to.
    function _place(
        Signed memory signed,
        uint256 seed,
        string memory what
    ) private pure returns (uint256) {
        uint256 draw = _draw(seed, what);
        if (draw % 8 == 0) return (draw >> 8) % (signed.record.payload.length + 64);
        return signed.places[(draw >> 8) % signed.places.length];
    }

    function _draw(uint256 seed, string memory what) private pure returns (uint256) {
        return uint256(keccak256(abi.encode(seed, what)));
    }

    function _pointed(
        string memory payload,
        Offsets memory offsets
    ) private view returns (MeterRecord memory record) {
        record = _record(payload);
        record.hints = _hints(
            0,
            offsets.paginationAt,
            offsets.identificationAt,
            offsets.readingsAt
        );
    }

    function _assertTruth(string memory payload, Offsets memory truth) private view {
        MeteredEnergy memory energy = meters.read(_query(), meter, _list(_pointed(payload, truth)));
        vm.assertEq(energy.endPagination, 5, "pagination");
        vm.assertEq(energy.beginMilliWh, 1_000_000, "begin");
        vm.assertEq(energy.endMilliWh, 2_000_000, "end");
        vm.assertTrue(!energy.namesSession, "not named");
    }

    function _assertRefused(
        MeterRecord memory record,
        uint256 paginationAt,
        uint256 identificationAt,
        uint256 readingsAt
    ) private view {
        record.hints = _hints(0, paginationAt, identificationAt, readingsAt);
        try meters.read(_query(), meter, _list(record)) {
            vm.assertTrue(false, "accepted another offset");
        } catch (bytes memory reason) {
            vm.assertGe(reason.length, 4, "by name");
        }
    }

    function _refusesOffsets(
        string memory payload,
        Offsets memory lie,
        bytes memory reason
    ) private {
        _refuses(_list(_pointed(payload, lie)), reason);
    }

    function _nested(
        bytes4 key,
        uint256 offset,
        uint256 depth
    ) private pure returns (bytes memory) {
        return abi.encodeWithSelector(JsonText.OcmfKeyNotAtTop.selector, key, offset, depth, false);
    }

    function _inText(bytes4 key, uint256 offset) private pure returns (bytes memory) {
        return
            abi.encodeWithSelector(
                JsonText.OcmfKeyNotAtTop.selector,
                key,
                offset,
                uint256(1),
                true
            );
    }

    function _order(uint256 before, uint256 offset) private pure returns (bytes memory) {
        return abi.encodeWithSelector(Ocmf.OcmfKeyOrder.selector, before, offset);
    }

    function _expected(bytes4 key, uint256 offset) private pure returns (bytes memory) {
        return abi.encodeWithSelector(JsonText.OcmfKeyExpected.selector, key, offset);
    }

    function _outside(uint256 offset, uint256 length) private pure returns (bytes memory) {
        return abi.encodeWithSelector(Ocmf.OcmfKeyOutside.selector, offset, length);
    }
}
