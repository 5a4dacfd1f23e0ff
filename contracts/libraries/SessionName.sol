// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Words} from "../ocmf/Words.sol";
import {SessionId} from "../types/MarketTypes.sol";

/// @title The name under which stations and meters know a session
/// @dev A rule of the market: records of meters name whatever a station passes on to them.
library SessionName {
    /// @dev The name of a session on a meter: the first 36 characters of its id in base32 (RFC
    /// 4648, small letters), that is the first 180 of its 256 bits. 36 is the longest
    /// identification that OCPP 2.0.1 and OCPI carry; another session of the same name takes 2^180
    /// attempts. OCPP 1.6 carries the first 20, of 100 bits, which name the session too.
    /// @return head characters 0 to 31, of the bits 0 to 159
    /// @return tail characters 32 to 35, of the bits 160 to 179
    function nameOf(SessionId sessionId) internal pure returns (bytes32 head, bytes4 tail) {
        head = Words.base32(uint256(SessionId.unwrap(sessionId)) >> 96);
        tail = bytes4(Words.base32((uint256(SessionId.unwrap(sessionId)) << 160) >> 96));
    }
}
