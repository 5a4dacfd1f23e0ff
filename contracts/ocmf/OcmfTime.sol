// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Words} from "./Words.sol";

/// @title The times of OCMF readings
/// @dev A time is the string with its quotes, exactly 32 bytes, as one word:
/// `"2031-05-17T12:00:00,000+0000 S"`. Its last letter is the state of the clock: U unknown, I
/// informative, S synchronised, R relative.
///
/// Everything wraps (`unchecked`): a month or a day of 0 becomes one that is too large, and nothing
/// else can be below 0, since no zone leads before 1970.
library OcmfTime {
    /// @dev Revert if a time is not `"YYYY-MM-DDThh:mm:ss,fff±hhmm S"`, with S one of U, I, S and
    /// R.
    error OcmfBadTime(bytes32 time);

    /// @dev `"0000-00-00T00:00:00,000+0000 S"`, and which of its bytes are digits.
    uint256 private constant TIME_AT_ZERO =
        0x22303030302d30302d30305430303a30303a30302c3030302b30303030205322;
    uint256 private constant TIME_DIGITS =
        0x00ffffffff00ffff00ffff00ffff00ffff00ffff00ffffff00ffffffff000000;

    /// @dev Whether a time was taken from a synchronised clock.
    function isSynchronised(uint256 time) internal pure returns (bool) {
        return (time >> 8) & 0xff == 0x53;
    }

    /// @dev Milliseconds since 1970, UTC, of a synchronised time.
    ///
    ///     "2031-05-17T12:00:00,500+0200 S"  ⇒  22,416 days, 10 h, 500 ms  ⇒  1_936_778_400_500
    ///
    /// A leap second, :60, is accepted and counts as the first of the next minute.
    function milliseconds(uint256 time) internal pure returns (uint256) {
        unchecked {
            // Digits become their values, what stands between them 0, and a minus 6.
            uint256 x = time ^ TIME_AT_ZERO;
            uint256 sign = (x >> 56) & 0xff;
            uint256 digits = x & TIME_DIGITS;
            bool plain = (x ^ digits) == sign << 56 && (sign == 0 || sign == 6);
            if (!plain || (digits | (digits + 0x06 * Words.ONES)) & (0xf0 * Words.ONES) != 0) {
                revertBadTime(time);
            }

            // Each byte takes ten times the byte before it: two digits are one number.
            x = digits + (digits >> 8) * 10;
            if (Words.byteAt(x, 19) > 60) revertBadTime(time);
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

    function revertBadTime(uint256 time) internal pure {
        revert OcmfBadTime(bytes32(time));
    }

    /// @dev Hours and minutes, of a time or of a zone, in minutes.
    function _hoursAndMinutes(
        uint256 time,
        uint256 hour,
        uint256 minute
    ) private pure returns (uint256) {
        unchecked {
            if (hour > 23 || minute > 59) revertBadTime(time);
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
            if (year < 1971 || month - 1 > 11 || day - 1 > 30) revertBadTime(time);

            // So that the leap day is the last of its year.
            if (month < 3) {
                month += 12;
                --year;
            }
            uint256 dayOfYear = (153 * (month - 3) + 2) / 5 + day - 1;
            return year * 365 + year / 4 - year / 100 + year / 400 + dayOfYear - 719_468;
        }
    }
}
