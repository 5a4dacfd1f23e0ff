// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ChargingSession} from "../../contracts/ChargingSession.sol";
import {IChargingSession} from "../../contracts/interfaces/IChargingSession.sol";
import {IPricingAuction} from "../../contracts/interfaces/IPricingAuction.sol";
import {
    AuctionId,
    AuctionTerms,
    Offer,
    Opening,
    ParticipantId,
    ParticipantKind,
    Phase,
    Session,
    SessionId,
    SessionState,
    SessionWindows
} from "../../contracts/types/MarketTypes.sol";
import {Deal, DealWorld} from "../support/contracts/DealWorld.sol";
import {Oracle, Tree} from "../support/contracts/Oracle.sol";
import {Actor} from "../support/contracts/World.sol";

/// @title `start`, and `openDecision` behind it
contract SessionStartTest is DealWorld {
    /* CONSTRUCTION */

    function test_Construction_WindowsAtTheirBounds() external {
        SessionWindows memory windows = SessionWindows(1, 30 days, 1, 30 days, 1);
        ChargingSession fresh = _newSessions(windows, stranger.account);
        vm.assertEq(
            keccak256(abi.encode(fresh.windows())),
            keccak256(abi.encode(windows)),
            "windows"
        );
        vm.assertEq(fresh.arbiter(), stranger.account, "arbiter");
    }

    function test_Construction_BadWindows() external {
        for (uint256 i = 0; i < 5; ++i) {
            // Without a dispute window a settlement is final: 0 is good there.
            if (i != 3) _refusesWindow(i, 0);
            _refusesWindow(i, 30 days + 1);
        }
    }

    function test_Construction_DisputesNeedAnArbiter() external {
        SessionWindows memory windows = _windows();
        windows.dispute = 1;
        vm.expectRevert(abi.encodeWithSelector(IChargingSession.SessionNoArbiter.selector));
        _newSessions(windows, address(0));
    }

    /* START */

    function test_SE3_Start_ByTheVehicle() external {
        _startsAndHolds(_decided(), vehicle);
    }

    function test_SE3_Start_ByThePile() external {
        _startsAndHolds(_decided(), pile);
    }

    function testFuzz_SE3_Start_AnyOffer(Offer memory offer, bytes32 r) external {
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
        Actor[4] memory others = [stranger, matcher, otherPile, otherVehicle];
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

    /// @dev SE-5: the first deadline counts from the slot, or from now if the slot has begun.
    function testFuzz_SE5_Start_Deadline(uint40 slotStart, uint40 time) external {
        AuctionTerms memory terms = _terms();
        terms.slotStart = uint40(_bound(slotStart, 0, terms.slotEnd - 1));
        Deal memory deal = _decidedOn(terms);
        vm.warp(_bound(time, terms.biddingEnds, terms.openingEnds - 1));

        _start(deal, vehicle);

        uint256 from = block.timestamp > terms.slotStart ? block.timestamp : terms.slotStart;
        vm.assertEq(
            sessions.sessionOf(deal.sessionId).deadline,
            from + AUTHORISE_WINDOW,
            "deadline"
        );
    }

    /* THE OPENING */

    /// @dev AU-4, the corruption matrix: every field of the opening is inside the commitment.
    function test_AU4_Start_EveryFieldIsCommitted() external {
        Deal memory deal = _decided();

        Deal memory bad = _copy(deal);
        bad.opening.offer.pricePerKwh -= 1;
        _refusesUnknown(bad, pile.account);

        bad = _copy(deal);
        bad.opening.offer.pricePerKwh += 1;
        _refusesUnknown(bad, pile.account);

        bad = _copy(deal);
        bad.opening.offer.powerW += 1;
        _refusesUnknown(bad, pile.account);

        bad = _copy(deal);
        bad.opening.offer.salt = ~bad.opening.offer.salt;
        _refusesUnknown(bad, pile.account);

        bad = _copy(deal);
        bad.opening.offer.encryptedOfferHash = ~bad.opening.offer.encryptedOfferHash;
        _refusesUnknown(bad, pile.account);

        bad = _copy(deal);
        bad.opening.round += 1;
        _refusesUnknown(bad, pile.account);

        bad = _copy(deal);
        bad.opening.r = ~bad.opening.r;
        _refusesUnknown(bad, pile.account);

        bad = _copy(deal);
        bad.opening.evId = otherVehicle.id;
        _refusesUnknown(bad, pile.account);

        bad = _copy(deal);
        bad.opening.cpId = otherPile.id;
        _refusesUnknown(bad, otherPile.account);

        bad = _copy(deal);
        bad.opening.cpId = ParticipantId.wrap(keccak256("nobody"));
        _refusesUnknown(bad, address(0));
    }

    function testFuzz_AU4_Start_AnotherPrice(uint64 price) external {
        Deal memory deal = _decided();
        vm.assume(price != PRICE);
        deal.opening.offer.pricePerKwh = price;
        _refusesUnknown(deal, pile.account);
    }

    function testFuzz_AU4_Start_AnotherProof(bytes32[] memory proof) external {
        Deal memory deal = _decided();
        vm.assume(keccak256(abi.encode(proof)) != keccak256(abi.encode(deal.proof)));
        deal.proof = proof;
        _refusesUnknown(deal, pile.account);
    }

    function test_AU4_Start_Replayed() external {
        Deal memory deal = _opened();
        _refuses(
            deal,
            vehicle,
            abi.encodeWithSelector(
                IPricingAuction.AuctionNoRequest.selector,
                deal.auctionId,
                vehicle.account
            )
        );
    }

    /// @dev Also when the first session has long ended.
    function test_AU4_Start_ReplayedAfterTheEnd() external {
        Deal memory deal = _settled(1_000);
        _refuses(
            deal,
            pile,
            abi.encodeWithSelector(
                IPricingAuction.AuctionNoRequest.selector,
                deal.auctionId,
                vehicle.account
            )
        );
    }

    /// @dev The same leaf is posted in a second auction: the opening names the first, and there it
    /// is spent.
    function test_AU3_Start_DecisionOfAnotherAuction() external {
        AuctionTerms memory terms = _terms();
        terms.nonce = bytes32(uint256(1));
        AuctionId second = _taken(terms);
        Deal memory deal = _opened();

        _post(second, deal.decisions);
        deal.auctionId = second;
        deal.opening.auctionId = second;
        _refusesUnknown(deal, pile.account);
    }

    function test_AU3_Start_DecisionOfAnotherMarket() external {
        Deal memory deal = _decided();
        address first = address(auctions);
        _deploy();
        _enrol(matcher, ParticipantKind.Matcher);
        _enrol(vehicle, ParticipantKind.Vehicle);
        _enrol(pile, ParticipantKind.Pile);
        vm.assertTrue(first != address(auctions), "another market");

        _refuses(deal, vehicle, _wrongPhase(deal.auctionId, Phase.Opening, Phase.None));
    }

    /* A MATCHER THAT LIES */

    /// @dev It selects a pile that certified itself but did not bid.
    function test_AU4_Start_PileDidNotBid() external {
        AuctionTerms memory terms = _terms();
        AuctionId auctionId = _open(terms);
        _request(auctionId, vehicle);
        Deal memory deal = _postOnly(auctionId, terms, vehicle, pile);
        _refuses(deal, vehicle, _noSuchBid(deal));
    }

    function test_AU4_Start_PileBidSomethingElse() external {
        AuctionTerms memory terms = _terms();
        AuctionId auctionId = _open(terms);
        _request(auctionId, vehicle);
        Offer memory dearer = _offer();
        dearer.pricePerKwh += 1;
        _bid(auctionId, pile, dearer);
        Deal memory deal = _postOnly(auctionId, terms, vehicle, pile);
        _refuses(deal, vehicle, _noSuchBid(deal));
    }

    function test_AU4_Start_ReplacedBid() external {
        AuctionTerms memory terms = _terms();
        AuctionId auctionId = _taken(terms);
        Offer memory cheaper = _offer();
        cheaper.pricePerKwh -= 1;
        _bid(auctionId, pile, cheaper);
        Deal memory deal = _postOnly(auctionId, terms, vehicle, pile);
        _refuses(deal, pile, _noSuchBid(deal));
    }

    function test_AU4_Start_VehicleDidNotRequest() external {
        AuctionTerms memory terms = _terms();
        AuctionId auctionId = _open(terms);
        _bid(auctionId, pile, _offer());
        Deal memory deal = _postOnly(auctionId, terms, vehicle, pile);
        _refuses(deal, pile, _noRequest(deal, vehicle.account));
    }

    /// @dev An id that nobody holds belongs to the zero account, which never requests.
    function test_AU4_Start_UnknownIds() external {
        AuctionTerms memory terms = _terms();
        AuctionId auctionId = _taken(terms);
        Actor memory nobody = Actor(address(0), 0, ParticipantId.wrap(keccak256("nobody")));
        Deal memory deal = _postOnly(auctionId, terms, nobody, pile);
        _refuses(deal, pile, _noRequest(deal, address(0)));
    }

    function test_AU4_Start_UnknownPileId() external {
        AuctionTerms memory terms = _terms();
        AuctionId auctionId = _taken(terms);
        Actor memory nobody = Actor(address(0), 0, ParticipantId.wrap(keccak256("nobody")));
        Deal memory deal = _postOnly(auctionId, terms, vehicle, nobody);
        _refuses(
            deal,
            vehicle,
            abi.encodeWithSelector(
                IPricingAuction.AuctionNoSuchBid.selector,
                auctionId,
                address(0),
                Oracle.bid(address(auctions), auctionId, address(0), deal.opening.offer)
            )
        );
    }

    /// @dev Roles are not interchangeable: a pile's id in the place of the vehicle's, and the other
    /// way round.
    function test_AU4_Start_RolesSwapped() external {
        AuctionTerms memory terms = _terms();
        AuctionId auctionId = _taken(terms);
        Deal memory deal = _postOnly(auctionId, terms, pile, vehicle);
        _refuses(deal, pile, _noRequest(deal, pile.account));
    }

    function test_AU4_Start_OneAccountOnBothSides() external {
        AuctionTerms memory terms = _terms();
        AuctionId auctionId = _taken(terms);
        Deal memory deal = _postOnly(auctionId, terms, pile, pile);
        _refuses(deal, pile, _noRequest(deal, pile.account));
    }

    function test_AU4_Start_TwoDecisionsForOnePile() external {
        (Deal memory first, Deal memory second) = _twoDecisions(vehicle, pile, otherVehicle, pile);

        _start(first, vehicle);
        _refuses(second, otherVehicle, _noSuchBid(second));

        vm.warp(first.terms.openingEnds);
        auctions.releaseExpired(first.auctionId, _one(otherVehicle.account), _none());
        _assertBalance(otherVehicle.account, FUNDS, 0, "left unmatched, with its money");
    }

    function test_AU4_Start_TwoDecisionsForOneVehicle() external {
        (Deal memory first, Deal memory second) = _twoDecisions(vehicle, pile, vehicle, otherPile);

        _start(first, vehicle);
        _refuses(second, otherPile, _noRequest(second, vehicle.account));

        vm.warp(first.terms.openingEnds);
        auctions.releaseExpired(first.auctionId, _none(), _one(otherPile.account));
        _assertBalance(otherPile.account, FUNDS, 0, "left unmatched, with its money");
    }

    function test_AU4_Start_TwoDealsOfOneAuction() external {
        (Deal memory first, Deal memory second) = _twoDecisions(
            vehicle,
            pile,
            otherVehicle,
            otherPile
        );

        _start(second, otherPile);
        _start(first, pile);
        vm.assertEq(
            uint8(sessions.sessionOf(second.sessionId).state),
            uint8(SessionState.Opened),
            "second"
        );
        vm.assertEq(
            uint8(sessions.sessionOf(first.sessionId).state),
            uint8(SessionState.Opened),
            "first"
        );
    }

    function test_AU4_Start_SameDecisionTwiceInTheList() external {
        AuctionTerms memory terms = _terms();
        Deal memory deal;
        deal.auctionId = _taken(terms);
        deal.opening = _opening(deal.auctionId, vehicle, pile);
        deal.sessionId = _decision(deal.opening, pile.account);
        bytes32 leaf = SessionId.unwrap(deal.sessionId);
        vm.warp(terms.biddingEnds);
        _post(deal.auctionId, _two(leaf, leaf));

        deal.proof = _one(leaf);
        _start(deal, vehicle);
        _refuses(deal, vehicle, _noRequest(deal, vehicle.account));
    }

    /* STANDING */

    /// @dev What was bid before the suspension runs on.
    function test_ID4_Start_OfTheSuspended() external {
        Deal memory deal = _decided();
        _suspend(vehicle);
        _suspend(pile);
        _start(deal, vehicle);
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

    function _refusesWindow(uint256 place, uint40 window) private {
        uint40[5] memory all = [uint40(1), 1, 1, 1, 1];
        all[place] = window;
        vm.expectRevert(abi.encodeWithSelector(IChargingSession.SessionBadWindow.selector, window));
        _newSessions(SessionWindows(all[0], all[1], all[2], all[3], all[4]), stranger.account);
    }

    function _twoDecisions(
        Actor memory firstEv,
        Actor memory firstCp,
        Actor memory secondEv,
        Actor memory secondCp
    ) private returns (Deal memory first, Deal memory second) {
        first.terms = _terms();
        first.auctionId = second.auctionId = _taken(first.terms);
        first.opening = _opening(first.auctionId, firstEv, firstCp);
        second.opening = _opening(first.auctionId, secondEv, secondCp);
        first.sessionId = _decision(first.opening, firstCp.account);
        second.sessionId = _decision(second.opening, secondCp.account);
        bytes32[] memory leaves = _two(
            SessionId.unwrap(first.sessionId),
            SessionId.unwrap(second.sessionId)
        );
        first.proof = Tree.proof(leaves, 0);
        second.proof = Tree.proof(leaves, 1);

        vm.warp(first.terms.biddingEnds);
        _post(first.auctionId, leaves);
    }

    function _refuses(Deal memory deal, Actor memory caller, bytes memory reason) private {
        vm.expectRevert(reason);
        _start(deal, caller);
    }

    /// @dev `cp` is the account that the opening's pile id stands for.
    function _refusesUnknown(Deal memory deal, address cp) private {
        _refuses(
            deal,
            vehicle,
            abi.encodeWithSelector(
                IPricingAuction.AuctionUnknownDecision.selector,
                deal.auctionId,
                _decision(deal.opening, cp)
            )
        );
    }

    function _noRequest(Deal memory deal, address account) private pure returns (bytes memory) {
        return
            abi.encodeWithSelector(
                IPricingAuction.AuctionNoRequest.selector,
                deal.auctionId,
                account
            );
    }

    function _noSuchBid(Deal memory deal) private view returns (bytes memory) {
        return
            abi.encodeWithSelector(
                IPricingAuction.AuctionNoSuchBid.selector,
                deal.auctionId,
                pile.account,
                Oracle.bid(address(auctions), deal.auctionId, pile.account, deal.opening.offer)
            );
    }

    function _copy(Deal memory from) private pure returns (Deal memory) {
        return abi.decode(abi.encode(from), (Deal));
    }
}
