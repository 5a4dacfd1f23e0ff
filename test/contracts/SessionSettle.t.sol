// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {P256} from "@openzeppelin/contracts/utils/cryptography/P256.sol";
import {ChargingSession} from "../../contracts/ChargingSession.sol";
import {IChargingSession} from "../../contracts/interfaces/IChargingSession.sol";
import {IEscrow} from "../../contracts/interfaces/IEscrow.sol";
import {IMeterRegistry} from "../../contracts/interfaces/IMeterRegistry.sol";
import {IReputation} from "../../contracts/interfaces/IReputation.sol";
import {MeterKeys} from "../../contracts/ocmf/MeterKeys.sol";
import {OcmfReadings} from "../../contracts/ocmf/OcmfReadings.sol";
import {HostileParticipant} from "../../contracts/mocks/HostileParticipant.sol";
import {Wallet1271} from "../../contracts/mocks/Wallet1271.sol";
import {ParticipantKind, SessionId, SessionState} from "../../contracts/types/MarketTypes.sol";
import {
    EnergyDirection,
    MeterKey,
    MeterKeyId,
    MeterRecord,
    RecordHints
} from "../../contracts/ocmf/OcmfTypes.sol";
import {
    BeginReading,
    Meter,
    MeterCertificate,
    MeterQuery
} from "../../contracts/types/MeterTypes.sol";
import {SettleWorld} from "../support/contracts/SettleWorld.sol";
import {Actor, Deal} from "../support/contracts/World.sol";

/// @title `settle`, final at once
contract SessionSettleTest is SettleWorld {
    /* MONEY */

    function test_SE2_Settle_ExactMoney() external {
        Deal memory deal = _charged();
        MeterRecord[] memory records = _naming(deal.sessionId, 32);

        vm.expectEmit(address(meters));
        emit IMeterRegistry.RecordsConsumed(meterId, deal.sessionId, 32);
        vm.expectEmit(address(sessions));
        emit IChargingSession.SessionSettled(deal.sessionId, ENERGY_WH, AMOUNT, DEPOSIT - AMOUNT);
        _expectStakes(AMOUNT, 0);
        vm.expectEmit(address(reputation));
        emit IReputation.CredibilityChanged(vehicle.account, deal.sessionId, 1, 1);
        _settleOn(deal.sessionId, records, "");

        _assertPaid(deal.sessionId, ENERGY_WH, AMOUNT, 1);
    }

    function test_SE2_Settle_TwoRecords() external {
        Deal memory deal = _charged();
        _settleOn(deal.sessionId, _pair(_name(deal.sessionId), 7, 8), "");
        _assertPaid(deal.sessionId, ENERGY_WH, AMOUNT, 1);
        (, Meter memory known) = meters.meterOf(meterId);
        vm.assertEq(known.lastPagination, 8, "METER-1: both are spent");
    }

    function test_SE2_Settle_Secp256k1() external {
        Deal memory deal = _charged();
        MeterKey memory key = _k1Key(2);
        _certify(key, pile);
        string memory named = _name(deal.sessionId);
        MeterRecord memory begin = _record(key, 2, _payload(1, named, _import("B", "1")));
        MeterRecord memory end = _record(key, 2, _payload(2, named, _import("E", "2")));

        vm.prank(pile.account);
        sessions.settle(deal.sessionId, key, _list(begin, end), "");
        _assertPaid(deal.sessionId, 1_000, 450_000, 1);
    }

    /// @dev 50 kWh would be 22.5 tokens.
    function test_SE3_Settle_AtMostTheDeposit() external {
        Deal memory deal = _charging();
        vm.warp(block.timestamp + 3 hours);
        _settleOn(deal.sessionId, _reads(deal.sessionId, "100", "150"), "");
        _assertPaid(deal.sessionId, 50_000, DEPOSIT, 1);
    }

    /// @dev 999.999 mWh are no Wh, and 0.999 units are none.
    function test_SE3_Settle_RoundsDown() external {
        Deal memory deal = _chargedBetween(vehicle, pile, 999);
        _settleOn(deal.sessionId, _reads(deal.sessionId, "0.000001", "0.002"), "");
        _assertPaid(deal.sessionId, 1, 0, 1);
    }

    /// @dev Accounts that collude could have any number of sessions without energy: they earn
    /// nothing.
    function test_SE2_Settle_NoEnergyEarnsNothing() external {
        Deal memory deal = _charged();
        vm.expectEmit(address(reputation));
        emit IReputation.CredibilityChanged(vehicle.account, deal.sessionId, 0, 0);
        _settleOn(deal.sessionId, _reads(deal.sessionId, "5", "5.0009"), "");
        _assertPaid(deal.sessionId, 0, 0, 0);
    }

    function testFuzz_SE2_SE3_Settle_AnyEnergyAndPrice(uint64 taken, uint64 pricePerKwh) external {
        taken = uint64(_bound(taken, 0, 22_001_000));
        Deal memory deal = _chargedBetween(vehicle, pile, pricePerKwh);
        _settleOn(deal.sessionId, _takes(deal.sessionId, taken), "");

        uint256 due = (uint256(taken / 1000) * pricePerKwh) / 1000;
        uint128 amount = due > DEPOSIT ? DEPOSIT : uint128(due);
        _assertPaid(deal.sessionId, taken / 1000, amount, taken < 1000 ? int8(0) : int8(1));
    }

    /* WHO, WHEN, ONCE */

    function test_SE4_Settle_OnlyByThePile() external {
        Deal memory deal = _charged();
        MeterRecord[] memory records = _naming(deal.sessionId, 1);
        address[4] memory others = [
            vehicle.account,
            otherPile.account,
            stranger.account,
            address(meters)
        ];
        for (uint256 i = 0; i < others.length; ++i) {
            vm.expectRevert(_notParty(deal.sessionId, others[i]));
            vm.prank(others[i]);
            sessions.settle(deal.sessionId, meter, records, "");
        }
        _settleOn(deal.sessionId, records, "");
    }

    function test_SE1_Settle_BeforeCharging() external {
        SessionId unknown = SessionId.wrap(keccak256("unknown"));
        _refusesState(unknown, SessionState.None);
        Deal memory deal = _opened();
        _refusesState(deal.sessionId, SessionState.Opened);
        vm.prank(pile.account);
        sessions.authorise(deal.sessionId);
        _refusesState(deal.sessionId, SessionState.Authorised);
    }

    function test_SE1_Settle_AfterTheEnd() external {
        Deal memory deal = _charged();
        _settleOn(deal.sessionId, _naming(deal.sessionId, 1), "");
        _refusesState(deal.sessionId, SessionState.Settled);
        vm.expectRevert(_wrongState(deal.sessionId, SessionState.Metered, SessionState.Settled));
        sessions.finalise(deal.sessionId);
        vm.expectRevert(
            abi.encodeWithSelector(
                IChargingSession.SessionOver.selector,
                deal.sessionId,
                SessionState.Settled
            )
        );
        sessions.expire(deal.sessionId);
        _assertPaid(deal.sessionId, ENERGY_WH, AMOUNT, 1);
    }

    function test_SE1_Settle_AfterExpiry() external {
        Deal memory deal = _charging();
        vm.warp(_deadlineOf(deal.sessionId));
        sessions.expire(deal.sessionId);
        _refusesState(deal.sessionId, SessionState.Expired);
    }

    function test_SE5_Settle_AtTheSecond() external {
        Deal memory deal = _charged();
        uint40 deadline = _deadlineOf(deal.sessionId);
        MeterRecord[] memory records = _naming(deal.sessionId, 1);

        vm.warp(deadline);
        _refusesSettle(deal.sessionId, records, "", _tooLate(deal.sessionId, deadline));
        vm.warp(deadline - 1);
        _settleOn(deal.sessionId, records, "");
        _assertPaid(deal.sessionId, ENERGY_WH, AMOUNT, 1);
    }

    /// @dev Without a dispute window nothing is ever disputed.
    function test_SE6_Settle_FinalAtOnce() external {
        Deal memory deal = _charged();
        _settleOn(deal.sessionId, _naming(deal.sessionId, 1), "");
        vm.expectRevert(_wrongState(deal.sessionId, SessionState.Metered, SessionState.Settled));
        vm.prank(vehicle.account);
        sessions.dispute(deal.sessionId);
    }

    function test_ID4_Settle_OfTheSuspended() external {
        Deal memory deal = _charged();
        _suspend(vehicle);
        _suspend(pile);
        _settleOn(deal.sessionId, _naming(deal.sessionId, 1), "");
        _assertPaid(deal.sessionId, ENERGY_WH, AMOUNT, 1);
    }

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
        bytes32 digest = _beginDigest(address(twin), _beginReading(deal.sessionId, 5));
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
        bytes memory confirmation = _confirmed(sessionId, 5, vehicle);
        _settleOn(sessionId, _nameless(5), confirmation);
        _assertBalance(address(wallet), FUNDS - AMOUNT, 0, "wallet");
    }

    /// @dev A wallet is asked when its word is used; a key cannot take back what it has signed.
    function test_SE4_Settle_WalletTakesItsWordBack() external {
        (Wallet1271 wallet, SessionId sessionId) = _chargingWallet();
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

    /* WHAT THE REGISTRY REFUSES */

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

    function _reads(
        SessionId sessionId,
        string memory begin,
        string memory end
    ) private view returns (MeterRecord[] memory) {
        return _list(_record(_payload(1, _name(sessionId), _both(begin, end))));
    }

    /// @dev From 0, in 1/1000 Wh.
    function _takes(
        SessionId sessionId,
        uint64 milliWh
    ) private view returns (MeterRecord[] memory) {
        bytes memory digits = new bytes(9);
        uint64 rest = milliWh;
        for (uint256 i = 9; i > 0; --i) {
            digits[i - 1] = bytes1(uint8(0x30 + (rest % 10)));
            rest /= 10;
        }
        string memory end = _kwh(digits);
        return _reads(sessionId, "0", end);
    }

    function _kwh(bytes memory digits) private pure returns (string memory) {
        bytes memory text = new bytes(10);
        for (uint256 i = 0; i < 9; ++i) text[i < 3 ? i : i + 1] = digits[i];
        text[3] = ".";
        return string(text);
    }

    function _pair(
        string memory identification,
        uint256 begin,
        uint256 end
    ) private view returns (MeterRecord[] memory) {
        return
            _list(
                _record(_payload(begin, identification, _import("B", "2935.6000"))),
                _record(_payload(end, identification, _import("E", "2947.9456")))
            );
    }

    function _hideName(MeterRecord memory record) private pure returns (RecordHints) {
        uint56 shown = RecordHints.unwrap(record.hints);
        return RecordHints.wrap(shown & ~(uint56(type(uint16).max) << 16));
    }

    function _certifyUntil(MeterKey memory key, uint40 validUntil) private {
        MeterCertificate memory certificate = _meterCertificate(key, pile);
        certificate.validUntil = validUntil;
        _certify(certificate);
    }

    /// @dev The vehicle's key owns the wallet; its session has charged for an hour.
    function _chargingWallet() private returns (Wallet1271 wallet, SessionId sessionId) {
        wallet = new Wallet1271(vehicle.account);
        Actor memory ev = _enrolContract(address(wallet), ParticipantKind.Vehicle);
        Deal memory deal = _agreedBetween(ev, pile, PRICE);
        sessionId = deal.sessionId;
        vm.prank(pile.account);
        sessions.start(deal.opening, deal.proof);
        vm.prank(pile.account);
        sessions.authorise(sessionId);
        vm.prank(vehicle.account);
        wallet.execute(address(sessions), abi.encodeCall(sessions.plugIn, (sessionId)));
        vm.warp(block.timestamp + 1 hours);
    }

    function _spent(uint64 pagination, uint64 last) private view returns (bytes memory) {
        bytes4 selector = IMeterRegistry.MeterPaginationSpent.selector;
        return abi.encodeWithSelector(selector, meterId, pagination, last);
    }

    function _refusesState(SessionId sessionId, SessionState actual) private {
        _refusesSettle(
            sessionId,
            _naming(sessionId, 2),
            "",
            _wrongState(sessionId, SessionState.Charging, actual)
        );
    }

    function _refusesUnsigned(
        SessionId sessionId,
        MeterRecord[] memory records,
        bytes memory confirmation
    ) private {
        _refusesSettle(sessionId, records, confirmation, _notSigned(sessionId, vehicle.account));
    }

    function _refusesConfirmation(SessionId sessionId, BeginReading memory begin) private {
        _refusesUnsigned(sessionId, _nameless(5), _confirmed(begin, vehicle));
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
