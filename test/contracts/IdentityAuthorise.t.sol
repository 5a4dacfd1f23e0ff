// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IIdentityRegistry} from "../../contracts/interfaces/IIdentityRegistry.sol";
import {Wallet1271} from "../../contracts/mocks/Wallet1271.sol";
import {
    ParticipantId,
    ParticipantKind,
    SessionAuthorisation
} from "../../contracts/types/MarketTypes.sol";
import {IdentityWorld} from "../support/contracts/IdentityWorld.sol";

/// @title `authorise`: what is accepted, for how long, and what is malformed
contract IdentityAuthoriseTest is IdentityWorld {
    /* ACCEPTED */

    function test_ID7_Authorise_RelayedByAnyone() external {
        SessionAuthorisation memory given = _authorisation(fresh.account, SCOPE);
        bytes memory signature = _stationSigned(given, pile);

        vm.expectEmit(address(identities));
        emit IIdentityRegistry.Authorised(
            given.account,
            given.scope,
            given.nymHash,
            given.stationId,
            given.role,
            given.notAfter,
            given.maxEnergyWh
        );
        vm.prank(stranger.account);
        identities.authorise(given, signature);

        _assertAuthorised(given);
        identities.requireStanding(fresh.account, ParticipantKind.Vehicle);
        identities.requireScope(fresh.account, SCOPE, given.notAfter);
        identities.requireScope(fresh.account, bytes32(0), given.notAfter);
    }

    function test_ID7_Authorise_ByAMatcher() external {
        SessionAuthorisation memory given = _authorisation(fresh.account, SCOPE);
        given.stationId = matcher.id;

        identities.authorise(given, _stationSigned(given, matcher));

        _assertAuthorised(given);
    }

    function test_ID7_Authorise_ByAContractWallet() external {
        Wallet1271 wallet = new Wallet1271(stranger.account);
        _enrolAccount(address(wallet), ParticipantKind.Pile);
        SessionAuthorisation memory given = _authorisation(fresh.account, SCOPE);
        given.stationId = _idOf(address(wallet));

        _refuses(given, authority, _badSignature());
        identities.authorise(given, _stationSigned(given, stranger));

        _assertAuthorised(given);
    }

    function testFuzz_ID7_Authorise_EveryWellFormedOne(
        address account,
        bool charges,
        bytes32 scope,
        bytes32 nymHash,
        uint40 before,
        uint40 afterwards,
        uint64 maxEnergyWh
    ) external {
        before = uint40(_bound(before, 0, 1 days));
        afterwards = uint40(_bound(afterwards, 1, 1 days));
        SessionAuthorisation memory given = SessionAuthorisation({
            account: account,
            role: charges ? CHARGE : DISCHARGE,
            scope: scope | bytes32(uint256(1)),
            nymHash: nymHash | bytes32(uint256(1)),
            stationId: pile.id,
            notBefore: START - before,
            notAfter: START + afterwards,
            maxEnergyWh: maxEnergyWh
        });
        vm.assume(account != address(0));
        vm.assume(identities.participantOf(account).kind == ParticipantKind.None);
        vm.assume(identities.accountOf(ParticipantId.wrap(given.nymHash)) == address(0));

        _authorise(given);

        _assertAuthorised(given);
    }

    /* TIMES */

    function test_Authorise_AtNotBefore() external {
        SessionAuthorisation memory given = _authorisation(fresh.account, SCOPE);
        given.notBefore = START + 10;

        vm.warp(START + 9);
        _refuses(
            given,
            pile,
            abi.encodeWithSelector(
                IIdentityRegistry.IdentityAuthorisationEarly.selector,
                given.notBefore,
                START + 9
            )
        );
        vm.warp(START + 10);
        _authorise(given);
    }

    function test_Authorise_EndsAtTheSecond() external {
        SessionAuthorisation memory given = _authorisation(fresh.account, SCOPE);

        vm.warp(given.notAfter);
        _refuses(
            given,
            pile,
            abi.encodeWithSelector(
                IIdentityRegistry.IdentityAuthorisationOver.selector,
                given.notAfter,
                given.notAfter
            )
        );
        vm.warp(given.notAfter - 1);
        _authorise(given);
        identities.requireStanding(fresh.account, ParticipantKind.Vehicle);
    }

    function test_Authorise_LongestSpan() external {
        SessionAuthorisation memory given = _authorisation(fresh.account, SCOPE);
        given.notAfter = given.notBefore + identities.MAX_AUTHORISATION_SECONDS() + 1;

        _refuses(
            given,
            pile,
            abi.encodeWithSelector(
                IIdentityRegistry.IdentityAuthorisationTooLong.selector,
                given.notBefore,
                given.notAfter
            )
        );
        given.notAfter -= 1;
        _authorise(given);
        _assertAuthorised(given);
    }

    function test_Authorise_EndsBeforeItBegins() external {
        SessionAuthorisation memory given = _authorisation(fresh.account, SCOPE);
        given.notAfter = given.notBefore - 1;

        _refuses(
            given,
            pile,
            abi.encodeWithSelector(
                IIdentityRegistry.IdentityAuthorisationOver.selector,
                given.notAfter,
                START
            )
        );
    }

    /* FORM */

    function test_Authorise_MalformedInEveryWay() external {
        SessionAuthorisation memory good = _authorisation(fresh.account, SCOPE);

        SessionAuthorisation memory bad = _copy(good);
        bad.account = address(0);
        _refusesForm(bad);

        bad = _copy(good);
        bad.scope = bytes32(0);
        _refusesForm(bad);

        bad = _copy(good);
        bad.nymHash = bytes32(0);
        _refusesForm(bad);

        for (uint256 role = 0; role <= type(uint8).max; ++role) {
            if (role == CHARGE || role == DISCHARGE) continue;
            bad = _copy(good);
            bad.role = uint8(role);
            _refusesForm(bad);
        }
    }

    function _refusesForm(SessionAuthorisation memory given) private {
        _refuses(
            given,
            pile,
            abi.encodeWithSelector(
                IIdentityRegistry.IdentityAuthorisationMalformed.selector,
                given.account,
                given.role
            )
        );
    }

    function _badSignature() private view returns (bytes memory) {
        return
            abi.encodeWithSelector(IIdentityRegistry.IdentityBadSignature.selector, fresh.account);
    }
}
