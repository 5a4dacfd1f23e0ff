// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IdentityRegistry} from "../../contracts/IdentityRegistry.sol";
import {IIdentityRegistry} from "../../contracts/interfaces/IIdentityRegistry.sol";
import {Wallet1271} from "../../contracts/mocks/Wallet1271.sol";
import {
    Certificate,
    ParticipantId,
    ParticipantKind,
    PileKind
} from "../../contracts/types/MarketTypes.sol";
import {Digests} from "../support/contracts/Digests.sol";
import {EnrolWorld} from "../support/contracts/EnrolWorld.sol";

/// @title Certificates: their form, their times, and whose signature they bear
contract IdentityEnrolTest is EnrolWorld {
    function test_Enrol_Vehicle() external {
        Certificate memory certificate = _certificate(newcomer.account, ParticipantKind.Vehicle);
        bytes memory signature = _certified(certificate);

        vm.expectEmit(address(identities));
        emit IIdentityRegistry.Enrolled(
            newcomer.account,
            newcomer.id,
            ParticipantKind.Vehicle,
            0,
            0,
            bytes32(0),
            certificate.validUntil,
            certificate.serial
        );
        vm.prank(stranger.account);
        identities.enrol(certificate, signature);

        _assertKnown(certificate, false);
    }

    function testFuzz_ID1_Enrol_EveryWellFormedCertificate(
        uint256 key,
        uint8 kindSeed,
        uint8 pileKindSeed,
        uint32 powerW,
        bytes32 id,
        bytes32 premises,
        uint40 validFor,
        uint256 serial
    ) external {
        key = _bound(key, 1, type(uint128).max);
        Certificate memory certificate = _certificate(
            vm.addr(key),
            ParticipantKind(_bound(kindSeed, 1, 3))
        );
        certificate.participantId = ParticipantId.wrap(id | bytes32(uint256(1)));
        certificate.validUntil = START + uint40(_bound(validFor, 1, 100 * YEAR));
        certificate.serial = serial | (1 << 255);
        if (certificate.kind == ParticipantKind.Pile) {
            certificate.pileKind = PileKind(_bound(pileKindSeed, 1, 3));
            certificate.ratedPowerW = powerW | 1;
        }
        if (certificate.kind != ParticipantKind.Vehicle) {
            certificate.premises = premises | bytes32(uint256(1));
        }
        vm.assume(identities.accountOf(certificate.participantId) == address(0));
        vm.assume(identities.participantOf(certificate.account).kind == ParticipantKind.None);

        identities.enrol(certificate, _certified(certificate));

        _assertKnown(certificate, false);
    }

    function test_Enrol_LastSecondOfRelayBy() external {
        Certificate memory certificate = _certificate(newcomer.account, ParticipantKind.Vehicle);
        bytes memory signature = _certified(certificate);

        vm.warp(certificate.relayBy - 1);
        identities.enrol(certificate, signature);
    }

    function test_Enrol_AtRelayBy() external {
        Certificate memory certificate = _certificate(newcomer.account, ParticipantKind.Vehicle);

        vm.warp(certificate.relayBy);
        _refuses(
            certificate,
            abi.encodeWithSelector(
                IIdentityRegistry.IdentityCertificateStale.selector,
                certificate.relayBy,
                certificate.relayBy
            )
        );
    }

    function test_Enrol_LastSecondOfValidity() external {
        Certificate memory certificate = _certificate(newcomer.account, ParticipantKind.Vehicle);
        certificate.validUntil = START + 1;

        identities.enrol(certificate, _certified(certificate));
        identities.requireStanding(newcomer.account, ParticipantKind.Vehicle);
    }

    function test_Enrol_AtValidUntil() external {
        Certificate memory certificate = _certificate(newcomer.account, ParticipantKind.Vehicle);
        certificate.validUntil = START;

        _refuses(
            certificate,
            abi.encodeWithSelector(
                IIdentityRegistry.IdentityCertificateExpired.selector,
                certificate.validUntil
            )
        );
    }

    function test_Enrol_MalformedInEveryWay() external {
        Certificate memory good = _certificate(newcomer.account, ParticipantKind.Vehicle);

        Certificate memory bad = _copy(good);
        bad.account = address(0);
        _refusesForm(bad);

        bad = _copy(good);
        bad.participantId = ParticipantId.wrap(bytes32(0));
        _refusesForm(bad);

        bad = _copy(good);
        bad.kind = ParticipantKind.None;
        _refusesForm(bad);

        bad = _copy(good);
        bad.pileKind = PileKind.Public;
        _refusesForm(bad);

        bad = _copy(good);
        bad.ratedPowerW = 1;
        _refusesForm(bad);

        bad = _copy(good);
        bad.premises = bytes32(uint256(1));
        _refusesForm(bad);

        bad = _copy(good);
        bad.kind = ParticipantKind.Pile;
        _refusesForm(bad);
    }

    function test_Enrol_MalformedPileInEveryWay() external {
        Certificate memory good = _certificate(newcomer.account, ParticipantKind.Pile);

        Certificate memory bad = _copy(good);
        bad.pileKind = PileKind.NotAPile;
        _refusesForm(bad);

        bad = _copy(good);
        bad.ratedPowerW = 0;
        _refusesForm(bad);

        bad = _copy(good);
        bad.premises = bytes32(0);
        _refusesForm(bad);

        bad = _copy(good);
        bad.kind = ParticipantKind.Matcher;
        _refusesForm(bad);

        bad = _copy(good);
        bad.kind = ParticipantKind.None;
        _refusesForm(bad);
    }

    function test_Enrol_MalformedMatcherInEveryWay() external {
        Certificate memory good = _certificate(newcomer.account, ParticipantKind.Matcher);

        Certificate memory bad = _copy(good);
        bad.premises = bytes32(0);
        _refusesForm(bad);

        bad = _copy(good);
        bad.pileKind = PileKind.Operator;
        _refusesForm(bad);

        bad = _copy(good);
        bad.ratedPowerW = 1;
        _refusesForm(bad);

        bad = _copy(good);
        bad.kind = ParticipantKind.Vehicle;
        _refusesForm(bad);
    }

    /// @dev A pile's premises are its site, which is no operator.
    function test_ID12_OperatorOf_MatchersAlone() external view {
        vm.assertEq(
            identities.operatorOf(matcher.account),
            _premisesOf(matcher.account),
            "matcher"
        );
        vm.assertEq(identities.operatorOf(pile.account), bytes32(0), "pile");
        vm.assertEq(identities.operatorOf(vehicle.account), bytes32(0), "vehicle");
        vm.assertEq(identities.operatorOf(stranger.account), bytes32(0), "nobody");
    }

    /// @dev The corruption matrix: what the authority signed is what counts, field by field.
    function test_Enrol_EveryFieldIsSigned() external {
        Certificate memory good = _certificate(newcomer.account, ParticipantKind.Pile);
        bytes memory signature = _certified(good);

        Certificate memory bad = _copy(good);
        bad.account = stranger.account;
        _refusesSignature(bad, signature);

        bad = _copy(good);
        bad.participantId = stranger.id;
        _refusesSignature(bad, signature);

        bad = _copy(good);
        bad.pileKind = PileKind.Operator;
        _refusesSignature(bad, signature);

        bad = _copy(good);
        bad.ratedPowerW += 1;
        _refusesSignature(bad, signature);

        bad = _copy(good);
        bad.premises = ~bad.premises;
        _refusesSignature(bad, signature);

        bad = _copy(good);
        bad.validUntil += 1;
        _refusesSignature(bad, signature);

        bad = _copy(good);
        bad.relayBy += 1;
        _refusesSignature(bad, signature);

        bad = _copy(good);
        bad.serial += 1;
        _refusesSignature(bad, signature);
    }

    function test_Enrol_KindIsSigned() external {
        Certificate memory certificate = _certificate(newcomer.account, ParticipantKind.Matcher);
        certificate.kind = ParticipantKind.Vehicle;
        bytes memory signature = _certified(certificate);

        certificate.kind = ParticipantKind.Matcher;
        _refusesSignature(certificate, signature);
    }

    function testFuzz_Enrol_SignedBySomebodyElse(uint256 key) external {
        key = _bound(key, 1, type(uint128).max);
        vm.assume(key != authority.key);
        Certificate memory certificate = _certificate(newcomer.account, ParticipantKind.Vehicle);
        bytes32 digest = Digests.certificateDigest(address(identities), certificate);

        _refusesSignature(certificate, _signature(key, digest));
    }

    function test_Enrol_SignedForAnotherContract() external {
        IdentityRegistry twin = _newIdentities(authority.account, court.account);
        Certificate memory certificate = _certificate(newcomer.account, ParticipantKind.Vehicle);
        bytes32 digest = Digests.certificateDigest(address(twin), certificate);

        _refusesSignature(certificate, _signature(authority.key, digest));
    }

    function test_Enrol_SignedForAnotherChain() external {
        Certificate memory certificate = _certificate(newcomer.account, ParticipantKind.Vehicle);
        bytes memory signature = _certified(certificate);

        vm.chainId(4242);
        _refusesSignature(certificate, signature);
    }

    function test_Enrol_SignatureOfAnotherLength() external {
        Certificate memory certificate = _certificate(newcomer.account, ParticipantKind.Vehicle);

        _refusesSignature(certificate, "");
        _refusesSignature(certificate, new bytes(64));
        _refusesSignature(certificate, bytes.concat(_certified(certificate), hex"00"));
    }

    function test_Enrol_NobodysAuthority() external {
        identities = _newIdentities(address(0), address(0));
        Certificate memory certificate = _certificate(newcomer.account, ParticipantKind.Vehicle);

        _refusesSignature(certificate, new bytes(65));
    }

    function test_Enrol_AuthorityIsAWallet() external {
        Wallet1271 wallet = new Wallet1271(authority.account);
        identities = _newIdentities(address(wallet), court.account);
        Certificate memory certificate = _certificate(newcomer.account, ParticipantKind.Vehicle);
        bytes memory signature = _certified(certificate);

        vm.prank(authority.account);
        wallet.setOwner(stranger.account);
        _refusesSignature(certificate, signature);

        vm.prank(stranger.account);
        wallet.setOwner(authority.account);
        identities.enrol(certificate, signature);
        _assertKnown(certificate, false);
    }

    /* HELPERS */

    function _refusesForm(Certificate memory certificate) private {
        _refuses(
            certificate,
            abi.encodeWithSelector(
                IIdentityRegistry.IdentityCertificateMalformed.selector,
                certificate.account,
                certificate.kind
            )
        );
    }

    function _refusesSignature(Certificate memory certificate, bytes memory signature) private {
        vm.expectRevert(
            abi.encodeWithSelector(
                IIdentityRegistry.IdentityBadSignature.selector,
                certificate.account
            )
        );
        identities.enrol(certificate, signature);
    }

    function _copy(Certificate memory from) private pure returns (Certificate memory) {
        return abi.decode(abi.encode(from), (Certificate));
    }
}
