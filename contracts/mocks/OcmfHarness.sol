// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {SessionName} from "../libraries/SessionName.sol";
import {MeterKeys} from "../ocmf/MeterKeys.sol";
import {Ocmf} from "../ocmf/Ocmf.sol";
import {OcmfReadings} from "../ocmf/OcmfReadings.sol";
import {OcmfTime} from "../ocmf/OcmfTime.sol";
import {EnergyDirection, MeterKey, MeterRecord, RecordHints} from "../ocmf/OcmfTypes.sol";
import {SessionId} from "../types/MarketTypes.sol";

/// @title The reading of records, function by function
contract OcmfHarness {
    using MeterKeys for MeterKey;

    function locate(
        bytes calldata payload,
        uint256 paginationAt,
        uint256 identificationAt,
        uint256 readingsAt
    ) external pure returns (uint256 pagination, uint256 identification, uint256 readings) {
        return Ocmf.locate(payload, paginationAt, identificationAt, readingsAt);
    }

    function paginationOf(bytes calldata payload, uint256 offset) external pure returns (uint64) {
        return Ocmf.paginationOf(payload, offset);
    }

    function isNamed(
        bytes calldata payload,
        uint256 offset,
        bytes32 head,
        bytes4 tail
    ) external pure returns (bool) {
        return Ocmf.isNamed(payload, offset, head, tail);
    }

    function nameOf(SessionId sessionId) external pure returns (bytes32 head, bytes4 tail) {
        return SessionName.nameOf(sessionId);
    }

    function readingsOf(
        bytes calldata payload,
        uint256 offset,
        EnergyDirection wanted
    ) external pure returns (OcmfReadings.Readings memory found) {
        OcmfReadings.readInto(found, payload, offset, wanted);
    }

    function milliseconds(uint256 time) external pure returns (uint256) {
        return OcmfTime.milliseconds(time);
    }

    function hasSigned(
        MeterKey calldata key,
        MeterRecord calldata record
    ) external view returns (bool) {
        return key.hasSigned(sha256(record.payload), record.r, record.s, _v(record));
    }

    /// @notice What the steps of reading a record cost, in gas: hash, signature, places of the
    /// keys, pagination and identification, readings.
    function gasOf(
        MeterKey calldata key,
        MeterRecord calldata record,
        SessionId sessionId
    ) external view returns (uint256[5] memory spent) {
        bytes calldata payload = record.payload;
        uint256 before = gasleft();
        bytes32 digest = sha256(payload);
        (spent[0], before) = (before - gasleft(), gasleft());
        key.hasSigned(digest, record.r, record.s, _v(record));
        (spent[1], before) = (before - gasleft(), gasleft());

        uint256 hints = RecordHints.unwrap(record.hints);
        (uint256 pagination, uint256 identification, uint256 readings) = Ocmf.locate(
            payload,
            uint16(hints >> 32),
            uint16(hints >> 16),
            uint16(hints)
        );
        (spent[2], before) = (before - gasleft(), gasleft());
        Ocmf.paginationOf(payload, pagination);
        (bytes32 head, bytes4 tail) = SessionName.nameOf(sessionId);
        Ocmf.isNamed(payload, identification, head, tail);
        (spent[3], before) = (before - gasleft(), gasleft());
        OcmfReadings.Readings memory found;
        OcmfReadings.readInto(found, payload, readings, EnergyDirection.Import);
        spent[4] = before - gasleft();
    }

    function _v(MeterRecord calldata record) private pure returns (uint8) {
        return uint8(RecordHints.unwrap(record.hints) >> 48);
    }
}
