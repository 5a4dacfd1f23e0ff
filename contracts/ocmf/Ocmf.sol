// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {JsonText} from "./JsonText.sol";
import {EnergyDirection} from "./OcmfTypes.sol";
import {Words} from "./Words.sol";

/// @title Reading the payload of an OCMF record where it stands
/// @dev The payload is JSON that a meter has signed, so it is well-formed; everything else is the
/// choice of whoever hands it in. Three keys are found by offsets, which are checked by counting
/// quotes and braces from the first byte; the readings are walked from the first bracket to the
/// last, so that nobody chooses among them.
///
/// A payload, of which `locate` finds PG, ID and RD, and `readInto` walks RD:
///
///     {"FV":"1.0","PG":"T17","ID":"mfzw…","RD":[
///       {"TM":"2031-05-17T12:00:00,000+0000 S","TX":"B","RV":57.584,"RI":"1-b:1.8.0",
///        "RU":"kWh","EF":"","ST":"G"},
///       {"TM":"2031-05-17T13:00:00,000+0000 S","TX":"E","RV":69.930}]}
///
/// `p` is a position in the data of the call, an offset the same counted from the payload's first
/// byte, `w` the 32 bytes at `p`.
///
/// Everything wraps (`unchecked`): masks are no quantities, an offset that wraps finds no key, and
/// a register is below 10^18, so that it fits 64 bits.
library Ocmf {
    /// @dev What the readings of one direction say, and what is known while they are walked.
    struct Readings {
        /// @dev OBIS code as written, one for all; 0 if the direction has no register.
        bytes32 code;
        /// @dev Text of the time, 0 if there is no such reading.
        uint256 beginTime;
        uint256 endTime;
        uint64 beginMilliWh;
        uint64 endMilliWh;
        /// @dev From here on, the walk: a field that a reading omits is as in the one before (OCMF,
        /// table 7).
        uint256 mark;
        uint256 time;
        uint256 unit;
        uint256 register;
        uint256 registerLength;
        uint256 direction;
        bool hasState;
        /// @dev Of one reading alone: no value is as before.
        uint256 millionths;
        /// @dev Marks that the next reading of the register may have.
        uint256 marks;
        /// @dev Where the payload begins, so that errors can say where in it they are.
        uint256 start;
    }

    /// @dev Revert if the offsets do not ascend.
    error OcmfKeyOrder(uint256 before, uint256 offset);
    /// @dev Revert if the pagination is not of the transaction context, or not a number.
    error OcmfNotTransactional(uint256 offset);
    /// @dev Revert if the meter was in another state than G.
    error OcmfMeterState(bytes1 state, uint256 offset);
    /// @dev Revert if a quantity is flagged as not usable for billing.
    error OcmfErrorFlag(bytes1 flag, uint256 offset);
    /// @dev Revert if the mark is X: nothing is usable from there on.
    error OcmfException(uint256 offset);
    /// @dev Revert if a register is read at no moment of a transaction, or a moment comes twice or
    /// out of order.
    error OcmfMisplacedMark(bytes1 mark, uint256 offset);
    /// @dev Revert if the unit of a register is neither kWh nor Wh.
    error OcmfWrongUnit(uint256 offset);
    /// @dev Revert if a register is no plain number of at most 12 digits and 6 decimals, or finer
    /// than 1/1000 Wh.
    error OcmfBadNumber(uint256 offset);
    /// @dev Revert if the record holds two registers of the wanted direction: neither is the one to
    /// bill.
    error OcmfSeveralRegisters(bytes32 code, bytes32 other, uint256 offset);
    /// @dev Revert if a time is not `"YYYY-MM-DDThh:mm:ss,fff±hhmm S"`, with S one of U, I, S and
    /// R.
    error OcmfBadTime(bytes32 time);

    /// @dev `"PG"` `"ID"` `"RD"`
    bytes4 private constant PAGINATION = 0x22504722;
    bytes4 private constant IDENTIFICATION = 0x22494422;
    bytes4 private constant READINGS = 0x22524422;

    /// @dev Keys of a reading.
    uint256 private constant TM = 0x544d;
    uint256 private constant TX = 0x5458;
    uint256 private constant RV = 0x5256;
    uint256 private constant RI = 0x5249;
    uint256 private constant RU = 0x5255;
    uint256 private constant EF = 0x4546;
    uint256 private constant ST = 0x5354;
    /// @dev `,"..":`
    uint256 private constant FIELD_MASK = 0xffff0000ffff << 208;
    uint256 private constant FIELD = 0x2c220000223a << 208;
    /// @dev `,"TX":"."` `,"ST":"G"` `,"RU":"kWh"`
    uint256 private constant MARK_MASK = 0xffffffffffffff00ff << 184;
    uint256 private constant MARK = 0x2c225458223a220022 << 184;
    uint256 private constant GOOD_STATE = 0x2c225354223a224722;
    uint256 private constant IN_KWH = 0x2c225255223a226b576822;

    uint256 private constant KWH = 1;
    uint256 private constant WH = 2;
    /// @dev `"kWh"` `"Wh"`
    uint256 private constant KWH_TEXT = 0x226b576822;
    uint256 private constant WH_TEXT = 0x22576822;

    /// @dev Letters, as bits.
    uint256 private constant BEGIN_MARK = 1 << 0x42;
    uint256 private constant WITHIN_MARKS = (1 << 0x43) | (1 << 0x53) | (1 << 0x54);
    uint256 private constant END_MARKS =
        (1 << 0x45) | (1 << 0x4c) | (1 << 0x52) | (1 << 0x41) | (1 << 0x50);
    uint256 private constant TIME_STATES = (1 << 0x55) | (1 << 0x49) | (1 << 0x53) | (1 << 0x52);

    uint256 private constant NO_DIRECTION = type(uint256).max;
    uint256 private constant IMPORT = uint256(EnergyDirection.Import);
    uint256 private constant EXPORT = uint256(EnergyDirection.Export);

    /// @dev C.D.E of an OBIS code, as text at the right of a word.
    uint256 private constant IMPORT_SHORT = uint40(bytes5("1.8.0"));
    uint256 private constant EXPORT_SHORT = uint40(bytes5("2.8.0"));
    uint256 private constant IMPORT_LONG = uint64(bytes8("01.08.00"));
    uint256 private constant EXPORT_LONG = uint64(bytes8("02.08.00"));
    uint256 private constant IMPORT_DC = uint64(bytes8("B0.08.00"));
    uint256 private constant EXPORT_DC = uint64(bytes8("C0.08.00"));
    /// @dev Makes the second character of B0 … B3 and C0 … C3 a 0: these digits differ in their
    /// last two bits.
    uint256 private constant ANY_OF_FOUR = 0xfffcffffffffffff;

    uint256 private constant MAX_PAGINATION_DIGITS = 18;
    uint256 private constant NO_VALUE = type(uint256).max;

    uint256 private constant POINT = 0x2e;
    uint256 private constant ASTERISK = 0x2a;
    uint256 private constant OPEN_BRACKET = 0x5b;
    uint256 private constant CLOSED_BRACKET = 0x5d;
    uint256 private constant FIRST_AND_LAST = (0x80 << 248) | 0x80;

    /// @dev `"0000-00-00T00:00:00,000+0000 S"`, and which of its bytes are digits.
    uint256 private constant TIME_AT_ZERO =
        0x22303030302d30302d30305430303a30303a30302c3030302b30303030205322;
    uint256 private constant TIME_DIGITS =
        0x00ffffffff00ffff00ffff00ffff00ffff00ffff00ffffff00ffffffff000000;

    /* THE TOP LEVEL */

    /// @dev Offsets of the values, once it is certain that the keys are keys of the payload's own
    /// object. A caller that points at a PG inside a string, or of a nested object, is refused:
    /// what an honestly signed record says does not depend on the caller.
    ///
    ///     {"FV":"1.0","PG":"T17","ID":"mf…","RD":[…]}   12, 23, … ⇒ 17, 28, …
    /// @param identificationAt 0 if identification is not claimed
    function locate(
        bytes calldata payload,
        uint256 paginationAt,
        uint256 identificationAt,
        uint256 readingsAt
    ) internal pure returns (uint256 pagination, uint256 identification, uint256 readings) {
        uint256 start = Words.startOf(payload);
        if (paginationAt >= readingsAt) revert OcmfKeyOrder(paginationAt, readingsAt);
        if (identificationAt >= readingsAt) revert OcmfKeyOrder(identificationAt, readingsAt);

        if (!JsonText.isFlat(start, readingsAt)) {
            JsonText.checkTop(start, paginationAt, PAGINATION);
            if (identificationAt != 0) JsonText.checkTop(start, identificationAt, IDENTIFICATION);
            JsonText.checkTop(start, readingsAt, READINGS);
        }
        pagination = JsonText.valueOf(start, paginationAt, PAGINATION);
        if (identificationAt != 0) {
            identification = JsonText.valueOf(start, identificationAt, IDENTIFICATION);
        }
        readings = JsonText.valueOf(start, readingsAt, READINGS);
    }

    /// @dev The number n of a pagination `"Tn"`, T being the context of transactions: `"T17"` ⇒ 17.
    /// At most 18 digits, so that n < 10^18 < 2^64, and n + 1 as well. Without a digit, `digits -
    /// 1` wraps and is too large too.
    function paginationOf(bytes calldata payload, uint256 offset) internal pure returns (uint64) {
        unchecked {
            uint256 w = Words.load(Words.startOf(payload) + offset);
            bool plain = w >> 240 == 0x2254;
            w <<= 16;
            uint256 number = 0;
            uint256 digits = 0;
            for (uint256 c = w >> 248; c ^ 0x30 < 10; c = w >> 248) {
                number = number * 10 + (c ^ 0x30);
                w <<= 8;
                ++digits;
            }
            if (!plain || digits - 1 >= MAX_PAGINATION_DIGITS || w >> 248 != JsonText.QUOTE) {
                revert OcmfNotTransactional(offset);
            }
            return uint64(number);
        }
    }

    /// @dev Whether the string at `offset` is this name, in letters of either case: 36 characters
    /// between quotes, no more and no less. Setting bit 5 makes letters small and leaves the
    /// figures 2 … 7 as they are. It also makes figures of some control characters, which stand in
    /// no JSON string.
    function isNamed(
        bytes calldata payload,
        uint256 offset,
        bytes32 head,
        bytes4 tail
    ) internal pure returns (bool) {
        unchecked {
            uint256 p = Words.startOf(payload) + offset;
            uint256 last = Words.load(p + 33);
            return
                Words.load(p) >> 248 == JsonText.QUOTE &&
                bytes32(Words.load(p + 1) | Words.SMALL_LETTERS) == head &&
                bytes4(bytes32(last | Words.SMALL_LETTERS)) == tail &&
                (last >> 216) & 0xff == JsonText.QUOTE;
        }
    }

    /// @dev The name of a session on a meter: the first 36 characters of its id in base32 (RFC
    /// 4648, small letters), that is the first 180 of its 256 bits. 36 is the longest
    /// identification that OCPP 2.0.1 and OCPI carry; another session of the same name takes 2^180
    /// attempts.
    /// @return head characters 0 to 31, of the bits 0 to 159
    /// @return tail characters 32 to 35, of the bits 160 to 179
    function nameOf(bytes32 sessionId) internal pure returns (bytes32 head, bytes4 tail) {
        head = Words.base32(uint256(sessionId) >> 96);
        tail = bytes4(Words.base32((uint256(sessionId) << 160) >> 96));
    }

    /* THE READINGS */

    /// @dev Walks the whole array: every state, flag and mark is checked, and of the one register
    /// of a direction the begin and the end are taken, if they are there. The walk only goes
    /// forward, so it cannot take a reading twice, and it ends at the bracket that closes the
    /// array.
    /// @param found empty; filled in
    /// @param offset of the opening bracket
    /// @param wanted the direction; registers of the other are checked, but not taken
    function readInto(
        Readings memory found,
        bytes calldata payload,
        uint256 offset,
        EnergyDirection wanted
    ) internal pure {
        unchecked {
            uint256 start = Words.startOf(payload);
            found.start = start;
            found.direction = NO_DIRECTION;
            found.marks = BEGIN_MARK | WITHIN_MARKS | END_MARKS;
            uint256 p = start + offset;
            if (Words.load(p) >> 248 != OPEN_BRACKET) JsonText.revertMalformed(p, start);
            uint256 c;
            do {
                p = JsonText.skipBlanks(p + 1);
                if (Words.load(p) >> 248 != JsonText.BRACE) JsonText.revertMalformed(p, start);
                p = _walk(p, found);
                if (found.direction == uint256(wanted) && found.millionths != NO_VALUE) {
                    _take(found, p - start);
                }
                p = JsonText.skipBlanks(p);
                c = Words.load(p) >> 248;
            } while (c == JsonText.COMMA);
            // The walk only went on: if its end is inside the payload, everything was.
            if (c != CLOSED_BRACKET || p - start >= payload.length)
                JsonText.revertMalformed(p, start);
        }
    }

    /// @dev Whether a time was taken from a synchronised clock.
    function isSynchronised(uint256 time) internal pure returns (bool) {
        return (time >> 8) & 0xff == 0x53;
    }

    /// @dev Milliseconds since 1970, UTC, of a synchronised time.
    ///
    ///     "2031-05-17T12:00:00,500+0200 S"  ⇒  22,416 days, 10 h, 500 ms  ⇒  1_936_778_400_500
    ///
    /// A leap second, :60, is accepted and counts as the first of the next minute.
    /// @param time as the walk found it: the string with its quotes, 32 bytes
    function milliseconds(uint256 time) internal pure returns (uint256) {
        unchecked {
            // Digits become their values, what stands between them 0, and a minus 6.
            uint256 x = time ^ TIME_AT_ZERO;
            uint256 sign = (x >> 56) & 0xff;
            uint256 digits = x & TIME_DIGITS;
            bool plain = (x ^ digits) == sign << 56 && (sign == 0 || sign == 6);
            if (!plain || (digits | (digits + 0x06 * Words.ONES)) & (0xf0 * Words.ONES) != 0) {
                _revertBadTime(time);
            }

            // Each byte takes ten times the byte before it: two digits are one number.
            x = digits + (digits >> 8) * 10;
            if (Words.byteAt(x, 19) > 60) _revertBadTime(time);
            uint256 ms =
                _hoursAndMinutes(time, Words.byteAt(x, 13), Words.byteAt(x, 16)) * 60 +
                    Words.byteAt(x, 19);
            ms = ms * 1000 + Words.byteAt(x, 21) * 100 + Words.byteAt(x, 23);
            ms +=
                _days(
                    time,
                    Words.byteAt(x, 2) * 100 + Words.byteAt(x, 4),
                    Words.byteAt(x, 7),
                    Words.byteAt(x, 10)
                ) * 86_400_000;
            uint256 zoneMs =
                _hoursAndMinutes(time, Words.byteAt(x, 26), Words.byteAt(x, 28)) * 60_000;
            return sign == 0 ? ms - zoneMs : ms + zoneMs;
        }
    }

    /* WITHIN A READING */

    /// @dev One reading, field by field. Whatever a reading omits stays in `found` from the one
    /// before.
    ///
    /// Two ways lead to the same result. As meters write it, a key is `,"XX":` and its value begins
    /// at once: then one comparison with `FIELD` has found it. Everything else, blanks and longer
    /// keys, goes through `JsonText.fieldAt`.
    /// @param p at the opening brace
    /// @return end behind the closing brace
    function _walk(uint256 p, Readings memory found) private pure returns (uint256 end) {
        unchecked {
            // The first key stands behind a brace as the others do behind a comma.
            uint256 w = Words.load(p) ^ ((JsonText.BRACE ^ JsonText.COMMA) << 248);
            found.millionths = NO_VALUE;
            while (true) {
                uint256 key = (w >> 224) & 0xffff;
                uint256 value = p + 6;
                if (w & FIELD_MASK != FIELD || (w >> 200) & 0xff <= 0x20) {
                    if (w >> 248 != JsonText.COMMA) {
                        p = JsonText.skipBlanks(p);
                        w = Words.load(p);
                        if (w >> 248 == JsonText.BRACE_CLOSED) return p + 1;
                        if (w >> 248 != JsonText.COMMA) JsonText.revertMalformed(p, found.start);
                    }
                    (key, value) = JsonText.fieldAt(p, found.start);
                }

                w = Words.load(value);
                if (key == TM) {
                    p = _walkTime(value, w, found);
                } else if (key == RV) {
                    p = _walkNumber(value, w, found);
                } else if (key == RI) {
                    p = _walkRegister(value, w, found);
                } else if (key == EF) {
                    p = _walkFlags(value, w, found);
                } else if (key == TX) {
                    p = _walkMark(value, w, found);
                } else if (key == RU) {
                    p = _walkUnit(value, w, found);
                } else if (key == ST) {
                    p = _walkState(value, w, found);
                } else {
                    // A key of another length can look like one of two letters.
                    (, value) = JsonText.fieldAt(p, found.start);
                    p = JsonText.skipValue(value, found.start);
                }
                w = Words.load(p);
            }
        }
    }

    /// @dev A time, and the mark if it stands next, as in most records.
    function _walkTime(uint256 p, uint256 w, Readings memory found) private pure returns (uint256) {
        unchecked {
            // A string of 30 characters, the last of which is no backslash.
            bool known = (TIME_STATES >> ((w >> 8) & 0xff)) & 1 == 1;
            if (Words.equalBytes(w, JsonText.QUOTES) != FIRST_AND_LAST || !known) _revertBadTime(w);
            found.time = w;

            p += 32;
            w = Words.load(p);
            if (w & MARK_MASK != MARK) return p;
            return _walkMark(p + 6, w << 48, found);
        }
    }

    /// @dev One letter. X ends the record as evidence: the meter itself says that nothing is
    /// usable.
    function _walkMark(uint256 p, uint256 w, Readings memory found) private pure returns (uint256) {
        unchecked {
            uint256 mark = (w >> 240) & 0xff;
            if ((w >> 232) & 0xff00ff != 0x220022) JsonText.revertMalformed(p, found.start);
            if (mark == 0x58) revert OcmfException(p - found.start);

            found.mark = mark;
            return p + 3;
        }
    }

    /// @dev Error flags, of which there must be none, and the state if it stands next.
    function _walkFlags(
        uint256 p,
        uint256 w,
        Readings memory found
    ) private pure returns (uint256) {
        unchecked {
            if (w >> 240 != 0x2222) {
                revert OcmfErrorFlag(bytes1(uint8(w >> 240)), p - found.start);
            }
            if ((w << 16) >> 184 != GOOD_STATE) return p + 2;

            found.hasState = true;
            return p + 11;
        }
    }

    /// @dev G, good, is the only state that is billed.
    function _walkState(
        uint256 p,
        uint256 w,
        Readings memory found
    ) private pure returns (uint256) {
        unchecked {
            if (w >> 232 != 0x224722) {
                revert OcmfMeterState(bytes1(uint8(w >> 240)), p - found.start);
            }
            found.hasState = true;
            return p + 3;
        }
    }

    /// @dev The code of what was read, and the unit if it stands next. A code is looked at once:
    /// the readings of a record mostly repeat it.
    function _walkRegister(
        uint256 p,
        uint256 w,
        Readings memory found
    ) private pure returns (uint256) {
        unchecked {
            uint256 length = found.registerLength;
            if (w >> 248 != JsonText.QUOTE) JsonText.revertMalformed(p, found.start);
            // The text of the reading before and a quote: nothing to find out.
            if (((w << 8) ^ found.register) >> (248 - 8 * length) != JsonText.QUOTE) {
                length = JsonText.skipString(p, found.start) - p - 2;
                // Codes of more than 30 characters are of no register that is known here.
                uint256 unused = length > 30 ? 256 : 256 - 8 * length;
                found.register = ((w << 8) >> unused) << unused;
                found.registerLength = length > 30 ? 0 : length;
                found.direction = _direction(found.register);
            }

            p += length + 2;
            if (Words.load(p) >> 168 != IN_KWH) return p;
            found.unit = KWH;
            return p + 11;
        }
    }

    /// @dev Another unit than kWh and Wh is an error in a register that is taken, and nowhere else.
    function _walkUnit(uint256 p, uint256 w, Readings memory found) private pure returns (uint256) {
        unchecked {
            if (w >> 216 == KWH_TEXT) {
                found.unit = KWH;
                return p + 5;
            }
            if (w >> 224 == WH_TEXT) {
                found.unit = WH;
                return p + 4;
            }
            found.unit = 0;
            return JsonText.skipValue(p, found.start);
        }
    }

    /// @dev The value of a reading, as a number or a string: `57.584`, `"57.584"`, `" 57.584"`.
    function _walkNumber(
        uint256 p,
        uint256 w,
        Readings memory found
    ) private pure returns (uint256) {
        unchecked {
            if (w >> 248 == JsonText.QUOTE) return _walkQuoted(p, found);
            (uint256 millionths, uint256 last, uint256 length) = Words.numberOf(w);
            // What is not plain may stand in a register that nobody bills.
            if (last != JsonText.COMMA && !JsonText.endsValue(last)) millionths = Words.NO_NUMBER;
            found.millionths = millionths;
            return millionths == Words.NO_NUMBER ? JsonText.skipValue(p, found.start) : p + length;
        }
    }

    /// @dev A number in a string, which may begin with blanks.
    function _walkQuoted(uint256 p, Readings memory found) private pure returns (uint256) {
        unchecked {
            uint256 first = p + 1;
            while (Words.load(first) >> 248 == 0x20) ++first;
            (uint256 millionths, uint256 last, ) = Words.numberOf(Words.load(first));
            found.millionths = last == JsonText.QUOTE ? millionths : Words.NO_NUMBER;
            return JsonText.skipString(p, found.start);
        }
    }

    /* THE REGISTERS */

    /// @dev Takes a reading of the wanted register into the transaction. `found.marks` holds the
    /// marks that may come next: a begin excludes a second one, an end excludes everything. Either
    /// may be missing, because it may be in another record.
    /// @param offset behind the reading, for the errors
    function _take(Readings memory found, uint256 offset) private pure {
        unchecked {
            bytes32 code = bytes32(found.register);
            if (found.code != code) {
                if (found.code != 0) revert OcmfSeveralRegisters(found.code, code, offset);
                found.code = code;
            }

            uint256 mark = 1 << found.mark;
            if (mark & found.marks == 0) {
                revert OcmfMisplacedMark(bytes1(uint8(found.mark)), offset);
            }
            if (mark == BEGIN_MARK) {
                found.marks = WITHIN_MARKS | END_MARKS;
                found.beginMilliWh = _milliWh(found, offset);
                found.beginTime = found.time;
            } else if (mark & END_MARKS != 0) {
                found.marks = 0;
                found.endMilliWh = _milliWh(found, offset);
                found.endTime = found.time;
            }
        }
    }

    /// @dev The register in 1/1000 Wh, exactly: a millionth of a kWh is 1/1000 Wh.
    ///
    ///     57.584 kWh  ⇒  57_584_000      57584.5 Wh  ⇒  57_584_500      57584.0005 Wh  ⇒  refused
    function _milliWh(Readings memory found, uint256 offset) private pure returns (uint64) {
        unchecked {
            uint256 millionths = found.millionths;
            uint256 unit = found.unit;
            if (!found.hasState) revert OcmfMeterState(0, offset);
            if (found.time == 0) _revertBadTime(0);
            if (unit == 0) revert OcmfWrongUnit(offset);
            if (millionths == Words.NO_NUMBER) revert OcmfBadNumber(offset);
            if (unit == KWH) return uint64(millionths);
            if (millionths % 1000 != 0) revert OcmfBadNumber(offset);
            return uint64(millionths / 1000);
        }
    }

    /// @dev Direction of an OBIS code A-B:C.D.E with A = 1, D = 8 (energy), E = 0 (all tariffs) and
    /// C = 1 or B0 … B3 for import, 2 or C0 … C3 for export. F, behind a point or an asterisk, has
    /// one to three characters or is missing. Registers of one tariff (E ≠ 0) count a part, and are
    /// of no direction here.
    ///
    ///     1-b:1.8.0, 01-00:B2.08.00*255  ⇒  import    1-0:2.8.0  ⇒  export    1-0:1.8.1  ⇒  none
    function _direction(uint256 code) private pure returns (uint256 direction) {
        unchecked {
            // 1- or 01-
            if (code >> 240 == 0x312d) code <<= 16;
            else if (code >> 232 == 0x30312d) code <<= 24;
            else return NO_DIRECTION;

            // B, one or two characters
            if ((code >> 240) & 0xff == JsonText.COLON) code <<= 16;
            else if ((code >> 232) & 0xff == JsonText.COLON) code <<= 24;
            else return NO_DIRECTION;

            (direction, code) = _quantity(code);
            if (code == 0) return direction;
            bool separated = code >> 248 == POINT || code >> 248 == ASTERISK;
            if (!separated || code << 8 == 0 || code << 32 != 0) return NO_DIRECTION;
        }
    }

    /// @dev Direction of C.D.E, and the text behind it.
    function _quantity(uint256 code) private pure returns (uint256, uint256) {
        unchecked {
            uint256 short = code >> 216;
            if (short == IMPORT_SHORT) return (IMPORT, code << 40);
            if (short == EXPORT_SHORT) return (EXPORT, code << 40);

            uint256 long = code >> 192;
            if (long == IMPORT_LONG) return (IMPORT, code << 64);
            if (long == EXPORT_LONG) return (EXPORT, code << 64);

            long &= ANY_OF_FOUR;
            if (long == IMPORT_DC) return (IMPORT, code << 64);
            if (long == EXPORT_DC) return (EXPORT, code << 64);
            return (NO_DIRECTION, 0);
        }
    }

    /* TIMES */

    /// @dev Hours and minutes, of a time or of a zone, in minutes.
    function _hoursAndMinutes(
        uint256 time,
        uint256 hour,
        uint256 minute
    ) private pure returns (uint256) {
        unchecked {
            if (hour > 23 || minute > 59) _revertBadTime(time);
            return hour * 60 + minute;
        }
    }

    /// @dev Days since 1970-01-01 of a date of the Gregorian calendar, from 1971 on, so that no
    /// zone leads before 1970. A day that its month does not have is a day of the next month.
    ///
    /// Counted from March, the months have 31, 30, 31, 30, 31, 31, 30, 31, 30, 31, 31 days: the
    /// n-th begins on day ⌊(153 n + 2) / 5⌋, 153 being the days of five of them.
    ///
    ///     2031-05-17  ⇒  n = 2, day 61 + 16 = 77 of the year 2031
    ///                 ⇒  2031 · 365 + 507 − 20 + 5 + 77 − 719,468 = 22,416
    function _days(
        uint256 time,
        uint256 year,
        uint256 month,
        uint256 day
    ) private pure returns (uint256) {
        unchecked {
            if (year < 1971 || month - 1 > 11 || day - 1 > 30) _revertBadTime(time);

            // So that the leap day is the last of its year.
            if (month < 3) {
                month += 12;
                --year;
            }
            uint256 dayOfYear = (153 * (month - 3) + 2) / 5 + day - 1;
            return year * 365 + year / 4 - year / 100 + year / 400 + dayOfYear - 719_468;
        }
    }

    function _revertBadTime(uint256 time) private pure {
        revert OcmfBadTime(bytes32(time));
    }
}
