// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ArbiterQuorum} from "../../contracts/ArbiterQuorum.sol";
import {IdentityRegistry} from "../../contracts/IdentityRegistry.sol";
import {IIdentityRegistry} from "../../contracts/interfaces/IIdentityRegistry.sol";
import {ISignedCalls} from "../../contracts/interfaces/ISignedCalls.sol";
import {CarelessRegistry} from "../../contracts/mocks/CarelessRegistry.sol";
import {Wallet1271} from "../../contracts/mocks/Wallet1271.sol";
import {Certificate, ParticipantKind} from "../../contracts/types/MarketTypes.sol";
import {IdentityWorld} from "../support/contracts/IdentityWorld.sol";
import {Digests} from "../support/contracts/Digests.sol";
import {Actor} from "../support/contracts/Base.sol";

/// @title `suspend` and `reinstate` by signature: an authority that sends nothing itself
contract IdentityBySignatureTest is IdentityWorld {
    /* ONE KEY */

    function test_ID11_Suspend_SignedAndRelayed() external {
        bytes memory data = _suspending(pile.account);
        bytes memory signature = _called(authority, data, 0);
        vm.expectEmit(address(identities));
        emit IIdentityRegistry.Suspended(pile.account);
        vm.prank(stranger.account);
        identities.callSigned(authority.account, data, _soon(), signature);
        _assertSuspended(pile.account, true);

        data = _reinstating(pile.account);
        identities.callSigned(authority.account, data, _soon(), _called(authority, data, 1));
        _assertSuspended(pile.account, false);
    }

    /// @dev The suspended pile brings an old reinstatement again, and again.
    function test_ID11_Attack_ReplayedReinstatement() external {
        CarelessRegistry careless = new CarelessRegistry();
        bytes32 digest = keccak256(abi.encode(pile.account, false));
        bytes memory old = _signature(authority.key, digest);
        bytes32 suspension = keccak256(abi.encode(pile.account, true));
        bytes memory latest = _signature(authority.key, suspension);
        careless.setSuspended(authority.account, pile.account, true, latest);
        careless.setSuspended(authority.account, pile.account, false, old);
        vm.assertTrue(!careless.isSuspended(pile.account), "the attack works");

        bytes memory data = _reinstating(pile.account);
        bytes memory seen = _called(authority, data, 0);
        identities.callSigned(authority.account, data, _soon(), seen);
        _suspend(pile);
        vm.expectRevert(_badSignature(authority.account));
        vm.prank(pile.account);
        identities.callSigned(authority.account, data, _soon(), seen);
        _assertSuspended(pile.account, true);
    }

    function test_ID11_Suspend_ElsewhereOrLate() external {
        IdentityRegistry twin = _newIdentities(authority.account, court.account);
        bytes memory data = _suspending(pile.account);
        bytes32 digest = Digests.callDigest(
            Digests.IDENTITIES,
            address(twin),
            authority.account,
            data,
            0,
            _soon()
        );
        bytes memory signature = _called(authority, data, 0);
        vm.expectRevert(_badSignature(authority.account));
        identities.callSigned(authority.account, data, _soon(), _signature(authority.key, digest));
        // As a call of a session contract.
        digest = Digests.callDigest(
            Digests.SESSIONS,
            address(identities),
            authority.account,
            data,
            0,
            _soon()
        );
        vm.expectRevert(_badSignature(authority.account));
        identities.callSigned(authority.account, data, _soon(), _signature(authority.key, digest));

        (uint40 deadline, uint256 chain) = (_soon(), block.chainid);
        vm.chainId(4242);
        vm.expectRevert(_badSignature(authority.account));
        identities.callSigned(authority.account, data, deadline, signature);
        vm.chainId(chain);
        vm.warp(deadline);
        vm.expectRevert(
            abi.encodeWithSelector(ISignedCalls.SignedCallStale.selector, deadline, deadline)
        );
        identities.callSigned(authority.account, data, deadline, signature);
        _assertSuspended(pile.account, false);
    }

    /// @dev A stranger's signature is good for what a stranger may do.
    function testFuzz_ID11_Suspend_SignedBySomebodyElse(uint256 key) external {
        key = _bound(key, 1, type(uint128).max);
        vm.assume(key != authority.key);
        Actor memory signer = _actor(key);
        bytes memory data = _suspending(pile.account);
        bytes memory signature = _called(signer, data, 0);

        vm.expectRevert(_notAuthority(signer.account));
        identities.callSigned(signer.account, data, _soon(), signature);
        vm.expectRevert(_badSignature(authority.account));
        identities.callSigned(authority.account, data, _soon(), signature);
    }

    function test_ID8_RequestTrace_SignedByAStation() external {
        (bytes32 caseId, bytes32 shown) = (keccak256("case"), keccak256("shown"));
        bytes memory data = abi.encodeCall(IIdentityRegistry.requestTrace, (caseId, shown));
        bytes memory signature = _called(pile, data, 0);

        vm.expectEmit(address(identities));
        emit IIdentityRegistry.TraceRequested(caseId, shown, pile.account);
        identities.callSigned(pile.account, data, _soon(), signature);
    }

    /* SEVERAL PEOPLE */

    /// @dev Two of three let in, suspend and reinstate; one alone does none of it.
    function test_ID11_Quorum_IsTheAuthority() external {
        Actor[2] memory signers = _ascending(_actor(0xA1), _actor(0xA2));
        ArbiterQuorum quorum = _quorumOf(signers, _actor(0xA3));
        identities = _newIdentities(address(quorum), court.account);
        Certificate memory certificate = _certificate(stranger.account, ParticipantKind.Pile);
        bytes32 digest = Digests.certificateDigest(address(identities), certificate);
        identities.enrol(certificate, _joined(signers, digest));
        identities.requireStanding(stranger.account, ParticipantKind.Pile);

        bytes memory data = _suspending(stranger.account);
        digest = _digestOf(address(quorum), data, 0);
        Actor[2] memory twice = [signers[0], signers[0]];
        vm.expectRevert(_badSignature(address(quorum)));
        identities.callSigned(address(quorum), data, _soon(), _joined(twice, digest));
        vm.expectRevert(_notAuthority(signers[0].account));
        vm.prank(signers[0].account);
        identities.suspend(stranger.account);
        _assertSuspended(stranger.account, false);

        identities.callSigned(address(quorum), data, _soon(), _joined(signers, digest));
        _assertSuspended(stranger.account, true);
        data = _reinstating(stranger.account);
        digest = _digestOf(address(quorum), data, 1);
        identities.callSigned(address(quorum), data, _soon(), _joined(signers, digest));
        _assertSuspended(stranger.account, false);
    }

    /// @dev A wallet, as a Safe is one, may call by itself as well as sign. Who has left it has
    /// signed nothing any more, also what was signed before.
    function test_ID11_Wallet_IsTheAuthority() external {
        Wallet1271 wallet = new Wallet1271(authority.account);
        identities = _newIdentities(address(wallet), court.account);
        Certificate memory certificate = _certificate(stranger.account, ParticipantKind.Pile);
        identities.enrol(certificate, _certified(certificate));

        bytes memory data = _suspending(stranger.account);
        bytes32 digest = _digestOf(address(wallet), data, 0);
        identities.callSigned(address(wallet), data, _soon(), _signature(authority.key, digest));
        _assertSuspended(stranger.account, true);
        vm.prank(authority.account);
        wallet.execute(address(identities), _reinstating(stranger.account));
        _assertSuspended(stranger.account, false);

        digest = _digestOf(address(wallet), data, 2);
        bytes memory kept = _signature(authority.key, digest);
        vm.prank(authority.account);
        wallet.setOwner(court.account);
        vm.expectRevert(_badSignature(address(wallet)));
        identities.callSigned(address(wallet), data, _soon(), kept);
        identities.callSigned(address(wallet), data, _soon(), _signature(court.key, digest));
        _assertSuspended(stranger.account, true);
    }

    /* HELPERS */

    function _soon() private view returns (uint40) {
        return uint40(block.timestamp) + 1 minutes;
    }

    function _suspending(address account) private pure returns (bytes memory) {
        return abi.encodeCall(IIdentityRegistry.suspend, (account));
    }

    function _reinstating(address account) private pure returns (bytes memory) {
        return abi.encodeCall(IIdentityRegistry.reinstate, (account));
    }

    function _digestOf(
        address from,
        bytes memory data,
        uint256 nonce
    ) private view returns (bytes32) {
        return
            Digests.callDigest(Digests.IDENTITIES, address(identities), from, data, nonce, _soon());
    }

    function _called(
        Actor memory signer,
        bytes memory data,
        uint256 nonce
    ) private view returns (bytes memory) {
        return _signature(signer.key, _digestOf(signer.account, data, nonce));
    }

    function _ascending(
        Actor memory one,
        Actor memory other
    ) private pure returns (Actor[2] memory) {
        return one.account < other.account ? [one, other] : [other, one];
    }

    function _quorumOf(Actor[2] memory two, Actor memory third) private returns (ArbiterQuorum) {
        address[] memory members = new address[](3);
        (members[0], members[1], members[2]) = (two[0].account, two[1].account, third.account);
        return new ArbiterQuorum(members, 2);
    }

    function _joined(Actor[2] memory signers, bytes32 digest) private pure returns (bytes memory) {
        address[] memory accounts = new address[](2);
        bytes[] memory signatures = new bytes[](2);
        for (uint256 i = 0; i < 2; ++i) {
            (accounts[i], signatures[i]) = (signers[i].account, _signature(signers[i].key, digest));
        }
        return abi.encode(accounts, signatures);
    }

    function _assertSuspended(address account, bool expected) private view {
        vm.assertTrue(identities.participantOf(account).suspended == expected, "suspended");
    }

    function _badSignature(address from) private pure returns (bytes memory) {
        return abi.encodeWithSelector(ISignedCalls.SignedCallBadSignature.selector, from);
    }

    function _notAuthority(address caller) private pure returns (bytes memory) {
        return abi.encodeWithSelector(IIdentityRegistry.IdentityNotAuthority.selector, caller);
    }
}
