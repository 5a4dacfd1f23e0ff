// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

import {BaseAuction} from "./BaseAuction.sol";
import {IIdentityRegistry} from "./interfaces/IIdentityRegistry.sol";
import {IOpenAuction} from "./interfaces/IOpenAuction.sol";
import {IReputation} from "./interfaces/IReputation.sol";
import {IStakes} from "./interfaces/IStakes.sol";
import {MarketHashes} from "./libraries/MarketHashes.sol";
import {OpenScore} from "./libraries/OpenScore.sol";
import {Signatures} from "./libraries/Signatures.sol";
import {
    AuctionId,
    Match,
    OpenAuctionState,
    OpenTerms,
    ParticipantKind,
    Phase,
    ScoreRule,
    SessionId
} from "./types/MarketTypes.sol";

/// @dev The prose is in {IOpenAuction}; here stand only the reasons.
///
/// Bidding ends `quietSeconds` after the last bid, and at `hardEnds` at the latest: every bid sets
/// `biddingEnds` to min(now + quietSeconds, hardEnds). Since each bid lowers the effective price by
/// `minDecrement` at least, there are at most 1 + ⌈(e_first − e_min) / minDecrement⌉ of them
/// (OA-3): from 230 down to −170 in steps of 10, 41.
contract OpenAuction is IOpenAuction, BaseAuction, EIP712 {
    using OpenScore for ScoreRule;

    bytes32 private constant INVITATION_TYPEHASH = keccak256(
        "Invitation(bytes32 auctionId,address pile,uint32 distanceM)"
    );

    mapping(AuctionId auctionId => OpenAuctionState) private _auctions;
    mapping(AuctionId auctionId => mapping(address pile => uint32)) private _powers;

    constructor(
        IIdentityRegistry identities_,
        IStakes escrow_,
        IReputation reputation_,
        address sessions_
    )
        BaseAuction(identities_, escrow_, reputation_, sessions_)
        EIP712("ChargeVeil OpenAuction", "1")
    {}

    /* AUCTION */

    /// @inheritdoc IOpenAuction
    function open(OpenTerms calldata terms) external override returns (AuctionId auctionId) {
        auctionId = MarketHashes.openAuctionId(msg.sender, terms);

        identities.requireSlot(msg.sender, terms.slotStart, terms.slotEnd);
        uint128 deposit = terms.vehicleDeposit * reputation.depositFactor(msg.sender);
        _checkTerms(terms);
        OpenAuctionState storage auction = _auctions[auctionId];
        if (auction.vehicle != address(0)) revert OpenExists(auctionId);

        auction.vehicle = msg.sender;
        auction.biddingEnds = terms.biddingEnds;
        auction.hardEnds = terms.biddingEnds;
        auction.quietSeconds = terms.quietSeconds;
        auction.rule = terms.rule;
        auction.bidBond = terms.bidBond;
        auction.vehicleDeposit = deposit;
        auction.slotStart = terms.slotStart;
        auction.slotEnd = terms.slotEnd;
        auction.openingEnds = terms.openingEnds;

        emit AuctionOpened(auctionId, msg.sender, terms);

        escrow.lock(msg.sender, deposit);
    }

    /// @inheritdoc IOpenAuction
    function bid(
        AuctionId auctionId,
        uint64 pricePerKwh,
        uint32 powerW,
        uint32 distanceM,
        bytes calldata invitation
    ) external override {
        OpenAuctionState storage auction = _auctions[auctionId];

        _checkPhase(auctionId, auction, Phase.Bidding);
        identities.requireStanding(msg.sender, ParticipantKind.Pile);
        _checkInvited(auctionId, auction.vehicle, distanceM, invitation);
        _checkPower(auctionId, powerW);
        int96 effectiveUp = _effectivePrice(auctionId, msg.sender, pricePerKwh, powerW, distanceM);
        address leader = auction.leader;
        if (leader != address(0)) _checkLower(auctionId, auction, effectiveUp);

        uint40 quietEnds = uint40(block.timestamp) + auction.quietSeconds;
        uint40 biddingEnds = uint40(Math.min(quietEnds, auction.hardEnds));
        uint32 bidNumber = auction.bidCount + 1;
        auction.biddingEnds = biddingEnds;
        auction.leader = msg.sender;
        auction.pricePerKwh = pricePerKwh;
        auction.powerW = powerW;
        auction.effectivePriceUp = effectiveUp;
        auction.bidCount = bidNumber;
        _powers[auctionId][msg.sender] = powerW;

        emit BidPlaced(
            auctionId,
            msg.sender,
            bidNumber,
            pricePerKwh,
            powerW,
            effectiveUp,
            biddingEnds
        );

        // The bond of the leader stays; of two piles, one is locked before the other is free, so
        // that a pile that cannot lock does not lead.
        if (leader == msg.sender) return;
        escrow.lock(msg.sender, auction.bidBond);
        if (leader != address(0)) escrow.unlock(leader, auction.bidBond);
    }

    /// @inheritdoc IOpenAuction
    function openDecision(AuctionId auctionId) external override returns (Match memory made) {
        OpenAuctionState storage auction = _auctions[auctionId];

        if (msg.sender != sessions) revert OpenNotSession(msg.sender);
        _checkPhase(auctionId, auction, Phase.Opening);
        // Asked again: what the leader is certified for can have changed since it bid.
        uint32 ratedW = identities.requireParties(auction.vehicle, auction.leader);
        uint32 powerW = auction.powerW;
        if (powerW > ratedW) revert OpenPowerOutOfRange(auctionId, powerW, 1, ratedW);

        made = Match({
            sessionId: _decision(auctionId, auction),
            vehicle: auction.vehicle,
            pile: auction.leader,
            pricePerKwh: auction.pricePerKwh,
            powerW: powerW,
            deposit: auction.vehicleDeposit,
            bond: auction.bidBond,
            slotStart: auction.slotStart,
            slotEnd: auction.slotEnd
        });
        auction.ended = true;

        emit DecisionOpened(auctionId, made.sessionId, made.vehicle, made.pile);
    }

    /// @inheritdoc IOpenAuction
    function release(AuctionId auctionId) external override {
        OpenAuctionState storage auction = _auctions[auctionId];
        (address vehicle, address leader) = (auction.vehicle, auction.leader);

        if (auction.ended) revert OpenEnded(auctionId);
        Phase phase = _phase(auction);
        bool isRefused = phase == Phase.Opening && msg.sender == vehicle;
        if (phase != Phase.Closed && !isRefused) {
            revert OpenWrongPhase(auctionId, Phase.Closed, phase);
        }

        auction.ended = true;

        emit StakesReleased(auctionId, vehicle, leader);

        escrow.unlock(vehicle, auction.vehicleDeposit);
        if (leader != address(0)) escrow.unlock(leader, auction.bidBond);
    }

    /* VIEWS */

    /// @inheritdoc IOpenAuction
    function auctionOf(
        AuctionId auctionId
    ) external view override returns (OpenAuctionState memory) {
        return _auctions[auctionId];
    }

    /// @inheritdoc IOpenAuction
    function phaseOf(AuctionId auctionId) external view override returns (Phase) {
        return _phase(_auctions[auctionId]);
    }

    /// @inheritdoc IOpenAuction
    function powerOf(AuctionId auctionId, address pile) external view override returns (uint32) {
        return _powers[auctionId][pile];
    }

    /// @inheritdoc IOpenAuction
    function effectivePriceOf(
        AuctionId auctionId,
        address pile,
        uint64 pricePerKwh,
        uint32 powerW,
        uint32 distanceM
    ) external view override returns (int96) {
        return _effectivePrice(auctionId, pile, pricePerKwh, powerW, distanceM);
    }

    /// @inheritdoc IOpenAuction
    function auctionIdOf(
        address vehicle,
        OpenTerms calldata terms
    ) external view override returns (AuctionId) {
        return MarketHashes.openAuctionId(vehicle, terms);
    }

    /// @inheritdoc IOpenAuction
    function decisionOf(AuctionId auctionId) external view override returns (SessionId) {
        return _decision(auctionId, _auctions[auctionId]);
    }

    /* INTERNAL */

    function _checkPhase(
        AuctionId auctionId,
        OpenAuctionState storage auction,
        Phase expected
    ) private view {
        Phase actual = _phase(auction);
        if (actual != expected) revert OpenWrongPhase(auctionId, expected, actual);
    }

    /// @dev Nothing is written when a phase ends: time alone says which it is (OA-1).
    function _phase(OpenAuctionState storage auction) private view returns (Phase) {
        if (auction.vehicle == address(0)) return Phase.None;
        if (block.timestamp < auction.biddingEnds) return Phase.Bidding;
        bool canStart =
            auction.leader != address(0) && !auction.ended && block.timestamp < auction.openingEnds;
        return canStart ? Phase.Opening : Phase.Closed;
    }

    function _checkTerms(OpenTerms calldata terms) private view {
        bool ordered =
            block.timestamp < terms.biddingEnds &&
                terms.biddingEnds < terms.openingEnds &&
                terms.openingEnds <= terms.slotStart &&
                terms.slotStart < terms.slotEnd &&
                terms.slotEnd <= block.timestamp + MAX_AUCTION_SECONDS &&
                terms.quietSeconds != 0;

        if (!ordered) revert OpenBadTimes(terms, block.timestamp);
        if (!OpenScore.isSound(terms.rule)) revert OpenBadRule(terms.rule);
        if (terms.bidBond == 0 || terms.vehicleDeposit == 0) {
            revert OpenZeroStake(terms.bidBond, terms.vehicleDeposit);
        }
    }

    /// @dev No nonce and no deadline: it is for one auction, which has both in its id.
    function _checkInvited(
        AuctionId auctionId,
        address vehicle,
        uint32 distanceM,
        bytes calldata invitation
    ) private view {
        bytes32 digest = _hashTypedDataV4(
            keccak256(abi.encode(INVITATION_TYPEHASH, auctionId, msg.sender, distanceM))
        );
        if (!Signatures.isBy(vehicle, digest, invitation)) {
            revert OpenNotInvited(auctionId, msg.sender, distanceM);
        }
    }

    /// @dev A pile may only promise more than before: otherwise it could lead with much power and
    /// take it back when the others have gone. What was certified is read only if it does promise
    /// more.
    function _checkPower(AuctionId auctionId, uint32 powerW) private view {
        uint32 before = _powers[auctionId][msg.sender];
        if (powerW == before && powerW != 0) return;

        uint32 ratedW = identities.participantOf(msg.sender).ratedPowerW;
        uint32 leastW = before == 0 ? 1 : before;
        if (powerW < leastW || powerW > ratedW) {
            revert OpenPowerOutOfRange(auctionId, powerW, leastW, ratedW);
        }
    }

    function _effectivePrice(
        AuctionId auctionId,
        address pile,
        uint64 pricePerKwh,
        uint32 powerW,
        uint32 distanceM
    ) private view returns (int96) {
        ScoreRule memory rule = _auctions[auctionId].rule;
        if (distanceM > rule.maxDistanceM) {
            revert OpenTooFar(auctionId, distanceM, rule.maxDistanceM);
        }
        if (pricePerKwh > rule.maxPricePerKwh) {
            revert OpenTooDear(auctionId, pricePerKwh, rule.maxPricePerKwh);
        }

        (uint128 ratingWad, ) = reputation.pileRatingOf(pile);
        return rule.effectivePriceUp(pricePerKwh, powerW, ratingWad, distanceM);
    }

    /// @dev The difference does not overflow: effective prices are below 2^78 in size, and 96 bits
    /// hold 2^95.
    function _checkLower(
        AuctionId auctionId,
        OpenAuctionState storage auction,
        int96 effectiveUp
    ) private view {
        int96 leadingUp = auction.effectivePriceUp;
        if (effectiveUp > leadingUp - int96(uint96(auction.rule.minDecrement))) {
            revert OpenNotLower(auctionId, effectiveUp, leadingUp);
        }
    }

    /// @dev r is zero: an open auction has nothing to hide.
    function _decision(
        AuctionId auctionId,
        OpenAuctionState storage auction
    ) private view returns (SessionId) {
        (address vehicle, address leader) = (auction.vehicle, auction.leader);
        bytes32 committedBid = MarketHashes.openBid(
            auctionId,
            auction.bidCount,
            leader,
            auction.pricePerKwh,
            auction.powerW
        );
        return
            MarketHashes.decision(
                auctionId,
                identities.idOf(vehicle),
                identities.idOf(leader),
                committedBid,
                bytes32(0)
            );
    }
}
