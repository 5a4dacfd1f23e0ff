// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Stake} from "../types/MarketTypes.sol";

/// @title What a market does with the stakes of its users
/// @notice The side of an escrow that auctions, sessions and coupons see. The escrow is one; so is
/// the gate through which a later market reaches it.
interface IStakes {
    /// @notice Revert if one of the constructor's markets is zero: that of `place`, from 0 in the
    /// order of `markets`.
    error StakesNoMarket(uint256 place);

    /// @notice The contracts that lock and move stakes here, which the constructor has fixed:
    /// auctions, open auctions, sessions, coupons. Nobody can name others.
    /// @dev Callable by: anyone.
    function markets() external view returns (address[4] memory);

    /// @notice Whether an account is one of `markets`.
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

    /// @notice Ends the stakes of two accounts in one call. What a side owes becomes free for the
    /// other, the rest free for itself again.
    /// @dev Callable by: a market.
    function settle(Stake calldata first, Stake calldata second) external;

    /// @notice locked of `from` → free of `to`.
    /// @dev Callable by: a market.
    function pay(address from, address to, uint128 amount) external;
}
