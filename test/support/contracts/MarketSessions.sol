// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ISignedCalls} from "../../../contracts/interfaces/ISignedCalls.sol";
import {MeterKey, MeterRecord} from "../../../contracts/ocmf/OcmfTypes.sol";
import {
    AuctionId,
    AuctionTerms,
    Reading,
    Session,
    SessionId,
    SessionState
} from "../../../contracts/types/MarketTypes.sol";
import {MarketBooks} from "./MarketBooks.sol";
import {Digests} from "./Digests.sol";
import {Actor} from "./Base.sol";

/// @title What people do in the sessions of the market
/// @dev By themselves, or by a signature that a stranger relays.
abstract contract MarketSessions is MarketBooks {
    function start(uint256 seed) public later(seed) {
        if (_deals.length == 0) return;
        uint256 place = _dealToStart(seed);
        Run memory run = _runs[place];
        Round memory round = _rounds[run.round];
        Actor memory caller = _caller(seed, run.vehicle, run.pile);
        bool possible =
            _canStart(place) &&
                caller.account == run.vehicle.account &&
                _stands(run.vehicle) &&
                _stands(run.pile);

        bytes memory call = abi.encodeCall(
            sessions.start,
            (_deals[place].opening, _deals[place].proof)
        );
        if (!_tells(seed, caller, call, possible)) return;
        ++ended[round.id][run.vehicle.account];
        ++ended[round.id][run.pile.account];
        _runs[place].credibilityBefore = int8(credibility[run.vehicle.account]);
        _enter(place, SessionState.Opened, _authoriseUntil(round.terms));
    }

    function authorise(uint256 seed) public later(seed) {
        (uint256 place, bool inTime) = _runIn(seed, SessionState.Opened);
        if (place == type(uint256).max) return;
        Run memory run = _runs[place];
        AuctionTerms memory terms = _rounds[run.round].terms;
        Actor memory caller = _caller(seed, run.pile, run.vehicle);

        bytes memory call = abi.encodeCall(sessions.authorise, (_deals[place].sessionId));
        bool possible = inTime && caller.account == run.pile.account;
        if (!_tells(seed, caller, call, possible)) return;
        if (run.pluggedInAt == 0) {
            _enter(place, SessionState.Authorised, _plugInUntil(terms));
        } else {
            _runs[place].pluggedInAt = uint40(block.timestamp);
            _enter(place, SessionState.Charging, terms.slotEnd + SETTLE_WINDOW);
        }
    }

    function plugIn(uint256 seed) public later(seed) {
        bool isFirst = _pick(seed, "there first", 3) == 0;
        SessionState wanted = isFirst ? SessionState.Opened : SessionState.Authorised;
        (uint256 place, ) = _runIn(seed, wanted);
        if (place == type(uint256).max) return;
        Run memory run = _runs[place];
        Actor memory caller = _caller(seed, run.vehicle, run.pile);

        bytes memory call = abi.encodeCall(sessions.plugIn, (_deals[place].sessionId));
        bool waits = run.state == SessionState.Opened && run.pluggedInAt == 0;
        bool possible =
            (waits || run.state == SessionState.Authorised) &&
                block.timestamp < run.deadline &&
                caller.account == run.vehicle.account;
        if (!_tells(seed, caller, call, possible)) return;
        uint40 slotEnd = _rounds[run.round].terms.slotEnd;
        _runs[place].pluggedInAt = uint40(block.timestamp);
        _runs[place].cameInTime = block.timestamp + PLUG_IN_WINDOW <= slotEnd;
        if (waits) return;
        _enter(place, SessionState.Charging, slotEnd + SETTLE_WINDOW);
    }

    function unplug(uint256 seed) external later(seed) {
        bool isImpatient = _pick(seed, "there first", 3) == 0;
        (uint256 place, ) = _runIn(seed, isImpatient ? SessionState.Opened : SessionState.Charging);
        if (place == type(uint256).max) return;
        Run memory run = _runs[place];
        Actor memory caller = _caller(seed, run.vehicle, run.pile);

        bytes memory call = abi.encodeCall(sessions.unplug, (_deals[place].sessionId));
        bool waits = run.state == SessionState.Opened && run.pluggedInAt != 0;
        bool possible =
            (waits || run.state == SessionState.Charging) &&
                block.timestamp < run.deadline &&
                caller.account == run.vehicle.account;
        if (!_tells(seed, caller, call, possible)) return;
        if (waits) {
            (_runs[place].pluggedInAt, _runs[place].cameInTime) = (0, false);
            // Without it, what is relayed next would be refused (SC-6).
            if (!_isRelayed(seed)) ++_nonces[caller.account];
            return;
        }
        _enter(place, SessionState.Unplugged, uint40(block.timestamp) + SETTLE_WINDOW);
    }

    function waive(uint256 seed) external later(seed) {
        (uint256 place, ) = _served(seed);
        if (place == type(uint256).max) return;
        Run memory run = _runs[place];
        Actor memory caller = _caller(seed, run.pile, run.vehicle);

        bytes memory call = abi.encodeCall(sessions.waive, (_deals[place].sessionId));
        bool possible = _isServed(run) && caller.account == run.pile.account;
        if (!_tells(seed, caller, call, possible)) return;
        _book(place, SessionState.Expired, 0, 0, 0);
    }

    /// @dev By the meter of the pile, which names the session. Only this earns anything.
    function settle(uint256 seed) public later(seed) {
        (uint256 place, bool inTime) = _served(seed);
        if (place == type(uint256).max) return;
        Run memory run = _runs[place];
        uint64 energyWh = uint64(_pick(seed, "energy", 60_000));
        if (_pick(seed, "little", 4) == 0) energyWh %= 2 * MIN_ENERGY_WH;
        Actor memory caller = _caller(seed, run.pile, run.vehicle);

        bytes memory call = _settlement(place, energyWh);
        bool possible = inTime && caller.account == run.pile.account;
        if (!_tells(seed, caller, call, possible)) return;
        ++_paginations[_placeOf(run.pile)];
        uint256 amount = _due(place, energyWh);
        bool earned = energyWh >= MIN_ENERGY_WH && amount >= MIN_AMOUNT;
        _runs[place].earned = earned;
        _book(place, SessionState.Settled, amount, 0, earned ? int8(1) : int8(0));
    }

    function agree(uint256 seed) public later(seed) {
        (uint256 place, bool inTime) = _served(seed);
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
        _book(place, SessionState.Settled, _due(place, energyWh), 0, 0);
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
            vm.assertEq(session.pluggedInAt, run.pluggedInAt, "plugged in");
            vm.assertTrue(session.cameInTime == run.cameInTime, "came in time");
            vm.assertTrue(session.hasEarned == run.earned, "earned");
        }
        vm.assertEq(paid + refunded, depositsIn, "paid and refunded");
        vm.assertEq(forfeited + returned, bondsIn, "forfeited and returned");
    }

    /* BOOKS */

    /// @dev SE-8: only whoever had its whole window before the slot's end has failed.
    function _bookExpiry(uint256 place, SessionState from) internal {
        Run memory run = _runs[place];
        Round memory round = _rounds[run.round];
        uint256 bond = stakes[round.id][run.pile.account];
        uint256 deposited = stakes[round.id][run.vehicle.account];
        uint256 smaller = bond < deposited ? bond : deposited;
        bool hadItsTime = run.deadline < round.terms.slotEnd;
        bool isFailed = from == SessionState.Opened && hadItsTime;
        bool isMissed = from == SessionState.Authorised && hadItsTime;
        if (isMissed) ++missed;
        _book(
            place,
            SessionState.Expired,
            isMissed ? smaller : 0,
            isFailed ? bond : 0,
            isMissed ? int256(-1) : int256(0)
        );
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

    function _due(uint256 place, uint64 energyWh) private view returns (uint256) {
        Run memory run = _runs[place];
        uint256 due = (uint256(energyWh) * _deals[place].opening.offer.pricePerKwh) / 1000;
        uint256 stake = stakes[_rounds[run.round].id][run.vehicle.account];
        return due < stake ? due : stake;
    }

    /* CALLS */

    /// @dev Now and then somebody else brings the caller's signature.
    function _tells(
        uint256 seed,
        Actor memory caller,
        bytes memory call,
        bool possible
    ) private returns (bool success) {
        if (!_isRelayed(seed)) {
            return _attempt(caller.account, address(sessions), call, possible);
        }
        uint40 deadline = uint40(block.timestamp) + 1;
        uint256 nonce = _nonces[caller.account];
        bytes32 digest = Digests.callDigest(
            Digests.SESSIONS,
            address(sessions),
            caller.account,
            call,
            nonce,
            deadline
        );
        bytes memory relayed = abi.encodeCall(
            ISignedCalls.callSigned,
            (caller.account, call, deadline, _signature(caller.key, digest))
        );
        success = _attempt(stranger.account, address(sessions), relayed, possible);
        if (!success) return false;
        _nonces[caller.account] = nonce + 1;
        ++done[bytes4(call)];
    }

    function _isRelayed(uint256 seed) private pure returns (bool) {
        return _pick(seed, "relayed", 4) == 0;
    }

    function _settlement(uint256 place, uint64 energyWh) private view returns (bytes memory) {
        SessionId sessionId = _deals[place].sessionId;
        uint256 who = _placeOf(_runs[place].pile);
        MeterKey memory key = _r1Key(_secrets[who]);
        string memory readings = _both("0", _inKwh(uint256(energyWh) * 1000));
        string memory payload = _payload(_paginations[who] + 1, _name(sessionId), readings);
        MeterRecord[] memory records = _list(_record(key, _secrets[who], payload));
        return abi.encodeCall(sessions.settle, (sessionId, key, records, ""));
    }

    function _placeOf(Actor memory cp) private view returns (uint256 place) {
        while (_piles[place].account != cp.account) ++place;
    }

    /* TIME */

    function _authoriseUntil(AuctionTerms memory terms) private pure returns (uint40) {
        uint40 until = terms.slotStart + AUTHORISE_WINDOW;
        return until < terms.slotEnd ? until : terms.slotEnd;
    }

    /// @dev contracts/README.md, written down a second time.
    function _plugInUntil(AuctionTerms memory terms) private view returns (uint40) {
        if (terms.slotEnd - terms.slotStart <= AUTHORISE_WINDOW) return terms.slotEnd;
        uint40 until = _later(terms.slotStart) + PLUG_IN_WINDOW;
        return until < terms.slotEnd ? until : terms.slotEnd;
    }

    /// @dev Mostly a session in which energy can have flowed.
    function _served(uint256 seed) private view returns (uint256 place, bool inTime) {
        bool hasLeft = _pick(seed, "has left", 4) == 0;
        (place, ) = _runIn(seed, hasLeft ? SessionState.Unplugged : SessionState.Charging);
        if (place == type(uint256).max) return (place, false);
        inTime = _isServed(_runs[place]) && block.timestamp < _runs[place].deadline;
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
