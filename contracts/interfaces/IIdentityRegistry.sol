// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {
    AuthorisedAccount,
    Certificate,
    Participant,
    ParticipantId,
    ParticipantKind,
    SessionAuthorisation
} from "../types/MarketTypes.sol";

/// @title Accounts that may take part in the market
/// @notice Accounts are pseudonymous. The authority certifies them off chain, anyone relays the
/// certificate, and what the chain learns is an account, an opaque id and a kind. A vehicle can
/// hold as many certified accounts as it likes. Or it shows a station that it may take part, and
/// the station authorises a fresh account for one slot.
///
/// `suspend`, `reinstate` and `requestTrace` can also be signed and relayed: {ISignedCalls}. An
/// authority that sends nothing itself, as a quorum of several people, does it so.
interface IIdentityRegistry {
    /// @notice Revert if somebody other than the authority suspends or reinstates.
    error IdentityNotAuthority(address caller);
    /// @notice Revert if the certificate's kind and fields do not fit together (no kind, no id, no
    /// account, a pile without kind, power or site, a matcher without operator, or somebody else
    /// with any of them).
    error IdentityCertificateMalformed(address account, ParticipantKind kind);
    /// @notice Revert if the certificate is relayed at or after `relayBy`.
    error IdentityCertificateStale(uint40 relayBy, uint256 nowSeconds);
    /// @notice Revert if the certificate ends before it begins, or earlier than the one it
    /// replaces.
    error IdentityCertificateExpired(uint40 validUntil);
    /// @notice Revert if the authority did not sign this certificate, or the station this
    /// authorisation, for this contract and chain.
    error IdentityBadSignature(address account);
    /// @notice Revert if a certificate with this serial was used before.
    error IdentitySerialSpent(uint256 serial);
    /// @notice Revert if the account did not sign the authorisation, and does not relay it itself.
    error IdentityNoConsent(address account);
    /// @notice Revert if the account is certified under another id or as another kind, or is still
    /// authorised; and if an account that is to be authorised is certified.
    error IdentityAccountTaken(address account, ParticipantId participantId);
    /// @notice Revert if the id belongs to another account.
    error IdentityIdTaken(ParticipantId participantId, address account);
    /// @notice Revert if the account was never certified or authorised.
    error IdentityNotEnrolled(address account);
    /// @notice Revert if the account takes part as another kind.
    error IdentityWrongKind(address account, ParticipantKind expected, ParticipantKind actual);
    /// @notice Revert if the participant is suspended.
    error IdentitySuspended(address account);
    /// @notice Revert if the participant's last certificate, or its authorisation, has ended.
    error IdentityExpired(address account, uint40 validUntil);
    /// @notice Revert if an authorisation lacks account, place or pseudonym, or has no known role.
    error IdentityAuthorisationMalformed(address account, uint8 role);
    /// @notice Revert if an authorisation is relayed when its slot is over.
    error IdentityAuthorisationOver(uint40 slotEnd, uint256 nowSeconds);
    /// @notice Revert unless slotStart < slotEnd, and the slot and the time until its end are no
    /// longer than `MAX_AUTHORISATION_SECONDS`.
    error IdentityBadSlot(uint40 slotStart, uint40 slotEnd, uint256 nowSeconds);
    /// @notice Revert if the id is not that of a pile or a matcher.
    error IdentityNotAStation(ParticipantId stationId);
    /// @notice Revert if the account was authorised for another role than charging.
    error IdentityWrongRole(address account, uint8 role);
    /// @notice Revert if the account was not authorised for this scope; `actual` is zero if it was
    /// not authorised at all.
    error IdentityWrongScope(address account, bytes32 expected, bytes32 actual);
    /// @notice Revert if the account was authorised for another slot.
    error IdentityWrongSlot(
        address account,
        uint40 slotStart,
        uint40 slotEnd,
        uint40 authorisedStart,
        uint40 authorisedEnd
    );
    /// @notice Revert if the account's authorisation ends before it may.
    error IdentityEndsEarly(address account, uint40 slotEnd, uint40 until);
    /// @notice Revert if a case or a presentation is zero.
    error IdentityTraceMalformed(bytes32 caseId, bytes32 presentationHash);
    /// @notice Revert if the case was requested before for this presentation.
    error IdentityTraceExists(bytes32 caseId, bytes32 presentationHash);
    /// @notice Revert if a case is granted that was not requested for this presentation.
    error IdentityTraceNotRequested(bytes32 caseId, bytes32 presentationHash);
    /// @notice Revert if the case is granted already.
    error IdentityTraceGranted(bytes32 caseId);
    /// @notice Revert if the court did not approve of tracing this presentation in this case.
    error IdentityTraceNotApproved(bytes32 caseId);

    /// @notice A certificate was accepted. A listener replaces what it knew of the account, an
    /// authorisation that has ended as well; `suspended` is unchanged.
    event Enrolled(
        address indexed account,
        ParticipantId indexed participantId,
        ParticipantKind kind,
        uint8 pileKind,
        uint32 ratedPowerW,
        bytes32 premises,
        uint40 validUntil,
        uint256 serial
    );
    /// @notice The participant may enter no new obligation until `Reinstated`.
    event Suspended(address indexed account);
    event Reinstated(address indexed account);
    /// @notice An account may take part until `slotEnd`. Whose it is stands nowhere. A listener
    /// replaces what it knew of the account; `suspended` is unchanged.
    event Authorised(
        address indexed account,
        bytes32 indexed scope,
        ParticipantId indexed stationId,
        ParticipantId nymHash,
        uint8 role,
        uint40 slotStart,
        uint40 slotEnd,
        uint64 maxEnergyWh
    );
    /// @notice `presentationHash` is `presentationId` of what a vehicle showed to a station or a
    /// gateway.
    event TraceRequested(
        bytes32 indexed caseId,
        bytes32 indexed presentationHash,
        address indexed requester
    );
    /// @notice From now on the tracers may open this presentation in this case.
    event TraceGranted(bytes32 indexed caseId, bytes32 presentationHash);

    /// @notice Longest slot of an authorisation, and the longest time from its relay to its end.
    /// @dev Callable by: anyone.
    function MAX_AUTHORISATION_SECONDS() external view returns (uint40);

    /// @notice The account (or contract wallet) whose signature makes a certificate.
    /// @dev Callable by: anyone.
    function authority() external view returns (address);

    /// @notice The account (or contract wallet) that decides whether a presentation may be traced.
    /// @dev Callable by: anyone.
    function court() external view returns (address);

    /// @notice Enrols or renews a participant.
    /// @dev Callable by: anyone, with the authority's signature.
    /// @param certificate what the authority signed
    /// @param signature EIP-712 signature of the authority (ERC-1271 accepted)
    function enrol(Certificate calldata certificate, bytes calldata signature) external;

    /// @notice Lets a fresh account take part as a vehicle until its slot ends. Its id is
    /// `nymHashOf` the scope of station, place and slot, and its pseudonym there: no other station
    /// can give it.
    /// @dev Callable by: anyone, with the signatures of station and account.
    /// @param authorisation what both signed
    /// @param signature EIP-712 signature of the station's account (ERC-1271 accepted)
    /// @param consent the same of the account itself; empty if the account calls
    function authorise(
        SessionAuthorisation calldata authorisation,
        bytes calldata signature,
        bytes calldata consent
    ) external;

    /// @notice Stops new obligations of a participant. What it already has, runs on. Called by the
    /// authority itself, it takes back what that has signed as its next call.
    /// @dev Callable by: the authority, or anyone with its signature.
    function suspend(address account) external;

    /// @notice Undoes `suspend`; the same with what the authority has signed.
    /// @dev Callable by: the authority, or anyone with its signature.
    function reinstate(address account) external;

    /// @notice What is known of an account; all zero if nothing is.
    /// @dev Callable by: anyone.
    function participantOf(address account) external view returns (Participant memory);

    /// @notice For what a station authorised an account; all zero if none did. It stays after the
    /// authorisation has ended, until the account is certified or authorised anew.
    /// @dev Callable by: anyone.
    function authorisationOf(address account) external view returns (AuthorisedAccount memory);

    /// @notice The account of the station that has authorised an account; zero if none has, as of a
    /// certified one.
    /// @dev Callable by: anyone.
    function stationOf(address account) external view returns (address);

    /// @notice Who runs a matcher, as a hash of the operator's name; zero if the account is none.
    /// @dev Callable by: anyone.
    function operatorOf(address account) external view returns (bytes32);

    /// @notice The account of an id; zero if there is none.
    /// @dev Callable by: anyone.
    function accountOf(ParticipantId participantId) external view returns (address);

    /// @notice As `accountOf` for both parties of a match.
    /// @dev Callable by: anyone.
    function accountsOf(
        ParticipantId vehicleId,
        ParticipantId pileId
    ) external view returns (address vehicle, address pile);

    /// @notice The id of an account; zero if it was never certified or authorised.
    /// @dev Callable by: anyone.
    function idOf(address account) external view returns (ParticipantId);

    /// @notice Reverts with the reason unless the account takes part as `kind`, is not suspended
    /// and not expired; of an authorised account also unless it may charge and its station is in
    /// standing.
    /// @dev Callable by: anyone.
    function requireStanding(address account, ParticipantKind kind) external view;

    /// @notice As `requireStanding` for both parties of a match.
    /// @dev Callable by: anyone.
    /// @return ratedPowerW what the pile is certified for
    function requireParties(
        address vehicle,
        address pile
    ) external view returns (uint32 ratedPowerW);

    /// @notice As `requireStanding` for a vehicle. An authorised account must be authorised until
    /// `until` at least, so that its id leads to it so long; and if `scope` is not zero, the
    /// account must be authorised for exactly this scope.
    /// @dev Callable by: anyone.
    function requireScope(address account, bytes32 scope, uint40 until) external view;

    /// @notice As `requireStanding` for a vehicle. An authorised account must be authorised for
    /// exactly this slot.
    /// @dev Callable by: anyone.
    function requireSlot(address account, uint40 slotStart, uint40 slotEnd) external view;

    /// @notice `ChargeVeil.Scope.v1`: where a vehicle has one pseudonym.
    /// @dev Callable by: anyone.
    function scopeOf(
        ParticipantId stationId,
        bytes32 place,
        uint40 slotStart,
        uint40 slotEnd
    ) external pure returns (bytes32);

    /// @notice `ChargeVeil.Pseudonym.v1`: the id of an account that is authorised in a scope.
    /// @dev Callable by: anyone.
    function nymHashOf(bytes32 scope, bytes32 nym) external pure returns (ParticipantId);

    /// @notice Whether the authority has signed a digest (ERC-1271 accepted). What other contracts
    /// ask that take its word.
    /// @dev Callable by: anyone.
    function isByAuthority(bytes32 digest, bytes calldata signature) external view returns (bool);

    /// @notice Asks the court to let a presentation be traced. What others ask for under the same
    /// number is for the court to leave: it spoils no request.
    /// @dev Callable by: the authority, or a pile or a matcher in standing, or anyone with the
    /// signature of one of them.
    function requestTrace(bytes32 caseId, bytes32 presentationHash) external;

    /// @notice Grants a requested case, for one presentation, once.
    /// @dev Callable by: the court, or anyone with its signature.
    /// @param signature of the court over `TraceApproval` (EIP-712, ERC-1271 accepted); empty if
    /// the court itself calls
    function grantTrace(
        bytes32 caseId,
        bytes32 presentationHash,
        bytes calldata signature
    ) external;

    /// @notice The presentation that may be traced in this case; zero if there is none. What
    /// tracers ask.
    /// @dev Callable by: anyone.
    function grantedPresentation(bytes32 caseId) external view returns (bytes32);
}
