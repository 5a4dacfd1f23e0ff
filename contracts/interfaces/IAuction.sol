// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IIdentityRegistry} from "./IIdentityRegistry.sol";
import {IReputation} from "./IReputation.sol";
import {IStakes} from "./IStakes.sol";

/// @title What the auctions of a market have in common
/// @notice Whichever way a price is found: the contracts that an auction names, for ever, and how
/// long it may hold a stake.
interface IAuction {
    /// @notice The longest time from opening an auction to the end of its slot.
    /// @dev Callable by: anyone.
    function MAX_AUCTION_SECONDS() external view returns (uint40);

    /// @notice Where whoever takes part is enrolled.
    /// @dev Callable by: anyone.
    function identities() external view returns (IIdentityRegistry);

    /// @notice Where stakes are locked.
    /// @dev Callable by: anyone.
    function escrow() external view returns (IStakes);

    /// @notice Where credibility and rating stand.
    /// @dev Callable by: anyone.
    function reputation() external view returns (IReputation);

    /// @notice The session contract, the only one that opens decisions.
    /// @dev Callable by: anyone.
    function sessions() external view returns (address);
}
