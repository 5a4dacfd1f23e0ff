// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {P256} from "@openzeppelin/contracts/utils/cryptography/P256.sol";
import {IMeterRegistry} from "../../contracts/interfaces/IMeterRegistry.sol";
import {MeterKeys} from "../../contracts/ocmf/MeterKeys.sol";
import {OcmfReadings} from "../../contracts/ocmf/OcmfReadings.sol";
import {SessionId} from "../../contracts/types/MarketTypes.sol";
import {
    EnergyDirection,
    MeterKey,
    MeterKeyId,
    MeterRecord
} from "../../contracts/ocmf/OcmfTypes.sol";
import {Meter, MeterCertificate, MeterQuery} from "../../contracts/types/MeterTypes.sol";
import {Deal} from "../support/contracts/DealWorld.sol";
import {SettleWorld} from "../support/contracts/SettleWorld.sol";

/// @title `settle`: records that the registry of meters refuses
contract SettleRecordsTest is SettleWorld {
    function test_METER2_Settle_ReplayedForAnotherSession() external {
        Deal memory first = _charged();
        _settleOn(first.sessionId, _naming(first.sessionId, 5), "");
        Deal memory second = _charged();
        _refusesSettle(second.sessionId, _naming(second.sessionId, 5), "", _spent(5, 5));
        _refusesSettle(second.sessionId, _naming(second.sessionId, 4), "", _spent(4, 5));
        _settleOn(second.sessionId, _naming(second.sessionId, 6), "");
    }

    /// @dev A refused settlement spends nothing.
    function test_METER1_Settle_RefusalSpendsNothing() external {
        Deal memory deal = _charged();
        _refusesUnsigned(deal.sessionId, _nameless(9), "");
        (, Meter memory known) = meters.meterOf(meterId);
        vm.assertEq(known.lastPagination, 0, "unspent");
        _settleOn(deal.sessionId, _naming(deal.sessionId, 9), "");
    }

    function test_METER3_Settle_MeterOfAnotherPile() external {
        Deal memory deal = _charged();
        MeterKey memory foreign = _r1Key(OTHER_SECRET);
        _certify(foreign, otherPile);
        MeterRecord memory record = _record(foreign, OTHER_SECRET, _plain(deal.sessionId));

        vm.expectRevert(
            abi.encodeWithSelector(
                IMeterRegistry.MeterUnknownKey.selector,
                meters.keyIdOf(foreign),
                pile.account
            )
        );
        vm.prank(pile.account);
        sessions.settle(deal.sessionId, foreign, _list(record), "");
        _passesOn(deal.sessionId, _list(record), IMeterRegistry.MeterBadSignature.selector);
    }

    function test_METER4_Settle_KeyNotInForce() external {
        Deal memory deal = _charged();
        MeterRecord[] memory records = _naming(deal.sessionId, 1);
        _revoke(meterId);
        _refusesSettle(
            deal.sessionId,
            records,
            "",
            abi.encodeWithSelector(IMeterRegistry.MeterKeyRevoked.selector, meterId)
        );
    }

    function test_METER4_Settle_KeyExpired() external {
        Deal memory deal = _charged();
        MeterKey memory brief = _r1Key(OTHER_SECRET);
        _certifyUntil(brief, uint40(block.timestamp) + 1);
        MeterRecord memory record = _record(brief, OTHER_SECRET, _plain(deal.sessionId));
        vm.warp(block.timestamp + 1);
        MeterKeyId briefId = meters.keyIdOf(brief);
        (, Meter memory known) = meters.meterOf(briefId);
        vm.expectRevert(
            abi.encodeWithSelector(
                IMeterRegistry.MeterKeyNotInForce.selector,
                briefId,
                known.validFrom,
                known.validUntil,
                block.timestamp
            )
        );
        vm.prank(pile.account);
        sessions.settle(deal.sessionId, brief, _list(record), "");
    }

    function test_METER2_Settle_Counts() external {
        Deal memory deal = _charged();
        MeterRecord[] memory three = new MeterRecord[](3);
        MeterRecord memory one = _naming(deal.sessionId, 1)[0];
        for (uint256 i = 0; i < 3; ++i) three[i] = one;
        bytes4 count = IMeterRegistry.MeterRecordCount.selector;
        _refusesSettle(deal.sessionId, three, "", abi.encodeWithSelector(count, 3));
        _refusesSettle(deal.sessionId, new MeterRecord[](0), "", abi.encodeWithSelector(count, 0));
    }

    function test_METER1_Settle_GapAndOrder() external {
        Deal memory deal = _charged();
        string memory named = _name(deal.sessionId);
        bytes4 gap = IMeterRegistry.MeterPaginationGap.selector;
        _passesOn(deal.sessionId, _pair(named, 5, 7), gap);
        _passesOn(deal.sessionId, _pair(named, 5, 5), gap);
        _passesOn(deal.sessionId, _pair(named, 5, 4), gap);

        MeterRecord[] memory pair = _pair(named, 5, 6);
        (pair[0], pair[1]) = (pair[1], pair[0]);
        bytes4 half = IMeterRegistry.MeterNotATransaction.selector;
        _passesOn(deal.sessionId, pair, half);
        _passesOn(deal.sessionId, _list(pair[0]), half);
        _passesOn(deal.sessionId, _list(pair[1]), half);
    }

    function test_METER5_Settle_Signature() external {
        Deal memory deal = _charged();
        MeterRecord[] memory records = _naming(deal.sessionId, 1);
        bytes32 s = records[0].s;
        records[0].s = bytes32(P256.N - uint256(s));
        _passesOn(deal.sessionId, records, MeterKeys.MeterHighS.selector);
        records[0].s = s;
        // The last digit of the end register.
        records[0].payload = bytes(
            _payload(1, _name(deal.sessionId), _both("2935.6000", "2947.9457"))
        );
        _passesOn(deal.sessionId, records, IMeterRegistry.MeterBadSignature.selector);
    }

    function test_METER6_Settle_ErrorsOfTheMeter() external {
        Deal memory deal = _charged();
        string memory begin = _import("B", "1");
        _passesOn(
            deal.sessionId,
            begin,
            ',{"TX":"E","ST":"E"}',
            OcmfReadings.OcmfMeterState.selector
        );
        _passesOn(
            deal.sessionId,
            begin,
            ',{"TX":"E","EF":"E"}',
            OcmfReadings.OcmfErrorFlag.selector
        );
        _passesOn(deal.sessionId, begin, ',{"TX":"X","RV":2}', OcmfReadings.OcmfException.selector);
    }

    function test_METER7_Settle_Registers() external {
        Deal memory deal = _charged();
        string memory begin = _import("B", "2");
        _passesOn(
            deal.sessionId,
            begin,
            ',{"TX":"E","RV":1.9}',
            IMeterRegistry.MeterFallingRegister.selector
        );
        _passesOn(
            deal.sessionId,
            begin,
            ',{"TX":"E","RV":3,"RU":"MWh"}',
            OcmfReadings.OcmfWrongUnit.selector
        );
        _passesOn(
            deal.sessionId,
            _reading("B", "1", "1-b:2.8.0", "kWh"),
            ',{"TX":"E","RV":2}',
            IMeterRegistry.MeterNoRegister.selector
        );
        MeterRecord[] memory pair = _pair(_name(deal.sessionId), 5, 6);
        pair[1] = _record(_payload(6, "", _reading("E", "2947", "1-0:1.8.0", "kWh")));
        _passesOn(deal.sessionId, pair, IMeterRegistry.MeterRegistersDiffer.selector);
    }

    function test_METER7_Settle_ClockRunsBackwards() external {
        Deal memory deal = _charged();
        _passesOn(
            deal.sessionId,
            '{"TM":"2030-03-17T18:46:40,000+0100 S","TX":"B","ST":"G","RV":1,"RI":"1-b:1.8.0","RU":"kWh"}',
            ',{"TM":"2030-03-17T18:46:39,999+0100 S","TX":"E","RV":1}',
            IMeterRegistry.MeterTimeReversed.selector
        );
    }

    /// @dev An unsynchronised clock says nothing; the socket has had the time since `plugIn`, and
    /// not since the start.
    function test_METER7_Settle_WindowBeginsWithPlugIn() external {
        Deal memory deal = _authorised();
        vm.warp(block.timestamp + 1 hours);
        vm.prank(vehicle.account);
        sessions.plugIn(deal.sessionId);
        vm.warp(block.timestamp + 360);

        // 22 kW × 361 s = 2,206,111 mWh, and 1 Wh more.
        _passesOn(
            deal.sessionId,
            _reads(deal.sessionId, "0", "2.207112"),
            IMeterRegistry.MeterTooMuchEnergy.selector
        );
        _settleOn(deal.sessionId, _reads(deal.sessionId, "0", "2.207111"), "");
        _assertPaid(deal.sessionId, 2_207, 993_150, 1);
    }

    /* HELPERS */

    function _plain(SessionId sessionId) private pure returns (string memory) {
        return _payload(1, _name(sessionId), _both("2935.6000", "2947.9456"));
    }

    function _certifyUntil(MeterKey memory key, uint40 validUntil) private {
        MeterCertificate memory certificate = _meterCertificate(key, pile);
        certificate.validUntil = validUntil;
        _certify(certificate);
    }

    function _passesOn(
        SessionId sessionId,
        string memory begin,
        string memory end,
        bytes4 expected
    ) private {
        string memory payload = _payload(3, _name(sessionId), string.concat(begin, end));
        _passesOn(sessionId, _list(_record(payload)), expected);
    }

    /// @dev The session contract refuses with the registry's reason, and that is the expected one.
    function _passesOn(SessionId sessionId, MeterRecord[] memory records, bytes4 expected) private {
        uint40 since = sessions.sessionOf(sessionId).pluggedInAt;
        MeterQuery memory query = MeterQuery(
            sessionId,
            pile.account,
            EnergyDirection.Import,
            uint40(block.timestamp) - since
        );
        bytes memory reason = "";
        try meters.read(query, meter, records) {
            vm.assertTrue(false, "the registry accepts it");
        } catch (bytes memory thrown) {
            reason = thrown;
        }
        vm.assertEq(bytes32(bytes4(reason)), bytes32(expected), "another reason");
        _refusesSettle(sessionId, records, "", reason);
    }
}
