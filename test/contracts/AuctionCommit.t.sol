// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IEscrow} from "../../contracts/interfaces/IEscrow.sol";
import {IIdentityRegistry} from "../../contracts/interfaces/IIdentityRegistry.sol";
import {IPricingAuction} from "../../contracts/interfaces/IPricingAuction.sol";
import {
    AuctionId,
    AuctionTerms,
    Offer,
    Opening,
    ParticipantKind,
    Phase,
    SessionId
} from "../../contracts/types/MarketTypes.sol";
import {Oracle} from "../support/contracts/Oracle.sol";
import {Actor} from "../support/contracts/Base.sol";
import {World} from "../support/contracts/World.sol";

/// @title `request` and `bid`
/// @dev The threshold of credibility is tested with `Reputation`.
contract AuctionCommitTest is World {
    AuctionTerms private terms;
    AuctionId private auctionId;

    function setUp() public override {
        super.setUp();
        terms = _terms();
        auctionId = _open(terms);
    }

    /* REQUEST */

    function testFuzz_AU2_Request_LocksTheDeposit(bytes32 commitment) external {
        vm.assume(commitment != bytes32(0));

        vm.expectEmit(address(auctions));
        emit IPricingAuction.RequestCommitted(auctionId, vehicle.account, commitment);
        vm.expectEmit(address(escrow));
        emit IEscrow.Locked(vehicle.account, address(auctions), DEPOSIT);
        vm.prank(vehicle.account);
        auctions.request(auctionId, commitment);

        vm.assertEq(auctions.requestOf(auctionId, vehicle.account), commitment, "commitment");
        _assertBalance(vehicle.account, FUNDS - DEPOSIT, DEPOSIT, "vehicle");
    }

    function test_AU2_Request_ReplacementLocksNothingMore() external {
        _request(auctionId, vehicle);
        bytes32 second = keccak256("second thoughts");

        vm.expectEmit(address(auctions));
        emit IPricingAuction.RequestCommitted(auctionId, vehicle.account, second);
        vm.prank(vehicle.account);
        auctions.request(auctionId, second);

        vm.assertEq(auctions.requestOf(auctionId, vehicle.account), second, "commitment");
        _assertBalance(vehicle.account, FUNDS - DEPOSIT, DEPOSIT, "vehicle");
    }

    function test_Request_LastSecondOfBidding() external {
        vm.warp(terms.biddingEnds - 1);
        _request(auctionId, vehicle);
    }

    function test_Request_AtBiddingEnds() external {
        vm.warp(terms.biddingEnds);
        _refusesRequest(vehicle, _wrongPhase(auctionId, Phase.Bidding, Phase.Matching));

        vm.warp(terms.matchingEnds);
        _refusesRequest(vehicle, _wrongPhase(auctionId, Phase.Bidding, Phase.Closed));
    }

    function test_Request_UnknownAuction() external {
        auctionId = AuctionId.wrap(keccak256("unknown"));
        _refusesRequest(vehicle, _wrongPhase(auctionId, Phase.Bidding, Phase.None));
    }

    function test_Request_ZeroCommitment() external {
        vm.expectRevert(
            abi.encodeWithSelector(IPricingAuction.AuctionZeroCommitment.selector, auctionId)
        );
        vm.prank(vehicle.account);
        auctions.request(auctionId, bytes32(0));
    }

    function test_Request_NotAVehicle() external {
        _refusesRequest(
            pile,
            abi.encodeWithSelector(
                IIdentityRegistry.IdentityWrongKind.selector,
                pile.account,
                ParticipantKind.Vehicle,
                ParticipantKind.Pile
            )
        );
        _refusesRequest(
            stranger,
            abi.encodeWithSelector(IIdentityRegistry.IdentityNotEnrolled.selector, stranger.account)
        );
    }

    function test_ID4_Request_Suspended() external {
        _suspend(vehicle);
        _refusesRequest(
            vehicle,
            abi.encodeWithSelector(IIdentityRegistry.IdentitySuspended.selector, vehicle.account)
        );
    }

    function test_ID4_Request_Expired() external {
        uint40 validUntil = identities.participantOf(vehicle.account).validUntil;
        vm.warp(validUntil - 1);
        auctionId = _open(_terms());
        _request(auctionId, otherVehicle);

        vm.warp(validUntil);
        _refusesRequest(
            vehicle,
            abi.encodeWithSelector(
                IIdentityRegistry.IdentityExpired.selector,
                vehicle.account,
                validUntil
            )
        );
    }

    function test_Request_WithoutFunds() external {
        vm.prank(vehicle.account);
        escrow.withdraw(vehicle.account, FUNDS - DEPOSIT + 1);

        _refusesRequest(
            vehicle,
            abi.encodeWithSelector(
                IEscrow.EscrowInsufficientFree.selector,
                vehicle.account,
                DEPOSIT - 1,
                DEPOSIT
            )
        );
        vm.assertEq(auctions.requestOf(auctionId, vehicle.account), bytes32(0), "no request");
    }

    /* BID */

    function testFuzz_AU2_Bid_LocksTheBond(bytes32 commitment) external {
        vm.assume(commitment != bytes32(0));

        vm.expectEmit(address(auctions));
        emit IPricingAuction.BidCommitted(auctionId, pile.account, commitment);
        vm.expectEmit(address(escrow));
        emit IEscrow.Locked(pile.account, address(auctions), BOND);
        vm.prank(pile.account);
        auctions.bid(auctionId, commitment);

        vm.assertEq(auctions.bidOf(auctionId, pile.account), commitment, "commitment");
        _assertBalance(pile.account, FUNDS - BOND, BOND, "pile");
    }

    function test_AU2_Bid_ReplacementLocksNothingMore() external {
        _bid(auctionId, pile, _offer());
        bytes32 second = keccak256("cheaper");

        vm.expectEmit(address(auctions));
        emit IPricingAuction.BidCommitted(auctionId, pile.account, second);
        vm.prank(pile.account);
        auctions.bid(auctionId, second);

        vm.assertEq(auctions.bidOf(auctionId, pile.account), second, "commitment");
        _assertBalance(pile.account, FUNDS - BOND, BOND, "pile");
    }

    function test_Bid_LastSecondOfBidding() external {
        vm.warp(terms.biddingEnds - 1);
        _bid(auctionId, pile, _offer());
    }

    function test_Bid_AtBiddingEnds() external {
        vm.warp(terms.biddingEnds);
        _refusesBid(pile, _wrongPhase(auctionId, Phase.Bidding, Phase.Matching));

        _post(auctionId, new bytes32[](0));
        _refusesBid(pile, _wrongPhase(auctionId, Phase.Bidding, Phase.Opening));
    }

    function test_Bid_UnknownAuction() external {
        auctionId = AuctionId.wrap(keccak256("unknown"));
        _refusesBid(pile, _wrongPhase(auctionId, Phase.Bidding, Phase.None));
    }

    function test_Bid_ZeroCommitment() external {
        vm.expectRevert(
            abi.encodeWithSelector(IPricingAuction.AuctionZeroCommitment.selector, auctionId)
        );
        vm.prank(pile.account);
        auctions.bid(auctionId, bytes32(0));
    }

    function test_Bid_TheOneThatStands() external {
        _bid(auctionId, pile, _offer());
        bytes32 standing = auctions.bidOf(auctionId, pile.account);

        vm.expectRevert(
            abi.encodeWithSelector(IPricingAuction.AuctionSameBid.selector, auctionId, standing)
        );
        vm.prank(pile.account);
        auctions.bid(auctionId, standing);
    }

    function test_Bid_NotAPile() external {
        _refusesBid(
            vehicle,
            abi.encodeWithSelector(
                IIdentityRegistry.IdentityWrongKind.selector,
                vehicle.account,
                ParticipantKind.Pile,
                ParticipantKind.Vehicle
            )
        );
    }

    function test_ID4_Bid_Suspended() external {
        _suspend(pile);
        _refusesBid(
            pile,
            abi.encodeWithSelector(IIdentityRegistry.IdentitySuspended.selector, pile.account)
        );
    }

    function test_Bid_WithoutFunds() external {
        _withdrawAll(pile.account);
        _refusesBid(
            pile,
            abi.encodeWithSelector(IEscrow.EscrowInsufficientFree.selector, pile.account, 0, BOND)
        );
    }

    function testFuzz_AU2_BidAndRequest_InManyAuctions(uint8 count) external {
        count = uint8(_bound(count, 1, 20));
        for (uint256 i = 0; i < count; ++i) {
            terms.nonce = bytes32(i + 1);
            auctionId = _open(terms);
            _bid(auctionId, pile, _offer());
            _request(auctionId, vehicle);
        }

        _assertBalance(pile.account, FUNDS - count * BOND, count * BOND, "pile");
        _assertBalance(vehicle.account, FUNDS - count * DEPOSIT, count * DEPOSIT, "vehicle");
    }

    /* COMMITMENTS */

    function testFuzz_Commitments_AsSpecified(
        bytes32 auction,
        uint8 round,
        address account,
        Offer memory offer,
        bytes32 hash
    ) external view {
        AuctionId id = AuctionId.wrap(auction);
        vm.assertEq(
            auctions.bidCommitment(id, round, account, offer),
            Oracle.bid(address(auctions), id, round, account, offer),
            "bid"
        );
        vm.assertEq(
            auctions.requestCommitment(id, account, hash),
            Oracle.request(address(auctions), id, account, hash),
            "request"
        );
    }

    function testFuzz_Commitments_DecisionAsSpecified(
        Opening memory opening,
        bytes32 bid
    ) external view {
        SessionId decision = auctions.decisionOf(
            opening.auctionId,
            opening.evId,
            opening.cpId,
            bid,
            opening.r
        );
        vm.assertEq(
            SessionId.unwrap(decision),
            SessionId.unwrap(Oracle.decision(opening, bid)),
            "decision"
        );
    }

    /// @dev A copied commitment is useless: the bidder is inside.
    function testFuzz_Commitments_NameTheBidder(address first, address second) external view {
        vm.assume(first != second);
        vm.assertTrue(
            auctions.bidCommitment(auctionId, 1, first, _offer()) !=
                auctions.bidCommitment(auctionId, 1, second, _offer()),
            "bidder"
        );
    }

    function testFuzz_Commitments_NameTheRound(uint8 first, uint8 second) external view {
        vm.assume(first != second);
        vm.assertTrue(
            auctions.bidCommitment(auctionId, first, pile.account, _offer()) !=
                auctions.bidCommitment(auctionId, second, pile.account, _offer()),
            "round"
        );
    }

    function test_Commitments_NameTheChain() external {
        bytes32 bid = auctions.bidCommitment(auctionId, 1, pile.account, _offer());
        bytes32 request = auctions.requestCommitment(auctionId, pile.account, bytes32(0));

        vm.chainId(4242);
        vm.assertTrue(auctions.bidCommitment(auctionId, 1, pile.account, _offer()) != bid, "bid");
        vm.assertTrue(
            auctions.requestCommitment(auctionId, pile.account, bytes32(0)) != request,
            "request"
        );
    }

    /* HELPERS */

    function _refusesRequest(Actor memory caller, bytes memory reason) private {
        vm.expectRevert(reason);
        vm.prank(caller.account);
        auctions.request(auctionId, keccak256("commitment"));
    }

    function _refusesBid(Actor memory caller, bytes memory reason) private {
        vm.expectRevert(reason);
        vm.prank(caller.account);
        auctions.bid(auctionId, keccak256("commitment"));
    }
}
