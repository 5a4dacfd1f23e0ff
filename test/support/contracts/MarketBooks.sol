// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {
    AuctionId,
    AuctionTerms,
    Offer,
    ParticipantKind,
    Phase,
    SessionId,
    SessionState
} from "../../../contracts/types/MarketTypes.sol";
import {MeterCertificate} from "../../../contracts/types/MeterTypes.sol";
import {MeterKey} from "../../../contracts/ocmf/OcmfTypes.sol";
import {Deal} from "./DealWorld.sol";
import {Handler} from "./Handler.sol";
import {SettleWorld} from "./SettleWorld.sol";
import {Actor} from "./Base.sol";

/// @title What the handler of the market knows by itself
/// @dev People, auctions, stakes and time, kept beside the contracts and never read from them; and
/// the choices that every action draws. Only the contract in a test file is known to the runner, so
/// the parts of the handler are abstract.
abstract contract MarketBooks is SettleWorld, Handler {
    uint256 internal constant SIDE = 3;
    /// @dev Sockets that carry whatever a campaign lets flow in a second.
    uint32 internal constant BOUNDLESS_W = type(uint32).max;

    /// @dev An auction; `number` counts its rounds of bidding.
    struct Round {
        AuctionId id;
        AuctionTerms terms;
        bool decided;
        uint8 number;
        uint40 ends;
        bool hasNewBid;
    }

    /// @dev What the handler knows of a session.
    struct Run {
        SessionState state;
        uint40 deadline;
        uint256 round;
        Actor vehicle;
        Actor pile;
        int8 credibilityBefore;
        uint40 pluggedInAt;
        bool cameInTime;
        bool earned;
        uint8 rating;
        /// @dev The pile's, as the library makes it from the ratings so far.
        uint128 ratingWad;
    }

    Actor[] internal _vehicles;
    Actor[] internal _piles;
    /// @dev Of each pile's meter, at the same place: the secret of its key and its pagination.
    uint256[SIDE] internal _secrets = [METER_SECRET, OTHER_SECRET, OTHER_SECRET + 1];
    uint64[SIDE] internal _paginations;
    mapping(address account => uint256) internal _nonces;
    Round[] internal _rounds;
    /// @dev A decision and, at the same place, its session.
    Deal[] internal _deals;
    Run[] internal _runs;
    mapping(AuctionId auctionId => mapping(address pile => Offer)) internal _offers;
    mapping(AuctionId auctionId => mapping(address pile => uint8)) internal _bidIn;
    /// @dev How far an auction was when it was looked at last.
    mapping(AuctionId auctionId => uint256) internal _progress;

    /* BOOKS */

    /// @dev free + locked of an account.
    mapping(address account => uint256) public wealth;
    /// @dev Stakes in auctions and sessions that have not ended.
    mapping(address account => uint256) public obligations;
    /// @dev What an account has put down in an auction: its first request or bid decides.
    mapping(AuctionId auctionId => mapping(address account => uint128)) public stakes;
    /// @dev How often an account put down a stake in an auction, and how often that stake ended
    /// there.
    mapping(AuctionId auctionId => mapping(address account => uint256)) public begun;
    mapping(AuctionId auctionId => mapping(address account => uint256)) public ended;
    mapping(address vehicle => int256) public credibility;
    mapping(address pile => uint256) public bestGiven;
    /// @dev Places of the sessions that were rated, in order: all of them, and those of a pile or a
    /// vehicle.
    uint256[] internal _rated;
    mapping(address account => uint256[]) internal _ratedOf;
    /// @dev Sessions whose vehicle has not come.
    uint256 public missed;
    /// @dev Requests of vehicles on probation.
    uint256 public raised;
    uint256 public longestHistory;
    uint256 public depositsIn;
    uint256 public paid;
    uint256 public refunded;
    uint256 public bondsIn;
    uint256 public forfeited;
    uint256 public returned;

    constructor() {
        setUp();
        Actor memory thirdVehicle = _actor(0xE53);
        Actor memory thirdPile = _actor(0xC93);
        _enrol(thirdVehicle, ParticipantKind.Vehicle);
        _enrol(thirdPile, ParticipantKind.Pile);
        _fund(thirdVehicle.account, FUNDS);
        _fund(thirdPile.account, FUNDS);
        _vehicles.push(vehicle);
        _vehicles.push(otherVehicle);
        _vehicles.push(thirdVehicle);
        _piles.push(pile);
        _piles.push(otherPile);
        _piles.push(thirdPile);
        for (uint256 i = 0; i < SIDE; ++i) {
            wealth[_vehicles[i].account] = FUNDS;
            wealth[_piles[i].account] = FUNDS;
            _install(i);
        }
        _failBefore(thirdVehicle);
    }

    function _install(uint256 place) private {
        MeterKey memory key = _r1Key(_secrets[place]);
        MeterCertificate memory certificate = _meterCertificate(key, _piles[place]);
        certificate.ratedPowerW = BOUNDLESS_W;
        certificate.issue = 2;
        _certify(certificate);
    }

    /// @dev Brings a vehicle to the threshold, as sessions that it missed before the campaign would
    /// have.
    function _failBefore(Actor memory ev) internal {
        for (int8 reached = 0; reached > THRESHOLD; --reached) {
            vm.prank(address(sessions));
            reputation.recordOutcome(ev.account, SessionId.wrap(bytes32(0)), -1);
        }
        credibility[ev.account] = THRESHOLD;
    }

    /// @dev Time passes before every action: a moment, or up to the last second before a deadline
    /// or the first at it.
    modifier later(uint256 seed) {
        uint256 next = _nextDeadline(_pick(seed, "of sessions", 3) == 0);
        bool isJump = next != type(uint256).max && _pick(seed, "jump", 7) == 0;
        vm.warp(isJump ? next - _pick(seed, "before", 2) : block.timestamp + _pick(seed, "now", 9));
        _assertForward();
        _;
    }

    /// @dev What a market that works would do next, so that the campaign sees the end of sessions.
    function proceed(uint256 seed) public virtual;

    /* STAKES */

    function _begin(AuctionId id, address account, uint128 stake) internal {
        ++begun[id][account];
        obligations[account] += stake;
        stakes[id][account] = stake;
    }

    function _bookReleases(
        Round memory round,
        address[] memory vehicles,
        address[] memory piles
    ) internal {
        for (uint256 i = 0; i < SIDE; ++i) {
            address ev = _vehicles[i].account;
            address cp = _piles[i].account;
            if (_contains(vehicles, ev)) _bookRelease(round.id, ev);
            if (_contains(piles, cp)) _bookRelease(round.id, cp);
        }
    }

    function _bookRelease(AuctionId id, address account) internal {
        if (begun[id][account] == ended[id][account]) return;
        ++ended[id][account];
        obligations[account] -= stakes[id][account];
    }

    function _assertStakesEndedOnce(address account) internal view {
        for (uint256 i = 0; i < _rounds.length; ++i) {
            AuctionId id = _rounds[i].id;
            vm.assertEq(ended[id][account], begun[id][account], "every stake ended, once");
        }
    }

    /// @dev AU-1, as the contract says it.
    function _assertForward() internal {
        for (uint256 i = 0; i < _rounds.length; ++i) {
            AuctionId id = _rounds[i].id;
            uint256 phase = uint8(auctions.phaseOf(id));
            bool isOver = phase > uint8(Phase.Matching);
            uint256 progress = (isOver ? 100 : 10 * auctions.auctionOf(id).round) + phase;
            vm.assertGe(progress, _progress[id], "round and phase go forward");
            _progress[id] = progress;
        }
    }

    /* TIME */

    function _phase(Round memory round) internal view returns (Phase) {
        if (block.timestamp < round.ends) return Phase.Bidding;
        if (!round.decided && block.timestamp < round.terms.matchingEnds) return Phase.Matching;
        if (round.decided && block.timestamp < round.terms.openingEnds) return Phase.Opening;
        return Phase.Closed;
    }

    /// @dev Whether another round has to follow the one that is over.
    function _goesOn(Round memory round) internal view returns (bool) {
        return
            round.hasNewBid &&
            round.number < round.terms.maxRounds &&
            block.timestamp + round.terms.roundSeconds < round.terms.matchingEnds;
    }

    /// @dev Of the running sessions, or else of the auctions.
    function _nextDeadline(bool ofSessions) internal view returns (uint256 next) {
        next = type(uint256).max;
        for (uint256 i = 0; i < _runs.length && ofSessions; ++i) {
            if (_isRunning(_runs[i])) next = _sooner(next, _runs[i].deadline);
        }
        if (next != type(uint256).max) return next;
        for (uint256 i = 0; i < _rounds.length; ++i) {
            AuctionTerms memory terms = _rounds[i].terms;
            next = _sooner(next, _rounds[i].ends);
            next = _sooner(next, terms.matchingEnds);
            next = _sooner(next, terms.openingEnds);
        }
    }

    function _sooner(uint256 next, uint256 time) internal view returns (uint256) {
        return time > block.timestamp && time < next ? time : next;
    }

    function _later(uint40 time) internal view returns (uint40) {
        return block.timestamp > time ? uint40(block.timestamp) : time;
    }

    function _isRunning(Run memory run) internal pure returns (bool) {
        return
            run.state == SessionState.Opened ||
            run.state == SessionState.Authorised ||
            _isServed(run);
    }

    function _isServed(Run memory run) internal pure returns (bool) {
        return run.state == SessionState.Charging || run.state == SessionState.Unplugged;
    }

    /* CHOICES */

    /// @dev Mostly a round in `phase`, if there is one; now and then any.
    function _roundIn(uint256 seed, Phase phase) internal view returns (uint256) {
        uint256 first = _pick(seed, "round", _rounds.length);
        if (_pick(seed, "any", 8) == 0) return first;
        for (uint256 i = 0; i < _rounds.length; ++i) {
            uint256 place = (first + i) % _rounds.length;
            if (_phase(_rounds[place]) == phase) return place;
        }
        return first;
    }

    /// @dev Mostly a session in `state`; `inTime` says whether it is and its deadline has not come.
    function _runIn(
        uint256 seed,
        SessionState state
    ) internal view returns (uint256 place, bool inTime) {
        if (_runs.length == 0) return (type(uint256).max, false);
        uint256 first = _pick(seed, "run", _runs.length);
        place = first;
        for (uint256 i = 0; i < _runs.length && _pick(seed, "any", 8) != 0; ++i) {
            place = (first + i) % _runs.length;
            if (_runs[place].state == state) break;
        }
        inTime = _runs[place].state == state && block.timestamp < _runs[place].deadline;
    }

    /// @dev Both stakes stand, and the bid is the one that the decision was made for. Whether both
    /// parties are in standing is not asked.
    function _canStart(uint256 place) internal view returns (bool) {
        Run memory run = _runs[place];
        Round memory round = _rounds[run.round];
        (address ev, address cp) = (run.vehicle.account, run.pile.account);
        return
            _phase(round) == Phase.Opening &&
            begun[round.id][ev] > ended[round.id][ev] &&
            begun[round.id][cp] > ended[round.id][cp] &&
            _offers[round.id][cp].pricePerKwh == _deals[place].opening.offer.pricePerKwh;
    }

    function _dealToStart(uint256 seed) internal view returns (uint256 place) {
        uint256 first = _pick(seed, "deal", _deals.length);
        if (_pick(seed, "any", 8) == 0) return first;
        for (uint256 i = 0; i < _deals.length; ++i) {
            place = (first + i) % _deals.length;
            if (_canStart(place)) return place;
        }
        return first;
    }

    /// @dev Mostly the right one, now and then the other side or a stranger.
    function _caller(
        uint256 seed,
        Actor memory right,
        Actor memory other
    ) internal view returns (Actor memory) {
        uint256 choice = _pick(seed, "caller", 8);
        if (choice == 0) return stranger;
        return choice == 1 ? other : right;
    }

    /// @dev Mostly the round that is over.
    function _named(uint256 seed, uint8 round) internal pure returns (uint8) {
        return _pick(seed, "named", 8) == 0 ? round - 1 : round;
    }

    function _person(uint256 seed, string memory what) internal view returns (Actor memory) {
        return _everybody()[_pick(seed, what, 2 * SIDE)];
    }

    function _everybody() internal view returns (Actor[] memory people) {
        people = new Actor[](2 * SIDE);
        for (uint256 i = 0; i < SIDE; ++i) {
            people[i] = _vehicles[i];
            people[SIDE + i] = _piles[i];
        }
    }

    /// @dev Up to four of anybody, in any order, also twice.
    function _list(uint256 seed, string memory what) internal view returns (address[] memory list) {
        Actor[] memory people = _everybody();
        list = new address[](_pick(seed, what, 5));
        for (uint256 i = 0; i < list.length; ++i) {
            uint256 who = uint256(keccak256(abi.encode(seed, what, i))) % (people.length + 1);
            list[i] = who == people.length ? stranger.account : people[who].account;
        }
    }

    function _accounts(Actor[] memory people) internal pure returns (address[] memory list) {
        list = new address[](people.length);
        for (uint256 i = 0; i < people.length; ++i) list[i] = people[i].account;
    }

    function _contains(address[] memory list, address account) internal pure returns (bool) {
        for (uint256 i = 0; i < list.length; ++i) {
            if (list[i] == account) return true;
        }
        return false;
    }

    function _stands(Actor memory person) internal view returns (bool) {
        return
            !identities.participantOf(person.account).suspended && block.timestamp < START + YEAR;
    }

    function _free(Actor memory person) internal view returns (uint256) {
        return wealth[person.account] - obligations[person.account];
    }

    function _enter(uint256 place, SessionState state, uint40 deadline) internal {
        _runs[place].state = state;
        _runs[place].deadline = deadline;
    }
}
