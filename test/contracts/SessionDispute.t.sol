// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ChargingSession} from "../../contracts/ChargingSession.sol";
import {IChargingSession} from "../../contracts/interfaces/IChargingSession.sol";
import {IReputation} from "../../contracts/interfaces/IReputation.sol";
import {
    Reading,
    Ruling,
    Session,
    SessionId,
    SessionState
} from "../../contracts/types/MarketTypes.sol";
import {Deal} from "../support/contracts/DealWorld.sol";
import {DisputeWorld} from "../support/contracts/DisputeWorld.sol";
import {Digests} from "../support/contracts/Digests.sol";
import {Actor} from "../support/contracts/Base.sol";

/// @title `dispute`, `rule` and `finalise`
contract SessionDisputeTest is DisputeWorld {
    /* THE MONEY WAITS */

    function test_SE2_Metered_HoldsTheMoney() external {
        Deal memory deal = _charged();
        uint40 ends = uint40(block.timestamp) + DISPUTE_WINDOW;

        vm.expectEmit(address(sessions));
        emit IChargingSession.SessionMetered(
            deal.sessionId,
            vehicle.account,
            pile.account,
            ENERGY_WH,
            AMOUNT,
            ends
        );
        _settleOn(deal.sessionId, _naming(deal.sessionId, 1), "");

        Session memory session = sessions.sessionOf(deal.sessionId);
        vm.assertEq(uint8(session.state), uint8(SessionState.Metered), "state");
        vm.assertEq(session.deadline, ends, "deadline");
        vm.assertEq(session.energyWh, ENERGY_WH, "energy");
        vm.assertEq(session.amountDown, AMOUNT, "amount");
        _assertBalance(vehicle.account, FUNDS - DEPOSIT, DEPOSIT, "vehicle");
        _assertBalance(pile.account, FUNDS - BOND, BOND, "pile");
        vm.assertEq(int256(reputation.credibilityOf(vehicle.account)), 0, "credibility");
    }

    /// @dev The record is spent as soon as it is in, and the session cannot be metered again.
    function test_SE1_Metered_NotTwice() external {
        Deal memory deal = _metered();
        _refusesSettle(
            deal.sessionId,
            _naming(deal.sessionId, 2),
            "",
            _wrongState(deal.sessionId, SessionState.Charging, SessionState.Metered)
        );
        vm.warp(_deadlineOf(deal.sessionId));
        vm.expectRevert(
            abi.encodeWithSelector(
                IChargingSession.SessionOver.selector,
                deal.sessionId,
                SessionState.Metered
            )
        );
        sessions.expire(deal.sessionId);
    }

    function test_SE5_Finalise_Undisputed() external {
        Deal memory deal = _metered();
        uint40 deadline = _deadlineOf(deal.sessionId);
        vm.warp(deadline - 1);
        _refusesFinalise(deal.sessionId, deadline);

        vm.warp(deadline);
        vm.expectEmit(address(sessions));
        emit IChargingSession.SessionSettled(
            deal.sessionId,
            vehicle.account,
            pile.account,
            ENERGY_WH,
            AMOUNT,
            DEPOSIT - AMOUNT
        );
        _expectStakes(AMOUNT, 0);
        vm.prank(stranger.account);
        sessions.finalise(deal.sessionId);
        _assertPaid(deal.sessionId, ENERGY_WH, AMOUNT, 1);

        vm.expectRevert(_wrongState(deal.sessionId, SessionState.Metered, SessionState.Settled));
        sessions.finalise(deal.sessionId);
    }

    function test_SE1_Finalise_WrongState() external {
        SessionId unknown = SessionId.wrap(keccak256("unknown"));
        vm.expectRevert(_wrongState(unknown, SessionState.Metered, SessionState.None));
        sessions.finalise(unknown);
        Deal memory deal = _charged();
        vm.expectRevert(_wrongState(deal.sessionId, SessionState.Metered, SessionState.Charging));
        sessions.finalise(deal.sessionId);
    }

    /* DISPUTE */

    function test_SE6_Dispute_OnlyByTheVehicle() external {
        Deal memory deal = _metered();
        address[4] memory others = [
            pile.account,
            otherVehicle.account,
            judge.account,
            stranger.account
        ];
        for (uint256 i = 0; i < others.length; ++i) {
            vm.expectRevert(_notParty(deal.sessionId, others[i]));
            vm.prank(others[i]);
            sessions.dispute(deal.sessionId);
        }
    }

    function test_SE5_Dispute_AtTheSecond() external {
        Deal memory deal = _metered();
        uint40 deadline = _deadlineOf(deal.sessionId);
        vm.warp(deadline);
        vm.expectRevert(_tooLate(deal.sessionId, deadline));
        vm.prank(vehicle.account);
        sessions.dispute(deal.sessionId);

        vm.warp(deadline - 1);
        uint40 ends = deadline - 1 + ARBITRATION_WINDOW;
        vm.expectEmit(address(sessions));
        emit IChargingSession.SessionDisputed(deal.sessionId, ends);
        vm.prank(vehicle.account);
        sessions.dispute(deal.sessionId);
        vm.assertEq(_deadlineOf(deal.sessionId), ends, "counted from the dispute");
        _assertBalance(vehicle.account, FUNDS - DEPOSIT, DEPOSIT, "vehicle");
        _assertBalance(pile.account, FUNDS - BOND, BOND, "pile");
    }

    function test_SE1_Dispute_WrongState() external {
        Deal memory deal = _charged();
        _refusesDispute(deal.sessionId, SessionState.Charging);
        _settleOn(deal.sessionId, _naming(deal.sessionId, 1), "");
        vm.prank(vehicle.account);
        sessions.dispute(deal.sessionId);
        _refusesDispute(deal.sessionId, SessionState.Disputed);
        _rule(deal.sessionId, 0, _ruled(Ruling(deal.sessionId, 0), judge));
        _refusesDispute(deal.sessionId, SessionState.Settled);
    }

    /* RULING */

    function test_SE6_Rule_FullRefund() external {
        _assertRuling(0, 0);
    }

    function test_SE6_Rule_PartOfIt() external {
        _assertRuling(AMOUNT - 1, 1);
    }

    /// @dev Who disputed in vain earns nothing by the session.
    function test_SE6_Rule_AllOfIt() external {
        _assertRuling(AMOUNT, 0);
    }

    function testFuzz_SE2_SE6_Rule_AnyAmount(uint128 amount) external {
        amount = uint128(_bound(amount, 0, AMOUNT));
        _assertRuling(amount, _earnedBy(amount));
    }

    function test_SE6_Rule_NeverMoreThanMetered() external {
        Deal memory deal = _disputed();
        uint128[3] memory amounts = [AMOUNT + 1, DEPOSIT, type(uint128).max];
        for (uint256 i = 0; i < amounts.length; ++i) {
            Ruling memory ruling = Ruling(deal.sessionId, amounts[i]);
            bytes4 selector = IChargingSession.SessionRulingTooHigh.selector;
            _refusesRuling(
                ruling,
                _ruled(ruling, judge),
                abi.encodeWithSelector(selector, deal.sessionId, amounts[i], AMOUNT)
            );
        }
    }

    /// @dev A session without energy earns nothing, whatever is ruled on nothing.
    function test_SE6_Rule_OnNoEnergy() external {
        Deal memory deal = _charged();
        string memory nothing = _payload(1, _name(deal.sessionId), _both("7", "7"));
        _settleOn(deal.sessionId, _list(_record(nothing)), "");
        vm.prank(vehicle.account);
        sessions.dispute(deal.sessionId);
        _rule(deal.sessionId, 0, _ruled(Ruling(deal.sessionId, 0), judge));
        _assertPaid(deal.sessionId, 0, 0, 0);
    }

    function test_SE5_Rule_AtTheSecond() external {
        Deal memory deal = _disputed();
        uint40 deadline = _deadlineOf(deal.sessionId);
        Ruling memory ruling = Ruling(deal.sessionId, 1);
        bytes memory signature = _ruled(ruling, judge);

        vm.warp(deadline);
        _refusesRuling(ruling, signature, _tooLate(deal.sessionId, deadline));
        vm.warp(deadline - 1);
        _refusesFinalise(deal.sessionId, deadline);
        sessions.rule(ruling, signature);
        _assertPaid(deal.sessionId, ENERGY_WH, 1, 0);
    }

    /// @dev The arbiter is silent: what was metered is paid, and the dispute was in vain.
    function test_SE6_Finalise_Disputed() external {
        Deal memory deal = _disputed();
        vm.warp(_deadlineOf(deal.sessionId));
        vm.expectEmit(address(reputation));
        emit IReputation.CredibilityChanged(vehicle.account, deal.sessionId, 0, 0);
        vm.prank(stranger.account);
        sessions.finalise(deal.sessionId);
        _assertPaid(deal.sessionId, ENERGY_WH, AMOUNT, 0);
    }

    function test_SE1_Rule_OnlyOnDisputes() external {
        Deal memory deal = _metered();
        Ruling memory ruling = Ruling(deal.sessionId, 0);
        bytes memory signature = _ruled(ruling, judge);
        _refusesRuling(
            ruling,
            signature,
            _wrongState(deal.sessionId, SessionState.Disputed, SessionState.Metered)
        );
        vm.prank(vehicle.account);
        sessions.dispute(deal.sessionId);
        sessions.rule(ruling, signature);
        _refusesRuling(
            ruling,
            signature,
            _wrongState(deal.sessionId, SessionState.Disputed, SessionState.Settled)
        );
        _assertPaid(deal.sessionId, ENERGY_WH, 0, 0);
    }

    /* WHO RULES */

    function test_SE6_Rule_SignedByAnother() external {
        Deal memory deal = _disputed();
        Ruling memory ruling = Ruling(deal.sessionId, 1);
        bytes memory reason = _notSigned(deal.sessionId, judge.account);
        Actor[4] memory others = [vehicle, pile, authority, stranger];
        for (uint256 i = 0; i < others.length; ++i) {
            _refusesRuling(ruling, _ruled(ruling, others[i]), reason);
        }
        _refusesRuling(ruling, "", reason);
        _refusesRuling(ruling, new bytes(65), reason);
        _refusesRuling(ruling, _malleated(_ruled(ruling, judge)), reason);
    }

    function test_SE6_Rule_Replayed() external {
        Deal memory first = _disputed();
        Deal memory second = _disputed();
        bytes memory ofFirst = _ruled(Ruling(first.sessionId, 1), judge);
        bytes memory reason = _notSigned(second.sessionId, judge.account);
        _refusesRuling(Ruling(second.sessionId, 1), ofFirst, reason);
        // Another amount of the same session.
        reason = _notSigned(first.sessionId, judge.account);
        _refusesRuling(Ruling(first.sessionId, 0), ofFirst, reason);

        ChargingSession twin = _newSessions(_windows(), judge.account);
        Ruling memory ruling = Ruling(first.sessionId, 1);
        bytes32 digest = Digests.rulingDigest(address(twin), ruling);
        _refusesRuling(ruling, _signature(judge.key, digest), reason);
        vm.chainId(4242);
        _refusesRuling(ruling, ofFirst, reason);
    }

    /* BY AGREEMENT */

    function test_SE2_Agreed_WhileMetered() external {
        Deal memory deal = _metered();
        _settle(deal.sessionId, 1_000);
        _assertPaid(deal.sessionId, 1_000, 450_000, 0);
    }

    /// @dev Both may also agree on more than was metered: SE-6 binds the arbiter only.
    function test_SE2_Agreed_WhileDisputed() external {
        Deal memory deal = _disputed();
        _settle(deal.sessionId, 20_000);
        _assertPaid(deal.sessionId, 20_000, 9_000_000, 0);
    }

    function test_SE5_Agreed_NotAfterTheWindow() external {
        Deal memory deal = _metered();
        uint40 deadline = _deadlineOf(deal.sessionId);
        vm.warp(deadline);
        Reading memory reading = _reading(deal.sessionId, 1_000);
        bytes memory ofVehicle = _signed(reading, vehicle);
        bytes memory ofPile = _signed(reading, pile);
        vm.expectRevert(_tooLate(deal.sessionId, deadline));
        sessions.settleAgreed(reading, ofVehicle, ofPile);
    }

    /* RATING */

    function test_RE2_Rate_OnlyWhenFinal() external {
        Deal memory deal = _metered();
        _refusesRating(deal.sessionId);
        vm.prank(vehicle.account);
        sessions.dispute(deal.sessionId);
        _refusesRating(deal.sessionId);
        _rule(deal.sessionId, 0, _ruled(Ruling(deal.sessionId, 0), judge));
        vm.prank(vehicle.account);
        reputation.rate(deal.sessionId, 1);
    }

    /* ANY TIMES */

    /// @dev Every way through, at any second of it: SE-2 to the unit.
    function testFuzz_SE2_SE5_AnyPath(
        uint40 disputeAfter,
        uint40 ruleAfter,
        uint128 amount
    ) external {
        Deal memory deal = _metered();
        disputeAfter = uint40(_bound(disputeAfter, 0, 2 * DISPUTE_WINDOW));
        ruleAfter = uint40(_bound(ruleAfter, 0, 2 * ARBITRATION_WINDOW));
        amount = uint128(_bound(amount, 0, AMOUNT));
        Ruling memory ruling = Ruling(deal.sessionId, amount);
        bytes memory signature = _ruled(ruling, judge);

        vm.warp(block.timestamp + disputeAfter);
        if (disputeAfter >= DISPUTE_WINDOW) {
            sessions.finalise(deal.sessionId);
            return _assertPaid(deal.sessionId, ENERGY_WH, AMOUNT, 1);
        }
        vm.prank(vehicle.account);
        sessions.dispute(deal.sessionId);
        vm.warp(block.timestamp + ruleAfter);
        if (ruleAfter >= ARBITRATION_WINDOW) {
            sessions.finalise(deal.sessionId);
            return _assertPaid(deal.sessionId, ENERGY_WH, AMOUNT, 0);
        }
        sessions.rule(ruling, signature);
        _assertPaid(deal.sessionId, ENERGY_WH, amount, _earnedBy(amount));
    }

    /* HELPERS */

    function _assertRuling(uint128 amount, int8 earned) private {
        Deal memory deal = _disputed();
        Ruling memory ruling = Ruling(deal.sessionId, amount);
        bytes memory signature = _ruled(ruling, judge);
        vm.expectEmit(address(sessions));
        emit IChargingSession.SessionSettled(
            deal.sessionId,
            vehicle.account,
            pile.account,
            ENERGY_WH,
            amount,
            DEPOSIT - amount
        );
        vm.expectEmit(address(reputation));
        emit IReputation.CredibilityChanged(vehicle.account, deal.sessionId, earned, earned);
        _rule(deal.sessionId, amount, signature);
        _assertPaid(deal.sessionId, ENERGY_WH, amount, earned);
    }

    function _refusesFinalise(SessionId sessionId, uint40 deadline) private {
        vm.expectRevert(
            abi.encodeWithSelector(
                IChargingSession.SessionTooEarly.selector,
                sessionId,
                deadline,
                block.timestamp
            )
        );
        sessions.finalise(sessionId);
    }

    function _refusesDispute(SessionId sessionId, SessionState actual) private {
        vm.expectRevert(_wrongState(sessionId, SessionState.Metered, actual));
        vm.prank(vehicle.account);
        sessions.dispute(sessionId);
    }

    /// @dev Of a ruling: paid enough, and not in vain.
    function _earnedBy(uint128 amount) private pure returns (int8) {
        return amount >= MIN_AMOUNT && amount < AMOUNT ? int8(1) : int8(0);
    }

    function _refusesRating(SessionId sessionId) private {
        bytes4 selector = IReputation.ReputationRatingOutOfRange.selector;
        vm.expectRevert(abi.encodeWithSelector(selector, sessionId, 1, 0));
        vm.prank(vehicle.account);
        reputation.rate(sessionId, 1);
    }
}
