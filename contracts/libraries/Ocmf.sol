// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {EnergyDirection} from "../types/MeterTypes.sol";

/// @title Reading the payload of an OCMF record where it stands
/// @dev The payload is JSON that a meter has signed, so it is well-formed; everything else is the choice of whoever hands
/// it in. Three keys are found by offsets, which are checked by counting quotes and braces from the first byte; the
/// readings are walked from the first bracket to the last, so that nobody chooses among them. Text is compared a word at a
/// time. `p` is a position in the data of the call, `w` the 32 bytes there; in a mask, bit 7 of a byte says that the byte
/// is of the kind looked for.
///
/// Everything wraps (`unchecked`): masks are not numbers, and an offset that wraps finds no key.
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
        /// @dev From here on, the walk: a field that a reading omits is as in the one before (OCMF, table 7).
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

    /// @dev Revert if the text at `offset` is not JSON as meters write it.
    error OcmfMalformed(uint256 offset);
    /// @dev Revert if a backslash or a bar stands in what is read, at `offset` or up to 31 bytes behind it: escapes would
    /// have to be resolved first.
    error OcmfEscaped(uint256 offset);
    /// @dev Revert if another text than `key` stands at `offset`.
    error OcmfKeyExpected(bytes4 key, uint256 offset);
    /// @dev Revert if `key` stands at another depth than 1, or inside a string.
    error OcmfKeyNotAtTop(bytes4 key, uint256 offset, uint256 depth, bool inString);
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
    /// @dev Revert if a register is read at no moment of a transaction, or a moment comes twice or out of order.
    error OcmfMisplacedMark(bytes1 mark, uint256 offset);
    /// @dev Revert if the unit of a register is neither kWh nor Wh.
    error OcmfWrongUnit(uint256 offset);
    /// @dev Revert if a register is no plain number of at most 12 digits and 6 decimals, or finer than 1/1000 Wh.
    error OcmfBadNumber(uint256 offset);
    /// @dev Revert if the record holds two registers of the wanted direction: neither is the one to bill.
    error OcmfSeveralRegisters(bytes32 code, bytes32 other, uint256 offset);
    /// @dev Revert if a time is not `"YYYY-MM-DDThh:mm:ss,fff±hhmm S"`, with S one of U, I, S and R.
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

    /// @dev 12 digits and 6 decimals, as text.
    uint256 private constant MAX_INTEGER_BITS = 8 * 12;
    uint256 private constant MAX_DECIMAL_BITS = 8 * 6;
    uint256 private constant MAX_PAGINATION_DIGITS = 18;
    uint256 private constant NO_VALUE = type(uint256).max;
    /// @dev A value that is no plain number.
    uint256 private constant NO_NUMBER = type(uint256).max - 1;

    uint256 private constant QUOTE = 0x22;
    uint256 private constant COMMA = 0x2c;
    uint256 private constant POINT = 0x2e;
    uint256 private constant COLON = 0x3a;
    /// @dev With bit 5 set, brackets are braces.
    uint256 private constant BRACE = 0x7b;
    uint256 private constant BRACE_CLOSED = 0x7d;
    uint256 private constant BIT_5 = 0x20;
    /// @dev Space, tab, line feed, carriage return, as bits.
    uint256 private constant BLANKS = (1 << 0x20) | (1 << 0x09) | (1 << 0x0a) | (1 << 0x0d);

    uint256 private constant ONES =
        0x0101010101010101010101010101010101010101010101010101010101010101;
    uint256 private constant LOW_BITS = 0x7f * ONES;
    uint256 private constant TOP_BITS = 0x80 * ONES;
    uint256 private constant SMALL_LETTERS = BIT_5 * ONES;
    uint256 private constant QUOTES = QUOTE * ONES;
    uint256 private constant BACKSLASHES = 0x5c * ONES;
    uint256 private constant ZEROS = 0x30 * ONES;
    uint256 private constant FIRST_AND_LAST = (0x80 << 248) | 0x80;

    /// @dev Every second byte, pair of bytes, …, the last included.
    uint256 private constant BYTES =
        0x00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff;
    uint256 private constant PAIRS =
        0x0000ffff0000ffff0000ffff0000ffff0000ffff0000ffff0000ffff0000ffff;
    uint256 private constant FOURS =
        0x00000000ffffffff00000000ffffffff00000000ffffffff00000000ffffffff;
    uint256 private constant EIGHTS =
        0x0000000000000000ffffffffffffffff0000000000000000ffffffffffffffff;

    /// @dev `"0000-00-00T00:00:00,000+0000 S"`, and which of its bytes are digits.
    uint256 private constant TIME_AT_ZERO =
        0x22303030302d30302d30305430303a30303a30302c3030302b30303030205322;
    uint256 private constant TIME_DIGITS =
        0x00ffffffff00ffff00ffff00ffff00ffff00ffff00ffffff00ffffffff000000;

    /// @dev The lower half of every lane of `_base32`.
    uint256 private constant LANES_OF_80 = type(uint80).max;
    uint256 private constant LANES_OF_40 =
        0x0000000000000000000000ffffffffff0000000000000000000000ffffffffff;
    uint256 private constant LANES_OF_20 =
        0x00000000000fffff00000000000fffff00000000000fffff00000000000fffff;
    uint256 private constant LANES_OF_10 =
        0x000003ff000003ff000003ff000003ff000003ff000003ff000003ff000003ff;
    uint256 private constant LANES_OF_5 =
        0x001f001f001f001f001f001f001f001f001f001f001f001f001f001f001f001f;

    /* THE TOP LEVEL */

    /// @dev Offsets of the values, once it is certain that the keys are keys of the payload's own object.
    /// @param identificationAt 0 if identification is not claimed
    function locate(
        bytes calldata payload,
        uint256 paginationAt,
        uint256 identificationAt,
        uint256 readingsAt
    ) internal pure returns (uint256 pagination, uint256 identification, uint256 readings) {
        uint256 start = _start(payload);
        if (paginationAt >= readingsAt) revert OcmfKeyOrder(paginationAt, readingsAt);
        if (identificationAt >= readingsAt) revert OcmfKeyOrder(identificationAt, readingsAt);

        if (!_isFlat(start, readingsAt)) {
            _checkTop(start, paginationAt, PAGINATION);
            if (identificationAt != 0) _checkTop(start, identificationAt, IDENTIFICATION);
            _checkTop(start, readingsAt, READINGS);
        }
        pagination = _valueOf(start, paginationAt, PAGINATION);
        if (identificationAt != 0) {
            identification = _valueOf(start, identificationAt, IDENTIFICATION);
        }
        readings = _valueOf(start, readingsAt, READINGS);
    }

    /// @dev The number n of a pagination `"Tn"`.
    function paginationOf(bytes calldata payload, uint256 offset) internal pure returns (uint64) {
        unchecked {
            uint256 w = _load(_start(payload) + offset);
            bool plain = w >> 240 == 0x2254;
            w <<= 16;
            uint256 number = 0;
            uint256 digits = 0;
            for (uint256 c = w >> 248; c ^ 0x30 < 10; c = w >> 248) {
                number = number * 10 + (c ^ 0x30);
                w <<= 8;
                ++digits;
            }
            if (!plain || digits - 1 >= MAX_PAGINATION_DIGITS || w >> 248 != QUOTE) {
                revert OcmfNotTransactional(offset);
            }
            return uint64(number);
        }
    }

    /// @dev Whether the string at `offset` is this name, in letters of either case.
    function isNamed(
        bytes calldata payload,
        uint256 offset,
        bytes32 head,
        bytes4 tail
    ) internal pure returns (bool) {
        unchecked {
            uint256 p = _start(payload) + offset;
            uint256 last = _load(p + 33);
            return
                _load(p) >> 248 == QUOTE &&
                bytes32(_load(p + 1) | SMALL_LETTERS) == head &&
                bytes4(bytes32(last | SMALL_LETTERS)) == tail &&
                (last >> 216) & 0xff == QUOTE;
        }
    }

    /// @dev The name of a session on a meter: the first 36 characters of its id in base32 (RFC 4648, small letters).
    function nameOf(bytes32 sessionId) internal pure returns (bytes32 head, bytes4 tail) {
        head = _base32(uint256(sessionId) >> 96);
        tail = bytes4(_base32((uint256(sessionId) << 160) >> 96));
    }

    /* THE READINGS */

    /// @dev Walks the whole array: every state, flag and mark is checked, and of the one register of a direction the begin
    /// and the end are taken, if they are there.
    /// @param found empty; filled in
    function readInto(
        Readings memory found,
        bytes calldata payload,
        uint256 offset,
        EnergyDirection wanted
    ) internal pure {
        unchecked {
            uint256 start = _start(payload);
            found.start = start;
            found.direction = NO_DIRECTION;
            found.marks = BEGIN_MARK | WITHIN_MARKS | END_MARKS;
            uint256 p = start + offset;
            if (_load(p) >> 248 != 0x5b) revert OcmfMalformed(offset);
            uint256 c;
            do {
                p = _skipBlanks(p + 1);
                if (_load(p) >> 248 != BRACE) revert OcmfMalformed(p - start);
                p = _walk(p, found);
                if (found.direction == uint256(wanted) && found.millionths != NO_VALUE) {
                    _take(found, p - start);
                }
                p = _skipBlanks(p);
                c = _load(p) >> 248;
            } while (c == COMMA);
            // The walk only went on: if its end is inside the payload, everything was.
            if (c != 0x5d || p - start >= payload.length) revert OcmfMalformed(p - start);
        }
    }

    /// @dev Whether a time was taken from a synchronised clock.
    function isSynchronised(uint256 time) internal pure returns (bool) {
        return (time >> 8) & 0xff == 0x53;
    }

    /// @dev Milliseconds since 1970, UTC, of a synchronised time.
    function milliseconds(uint256 time) internal pure returns (uint256) {
        unchecked {
            // Digits become their values, what stands between them 0, and a minus 6.
            uint256 x = time ^ TIME_AT_ZERO;
            uint256 sign = (x >> 56) & 0xff;
            uint256 digits = x & TIME_DIGITS;
            bool plain = (x ^ digits) == sign << 56 && (sign == 0 || sign == 6);
            if (!plain || (digits | (digits + 0x06 * ONES)) & (0xf0 * ONES) != 0) {
                revert OcmfBadTime(bytes32(time));
            }

            // Each byte takes ten times the byte before it: two digits are one number.
            x = digits + (digits >> 8) * 10;
            if (_at(x, 19) > 60) revert OcmfBadTime(bytes32(time));
            uint256 ms = _hoursAndMinutes(time, _at(x, 13), _at(x, 16)) * 60 + _at(x, 19);
            ms = ms * 1000 + _at(x, 21) * 100 + _at(x, 23);
            ms += _days(time, _at(x, 2) * 100 + _at(x, 4), _at(x, 7), _at(x, 10)) * 86_400_000;
            uint256 zoneMs = _hoursAndMinutes(time, _at(x, 26), _at(x, 28)) * 60_000;
            return sign == 0 ? ms - zoneMs : ms + zoneMs;
        }
    }

    /* WITHIN A READING */

    /// @param p at the opening brace
    /// @return end behind the closing brace
    function _walk(uint256 p, Readings memory found) private pure returns (uint256 end) {
        unchecked {
            // The first key stands behind a brace as the others do behind a comma.
            uint256 w = _load(p) ^ ((BRACE ^ COMMA) << 248);
            found.millionths = NO_VALUE;
            while (true) {
                uint256 key = (w >> 224) & 0xffff;
                uint256 value = p + 6;
                if (w & FIELD_MASK != FIELD || (w >> 200) & 0xff <= 0x20) {
                    if (w >> 248 != COMMA) {
                        p = _skipBlanks(p);
                        w = _load(p);
                        if (w >> 248 == BRACE_CLOSED) return p + 1;
                        if (w >> 248 != COMMA) revert OcmfMalformed(p - found.start);
                    }
                    (key, value) = _field(p, found.start);
                }

                w = _load(value);
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
                    (, value) = _field(p, found.start);
                    p = _skipValue(value, found.start);
                }
                w = _load(p);
            }
        }
    }

    /// @dev The letters of a key, if it has two, else 0, and where its value begins.
    /// @param p at the brace or comma before the key
    function _field(uint256 p, uint256 start) private pure returns (uint256, uint256) {
        unchecked {
            p = _skipBlanks(p + 1);
            uint256 w = _load(p);
            if (w >> 248 != QUOTE) revert OcmfMalformed(p - start);
            bool two = _at(w, 1) - 0x41 < 26 && _at(w, 2) - 0x41 < 26 && _at(w, 3) == QUOTE;
            if (!two) return (0, _afterColon(_skipString(p, start), start));

            // A blank, a colon, a blank, and no other.
            bool spaced = (w >> 200) & 0xffffff == 0x203a20 && _at(w, 7) > 0x20;
            return ((w >> 232) & 0xffff, spaced ? p + 7 : _afterColon(p + 4, start));
        }
    }

    /// @dev A time, and the mark if it stands next, as in most records.
    function _walkTime(uint256 p, uint256 w, Readings memory found) private pure returns (uint256) {
        unchecked {
            // A string of 30 characters, the last of which is no backslash.
            bool known = (TIME_STATES >> ((w >> 8) & 0xff)) & 1 == 1;
            if (_equal(w, QUOTES) != FIRST_AND_LAST || !known) revert OcmfBadTime(bytes32(w));
            found.time = w;

            p += 32;
            w = _load(p);
            if (w & MARK_MASK != MARK) return p;
            return _walkMark(p + 6, w << 48, found);
        }
    }

    function _walkMark(uint256 p, uint256 w, Readings memory found) private pure returns (uint256) {
        unchecked {
            uint256 mark = (w >> 240) & 0xff;
            if ((w >> 232) & 0xff00ff != 0x220022) revert OcmfMalformed(p - found.start);
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

    /// @dev What was read, and the unit if it stands next.
    function _walkRegister(
        uint256 p,
        uint256 w,
        Readings memory found
    ) private pure returns (uint256) {
        unchecked {
            uint256 length = found.registerLength;
            if (w >> 248 != QUOTE) revert OcmfMalformed(p - found.start);
            // The text of the reading before and a quote: nothing to find out.
            if (((w << 8) ^ found.register) >> (248 - 8 * length) != QUOTE) {
                length = _skipString(p, found.start) - p - 2;
                // Codes of more than 30 characters are of no register that is known here.
                uint256 unused = length > 30 ? 256 : 256 - 8 * length;
                found.register = ((w << 8) >> unused) << unused;
                found.registerLength = length > 30 ? 0 : length;
                found.direction = _direction(found.register);
            }

            p += length + 2;
            if (_load(p) >> 168 != IN_KWH) return p;
            found.unit = KWH;
            return p + 11;
        }
    }

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
            return _skipValue(p, found.start);
        }
    }

    function _walkNumber(
        uint256 p,
        uint256 w,
        Readings memory found
    ) private pure returns (uint256) {
        unchecked {
            if (w >> 248 == QUOTE) return _walkQuoted(p, found);
            (uint256 millionths, uint256 last, uint256 length) = _number(w);
            // What is not plain may stand in a register that nobody bills.
            if (last != COMMA && !_endsValue(last)) millionths = NO_NUMBER;
            found.millionths = millionths;
            return millionths == NO_NUMBER ? _skipValue(p, found.start) : p + length;
        }
    }

    /// @dev A number in a string, which may begin with blanks.
    function _walkQuoted(uint256 p, Readings memory found) private pure returns (uint256) {
        unchecked {
            uint256 first = p + 1;
            while (_load(first) >> 248 == 0x20) ++first;
            (uint256 millionths, uint256 last, ) = _number(_load(first));
            found.millionths = last == QUOTE ? millionths : NO_NUMBER;
            return _skipString(p, found.start);
        }
    }

    /* THE REGISTERS */

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

    /// @dev A millionth of a kWh is 1/1000 Wh.
    function _milliWh(Readings memory found, uint256 offset) private pure returns (uint64) {
        unchecked {
            uint256 millionths = found.millionths;
            uint256 unit = found.unit;
            if (!found.hasState) revert OcmfMeterState(0, offset);
            if (found.time == 0) revert OcmfBadTime(0);
            if (unit == 0) revert OcmfWrongUnit(offset);
            if (millionths == NO_NUMBER) revert OcmfBadNumber(offset);
            if (unit == KWH) return uint64(millionths);
            if (millionths % 1000 != 0) revert OcmfBadNumber(offset);
            return uint64(millionths / 1000);
        }
    }

    /// @dev Direction of an OBIS code A-B:C.D.E with A = 1, D = 8 (energy), E = 0 (all tariffs) and C = 1 or B0 … B3 for
    /// import, 2 or C0 … C3 for export. F, behind a point or an asterisk, has one to three characters or is missing.
    function _direction(uint256 code) private pure returns (uint256 direction) {
        unchecked {
            // 1- or 01-
            if (code >> 240 == 0x312d) code <<= 16;
            else if (code >> 232 == 0x30312d) code <<= 24;
            else return NO_DIRECTION;

            // B, one or two characters
            if ((code >> 240) & 0xff == COLON) code <<= 16;
            else if ((code >> 232) & 0xff == COLON) code <<= 24;
            else return NO_DIRECTION;

            (direction, code) = _quantity(code);
            if (code == 0) return direction;
            bool separated = code >> 248 == POINT || code >> 248 == 0x2a;
            if (!separated || code << 8 == 0 || code << 32 != 0) return NO_DIRECTION;
        }
    }

    /// @dev Direction of C.D.E, and the text behind it.
    function _quantity(uint256 code) private pure returns (uint256, uint256) {
        unchecked {
            bytes5 short = bytes5(bytes32(code));
            if (short == "1.8.0") return (IMPORT, code << 40);
            if (short == "2.8.0") return (EXPORT, code << 40);

            bytes8 long = bytes8(bytes32(code));
            if (long == "01.08.00") return (IMPORT, code << 64);
            if (long == "02.08.00") return (EXPORT, code << 64);

            // The digits 0 to 3 differ in their last two bits.
            long &= bytes8(0xfffcffffffffffff);
            if (long == "B0.08.00") return (IMPORT, code << 64);
            if (long == "C0.08.00") return (EXPORT, code << 64);
            return (NO_DIRECTION, 0);
        }
    }

    /* NUMBERS */

    /// @dev A plain number in millionths, the character behind it, and how many characters it takes. Lengths in between
    /// are in bits.
    function _number(
        uint256 w
    ) private pure returns (uint256 millionths, uint256 last, uint256 length) {
        unchecked {
            // Digits become their values, and what is missing behind them becomes 0.
            uint256 values = w ^ ZEROS;
            uint256 others = (((values & LOW_BITS) + 0x76 * ONES) | values) & TOP_BITS;
            uint256 rest = _from(others);
            if (rest - (256 - MAX_INTEGER_BITS) > MAX_INTEGER_BITS - 8) return (NO_NUMBER, 0, 0);
            millionths = values >> rest;
            last = (w << (256 - rest)) >> 248;
            uint256 missing = MAX_DECIMAL_BITS;
            if (last == POINT) {
                uint256 decimals = rest - 8;
                rest = _from(others & ((1 << decimals) - 1));
                decimals -= rest;
                if (decimals - 8 > MAX_DECIMAL_BITS - 8) return (NO_NUMBER, 0, 0);
                millionths <<= decimals;
                millionths |= (values >> rest) & ((1 << decimals) - 1);
                missing -= decimals;
                last = (w << (256 - rest)) >> 248;
            }
            return (_decimal(millionths << missing), last, 32 - (rest >> 3));
        }
    }

    /// @dev The number whose decimal digits are the bytes of a word: neighbours are joined five times.
    function _decimal(uint256 x) private pure returns (uint256) {
        unchecked {
            x = (x & BYTES) + ((x >> 8) & BYTES) * 10;
            x = (x & PAIRS) + ((x >> 16) & PAIRS) * 100;
            x = (x & FOURS) + ((x >> 32) & FOURS) * 10_000;
            x = (x & EIGHTS) + ((x >> 64) & EIGHTS) * 100_000_000;
            return uint128(x) + (x >> 128) * 10_000_000_000_000_000;
        }
    }

    /// @dev In minutes.
    function _hoursAndMinutes(
        uint256 time,
        uint256 hour,
        uint256 minute
    ) private pure returns (uint256) {
        unchecked {
            if (hour > 23 || minute > 59) revert OcmfBadTime(bytes32(time));
            return hour * 60 + minute;
        }
    }

    /// @dev Days since 1970-01-01 of a date of the Gregorian calendar, from 1971 on, so that no zone leads before 1970.
    function _days(
        uint256 time,
        uint256 year,
        uint256 month,
        uint256 day
    ) private pure returns (uint256) {
        unchecked {
            if (year < 1971 || month - 1 > 11 || day - 1 > 30) revert OcmfBadTime(bytes32(time));

            // Counted from March, so that the leap day is the last of its year.
            if (month < 3) {
                month += 12;
                --year;
            }
            uint256 dayOfYear = (153 * (month - 3) + 2) / 5 + day - 1;
            return year * 365 + year / 4 - year / 100 + year / 400 + dayOfYear - 719_468;
        }
    }

    /* TEXT */

    /// @dev Whether the payload opens a brace, and up to `to` no other stands, nor a backslash, nor a bar: then every key up
    /// to there is one of the outermost object, and what looks like a key is one.
    function _isFlat(uint256 start, uint256 to) private pure returns (bool) {
        unchecked {
            if (_load(start) >> 248 != BRACE) return false;
            uint256 p = start + 1;
            to += start;
            do {
                uint256 w = _load(p) & ~(type(uint256).max >> (8 * (to - p)));
                // With bit 5 set: 7b, 7d, and between them backslash and bar.
                uint256 braces = (w | SMALL_LETTERS) & LOW_BITS;
                braces = (braces + 0x05 * ONES) & ~((braces + 0x02 * ONES) | w) & TOP_BITS;
                // Brackets had bit 5 cleared and bit 0 set.
                if (braces != 0 && braces & ((w << 2) | ~(w << 7)) != 0) return false;
                p += 32;
            } while (p < to);
            return true;
        }
    }

    /// @dev Counts braces and quotes from the first byte to `key`, which must be a key of the outermost object.
    function _checkTop(uint256 start, uint256 offset, bytes4 key) private pure {
        unchecked {
            uint256 p = start;
            uint256 to = start + offset;
            uint256 depth = 0;
            uint256 inString = 0;
            do {
                uint256 w = _load(p) & ~(type(uint256).max >> (8 * (to - p)));
                uint256 quotes = _equal(w, QUOTES);
                uint256 braces = (w | SMALL_LETTERS) & LOW_BITS;
                braces = (braces + 0x05 * ONES) & ~((braces + 0x02 * ONES) | w) & TOP_BITS;
                if (braces & ~(w << 7) != 0) revert OcmfEscaped(p - start);
                // The parity of the quotes up to each byte says whether it is inside a string.
                quotes ^= quotes >> 8;
                quotes ^= quotes >> 16;
                quotes ^= quotes >> 32;
                quotes ^= quotes >> 64;
                quotes ^= quotes >> 128;
                braces &= ~(quotes ^ inString);
                depth += 2 * _count(braces & (w << 6)) - _count(braces);
                if (quotes & 0x80 != 0) inString = ~inString;
                p += 32;
            } while (p < to);
            if (depth != 1 || inString != 0) {
                revert OcmfKeyNotAtTop(key, offset, depth, inString != 0);
            }
        }
    }

    /// @dev Offset of the value of a key.
    function _valueOf(uint256 start, uint256 offset, bytes4 key) private pure returns (uint256) {
        unchecked {
            uint256 p = start + offset;
            uint256 w = _load(p);
            if (bytes4(bytes32(w)) != key) revert OcmfKeyExpected(key, offset);
            bool compact = (w >> 216) & 0xff == COLON && (w >> 208) & 0xff > 0x20;
            return compact ? offset + 5 : _afterColon(p + 4, start) - start;
        }
    }

    function _afterColon(uint256 p, uint256 start) private pure returns (uint256) {
        unchecked {
            p = _skipBlanks(p);
            if (_load(p) >> 248 != COLON) revert OcmfMalformed(p - start);
            return _skipBlanks(p + 1);
        }
    }

    function _skipBlanks(uint256 p) private pure returns (uint256) {
        unchecked {
            while ((BLANKS >> (_load(p) >> 248)) & 1 == 1) ++p;
            return p;
        }
    }

    /// @param p at the opening quote
    function _skipString(uint256 p, uint256 start) private pure returns (uint256) {
        unchecked {
            ++p;
            while (p < msg.data.length) {
                uint256 w = _load(p);
                uint256 quotes = _equal(w, QUOTES);
                // Whichever comes first is the greater.
                if (_equal(w, BACKSLASHES) > quotes) revert OcmfEscaped(p - start);
                if (quotes != 0) return p + 33 - (_from(quotes) >> 3);
                p += 32;
            }
            revert OcmfMalformed(p - start);
        }
    }

    function _skipValue(uint256 p, uint256 start) private pure returns (uint256) {
        unchecked {
            uint256 c = _load(p) >> 248;
            if (c == QUOTE) return _skipString(p, start);
            if (c | BIT_5 == BRACE) return _skipNested(p, start);
            while (!_endsValue(c)) c = _load(++p) >> 248;
            return p;
        }
    }

    /// @param p at the opening brace or bracket
    function _skipNested(uint256 p, uint256 start) private pure returns (uint256) {
        unchecked {
            uint256 depth = 0;
            do {
                uint256 c = _load(p) >> 248;
                if (c == QUOTE) {
                    p = _skipString(p, start);
                    continue;
                }
                if (c | BIT_5 == BRACE) ++depth;
                else if (c | BIT_5 == BRACE_CLOSED) --depth;
                ++p;
            } while (depth != 0 && p < msg.data.length);
            return p;
        }
    }

    /// @dev A number or a word ends at whatever cannot be part of it: comma, brace, bracket, blank, or nothing.
    function _endsValue(uint256 c) private pure returns (bool) {
        return c <= 0x20 || c == COMMA || c | BIT_5 == BRACE_CLOSED;
    }

    /* WORDS */

    /// @dev A slice checks its bounds at 200 gas a read, and a record takes a hundred reads. Here the end is checked once,
    /// when the walk is over: until then, what stands behind the payload can only make it fail.
    function _load(uint256 p) private pure returns (uint256 w) {
        // solhint-disable-next-line no-inline-assembly
        assembly ("memory-safe") {
            w := calldataload(p)
        }
    }

    /// @dev Where the first byte stands in the data of the call.
    function _start(bytes calldata payload) private pure returns (uint256 p) {
        // solhint-disable-next-line no-inline-assembly
        assembly ("memory-safe") {
            p := payload.offset
        }
    }

    /// @dev Byte k of a word, counted from the left.
    function _at(uint256 w, uint256 k) private pure returns (uint256) {
        unchecked {
            return (w >> (248 - 8 * k)) & 0xff;
        }
    }

    /// @dev Mask of the bytes that are equal in two words.
    function _equal(uint256 w, uint256 other) private pure returns (uint256) {
        unchecked {
            uint256 x = w ^ other;
            return ~(((x & LOW_BITS) + LOW_BITS) | x | LOW_BITS);
        }
    }

    /// @dev How many bytes a mask marks.
    function _count(uint256 mask) private pure returns (uint256) {
        unchecked {
            return ((mask >> 7) * ONES) >> 248;
        }
    }

    /// @dev How many bits of a word stand from the first byte on that a mask marks.
    function _from(uint256 mask) private pure returns (uint256) {
        unchecked {
            mask |= mask >> 8;
            mask |= mask >> 16;
            mask |= mask >> 32;
            mask |= mask >> 64;
            mask |= mask >> 128;
            return (((mask >> 7) * ONES) >> 248) << 3;
        }
    }

    /// @dev 160 bits as 32 characters of base32: lanes are halved until every byte holds five bits.
    function _base32(uint256 x) private pure returns (bytes32) {
        unchecked {
            x = _halve(x, LANES_OF_80, 128);
            x = _halve(x, LANES_OF_40, 64);
            x = _halve(x, LANES_OF_20, 32);
            x = _halve(x, LANES_OF_10, 16);
            x = _halve(x, LANES_OF_5, 8);
            // a … z from 0, 2 … 7 from 26 on.
            uint256 figures = ((x + (0x80 - 26) * ONES) >> 7) & ONES;
            return bytes32(x + 0x61 * ONES - figures * (0x61 + 26 - 0x32));
        }
    }

    /// @dev The upper half of every lane gets a lane of its own, `width` bits further; five eighths of a lane are used.
    function _halve(uint256 x, uint256 lower, uint256 width) private pure returns (uint256) {
        unchecked {
            return (x & lower) | ((x << ((width * 3) / 8)) & (lower << width));
        }
    }
}
