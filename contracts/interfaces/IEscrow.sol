// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {Approval, Balance} from "../types/MarketTypes.sol";
import {IStakes} from "./IStakes.sol";

/// @title Every token in the system
/// @notice Users deposit once and bid many times: markets lock, unlock and move balances in here,
/// so a bid costs no token transfer. Tokens leave by `withdraw` only, called or signed by their owner.
///
/// `markets` are those of everybody. Beside them, each user can let in later ones for itself.
///
/// `withdraw`, `approveMarket` and `revokeMarket` can also be signed and relayed: {ISignedCalls}. A
/// call of the owner's own to one of the three takes back what it has signed as its next.
///
/// The token must, for correctness:
/// - keep balances as they are between transfers (no rebasing);
/// - move exactly the amount asked (a fee is detected and refused).
///
/// The token must, for liveness:
/// - not block transfers to the recipient that a user names;
/// - have fewer than 2^128 units.
interface IEscrow is IStakes {
    /// @notice Revert if somebody other than a market moves stakes, or a later one those of an
    /// account that has not approved it.
    error EscrowNotMarket(address caller);
    /// @notice Revert if an account without code is approved as a market, one of `markets`, or the
    /// escrow itself; and if one is revoked that is not approved.
    error EscrowNoLaterMarket(address market);
    /// @notice Revert if an amount is zero, or an account is.
    error EscrowZero();
    /// @notice Revert if less is free than asked.
    error EscrowInsufficientFree(address account, uint128 free, uint128 amount);
    /// @notice Revert if less is locked than asked.
    error EscrowInsufficientLocked(address account, uint128 locked, uint128 amount);
    /// @notice Revert if the token moved another amount than asked.
    error EscrowWrongTransfer(uint256 expected, uint256 received);

    /// @notice From here on `market` locks stakes of `account`.
    event MarketApproved(address indexed account, address indexed market);
    /// @notice `market` locks nothing more of `account`; what it has locked ends as if nothing had
    /// happened.
    event MarketRevoked(address indexed account, address indexed market);
    event Deposited(address indexed account, address indexed from, uint128 amount);
    event Withdrawn(address indexed account, address indexed to, uint128 amount);
    /// @notice From here on `market` is data and no topic: people are looked for, and there are few
    /// markets.
    event Locked(address indexed account, address market, uint128 amount);
    event Unlocked(address indexed account, address market, uint128 amount);
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
    /// @dev Callable by: the owner of the balance, also by signature.
    function withdraw(address to, uint128 amount) external;

    /// @notice What a later market may do with the stakes of an account, and what it has locked.
    /// @dev Callable by: anyone.
    function approvalOf(address account, address market) external view returns (Approval memory);

    /// @notice Lets a later market lock free balance of the caller, and end what it has locked. It
    /// can do nothing to what others have locked, and nothing to anybody else's balance.
    /// @dev Callable by: anyone, for itself, also by signature.
    /// @param market a contract; of several that trade together, the gate that stands for them
    function approveMarket(address market) external;

    /// @notice Ends that. What the market has locked of the caller already it still ends, because
    /// the other side of the trade counts on it.
    /// @dev Callable by: anyone, for itself, also by signature.
    function revokeMarket(address market) external;
}
