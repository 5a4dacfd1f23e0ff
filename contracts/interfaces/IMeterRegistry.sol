// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ParticipantId, SessionId} from "../types/MarketTypes.sol";
import {EnergyDirection, MeterKey, MeterKeyId, MeterRecord} from "../ocmf/OcmfTypes.sol";
import {Meter, MeterCertificate, MeterQuery, MeteredEnergy} from "../types/MeterTypes.sol";
import {IIdentityRegistry} from "./IIdentityRegistry.sol";

/// @title Keys of meters, and the records that they sign
/// @notice The authority certifies a meter's key for a pile; anyone relays the certificate. The
/// session contract hands in signed OCMF records, has everything about them checked, and no record
/// counts twice.
interface IMeterRegistry {
    /// @notice Revert if somebody other than the session contract consumes records.
    error MeterNotSession(address caller);
    /// @notice Revert if somebody other than the authority revokes.
    error MeterNotAuthority(address caller);
    /// @notice Revert if the key is not on its curve, the power is zero, or the certificate ends
    /// before it begins.
    error MeterCertificateMalformed(MeterKeyId keyId);
    /// @notice Revert if the certificate is relayed at or after `relayBy`.
    error MeterCertificateStale(uint40 relayBy, uint256 nowSeconds);
    /// @notice Revert if the certificate is older than the one in force, or the same.
    error MeterCertificateSuperseded(MeterKeyId keyId, uint32 issue, uint32 inForce);
    /// @notice Revert if the certificate names nobody, or a participant that is no pile.
    error MeterNotAPile(ParticipantId participantId);
    /// @notice Revert if the authority did not sign this certificate for this contract and chain.
    error MeterBadCertificate(MeterKeyId keyId);
    /// @notice Revert if a signed revocation is relayed at or after its deadline.
    error MeterRevocationStale(uint40 deadline, uint256 nowSeconds);
    /// @notice Revert if the authority did not sign this revocation for this contract and chain.
    error MeterBadRevocation(MeterKeyId keyId);
    /// @notice Revert if the key was never certified for this pile, or has moved to another since.
    error MeterUnknownKey(MeterKeyId keyId, address pile);
    /// @notice Revert if the key is revoked. This does not end.
    error MeterKeyRevoked(MeterKeyId keyId);
    /// @notice Revert outside the certificate's time.
    error MeterKeyNotInForce(
        MeterKeyId keyId,
        uint40 validFrom,
        uint40 validUntil,
        uint256 nowSeconds
    );
    /// @notice Revert unless one record is handed in, or two.
    error MeterRecordCount(uint256 count);
    /// @notice Revert if the key did not sign the payload.
    error MeterBadSignature(MeterKeyId keyId, bytes32 digest);
    /// @notice Revert if a record with this pagination, or a later one, was consumed before.
    error MeterPaginationSpent(MeterKeyId keyId, uint64 pagination, uint64 lastPagination);
    /// @notice Revert if the end record is not the one right after the begin record.
    error MeterPaginationGap(uint64 beginPagination, uint64 endPagination);
    /// @notice Revert if the record has no register of the direction.
    error MeterNoRegister(uint64 pagination, EnergyDirection direction);
    /// @notice Revert unless one record holds begin and end, or the first of two the begin and the
    /// second the end.
    error MeterNotATransaction(uint64 pagination, bool hasBegin, bool hasEnd);
    /// @notice Revert if begin and end are of different registers.
    error MeterRegistersDiffer(bytes32 beginCode, bytes32 endCode);
    /// @notice Revert if the register is smaller at the end.
    error MeterFallingRegister(uint64 beginMilliWh, uint64 endMilliWh);
    /// @notice Revert if the synchronised clock is earlier at the end.
    error MeterTimeReversed(uint256 beginMs, uint256 endMs);
    /// @notice Revert if the synchronised clock says that the energy flowed before the session, or
    /// after it, by more than `CLOCK_TOLERANCE_SECONDS`. A time is 0 if the clock was not
    /// synchronised then.
    error MeterOutsideSession(
        uint256 beganAt,
        uint256 endedAt,
        uint256 pluggedInAt,
        uint256 sessionEndedAt
    );
    /// @notice Revert if the socket cannot have carried the energy in the time.
    error MeterTooMuchEnergy(uint64 milliWh, uint256 mostMilliWh);

    /// @notice A certificate came into force for `pile`, and for no other any more. Records up to
    /// `lastPagination` settle nothing.
    event MeterCertified(
        MeterKeyId indexed keyId,
        address indexed pile,
        uint64 lastPagination,
        MeterCertificate certificate
    );
    /// @notice Last event of a key.
    event MeterRevoked(MeterKeyId indexed keyId);
    /// @notice Everything up to `lastPagination` is spent. Registers, times and hashes are those of
    /// `MeteredEnergy`.
    event RecordsConsumed(
        MeterKeyId indexed keyId,
        SessionId indexed sessionId,
        address indexed pile,
        uint64 lastPagination,
        uint64 beginMilliWh,
        uint64 endMilliWh,
        uint40 beganAt,
        uint40 endedAt,
        bytes32 beginHash,
        bytes32 endHash
    );

    /// @notice By how much a record may begin before its session, or end after it, for a meter and a
    /// chain whose clocks differ and for the time until a transaction is mined.
    /// @dev Callable by: anyone.
    function CLOCK_TOLERANCE_SECONDS() external view returns (uint40);

    /// @notice Where piles are enrolled, and whose authority certifies meters.
    /// @dev Callable by: anyone.
    function identities() external view returns (IIdentityRegistry);

    /// @notice The session contract, the only one that consumes records.
    /// @dev Callable by: anyone.
    function sessions() external view returns (address);

    /// @notice Certifies, renews or moves a key.
    /// @dev Callable by: anyone, with the authority's signature.
    /// @param certificate what the authority signed
    /// @param signature EIP-712 signature of the identity registry's authority (ERC-1271 accepted)
    function certify(MeterCertificate calldata certificate, bytes calldata signature) external;

    /// @notice Ends a key for ever.
    /// @dev Callable by: the authority.
    function revoke(MeterKeyId keyId) external;

    /// @notice The same by signature, as an authority of several people gives it.
    /// @dev Callable by: anyone, with the authority's signature.
    /// @param deadline last moment for relaying, excluded
    /// @param signature EIP-712 `Revocation(bytes32 keyId,uint40 deadline)` of the identity
    /// registry's authority (ERC-1271 accepted)
    function revokeBySig(MeterKeyId keyId, uint40 deadline, bytes calldata signature) external;

    /// @notice As `read`, and the records are spent.
    /// @dev Callable by: the session contract.
    function consume(
        MeterQuery calldata query,
        MeterKey calldata key,
        MeterRecord[] calldata records
    ) external returns (MeteredEnergy memory);

    /// @notice What the records say, or a revert with the reason why they settle nothing.
    /// @dev Callable by: anyone.
    /// @param records one that holds begin and end, or the begin record and then the end record
    function read(
        MeterQuery calldata query,
        MeterKey calldata key,
        MeterRecord[] calldata records
    ) external view returns (MeteredEnergy memory);

    /// @notice What is known of a key; all zero if nothing is.
    /// @dev Callable by: anyone.
    function meterOf(MeterKeyId keyId) external view returns (address pile, Meter memory meter);

    /// @notice The id of a public key.
    /// @dev Callable by: anyone.
    function keyIdOf(MeterKey calldata key) external pure returns (MeterKeyId);
}
