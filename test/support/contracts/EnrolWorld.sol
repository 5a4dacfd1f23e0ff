// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Certificate, Participant, ParticipantId} from "../../../contracts/types/MarketTypes.sol";
import {Actor} from "./Base.sol";
import {World} from "./World.sol";

/// @title Certificates that are accepted, and that are refused
abstract contract EnrolWorld is World {
    Actor internal newcomer = _actor(0x4E3);

    function _refuses(Certificate memory certificate, bytes memory reason) internal {
        bytes memory signature = _certified(certificate);
        vm.expectRevert(reason);
        identities.enrol(certificate, signature);
    }

    function _assertKnown(Certificate memory certificate, bool suspended) internal view {
        Participant memory known = identities.participantOf(certificate.account);
        vm.assertEq(
            ParticipantId.unwrap(known.participantId),
            ParticipantId.unwrap(certificate.participantId),
            "id"
        );
        vm.assertEq(uint8(known.kind), uint8(certificate.kind), "kind");
        vm.assertEq(uint8(known.pileKind), uint8(certificate.pileKind), "pile kind");
        vm.assertEq(known.ratedPowerW, certificate.ratedPowerW, "power");
        vm.assertEq(known.validUntil, certificate.validUntil, "valid until");
        vm.assertEq(known.siteCommitment, certificate.siteCommitment, "site");
        vm.assertTrue(known.suspended == suspended, "suspended");
        vm.assertEq(
            identities.accountOf(certificate.participantId),
            certificate.account,
            "account of the id"
        );
        vm.assertEq(
            ParticipantId.unwrap(identities.idOf(certificate.account)),
            ParticipantId.unwrap(certificate.participantId),
            "id of the account"
        );
    }
}
