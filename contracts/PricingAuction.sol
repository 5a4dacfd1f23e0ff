// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {MerkleProof} from "@openzeppelin/contracts/utils/cryptography/MerkleProof.sol";
import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";

import {IEscrow} from "./interfaces/IEscrow.sol";
import {IIdentityRegistry} from "./interfaces/IIdentityRegistry.sol";
import {IPricingAuction} from "./interfaces/IPricingAuction.sol";
import {IReputation} from "./interfaces/IReputation.sol";
import {DecisionTree} from "./libraries/DecisionTree.sol";
import {MarketHashes} from "./libraries/MarketHashes.sol";
import {
    Auction,
    AuctionId,
    AuctionTerms,
    Match,
    Offer,
    Opening,
    ParticipantId,
    ParticipantKind,
    Phase,
    SessionId
} from "./types/MarketTypes.sol";

/// @dev The prose is in {IPricingAuction}; here stand only the reasons.
contract PricingAuction is IPricingAuction, EIP712 {
    using DecisionTree for bytes32[];

    bytes32 private constant NOT_SELECTED_TYPEHASH = keccak256(
        "NotSelected(bytes32 auctionId,address[] vehicles,address[] piles,uint40 deadline)"
    );
    /// @dev The round that a sealed bid is committed in.
    uint32 private constant FIRST_ROUND = 1;

    /// @inheritdoc IPricingAuction
    uint40 public constant override MAX_AUCTION_SECONDS = 31 days;

    address private immutable _deployer;
    IIdentityRegistry private immutable _identities;
    IEscrow private immutable _escrow;
    IReputation private immutable _reputation;

    address private _sessions;
    mapping(AuctionId auctionId => Auction) private _auctions;
    mapping(AuctionId auctionId => mapping(address vehicle => bytes32)) private _requests;
    mapping(AuctionId auctionId => mapping(address pile => bytes32)) private _bids;
    /// @dev Written for vehicles on probation only; the others have locked the auction's `vehicleDeposit`.
    mapping(AuctionId auctionId => mapping(address vehicle => uint128)) private _raisedDeposits;

    constructor(
        IIdentityRegistry identities,
        IEscrow escrow,
        IReputation reputation
    ) EIP712("ChargeVeil PricingAuction", "1") {
        _deployer = msg.sender;
        _identities = identities;
        _escrow = escrow;
        _reputation = reputation;
    }

    /// @inheritdoc IPricingAuction
    function wire(address sessions) external override {
        if (msg.sender != _deployer || _sessions != address(0)) {
            revert AuctionCannotWire(msg.sender);
        }

        _sessions = sessions;

        emit SessionsWired(sessions);
    }

    /* BIDDING */

    /// @inheritdoc IPricingAuction
    function open(AuctionTerms calldata terms) external override returns (AuctionId auctionId) {
        auctionId = MarketHashes.auctionId(msg.sender, terms);

        _checkWired();
        _identities.requireStanding(msg.sender, ParticipantKind.Matcher);
        _checkTerms(terms);
        Auction storage auction = _auctions[auctionId];
        if (auction.matcher != address(0)) revert AuctionExists(auctionId);

        auction.matcher = msg.sender;
        auction.biddingEnds = terms.biddingEnds;
        auction.matchingEnds = terms.matchingEnds;
        auction.openingEnds = terms.openingEnds;
        auction.slotStart = terms.slotStart;
        auction.slotEnd = terms.slotEnd;
        auction.bidBond = terms.bidBond;
        auction.vehicleDeposit = terms.vehicleDeposit;

        emit AuctionOpened(auctionId, msg.sender, terms);
    }

    /// @inheritdoc IPricingAuction
    function request(AuctionId auctionId, bytes32 commitment) external override {
        _requirePhase(auctionId, Phase.Bidding);
        if (commitment == bytes32(0)) revert AuctionZeroCommitment(auctionId);
        _identities.requireStanding(msg.sender, ParticipantKind.Vehicle);
        uint8 factor = _reputation.depositFactor(msg.sender);

        bool isFirst = _requests[auctionId][msg.sender] == bytes32(0);
        _requests[auctionId][msg.sender] = commitment;
        uint128 deposit = isFirst ? _fixDeposit(auctionId, factor) : 0;

        emit RequestCommitted(auctionId, msg.sender, commitment);

        if (isFirst) _escrow.lock(msg.sender, deposit);
    }

    /// @inheritdoc IPricingAuction
    function bid(AuctionId auctionId, bytes32 commitment) external override {
        _requirePhase(auctionId, Phase.Bidding);
        if (commitment == bytes32(0)) revert AuctionZeroCommitment(auctionId);
        _identities.requireStanding(msg.sender, ParticipantKind.Pile);

        bool isFirst = _bids[auctionId][msg.sender] == bytes32(0);
        _bids[auctionId][msg.sender] = commitment;

        emit BidCommitted(auctionId, msg.sender, commitment);

        if (isFirst) _escrow.lock(msg.sender, _auctions[auctionId].bidBond);
    }

    /* DECISIONS */

    /// @inheritdoc IPricingAuction
    function postDecisions(AuctionId auctionId, bytes32[] calldata decisions) external override {
        _requirePhase(auctionId, Phase.Matching);
        Auction storage auction = _auctions[auctionId];
        if (msg.sender != auction.matcher) revert AuctionNotMatcher(auctionId, msg.sender);
        bytes32 root = decisions.root();

        auction.decided = true;
        auction.decisionCount = uint32(decisions.length);
        auction.decisionsRoot = root;

        emit DecisionsPosted(auctionId, root, decisions);
    }

    /// @inheritdoc IPricingAuction
    function openDecision(
        Opening calldata opening,
        bytes32[] calldata proof
    ) external override returns (Match memory made) {
        AuctionId auctionId = opening.auctionId;

        if (msg.sender != _sessions) revert AuctionNotSession(msg.sender);
        _requirePhase(auctionId, Phase.Opening);
        made.vehicle = _identities.accountOf(opening.evId);
        made.pile = _identities.accountOf(opening.cpId);
        bytes32 committedBid = MarketHashes.bid(auctionId, FIRST_ROUND, made.pile, opening.offer);
        made.sessionId = MarketHashes.decision(
            auctionId,
            opening.evId,
            opening.cpId,
            committedBid,
            opening.r
        );
        _checkDecision(auctionId, made, committedBid, proof);

        Auction storage auction = _auctions[auctionId];
        made.deposit = _depositOf(auctionId, made.vehicle);
        made.bond = auction.bidBond;
        made.slotStart = auction.slotStart;
        made.slotEnd = auction.slotEnd;
        delete _requests[auctionId][made.vehicle];
        delete _bids[auctionId][made.pile];

        emit DecisionOpened(auctionId, made.sessionId, made.vehicle, made.pile);
    }

    /* RELEASE */

    /// @inheritdoc IPricingAuction
    function release(
        AuctionId auctionId,
        address[] calldata vehicles,
        address[] calldata piles,
        uint40 deadline,
        bytes calldata signature
    ) external override {
        Phase phase = phaseOf(auctionId);
        if (phase == Phase.None || phase == Phase.Bidding) {
            revert AuctionWrongPhase(auctionId, Phase.Opening, phase);
        }
        if (block.timestamp >= deadline) revert AuctionStaleSignature(deadline, block.timestamp);
        address matcher = _auctions[auctionId].matcher;
        bytes32 digest = _notSelectedDigest(auctionId, vehicles, piles, deadline);
        if (!SignatureChecker.isValidSignatureNow(matcher, digest, signature)) {
            revert AuctionBadSignature(auctionId, matcher);
        }

        _releaseAll(auctionId, vehicles, piles);
    }

    /// @inheritdoc IPricingAuction
    function releaseExpired(
        AuctionId auctionId,
        address[] calldata vehicles,
        address[] calldata piles
    ) external override {
        _requirePhase(auctionId, Phase.Closed);

        _releaseAll(auctionId, vehicles, piles);
    }

    /* VIEWS */

    /// @inheritdoc IPricingAuction
    function phaseOf(AuctionId auctionId) public view override returns (Phase) {
        Auction storage auction = _auctions[auctionId];

        if (auction.matcher == address(0)) return Phase.None;
        if (block.timestamp < auction.biddingEnds) return Phase.Bidding;
        if (!auction.decided) {
            return block.timestamp < auction.matchingEnds ? Phase.Matching : Phase.Closed;
        }
        return block.timestamp < auction.openingEnds ? Phase.Opening : Phase.Closed;
    }

    /// @inheritdoc IPricingAuction
    function auctionOf(AuctionId auctionId) external view override returns (Auction memory) {
        return _auctions[auctionId];
    }

    /// @inheritdoc IPricingAuction
    function requestOf(
        AuctionId auctionId,
        address vehicle
    ) external view override returns (bytes32) {
        return _requests[auctionId][vehicle];
    }

    /// @inheritdoc IPricingAuction
    function depositOf(
        AuctionId auctionId,
        address vehicle
    ) external view override returns (uint128) {
        bool stands = _requests[auctionId][vehicle] != bytes32(0);
        return stands ? _depositOf(auctionId, vehicle) : 0;
    }

    /// @inheritdoc IPricingAuction
    function bidOf(AuctionId auctionId, address pile) external view override returns (bytes32) {
        return _bids[auctionId][pile];
    }

    /// @inheritdoc IPricingAuction
    function auctionIdOf(
        address matcher,
        AuctionTerms calldata terms
    ) external view override returns (AuctionId) {
        return MarketHashes.auctionId(matcher, terms);
    }

    /// @inheritdoc IPricingAuction
    function requestCommitment(
        AuctionId auctionId,
        address vehicle,
        bytes32 encryptedRequestHash
    ) external view override returns (bytes32) {
        return MarketHashes.request(auctionId, vehicle, encryptedRequestHash);
    }

    /// @inheritdoc IPricingAuction
    function bidCommitment(
        AuctionId auctionId,
        address pile,
        Offer calldata offer
    ) external view override returns (bytes32) {
        return MarketHashes.bid(auctionId, FIRST_ROUND, pile, offer);
    }

    /// @inheritdoc IPricingAuction
    function decisionOf(
        AuctionId auctionId,
        ParticipantId evId,
        ParticipantId cpId,
        bytes32 committedBid,
        bytes32 r
    ) external pure override returns (SessionId) {
        return MarketHashes.decision(auctionId, evId, cpId, committedBid, r);
    }

    /* INTERNAL */

    /// @dev What the caller's first request is going to lock, noted where it is not what the auction says.
    function _fixDeposit(AuctionId auctionId, uint8 factor) private returns (uint128 deposit) {
        Auction storage auction = _auctions[auctionId];
        deposit = auction.vehicleDeposit;
        if (factor == 1) return deposit;

        deposit *= factor;
        auction.hasRaisedDeposits = true;
        _raisedDeposits[auctionId][msg.sender] = deposit;

        emit DepositRaised(auctionId, msg.sender, deposit);
    }

    /// @dev What the request of `vehicle` has locked. The flag lies in a slot that every caller has read already: where
    /// nobody is on probation nothing more is read.
    function _depositOf(AuctionId auctionId, address vehicle) private view returns (uint128) {
        Auction storage auction = _auctions[auctionId];
        uint128 raised = auction.hasRaisedDeposits ? _raisedDeposits[auctionId][vehicle] : 0;
        return raised == 0 ? auction.vehicleDeposit : raised;
    }

    function _releaseAll(
        AuctionId auctionId,
        address[] calldata vehicles,
        address[] calldata piles
    ) private {
        for (uint256 i = 0; i < vehicles.length; ++i) {
            uint128 deposit = _depositOf(auctionId, vehicles[i]);
            _releaseOne(_requests[auctionId], auctionId, vehicles[i], deposit);
        }

        uint128 bond = _auctions[auctionId].bidBond;
        for (uint256 i = 0; i < piles.length; ++i) {
            _releaseOne(_bids[auctionId], auctionId, piles[i], bond);
        }
    }

    /// @dev Skips who has nothing locked: a batch must not fail because somebody was released a moment earlier.
    function _releaseOne(
        mapping(address account => bytes32) storage commitments,
        AuctionId auctionId,
        address account,
        uint128 amount
    ) private {
        if (commitments[account] == bytes32(0)) return;

        delete commitments[account];

        emit BondReleased(auctionId, account, amount);

        _escrow.unlock(account, amount);
    }

    function _requirePhase(AuctionId auctionId, Phase expected) private view {
        Phase actual = phaseOf(auctionId);
        if (actual != expected) revert AuctionWrongPhase(auctionId, expected, actual);
    }

    function _checkWired() private view {
        address sessions = _sessions;
        if (!_escrow.isMarket(sessions) || _reputation.sessions() != sessions) {
            revert AuctionNotWired();
        }
    }

    function _checkTerms(AuctionTerms calldata terms) private view {
        bool ordered =
            block.timestamp < terms.biddingEnds &&
                terms.biddingEnds < terms.matchingEnds &&
                terms.matchingEnds < terms.openingEnds &&
                terms.openingEnds <= terms.slotEnd &&
                terms.slotStart < terms.slotEnd &&
                terms.slotEnd <= block.timestamp + MAX_AUCTION_SECONDS;

        if (!ordered) revert AuctionBadTimes(terms, block.timestamp);
        if (terms.bidBond == 0 || terms.vehicleDeposit == 0) {
            revert AuctionZeroStake(terms.bidBond, terms.vehicleDeposit);
        }
    }

    function _checkDecision(
        AuctionId auctionId,
        Match memory made,
        bytes32 committedBid,
        bytes32[] calldata proof
    ) private view {
        bytes32 root = _auctions[auctionId].decisionsRoot;
        if (!MerkleProof.verifyCalldata(proof, root, SessionId.unwrap(made.sessionId))) {
            revert AuctionUnknownDecision(auctionId, made.sessionId);
        }
        if (_requests[auctionId][made.vehicle] == bytes32(0)) {
            revert AuctionNoRequest(auctionId, made.vehicle);
        }
        if (_bids[auctionId][made.pile] != committedBid) {
            revert AuctionNoSuchBid(auctionId, made.pile, committedBid);
        }
    }

    /// @dev No nonce: a bond is released once, and nobody can bid again after Bidding, so a second relay does nothing.
    function _notSelectedDigest(
        AuctionId auctionId,
        address[] calldata vehicles,
        address[] calldata piles,
        uint40 deadline
    ) private view returns (bytes32) {
        return
            _hashTypedDataV4(
                keccak256(
                    abi.encode(
                        NOT_SELECTED_TYPEHASH,
                        auctionId,
                        keccak256(abi.encodePacked(vehicles)),
                        keccak256(abi.encodePacked(piles)),
                        deadline
                    )
                )
            );
    }
}
