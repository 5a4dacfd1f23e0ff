// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Certificate, Participant, ParticipantId, ParticipantKind} from "../types/MarketTypes.sol";

/// @title Who may take part in the market
/// @notice Accounts are pseudonymous. The authority certifies them off chain, anyone relays the certificate, and what
/// the chain learns is an account, an opaque id and a kind. A vehicle can hold as many certified accounts as it likes.
interface IIdentityRegistry {
    /// @notice Revert if somebody other than the authority suspends or reinstates.
    error IdentityNotAuthority(address caller);
    /// @notice Revert if the certificate's kind and fields do not fit together (no kind, no id, no account, a pile
    /// without kind, power or site, or somebody else with them).
    error IdentityCertificateMalformed(address account, ParticipantKind kind);
    /// @notice Revert if the certificate is relayed at or after `relayBy`.
    error IdentityCertificateStale(uint40 relayBy, uint256 nowSeconds);
    /// @notice Revert if the certificate ends before it begins, or earlier than the one it replaces.
    error IdentityCertificateExpired(uint40 validUntil);
    /// @notice Revert if the authority did not sign this certificate for this contract and chain.
    error IdentityBadSignature(address account);
    /// @notice Revert if a certificate with this serial was used before.
    error IdentitySerialSpent(uint256 serial);
    /// @notice Revert if the account is certified under another id or as another kind.
    error IdentityAccountTaken(address account, ParticipantId participantId);
    /// @notice Revert if the id belongs to another account.
    error IdentityIdTaken(ParticipantId participantId, address account);
    /// @notice Revert if the account was never enrolled.
    error IdentityNotEnrolled(address account);
    /// @notice Revert if the account takes part as another kind.
    error IdentityWrongKind(address account, ParticipantKind expected, ParticipantKind actual);
    /// @notice Revert if the participant is suspended.
    error IdentitySuspended(address account);
    /// @notice Revert if the participant's last certificate has ended.
    error IdentityExpired(address account, uint40 validUntil);

    /// @notice A certificate was accepted. A listener replaces what it knew of the account; `suspended` is unchanged.
    event Enrolled(
        address indexed account,
        ParticipantId indexed participantId,
        ParticipantKind kind,
        uint8 pileKind,
        uint32 ratedPowerW,
        bytes32 siteCommitment,
        uint40 validUntil,
        uint256 serial
    );
    /// @notice The participant may enter no new obligation until `Reinstated`.
    event Suspended(address indexed account);
    event Reinstated(address indexed account);

    /// @notice The account (or contract wallet) whose signature makes a certificate.
    function authority() external view returns (address);

    /// @notice Enrols or renews a participant.
    /// @param certificate what the authority signed
    /// @param signature EIP-712 signature of the authority (ERC-1271 accepted)
    function enrol(Certificate calldata certificate, bytes calldata signature) external;

    /// @notice Stops new obligations of a participant. What it already has, runs on.
    function suspend(address account) external;

    /// @notice Undoes `suspend`.
    function reinstate(address account) external;

    /// @notice What is known of an account; all zero if nothing is.
    function participantOf(address account) external view returns (Participant memory);

    /// @notice The account of an id; zero if there is none.
    function accountOf(ParticipantId participantId) external view returns (address);

    /// @notice The id of an account; zero if it was never enrolled.
    function idOf(address account) external view returns (ParticipantId);

    /// @notice Reverts with the reason unless the account is enrolled as `kind`, not suspended and not expired.
    function requireStanding(address account, ParticipantKind kind) external view;
}
