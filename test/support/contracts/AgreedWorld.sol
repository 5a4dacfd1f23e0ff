// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Reading, Session, SessionId, SessionState} from "../../../contracts/types/MarketTypes.sol";
import {DealWorld} from "./DealWorld.sol";

/// @title Readings that both parties sign
abstract contract AgreedWorld is DealWorld {
    function _assertSettled(SessionId sessionId, uint64 energyWh, uint128 amount) internal view {
        Session memory session = sessions.sessionOf(sessionId);
        vm.assertEq(uint8(session.state), uint8(SessionState.Settled), "state");
        vm.assertEq(session.energyWh, energyWh, "energy");
        vm.assertEq(session.amountDown, amount, "amount");
        _assertBalance(vehicle.account, FUNDS - amount, 0, "vehicle");
        _assertBalance(pile.account, FUNDS + amount, 0, "pile");
        // RE-8: what two parties sign earns nothing.
        vm.assertTrue(!session.hasEarned, "earned");
        vm.assertEq(int256(reputation.credibilityOf(vehicle.account)), 0, "credibility");
    }

    function _both(
        Reading memory reading
    ) internal view returns (bytes memory ofVehicle, bytes memory ofPile) {
        return (_signed(reading, vehicle), _signed(reading, pile));
    }
}
