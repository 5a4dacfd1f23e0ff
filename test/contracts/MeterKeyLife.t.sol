// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IMeterRegistry} from "../../contracts/interfaces/IMeterRegistry.sol";
import {MeterKey, MeterKeyId, MeterRecord} from "../../contracts/ocmf/OcmfTypes.sol";
import {
    Meter,
    MeterCertificate,
    MeteredEnergy,
    MeterQuery
} from "../../contracts/types/MeterTypes.sol";
import {MeterCertifyWorld} from "../support/contracts/MeterCertifyWorld.sol";

/// @title A meter's key: renewed, moved, revoked
contract MeterKeyLifeTest is MeterCertifyWorld {
    function test_METER1_Certify_RenewalKeepsPagination() external {
        _consume(5);
        MeterCertificate memory renewal = _meterCertificate(meter, pile);
        renewal.issue = 2;
        renewal.ratedPowerW = 11_000;
        renewal.validUntil -= 1;
        renewal.lastPagination = 3;

        _certify(renewal);

        _assertCertified(meterId, pile.account, renewal, 5);
        _refusesSpent(5, 5);
    }

    function test_METER1_Certify_RaisesPagination() external {
        MeterCertificate memory renewal = _meterCertificate(meter, pile);
        renewal.issue = 2;
        renewal.lastPagination = 9;

        _certify(renewal);

        _refusesSpent(9, 9);
        _consume(10);
    }

    function test_METER3_Certify_ReplayedOrOlder() external {
        MeterCertificate memory first = _meterCertificate(other, pile);
        MeterCertificate memory third = _copy(first);
        third.issue = 3;
        _certify(third);

        _refusesOlder(third, 3);
        _refusesOlder(first, 3);
        first.issue = 0;
        _refusesOlder(first, 3);
    }

    function test_Certify_IssueZeroIsNone() external {
        MeterCertificate memory certificate = _meterCertificate(other, pile);
        certificate.issue = 0;
        _refusesOlder(certificate, 0);
    }

    function test_METER1_Certify_MovesWithItsPagination() external {
        _consume(5);
        MeterCertificate memory move = _meterCertificate(meter, otherPile);
        move.issue = 2;

        _certify(move);

        _assertCertified(meterId, otherPile.account, move, 5);
        _refuses(
            _plain(6),
            abi.encodeWithSelector(IMeterRegistry.MeterUnknownKey.selector, meterId, pile.account)
        );
        MeterQuery memory query = _query();
        query.pile = otherPile.account;
        MeterRecord[] memory records = _list(_record(_plain(5)));
        vm.expectRevert(
            abi.encodeWithSelector(IMeterRegistry.MeterPaginationSpent.selector, meterId, 5, 5)
        );
        meters.read(query, meter, records);
        meters.consume(query, meter, _list(_record(_plain(6))));

        // And back: what was settled in between stays settled.
        move = _meterCertificate(meter, pile);
        move.issue = 3;
        _certify(move);
        _refusesSpent(6, 6);
        _consume(7);
    }

    function test_METER3_Certify_OlderCannotMoveBack() external {
        MeterCertificate memory move = _meterCertificate(meter, otherPile);
        move.issue = 2;
        _certify(move);

        _refusesOlder(_meterCertificate(meter, pile), 2);
    }

    function test_METER4_Revoke_ForEver() external {
        vm.expectEmit(address(meters));
        emit IMeterRegistry.MeterRevoked(meterId);
        vm.prank(authority.account);
        meters.revoke(meterId);

        bytes memory reason = abi.encodeWithSelector(
            IMeterRegistry.MeterKeyRevoked.selector,
            meterId
        );
        _refuses(_plain(1), reason);
        (, Meter memory known) = meters.meterOf(meterId);
        vm.assertTrue(known.revoked, "revoked");

        MeterCertificate memory renewal = _meterCertificate(meter, pile);
        renewal.issue = 2;
        _refuses(renewal, _certified(renewal), reason);
        renewal = _meterCertificate(meter, otherPile);
        renewal.issue = 2;
        _refuses(renewal, _certified(renewal), reason);
    }

    /// @dev A certificate that is signed but not relayed yet can be taken back.
    function test_METER4_Revoke_BeforeItsCertificate() external {
        MeterCertificate memory certificate = _meterCertificate(other, pile);
        _revoke(otherId);

        _refuses(
            certificate,
            _certified(certificate),
            abi.encodeWithSelector(IMeterRegistry.MeterKeyRevoked.selector, otherId)
        );
        (address holder, Meter memory known) = meters.meterOf(otherId);
        vm.assertEq(holder, address(0), "nobody's");
        vm.assertTrue(known.revoked, "revoked");
    }

    function test_Revoke_LeavesOtherKeys() external {
        _certify(other, pile);
        _revoke(otherId);
        _consume(1);
    }

    function testFuzz_Revoke_NotAuthority(address caller) external {
        vm.assume(caller != authority.account);
        vm.expectRevert(abi.encodeWithSelector(IMeterRegistry.MeterNotAuthority.selector, caller));
        vm.prank(caller);
        meters.revoke(meterId);
    }

    function test_MeterOf_Unknown() external view {
        (address holder, Meter memory known) = meters.meterOf(otherId);
        vm.assertEq(holder, address(0), "nobody's");
        vm.assertEq(known.issue, 0, "no certificate");
        vm.assertTrue(!known.revoked, "not revoked");
    }

    /* HELPERS */

    function _consume(uint256 pagination) private returns (MeteredEnergy memory) {
        return meters.consume(_query(), meter, _list(_record(_plain(pagination))));
    }

    function _refusesSpent(uint64 pagination, uint64 last) private {
        _refuses(
            _plain(pagination),
            abi.encodeWithSelector(
                IMeterRegistry.MeterPaginationSpent.selector,
                meterId,
                pagination,
                last
            )
        );
    }

    function _refusesOlder(MeterCertificate memory certificate, uint32 inForce) private {
        MeterKeyId keyId = meters.keyIdOf(
            MeterKey(certificate.curve, certificate.x, certificate.y)
        );
        _refuses(
            certificate,
            _certified(certificate),
            abi.encodeWithSelector(
                IMeterRegistry.MeterCertificateSuperseded.selector,
                keyId,
                certificate.issue,
                inForce
            )
        );
    }
}
