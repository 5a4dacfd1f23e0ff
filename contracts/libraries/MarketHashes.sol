// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {
    AuctionId,
    AuctionTerms,
    Offer,
    OpenTerms,
    ParticipantId,
    SessionId
} from "../types/MarketTypes.sol";

/// @title Every hash that the market commits to
/// @dev Each begins with a type hash, so that no preimage of one kind is one of another. Those of
/// an auction hold chain and contract, so that nothing signed or committed for one deployment
/// counts in another; a decision has both through its auction. All fields are of fixed length: two
/// different lists never have the same encoding.
///
/// Preimages are specified in contracts/README.md and mirrored in offchain/core/messages.
library MarketHashes {
    bytes32 internal constant AUCTION_TYPEHASH = keccak256("ChargeVeil.Auction.v2");
    bytes32 internal constant REQUEST_TYPEHASH = keccak256("ChargeVeil.Request.v1");
    bytes32 internal constant BID_TYPEHASH = keccak256("ChargeVeil.Bid.v2");
    bytes32 internal constant DECISION_TYPEHASH = keccak256("ChargeVeil.Decision.v1");
    bytes32 internal constant OPEN_AUCTION_TYPEHASH = keccak256("ChargeVeil.OpenAuction.v1");
    bytes32 internal constant OPEN_BID_TYPEHASH = keccak256("ChargeVeil.OpenBid.v1");
    bytes32 internal constant SCOPE_TYPEHASH = keccak256("ChargeVeil.Scope.v1");
    bytes32 internal constant PSEUDONYM_TYPEHASH = keccak256("ChargeVeil.Pseudonym.v1");

    /// @dev Must be called by the auction contract: its address is part of the preimage.
    function auctionId(
        address matcher,
        AuctionTerms calldata terms
    ) internal view returns (AuctionId) {
        return
            AuctionId.wrap(
                keccak256(
                    abi.encode(AUCTION_TYPEHASH, block.chainid, address(this), matcher, terms)
                )
            );
    }

    /// @dev Must be called by the auction contract.
    function request(
        AuctionId auction,
        address vehicle,
        bytes32 uploadHash
    ) internal view returns (bytes32) {
        return
            keccak256(
                abi.encode(
                    REQUEST_TYPEHASH,
                    block.chainid,
                    address(this),
                    auction,
                    vehicle,
                    uploadHash
                )
            );
    }

    /// @dev What a pile shows of its offer. Without a type hash: the salt is in it, and what is
    /// stored is the hash of a bid.
    function offer(Offer calldata hidden) internal pure returns (bytes32) {
        return keccak256(abi.encode(hidden.pricePerKwh, hidden.powerW, hidden.salt));
    }

    /// @dev Must be called by the auction contract.
    function bid(
        AuctionId auction,
        uint8 round,
        address bidder,
        bytes32 offerHash,
        bytes32 uploadHash
    ) internal view returns (bytes32) {
        return
            keccak256(
                abi.encode(
                    BID_TYPEHASH,
                    block.chainid,
                    address(this),
                    auction,
                    round,
                    bidder,
                    offerHash,
                    uploadHash
                )
            );
    }

    /// @dev Must be called by the open auction contract.
    function openAuctionId(
        address vehicle,
        OpenTerms calldata terms
    ) internal view returns (AuctionId) {
        return
            AuctionId.wrap(
                keccak256(
                    abi.encode(OPEN_AUCTION_TYPEHASH, block.chainid, address(this), vehicle, terms)
                )
            );
    }

    /// @dev Must be called by the open auction contract.
    function openBid(
        AuctionId auction,
        uint32 bidNumber,
        address bidder,
        uint64 pricePerKwh,
        uint32 powerW
    ) internal view returns (bytes32) {
        return
            keccak256(
                abi.encode(
                    OPEN_BID_TYPEHASH,
                    block.chainid,
                    address(this),
                    auction,
                    bidNumber,
                    bidder,
                    pricePerKwh,
                    powerW
                )
            );
    }

    /// @dev H(EVID, CPID, r) of the paper, bound to auction and bid so that it can be neither
    /// replayed nor re-priced.
    function decision(
        AuctionId auction,
        ParticipantId evId,
        ParticipantId cpId,
        bytes32 bidCommitment,
        bytes32 r
    ) internal pure returns (SessionId) {
        return
            SessionId.wrap(
                keccak256(abi.encode(DECISION_TYPEHASH, auction, evId, cpId, bidCommitment, r))
            );
    }

    /// @dev Where a vehicle has one pseudonym. The station is in it, so that no other can name it.
    function scope(
        ParticipantId stationId,
        bytes32 place,
        uint40 slotStart,
        uint40 slotEnd
    ) internal pure returns (bytes32) {
        return keccak256(abi.encode(SCOPE_TYPEHASH, stationId, place, slotStart, slotEnd));
    }

    /// @dev The id of an authorised account: by its scope, of one station.
    function nymHash(bytes32 inScope, bytes32 nym) internal pure returns (ParticipantId) {
        return ParticipantId.wrap(keccak256(abi.encode(PSEUDONYM_TYPEHASH, inScope, nym)));
    }
}
