// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ChargingSession} from "../../contracts/ChargingSession.sol";
import {IChargingSession} from "../../contracts/interfaces/IChargingSession.sol";
import {HostileParticipant} from "../../contracts/mocks/HostileParticipant.sol";
import {Wallet1271} from "../../contracts/mocks/Wallet1271.sol";
import {
    ParticipantKind,
    Reading,
    SessionId,
    SessionState
} from "../../contracts/types/MarketTypes.sol";
import {Deal} from "../support/contracts/DealWorld.sol";
import {Digests} from "../support/contracts/Digests.sol";
import {Actor} from "../support/contracts/Base.sol";
import {AgreedWorld} from "../support/contracts/AgreedWorld.sol";

/// @title `settleAgreed`: who has to have signed
contract SessionAgreedSignedTest is AgreedWorld {
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
        bytes32 digest = Digests.readingDigest(address(twin), reading);

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
            Digests.readingDigest(address(sessions), reading)
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

    /* HELPERS */

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
