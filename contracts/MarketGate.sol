// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {FourMarkets} from "./FourMarkets.sol";
import {IEscrow} from "./interfaces/IEscrow.sol";
import {IMarketGate} from "./interfaces/IMarketGate.sol";
import {IStakes} from "./interfaces/IStakes.sol";
import {Stake} from "./types/MarketTypes.sol";

/// @dev The prose is in {IMarketGate}; here stand only the reasons.
///
///     auctions, sessions, … ── lock, settle, … ──> gate ── the same ──> escrow
///
/// It holds nothing and decides nothing: what it passes on is judged by the escrow.
contract MarketGate is IMarketGate, FourMarkets {
    /// @inheritdoc IMarketGate
    IEscrow public immutable override escrow;

    constructor(IEscrow escrow_, address[4] memory markets_) FourMarkets(markets_) {
        escrow = escrow_;
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
}
