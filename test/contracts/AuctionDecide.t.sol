// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {MerkleProof} from "@openzeppelin/contracts/utils/cryptography/MerkleProof.sol";
import {IPricingAuction} from "../../contracts/interfaces/IPricingAuction.sol";
import {DecisionTree} from "../../contracts/libraries/DecisionTree.sol";
import {
    Auction,
    AuctionId,
    AuctionTerms,
    Opening,
    Phase
} from "../../contracts/types/MarketTypes.sol";
import {DealWorld} from "../support/contracts/DealWorld.sol";
import {Tree} from "../support/contracts/Tree.sol";
import {Actor} from "../support/contracts/Base.sol";

/// @title `postDecisions`, and the tree that it builds
contract AuctionDecideTest is DealWorld {
    AuctionTerms private terms;
    AuctionId private auctionId;

    function setUp() public override {
        super.setUp();
        terms = _terms();
        auctionId = _taken(terms);
    }

    /* POST */

    function testFuzz_AU3_PostDecisions(bytes32[] memory decisions, uint40 time) external {
        vm.warp(_bound(time, terms.biddingEnds, terms.matchingEnds - 1));
        bytes32 top = Tree.root(decisions);

        vm.expectEmit(address(auctions));
        emit IPricingAuction.DecisionsPosted(auctionId, top, PARTICIPANTS, decisions);
        _post(auctionId, decisions);

        Auction memory auction = auctions.auctionOf(auctionId);
        vm.assertTrue(auction.decided, "decided");
        vm.assertEq(auction.decisionsRoot, top, "root");
        vm.assertEq(auction.decisionCount, decisions.length, "count");
    }

    function test_AU3_PostDecisions_Empty() external {
        vm.warp(terms.biddingEnds);

        vm.expectEmit(address(auctions));
        emit IPricingAuction.DecisionsPosted(auctionId, bytes32(0), PARTICIPANTS, new bytes32[](0));
        _post(auctionId, new bytes32[](0));

        vm.assertTrue(auctions.auctionOf(auctionId).decided, "decided");
        vm.assertEq(uint8(auctions.phaseOf(auctionId)), uint8(Phase.Opening), "phase");
    }

    function test_AU3_PostDecisions_BeforeBiddingEnds() external {
        vm.warp(terms.biddingEnds - 1);
        _refuses(matcher, _wrongPhase(auctionId, Phase.Matching, Phase.Bidding));
    }

    function test_AU3_PostDecisions_LastSecondOfMatching() external {
        vm.warp(terms.matchingEnds - 1);
        _post(auctionId, new bytes32[](1));
    }

    function test_AU3_PostDecisions_AtMatchingEnds() external {
        vm.warp(terms.matchingEnds);
        _refuses(matcher, _wrongPhase(auctionId, Phase.Matching, Phase.Closed));
    }

    function test_AU3_PostDecisions_Again() external {
        vm.warp(terms.biddingEnds);
        _post(auctionId, new bytes32[](0));
        _refuses(matcher, _wrongPhase(auctionId, Phase.Matching, Phase.Opening));
    }

    function test_AU3_PostDecisions_NotAServer() external {
        vm.warp(terms.biddingEnds);
        _refuses(stranger, _notServer(stranger));
        _refuses(pile, _notServer(pile));
    }

    function test_AU3_PostDecisions_UnknownAuction() external {
        auctionId = AuctionId.wrap(keccak256("unknown"));
        _refuses(matcher, _wrongPhase(auctionId, Phase.Matching, Phase.None));
    }

    /// @dev Suspension stops new auctions; people who wait for this one are not left without a
    /// result.
    function test_ID4_PostDecisions_OfSuspendedServers() external {
        _suspend(matcher);
        _suspend(secondServer);
        vm.warp(terms.biddingEnds);
        _post(auctionId, new bytes32[](0));
    }

    function test_AU3_PostDecisions_BySecondServer() external {
        vm.warp(terms.biddingEnds);
        _postAs(secondServer, auctionId, 1, _leaves(2));
        vm.assertEq(auctions.auctionOf(auctionId).decisionsRoot, Tree.root(_leaves(2)), "root");
    }

    /// @dev The corruption matrix of `FinalOutcome`.
    function test_AU3_PostDecisions_EveryFieldIsSigned() external {
        vm.warp(terms.biddingEnds);
        bytes memory signature = _signedFinal(secondServer, auctionId, 1, _leaves(2));
        _refusesSignature(_leaves(3), PARTICIPANTS, signature);
        _refusesSignature(_leaves(0), PARTICIPANTS, signature);
        _refusesSignature(_leaves(2), ~PARTICIPANTS, signature);
        _refusesSignature(_leaves(2), PARTICIPANTS, "");
        signature = _signedRoot(secondServer, auctionId, 1, Tree.root(_leaves(2)), 3);
        _refusesSignature(_leaves(2), PARTICIPANTS, signature);
        signature = _signedFinal(secondServer, auctionId, 2, _leaves(2));
        _refusesSignature(_leaves(2), PARTICIPANTS, signature);
        signature = _signedFinal(
            secondServer,
            AuctionId.wrap(~AuctionId.unwrap(auctionId)),
            1,
            _leaves(2)
        );
        _refusesSignature(_leaves(2), PARTICIPANTS, signature);
        Actor[3] memory others = [matcher, stranger, pile];
        for (uint256 i = 0; i < others.length; ++i) {
            signature = _signedFinal(others[i], auctionId, 1, _leaves(2));
            _refusesSignature(_leaves(2), PARTICIPANTS, signature);
        }
    }

    /* TREE */

    function test_Tree_EveryLeafOfEverySizeProves() external view {
        uint256[5] memory sizes = [uint256(1), 2, 3, 7, 100];
        for (uint256 i = 0; i < sizes.length; ++i) {
            _proveAll(_leaves(sizes[i]));
        }
    }

    function testFuzz_Tree_AnyLeafProves(bytes32[] memory leaves, uint256 k) external view {
        vm.assume(leaves.length != 0);
        k = _bound(k, 0, leaves.length - 1);

        bytes32 top = this.root(leaves);
        vm.assertEq(top, Tree.root(leaves), "root");
        vm.assertTrue(MerkleProof.verify(Tree.proof(leaves, k), top, leaves[k]), "proof");
    }

    function test_Tree_EmptyHasNoRoot() external view {
        vm.assertEq(this.root(new bytes32[](0)), bytes32(0), "root");
    }

    function testFuzz_Tree_ForeignLeafFails(
        uint8 size,
        uint8 place,
        bytes32 foreign
    ) external view {
        bytes32[] memory leaves = _leaves(_bound(size, 1, 40));
        uint256 k = _bound(place, 0, leaves.length - 1);
        vm.assume(foreign != leaves[k]);

        vm.assertTrue(
            !MerkleProof.verify(Tree.proof(leaves, k), this.root(leaves), foreign),
            "foreign leaf"
        );
    }

    /// @dev The order of the list is part of the root, but for the order within one pair.
    function test_Tree_OrderCounts() external view {
        bytes32[] memory leaves = _leaves(4);
        bytes32 before = this.root(leaves);
        (leaves[0], leaves[2]) = (leaves[2], leaves[0]);
        vm.assertTrue(this.root(leaves) != before, "swapped");
    }

    /// @dev A node is a hash of two words, a decision one of six: what proves a node opens nothing.
    function test_AU4_Tree_InnerNodeIsNoDecision() external {
        Opening memory opening = _opening(auctionId, vehicle, pile);
        bytes32[] memory leaves = _leaves(4);
        leaves[1] = _leaf(opening, pile.account);
        vm.warp(terms.biddingEnds);
        _post(auctionId, leaves);
        bytes32[] memory full = Tree.proof(leaves, 1);
        bytes32[] memory short = _one(full[1]);

        vm.assertTrue(
            MerkleProof.verify(short, this.root(leaves), Tree.node(leaves, 2)),
            "the node is in the tree"
        );
        vm.expectRevert(_unknown(opening));
        vm.prank(vehicle.account);
        sessions.start(opening, short);

        vm.prank(vehicle.account);
        sessions.start(opening, full);
    }

    function test_AU4_Tree_NothingOpensOnAnEmptyList() external {
        vm.warp(terms.biddingEnds);
        _post(auctionId, new bytes32[](0));
        Opening memory opening = _opening(auctionId, vehicle, pile);

        vm.expectRevert(_unknown(opening));
        vm.prank(vehicle.account);
        sessions.start(opening, new bytes32[](0));
    }

    /* GAS */

    function test_Gas_PostDecisions_Hundred() external {
        vm.assertLt(_gasOfPosting(100), 300_000, "100 decisions");
    }

    /// @dev 2^24 is the most that a transaction may use under EIP-7825.
    function test_Gas_PostDecisions_Thousand() external {
        vm.assertLt(_gasOfPosting(1_000), 1 << 24, "1,000 decisions");
    }

    /* HELPERS */

    /// @dev The library takes calldata: called from outside.
    function root(bytes32[] calldata leaves) external pure returns (bytes32) {
        return DecisionTree.root(leaves);
    }

    function _leaves(uint256 count) private pure returns (bytes32[] memory leaves) {
        leaves = new bytes32[](count);
        for (uint256 k = 0; k < count; ++k) leaves[k] = keccak256(abi.encode("leaf", k));
    }

    function _proveAll(bytes32[] memory leaves) private view {
        bytes32 top = this.root(leaves);
        vm.assertEq(top, Tree.root(leaves), "root");
        for (uint256 k = 0; k < leaves.length; ++k) {
            vm.assertTrue(MerkleProof.verify(Tree.proof(leaves, k), top, leaves[k]), "proof");
        }
    }

    /// @dev Execution, calldata and the transaction itself.
    function _gasOfPosting(uint256 count) private returns (uint256) {
        vm.warp(terms.biddingEnds);
        bytes memory signature = _signedFinal(secondServer, auctionId, 1, _leaves(count));
        bytes memory call = abi.encodeCall(
            IPricingAuction.postDecisions,
            (auctionId, 1, _leaves(count), PARTICIPANTS, signature)
        );

        vm.prank(matcher.account);
        uint256 before = gasleft();
        (bool success, ) = address(auctions).call(call);
        uint256 used = before - gasleft();

        vm.assertTrue(success, "posted");
        return used + 21_000 + 16 * call.length;
    }

    function _notServer(Actor memory caller) private view returns (bytes memory) {
        return
            abi.encodeWithSelector(
                IPricingAuction.AuctionNotServer.selector,
                auctionId,
                caller.account
            );
    }

    function _unknown(Opening memory opening) private view returns (bytes memory) {
        return
            abi.encodeWithSelector(
                IPricingAuction.AuctionUnknownDecision.selector,
                auctionId,
                _decision(opening, pile.account)
            );
    }

    function _refuses(Actor memory caller, bytes memory reason) private {
        vm.expectRevert(reason);
        vm.prank(caller.account);
        auctions.postDecisions(auctionId, 1, _leaves(2), PARTICIPANTS, "");
    }

    /// @dev Posted by the matcher.
    function _refusesSignature(
        bytes32[] memory decisions,
        bytes32 participantsRoot,
        bytes memory signature
    ) private {
        vm.expectRevert(
            abi.encodeWithSelector(
                IPricingAuction.AuctionBadSignature.selector,
                auctionId,
                secondServer.account
            )
        );
        vm.prank(matcher.account);
        auctions.postDecisions(auctionId, 1, decisions, participantsRoot, signature);
    }
}
