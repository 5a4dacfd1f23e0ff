// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ElectionId, ElectionTerms} from "../../../contracts/types/CouponTypes.sol";
import {
    AuctionId,
    AuctionTerms,
    Certificate,
    Offer,
    Opening,
    OpenTerms,
    ParticipantId,
    Reading,
    Ruling,
    SessionAuthorisation,
    SessionId
} from "../../../contracts/types/MarketTypes.sol";
import {MeterKeyId} from "../../../contracts/ocmf/OcmfTypes.sol";
import {BeginReading, MeterCertificate} from "../../../contracts/types/MeterTypes.sol";

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
            keccak256("ChargeVeil.Auction.v2"),
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
                        abi.encode(
                            terms.areaHash,
                            terms.roundKeyHash,
                            terms.scope,
                            terms.secondServer
                        ),
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
        bytes32 uploadHash
    ) internal view returns (bytes32) {
        bytes32 typeHash = keccak256("ChargeVeil.Request.v1");
        return
            keccak256(abi.encode(typeHash, block.chainid, auctions, auction, vehicle, uploadHash));
    }

    function offerHash(Offer memory offer) internal pure returns (bytes32) {
        return keccak256(abi.encode(offer.pricePerKwh, offer.powerW, offer.salt));
    }

    function bid(
        address auctions,
        AuctionId auction,
        uint8 round,
        address bidder,
        Offer memory offer,
        bytes32 uploadHash
    ) internal view returns (bytes32) {
        bytes32 typeHash = keccak256("ChargeVeil.Bid.v2");
        return
            keccak256(
                abi.encode(
                    typeHash,
                    block.chainid,
                    auctions,
                    auction,
                    round,
                    bidder,
                    offerHash(offer),
                    uploadHash
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

    function invitationDigest(
        address auctions,
        AuctionId auction,
        address pile,
        uint32 distanceM
    ) internal view returns (bytes32) {
        bytes32 typeHash = keccak256("Invitation(bytes32 auctionId,address pile,uint32 distanceM)");
        bytes32 structHash = keccak256(abi.encode(typeHash, auction, pile, distanceM));
        return _typed("ChargeVeil OpenAuction", auctions, structHash);
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

    function certificateDigest(
        address identities,
        Certificate memory certificate
    ) internal view returns (bytes32) {
        bytes32 typeHash = keccak256(
            "Certificate(address account,bytes32 participantId,uint8 kind,uint8 pileKind,uint32 ratedPowerW,bytes32 premises,uint40 validUntil,uint40 relayBy,uint256 serial)"
        );
        bytes32 structHash = keccak256(
            abi.encode(
                typeHash,
                certificate.account,
                certificate.participantId,
                certificate.kind,
                certificate.pileKind,
                certificate.ratedPowerW,
                certificate.premises,
                certificate.validUntil,
                certificate.relayBy,
                certificate.serial
            )
        );
        return _typed("ChargeVeil IdentityRegistry", identities, structHash);
    }

    function authorisationDigest(
        address identities,
        SessionAuthorisation memory authorisation
    ) internal view returns (bytes32) {
        bytes32 typeHash = keccak256(
            "SessionAuthorisation(address account,uint8 role,bytes32 place,uint40 slotStart,uint40 slotEnd,bytes32 nym,bytes32 stationId,uint64 maxEnergyWh)"
        );
        bytes32 structHash = keccak256(
            abi.encode(
                typeHash,
                authorisation.account,
                authorisation.role,
                authorisation.place,
                authorisation.slotStart,
                authorisation.slotEnd,
                authorisation.nym,
                authorisation.stationId,
                authorisation.maxEnergyWh
            )
        );
        return _typed("ChargeVeil IdentityRegistry", identities, structHash);
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

    function traceApprovalDigest(
        address identities,
        bytes32 caseId,
        bytes32 presentationHash
    ) internal view returns (bytes32) {
        bytes32 typeHash = keccak256("TraceApproval(bytes32 caseId,bytes32 presentationHash)");
        bytes32 structHash = keccak256(abi.encode(typeHash, caseId, presentationHash));
        return _typed("ChargeVeil IdentityRegistry", identities, structHash);
    }

    function serveDigest(address auctions, AuctionId auction) internal view returns (bytes32) {
        bytes32 typeHash = keccak256("ServeAuction(bytes32 auctionId)");
        bytes32 structHash = keccak256(abi.encode(typeHash, auction));
        return _typed("ChargeVeil PricingAuction", auctions, structHash);
    }

    function roundDigest(
        address auctions,
        AuctionId auction,
        uint8 round,
        uint64 referencePricePerKwh,
        bytes32 transcriptRoot,
        bytes32 participantsRoot
    ) internal view returns (bytes32) {
        bytes32 typeHash = keccak256(
            "RoundOutcome(bytes32 auctionId,uint8 round,uint64 referencePricePerKwh,bytes32 transcriptRoot,bytes32 participantsRoot)"
        );
        bytes memory head = abi.encode(typeHash, auction, round, referencePricePerKwh);
        bytes32 structHash = keccak256(bytes.concat(head, transcriptRoot, participantsRoot));
        return _typed("ChargeVeil PricingAuction", auctions, structHash);
    }

    function finalDigest(
        address auctions,
        AuctionId auction,
        uint8 round,
        bytes32 decisionsRoot,
        bytes32 participantsRoot
    ) internal view returns (bytes32) {
        bytes32 typeHash = keccak256(
            "FinalOutcome(bytes32 auctionId,uint8 round,bytes32 decisionsRoot,bytes32 participantsRoot)"
        );
        bytes32 structHash = keccak256(
            abi.encode(typeHash, auction, round, decisionsRoot, participantsRoot)
        );
        return _typed("ChargeVeil PricingAuction", auctions, structHash);
    }

    function notSelectedDigest(
        address auctions,
        AuctionId auction,
        address[] memory vehicles,
        address[] memory piles,
        uint40 deadline
    ) internal view returns (bytes32) {
        bytes32 typeHash = keccak256(
            "NotSelected(bytes32 auctionId,address[] vehicles,address[] piles,uint40 deadline)"
        );
        bytes32 structHash = keccak256(
            abi.encode(typeHash, auction, _listHash(vehicles), _listHash(piles), deadline)
        );
        return _typed("ChargeVeil PricingAuction", auctions, structHash);
    }

    function readingDigest(
        address sessions,
        Reading memory reading
    ) internal view returns (bytes32) {
        bytes32 typeHash = keccak256(
            "Reading(bytes32 sessionId,uint64 beginWh,uint64 endWh,uint40 deadline)"
        );
        bytes32 structHash = keccak256(
            abi.encode(
                typeHash,
                reading.sessionId,
                reading.beginWh,
                reading.endWh,
                reading.deadline
            )
        );
        return _typed("ChargeVeil ChargingSession", sessions, structHash);
    }

    function beginDigest(
        address sessions,
        BeginReading memory begin
    ) internal view returns (bytes32) {
        bytes32 typeHash = keccak256(
            "BeginReading(bytes32 sessionId,bytes32 meterKeyId,uint64 pagination,uint64 registerMilliWh)"
        );
        bytes32 structHash = keccak256(
            abi.encode(
                typeHash,
                begin.sessionId,
                begin.meterKeyId,
                begin.pagination,
                begin.registerMilliWh
            )
        );
        return _typed("ChargeVeil ChargingSession", sessions, structHash);
    }

    /// @dev Of a call that somebody relays to `sessions`.
    function callDigest(
        address sessions,
        address from,
        bytes memory data,
        uint256 nonce,
        uint40 deadline
    ) internal view returns (bytes32) {
        bytes32 structHash = _call(from, data, nonce, deadline);
        return _typed("ChargeVeil ChargingSession", sessions, structHash);
    }

    function identityCallDigest(
        address identities,
        address from,
        bytes memory data,
        uint256 nonce,
        uint40 deadline
    ) internal view returns (bytes32) {
        bytes32 structHash = _call(from, data, nonce, deadline);
        return _typed("ChargeVeil IdentityRegistry", identities, structHash);
    }

    function revocationDigest(
        address meters,
        MeterKeyId keyId,
        uint40 deadline
    ) internal view returns (bytes32) {
        bytes32 typeHash = keccak256("Revocation(bytes32 keyId,uint40 deadline)");
        bytes32 structHash = keccak256(abi.encode(typeHash, keyId, deadline));
        return _typed("ChargeVeil MeterRegistry", meters, structHash);
    }

    function rulingDigest(address sessions, Ruling memory ruling) internal view returns (bytes32) {
        bytes32 typeHash = keccak256("Ruling(bytes32 sessionId,uint128 amount)");
        bytes32 structHash = keccak256(abi.encode(typeHash, ruling.sessionId, ruling.amount));
        return _typed("ChargeVeil ChargingSession", sessions, structHash);
    }

    function meterCertificateDigest(
        address meters,
        MeterCertificate memory certificate
    ) internal view returns (bytes32) {
        bytes memory head = abi.encode(
            keccak256(
                "MeterCertificate(bytes32 participantId,uint8 curve,bytes32 x,bytes32 y,uint32 ratedPowerW,uint64 lastPagination,uint40 validFrom,uint40 validUntil,uint40 relayBy,uint32 issue)"
            ),
            certificate.participantId,
            certificate.curve,
            certificate.x,
            certificate.y
        );
        bytes memory rest = abi.encode(
            certificate.ratedPowerW,
            certificate.lastPagination,
            certificate.validFrom,
            certificate.validUntil,
            certificate.relayBy,
            certificate.issue
        );
        bytes32 structHash = keccak256(bytes.concat(head, rest));
        return _typed("ChargeVeil MeterRegistry", meters, structHash);
    }

    function permitDigest(
        bytes32 domainSeparator,
        address owner,
        address spender,
        uint256 amount,
        uint256 nonce,
        uint256 deadline
    ) internal pure returns (bytes32) {
        bytes32 typeHash = keccak256(
            "Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)"
        );
        bytes32 structHash = keccak256(
            abi.encode(typeHash, owner, spender, amount, nonce, deadline)
        );
        return keccak256(abi.encodePacked(hex"1901", domainSeparator, structHash));
    }

    /// @dev EIP-712: an address in an array takes a full word.
    function _listHash(address[] memory accounts) private pure returns (bytes32) {
        bytes memory words;
        for (uint256 i = 0; i < accounts.length; ++i) {
            words = bytes.concat(words, abi.encode(accounts[i]));
        }
        return keccak256(words);
    }

    function _call(
        address from,
        bytes memory data,
        uint256 nonce,
        uint40 deadline
    ) private pure returns (bytes32) {
        bytes32 typeHash = keccak256("Call(address from,bytes data,uint256 nonce,uint40 deadline)");
        return keccak256(abi.encode(typeHash, from, keccak256(data), nonce, deadline));
    }

    function _typed(
        string memory name,
        address verifier,
        bytes32 structHash
    ) private view returns (bytes32) {
        bytes32 separator = keccak256(
            abi.encode(
                keccak256(
                    "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"
                ),
                keccak256(bytes(name)),
                keccak256("1"),
                block.chainid,
                verifier
            )
        );
        return keccak256(abi.encodePacked(hex"1901", separator, structHash));
    }
}

/// @title The decision tree of contracts/README.md, by recursion
library Tree {
    function root(bytes32[] memory leaves) internal pure returns (bytes32) {
        return leaves.length == 0 ? bytes32(0) : node(leaves, 0);
    }

    function node(bytes32[] memory leaves, uint256 i) internal pure returns (bytes32) {
        uint256 count = leaves.length;
        if (i >= count - 1) return leaves[2 * count - 2 - i];

        (bytes32 left, bytes32 right) = (node(leaves, 2 * i + 1), node(leaves, 2 * i + 2));
        return
            left < right
                ? keccak256(bytes.concat(left, right))
                : keccak256(bytes.concat(right, left));
    }

    function proof(
        bytes32[] memory leaves,
        uint256 k
    ) internal pure returns (bytes32[] memory siblings) {
        uint256 depth = 0;
        uint256 start = 2 * leaves.length - 2 - k;
        for (uint256 i = start; i > 0; i = (i - 1) / 2) ++depth;

        siblings = new bytes32[](depth);
        uint256 step = 0;
        for (uint256 i = start; i > 0; i = (i - 1) / 2) {
            siblings[step++] = node(leaves, i % 2 == 1 ? i + 1 : i - 1);
        }
    }
}
