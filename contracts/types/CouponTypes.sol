// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {EvaluationId} from "./MarketTypes.sol";

type ElectionId is bytes32;

enum ElectionRule {
    /// @dev The highest score wins; chance decides between equals.
    Highest,
    /// @dev Chance decides, in proportion to the scores.
    Draw
}

/// @dev What the sponsor fixes when it opens an election.
struct ElectionTerms {
    ElectionRule rule;
    /// @dev Lowest score of a candidate; a score of 0 or less is none.
    int8 bar;
    /// @dev First and last evaluation whose vehicles are candidates.
    EvaluationId from;
    EvaluationId to;
    /// @dev The block whose hash is the chance.
    uint40 seedBlock;
    /// @dev Last moment of claims, excluded; unix seconds.
    uint40 claimEnds;
    /// @dev What the winner gets, in token units.
    uint128 coupon;
    /// @dev Tells apart elections that are equal otherwise.
    bytes32 nonce;
}

/// @dev What the contract keeps of an election.
struct Election {
    // slot 0, 32 bytes: sponsor, times and rule
    address sponsor;
    uint40 claimEnds;
    uint40 seedBlock;
    ElectionRule rule;
    int8 bar;
    // slot 1, 27 bytes: prize, candidates, end
    uint128 coupon;
    EvaluationId from;
    EvaluationId to;
    bool redeemed;
    // slot 2, 32 bytes: 0 until drawn
    bytes32 seed;
    // slot 3, 20 bytes
    address leader;
    // slot 4, 32 bytes: the leader's
    uint256 lot;
}
