// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IChargingSession} from "../../contracts/interfaces/IChargingSession.sol";
import {IReputation} from "../../contracts/interfaces/IReputation.sol";
import {Reading, SessionId, SessionState} from "../../contracts/types/MarketTypes.sol";
import {Deal} from "../support/contracts/DealWorld.sol";
import {AgreedWorld} from "../support/contracts/AgreedWorld.sol";

/// @title `settleAgreed`: money, time and the reading
contract SessionAgreedTest is AgreedWorld {
    /// @dev Pays the whole deposit at `PRICE`, and nothing more: 44,444.4 Wh.
    uint64 private constant ENERGY_AT_DEPOSIT_WH = 44_445;

    /* MONEY */

    function test_SE2_Agreed_ExactMoney() external {
        Deal memory deal = _charging();
        Reading memory reading = _reading(deal.sessionId, 7_777);
        // 7,777 Wh at 450,000 units a kWh are 3,499,650 units.
        uint128 amount = 3_499_650;

        vm.expectEmit(address(sessions));
        emit IChargingSession.SessionSettled(
            deal.sessionId,
            vehicle.account,
            pile.account,
            7_777,
            amount,
            DEPOSIT - amount
        );
        _expectStakes(amount, 0);
        vm.expectEmit(address(reputation));
        emit IReputation.CredibilityChanged(vehicle.account, deal.sessionId, 0, 0);
        vm.prank(stranger.account);
        sessions.settleAgreed(reading, _signed(reading, vehicle), _signed(reading, pile));

        _assertSettled(deal.sessionId, 7_777, amount);
    }

    function testFuzz_SE2_Agreed_AnyRegisterAndPrice(
        uint64 beginWh,
        uint64 endWh,
        uint64 pricePerKwh
    ) external {
        if (endWh < beginWh) (beginWh, endWh) = (endWh, beginWh);
        Deal memory deal = _chargingBetween(vehicle, pile, pricePerKwh);
        Reading memory reading = Reading(
            deal.sessionId,
            beginWh,
            endWh,
            uint40(block.timestamp) + 1
        );

        sessions.settleAgreed(reading, _signed(reading, vehicle), _signed(reading, pile));

        uint256 due = (uint256(endWh - beginWh) * pricePerKwh) / 1000;
        _assertSettled(deal.sessionId, endWh - beginWh, due > DEPOSIT ? DEPOSIT : uint128(due));
    }

    /// @dev The same around the deposit, where the fuzzer of whole registers never comes.
    function testFuzz_SE3_Agreed_AroundTheDeposit(uint64 energyWh) external {
        energyWh = uint64(_bound(energyWh, 0, 2 * ENERGY_AT_DEPOSIT_WH));
        Deal memory deal = _settled(energyWh);

        uint256 due = (uint256(energyWh) * PRICE) / 1000;
        _assertSettled(deal.sessionId, energyWh, due > DEPOSIT ? DEPOSIT : uint128(due));
    }

    function test_SE3_Agreed_JustBelowTheDeposit() external {
        Deal memory deal = _settled(ENERGY_AT_DEPOSIT_WH - 1);
        _assertSettled(deal.sessionId, ENERGY_AT_DEPOSIT_WH - 1, 19_999_800);
    }

    function test_SE3_Agreed_AboveTheDeposit() external {
        Deal memory deal = _settled(ENERGY_AT_DEPOSIT_WH);
        _assertSettled(deal.sessionId, ENERGY_AT_DEPOSIT_WH, DEPOSIT);
    }

    function test_SE3_Agreed_NoEnergy() external {
        Deal memory deal = _settled(0);
        _assertSettled(deal.sessionId, 0, 0);
    }

    /* ONCE, IN TIME, IN STATE */

    function test_SE1_Agreed_Twice() external {
        Deal memory deal = _settled(1_000);
        Reading memory reading = _reading(deal.sessionId, 2_000);

        _refuses(
            reading,
            abi.encodeWithSelector(
                IChargingSession.SessionWrongState.selector,
                deal.sessionId,
                SessionState.Charging,
                SessionState.Settled
            )
        );
        _assertSettled(deal.sessionId, 1_000, 450_000);
    }

    function test_SE1_Agreed_WrongState() external {
        Deal memory deal = _opened();
        _refusesState(deal.sessionId, SessionState.Opened);

        vm.prank(pile.account);
        sessions.authorise(deal.sessionId);
        _refusesState(deal.sessionId, SessionState.Authorised);

        _refusesState(SessionId.wrap(keccak256("unknown")), SessionState.None);
    }

    function test_SE2_Agreed_AfterUnplugging() external {
        Deal memory deal = _charging();
        vm.prank(vehicle.account);
        sessions.unplug(deal.sessionId);
        _settle(deal.sessionId, 1_000);
        _assertSettled(deal.sessionId, 1_000, 450_000);
    }

    function test_SE1_Agreed_AfterExpiry() external {
        Deal memory deal = _charging();
        vm.warp(sessions.sessionOf(deal.sessionId).deadline);
        sessions.expire(deal.sessionId);
        _refusesState(deal.sessionId, SessionState.Expired);
    }

    function test_SE5_Agreed_AtTheSecond() external {
        Deal memory deal = _charging();
        uint40 deadline = sessions.sessionOf(deal.sessionId).deadline;

        vm.warp(deadline);
        _refuses(
            _reading(deal.sessionId, 1),
            abi.encodeWithSelector(
                IChargingSession.SessionTooLate.selector,
                deal.sessionId,
                deadline,
                deadline
            )
        );

        vm.warp(deadline - 1);
        _settle(deal.sessionId, 1);
    }

    /* THE READING */

    function testFuzz_Agreed_FallingRegister(uint64 beginWh, uint64 endWh) external {
        beginWh = uint64(_bound(beginWh, 1, type(uint64).max));
        endWh = uint64(_bound(endWh, 0, beginWh - 1));
        Deal memory deal = _charging();

        _refuses(
            Reading(deal.sessionId, beginWh, endWh, uint40(block.timestamp) + 1),
            abi.encodeWithSelector(
                IChargingSession.SessionFallingRegister.selector,
                deal.sessionId,
                beginWh,
                endWh
            )
        );
    }

    function test_Agreed_StaleReading() external {
        Deal memory deal = _charging();
        Reading memory reading = _reading(deal.sessionId, 1);

        vm.warp(reading.deadline);
        _refuses(
            reading,
            abi.encodeWithSelector(
                IChargingSession.SessionStaleReading.selector,
                deal.sessionId,
                reading.deadline,
                reading.deadline
            )
        );

        vm.warp(reading.deadline - 1);
        sessions.settleAgreed(reading, _signed(reading, vehicle), _signed(reading, pile));
    }

    /* STANDING */

    function test_ID4_Agreed_OfTheSuspendedAndExpired() external {
        Deal memory deal = _charging();
        _suspend(vehicle);
        _suspend(pile);
        _settle(deal.sessionId, 1_000);

        _withdrawAll(pile.account);
        vm.assertEq(token.balanceOf(pile.account), FUNDS + 450_000, "paid out while suspended");
    }

    /* HELPERS */

    function _refuses(Reading memory reading, bytes memory reason) private {
        (bytes memory ofVehicle, bytes memory ofPile) = _both(reading);
        vm.expectRevert(reason);
        sessions.settleAgreed(reading, ofVehicle, ofPile);
    }

    function _refusesState(SessionId sessionId, SessionState actual) private {
        _refuses(
            _reading(sessionId, 1),
            abi.encodeWithSelector(
                IChargingSession.SessionWrongState.selector,
                sessionId,
                SessionState.Charging,
                actual
            )
        );
    }
}
