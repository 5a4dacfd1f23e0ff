// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IEscrow} from "../../contracts/interfaces/IEscrow.sol";
import {IIdentityRegistry} from "../../contracts/interfaces/IIdentityRegistry.sol";
import {IOpenAuction} from "../../contracts/interfaces/IOpenAuction.sol";
import {IReputation} from "../../contracts/interfaces/IReputation.sol";
import {
    AuctionId,
    OpenAuctionState,
    OpenTerms,
    ParticipantKind,
    Phase,
    SessionId
} from "../../contracts/types/MarketTypes.sol";
import {OpenWorld} from "../support/contracts/OpenWorld.sol";
import {Oracle} from "../support/contracts/Oracle.sol";

/// @title `open` of an open auction, and its phases
contract OpenAuctionOpenTest is OpenWorld {
    /* CONSTRUCTION */

    function test_Construction_NamesItsNeighbours() external view {
        vm.assertEq(address(openAuctions.identities()), address(identities), "identities");
        vm.assertEq(address(openAuctions.escrow()), address(escrow), "escrow");
        vm.assertEq(address(openAuctions.reputation()), address(reputation), "reputation");
        vm.assertEq(openAuctions.sessions(), address(sessions), "sessions");
    }

    /* OPEN */

    function testFuzz_Open_HoldsTheTerms(OpenTerms memory seed) external {
        OpenTerms memory terms = _ordered(seed);
        AuctionId expected = Oracle.openAuctionId(address(openAuctions), vehicle.account, terms);
        _fund(vehicle.account, terms.vehicleDeposit);

        vm.expectEmit(address(openAuctions));
        emit IOpenAuction.AuctionOpened(expected, vehicle.account, terms);
        vm.expectEmit(address(escrow));
        emit IEscrow.Locked(vehicle.account, address(openAuctions), terms.vehicleDeposit);
        AuctionId auctionId = _call(terms);

        vm.assertEq(AuctionId.unwrap(auctionId), AuctionId.unwrap(expected), "id");
        vm.assertEq(
            AuctionId.unwrap(openAuctions.auctionIdOf(vehicle.account, terms)),
            AuctionId.unwrap(expected),
            "id view"
        );
        OpenAuctionState memory auction = openAuctions.auctionOf(auctionId);
        vm.assertEq(auction.vehicle, vehicle.account, "vehicle");
        vm.assertEq(auction.biddingEnds, terms.biddingEnds, "bidding ends");
        vm.assertEq(auction.hardEnds, terms.biddingEnds, "hard end");
        vm.assertEq(auction.quietSeconds, terms.quietSeconds, "quiet seconds");
        vm.assertEq(keccak256(abi.encode(auction.rule)), keccak256(abi.encode(terms.rule)), "rule");
        vm.assertEq(auction.openingEnds, terms.openingEnds, "opening ends");
        vm.assertEq(auction.slotStart, terms.slotStart, "slot start");
        vm.assertEq(auction.slotEnd, terms.slotEnd, "slot end");
        vm.assertEq(auction.bidBond, terms.bidBond, "bond");
        vm.assertEq(auction.vehicleDeposit, terms.vehicleDeposit, "deposit");
        vm.assertEq(auction.leader, address(0), "nobody leads");
        vm.assertEq(auction.bidCount, 0, "no bids");
        vm.assertTrue(!auction.ended, "not ended");
    }

    function test_Open_EveryTermNamesTheAuction() external view {
        bytes32 id = _id(_openTerms());
        OpenTerms memory other = _openTerms();
        other.rule.maxPricePerKwh++;
        vm.assertTrue(_id(other) != id, "maximum price");
        other = _openTerms();
        other.rule.minDecrement++;
        vm.assertTrue(_id(other) != id, "decrement");
        other = _openTerms();
        other.rule.priceBps++;
        vm.assertTrue(_id(other) != id, "price weight");
        other = _openTerms();
        other.rule.powerBps++;
        vm.assertTrue(_id(other) != id, "power weight");
        other = _openTerms();
        other.rule.qualityBps++;
        vm.assertTrue(_id(other) != id, "quality weight");
        other = _openTerms();
        other.rule.distanceBps++;
        vm.assertTrue(_id(other) != id, "distance weight");
        other = _openTerms();
        other.rule.referencePowerW++;
        vm.assertTrue(_id(other) != id, "reference power");
        other = _openTerms();
        other.rule.maxDistanceM++;
        vm.assertTrue(_id(other) != id, "maximum distance");
        other = _openTerms();
        other.quietSeconds++;
        vm.assertTrue(_id(other) != id, "quiet seconds");
        other = _openTerms();
        other.biddingEnds++;
        vm.assertTrue(_id(other) != id, "bidding ends");
        other = _openTerms();
        other.openingEnds++;
        vm.assertTrue(_id(other) != id, "opening ends");
        other = _openTerms();
        other.slotStart++;
        vm.assertTrue(_id(other) != id, "slot start");
        other = _openTerms();
        other.slotEnd++;
        vm.assertTrue(_id(other) != id, "slot end");
        other = _openTerms();
        other.bidBond++;
        vm.assertTrue(_id(other) != id, "bond");
        other = _openTerms();
        other.vehicleDeposit++;
        vm.assertTrue(_id(other) != id, "deposit");
        other = _openTerms();
        other.nonce = ~other.nonce;
        vm.assertTrue(_id(other) != id, "nonce");
    }

    function test_Open_AnotherChainIsAnotherAuction() external {
        bytes32 id = _id(_openTerms());
        vm.chainId(4242);
        vm.assertTrue(_id(_openTerms()) != id, "chain");
    }

    function test_Open_SameTermsOfAnotherVehicle() external {
        AuctionId ours = _call(_openTerms());
        vm.prank(otherVehicle.account);
        AuctionId theirs = openAuctions.open(_openTerms());
        vm.assertTrue(AuctionId.unwrap(ours) != AuctionId.unwrap(theirs), "two auctions");
    }

    function test_Open_Again() external {
        AuctionId auctionId = _call(_openTerms());
        _refuses(_openTerms(), abi.encodeWithSelector(IOpenAuction.OpenExists.selector, auctionId));
    }

    function test_Open_NotAVehicle() external {
        vm.expectRevert(
            abi.encodeWithSelector(
                IIdentityRegistry.IdentityWrongKind.selector,
                matcher.account,
                ParticipantKind.Vehicle,
                ParticipantKind.Matcher
            )
        );
        vm.prank(matcher.account);
        openAuctions.open(_openTerms());
    }

    function test_ID4_Open_Suspended() external {
        _suspend(vehicle);
        _refuses(
            _openTerms(),
            abi.encodeWithSelector(IIdentityRegistry.IdentitySuspended.selector, vehicle.account)
        );
    }

    function test_Open_BelowTheThreshold() external {
        for (int8 i = 0; i > THRESHOLD - 1; --i) {
            vm.prank(address(sessions));
            reputation.recordOutcome(vehicle.account, SessionId.wrap(bytes32(0)), -1);
        }
        _refuses(
            _openTerms(),
            abi.encodeWithSelector(
                IReputation.ReputationBelowThreshold.selector,
                vehicle.account,
                THRESHOLD - 1,
                THRESHOLD
            )
        );
    }

    function test_Open_WithoutFunds() external {
        _withdrawAll(vehicle.account);
        _refuses(
            _openTerms(),
            abi.encodeWithSelector(
                IEscrow.EscrowInsufficientFree.selector,
                vehicle.account,
                0,
                DEPOSIT
            )
        );
    }

    function test_Open_TimesAtTheirBounds() external {
        OpenTerms memory terms = _openTerms();
        terms.quietSeconds = 1;
        terms.biddingEnds = START + 1;
        terms.openingEnds = START + 2;
        terms.slotStart = START + 2;
        terms.slotEnd = START + 3;
        _call(terms);

        terms.slotEnd = START + openAuctions.MAX_AUCTION_SECONDS();
        terms.slotStart = terms.slotEnd - 1;
        _call(terms);
    }

    function test_Open_TimesOutOfOrder() external {
        OpenTerms memory terms = _openTerms();
        terms.biddingEnds = START;
        _refusesTimes(terms);
        terms = _openTerms();
        terms.openingEnds = terms.biddingEnds;
        _refusesTimes(terms);
        terms = _openTerms();
        terms.openingEnds = terms.slotStart + 1;
        _refusesTimes(terms);
        terms = _openTerms();
        terms.slotStart = terms.slotEnd;
        _refusesTimes(terms);
        terms = _openTerms();
        terms.slotEnd = START + openAuctions.MAX_AUCTION_SECONDS() + 1;
        _refusesTimes(terms);
        terms = _openTerms();
        terms.quietSeconds = 0;
        _refusesTimes(terms);
    }

    function test_Open_BadRule() external {
        OpenTerms memory terms = _openTerms();
        terms.rule.priceBps += 1;
        _refuses(terms, abi.encodeWithSelector(IOpenAuction.OpenBadRule.selector, terms.rule));
        terms = _openTerms();
        terms.rule.minDecrement = 0;
        _refuses(terms, abi.encodeWithSelector(IOpenAuction.OpenBadRule.selector, terms.rule));
    }

    function test_Open_ZeroStakes() external {
        OpenTerms memory terms = _openTerms();
        terms.bidBond = 0;
        _refuses(terms, abi.encodeWithSelector(IOpenAuction.OpenZeroStake.selector, 0, DEPOSIT));
        terms = _openTerms();
        terms.vehicleDeposit = 0;
        _refuses(terms, abi.encodeWithSelector(IOpenAuction.OpenZeroStake.selector, BOND, 0));
    }

    /* PHASES */

    function test_OA1_Phase_UnknownAuction() external view {
        _assertPhase(AuctionId.wrap(keccak256("unknown")), Phase.None, "unknown");
    }

    function test_OA1_Phase_WithoutABid() external {
        OpenTerms memory terms = _openTerms();
        AuctionId auctionId = _call(terms);
        _assertPhase(auctionId, Phase.Bidding, "opened");
        vm.warp(terms.biddingEnds - 1);
        _assertPhase(auctionId, Phase.Bidding, "before the hard end");
        vm.warp(terms.biddingEnds);
        _assertPhase(auctionId, Phase.Closed, "nobody came");
    }

    function test_OA1_Phase_WithABid() external {
        OpenTerms memory terms = _openTerms();
        AuctionId auctionId = _call(terms);
        _offer(auctionId, pile, PRICE);
        vm.warp(START + QUIET - 1);
        _assertPhase(auctionId, Phase.Bidding, "not quiet for long enough");
        vm.warp(START + QUIET);
        _assertPhase(auctionId, Phase.Opening, "quiet");
        vm.warp(terms.openingEnds - 1);
        _assertPhase(auctionId, Phase.Opening, "before opening ends");
        vm.warp(terms.openingEnds);
        _assertPhase(auctionId, Phase.Closed, "nobody started");
    }

    function test_OA1_Phase_AfterTheStart() external {
        AuctionId auctionId = _won(_openTerms());
        _startOpen(auctionId, vehicle);
        _assertPhase(auctionId, Phase.Closed, "started");
    }

    function testFuzz_OA1_Phase_NeverGoesBack(
        bool bids,
        bool starts,
        uint40 first,
        uint40 second
    ) external {
        OpenTerms memory terms = _openTerms();
        AuctionId auctionId = _call(terms);
        if (bids) _offer(auctionId, pile, PRICE);
        first = uint40(_bound(first, START, terms.openingEnds + 1));
        second = uint40(_bound(second, first, terms.openingEnds + 2));

        vm.warp(first);
        Phase earlier = openAuctions.phaseOf(auctionId);
        if (starts && earlier == Phase.Opening) _startOpen(auctionId, vehicle);
        vm.warp(second);
        vm.assertGe(uint8(openAuctions.phaseOf(auctionId)), uint8(earlier), "phase");
    }

    /* HELPERS */

    function _ordered(OpenTerms memory seed) private view returns (OpenTerms memory) {
        uint40 last = START + openAuctions.MAX_AUCTION_SECONDS();
        seed.rule = _rule();
        seed.biddingEnds = uint40(_bound(seed.biddingEnds, START + 1, last - 1));
        seed.openingEnds = uint40(_bound(seed.openingEnds, seed.biddingEnds + 1, last - 1));
        seed.slotStart = uint40(_bound(seed.slotStart, seed.openingEnds, last - 1));
        seed.slotEnd = uint40(_bound(seed.slotEnd, seed.slotStart + 1, last));
        if (seed.quietSeconds == 0) seed.quietSeconds = 1;
        if (seed.bidBond == 0) seed.bidBond = 1;
        seed.vehicleDeposit = uint128(_bound(seed.vehicleDeposit, 1, type(uint128).max - FUNDS));
        return seed;
    }

    function _id(OpenTerms memory terms) private view returns (bytes32) {
        return AuctionId.unwrap(openAuctions.auctionIdOf(vehicle.account, terms));
    }

    function _refuses(OpenTerms memory terms, bytes memory reason) private {
        vm.expectRevert(reason);
        vm.prank(vehicle.account);
        openAuctions.open(terms);
    }

    function _refusesTimes(OpenTerms memory terms) private {
        _refuses(terms, abi.encodeWithSelector(IOpenAuction.OpenBadTimes.selector, terms, START));
    }

    function _assertPhase(AuctionId auctionId, Phase phase, string memory label) private view {
        vm.assertEq(uint8(openAuctions.phaseOf(auctionId)), uint8(phase), label);
    }
}
