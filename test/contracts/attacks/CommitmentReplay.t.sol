// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IOpenAuction} from "../../../contracts/interfaces/IOpenAuction.sol";
import {IPricingAuction} from "../../../contracts/interfaces/IPricingAuction.sol";
import {
    AuctionId,
    AuctionTerms,
    Opening,
    OpenTerms,
    Phase,
    SessionId,
    SessionState
} from "../../../contracts/types/MarketTypes.sol";
import {Deal} from "../../support/contracts/DealWorld.sol";
import {OpenWorld} from "../../support/contracts/OpenWorld.sol";
import {Digests} from "../../support/contracts/Digests.sol";
import {Oracle} from "../../support/contracts/Oracle.sol";
import {Tree} from "../../support/contracts/Tree.sol";

/// @title What was committed, signed or kept for one auction, tried elsewhere
contract CommitmentReplayTest is OpenWorld {
    /* LOST SECRETS: THE VEHICLE ALONE OPENS, AND NOBODY PAYS FOR A SECRET */

    /// @dev The vehicle got the salt with its delivery. The pile needs none from then on: it
    /// authorises and is paid.
    function test_AU4_LostSalt_OfThePile() external {
        Deal memory deal = _decided();
        _start(deal, vehicle);
        _serve(deal.sessionId, 10_000);
        _assertBalance(pile.account, FUNDS + 10 * PRICE, 0, "paid without its salt");
    }

    /// @dev Its signature is enough: whoever has the opening brings both.
    function test_AU4_LostSalt_OfTheVehicle() external {
        Deal memory deal = _decided();
        bytes memory call = abi.encodeCall(sessions.start, (deal.opening, deal.proof));
        uint40 deadline = uint40(block.timestamp) + 1;
        bytes32 digest = Digests.callDigest(
            Digests.SESSIONS,
            address(sessions),
            vehicle.account,
            call,
            0,
            deadline
        );
        vm.prank(pile.account);
        sessions.callSigned(vehicle.account, call, deadline, _signature(vehicle.key, digest));
        _serve(deal.sessionId, 10_000);
        _assertBalance(vehicle.account, FUNDS - 10 * PRICE, 0, "served");
    }

    function test_AU5_LostSalt_OfBoth() external {
        Deal memory deal = _decided();
        vm.warp(deal.terms.openingEnds);
        auctions.releaseExpired(deal.auctionId, _one(vehicle.account), _one(pile.account));
        _assertBalance(vehicle.account, FUNDS, 0, "vehicle");
        _assertBalance(pile.account, FUNDS, 0, "pile");
        vm.assertEq(int256(reputation.credibilityOf(vehicle.account)), 0, "nobody is at fault");
    }

    /// @dev Losers were never asked for anything: what is on chain of them is a hash.
    function test_AU2_Losers_NeverReveal() external {
        Deal memory deal = _decided();
        _start(deal, vehicle);
        vm.prank(matcher.account);
        auctions.release(
            deal.auctionId,
            _one(otherVehicle.account),
            _one(otherPile.account),
            deal.terms.slotEnd,
            ""
        );
        _assertBalance(otherVehicle.account, FUNDS, 0, "losing vehicle");
        _assertBalance(otherPile.account, FUNDS, 0, "losing pile");
    }

    function testFuzz_AU3_HundredDecisions_OneCall(uint8 place) external {
        AuctionTerms memory terms = _terms();
        Deal memory deal;
        deal.auctionId = _taken(terms);
        deal.opening = _opening(deal.auctionId, vehicle, pile);
        bytes32[] memory leaves = new bytes32[](100);
        for (uint256 k = 0; k < 100; ++k) leaves[k] = keccak256(abi.encode("leaf", k));
        place = uint8(_bound(place, 0, 99));
        leaves[place] = _leaf(deal.opening, pile.account);
        deal.proof = Tree.proof(leaves, place);

        vm.warp(terms.biddingEnds);
        _post(deal.auctionId, leaves);
        _start(deal, vehicle);
    }

    /* COPIED COMMITMENT */

    /// @dev Whoever copies a commitment has bid nothing that it could ever be matched for.
    function test_AU4_CopiedCommitment() external {
        AuctionTerms memory terms = _terms();
        AuctionId auctionId = _open(terms);
        _request(auctionId, vehicle);
        _bid(auctionId, pile, _offer());
        bytes32 copied = auctions.bidOf(auctionId, pile.account);
        vm.prank(otherPile.account);
        auctions.bid(auctionId, copied);

        // The matcher tries both: the copier with its own preimage, and with the copied hash as it
        // stands.
        Opening memory opening = _opening(auctionId, vehicle, otherPile);
        SessionId raw = Oracle.decision(opening, copied);
        bytes32[] memory leaves = _two(_leaf(opening, otherPile.account), SessionId.unwrap(raw));
        vm.warp(terms.biddingEnds);
        _post(auctionId, leaves);
        vm.expectRevert(
            abi.encodeWithSelector(
                IPricingAuction.AuctionNoSuchBid.selector,
                auctionId,
                otherPile.account,
                Oracle.bid(address(auctions), auctionId, otherPile.account, opening.offer)
            )
        );
        vm.prank(otherPile.account);
        sessions.start(opening, _one(leaves[1]));
        vm.expectRevert(
            abi.encodeWithSelector(
                IPricingAuction.AuctionUnknownDecision.selector,
                auctionId,
                _decision(opening, otherPile.account)
            )
        );
        vm.prank(otherPile.account);
        sessions.start(opening, _one(leaves[0]));
    }

    /* REPLAY */

    function test_AU4_Replay_BidOfAnotherAuction() external {
        AuctionTerms memory terms = _terms();
        AuctionId first = _taken(terms);
        bytes32 commitment = auctions.bidOf(first, pile.account);
        terms.nonce = keccak256("second");
        AuctionId second = _open(terms);
        _request(second, vehicle);
        vm.prank(pile.account);
        auctions.bid(second, commitment);

        _refusesForeignBid(second, terms);
    }

    function test_AU4_Replay_BidOfAnotherContract() external {
        AuctionTerms memory terms = _terms();
        AuctionId auctionId = _open(terms);
        _request(auctionId, vehicle);
        bytes32 foreign = Oracle.bid(address(openAuctions), auctionId, pile.account, _offer());
        vm.prank(pile.account);
        auctions.bid(auctionId, foreign);

        _refusesForeignBid(auctionId, terms);
    }

    /// @dev The chain forks after the bids: on the side with the new id they open nothing.
    function test_AU4_Replay_BidOfAnotherChain() external {
        Deal memory deal = _decided();
        vm.chainId(4242);
        vm.expectRevert(
            abi.encodeWithSelector(
                IPricingAuction.AuctionUnknownDecision.selector,
                deal.auctionId,
                _decision(deal.opening, pile.account)
            )
        );
        _start(deal, vehicle);

        vm.warp(deal.terms.openingEnds);
        auctions.releaseExpired(deal.auctionId, _one(vehicle.account), _one(pile.account));
        _assertBalance(pile.account, FUNDS, 0, "free on both sides of the fork");
    }

    /// @dev A matcher signs between two rounds, and somebody keeps the signature for later.
    function test_AU4_Replay_NotSelectedOfAnEarlierRound() external {
        AuctionTerms memory terms = _terms();
        terms.maxRounds = 3;
        AuctionId auctionId = _taken(terms);
        bytes memory early = _notSelected(
            auctionId,
            _none(),
            _one(pile.account),
            terms.matchingEnds
        );

        vm.warp(terms.biddingEnds);
        _refusesRelease(auctionId, early, terms, Phase.Matching);
        vm.prank(matcher.account);
        auctions.closeRound(auctionId, 1, PRICE, bytes32(0));
        _refusesRelease(auctionId, early, terms, Phase.Bidding);
        vm.warp(block.timestamp + terms.roundSeconds);
        _refusesRelease(auctionId, early, terms, Phase.Matching);
    }

    /// @dev An invitation to one auction opens no other, even if only the nonce differs.
    function test_OA4_Replay_InvitationToAnotherAuction() external {
        OpenTerms memory terms = _openTerms();
        AuctionId first = _call(terms);
        terms.nonce = keccak256("second");
        AuctionId second = _call(terms);
        bytes memory invitation = _invitation(first, vehicle, pile.account, 0);
        vm.expectRevert(
            abi.encodeWithSelector(IOpenAuction.OpenNotInvited.selector, second, pile.account, 0)
        );
        vm.prank(pile.account);
        openAuctions.bid(second, PRICE, POWER_W, 0, invitation);
    }

    /* HELPERS */

    function _refusesRelease(
        AuctionId auctionId,
        bytes memory signature,
        AuctionTerms memory terms,
        Phase actual
    ) private {
        vm.expectRevert(_wrongPhase(auctionId, Phase.Opening, actual));
        auctions.release(auctionId, _none(), _one(pile.account), terms.matchingEnds, signature);
    }

    function _refusesForeignBid(AuctionId auctionId, AuctionTerms memory terms) private {
        Deal memory deal = _postOnly(auctionId, terms, vehicle, pile);
        vm.expectRevert(
            abi.encodeWithSelector(
                IPricingAuction.AuctionNoSuchBid.selector,
                auctionId,
                pile.account,
                Oracle.bid(address(auctions), auctionId, pile.account, deal.opening.offer)
            )
        );
        _start(deal, vehicle);
    }

    function _serve(SessionId sessionId, uint64 energyWh) private {
        vm.prank(pile.account);
        sessions.authorise(sessionId);
        vm.prank(vehicle.account);
        sessions.plugIn(sessionId);
        _settle(sessionId, energyWh);
        vm.assertEq(
            uint8(sessions.sessionOf(sessionId).state),
            uint8(SessionState.Settled),
            "settled"
        );
    }
}
