// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Balance, Phase, SessionState} from "../../contracts/types/MarketTypes.sol";
import {Campaign} from "../support/contracts/Handler.sol";
import {MarketAuctions} from "../support/contracts/MarketAuctions.sol";
import {MarketBooks} from "../support/contracts/MarketBooks.sol";
import {MarketMoney} from "../support/contracts/MarketMoney.sol";
import {MarketRatings} from "../support/contracts/MarketRatings.sol";
import {MarketSessions} from "../support/contracts/MarketSessions.sol";
import {Actor} from "../support/contracts/Base.sol";

/// @title Everything that people can do in the market
/// @dev Parties call for each other, and time jumps to the seconds around deadlines. The handler
/// keeps its own books and predicts every call; it never reads money from the contracts to fill
/// them.
contract MarketHandler is MarketAuctions, MarketSessions, MarketRatings, MarketMoney {
    function actions() public pure override returns (bytes4[] memory list) {
        list = new bytes4[](32);
        list[0] = this.open.selector;
        list[1] = this.request.selector;
        list[2] = this.bid.selector;
        list[3] = this.postDecisions.selector;
        list[4] = this.release.selector;
        list[5] = this.releaseExpired.selector;
        list[6] = this.start.selector;
        list[7] = this.authorise.selector;
        list[8] = this.plugIn.selector;
        list[9] = this.settle.selector;
        list[10] = this.expire.selector;
        list[11] = this.rate.selector;
        list[12] = this.deposit.selector;
        list[13] = this.withdraw.selector;
        list[14] = this.suspendOrReinstate.selector;
        list[15] = this.proceed.selector;
        list[16] = this.closeRound.selector;
        // More often than the rest: a market that goes on sees more of everything.
        list[17] = list[18] = list[19] = this.proceed.selector;
        list[20] = this.withdrawRequest.selector;
        list[21] = this.unplug.selector;
        list[22] = this.waive.selector;
        list[23] = this.agree.selector;
        for (uint256 i = 24; i < list.length; ++i) list[i] = this.proceed.selector;
    }

    function milestones() public view override returns (bytes4[] memory list) {
        list = new bytes4[](22);
        list[0] = auctions.open.selector;
        list[1] = auctions.request.selector;
        list[2] = auctions.bid.selector;
        list[3] = auctions.postDecisions.selector;
        list[4] = auctions.release.selector;
        list[5] = auctions.releaseExpired.selector;
        list[6] = sessions.start.selector;
        list[7] = sessions.authorise.selector;
        list[8] = sessions.plugIn.selector;
        list[9] = sessions.settleAgreed.selector;
        list[10] = sessions.expire.selector;
        list[11] = reputation.rate.selector;
        list[12] = escrow.deposit.selector;
        list[13] = escrow.withdraw.selector;
        list[14] = identities.suspend.selector;
        list[15] = identities.reinstate.selector;
        list[16] = auctions.closeRound.selector;
        list[17] = auctions.withdrawRequest.selector;
        list[18] = sessions.unplug.selector;
        list[19] = sessions.waive.selector;
        list[20] = sessions.settle.selector;
        list[21] = sessions.callSigned.selector;
    }

    /// @inheritdoc MarketBooks
    function proceed(uint256 seed) public override {
        if (_rounds.length == 0) return;
        Round memory round = _rounds[_roundIn(seed, Phase.Matching)];
        if (_phase(round) == Phase.Matching) {
            return _goesOn(round) ? closeRound(seed) : postDecisions(seed);
        }
        if (_deals.length == 0) return;
        if (_canStart(_dealToStart(seed))) return start(seed);

        (, bool opened) = _runIn(seed, SessionState.Opened);
        if (opened) return authorise(seed);
        (, bool authorised) = _runIn(seed, SessionState.Authorised);
        if (authorised) return plugIn(seed);
        (, bool charging) = _runIn(seed, SessionState.Charging);
        if (charging) return _pick(seed, "agree", 4) == 0 ? agree(seed) : settle(seed);
        rate(seed);
    }

    /// @dev AU-5 and SE-5: after the last deadline a stranger ends everything, and everybody leaves
    /// with everything.
    function drain() external {
        vm.warp(block.timestamp + auctions.MAX_AUCTION_SECONDS() + 3 days);
        for (uint256 i = 0; i < _rounds.length; ++i) {
            auctions.releaseExpired(_rounds[i].id, _accounts(_vehicles), _accounts(_piles));
            _bookReleases(_rounds[i], _accounts(_vehicles), _accounts(_piles));
        }
        for (uint256 i = 0; i < _runs.length; ++i) {
            if (!_isRunning(_runs[i])) continue;
            sessions.expire(_deals[i].sessionId);
            _bookExpiry(i, _runs[i].state);
        }
        Actor[] memory people = _everybody();
        for (uint256 i = 0; i < people.length; ++i) {
            _assertBalance(people[i].account, wealth[people[i].account], 0, "nothing is held back");
            _withdrawAll(people[i].account);
            _assertStakesEndedOnce(people[i].account);
        }
        vm.assertEq(token.balanceOf(address(escrow)), 0, "the escrow is empty");
        vm.assertEq(paid + refunded, depositsIn, "deposits");
        vm.assertEq(forfeited + returned, bondsIn, "bonds");
    }

    function everybody() external view returns (address[] memory) {
        return _accounts(_everybody());
    }

    function balanceOf(address account) external view returns (Balance memory) {
        return escrow.balanceOf(account);
    }

    function tokensHeld() external view returns (uint256) {
        return token.balanceOf(address(escrow));
    }
}

/// @title The market under people who do what they like
contract MarketInvariantTest is Campaign {
    MarketHandler private handler;

    function setUp() external {
        handler = new MarketHandler();
        _target(handler);
    }

    function invariant_ES1_ES2_EveryUnitHasItsOwner() external view {
        uint256 owed = 0;
        address[] memory people = handler.everybody();
        for (uint256 i = 0; i < people.length; ++i) {
            Balance memory balance = handler.balanceOf(people[i]);
            uint256 wealth = uint256(balance.free) + balance.locked;
            vm.assertEq(wealth, handler.wealth(people[i]), "free and locked");
            owed += wealth;
        }
        vm.assertEq(handler.tokensHeld(), owed, "tokens");
    }

    function invariant_AU1_AU2_AU6_RoundsGoForwardAndStakesEndOnce() external view {
        address[] memory people = handler.everybody();
        for (uint256 i = 0; i < people.length; ++i) {
            uint256 locked = handler.balanceOf(people[i]).locked;
            vm.assertEq(locked, handler.obligations(people[i]), "locked is what is at stake");
        }
        handler.assertAuctions();
    }

    function invariant_AU3_AU4_OneDecisionARequest() external view {
        handler.assertDecisions();
    }

    function invariant_SE1_SE2_EverySessionConserves() external view {
        handler.assertSessions();
    }

    function invariant_RE1_RE2_RE3_ReputationStaysInBounds() external view {
        handler.assertReputation();
    }

    function invariant_RE4_RE6_EveryEvaluationIsWhatWasGiven() external view {
        handler.assertEvaluations();
    }

    function invariant_RE7_HistoriesAreWalkedFromTheirHeads() external view {
        handler.assertHistories();
    }

    /// @dev At the end of every run.
    function afterInvariant() external {
        handler.drain();
    }

    function testFuzz_AU5_SE5_EverybodyLeavesWithEverything(uint256 seed, uint8 steps) external {
        _walk(handler, seed, steps % 48);
        handler.drain();
    }

    function test_Campaign_DoesEverything() external {
        _walk(handler, 0x5eed, 5_000);
        _assertAllDone(handler);
        vm.assertGt(handler.raised(), 0, "probation");
        vm.assertGt(handler.missed(), 0, "vehicles that did not come");
        vm.assertGt(handler.unearned(), 0, "ratings of sessions that did not earn");
        vm.assertGt(handler.longestHistory(), 1, "linked evaluations");
        handler.drain();
    }
}
