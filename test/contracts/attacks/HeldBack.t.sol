// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IIdentityRegistry} from "../../../contracts/interfaces/IIdentityRegistry.sol";
import {ISignedCalls} from "../../../contracts/interfaces/ISignedCalls.sol";
import {CarelessCalls} from "../../../contracts/mocks/CarelessCalls.sol";
import {ParticipantKind, SessionId, SessionState} from "../../../contracts/types/MarketTypes.sol";
import {Actor} from "../../support/contracts/Base.sol";
import {Deal} from "../../support/contracts/DealWorld.sol";
import {Digests} from "../../support/contracts/Digests.sol";
import {SettleWorld} from "../../support/contracts/SettleWorld.sol";

/// @title A relayer holds back what it was given, until its signer has undone it by a call of its own
contract HeldBackTest is SettleWorld {
    uint40 private constant DEADLINE = START + 1 days;

    /// @dev The straw man lets both kinds of calls pass each other.
    function test_SC6_Attack_CallsThatPassEachOther() external {
        CarelessCalls careless = new CarelessCalls();
        bytes memory data = abi.encodeCall(careless.plugIn, ());
        bytes memory held = _signedFor(address(careless), vehicle, data);
        vm.prank(vehicle.account);
        careless.plugIn();
        vm.prank(vehicle.account);
        careless.unplug();
        careless.callSigned(vehicle.account, data, DEADLINE, held);
        vm.assertTrue(careless.isThere(vehicle.account), "the attack works");
    }

    /// @dev The pile is the relayer. Nothing happens, so the vehicle plugs in by itself, and leaves
    /// in time. In its last second the pile authorises, lets the vehicle come back, and charges it
    /// for a load of its own.
    function test_SC6_Attack_HeldBackPlugIn() external {
        Deal memory deal = _opened();
        bytes memory data = abi.encodeCall(sessions.plugIn, (deal.sessionId));
        bytes memory held = _signedFor(address(sessions), vehicle, data);
        vm.warp(deal.terms.slotStart);
        _callsItself(data);
        _callsItself(abi.encodeCall(sessions.unplug, (deal.sessionId)));

        _authorisesLast(deal.sessionId);
        _refusesHeld(data, held);
        _assertState(deal.sessionId, SessionState.Authorised);
        vm.warp(_deadlineOf(deal.sessionId));
        sessions.expire(deal.sessionId);
        _assertBalance(vehicle.account, FUNDS - BOND, 0, "a fee, as if it had not come");
    }

    /// @dev The other way round: it lets a vehicle go that has come back, and takes the fee.
    function test_SC6_Attack_HeldBackUnplug() external {
        Deal memory deal = _opened();
        bytes memory data = abi.encodeCall(sessions.unplug, (deal.sessionId));
        bytes memory held = _signedFor(address(sessions), vehicle, data);
        vm.warp(deal.terms.slotStart);
        bytes memory plugIn = abi.encodeCall(sessions.plugIn, (deal.sessionId));
        _callsItself(plugIn);
        _callsItself(data);
        _callsItself(plugIn);

        _refusesHeld(data, held);
        _authorisesLast(deal.sessionId);
        _assertState(deal.sessionId, SessionState.Charging);
        vm.warp(block.timestamp + 30 minutes);
        _settleOn(deal.sessionId, _reads(deal.sessionId, "1000", "1004"), "");
        _assertBalance(vehicle.account, FUNDS - 4 * PRICE, 0, "pays what it has drawn");
    }

    /// @dev The pile relays nothing, and takes the fee of a vehicle that stands before it. The straw
    /// man is the vehicle that gives its signature to the pile alone, and never looks.
    function test_SC2_Attack_PileRelaysNothing() external {
        Deal memory silent = _agreedBetween(otherVehicle, pile, PRICE);
        _start(silent, otherVehicle);
        vm.prank(pile.account);
        sessions.authorise(silent.sessionId);
        vm.warp(_deadlineOf(silent.sessionId));
        sessions.expire(silent.sessionId);
        _assertBalance(pile.account, FUNDS + BOND, 0, "the attack works");

        Deal memory deal = _authorised();
        bytes memory data = abi.encodeCall(sessions.plugIn, (deal.sessionId));
        bytes memory held = _signedFor(address(sessions), vehicle, data);
        vm.warp(_deadlineOf(deal.sessionId) - 1);
        vm.prank(stranger.account);
        sessions.callSigned(vehicle.account, data, DEADLINE, held);
        vm.warp(_deadlineOf(deal.sessionId));
        sessions.expire(deal.sessionId);
        _assertBalance(vehicle.account, FUNDS, 0, "the same word, by anybody else");
        _assertBalance(pile.account, FUNDS + BOND, 0, "no other fee");
        vm.assertEq(int256(reputation.credibilityOf(vehicle.account)), 0, "credibility");
    }

    /// @dev A pile was to be reinstated, and kept that for later. It is suspended again, by a call,
    /// and is back a moment later.
    function test_ID11_Attack_HeldBackReinstatement() external {
        _suspend(pile);
        bytes memory data = abi.encodeCall(identities.reinstate, (pile.account));
        bytes memory held = _signedAct(data, identities.nonces(authority.account));
        _suspend(pile);

        _refusesHeldAct(data, held);
        vm.expectRevert(
            abi.encodeWithSelector(IIdentityRegistry.IdentitySuspended.selector, pile.account)
        );
        identities.requireStanding(pile.account, ParticipantKind.Pile);

        held = _signedAct(data, identities.nonces(authority.account));
        identities.callSigned(authority.account, data, DEADLINE, held);
        identities.requireStanding(pile.account, ParticipantKind.Pile);
    }

    /// @dev A pile that competes keeps the suspension of another until that is reinstated by a call.
    function test_ID11_Attack_HeldBackSuspension() external {
        bytes memory data = abi.encodeCall(identities.suspend, (pile.account));
        bytes memory held = _signedAct(data, 0);
        vm.prank(authority.account);
        identities.reinstate(pile.account);

        _refusesHeldAct(data, held);
        identities.requireStanding(pile.account, ParticipantKind.Pile);
        Deal memory deal = _charging();
        _settle(deal.sessionId, 10_000);
        _assertBalance(pile.account, FUNDS + 10 * PRICE, 0, "trades on");
    }

    /* HELPERS */

    /// @dev For its next call.
    function _signedFor(
        address contract_,
        Actor memory signer,
        bytes memory data
    ) private view returns (bytes memory) {
        uint256 nonce = ISignedCalls(contract_).nonces(signer.account);
        bytes32 digest = Digests.callDigest(
            Digests.SESSIONS,
            contract_,
            signer.account,
            data,
            nonce,
            DEADLINE
        );
        return _signature(signer.key, digest);
    }

    function _signedAct(bytes memory data, uint256 nonce) private view returns (bytes memory) {
        address registry = address(identities);
        bytes32 digest = Digests.callDigest(
            Digests.IDENTITIES,
            registry,
            authority.account,
            data,
            nonce,
            DEADLINE
        );
        return _signature(authority.key, digest);
    }

    function _callsItself(bytes memory data) private {
        vm.prank(vehicle.account);
        (bool done, ) = address(sessions).call(data);
        vm.assertTrue(done, "by itself");
    }

    function _authorisesLast(SessionId sessionId) private {
        vm.warp(_deadlineOf(sessionId) - 1);
        vm.prank(pile.account);
        sessions.authorise(sessionId);
    }

    function _refusesHeld(bytes memory data, bytes memory held) private {
        vm.expectRevert(_badSignature(vehicle.account));
        vm.prank(pile.account);
        sessions.callSigned(vehicle.account, data, DEADLINE, held);
    }

    function _refusesHeldAct(bytes memory data, bytes memory held) private {
        vm.expectRevert(_badSignature(authority.account));
        vm.prank(pile.account);
        identities.callSigned(authority.account, data, DEADLINE, held);
    }

    function _assertState(SessionId sessionId, SessionState expected) private view {
        vm.assertEq(uint8(_stateOf(sessionId)), uint8(expected), "state");
    }

    function _badSignature(address from) private pure returns (bytes memory) {
        return abi.encodeWithSelector(ISignedCalls.SignedCallBadSignature.selector, from);
    }
}
