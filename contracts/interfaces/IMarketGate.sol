// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IEscrow} from "./IEscrow.sol";
import {IStakes} from "./IStakes.sol";

/// @title The one contract that stands for a later market before the escrow
/// @notice A stake is locked by an auction and ended by a session. The escrow counts the stakes of a
/// later market by who calls it, so all its contracts call through one gate, and users approve the
/// gate.
interface IMarketGate is IStakes {
    /// @notice Revert if somebody other than a contract of this market moves stakes.
    error GateNotMarket(address caller);

    /// @notice Where the stakes are.
    /// @dev Callable by: anyone.
    function escrow() external view returns (IEscrow);
}
