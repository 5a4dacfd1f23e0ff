// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Words} from "./Words.sol";

/// @title Finding one's way in JSON that somebody else has checked
/// @dev The text is in the data of the call, and well-formed: a meter has signed it. What is not to
/// be trusted is where in it the caller points to. So nothing here validates JSON; it finds out
/// whether a place is a key of the outermost object, and where a value ends.
///
/// `p` is a position in the data of the call, `start` that of the text's first byte, an offset the
/// difference of the two. `w` is the word at `p`, `c` its first character.
///
/// Limits: a string that escapes anything is refused where it has to be understood, and no text is
/// longer than the call, so that every loop ends. Elsewhere escapes are stepped over, unless they
/// spell what a key or a value could be spelled with.
///
/// Everything wraps (`unchecked`): masks are no quantities, and an offset that wraps finds no key.
library JsonText {
    uint256 internal constant QUOTE = 0x22;
    uint256 internal constant COMMA = 0x2c;
    uint256 internal constant COLON = 0x3a;
    /// @dev With bit 5 set, the brackets 5b and 5d are these braces.
    uint256 internal constant BRACE = 0x7b;
    uint256 internal constant BRACE_CLOSED = 0x7d;
    uint256 internal constant QUOTES = QUOTE * Words.ONES;

    uint256 private constant BACKSLASHES = 0x5c * Words.ONES;
    /// @dev `\u000`; up to `\u007` such an escape spells a character of ASCII, which may be a letter
    /// of a key, a figure or a quote.
    uint256 private constant ESCAPED_ASCII = 0x5c75303030;
    /// @dev Space, tab, line feed, carriage return, as bits.
    uint256 private constant BLANKS = (1 << 0x20) | (1 << 0x09) | (1 << 0x0a) | (1 << 0x0d);

    /// @dev Revert if the text at `offset` is not JSON as meters write it.
    error OcmfMalformed(uint256 offset);
    /// @dev Revert if an escape that would have to be resolved or a bar stands in what is read, at
    /// `offset` or up to 31 bytes behind it.
    error OcmfEscaped(uint256 offset);
    /// @dev Revert if another text than `key` stands at `offset`.
    error OcmfKeyExpected(bytes4 key, uint256 offset);
    /// @dev Revert if `key` stands at another depth than 1, or inside a string.
    error OcmfKeyNotAtTop(bytes4 key, uint256 offset, uint256 depth, bool inString);

    /* THE OUTERMOST OBJECT */

    /// @dev Whether the text opens a brace, and up to offset `to` no other stands, nor a backslash,
    /// nor a bar. Then every key up to there is one of the outermost object, and what looks like a
    /// key is one: inside a string, its quotes would be escaped.
    function isFlat(uint256 start, uint256 to) internal pure returns (bool) {
        unchecked {
            if (Words.load(start) >> 248 != BRACE) return false;
            uint256 p = start + 1;
            to += start;
            do {
                uint256 w = _loadUpTo(p, to);
                uint256 marks = _bracesIn(w);
                // Brackets had bit 5 cleared and bit 0 set.
                if (marks != 0 && marks & ((w << 2) | ~(w << 7)) != 0) return false;
                p += 32;
            } while (p < to);
            return true;
        }
    }

    /// @dev Counts braces and quotes from the first byte to `key`, which must be a key of the
    /// outermost object. The slow way, for a text that is not flat. It goes a word at a time, or up
    /// to the next backslash, which takes the character behind it along.
    ///
    ///     {"a":"}","b":{"c":1},"RD"  ⇒  +1, nothing in a string, +1, −1  ⇒  depth 1
    ///     {"a":[{"RD"                ⇒  +1, +1, +1                       ⇒  depth 3: refused
    ///     {"a":"\"RD"                ⇒  +1, in a string                  ⇒  refused
    function checkTop(uint256 start, uint256 offset, bytes4 key) internal pure {
        unchecked {
            uint256 p = start;
            uint256 to = start + offset;
            uint256 depth = 0;
            uint256 inString = 0;
            do {
                uint256 w = _loadUpTo(p, to);
                uint256 rest = Words.bitsFrom(Words.equalBytes(w, BACKSLASHES));
                p += 32 - (rest >> 3);
                if (rest != 0) {
                    if ((Words.load(p) >> 216) - ESCAPED_ASCII < 8) revertEscaped(p, start);
                    w = (w >> rest) << rest;
                    p += 2;
                }
                uint256 quotes = Words.equalBytes(w, QUOTES);
                uint256 braces = _bracesIn(w);
                // Bit 0 is 1 in braces and brackets, 0 in a bar.
                if (braces & ~(w << 7) != 0) revertEscaped(p, start);
                // The parity of the quotes up to each byte says whether it is inside a string.
                quotes ^= quotes >> 8;
                quotes ^= quotes >> 16;
                quotes ^= quotes >> 32;
                quotes ^= quotes >> 64;
                quotes ^= quotes >> 128;
                braces &= ~(quotes ^ inString);
                // Bit 1 is 1 in those that open: each of them counts 2 − 1, the others −1.
                depth += 2 * Words.countOf(braces & (w << 6)) - Words.countOf(braces);
                if (quotes & 0x80 != 0) inString = ~inString;
                if (rest != 0 && inString == 0) revertMalformed(p, start);
            } while (p < to);
            if (depth != 1 || inString != 0) {
                revert OcmfKeyNotAtTop(key, offset, depth, inString != 0);
            }
        }
    }

    /// @dev Offset of the value of the key that stands at `offset`.
    /// @param key with its quotes
    function valueOf(uint256 start, uint256 offset, bytes4 key) internal pure returns (uint256) {
        unchecked {
            uint256 p = start + offset;
            uint256 w = Words.load(p);
            if (bytes4(bytes32(w)) != key) revert OcmfKeyExpected(key, offset);
            bool compact = (w >> 216) & 0xff == COLON && (w >> 208) & 0xff > 0x20;
            return compact ? offset + 5 : _afterColon(p + 4, start) - start;
        }
    }

    /* FIELDS AND VALUES */

    /// @param p at the brace or comma before a key
    /// @return letters the key, if it is two capital letters, else 0
    /// @return value where the value begins
    function fieldAt(
        uint256 p,
        uint256 start
    ) internal pure returns (uint256 letters, uint256 value) {
        unchecked {
            p = skipBlanks(p + 1);
            uint256 w = Words.load(p);
            if (w >> 248 != QUOTE) revertMalformed(p, start);
            bool two =
                Words.byteAt(w, 1) - 0x41 < 26 &&
                    Words.byteAt(w, 2) - 0x41 < 26 &&
                    Words.byteAt(w, 3) == QUOTE;
            if (!two) return (0, _afterColon(skipString(p, start), start));

            // A blank, a colon, a blank, and no other.
            bool spaced = (w >> 200) & 0xffffff == 0x203a20 && Words.byteAt(w, 7) > 0x20;
            return ((w >> 232) & 0xffff, spaced ? p + 7 : _afterColon(p + 4, start));
        }
    }

    /// @return the first position from `p` on at which no blank stands
    function skipBlanks(uint256 p) internal pure returns (uint256) {
        unchecked {
            while ((BLANKS >> (Words.load(p) >> 248)) & 1 == 1) ++p;
            return p;
        }
    }

    /// @param p at the opening quote
    /// @return end behind the closing quote
    function skipString(uint256 p, uint256 start) internal pure returns (uint256 end) {
        unchecked {
            ++p;
            while (p < msg.data.length) {
                uint256 w = Words.load(p);
                uint256 quotes = Words.equalBytes(w, QUOTES);
                // Whichever comes first is the greater.
                if (Words.equalBytes(w, BACKSLASHES) > quotes) revertEscaped(p, start);
                if (quotes != 0) return p + 33 - (Words.bitsFrom(quotes) >> 3);
                p += 32;
            }
            revertMalformed(p, start);
        }
    }

    /// @dev Whatever the value is: string, object, array, number or word.
    /// @return behind the value
    function skipValue(uint256 p, uint256 start) internal pure returns (uint256) {
        unchecked {
            uint256 c = Words.load(p) >> 248;
            if (c == QUOTE) return skipString(p, start);
            if (c | Words.BIT_5 == BRACE) return _skipNested(p, start);
            while (!endsValue(c)) c = Words.load(++p) >> 248;
            return p;
        }
    }

    /// @dev A number or a word ends at whatever cannot be part of it: comma, brace, bracket, blank,
    /// or nothing.
    function endsValue(uint256 c) internal pure returns (bool) {
        return c <= 0x20 || c == COMMA || c | Words.BIT_5 == BRACE_CLOSED;
    }

    /* REFUSALS */

    /// @dev Stands once instead of a dozen times: in the code of a contract, a function that only
    /// reverts takes the place of many copies, and whoever does not revert pays nothing for it.
    function revertMalformed(uint256 p, uint256 start) internal pure {
        unchecked {
            revert OcmfMalformed(p - start);
        }
    }

    function revertEscaped(uint256 p, uint256 start) internal pure {
        unchecked {
            revert OcmfEscaped(p - start);
        }
    }

    /* INTERNAL */

    /// @dev The word at `p`, with zeros from `to` on.
    function _loadUpTo(uint256 p, uint256 to) private pure returns (uint256) {
        unchecked {
            return Words.load(p) & ~(type(uint256).max >> (8 * (to - p)));
        }
    }

    /// @dev Mask of braces, brackets, backslashes and bars: with bit 5 set, these are 7b, 7c and
    /// 7d. Adding 5 brings them and what is above to 80 or more, adding 2 only what is above (7e
    /// and 7f).
    function _bracesIn(uint256 w) private pure returns (uint256) {
        unchecked {
            uint256 x = (w | Words.SMALL_LETTERS) & Words.LOW_BITS;
            return (x + 0x05 * Words.ONES) & ~((x + 0x02 * Words.ONES) | w) & Words.TOP_BITS;
        }
    }

    function _afterColon(uint256 p, uint256 start) private pure returns (uint256) {
        unchecked {
            p = skipBlanks(p);
            if (Words.load(p) >> 248 != COLON) revertMalformed(p, start);
            return skipBlanks(p + 1);
        }
    }

    /// @param p at the opening brace or bracket
    function _skipNested(uint256 p, uint256 start) private pure returns (uint256) {
        unchecked {
            uint256 depth = 0;
            do {
                uint256 c = Words.load(p) >> 248;
                if (c == QUOTE) {
                    p = skipString(p, start);
                    continue;
                }
                if (c | Words.BIT_5 == BRACE) ++depth;
                else if (c | Words.BIT_5 == BRACE_CLOSED) --depth;
                ++p;
            } while (depth != 0 && p < msg.data.length);
            return p;
        }
    }
}
