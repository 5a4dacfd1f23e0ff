// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IPricingAuction} from "../../contracts/interfaces/IPricingAuction.sol";
import {
    AuctionId,
    AuctionTerms,
    Offer,
    ParticipantId,
    SessionId,
    SessionState
} from "../../contracts/types/MarketTypes.sol";
import {Deal} from "../support/contracts/DealWorld.sol";
import {Tree} from "../support/contracts/Tree.sol";
import {StartWorld} from "../support/contracts/StartWorld.sol";
import {Actor} from "../support/contracts/Base.sol";

/// @title Decisions that a matcher should not have posted
contract MatcherThatLiesTest is StartWorld {
    /// @dev It selects a pile that certified itself but did not bid.
    function test_AU4_Start_PileDidNotBid() external {
        AuctionTerms memory terms = _terms();
        AuctionId auctionId = _open(terms);
        _request(auctionId, vehicle);
        Deal memory deal = _postOnly(auctionId, terms, vehicle, pile);
        _refusesForGood(deal, vehicle, _noSuchBid(deal));
    }

    function test_AU4_Start_PileBidSomethingElse() external {
        AuctionTerms memory terms = _terms();
        AuctionId auctionId = _open(terms);
        _request(auctionId, vehicle);
        Offer memory dearer = _offer();
        dearer.pricePerKwh += 1;
        _bid(auctionId, pile, dearer);
        Deal memory deal = _postOnly(auctionId, terms, vehicle, pile);
        _refusesForGood(deal, vehicle, _noSuchBid(deal));
    }

    function test_AU4_Start_ReplacedBid() external {
        AuctionTerms memory terms = _terms();
        AuctionId auctionId = _taken(terms);
        Offer memory cheaper = _offer();
        cheaper.pricePerKwh -= 1;
        _bid(auctionId, pile, cheaper);
        Deal memory deal = _postOnly(auctionId, terms, vehicle, pile);
        _refusesForGood(deal, pile, _noSuchBid(deal));
    }

    function test_AU4_Start_VehicleDidNotRequest() external {
        AuctionTerms memory terms = _terms();
        AuctionId auctionId = _open(terms);
        _bid(auctionId, pile, _offer());
        Deal memory deal = _postOnly(auctionId, terms, vehicle, pile);
        _refusesForGood(deal, pile, _noRequest(deal, vehicle.account));
    }

    /// @dev An id that nobody holds belongs to the zero account, which never requests.
    function test_AU4_Start_UnknownIds() external {
        AuctionTerms memory terms = _terms();
        AuctionId auctionId = _taken(terms);
        Actor memory nobody = Actor(address(0), 0, ParticipantId.wrap(keccak256("nobody")));
        Deal memory deal = _postOnly(auctionId, terms, nobody, pile);
        _refusesForGood(deal, pile, _noRequest(deal, address(0)));
    }

    function test_AU4_Start_UnknownPileId() external {
        AuctionTerms memory terms = _terms();
        AuctionId auctionId = _taken(terms);
        Actor memory nobody = Actor(address(0), 0, ParticipantId.wrap(keccak256("nobody")));
        Deal memory deal = _postOnly(auctionId, terms, vehicle, nobody);
        _refusesForGood(
            deal,
            vehicle,
            abi.encodeWithSelector(
                IPricingAuction.AuctionNoSuchBid.selector,
                auctionId,
                address(0),
                _committed(auctionId, address(0), deal.opening.offer)
            )
        );
    }

    /// @dev Roles are not interchangeable: a pile's id in the place of the vehicle's, and the other
    /// way round.
    function test_AU4_Start_RolesSwapped() external {
        AuctionTerms memory terms = _terms();
        AuctionId auctionId = _taken(terms);
        Deal memory deal = _postOnly(auctionId, terms, pile, vehicle);
        _refusesForGood(deal, pile, _noRequest(deal, pile.account));
    }

    function test_AU4_Start_OneAccountOnBothSides() external {
        AuctionTerms memory terms = _terms();
        AuctionId auctionId = _taken(terms);
        Deal memory deal = _postOnly(auctionId, terms, pile, pile);
        _refusesForGood(deal, pile, _noRequest(deal, pile.account));
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

        _start(second, otherVehicle);
        _start(first, vehicle);
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

    /// @dev The list tells of one decision, and hides two: whoever counts is misled, and nobody who
    /// trades. Each of the two is of a request and a bid that stand, and opens once.
    function test_AU4_Start_TwoDecisionsPostedAsOne() external {
        (Deal memory first, Deal memory second, bytes32[] memory leaves) = _twoMade(
            vehicle,
            pile,
            otherVehicle,
            otherPile
        );
        _post(first.auctionId, _one(Tree.root(leaves)));
        vm.assertEq(auctions.auctionOf(first.auctionId).decisionCount, 1, "what it tells");

        _start(first, vehicle);
        _start(second, otherVehicle);
        _refuses(first, vehicle, _noRequest(first, vehicle.account));
        _assertBalance(vehicle.account, FUNDS - DEPOSIT, DEPOSIT, "one deposit");
        _assertBalance(otherVehicle.account, FUNDS - DEPOSIT, DEPOSIT, "one of the other");
        _assertBalance(pile.account, FUNDS - BOND, BOND, "one bond");
    }

    /* HELPERS */

    /// @dev And when the auction is over, everybody has what was theirs.
    function _refusesForGood(Deal memory deal, Actor memory caller, bytes memory reason) private {
        _refuses(deal, caller, reason);
        vm.warp(deal.terms.openingEnds);
        auctions.releaseExpired(
            deal.auctionId,
            _two(vehicle.account, otherVehicle.account),
            _two(pile.account, otherPile.account)
        );
        Actor[4] memory people = [vehicle, otherVehicle, pile, otherPile];
        for (uint256 i = 0; i < people.length; ++i) {
            _assertBalance(people[i].account, FUNDS, 0, "as before");
        }
    }

    function _twoDecisions(
        Actor memory firstEv,
        Actor memory firstCp,
        Actor memory secondEv,
        Actor memory secondCp
    ) private returns (Deal memory first, Deal memory second) {
        bytes32[] memory leaves;
        (first, second, leaves) = _twoMade(firstEv, firstCp, secondEv, secondCp);
        _post(first.auctionId, leaves);
    }

    /// @dev Two decisions that can be posted now.
    function _twoMade(
        Actor memory firstEv,
        Actor memory firstCp,
        Actor memory secondEv,
        Actor memory secondCp
    ) private returns (Deal memory first, Deal memory second, bytes32[] memory leaves) {
        first.terms = _terms();
        first.auctionId = second.auctionId = _taken(first.terms);
        first.opening = _opening(first.auctionId, firstEv, firstCp);
        second.opening = _opening(first.auctionId, secondEv, secondCp);
        first.sessionId = _decision(first.opening, firstCp.account);
        second.sessionId = _decision(second.opening, secondCp.account);
        leaves = _two(SessionId.unwrap(first.sessionId), SessionId.unwrap(second.sessionId));
        first.proof = Tree.proof(leaves, 0);
        second.proof = Tree.proof(leaves, 1);

        vm.warp(first.terms.biddingEnds);
    }
}
