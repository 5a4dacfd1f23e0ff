// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IIdentityRegistry} from "../../../contracts/interfaces/IIdentityRegistry.sol";
import {CarelessRegistry} from "../../../contracts/mocks/CarelessRegistry.sol";
import {
    AuctionId,
    Certificate,
    OpenTerms,
    ParticipantKind,
    SessionAuthorisation
} from "../../../contracts/types/MarketTypes.sol";
import {Digests} from "../../support/contracts/Digests.sol";
import {OpenWorld} from "../../support/contracts/OpenWorld.sol";
import {Oracle} from "../../support/contracts/Oracle.sol";
import {Actor} from "../../support/contracts/Base.sol";

/// @title A certified pile spends the accounts and pseudonyms of others
/// @dev It sees them in the mempool, and signs first.
contract StrangersAccountTest is OpenWorld {
    bytes32 private constant PLACE = keccak256("a place");

    CarelessRegistry private _careless = new CarelessRegistry();
    Actor private _victim = _actor(0xB0B);
    Actor private _puppet = _actor(0xBAD);

    /// @dev An address that is about to be enrolled is authorised for a second.
    function test_ID10_Attack_BarAnAddress() external {
        _careless.authorise(_victim.account, keccak256("whatever"), block.timestamp + 1);
        vm.warp(block.timestamp + 365 days);
        vm.expectRevert(
            abi.encodeWithSelector(CarelessRegistry.CarelessAccountTaken.selector, _victim.account)
        );
        _careless.enrol(_victim.account);
        vm.warp(START);

        Certificate memory certificate = _certificate(_victim.account, ParticipantKind.Pile);
        bytes memory seen = _certified(certificate);
        SessionAuthorisation memory given = _authorisation(_victim.account, PLACE);
        given.role = DISCHARGE;
        given.slotEnd = given.slotStart + 1;
        bytes memory signature = _stationSigned(given, pile);
        vm.expectRevert(_noConsent(_victim.account));
        vm.prank(pile.account);
        identities.authorise(given, signature, signature);

        identities.enrol(certificate, seen);
        identities.requireStanding(_victim.account, ParticipantKind.Pile);
    }

    /// @dev A pile sees the number of a case that is asked for, and asks under it first, for
    /// something that nobody has shown: the case goes on, and what is opened is what the court has
    /// looked at.
    function test_ID8_Attack_BarTheNumberOfACase() external {
        (bytes32 caseId, bytes32 shown) = (keccak256("a case"), keccak256("shown"));
        bytes32 junk = keccak256("junk");
        _careless.requestTrace(caseId, junk);
        vm.expectRevert(
            abi.encodeWithSelector(CarelessRegistry.CarelessCaseTaken.selector, caseId)
        );
        _careless.requestTrace(caseId, shown);

        vm.prank(pile.account);
        identities.requestTrace(caseId, junk);
        vm.prank(authority.account);
        identities.requestTrace(caseId, shown);
        bytes32 digest = Digests.traceApprovalDigest(address(identities), caseId, shown);
        bytes memory approval = _signature(court.key, digest);
        vm.expectRevert(
            abi.encodeWithSelector(IIdentityRegistry.IdentityTraceNotApproved.selector, caseId)
        );
        vm.prank(pile.account);
        identities.grantTrace(caseId, junk, approval);
        identities.grantTrace(caseId, shown, approval);

        vm.assertEq(identities.grantedPresentation(caseId), shown, "granted");
    }

    /// @dev Nor is it barred by what it was let in for once itself: it is enrolled as soon as that
    /// is over, and trades.
    function test_ID6_Attack_BarByAnAuthorisationThatEnded() external {
        SessionAuthorisation memory given = _authorisation(_victim.account, PLACE);
        _authorise(given);
        _suspend(pile);
        vm.warp(given.slotEnd);
        _enrolAccount(_victim.account, ParticipantKind.Vehicle);
        _fund(_victim.account, DEPOSIT);

        vm.prank(_victim.account);
        AuctionId auctionId = openAuctions.open(_openTerms());
        vm.assertEq(openAuctions.auctionOf(auctionId).vehicle, _victim.account, "trades");
        _assertBalance(_victim.account, 0, DEPOSIT, "its own deposit");
    }

    /// @dev A pseudonym that is on its way is taken for an account of the pile's own, at the same
    /// place, in the same slot.
    function test_ID5_Attack_TakeANym() external {
        SessionAuthorisation memory given = _authorisation(_victim.account, PLACE);
        given.stationId = matcher.id;
        bytes32 id = Oracle.nymHash(given);
        _careless.authorise(_puppet.account, id, given.slotEnd);
        vm.expectRevert(abi.encodeWithSelector(CarelessRegistry.CarelessNymTaken.selector, id));
        _careless.authorise(_victim.account, id, given.slotEnd);

        SessionAuthorisation memory taken = abi.decode(abi.encode(given), (SessionAuthorisation));
        (taken.account, taken.stationId) = (_puppet.account, pile.id);
        _authorise(taken);
        vm.assertTrue(Oracle.nymHash(taken) != id, "of its own scope");
        // Under the matcher's name it would need the matcher's signature.
        taken.stationId = matcher.id;
        bytes memory signature = _stationSigned(taken, pile);
        vm.expectRevert(
            abi.encodeWithSelector(
                IIdentityRegistry.IdentityAccountTaken.selector,
                _puppet.account,
                identities.idOf(_puppet.account)
            )
        );
        vm.prank(_puppet.account);
        identities.authorise(taken, signature, "");
        taken.account = stranger.account;
        signature = _stationSigned(taken, pile);
        vm.expectRevert(
            abi.encodeWithSelector(
                IIdentityRegistry.IdentityBadSignature.selector,
                stranger.account
            )
        );
        vm.prank(stranger.account);
        identities.authorise(taken, signature, "");

        _authoriseBy(given, matcher);
        identities.requireScope(_victim.account, Oracle.scope(given), given.slotEnd);
    }

    /// @dev Authorised for one slot, it opens public auctions of others, as far ahead as there are.
    function test_ID9_Attack_AnotherSlot() external {
        SessionAuthorisation memory given = _authorisation(_puppet.account, PLACE);
        _authorise(given);
        _careless.authorise(_puppet.account, Oracle.nymHash(given), given.slotEnd);
        _fund(_puppet.account, 1);
        OpenTerms memory terms = _openTerms();
        (terms.bidBond, terms.vehicleDeposit) = (1, 1);
        terms.slotStart = uint40(block.timestamp) + 29 days;
        terms.slotEnd = terms.slotStart + 1 days;
        vm.assertTrue(
            _careless.canOpen(_puppet.account, terms.slotStart, terms.slotEnd),
            "the attack works"
        );

        vm.expectRevert(
            abi.encodeWithSelector(
                IIdentityRegistry.IdentityWrongSlot.selector,
                _puppet.account,
                terms.slotStart,
                terms.slotEnd,
                given.slotStart,
                given.slotEnd
            )
        );
        vm.prank(_puppet.account);
        openAuctions.open(terms);
        _assertBalance(_puppet.account, 1, 0, "nothing locked");

        (terms.slotStart, terms.slotEnd) = (given.slotStart, given.slotEnd);
        vm.prank(_puppet.account);
        openAuctions.open(terms);
        _assertBalance(_puppet.account, 0, 1, "its own slot");
    }

    function _noConsent(address account) private pure returns (bytes memory) {
        return abi.encodeWithSelector(IIdentityRegistry.IdentityNoConsent.selector, account);
    }
}
