// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IAuction} from "./interfaces/IAuction.sol";
import {IIdentityRegistry} from "./interfaces/IIdentityRegistry.sol";
import {IReputation} from "./interfaces/IReputation.sol";
import {IStakes} from "./interfaces/IStakes.sol";

/// @dev The prose is in {IAuction}; here stand only the reasons.
///
/// In code, not in storage: nobody can write them later, and a bid reads no slot to find them.
abstract contract BaseAuction is IAuction {
    /// @inheritdoc IAuction
    uint40 public constant override MAX_AUCTION_SECONDS = 31 days;

    /// @inheritdoc IAuction
    IIdentityRegistry public immutable override identities;
    /// @inheritdoc IAuction
    IStakes public immutable override escrow;
    /// @inheritdoc IAuction
    IReputation public immutable override reputation;
    /// @inheritdoc IAuction
    address public immutable override sessions;

    constructor(
        IIdentityRegistry identities_,
        IStakes escrow_,
        IReputation reputation_,
        address sessions_
    ) {
        identities = identities_;
        escrow = escrow_;
        reputation = reputation_;
        sessions = sessions_;
    }
}
