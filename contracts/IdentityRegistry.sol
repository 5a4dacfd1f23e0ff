// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";

import {IIdentityRegistry} from "./interfaces/IIdentityRegistry.sol";
import {
    Certificate,
    Participant,
    ParticipantId,
    ParticipantKind,
    PileKind
} from "./types/MarketTypes.sol";

/// @dev The prose is in {IIdentityRegistry}; here stand only the reasons.
contract IdentityRegistry is IIdentityRegistry, EIP712 {
    bytes32 private constant CERTIFICATE_TYPEHASH = keccak256(
        "Certificate(address account,bytes32 participantId,uint8 kind,uint8 pileKind,uint32 ratedPowerW,bytes32 siteCommitment,uint40 validUntil,uint40 relayBy,uint256 serial)"
    );

    /// @inheritdoc IIdentityRegistry
    address public immutable override authority;

    mapping(address account => Participant) private _participants;
    mapping(ParticipantId participantId => address) private _accounts;
    mapping(uint256 serial => bool) private _spent;

    constructor(address authority_) EIP712("ChargeVeil IdentityRegistry", "1") {
        authority = authority_;
    }

    modifier onlyAuthority() {
        if (msg.sender != authority) revert IdentityNotAuthority(msg.sender);
        _;
    }

    /// @inheritdoc IIdentityRegistry
    function enrol(Certificate calldata certificate, bytes calldata signature) external override {
        _checkForm(certificate);
        _checkTimes(certificate);
        _checkUnique(certificate);
        if (!SignatureChecker.isValidSignatureNow(authority, _digest(certificate), signature)) {
            revert IdentityBadSignature(certificate.account);
        }

        _spent[certificate.serial] = true;
        _accounts[certificate.participantId] = certificate.account;
        Participant storage participant = _participants[certificate.account];
        participant.participantId = certificate.participantId;
        participant.kind = certificate.kind;
        participant.pileKind = certificate.pileKind;
        participant.ratedPowerW = certificate.ratedPowerW;
        participant.validUntil = certificate.validUntil;
        participant.siteCommitment = certificate.siteCommitment;

        emit Enrolled(
            certificate.account,
            certificate.participantId,
            certificate.kind,
            uint8(certificate.pileKind),
            certificate.ratedPowerW,
            certificate.siteCommitment,
            certificate.validUntil,
            certificate.serial
        );
    }

    /// @inheritdoc IIdentityRegistry
    function suspend(address account) external override onlyAuthority {
        if (_participants[account].kind == ParticipantKind.None)
            revert IdentityNotEnrolled(account);

        _participants[account].suspended = true;

        emit Suspended(account);
    }

    /// @inheritdoc IIdentityRegistry
    function reinstate(address account) external override onlyAuthority {
        if (_participants[account].kind == ParticipantKind.None)
            revert IdentityNotEnrolled(account);

        _participants[account].suspended = false;

        emit Reinstated(account);
    }

    /// @inheritdoc IIdentityRegistry
    function participantOf(address account) external view override returns (Participant memory) {
        return _participants[account];
    }

    /// @inheritdoc IIdentityRegistry
    function accountOf(ParticipantId participantId) external view override returns (address) {
        return _accounts[participantId];
    }

    /// @inheritdoc IIdentityRegistry
    function idOf(address account) external view override returns (ParticipantId) {
        return _participants[account].participantId;
    }

    /// @inheritdoc IIdentityRegistry
    function requireStanding(address account, ParticipantKind kind) external view override {
        Participant storage participant = _participants[account];
        ParticipantKind actual = participant.kind;
        (bool suspended, uint40 validUntil) = (participant.suspended, participant.validUntil);

        if (actual == ParticipantKind.None) revert IdentityNotEnrolled(account);
        if (actual != kind) revert IdentityWrongKind(account, kind, actual);
        if (suspended) revert IdentitySuspended(account);
        if (block.timestamp >= validUntil) revert IdentityExpired(account, validUntil);
    }

    function _checkForm(Certificate calldata certificate) private pure {
        bool isPile = certificate.kind == ParticipantKind.Pile;
        bool hasPileKind = certificate.pileKind != PileKind.NotAPile;
        bool hasPower = certificate.ratedPowerW != 0;
        bool hasSite = certificate.siteCommitment != bytes32(0);
        bool named =
            certificate.account != address(0) &&
                ParticipantId.unwrap(certificate.participantId) != bytes32(0) &&
                certificate.kind != ParticipantKind.None;

        if (!named || hasPileKind != isPile || hasPower != isPile || hasSite != isPile) {
            revert IdentityCertificateMalformed(certificate.account, certificate.kind);
        }
    }

    function _checkTimes(Certificate calldata certificate) private view {
        if (block.timestamp >= certificate.relayBy) {
            revert IdentityCertificateStale(certificate.relayBy, block.timestamp);
        }
        // A relayer who holds back an older certificate must not shorten a newer one.
        if (
            block.timestamp >= certificate.validUntil ||
            certificate.validUntil < _participants[certificate.account].validUntil
        ) {
            revert IdentityCertificateExpired(certificate.validUntil);
        }
    }

    function _checkUnique(Certificate calldata certificate) private view {
        if (_spent[certificate.serial]) revert IdentitySerialSpent(certificate.serial);

        Participant storage known = _participants[certificate.account];
        bool isNew = known.kind == ParticipantKind.None;
        bool sameId =
            ParticipantId.unwrap(known.participantId) ==
                ParticipantId.unwrap(certificate.participantId);
        if (!isNew && (!sameId || known.kind != certificate.kind)) {
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
}
