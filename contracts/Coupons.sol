// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IChargingSession} from "./interfaces/IChargingSession.sol";
import {ICoupons} from "./interfaces/ICoupons.sol";
import {IReputation} from "./interfaces/IReputation.sol";
import {IStakes} from "./interfaces/IStakes.sol";
import {Election, ElectionId, ElectionRule, ElectionTerms} from "./types/CouponTypes.sol";
import {Evaluation, EvaluationId, SessionId} from "./types/MarketTypes.sol";

/// @dev The prose is in {ICoupons}; here stand only the reasons.
///
/// What decides an election is the greatest lot of all that are claimed:
///
///     Highest:  lot = score · 2^248 + ⌊H / 2^8⌋    chance decides between equal scores only
///     Draw:     lot = H, one ticket per point of score
///
/// With H = H(electionId, seed, vehicle, ticket), uniform in [0, 2^256). Of n tickets each wins
/// with 1/n: a vehicle of score 5 against one of score 15 wins a draw in 5 of 20 cases, and never
/// by `Highest`.
contract Coupons is ICoupons {
    bytes32 private constant ELECTION_TYPEHASH = keccak256("ChargeVeil.Election.v1");
    bytes32 private constant TICKET_TYPEHASH = keccak256("ChargeVeil.Ticket.v1");

    /// @inheritdoc ICoupons
    uint40 public constant override MAX_CLAIM_SECONDS = 31 days;

    /// @inheritdoc ICoupons
    IStakes public immutable override escrow;
    /// @inheritdoc ICoupons
    IReputation public immutable override reputation;

    mapping(ElectionId electionId => Election) private _elections;

    constructor(IStakes escrow_, IReputation reputation_) {
        escrow = escrow_;
        reputation = reputation_;
    }

    /// @inheritdoc ICoupons
    function open(ElectionTerms calldata terms) external override returns (ElectionId electionId) {
        electionId = electionIdOf(msg.sender, terms);

        _checkTerms(terms);
        Election storage election = _elections[electionId];
        if (election.sponsor != address(0)) revert CouponExists(electionId);

        election.sponsor = msg.sender;
        election.claimEnds = terms.claimEnds;
        election.seedBlock = terms.seedBlock;
        election.rule = terms.rule;
        election.bar = terms.bar;
        election.coupon = terms.coupon;
        election.from = terms.from;
        election.to = terms.to;

        emit ElectionOpened(electionId, msg.sender, terms);

        escrow.lock(msg.sender, terms.coupon);
    }

    /// @inheritdoc ICoupons
    function draw(ElectionId electionId) public override {
        Election storage election = _known(electionId);
        if (election.seed != bytes32(0)) return;
        (uint40 seedBlock, uint256 current) = (election.seedBlock, block.number);
        if (current <= seedBlock) revert CouponNotDrawn(electionId, seedBlock, current);
        bytes32 seed = blockhash(seedBlock);
        if (seed == bytes32(0)) revert CouponSeedLost(electionId, seedBlock, current);

        election.seed = seed;

        emit SeedDrawn(electionId, seed);
    }

    /// @inheritdoc ICoupons
    function claim(
        ElectionId electionId,
        EvaluationId evaluationId,
        uint8 ticket
    ) external override {
        draw(electionId);
        Election storage election = _elections[electionId];
        if (block.timestamp >= election.claimEnds) {
            revert CouponTooLate(electionId, election.claimEnds, block.timestamp);
        }
        (address vehicle, int8 score) = _candidate(electionId, election, evaluationId);
        uint256 lot = _lot(electionId, election, vehicle, score, ticket);
        if (lot <= election.lot) revert CouponNotBetter(electionId, lot, election.lot);

        election.leader = vehicle;
        election.lot = lot;

        emit LeaderChanged(electionId, vehicle, evaluationId, lot);
    }

    /// @inheritdoc ICoupons
    function redeem(ElectionId electionId) external override {
        Election storage election = _known(electionId);
        if (block.timestamp < election.claimEnds) {
            revert CouponTooEarly(electionId, election.claimEnds, block.timestamp);
        }
        if (election.redeemed) revert CouponRedeemed(electionId);

        (address sponsor, address leader) = (election.sponsor, election.leader);
        uint128 coupon = election.coupon;
        bool isWon = leader != address(0);
        election.redeemed = true;

        emit CouponPaid(electionId, isWon ? leader : sponsor, coupon);

        if (isWon) escrow.pay(sponsor, leader, coupon);
        else escrow.unlock(sponsor, coupon);
    }

    /// @inheritdoc ICoupons
    function electionOf(ElectionId electionId) external view override returns (Election memory) {
        return _elections[electionId];
    }

    /// @inheritdoc ICoupons
    function electionIdOf(
        address sponsor,
        ElectionTerms calldata terms
    ) public view override returns (ElectionId) {
        return
            ElectionId.wrap(
                keccak256(
                    abi.encode(ELECTION_TYPEHASH, block.chainid, address(this), sponsor, terms)
                )
            );
    }

    /// @dev Vehicle and score of an evaluation, if it makes a candidate. Both were fixed before the
    /// election was opened.
    function _candidate(
        ElectionId electionId,
        Election storage election,
        EvaluationId evaluationId
    ) private view returns (address vehicle, int8 score) {
        bool inRange =
            EvaluationId.unwrap(election.from) <= EvaluationId.unwrap(evaluationId) &&
                EvaluationId.unwrap(evaluationId) <= EvaluationId.unwrap(election.to);
        if (!inRange) revert CouponOutOfRange(electionId, evaluationId);

        (SessionId sessionId, Evaluation memory evaluation) = reputation.evaluationOf(evaluationId);
        if (!evaluation.earned) revert CouponNotEarned(electionId, evaluationId);
        score = evaluation.credibilityBefore;
        if (score < election.bar || score <= 0) {
            revert CouponBelowBar(electionId, score, election.bar);
        }
        (vehicle, , , ) = IChargingSession(reputation.sessions()).partiesOf(sessionId);
    }

    /// @dev A score is below 2^7, so that score · 2^248 leaves the 248 bits of chance alone.
    function _lot(
        ElectionId electionId,
        Election storage election,
        address vehicle,
        int8 score,
        uint8 ticket
    ) private view returns (uint256) {
        bool isHighest = election.rule == ElectionRule.Highest;
        int8 tickets = isHighest ? int8(1) : score;
        if (score <= 0 || ticket >= uint8(tickets)) {
            revert CouponNoSuchTicket(electionId, ticket, score);
        }

        uint256 chance = uint256(
            keccak256(abi.encode(TICKET_TYPEHASH, electionId, election.seed, vehicle, ticket))
        );
        return isHighest ? (uint256(uint8(score)) << 248) | (chance >> 8) : chance;
    }

    function _known(ElectionId electionId) private view returns (Election storage election) {
        election = _elections[electionId];
        if (election.sponsor == address(0)) revert CouponUnknown(electionId);
    }

    function _checkTerms(ElectionTerms calldata terms) private view {
        (uint40 from, uint40 to) = (EvaluationId.unwrap(terms.from), EvaluationId.unwrap(terms.to));
        EvaluationId last = reputation.lastEvaluation();
        if (from == 0 || from > to || to > EvaluationId.unwrap(last)) {
            revert CouponBadRange(terms.from, terms.to, last);
        }
        if (terms.seedBlock <= block.number) {
            revert CouponBadSeedBlock(terms.seedBlock, block.number);
        }
        bool isTimely =
            block.timestamp < terms.claimEnds &&
                terms.claimEnds <= block.timestamp + MAX_CLAIM_SECONDS;
        if (!isTimely) revert CouponBadClaimEnd(terms.claimEnds, block.timestamp);
        if (terms.coupon == 0) revert CouponZero();
    }
}
