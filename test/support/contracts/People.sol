// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {
    Certificate,
    ParticipantId,
    ParticipantKind,
    PileKind,
    SessionAuthorisation
} from "../../../contracts/types/MarketTypes.sol";
import {Actor} from "./Base.sol";
import {Deployment} from "./Deployment.sol";
import {Digests} from "./Digests.sol";
import {Oracle} from "./Oracle.sol";

/// @title People: certified, authorised, funded
abstract contract People is Deployment {
    uint40 internal constant YEAR = 365 days;
    uint8 internal constant CHARGE = 1;
    uint8 internal constant DISCHARGE = 2;
    uint128 internal constant FUNDS = 1_000e6;
    Actor internal matcher = _actor(0x3A7C);
    Actor internal vehicle = _actor(0xE51);
    Actor internal otherVehicle = _actor(0xE52);
    Actor internal pile = _actor(0xC91);
    Actor internal otherPile = _actor(0xC92);
    /// @dev Has a key and tokens, but no certificate.
    Actor internal stranger = _actor(0x5791);
    uint256 private _serial;

    function _certificate(
        address account,
        ParticipantKind kind
    ) internal returns (Certificate memory) {
        bool isPile = kind == ParticipantKind.Pile;
        return
            Certificate({
                account: account,
                participantId: _idOf(account),
                kind: kind,
                pileKind: isPile ? PileKind.Private : PileKind.NotAPile,
                ratedPowerW: isPile ? 22_000 : 0,
                siteCommitment: isPile ? keccak256(abi.encode("site", account)) : bytes32(0),
                validUntil: uint40(block.timestamp) + YEAR,
                relayBy: uint40(block.timestamp) + 1 days,
                serial: ++_serial
            });
    }

    function _certified(Certificate memory certificate) internal view returns (bytes memory) {
        bytes32 digest = Digests.certificateDigest(address(identities), certificate);
        return _signature(authority.key, digest);
    }

    function _enrol(Actor memory actor, ParticipantKind kind) internal {
        _enrolAccount(actor.account, kind);
    }

    function _enrolAccount(address account, ParticipantKind kind) internal {
        Certificate memory certificate = _certificate(account, kind);
        identities.enrol(certificate, _certified(certificate));
    }

    /// @dev By `pile` for a day from now on, of a vehicle that nobody else is.
    function _authorisation(
        address account,
        bytes32 place
    ) internal view returns (SessionAuthorisation memory) {
        return
            SessionAuthorisation({
                account: account,
                role: CHARGE,
                place: place,
                slotStart: uint40(block.timestamp) + 60 minutes,
                slotEnd: uint40(block.timestamp) + 1 days,
                nym: keccak256(abi.encode("nym", place, account)),
                stationId: pile.id,
                maxEnergyWh: 60_000
            });
    }

    function _stationSigned(
        SessionAuthorisation memory authorisation,
        Actor memory station
    ) internal view returns (bytes memory) {
        return
            _signature(
                station.key,
                Digests.authorisationDigest(address(identities), authorisation)
            );
    }

    /// @dev Signed by `pile`, relayed by the account itself.
    function _authorise(SessionAuthorisation memory authorisation) internal {
        _authoriseBy(authorisation, pile);
    }

    function _authoriseBy(
        SessionAuthorisation memory authorisation,
        Actor memory station
    ) internal {
        bytes memory signature = _stationSigned(authorisation, station);
        vm.prank(authorisation.account);
        identities.authorise(authorisation, signature, "");
    }

    /// @dev The actor that an authorised account is: its id is the nymHash.
    function _anonymous(
        uint256 key,
        SessionAuthorisation memory authorisation
    ) internal pure returns (Actor memory) {
        bytes32 id = Oracle.nymHash(authorisation);
        return Actor(authorisation.account, key, ParticipantId.wrap(id));
    }

    function _suspend(Actor memory actor) internal {
        vm.prank(authority.account);
        identities.suspend(actor.account);
    }

    function _fund(address account, uint128 amount) internal {
        token.mint(address(this), amount);
        token.approve(address(escrow), amount);
        escrow.deposit(account, amount);
    }

    /// @dev A contract as an actor: certified, funded, without a key.
    function _enrolContract(
        address account,
        ParticipantKind kind
    ) internal returns (Actor memory actor) {
        _enrolAccount(account, kind);
        _fund(account, FUNDS);
        return Actor(account, 0, _idOf(account));
    }

    function _withdrawAll(address account) internal {
        uint128 free = escrow.balanceOf(account).free;
        if (free == 0) return;
        vm.prank(account);
        escrow.withdraw(account, free);
    }
}
