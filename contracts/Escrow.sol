// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Permit.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ReentrancyGuard} from "@openzeppelin/contracts/utils/ReentrancyGuard.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";

import {FourMarkets} from "./FourMarkets.sol";
import {SignedCalls} from "./SignedCalls.sol";
import {IEscrow} from "./interfaces/IEscrow.sol";
import {IStakes} from "./interfaces/IStakes.sol";
import {Approval, Balance, Consent, Stake} from "./types/MarketTypes.sol";

/// @dev The prose is in {IEscrow}; here stand only the reasons.
///
/// What each call does to the sums over all accounts, with a = amount:
///
///     call           Σ free        Σ locked      tokens held
///     deposit        + a                         + a
///     withdraw       − a                         − a
///     lock           − a           + a
///     unlock         + a           − a
///     settle         + a₁ + a₂     − a₁ − a₂
///     pay            + a           − a
///
/// In every line the first two columns add up to the third, which is ES-1: the tokens held are Σ
/// free + Σ locked. Only deposit and withdraw touch the token, and both compare what it moved.
///
/// Of the markets of the constructor each ends what it has locked, and nothing keeps their stakes
/// apart but their own code. A later market's code is known to those alone that approve it, so what
/// it has locked of an account is counted, and it ends no more than that (ES-5).
///
/// A signed call comes from this contract itself. Where owners act, `_msgSender()` is who signed;
/// everywhere else the caller is this contract, which is no market, and which nobody can approve as
/// one: otherwise whoever signs a `lock` would be that market (ES-7).
///
/// Limit: sums in 128 bits do not overflow while the token has fewer than 2^128 units. They are
/// checked all the same: with a larger supply a call reverts, and nobody's balance wraps.
contract Escrow is IEscrow, FourMarkets, ReentrancyGuard, SignedCalls {
    using SafeERC20 for IERC20;

    /// @inheritdoc IEscrow
    IERC20 public immutable override token;

    mapping(address account => Balance) private _balances;
    mapping(address account => mapping(address market => Approval)) private _approvals;

    constructor(
        IERC20 token_,
        address[4] memory markets_
    ) FourMarkets(markets_) EIP712("ChargeVeil Escrow", "1") {
        token = token_;
    }

    /* TOKENS IN AND OUT */

    /// @inheritdoc IEscrow
    function deposit(address account, uint128 amount) external override nonReentrant {
        _deposit(account, amount);
    }

    /// @inheritdoc IEscrow
    function depositWithPermit(
        address account,
        uint128 amount,
        uint256 permitDeadline,
        uint8 v,
        bytes32 r,
        bytes32 s
    ) external override nonReentrant {
        // Whoever sees the permit can relay it first; the allowance is then there and the transfer
        // decides.
        try
            IERC20Permit(address(token)).permit(
                msg.sender,
                address(this),
                amount,
                permitDeadline,
                v,
                r,
                s
            )
        {} catch {}
        _deposit(account, amount);
    }

    /// @inheritdoc IEscrow
    function withdraw(address to, uint128 amount) external override nonReentrant {
        if (amount == 0 || to == address(0)) revert EscrowZero();
        address owner = _msgSender();
        Balance storage balance = _balances[owner];
        uint128 free = balance.free;
        if (free < amount) revert EscrowInsufficientFree(owner, free, amount);

        // Checked above, written before the token is called: a token that calls back finds less
        // free.
        balance.free = free - amount;
        _overtake(owner);

        emit Withdrawn(owner, to, amount);

        uint256 heldBefore = token.balanceOf(address(this));
        token.safeTransfer(to, amount);
        _checkMoved(heldBefore - token.balanceOf(address(this)), amount);
    }

    /* LATER MARKETS */

    /// @inheritdoc IEscrow
    function approveMarket(address market) external override {
        bool isLater = !isMarket(market) && market != address(this) && market.code.length != 0;
        if (!isLater) revert EscrowNoLaterMarket(market);

        address account = _msgSender();
        _approvals[account][market].consent = Consent.Approved;
        _overtake(account);

        emit MarketApproved(account, market);
    }

    /// @inheritdoc IEscrow
    function revokeMarket(address market) external override {
        address account = _msgSender();
        Approval storage approval = _approvals[account][market];
        if (approval.consent != Consent.Approved) revert EscrowNoLaterMarket(market);

        approval.consent = Consent.Revoked;
        _overtake(account);

        emit MarketRevoked(account, market);
    }

    /* MARKETS */

    // The calls below touch no token, so that none of them can call anybody back. They need no
    // guard against reentrance, and a bid costs no token transfer.

    /// @inheritdoc IStakes
    function lock(address account, uint128 amount) external override {
        if (_isLater()) _countLock(account, amount);
        Balance storage balance = _balances[account];
        (uint128 free, uint128 locked) = (balance.free, balance.locked);
        if (free < amount) revert EscrowInsufficientFree(account, free, amount);

        (balance.free, balance.locked) = (free - amount, locked + amount);

        emit Locked(account, msg.sender, amount);
    }

    /// @inheritdoc IStakes
    function unlock(address account, uint128 amount) external override {
        _release(account, amount, amount, _isLater());

        emit Unlocked(account, msg.sender, amount);
    }

    /// @inheritdoc IStakes
    function unlockEach(address[] calldata accounts, uint128 amount) external override {
        bool isLater = _isLater();
        if (isLater && accounts.length == 0) revert EscrowNotMarket(msg.sender);
        for (uint256 i = 0; i < accounts.length; ++i) {
            _release(accounts[i], amount, amount, isLater);

            emit Unlocked(accounts[i], msg.sender, amount);
        }
    }

    /// @inheritdoc IStakes
    /// @dev Both stakes end in one call and one log, and each account's slot is looked up once for
    /// its own stake.
    ///
    ///     vehicle: 5,000 locked, 4,321 owed      pile: 1,000 locked, nothing owed
    ///     ⇒  vehicle: locked − 5,000, free + 679
    ///        pile:    locked − 1,000, free + 1,000 + 4,321
    function settle(Stake calldata first, Stake calldata second) external override {
        bool isLater = _isLater();
        _settle(first, second.account, isLater);
        _settle(second, first.account, isLater);

        emit StakesSettled(
            first.account,
            second.account,
            msg.sender,
            first.amount,
            first.owed,
            second.amount,
            second.owed
        );
    }

    /// @inheritdoc IStakes
    function pay(address from, address to, uint128 amount) external override {
        _release(from, amount, 0, _isLater());
        _balances[to].free += amount;

        emit Paid(from, to, msg.sender, amount);
    }

    /* VIEWS */

    /// @inheritdoc IEscrow
    function balanceOf(address account) external view override returns (Balance memory) {
        return _balances[account];
    }

    /// @inheritdoc IEscrow
    function approvalOf(
        address account,
        address market
    ) external view override returns (Approval memory) {
        return _approvals[account][market];
    }

    /* INTERNAL */

    /// @dev Credits before the token is called; every way out of the call that is not the exact
    /// transfer reverts.
    function _deposit(address account, uint128 amount) private {
        if (amount == 0 || account == address(0)) revert EscrowZero();

        _balances[account].free += amount;

        emit Deposited(account, msg.sender, amount);

        uint256 heldBefore = token.balanceOf(address(this));
        token.safeTransferFrom(msg.sender, address(this), amount);
        _checkMoved(token.balanceOf(address(this)) - heldBefore, amount);
    }

    /// @dev Ends one stake. `stake.amount - stake.owed` is checked: nobody owes more than was
    /// locked.
    function _settle(Stake calldata stake, address other, bool isLater) private {
        _release(stake.account, stake.amount, stake.amount - stake.owed, isLater);
        if (stake.owed != 0) _balances[other].free += stake.owed;
    }

    /// @dev The only place where locked money becomes free. One slot is read and written: both
    /// halves of a balance lie in it.
    /// @param amount leaves `locked`
    /// @param toFree how much of it is free for the account again; the rest is credited by the
    /// caller
    /// @param isLater whether a later market calls, which has to have locked it
    function _release(address account, uint128 amount, uint128 toFree, bool isLater) private {
        if (isLater) _countRelease(account, amount);
        Balance storage balance = _balances[account];
        (uint128 free, uint128 locked) = (balance.free, balance.locked);
        if (locked < amount) revert EscrowInsufficientLocked(account, locked, amount);

        (balance.free, balance.locked) = (free + toFree, locked - amount);
    }

    /// @dev Whether the caller is none of the markets of everybody: a later one, or nobody's.
    function _isLater() private view returns (bool) {
        return !isMarket(msg.sender);
    }

    function _countLock(address account, uint128 amount) private {
        Approval storage approval = _approvals[account][msg.sender];
        if (approval.consent != Consent.Approved) revert EscrowNotMarket(msg.sender);

        approval.locked += amount;
    }

    /// @dev Also for who has revoked: whoever trades with it would lose its own stake otherwise.
    function _countRelease(address account, uint128 amount) private {
        Approval storage approval = _approvals[account][msg.sender];
        (uint128 locked, Consent consent) = (approval.locked, approval.consent);
        if (consent == Consent.None) revert EscrowNotMarket(msg.sender);
        if (locked < amount) revert EscrowInsufficientLocked(account, locked, amount);

        approval.locked = locked - amount;
    }

    /// @dev A token that takes a fee brings less than asked, one that rebases in between more: both
    /// would break ES-1.
    function _checkMoved(uint256 moved, uint256 expected) private pure {
        if (moved != expected) revert EscrowWrongTransfer(expected, moved);
    }
}
