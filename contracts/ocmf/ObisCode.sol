// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {JsonText} from "./JsonText.sol";
import {EnergyDirection} from "./OcmfTypes.sol";
import {Words} from "./Words.sol";

/// @title What an OBIS code says of the register that it names
/// @dev A code is text at the left of a word, at most 30 characters, with zeros behind it.
///
/// Everything wraps (`unchecked`): text is no quantity.
library ObisCode {
    /// @dev Set in the kind of a register out of which the losses of the cable are taken; what is
    /// left of it is the direction.
    uint256 internal constant COMPENSATED = 2;
    /// @dev Of a code that names no register of energy over all tariffs.
    uint256 internal constant NO_KIND = type(uint256).max;
    uint256 private constant IMPORT = uint256(EnergyDirection.Import);
    uint256 private constant EXPORT = uint256(EnergyDirection.Export);

    /// @dev Parts of a code, in two characters.
    uint256 private constant ZERO_FIRST = 0x3000;
    uint256 private constant PART_00 = 0x3030;
    uint256 private constant PART_01 = 0x3031;
    uint256 private constant PART_02 = 0x3032;
    uint256 private constant PART_08 = 0x3038;
    uint256 private constant PART_0E = 0x3045;
    uint256 private constant PART_98 = 0x3938;
    uint256 private constant PART_B0 = 0x4230;
    uint256 private constant PART_C0 = 0x4330;
    /// @dev Makes the second character of B0 … B3 and C0 … C3 a 0: these digits differ in their
    /// last two bits.
    uint256 private constant ANY_OF_FOUR = 0xfffc;
    /// @dev Make the first letter, or the second, a capital one.
    uint256 private constant CAPITAL_FIRST = 0xdfff;
    uint256 private constant CAPITAL_SECOND = 0xffdf;

    /// @dev `1-.:1.8.0` and nothing behind it, as most meters write it, and all of it but B.
    uint256 private constant USUAL = uint256(bytes32("1-\x00:1.8.0"));
    uint256 private constant ALL_BUT_B = ~(uint256(0xff) << 232);

    uint256 private constant AMPERSAND = 0x26;
    uint256 private constant ASTERISK = 0x2a;
    uint256 private constant HYPHEN = 0x2d;
    uint256 private constant POINT = 0x2e;

    /// @dev Kind of an OBIS code A-B:C.D.E with A = 1, D = 8 (energy), E = 0 or the letter e (all
    /// tariffs) and C = 1, 98 or B0 … B3 for import, 2 or C0 … C3 for export; of these 98, B1, B3,
    /// C1 and C3 are compensated. A and B are there or both missing. F, behind a point, an asterisk
    /// or an ampersand, has one to three characters or is missing. A part of one figure may have a
    /// 0 in front. Registers of one tariff count a part, and are of no kind here.
    ///
    ///     1-b:1.8.0, 01-00:B2.08.00*255  ⇒  import           1-0:2.8.0  ⇒  export
    ///     1-0:98.8.0, 01-00:B3.08.00.FF  ⇒  import, compensated    1-0:1.8.1  ⇒  none
    function kindOf(uint256 code) internal pure returns (uint256 kind) {
        unchecked {
            if (code & ALL_BUT_B == USUAL) return IMPORT;

            uint256 part;
            uint256 last;
            (part, last, code) = _part(code);
            if (last == HYPHEN) {
                if (part != PART_01) return NO_KIND;
                (part, last, code) = _part(code);
                if (last != JsonText.COLON) return NO_KIND;
                (part, last, code) = _part(code);
            }
            kind = _energyOf(part);
            if (last != POINT) return NO_KIND;
            (part, last, code) = _part(code);
            if (part != PART_08 || last != POINT) return NO_KIND;
            (part, last, code) = _part(code);
            if (part != PART_00 && part & CAPITAL_SECOND != PART_0E) return NO_KIND;
            if (last == 0) return kind;
            bool separated = last == POINT || last == ASTERISK || last == AMPERSAND;
            if (!separated || code == 0 || code << 24 != 0) return NO_KIND;
        }
    }

    /// @dev The next part, one or two characters up to what is neither figure nor letter.
    ///
    ///     `1.8.0`  ⇒  `01`, `.`, `8.0`        `98.8.0`  ⇒  `98`, `.`, `8.0`
    /// @return part in two characters
    /// @return last the character behind it, 0 at the end of the code
    /// @return rest what stands behind that
    function _part(uint256 code) private pure returns (uint256 part, uint256 last, uint256 rest) {
        unchecked {
            part = code >> 240;
            uint256 second = part & 0xff;
            if (second < 0x30 || second == JsonText.COLON) {
                return (ZERO_FIRST | (part >> 8), second, code << 16);
            }
            return (part, Words.byteAt(code, 2), code << 24);
        }
    }

    /// @dev Kind by C alone.
    function _energyOf(uint256 part) private pure returns (uint256) {
        unchecked {
            if (part == PART_01) return IMPORT;
            if (part == PART_02) return EXPORT;
            if (part == PART_98) return IMPORT | COMPENSATED;

            // An odd figure is behind the losses.
            uint256 compensated = (part & 1) * COMPENSATED;
            part &= ANY_OF_FOUR & CAPITAL_FIRST;
            if (part == PART_B0) return IMPORT | compensated;
            if (part == PART_C0) return EXPORT | compensated;
            return NO_KIND;
        }
    }
}
