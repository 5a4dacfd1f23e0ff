// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {
    AuctionId,
    OpenAuctionState,
    OpenTerms,
    ParticipantKind,
    ScoreRule
} from "../../contracts/types/MarketTypes.sol";
import {OpenWorld} from "../support/contracts/OpenWorld.sol";
import {Actor} from "../support/contracts/Base.sol";

/// @title Best responses in an open auction end where they should
contract OpenBestResponsesTest is OpenWorld {
    AuctionId private auctionId;

    /// @dev A = 0, 10, 50 and costs 80, 100, 120, all from 200: the third wins at 130, whatever the
    /// decrement.
    function test_OA3_BestResponses_DecrementOfOne() external {
        _playVector(1, 81, 101);
    }

    function test_OA3_BestResponses_DecrementOfFive() external {
        _playVector(5, 85, 105);
    }

    function test_OA3_BestResponses_Symmetric() external {
        (Actor[3] memory actors, uint32[3] memory distances) = _threePiles();
        distances[1] = 1_000;
        auctionId = _vectorAuction(1);
        uint64[3] memory prices = _compete(actors, distances, [uint64(80), 80, type(uint64).max]);
        vm.assertEq(prices[0], 80, "one at cost");
        vm.assertEq(prices[1], 81, "the other a unit above");
    }

    /* HELPERS */

    function _playVector(uint64 decrement, uint64 firstLast, uint64 secondLast) private {
        (Actor[3] memory actors, uint32[3] memory distances) = _threePiles();
        auctionId = _vectorAuction(decrement);
        uint64[3] memory prices = _compete(actors, distances, [uint64(80), 100, 120]);

        OpenAuctionState memory auction = openAuctions.auctionOf(auctionId);
        vm.assertEq(auction.leader, actors[2].account, "winner");
        vm.assertEq(auction.pricePerKwh, 130, "price");
        vm.assertEq(auction.effectivePriceUp, int256(80), "second-lowest effective cost");
        vm.assertEq(prices[0], firstLast, "last bid of the first");
        vm.assertEq(prices[1], secondLast, "last bid of the second");
        // The first bid stood at e = 200, and nobody can go below −50.
        vm.assertLe(auction.bidCount, 1 + (250 + decrement - 1) / decrement, "bound");
    }

    function _threePiles() private returns (Actor[3] memory actors, uint32[3] memory distances) {
        Actor memory third = _actor(0xC93);
        _enrol(third, ParticipantKind.Pile);
        _fund(third.account, FUNDS);
        actors = [pile, otherPile, third];
        distances = [uint32(1_000), 950, 750];
    }

    /// @dev 200 / 5,000 units a basis point: 5,000 · (1 − d / 1,000) points are 0, 10 and 50 units.
    function _vectorAuction(uint64 decrement) private returns (AuctionId) {
        OpenTerms memory vector = _openTerms();
        vector.rule = ScoreRule({
            maxPricePerKwh: 200,
            minDecrement: decrement,
            priceBps: 5_000,
            powerBps: 0,
            qualityBps: 0,
            distanceBps: 5_000,
            referencePowerW: 1,
            maxDistanceM: 1_000
        });
        vector.nonce = keccak256("vector");
        return _call(vector);
    }

    /// @dev All start at 200; then, in turn, whoever does not lead goes lower by the decrement if
    /// that covers its cost.
    function _compete(
        Actor[3] memory actors,
        uint32[3] memory distances,
        uint64[3] memory costs
    ) private returns (uint64[3] memory prices) {
        for (uint256 i = 0; i < 3; ++i) {
            if (costs[i] > 200) continue;
            int96 e = _effective(actors[i], 200, distances[i]);
            OpenAuctionState memory auction = openAuctions.auctionOf(auctionId);
            prices[i] = 200;
            bool leads =
                auction.leader == address(0) ||
                    e <= auction.effectivePriceUp - int96(uint96(auction.rule.minDecrement));
            if (leads) _offerAt(auctionId, actors[i], 200, 1, distances[i]);
        }
        uint256 idle = 0;
        for (uint256 i = 0; idle < 3; i = (i + 1) % 3) {
            bool moved = _respond(actors[i], distances[i], costs[i], prices, i);
            idle = moved ? 0 : idle + 1;
        }
    }

    function _respond(
        Actor memory actor,
        uint32 distanceM,
        uint64 cost,
        uint64[3] memory prices,
        uint256 i
    ) private returns (bool) {
        OpenAuctionState memory auction = openAuctions.auctionOf(auctionId);
        if (auction.leader == actor.account) return false;

        int256 advantage = 200 - int256(_effective(actor, 200, distanceM));
        int256 target =
            int256(auction.effectivePriceUp) -
                int256(uint256(auction.rule.minDecrement)) +
                advantage;
        if (target > 200) target = 200;
        if (target < int256(uint256(cost))) return false;
        prices[i] = uint64(uint256(target));
        _offerAt(auctionId, actor, prices[i], 1, distanceM);
        return true;
    }

    function _effective(
        Actor memory actor,
        uint64 price,
        uint32 distanceM
    ) private view returns (int96) {
        return openAuctions.effectivePriceOf(auctionId, actor.account, price, 1, distanceM);
    }
}
