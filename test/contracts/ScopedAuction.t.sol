// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IIdentityRegistry} from "../../contracts/interfaces/IIdentityRegistry.sol";
import {
    Auction,
    AuctionId,
    AuctionTerms,
    ParticipantKind,
    Phase,
    Reading,
    SessionAuthorisation,
    SessionState
} from "../../contracts/types/MarketTypes.sol";
import {Deal, DealWorld} from "../support/contracts/DealWorld.sol";
import {Oracle} from "../support/contracts/Oracle.sol";
import {Actor} from "../support/contracts/Base.sol";

/// @title Anonymous vehicles in auctions, with a scope and without, and what comes after
contract ScopedAuctionTest is DealWorld {
    bytes32 private constant PLACE = keccak256("a place");
    uint256 private constant KEY = 0xF4E51;

    /* REQUESTS */

    function test_AU8_Open_KeepsTheScope() external {
        AuctionTerms memory terms = _terms();
        Auction memory any = auctions.auctionOf(_open(terms));
        terms.scope = keccak256("a scope");
        Auction memory scoped = auctions.auctionOf(_open(terms));

        vm.assertTrue(!any.isScoped && scoped.isScoped, "scoped");
        vm.assertEq(any.scope, bytes32(0), "no scope");
        vm.assertEq(scoped.scope, terms.scope, "scope");
    }

    function test_AU8_Request_InItsScope() external {
        AuctionTerms memory terms = _scopedTerms();
        AuctionId auctionId = _open(terms);
        Actor memory ev = _authorisedFor(terms);

        _request(auctionId, ev);

        vm.assertTrue(auctions.requestOf(auctionId, ev.account) != bytes32(0), "request");
        _assertBalance(ev.account, FUNDS - DEPOSIT, DEPOSIT, "deposit");
    }

    function test_AU8_Request_InAnotherScope() external {
        AuctionTerms memory terms = _scopedTerms();
        terms.scope = keccak256("another scope");
        AuctionId auctionId = _open(terms);
        Actor memory ev = _authorisedFor(terms);

        _refusesRequest(
            auctionId,
            ev,
            abi.encodeWithSelector(
                IIdentityRegistry.IdentityWrongScope.selector,
                ev.account,
                terms.scope,
                identities.authorisationOf(ev.account).scope
            )
        );
    }

    function test_AU8_Request_CertifiedVehicleHasNoScope() external {
        AuctionTerms memory terms = _scopedTerms();
        AuctionId auctionId = _open(terms);

        _refusesRequest(
            auctionId,
            vehicle,
            abi.encodeWithSelector(
                IIdentityRegistry.IdentityWrongScope.selector,
                vehicle.account,
                terms.scope,
                bytes32(0)
            )
        );
    }

    function test_AU8_Request_WithoutScopeBothKinds() external {
        AuctionTerms memory terms = _terms();
        AuctionId auctionId = _open(terms);
        Actor memory ev = _authorisedFor(terms);

        _request(auctionId, ev);
        _request(auctionId, vehicle);
    }

    function test_AU8_Request_EndsBeforeTheSlotDoes() external {
        AuctionTerms[2] memory terms = [_terms(), _scopedTerms()];
        SessionAuthorisation memory given = _givenFor(terms[0]);
        given.slotEnd -= 1;
        _authorise(given);

        for (uint256 i = 0; i < terms.length; ++i) {
            _refusesRequest(
                _open(terms[i]),
                _anonymous(KEY, given),
                abi.encodeWithSelector(
                    IIdentityRegistry.IdentityEndsEarly.selector,
                    given.account,
                    terms[i].slotEnd - 1,
                    terms[i].slotEnd
                )
            );
        }
    }

    /// @dev The scope has its station in it: a vehicle that shows itself to another one as well has
    /// no second request, and whoever lies lets nobody into the auctions of others.
    function test_AU8_Request_OfAnotherStation() external {
        AuctionTerms memory terms = _scopedTerms();
        AuctionId auctionId = _open(terms);
        SessionAuthorisation memory given = _givenFor(terms);
        given.stationId = otherPile.id;
        _authoriseBy(given, otherPile);

        _refusesRequest(
            auctionId,
            _anonymous(KEY, given),
            abi.encodeWithSelector(
                IIdentityRegistry.IdentityWrongScope.selector,
                given.account,
                terms.scope,
                Oracle.scope(given)
            )
        );
    }

    function test_ID7_Request_RoleDischarge() external {
        AuctionTerms memory terms = _scopedTerms();
        AuctionId auctionId = _open(terms);
        SessionAuthorisation memory given = _givenFor(terms);
        given.role = DISCHARGE;
        _authorise(given);

        _refusesRequest(
            auctionId,
            _anonymous(KEY, given),
            abi.encodeWithSelector(
                IIdentityRegistry.IdentityWrongRole.selector,
                given.account,
                DISCHARGE
            )
        );
    }

    function test_ID7_Request_StationSuspendedMeanwhile() external {
        AuctionTerms memory terms = _scopedTerms();
        AuctionId auctionId = _open(terms);
        Actor memory ev = _authorisedFor(terms);
        _suspend(pile);

        _refusesRequest(
            auctionId,
            ev,
            abi.encodeWithSelector(IIdentityRegistry.IdentitySuspended.selector, pile.account)
        );
    }

    function test_ID7_Bid_AnAuthorisedAccountIsNoPile() external {
        AuctionTerms memory terms = _scopedTerms();
        AuctionId auctionId = _open(terms);
        Actor memory ev = _authorisedFor(terms);

        vm.expectRevert(
            abi.encodeWithSelector(
                IIdentityRegistry.IdentityWrongKind.selector,
                ev.account,
                ParticipantKind.Pile,
                ParticipantKind.Vehicle
            )
        );
        vm.prank(ev.account);
        auctions.bid(auctionId, bytes32(uint256(1)));
    }

    /* AFTER THE AUTHORISATION */

    /// @dev ID-4: a sale whose parties are suspended as soon as the session has started, and whose
    /// authorisation is over before it is settled.
    function test_ID4_Sale_SettledAndRatedAfterTheEnd() external {
        (Deal memory deal, Actor memory ev) = _decidedFor(_scopedTerms());
        vm.warp(deal.terms.openingEnds - 1);
        _start(deal, ev);
        vm.warp(deal.terms.slotStart);
        _suspend(pile);
        _suspend(ev);
        vm.prank(pile.account);
        sessions.authorise(deal.sessionId);
        vm.prank(ev.account);
        sessions.plugIn(deal.sessionId);
        vm.warp(deal.terms.slotEnd);
        Reading memory reading = _reading(deal.sessionId, 10_000);
        sessions.settleAgreed(reading, _signed(reading, ev), _signed(reading, pile));
        vm.prank(ev.account);
        reputation.rate(deal.sessionId, 1);

        uint128 paid = uint128(PRICE) * 10;
        vm.assertEq(
            uint8(sessions.sessionOf(deal.sessionId).state),
            uint8(SessionState.Settled),
            "settled"
        );
        _assertBalance(ev.account, FUNDS - paid, 0, "vehicle");
        _assertBalance(pile.account, FUNDS + paid, 0, "pile");
        _withdrawAll(ev.account);
        vm.assertEq(token.balanceOf(ev.account), FUNDS - paid, "withdrawn");
    }

    /// @dev ID-6: nor is a stake held by what the account has become since.
    function test_ID6_Release_AfterTheAccountMovedOn() external {
        (Deal memory deal, Actor memory ev) = _decidedFor(_scopedTerms());
        vm.warp(deal.terms.slotEnd);
        _enrolAccount(ev.account, ParticipantKind.Pile);
        vm.expectRevert(_wrongPhase(deal.auctionId, Phase.Opening, Phase.Closed));
        _start(deal, ev);

        auctions.releaseExpired(deal.auctionId, _one(ev.account), _one(pile.account));
        _assertBalance(ev.account, FUNDS, 0, "the account");
        _assertBalance(pile.account, FUNDS, 0, "the pile");
    }

    /// @dev ID-4: what it had locked comes back, too.
    function test_ID4_Release_AfterTheEnd() external {
        AuctionTerms memory terms = _scopedTerms();
        AuctionId auctionId = _open(terms);
        Actor memory ev = _authorisedFor(terms);
        _request(auctionId, ev);
        _suspend(ev);

        vm.warp(terms.openingEnds);
        auctions.releaseExpired(auctionId, _one(ev.account), _none());

        _assertBalance(ev.account, FUNDS, 0, "released");
    }

    /* HELPERS */

    function _scopedTerms() private view returns (AuctionTerms memory terms) {
        terms = _terms();
        terms.scope = Oracle.scope(_givenFor(terms));
    }

    /// @dev For the slot of an auction, by `pile`.
    function _givenFor(
        AuctionTerms memory terms
    ) private view returns (SessionAuthorisation memory given) {
        given = _authorisation(vm.addr(KEY), PLACE);
        (given.slotStart, given.slotEnd) = (terms.slotStart, terms.slotEnd);
    }

    /// @dev Authorised, and with funds.
    function _authorisedFor(AuctionTerms memory terms) private returns (Actor memory ev) {
        SessionAuthorisation memory given = _givenFor(terms);
        _authorise(given);
        ev = _anonymous(KEY, given);
        _fund(ev.account, FUNDS);
    }

    /// @dev An anonymous vehicle is matched with `pile`.
    function _decidedFor(
        AuctionTerms memory terms
    ) private returns (Deal memory deal, Actor memory ev) {
        AuctionId auctionId = _open(terms);
        ev = _authorisedFor(terms);
        _request(auctionId, ev);
        _bid(auctionId, pile, _offer());
        deal = _postOnly(auctionId, terms, ev, pile);
    }

    function _refusesRequest(AuctionId auctionId, Actor memory ev, bytes memory reason) private {
        vm.expectRevert(reason);
        vm.prank(ev.account);
        auctions.request(auctionId, bytes32(uint256(1)));
    }
}
