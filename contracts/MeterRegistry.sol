// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

import {IIdentityRegistry} from "./interfaces/IIdentityRegistry.sol";
import {IMeterRegistry} from "./interfaces/IMeterRegistry.sol";
import {SessionName} from "./libraries/SessionName.sol";
import {MeterKeys} from "./ocmf/MeterKeys.sol";
import {Ocmf} from "./ocmf/Ocmf.sol";
import {OcmfReadings} from "./ocmf/OcmfReadings.sol";
import {OcmfTime} from "./ocmf/OcmfTime.sol";
import {MeterKey, MeterKeyId, MeterRecord, RecordHints} from "./ocmf/OcmfTypes.sol";
import {ParticipantKind, SessionId} from "./types/MarketTypes.sol";
import {Meter, MeterCertificate, MeteredEnergy, MeterQuery} from "./types/MeterTypes.sol";

/// @dev The prose is in {IMeterRegistry}; here stand only the reasons.
///
/// A settlement reads one slot, and writes it: the meter of the key at the pile. Everything else is
/// calldata, which `ocmf/` reads where it stands.
///
/// What keeps a record from counting twice is its pagination, a counter that the meter signs: a key
/// whose last one is 17 accepts 18 and above, and 18 once.
///
///     certify: lastPagination = max(that of the certificate, that before)
///     consume: lastPagination = that of the end record
contract MeterRegistry is IMeterRegistry, EIP712 {
    using MeterKeys for MeterKey;

    /// @dev Whose key it is. Read when certificates change, not when records settle.
    struct Holder {
        // slot 0, 21 bytes
        address pile;
        bool revoked;
    }

    bytes32 private constant CERTIFICATE_TYPEHASH = keccak256(
        "MeterCertificate(bytes32 participantId,uint8 curve,bytes32 x,bytes32 y,uint32 ratedPowerW,uint64 lastPagination,uint40 validFrom,uint40 validUntil,uint40 relayBy,uint32 issue)"
    );
    bytes32 private constant REVOCATION_TYPEHASH = keccak256(
        "Revocation(bytes32 keyId,uint40 deadline)"
    );
    /// @dev Times have whole seconds, and registers may have whole Wh: what that can hide is
    /// granted.
    uint256 private constant GRANTED_MS = 1000;
    uint256 private constant GRANTED_MILLI_WH = 1000;
    /// @dev So many W · ms are 1/1000 Wh.
    uint256 private constant WATT_MS = 3600;

    /// @inheritdoc IMeterRegistry
    uint40 public constant override CLOCK_TOLERANCE_SECONDS = 5 minutes;

    /// @inheritdoc IMeterRegistry
    IIdentityRegistry public immutable override identities;
    /// @inheritdoc IMeterRegistry
    address public immutable override sessions;

    mapping(MeterKeyId keyId => Holder) private _holders;
    /// @dev By pile as well: a settlement that names both has the right pile, and reads one slot.
    mapping(MeterKeyId keyId => mapping(address pile => Meter)) private _meters;

    constructor(
        IIdentityRegistry identities_,
        address sessions_
    ) EIP712("ChargeVeil MeterRegistry", "1") {
        identities = identities_;
        sessions = sessions_;
    }

    /// @inheritdoc IMeterRegistry
    function certify(
        MeterCertificate calldata certificate,
        bytes calldata signature
    ) external override {
        MeterKeyId keyId = MeterKeys.idOf(certificate.curve, certificate.x, certificate.y);

        _checkForm(keyId, certificate);
        address pile = _pileOf(certificate);
        Holder storage holder = _holders[keyId];
        address from = holder.pile;
        Meter storage before = _meters[keyId][from];
        if (holder.revoked) revert MeterKeyRevoked(keyId);
        if (certificate.issue <= before.issue) {
            revert MeterCertificateSuperseded(keyId, certificate.issue, before.issue);
        }
        _checkSigned(keyId, certificate, signature);

        // A key takes its pagination along: what one pile has settled on, no other can.
        uint64 last = uint64(Math.max(certificate.lastPagination, before.lastPagination));
        if (from != pile) {
            delete _meters[keyId][from];
            holder.pile = pile;
        }
        _meters[keyId][pile] = Meter({
            lastPagination: last,
            validFrom: certificate.validFrom,
            validUntil: certificate.validUntil,
            ratedPowerW: certificate.ratedPowerW,
            issue: certificate.issue,
            revoked: false
        });

        emit MeterCertified(keyId, pile, last, certificate);
    }

    /// @inheritdoc IMeterRegistry
    function revoke(MeterKeyId keyId) external override {
        if (msg.sender != identities.authority()) revert MeterNotAuthority(msg.sender);

        _revoke(keyId);
    }

    /// @inheritdoc IMeterRegistry
    function revokeBySig(
        MeterKeyId keyId,
        uint40 deadline,
        bytes calldata signature
    ) external override {
        if (block.timestamp >= deadline) revert MeterRevocationStale(deadline, block.timestamp);
        bytes32 structHash = keccak256(abi.encode(REVOCATION_TYPEHASH, keyId, deadline));
        if (!identities.isByAuthority(_hashTypedDataV4(structHash), signature)) {
            revert MeterBadRevocation(keyId);
        }

        _revoke(keyId);
    }

    /// @inheritdoc IMeterRegistry
    function consume(
        MeterQuery calldata query,
        MeterKey calldata key,
        MeterRecord[] calldata records
    ) external override returns (MeteredEnergy memory energy) {
        if (msg.sender != sessions) revert MeterNotSession(msg.sender);
        _readInto(energy, query, key, records);

        _meters[energy.keyId][query.pile].lastPagination = energy.endPagination;

        emit RecordsConsumed(
            energy.keyId,
            query.sessionId,
            query.pile,
            energy.endPagination,
            energy.beginMilliWh,
            energy.endMilliWh,
            energy.beganAt,
            energy.endedAt,
            energy.beginHash,
            energy.endHash
        );
    }

    /// @inheritdoc IMeterRegistry
    function read(
        MeterQuery calldata query,
        MeterKey calldata key,
        MeterRecord[] calldata records
    ) external view override returns (MeteredEnergy memory energy) {
        _readInto(energy, query, key, records);
    }

    /// @inheritdoc IMeterRegistry
    function meterOf(
        MeterKeyId keyId
    ) external view override returns (address pile, Meter memory meter) {
        pile = _holders[keyId].pile;
        meter = _meters[keyId][pile];
        meter.revoked = _holders[keyId].revoked;
    }

    /// @inheritdoc IMeterRegistry
    function keyIdOf(MeterKey calldata key) external pure override returns (MeterKeyId) {
        return key.idOf();
    }

    /// @dev Also before the first certificate: one that is signed already must find the key revoked.
    /// Once for ever, so that a revocation needs no nonce.
    function _revoke(MeterKeyId keyId) private {
        Holder storage holder = _holders[keyId];
        if (holder.revoked) revert MeterKeyRevoked(keyId);

        holder.revoked = true;
        if (holder.pile != address(0)) _meters[keyId][holder.pile].revoked = true;

        emit MeterRevoked(keyId);
    }

    /// @dev Fills in what it is given instead of returning it: a returned struct is allocated
    /// twice.
    function _readInto(
        MeteredEnergy memory energy,
        MeterQuery calldata query,
        MeterKey calldata key,
        MeterRecord[] calldata records
    ) private view {
        uint256 count = records.length;
        if (count == 0 || count > 2) revert MeterRecordCount(count);
        energy.keyId = key.idOf();
        energy.namesSession = true;
        Meter storage meter = _inForce(energy.keyId, query.pile);

        OcmfReadings.Readings memory begin;
        uint64 pagination = _recordInto(begin, energy, query, key, records[0]);
        if (pagination <= meter.lastPagination) {
            revert MeterPaginationSpent(energy.keyId, pagination, meter.lastPagination);
        }
        _checkEnds(begin, pagination, true, count == 1);
        energy.beginPagination = pagination;
        energy.beginHash = energy.endHash;

        OcmfReadings.Readings memory end = begin;
        if (count == 2) {
            OcmfReadings.Readings memory second;
            pagination = _recordInto(second, energy, query, key, records[1]);
            _checkEnds(second, pagination, false, true);
            _checkPair(begin, second, energy.beginPagination, pagination);
            end = second;
        }
        energy.endPagination = pagination;
        _measureInto(energy, begin, end, meter.ratedPowerW, query);
    }

    /// @dev Everything about one record that does not depend on others. The signature first: before
    /// it, nothing is known.
    function _recordInto(
        OcmfReadings.Readings memory found,
        MeteredEnergy memory energy,
        MeterQuery calldata query,
        MeterKey calldata key,
        MeterRecord calldata record
    ) private view returns (uint64 pagination) {
        bytes calldata payload = record.payload;
        uint256 hints = RecordHints.unwrap(record.hints);
        bytes32 digest = sha256(payload);
        if (!key.hasSigned(digest, record.r, record.s, uint8(hints >> 48))) {
            revert MeterBadSignature(energy.keyId, digest);
        }
        // That of the last record stays.
        energy.endHash = digest;

        (uint256 paginationValue, uint256 identification, uint256 readings) = Ocmf.locate(
            payload,
            uint16(hints >> 32),
            uint16(hints >> 16),
            uint16(hints)
        );
        pagination = Ocmf.paginationOf(payload, paginationValue);
        if (!_isNamed(payload, identification, query.sessionId)) energy.namesSession = false;
        OcmfReadings.readInto(found, payload, readings, query.direction);
        if (found.code == 0) revert MeterNoRegister(pagination, query.direction);
    }

    /// @dev Energy and times, once begin and end belong together. The time is the clock's own, if it
    /// is synchronised, else the session's.
    ///
    ///     energy = end − begin, in 1/1,000,000 Wh, exact; rounded down once, to Wh
    ///     most   = rated power · (time + 1 s) + 1 Wh
    ///
    /// A record of more is refused. Of one whose own time is longer than the session, as it can be
    /// by the tolerance, what the socket can have carried in the session counts.
    ///
    /// A register of 57.584 kWh at noon and of 69.930 kWh an hour later: 12,346,000/1000 Wh, of
    /// which a socket of 22 kW can have carried 22,000 · 3601/3600 + 1 = 22,007 Wh. The energy is
    /// 12,346 Wh.
    function _measureInto(
        MeteredEnergy memory energy,
        OcmfReadings.Readings memory begin,
        OcmfReadings.Readings memory end,
        uint256 ratedPowerW,
        MeterQuery calldata query
    ) private pure {
        energy.beginMilliWh = uint64(begin.beginMicroWh / 1000);
        energy.endMilliWh = uint64(end.endMicroWh / 1000);
        if (end.endMicroWh < begin.beginMicroWh) {
            revert MeterFallingRegister(energy.beginMilliWh, energy.endMilliWh);
        }

        uint256 beginMs = _clockMs(begin.beginTime);
        uint256 endMs = _clockMs(end.endTime);
        uint256 sessionMs = Math.saturatingSub(query.endedAt, query.pluggedInAt) * 1000;
        uint256 durationMs = sessionMs;
        if (beginMs != 0 && endMs != 0) {
            if (endMs < beginMs) revert MeterTimeReversed(beginMs, endMs);
            durationMs = endMs - beginMs;
            energy.beganAt = uint40(beginMs / 1000);
            energy.endedAt = uint40(endMs / 1000);
        }
        _checkWithin(query, beginMs, endMs);

        uint64 milliWh = uint64((end.endMicroWh - begin.beginMicroWh) / 1000);
        uint256 most = _most(ratedPowerW, durationMs);
        if (milliWh > most) revert MeterTooMuchEnergy(milliWh, most);
        energy.energyWh = uint64(Math.min(milliWh, _most(ratedPowerW, sessionMs)) / 1000);
    }

    /// @dev In 1/1000 Wh.
    function _most(uint256 ratedPowerW, uint256 durationMs) private pure returns (uint256) {
        return (ratedPowerW * (durationMs + GRANTED_MS)) / WATT_MS + GRANTED_MILLI_WH;
    }

    /// @dev In milliseconds since 1970, or 0: of a clock that nobody has set, the time says nothing.
    function _clockMs(uint256 time) private pure returns (uint256) {
        return OcmfTime.isSynchronised(time) ? OcmfTime.milliseconds(time) : 0;
    }

    /// @dev A synchronised clock says itself when the energy flowed: in the session, give or take
    /// what clocks differ by. So its own time is at most the session's and twice the tolerance. A
    /// clock that was synchronised at one end only is believed there: what it says of that end lies
    /// within the session, whatever the other says.
    function _checkWithin(MeterQuery calldata query, uint256 beginMs, uint256 endMs) private pure {
        uint256 firstMs = beginMs == 0 ? endMs : beginMs;
        uint256 lastMs = endMs == 0 ? beginMs : endMs;
        if (lastMs == 0) return;
        uint256 toleranceMs = uint256(CLOCK_TOLERANCE_SECONDS) * 1000;
        if (
            firstMs + toleranceMs < uint256(query.pluggedInAt) * 1000 ||
            lastMs > uint256(query.endedAt) * 1000 + toleranceMs
        ) {
            revert MeterOutsideSession(
                beginMs / 1000,
                endMs / 1000,
                query.pluggedInAt,
                query.endedAt
            );
        }
    }

    /// @dev The meter of a key, if it is certified for this pile, not revoked, and in its time. One
    /// slot.
    function _inForce(MeterKeyId keyId, address pile) private view returns (Meter storage meter) {
        meter = _meters[keyId][pile];
        if (meter.issue == 0) revert MeterUnknownKey(keyId, pile);
        if (meter.revoked) revert MeterKeyRevoked(keyId);
        if (block.timestamp < meter.validFrom || block.timestamp >= meter.validUntil) {
            revert MeterKeyNotInForce(keyId, meter.validFrom, meter.validUntil, block.timestamp);
        }
    }

    /// @dev Refuses what the authority cannot have meant: a point off its curve, a socket without
    /// power, a certificate that ends before it begins.
    function _checkForm(MeterKeyId keyId, MeterCertificate calldata certificate) private view {
        bool sound =
            MeterKeys.isOnCurve(certificate.curve, certificate.x, certificate.y) &&
                certificate.ratedPowerW != 0 &&
                certificate.validFrom < certificate.validUntil;
        if (!sound) revert MeterCertificateMalformed(keyId);
        if (block.timestamp >= certificate.relayBy) {
            revert MeterCertificateStale(certificate.relayBy, block.timestamp);
        }
    }

    /// @dev An account keeps its id and its kind for ever (ID-1), so that the account can stand for
    /// both from here on.
    function _pileOf(MeterCertificate calldata certificate) private view returns (address pile) {
        pile = identities.accountOf(certificate.participantId);
        if (identities.participantOf(pile).kind != ParticipantKind.Pile) {
            revert MeterNotAPile(certificate.participantId);
        }
    }

    function _checkSigned(
        MeterKeyId keyId,
        MeterCertificate calldata certificate,
        bytes calldata signature
    ) private view {
        bytes32 digest = _hashTypedDataV4(keccak256(abi.encode(CERTIFICATE_TYPEHASH, certificate)));
        if (!identities.isByAuthority(digest, signature)) {
            revert MeterBadCertificate(keyId);
        }
    }

    /// @dev A record has a begin, an end, or both, exactly as its place among the records asks.
    function _checkEnds(
        OcmfReadings.Readings memory found,
        uint64 pagination,
        bool wantsBegin,
        bool wantsEnd
    ) private pure {
        bool hasBegin = found.beginTime != 0;
        bool hasEnd = found.endTime != 0;
        if (hasBegin != wantsBegin || hasEnd != wantsEnd) {
            revert MeterNotATransaction(pagination, hasBegin, hasEnd);
        }
    }

    /// @dev n and n + 1 of one register: no transaction lies between the two. The sum does not
    /// overflow, since n has at most 18 digits.
    function _checkPair(
        OcmfReadings.Readings memory begin,
        OcmfReadings.Readings memory end,
        uint64 beginPagination,
        uint64 endPagination
    ) private pure {
        if (endPagination != beginPagination + 1) {
            revert MeterPaginationGap(beginPagination, endPagination);
        }
        if (begin.code != end.code) revert MeterRegistersDiffer(begin.code, end.code);
    }

    function _isNamed(
        bytes calldata payload,
        uint256 identification,
        SessionId sessionId
    ) private pure returns (bool) {
        if (identification == 0) return false;
        (bytes32 head, bytes4 tail) = SessionName.nameOf(sessionId);
        return Ocmf.isNamed(payload, identification, head, tail);
    }
}
