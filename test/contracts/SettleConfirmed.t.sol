// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ChargingSession} from "../../contracts/ChargingSession.sol";
import {HostileParticipant} from "../../contracts/mocks/HostileParticipant.sol";
import {Wallet1271} from "../../contracts/mocks/Wallet1271.sol";
import {SessionId, SessionState} from "../../contracts/types/MarketTypes.sol";
import {MeterRecord, RecordHints} from "../../contracts/ocmf/OcmfTypes.sol";
import {BeginReading} from "../../contracts/types/MeterTypes.sol";
import {Deal} from "../support/contracts/DealWorld.sol";
import {Digests} from "../support/contracts/Digests.sol";
import {SettleWorld} from "../support/contracts/SettleWorld.sol";
import {Actor} from "../support/contracts/Base.sol";

/// @title `settle`: whose record it is, by the meter or by the word of the vehicle
contract SettleConfirmedTest is SettleWorld {
    /* WHOSE RECORD */

    /// @dev The meter has said whose it is: what else is handed in is not looked at.
    function test_SE4_Settle_NamedNeedsNobody() external {
        Deal memory deal = _charged();
        _settleOn(deal.sessionId, _naming(deal.sessionId, 1), "no signature at all");
        _assertPaid(deal.sessionId, ENERGY_WH, AMOUNT, 1);
    }

    function test_SE4_Settle_NamelessAndConfirmed() external {
        Deal memory deal = _charged();
        bytes memory confirmation = _confirmed(deal.sessionId, 5, vehicle);
        _settleOn(deal.sessionId, _nameless(5), confirmation);
        _assertPaid(deal.sessionId, ENERGY_WH, AMOUNT, 1);
    }

    function test_SE4_Settle_TwoNamelessAndConfirmed() external {
        Deal memory deal = _charged();
        bytes memory confirmation = _confirmed(deal.sessionId, 5, vehicle);
        _settleOn(deal.sessionId, _pair("", 5, 6), confirmation);
        _assertPaid(deal.sessionId, ENERGY_WH, AMOUNT, 1);
    }

    function test_SE4_Settle_NamelessAndUnconfirmed() external {
        Deal memory deal = _charged();
        _refusesUnsigned(deal.sessionId, _nameless(5), "");
        _refusesUnsigned(deal.sessionId, _nameless(5), new bytes(65));
    }

    /// @dev Refused because the vehicle has said nothing, with the identification shown or hidden.
    function test_SE4_Settle_NamesAnother() external {
        Deal memory other = _chargedBetween(otherVehicle, otherPile, PRICE);
        Deal memory deal = _charged();
        MeterRecord[] memory records = _naming(other.sessionId, 5);
        _refusesUnsigned(deal.sessionId, records, "");
        records[0].hints = _hideName(records[0]);
        _refusesUnsigned(deal.sessionId, records, "");
        _refusesUnsigned(deal.sessionId, records, _confirmed(other.sessionId, 5, otherVehicle));
    }

    /// @dev contracts/README.md: the vehicle's own word for this session, meter, pagination and
    /// register decides. It pays once for what it confirmed, and for the session of the name the
    /// record is spent.
    function test_SE4_Settle_NamesAnotherAndConfirmed() external {
        Deal memory other = _chargedBetween(otherVehicle, pile, PRICE);
        Deal memory deal = _charged();
        MeterRecord[] memory records = _naming(other.sessionId, 5);
        _settleOn(deal.sessionId, records, _confirmed(deal.sessionId, 5, vehicle));

        vm.assertEq(uint8(_stateOf(deal.sessionId)), uint8(SessionState.Settled), "confirmed");
        _refusesSettle(other.sessionId, records, "", _spent(5, 5));
        vm.assertEq(uint8(_stateOf(other.sessionId)), uint8(SessionState.Charging), "waits");
    }

    function test_SE4_Settle_OneOfTwoNamed() external {
        Deal memory deal = _charged();
        MeterRecord[] memory records = _pair(_name(deal.sessionId), 5, 6);
        records[1] = _record(_payload(6, "", _import("E", "2947.9456")));
        _refusesUnsigned(deal.sessionId, records, "");
        _settleOn(deal.sessionId, records, _confirmed(deal.sessionId, 5, vehicle));
        _assertPaid(deal.sessionId, ENERGY_WH, AMOUNT, 1);
    }

    /* THE VEHICLE'S WORD */

    /// @dev The corruption matrix of `BeginReading`: what was signed in place of what is handed in.
    function test_SE4_Settle_EveryFieldIsConfirmed() external {
        Deal memory deal = _charged();
        BeginReading memory begin = _beginReading(deal.sessionId, 5);

        begin.sessionId = SessionId.wrap(SessionId.unwrap(deal.sessionId) ^ bytes32(uint256(1)));
        _refusesConfirmation(deal.sessionId, begin);
        begin = _beginReading(deal.sessionId, 5);
        begin.meterKeyId = meters.keyIdOf(_r1Key(OTHER_SECRET));
        _refusesConfirmation(deal.sessionId, begin);
        begin = _beginReading(deal.sessionId, 4);
        _refusesConfirmation(deal.sessionId, begin);
        begin = _beginReading(deal.sessionId, 6);
        _refusesConfirmation(deal.sessionId, begin);
        begin = _beginReading(deal.sessionId, 5);
        begin.registerMilliWh -= 1;
        _refusesConfirmation(deal.sessionId, begin);
        begin.registerMilliWh += 2;
        _refusesConfirmation(deal.sessionId, begin);

        begin.registerMilliWh -= 1;
        _settleOn(deal.sessionId, _nameless(5), _confirmed(begin, vehicle));
    }

    function test_SE4_Settle_ConfirmedByAnother() external {
        Deal memory deal = _charged();
        Actor[3] memory others = [otherVehicle, pile, stranger];
        for (uint256 i = 0; i < others.length; ++i) {
            _refusesUnsigned(
                deal.sessionId,
                _nameless(5),
                _confirmed(deal.sessionId, 5, others[i])
            );
        }
    }

    function test_SE4_Settle_ConfirmedForAnotherContractOrChain() external {
        Deal memory deal = _charged();
        ChargingSession twin = _newSessions(_windows(), address(0));
        bytes32 digest = Digests.beginDigest(address(twin), _beginReading(deal.sessionId, 5));
        _refusesUnsigned(deal.sessionId, _nameless(5), _signature(vehicle.key, digest));

        bytes memory confirmation = _confirmed(deal.sessionId, 5, vehicle);
        vm.chainId(4242);
        _refusesUnsigned(deal.sessionId, _nameless(5), confirmation);
    }

    function test_SE4_Settle_MalleableConfirmation() external {
        Deal memory deal = _charged();
        bytes memory confirmation = _confirmed(deal.sessionId, 5, vehicle);
        _refusesUnsigned(deal.sessionId, _nameless(5), _malleated(confirmation));
    }

    /// @dev One word confirms one settlement: the pagination in it is spent afterwards.
    function test_METER2_Settle_ConfirmationTwice() external {
        Deal memory deal = _charged();
        bytes memory confirmation = _confirmed(deal.sessionId, 5, vehicle);
        _settleOn(deal.sessionId, _nameless(5), confirmation);

        Deal memory second = _charged();
        _refusesSettle(second.sessionId, _nameless(5), confirmation, _spent(5, 5));
        _refusesUnsigned(second.sessionId, _nameless(6), confirmation);
    }

    function test_SE4_Settle_VehicleIsAWallet() external {
        (Wallet1271 wallet, SessionId sessionId) = _chargingWallet();
        vm.warp(block.timestamp + 1 hours);
        bytes memory confirmation = _confirmed(sessionId, 5, vehicle);
        _settleOn(sessionId, _nameless(5), confirmation);
        _assertBalance(address(wallet), FUNDS - AMOUNT, 0, "wallet");
    }

    /// @dev A wallet is asked when its word is used; a key cannot take back what it has signed.
    function test_SE4_Settle_WalletTakesItsWordBack() external {
        (Wallet1271 wallet, SessionId sessionId) = _chargingWallet();
        vm.warp(block.timestamp + 1 hours);
        bytes memory confirmation = _confirmed(sessionId, 5, vehicle);
        vm.prank(vehicle.account);
        wallet.setOwner(stranger.account);
        bytes memory reason = _notSigned(sessionId, address(wallet));
        _refusesSettle(sessionId, _nameless(5), confirmation, reason);
    }

    function test_SE4_Settle_KeyCannotTakeItsWordBack() external {
        Deal memory deal = _charged();
        bytes memory confirmation = _confirmed(deal.sessionId, 5, vehicle);
        vm.etch(vehicle.account, type(HostileParticipant).runtimeCode);
        _settleOn(deal.sessionId, _nameless(5), confirmation);
        _assertPaid(deal.sessionId, ENERGY_WH, AMOUNT, 1);
    }

    /* HELPERS */

    function _hideName(MeterRecord memory record) private pure returns (RecordHints) {
        uint56 shown = RecordHints.unwrap(record.hints);
        return RecordHints.wrap(shown & ~(uint56(type(uint16).max) << 16));
    }

    function _refusesConfirmation(SessionId sessionId, BeginReading memory begin) private {
        _refusesUnsigned(sessionId, _nameless(5), _confirmed(begin, vehicle));
    }
}
