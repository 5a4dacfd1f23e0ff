// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {AuctionId, Reading, Session, SessionState} from "../../../contracts/types/MarketTypes.sol";
import {MarketBooks} from "./MarketBooks.sol";
import {Actor} from "./World.sol";

/// @title What people do in the sessions of the market
abstract contract MarketSessions is MarketBooks {
    function start(uint256 seed) public later(seed) {
        if (_deals.length == 0) return;
        uint256 place = _dealToStart(seed);
        Run memory run = _runs[place];
        Round memory round = _rounds[run.round];
        address caller = _caller(seed, run.pile, run.vehicle);
        bool possible =
            _canStart(place) && (caller == run.vehicle.account || caller == run.pile.account);

        bytes memory call = abi.encodeCall(
            sessions.start,
            (_deals[place].opening, _deals[place].proof)
        );
        if (!_attempt(caller, address(sessions), call, possible)) return;
        ++ended[round.id][run.vehicle.account];
        ++ended[round.id][run.pile.account];
        _runs[place].credibilityBefore = int8(credibility[run.vehicle.account]);
        _enter(place, SessionState.Opened, _later(round.terms.slotStart) + AUTHORISE_WINDOW);
    }

    function authorise(uint256 seed) public later(seed) {
        (uint256 place, bool inTime) = _runIn(seed, SessionState.Opened);
        if (place == type(uint256).max) return;
        Run memory run = _runs[place];
        bytes memory call = abi.encodeCall(sessions.authorise, (_deals[place].sessionId));
        if (!_attemptOf(seed, run.pile, run.vehicle, call, inTime)) return;
        uint40 from = _later(_rounds[run.round].terms.slotEnd);
        _enter(place, SessionState.Authorised, from + PLUG_IN_WINDOW);
    }

    function plugIn(uint256 seed) public later(seed) {
        (uint256 place, bool inTime) = _runIn(seed, SessionState.Authorised);
        if (place == type(uint256).max) return;
        Run memory run = _runs[place];
        bytes memory call = abi.encodeCall(sessions.plugIn, (_deals[place].sessionId));
        if (!_attemptOf(seed, run.vehicle, run.pile, call, inTime)) return;
        uint40 from = _later(_rounds[run.round].terms.slotEnd);
        _enter(place, SessionState.Charging, from + SETTLE_WINDOW);
    }

    function settle(uint256 seed) public later(seed) {
        (uint256 place, bool inTime) = _runIn(seed, SessionState.Charging);
        if (place == type(uint256).max) return;
        Run memory run = _runs[place];
        uint64 energyWh = uint64(_pick(seed, "energy", 60_000));
        Reading memory reading = _reading(_deals[place].sessionId, energyWh);
        bool isForged = _pick(seed, "forged", 10) == 0;
        bytes memory ofVehicle = _signed(reading, isForged ? stranger : run.vehicle);

        bytes memory call = abi.encodeCall(
            sessions.settleAgreed,
            (reading, ofVehicle, _signed(reading, run.pile))
        );
        if (!_attempt(stranger.account, address(sessions), call, inTime && !isForged)) return;
        uint256 due = (uint256(energyWh) * _deals[place].opening.offer.pricePerKwh) / 1000;
        uint256 stake = stakes[_rounds[run.round].id][run.vehicle.account];
        _book(
            place,
            SessionState.Settled,
            due < stake ? due : stake,
            0,
            energyWh == 0 ? int8(0) : int8(1)
        );
    }

    function expire(uint256 seed) external later(seed) {
        uint256 place = _runToExpire(seed);
        if (place == type(uint256).max) return;
        Run memory run = _runs[place];

        bytes memory call = abi.encodeCall(sessions.expire, (_deals[place].sessionId));
        bool possible = _isRunning(run) && block.timestamp >= run.deadline;
        if (!_attempt(stranger.account, address(sessions), call, possible)) return;
        _bookExpiry(place, run.state);
    }

    /// @dev SE-1 and SE-2, and what SE-3 fixes at the start.
    function assertSessions() external view {
        for (uint256 i = 0; i < _runs.length; ++i) {
            Session memory session = sessions.sessionOf(_deals[i].sessionId);
            Run memory run = _runs[i];
            vm.assertEq(uint8(session.state), uint8(run.state), "state");
            vm.assertEq(session.deadline, run.deadline, "deadline");
            if (run.state == SessionState.None) continue;
            vm.assertEq(session.vehicle, run.vehicle.account, "vehicle");
            vm.assertEq(session.pile, run.pile.account, "pile");
            AuctionId id = _rounds[run.round].id;
            vm.assertEq(session.deposit, stakes[id][run.vehicle.account], "deposit");
            vm.assertEq(session.bond, stakes[id][run.pile.account], "bond");
            vm.assertEq(session.pricePerKwh, _deals[i].opening.offer.pricePerKwh, "price");
            vm.assertEq(int256(session.credibilityBefore), run.credibilityBefore, "credibility");
        }
        vm.assertEq(paid + refunded, depositsIn, "paid and refunded");
        vm.assertEq(forfeited + returned, bondsIn, "forfeited and returned");
    }

    /// @dev A call that only one of the two parties may make, by whoever tries it.
    function _attemptOf(
        uint256 seed,
        Actor memory party,
        Actor memory other,
        bytes memory call,
        bool inTime
    ) internal returns (bool) {
        address caller = _caller(seed, party, other);
        return _attempt(caller, address(sessions), call, inTime && caller == party.account);
    }

    function _bookExpiry(uint256 place, SessionState from) internal {
        Run memory run = _runs[place];
        AuctionId id = _rounds[run.round].id;
        uint256 bond = stakes[id][run.pile.account];
        uint256 deposited = stakes[id][run.vehicle.account];
        uint256 toVehicle = from == SessionState.Opened ? bond : 0;
        uint256 smaller = bond < deposited ? bond : deposited;
        uint256 toPile = from == SessionState.Authorised ? smaller : 0;
        int256 outcome = from == SessionState.Authorised ? int256(-1) : int256(0);
        _book(place, SessionState.Expired, toPile, toVehicle, outcome);
    }

    /// @dev The end of a session.
    function _book(
        uint256 place,
        SessionState state,
        uint256 toPile,
        uint256 toVehicle,
        int256 outcome
    ) internal {
        Run memory run = _runs[place];
        (address ev, address cp) = (run.vehicle.account, run.pile.account);
        uint256 deposited = stakes[_rounds[run.round].id][ev];
        uint256 bond = stakes[_rounds[run.round].id][cp];
        obligations[ev] -= deposited;
        obligations[cp] -= bond;
        wealth[ev] = wealth[ev] + toVehicle - toPile;
        wealth[cp] = wealth[cp] + toPile - toVehicle;

        depositsIn += deposited;
        paid += toPile;
        refunded += deposited - toPile;
        bondsIn += bond;
        forfeited += toVehicle;
        returned += bond - toVehicle;

        int256 sum = credibility[ev] + outcome;
        if (sum > MAX_CREDIBILITY) sum = MAX_CREDIBILITY;
        if (sum < MIN_CREDIBILITY) sum = MIN_CREDIBILITY;
        credibility[ev] = sum;
        _enter(place, state, run.deadline);
    }

    function _runToExpire(uint256 seed) internal view returns (uint256 place) {
        if (_runs.length == 0) return type(uint256).max;
        uint256 first = _pick(seed, "run", _runs.length);
        for (uint256 i = 0; i < _runs.length; ++i) {
            place = (first + i) % _runs.length;
            if (_isRunning(_runs[place]) && block.timestamp >= _runs[place].deadline) return place;
        }
        return first;
    }
}
