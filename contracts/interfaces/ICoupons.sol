// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Election, ElectionId, ElectionTerms} from "../types/CouponTypes.sol";
import {EvaluationId} from "../types/MarketTypes.sol";
import {IReputation} from "./IReputation.sol";
import {IStakes} from "./IStakes.sol";

/// @title Coupons for the vehicles that rate
/// @notice He et al. reward the most credible vehicle of an area and a time. Here a sponsor locks a
/// coupon, and whoever rated in a range of evaluations that is over by then is a candidate, with
/// the credibility that the evaluation recorded as its score. Nothing is left open but the chance,
/// which is the hash of a later block; so nobody has to be trusted to elect, and nobody computes a
/// list: anyone claims for any candidate, and the best claim stands.
///
/// Correctness: the proposer of `seedBlock` does not choose its hash for the coupon's sake.
/// Liveness: somebody claims or draws within 256 blocks after `seedBlock`; otherwise the coupon
/// goes back.
interface ICoupons {
    /// @notice Revert unless 1 ≤ from ≤ to ≤ the last evaluation.
    error CouponBadRange(EvaluationId from, EvaluationId to, EvaluationId last);
    /// @notice Revert unless the seed's block is still to come.
    error CouponBadSeedBlock(uint40 seedBlock, uint256 blockNumber);
    /// @notice Revert unless claims end later, and at most `MAX_CLAIM_SECONDS` later.
    error CouponBadClaimEnd(uint40 claimEnds, uint256 nowSeconds);
    /// @notice Revert if the coupon is zero.
    error CouponZero();
    /// @notice Revert if the same terms were opened before by the same sponsor.
    error CouponExists(ElectionId electionId);
    /// @notice Revert if there is no such election.
    error CouponUnknown(ElectionId electionId);
    /// @notice Revert if the seed's block has not been mined yet.
    error CouponNotDrawn(ElectionId electionId, uint40 seedBlock, uint256 blockNumber);
    /// @notice Revert if the chain has forgotten the hash of the seed's block.
    error CouponSeedLost(ElectionId electionId, uint40 seedBlock, uint256 blockNumber);
    /// @notice Revert if claims have ended.
    error CouponTooLate(ElectionId electionId, uint40 claimEnds, uint256 nowSeconds);
    /// @notice Revert if claims have not ended yet.
    error CouponTooEarly(ElectionId electionId, uint40 claimEnds, uint256 nowSeconds);
    /// @notice Revert if the evaluation is outside the election's range.
    error CouponOutOfRange(ElectionId electionId, EvaluationId evaluationId);
    /// @notice Revert if the score is below the bar, or not positive.
    error CouponBelowBar(ElectionId electionId, int8 score, int8 bar);
    /// @notice Revert if the evaluation is of a session that did not earn: it took no metered energy
    /// that was paid.
    error CouponNotEarned(ElectionId electionId, EvaluationId evaluationId);
    /// @notice Revert if the candidate does not hold the ticket.
    error CouponNoSuchTicket(ElectionId electionId, uint8 ticket, int8 score);
    /// @notice Revert if the lot does not beat the leader's.
    error CouponNotBetter(ElectionId electionId, uint256 lot, uint256 leadersLot);
    /// @notice Revert if the coupon was redeemed before.
    error CouponRedeemed(ElectionId electionId);

    /// @notice First event of an election. Everything that decides it is known from here on, but
    /// the seed.
    event ElectionOpened(
        ElectionId indexed electionId,
        address indexed sponsor,
        ElectionTerms terms
    );
    /// @notice Emitted once, before the first `LeaderChanged`.
    event SeedDrawn(ElectionId indexed electionId, bytes32 seed);
    /// @notice `lot` grows from event to event.
    event LeaderChanged(
        ElectionId indexed electionId,
        address indexed vehicle,
        EvaluationId evaluationId,
        uint256 lot
    );
    /// @notice Last event of an election. `to` is the leader, or the sponsor if there is none.
    event CouponPaid(ElectionId indexed electionId, address indexed to, uint128 amount);

    /// @notice The longest time for claims.
    /// @dev Callable by: anyone.
    function MAX_CLAIM_SECONDS() external view returns (uint40);

    /// @notice Locks the caller's coupon and opens an election for it.
    /// @dev Callable by: anyone that has the coupon free in the escrow.
    function open(ElectionTerms calldata terms) external returns (ElectionId electionId);

    /// @notice Records the seed, once, within 256 blocks after its block.
    /// @dev Callable by: anyone.
    function draw(ElectionId electionId) external;

    /// @notice Puts a candidate in the lead: the vehicle of `evaluationId`, by its ticket `ticket`
    /// (rule `Highest`: 0). Draws if nobody has yet.
    /// @dev Callable by: anyone, for any candidate.
    function claim(ElectionId electionId, EvaluationId evaluationId, uint8 ticket) external;

    /// @notice Pays the leader, or the sponsor back, when claims have ended.
    /// @dev Callable by: anyone.
    function redeem(ElectionId electionId) external;

    /// @notice Where coupons are locked.
    /// @dev Callable by: anyone.
    function escrow() external view returns (IStakes);

    /// @notice Whose evaluations make candidates.
    /// @dev Callable by: anyone.
    function reputation() external view returns (IReputation);

    /// @notice What is known of an election; all zero if nothing is.
    /// @dev Callable by: anyone.
    function electionOf(ElectionId electionId) external view returns (Election memory);

    /// @notice `ChargeVeil.Election.v1`
    /// @dev Callable by: anyone.
    function electionIdOf(
        address sponsor,
        ElectionTerms calldata terms
    ) external view returns (ElectionId);
}
