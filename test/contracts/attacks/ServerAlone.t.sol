// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IIdentityRegistry} from "../../../contracts/interfaces/IIdentityRegistry.sol";
import {IPricingAuction} from "../../../contracts/interfaces/IPricingAuction.sol";
import {CarelessServers} from "../../../contracts/mocks/CarelessServers.sol";
import {
    AuctionId,
    AuctionTerms,
    Certificate,
    ParticipantKind,
    Phase,
    SessionState
} from "../../../contracts/types/MarketTypes.sol";
import {Deal, DealWorld} from "../../support/contracts/DealWorld.sol";
import {Oracle} from "../../support/contracts/Oracle.sol";
import {Actor} from "../../support/contracts/Base.sol";

/// @title One server does alone what takes two
/// @dev Every attack is played by either server, and first on a contract on which it works.
contract ServerAloneTest is DealWorld {
    bytes32 private constant FIRST = keccak256("first");
    bytes32 private constant OTHER = keccak256("other");
    CarelessServers private careless = new CarelessServers();
    Actor private twin = _actor(0x3A7E);

    /* DECISIONS THAT THE OTHER DID NOT COMPUTE */

    /// @dev It brings a vehicle together with a pile of its choice. The other server has signed that
    /// nobody is matched.
    function test_AU3_Attack_PostsWhatTheOtherDidNotCompute() external {
        bytes32 lie = keccak256("its own list");
        vm.startPrank(matcher.account);
        careless.open(FIRST, secondServer.account);
        careless.postDecisions(FIRST, lie);
        vm.stopPrank();
        (, , , bytes32 root) = careless.auctionOf(FIRST);
        vm.assertEq(root, lie, "the attack works");

        AuctionTerms memory terms = _terms();
        AuctionId auctionId = _taken(terms);
        vm.warp(terms.biddingEnds);
        _refusesPosting(auctionId, matcher);
        _refusesPosting(auctionId, secondServer);

        _endsWithoutDecisions(auctionId, terms);
    }

    /// @dev All that a lone server has at hand: its own signature, the other's over another list,
    /// and the other's over a round.
    function _refusesPosting(AuctionId auctionId, Actor memory liar) private {
        Actor memory honest = _otherThan(liar);
        bytes32[] memory lie = _one(_leaf(_opening(auctionId, vehicle, pile), pile.account));
        bytes32[] memory truth = new bytes32[](0);
        bytes[4] memory brought = [
            _signedFinal(liar, auctionId, 1, lie),
            _signedFinal(honest, auctionId, 1, truth),
            _signedRound(honest, auctionId, 1, PRICE, bytes32(0)),
            bytes("")
        ];
        for (uint256 i = 0; i < brought.length; ++i) {
            vm.expectRevert(_badSignature(auctionId, honest));
            vm.prank(liar.account);
            auctions.postDecisions(auctionId, 1, lie, PARTICIPANTS, brought[i]);
        }
    }

    /// @dev Two signatures that contradict each other end nothing. Everybody has its stake back.
    function _endsWithoutDecisions(AuctionId auctionId, AuctionTerms memory terms) private {
        vm.warp(terms.matchingEnds);
        vm.assertEq(uint8(auctions.phaseOf(auctionId)), uint8(Phase.Closed), "closed");
        auctions.releaseExpired(
            auctionId,
            _two(vehicle.account, otherVehicle.account),
            _two(pile.account, otherPile.account)
        );
        _assertBalance(vehicle.account, FUNDS, 0, "vehicle");
        _assertBalance(otherVehicle.account, FUNDS, 0, "other vehicle");
        _assertBalance(pile.account, FUNDS, 0, "pile");
        _assertBalance(otherPile.account, FUNDS, 0, "other pile");
        vm.assertEq(int256(reputation.credibilityOf(vehicle.account)), 0, "credibility");
    }

    /* RELEASES */

    /// @dev It frees a pile that was selected, which then need not serve.
    function test_AU13_Attack_ReleasesAlone() external {
        vm.startPrank(matcher.account);
        careless.open(FIRST, secondServer.account);
        careless.release(FIRST, pile.account);
        vm.stopPrank();
        vm.assertTrue(careless.isReleased(FIRST, pile.account), "the attack works");

        Deal memory deal = _decided();
        _refusesReleasing(deal, matcher);
        _refusesReleasing(deal, secondServer);
        _assertBalance(pile.account, FUNDS - BOND, BOND, "held to its bid");

        _start(deal, vehicle);
        vm.assertEq(
            uint8(sessions.sessionOf(deal.sessionId).state),
            uint8(SessionState.Opened),
            "the session begins"
        );
        vm.warp(deal.terms.openingEnds);
        _refusesReleasing(deal, matcher);
        _refusesReleasing(deal, secondServer);
    }

    /// @dev In person, through somebody else, and with its own signature in both places.
    function _refusesReleasing(Deal memory deal, Actor memory liar) private {
        Actor memory honest = _otherThan(liar);
        uint40 deadline = deal.terms.slotEnd;
        address[] memory piles = _one(pile.account);
        bytes memory own = _notSelected(liar, deal.auctionId, _none(), piles, deadline);
        Actor[2] memory callers = [liar, stranger];
        for (uint256 i = 0; i < callers.length; ++i) {
            vm.expectRevert(_badSignature(deal.auctionId, honest));
            vm.prank(callers[i].account);
            auctions.release(deal.auctionId, _none(), piles, deadline, own, own);
        }
    }

    /* ONE OPERATOR TWICE */

    /// @dev A second account of the same operator signs whatever the first one wants.
    function test_AU12_Attack_OpensWithItsOwnSecondAccount() external {
        vm.startPrank(matcher.account);
        careless.open(FIRST, twin.account);
        careless.closeRound(FIRST, OTHER, _signature(twin.key, OTHER));
        vm.stopPrank();
        (, , uint8 round, ) = careless.auctionOf(FIRST);
        vm.assertEq(round, 2, "the attack works");

        Certificate memory certificate = _certificate(twin.account, ParticipantKind.Matcher);
        certificate.premises = identities.operatorOf(matcher.account);
        identities.enrol(certificate, _certified(certificate));
        _refusesOneOperator(twin);
        _refusesOneOperator(matcher);
    }

    function _refusesOneOperator(Actor memory server) private {
        AuctionTerms memory terms = _terms();
        terms.secondServer = server.account;
        _refusesOpening(
            terms,
            server,
            abi.encodeWithSelector(
                IPricingAuction.AuctionOneOperator.selector,
                identities.operatorOf(matcher.account)
            )
        );
    }

    /* A STRANGER AS SECOND SERVER */

    function test_AU12_Attack_NamesAStranger() external {
        vm.prank(matcher.account);
        careless.open(FIRST, stranger.account);
        (, address taken, , ) = careless.auctionOf(FIRST);
        vm.assertEq(taken, stranger.account, "the attack works");

        AuctionTerms memory terms = _terms();
        terms.secondServer = stranger.account;
        bytes4 unknown = IIdentityRegistry.IdentityNotEnrolled.selector;
        _refusesOpening(terms, stranger, abi.encodeWithSelector(unknown, stranger.account));

        terms.secondServer = address(0);
        _refusesOpening(terms, stranger, abi.encodeWithSelector(unknown, address(0)));

        terms.secondServer = pile.account;
        _refusesOpening(
            terms,
            pile,
            abi.encodeWithSelector(
                IIdentityRegistry.IdentityWrongKind.selector,
                pile.account,
                ParticipantKind.Matcher,
                ParticipantKind.Pile
            )
        );
    }

    /// @dev A matcher that stands, and has not agreed to serve, or only another auction.
    function test_AU12_Attack_NamesOneThatHasNotAgreed() external {
        AuctionTerms memory agreed = _terms();
        AuctionTerms memory terms = _terms();
        terms.nonce = OTHER;
        bytes memory signature = _served(agreed, secondServer);
        AuctionId auctionId = Oracle.auctionId(address(auctions), matcher.account, terms);
        vm.expectRevert(_badSignature(auctionId, secondServer));
        vm.prank(matcher.account);
        auctions.open(terms, signature);
        _refusesOpening(terms, stranger, _badSignature(auctionId, secondServer));
        vm.assertEq(uint8(auctions.phaseOf(auctionId)), uint8(Phase.None), "no auction");
    }

    function _refusesOpening(
        AuctionTerms memory terms,
        Actor memory signer,
        bytes memory reason
    ) private {
        bytes memory signature = _served(terms, signer);
        vm.expectRevert(reason);
        vm.prank(matcher.account);
        auctions.open(terms, signature);
    }

    /* SIGNATURES OF ANOTHER TIME AND PLACE */

    /// @dev The other server has signed round 1; the liar keeps it and ends round 2 with it, without
    /// having computed it.
    function test_AU9_Attack_ReplaysAnotherRound() external {
        vm.startPrank(matcher.account);
        careless.open(FIRST, secondServer.account);
        bytes memory kept = _signature(secondServer.key, OTHER);
        careless.closeRound(FIRST, OTHER, kept);
        careless.closeRound(FIRST, OTHER, kept);
        vm.stopPrank();
        (, , uint8 round, ) = careless.auctionOf(FIRST);
        vm.assertEq(round, 3, "the attack works");

        AuctionTerms memory terms = _terms();
        terms.maxRounds = 3;
        terms.roundSeconds = 1 minutes;
        AuctionId auctionId = _taken(terms);
        kept = _signedRound(secondServer, auctionId, 1, PRICE, bytes32(0));
        vm.warp(terms.biddingEnds);
        _closeWith(auctionId, 1, kept);
        _bid(auctionId, pile, _offer());
        vm.warp(block.timestamp + terms.roundSeconds);
        vm.expectRevert(_badSignature(auctionId, secondServer));
        _closeWith(auctionId, 2, kept);
        vm.expectRevert(
            abi.encodeWithSelector(IPricingAuction.AuctionWrongRound.selector, auctionId, 1, 2)
        );
        _closeWith(auctionId, 1, kept);
        vm.assertEq(auctions.auctionOf(auctionId).round, 2, "round 2 waits");
        _endsWithoutDecisions(auctionId, terms);
    }

    /// @dev Two auctions that differ in their nonce alone.
    function test_AU9_Attack_ReplaysAnotherAuction() external {
        vm.startPrank(matcher.account);
        careless.open(FIRST, secondServer.account);
        careless.open(OTHER, secondServer.account);
        bytes memory kept = _signature(secondServer.key, OTHER);
        careless.closeRound(FIRST, OTHER, kept);
        careless.closeRound(OTHER, OTHER, kept);
        vm.stopPrank();
        (, , uint8 round, ) = careless.auctionOf(OTHER);
        vm.assertEq(round, 2, "the attack works");

        AuctionTerms memory terms = _terms();
        terms.maxRounds = 2;
        AuctionId honest = _open(terms);
        terms.nonce = OTHER;
        AuctionId auctionId = _taken(terms);
        vm.warp(terms.biddingEnds);
        vm.expectRevert(_badSignature(auctionId, secondServer));
        _closeWith(auctionId, 1, _signedRound(secondServer, honest, 1, PRICE, bytes32(0)));
        _endsWithoutDecisions(auctionId, terms);
    }

    function test_AU9_Attack_ReplaysAnotherAuctionsDecisions() external {
        AuctionTerms memory terms = _terms();
        AuctionId honest = _open(terms);
        terms.nonce = OTHER;
        AuctionId auctionId = _taken(terms);
        bytes32[] memory decisions = _one(FIRST);
        bytes memory kept = _signedFinal(secondServer, honest, 1, decisions);
        vm.warp(terms.biddingEnds);
        vm.expectRevert(_badSignature(auctionId, secondServer));
        vm.prank(matcher.account);
        auctions.postDecisions(auctionId, 1, decisions, PARTICIPANTS, kept);
        _endsWithoutDecisions(auctionId, terms);
    }

    /* HELPERS */

    /// @dev By the matcher, at `PRICE`, without a transcript.
    function _closeWith(AuctionId auctionId, uint8 round, bytes memory signature) private {
        vm.prank(matcher.account);
        auctions.closeRound(auctionId, round, PRICE, bytes32(0), PARTICIPANTS, signature);
    }

    function _badSignature(
        AuctionId auctionId,
        Actor memory server
    ) private pure returns (bytes memory) {
        return
            abi.encodeWithSelector(
                IPricingAuction.AuctionBadSignature.selector,
                auctionId,
                server.account
            );
    }
}
