// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IChargingSession} from "./interfaces/IChargingSession.sol";
import {IReputation} from "./interfaces/IReputation.sol";
import {PileRating} from "./libraries/PileRating.sol";
import {Session, SessionId, SessionState} from "./types/MarketTypes.sol";

/// @dev The prose is in {IReputation}; here stand only the reasons.
contract Reputation is IReputation {
    /// @dev One slot a pile.
    struct Rating {
        uint128 ratingWad;
        uint64 count;
    }

    /// @dev ω of a rater without positive credibility: a completed session always counts a little.
    uint256 private constant MIN_WEIGHT_WAD = 0.1e18;
    uint256 private constant WAD = 1e18;

    address private immutable _deployer;

    /// @inheritdoc IReputation
    int8 public immutable override minCredibility;
    /// @inheritdoc IReputation
    int8 public immutable override maxCredibility;
    /// @inheritdoc IReputation
    int8 public immutable override threshold;

    IChargingSession private _sessions;
    mapping(address vehicle => int8) private _credibility;
    mapping(address pile => Rating) private _ratings;
    mapping(SessionId sessionId => uint8) private _given;

    constructor(int8 minCredibility_, int8 threshold_, int8 maxCredibility_) {
        if (minCredibility_ > threshold_ || threshold_ > 0 || maxCredibility_ <= 0) {
            revert ReputationBadBounds(minCredibility_, threshold_, maxCredibility_);
        }

        _deployer = msg.sender;
        minCredibility = minCredibility_;
        threshold = threshold_;
        maxCredibility = maxCredibility_;
    }

    /// @inheritdoc IReputation
    function wire(address sessions_) external override {
        if (msg.sender != _deployer || address(_sessions) != address(0)) {
            revert ReputationCannotWire(msg.sender);
        }

        _sessions = IChargingSession(sessions_);

        emit SessionsWired(sessions_);
    }

    /// @inheritdoc IReputation
    function recordOutcome(address vehicle, SessionId sessionId, int8 outcome) external override {
        if (msg.sender != address(_sessions)) revert ReputationNotSession(msg.sender);

        int8 credibility = _clamp(int16(_credibility[vehicle]) + outcome);
        _credibility[vehicle] = credibility;

        emit CredibilityChanged(vehicle, sessionId, outcome, credibility);
    }

    /// @inheritdoc IReputation
    function rate(SessionId sessionId, uint8 rating) external override {
        Session memory session = _sessions.sessionOf(sessionId);
        if (session.state != SessionState.Settled) {
            revert ReputationNotSettled(sessionId, session.state);
        }
        if (msg.sender != session.vehicle) revert ReputationNotRater(sessionId, msg.sender);
        if (_given[sessionId] != 0) revert ReputationAlreadyRated(sessionId);
        if (rating == 0 || rating > 3) revert ReputationRatingOutOfRange(rating);

        uint256 weightWad = _weightWad(session.credibilityBefore);
        Rating memory pile = _ratings[session.pile];
        pile = Rating(PileRating.next(pile.ratingWad, rating, weightWad), pile.count + 1);

        _given[sessionId] = rating;
        _ratings[session.pile] = pile;

        emit PileRated(session.pile, sessionId, rating, weightWad, pile.ratingWad, pile.count);
    }

    /// @inheritdoc IReputation
    function sessions() external view override returns (address) {
        return address(_sessions);
    }

    /// @inheritdoc IReputation
    function credibilityOf(address vehicle) external view override returns (int8) {
        return _credibility[vehicle];
    }

    /// @inheritdoc IReputation
    function requireServed(address vehicle) external view override {
        int8 credibility = _credibility[vehicle];
        if (credibility < threshold) {
            revert ReputationBelowThreshold(vehicle, credibility, threshold);
        }
    }

    /// @inheritdoc IReputation
    function pileRatingOf(
        address pile
    ) external view override returns (uint128 ratingWad, uint64 count) {
        return (_ratings[pile].ratingWad, _ratings[pile].count);
    }

    /// @inheritdoc IReputation
    function ratingOf(SessionId sessionId) external view override returns (uint8) {
        return _given[sessionId];
    }

    function _clamp(int16 value) private view returns (int8) {
        if (value < minCredibility) return minCredibility;
        if (value > maxCredibility) return maxCredibility;
        return int8(value);
    }

    /// @dev ω(R_v) = clamp(R_v, 0, R_max) / R_max, at least `MIN_WEIGHT_WAD`.
    function _weightWad(int8 credibility) private view returns (uint256) {
        if (credibility <= 0) return MIN_WEIGHT_WAD;
        uint256 weightWad = (uint256(uint8(credibility)) * WAD) / uint8(maxCredibility);
        return weightWad < MIN_WEIGHT_WAD ? MIN_WEIGHT_WAD : weightWad;
    }
}
