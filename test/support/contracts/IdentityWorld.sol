// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IIdentityRegistry} from "../../../contracts/interfaces/IIdentityRegistry.sol";
import {
    AuthorisedAccount,
    Participant,
    ParticipantId,
    ParticipantKind,
    PileKind,
    SessionAuthorisation
} from "../../../contracts/types/MarketTypes.sol";
import {Oracle} from "./Oracle.sol";
import {Actor} from "./Base.sol";
import {World} from "./World.sol";

/// @title Accounts that a station authorises, and how the registry refuses them
abstract contract IdentityWorld is World {
    bytes32 internal constant PLACE = keccak256("a place");

    Actor internal fresh = _actor(0xF4E51);
    Actor internal later = _actor(0xF4E52);

    /* REFUSALS */

    function _refuses(
        SessionAuthorisation memory given,
        Actor memory station,
        bytes memory reason
    ) internal {
        bytes memory signature = _stationSigned(given, station);
        vm.expectRevert(reason);
        vm.prank(given.account);
        identities.authorise(given, signature, "");
    }

    function _refusesSignature(SessionAuthorisation memory given, bytes memory signature) internal {
        vm.expectRevert(
            abi.encodeWithSelector(IIdentityRegistry.IdentityBadSignature.selector, given.account)
        );
        vm.prank(given.account);
        identities.authorise(given, signature, "");
    }

    function _taken(address account, bytes32 id) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(IIdentityRegistry.IdentityAccountTaken.selector, account, id);
    }

    function _suspended(address account) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(IIdentityRegistry.IdentitySuspended.selector, account);
    }

    function _expired(address account, uint40 validUntil) internal pure returns (bytes memory) {
        return
            abi.encodeWithSelector(IIdentityRegistry.IdentityExpired.selector, account, validUntil);
    }

    /* CHECKS */

    function _assertAuthorised(SessionAuthorisation memory given) internal view {
        Participant memory known = identities.participantOf(given.account);
        bytes32 id = Oracle.nymHash(given);
        vm.assertEq(ParticipantId.unwrap(known.participantId), id, "id");
        vm.assertEq(uint8(known.kind), uint8(ParticipantKind.Vehicle), "kind");
        vm.assertEq(uint8(known.pileKind), uint8(PileKind.NotAPile), "pile kind");
        vm.assertTrue(known.authorised, "authorised");
        vm.assertTrue(!known.suspended, "suspended");
        vm.assertEq(known.ratedPowerW, 0, "power");
        vm.assertEq(known.siteCommitment, bytes32(0), "site");
        vm.assertEq(known.validUntil, given.slotEnd, "valid until");
        vm.assertEq(
            identities.accountOf(ParticipantId.wrap(id)),
            given.account,
            "account of the id"
        );
        vm.assertEq(
            keccak256(abi.encode(identities.authorisationOf(given.account))),
            keccak256(abi.encode(_kept(given))),
            "authorisation"
        );
    }

    /// @dev What the registry keeps of an authorisation.
    function _kept(
        SessionAuthorisation memory given
    ) internal pure returns (AuthorisedAccount memory) {
        return
            AuthorisedAccount({
                account: given.account,
                role: given.role,
                scope: Oracle.scope(given),
                nymHash: Oracle.nymHash(given),
                stationId: given.stationId,
                slotStart: given.slotStart,
                slotEnd: given.slotEnd,
                maxEnergyWh: given.maxEnergyWh
            });
    }

    function _copy(
        SessionAuthorisation memory from
    ) internal pure returns (SessionAuthorisation memory) {
        return abi.decode(abi.encode(from), (SessionAuthorisation));
    }
}
