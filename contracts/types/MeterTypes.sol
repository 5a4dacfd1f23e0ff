// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {EnergyDirection, MeterCurve, MeterKeyId} from "../ocmf/OcmfTypes.sol";
import {ParticipantId, SessionId} from "./MarketTypes.sol";

/// @dev Signed by the authority (EIP-712), relayed by anyone before `relayBy`.
struct MeterCertificate {
    /// @dev The pile whose socket the meter measures.
    ParticipantId participantId;
    MeterCurve curve;
    bytes32 x;
    bytes32 y;
    /// @dev The most that the socket can carry, in W.
    uint32 ratedPowerW;
    /// @dev Records up to this pagination are of the time before the certificate.
    uint64 lastPagination;
    uint40 validFrom;
    uint40 validUntil;
    uint40 relayBy;
    /// @dev Counts the certificates of a key, from 1.
    uint32 issue;
}

/// @dev Everything that a settlement reads and writes of a key.
struct Meter {
    // slot 0, 27 bytes
    uint64 lastPagination;
    uint40 validFrom;
    uint40 validUntil;
    uint32 ratedPowerW;
    uint32 issue;
    bool revoked;
}

/// @dev The meter at the begin of a session whose name it does not sign, confirmed by the vehicle
/// (EIP-712).
struct BeginReading {
    SessionId sessionId;
    MeterKeyId meterKeyId;
    uint64 pagination;
    uint64 registerMilliWh;
}

/// @dev What the session contract asks of records.
struct MeterQuery {
    /// @dev Whose name they may carry as identification.
    SessionId sessionId;
    address pile;
    EnergyDirection direction;
    /// @dev Between these two the energy has flowed; unix seconds.
    uint40 pluggedInAt;
    uint40 endedAt;
}

/// @dev What a record, or two, say about one transaction. Registers in 1/1000 Wh, times in unix
/// seconds.
struct MeteredEnergy {
    MeterKeyId keyId;
    /// @dev Of the begin reading and of the end reading: equal, if one record holds both.
    uint64 beginPagination;
    uint64 endPagination;
    uint64 beginMilliWh;
    uint64 endMilliWh;
    /// @dev End − begin, exact, then rounded down once.
    uint64 energyWh;
    /// @dev 0, both, unless the meter's clock was synchronised at begin and end.
    uint40 beganAt;
    uint40 endedAt;
    /// @dev Whether every record carries the session's name as identification.
    bool namesSession;
    /// @dev SHA-256 of the payload with the begin reading and of that with the end reading.
    bytes32 beginHash;
    bytes32 endHash;
}
