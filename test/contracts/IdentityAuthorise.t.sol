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
import {Oracle} from "../support/contracts/Oracle.sol";

/// @title `authorise`: what is accepted, for how long, and what is malformed
contract IdentityAuthoriseTest is IdentityWorld {
    /* ACCEPTED */

    function test_ID7_Authorise_ByTheAccountItself() external {
        SessionAuthorisation memory given = _authorisation(fresh.account, PLACE);
        bytes memory signature = _stationSigned(given, pile);

        vm.expectEmit(address(identities));
        emit IIdentityRegistry.Authorised(
            given.account,
            Oracle.scope(given),
            given.stationId,
            ParticipantId.wrap(Oracle.nymHash(given)),
            given.role,
            given.slotStart,
            given.slotEnd,
            given.maxEnergyWh
        );
        vm.prank(given.account);
        identities.authorise(given, signature, "");

        _assertAuthorised(given);
        identities.requireStanding(fresh.account, ParticipantKind.Vehicle);
        identities.requireScope(fresh.account, Oracle.scope(given), given.slotEnd);
        identities.requireScope(fresh.account, bytes32(0), given.slotEnd);
    }

    function test_ID5_ScopeOf_NymHashOf_AsSpecified() external view {
        SessionAuthorisation memory given = _authorisation(fresh.account, PLACE);
        bytes32 scope = identities.scopeOf(
            given.stationId,
            given.place,
            given.slotStart,
            given.slotEnd
        );
        vm.assertEq(scope, Oracle.scope(given), "scope");
        ParticipantId id = identities.nymHashOf(scope, given.nym);
        vm.assertEq(ParticipantId.unwrap(id), Oracle.nymHash(given), "nymHash");
    }

    function test_ID7_Authorise_ByAMatcher() external {
        SessionAuthorisation memory given = _authorisation(fresh.account, PLACE);
        given.stationId = matcher.id;

        _authoriseBy(given, matcher);

        _assertAuthorised(given);
    }

    function test_ID7_Authorise_ByAContractWallet() external {
        Wallet1271 wallet = new Wallet1271(stranger.account);
        _enrolAccount(address(wallet), ParticipantKind.Pile);
        SessionAuthorisation memory given = _authorisation(fresh.account, PLACE);
        given.stationId = _idOf(address(wallet));

        _refuses(given, authority, _badSignature());
        _authoriseBy(given, stranger);

        _assertAuthorised(given);
    }

    function testFuzz_ID7_Authorise_EveryWellFormedOne(
        address account,
        bool charges,
        bytes32 place,
        bytes32 nym,
        uint40 slotStart,
        uint40 slotEnd,
        uint64 maxEnergyWh
    ) external {
        slotEnd = START + uint40(_bound(slotEnd, 1, 2 days));
        SessionAuthorisation memory given = SessionAuthorisation({
            account: account,
            role: charges ? CHARGE : DISCHARGE,
            place: place | bytes32(uint256(1)),
            slotStart: uint40(_bound(slotStart, slotEnd - 2 days, slotEnd - 1)),
            slotEnd: slotEnd,
            nym: nym | bytes32(uint256(1)),
            stationId: pile.id,
            maxEnergyWh: maxEnergyWh
        });
        vm.assume(account != address(0));
        // Which calls itself for those who have signed, and never for itself.
        vm.assume(account != address(identities));
        vm.assume(identities.participantOf(account).kind == ParticipantKind.None);

        _authorise(given);

        _assertAuthorised(given);
    }

    /* TIMES */

    function test_Authorise_EndsAtTheSecond() external {
        SessionAuthorisation memory given = _authorisation(fresh.account, PLACE);

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
        vm.warp(given.slotEnd - 1);
        _authorise(given);
        identities.requireStanding(fresh.account, ParticipantKind.Vehicle);
    }

    function test_Authorise_LongestSlot() external {
        uint40 most = identities.MAX_AUTHORISATION_SECONDS();
        SessionAuthorisation memory given = _authorisation(fresh.account, PLACE);
        given.slotEnd = START + most;
        given.slotStart = START - 1;

        _refusesSlot(given);
        given.slotStart = START;
        _authorise(given);
        _assertAuthorised(given);
    }

    function test_Authorise_FurthestSlot() external {
        SessionAuthorisation memory given = _authorisation(fresh.account, PLACE);
        given.slotEnd = START + identities.MAX_AUTHORISATION_SECONDS() + 1;

        _refusesSlot(given);
        vm.warp(START + 1);
        _authorise(given);
        _assertAuthorised(given);
    }

    function test_Authorise_EndsBeforeItBegins() external {
        SessionAuthorisation memory given = _authorisation(fresh.account, PLACE);

        given.slotStart = given.slotEnd;
        _refusesSlot(given);
        given.slotStart = given.slotEnd + 1;
        _refusesSlot(given);
        given.slotStart = given.slotEnd - 1;
        _authorise(given);
    }

    /* FORM */

    function test_Authorise_MalformedInEveryWay() external {
        SessionAuthorisation memory good = _authorisation(fresh.account, PLACE);

        SessionAuthorisation memory bad = _copy(good);
        bad.account = address(0);
        _refusesForm(bad);

        bad = _copy(good);
        bad.place = bytes32(0);
        _refusesForm(bad);

        bad = _copy(good);
        bad.nym = bytes32(0);
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

    function _refusesSlot(SessionAuthorisation memory given) private {
        _refuses(
            given,
            pile,
            abi.encodeWithSelector(
                IIdentityRegistry.IdentityBadSlot.selector,
                given.slotStart,
                given.slotEnd,
                block.timestamp
            )
        );
    }

    function _badSignature() private view returns (bytes memory) {
        return
            abi.encodeWithSelector(IIdentityRegistry.IdentityBadSignature.selector, fresh.account);
    }
}
