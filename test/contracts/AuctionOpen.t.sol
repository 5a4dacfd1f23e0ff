// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IIdentityRegistry} from "../../contracts/interfaces/IIdentityRegistry.sol";
import {IPricingAuction} from "../../contracts/interfaces/IPricingAuction.sol";
import {
    Auction,
    AuctionId,
    AuctionTerms,
    ParticipantKind,
    Phase
} from "../../contracts/types/MarketTypes.sol";
import {Oracle} from "../support/contracts/Oracle.sol";
import {World} from "../support/contracts/World.sol";

contract AuctionOpenTest is World {
    /* CONSTRUCTION */

    function test_Construction_NamesItsNeighbours() external view {
        vm.assertEq(address(auctions.identities()), address(identities), "identities");
        vm.assertEq(address(auctions.escrow()), address(escrow), "escrow");
        vm.assertEq(address(auctions.reputation()), address(reputation), "reputation");
        vm.assertEq(auctions.sessions(), address(sessions), "sessions");
    }

    /* OPEN */

    function testFuzz_Open_HoldsTheTerms(AuctionTerms memory seed) external {
        AuctionTerms memory terms = _ordered(seed);
        AuctionId expected = Oracle.auctionId(address(auctions), matcher.account, terms);

        vm.expectEmit(address(auctions));
        emit IPricingAuction.AuctionOpened(expected, matcher.account, terms);
        AuctionId auctionId = _open(terms);

        vm.assertEq(AuctionId.unwrap(auctionId), AuctionId.unwrap(expected), "id");
        vm.assertEq(
            AuctionId.unwrap(auctions.auctionIdOf(matcher.account, terms)),
            AuctionId.unwrap(expected),
            "id view"
        );
        Auction memory auction = auctions.auctionOf(auctionId);
        vm.assertEq(auction.matcher, matcher.account, "matcher");
        vm.assertEq(auction.roundEnds, terms.biddingEnds, "round ends");
        vm.assertEq(auction.round, 1, "round");
        vm.assertEq(auction.maxRounds, terms.maxRounds, "most rounds");
        vm.assertEq(auction.roundSeconds, terms.roundSeconds, "length of a round");
        vm.assertTrue(!auction.hasNewBid, "no bid");
        vm.assertEq(auction.matchingEnds, terms.matchingEnds, "matching ends");
        vm.assertEq(auction.openingEnds, terms.openingEnds, "opening ends");
        vm.assertEq(auction.slotStart, terms.slotStart, "slot start");
        vm.assertEq(auction.slotEnd, terms.slotEnd, "slot end");
        vm.assertEq(auction.bidBond, terms.bidBond, "bond");
        vm.assertEq(auction.vehicleDeposit, terms.vehicleDeposit, "deposit");
        vm.assertTrue(!auction.decided, "undecided");
        vm.assertEq(auction.decisionCount, 0, "no decisions");
        vm.assertEq(auction.decisionsRoot, bytes32(0), "no root");
    }

    function test_Open_EveryTermNamesTheAuction() external view {
        AuctionTerms memory terms = _terms();
        bytes32 id = _id(terms);

        AuctionTerms memory other = _terms();
        other.areaHash = ~other.areaHash;
        vm.assertTrue(_id(other) != id, "area");
        other = _terms();
        other.roundKeyHash = ~other.roundKeyHash;
        vm.assertTrue(_id(other) != id, "round key");
        other = _terms();
        other.scope = keccak256("a scope");
        vm.assertTrue(_id(other) != id, "scope");
        other = _terms();
        other.biddingEnds++;
        vm.assertTrue(_id(other) != id, "bidding ends");
        other = _terms();
        other.matchingEnds++;
        vm.assertTrue(_id(other) != id, "matching ends");
        other = _terms();
        other.openingEnds++;
        vm.assertTrue(_id(other) != id, "opening ends");
        other = _terms();
        other.slotStart++;
        vm.assertTrue(_id(other) != id, "slot start");
        other = _terms();
        other.slotEnd++;
        vm.assertTrue(_id(other) != id, "slot end");
        other = _terms();
        other.maxRounds++;
        vm.assertTrue(_id(other) != id, "most rounds");
        other = _terms();
        other.roundSeconds++;
        vm.assertTrue(_id(other) != id, "length of a round");
        other = _terms();
        other.bidBond++;
        vm.assertTrue(_id(other) != id, "bond");
        other = _terms();
        other.vehicleDeposit++;
        vm.assertTrue(_id(other) != id, "deposit");
        other = _terms();
        other.nonce = ~other.nonce;
        vm.assertTrue(_id(other) != id, "nonce");
    }

    function test_Open_AnotherChainIsAnotherAuction() external {
        bytes32 id = _id(_terms());
        vm.chainId(4242);
        vm.assertTrue(_id(_terms()) != id, "chain");
    }

    function test_Open_NotAMatcher() external {
        vm.expectRevert(
            abi.encodeWithSelector(
                IIdentityRegistry.IdentityWrongKind.selector,
                pile.account,
                ParticipantKind.Matcher,
                ParticipantKind.Pile
            )
        );
        vm.prank(pile.account);
        auctions.open(_terms());
    }

    function test_Open_Suspended() external {
        _suspend(matcher);
        _refuses(
            _terms(),
            abi.encodeWithSelector(IIdentityRegistry.IdentitySuspended.selector, matcher.account)
        );
    }

    function test_Open_Again() external {
        AuctionId auctionId = _open(_terms());
        _refuses(
            _terms(),
            abi.encodeWithSelector(IPricingAuction.AuctionExists.selector, auctionId)
        );
    }

    /// @dev Somebody who sees the terms in the mempool cannot take their place: the matcher is part
    /// of the name.
    function test_Open_SameTermsOfAnotherMatcher() external {
        _enrol(stranger, ParticipantKind.Matcher);
        vm.prank(stranger.account);
        AuctionId theirs = auctions.open(_terms());

        AuctionId ours = _open(_terms());
        vm.assertTrue(AuctionId.unwrap(theirs) != AuctionId.unwrap(ours), "two auctions");
    }

    function test_Open_TimesAtTheirBounds() external {
        AuctionTerms memory terms = _terms();
        terms.biddingEnds = START + 1;
        terms.matchingEnds = START + 2;
        terms.openingEnds = START + 3;
        terms.slotStart = START + 3;
        terms.slotEnd = START + 4;
        _open(terms);

        terms.slotEnd = START + auctions.MAX_AUCTION_SECONDS();
        terms.slotStart = terms.slotEnd - 1;
        _open(terms);
    }

    function test_Open_TimesOutOfOrder() external {
        AuctionTerms memory terms = _terms();
        terms.biddingEnds = START;
        _refusesTimes(terms);

        terms = _terms();
        terms.matchingEnds = terms.biddingEnds;
        _refusesTimes(terms);

        terms = _terms();
        terms.openingEnds = terms.matchingEnds;
        _refusesTimes(terms);

        terms = _terms();
        terms.openingEnds = terms.slotStart + 1;
        _refusesTimes(terms);

        terms = _terms();
        terms.slotStart = terms.slotEnd;
        _refusesTimes(terms);

        terms = _terms();
        terms.slotEnd = START + auctions.MAX_AUCTION_SECONDS() + 1;
        _refusesTimes(terms);

        terms = _terms();
        terms.slotEnd = type(uint40).max;
        _refusesTimes(terms);
    }

    function test_Open_RoundsAtTheirBounds() external {
        AuctionTerms memory terms = _terms();
        terms.maxRounds = auctions.MAX_ROUNDS();
        terms.roundSeconds = type(uint32).max;
        _open(terms);

        terms.maxRounds = 1;
        terms.roundSeconds = 1;
        _open(terms);
    }

    function test_Open_BadRounds() external {
        AuctionTerms memory terms = _terms();
        terms.maxRounds = 0;
        _refusesRounds(terms);

        terms.maxRounds = auctions.MAX_ROUNDS() + 1;
        _refusesRounds(terms);

        terms = _terms();
        terms.roundSeconds = 0;
        _refusesRounds(terms);
    }

    function test_Open_ZeroStakes() external {
        AuctionTerms memory terms = _terms();
        terms.bidBond = 0;
        _refuses(
            terms,
            abi.encodeWithSelector(IPricingAuction.AuctionZeroStake.selector, 0, DEPOSIT)
        );

        terms = _terms();
        terms.vehicleDeposit = 0;
        _refuses(terms, abi.encodeWithSelector(IPricingAuction.AuctionZeroStake.selector, BOND, 0));
    }

    /* PHASES */

    function test_AU1_Phase_UnknownAuction() external view {
        _assertPhase(AuctionId.wrap(keccak256("unknown")), Phase.None, "unknown");
    }

    function test_AU1_Phase_DecidedAtTheSecond() external {
        AuctionTerms memory terms = _terms();
        AuctionId auctionId = _open(terms);

        _assertPhase(auctionId, Phase.Bidding, "opened");
        vm.warp(terms.biddingEnds - 1);
        _assertPhase(auctionId, Phase.Bidding, "before bidding ends");
        vm.warp(terms.biddingEnds);
        _assertPhase(auctionId, Phase.Matching, "at bidding's end");
        vm.warp(terms.matchingEnds - 1);
        _assertPhase(auctionId, Phase.Matching, "before matching ends");
        _post(auctionId, new bytes32[](0));
        _assertPhase(auctionId, Phase.Opening, "posted");
        vm.warp(terms.openingEnds - 1);
        _assertPhase(auctionId, Phase.Opening, "before opening ends");
        vm.warp(terms.openingEnds);
        _assertPhase(auctionId, Phase.Closed, "at opening's end");
    }

    function test_AU1_Phase_UndecidedAtTheSecond() external {
        AuctionTerms memory terms = _terms();
        AuctionId auctionId = _open(terms);

        vm.warp(terms.matchingEnds - 1);
        _assertPhase(auctionId, Phase.Matching, "before matching ends");
        vm.warp(terms.matchingEnds);
        _assertPhase(auctionId, Phase.Closed, "at matching's end");
    }

    function testFuzz_AU1_Phase_NeverGoesBack(bool decides, uint40 first, uint40 second) external {
        AuctionTerms memory terms = _terms();
        AuctionId auctionId = _open(terms);
        if (decides) {
            vm.warp(terms.biddingEnds);
            _post(auctionId, new bytes32[](0));
        }
        first = uint40(_bound(first, block.timestamp, terms.openingEnds + 1));
        second = uint40(_bound(second, first, terms.openingEnds + 2));

        vm.warp(first);
        Phase earlier = auctions.phaseOf(auctionId);
        vm.warp(second);
        vm.assertGe(uint8(auctions.phaseOf(auctionId)), uint8(earlier), "phase");
    }

    /* HELPERS */

    function _ordered(AuctionTerms memory seed) private view returns (AuctionTerms memory) {
        uint40 last = START + auctions.MAX_AUCTION_SECONDS();
        seed.biddingEnds = uint40(_bound(seed.biddingEnds, START + 1, last - 3));
        seed.matchingEnds = uint40(_bound(seed.matchingEnds, seed.biddingEnds + 1, last - 2));
        seed.openingEnds = uint40(_bound(seed.openingEnds, seed.matchingEnds + 1, last - 1));
        seed.slotStart = uint40(_bound(seed.slotStart, seed.openingEnds, last - 1));
        seed.slotEnd = uint40(_bound(seed.slotEnd, seed.slotStart + 1, last));
        seed.maxRounds = uint8(_bound(seed.maxRounds, 1, auctions.MAX_ROUNDS()));
        if (seed.roundSeconds == 0) seed.roundSeconds = 1;
        if (seed.bidBond == 0) seed.bidBond = 1;
        if (seed.vehicleDeposit == 0) seed.vehicleDeposit = 1;
        return seed;
    }

    function _id(AuctionTerms memory terms) private view returns (bytes32) {
        return AuctionId.unwrap(auctions.auctionIdOf(matcher.account, terms));
    }

    function _refuses(AuctionTerms memory terms, bytes memory reason) private {
        vm.expectRevert(reason);
        vm.prank(matcher.account);
        auctions.open(terms);
    }

    function _refusesTimes(AuctionTerms memory terms) private {
        _refuses(
            terms,
            abi.encodeWithSelector(IPricingAuction.AuctionBadTimes.selector, terms, START)
        );
    }

    function _refusesRounds(AuctionTerms memory terms) private {
        _refuses(
            terms,
            abi.encodeWithSelector(
                IPricingAuction.AuctionBadRounds.selector,
                terms.maxRounds,
                terms.roundSeconds
            )
        );
    }

    function _assertPhase(AuctionId auctionId, Phase phase, string memory label) private view {
        vm.assertEq(uint8(auctions.phaseOf(auctionId)), uint8(phase), label);
    }
}
