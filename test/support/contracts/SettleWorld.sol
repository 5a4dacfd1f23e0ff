// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {MeterRegistry} from "../../../contracts/MeterRegistry.sol";
import {IChargingSession} from "../../../contracts/interfaces/IChargingSession.sol";
import {Ruling, Session, SessionId, SessionState} from "../../../contracts/types/MarketTypes.sol";
import {MeterRecord} from "../../../contracts/ocmf/OcmfTypes.sol";
import {BeginReading, Meter} from "../../../contracts/types/MeterTypes.sol";
import {Deal} from "./DealWorld.sol";
import {MeterWorld} from "./MeterWorld.sol";
import {Digests} from "./Digests.sol";
import {Actor} from "./Base.sol";

/// @title Sessions that settle on the records of a certified meter
/// @dev The registry is the one that the sessions know. What the plain records say: 12,345 Wh from
/// 2,935.6 kWh on.
abstract contract SettleWorld is MeterWorld {
    uint64 internal constant BEGIN_MILLI_WH = 2_935_600_000;
    uint64 internal constant ENERGY_WH = 12_345;
    /// @dev At `PRICE`: 12,345 × 450,000 / 1,000.
    uint128 internal constant AMOUNT = 5_555_250;

    function _registry() internal view override returns (MeterRegistry) {
        return meters;
    }

    /* SESSIONS */

    /// @dev Charging for an hour, which is enough for the plain records.
    function _charged() internal returns (Deal memory deal) {
        deal = _charging();
        vm.warp(block.timestamp + 1 hours);
    }

    /// @dev The same between any two, at any price.
    function _chargedBetween(
        Actor memory ev,
        Actor memory cp,
        uint64 pricePerKwh
    ) internal returns (Deal memory deal) {
        deal = _chargingBetween(ev, cp, pricePerKwh);
        vm.warp(block.timestamp + 1 hours);
    }

    /// @dev The plain record is in and paid: the session has earned.
    function _earned() internal returns (Deal memory deal) {
        deal = _charged();
        _settleOn(deal.sessionId, _naming(deal.sessionId, _lastPagination() + 1), "");
    }

    function _lastPagination() internal view returns (uint64) {
        (, Meter memory known) = meters.meterOf(meterId);
        return known.lastPagination;
    }

    /* RECORDS */

    /// @dev The plain record under the name of a session.
    function _naming(
        SessionId sessionId,
        uint256 pagination
    ) internal view returns (MeterRecord[] memory) {
        return _saying(_name(sessionId), pagination);
    }

    /// @dev The plain record of a meter that signs no name.
    function _nameless(uint256 pagination) internal view returns (MeterRecord[] memory) {
        return _saying("", pagination);
    }

    function _saying(
        string memory identification,
        uint256 pagination
    ) internal view returns (MeterRecord[] memory) {
        string memory readings = _both("2935.6000", "2947.9456");
        return _list(_record(_payload(pagination, identification, readings)));
    }

    /// @dev The plain record in two: begin and end.
    function _pair(
        string memory identification,
        uint256 begin,
        uint256 end
    ) internal view returns (MeterRecord[] memory) {
        return
            _list(
                _record(_payload(begin, identification, _import("B", "2935.6000"))),
                _record(_payload(end, identification, _import("E", "2947.9456")))
            );
    }

    /// @dev One record under the name of a session, in kWh.
    function _reads(
        SessionId sessionId,
        string memory begin,
        string memory end
    ) internal view returns (MeterRecord[] memory) {
        return _list(_record(_payload(1, _name(sessionId), _both(begin, end))));
    }

    /// @dev From 1,000 kWh, by a synchronised clock.
    function _signedAt(
        SessionId sessionId,
        string[2] memory times,
        string memory end
    ) internal view returns (MeterRecord[] memory) {
        return _signedAt(sessionId, times, ["S", "S"], end);
    }

    function _signedAt(
        SessionId sessionId,
        string[2] memory times,
        string[2] memory states,
        string memory end
    ) internal view returns (MeterRecord[] memory) {
        string memory rest = '","EF":"","ST":"G","RI":"1-b:1.8.0","RU":"kWh","RV":';
        string memory begun = string.concat(times[0], " ", states[0], '","TX":"B', rest, "1000}");
        string memory ended = string.concat(times[1], " ", states[1], '","TX":"E', rest, end, "}");
        string memory readings = string.concat('{"TM":"', begun, ',{"TM":"', ended);
        return _list(_record(_payload(1, _name(sessionId), readings)));
    }

    /* SIGNATURES */

    function _beginReading(
        SessionId sessionId,
        uint64 pagination
    ) internal view returns (BeginReading memory) {
        return BeginReading(sessionId, meterId, pagination, BEGIN_MILLI_WH);
    }

    /// @dev `signer` confirms where the plain record of this pagination begins.
    function _confirmed(
        SessionId sessionId,
        uint64 pagination,
        Actor memory signer
    ) internal view returns (bytes memory) {
        return _confirmed(_beginReading(sessionId, pagination), signer);
    }

    function _confirmed(
        BeginReading memory begin,
        Actor memory signer
    ) internal view returns (bytes memory) {
        return _signature(signer.key, Digests.beginDigest(address(sessions), begin));
    }

    function _ruled(
        Ruling memory ruling,
        Actor memory signer
    ) internal view returns (bytes memory) {
        return _signature(signer.key, Digests.rulingDigest(address(sessions), ruling));
    }

    /// @dev The other form of a signature: n − s.
    function _malleated(bytes memory signature) internal pure returns (bytes memory) {
        (bytes32 r, bytes32 s, uint8 v) = (bytes32(0), bytes32(0), uint8(signature[64]));
        for (uint256 i = 0; i < 32; ++i) {
            r |= bytes32(signature[i]) >> (8 * i);
            s |= bytes32(signature[32 + i]) >> (8 * i);
        }
        return abi.encodePacked(r, bytes32(K1_N - uint256(s)), v == 27 ? uint8(28) : uint8(27));
    }

    /* SETTLEMENT */

    function _settleOn(
        SessionId sessionId,
        MeterRecord[] memory records,
        bytes memory confirmation
    ) internal {
        vm.prank(pile.account);
        sessions.settle(sessionId, meter, records, confirmation);
    }

    function _refusesSettle(
        SessionId sessionId,
        MeterRecord[] memory records,
        bytes memory confirmation,
        bytes memory reason
    ) internal {
        vm.expectRevert(reason);
        vm.prank(pile.account);
        sessions.settle(sessionId, meter, records, confirmation);
    }

    /// @dev The vehicle has not signed what the meter leaves open.
    function _refusesUnsigned(
        SessionId sessionId,
        MeterRecord[] memory records,
        bytes memory confirmation
    ) internal {
        _refusesSettle(sessionId, records, confirmation, _notSigned(sessionId, vehicle.account));
    }

    /* CHECKS */

    function _stateOf(SessionId sessionId) internal view returns (SessionState) {
        return sessions.sessionOf(sessionId).state;
    }

    function _deadlineOf(SessionId sessionId) internal view returns (uint40) {
        return sessions.sessionOf(sessionId).deadline;
    }

    function _notParty(SessionId sessionId, address caller) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(IChargingSession.SessionNotParty.selector, sessionId, caller);
    }

    function _wrongState(
        SessionId sessionId,
        SessionState expected,
        SessionState actual
    ) internal pure returns (bytes memory) {
        return
            abi.encodeWithSelector(
                IChargingSession.SessionWrongState.selector,
                sessionId,
                expected,
                actual
            );
    }

    function _tooLate(SessionId sessionId, uint40 deadline) internal view returns (bytes memory) {
        return
            abi.encodeWithSelector(
                IChargingSession.SessionTooLate.selector,
                sessionId,
                deadline,
                block.timestamp
            );
    }

    function _notSigned(SessionId sessionId, address signer) internal pure returns (bytes memory) {
        return
            abi.encodeWithSelector(
                IChargingSession.SessionBadSignature.selector,
                sessionId,
                signer
            );
    }

    /// @dev Of the only session of `vehicle` with `pile`: SE-2, to the unit.
    function _assertPaid(
        SessionId sessionId,
        uint64 energyWh,
        uint128 amount,
        int8 earned
    ) internal view {
        Session memory session = sessions.sessionOf(sessionId);
        vm.assertEq(uint8(session.state), uint8(SessionState.Settled), "state");
        vm.assertEq(session.energyWh, energyWh, "energy");
        vm.assertEq(session.amountDown, amount, "amount");
        _assertBalance(vehicle.account, FUNDS - amount, 0, "vehicle");
        _assertBalance(pile.account, FUNDS + amount, 0, "pile");
        vm.assertEq(
            int256(reputation.credibilityOf(vehicle.account)),
            int256(earned),
            "credibility"
        );
    }
}
