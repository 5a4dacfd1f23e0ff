// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Arrays} from "@openzeppelin/contracts/utils/Arrays.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {MerkleProof} from "@openzeppelin/contracts/utils/cryptography/MerkleProof.sol";

import {BaseAuction} from "./BaseAuction.sol";
import {SignedCalls} from "./SignedCalls.sol";
import {IIdentityRegistry} from "./interfaces/IIdentityRegistry.sol";
import {IPricingAuction} from "./interfaces/IPricingAuction.sol";
import {IReputation} from "./interfaces/IReputation.sol";
import {IStakes} from "./interfaces/IStakes.sol";
import {DecisionTree} from "./libraries/DecisionTree.sol";
import {MarketHashes} from "./libraries/MarketHashes.sol";
import {Signatures} from "./libraries/Signatures.sol";
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
///
/// An auction in time. Nothing moves it on but time and its two servers together:
///
///     open        biddingEnds      closeRound     roundEnds     postDecisions    openingEnds
///      ├─ Bidding ────┼─ Matching ─────┼─ Bidding ────┼─ Matching ──────┼─ Opening ─────┼─ Closed
///      └── round 1: requests, bids ────┴── round 2: bids ───── … ───────┴── sessions ───┴─ release
///
/// Without decisions by `matchingEnds`, Matching ends in Closed.
///
/// How many rounds there are: with `maxRounds` = 4, `roundSeconds` = 300 and `matchingEnds` 1,000 s
/// after `biddingEnds`, servers that close at once get rounds 2, 3 and 4, which end 300, 600
/// and 900 s after it. If round 3 brings no new bid, round 4 does not come: the auction has
/// converged.
///
/// What is locked: a vehicle's deposit with its first request, a pile's bond with its first bid,
/// each once per auction. It stays until `release`, `releaseExpired` or `openDecision`, whichever
/// finds the commitment first; all three delete it, so that a stake ends once (AU-2).
contract PricingAuction is IPricingAuction, BaseAuction, SignedCalls {
    using DecisionTree for bytes32[];
    using Signatures for address;

    bytes32 private constant SERVE_TYPEHASH = keccak256("ServeAuction(bytes32 auctionId)");
    bytes32 private constant ROUND_TYPEHASH = keccak256(
        "RoundOutcome(bytes32 auctionId,uint8 round,uint64 referencePricePerKwh,bytes32 transcriptRoot,bytes32 participantsRoot)"
    );
    bytes32 private constant FINAL_TYPEHASH = keccak256(
        "FinalOutcome(bytes32 auctionId,uint8 round,bytes32 decisionsRoot,uint24 decisionCount,bytes32 participantsRoot)"
    );
    bytes32 private constant NOT_SELECTED_TYPEHASH = keccak256(
        "NotSelected(bytes32 auctionId,address[] vehicles,address[] piles,uint40 deadline)"
    );

    /// @inheritdoc IPricingAuction
    uint8 public constant override MAX_ROUNDS = 16;

    mapping(AuctionId auctionId => Auction) private _auctions;
    mapping(AuctionId auctionId => mapping(address vehicle => bytes32)) private _requests;
    mapping(AuctionId auctionId => mapping(address pile => bytes32)) private _bids;
    /// @dev Written for vehicles on probation only; the others have locked the auction's
    /// `vehicleDeposit`. Never deleted: it is read together with a standing request.
    mapping(AuctionId auctionId => mapping(address vehicle => uint128)) private _raisedDeposits;
    /// @dev How many decisions the part with this root has. Each server has its own: what one posts
    /// stands in nobody's way.
    mapping(AuctionId auctionId => mapping(address server => mapping(bytes32 part => uint24)))
        private _parts;
    /// @dev Whether the standing request was relayed. Never deleted either.
    mapping(AuctionId auctionId => mapping(address vehicle => bool)) private _isRelayed;

    constructor(
        IIdentityRegistry identities_,
        IStakes escrow_,
        IReputation reputation_,
        address sessions_
    )
        BaseAuction(identities_, escrow_, reputation_, sessions_)
        EIP712("ChargeVeil PricingAuction", "1")
    {}

    /* BIDDING */

    /// @inheritdoc IPricingAuction
    function open(
        AuctionTerms calldata terms,
        bytes calldata secondSignature
    ) external override returns (AuctionId auctionId) {
        auctionId = MarketHashes.auctionId(msg.sender, terms);

        _checkOperators(msg.sender, terms.secondServer);
        _checkTerms(terms);
        Auction storage auction = _auctions[auctionId];
        if (auction.matcher != address(0)) revert AuctionExists(auctionId);
        bytes32 serve = keccak256(abi.encode(SERVE_TYPEHASH, auctionId));
        _checkSigned(auctionId, terms.secondServer, serve, secondSignature);

        auction.roundEnds = terms.biddingEnds;
        auction.round = 1;
        auction.maxRounds = terms.maxRounds;
        auction.roundSeconds = terms.roundSeconds;
        auction.bidBond = terms.bidBond;
        auction.matcher = msg.sender;
        auction.matchingEnds = terms.matchingEnds;
        auction.openingEnds = terms.openingEnds;
        auction.vehicleDeposit = terms.vehicleDeposit;
        auction.slotStart = terms.slotStart;
        auction.slotSeconds = uint24(terms.slotEnd - terms.slotStart);
        auction.secondServer = terms.secondServer;
        if (terms.scope != bytes32(0)) {
            auction.isScoped = true;
            auction.scope = terms.scope;
        }

        emit AuctionOpened(auctionId, msg.sender, terms);
    }

    /// @inheritdoc IPricingAuction
    function request(AuctionId auctionId, bytes32 uploadHash) external override {
        address vehicle = _msgSender();
        Auction storage auction = _auctions[auctionId];

        _checkPhase(auctionId, auction, Phase.Bidding);
        if (auction.round != 1) revert AuctionRequestsOver(auctionId, auction.round);
        // Until the slot ends: as long as a session asks for the id of an authorised account, or
        // for its station.
        bytes32 scope = auction.isScoped ? auction.scope : bytes32(0);
        identities.requireScope(vehicle, scope, auction.slotStart + auction.slotSeconds);
        uint8 factor = reputation.depositFactor(vehicle);

        bytes32 commitment = MarketHashes.request(auctionId, vehicle, uploadHash);
        bool isFirst = _requests[auctionId][vehicle] == bytes32(0);
        _requests[auctionId][vehicle] = commitment;
        _noteSender(auctionId, vehicle, isFirst);
        uint128 deposit = isFirst ? _fixDeposit(auctionId, vehicle, factor) : 0;

        emit RequestCommitted(auctionId, vehicle, commitment, uploadHash);

        if (isFirst) escrow.lock(vehicle, deposit);
    }

    /// @inheritdoc IPricingAuction
    function bid(AuctionId auctionId, bytes32 offerHash, bytes32 uploadHash) external override {
        Auction storage auction = _auctions[auctionId];
        mapping(address pile => bytes32) storage bids = _bids[auctionId];
        bytes32 standing = bids[msg.sender];

        _checkPhase(auctionId, auction, Phase.Bidding);
        // From the slot that the phase has read anyway; after a write it would be read again.
        (uint8 round, bool hasNewBid, uint128 bond) = (
            auction.round,
            auction.hasNewBid,
            auction.bidBond
        );
        bytes32 commitment = MarketHashes.bid(auctionId, round, msg.sender, offerHash, uploadHash);
        // A pile that repeats its bid must not make a round look as if it had brought something
        // new.
        if (commitment == standing) revert AuctionSameBid(auctionId, commitment);
        identities.requireStanding(msg.sender, ParticipantKind.Pile);

        bids[msg.sender] = commitment;
        if (!hasNewBid) auction.hasNewBid = true;

        emit BidCommitted(auctionId, msg.sender, commitment, offerHash, uploadHash, round);

        if (standing == bytes32(0)) escrow.lock(msg.sender, bond);
    }

    /* DECISIONS */

    /// @inheritdoc IPricingAuction
    function closeRound(
        AuctionId auctionId,
        uint8 round,
        uint64 referencePricePerKwh,
        bytes32 transcriptRoot,
        bytes32 participantsRoot,
        bytes calldata otherSignature
    ) external override {
        Auction storage auction = _auctions[auctionId];

        _checkPhase(auctionId, auction, Phase.Matching);
        address other = _otherServer(auctionId, auction);
        _checkRound(auctionId, auction, round);
        if (_isConverged(auction)) revert AuctionConverged(auctionId, round);
        bytes32 outcome = keccak256(
            abi.encode(
                ROUND_TYPEHASH,
                auctionId,
                round,
                referencePricePerKwh,
                transcriptRoot,
                participantsRoot
            )
        );
        _checkSigned(auctionId, other, outcome, otherSignature);

        uint40 roundEnds = uint40(block.timestamp) + auction.roundSeconds;
        auction.roundEnds = roundEnds;
        auction.round = round + 1;
        auction.hasNewBid = false;

        emit RoundClosed(
            auctionId,
            round,
            referencePricePerKwh,
            transcriptRoot,
            participantsRoot,
            roundEnds
        );
    }

    /// @inheritdoc IPricingAuction
    function postDecisions(
        AuctionId auctionId,
        uint8 round,
        bytes32[] calldata decisions,
        bytes32 participantsRoot,
        bytes calldata otherSignature
    ) external override {
        bytes32 root = decisions.root();
        _decide(auctionId, round, root, _countOf(decisions), participantsRoot, otherSignature);

        emit DecisionsPosted(auctionId, root, participantsRoot, decisions);
    }

    /// @inheritdoc IPricingAuction
    function postPart(AuctionId auctionId, bytes32[] calldata decisions) external override {
        Auction storage auction = _auctions[auctionId];

        _checkPhase(auctionId, auction, Phase.Matching);
        _otherServer(auctionId, auction);
        bytes32 part = decisions.root();
        mapping(bytes32 part => uint24) storage parts = _parts[auctionId][msg.sender];
        // Another list can have the same root: that of its nodes. One root, one list.
        if (parts[part] != 0) revert AuctionPartExists(auctionId, part);

        parts[part] = _countOf(decisions);

        emit PartPosted(auctionId, msg.sender, part, decisions);
    }

    /// @inheritdoc IPricingAuction
    function postParts(
        AuctionId auctionId,
        uint8 round,
        bytes32[] calldata parts,
        bytes32 participantsRoot,
        bytes calldata otherSignature
    ) external override {
        mapping(bytes32 part => uint24) storage posted = _parts[auctionId][msg.sender];
        uint24 count = 0;
        for (uint256 i = 0; i < parts.length; ++i) {
            uint24 size = posted[parts[i]];
            if (size == 0) revert AuctionUnknownPart(auctionId, parts[i]);
            count += size;
        }
        bytes32 root = parts.root();
        _decide(auctionId, round, root, count, participantsRoot, otherSignature);

        emit PartsPosted(auctionId, msg.sender, root, participantsRoot, parts);
    }

    /// @inheritdoc IPricingAuction
    function openDecision(
        Opening calldata opening,
        bytes32[] calldata proof
    ) external override returns (Match memory made) {
        AuctionId auctionId = opening.auctionId;
        Auction storage auction = _auctions[auctionId];

        if (msg.sender != sessions) revert AuctionNotSession(msg.sender);
        _checkPhase(auctionId, auction, Phase.Opening);
        (made.vehicle, made.pile) = identities.accountsOf(opening.evId, opening.cpId);
        bytes32 committedBid = MarketHashes.bid(
            auctionId,
            opening.round,
            made.pile,
            MarketHashes.offer(opening.offer),
            opening.uploadHash
        );
        made.sessionId = MarketHashes.decision(
            auctionId,
            opening.evId,
            opening.cpId,
            committedBid,
            opening.r
        );
        _checkDecision(auctionId, made, committedBid, proof);
        _checkParties(auctionId, made, opening.offer.powerW);

        made.pricePerKwh = opening.offer.pricePerKwh;
        made.powerW = opening.offer.powerW;
        made.deposit = _depositOf(auctionId, made.vehicle);
        made.bond = auction.bidBond;
        made.slotStart = auction.slotStart;
        made.slotEnd = made.slotStart + auction.slotSeconds;
        delete _requests[auctionId][made.vehicle];
        delete _bids[auctionId][made.pile];

        emit DecisionOpened(auctionId, made.sessionId, made.vehicle, made.pile);
    }

    /* RELEASE */

    /// @inheritdoc IPricingAuction
    function withdrawRequest(AuctionId auctionId) external override {
        address vehicle = _msgSender();
        _checkDecided(auctionId, _phase(_auctions[auctionId]));
        if (_requests[auctionId][vehicle] == bytes32(0)) {
            revert AuctionNoRequest(auctionId, vehicle);
        }

        uint128 deposit = _depositOf(auctionId, vehicle);
        delete _requests[auctionId][vehicle];
        address[] memory vehicles = new address[](1);
        vehicles[0] = vehicle;

        emit BondsReleased(auctionId, deposit, vehicles);

        escrow.unlock(vehicle, deposit);
    }

    /// @inheritdoc IPricingAuction
    function release(
        AuctionId auctionId,
        address[] calldata vehicles,
        address[] calldata piles,
        uint40 deadline,
        bytes calldata matcherSignature,
        bytes calldata secondSignature
    ) external override {
        Auction storage auction = _auctions[auctionId];

        _checkDecided(auctionId, _phase(auction));
        if (block.timestamp >= deadline) revert AuctionStaleSignature(deadline, block.timestamp);
        bytes32 notSelected = _notSelectedHash(auctionId, vehicles, piles, deadline);
        _checkSaid(auctionId, auction.matcher, notSelected, matcherSignature);
        _checkSaid(auctionId, auction.secondServer, notSelected, secondSignature);

        _releaseAll(auctionId, vehicles, piles);
    }

    /// @inheritdoc IPricingAuction
    function releaseExpired(
        AuctionId auctionId,
        address[] calldata vehicles,
        address[] calldata piles
    ) external override {
        _checkPhase(auctionId, _auctions[auctionId], Phase.Closed);

        _releaseAll(auctionId, vehicles, piles);
    }

    /* VIEWS */

    /// @inheritdoc IPricingAuction
    function phaseOf(AuctionId auctionId) external view override returns (Phase) {
        return _phase(_auctions[auctionId]);
    }

    /// @inheritdoc IPricingAuction
    function isConverged(AuctionId auctionId) external view override returns (bool) {
        return _isConverged(_auctions[auctionId]);
    }

    /// @inheritdoc IPricingAuction
    function auctionOf(AuctionId auctionId) external view override returns (Auction memory) {
        return _auctions[auctionId];
    }

    /// @inheritdoc IPricingAuction
    function partOf(
        AuctionId auctionId,
        address server,
        bytes32 part
    ) external view override returns (uint24) {
        return _parts[auctionId][server][part];
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
        bytes32 uploadHash
    ) external view override returns (bytes32) {
        return MarketHashes.request(auctionId, vehicle, uploadHash);
    }

    /// @inheritdoc IPricingAuction
    function offerHashOf(Offer calldata offer) external pure override returns (bytes32) {
        return MarketHashes.offer(offer);
    }

    /// @inheritdoc IPricingAuction
    function bidCommitment(
        AuctionId auctionId,
        uint8 round,
        address pile,
        bytes32 offerHash,
        bytes32 uploadHash
    ) external view override returns (bytes32) {
        return MarketHashes.bid(auctionId, round, pile, offerHash, uploadHash);
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

    /// @dev What the other server has signed counts the decisions: nodes of the tree, posted in
    /// their place, have the same root, and are fewer.
    function _decide(
        AuctionId auctionId,
        uint8 round,
        bytes32 root,
        uint24 count,
        bytes32 participantsRoot,
        bytes calldata otherSignature
    ) private {
        Auction storage auction = _auctions[auctionId];

        _checkPhase(auctionId, auction, Phase.Matching);
        address other = _otherServer(auctionId, auction);
        _checkRound(auctionId, auction, round);
        if (!_isConverged(auction)) revert AuctionNotConverged(auctionId, round);
        bytes32 outcome = keccak256(
            abi.encode(FINAL_TYPEHASH, auctionId, round, root, count, participantsRoot)
        );
        _checkSigned(auctionId, other, outcome, otherSignature);

        auction.decided = true;
        auction.decisionCount = count;
        auction.decisionsRoot = root;
    }

    /// @dev What the first request of `vehicle` is going to lock, noted where it is not what the
    /// auction says. The factor is that of the moment: credibility that changes later does not
    /// change a deposit.
    ///
    ///     vehicleDeposit 5,000, factor 3 (on probation)  ⇒  15,000
    function _fixDeposit(
        AuctionId auctionId,
        address vehicle,
        uint8 factor
    ) private returns (uint128 deposit) {
        Auction storage auction = _auctions[auctionId];
        deposit = auction.vehicleDeposit;
        if (factor == 1) return deposit;

        deposit *= factor;
        auction.hasRaisedDeposits = true;
        _raisedDeposits[auctionId][vehicle] = deposit;

        emit DepositRaised(auctionId, vehicle, deposit);
    }

    /// @dev Of two requests that are both signed the nonces tell which one is newer. Of one that the
    /// vehicle has sent itself nothing does, and what it signed before, and somebody holds back, would
    /// replace it (SC-6). Whoever relays pays for the note, and a first request of one's own nothing.
    function _noteSender(AuctionId auctionId, address vehicle, bool isFirst) private {
        bool isRelayed = msg.sender != vehicle;
        if (isFirst && !isRelayed) return;

        bool wasRelayed = _isRelayed[auctionId][vehicle];
        if (isRelayed && !isFirst && !wasRelayed) revert AuctionRequestStands(auctionId, vehicle);
        if (isRelayed != wasRelayed) _isRelayed[auctionId][vehicle] = isRelayed;
    }

    /// @dev What the request of `vehicle` has locked. The flag lies in a slot that every caller has
    /// read already: where nobody is on probation nothing more is read.
    function _depositOf(AuctionId auctionId, address vehicle) private view returns (uint128) {
        Auction storage auction = _auctions[auctionId];
        uint128 raised = auction.hasRaisedDeposits ? _raisedDeposits[auctionId][vehicle] : 0;
        return raised == 0 ? auction.vehicleDeposit : raised;
    }

    /// @dev Vehicles on probation first: the batch behind them finds their requests gone, and skips
    /// them. The escrow is called in between, and calls nobody back.
    function _releaseAll(
        AuctionId auctionId,
        address[] calldata vehicles,
        address[] calldata piles
    ) private {
        Auction storage auction = _auctions[auctionId];
        if (auction.hasRaisedDeposits) _releaseRaised(auctionId, vehicles);
        _releaseSide(auctionId, _requests[auctionId], vehicles, auction.vehicleDeposit);
        _releaseSide(auctionId, _bids[auctionId], piles, auction.bidBond);
    }

    /// @dev One by one, because each has an amount of its own. The others of the list are left to
    /// the batch.
    function _releaseRaised(AuctionId auctionId, address[] calldata vehicles) private {
        for (uint256 i = 0; i < vehicles.length; ++i) {
            address vehicle = vehicles[i];
            uint128 deposit = _raisedDeposits[auctionId][vehicle];
            if (deposit == 0 || _requests[auctionId][vehicle] == bytes32(0)) continue;
            delete _requests[auctionId][vehicle];

            emit BondsReleased(auctionId, deposit, vehicles[i:i + 1]);

            escrow.unlock(vehicle, deposit);
        }
    }

    /// @dev Skips accounts that have nothing locked: a batch must not fail because somebody was
    /// released a moment earlier.
    function _releaseSide(
        AuctionId auctionId,
        mapping(address account => bytes32) storage commitments,
        address[] calldata accounts,
        uint128 stake
    ) private {
        address[] memory released = new address[](accounts.length);
        uint256 count = 0;
        for (uint256 i = 0; i < accounts.length; ++i) {
            address account = accounts[i];
            if (commitments[account] == bytes32(0)) continue;
            delete commitments[account];
            released[count++] = account;
        }
        if (count == 0) return;
        released = Arrays.splice(released, 0, count);

        emit BondsReleased(auctionId, stake, released);

        escrow.unlockEach(released, stake);
    }

    function _checkPhase(
        AuctionId auctionId,
        Auction storage auction,
        Phase expected
    ) private view {
        Phase actual = _phase(auction);
        if (actual != expected) revert AuctionWrongPhase(auctionId, expected, actual);
    }

    /// @dev The first comparison decides for whoever bids, with one slot. A `roundEnds` of 0 is
    /// none: no auction ends at 0.
    function _phase(Auction storage auction) private view returns (Phase) {
        uint40 roundEnds = auction.roundEnds;

        if (block.timestamp < roundEnds) return Phase.Bidding;
        if (roundEnds == 0) return Phase.None;
        if (!auction.decided) {
            return block.timestamp < auction.matchingEnds ? Phase.Matching : Phase.Closed;
        }
        return block.timestamp < auction.openingEnds ? Phase.Opening : Phase.Closed;
    }

    /// @dev Nothing that a round may still change is taken out of it.
    function _checkDecided(AuctionId auctionId, Phase phase) private pure {
        if (phase != Phase.Opening && phase != Phase.Closed) {
            revert AuctionWrongPhase(auctionId, Phase.Opening, phase);
        }
    }

    /// @dev What a server sends late must not end a round that neither has seen.
    function _checkRound(AuctionId auctionId, Auction storage auction, uint8 round) private view {
        uint8 actual = auction.round;
        if (round != actual) revert AuctionWrongRound(auctionId, round, actual);
    }

    /// @dev The one that has to have signed, when the other calls.
    function _otherServer(
        AuctionId auctionId,
        Auction storage auction
    ) private view returns (address) {
        (address matcher, address second) = (auction.matcher, auction.secondServer);
        if (msg.sender == matcher) return second;
        if (msg.sender == second) return matcher;
        revert AuctionNotServer(auctionId, msg.sender);
    }

    /// @dev As `_checkSigned`, but whoever calls need not sign.
    function _checkSaid(
        AuctionId auctionId,
        address server,
        bytes32 structHash,
        bytes calldata signature
    ) private view {
        if (msg.sender != server) _checkSigned(auctionId, server, structHash, signature);
    }

    function _checkSigned(
        AuctionId auctionId,
        address server,
        bytes32 structHash,
        bytes calldata signature
    ) private view {
        if (!server.isBy(_hashTypedDataV4(structHash), signature)) {
            revert AuctionBadSignature(auctionId, server);
        }
    }

    /// @dev One operator with two accounts would be one server that signs twice. Asked once per
    /// auction, when it opens.
    function _checkOperators(address matcher, address second) private view {
        identities.requireStanding(matcher, ParticipantKind.Matcher);
        identities.requireStanding(second, ParticipantKind.Matcher);
        bytes32 operator = identities.operatorOf(matcher);
        if (operator == identities.operatorOf(second)) revert AuctionOneOperator(operator);
    }

    /// @dev Asked between two rounds. What it says then is never taken back: time only leaves less
    /// room for another round, and bids come in rounds only.
    function _isConverged(Auction storage auction) private view returns (bool) {
        return
            !auction.hasNewBid ||
            auction.round == auction.maxRounds ||
            block.timestamp + auction.roundSeconds >= auction.matchingEnds;
    }

    /// @dev now < biddingEnds < matchingEnds < openingEnds ≤ slotStart < slotEnd ≤ now + 31 days. So
    /// every later time fits 40 bits, nobody locks money for longer than a month, and no session
    /// begins in a slot that has begun.
    function _checkTerms(AuctionTerms calldata terms) private view {
        bool ordered =
            block.timestamp < terms.biddingEnds &&
                terms.biddingEnds < terms.matchingEnds &&
                terms.matchingEnds < terms.openingEnds &&
                terms.openingEnds <= terms.slotStart &&
                terms.slotStart < terms.slotEnd &&
                terms.slotEnd <= block.timestamp + MAX_AUCTION_SECONDS;

        if (!ordered) revert AuctionBadTimes(terms, block.timestamp);
        if (terms.maxRounds == 0 || terms.maxRounds > MAX_ROUNDS || terms.roundSeconds == 0) {
            revert AuctionBadRounds(terms.maxRounds, terms.roundSeconds);
        }
        if (terms.bidBond == 0 || terms.vehicleDeposit == 0) {
            revert AuctionZeroStake(terms.bidBond, terms.vehicleDeposit);
        }
    }

    /// @dev Three things make a decision: the servers have posted it, and the request and the bid
    /// that it joins still stand. A bid of an earlier round that was replaced has another
    /// commitment (AU-4).
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

    /// @dev Asked when a session begins, and not later: the authority must not be able to take a
    /// party's stake by suspending it.
    function _checkParties(AuctionId auctionId, Match memory made, uint32 powerW) private view {
        uint32 ratedW = identities.requireParties(made.vehicle, made.pile);
        if (powerW > ratedW) revert AuctionPowerTooHigh(auctionId, powerW, ratedW);
    }

    /// @dev 24 bits are enough for one call: the calldata of 2^24 decisions costs 2^33 gas, at 512
    /// and more for each. The sum of parts is checked.
    function _countOf(bytes32[] calldata decisions) private pure returns (uint24) {
        return uint24(decisions.length);
    }

    /// @dev No nonce: it counts after the last round, when nobody can bid again, so a second relay
    /// does nothing.
    function _notSelectedHash(
        AuctionId auctionId,
        address[] calldata vehicles,
        address[] calldata piles,
        uint40 deadline
    ) private pure returns (bytes32) {
        return
            keccak256(
                abi.encode(
                    NOT_SELECTED_TYPEHASH,
                    auctionId,
                    keccak256(abi.encodePacked(vehicles)),
                    keccak256(abi.encodePacked(piles)),
                    deadline
                )
            );
    }
}
