// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IPricingAuction} from "../../contracts/interfaces/IPricingAuction.sol";
import {
    AuctionId,
    AuctionTerms,
    ParticipantId,
    ParticipantKind,
    Phase
} from "../../contracts/types/MarketTypes.sol";
import {Deal} from "../support/contracts/DealWorld.sol";
import {StartWorld} from "../support/contracts/StartWorld.sol";

/// @title What a decision commits to, and that it opens once
contract SessionOpeningTest is StartWorld {
    /// @dev AU-4, the corruption matrix: every field of the opening is inside the commitment.
    function test_AU4_Start_EveryFieldIsCommitted() external {
        Deal memory deal = _decided();

        Deal memory bad = _copy(deal);
        bad.opening.offer.pricePerKwh -= 1;
        _refusesUnknown(bad, pile.account);

        bad = _copy(deal);
        bad.opening.offer.pricePerKwh += 1;
        _refusesUnknown(bad, pile.account);

        bad = _copy(deal);
        bad.opening.offer.powerW += 1;
        _refusesUnknown(bad, pile.account);

        bad = _copy(deal);
        bad.opening.offer.salt = ~bad.opening.offer.salt;
        _refusesUnknown(bad, pile.account);

        bad = _copy(deal);
        bad.opening.uploadHash = ~bad.opening.uploadHash;
        _refusesUnknown(bad, pile.account);

        bad = _copy(deal);
        bad.opening.round += 1;
        _refusesUnknown(bad, pile.account);

        bad = _copy(deal);
        bad.opening.r = ~bad.opening.r;
        _refusesUnknown(bad, pile.account);

        bad = _copy(deal);
        bad.opening.evId = otherVehicle.id;
        _refusesUnknown(bad, pile.account);

        bad = _copy(deal);
        bad.opening.cpId = otherPile.id;
        _refusesUnknown(bad, otherPile.account);

        bad = _copy(deal);
        bad.opening.cpId = ParticipantId.wrap(keccak256("nobody"));
        _refusesUnknown(bad, address(0));
    }

    function testFuzz_AU4_Start_AnotherPrice(uint64 price) external {
        Deal memory deal = _decided();
        vm.assume(price != PRICE);
        deal.opening.offer.pricePerKwh = price;
        _refusesUnknown(deal, pile.account);
    }

    function testFuzz_AU4_Start_AnotherProof(bytes32[] memory proof) external {
        Deal memory deal = _decided();
        vm.assume(keccak256(abi.encode(proof)) != keccak256(abi.encode(deal.proof)));
        deal.proof = proof;
        _refusesUnknown(deal, pile.account);
    }

    function test_AU4_Start_Replayed() external {
        Deal memory deal = _opened();
        _refuses(
            deal,
            vehicle,
            abi.encodeWithSelector(
                IPricingAuction.AuctionNoRequest.selector,
                deal.auctionId,
                vehicle.account
            )
        );
    }

    /// @dev Also when the first session has long ended.
    function test_AU4_Start_ReplayedAfterTheEnd() external {
        Deal memory deal = _settled(1_000);
        _refuses(
            deal,
            pile,
            abi.encodeWithSelector(
                IPricingAuction.AuctionNoRequest.selector,
                deal.auctionId,
                vehicle.account
            )
        );
    }

    /// @dev The same leaf is posted in a second auction: the opening names the first, and there it
    /// is spent.
    function test_AU3_Start_DecisionOfAnotherAuction() external {
        AuctionTerms memory terms = _terms();
        terms.nonce = bytes32(uint256(1));
        AuctionId second = _taken(terms);
        Deal memory deal = _opened();

        _post(second, deal.decisions);
        deal.auctionId = second;
        deal.opening.auctionId = second;
        _refusesUnknown(deal, pile.account);
    }

    function test_AU3_Start_DecisionOfAnotherMarket() external {
        Deal memory deal = _decided();
        address first = address(auctions);
        _deploy();
        _enrolServers();
        _enrol(vehicle, ParticipantKind.Vehicle);
        _enrol(pile, ParticipantKind.Pile);
        vm.assertTrue(first != address(auctions), "another market");

        _refuses(deal, vehicle, _wrongPhase(deal.auctionId, Phase.Opening, Phase.None));
    }

    /* HELPERS */

    function _copy(Deal memory from) private pure returns (Deal memory) {
        return abi.decode(abi.encode(from), (Deal));
    }
}
