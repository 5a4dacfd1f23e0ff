// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IIdentityRegistry} from "../../contracts/interfaces/IIdentityRegistry.sol";
import {IPricingAuction} from "../../contracts/interfaces/IPricingAuction.sol";
import {
    Auction,
    AuctionId,
    AuctionTerms,
    Opening,
    ParticipantKind,
    Phase,
    Reading,
    SessionAuthorisation,
    SessionState
} from "../../contracts/types/MarketTypes.sol";
import {Deal, DealWorld} from "../support/contracts/DealWorld.sol";
import {Actor} from "../support/contracts/World.sol";

/// @title Anonymous vehicles in auctions, with a scope and without, and what comes after
contract ScopedAuctionTest is DealWorld {
    bytes32 private constant SCOPE = keccak256("a scope");
    uint256 private constant KEY = 0xF4E51;
    uint256 private constant LATER_KEY = 0xF4E52;

    /* REQUESTS */

    function test_AU8_Open_KeepsTheScope() external {
        AuctionTerms memory terms = _terms();
        Auction memory any = auctions.auctionOf(_open(terms));
        terms.scope = SCOPE;
        Auction memory scoped = auctions.auctionOf(_open(terms));

        vm.assertTrue(!any.isScoped && scoped.isScoped, "scoped");
        vm.assertEq(any.scope, bytes32(0), "no scope");
        vm.assertEq(scoped.scope, SCOPE, "scope");
    }

    function test_AU8_Request_InItsScope() external {
        AuctionTerms memory terms = _scopedTerms();
        AuctionId auctionId = _open(terms);
        Actor memory ev = _authorisedUntil(KEY, terms.openingEnds);

        _request(auctionId, ev);

        vm.assertTrue(auctions.requestOf(auctionId, ev.account) != bytes32(0), "request");
        _assertBalance(ev.account, FUNDS - DEPOSIT, DEPOSIT, "deposit");
    }

    function test_AU8_Request_InAnotherScope() external {
        AuctionTerms memory terms = _scopedTerms();
        terms.scope = keccak256("another scope");
        AuctionId auctionId = _open(terms);
        Actor memory ev = _authorisedUntil(KEY, terms.openingEnds);

        _refusesRequest(
            auctionId,
            ev,
            abi.encodeWithSelector(
                IIdentityRegistry.IdentityWrongScope.selector,
                ev.account,
                terms.scope,
                SCOPE
            )
        );
    }

    function test_AU8_Request_CertifiedVehicleHasNoScope() external {
        AuctionId auctionId = _open(_scopedTerms());

        _refusesRequest(
            auctionId,
            vehicle,
            abi.encodeWithSelector(
                IIdentityRegistry.IdentityWrongScope.selector,
                vehicle.account,
                SCOPE,
                bytes32(0)
            )
        );
    }

    function test_AU8_Request_WithoutScopeBothKinds() external {
        AuctionTerms memory terms = _terms();
        AuctionId auctionId = _open(terms);
        Actor memory ev = _authorisedUntil(KEY, terms.openingEnds);

        _request(auctionId, ev);
        _request(auctionId, vehicle);
    }

    function test_AU8_Request_EndsBeforeTheDecisionsAreOpened() external {
        AuctionTerms[2] memory terms = [_terms(), _scopedTerms()];
        Actor memory ev = _authorisedUntil(KEY, terms[0].openingEnds - 1);

        for (uint256 i = 0; i < terms.length; ++i) {
            _refusesRequest(
                _open(terms[i]),
                ev,
                abi.encodeWithSelector(
                    IIdentityRegistry.IdentityEndsEarly.selector,
                    ev.account,
                    terms[i].openingEnds - 1,
                    terms[i].openingEnds
                )
            );
        }
    }

    function test_ID7_Request_RoleDischarge() external {
        AuctionTerms memory terms = _scopedTerms();
        AuctionId auctionId = _open(terms);
        SessionAuthorisation memory given = _authorisation(vm.addr(KEY), SCOPE);
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
        Actor memory ev = _authorisedUntil(KEY, terms.openingEnds);
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
        Actor memory ev = _authorisedUntil(KEY, terms.openingEnds);

        vm.expectRevert(
            abi.encodeWithSelector(
                IIdentityRegistry.IdentityWrongKind.selector,
                ev.account,
                ParticipantKind.Pile,
                ParticipantKind.Vehicle
            )
        );
        vm.prank(ev.account);
        auctions.bid(auctionId, keccak256("offer"), UPLOAD);
    }

    /* THE SAME VEHICLE AGAIN */

    /// @dev Whenever a second account comes, and however long the first one's authorisation is: one
    /// request a nymHash.
    function testFuzz_AU8_Request_OneAVehicle(
        uint40 firstEnds,
        uint40 comesAt,
        bool isScoped
    ) external {
        AuctionTerms memory terms = isScoped ? _scopedTerms() : _terms();
        AuctionId auctionId = _open(terms);
        SessionAuthorisation memory first = _authorisation(vm.addr(KEY), SCOPE);
        first.notAfter = START + uint40(_bound(firstEnds, 1, 2 hours));
        _authorise(first);
        Actor memory ev = _anonymous(KEY, first);
        _fund(ev.account, FUNDS);
        bool requested = _tryRequest(auctionId, ev);

        vm.warp(START + uint40(_bound(comesAt, 0, 2 hours)));
        SessionAuthorisation memory second = _again(first);
        bytes memory signature = _stationSigned(second, pile);
        bool authorised = _try(
            address(identities),
            abi.encodeCall(IIdentityRegistry.authorise, (second, signature))
        );
        vm.assertTrue(authorised == (block.timestamp >= first.notAfter), "the first has ended");
        if (!authorised) return;
        _fund(second.account, FUNDS);
        bool requestedAgain = _tryRequest(auctionId, _anonymous(LATER_KEY, second));

        vm.assertTrue(!(requested && requestedAgain), "one of the two");
    }

    /// @dev An old decision is not opened for whoever has the id now, and nobody is held by it.
    function test_AU8_Start_OldDecisionAfterTheIdMovedOn() external {
        Deal memory deal = _decidedFor(_scopedTerms());
        Actor memory ev = _anonymous(KEY, identities.authorisationOf(vm.addr(KEY)));
        SessionAuthorisation memory second = _again(identities.authorisationOf(ev.account));

        vm.warp(deal.terms.openingEnds);
        _authorise(second);
        vm.assertEq(identities.accountOf(ev.id), second.account, "moved on");
        vm.expectRevert(_wrongPhase(deal.auctionId, Phase.Opening, Phase.Closed));
        vm.prank(pile.account);
        sessions.start(deal.opening, deal.proof);

        auctions.releaseExpired(deal.auctionId, _one(ev.account), _one(pile.account));
        _assertBalance(ev.account, FUNDS, 0, "the old account");
        _assertBalance(pile.account, FUNDS, 0, "the pile");
    }

    /// @dev In the next auction of the scope the id is the new account's, and a decision opens its
    /// request.
    function test_AU8_Start_TheNewAccountsOwn() external {
        AuctionTerms memory first = _scopedTerms();
        _authorisedUntil(KEY, first.openingEnds);
        vm.warp(first.openingEnds);
        SessionAuthorisation memory second = _again(identities.authorisationOf(vm.addr(KEY)));
        second.notAfter += 1 days;
        _authorise(second);
        Actor memory ev = _anonymous(LATER_KEY, second);
        _fund(ev.account, FUNDS);
        AuctionTerms memory terms = _scopedTerms();
        AuctionId auctionId = _open(terms);
        _request(auctionId, ev);
        _bid(auctionId, pile, _offer());
        Deal memory deal = _postOnly(auctionId, terms, ev, pile);

        _start(deal, ev);

        vm.assertEq(sessions.sessionOf(deal.sessionId).vehicle, ev.account, "its vehicle");
    }

    /* AFTER THE AUTHORISATION */

    /// @dev ID-4: a whole sale whose authorisation is over as soon as the session has started.
    function test_ID4_Sale_SettledAndRatedAfterTheEnd() external {
        Deal memory deal = _decidedFor(_scopedTerms());
        Actor memory ev = _anonymous(KEY, identities.authorisationOf(vm.addr(KEY)));
        vm.warp(deal.terms.openingEnds - 1);
        _start(deal, ev);
        vm.warp(deal.terms.openingEnds);
        _suspend(pile);
        vm.expectRevert(
            abi.encodeWithSelector(
                IIdentityRegistry.IdentityExpired.selector,
                ev.account,
                deal.terms.openingEnds
            )
        );
        identities.requireStanding(ev.account, ParticipantKind.Vehicle);

        vm.prank(pile.account);
        sessions.authorise(deal.sessionId);
        vm.prank(ev.account);
        sessions.plugIn(deal.sessionId);
        vm.warp(block.timestamp + 3 hours);
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

    /// @dev ID-4: what it had locked comes back, too.
    function test_ID4_Release_AfterTheEnd() external {
        AuctionTerms memory terms = _scopedTerms();
        AuctionId auctionId = _open(terms);
        Actor memory ev = _authorisedUntil(KEY, terms.openingEnds);
        _request(auctionId, ev);
        _suspend(ev);

        vm.warp(terms.openingEnds);
        auctions.releaseExpired(auctionId, _one(ev.account), _none());

        _assertBalance(ev.account, FUNDS, 0, "released");
    }

    /* HELPERS */

    function _scopedTerms() private view returns (AuctionTerms memory terms) {
        terms = _terms();
        terms.scope = SCOPE;
    }

    /// @dev Authorised for `SCOPE`, and with funds.
    function _authorisedUntil(uint256 key, uint40 notAfter) private returns (Actor memory ev) {
        SessionAuthorisation memory given = _authorisation(vm.addr(key), SCOPE);
        given.notAfter = notAfter;
        _authorise(given);
        ev = _anonymous(key, given);
        _fund(ev.account, FUNDS);
    }

    /// @dev The same vehicle with another account.
    function _again(
        SessionAuthorisation memory first
    ) private view returns (SessionAuthorisation memory second) {
        second = abi.decode(abi.encode(first), (SessionAuthorisation));
        second.account = vm.addr(LATER_KEY);
        second.notBefore = uint40(block.timestamp);
        second.notAfter = uint40(block.timestamp) + 1 days;
    }

    /// @dev An anonymous vehicle, authorised until `openingEnds`, is matched with `pile`.
    function _decidedFor(AuctionTerms memory terms) private returns (Deal memory) {
        AuctionId auctionId = _open(terms);
        Actor memory ev = _authorisedUntil(KEY, terms.openingEnds);
        _request(auctionId, ev);
        _bid(auctionId, pile, _offer());
        return _postOnly(auctionId, terms, ev, pile);
    }

    function _tryRequest(AuctionId auctionId, Actor memory ev) private returns (bool) {
        vm.prank(ev.account);
        return
            _try(
                address(auctions),
                abi.encodeCall(IPricingAuction.request, (auctionId, bytes32(uint256(1))))
            );
    }

    function _try(address target, bytes memory call) private returns (bool success) {
        (success, ) = target.call(call);
    }

    function _refusesRequest(AuctionId auctionId, Actor memory ev, bytes memory reason) private {
        vm.expectRevert(reason);
        vm.prank(ev.account);
        auctions.request(auctionId, bytes32(uint256(1)));
    }
}
