// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IChargingSession} from "../../contracts/interfaces/IChargingSession.sol";
import {IIdentityRegistry} from "../../contracts/interfaces/IIdentityRegistry.sol";
import {IPricingAuction} from "../../contracts/interfaces/IPricingAuction.sol";
import {
    AuctionId,
    AuctionTerms,
    Certificate,
    Offer,
    Opening,
    ParticipantKind,
    Phase,
    Session,
    SessionId,
    SessionState
} from "../../contracts/types/MarketTypes.sol";
import {Deal} from "../support/contracts/DealWorld.sol";
import {StartWorld} from "../support/contracts/StartWorld.sol";
import {Actor} from "../support/contracts/Base.sol";

/// @title `start`, and `openDecision` behind it
contract SessionStartTest is StartWorld {
    /* START */

    function test_SE3_Start_ByTheVehicle() external {
        _startsAndHolds(_decided(), vehicle);
    }

    /// @dev SE-7: a pile, or whoever relays for it, binds no vehicle.
    function test_SE7_Start_NotByThePile() external {
        Deal memory deal = _decided();
        vm.expectRevert(
            abi.encodeWithSelector(
                IChargingSession.SessionNotParty.selector,
                deal.sessionId,
                pile.account
            )
        );
        _start(deal, pile);
        _assertBalance(vehicle.account, FUNDS - DEPOSIT, DEPOSIT, "as before");
    }

    function testFuzz_SE3_Start_AnyOffer(Offer memory offer, bytes32 r) external {
        offer.powerW = uint32(_bound(offer.powerW, 0, 22_000));
        AuctionTerms memory terms = _terms();
        AuctionId auctionId = _open(terms);
        _request(auctionId, vehicle);
        _bid(auctionId, pile, offer);
        Deal memory deal;
        deal.opening = Opening(auctionId, vehicle.id, pile.id, 1, offer, r);
        deal.sessionId = _decision(deal.opening, pile.account);
        vm.warp(terms.biddingEnds);
        _post(auctionId, _one(SessionId.unwrap(deal.sessionId)));

        _start(deal, vehicle);

        Session memory session = sessions.sessionOf(deal.sessionId);
        vm.assertEq(session.pricePerKwh, offer.pricePerKwh, "price");
        vm.assertEq(session.powerW, offer.powerW, "power");
    }

    function test_Start_NotAParty() external {
        Deal memory deal = _decided();
        Actor[5] memory others = [stranger, matcher, pile, otherPile, otherVehicle];
        for (uint256 i = 0; i < others.length; ++i) {
            vm.expectRevert(
                abi.encodeWithSelector(
                    IChargingSession.SessionNotParty.selector,
                    deal.sessionId,
                    others[i].account
                )
            );
            _start(deal, others[i]);
        }
        vm.assertTrue(
            auctions.bidOf(deal.auctionId, pile.account) != bytes32(0),
            "the bid still stands"
        );
    }

    /* DEADLINES */

    function test_Start_LastSecondOfOpening() external {
        Deal memory deal = _decided();
        vm.warp(deal.terms.openingEnds - 1);
        _start(deal, vehicle);
    }

    function test_Start_AtOpeningEnds() external {
        Deal memory deal = _decided();
        vm.warp(deal.terms.openingEnds);
        _refuses(deal, vehicle, _wrongPhase(deal.auctionId, Phase.Opening, Phase.Closed));
    }

    function test_Start_BeforeTheDecisionsArePosted() external {
        Deal memory deal;
        deal.terms = _terms();
        deal.auctionId = _taken(deal.terms);
        deal.opening = _opening(deal.auctionId, vehicle, pile);
        _refuses(deal, vehicle, _wrongPhase(deal.auctionId, Phase.Opening, Phase.Bidding));

        vm.warp(deal.terms.biddingEnds);
        _refuses(deal, vehicle, _wrongPhase(deal.auctionId, Phase.Opening, Phase.Matching));
    }

    function test_Start_UnknownAuction() external {
        Deal memory deal = _decided();
        deal.auctionId = AuctionId.wrap(keccak256("unknown"));
        deal.opening.auctionId = deal.auctionId;
        _refuses(deal, vehicle, _wrongPhase(deal.auctionId, Phase.Opening, Phase.None));
    }

    /// @dev SE-5: the first deadline counts from the slot's start, and lies within the slot.
    function testFuzz_SE5_Start_Deadline(uint40 length, uint40 time) external {
        AuctionTerms memory terms = _terms();
        terms.slotEnd = terms.slotStart + uint40(_bound(length, 1, 2 hours));
        Deal memory deal = _decidedOn(terms);
        vm.warp(_bound(time, terms.biddingEnds, terms.openingEnds - 1));

        _start(deal, vehicle);

        uint40 until = terms.slotStart + AUTHORISE_WINDOW;
        if (until > terms.slotEnd) until = terms.slotEnd;
        vm.assertEq(sessions.sessionOf(deal.sessionId).deadline, until, "deadline");
    }

    /* STANDING */

    /// @dev ID-4: a session is a new obligation.
    function test_ID4_Start_OfTheSuspended() external {
        Deal memory deal = _decided();
        Actor[2] memory parties = [vehicle, pile];
        for (uint256 i = 0; i < parties.length; ++i) {
            address account = parties[i].account;
            _suspend(parties[i]);
            _refuses(
                deal,
                vehicle,
                abi.encodeWithSelector(IIdentityRegistry.IdentitySuspended.selector, account)
            );
            vm.prank(authority.account);
            identities.reinstate(account);
        }
        _start(deal, vehicle);
    }

    /// @dev And what such a pile, which has won, leaves the others with: their money, and its own.
    function test_ID4_Start_OfTheExpired() external {
        AuctionTerms memory terms = _terms();
        Certificate memory certificate = _certificate(stranger.account, ParticipantKind.Pile);
        certificate.validUntil = terms.matchingEnds;
        identities.enrol(certificate, _certified(certificate));
        _fund(stranger.account, BOND);
        AuctionId auctionId = _open(terms);
        _request(auctionId, vehicle);
        _bid(auctionId, stranger, _offer());
        Deal memory deal = _postOnly(auctionId, terms, vehicle, stranger);

        vm.warp(terms.matchingEnds);
        _refuses(
            deal,
            vehicle,
            abi.encodeWithSelector(
                IIdentityRegistry.IdentityExpired.selector,
                stranger.account,
                terms.matchingEnds
            )
        );

        vm.prank(vehicle.account);
        auctions.withdrawRequest(auctionId);
        _assertBalance(vehicle.account, FUNDS, 0, "free before the slot");
        vm.warp(terms.openingEnds);
        auctions.releaseExpired(auctionId, _none(), _one(stranger.account));
        _assertBalance(stranger.account, BOND, 0, "nor does it pay");
    }

    /// @dev As in open auctions: what nobody has certified is promised to nobody.
    function test_AU10_Start_MorePowerThanCertified() external {
        Deal memory deal = _decidedWith(22_001);
        _refuses(
            deal,
            vehicle,
            abi.encodeWithSelector(
                IPricingAuction.AuctionPowerTooHigh.selector,
                deal.auctionId,
                22_001,
                22_000
            )
        );
        vm.prank(vehicle.account);
        auctions.withdrawRequest(deal.auctionId);
        _assertBalance(vehicle.account, FUNDS, 0, "the vehicle needs nobody");

        vm.warp(deal.terms.openingEnds);
        _start(_decidedWith(22_000), vehicle);
    }

    /* OPEN DECISION */

    function testFuzz_OpenDecision_OnlyTheSessions(address caller) external {
        vm.assume(caller != address(sessions));
        Deal memory deal = _decided();

        vm.expectRevert(abi.encodeWithSelector(IPricingAuction.AuctionNotSession.selector, caller));
        vm.prank(caller);
        auctions.openDecision(deal.opening, deal.proof);
    }

    /* HELPERS */

    function _decidedWith(uint32 powerW) private returns (Deal memory deal) {
        deal.terms = _terms();
        deal.auctionId = _open(deal.terms);
        deal.opening = _opening(deal.auctionId, vehicle, pile);
        deal.opening.offer.powerW = powerW;
        _request(deal.auctionId, vehicle);
        _bid(deal.auctionId, pile, deal.opening.offer);
        deal.sessionId = _decision(deal.opening, pile.account);
        vm.warp(deal.terms.biddingEnds);
        _post(deal.auctionId, _one(SessionId.unwrap(deal.sessionId)));
    }

    function _startsAndHolds(Deal memory deal, Actor memory caller) private {
        uint40 deadline = deal.terms.slotStart + AUTHORISE_WINDOW;

        vm.expectEmit(address(auctions));
        emit IPricingAuction.DecisionOpened(
            deal.auctionId,
            deal.sessionId,
            vehicle.account,
            pile.account
        );
        vm.expectEmit(address(sessions));
        emit IChargingSession.SessionOpened(
            deal.sessionId,
            vehicle.account,
            pile.account,
            PRICE,
            POWER_W,
            DEPOSIT,
            BOND,
            deadline
        );
        _start(deal, caller);

        Session memory session = sessions.sessionOf(deal.sessionId);
        vm.assertEq(uint8(session.state), uint8(SessionState.Opened), "state");
        vm.assertEq(session.vehicle, vehicle.account, "vehicle");
        vm.assertEq(session.pile, pile.account, "pile");
        vm.assertEq(session.deadline, deadline, "deadline");
        vm.assertEq(session.slotEnd, deal.terms.slotEnd, "slot end");
        vm.assertEq(session.pricePerKwh, PRICE, "price");
        vm.assertEq(session.powerW, POWER_W, "power");
        vm.assertEq(session.deposit, DEPOSIT, "deposit");
        vm.assertEq(session.bond, BOND, "bond");
        vm.assertEq(int256(session.credibilityBefore), 0, "credibility before");
        vm.assertEq(auctions.requestOf(deal.auctionId, vehicle.account), bytes32(0), "request");
        vm.assertEq(auctions.bidOf(deal.auctionId, pile.account), bytes32(0), "bid");
        _assertBalance(vehicle.account, FUNDS - DEPOSIT, DEPOSIT, "vehicle");
        _assertBalance(pile.account, FUNDS - BOND, BOND, "pile");
    }
}
