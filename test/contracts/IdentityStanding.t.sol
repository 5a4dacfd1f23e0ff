// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IIdentityRegistry} from "../../contracts/interfaces/IIdentityRegistry.sol";
import {
    AuthorisedAccount,
    ParticipantKind,
    SessionAuthorisation
} from "../../contracts/types/MarketTypes.sol";
import {IdentityWorld} from "../support/contracts/IdentityWorld.sol";
import {Oracle} from "../support/contracts/Oracle.sol";

/// @title What an authorised account may do, and how long
contract IdentityStandingTest is IdentityWorld {
    function test_ID7_RequireStanding_NotAsAnotherKind() external {
        _authorise(_authorisation(fresh.account, PLACE));

        vm.expectRevert(
            abi.encodeWithSelector(
                IIdentityRegistry.IdentityWrongKind.selector,
                fresh.account,
                ParticipantKind.Pile,
                ParticipantKind.Vehicle
            )
        );
        identities.requireStanding(fresh.account, ParticipantKind.Pile);
    }

    function test_ID7_RequireStanding_RoleDischarge() external {
        SessionAuthorisation memory given = _authorisation(fresh.account, PLACE);
        given.role = DISCHARGE;
        _authorise(given);
        bytes memory reason = abi.encodeWithSelector(
            IIdentityRegistry.IdentityWrongRole.selector,
            fresh.account,
            DISCHARGE
        );

        vm.expectRevert(reason);
        identities.requireStanding(fresh.account, ParticipantKind.Vehicle);
        vm.expectRevert(reason);
        identities.requireScope(fresh.account, bytes32(0), 0);
    }

    function test_ID7_RequireStanding_EndsWithTheAuthorisation() external {
        SessionAuthorisation memory given = _authorisation(fresh.account, PLACE);
        _authorise(given);

        vm.warp(given.slotEnd - 1);
        identities.requireStanding(fresh.account, ParticipantKind.Vehicle);
        vm.warp(given.slotEnd);
        vm.expectRevert(_expired(fresh.account, given.slotEnd));
        identities.requireStanding(fresh.account, ParticipantKind.Vehicle);
    }

    function test_ID7_RequireStanding_StopsWithTheStation() external {
        _authorise(_authorisation(fresh.account, PLACE));

        _suspend(pile);
        vm.expectRevert(_suspended(pile.account));
        identities.requireStanding(fresh.account, ParticipantKind.Vehicle);
        vm.expectRevert(_suspended(pile.account));
        identities.requireScope(fresh.account, bytes32(0), 0);

        vm.prank(authority.account);
        identities.reinstate(pile.account);
        identities.requireStanding(fresh.account, ParticipantKind.Vehicle);
    }

    function test_ID7_RequireStanding_StopsWhenTheStationExpires() external {
        uint40 validUntil = identities.participantOf(pile.account).validUntil;
        vm.warp(validUntil - 1);
        SessionAuthorisation memory given = _authorisation(fresh.account, PLACE);
        _authorise(given);
        identities.requireStanding(fresh.account, ParticipantKind.Vehicle);

        vm.warp(validUntil);
        vm.expectRevert(_expired(pile.account, validUntil));
        identities.requireStanding(fresh.account, ParticipantKind.Vehicle);
    }

    /* BOTH PARTIES OF A MATCH */

    function test_ID7_RequireParties_OfAnAuthorisedVehicle() external {
        _authorise(_authorisation(fresh.account, PLACE));
        vm.assertEq(identities.requireParties(fresh.account, pile.account), 22_000, "power");
        vm.assertEq(identities.requireParties(fresh.account, otherPile.account), 22_000, "power");

        // With its station, what it has let in stops, wherever it goes.
        _suspend(pile);
        vm.expectRevert(_suspended(pile.account));
        identities.requireParties(fresh.account, otherPile.account);
        vm.expectRevert(_suspended(pile.account));
        identities.requireParties(vehicle.account, pile.account);
    }

    function test_ID1_RequireParties_EachInItsPlace() external {
        vm.expectRevert(
            abi.encodeWithSelector(
                IIdentityRegistry.IdentityWrongKind.selector,
                pile.account,
                ParticipantKind.Vehicle,
                ParticipantKind.Pile
            )
        );
        identities.requireParties(pile.account, vehicle.account);
        vm.expectRevert(
            abi.encodeWithSelector(
                IIdentityRegistry.IdentityWrongKind.selector,
                otherVehicle.account,
                ParticipantKind.Pile,
                ParticipantKind.Vehicle
            )
        );
        identities.requireParties(vehicle.account, otherVehicle.account);
    }

    function test_ID5_AccountsOf_AsAccountOf() external view {
        (address ev, address cp) = identities.accountsOf(vehicle.id, pile.id);
        vm.assertEq(ev, identities.accountOf(vehicle.id), "vehicle");
        vm.assertEq(cp, identities.accountOf(pile.id), "pile");
        (ev, cp) = identities.accountsOf(fresh.id, later.id);
        vm.assertTrue(ev == address(0) && cp == address(0), "nobody");
    }

    /// @dev Whoever is certified has no station; the others keep theirs until they are let in anew.
    function test_ID6_StationOf() external {
        SessionAuthorisation memory given = _authorisation(fresh.account, PLACE);
        _authorise(given);
        vm.assertEq(identities.stationOf(fresh.account), pile.account, "authorised");
        vm.assertEq(identities.stationOf(vehicle.account), address(0), "certified");
        vm.assertEq(identities.stationOf(stranger.account), address(0), "unknown");
        vm.warp(given.slotEnd);
        vm.assertEq(identities.stationOf(fresh.account), pile.account, "after the end");
    }

    /* SCOPES */

    function test_AU8_RequireScope_AnotherScope() external {
        bytes32 other = keccak256("another scope");
        SessionAuthorisation memory given = _authorisation(fresh.account, PLACE);
        _authorise(given);

        vm.expectRevert(
            abi.encodeWithSelector(
                IIdentityRegistry.IdentityWrongScope.selector,
                fresh.account,
                other,
                Oracle.scope(given)
            )
        );
        identities.requireScope(fresh.account, other, 0);
    }

    function test_AU8_RequireScope_CertifiedVehicle() external {
        bytes32 scope = Oracle.scope(_authorisation(fresh.account, PLACE));
        identities.requireScope(vehicle.account, bytes32(0), type(uint40).max);

        vm.expectRevert(
            abi.encodeWithSelector(
                IIdentityRegistry.IdentityWrongScope.selector,
                vehicle.account,
                scope,
                bytes32(0)
            )
        );
        identities.requireScope(vehicle.account, scope, 0);
    }

    function test_AU8_RequireScope_MustLastUntil() external {
        SessionAuthorisation memory given = _authorisation(fresh.account, PLACE);
        _authorise(given);
        bytes32[2] memory scopes = [Oracle.scope(given), bytes32(0)];

        for (uint256 i = 0; i < scopes.length; ++i) {
            identities.requireScope(fresh.account, scopes[i], given.slotEnd);
            vm.expectRevert(
                abi.encodeWithSelector(
                    IIdentityRegistry.IdentityEndsEarly.selector,
                    fresh.account,
                    given.slotEnd,
                    given.slotEnd + 1
                )
            );
            identities.requireScope(fresh.account, scopes[i], given.slotEnd + 1);
        }
    }

    /* SLOTS */

    function test_ID9_RequireSlot_ExactlyItsOwn() external {
        SessionAuthorisation memory given = _authorisation(fresh.account, PLACE);
        _authorise(given);
        (uint40 slotStart, uint40 slotEnd) = (given.slotStart, given.slotEnd);

        identities.requireSlot(fresh.account, slotStart, slotEnd);
        _refusesSlot(given, slotStart + 1, slotEnd);
        _refusesSlot(given, slotStart - 1, slotEnd);
        _refusesSlot(given, slotStart, slotEnd + 1);
        _refusesSlot(given, slotStart, slotEnd - 1);
        _refusesSlot(given, slotStart - 1, slotEnd - 1);
    }

    function test_ID9_RequireSlot_InStanding() external {
        SessionAuthorisation memory given = _authorisation(fresh.account, PLACE);
        _authorise(given);

        identities.requireSlot(vehicle.account, 0, type(uint40).max);
        _suspend(pile);
        vm.expectRevert(_suspended(pile.account));
        identities.requireSlot(fresh.account, given.slotStart, given.slotEnd);
        vm.warp(given.slotEnd);
        vm.expectRevert(_expired(fresh.account, given.slotEnd));
        identities.requireSlot(fresh.account, given.slotStart, given.slotEnd);
    }

    function test_AuthorisationOf_NobodyAuthorised() external view {
        AuthorisedAccount memory none;
        bytes32 expected = keccak256(abi.encode(none));
        address[3] memory accounts = [stranger.account, vehicle.account, pile.account];
        for (uint256 i = 0; i < accounts.length; ++i) {
            bytes32 actual = keccak256(abi.encode(identities.authorisationOf(accounts[i])));
            vm.assertEq(actual, expected, "none");
        }
    }

    function _refusesSlot(
        SessionAuthorisation memory given,
        uint40 slotStart,
        uint40 slotEnd
    ) private {
        vm.expectRevert(
            abi.encodeWithSelector(
                IIdentityRegistry.IdentityWrongSlot.selector,
                given.account,
                slotStart,
                slotEnd,
                given.slotStart,
                given.slotEnd
            )
        );
        identities.requireSlot(given.account, slotStart, slotEnd);
    }
}
