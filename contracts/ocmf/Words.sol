// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title Text, a word at a time
/// @dev A word is 32 bytes of text as one number, its first character at the left. One instruction
/// then does for 32 characters what a loop does for one. What is found comes as a mask: a word in
/// which bit 7 of a byte says that the character at this place is of the kind looked for, and all
/// other bits are 0.
///
/// Examples show words of 4 bytes; those of 32 behave in the same way.
///
/// Everything wraps (`unchecked`): words and masks are no quantities.
library Words {
    /// @dev Times this, a byte stands at all 32 places.
    uint256 internal constant ONES =
        0x0101010101010101010101010101010101010101010101010101010101010101;
    uint256 internal constant LOW_BITS = 0x7f * ONES;
    uint256 internal constant TOP_BITS = 0x80 * ONES;
    /// @dev Set, it makes capital letters small; digits, quotes and blanks have it already.
    uint256 internal constant BIT_5 = 0x20;
    uint256 internal constant SMALL_LETTERS = BIT_5 * ONES;

    /// @dev Instead of the number, if the text is none.
    uint256 internal constant NO_NUMBER = type(uint256).max - 1;

    uint256 private constant POINT = 0x2e;
    /// @dev The character 0, everywhere.
    uint256 private constant ZEROS = 0x30 * ONES;
    /// @dev What a byte needs on top of its value to reach 0x80, if it is no digit.
    uint256 private constant BEYOND_NINE = (0x80 - 10) * ONES;
    /// @dev 12 digits and 6 decimals, as text.
    uint256 private constant MAX_INTEGER_BITS = 8 * 12;
    uint256 private constant MAX_DECIMAL_BITS = 8 * 6;
    /// @dev Of a number that is read figure by figure: what fits a word by far, and the least that
    /// no register reaches.
    uint256 private constant MAX_CHARACTERS = 31;
    uint256 private constant MAX_BILLIONTHS = 10 ** 21;
    uint256 private constant PLUS = 0x2b;
    uint256 private constant MINUS = 0x2d;
    uint256 private constant SMALL_E = 0x65;

    /// @dev Every second byte, pair of bytes, …, the last included.
    uint256 private constant BYTES =
        0x00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff;
    uint256 private constant PAIRS =
        0x0000ffff0000ffff0000ffff0000ffff0000ffff0000ffff0000ffff0000ffff;
    uint256 private constant FOURS =
        0x00000000ffffffff00000000ffffffff00000000ffffffff00000000ffffffff;
    uint256 private constant EIGHTS =
        0x0000000000000000ffffffffffffffff0000000000000000ffffffffffffffff;

    /// @dev The lower half of every lane of `base32`.
    uint256 private constant LANES_OF_80 = type(uint80).max;
    uint256 private constant LANES_OF_40 =
        0x0000000000000000000000ffffffffff0000000000000000000000ffffffffff;
    uint256 private constant LANES_OF_20 =
        0x00000000000fffff00000000000fffff00000000000fffff00000000000fffff;
    uint256 private constant LANES_OF_10 =
        0x000003ff000003ff000003ff000003ff000003ff000003ff000003ff000003ff;
    uint256 private constant LANES_OF_5 =
        0x001f001f001f001f001f001f001f001f001f001f001f001f001f001f001f001f;

    /* READING THE CALL */

    /// @dev The word at position `p` in the data of the call; behind its end stand zeros.
    ///
    /// A slice checks its bounds at 200 gas a read, and a record takes a hundred reads. Here
    /// nothing is checked: whoever walks checks once, at the end, that the end is inside the text.
    /// Until then, what stands behind the text can only make the walk fail.
    function load(uint256 p) internal pure returns (uint256 w) {
        // solhint-disable-next-line no-inline-assembly
        assembly ("memory-safe") {
            w := calldataload(p)
        }
    }

    /// @dev The position of the first byte of a text in the data of the call.
    function startOf(bytes calldata text) internal pure returns (uint256 p) {
        // solhint-disable-next-line no-inline-assembly
        assembly ("memory-safe") {
            p := text.offset
        }
    }

    /// @dev Character k of a word, counted from the left, from 0. With a constant k, the shift is
    /// one.
    function byteAt(uint256 w, uint256 k) internal pure returns (uint256) {
        unchecked {
            return (w >> (248 - 8 * k)) & 0xff;
        }
    }

    /* MASKS */

    /// @dev Mask of the bytes that are equal in two words.
    ///
    /// Where two bytes are equal, b = 0 in x = w ⊕ other. A byte b has bit 7 in (b & 7f) + 7f
    /// unless its lower seven bits are 0, and in b itself if its own bit 7 is set: neither is true
    /// of b = 0 alone. No sum exceeds fe, so no byte carries into the next.
    ///
    ///     w = 2c225047 (`,"PG`), other = 22222222  ⇒  x = 0e007265  ⇒  mask 00800000
    function equalBytes(uint256 w, uint256 other) internal pure returns (uint256) {
        unchecked {
            uint256 x = w ^ other;
            return ~(((x & LOW_BITS) + LOW_BITS) | x | LOW_BITS);
        }
    }

    /// @dev How many bytes a mask marks: multiplied by `ONES`, all bytes add up in the first one,
    /// which has room for 32.
    ///
    ///     00800080  ⇒  00010001 · 01010101 = …02020101  ⇒  02
    function countOf(uint256 mask) internal pure returns (uint256) {
        unchecked {
            return ((mask >> 7) * ONES) >> 248;
        }
    }

    /// @dev How many bits of a word there are from the first marked byte to the end; 0 without a
    /// mark. Every mark is copied to all bytes behind it, and the copies are counted.
    ///
    ///     00800080  ⇒  00808080  ⇒  3 bytes  ⇒  24
    function bitsFrom(uint256 mask) internal pure returns (uint256) {
        unchecked {
            mask |= mask >> 8;
            mask |= mask >> 16;
            mask |= mask >> 32;
            mask |= mask >> 64;
            mask |= mask >> 128;
            // `countOf`, spelled out: a function that calls another is not inlined, at 27 gas a
            // call.
            return (((mask >> 7) * ONES) >> 248) << 3;
        }
    }

    /* NUMBERS */

    /// @dev A plain number at the begin of a word: 1 to 12 digits, then nothing or a point and 1 to
    /// 6 decimals.
    ///
    ///     `57.584,"RI"…`  ⇒  57_584_000, `,`, 6
    ///
    /// Lengths within the function are in bits. Differences wrap, so that one comparison refuses
    /// both a length of 0 and one that is too long.
    /// @return millionths exact, below 10^18; or `NO_NUMBER`
    /// @return last the character behind the number; 0 if it is none
    /// @return length how many characters the number takes, at most 19; 0 if it is none
    function numberOf(
        uint256 w
    ) internal pure returns (uint256 millionths, uint256 last, uint256 length) {
        unchecked {
            // Digits become their values, and what is missing behind them becomes 0.
            uint256 values = w ^ ZEROS;
            uint256 others = (((values & LOW_BITS) + BEYOND_NINE) | values) & TOP_BITS;
            uint256 rest = bitsFrom(others);
            if (rest - (256 - MAX_INTEGER_BITS) > MAX_INTEGER_BITS - 8) return (NO_NUMBER, 0, 0);
            millionths = values >> rest;
            last = (w << (256 - rest)) >> 248;
            uint256 missing = MAX_DECIMAL_BITS;
            if (last == POINT) {
                uint256 decimals = rest - 8;
                rest = bitsFrom(others & ((1 << decimals) - 1));
                decimals -= rest;
                if (decimals - 8 > MAX_DECIMAL_BITS - 8) return (NO_NUMBER, 0, 0);
                millionths <<= decimals;
                millionths |= (values >> rest) & ((1 << decimals) - 1);
                missing -= decimals;
                last = (w << (256 - rest)) >> 248;
            }
            return (decimalOf(millionths << missing), last, 32 - (rest >> 3));
        }
    }

    /// @dev A number at a position, figure by figure: what `numberOf` is too quick for. At most 31
    /// characters, then nothing or an exponent of one or two figures. Exact, or none.
    ///
    ///     `57.584`  ⇒  57_584_000_000        `5.7584E+1`  ⇒  the same        `1e-10`  ⇒  none
    /// @return billionths exact, below 10^21; or `NO_NUMBER`
    /// @return length how many characters the number takes; 0 if it is none
    function exactNumber(uint256 p) internal pure returns (uint256 billionths, uint256 length) {
        unchecked {
            int256 places = 9;
            uint256 from = p;
            uint256 end;
            (billionths, end) = _figures(p, 0);
            if (end == p) return (NO_NUMBER, 0);
            if (load(end) >> 248 == POINT) {
                from = end + 1;
                (billionths, end) = _figures(from, billionths);
                places -= int256(end - from);
            }
            if (end == from || end - p > MAX_CHARACTERS) return (NO_NUMBER, 0);

            if ((load(end) >> 248) | BIT_5 == SMALL_E) {
                uint256 sign = load(end + 1) >> 248;
                from = end + (sign == PLUS || sign == MINUS ? 2 : 1);
                uint256 exponent;
                (exponent, end) = _figures(from, 0);
                if (end - from - 1 > 1) return (NO_NUMBER, 0);
                places += sign == MINUS ? -int256(exponent) : int256(exponent);
            }
            for (; places > 0 && billionths < MAX_BILLIONTHS; --places) billionths *= 10;
            for (; places < 0; ++places) {
                if (billionths % 10 != 0) return (NO_NUMBER, 0);
                billionths /= 10;
            }
            return billionths < MAX_BILLIONTHS ? (billionths, end - p) : (NO_NUMBER, 0);
        }
    }

    /// @dev The number whose decimal digits are the bytes of a word, in five steps instead of 32:
    /// the left one of two neighbours counts 10, 100, 10^4, 10^8, 10^16 times as much as the right
    /// one.
    ///
    ///     01 02 03 04  ⇒  12, 34  ⇒  12 · 100 + 34 = 1234
    function decimalOf(uint256 x) internal pure returns (uint256) {
        unchecked {
            x = (x & BYTES) + ((x >> 8) & BYTES) * 10;
            x = (x & PAIRS) + ((x >> 16) & PAIRS) * 100;
            x = (x & FOURS) + ((x >> 32) & FOURS) * 10_000;
            x = (x & EIGHTS) + ((x >> 64) & EIGHTS) * 100_000_000;
            return uint128(x) + (x >> 128) * 10_000_000_000_000_000;
        }
    }

    /// @dev Figures at a position, as many as there are, behind those that are known already.
    function _figures(uint256 p, uint256 before) private pure returns (uint256 value, uint256 end) {
        unchecked {
            value = before;
            uint256 figure;
            while ((figure = (load(p) >> 248) ^ 0x30) < 10) {
                value = value * 10 + figure;
                ++p;
            }
            return (value, p);
        }
    }

    /* BASE32 */

    /// @dev The lower 160 bits of `x` as 32 characters of base32 (RFC 4648, small letters). Lanes
    /// are halved until each of the 32 bytes holds five bits: 160 = 2 · 80 = 4 · 40 = … = 32 · 5.
    ///
    ///     0 ⇒ `aaaa…`, 1 ⇒ `…aaab`, 31 ⇒ `…aaa7`
    /// @param x below 2^160
    function base32(uint256 x) internal pure returns (bytes32) {
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

    /// @dev The upper half of every lane gets a lane of its own. A new lane is `width` bits wide
    /// and uses five eighths of them, so the upper half has three eighths of `width` to go.
    function _halve(uint256 x, uint256 lower, uint256 width) private pure returns (uint256) {
        unchecked {
            uint256 low = x & lower;
            return low | ((x ^ low) << ((width * 3) / 8));
        }
    }
}
