// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {JsonText} from "./JsonText.sol";
import {Words} from "./Words.sol";

/// @title Finding one's way in the payload of an OCMF record where it stands
/// @dev The payload is JSON that a meter has signed, so it is well-formed; everything else is the
/// choice of whoever hands it in. Three keys are found by offsets, which are checked by counting
/// quotes and braces from the first byte.
///
/// A payload, of which `locate` finds PG, ID and RD, and `OcmfReadings` walks RD:
///
///     {"FV":"1.0","PG":"T17","ID":"mfzw…","RD":[
///       {"TM":"2031-05-17T12:00:00,000+0000 S","TX":"B","RV":57.584,"RI":"1-b:1.8.0",
///        "RU":"kWh","EF":"","ST":"G"},
///       {"TM":"2031-05-17T13:00:00,000+0000 S","TX":"E","RV":69.930}]}
///
/// `p` is a position in the data of the call, an offset the same counted from the payload's first
/// byte, `w` the 32 bytes at `p`.
///
/// Everything wraps (`unchecked`): masks are no quantities, and an offset that wraps finds no key.
library Ocmf {
    /// @dev Revert if the pagination is not before the readings.
    error OcmfKeyOrder(uint256 before, uint256 offset);
    /// @dev Revert if an offset is behind the payload, where the rest of the call stands.
    error OcmfKeyOutside(uint256 offset, uint256 length);
    /// @dev Revert if the pagination is not of the transaction context, or not a number.
    error OcmfNotTransactional(uint256 offset);

    /// @dev `"PG"` `"ID"` `"RD"`
    bytes4 private constant PAGINATION = 0x22504722;
    bytes4 private constant IDENTIFICATION = 0x22494422;
    bytes4 private constant READINGS = 0x22524422;

    uint256 private constant MAX_PAGINATION_DIGITS = 18;

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
        uint256 last = identificationAt > readingsAt ? identificationAt : readingsAt;
        if (paginationAt >= readingsAt) revert OcmfKeyOrder(paginationAt, readingsAt);
        if (last >= payload.length) revert OcmfKeyOutside(last, payload.length);

        if (!JsonText.isFlat(start, last)) {
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

    /// @dev Whether the string at `offset` is this name, in letters of either case: its 36
    /// characters between quotes, or its first 20. Setting bit 5 makes letters small and leaves the
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
            uint256 w = Words.load(p + 1);
            uint256 last = Words.load(p + 33);
            if (Words.load(p) >> 248 != JsonText.QUOTE) return false;
            // What differs from the head; of a short name, its first 160 bits do not.
            uint256 others = (w | Words.SMALL_LETTERS) ^ uint256(head);
            if (Words.byteAt(w, 20) == JsonText.QUOTE) return others >> 96 == 0;
            return
                others == 0 &&
                bytes4(bytes32(last | Words.SMALL_LETTERS)) == tail &&
                (last >> 216) & 0xff == JsonText.QUOTE;
        }
    }
}
