// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IEscrow} from "./interfaces/IEscrow.sol";
import {IMarketGate} from "./interfaces/IMarketGate.sol";
import {IStakes} from "./interfaces/IStakes.sol";
import {Stake} from "./types/MarketTypes.sol";

/// @dev The prose is in {IMarketGate}; here stand only the reasons.
///
///     auctions, sessions, … ── lock, settle, … ──> gate ── the same ──> escrow
///
/// It holds nothing and decides nothing: what it passes on is judged by the escrow.
contract MarketGate is IMarketGate {
    address private immutable _market0;
    address private immutable _market1;
    address private immutable _market2;
    address private immutable _market3;

    /// @inheritdoc IMarketGate
    IEscrow public immutable override escrow;

    constructor(IEscrow escrow_, address[4] memory markets_) {
        for (uint256 i = 0; i < markets_.length; ++i) {
            if (markets_[i] == address(0)) revert GateZero();
        }

        escrow = escrow_;
        _market0 = markets_[0];
        _market1 = markets_[1];
        _market2 = markets_[2];
        _market3 = markets_[3];
    }

    modifier onlyMarket() {
        if (!isMarket(msg.sender)) revert GateNotMarket(msg.sender);
        _;
    }

    /// @inheritdoc IStakes
    function lock(address account, uint128 amount) external override onlyMarket {
        escrow.lock(account, amount);
    }

    /// @inheritdoc IStakes
    function unlock(address account, uint128 amount) external override onlyMarket {
        escrow.unlock(account, amount);
    }

    /// @inheritdoc IStakes
    function unlockEach(address[] calldata accounts, uint128 amount) external override onlyMarket {
        escrow.unlockEach(accounts, amount);
    }

    /// @inheritdoc IStakes
    function settle(Stake calldata first, Stake calldata second) external override onlyMarket {
        escrow.settle(first, second);
    }

    /// @inheritdoc IStakes
    function pay(address from, address to, uint128 amount) external override onlyMarket {
        escrow.pay(from, to, amount);
    }

    /// @inheritdoc IMarketGate
    function markets() external view override returns (address[4] memory) {
        return [_market0, _market1, _market2, _market3];
    }

    /// @inheritdoc IStakes
    function isMarket(address account) public view override returns (bool) {
        return
            account == _market0 ||
            account == _market1 ||
            account == _market2 ||
            account == _market3;
    }
}
