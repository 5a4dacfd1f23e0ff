// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";

import {SignedCalls} from "./SignedCalls.sol";
import {IIdentityRegistry} from "./interfaces/IIdentityRegistry.sol";
import {MarketHashes} from "./libraries/MarketHashes.sol";
import {Signatures} from "./libraries/Signatures.sol";
import {
    AuthorisedAccount,
    Certificate,
    Grant,
    Participant,
    ParticipantId,
    ParticipantKind,
    PileKind,
    SessionAuthorisation
} from "./types/MarketTypes.sol";

/// @dev The prose is in {IIdentityRegistry}; here stand only the reasons.
///
/// What a check of standing reads, at 2,100 gas a slot that is looked at first: one slot of a
/// certified account; three of an authorised one (its own, its grant, its station); with a scope,
/// one more.
contract IdentityRegistry is IIdentityRegistry, SignedCalls {
    bytes32 private constant CERTIFICATE_TYPEHASH = keccak256(
        "Certificate(address account,bytes32 participantId,uint8 kind,uint8 pileKind,uint32 ratedPowerW,bytes32 premises,uint40 validUntil,uint40 relayBy,uint256 serial)"
    );
    bytes32 private constant AUTHORISATION_TYPEHASH = keccak256(
        "SessionAuthorisation(address account,uint8 role,bytes32 place,uint40 slotStart,uint40 slotEnd,bytes32 nym,bytes32 stationId,uint64 maxEnergyWh)"
    );
    bytes32 private constant TRACE_APPROVAL_TYPEHASH = keccak256(
        "TraceApproval(bytes32 caseId,bytes32 presentationHash)"
    );
    uint8 private constant CHARGE = 1;
    uint8 private constant DISCHARGE = 2;

    /// @inheritdoc IIdentityRegistry
    uint40 public constant override MAX_AUTHORISATION_SECONDS = 2 days;
    /// @inheritdoc IIdentityRegistry
    address public immutable override authority;
    /// @inheritdoc IIdentityRegistry
    address public immutable override court;

    mapping(address account => Participant) private _participants;
    mapping(ParticipantId participantId => address) private _accounts;
    mapping(uint256 serial => bool) private _spent;
    mapping(address account => Grant) private _grants;
    /// @dev By case and presentation: what somebody else asks for under a case's number is another
    /// request, and takes nothing from it.
    mapping(bytes32 caseId => mapping(bytes32 presentationHash => bool)) private _requested;
    /// @inheritdoc IIdentityRegistry
    mapping(bytes32 caseId => bytes32) public override grantedPresentation;

    constructor(address authority_, address court_) EIP712("ChargeVeil IdentityRegistry", "1") {
        authority = authority_;
        court = court_;
    }

    /// @dev Whatever the authority said last holds: what it has signed before and nobody has relayed
    /// does not come after it.
    modifier onlyAuthority() {
        if (_msgSender() != authority) revert IdentityNotAuthority(_msgSender());
        _overtake(authority);
        _;
    }

    /* WAYS IN */

    /// @inheritdoc IIdentityRegistry
    function enrol(Certificate calldata certificate, bytes calldata signature) external override {
        _checkForm(certificate);
        _checkTimes(certificate);
        _checkUnique(certificate);
        if (!Signatures.isBy(authority, _digest(certificate), signature)) {
            revert IdentityBadSignature(certificate.account);
        }

        _spent[certificate.serial] = true;
        Participant storage participant = _participants[certificate.account];
        if (participant.authorised) {
            participant.authorised = false;
            delete _accounts[participant.participantId];
            delete _grants[certificate.account];
        }
        _accounts[certificate.participantId] = certificate.account;
        participant.participantId = certificate.participantId;
        participant.kind = certificate.kind;
        participant.pileKind = certificate.pileKind;
        participant.ratedPowerW = certificate.ratedPowerW;
        participant.validUntil = certificate.validUntil;
        participant.premises = certificate.premises;

        emit Enrolled(
            certificate.account,
            certificate.participantId,
            certificate.kind,
            uint8(certificate.pileKind),
            certificate.ratedPowerW,
            certificate.premises,
            certificate.validUntil,
            certificate.serial
        );
    }

    /// @inheritdoc IIdentityRegistry
    function authorise(
        SessionAuthorisation calldata authorisation,
        bytes calldata signature,
        bytes calldata consent
    ) external override {
        _checkForm(authorisation);
        _checkSlot(authorisation);
        bytes32 scope = _scopeOf(authorisation);
        ParticipantId id = MarketHashes.nymHash(scope, authorisation.nym);
        _checkFresh(authorisation.account, id);
        address station = _accounts[authorisation.stationId];
        _checkStation(authorisation.stationId, station);
        _checkSigned(authorisation, station, signature, consent);

        _keep(authorisation, scope, id, station);

        emit Authorised(
            authorisation.account,
            scope,
            authorisation.stationId,
            id,
            authorisation.role,
            authorisation.slotStart,
            authorisation.slotEnd,
            authorisation.maxEnergyWh
        );
    }

    /// @inheritdoc IIdentityRegistry
    function suspend(address account) external override onlyAuthority {
        _known(account).suspended = true;

        emit Suspended(account);
    }

    /// @inheritdoc IIdentityRegistry
    function reinstate(address account) external override onlyAuthority {
        _known(account).suspended = false;

        emit Reinstated(account);
    }

    /* TRACING */

    /// @inheritdoc IIdentityRegistry
    function requestTrace(bytes32 caseId, bytes32 presentationHash) external override {
        if (caseId == bytes32(0) || presentationHash == bytes32(0)) {
            revert IdentityTraceMalformed(caseId, presentationHash);
        }
        address requester = _msgSender();
        if (requester != authority) {
            _checkStation(_participants[requester].participantId, requester);
        }
        if (_requested[caseId][presentationHash]) {
            revert IdentityTraceExists(caseId, presentationHash);
        }

        _requested[caseId][presentationHash] = true;

        emit TraceRequested(caseId, presentationHash, requester);
    }

    /// @inheritdoc IIdentityRegistry
    function grantTrace(
        bytes32 caseId,
        bytes32 presentationHash,
        bytes calldata signature
    ) external override {
        if (!_requested[caseId][presentationHash]) {
            revert IdentityTraceNotRequested(caseId, presentationHash);
        }
        if (grantedPresentation[caseId] != bytes32(0)) revert IdentityTraceGranted(caseId);
        if (_msgSender() != court) {
            bytes32 digest = _approvalDigest(caseId, presentationHash);
            if (!Signatures.isBy(court, digest, signature)) {
                revert IdentityTraceNotApproved(caseId);
            }
        }

        grantedPresentation[caseId] = presentationHash;

        emit TraceGranted(caseId, presentationHash);
    }

    /* VIEWS */

    /// @inheritdoc IIdentityRegistry
    function participantOf(address account) external view override returns (Participant memory) {
        return _participants[account];
    }

    /// @inheritdoc IIdentityRegistry
    function authorisationOf(
        address account
    ) external view override returns (AuthorisedAccount memory known) {
        Participant storage participant = _participants[account];
        if (!participant.authorised) return known;

        Grant storage grant = _grants[account];
        uint40 slotEnd = participant.validUntil;
        return
            AuthorisedAccount({
                account: account,
                role: grant.role,
                scope: grant.scope,
                nymHash: ParticipantId.unwrap(participant.participantId),
                stationId: _participants[grant.station].participantId,
                slotStart: slotEnd - grant.slotSeconds,
                slotEnd: slotEnd,
                maxEnergyWh: grant.maxEnergyWh
            });
    }

    /// @inheritdoc IIdentityRegistry
    function stationOf(address account) external view override returns (address) {
        return _grants[account].station;
    }

    /// @inheritdoc IIdentityRegistry
    function operatorOf(address account) external view override returns (bytes32) {
        Participant storage participant = _participants[account];
        return participant.kind == ParticipantKind.Matcher ? participant.premises : bytes32(0);
    }

    /// @inheritdoc IIdentityRegistry
    function accountOf(ParticipantId participantId) external view override returns (address) {
        return _accounts[participantId];
    }

    /// @inheritdoc IIdentityRegistry
    function accountsOf(
        ParticipantId vehicleId,
        ParticipantId pileId
    ) external view override returns (address vehicle, address pile) {
        return (_accounts[vehicleId], _accounts[pileId]);
    }

    /// @inheritdoc IIdentityRegistry
    function idOf(address account) external view override returns (ParticipantId) {
        return _participants[account].participantId;
    }

    /// @inheritdoc IIdentityRegistry
    function requireStanding(address account, ParticipantKind kind) external view override {
        _standing(account, kind);
    }

    /// @inheritdoc IIdentityRegistry
    function requireParties(
        address vehicle,
        address pile
    ) external view override returns (uint32 ratedPowerW) {
        _standing(vehicle, ParticipantKind.Vehicle);
        (, , ratedPowerW) = _standing(pile, ParticipantKind.Pile);
    }

    /// @inheritdoc IIdentityRegistry
    function requireScope(address account, bytes32 scope, uint40 until) external view override {
        (bool authorised, uint40 validUntil, ) = _standing(account, ParticipantKind.Vehicle);
        if (authorised && validUntil < until) revert IdentityEndsEarly(account, validUntil, until);
        if (scope == bytes32(0)) return;

        bytes32 actual = _grants[account].scope;
        if (actual != scope) revert IdentityWrongScope(account, scope, actual);
    }

    /// @inheritdoc IIdentityRegistry
    function requireSlot(address account, uint40 slotStart, uint40 slotEnd) external view override {
        (bool authorised, uint40 validUntil, ) = _standing(account, ParticipantKind.Vehicle);
        if (!authorised) return;

        uint40 begins = validUntil - _grants[account].slotSeconds;
        if (slotStart != begins || slotEnd != validUntil) {
            revert IdentityWrongSlot(account, slotStart, slotEnd, begins, validUntil);
        }
    }

    /// @inheritdoc IIdentityRegistry
    function scopeOf(
        ParticipantId stationId,
        bytes32 place,
        uint40 slotStart,
        uint40 slotEnd
    ) external pure override returns (bytes32) {
        return MarketHashes.scope(stationId, place, slotStart, slotEnd);
    }

    /// @inheritdoc IIdentityRegistry
    function nymHashOf(bytes32 scope, bytes32 nym) external pure override returns (ParticipantId) {
        return MarketHashes.nymHash(scope, nym);
    }

    /// @inheritdoc IIdentityRegistry
    function isByAuthority(
        bytes32 digest,
        bytes calldata signature
    ) external view override returns (bool) {
        return Signatures.isBy(authority, digest, signature);
    }

    /* INTERNAL */

    function _known(address account) private view returns (Participant storage participant) {
        participant = _participants[account];
        if (participant.kind == ParticipantKind.None) revert IdentityNotEnrolled(account);
    }

    /// @dev What holds for everybody, from one slot; and what that slot says beyond it. Of an
    /// authorised account its grant is asked as well, and with it the station. Stations are
    /// certified, so that it goes no deeper.
    function _standing(
        address account,
        ParticipantKind kind
    ) private view returns (bool authorised, uint40 validUntil, uint32 ratedPowerW) {
        Participant storage participant = _participants[account];
        ParticipantKind actual = participant.kind;
        bool suspended = participant.suspended;
        (authorised, validUntil) = (participant.authorised, participant.validUntil);
        ratedPowerW = participant.ratedPowerW;

        if (actual == ParticipantKind.None) revert IdentityNotEnrolled(account);
        if (actual != kind) revert IdentityWrongKind(account, kind, actual);
        if (suspended) revert IdentitySuspended(account);
        if (block.timestamp >= validUntil) revert IdentityExpired(account, validUntil);
        if (authorised) _checkGrant(account);
    }

    /// @dev The station's own kind was checked when it authorised, and it keeps it (ID-1).
    function _checkGrant(address account) private view {
        Grant storage grant = _grants[account];
        (uint8 role, address station) = (grant.role, grant.station);

        if (role != CHARGE) revert IdentityWrongRole(account, role);
        _standing(station, _participants[station].kind);
    }

    /// @dev Only piles and matchers are stations, and only while they are in standing themselves.
    function _checkStation(ParticipantId stationId, address station) private view {
        ParticipantKind kind = _participants[station].kind;
        if (kind != ParticipantKind.Pile && kind != ParticipantKind.Matcher) {
            revert IdentityNotAStation(stationId);
        }
        _standing(station, kind);
    }

    function _checkForm(SessionAuthorisation calldata authorisation) private pure {
        bool hasRole = authorisation.role == CHARGE || authorisation.role == DISCHARGE;
        bool named =
            authorisation.account != address(0) &&
                authorisation.place != bytes32(0) &&
                authorisation.nym != bytes32(0);

        if (!named || !hasRole) {
            revert IdentityAuthorisationMalformed(authorisation.account, authorisation.role);
        }
    }

    /// @dev A slot that is about to end is as good as one that begins tomorrow; one that is further
    /// off is not, since a station that is suspended later has let in until then.
    function _checkSlot(SessionAuthorisation calldata authorisation) private view {
        (uint40 slotStart, uint40 slotEnd) = (authorisation.slotStart, authorisation.slotEnd);

        if (block.timestamp >= slotEnd) {
            revert IdentityAuthorisationOver(slotEnd, block.timestamp);
        }
        if (
            slotStart >= slotEnd ||
            slotEnd - slotStart > MAX_AUTHORISATION_SECONDS ||
            slotEnd > block.timestamp + MAX_AUTHORISATION_SECONDS
        ) {
            revert IdentityBadSlot(slotStart, slotEnd, block.timestamp);
        }
    }

    /// @dev An account that is certified, or still authorised, is not fresh; one whose
    /// authorisation has ended is. A pseudonym comes once: its scope ends with its slot.
    function _checkFresh(address account, ParticipantId id) private view {
        Participant storage known = _participants[account];
        if (known.kind != ParticipantKind.None && !_hasEnded(known)) {
            revert IdentityAccountTaken(account, known.participantId);
        }

        address holder = _accounts[id];
        if (holder != address(0)) revert IdentityIdTaken(id, holder);
    }

    function _hasEnded(Participant storage known) private view returns (bool) {
        return known.authorised && block.timestamp >= known.validUntil;
    }

    /// @dev By the account as well, so that nobody is let in, or barred, who did not ask.
    function _checkSigned(
        SessionAuthorisation calldata authorisation,
        address station,
        bytes calldata signature,
        bytes calldata consent
    ) private view {
        address account = authorisation.account;
        bytes32 digest = _digest(authorisation);
        if (!Signatures.isBy(station, digest, signature)) revert IdentityBadSignature(account);
        if (_msgSender() != account && !Signatures.isBy(account, digest, consent)) {
            revert IdentityNoConsent(account);
        }
    }

    /// @dev A suspended account stays so: its flag is not written (ID-3).
    function _keep(
        SessionAuthorisation calldata authorisation,
        bytes32 scope,
        ParticipantId id,
        address station
    ) private {
        address account = authorisation.account;
        Participant storage participant = _participants[account];
        // What its id was before leads nowhere any more.
        if (participant.authorised) delete _accounts[participant.participantId];
        _accounts[id] = account;
        participant.participantId = id;
        participant.kind = ParticipantKind.Vehicle;
        participant.authorised = true;
        participant.validUntil = authorisation.slotEnd;
        _grants[account] = Grant({
            scope: scope,
            station: station,
            role: authorisation.role,
            slotSeconds: uint24(authorisation.slotEnd - authorisation.slotStart),
            maxEnergyWh: authorisation.maxEnergyWh
        });
    }

    /// @dev A pile has kind and power, a pile and a matcher have premises; nobody else has any of
    /// them.
    function _checkForm(Certificate calldata certificate) private pure {
        bool isPile = certificate.kind == ParticipantKind.Pile;
        bool hasPileKind = certificate.pileKind != PileKind.NotAPile;
        bool hasPower = certificate.ratedPowerW != 0;
        bool isPlaced = isPile || certificate.kind == ParticipantKind.Matcher;
        bool hasPremises = certificate.premises != bytes32(0);
        bool named =
            certificate.account != address(0) &&
                ParticipantId.unwrap(certificate.participantId) != bytes32(0) &&
                certificate.kind != ParticipantKind.None;

        if (!named || hasPileKind != isPile || hasPower != isPile || hasPremises != isPlaced) {
            revert IdentityCertificateMalformed(certificate.account, certificate.kind);
        }
    }

    function _checkTimes(Certificate calldata certificate) private view {
        if (block.timestamp >= certificate.relayBy) {
            revert IdentityCertificateStale(certificate.relayBy, block.timestamp);
        }
        // A relayer that holds back an older certificate must not shorten a newer one.
        if (
            block.timestamp >= certificate.validUntil ||
            certificate.validUntil < _participants[certificate.account].validUntil
        ) {
            revert IdentityCertificateExpired(certificate.validUntil);
        }
    }

    /// @dev A certified account keeps its id and its kind (ID-1): a later certificate may renew
    /// both, never change one. An authorised one can be certified as soon as that has ended (ID-6).
    function _checkUnique(Certificate calldata certificate) private view {
        if (_spent[certificate.serial]) revert IdentitySerialSpent(certificate.serial);

        Participant storage known = _participants[certificate.account];
        bool isNew = known.kind == ParticipantKind.None || _hasEnded(known);
        bool sameId =
            ParticipantId.unwrap(known.participantId) ==
                ParticipantId.unwrap(certificate.participantId);
        bool isSame = sameId && known.kind == certificate.kind && !known.authorised;
        if (!isNew && !isSame) {
            revert IdentityAccountTaken(certificate.account, known.participantId);
        }

        address holder = _accounts[certificate.participantId];
        if (holder != address(0) && holder != certificate.account) {
            revert IdentityIdTaken(certificate.participantId, holder);
        }
    }

    function _digest(Certificate calldata certificate) private view returns (bytes32) {
        return _hashTypedDataV4(keccak256(abi.encode(CERTIFICATE_TYPEHASH, certificate)));
    }

    function _digest(SessionAuthorisation calldata authorisation) private view returns (bytes32) {
        return _hashTypedDataV4(keccak256(abi.encode(AUTHORISATION_TYPEHASH, authorisation)));
    }

    function _scopeOf(SessionAuthorisation calldata authorisation) private pure returns (bytes32) {
        return
            MarketHashes.scope(
                authorisation.stationId,
                authorisation.place,
                authorisation.slotStart,
                authorisation.slotEnd
            );
    }

    function _approvalDigest(
        bytes32 caseId,
        bytes32 presentationHash
    ) private view returns (bytes32) {
        return
            _hashTypedDataV4(
                keccak256(abi.encode(TRACE_APPROVAL_TYPEHASH, caseId, presentationHash))
            );
    }
}
