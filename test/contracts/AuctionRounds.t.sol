// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IEscrow} from "../../contracts/interfaces/IEscrow.sol";
import {IPricingAuction} from "../../contracts/interfaces/IPricingAuction.sol";
import {
    Auction,
    AuctionId,
    AuctionTerms,
    Offer,
    Opening,
    Phase,
    Session,
    SessionId
} from "../../contracts/types/MarketTypes.sol";
import {Oracle} from "../support/contracts/Oracle.sol";
import {Actor} from "../support/contracts/Base.sol";
import {World} from "../support/contracts/World.sol";

/// @title Rounds of bidding, until one brings no new bid
contract AuctionRoundsTest is World {
    uint32 private constant ROUND = 2 minutes;
    uint64 private constant REFERENCE = 400_000;
    bytes32 private constant TRANSCRIPT = keccak256("transcript");

    AuctionTerms private terms;
    AuctionId private auctionId;

    function setUp() public override {
        super.setUp();
        terms = _terms();
        terms.maxRounds = 4;
        terms.roundSeconds = ROUND;
        auctionId = _open(terms);
    }

    /* CLOSING A ROUND */

    function testFuzz_AU6_CloseRound_BeginsTheNext(uint40 time) external {
        _bid(auctionId, pile, _offer());
        vm.warp(_bound(time, terms.biddingEnds, terms.matchingEnds - ROUND - 1));
        uint40 nextEnds = uint40(block.timestamp) + ROUND;

        vm.expectEmit(address(auctions));
        emit IPricingAuction.RoundClosed(auctionId, 1, REFERENCE, TRANSCRIPT, nextEnds);
        _close();

        Auction memory auction = auctions.auctionOf(auctionId);
        vm.assertEq(auction.round, 2, "round");
        vm.assertEq(auction.roundEnds, nextEnds, "round ends");
        vm.assertTrue(!auction.hasNewBid, "nothing new yet");
        _assertPhase(Phase.Bidding, "round 2");
        vm.warp(nextEnds - 1);
        _assertPhase(Phase.Bidding, "last second of round 2");
        vm.warp(nextEnds);
        _assertPhase(Phase.Matching, "round 2 is over");
    }

    function test_AU6_CloseRound_Early() external {
        _bid(auctionId, pile, _offer());
        vm.warp(terms.biddingEnds - 1);
        _refusesClosing(matcher, _wrongPhase(auctionId, Phase.Matching, Phase.Bidding));
    }

    function test_AU6_CloseRound_Twice() external {
        _bid(auctionId, pile, _offer());
        vm.warp(terms.biddingEnds);
        _close();
        _refusesClosing(matcher, _wrongPhase(auctionId, Phase.Matching, Phase.Bidding));

        vm.warp(block.timestamp + ROUND);
        _refusesClosing(matcher, _converged(2));
    }

    /// @dev What was meant for one round ends no other, whenever it arrives.
    function testFuzz_AU9_WrongRound(uint8 round) external {
        vm.assume(round != 2);
        _secondRound();
        _bidIn(2, pile, PRICE - 1);
        vm.warp(block.timestamp + ROUND);
        bytes memory reason = abi.encodeWithSelector(
            IPricingAuction.AuctionWrongRound.selector,
            auctionId,
            round,
            2
        );
        vm.expectRevert(reason);
        vm.prank(matcher.account);
        auctions.closeRound(auctionId, round, REFERENCE, TRANSCRIPT);
        vm.expectRevert(reason);
        vm.prank(matcher.account);
        auctions.postDecisions(auctionId, round, new bytes32[](0));
        _close();
    }

    function test_AU6_CloseRound_Late() external {
        _bid(auctionId, pile, _offer());
        vm.warp(terms.matchingEnds);
        _refusesClosing(matcher, _wrongPhase(auctionId, Phase.Matching, Phase.Closed));
    }

    function test_AU6_CloseRound_AfterTheDecisions() external {
        vm.warp(terms.biddingEnds);
        _post(auctionId, new bytes32[](0));
        _refusesClosing(matcher, _wrongPhase(auctionId, Phase.Matching, Phase.Opening));
    }

    function test_AU6_CloseRound_UnknownAuction() external {
        auctionId = AuctionId.wrap(keccak256("unknown"));
        _refusesClosing(matcher, _wrongPhase(auctionId, Phase.Matching, Phase.None));
    }

    function test_AU6_CloseRound_NotTheMatcher() external {
        _bid(auctionId, pile, _offer());
        vm.warp(terms.biddingEnds);
        Actor[3] memory others = [stranger, pile, vehicle];
        for (uint256 i = 0; i < others.length; ++i) {
            _refusesClosing(
                others[i],
                abi.encodeWithSelector(
                    IPricingAuction.AuctionNotMatcher.selector,
                    auctionId,
                    others[i].account
                )
            );
        }
    }

    /// @dev Whoever waits for this auction is not left without a result.
    function test_ID4_CloseRound_ByASuspendedMatcher() external {
        _bid(auctionId, pile, _offer());
        _suspend(matcher);
        vm.warp(terms.biddingEnds);
        _close();
    }

    /* CONVERGENCE */

    function test_AU6_Converged_NobodyBid() external {
        vm.warp(terms.biddingEnds);
        _refusesClosing(matcher, _converged(1));
        _post(auctionId, new bytes32[](0));
    }

    function test_AU6_Converged_QuietRound() external {
        _bid(auctionId, pile, _offer());
        vm.warp(terms.biddingEnds);
        _refusesDecisions(1);
        _close();

        vm.warp(block.timestamp + ROUND);
        vm.assertTrue(auctions.isConverged(auctionId), "nobody moved in round 2");
        _refusesClosing(matcher, _converged(2));
        _post(auctionId, new bytes32[](0));
    }

    function test_AU6_Converged_LastRound() external {
        for (uint8 round = 1; round <= 4; ++round) {
            _bidIn(round, pile, PRICE - round);
            vm.warp(auctions.auctionOf(auctionId).roundEnds);
            if (round < 4) {
                _refusesDecisions(round);
                _close();
            }
        }

        _refusesClosing(matcher, _converged(4));
        _post(auctionId, new bytes32[](0));
    }

    /// @dev The next round would end in the very second in which Matching does.
    function test_AU6_Converged_NoTimeLeft() external {
        _bid(auctionId, pile, _offer());
        vm.warp(terms.matchingEnds - ROUND - 1);
        _refusesDecisions(1);

        vm.warp(terms.matchingEnds - ROUND);
        _refusesClosing(matcher, _converged(1));
        _post(auctionId, new bytes32[](0));
    }

    function test_AU6_Converged_OnlyRound() external {
        terms.maxRounds = 1;
        auctionId = _open(terms);
        _bid(auctionId, pile, _offer());
        vm.warp(terms.biddingEnds);
        _refusesClosing(matcher, _converged(1));
        _post(auctionId, new bytes32[](0));
    }

    /// @dev At every moment of Matching the matcher can do one of the two, and never both.
    function testFuzz_AU6_EitherARoundOrTheDecisions(
        uint8 maxRounds,
        uint32 roundSeconds,
        uint256 bidsIn,
        uint256 delays
    ) external {
        terms.maxRounds = uint8(_bound(maxRounds, 1, 16));
        terms.roundSeconds = uint32(_bound(roundSeconds, 1, 5 minutes));
        terms.nonce = keccak256("another auction, whatever its terms");
        auctionId = _open(terms);

        uint8 round = 1;
        for (; ; ++round) {
            vm.assertLe(round, terms.maxRounds, "at most so many rounds");
            bool isNew = ((bidsIn >> round) & 1) == 1;
            if (isNew) _bidIn(round, pile, PRICE - round);
            uint256 wait = (delays >> (16 * (round - 1))) % 60;
            vm.warp(auctions.auctionOf(auctionId).roundEnds + wait);
            if (block.timestamp >= terms.matchingEnds) break;

            bool goesOn =
                isNew &&
                    round < terms.maxRounds &&
                    block.timestamp + terms.roundSeconds < terms.matchingEnds;
            vm.assertTrue(auctions.isConverged(auctionId) != goesOn, "converged");
            if (!goesOn) {
                _refusesClosing(matcher, _converged(round));
                _post(auctionId, new bytes32[](0));
                return;
            }
            _refusesDecisions(round);
            _close();
        }
        _assertPhase(Phase.Closed, "the matcher waited too long");
    }

    function test_AU6_EveryRoundEndsBeforeMatchingDoes() external {
        terms.maxRounds = auctions.MAX_ROUNDS();
        terms.roundSeconds = 37;
        auctionId = _open(terms);
        uint8 rounds = 1;
        _bidIn(rounds, pile, PRICE - rounds);
        vm.warp(terms.biddingEnds);
        while (!auctions.isConverged(auctionId)) {
            _close();
            _bidIn(++rounds, pile, PRICE - rounds);
            vm.warp(auctions.auctionOf(auctionId).roundEnds);
            vm.assertLt(block.timestamp, terms.matchingEnds, "inside Matching");
        }
        vm.assertEq(rounds, 16, "sixteen rounds");
        _post(auctionId, new bytes32[](0));
    }

    /* WHO MAY DO WHAT IN WHICH ROUND */

    function test_AU6_Request_AfterRoundOne() external {
        _request(auctionId, vehicle);
        _secondRound();

        bytes memory reason = abi.encodeWithSelector(
            IPricingAuction.AuctionRequestsOver.selector,
            auctionId,
            2
        );
        vm.expectRevert(reason);
        vm.prank(otherVehicle.account);
        auctions.request(auctionId, keccak256("too late"));
        vm.expectRevert(reason);
        vm.prank(vehicle.account);
        auctions.request(auctionId, keccak256("second thoughts"));
    }

    function test_AU2_Bid_ImprovedInALaterRound() external {
        _secondRound();
        bytes32 improved = _commitment(2, pile, PRICE - 1);

        vm.recordLogs();
        vm.prank(pile.account);
        auctions.bid(auctionId, improved);

        vm.assertEq(vm.getRecordedLogs().length, 1, "nothing more is locked");
        vm.assertEq(auctions.bidOf(auctionId, pile.account), improved, "bid");
        vm.assertTrue(auctions.auctionOf(auctionId).hasNewBid, "something new");
        _assertBalance(pile.account, FUNDS - BOND, BOND, "pile");
    }

    function test_AU2_Bid_FirstInALaterRound() external {
        _secondRound();
        vm.expectEmit(address(escrow));
        emit IEscrow.Locked(otherPile.account, address(auctions), BOND);
        _bidIn(2, otherPile, PRICE - 1);
        _assertBalance(otherPile.account, FUNDS - BOND, BOND, "newcomer");
    }

    function testFuzz_AU2_Bid_ManyTimesOneBond(uint8[12] memory picks) external {
        for (uint256 i = 0; i < picks.length; ++i) {
            uint8 round = auctions.auctionOf(auctionId).round;
            bool isOver = auctions.phaseOf(auctionId) != Phase.Bidding;
            if (!isOver) _bidIn(round, picks[i] % 2 == 0 ? pile : otherPile, uint64(1000 + i));
            if (picks[i] % 3 != 0) continue;
            vm.warp(auctions.auctionOf(auctionId).roundEnds);
            if (!auctions.isConverged(auctionId)) _close();
        }

        uint256 ofPile = auctions.bidOf(auctionId, pile.account) == bytes32(0) ? 0 : BOND;
        uint256 ofOther = auctions.bidOf(auctionId, otherPile.account) == bytes32(0) ? 0 : BOND;
        _assertBalance(pile.account, FUNDS - ofPile, ofPile, "pile");
        _assertBalance(otherPile.account, FUNDS - ofOther, ofOther, "other pile");
    }

    /* WHAT STANDS AT THE END */

    function test_AU4_Start_BidOfTheFirstRoundStands() external {
        _request(auctionId, vehicle);
        _bidIn(1, pile, PRICE);
        _bidIn(1, otherPile, PRICE + 1);
        vm.warp(terms.biddingEnds);
        _close();
        _bidIn(2, otherPile, PRICE + 2);
        vm.warp(block.timestamp + ROUND);
        _close();
        vm.warp(block.timestamp + ROUND);

        Opening memory opening = _openingIn(1, PRICE);
        SessionId sessionId = _postOne(opening);
        vm.prank(vehicle.account);
        sessions.start(opening, new bytes32[](0));
        vm.assertEq(sessions.sessionOf(sessionId).pricePerKwh, PRICE, "price of round 1");
    }

    function test_AU4_Start_BidOfALaterRoundStands() external {
        _request(auctionId, vehicle);
        _secondRound();
        _bidIn(2, pile, PRICE - 7);
        vm.warp(block.timestamp + ROUND);
        _close();
        vm.warp(block.timestamp + ROUND);

        Opening memory opening = _openingIn(2, PRICE - 7);
        SessionId sessionId = _postOne(opening);
        vm.prank(vehicle.account);
        sessions.start(opening, new bytes32[](0));
        Session memory session = sessions.sessionOf(sessionId);
        vm.assertEq(session.pricePerKwh, PRICE - 7, "price of round 2");
        vm.assertEq(session.bond, BOND, "one bond");
    }

    /// @dev Replay across rounds: what was replaced cannot be decided any more, not even with the
    /// round changed.
    function test_AU4_Start_ReplacedBidOfAnEarlierRound() external {
        _request(auctionId, vehicle);
        _secondRound();
        _bidIn(2, pile, PRICE - 7);
        vm.warp(block.timestamp + ROUND);
        _close();
        vm.warp(block.timestamp + ROUND);

        Opening memory stale = _openingIn(1, PRICE);
        Opening memory dated = _openingIn(2, PRICE);
        bytes32[] memory leaves = _two(_leaf(stale, pile.account), _leaf(dated, pile.account));
        _post(auctionId, leaves);
        _refusesOpening(stale, leaves[1]);
        _refusesOpening(dated, leaves[0]);

        vm.warp(terms.openingEnds);
        auctions.releaseExpired(auctionId, _one(vehicle.account), _one(pile.account));
        _assertBalance(pile.account, FUNDS, 0, "pile");
        _assertBalance(vehicle.account, FUNDS, 0, "vehicle");
    }

    function testFuzz_AU4_Start_OnlyWithTheRoundOfTheBid(uint8 round) external {
        vm.assume(round != 1);
        _request(auctionId, vehicle);
        _secondRound();
        vm.warp(block.timestamp + ROUND);

        Opening memory opening = _openingIn(1, PRICE);
        _postOne(opening);
        opening.round = round;
        vm.expectRevert(
            abi.encodeWithSelector(
                IPricingAuction.AuctionUnknownDecision.selector,
                auctionId,
                _decision(opening, pile.account)
            )
        );
        vm.prank(vehicle.account);
        sessions.start(opening, new bytes32[](0));
    }

    /* A MATCHER THAT DISAPPEARS */

    function testFuzz_AU5_MatcherDisappears_InAnyRound(uint8 rounds) external {
        rounds = uint8(_bound(rounds, 0, 3));
        _request(auctionId, vehicle);
        _bidIn(1, pile, PRICE);
        for (uint8 round = 2; round < 2 + rounds; ++round) {
            vm.warp(auctions.auctionOf(auctionId).roundEnds);
            _close();
            _bidIn(round, pile, PRICE - round);
        }

        vm.warp(terms.matchingEnds);
        _assertPhase(Phase.Closed, "no decisions");
        auctions.releaseExpired(auctionId, _one(vehicle.account), _one(pile.account));
        _assertBalance(vehicle.account, FUNDS, 0, "vehicle");
        _assertBalance(pile.account, FUNDS, 0, "pile");
    }

    /* REFERENCE PRICE */

    /// @dev Two auctions, equal but for what the matcher publishes, stay equal in all that the
    /// contract knows.
    function testFuzz_AU7_ReferencePriceMovesNothing(
        uint64 first,
        uint64 second,
        bytes32 firstRoot,
        bytes32 secondRoot
    ) external {
        terms.nonce = keccak256("the other one");
        AuctionId other = _open(terms);
        _bidIn(1, pile, PRICE);
        vm.prank(pile.account);
        auctions.bid(other, keccak256("some bid"));
        vm.warp(terms.biddingEnds);

        vm.prank(matcher.account);
        auctions.closeRound(auctionId, 1, first, firstRoot);
        vm.prank(matcher.account);
        auctions.closeRound(other, 1, second, secondRoot);

        vm.assertEq(
            keccak256(abi.encode(auctions.auctionOf(auctionId))),
            keccak256(abi.encode(auctions.auctionOf(other))),
            "the same state"
        );
        // A bid above any reference is as good as one below.
        _bidIn(2, pile, type(uint64).max);
    }

    /* HELPERS */

    function _close() private {
        uint8 round = auctions.auctionOf(auctionId).round;
        vm.prank(matcher.account);
        auctions.closeRound(auctionId, round, REFERENCE, TRANSCRIPT);
    }

    /// @dev `pile` has bid in the first.
    function _secondRound() private {
        _bidIn(1, pile, PRICE);
        vm.warp(terms.biddingEnds);
        _close();
    }

    function _offerAt(uint64 price) private pure returns (Offer memory offer) {
        offer = _offer();
        offer.pricePerKwh = price;
    }

    function _commitment(
        uint8 round,
        Actor memory actor,
        uint64 price
    ) private view returns (bytes32) {
        return Oracle.bid(address(auctions), auctionId, round, actor.account, _offerAt(price));
    }

    function _bidIn(uint8 round, Actor memory actor, uint64 price) private {
        bytes32 commitment = _commitment(round, actor, price);
        vm.prank(actor.account);
        auctions.bid(auctionId, commitment);
    }

    function _openingIn(uint8 round, uint64 price) private view returns (Opening memory opening) {
        opening = _opening(auctionId, vehicle, pile);
        opening.round = round;
        opening.offer = _offerAt(price);
    }

    function _postOne(Opening memory opening) private returns (SessionId sessionId) {
        sessionId = _decision(opening, pile.account);
        _post(auctionId, _one(SessionId.unwrap(sessionId)));
    }

    function _refusesOpening(Opening memory opening, bytes32 sibling) private {
        vm.expectRevert(
            abi.encodeWithSelector(
                IPricingAuction.AuctionNoSuchBid.selector,
                auctionId,
                pile.account,
                Oracle.bid(address(auctions), auctionId, opening.round, pile.account, opening.offer)
            )
        );
        vm.prank(vehicle.account);
        sessions.start(opening, _one(sibling));
    }

    function _refusesClosing(Actor memory caller, bytes memory reason) private {
        uint8 round = auctions.auctionOf(auctionId).round;
        vm.expectRevert(reason);
        vm.prank(caller.account);
        auctions.closeRound(auctionId, round, REFERENCE, TRANSCRIPT);
    }

    function _refusesDecisions(uint8 round) private {
        vm.expectRevert(
            abi.encodeWithSelector(IPricingAuction.AuctionNotConverged.selector, auctionId, round)
        );
        vm.prank(matcher.account);
        auctions.postDecisions(auctionId, round, new bytes32[](0));
    }

    function _converged(uint8 round) private view returns (bytes memory) {
        return abi.encodeWithSelector(IPricingAuction.AuctionConverged.selector, auctionId, round);
    }

    function _assertPhase(Phase phase, string memory label) private view {
        vm.assertEq(uint8(auctions.phaseOf(auctionId)), uint8(phase), label);
    }
}
