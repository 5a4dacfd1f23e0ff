// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Stake} from "../types/MarketTypes.sol";

/// @title What a market does with the stakes of its users
/// @notice The side of an escrow that auctions, sessions and coupons see. The escrow is one; so is
/// the gate through which a later market reaches it.
interface IStakes {
    /// @notice Whether an account may lock and move stakes here.
    /// @dev Callable by: anyone.
    function isMarket(address account) external view returns (bool);

    /// @notice free → locked.
    /// @dev Callable by: a market.
    function lock(address account, uint128 amount) external;

    /// @notice locked → free.
    /// @dev Callable by: a market.
    function unlock(address account, uint128 amount) external;

    /// @notice locked → free, the same amount for each account; all of them or none.
    /// @dev Callable by: a market.
    function unlockEach(address[] calldata accounts, uint128 amount) external;

    /// @notice Ends the stakes of two accounts in one. What a side owes becomes free for the other,
    /// the rest free for itself again.
    /// @dev Callable by: a market.
    function settle(Stake calldata first, Stake calldata second) external;

    /// @notice locked of `from` → free of `to`.
    /// @dev Callable by: a market.
    function pay(address from, address to, uint128 amount) external;
}
