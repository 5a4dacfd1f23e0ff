// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Evaluation, EvaluationId, ReputationParameters, SessionId} from "../types/MarketTypes.sol";

/// @title Vehicle credibility, pile rating, and the history of both
/// @notice A vehicle's credibility R_v adds up the outcomes of its sessions (He et al., eq. 1),
/// clamped. A pile's rating is moved by one rating a session, weighted with the rater's
/// credibility before that session. Every rating leaves an evaluation, which points to its session
/// and to the previous evaluations of its pile and of its vehicle: a history of k evaluations is
/// walked in k + 1 reads, newest first, without logs and without an index.
interface IReputation {
    /// @notice Revert unless min ≤ threshold ≤ 0 < max, probation factor and power ≥ 1, and
    /// smallest weight ≤ 1e18.
    error ReputationBadParameters(ReputationParameters parameters);
    /// @notice Revert if somebody other than the session contract reports an outcome.
    error ReputationNotSession(address caller);
    /// @notice Revert if an outcome is not −1, 0 or +1.
    error ReputationOutcomeOutOfRange(int8 outcome);
    /// @notice Revert if the vehicle's credibility is below the threshold.
    error ReputationBelowThreshold(address vehicle, int8 credibility, int8 threshold);
    /// @notice Revert if somebody other than the session's vehicle rates.
    error ReputationNotRater(SessionId sessionId, address caller);
    /// @notice Revert if the session was rated before.
    error ReputationAlreadyRated(SessionId sessionId);
    /// @notice Revert unless 1 ≤ rating ≤ mostRating, which is what the session lets its vehicle give:
    /// nothing, if it is not over.
    error ReputationRatingOutOfRange(SessionId sessionId, uint8 rating, uint8 mostRating);
    /// @notice Revert if there is no such evaluation.
    error ReputationUnknownEvaluation(EvaluationId evaluationId);

    /// @notice Emitted once, by the constructor.
    event ParametersFixed(ReputationParameters parameters);
    /// @notice Credibility after the outcome of a session.
    event CredibilityChanged(
        address indexed vehicle,
        SessionId indexed sessionId,
        int8 outcome,
        int8 credibility
    );
    /// @notice A session was rated; `ratingWad` and `count` are the pile's after it. `evaluationId`
    /// grows by one from event to event.
    event PileRated(
        address indexed pile,
        address indexed vehicle,
        SessionId indexed sessionId,
        EvaluationId evaluationId,
        uint8 rating,
        uint256 weightWad,
        uint128 ratingWad,
        uint64 count
    );

    /// @notice The session contract, the only one that reports outcomes.
    /// @dev Callable by: anyone.
    function sessions() external view returns (address);

    /// @notice What the deployer has fixed.
    /// @dev Callable by: anyone.
    function parameters() external view returns (ReputationParameters memory);

    /// @notice Adds an outcome of +1 (excellent), 0 (fair) or −1 (failed).
    /// @dev Callable by: the session contract.
    function recordOutcome(address vehicle, SessionId sessionId, int8 outcome) external;

    /// @notice Rates the pile of a session that is over. One that earned takes 1, 2 or 3, with the
    /// vehicle's credibility for weight, or the smallest weight. One that did not takes 1, if the
    /// vehicle was there in time: with its credibility alone for weight, and never in the pile's
    /// favour.
    /// @dev Callable by: the vehicle of the session, once, also by signature: {ISignedCalls}.
    function rate(SessionId sessionId, uint8 rating) external;

    /// @notice R_v, between the bounds; 0 for a vehicle without history.
    /// @dev Callable by: anyone.
    function credibilityOf(address vehicle) external view returns (int8);

    /// @notice How many times an auction's deposit the vehicle has to put down: 1, or the probation
    /// factor while its credibility is negative. Reverts below the threshold: there it is not
    /// served for any deposit.
    /// @dev Callable by: anyone.
    function depositFactor(address vehicle) external view returns (uint8);

    /// @notice What a session that begins now notes of its vehicle: the credibility, and the most
    /// power that it guarantees, which is limited while the credibility is negative.
    /// @dev Callable by: anyone.
    function serviceOf(address vehicle) external view returns (int8 credibility, uint32 mostPowerW);

    /// @notice Rating in 1e-18 on the scale 0 to 3, and how many ratings it is made of.
    /// @dev Callable by: anyone.
    function pileRatingOf(address pile) external view returns (uint128 ratingWad, uint64 count);

    /// @notice The rating given for a session; 0 if none.
    /// @dev Callable by: anyone.
    function ratingOf(SessionId sessionId) external view returns (uint8);

    /// @notice The newest evaluation of all, which is also their number; 0 if there is none.
    /// @dev Callable by: anyone.
    function lastEvaluation() external view returns (EvaluationId);

    /// @notice Head of a pile's history, and its length.
    /// @dev Callable by: anyone.
    function lastEvaluationOfPile(
        address pile
    ) external view returns (EvaluationId last, uint64 count);

    /// @notice Head of the history of what a vehicle rated, and its length.
    /// @dev Callable by: anyone.
    function lastEvaluationOfVehicle(
        address vehicle
    ) external view returns (EvaluationId last, uint64 count);

    /// @notice An evaluation and its session. Reverts if there is none, so that a walk cannot go
    /// astray unnoticed.
    /// @dev Callable by: anyone.
    function evaluationOf(
        EvaluationId evaluationId
    ) external view returns (SessionId sessionId, Evaluation memory evaluation);
}
