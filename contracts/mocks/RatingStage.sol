// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Reputation} from "../Reputation.sol";
import {IChargingSession} from "../interfaces/IChargingSession.sol";
import {PileRating} from "../libraries/PileRating.sol";
import {BEST_RATING, ReputationParameters, SessionId, WORST_RATING} from "../types/MarketTypes.sol";

/// @title A stage on which `Reputation` can be rated without a market around it
/// @notice Stands in for the session contract where a measurement or a figure needs thousands of
/// settled sessions: a session's id says everything about it, so that none of them has to be put on
/// chain. Not for a market: on this stage every session has earned, unless its serial is 2^55 or
/// more.
///
///     id = vehicle (160 bits) · pile (32) · serial (56) · credibility before (8)
contract RatingStage {
    Reputation public immutable reputation;

    /// @dev Deploys its own, whose session contract it is.
    constructor(ReputationParameters memory parameters) {
        reputation = new Reputation(parameters, IChargingSession(address(this)));
    }

    /// @notice The id of the settled session number `serial` of a vehicle at the pile number
    /// `pile`.
    function settled(
        address vehicle,
        uint32 pile,
        uint56 serial,
        int8 credibilityBefore
    ) external pure returns (SessionId) {
        return SessionId.wrap(bytes32(abi.encodePacked(vehicle, pile, serial, credibilityBefore)));
    }

    /// @notice As `ChargingSession.partiesOf`.
    function partiesOf(
        SessionId sessionId
    )
        external
        pure
        returns (address vehicle, address pile, int8 credibilityBefore, uint8 mostRating)
    {
        uint256 id = uint256(SessionId.unwrap(sessionId));
        mostRating = (id >> 63) & 1 == 0 ? BEST_RATING : WORST_RATING;
        return (address(uint160(id >> 96)), pileAt(uint32(id >> 64)), int8(uint8(id)), mostRating);
    }

    /// @notice Reports an outcome, as the session contract does.
    function record(address vehicle, SessionId sessionId, int8 outcome) external {
        reputation.recordOutcome(vehicle, sessionId, outcome);
    }

    /// @notice The account of a pile.
    function pileAt(uint32 pile) public pure returns (address) {
        return address(uint160(uint256(keccak256(abi.encode("pile", pile)))));
    }

    /// @notice The library alone, with real scores. The rating after each of them.
    function walk(
        int256 ratingWad,
        int256[] calldata scoresWad,
        uint256 weightWad
    ) external pure returns (int256[] memory ratingsWad) {
        ratingsWad = new int256[](scoresWad.length);
        for (uint256 i = 0; i < scoresWad.length; ++i) {
            ratingWad = PileRating.nextReal(ratingWad, scoresWad[i], weightWad);
            ratingsWad[i] = ratingWad;
        }
    }
}
