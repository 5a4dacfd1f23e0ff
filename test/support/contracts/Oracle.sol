// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ElectionId, ElectionTerms} from "../../../contracts/types/CouponTypes.sol";
import {
    AuctionId,
    AuctionTerms,
    Offer,
    Opening,
    OpenTerms,
    ParticipantId,
    SessionAuthorisation,
    SessionId
} from "../../../contracts/types/MarketTypes.sol";

/// @title The hashes of contracts/README.md, written down a second time
/// @dev Field by field and without the contracts' own libraries, so that a slip on either side
/// shows.
library Oracle {
    function auctionId(
        address auctions,
        address matcher,
        AuctionTerms memory terms
    ) internal view returns (AuctionId) {
        bytes memory head = abi.encode(
            keccak256("ChargeVeil.Auction.v1"),
            block.chainid,
            auctions,
            matcher
        );
        bytes memory times = abi.encode(
            terms.biddingEnds,
            terms.matchingEnds,
            terms.openingEnds,
            terms.slotStart,
            terms.slotEnd
        );
        return
            AuctionId.wrap(
                keccak256(
                    bytes.concat(
                        head,
                        abi.encode(terms.areaHash, terms.roundKeyHash, terms.scope),
                        times,
                        abi.encode(terms.maxRounds, terms.roundSeconds),
                        abi.encode(terms.bidBond, terms.vehicleDeposit, terms.nonce)
                    )
                )
            );
    }

    function request(
        address auctions,
        AuctionId auction,
        address vehicle,
        bytes32 encryptedRequestHash
    ) internal view returns (bytes32) {
        bytes32 typeHash = keccak256("ChargeVeil.Request.v1");
        return
            keccak256(
                abi.encode(
                    typeHash,
                    block.chainid,
                    auctions,
                    auction,
                    vehicle,
                    encryptedRequestHash
                )
            );
    }

    /// @dev Of round 1.
    function bid(
        address auctions,
        AuctionId auction,
        address bidder,
        Offer memory offer
    ) internal view returns (bytes32) {
        return bid(auctions, auction, 1, bidder, offer);
    }

    function bid(
        address auctions,
        AuctionId auction,
        uint8 round,
        address bidder,
        Offer memory offer
    ) internal view returns (bytes32) {
        bytes32 typeHash = keccak256("ChargeVeil.Bid.v1");
        return
            keccak256(
                abi.encode(
                    typeHash,
                    block.chainid,
                    auctions,
                    auction,
                    round,
                    bidder,
                    offer.pricePerKwh,
                    offer.powerW,
                    offer.encryptedOfferHash,
                    offer.salt
                )
            );
    }

    function decision(
        Opening memory opening,
        bytes32 bidCommitment
    ) internal pure returns (SessionId) {
        return decision(opening.auctionId, opening.evId, opening.cpId, bidCommitment, opening.r);
    }

    function decision(
        AuctionId auction,
        ParticipantId evId,
        ParticipantId cpId,
        bytes32 bidCommitment,
        bytes32 r
    ) internal pure returns (SessionId) {
        bytes32 typeHash = keccak256("ChargeVeil.Decision.v1");
        return
            SessionId.wrap(keccak256(abi.encode(typeHash, auction, evId, cpId, bidCommitment, r)));
    }

    function openAuctionId(
        address auctions,
        address vehicle,
        OpenTerms memory terms
    ) internal view returns (AuctionId) {
        bytes memory head = abi.encode(
            keccak256("ChargeVeil.OpenAuction.v1"),
            block.chainid,
            auctions,
            vehicle
        );
        bytes memory rule = abi.encode(
            terms.rule.maxPricePerKwh,
            terms.rule.minDecrement,
            terms.rule.priceBps,
            terms.rule.powerBps,
            terms.rule.qualityBps,
            terms.rule.distanceBps,
            terms.rule.referencePowerW,
            terms.rule.maxDistanceM
        );
        bytes memory times = abi.encode(
            terms.quietSeconds,
            terms.biddingEnds,
            terms.openingEnds,
            terms.slotStart,
            terms.slotEnd
        );
        bytes memory stakes = abi.encode(terms.bidBond, terms.vehicleDeposit, terms.nonce);
        return AuctionId.wrap(keccak256(bytes.concat(head, rule, times, stakes)));
    }

    function openBid(
        address auctions,
        AuctionId auction,
        uint32 bidNumber,
        address bidder,
        uint64 pricePerKwh,
        uint32 powerW
    ) internal view returns (bytes32) {
        bytes32 typeHash = keccak256("ChargeVeil.OpenBid.v1");
        bytes memory head = abi.encode(typeHash, block.chainid, auctions, auction);
        return keccak256(bytes.concat(head, abi.encode(bidNumber, bidder, pricePerKwh, powerW)));
    }

    function election(
        address coupons,
        address sponsor,
        ElectionTerms memory terms
    ) internal view returns (ElectionId) {
        bytes32 typeHash = keccak256("ChargeVeil.Election.v1");
        bytes memory head = abi.encode(typeHash, block.chainid, coupons, sponsor);
        bytes memory range = abi.encode(terms.rule, terms.bar, terms.from, terms.to);
        bytes memory rest = abi.encode(terms.seedBlock, terms.claimEnds, terms.coupon, terms.nonce);
        return ElectionId.wrap(keccak256(bytes.concat(head, range, rest)));
    }

    function ticket(
        ElectionId id,
        bytes32 seed,
        address vehicle,
        uint8 number
    ) internal pure returns (uint256) {
        bytes32 typeHash = keccak256("ChargeVeil.Ticket.v1");
        return uint256(keccak256(abi.encode(typeHash, id, seed, vehicle, uint256(number))));
    }

    function scope(SessionAuthorisation memory authorisation) internal pure returns (bytes32) {
        return
            keccak256(
                abi.encode(
                    keccak256("ChargeVeil.Scope.v1"),
                    authorisation.stationId,
                    authorisation.place,
                    authorisation.slotStart,
                    authorisation.slotEnd
                )
            );
    }

    function nymHash(SessionAuthorisation memory authorisation) internal pure returns (bytes32) {
        return
            keccak256(
                abi.encode(
                    keccak256("ChargeVeil.Pseudonym.v1"),
                    scope(authorisation),
                    authorisation.nym
                )
            );
    }
}
