// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IEscrow} from "./IEscrow.sol";
import {IStakes} from "./IStakes.sol";

/// @title The one contract that stands for a later market before the escrow
/// @notice A stake is locked by an auction and ended by a session. The escrow counts the stakes of a
/// later market by who calls it, so all its contracts call through one gate, and users approve the
/// gate.
interface IMarketGate is IStakes {
    /// @notice Revert if somebody other than a contract of this market locks, unlocks or pays.
    error GateNotMarket(address caller);
    /// @notice Revert if a contract of the market is zero.
    error GateZero();

    /// @notice Where the stakes are.
    /// @dev Callable by: anyone.
    function escrow() external view returns (IEscrow);

    /// @notice The contracts of this market, which the constructor has fixed: auctions, open
    /// auctions, sessions, coupons.
    /// @dev Callable by: anyone.
    function markets() external view returns (address[4] memory);
}
