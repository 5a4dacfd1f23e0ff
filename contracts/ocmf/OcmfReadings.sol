// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {JsonText} from "./JsonText.sol";
import {ObisCode} from "./ObisCode.sol";
import {OcmfTime} from "./OcmfTime.sol";
import {EnergyDirection} from "./OcmfTypes.sol";
import {Words} from "./Words.sol";

/// @title The readings of an OCMF record, walked where they stand
/// @dev The readings are walked from the first bracket to the last, so that nobody chooses among
/// them. {Ocmf} shows a payload, and finds where its readings begin.
///
/// `p` is a position in the data of the call, an offset the same counted from the payload's first
/// byte, `w` the 32 bytes at `p`.
///
/// Everything wraps (`unchecked`): masks are no quantities, and a register is below 10^12 kWh, so
/// that its 1/1000 Wh fit 64 bits.
library OcmfReadings {
    /// @dev What the readings of one direction say, and what is known while they are walked.
    struct Readings {
        /// @dev OBIS code of what is taken, as written; 0 if the direction has no register.
        bytes32 code;
        /// @dev Text of the time, 0 if there is no such reading; without the state of the clock if
        /// the meter flags the time.
        uint256 beginTime;
        uint256 endTime;
        /// @dev In 1/1,000,000 Wh, below 10^21.
        uint256 beginMicroWh;
        uint256 endMicroWh;
        /// @dev From here on, the walk: a field that a reading omits is as in the one before (OCMF,
        /// table 7).
        uint256 mark;
        uint256 time;
        uint256 unit;
        uint256 register;
        uint256 registerLength;
        uint256 kind;
        bool hasState;
        /// @dev What a flagged time loses: the state of the clock, or nothing.
        uint256 flaggedState;
        /// @dev Of one reading alone: no value is as before. In billionths of the unit.
        uint256 value;
        /// @dev Kind of what is taken, and the marks that its next reading may have.
        uint256 takenKind;
        uint256 marks;
        /// @dev Where the payload begins, so that errors can say where in it they are.
        uint256 start;
    }

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
    /// @dev Revert if a register is no number, not below 10^12 of its unit, or finer than
    /// 1/1,000,000 Wh.
    error OcmfBadNumber(uint256 offset);
    /// @dev Revert if the record holds two registers of the wanted direction that both are
    /// compensated, or both are not: neither is the one to bill.
    error OcmfSeveralRegisters(bytes32 code, bytes32 other, uint256 offset);

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
    /// @dev `""` `"t"`
    uint256 private constant NO_FLAG = 0x2222;
    uint256 private constant TIME_FLAG = 0x227422;
    /// @dev Of a time, the character that says the state of the clock.
    uint256 private constant CLOCK_STATE = 0xff00;

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

    uint256 private constant ALL_MARKS = BEGIN_MARK | WITHIN_MARKS | END_MARKS;

    uint256 private constant NO_VALUE = type(uint256).max;

    uint256 private constant OPEN_BRACKET = 0x5b;
    uint256 private constant CLOSED_BRACKET = 0x5d;
    uint256 private constant FIRST_AND_LAST = (0x80 << 248) | 0x80;

    /// @dev Walks the whole array: every state, flag and mark is checked, and of the register of a
    /// direction the begin and the end are taken, if they are there: of the one without the losses
    /// of the cable, where a record has both. The walk only goes
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
            found.kind = ObisCode.NO_KIND;
            found.marks = ALL_MARKS;
            uint256 p = start + offset;
            if (Words.load(p) >> 248 != OPEN_BRACKET) JsonText.revertMalformed(p, start);
            uint256 c;
            do {
                p = JsonText.skipBlanks(p + 1);
                if (Words.load(p) >> 248 != JsonText.BRACE) JsonText.revertMalformed(p, start);
                p = _walk(p, found);
                bool isWanted =
                    found.kind | ObisCode.COMPENSATED == uint256(wanted) | ObisCode.COMPENSATED;
                if (isWanted && found.value != NO_VALUE) _take(found, p - start);
                p = JsonText.skipBlanks(p);
                c = Words.load(p) >> 248;
            } while (c == JsonText.COMMA);
            // The walk only went on: if its end is inside the payload, everything was.
            if (c != CLOSED_BRACKET || p - start >= payload.length)
                JsonText.revertMalformed(p, start);
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
            found.value = NO_VALUE;
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
            if (Words.equalBytes(w, JsonText.QUOTES) != FIRST_AND_LAST || !known)
                OcmfTime.revertBadTime(w);
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
            // It would take the quote along, and the string go on.
            if (mark == 0x5c) JsonText.revertEscaped(p, found.start);

            found.mark = mark;
            return p + 3;
        }
    }

    /// @dev Error flags: none, or t alone, which says of the time that it is not to be trusted. And
    /// the state if it stands next.
    function _walkFlags(
        uint256 p,
        uint256 w,
        Readings memory found
    ) private pure returns (uint256) {
        unchecked {
            found.flaggedState = 0;
            if (w >> 240 != NO_FLAG) {
                if (w >> 232 != TIME_FLAG) {
                    revert OcmfErrorFlag(bytes1(uint8(w >> 240)), p - found.start);
                }
                found.flaggedState = CLOCK_STATE;
                w <<= 8;
                ++p;
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
                found.kind = ObisCode.kindOf(found.register);
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

    /// @dev The value of a reading, as a number or a string, which may begin with blanks: `57.584`,
    /// `"57.584"`, `" 5.7584E1"`. What is no number may stand in a register that nobody bills.
    function _walkNumber(
        uint256 p,
        uint256 w,
        Readings memory found
    ) private pure returns (uint256) {
        unchecked {
            uint256 first = p;
            uint256 closing = JsonText.COMMA;
            if (w >> 248 == JsonText.QUOTE) {
                closing = JsonText.QUOTE;
                do w = Words.load(++first); while (w >> 248 == 0x20);
            }
            (uint256 value, uint256 last, uint256 length) = Words.numberOf(w);
            if (last == closing) {
                found.value = value * 1000;
                return first + length + (closing == JsonText.QUOTE ? 1 : 0);
            }

            // Not as most meters write it, or what ends the reading.
            (value, length) = Words.exactNumber(first);
            last = Words.load(first + length) >> 248;
            bool whole = closing == JsonText.QUOTE ? last == closing : JsonText.endsValue(last);
            found.value = whole ? value : Words.NO_NUMBER;
            return JsonText.skipValue(p, found.start);
        }
    }

    /* THE REGISTERS */

    /// @dev Takes a reading of the wanted direction into the transaction. A register without the
    /// losses of the cable displaces one with them, and never the other way round, so that the order
    /// in which they are listed says nothing. `found.marks` holds the
    /// marks that may come next: a begin excludes a second one, an end excludes everything. Either
    /// may be missing, because it may be in another record.
    /// @param offset behind the reading, for the errors
    function _take(Readings memory found, uint256 offset) private pure {
        unchecked {
            bytes32 code = bytes32(found.register);
            if (found.code != code) {
                if (found.code != 0) {
                    if (found.takenKind == found.kind) {
                        revert OcmfSeveralRegisters(found.code, code, offset);
                    }
                    // Of one direction, so that the greater one is compensated.
                    if (found.takenKind > found.kind) return;
                    found.marks = ALL_MARKS;
                    found.beginTime = 0;
                    found.endTime = 0;
                }
                found.code = code;
                found.takenKind = found.kind;
            }

            uint256 mark = 1 << found.mark;
            if (mark & found.marks == 0) {
                revert OcmfMisplacedMark(bytes1(uint8(found.mark)), offset);
            }
            if (mark == BEGIN_MARK) {
                found.marks = WITHIN_MARKS | END_MARKS;
                found.beginMicroWh = _microWh(found, offset);
                found.beginTime = found.time & ~found.flaggedState;
            } else if (mark & END_MARKS != 0) {
                found.marks = 0;
                found.endMicroWh = _microWh(found, offset);
                found.endTime = found.time & ~found.flaggedState;
            }
        }
    }

    /// @dev The register in 1/1,000,000 Wh, exactly: a billionth of a kWh is that much.
    ///
    ///     57.584 kWh  ⇒  57_584_000_000      57584.5 Wh  ⇒  57_584_500_000
    ///     0.0000005 Wh  ⇒  refused
    function _microWh(Readings memory found, uint256 offset) private pure returns (uint256) {
        unchecked {
            uint256 value = found.value;
            uint256 unit = found.unit;
            if (!found.hasState) revert OcmfMeterState(0, offset);
            if (found.time == 0) OcmfTime.revertBadTime(0);
            if (unit == 0) revert OcmfWrongUnit(offset);
            if (value == Words.NO_NUMBER) revert OcmfBadNumber(offset);
            if (unit == KWH) return value;
            if (value % 1000 != 0) revert OcmfBadNumber(offset);
            return value / 1000;
        }
    }
}
