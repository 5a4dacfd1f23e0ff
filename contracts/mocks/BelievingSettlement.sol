// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Ocmf} from "../ocmf/Ocmf.sol";
import {OcmfReadings} from "../ocmf/OcmfReadings.sol";
import {SessionId} from "../types/MarketTypes.sol";
import {EnergyDirection, MeterRecord, RecordHints} from "../ocmf/OcmfTypes.sol";

/// @title A settlement that believes
/// @notice Pays for what a record says, and asks neither whose meter signed it, nor whether, nor
/// for whom, nor when. The attacks of the tests succeed here: one that has stopped working cannot
/// pass for one that is refused.
contract BelievingSettlement {
    mapping(SessionId sessionId => uint64) public energyWhOf;

    /// @notice Of a record with begin and end.
    function settle(SessionId sessionId, MeterRecord calldata record) external {
        OcmfReadings.Readings memory found = _readings(record);
        energyWhOf[sessionId] = uint64((found.endMicroWh - found.beginMicroWh) / 1_000_000);
    }

    /// @notice The same from a register that the pile names.
    function settleFrom(
        SessionId sessionId,
        uint64 beginMilliWh,
        MeterRecord calldata record
    ) external {
        uint256 endMilliWh = _readings(record).endMicroWh / 1000;
        energyWhOf[sessionId] = uint64(endMilliWh - beginMilliWh) / 1000;
    }

    function _readings(
        MeterRecord calldata record
    ) private pure returns (OcmfReadings.Readings memory found) {
        uint256 hints = RecordHints.unwrap(record.hints);
        (, , uint256 readings) = Ocmf.locate(
            record.payload,
            uint16(hints >> 32),
            uint16(hints >> 16),
            uint16(hints)
        );
        OcmfReadings.readInto(found, record.payload, readings, EnergyDirection.Import);
    }
}
