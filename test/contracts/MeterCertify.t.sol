// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {P256} from "@openzeppelin/contracts/utils/cryptography/P256.sol";
import {IdentityRegistry} from "../../contracts/IdentityRegistry.sol";
import {MeterRegistry} from "../../contracts/MeterRegistry.sol";
import {IMeterRegistry} from "../../contracts/interfaces/IMeterRegistry.sol";
import {Wallet1271} from "../../contracts/mocks/Wallet1271.sol";
import {ParticipantId, ParticipantKind} from "../../contracts/types/MarketTypes.sol";
import {MeterCurve, MeterKey, MeterKeyId, MeterRecord} from "../../contracts/ocmf/OcmfTypes.sol";
import {
    Meter,
    MeterCertificate,
    MeteredEnergy,
    MeterQuery
} from "../../contracts/types/MeterTypes.sol";
import {MeterWorld} from "../support/contracts/MeterWorld.sol";
import {Oracle} from "../support/contracts/Oracle.sol";

/// @title Certificates of meters
contract MeterCertifyTest is MeterWorld {
    MeterKey private other;
    MeterKeyId private otherId;

    function setUp() public override {
        super.setUp();
        other = _r1Key(OTHER_SECRET);
        otherId = meters.keyIdOf(other);
    }

    /* CONSTRUCTION */

    function test_Construction_NamesItsNeighbours() external {
        MeterRegistry fresh = new MeterRegistry(identities, address(sessions));
        vm.assertEq(address(fresh.identities()), address(identities), "identities");
        vm.assertEq(fresh.sessions(), address(sessions), "sessions");
    }

    function testFuzz_Consume_OnlyTheSessions(address caller) external {
        vm.assume(caller != address(this));
        MeterQuery memory query = _query();
        MeterRecord[] memory records = _list(_record(_plain(1)));

        vm.expectRevert(abi.encodeWithSelector(IMeterRegistry.MeterNotSession.selector, caller));
        vm.prank(caller);
        meters.consume(query, meter, records);
    }

    /* CERTIFICATES */

    function test_KeyIdOf_Preimage() external view {
        bytes32 expected = keccak256(
            abi.encode(keccak256("ChargeVeil.MeterKey.v1"), uint8(1), meter.x, meter.y)
        );
        vm.assertEq(MeterKeyId.unwrap(meters.keyIdOf(meter)), expected, "key id");
    }

    function test_Certify_Records() external {
        MeterCertificate memory certificate = _meterCertificate(other, pile);
        certificate.lastPagination = 77;

        vm.expectEmit(address(meters));
        emit IMeterRegistry.MeterCertified(otherId, pile.account, 77, certificate);
        vm.prank(stranger.account);
        meters.certify(certificate, _certified(certificate));

        _assertCertified(otherId, pile.account, certificate, 77);
    }

    /// @dev Rotation: both keys of a pile settle.
    function test_Certify_SeveralKeysOfAPile() external {
        _certify(other, pile);

        meters.read(_query(), meter, _list(_record(_plain(1))));
        meters.read(_query(), other, _list(_record(other, OTHER_SECRET, _plain(1))));
    }

    function test_Certify_Secp256k1() external {
        MeterKey memory key = _k1Key(1);
        _certify(key, pile);

        _assertCertified(meters.keyIdOf(key), pile.account, _meterCertificate(key, pile), 0);
    }

    function test_Certify_Malformed() external {
        MeterCertificate memory good = _meterCertificate(other, pile);

        MeterCertificate memory bad = _copy(good);
        bad.curve = MeterCurve.None;
        _refusesForm(bad);

        bad = _copy(good);
        bad.curve = MeterCurve.Secp256k1;
        _refusesForm(bad);

        bad = _copy(good);
        bad.x = bytes32(uint256(bad.x) + 1);
        _refusesForm(bad);

        bad = _copy(good);
        bad.y = bytes32(P256.P - uint256(bad.y) - 1);
        _refusesForm(bad);

        bad = _copy(good);
        (bad.x, bad.y) = (0, 0);
        _refusesForm(bad);

        bad = _copy(good);
        bad.ratedPowerW = 0;
        _refusesForm(bad);

        bad = _copy(good);
        bad.validUntil = bad.validFrom;
        _refusesForm(bad);

        _certify(good);
    }

    function test_Certify_OffSecp256k1() external {
        MeterCertificate memory bad = _meterCertificate(_k1Key(1), pile);
        bad.y = bytes32(uint256(bad.y) ^ 1);
        _refusesForm(bad);

        // A point of the other curve.
        bad = _meterCertificate(_k1Key(1), pile);
        bad.curve = MeterCurve.Secp256r1;
        _refusesForm(bad);

        bad = _meterCertificate(_k1Key(1), pile);
        (bad.x, bad.y) = (0, 0);
        _refusesForm(bad);
    }

    function test_Certify_StaleAtTheSecond() external {
        MeterCertificate memory certificate = _meterCertificate(other, pile);
        bytes memory signature = _certified(certificate);

        vm.warp(certificate.relayBy);
        _refuses(
            certificate,
            signature,
            abi.encodeWithSelector(
                IMeterRegistry.MeterCertificateStale.selector,
                certificate.relayBy,
                certificate.relayBy
            )
        );

        vm.warp(certificate.relayBy - 1);
        meters.certify(certificate, signature);
    }

    function test_Certify_NotAPile() external {
        _refusesHolder(vehicle.id);
        _refusesHolder(matcher.id);
        _refusesHolder(stranger.id);
        _refusesHolder(ParticipantId.wrap(0));
    }

    function test_Certify_NotTheAuthority() external {
        MeterCertificate memory certificate = _meterCertificate(other, pile);
        bytes32 digest = Oracle.meterCertificateDigest(address(meters), certificate);

        _refusesSignature(certificate, _signature(pile.key, digest));
        _refusesSignature(certificate, "");
        _refusesSignature(certificate, new bytes(65));
    }

    /// @dev Every field is signed.
    function test_Certify_AnyFieldAltered() external {
        MeterCertificate memory good = _meterCertificate(other, pile);
        bytes memory signature = _certified(good);

        MeterCertificate memory bad = _copy(good);
        bad.participantId = otherPile.id;
        _refusesSignature(bad, signature);

        bad = _copy(good);
        bad.ratedPowerW += 1;
        _refusesSignature(bad, signature);

        bad = _copy(good);
        bad.lastPagination += 1;
        _refusesSignature(bad, signature);

        bad = _copy(good);
        bad.validFrom -= 1;
        _refusesSignature(bad, signature);

        bad = _copy(good);
        bad.validUntil += 1;
        _refusesSignature(bad, signature);

        bad = _copy(good);
        bad.relayBy += 1;
        _refusesSignature(bad, signature);

        bad = _copy(good);
        bad.issue += 1;
        _refusesSignature(bad, signature);

        bad = _copy(good);
        bad.y = bytes32(P256.P - uint256(bad.y));
        MeterKeyId badId = meters.keyIdOf(MeterKey(bad.curve, bad.x, bad.y));
        _refuses(
            bad,
            signature,
            abi.encodeWithSelector(IMeterRegistry.MeterBadCertificate.selector, badId)
        );
    }

    function test_Certify_AnotherContractOrChain() external {
        MeterCertificate memory certificate = _meterCertificate(other, pile);
        MeterRegistry twin = new MeterRegistry(identities, address(this));
        bytes32 digest = Oracle.meterCertificateDigest(address(twin), certificate);
        _refusesSignature(certificate, _signature(authority.key, digest));

        bytes memory signature = _certified(certificate);
        vm.chainId(4242);
        _refusesSignature(certificate, signature);
    }

    function test_Certify_AuthorityIsAWallet() external {
        Wallet1271 wallet = new Wallet1271(authority.account);
        identities = new IdentityRegistry(address(wallet), court.account);
        _enrol(pile, ParticipantKind.Pile);
        meters = new MeterRegistry(identities, address(this));
        MeterCertificate memory certificate = _meterCertificate(other, pile);

        _certify(certificate);
        _assertCertified(otherId, pile.account, certificate, 0);
    }

    /* RENEWAL, MOVE, REVOCATION */

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

    function _refuses(
        MeterCertificate memory certificate,
        bytes memory signature,
        bytes memory reason
    ) private {
        vm.expectRevert(reason);
        meters.certify(certificate, signature);
    }

    function _refusesForm(MeterCertificate memory certificate) private {
        MeterKeyId keyId = meters.keyIdOf(
            MeterKey(certificate.curve, certificate.x, certificate.y)
        );
        _refuses(
            certificate,
            _certified(certificate),
            abi.encodeWithSelector(IMeterRegistry.MeterCertificateMalformed.selector, keyId)
        );
    }

    function _refusesHolder(ParticipantId holder) private {
        MeterCertificate memory certificate = _meterCertificate(other, pile);
        certificate.participantId = holder;
        _refuses(
            certificate,
            _certified(certificate),
            abi.encodeWithSelector(IMeterRegistry.MeterNotAPile.selector, holder)
        );
    }

    function _refusesSignature(
        MeterCertificate memory certificate,
        bytes memory signature
    ) private {
        _refuses(
            certificate,
            signature,
            abi.encodeWithSelector(IMeterRegistry.MeterBadCertificate.selector, otherId)
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

    function _assertCertified(
        MeterKeyId keyId,
        address holder,
        MeterCertificate memory certificate,
        uint64 lastPagination
    ) private view {
        (address knownHolder, Meter memory known) = meters.meterOf(keyId);
        vm.assertEq(knownHolder, holder, "pile");
        vm.assertEq(known.lastPagination, lastPagination, "pagination");
        vm.assertEq(known.validFrom, certificate.validFrom, "from");
        vm.assertEq(known.validUntil, certificate.validUntil, "until");
        vm.assertEq(known.ratedPowerW, certificate.ratedPowerW, "power");
        vm.assertEq(known.issue, certificate.issue, "issue");
        vm.assertTrue(!known.revoked, "not revoked");
    }

    function _copy(MeterCertificate memory from) private pure returns (MeterCertificate memory) {
        return abi.decode(abi.encode(from), (MeterCertificate));
    }
}
