// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {SessionId, SessionState} from "../types/MarketTypes.sol";

/// @title Vehicle credibility and pile rating
/// @notice A vehicle's credibility R_v adds up the outcomes of its sessions (He et al., eq. 1), clamped. A pile's rating
/// is moved by one rating a settled session, weighted with the rater's credibility before that session.
interface IReputation {
    /// @notice Revert if `wire` is called by somebody other than the deployer, or again.
    error ReputationCannotWire(address caller);
    /// @notice Revert unless min ≤ threshold ≤ 0 ≤ max and min < max, max > 0.
    error ReputationBadBounds(int8 minCredibility, int8 threshold, int8 maxCredibility);
    /// @notice Revert if somebody other than the session contract reports an outcome.
    error ReputationNotSession(address caller);
    /// @notice Revert if the vehicle's credibility is below the threshold.
    error ReputationBelowThreshold(address vehicle, int8 credibility, int8 threshold);
    /// @notice Revert if the session is not settled.
    error ReputationNotSettled(SessionId sessionId, SessionState state);
    /// @notice Revert if somebody other than the session's vehicle rates.
    error ReputationNotRater(SessionId sessionId, address caller);
    /// @notice Revert if the session was rated before.
    error ReputationAlreadyRated(SessionId sessionId);
    /// @notice Revert if the rating is not 1, 2 or 3.
    error ReputationRatingOutOfRange(uint8 rating);

    /// @notice Emitted once, before anything else.
    event SessionsWired(address indexed sessions);
    /// @notice Credibility after the outcome of a session.
    event CredibilityChanged(
        address indexed vehicle,
        SessionId indexed sessionId,
        int8 outcome,
        int8 credibility
    );
    /// @notice A session was rated; `ratingWad` and `count` are the pile's after it.
    event PileRated(
        address indexed pile,
        SessionId indexed sessionId,
        uint8 rating,
        uint256 weightWad,
        uint128 ratingWad,
        uint64 count
    );

    /// @notice The session contract; zero before `wire`.
    function sessions() external view returns (address);

    function minCredibility() external view returns (int8);

    function maxCredibility() external view returns (int8);

    /// @notice Vehicles below it are refused.
    function threshold() external view returns (int8);

    /// @notice Names the session contract, once, by the deployer.
    function wire(address sessions) external;

    /// @notice Session contract only: adds an outcome of −1, 0 or +1.
    function recordOutcome(address vehicle, SessionId sessionId, int8 outcome) external;

    /// @notice Rates the pile of a settled session with 1, 2 or 3. Caller: the session's vehicle, once.
    function rate(SessionId sessionId, uint8 rating) external;

    /// @notice R_v, between the bounds; 0 for a vehicle without history.
    function credibilityOf(address vehicle) external view returns (int8);

    /// @notice Reverts if the vehicle is below the threshold.
    function requireServed(address vehicle) external view;

    /// @notice Rating in 1e-18 on the scale 0 to 3, and how many ratings it is made of.
    function pileRatingOf(address pile) external view returns (uint128 ratingWad, uint64 count);

    /// @notice The rating given for a session; 0 if none.
    function ratingOf(SessionId sessionId) external view returns (uint8);
}
