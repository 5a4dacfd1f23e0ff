// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ArbiterQuorum} from "../../contracts/ArbiterQuorum.sol";
import {ChargingSession} from "../../contracts/ChargingSession.sol";
import {IChargingSession} from "../../contracts/interfaces/IChargingSession.sol";
import {IEscrow} from "../../contracts/interfaces/IEscrow.sol";
import {IReputation} from "../../contracts/interfaces/IReputation.sol";
import {HostileParticipant} from "../../contracts/mocks/HostileParticipant.sol";
import {ReenteringToken} from "../../contracts/mocks/ReenteringToken.sol";
import {ReenteringWallet} from "../../contracts/mocks/ReenteringWallet.sol";
import {Wallet1271} from "../../contracts/mocks/Wallet1271.sol";
import {
    ParticipantKind,
    Reading,
    Ruling,
    Session,
    SessionId,
    SessionState
} from "../../contracts/types/MarketTypes.sol";
import {MeterRecord} from "../../contracts/ocmf/OcmfTypes.sol";
import {MeterCertificate} from "../../contracts/types/MeterTypes.sol";
import {Vm} from "../support/contracts/Base.sol";
import {DisputeWorld} from "../support/contracts/DisputeWorld.sol";
import {Oracle} from "../support/contracts/Oracle.sol";
import {Actor, Deal} from "../support/contracts/World.sol";

/// @title `dispute`, `rule` and `finalise`
contract SessionDisputeTest is DisputeWorld {
    /// @dev What the events have told so far.
    Session private _told;

    /* THE MONEY WAITS */

    function test_SE2_Metered_HoldsTheMoney() external {
        Deal memory deal = _charged();
        uint40 ends = uint40(block.timestamp) + DISPUTE_WINDOW;

        vm.expectEmit(address(sessions));
        emit IChargingSession.SessionMetered(deal.sessionId, ENERGY_WH, AMOUNT, ends);
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
        emit IChargingSession.SessionSettled(deal.sessionId, ENERGY_WH, AMOUNT, DEPOSIT - AMOUNT);
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
        _assertRuling(0, 1);
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
        _assertRuling(amount, amount == AMOUNT ? int8(0) : int8(1));
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
        _assertPaid(deal.sessionId, ENERGY_WH, 1, 1);
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
        _assertPaid(deal.sessionId, ENERGY_WH, 0, 1);
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
        bytes32 digest = _rulingDigest(address(twin), ruling);
        _refusesRuling(ruling, _signature(judge.key, digest), reason);
        vm.chainId(4242);
        _refusesRuling(ruling, ofFirst, reason);
    }

    /* BY AGREEMENT */

    function test_SE2_Agreed_WhileMetered() external {
        Deal memory deal = _metered();
        _settle(deal.sessionId, 1_000);
        _assertPaid(deal.sessionId, 1_000, 450_000, 1);
    }

    /// @dev Both may also agree on more than was metered: SE-6 binds the arbiter only.
    function test_SE2_Agreed_WhileDisputed() external {
        Deal memory deal = _disputed();
        _settle(deal.sessionId, 20_000);
        _assertPaid(deal.sessionId, 20_000, 9_000_000, 1);
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
        _refusesRating(deal.sessionId, SessionState.Metered);
        vm.prank(vehicle.account);
        sessions.dispute(deal.sessionId);
        _refusesRating(deal.sessionId, SessionState.Disputed);
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
        _assertPaid(deal.sessionId, ENERGY_WH, amount, amount < AMOUNT ? int8(1) : int8(0));
    }

    /* EVENTS */

    /// @dev Who has only the events knows what the contract knows.
    function test_Events_TellTheState() external {
        Deal memory deal = _decided();
        vm.recordLogs();
        _start(deal, vehicle);
        _assertTold(deal.sessionId);
        vm.prank(pile.account);
        sessions.authorise(deal.sessionId);
        _assertTold(deal.sessionId);
        vm.prank(vehicle.account);
        sessions.plugIn(deal.sessionId);
        _assertTold(deal.sessionId);
        vm.warp(block.timestamp + 1 hours);
        _settleOn(deal.sessionId, _naming(deal.sessionId, 1), "");
        _assertTold(deal.sessionId);
        vm.prank(vehicle.account);
        sessions.dispute(deal.sessionId);
        _assertTold(deal.sessionId);
        _rule(deal.sessionId, 77, _ruled(Ruling(deal.sessionId, 77), judge));
        _assertTold(deal.sessionId);
    }

    /* HOSTILE PARTIES */

    /// @dev A pile that reverts on every call is paid, overruled and finalised all the same: nobody
    /// calls it.
    function test_SE5_Hostile_Pile() external {
        HostileParticipant hostile = new HostileParticipant();
        Actor memory cp = _enrolContract(address(hostile), ParticipantKind.Pile);
        SessionId sessionId = _meteredWith(cp, hostile);
        vm.prank(vehicle.account);
        sessions.dispute(sessionId);
        _rule(sessionId, 10, _ruled(Ruling(sessionId, 10), judge));
        _assertBalance(address(hostile), FUNDS + 10, 0, "hostile");
        _assertBalance(vehicle.account, FUNDS - 10, 0, "vehicle");
    }

    /// @dev A vehicle that burns all gas when asked is not asked where the meter names the session.
    function test_SE5_Hostile_VehicleIsNotAsked() external {
        (HostileParticipant hostile, SessionId sessionId) = _chargingHostile();
        _settleOn(sessionId, _naming(sessionId, 1), "");
        hostile.act(address(sessions), abi.encodeCall(sessions.dispute, (sessionId)));
        vm.warp(_deadlineOf(sessionId));
        sessions.finalise(sessionId);
        _assertBalance(address(hostile), FUNDS - AMOUNT, 0, "hostile");
        _assertBalance(pile.account, FUNDS + AMOUNT, 0, "pile");
    }

    /// @dev Where it is asked, it costs the pile the gas of its own call, and the record is not
    /// spent.
    function test_SE5_Hostile_VehicleBurnsGas() external {
        (HostileParticipant hostile, SessionId sessionId) = _chargingHostile();
        MeterRecord[] memory records = _nameless(1);
        vm.expectRevert(_notSigned(sessionId, address(hostile)));
        vm.prank(pile.account);
        sessions.settle{gas: 3_000_000}(sessionId, meter, records, "");
        vm.assertEq(_lastPagination(), 0, "METER-1: unspent");

        vm.warp(_deadlineOf(sessionId));
        sessions.expire(sessionId);
        _assertBalance(address(hostile), FUNDS, 0, "hostile");
        _assertBalance(pile.account, FUNDS, 0, "pile");
    }

    /// @dev Out of somebody's withdrawal the session is finalised, once.
    function test_ES4_Hostile_TokenFinalisesInAWithdrawal() external {
        ReenteringToken hostile = new ReenteringToken();
        token = hostile;
        _redeploy();
        Deal memory deal = _metered();
        vm.warp(_deadlineOf(deal.sessionId));
        hostile.arm(
            ReenteringToken.Manner.PassOnFailure,
            address(sessions),
            abi.encodeCall(sessions.finalise, (deal.sessionId))
        );
        uint128 free = escrow.balanceOf(pile.account).free;
        vm.prank(pile.account);
        escrow.withdraw(pile.account, free);
        _assertBalance(pile.account, AMOUNT + BOND, 0, "pile");
        _assertBalance(vehicle.account, FUNDS - AMOUNT, 0, "vehicle");

        bytes memory reason = _wrongState(
            deal.sessionId,
            SessionState.Metered,
            SessionState.Settled
        );
        vm.expectRevert(reason);
        vm.prank(pile.account);
        escrow.withdraw(pile.account, 1);
    }

    /* HELPERS */

    function _assertRuling(uint128 amount, int8 earned) private {
        Deal memory deal = _disputed();
        Ruling memory ruling = Ruling(deal.sessionId, amount);
        bytes memory signature = _ruled(ruling, judge);
        vm.expectEmit(address(sessions));
        emit IChargingSession.SessionSettled(deal.sessionId, ENERGY_WH, amount, DEPOSIT - amount);
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

    function _refusesRating(SessionId sessionId, SessionState state) private {
        vm.expectRevert(
            abi.encodeWithSelector(IReputation.ReputationNotSettled.selector, sessionId, state)
        );
        vm.prank(vehicle.account);
        reputation.rate(sessionId, 1);
    }

    function _meteredWith(
        Actor memory cp,
        HostileParticipant hostile
    ) private returns (SessionId sessionId) {
        Deal memory deal;
        deal.terms = _terms();
        deal.auctionId = _open(deal.terms);
        deal.opening = _opening(deal.auctionId, vehicle, cp);
        _request(deal.auctionId, vehicle);
        hostile.act(
            address(auctions),
            abi.encodeCall(auctions.bid, (deal.auctionId, _bidOf(deal, cp)))
        );
        sessionId = _decision(deal.opening, cp.account);
        vm.warp(deal.terms.biddingEnds);
        _post(deal.auctionId, _one(SessionId.unwrap(sessionId)));
        _start(deal, vehicle);
        hostile.act(address(sessions), abi.encodeCall(sessions.authorise, (sessionId)));
        vm.prank(vehicle.account);
        sessions.plugIn(sessionId);
        vm.warp(block.timestamp + 1 hours);
        _certify(_renewed(cp));
        bytes memory settle = abi.encodeCall(
            sessions.settle,
            (sessionId, meter, _naming(sessionId, 1), bytes(""))
        );
        hostile.act(address(sessions), settle);
    }

    function _bidOf(Deal memory deal, Actor memory cp) private view returns (bytes32) {
        return Oracle.bid(address(auctions), deal.auctionId, cp.account, deal.opening.offer);
    }

    /// @dev `meter` moves to another pile.
    function _renewed(Actor memory cp) private view returns (MeterCertificate memory certificate) {
        certificate = _meterCertificate(meter, cp);
        certificate.issue = 2;
    }

    function _chargingHostile() private returns (HostileParticipant hostile, SessionId sessionId) {
        hostile = new HostileParticipant();
        Actor memory ev = _enrolContract(address(hostile), ParticipantKind.Vehicle);
        Deal memory deal = _agreedBetween(ev, pile, PRICE);
        sessionId = deal.sessionId;
        _start(deal, pile);
        vm.prank(pile.account);
        sessions.authorise(sessionId);
        hostile.act(address(sessions), abi.encodeCall(sessions.plugIn, (sessionId)));
        vm.warp(block.timestamp + 1 hours);
    }

    /// @dev The same people and the same meter on another token.
    function _redeploy() private {
        _deploy();
        _enrol(matcher, ParticipantKind.Matcher);
        Actor[2] memory vehicles = [vehicle, otherVehicle];
        Actor[2] memory piles = [pile, otherPile];
        for (uint256 i = 0; i < 2; ++i) {
            _enrol(vehicles[i], ParticipantKind.Vehicle);
            _enrol(piles[i], ParticipantKind.Pile);
            _fund(vehicles[i].account, FUNDS);
            _fund(piles[i].account, FUNDS);
        }
        _certify(meter, pile);
    }

    /* THE STATE FROM THE EVENTS */

    function _assertTold(SessionId sessionId) private {
        Vm.Log[] memory logs = vm.getRecordedLogs();
        for (uint256 i = 0; i < logs.length; ++i) {
            if (logs[i].emitter == address(sessions)) _hear(logs[i]);
        }
        Session memory known = sessions.sessionOf(sessionId);
        vm.assertEq(uint8(_told.state), uint8(known.state), "state");
        vm.assertEq(_told.vehicle, known.vehicle, "vehicle");
        vm.assertEq(_told.pile, known.pile, "pile");
        vm.assertEq(_told.deadline, known.deadline, "deadline");
        vm.assertEq(_told.pricePerKwh, known.pricePerKwh, "price");
        vm.assertEq(_told.powerW, known.powerW, "power");
        vm.assertEq(_told.deposit, known.deposit, "deposit");
        vm.assertEq(_told.bond, known.bond, "bond");
        vm.assertEq(_told.pluggedInAt, known.pluggedInAt, "plugged in");
        vm.assertEq(_told.energyWh, known.energyWh, "energy");
        vm.assertEq(_told.amountDown, known.amountDown, "amount");
    }

    function _hear(Vm.Log memory log) private {
        bytes32 topic = log.topics[0];
        if (topic == IChargingSession.SessionOpened.selector) {
            _told.state = SessionState.Opened;
            _told.vehicle = address(uint160(uint256(log.topics[2])));
            _told.pile = address(uint160(uint256(log.topics[3])));
            (_told.pricePerKwh, _told.powerW, _told.deposit, _told.bond, _told.deadline) = abi
                .decode(log.data, (uint64, uint32, uint128, uint128, uint40));
        } else if (topic == IChargingSession.SessionAuthorised.selector) {
            (_told.state, _told.deadline) = (SessionState.Authorised, _deadlineIn(log));
        } else if (topic == IChargingSession.ChargingBegun.selector) {
            (_told.state, _told.deadline) = (SessionState.Charging, _deadlineIn(log));
            _told.pluggedInAt = uint40(block.timestamp);
        } else if (topic == IChargingSession.SessionMetered.selector) {
            _told.state = SessionState.Metered;
            (_told.energyWh, _told.amountDown, _told.deadline) = abi.decode(
                log.data,
                (uint64, uint128, uint40)
            );
        } else if (topic == IChargingSession.SessionDisputed.selector) {
            (_told.state, _told.deadline) = (SessionState.Disputed, _deadlineIn(log));
        } else if (topic == IChargingSession.SessionSettled.selector) {
            _told.state = SessionState.Settled;
            uint128 refunded;
            (_told.energyWh, _told.amountDown, refunded) = abi.decode(
                log.data,
                (uint64, uint128, uint128)
            );
            vm.assertEq(_told.amountDown + refunded, _told.deposit, "SE-2");
        }
    }

    function _deadlineIn(Vm.Log memory log) private pure returns (uint40) {
        return abi.decode(log.data, (uint40));
    }
}

/// @title Arbiters that are contracts
contract SessionArbiterTest is DisputeWorld {
    /// @dev In place of the quorum.
    address private _chosen;
    ArbiterQuorum private _quorum;
    Actor private _second = _actor(0xA4B2);
    Actor private _third = _actor(0xA4B3);

    function _arbiter() internal override returns (address) {
        if (_chosen != address(0)) return _chosen;
        address[] memory members = _three(judge.account, _second.account, _third.account);
        _quorum = new ArbiterQuorum(members, 2);
        return address(_quorum);
    }

    function test_SE6_Quorum_TwoOfThree() external {
        Deal memory deal = _disputed();
        Ruling memory ruling = Ruling(deal.sessionId, 7);
        bytes memory reason = _notSigned(deal.sessionId, address(_quorum));
        _refusesRuling(ruling, _joined(_one(judge.account), ruling), reason);
        _refusesRuling(ruling, _joined(_two(judge.account, judge.account), ruling), reason);
        _refusesRuling(ruling, _ruled(ruling, judge), reason);
        _refusesRuling(ruling, "", reason);

        _rule(deal.sessionId, 7, _joined(_ascending(judge.account, _third.account), ruling));
        _assertPaid(deal.sessionId, ENERGY_WH, 7, 1);
    }

    function test_SE6_Quorum_OfAnotherRuling() external {
        Deal memory deal = _disputed();
        Ruling memory ruling = Ruling(deal.sessionId, 7);
        address[] memory signers = _ascending(judge.account, _third.account);
        bytes memory signature = _joined(signers, ruling);
        ruling.amount = 8;
        _refusesRuling(ruling, signature, _notSigned(deal.sessionId, address(_quorum)));
    }

    function test_SE6_Wallet_Rules() external {
        Wallet1271 wallet = new Wallet1271(judge.account);
        _underArbiter(address(wallet));
        Deal memory deal = _disputed();
        Ruling memory ruling = Ruling(deal.sessionId, 9);
        _refusesRuling(
            ruling,
            _ruled(ruling, stranger),
            _notSigned(deal.sessionId, address(wallet))
        );
        _rule(deal.sessionId, 9, _ruled(ruling, judge));
        _assertPaid(deal.sessionId, ENERGY_WH, 9, 1);
    }

    /// @dev It is asked by a static call: whatever it sets off changes nothing, and it rules once.
    function test_SE1_Hostile_ArbiterReenters() external {
        ReenteringWallet hostile = new ReenteringWallet();
        _underArbiter(address(hostile));
        Deal memory deal = _disputed();
        Ruling memory ruling = Ruling(deal.sessionId, 9);
        Ruling memory inner = Ruling(deal.sessionId, 0);
        bytes[3] memory calls = [
            abi.encodeCall(sessions.finalise, (deal.sessionId)),
            abi.encodeCall(sessions.rule, (inner, bytes(""))),
            abi.encodeCall(sessions.settle, (deal.sessionId, meter, _nameless(2), bytes("")))
        ];
        hostile.arm(address(sessions), calls[1]);
        sessions.rule(ruling, "");
        _assertPaid(deal.sessionId, ENERGY_WH, 9, 1);

        for (uint256 i = 0; i < calls.length; ++i) {
            hostile.arm(address(sessions), calls[i]);
            _refusesRuling(
                ruling,
                "",
                _wrongState(deal.sessionId, SessionState.Disputed, SessionState.Settled)
            );
        }
    }

    /// @dev An arbiter that burns all gas costs whoever relays; the money moves at the deadline.
    function test_SE5_Hostile_ArbiterBurnsGas() external {
        HostileParticipant burner = new HostileParticipant();
        _underArbiter(address(burner));
        Deal memory deal = _disputed();
        Ruling memory ruling = Ruling(deal.sessionId, 9);
        vm.expectRevert(_notSigned(deal.sessionId, address(burner)));
        sessions.rule{gas: 1_000_000}(ruling, "");
        vm.warp(_deadlineOf(deal.sessionId));
        sessions.finalise(deal.sessionId);
        _assertPaid(deal.sessionId, ENERGY_WH, AMOUNT, 0);
    }

    /// @dev The market again, with another arbiter.
    function _underArbiter(address account) private {
        _chosen = account;
        setUp();
    }

    function _ascending(address a, address b) private pure returns (address[] memory) {
        return a < b ? _two(a, b) : _two(b, a);
    }

    function _joined(
        address[] memory signers,
        Ruling memory ruling
    ) private view returns (bytes memory) {
        bytes[] memory signatures = new bytes[](signers.length);
        for (uint256 i = 0; i < signers.length; ++i) {
            signatures[i] = _ruled(ruling, _memberOf(signers[i]));
        }
        return abi.encode(signers, signatures);
    }

    function _memberOf(address account) private view returns (Actor memory) {
        if (account == judge.account) return judge;
        return account == _second.account ? _second : _third;
    }
}
