// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {JsonText} from "./JsonText.sol";
import {EnergyDirection} from "./OcmfTypes.sol";

/// @title What an OBIS code says of the register that it names
/// @dev A code is text at the left of a word, at most 30 characters, with zeros behind it.
library ObisCode {
    /// @dev Of a code that names no register of energy over all tariffs.
    uint256 internal constant NO_DIRECTION = type(uint256).max;
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

    uint256 private constant POINT = 0x2e;
    uint256 private constant ASTERISK = 0x2a;

    /// @dev Direction of an OBIS code A-B:C.D.E with A = 1, D = 8 (energy), E = 0 (all tariffs) and
    /// C = 1 or B0 … B3 for import, 2 or C0 … C3 for export. F, behind a point or an asterisk, has
    /// one to three characters or is missing. Registers of one tariff (E ≠ 0) count a part, and are
    /// of no direction here.
    ///
    ///     1-b:1.8.0, 01-00:B2.08.00*255  ⇒  import    1-0:2.8.0  ⇒  export    1-0:1.8.1  ⇒  none
    function directionOf(uint256 code) internal pure returns (uint256 direction) {
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
}
