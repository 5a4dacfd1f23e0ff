// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Reputation} from "../../contracts/Reputation.sol";
import {IChargingSession} from "../../contracts/interfaces/IChargingSession.sol";
import {IReputation} from "../../contracts/interfaces/IReputation.sol";
import {AuctionId, ReputationParameters} from "../../contracts/types/MarketTypes.sol";
import {Vm} from "../support/contracts/Base.sol";
import {Deal} from "../support/contracts/DealWorld.sol";
import {ReputationWorld} from "../support/contracts/ReputationWorld.sol";

/// @title Credibility, and what it is worth
contract ReputationTest is ReputationWorld {
    /* CONSTRUCTION */

    function testFuzz_Construction_Parameters(
        int8 low,
        int8 threshold,
        int8 high,
        uint8 factor,
        uint32 powerW,
        uint64 weight
    ) external {
        ReputationParameters memory given = ReputationParameters(
            low,
            threshold,
            high,
            factor,
            powerW,
            weight
        );
        bool isCredibility = low <= threshold && threshold <= 0 && high > 0;
        if (!isCredibility || factor == 0 || powerW == 0 || weight > WAD) {
            _refusesParameters(given);
            return;
        }
        _assertSame(_given(given).parameters(), given);
    }

    /// @dev Each bound by itself, one step too far.
    function test_Construction_EachBound() external {
        ReputationParameters memory given = _parameters();
        given.minCredibility = THRESHOLD + 1;
        _refusesParameters(given);
        given = _parameters();
        given.threshold = 1;
        _refusesParameters(given);
        given = _parameters();
        given.maxCredibility = 0;
        _refusesParameters(given);
        given = _parameters();
        given.probationFactor = 0;
        _refusesParameters(given);
        given = _parameters();
        given.probationPowerW = 0;
        _refusesParameters(given);
        given = _parameters();
        given.minWeightWad = uint64(WAD) + 1;
        _refusesParameters(given);
    }

    function test_Construction_BoundsThatTouch() external {
        ReputationParameters memory given = ReputationParameters(0, 0, 1, 1, 1, uint64(WAD));
        vm.recordLogs();
        Reputation fresh = _given(given);
        _assertSame(fresh.parameters(), given);
        Vm.Log[] memory logs = vm.getRecordedLogs();
        vm.assertEq(logs.length, 1, "one event");
        vm.assertEq(logs[0].topics[0], IReputation.ParametersFixed.selector, "of the parameters");
        vm.assertEq(keccak256(logs[0].data), keccak256(abi.encode(given)), "as given");
    }

    function test_Construction_NamesTheSessions() external view {
        vm.assertEq(reputation.sessions(), address(sessions), "sessions");
    }

    /* CREDIBILITY */

    function testFuzz_RecordOutcome_OnlyTheSessions(address caller) external {
        vm.assume(caller != address(sessions));
        vm.expectRevert(abi.encodeWithSelector(IReputation.ReputationNotSession.selector, caller));
        vm.prank(caller);
        reputation.recordOutcome(vehicle.account, SOME, 1);
    }

    function testFuzz_RE1_RecordOutcome_ThreeLevels(int8 outcome) external {
        vm.assume(outcome < -1 || outcome > 1);
        vm.expectRevert(
            abi.encodeWithSelector(IReputation.ReputationOutcomeOutOfRange.selector, outcome)
        );
        _record(vehicle, outcome);
    }

    function testFuzz_RE1_RecordOutcome_SumIsClamped(uint8[] memory outcomes) external {
        int256 expected = 0;
        for (uint256 i = 0; i < outcomes.length; ++i) {
            int8 outcome = int8(int256(_bound(outcomes[i], 0, 2))) - 1;
            expected += outcome;
            if (expected < MIN_CREDIBILITY) expected = MIN_CREDIBILITY;
            if (expected > MAX_CREDIBILITY) expected = MAX_CREDIBILITY;

            vm.expectEmit(address(reputation));
            emit IReputation.CredibilityChanged(vehicle.account, SOME, outcome, int8(expected));
            _record(vehicle, outcome);
        }
        vm.assertEq(int256(reputation.credibilityOf(vehicle.account)), expected, "credibility");
        vm.assertEq(int256(reputation.credibilityOf(otherVehicle.account)), 0, "of others");
    }

    function test_RE1_RecordOutcome_ClampsAtBothEnds() external {
        _recordMany(vehicle, -1, 6);
        vm.assertEq(int256(reputation.credibilityOf(vehicle.account)), MIN_CREDIBILITY, "lowest");
        _recordMany(vehicle, 1, 26);
        vm.assertEq(int256(reputation.credibilityOf(vehicle.account)), MAX_CREDIBILITY, "highest");
    }

    /// @dev The widest bounds: nothing wraps at the ends of the type.
    function test_RE1_RecordOutcome_ClampsAtTheEndsOfTheType() external {
        Reputation fresh = _given(ReputationParameters(type(int8).min, 0, type(int8).max, 1, 1, 0));

        for (uint256 i = 0; i < 130; ++i) fresh.recordOutcome(vehicle.account, SOME, 1);
        vm.assertEq(int256(fresh.credibilityOf(vehicle.account)), 127, "highest");
        for (uint256 i = 0; i < 260; ++i) fresh.recordOutcome(vehicle.account, SOME, -1);
        vm.assertEq(int256(fresh.credibilityOf(vehicle.account)), -128, "lowest");
    }

    function test_RE5_DepositFactor_AtTheThreshold() external {
        AuctionId auctionId = _open(_terms());
        _recordMany(vehicle, -1, 2);
        _request(auctionId, vehicle);

        _recordMany(otherVehicle, -1, 3);
        bytes memory reason = abi.encodeWithSelector(
            IReputation.ReputationBelowThreshold.selector,
            otherVehicle.account,
            THRESHOLD - 1,
            THRESHOLD
        );
        vm.expectRevert(reason);
        reputation.depositFactor(otherVehicle.account);
        vm.expectRevert(reason);
        vm.prank(otherVehicle.account);
        auctions.request(auctionId, keccak256("request"));
    }

    /// @dev What it has already agreed to, a vehicle below the threshold may still carry out.
    function test_RE5_RunningSessionsGoOn() external {
        Deal memory deal = _opened();
        _recordMany(vehicle, -1, 5);
        vm.prank(pile.account);
        sessions.authorise(deal.sessionId);
        vm.prank(vehicle.account);
        sessions.plugIn(deal.sessionId);
        vm.warp(block.timestamp + 1 hours);
        _settleOn(deal.sessionId, _naming(deal.sessionId, 1), "");
        vm.assertEq(int256(reputation.credibilityOf(vehicle.account)), -4, "one back");
    }

    /* HELPERS */

    function _refusesParameters(ReputationParameters memory given) private {
        vm.expectRevert(
            abi.encodeWithSelector(IReputation.ReputationBadParameters.selector, given)
        );
        _given(given);
    }

    function _assertSame(
        ReputationParameters memory actual,
        ReputationParameters memory expected
    ) private pure {
        vm.assertEq(
            keccak256(abi.encode(actual)),
            keccak256(abi.encode(expected)),
            "the parameters"
        );
    }

    /// @dev This contract is its session contract.
    function _given(ReputationParameters memory given) private returns (Reputation) {
        return new Reputation(given, IChargingSession(address(this)));
    }
}
