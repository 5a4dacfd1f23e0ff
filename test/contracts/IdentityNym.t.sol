// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IIdentityRegistry} from "../../contracts/interfaces/IIdentityRegistry.sol";
import {
    Certificate,
    ParticipantId,
    ParticipantKind,
    SessionAuthorisation
} from "../../contracts/types/MarketTypes.sol";
import {IdentityWorld} from "../support/contracts/IdentityWorld.sol";
import {Actor} from "../support/contracts/World.sol";

/// @title An account is authorised once, and a nym has one live account
contract IdentityNymTest is IdentityWorld {
    /* ACCOUNTS */

    function test_ID2_Authorise_Replayed() external {
        SessionAuthorisation memory given = _authorisation(fresh.account, SCOPE);
        _authorise(given);

        _refuses(given, pile, _taken(fresh.account, given.nymHash));
    }

    function test_ID6_Authorise_AccountUsedBefore() external {
        SessionAuthorisation memory first = _authorisation(fresh.account, SCOPE);
        _authorise(first);
        vm.warp(first.notAfter + 1);

        _refuses(
            _authorisation(fresh.account, keccak256("another scope")),
            pile,
            _taken(fresh.account, first.nymHash)
        );
    }

    function test_ID6_Authorise_CertifiedAccount() external {
        Actor[4] memory known = [vehicle, pile, otherPile, matcher];
        for (uint256 i = 0; i < known.length; ++i) {
            _refuses(
                _authorisation(known[i].account, SCOPE),
                pile,
                _taken(known[i].account, ParticipantId.unwrap(known[i].id))
            );
        }
    }

    function test_ID6_Enrol_AuthorisedAccount() external {
        SessionAuthorisation memory given = _authorisation(fresh.account, SCOPE);
        _authorise(given);
        Certificate memory certificate = _certificate(fresh.account, ParticipantKind.Vehicle);
        _refusesEnrolment(certificate, _taken(fresh.account, given.nymHash));

        certificate.participantId = ParticipantId.wrap(given.nymHash);
        _refusesEnrolment(certificate, _taken(fresh.account, given.nymHash));

        vm.warp(given.notAfter + 1);
        certificate.relayBy = given.notAfter + 1 days;
        _refusesEnrolment(certificate, _taken(fresh.account, given.nymHash));
    }

    /* NYMS */

    function test_ID5_Enrol_UnderANymHash() external {
        SessionAuthorisation memory given = _authorisation(fresh.account, SCOPE);
        _authorise(given);
        Certificate memory certificate = _certificate(later.account, ParticipantKind.Vehicle);
        certificate.participantId = ParticipantId.wrap(given.nymHash);
        certificate.relayBy = given.notAfter + 1 days;
        bytes memory reason = abi.encodeWithSelector(
            IIdentityRegistry.IdentityIdTaken.selector,
            given.nymHash,
            fresh.account
        );

        _refusesEnrolment(certificate, reason);
        vm.warp(given.notAfter);
        _refusesEnrolment(certificate, reason);
    }

    function test_ID5_Authorise_IdOfACertifiedParticipant() external {
        SessionAuthorisation memory given = _authorisation(fresh.account, SCOPE);
        given.nymHash = ParticipantId.unwrap(vehicle.id);
        bytes memory reason = abi.encodeWithSelector(
            IIdentityRegistry.IdentityIdTaken.selector,
            vehicle.id,
            vehicle.account
        );

        _refuses(given, pile, reason);
        // Nor when the certificate has ended: it may be renewed.
        given.notBefore = START + YEAR;
        given.notAfter = given.notBefore + 1;
        vm.warp(given.notBefore);
        _renew(pile);
        _refuses(given, pile, reason);
    }

    function test_ID5_Authorise_NymLiveTwice() external {
        SessionAuthorisation memory first = _authorisation(fresh.account, SCOPE);
        _authorise(first);
        SessionAuthorisation memory second = _again(first);
        bytes memory reason = abi.encodeWithSelector(
            IIdentityRegistry.IdentityNymLive.selector,
            first.nymHash,
            fresh.account,
            first.notAfter
        );

        _refuses(second, pile, reason);
        // Another station cannot either.
        second.stationId = otherPile.id;
        _refuses(second, otherPile, reason);
        vm.warp(first.notAfter - 1);
        _refuses(second, otherPile, reason);

        vm.warp(first.notAfter);
        identities.authorise(second, _stationSigned(second, otherPile));
        _assertAuthorised(second);
        vm.assertEq(
            ParticipantId.unwrap(identities.idOf(fresh.account)),
            first.nymHash,
            "the old account keeps its id"
        );
        vm.expectRevert(_expired(fresh.account, first.notAfter));
        identities.requireStanding(fresh.account, ParticipantKind.Vehicle);
    }

    function test_ID3_Authorise_SuspendedNymStaysSuspended() external {
        SessionAuthorisation memory first = _authorisation(fresh.account, SCOPE);
        _authorise(first);
        _suspend(fresh);
        vm.expectRevert(_suspended(fresh.account));
        identities.requireStanding(fresh.account, ParticipantKind.Vehicle);

        vm.warp(first.notAfter);
        _refuses(_again(first), pile, _suspended(fresh.account));

        vm.prank(authority.account);
        identities.reinstate(fresh.account);
        _authorise(_again(first));
    }

    /* HELPERS */

    /// @dev The same vehicle with another account, from the end of the first authorisation on.
    function _again(
        SessionAuthorisation memory first
    ) private view returns (SessionAuthorisation memory second) {
        second = _copy(first);
        second.account = later.account;
        second.notBefore = START;
        second.notAfter = first.notAfter + 1 days;
    }

    function _renew(Actor memory station) private {
        Certificate memory certificate = _certificate(station.account, ParticipantKind.Pile);
        identities.enrol(certificate, _certified(certificate));
    }

    function _refusesEnrolment(Certificate memory certificate, bytes memory reason) private {
        bytes memory signature = _certified(certificate);
        vm.expectRevert(reason);
        identities.enrol(certificate, signature);
    }
}
