// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

import {SignedCalls} from "./SignedCalls.sol";
import {IChargingSession} from "./interfaces/IChargingSession.sol";
import {IReputation} from "./interfaces/IReputation.sol";
import {PileRating} from "./libraries/PileRating.sol";
import {
    BEST_RATING,
    Evaluation,
    EvaluationId,
    ReputationParameters,
    SessionId
} from "./types/MarketTypes.sol";

/// @dev The prose is in {IReputation}; here stand only the reasons.
///
/// Credibility, of a vehicle, starts at 0 and adds up outcomes, clamped:
///
///     R_v ← clamp(R_v + outcome, min, max)      outcome ∈ {−1, 0, +1}
///
///     R_v < threshold        refused: no request, no auction of its own
///     threshold ≤ R_v < 0    on probation: `probationFactor` deposits, at most `probationPowerW`
///     0 ≤ R_v                served like everybody
///
/// With the defaults of a deployment (min −5, threshold −2, max 20): one or two failures of a new
/// vehicle leave it on probation, where it can earn its way back; three bring it to −3, and it is
/// refused.
///
/// Rating, of a pile, starts at 0 and moves by one step of `PileRating` per rated session. The
/// history of both is a linked list through the evaluations, newest first:
///
///     _ratings[pile].last ─> evaluation 9 ─ previousOfPile ─> evaluation 4 ─> evaluation 1 ─> 0
contract Reputation is IReputation, SignedCalls {
    /// @dev Kept by pile: the head of its history lies where the rating is written anyway.
    struct Rating {
        // slot 0, 29 bytes
        uint128 ratingWad;
        uint64 count;
        EvaluationId last;
    }

    /// @dev Kept by vehicle: the head lies beside the credibility, which every settled session has
    /// written before.
    struct Standing {
        // slot 0, 14 bytes
        int8 credibility;
        uint64 count;
        EvaluationId last;
    }

    uint256 private constant WAD = 1e18;

    IChargingSession private immutable _sessions;
    int8 private immutable _minCredibility;
    int8 private immutable _threshold;
    int8 private immutable _maxCredibility;
    uint8 private immutable _probationFactor;
    uint32 private immutable _probationPowerW;
    uint64 private immutable _minWeightWad;

    // slot 3, 6 bytes, behind what signed calls need: the counter beside a byte that is never zero, so that the market's first
    // rating costs what every other does
    EvaluationId private _last;
    uint8 private _used = 1;

    mapping(address vehicle => Standing) private _standings;
    mapping(address pile => Rating) private _ratings;
    mapping(SessionId sessionId => Evaluation) private _evaluations;
    mapping(EvaluationId evaluationId => SessionId) private _rated;

    constructor(
        ReputationParameters memory parameters_,
        IChargingSession sessions_
    ) EIP712("ChargeVeil Reputation", "1") {
        bool sound =
            parameters_.minCredibility <= parameters_.threshold &&
                parameters_.threshold <= 0 &&
                parameters_.maxCredibility > 0 &&
                parameters_.probationFactor > 0 &&
                parameters_.probationPowerW > 0 &&
                parameters_.minWeightWad <= WAD;
        if (!sound) revert ReputationBadParameters(parameters_);

        _sessions = sessions_;
        _minCredibility = parameters_.minCredibility;
        _threshold = parameters_.threshold;
        _maxCredibility = parameters_.maxCredibility;
        _probationFactor = parameters_.probationFactor;
        _probationPowerW = parameters_.probationPowerW;
        _minWeightWad = parameters_.minWeightWad;

        emit ParametersFixed(parameters_);
    }

    /* SESSIONS AND RATINGS */

    /// @inheritdoc IReputation
    function recordOutcome(address vehicle, SessionId sessionId, int8 outcome) external override {
        if (msg.sender != address(_sessions)) revert ReputationNotSession(msg.sender);
        if (outcome < -1 || outcome > 1) revert ReputationOutcomeOutOfRange(outcome);

        // In 16 bits: 127 + 1 does not fit 8, and is clamped only then.
        int8 credibility = _clamp(int16(_standings[vehicle].credibility) + outcome);
        _standings[vehicle].credibility = credibility;

        emit CredibilityChanged(vehicle, sessionId, outcome, credibility);
    }

    /// @inheritdoc IReputation
    function rate(SessionId sessionId, uint8 rating) external override {
        (address vehicle, address pile, int8 credibility, uint8 mostRating) = _sessions.partiesOf(
            sessionId
        );
        if (_msgSender() != vehicle) revert ReputationNotRater(sessionId, _msgSender());
        // A rating is never 0, so that 0 says that there is none.
        if (_evaluations[sessionId].rating != 0) revert ReputationAlreadyRated(sessionId);
        if (rating == 0 || rating > mostRating) {
            revert ReputationRatingOutOfRange(sessionId, rating, mostRating);
        }

        // Checked arithmetic: after 2^40 evaluations `rate` reverts, and nothing else depends on
        // it.
        EvaluationId id = EvaluationId.wrap(EvaluationId.unwrap(_last) + 1);
        Rating memory rated = _ratings[pile];
        Standing memory standing = _standings[vehicle];
        // No other session goes so far.
        bool earned = mostRating == BEST_RATING;
        uint256 weightWad = _weightWad(credibility, earned);
        uint128 ratingWad = _next(rated.ratingWad, rating, weightWad, earned);

        // Five slots: the counter, the evaluation's session, the evaluation, the head of the pile's
        // history and that of the vehicle's. The rating fits 64 bits, being at most 3e18 < 2^62.
        _last = id;
        _rated[id] = sessionId;
        _evaluations[sessionId] = Evaluation({
            rating: rating,
            credibilityBefore: credibility,
            id: id,
            previousOfPile: rated.last,
            previousOfVehicle: standing.last,
            blockNumber: uint40(block.number),
            ratingWad: uint64(ratingWad),
            earned: earned
        });
        _ratings[pile] = Rating(ratingWad, rated.count + 1, id);
        _standings[vehicle] = Standing(standing.credibility, standing.count + 1, id);

        emit PileRated(pile, vehicle, sessionId, id, rating, weightWad, ratingWad, rated.count + 1);
    }

    /* VIEWS */

    /// @inheritdoc IReputation
    function sessions() external view override returns (address) {
        return address(_sessions);
    }

    /// @inheritdoc IReputation
    function parameters() external view override returns (ReputationParameters memory) {
        return
            ReputationParameters({
                minCredibility: _minCredibility,
                threshold: _threshold,
                maxCredibility: _maxCredibility,
                probationFactor: _probationFactor,
                probationPowerW: _probationPowerW,
                minWeightWad: _minWeightWad
            });
    }

    /// @inheritdoc IReputation
    function credibilityOf(address vehicle) external view override returns (int8) {
        return _standings[vehicle].credibility;
    }

    /// @inheritdoc IReputation
    function depositFactor(address vehicle) external view override returns (uint8) {
        int8 credibility = _standings[vehicle].credibility;
        if (credibility < _threshold) {
            revert ReputationBelowThreshold(vehicle, credibility, _threshold);
        }
        return credibility < 0 ? _probationFactor : 1;
    }

    /// @inheritdoc IReputation
    function serviceOf(
        address vehicle
    ) external view override returns (int8 credibility, uint32 mostPowerW) {
        credibility = _standings[vehicle].credibility;
        mostPowerW = credibility < 0 ? _probationPowerW : type(uint32).max;
    }

    /// @inheritdoc IReputation
    function pileRatingOf(
        address pile
    ) external view override returns (uint128 ratingWad, uint64 count) {
        return (_ratings[pile].ratingWad, _ratings[pile].count);
    }

    /// @inheritdoc IReputation
    function ratingOf(SessionId sessionId) external view override returns (uint8) {
        return _evaluations[sessionId].rating;
    }

    /// @inheritdoc IReputation
    function lastEvaluation() external view override returns (EvaluationId) {
        return _last;
    }

    /// @inheritdoc IReputation
    function lastEvaluationOfPile(
        address pile
    ) external view override returns (EvaluationId last, uint64 count) {
        return (_ratings[pile].last, _ratings[pile].count);
    }

    /// @inheritdoc IReputation
    function lastEvaluationOfVehicle(
        address vehicle
    ) external view override returns (EvaluationId last, uint64 count) {
        return (_standings[vehicle].last, _standings[vehicle].count);
    }

    /// @inheritdoc IReputation
    function evaluationOf(
        EvaluationId evaluationId
    ) external view override returns (SessionId sessionId, Evaluation memory evaluation) {
        sessionId = _rated[evaluationId];
        evaluation = _evaluations[sessionId];
        if (evaluation.rating == 0) revert ReputationUnknownEvaluation(evaluationId);
    }

    /* INTERNAL */

    function _clamp(int16 value) private view returns (int8) {
        if (value < _minCredibility) return _minCredibility;
        if (value > _maxCredibility) return _maxCredibility;
        return int8(value);
    }

    /// @dev ω(R_v) = clamp(R_v, 0, R_max) / R_max, at least ω_min: a session that was paid always
    /// counts a little. Others cost a vehicle next to nothing, and count as much as it has earned
    /// elsewhere.
    function _weightWad(int8 credibility, bool earned) private view returns (uint256) {
        uint256 leastWad = earned ? _minWeightWad : 0;
        if (credibility <= 0) return leastWad;
        uint256 weightWad = (uint256(uint8(credibility)) * WAD) / uint8(_maxCredibility);
        return Math.max(weightWad, leastWad);
    }

    /// @dev A pile below 1 would gain by a rating of 1. It must not gain by what it did not deliver.
    function _next(
        uint128 ratingWad,
        uint8 rating,
        uint256 weightWad,
        bool earned
    ) private pure returns (uint128) {
        uint128 nextWad = PileRating.next(ratingWad, rating, weightWad);
        return earned ? nextWad : uint128(Math.min(ratingWad, nextWad));
    }
}
