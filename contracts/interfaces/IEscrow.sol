// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {Balance, Stake} from "../types/MarketTypes.sol";

/// @title Every token in the system
/// @notice Users deposit once and bid many times: markets lock, unlock and move balances in here,
/// so a bid costs no token transfer. Tokens leave by `withdraw` only, called by their owner.
///
/// The token must, for correctness:
/// - keep balances as they are between transfers (no rebasing);
/// - move exactly the amount asked (a fee is detected and refused).
///
/// The token must, for liveness:
/// - not block transfers to the recipient that a user names;
/// - have fewer than 2^128 units.
interface IEscrow {
    /// @notice Revert if somebody other than a market locks, unlocks or pays.
    error EscrowNotMarket(address caller);
    /// @notice Revert if an amount is zero, or an account or a market is.
    error EscrowZero();
    /// @notice Revert if less is free than asked.
    error EscrowInsufficientFree(address account, uint128 free, uint128 amount);
    /// @notice Revert if less is locked than asked.
    error EscrowInsufficientLocked(address account, uint128 locked, uint128 amount);
    /// @notice Revert if the token moved another amount than asked.
    error EscrowWrongTransfer(uint256 expected, uint256 received);

    event Deposited(address indexed account, address indexed from, uint128 amount);
    event Withdrawn(address indexed account, address indexed to, uint128 amount);
    /// @notice From here on `market` is data and no topic: people are looked for, and there are few
    /// markets.
    event Locked(address indexed account, address market, uint128 amount);
    event Unlocked(address indexed account, address market, uint128 amount);
    /// @notice `amount` is free again for each of the accounts.
    event UnlockedEach(address[] accounts, address market, uint128 amount);
    /// @notice `amount` left `from`'s locked balance and is free for `to`.
    event Paid(address indexed from, address indexed to, address market, uint128 amount);

    /// @notice Both stakes ended: of `firstAmount`, locked until now, `firstOwed` is free for
    /// `second`, the rest free for `first` again; and the other way round.
    event StakesSettled(
        address indexed first,
        address indexed second,
        address market,
        uint128 firstAmount,
        uint128 firstOwed,
        uint128 secondAmount,
        uint128 secondOwed
    );

    /// @notice The one token that the escrow holds.
    /// @dev Callable by: anyone.
    function token() external view returns (IERC20);

    /// @notice Free and locked balance of an account.
    /// @dev Callable by: anyone.
    function balanceOf(address account) external view returns (Balance memory);

    /// @notice The markets, which the constructor has fixed: auctions, open auctions, sessions,
    /// coupons. Nobody can name others.
    /// @dev Callable by: anyone.
    function markets() external view returns (address[4] memory);

    /// @notice Whether a contract is one of `markets`.
    /// @dev Callable by: anyone.
    function isMarket(address account) external view returns (bool);

    /// @notice Takes `amount` from the caller and credits `account`.
    /// @dev Callable by: anyone, for any account.
    function deposit(address account, uint128 amount) external;

    /// @notice `deposit` with an ERC-2612 permit of the caller. A permit that somebody else has
    /// already relayed does no harm.
    /// @dev Callable by: anyone, for any account.
    function depositWithPermit(
        address account,
        uint128 amount,
        uint256 permitDeadline,
        uint8 v,
        bytes32 r,
        bytes32 s
    ) external;

    /// @notice Sends free balance of the caller to `to`.
    /// @dev Callable by: the owner of the balance.
    function withdraw(address to, uint128 amount) external;

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
