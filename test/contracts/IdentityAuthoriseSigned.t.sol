// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IdentityRegistry} from "../../contracts/IdentityRegistry.sol";
import {IIdentityRegistry} from "../../contracts/interfaces/IIdentityRegistry.sol";
import {ParticipantId, SessionAuthorisation} from "../../contracts/types/MarketTypes.sol";
import {IdentityWorld} from "../support/contracts/IdentityWorld.sol";
import {Digests} from "../support/contracts/Digests.sol";
import {Oracle} from "../support/contracts/Oracle.sol";

/// @title `authorise`: who signs, and what
contract IdentityAuthoriseSignedTest is IdentityWorld {
    /// @dev The order of secp256k1.
    uint256 private constant CURVE_ORDER =
        0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141;

    /* SIGNATURES */

    /// @dev The corruption matrix: what the station signed is what counts, field by field.
    function test_Authorise_EveryFieldIsSigned() external {
        SessionAuthorisation memory good = _authorisation(fresh.account, PLACE);
        bytes memory signature = _stationSigned(good, pile);

        SessionAuthorisation memory bad = _copy(good);
        bad.account = stranger.account;
        _refusesSignature(bad, signature);

        bad = _copy(good);
        bad.role = DISCHARGE;
        _refusesSignature(bad, signature);

        bad = _copy(good);
        bad.place = ~bad.place;
        _refusesSignature(bad, signature);

        bad = _copy(good);
        bad.nym = ~bad.nym;
        _refusesSignature(bad, signature);

        bad = _copy(good);
        bad.stationId = otherPile.id;
        _refusesSignature(bad, signature);

        bad = _copy(good);
        bad.slotStart -= 1;
        _refusesSignature(bad, signature);

        bad = _copy(good);
        bad.slotEnd += 1;
        _refusesSignature(bad, signature);

        bad = _copy(good);
        bad.maxEnergyWh += 1;
        _refusesSignature(bad, signature);
    }

    function testFuzz_Authorise_SignedBySomebodyElse(uint256 key) external {
        key = _bound(key, 1, type(uint128).max);
        vm.assume(key != pile.key);
        SessionAuthorisation memory given = _authorisation(fresh.account, PLACE);
        bytes32 digest = Digests.authorisationDigest(address(identities), given);

        _refusesSignature(given, _signature(key, digest));
    }

    function test_Authorise_SignedForAnotherContract() external {
        IdentityRegistry twin = _newIdentities(authority.account, court.account);
        SessionAuthorisation memory given = _authorisation(fresh.account, PLACE);
        bytes32 digest = Digests.authorisationDigest(address(twin), given);

        _refusesSignature(given, _signature(pile.key, digest));
    }

    function test_Authorise_SignedForAnotherChain() external {
        SessionAuthorisation memory given = _authorisation(fresh.account, PLACE);
        bytes memory signature = _stationSigned(given, pile);

        vm.chainId(4242);
        _refusesSignature(given, signature);
    }

    function test_Authorise_MalleatedSignature() external {
        SessionAuthorisation memory given = _authorisation(fresh.account, PLACE);
        bytes32 digest = Digests.authorisationDigest(address(identities), given);
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(pile.key, digest);
        bytes32 high = bytes32(CURVE_ORDER - uint256(s));

        _refusesSignature(given, abi.encodePacked(r, high, v == 27 ? uint8(28) : uint8(27)));
        _refusesSignature(given, "");
        _refusesSignature(given, new bytes(65));
        _refusesSignature(given, abi.encodePacked(r, s, v, uint8(0)));
    }

    /* STATIONS */

    function test_Authorise_StationUnknown() external {
        SessionAuthorisation memory given = _authorisation(fresh.account, PLACE);
        given.stationId = stranger.id;
        _refuses(given, stranger, _notAStation(stranger.id));

        given.stationId = ParticipantId.wrap(bytes32(0));
        _refuses(given, stranger, _notAStation(given.stationId));
    }

    function test_Authorise_StationIsAVehicle() external {
        SessionAuthorisation memory given = _authorisation(fresh.account, PLACE);
        given.stationId = vehicle.id;

        _refuses(given, vehicle, _notAStation(vehicle.id));
    }

    function test_Authorise_StationIsAuthorisedItself() external {
        SessionAuthorisation memory first = _authorisation(fresh.account, PLACE);
        _authorise(first);
        SessionAuthorisation memory second = _authorisation(later.account, PLACE);
        second.stationId = ParticipantId.wrap(Oracle.nymHash(first));

        _refuses(second, fresh, _notAStation(second.stationId));
    }

    function test_ID4_Authorise_StationSuspended() external {
        _suspend(pile);

        _refuses(_authorisation(fresh.account, PLACE), pile, _suspended(pile.account));
    }

    function test_ID4_Authorise_StationExpired() external {
        uint40 validUntil = identities.participantOf(pile.account).validUntil;

        vm.warp(validUntil);
        _refuses(
            _authorisation(fresh.account, PLACE),
            pile,
            abi.encodeWithSelector(
                IIdentityRegistry.IdentityExpired.selector,
                pile.account,
                validUntil
            )
        );
    }

    function _notAStation(ParticipantId stationId) private pure returns (bytes memory) {
        return abi.encodeWithSelector(IIdentityRegistry.IdentityNotAStation.selector, stationId);
    }
}
