// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IdentityRegistry} from "../../contracts/IdentityRegistry.sol";
import {IIdentityRegistry} from "../../contracts/interfaces/IIdentityRegistry.sol";
import {Wallet1271} from "../../contracts/mocks/Wallet1271.sol";
import {
    Certificate,
    Participant,
    ParticipantId,
    ParticipantKind,
    PileKind,
    SessionAuthorisation
} from "../../contracts/types/MarketTypes.sol";
import {Oracle} from "../support/contracts/Oracle.sol";
import {Actor, World} from "../support/contracts/World.sol";

/// @title `authorise`, and what an authorised account is
contract IdentityAuthoriseTest is World {
    bytes32 private constant SCOPE = keccak256("a scope");
    /// @dev The order of secp256k1.
    uint256 private constant CURVE_ORDER =
        0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141;

    Actor private fresh = _actor(0xF4E51);
    Actor private later = _actor(0xF4E52);

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

    /* REFUSED */

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

    /// @dev The corruption matrix: what the station signed is what counts, field by field.
    function test_Authorise_EveryFieldIsSigned() external {
        SessionAuthorisation memory good = _authorisation(fresh.account, SCOPE);
        bytes memory signature = _stationSigned(good, pile);

        SessionAuthorisation memory bad = _copy(good);
        bad.account = stranger.account;
        _refusesSignature(bad, signature);

        bad = _copy(good);
        bad.role = DISCHARGE;
        _refusesSignature(bad, signature);

        bad = _copy(good);
        bad.scope = ~bad.scope;
        _refusesSignature(bad, signature);

        bad = _copy(good);
        bad.nymHash = ~bad.nymHash;
        _refusesSignature(bad, signature);

        bad = _copy(good);
        bad.stationId = otherPile.id;
        _refusesSignature(bad, signature);

        bad = _copy(good);
        bad.notBefore -= 1;
        _refusesSignature(bad, signature);

        bad = _copy(good);
        bad.notAfter += 1;
        _refusesSignature(bad, signature);

        bad = _copy(good);
        bad.maxEnergyWh += 1;
        _refusesSignature(bad, signature);
    }

    function testFuzz_Authorise_SignedBySomebodyElse(uint256 key) external {
        key = _bound(key, 1, type(uint128).max);
        vm.assume(key != pile.key);
        SessionAuthorisation memory given = _authorisation(fresh.account, SCOPE);
        bytes32 digest = Oracle.authorisationDigest(address(identities), given);

        _refusesSignature(given, _signature(key, digest));
    }

    function test_Authorise_SignedForAnotherContract() external {
        IdentityRegistry twin = new IdentityRegistry(authority.account, court.account);
        SessionAuthorisation memory given = _authorisation(fresh.account, SCOPE);
        bytes32 digest = Oracle.authorisationDigest(address(twin), given);

        _refusesSignature(given, _signature(pile.key, digest));
    }

    function test_Authorise_SignedForAnotherChain() external {
        SessionAuthorisation memory given = _authorisation(fresh.account, SCOPE);
        bytes memory signature = _stationSigned(given, pile);

        vm.chainId(4242);
        _refusesSignature(given, signature);
    }

    function test_Authorise_MalleatedSignature() external {
        SessionAuthorisation memory given = _authorisation(fresh.account, SCOPE);
        bytes32 digest = Oracle.authorisationDigest(address(identities), given);
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(pile.key, digest);
        bytes32 high = bytes32(CURVE_ORDER - uint256(s));

        _refusesSignature(given, abi.encodePacked(r, high, v == 27 ? uint8(28) : uint8(27)));
        _refusesSignature(given, "");
        _refusesSignature(given, new bytes(65));
        _refusesSignature(given, abi.encodePacked(r, s, v, uint8(0)));
    }

    function test_Authorise_StationUnknown() external {
        SessionAuthorisation memory given = _authorisation(fresh.account, SCOPE);
        given.stationId = stranger.id;
        _refuses(given, stranger, _notAStation(stranger.id));

        given.stationId = ParticipantId.wrap(bytes32(0));
        _refuses(given, stranger, _notAStation(given.stationId));
    }

    function test_Authorise_StationIsAVehicle() external {
        SessionAuthorisation memory given = _authorisation(fresh.account, SCOPE);
        given.stationId = vehicle.id;

        _refuses(given, vehicle, _notAStation(vehicle.id));
    }

    function test_Authorise_StationIsAuthorisedItself() external {
        SessionAuthorisation memory first = _authorisation(fresh.account, SCOPE);
        _authorise(first);
        SessionAuthorisation memory second = _authorisation(later.account, SCOPE);
        second.stationId = ParticipantId.wrap(first.nymHash);

        _refuses(second, fresh, _notAStation(second.stationId));
    }

    function test_ID4_Authorise_StationSuspended() external {
        _suspend(pile);

        _refuses(_authorisation(fresh.account, SCOPE), pile, _suspended(pile.account));
    }

    function test_ID4_Authorise_StationExpired() external {
        uint40 validUntil = identities.participantOf(pile.account).validUntil;

        vm.warp(validUntil);
        _refuses(
            _authorisation(fresh.account, SCOPE),
            pile,
            abi.encodeWithSelector(
                IIdentityRegistry.IdentityExpired.selector,
                pile.account,
                validUntil
            )
        );
    }

    /* ONCE */

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

    /* STANDING */

    function test_ID7_RequireStanding_NotAsAnotherKind() external {
        _authorise(_authorisation(fresh.account, SCOPE));

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
        SessionAuthorisation memory given = _authorisation(fresh.account, SCOPE);
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
        identities.requireScope(fresh.account, SCOPE, 0);
    }

    function test_ID7_RequireStanding_EndsWithTheAuthorisation() external {
        SessionAuthorisation memory given = _authorisation(fresh.account, SCOPE);
        _authorise(given);

        vm.warp(given.notAfter - 1);
        identities.requireStanding(fresh.account, ParticipantKind.Vehicle);
        vm.warp(given.notAfter);
        vm.expectRevert(_expired(fresh.account, given.notAfter));
        identities.requireStanding(fresh.account, ParticipantKind.Vehicle);
    }

    function test_ID7_RequireStanding_StopsWithTheStation() external {
        _authorise(_authorisation(fresh.account, SCOPE));

        _suspend(pile);
        vm.expectRevert(_suspended(pile.account));
        identities.requireStanding(fresh.account, ParticipantKind.Vehicle);
        vm.expectRevert(_suspended(pile.account));
        identities.requireScope(fresh.account, SCOPE, 0);

        vm.prank(authority.account);
        identities.reinstate(pile.account);
        identities.requireStanding(fresh.account, ParticipantKind.Vehicle);
    }

    function test_ID7_RequireStanding_StopsWhenTheStationExpires() external {
        uint40 validUntil = identities.participantOf(pile.account).validUntil;
        vm.warp(validUntil - 1);
        SessionAuthorisation memory given = _authorisation(fresh.account, SCOPE);
        _authorise(given);
        identities.requireStanding(fresh.account, ParticipantKind.Vehicle);

        vm.warp(validUntil);
        vm.expectRevert(_expired(pile.account, validUntil));
        identities.requireStanding(fresh.account, ParticipantKind.Vehicle);
    }

    function test_AU8_RequireScope_AnotherScope() external {
        bytes32 other = keccak256("another scope");
        _authorise(_authorisation(fresh.account, SCOPE));

        vm.expectRevert(
            abi.encodeWithSelector(
                IIdentityRegistry.IdentityWrongScope.selector,
                fresh.account,
                other,
                SCOPE
            )
        );
        identities.requireScope(fresh.account, other, 0);
    }

    function test_AU8_RequireScope_CertifiedVehicle() external {
        identities.requireScope(vehicle.account, bytes32(0), type(uint40).max);

        vm.expectRevert(
            abi.encodeWithSelector(
                IIdentityRegistry.IdentityWrongScope.selector,
                vehicle.account,
                SCOPE,
                bytes32(0)
            )
        );
        identities.requireScope(vehicle.account, SCOPE, 0);
    }

    function test_AU8_RequireScope_MustLastUntil() external {
        SessionAuthorisation memory given = _authorisation(fresh.account, SCOPE);
        _authorise(given);
        bytes32[2] memory scopes = [SCOPE, bytes32(0)];

        for (uint256 i = 0; i < scopes.length; ++i) {
            identities.requireScope(fresh.account, scopes[i], given.notAfter);
            vm.expectRevert(
                abi.encodeWithSelector(
                    IIdentityRegistry.IdentityEndsEarly.selector,
                    fresh.account,
                    given.notAfter,
                    given.notAfter + 1
                )
            );
            identities.requireScope(fresh.account, scopes[i], given.notAfter + 1);
        }
    }

    function test_AuthorisationOf_NobodyAuthorised() external view {
        SessionAuthorisation memory none;
        bytes32 expected = keccak256(abi.encode(none));
        address[3] memory accounts = [stranger.account, vehicle.account, pile.account];
        for (uint256 i = 0; i < accounts.length; ++i) {
            bytes32 actual = keccak256(abi.encode(identities.authorisationOf(accounts[i])));
            vm.assertEq(actual, expected, "none");
        }
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

    function _refuses(
        SessionAuthorisation memory given,
        Actor memory station,
        bytes memory reason
    ) private {
        bytes memory signature = _stationSigned(given, station);
        vm.expectRevert(reason);
        identities.authorise(given, signature);
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

    function _refusesSignature(SessionAuthorisation memory given, bytes memory signature) private {
        vm.expectRevert(
            abi.encodeWithSelector(IIdentityRegistry.IdentityBadSignature.selector, given.account)
        );
        identities.authorise(given, signature);
    }

    function _refusesEnrolment(Certificate memory certificate, bytes memory reason) private {
        bytes memory signature = _certified(certificate);
        vm.expectRevert(reason);
        identities.enrol(certificate, signature);
    }

    function _badSignature() private view returns (bytes memory) {
        return
            abi.encodeWithSelector(IIdentityRegistry.IdentityBadSignature.selector, fresh.account);
    }

    function _taken(address account, bytes32 id) private pure returns (bytes memory) {
        return abi.encodeWithSelector(IIdentityRegistry.IdentityAccountTaken.selector, account, id);
    }

    function _suspended(address account) private pure returns (bytes memory) {
        return abi.encodeWithSelector(IIdentityRegistry.IdentitySuspended.selector, account);
    }

    function _expired(address account, uint40 validUntil) private pure returns (bytes memory) {
        return
            abi.encodeWithSelector(IIdentityRegistry.IdentityExpired.selector, account, validUntil);
    }

    function _notAStation(ParticipantId stationId) private pure returns (bytes memory) {
        return abi.encodeWithSelector(IIdentityRegistry.IdentityNotAStation.selector, stationId);
    }

    function _assertAuthorised(SessionAuthorisation memory given) private view {
        Participant memory known = identities.participantOf(given.account);
        vm.assertEq(ParticipantId.unwrap(known.participantId), given.nymHash, "id");
        vm.assertEq(uint8(known.kind), uint8(ParticipantKind.Vehicle), "kind");
        vm.assertEq(uint8(known.pileKind), uint8(PileKind.NotAPile), "pile kind");
        vm.assertTrue(known.authorised, "authorised");
        vm.assertTrue(!known.suspended, "suspended");
        vm.assertEq(known.ratedPowerW, 0, "power");
        vm.assertEq(known.siteCommitment, bytes32(0), "site");
        vm.assertEq(known.validUntil, given.notAfter, "valid until");
        vm.assertEq(
            identities.accountOf(ParticipantId.wrap(given.nymHash)),
            given.account,
            "account of the id"
        );
        vm.assertEq(
            keccak256(abi.encode(identities.authorisationOf(given.account))),
            keccak256(abi.encode(given)),
            "authorisation"
        );
    }

    function _copy(
        SessionAuthorisation memory from
    ) private pure returns (SessionAuthorisation memory) {
        return abi.decode(abi.encode(from), (SessionAuthorisation));
    }
}
