// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {
    AuctionId,
    Match,
    OpenAuctionState,
    OpenTerms,
    Phase,
    ScoreRule,
    SessionId
} from "../types/MarketTypes.sol";
import {IAuction} from "./IAuction.sol";

/// @title The paper's auction of one request, in public
/// @notice A vehicle opens it, invites piles, and they go lower until nobody does for a while. The
/// score weighs price, guaranteed power, quality and distance by a rule that is fixed when the
/// auction opens (He et al., Algorithm 2).
interface IOpenAuction is IAuction {
    /// @notice Revert if somebody other than the session contract opens the decision.
    error OpenNotSession(address caller);
    /// @notice Revert unless now < biddingEnds < openingEnds ≤ slotStart < slotEnd ≤ now +
    /// `MAX_AUCTION_SECONDS` and quietSeconds > 0.
    error OpenBadTimes(OpenTerms terms, uint256 nowSeconds);
    /// @notice Revert unless the weights add up to 10,000 basis points, the price's is not zero,
    /// and no scale is.
    error OpenBadRule(ScoreRule rule);
    /// @notice Revert if bond or deposit is zero.
    error OpenZeroStake(uint128 bidBond, uint128 vehicleDeposit);
    /// @notice Revert if the same terms were opened before by the same vehicle.
    error OpenExists(AuctionId auctionId);
    /// @notice Revert if the auction is in another phase than the call needs.
    error OpenWrongPhase(AuctionId auctionId, Phase expected, Phase actual);
    /// @notice Revert if the vehicle did not invite this pile to this auction with this distance.
    error OpenNotInvited(AuctionId auctionId, address pile, uint32 distanceM);
    /// @notice Revert if the pile is farther away than the rule allows.
    error OpenTooFar(AuctionId auctionId, uint32 distanceM, uint32 maxDistanceM);
    /// @notice Revert if the price is above the rule's maximum.
    error OpenTooDear(AuctionId auctionId, uint64 pricePerKwh, uint64 maxPricePerKwh);
    /// @notice Revert if the power is below what the pile has bid before (at least 1 W), or above
    /// what it is certified for.
    error OpenPowerOutOfRange(AuctionId auctionId, uint32 powerW, uint32 leastW, uint32 mostW);
    /// @notice Revert unless the bid goes below the leading one by the minimum decrement.
    error OpenNotLower(AuctionId auctionId, int96 effectivePriceUp, int96 leadingUp);
    /// @notice Revert if the stakes have left the auction already.
    error OpenEnded(AuctionId auctionId);

    /// @notice First event of an auction; together with an invitation it holds everything needed to
    /// bid.
    event AuctionOpened(AuctionId indexed auctionId, address indexed vehicle, OpenTerms terms);
    /// @notice `pile` leads from now on, and bidding lasts until `biddingEnds` unless somebody goes
    /// lower. Bids are numbered from 1 without a gap.
    event BidPlaced(
        AuctionId indexed auctionId,
        address indexed pile,
        uint32 bidNumber,
        uint64 pricePerKwh,
        uint32 powerW,
        int96 effectivePriceUp,
        uint40 biddingEnds
    );
    /// @notice Deposit and bond of the two parties now belong to the session. Last event of an
    /// auction.
    event DecisionOpened(
        AuctionId indexed auctionId,
        SessionId indexed sessionId,
        address indexed vehicle,
        address pile
    );
    /// @notice Deposit and, if there was a bid, bond are free again. Last event of an auction;
    /// `leader` is zero without a bid.
    event StakesReleased(
        AuctionId indexed auctionId,
        address indexed vehicle,
        address indexed leader
    );

    /// @notice Opens an auction for one session and locks the deposit, `Reputation.depositFactor`
    /// times.
    /// @dev Callable by: a vehicle in standing, its credibility not below the threshold; an
    /// authorised account for its own slot only.
    function open(OpenTerms calldata terms) external returns (AuctionId auctionId);

    /// @notice Takes the lead and locks the bond; whoever led is free at once.
    /// @dev Callable by: a pile in standing, with an invitation of the vehicle.
    /// @param powerW guaranteed charging power
    /// @param distanceM as the invitation says
    /// @param invitation EIP-712 `Invitation` of the vehicle (ERC-1271 accepted, asked at this
    /// moment). Nothing of it is kept, so it comes with every bid.
    function bid(
        AuctionId auctionId,
        uint64 pricePerKwh,
        uint32 powerW,
        uint32 distanceM,
        bytes calldata invitation
    ) external;

    /// @notice Frees what is still locked, once bidding is over.
    /// @dev Callable by: the vehicle; when the auction is closed, anyone.
    function release(AuctionId auctionId) external;

    /// @notice Hands over the deposit of the vehicle and the bond of the leader, if both are in
    /// standing.
    /// @dev Callable by: the session contract.
    function openDecision(AuctionId auctionId) external returns (Match memory);

    /// @notice What is known of an auction; all zero if nothing is.
    /// @dev Callable by: anyone.
    function auctionOf(AuctionId auctionId) external view returns (OpenAuctionState memory);

    /// @notice Bidding, Opening or Closed, by the time of the block; None if there is no such
    /// auction.
    /// @dev Callable by: anyone.
    function phaseOf(AuctionId auctionId) external view returns (Phase);

    /// @notice The power of a pile's last bid; 0 if there is none.
    /// @dev Callable by: anyone.
    function powerOf(AuctionId auctionId, address pile) external view returns (uint32);

    /// @notice What a bid would count as now, with the rating that the pile has now. Reverts as
    /// `bid` does if price or distance are beyond the rule.
    /// @dev Callable by: anyone.
    function effectivePriceOf(
        AuctionId auctionId,
        address pile,
        uint64 pricePerKwh,
        uint32 powerW,
        uint32 distanceM
    ) external view returns (int96);

    /// @notice `ChargeVeil.OpenAuction.v1`
    /// @dev Callable by: anyone.
    function auctionIdOf(
        address vehicle,
        OpenTerms calldata terms
    ) external view returns (AuctionId);

    /// @notice `ChargeVeil.Decision.v1` of vehicle, leader and leading bid
    /// (`ChargeVeil.OpenBid.v1`) with r = 0: the session's id, if it stays like this. Meaningless
    /// without a bid.
    /// @dev Callable by: anyone.
    function decisionOf(AuctionId auctionId) external view returns (SessionId);
}
