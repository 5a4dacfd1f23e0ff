// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IPricingAuction} from "../../../contracts/interfaces/IPricingAuction.sol";
import {
    AuctionId,
    AuctionTerms,
    OpenTerms,
    Phase,
    SessionId
} from "../../../contracts/types/MarketTypes.sol";
import {Deal} from "../../support/contracts/DealWorld.sol";
import {OpenWorld} from "../../support/contracts/OpenWorld.sol";
import {Oracle} from "../../support/contracts/Oracle.sol";

/// @title Bids of straw men, and bids in the last second
contract ShillBidsTest is OpenWorld {
    /* SHILL BIDS */

    /// @dev The vehicle lets a pile of its own go below everybody. It ends with a session with
    /// itself; the honest pile has lost nothing and is free from the moment in which it was outbid.
    function test_OA2_Shill_BuysFromItself() external {
        OpenTerms memory terms = _openTerms();
        AuctionId auctionId = _call(terms);
        _offer(auctionId, pile, PRICE);
        _offer(auctionId, otherPile, 0);
        _assertBalance(pile.account, FUNDS, 0, "honest pile");

        vm.warp(START + QUIET);
        vm.assertEq(openAuctions.auctionOf(auctionId).leader, otherPile.account, "the shill");
        vm.warp(terms.openingEnds);
        openAuctions.release(auctionId);
        _assertBalance(pile.account, FUNDS, 0, "honest pile");
    }

    /// @dev A shill that only wants to push prices down has to stay behind the honest pile, and so
    /// can only make it cheaper by what the honest pile agrees to; once ahead, it must serve or
    /// pay.
    function test_OA2_Shill_ForfeitsIfItWins() external {
        OpenTerms memory terms = _openTerms();
        AuctionId auctionId = _call(terms);
        _offer(auctionId, pile, PRICE);
        _offer(auctionId, otherPile, PRICE - DECREMENT);
        vm.warp(START + QUIET);

        SessionId sessionId = _startOpen(auctionId, vehicle);
        vm.warp(terms.slotStart + AUTHORISE_WINDOW);
        sessions.expire(sessionId);
        _assertBalance(otherPile.account, FUNDS - BOND, 0, "the shill");
        _assertBalance(vehicle.account, FUNDS + BOND, 0, "who waited for it");
    }

    /// @dev In the sealed auction a pile that wins and does not serve pays just the same, and wins
    /// only once for its bond.
    function test_SE5_Shill_InTheSealedAuction() external {
        Deal memory deal = _opened();
        vm.warp(deal.terms.slotStart + AUTHORISE_WINDOW);
        sessions.expire(deal.sessionId);
        _assertBalance(pile.account, FUNDS - BOND, 0, "the shill");
        _assertBalance(vehicle.account, FUNDS + BOND, 0, "the vehicle");
    }

    /* LAST-SECOND BIDS */

    /// @dev Sealed: whoever bids in a round's last second brings about the round in which all can
    /// answer.
    function test_AU6_LastSecond_OpensAnotherRound() external {
        AuctionTerms memory terms = _terms();
        terms.maxRounds = 2;
        AuctionId auctionId = _open(terms);
        _request(auctionId, vehicle);
        _bid(auctionId, pile, _offer());
        vm.warp(terms.biddingEnds - 1);
        _bid(auctionId, otherPile, _offer());

        vm.warp(terms.biddingEnds);
        vm.expectRevert(
            abi.encodeWithSelector(IPricingAuction.AuctionNotConverged.selector, auctionId, 1)
        );
        vm.prank(matcher.account);
        auctions.postDecisions(auctionId, 1, new bytes32[](0));
        vm.prank(matcher.account);
        auctions.closeRound(auctionId, 1, PRICE, bytes32(0));
        bytes32 answer = Oracle.bid(address(auctions), auctionId, 2, pile.account, _offer());
        vm.prank(pile.account);
        auctions.bid(auctionId, answer);
    }

    /// @dev Open: a war of last seconds goes on until the decrement has used up the range, or the
    /// hard end comes.
    function test_OA5_LastSecond_EverybodyCanAnswer() external {
        OpenTerms memory terms = _openTerms();
        AuctionId auctionId = _call(terms);
        uint64 price = MAX_PRICE;
        _offer(auctionId, pile, price);
        bool even = false;
        while (openAuctions.auctionOf(auctionId).biddingEnds < terms.biddingEnds) {
            vm.warp(openAuctions.auctionOf(auctionId).biddingEnds - 1);
            price -= DECREMENT;
            _offer(auctionId, even ? pile : otherPile, price);
            even = !even;
        }
        vm.warp(terms.biddingEnds);
        vm.assertEq(uint8(openAuctions.phaseOf(auctionId)), uint8(Phase.Opening), "over");
    }
}
