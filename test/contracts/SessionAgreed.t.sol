// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ChargingSession} from "../../contracts/ChargingSession.sol";
import {IChargingSession} from "../../contracts/interfaces/IChargingSession.sol";
import {IReputation} from "../../contracts/interfaces/IReputation.sol";
import {HostileParticipant} from "../../contracts/mocks/HostileParticipant.sol";
import {Wallet1271} from "../../contracts/mocks/Wallet1271.sol";
import {
    ParticipantKind,
    Reading,
    Session,
    SessionId,
    SessionState
} from "../../contracts/types/MarketTypes.sol";
import {Deal, DealWorld} from "../support/contracts/DealWorld.sol";
import {Oracle} from "../support/contracts/Oracle.sol";
import {Actor} from "../support/contracts/World.sol";

/// @title `settleAgreed`
contract SessionAgreedTest is DealWorld {
    /// @dev Pays the whole deposit at `PRICE`, and nothing more: 44,444.4 Wh.
    uint64 private constant ENERGY_AT_DEPOSIT_WH = 44_445;

    /* MONEY */

    function test_SE2_Agreed_ExactMoney() external {
        Deal memory deal = _charging();
        Reading memory reading = _reading(deal.sessionId, 7_777);
        // 7,777 Wh at 450,000 units a kWh are 3,499,650 units.
        uint128 amount = 3_499_650;

        vm.expectEmit(address(sessions));
        emit IChargingSession.SessionSettled(
            deal.sessionId,
            vehicle.account,
            pile.account,
            7_777,
            amount,
            DEPOSIT - amount
        );
        _expectStakes(amount, 0);
        vm.expectEmit(address(reputation));
        emit IReputation.CredibilityChanged(vehicle.account, deal.sessionId, 0, 0);
        vm.prank(stranger.account);
        sessions.settleAgreed(reading, _signed(reading, vehicle), _signed(reading, pile));

        _assertSettled(deal.sessionId, 7_777, amount);
    }

    function testFuzz_SE2_Agreed_AnyRegisterAndPrice(
        uint64 beginWh,
        uint64 endWh,
        uint64 pricePerKwh
    ) external {
        if (endWh < beginWh) (beginWh, endWh) = (endWh, beginWh);
        Deal memory deal = _chargingBetween(vehicle, pile, pricePerKwh);
        Reading memory reading = Reading(
            deal.sessionId,
            beginWh,
            endWh,
            uint40(block.timestamp) + 1
        );

        sessions.settleAgreed(reading, _signed(reading, vehicle), _signed(reading, pile));

        uint256 due = (uint256(endWh - beginWh) * pricePerKwh) / 1000;
        _assertSettled(deal.sessionId, endWh - beginWh, due > DEPOSIT ? DEPOSIT : uint128(due));
    }

    /// @dev The same around the deposit, where the fuzzer of whole registers never comes.
    function testFuzz_SE3_Agreed_AroundTheDeposit(uint64 energyWh) external {
        energyWh = uint64(_bound(energyWh, 0, 2 * ENERGY_AT_DEPOSIT_WH));
        Deal memory deal = _settled(energyWh);

        uint256 due = (uint256(energyWh) * PRICE) / 1000;
        _assertSettled(deal.sessionId, energyWh, due > DEPOSIT ? DEPOSIT : uint128(due));
    }

    function test_SE3_Agreed_JustBelowTheDeposit() external {
        Deal memory deal = _settled(ENERGY_AT_DEPOSIT_WH - 1);
        _assertSettled(deal.sessionId, ENERGY_AT_DEPOSIT_WH - 1, 19_999_800);
    }

    function test_SE3_Agreed_AboveTheDeposit() external {
        Deal memory deal = _settled(ENERGY_AT_DEPOSIT_WH);
        _assertSettled(deal.sessionId, ENERGY_AT_DEPOSIT_WH, DEPOSIT);
    }

    function test_SE3_Agreed_NoEnergy() external {
        Deal memory deal = _settled(0);
        _assertSettled(deal.sessionId, 0, 0);
    }

    /* ONCE, IN TIME, IN STATE */

    function test_SE1_Agreed_Twice() external {
        Deal memory deal = _settled(1_000);
        Reading memory reading = _reading(deal.sessionId, 2_000);

        _refuses(
            reading,
            abi.encodeWithSelector(
                IChargingSession.SessionWrongState.selector,
                deal.sessionId,
                SessionState.Charging,
                SessionState.Settled
            )
        );
        _assertSettled(deal.sessionId, 1_000, 450_000);
    }

    function test_SE1_Agreed_WrongState() external {
        Deal memory deal = _opened();
        _refusesState(deal.sessionId, SessionState.Opened);

        vm.prank(pile.account);
        sessions.authorise(deal.sessionId);
        _refusesState(deal.sessionId, SessionState.Authorised);

        _refusesState(SessionId.wrap(keccak256("unknown")), SessionState.None);
    }

    function test_SE2_Agreed_AfterUnplugging() external {
        Deal memory deal = _charging();
        vm.prank(vehicle.account);
        sessions.unplug(deal.sessionId);
        _settle(deal.sessionId, 1_000);
        _assertSettled(deal.sessionId, 1_000, 450_000);
    }

    function test_SE1_Agreed_AfterExpiry() external {
        Deal memory deal = _charging();
        vm.warp(sessions.sessionOf(deal.sessionId).deadline);
        sessions.expire(deal.sessionId);
        _refusesState(deal.sessionId, SessionState.Expired);
    }

    function test_SE5_Agreed_AtTheSecond() external {
        Deal memory deal = _charging();
        uint40 deadline = sessions.sessionOf(deal.sessionId).deadline;

        vm.warp(deadline);
        _refuses(
            _reading(deal.sessionId, 1),
            abi.encodeWithSelector(
                IChargingSession.SessionTooLate.selector,
                deal.sessionId,
                deadline,
                deadline
            )
        );

        vm.warp(deadline - 1);
        _settle(deal.sessionId, 1);
    }

    /* THE READING */

    function testFuzz_Agreed_FallingRegister(uint64 beginWh, uint64 endWh) external {
        beginWh = uint64(_bound(beginWh, 1, type(uint64).max));
        endWh = uint64(_bound(endWh, 0, beginWh - 1));
        Deal memory deal = _charging();

        _refuses(
            Reading(deal.sessionId, beginWh, endWh, uint40(block.timestamp) + 1),
            abi.encodeWithSelector(
                IChargingSession.SessionFallingRegister.selector,
                deal.sessionId,
                beginWh,
                endWh
            )
        );
    }

    function test_Agreed_StaleReading() external {
        Deal memory deal = _charging();
        Reading memory reading = _reading(deal.sessionId, 1);

        vm.warp(reading.deadline);
        _refuses(
            reading,
            abi.encodeWithSelector(
                IChargingSession.SessionStaleReading.selector,
                deal.sessionId,
                reading.deadline,
                reading.deadline
            )
        );

        vm.warp(reading.deadline - 1);
        sessions.settleAgreed(reading, _signed(reading, vehicle), _signed(reading, pile));
    }

    /* SIGNATURES */

    function test_SE4_Agreed_VehicleDidNotSign() external {
        Deal memory deal = _charging();
        Reading memory reading = _reading(deal.sessionId, 1_000);
        bytes memory ofPile = _signed(reading, pile);

        _refusesSignature(reading, _signed(reading, otherVehicle), ofPile, vehicle.account);
        _refusesSignature(reading, ofPile, ofPile, vehicle.account);
        _refusesSignature(reading, "", ofPile, vehicle.account);
        _refusesSignature(reading, new bytes(65), ofPile, vehicle.account);
    }

    function test_SE4_Agreed_PileDidNotSign() external {
        Deal memory deal = _charging();
        Reading memory reading = _reading(deal.sessionId, 1_000);
        bytes memory ofVehicle = _signed(reading, vehicle);

        _refusesSignature(reading, ofVehicle, _signed(reading, otherPile), pile.account);
        _refusesSignature(reading, ofVehicle, ofVehicle, pile.account);
        _refusesSignature(reading, ofVehicle, "", pile.account);
    }

    function test_SE4_Agreed_SignaturesSwapped() external {
        Deal memory deal = _charging();
        Reading memory reading = _reading(deal.sessionId, 1_000);
        _refusesSignature(
            reading,
            _signed(reading, pile),
            _signed(reading, vehicle),
            vehicle.account
        );
    }

    /// @dev The corruption matrix of `Reading`; the session id is covered by the next test.
    function test_SE4_Agreed_EveryFieldIsSigned() external {
        Deal memory deal = _charging();
        Reading memory reading = _reading(deal.sessionId, 1_000);
        (bytes memory ofVehicle, bytes memory ofPile) = _both(reading);

        reading.beginWh -= 1;
        _refusesSignature(reading, ofVehicle, ofPile, vehicle.account);
        reading.beginWh += 1;
        reading.endWh += 1;
        _refusesSignature(reading, ofVehicle, ofPile, vehicle.account);
        reading.endWh -= 1;
        reading.deadline += 1;
        _refusesSignature(reading, ofVehicle, ofPile, vehicle.account);
        reading.deadline -= 1;

        vm.chainId(4242);
        _refusesSignature(reading, ofVehicle, ofPile, vehicle.account);
    }

    /// @dev Both sign different readings: neither settles.
    function test_SE4_Agreed_TheTwoDisagree() external {
        Deal memory deal = _charging();
        Reading memory ofVehicle = _reading(deal.sessionId, 1_000);
        Reading memory ofPile = _reading(deal.sessionId, 2_000);

        _refusesSignature(
            ofPile,
            _signed(ofVehicle, vehicle),
            _signed(ofPile, pile),
            vehicle.account
        );
        _refusesSignature(
            ofVehicle,
            _signed(ofVehicle, vehicle),
            _signed(ofPile, pile),
            pile.account
        );
    }

    /// @dev The same two people trade twice; the first reading does not settle the second session.
    function test_SE4_Agreed_ReadingOfAnotherSession() external {
        Deal memory first = _charging();
        Reading memory reading = _reading(first.sessionId, 1_000);
        (bytes memory ofVehicle, bytes memory ofPile) = _both(reading);
        sessions.settleAgreed(reading, ofVehicle, ofPile);

        Deal memory second = _charging();
        reading.sessionId = second.sessionId;
        _refusesSignature(reading, ofVehicle, ofPile, vehicle.account);
    }

    function test_SE4_Agreed_SignedForAnotherContract() external {
        Deal memory deal = _charging();
        ChargingSession twin = _newSessions(_windows(), address(0));
        Reading memory reading = _reading(deal.sessionId, 1_000);
        bytes32 digest = Oracle.readingDigest(address(twin), reading);

        _refusesSignature(
            reading,
            _signature(vehicle.key, digest),
            _signature(pile.key, digest),
            vehicle.account
        );
    }

    /// @dev The malleable twin (n − s) of a good signature is refused.
    function test_SE4_Agreed_MalleableSignature() external {
        Deal memory deal = _charging();
        Reading memory reading = _reading(deal.sessionId, 1_000);
        uint256 order = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141;
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(
            vehicle.key,
            Oracle.readingDigest(address(sessions), reading)
        );
        bytes memory twin = abi.encodePacked(
            r,
            bytes32(order - uint256(s)),
            v == 27 ? uint8(28) : uint8(27)
        );

        _refusesSignature(reading, twin, _signed(reading, pile), vehicle.account);
    }

    /* CONTRACT WALLETS */

    function test_SE4_Agreed_VehicleIsAWallet() external {
        (Wallet1271 wallet, SessionId sessionId) = _chargingWallet();
        Reading memory reading = _reading(sessionId, 1_000);

        sessions.settleAgreed(reading, _signed(reading, vehicle), _signed(reading, pile));
        vm.assertEq(
            uint8(sessions.sessionOf(sessionId).state),
            uint8(SessionState.Settled),
            "state"
        );
        _assertBalance(address(wallet), FUNDS - 450_000, 0, "wallet");
    }

    /// @dev README: a wallet is asked when the reading is used, so what its owner signed can be
    /// taken back.
    function test_SE4_Agreed_WalletTakesItsSignatureBack() external {
        (Wallet1271 wallet, SessionId sessionId) = _chargingWallet();
        Reading memory reading = _reading(sessionId, 1_000);
        bytes memory ofOwner = _signed(reading, vehicle);

        vm.prank(vehicle.account);
        wallet.setOwner(stranger.account);
        _refusesSignature(reading, ofOwner, _signed(reading, pile), address(wallet));
    }

    /// @dev A key cannot: code that comes onto its account later (EIP-7702) is not asked.
    function test_SE4_Agreed_KeyCannotTakeItsSignatureBack() external {
        Deal memory deal = _charging();
        Reading memory reading = _reading(deal.sessionId, 1_000);
        (bytes memory ofVehicle, bytes memory ofPile) = _both(reading);

        vm.etch(vehicle.account, type(HostileParticipant).runtimeCode);
        sessions.settleAgreed(reading, ofVehicle, ofPile);
        _assertSettled(deal.sessionId, 1_000, 450_000);
    }

    /// @dev The key stays good, and the wallet that its account has become may sign as well.
    function test_SE4_Agreed_KeyThatBecameAWallet() external {
        Deal memory deal = _charging();
        Reading memory reading = _reading(deal.sessionId, 1_000);
        Wallet1271 wallet = new Wallet1271(stranger.account);

        vm.etch(vehicle.account, address(wallet).code);
        vm.prank(address(0));
        Wallet1271(vehicle.account).setOwner(stranger.account);
        sessions.settleAgreed(reading, _signed(reading, stranger), _signed(reading, pile));
        _assertSettled(deal.sessionId, 1_000, 450_000);
    }

    /// @dev A party that burns all gas when asked hurts its own session; it expires like one
    /// without a reading.
    function test_SE5_Agreed_HostileParticipant() external {
        HostileParticipant hostile = new HostileParticipant();
        Actor memory ev = _enrolContract(address(hostile), ParticipantKind.Vehicle);
        Deal memory deal = _agreedBetween(ev, pile, PRICE);
        hostile.act(address(sessions), abi.encodeCall(sessions.start, (deal.opening, deal.proof)));
        vm.prank(pile.account);
        sessions.authorise(deal.sessionId);
        hostile.act(address(sessions), abi.encodeCall(sessions.plugIn, (deal.sessionId)));
        Reading memory reading = _reading(deal.sessionId, 1_000);
        bytes memory ofPile = _signed(reading, pile);

        vm.expectRevert(
            abi.encodeWithSelector(
                IChargingSession.SessionBadSignature.selector,
                deal.sessionId,
                address(hostile)
            )
        );
        sessions.settleAgreed{gas: 1_000_000}(reading, "", ofPile);

        vm.warp(sessions.sessionOf(deal.sessionId).deadline);
        sessions.expire(deal.sessionId);
        _assertBalance(pile.account, FUNDS, 0, "pile");
        _assertBalance(address(hostile), FUNDS, 0, "hostile");
    }

    /* STANDING */

    function test_ID4_Agreed_OfTheSuspendedAndExpired() external {
        Deal memory deal = _charging();
        _suspend(vehicle);
        _suspend(pile);
        _settle(deal.sessionId, 1_000);

        _withdrawAll(pile.account);
        vm.assertEq(token.balanceOf(pile.account), FUNDS + 450_000, "paid out while suspended");
    }

    /* HELPERS */

    function _assertSettled(SessionId sessionId, uint64 energyWh, uint128 amount) private view {
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
    ) private view returns (bytes memory ofVehicle, bytes memory ofPile) {
        return (_signed(reading, vehicle), _signed(reading, pile));
    }

    function _refuses(Reading memory reading, bytes memory reason) private {
        (bytes memory ofVehicle, bytes memory ofPile) = _both(reading);
        vm.expectRevert(reason);
        sessions.settleAgreed(reading, ofVehicle, ofPile);
    }

    function _refusesState(SessionId sessionId, SessionState actual) private {
        _refuses(
            _reading(sessionId, 1),
            abi.encodeWithSelector(
                IChargingSession.SessionWrongState.selector,
                sessionId,
                SessionState.Charging,
                actual
            )
        );
    }

    function _refusesSignature(
        Reading memory reading,
        bytes memory ofVehicle,
        bytes memory ofPile,
        address signer
    ) private {
        vm.expectRevert(
            abi.encodeWithSelector(
                IChargingSession.SessionBadSignature.selector,
                reading.sessionId,
                signer
            )
        );
        sessions.settleAgreed(reading, ofVehicle, ofPile);
    }
}
