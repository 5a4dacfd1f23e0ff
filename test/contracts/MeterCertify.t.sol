// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {P256} from "@openzeppelin/contracts/utils/cryptography/P256.sol";
import {IdentityRegistry} from "../../contracts/IdentityRegistry.sol";
import {MeterRegistry} from "../../contracts/MeterRegistry.sol";
import {IMeterRegistry} from "../../contracts/interfaces/IMeterRegistry.sol";
import {Wallet1271} from "../../contracts/mocks/Wallet1271.sol";
import {ParticipantId, ParticipantKind} from "../../contracts/types/MarketTypes.sol";
import {MeterCurve, MeterKey, MeterKeyId, MeterRecord} from "../../contracts/ocmf/OcmfTypes.sol";
import {MeterCertificate, MeterQuery} from "../../contracts/types/MeterTypes.sol";
import {Digests} from "../support/contracts/Digests.sol";
import {MeterCertifyWorld} from "../support/contracts/MeterCertifyWorld.sol";

/// @title Certificates of meters
contract MeterCertifyTest is MeterCertifyWorld {
    /* CONSTRUCTION */

    function test_Construction_NamesItsNeighbours() external {
        MeterRegistry fresh = _newMeters(identities, address(sessions));
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
        bytes32 digest = Digests.meterCertificateDigest(address(meters), certificate);

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
        MeterRegistry twin = _newMeters(identities, address(this));
        bytes32 digest = Digests.meterCertificateDigest(address(twin), certificate);
        _refusesSignature(certificate, _signature(authority.key, digest));

        bytes memory signature = _certified(certificate);
        vm.chainId(4242);
        _refusesSignature(certificate, signature);
    }

    function test_Certify_AuthorityIsAWallet() external {
        Wallet1271 wallet = new Wallet1271(authority.account);
        identities = _newIdentities(address(wallet), court.account);
        _enrol(pile, ParticipantKind.Pile);
        meters = _newMeters(identities, address(this));
        MeterCertificate memory certificate = _meterCertificate(other, pile);

        _certify(certificate);
        _assertCertified(otherId, pile.account, certificate, 0);
    }

    /* HELPERS */

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
}
