// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {MeterRegistry} from "../../contracts/MeterRegistry.sol";
import {IMeterRegistry} from "../../contracts/interfaces/IMeterRegistry.sol";
import {MeterKeyId} from "../../contracts/ocmf/OcmfTypes.sol";
import {Meter, MeterCertificate} from "../../contracts/types/MeterTypes.sol";
import {MeterReadWorld} from "../support/contracts/MeterReadWorld.sol";
import {Digests} from "../support/contracts/Digests.sol";

/// @title `revokeBySig`: an authority that sends nothing itself
contract MeterRevokeBySigTest is MeterReadWorld {
    function test_METER4_RevokeBySig_RelayedByAnyone() external {
        bytes memory signature = _revocation(authority.key, _soon());
        vm.expectEmit(address(meters));
        emit IMeterRegistry.MeterRevoked(meterId);
        vm.prank(stranger.account);
        meters.revokeBySig(meterId, _soon(), signature);

        (, Meter memory known) = meters.meterOf(meterId);
        vm.assertTrue(known.revoked, "revoked");
        bytes memory reason = abi.encodeWithSelector(
            IMeterRegistry.MeterKeyRevoked.selector,
            meterId
        );
        _refuses(_plain(1), reason);
        // Once is for ever: there is nothing that a replay could undo, or tell again.
        vm.expectRevert(reason);
        meters.revokeBySig(meterId, _soon(), signature);
        vm.expectRevert(reason);
        vm.prank(authority.account);
        meters.revoke(meterId);
    }

    function testFuzz_METER4_RevokeBySig_SignedBySomebodyElse(uint256 key) external {
        key = _bound(key, 1, type(uint128).max);
        vm.assume(key != authority.key);
        _refusesRevocation(_soon(), _revocation(key, _soon()));
    }

    function test_METER4_RevokeBySig_EveryFieldIsSigned() external {
        bytes memory signature = _revocation(authority.key, _soon());
        MeterKeyId other = MeterKeyId.wrap(keccak256("another key"));
        _refusesRevocation(_soon() + 1, signature);
        _refusesRevocation(_soon(), "");
        vm.expectRevert(abi.encodeWithSelector(IMeterRegistry.MeterBadRevocation.selector, other));
        meters.revokeBySig(other, _soon(), signature);
        (, Meter memory known) = meters.meterOf(meterId);
        vm.assertTrue(!known.revoked, "in force");
    }

    function test_METER4_RevokeBySig_ElsewhereOrLate() external {
        MeterRegistry twin = _newMeters(identities, address(this));
        bytes32 digest = Digests.revocationDigest(address(twin), meterId, _soon());
        _refusesRevocation(_soon(), _signature(authority.key, digest));

        (uint40 deadline, uint256 chain) = (_soon(), block.chainid);
        bytes memory signature = _revocation(authority.key, deadline);
        vm.chainId(4242);
        _refusesRevocation(deadline, signature);
        vm.chainId(chain);
        vm.warp(deadline);
        vm.expectRevert(
            abi.encodeWithSelector(IMeterRegistry.MeterRevocationStale.selector, deadline, deadline)
        );
        meters.revokeBySig(meterId, deadline, signature);
        vm.warp(deadline - 1);
        meters.revokeBySig(meterId, deadline, signature);
    }

    /// @dev The authority's key stays good when its account has taken on code (EIP-7702).
    function test_METER4_RevokeBySig_OfADelegatedAccount() external {
        bytes memory signature = _revocation(authority.key, _soon());
        MeterCertificate memory renewal = _meterCertificate(meter, pile);
        renewal.issue = 2;
        bytes memory certified = _certified(renewal);
        vm.etch(authority.account, bytes.concat(hex"ef0100", bytes20(address(token))));

        meters.certify(renewal, certified);
        meters.revokeBySig(meterId, _soon(), signature);
    }

    function _soon() private view returns (uint40) {
        return uint40(block.timestamp) + 1 minutes;
    }

    function _revocation(uint256 key, uint40 deadline) private view returns (bytes memory) {
        return _signature(key, Digests.revocationDigest(address(meters), meterId, deadline));
    }

    function _refusesRevocation(uint40 deadline, bytes memory signature) private {
        vm.expectRevert(
            abi.encodeWithSelector(IMeterRegistry.MeterBadRevocation.selector, meterId)
        );
        meters.revokeBySig(meterId, deadline, signature);
    }
}
