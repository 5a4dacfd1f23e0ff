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
import {Oracle} from "../support/contracts/Oracle.sol";
import {Actor} from "../support/contracts/Base.sol";

/// @title One account at a time is one thing, and a pseudonym has one account
contract IdentityNymTest is IdentityWorld {
    /* ACCOUNTS */

    function test_ID2_Authorise_Replayed() external {
        SessionAuthorisation memory given = _authorisation(fresh.account, PLACE);
        _authorise(given);

        _refuses(given, pile, _taken(fresh.account, Oracle.nymHash(given)));
        vm.warp(given.slotEnd);
        _refuses(
            given,
            pile,
            abi.encodeWithSelector(
                IIdentityRegistry.IdentityAuthorisationOver.selector,
                given.slotEnd,
                given.slotEnd
            )
        );
    }

    function test_ID6_Authorise_CertifiedAccount() external {
        Actor[4] memory known = [vehicle, pile, otherPile, matcher];
        for (uint256 i = 0; i < known.length; ++i) {
            _refuses(
                _authorisation(known[i].account, PLACE),
                pile,
                _taken(known[i].account, ParticipantId.unwrap(known[i].id))
            );
        }
    }

    /// @dev Not before it has ended, and then as if it had never been.
    function test_ID6_Authorise_AnewAfterTheEnd() external {
        SessionAuthorisation memory first = _authorisation(fresh.account, PLACE);
        _authorise(first);
        bytes32 id = Oracle.nymHash(first);
        vm.warp(first.slotEnd - 1);
        _refuses(
            _authorisation(fresh.account, keccak256("elsewhere")),
            pile,
            _taken(fresh.account, id)
        );

        vm.warp(first.slotEnd);
        SessionAuthorisation memory second = _authorisation(fresh.account, keccak256("elsewhere"));
        _authorise(second);
        _assertAuthorised(second);
        _assertNobody(id);
    }

    function test_ID6_Enrol_AfterTheEnd() external {
        SessionAuthorisation memory given = _authorisation(fresh.account, PLACE);
        _authorise(given);
        bytes32 id = Oracle.nymHash(given);
        Certificate memory certificate = _certificate(fresh.account, ParticipantKind.Pile);
        certificate.relayBy = given.slotEnd + 1;
        vm.warp(given.slotEnd - 1);
        _refusesEnrolment(certificate, _taken(fresh.account, id));

        vm.warp(given.slotEnd);
        identities.enrol(certificate, _certified(certificate));
        identities.requireStanding(fresh.account, ParticipantKind.Pile);
        vm.assertEq(
            ParticipantId.unwrap(identities.idOf(fresh.account)),
            ParticipantId.unwrap(certificate.participantId),
            "its id"
        );
        vm.assertEq(identities.accountOf(certificate.participantId), fresh.account, "by its id");
        vm.assertEq(identities.stationOf(fresh.account), address(0), "of no station");
        vm.assertEq(identities.authorisationOf(fresh.account).account, address(0), "nothing left");
        _assertNobody(id);
    }

    /// @dev ID-3: neither a certificate nor another authorisation lifts a suspension.
    function test_ID3_SuspendedAccountStaysSuspended() external {
        SessionAuthorisation memory given = _authorisation(fresh.account, PLACE);
        _authorise(given);
        _suspend(fresh);
        vm.warp(given.slotEnd);
        given = _authorisation(fresh.account, PLACE);
        _authorise(given);
        vm.expectRevert(_suspended(fresh.account));
        identities.requireStanding(fresh.account, ParticipantKind.Vehicle);

        vm.warp(given.slotEnd);
        _enrolAccount(fresh.account, ParticipantKind.Pile);
        vm.expectRevert(_suspended(fresh.account));
        identities.requireStanding(fresh.account, ParticipantKind.Pile);
        vm.prank(authority.account);
        identities.reinstate(fresh.account);
        identities.requireStanding(fresh.account, ParticipantKind.Pile);
    }

    /* PSEUDONYMS */

    function test_ID5_Authorise_NymTwice() external {
        SessionAuthorisation memory first = _authorisation(fresh.account, PLACE);
        _authorise(first);
        SessionAuthorisation memory second = _copy(first);
        second.account = later.account;
        bytes memory reason = abi.encodeWithSelector(
            IIdentityRegistry.IdentityIdTaken.selector,
            Oracle.nymHash(first),
            fresh.account
        );

        _refuses(second, pile, reason);
        vm.warp(first.slotEnd - 1);
        _refuses(second, pile, reason);
    }

    /// @dev The same pseudonym by another station, at another place or in another slot is another
    /// id, in another scope.
    function test_ID5_Authorise_NymElsewhere() external {
        SessionAuthorisation memory given = _authorisation(fresh.account, PLACE);
        bytes32[5] memory ids;
        bytes32[5] memory scopes;
        for (uint256 i = 0; i < ids.length; ++i) {
            SessionAuthorisation memory one = _copy(given);
            one.account = vm.addr(0xF4E500 + i);
            if (i == 1) one.stationId = otherPile.id;
            if (i == 2) one.place = keccak256("elsewhere");
            if (i == 3) one.slotStart += 1;
            if (i == 4) one.slotEnd += 1;
            _authoriseBy(one, i == 1 ? otherPile : pile);
            (ids[i], scopes[i]) = (Oracle.nymHash(one), Oracle.scope(one));
            for (uint256 j = 0; j < i; ++j) {
                vm.assertTrue(ids[i] != ids[j] && scopes[i] != scopes[j], "another");
            }
        }
    }

    function test_ID5_Enrol_UnderANymHash() external {
        SessionAuthorisation memory given = _authorisation(fresh.account, PLACE);
        _authorise(given);
        bytes32 id = Oracle.nymHash(given);
        Certificate memory certificate = _certificate(later.account, ParticipantKind.Vehicle);
        certificate.participantId = ParticipantId.wrap(id);

        _refusesEnrolment(
            certificate,
            abi.encodeWithSelector(IIdentityRegistry.IdentityIdTaken.selector, id, fresh.account)
        );
    }

    /* HELPERS */

    function _assertNobody(bytes32 id) private view {
        vm.assertEq(identities.accountOf(ParticipantId.wrap(id)), address(0), "the old id");
    }

    function _refusesEnrolment(Certificate memory certificate, bytes memory reason) private {
        bytes memory signature = _certified(certificate);
        vm.expectRevert(reason);
        identities.enrol(certificate, signature);
    }
}
