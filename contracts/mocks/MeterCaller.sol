// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IMeterRegistry} from "../interfaces/IMeterRegistry.sol";
import {MeterKey, MeterRecord} from "../ocmf/OcmfTypes.sol";
import {MeteredEnergy, MeterQuery} from "../types/MeterTypes.sol";

/// @title A session contract that only consumes records
/// @notice Stands where the session contract stands, so that a registry can be tried and measured
/// by itself.
contract MeterCaller {
    IMeterRegistry private immutable _meters;

    event Metered(uint64 energyWh, bool namesSession);

    constructor(IMeterRegistry meters) {
        _meters = meters;
    }

    function consume(
        MeterQuery calldata query,
        MeterKey calldata key,
        MeterRecord[] calldata records
    ) external {
        MeteredEnergy memory energy = _meters.consume(query, key, records);

        emit Metered(energy.energyWh, energy.namesSession);
    }
}
