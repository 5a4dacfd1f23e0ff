// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IIdentityRegistry} from "../../contracts/interfaces/IIdentityRegistry.sol";
import {Certificate, ParticipantKind, PileKind} from "../../contracts/types/MarketTypes.sol";
import {EnrolWorld} from "../support/contracts/EnrolWorld.sol";

/// @title A certified account: renewed, suspended, in standing
contract IdentityCertifiedTest is EnrolWorld {
    /* ENROL */

    function test_ID1_Enrol_AccountTakenUnderAnotherId() external {
        Certificate memory certificate = _certificate(vehicle.account, ParticipantKind.Vehicle);
        certificate.participantId = newcomer.id;

        _refuses(
            certificate,
            abi.encodeWithSelector(
                IIdentityRegistry.IdentityAccountTaken.selector,
                vehicle.account,
                vehicle.id
            )
        );
    }

    function test_ID1_Enrol_AccountTakenAsAnotherKind() external {
        _refuses(
            _certificate(vehicle.account, ParticipantKind.Pile),
            abi.encodeWithSelector(
                IIdentityRegistry.IdentityAccountTaken.selector,
                vehicle.account,
                vehicle.id
            )
        );
    }

    function test_ID1_Enrol_IdTaken() external {
        Certificate memory certificate = _certificate(newcomer.account, ParticipantKind.Vehicle);
        certificate.participantId = vehicle.id;

        _refuses(
            certificate,
            abi.encodeWithSelector(
                IIdentityRegistry.IdentityIdTaken.selector,
                vehicle.id,
                vehicle.account
            )
        );
    }

    function test_ID2_Enrol_Replayed() external {
        Certificate memory certificate = _certificate(newcomer.account, ParticipantKind.Vehicle);
        identities.enrol(certificate, _certified(certificate));

        _refuses(
            certificate,
            abi.encodeWithSelector(
                IIdentityRegistry.IdentitySerialSpent.selector,
                certificate.serial
            )
        );
    }

    function test_ID2_Enrol_SerialOfAnotherAccount() external {
        Certificate memory first = _certificate(newcomer.account, ParticipantKind.Vehicle);
        Certificate memory second = _certificate(stranger.account, ParticipantKind.Vehicle);
        second.serial = first.serial;
        identities.enrol(first, _certified(first));

        _refuses(
            second,
            abi.encodeWithSelector(IIdentityRegistry.IdentitySerialSpent.selector, first.serial)
        );
    }

    function test_Enrol_Renews() external {
        Certificate memory first = _certificate(newcomer.account, ParticipantKind.Pile);
        identities.enrol(first, _certified(first));
        vm.warp(first.validUntil + 1);
        Certificate memory second = _certificate(newcomer.account, ParticipantKind.Pile);
        second.pileKind = PileKind.Operator;
        second.ratedPowerW = 50_000;
        second.siteCommitment = keccak256("moved");

        identities.enrol(second, _certified(second));

        _assertKnown(second, false);
        identities.requireStanding(newcomer.account, ParticipantKind.Pile);
    }

    function test_Enrol_OlderCertificateCannotShorten() external {
        Certificate memory older = _certificate(newcomer.account, ParticipantKind.Vehicle);
        Certificate memory newer = _certificate(newcomer.account, ParticipantKind.Vehicle);
        newer.validUntil = older.validUntil + 1;
        identities.enrol(newer, _certified(newer));

        _refuses(
            older,
            abi.encodeWithSelector(
                IIdentityRegistry.IdentityCertificateExpired.selector,
                older.validUntil
            )
        );
        _assertKnown(newer, false);
    }

    function test_ID3_Enrol_SuspendedStaysSuspended() external {
        _suspend(pile);
        Certificate memory renewal = _certificate(pile.account, ParticipantKind.Pile);
        renewal.validUntil += 1;

        identities.enrol(renewal, _certified(renewal));

        _assertKnown(renewal, true);
        vm.expectRevert(
            abi.encodeWithSelector(IIdentityRegistry.IdentitySuspended.selector, pile.account)
        );
        identities.requireStanding(pile.account, ParticipantKind.Pile);
    }

    /* SUSPENSION */

    function test_Suspend_AndReinstate() external {
        vm.expectEmit(address(identities));
        emit IIdentityRegistry.Suspended(vehicle.account);
        vm.prank(authority.account);
        identities.suspend(vehicle.account);
        vm.assertTrue(identities.participantOf(vehicle.account).suspended, "suspended");

        vm.expectEmit(address(identities));
        emit IIdentityRegistry.Reinstated(vehicle.account);
        vm.prank(authority.account);
        identities.reinstate(vehicle.account);
        vm.assertTrue(!identities.participantOf(vehicle.account).suspended, "reinstated");
        identities.requireStanding(vehicle.account, ParticipantKind.Vehicle);
    }

    function testFuzz_Suspend_NotAuthority(address caller) external {
        vm.assume(caller != authority.account);
        bytes memory reason = abi.encodeWithSelector(
            IIdentityRegistry.IdentityNotAuthority.selector,
            caller
        );

        vm.expectRevert(reason);
        vm.prank(caller);
        identities.suspend(vehicle.account);

        vm.expectRevert(reason);
        vm.prank(caller);
        identities.reinstate(vehicle.account);
    }

    function test_Suspend_NotEnrolled() external {
        bytes memory reason = abi.encodeWithSelector(
            IIdentityRegistry.IdentityNotEnrolled.selector,
            stranger.account
        );

        vm.expectRevert(reason);
        vm.prank(authority.account);
        identities.suspend(stranger.account);

        vm.expectRevert(reason);
        vm.prank(authority.account);
        identities.reinstate(stranger.account);
    }

    /* STANDING */

    function test_RequireStanding_NotEnrolled() external {
        vm.expectRevert(
            abi.encodeWithSelector(IIdentityRegistry.IdentityNotEnrolled.selector, stranger.account)
        );
        identities.requireStanding(stranger.account, ParticipantKind.Vehicle);
    }

    function test_RequireStanding_NoKindIsNobody() external {
        vm.expectRevert(
            abi.encodeWithSelector(IIdentityRegistry.IdentityNotEnrolled.selector, stranger.account)
        );
        identities.requireStanding(stranger.account, ParticipantKind.None);
    }

    function testFuzz_RequireStanding_WrongKind(uint8 seed) external {
        ParticipantKind asked = ParticipantKind(_bound(seed, 0, 3));
        vm.assume(asked != ParticipantKind.Pile);

        vm.expectRevert(
            abi.encodeWithSelector(
                IIdentityRegistry.IdentityWrongKind.selector,
                pile.account,
                asked,
                ParticipantKind.Pile
            )
        );
        identities.requireStanding(pile.account, asked);
    }

    function test_RequireStanding_ExpiresAtTheSecond() external {
        uint40 validUntil = identities.participantOf(pile.account).validUntil;

        vm.warp(validUntil - 1);
        identities.requireStanding(pile.account, ParticipantKind.Pile);

        vm.warp(validUntil);
        vm.expectRevert(
            abi.encodeWithSelector(
                IIdentityRegistry.IdentityExpired.selector,
                pile.account,
                validUntil
            )
        );
        identities.requireStanding(pile.account, ParticipantKind.Pile);
    }
}
