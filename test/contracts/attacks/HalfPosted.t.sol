// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IPricingAuction} from "../../../contracts/interfaces/IPricingAuction.sol";
import {Phase, SessionId} from "../../../contracts/types/MarketTypes.sol";
import {Deal, DealWorld} from "../../support/contracts/DealWorld.sol";
import {Tree} from "../../support/contracts/Tree.sol";
import {Actor} from "../../support/contracts/Base.sol";

/// @title Decisions in several calls, and a server that posts half of them, others, or none
/// @dev Five decisions in parts of three and two; `vehicle` is matched in the first.
contract HalfPostedTest is DealWorld {
    Deal private _deal;
    bytes32[] private _first;
    bytes32[] private _second;
    bytes32[] private _parts;

    function setUp() public override {
        super.setUp();
        _deal.terms = _terms();
        _deal.auctionId = _taken(_deal.terms);
        _deal.opening = _opening(_deal.auctionId, vehicle, pile);
        _deal.sessionId = _decision(_deal.opening, pile.account);
        _first = [keccak256("a"), SessionId.unwrap(_deal.sessionId), keccak256("b")];
        _second = [keccak256("c"), keccak256("d")];
        _parts = _two(Tree.root(_first), Tree.root(_second));
        _deal.proof = Tree.proof(_first, 1);
        _deal.proof = [_deal.proof[0], _deal.proof[1], _parts[1]];
        vm.warp(_deal.terms.biddingEnds);
    }

    /// @dev In any order; between the calls nothing begins and nothing is released.
    function test_AU3_PostParts_OneSignatureOverAll() external {
        _posts(matcher, _second);
        _refusesStart(Phase.Matching);
        vm.expectEmit(address(auctions));
        emit IPricingAuction.PartPosted(_deal.auctionId, matcher.account, _parts[0], _first);
        _posts(matcher, _first);
        _refusesStart(Phase.Matching);
        vm.assertEq(auctions.partOf(_deal.auctionId, matcher.account, _parts[0]), 3, "kept");

        bytes32 root = Tree.root(_parts);
        vm.expectEmit(address(auctions));
        emit IPricingAuction.PartsPosted(
            _deal.auctionId,
            matcher.account,
            root,
            PARTICIPANTS,
            _parts
        );
        _postsAll(matcher);
        vm.assertEq(auctions.auctionOf(_deal.auctionId).decisionCount, 5, "count");
        vm.assertEq(auctions.auctionOf(_deal.auctionId).decisionsRoot, root, "root");
        _start(_deal, vehicle);
    }

    /// @dev The straw man is a second server that signs halves: then the others are not served.
    function test_AU3_Attack_PostsHalf_BothSigned() external {
        _post(_deal.auctionId, _second);
        vm.assertEq(uint8(_phase()), uint8(Phase.Opening), "the attack works");
        vm.expectRevert(
            abi.encodeWithSelector(
                IPricingAuction.AuctionUnknownDecision.selector,
                _deal.auctionId,
                _deal.sessionId
            )
        );
        _start(_deal, vehicle);
    }

    /// @dev It announces all and lets people wait for the second half. It has paid for its calls in
    /// vain; everybody else has what is theirs as soon as matching ends.
    function test_AU3_Attack_PostsHalfAndStops() external {
        _posts(matcher, _first);
        _refusesAll(matcher, _unknownPart(_parts[1]));
        _refusesStart(Phase.Matching);
        bytes memory tooEarly = _wrongPhase(_deal.auctionId, Phase.Opening, Phase.Matching);
        vm.expectRevert(tooEarly);
        vm.prank(vehicle.account);
        auctions.withdrawRequest(_deal.auctionId);

        vm.warp(_deal.terms.matchingEnds);
        _refusesAll(matcher, _unknownPart(_parts[1]));
        _refusesStart(Phase.Closed);
        vm.prank(stranger.account);
        auctions.releaseExpired(
            _deal.auctionId,
            _two(vehicle.account, otherVehicle.account),
            _two(pile.account, otherPile.account)
        );
        Actor[4] memory people = [vehicle, otherVehicle, pile, otherPile];
        for (uint256 i = 0; i < people.length; ++i) {
            _assertBalance(people[i].account, FUNDS, 0, "all of it");
            vm.assertEq(int256(reputation.credibilityOf(people[i].account)), 0, "credibility");
        }
    }

    /// @dev The root of the parts in the place of the decisions would hide them all: it is the root
    /// that was signed, and nobody finds a proof. But fewer were signed for than there are.
    function test_AU3_Attack_PostsNodesInThePlaceOfDecisions() external {
        vm.assertEq(Tree.root(_parts), _root(), "a signature of the root alone would do");
        bytes memory signature = _signedRoot(secondServer, _deal.auctionId, 1, _root(), 5);
        vm.expectRevert(_badSignature());
        vm.prank(matcher.account);
        auctions.postDecisions(_deal.auctionId, 1, _parts, PARTICIPANTS, signature);

        _posts(matcher, _parts);
        vm.expectRevert(_badSignature());
        vm.prank(matcher.account);
        auctions.postParts(_deal.auctionId, 1, _one(_root()), PARTICIPANTS, signature);

        // The same within a part: what it has posted in its place stands in its own way.
        _posts(matcher, _two(Tree.node(_first, 1), Tree.node(_first, 2)));
        vm.expectRevert(
            abi.encodeWithSelector(
                IPricingAuction.AuctionPartExists.selector,
                _deal.auctionId,
                _parts[0]
            )
        );
        _posts(matcher, _first);
        _posts(matcher, _second);
        _refusesAll(matcher, _badSignature());
    }

    /// @dev What one server posts, the other neither has to use nor to fear.
    function test_AU3_Attack_PostsInTheOthersWay() external {
        _posts(secondServer, _two(Tree.node(_first, 1), Tree.node(_first, 2)));
        _posts(secondServer, _second);
        _posts(matcher, _first);
        _refusesAll(matcher, _unknownPart(_parts[1]));
        _posts(matcher, _second);
        _postsAll(matcher);
        _start(_deal, vehicle);
    }

    function test_AU3_PostPart_NotNow_NotByOthers() external {
        vm.expectRevert(
            abi.encodeWithSelector(
                IPricingAuction.AuctionNotServer.selector,
                _deal.auctionId,
                stranger.account
            )
        );
        _posts(stranger, _first);
        vm.warp(_deal.terms.biddingEnds - 1);
        bytes memory tooEarly = _wrongPhase(_deal.auctionId, Phase.Matching, Phase.Bidding);
        vm.expectRevert(tooEarly);
        _posts(matcher, _first);
    }

    /// @dev Execution, calldata and the transaction itself, of as many as the matcher sends in one.
    function test_Gas_PostPart_TwoThousand() external {
        bytes32[] memory leaves = new bytes32[](2_000);
        for (uint256 k = 0; k < leaves.length; ++k) leaves[k] = keccak256(abi.encode("leaf", k));
        bytes memory call = abi.encodeCall(IPricingAuction.postPart, (_deal.auctionId, leaves));
        vm.prank(matcher.account);
        uint256 before = gasleft();
        (bool success, ) = address(auctions).call(call);
        uint256 used = before - gasleft() + 21_000 + 16 * call.length;
        vm.assertTrue(success, "posted");
        vm.assertLt(used, 4_000_000, "2,000 decisions");
    }

    /* HELPERS */

    function _posts(Actor memory server, bytes32[] memory decisions) private {
        vm.prank(server.account);
        auctions.postPart(_deal.auctionId, decisions);
    }

    function _postsAll(Actor memory server) private {
        bytes memory signature = _signedRoot(_otherThan(server), _deal.auctionId, 1, _root(), 5);
        vm.prank(server.account);
        auctions.postParts(_deal.auctionId, 1, _parts, PARTICIPANTS, signature);
    }

    function _refusesAll(Actor memory server, bytes memory reason) private {
        bytes memory signature = _signedRoot(_otherThan(server), _deal.auctionId, 1, _root(), 5);
        vm.expectRevert(reason);
        vm.prank(server.account);
        auctions.postParts(_deal.auctionId, 1, _parts, PARTICIPANTS, signature);
    }

    function _refusesStart(Phase actual) private {
        bytes memory reason = _wrongPhase(_deal.auctionId, Phase.Opening, actual);
        vm.expectRevert(reason);
        _start(_deal, vehicle);
    }

    function _root() private view returns (bytes32) {
        return Tree.root(_parts);
    }

    function _phase() private view returns (Phase) {
        return auctions.phaseOf(_deal.auctionId);
    }

    function _badSignature() private view returns (bytes memory) {
        return
            abi.encodeWithSelector(
                IPricingAuction.AuctionBadSignature.selector,
                _deal.auctionId,
                secondServer.account
            );
    }

    function _unknownPart(bytes32 part) private view returns (bytes memory) {
        return
            abi.encodeWithSelector(
                IPricingAuction.AuctionUnknownPart.selector,
                _deal.auctionId,
                part
            );
    }
}
