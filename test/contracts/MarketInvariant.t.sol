// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IEscrow} from "../../contracts/interfaces/IEscrow.sol";
import {IPricingAuction} from "../../contracts/interfaces/IPricingAuction.sol";
import {IReputation} from "../../contracts/interfaces/IReputation.sol";
import {PileRating} from "../../contracts/libraries/PileRating.sol";
import {
    Auction,
    AuctionId,
    AuctionTerms,
    Balance,
    Evaluation,
    EvaluationId,
    Offer,
    Opening,
    ParticipantKind,
    Phase,
    Reading,
    Session,
    SessionId,
    SessionState
} from "../../contracts/types/MarketTypes.sol";
import {Campaign, Handler} from "./Handler.sol";
import {Oracle, Tree} from "./Oracle.sol";
import {Actor, Deal, World} from "./World.sol";

/// @title Everything that people can do in the market
/// @dev The matcher lies now and then, parties call for each other, and time jumps to the seconds around deadlines.
/// The handler keeps its own books and predicts every call; it never reads money from the contracts to fill them.
contract MarketHandler is World, Handler {
    uint256 private constant SIDE = 3;
    /// @dev Auctions that are not closed.
    uint256 private constant MAX_LIVE_ROUNDS = 2;

    /// @dev An auction; `number` counts its rounds of bidding.
    struct Round {
        AuctionId id;
        AuctionTerms terms;
        bool decided;
        uint8 number;
        uint40 ends;
        bool hasNewBid;
    }

    /// @dev Two people that the matcher brings together.
    struct Pair {
        Actor vehicle;
        Actor pile;
        Opening opening;
    }

    /// @dev What the handler knows of a session.
    struct Run {
        SessionState state;
        uint40 deadline;
        uint256 round;
        Actor vehicle;
        Actor pile;
        int8 credibilityBefore;
        uint8 rating;
        /// @dev The pile's, as the library makes it from the ratings so far.
        uint128 ratingWad;
    }

    Actor[] private _vehicles;
    Actor[] private _piles;
    Round[] private _rounds;
    /// @dev A decision and, at the same place, its session.
    Deal[] private _deals;
    Run[] private _runs;
    mapping(AuctionId auctionId => mapping(address pile => Offer)) private _offers;
    mapping(AuctionId auctionId => mapping(address pile => uint8)) private _bidIn;
    /// @dev How far an auction was when it was looked at last.
    mapping(AuctionId auctionId => uint256) private _progress;

    /* BOOKS */

    /// @dev free + locked of an account.
    mapping(address account => uint256) public wealth;
    /// @dev Stakes in auctions and sessions that have not ended.
    mapping(address account => uint256) public obligations;
    /// @dev What an account has put down in an auction: its first request or bid decides.
    mapping(AuctionId auctionId => mapping(address account => uint128)) public stakes;
    /// @dev How often an account put down a stake in an auction, and how often that stake ended there.
    mapping(AuctionId auctionId => mapping(address account => uint256)) public begun;
    mapping(AuctionId auctionId => mapping(address account => uint256)) public ended;
    mapping(address vehicle => int256) public credibility;
    mapping(address pile => uint256) public bestGiven;
    /// @dev Places of the sessions that were rated, in order: all of them, and those of a pile or a vehicle.
    uint256[] private _rated;
    mapping(address account => uint256[]) private _ratedOf;
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
        }
        _failBefore(thirdVehicle);
    }

    /// @dev Brings a vehicle to the threshold, as sessions that it missed before the campaign would have.
    function _failBefore(Actor memory ev) private {
        for (int8 reached = 0; reached > THRESHOLD; --reached) {
            vm.prank(address(sessions));
            reputation.recordOutcome(ev.account, SessionId.wrap(bytes32(0)), -1);
        }
        credibility[ev.account] = THRESHOLD;
    }

    /// @dev Time passes before every action: a moment, or up to the last second before a deadline or the first at it.
    modifier later(uint256 seed) {
        uint256 next = _nextDeadline(_pick(seed, "of sessions", 3) == 0);
        bool isJump = next != type(uint256).max && _pick(seed, "jump", 7) == 0;
        vm.warp(isJump ? next - _pick(seed, "before", 2) : block.timestamp + _pick(seed, "now", 9));
        _assertForward();
        _;
    }

    function actions() public pure override returns (bytes4[] memory list) {
        list = new bytes4[](20);
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
    }

    function milestones() public view override returns (bytes4[] memory list) {
        list = new bytes4[](17);
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
    }

    /* AUCTIONS */

    function open(uint256 seed) external later(seed) {
        if (_liveRounds() >= MAX_LIVE_ROUNDS) return proceed(seed);
        uint40 from = uint40(block.timestamp);
        AuctionTerms memory terms = _terms();
        terms.biddingEnds = from + 1 + uint40(_pick(seed, "bidding", 1 hours));
        terms.matchingEnds = terms.biddingEnds + 1 + uint40(_pick(seed, "matching", 1 hours));
        terms.openingEnds = terms.matchingEnds + 1 + uint40(_pick(seed, "opening", 1 hours));
        terms.slotEnd = terms.openingEnds + uint40(_pick(seed, "slot", 600));
        terms.slotStart = terms.slotEnd - 1 - uint40(_pick(seed, "begin", 600));
        terms.maxRounds = 1 + uint8(_pick(seed, "one", 2) * _pick(seed, "rounds", 4));
        terms.roundSeconds = 1 + uint32(_pick(seed, "round", 20 minutes));
        terms.bidBond = 1 + uint128(_pick(seed, "bond", 2 * BOND));
        terms.vehicleDeposit = 1 + uint128(_pick(seed, "deposit", DEPOSIT));
        terms.nonce = bytes32(_rounds.length);

        bytes memory call = abi.encodeCall(IPricingAuction.open, (terms));
        if (!_attempt(matcher.account, address(auctions), call, _stands(matcher))) return;
        AuctionId id = Oracle.auctionId(address(auctions), matcher.account, terms);
        _rounds.push(Round(id, terms, false, 1, terms.biddingEnds, false));
        for (uint256 i = 0; i < SIDE; ++i) {
            if (_pick(seed, "early request", 3) != i) _request(_rounds.length - 1, i, seed);
            if (_pick(seed, "early bid", 3) != i) _bid(_rounds.length - 1, i, seed);
        }
    }

    function request(uint256 seed) external later(seed) {
        if (_rounds.length == 0) return;
        _request(_roundIn(seed, Phase.Bidding), _pick(seed, "vehicle", SIDE), seed);
    }

    function bid(uint256 seed) external later(seed) {
        if (_rounds.length == 0) return;
        _bid(_roundIn(seed, Phase.Bidding), _pick(seed, "pile", SIDE), seed);
    }

    function _request(uint256 place, uint256 who, uint256 seed) private {
        Round memory round = _rounds[place];
        Actor memory ev = _vehicles[who];
        bool isOnProbation = credibility[ev.account] < 0;
        uint128 stake = round.terms.vehicleDeposit * (isOnProbation ? PROBATION_FACTOR : 1);
        bool isFirst = begun[round.id][ev.account] == 0;
        bool possible =
            _phase(round) == Phase.Bidding &&
                round.number == 1 &&
                _stands(ev) &&
                credibility[ev.account] >= THRESHOLD &&
                (!isFirst || _free(ev) >= stake);

        bytes memory call = abi.encodeCall(IPricingAuction.request, (round.id, bytes32(seed | 1)));
        if (!_attempt(ev.account, address(auctions), call, possible)) return;
        if (isFirst) _begin(round.id, ev.account, stake);
        if (isFirst && isOnProbation) ++raised;
    }

    function _bid(uint256 place, uint256 who, uint256 seed) private {
        Round memory round = _rounds[place];
        Actor memory cp = _piles[who];
        uint128 stake = round.terms.bidBond;
        bool isFirst = begun[round.id][cp.account] == 0;
        Offer memory offer = _offer();
        offer.pricePerKwh = uint64(_pick(seed, "price", 2 * PRICE));
        bool isSame =
            !isFirst &&
                _bidIn[round.id][cp.account] == round.number &&
                _offers[round.id][cp.account].pricePerKwh == offer.pricePerKwh;
        bool possible =
            _phase(round) == Phase.Bidding &&
                _stands(cp) &&
                !isSame &&
                (!isFirst || _free(cp) >= stake);

        bytes32 commitment = Oracle.bid(
            address(auctions),
            round.id,
            round.number,
            cp.account,
            offer
        );
        bytes memory call = abi.encodeCall(IPricingAuction.bid, (round.id, commitment));
        if (!_attempt(cp.account, address(auctions), call, possible)) return;
        if (isFirst) _begin(round.id, cp.account, stake);
        _offers[round.id][cp.account] = offer;
        _bidIn[round.id][cp.account] = round.number;
        _rounds[place].hasNewBid = true;
    }

    /// @dev AU-6 and AU-7: at any reference price.
    function closeRound(uint256 seed) public later(seed) {
        if (_rounds.length == 0) return;
        uint256 place = _roundIn(seed, Phase.Matching);
        Round memory round = _rounds[place];
        address caller = _caller(seed, matcher, pile);
        bool possible =
            _phase(round) == Phase.Matching && _goesOn(round) && caller == matcher.account;

        bytes memory call = abi.encodeCall(
            IPricingAuction.closeRound,
            (round.id, uint64(seed), bytes32(seed))
        );
        if (!_attempt(caller, address(auctions), call, possible)) return;
        _rounds[place].number = round.number + 1;
        _rounds[place].ends = uint40(block.timestamp) + round.terms.roundSeconds;
        _rounds[place].hasNewBid = false;
    }

    /// @dev Any pairs, also of people who take no part, are taken already, or bid another price.
    function postDecisions(uint256 seed) public later(seed) {
        if (_rounds.length == 0) return;
        uint256 place = _roundIn(seed, Phase.Matching);
        Round memory round = _rounds[place];
        bool possible = _phase(round) == Phase.Matching && !_goesOn(round);
        Pair[] memory pairs = new Pair[](_pick(seed, "count", SIDE + 1));
        bytes32[] memory leaves = new bytes32[](pairs.length);
        for (uint256 i = 0; i < pairs.length; ++i) {
            pairs[i] = _pair(round.id, uint256(keccak256(abi.encode(seed, i))));
            leaves[i] = _leaf(pairs[i].opening, pairs[i].pile.account);
        }

        bytes memory call = abi.encodeCall(IPricingAuction.postDecisions, (round.id, leaves));
        if (!_attempt(matcher.account, address(auctions), call, possible)) return;
        _rounds[place].decided = true;
        for (uint256 i = 0; i < pairs.length; ++i) _remember(place, pairs[i], leaves, i);
    }

    /// @dev A list of anybody, with duplicates, signed by the matcher or, now and then, by somebody else.
    function release(uint256 seed) external later(seed) {
        if (_rounds.length == 0) return;
        Round memory round = _rounds[_pick(seed, "round", _rounds.length)];
        address[] memory vehicles = _list(seed, "vehicles");
        address[] memory piles = _list(seed, "piles");
        uint40 deadline = uint40(block.timestamp + _pick(seed, "deadline", 20));
        bytes32 digest = Oracle.notSelectedDigest(
            address(auctions),
            round.id,
            vehicles,
            piles,
            deadline
        );
        bool isForged = _pick(seed, "forged", 10) == 0;
        bytes memory signature = _signature(isForged ? stranger.key : matcher.key, digest);
        Phase phase = _phase(round);
        bool isOver = phase == Phase.Opening || phase == Phase.Closed;
        bool possible = isOver && deadline > block.timestamp && !isForged;

        bytes memory call = abi.encodeCall(
            IPricingAuction.release,
            (round.id, vehicles, piles, deadline, signature)
        );
        if (!_attempt(stranger.account, address(auctions), call, possible)) return;
        _bookReleases(round, vehicles, piles);
    }

    function releaseExpired(uint256 seed) external later(seed) {
        if (_rounds.length == 0) return;
        Round memory round = _rounds[_roundIn(seed, Phase.Closed)];
        address[] memory vehicles = _list(seed, "vehicles");
        address[] memory piles = _list(seed, "piles");

        bytes memory call = abi.encodeCall(
            IPricingAuction.releaseExpired,
            (round.id, vehicles, piles)
        );
        bool possible = _phase(round) == Phase.Closed;
        if (!_attempt(stranger.account, address(auctions), call, possible)) return;
        _bookReleases(round, vehicles, piles);
    }

    /* SESSIONS */

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
        address caller = _caller(seed, run.pile, run.vehicle);

        bytes memory call = abi.encodeCall(sessions.authorise, (_deals[place].sessionId));
        bool possible = inTime && caller == run.pile.account;
        if (!_attempt(caller, address(sessions), call, possible)) return;
        uint40 from = _later(_rounds[run.round].terms.slotEnd);
        _enter(place, SessionState.Authorised, from + PLUG_IN_WINDOW);
    }

    function plugIn(uint256 seed) public later(seed) {
        (uint256 place, bool inTime) = _runIn(seed, SessionState.Authorised);
        if (place == type(uint256).max) return;
        Run memory run = _runs[place];
        address caller = _caller(seed, run.vehicle, run.pile);

        bytes memory call = abi.encodeCall(sessions.plugIn, (_deals[place].sessionId));
        bool possible = inTime && caller == run.vehicle.account;
        if (!_attempt(caller, address(sessions), call, possible)) return;
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

    function rate(uint256 seed) public later(seed) {
        (uint256 place, ) = _runIn(seed, SessionState.Settled);
        if (place == type(uint256).max) return;
        Run memory run = _runs[place];
        address caller = _caller(seed, run.vehicle, run.pile);
        uint8 rating = uint8(_pick(seed, "rating", 5));
        bool possible =
            run.state == SessionState.Settled &&
                run.rating == 0 &&
                caller == run.vehicle.account &&
                rating > 0 &&
                rating < 4;

        bytes memory call = abi.encodeCall(IReputation.rate, (_deals[place].sessionId, rating));
        if (!_attempt(caller, address(reputation), call, possible)) return;
        _bookRating(place, rating);
    }

    /// @dev What a market that works would do next, so that the campaign sees the end of sessions.
    function proceed(uint256 seed) public {
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
        if (charging) return settle(seed);
        rate(seed);
    }

    /* MONEY, STANDING, TIME */

    function deposit(uint256 seed) external later(seed) {
        address account = _person(seed, "for").account;
        uint128 amount = uint128(_pick(seed, "amount", DEPOSIT));
        token.mint(stranger.account, amount);
        vm.prank(stranger.account);
        token.approve(address(escrow), amount);

        bytes memory call = abi.encodeCall(IEscrow.deposit, (account, amount));
        if (!_attempt(stranger.account, address(escrow), call, amount != 0)) return;
        wealth[account] += amount;
    }

    function withdraw(uint256 seed) external later(seed) {
        Actor memory person = _person(seed, "who");
        uint128 amount = uint128(_pick(seed, "amount", 2 * DEPOSIT));
        bool possible = amount != 0 && amount <= _free(person);

        bytes memory call = abi.encodeCall(IEscrow.withdraw, (stranger.account, amount));
        if (!_attempt(person.account, address(escrow), call, possible)) return;
        wealth[person.account] -= amount;
    }

    function suspendOrReinstate(uint256 seed) external later(seed) {
        uint256 who = _pick(seed, "who", 2 * SIDE + 1);
        address account = who == 2 * SIDE ? matcher.account : _everybody()[who].account;
        bool isReinstated = _pick(seed, "reinstate", 4) != 0;
        bytes memory call =
            isReinstated
                ? abi.encodeCall(identities.reinstate, (account))
                : abi.encodeCall(identities.suspend, (account));
        _attempt(authority.account, address(identities), call, true);
    }

    /* THE END */

    /// @dev AU-5 and SE-5: after the last deadline a stranger ends everything, and everybody leaves with everything.
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

    /* VIEWS FOR THE INVARIANTS */

    function everybody() external view returns (address[] memory) {
        return _accounts(_everybody());
    }

    function balanceOf(address account) external view returns (Balance memory) {
        return escrow.balanceOf(account);
    }

    function tokensHeld() external view returns (uint256) {
        return token.balanceOf(address(escrow));
    }

    /// @dev AU-1 and AU-2, from the contract's state and the books.
    function assertAuctions() external view {
        Actor[] memory people = _everybody();
        for (uint256 i = 0; i < _rounds.length; ++i) {
            Round memory round = _rounds[i];
            vm.assertEq(uint8(auctions.phaseOf(round.id)), uint8(_phase(round)), "phase");
            Auction memory auction = auctions.auctionOf(round.id);
            vm.assertEq(auction.round, round.number, "round");
            vm.assertLe(auction.round, round.terms.maxRounds, "at most so many rounds");
            vm.assertLt(auction.roundEnds, round.terms.matchingEnds, "rounds end in time");
            for (uint256 j = 0; j < people.length; ++j) {
                address account = people[j].account;
                bool stands =
                    auctions.requestOf(round.id, account) != bytes32(0) ||
                        auctions.bidOf(round.id, account) != bytes32(0);
                vm.assertLe(begun[round.id][account], 1, "locked once");
                if (auctions.requestOf(round.id, account) != bytes32(0)) {
                    uint128 locked = auctions.depositOf(round.id, account);
                    vm.assertEq(locked, stakes[round.id][account], "deposit");
                }
                vm.assertEq(
                    begun[round.id][account],
                    ended[round.id][account] + (stands ? 1 : 0),
                    "stands or has ended once"
                );
            }
        }
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

    function assertReputation() external view {
        for (uint256 i = 0; i < SIDE; ++i) {
            int256 value = reputation.credibilityOf(_vehicles[i].account);
            vm.assertEq(value, credibility[_vehicles[i].account], "credibility");
            vm.assertTrue(value >= MIN_CREDIBILITY && value <= MAX_CREDIBILITY, "bounds");

            address account = _piles[i].account;
            (uint128 ratingWad, uint64 count) = reputation.pileRatingOf(account);
            vm.assertLe(ratingWad, bestGiven[account] * 1e18, "not above the best given");
            vm.assertTrue((ratingWad == 0) == (count == 0), "every rating moves it");
            uint256[] storage own = _ratedOf[account];
            if (count != 0) vm.assertEq(ratingWad, _runs[own[count - 1]].ratingWad, "rating");
        }
    }

    /// @dev RE-6, by reading every evaluation there is, and one more.
    function assertEvaluations() external view {
        vm.assertEq(EvaluationId.unwrap(reputation.lastEvaluation()), _rated.length, "height");
        for (uint256 i = 0; i < _rated.length; ++i) {
            EvaluationId id = EvaluationId.wrap(uint40(i + 1));
            (SessionId sessionId, Evaluation memory evaluation) = reputation.evaluationOf(id);
            Run memory run = _runs[_rated[i]];
            bytes32 expected = SessionId.unwrap(_deals[_rated[i]].sessionId);
            vm.assertEq(SessionId.unwrap(sessionId), expected, "session");
            vm.assertEq(EvaluationId.unwrap(evaluation.id), i + 1, "id");
            vm.assertEq(evaluation.rating, run.rating, "rating");
            vm.assertEq(int256(evaluation.credibilityBefore), run.credibilityBefore, "credibility");
            vm.assertEq(evaluation.ratingWad, run.ratingWad, "rating after");
            vm.assertEq(reputation.ratingOf(sessionId), run.rating, "rating of the session");
        }
        EvaluationId next = EvaluationId.wrap(uint40(_rated.length + 1));
        try reputation.evaluationOf(next) {
            vm.assertTrue(false, "there is no next one");
        } catch {}
    }

    /// @dev RE-7: from the head, by the links alone.
    function assertHistories() external view {
        for (uint256 i = 0; i < SIDE; ++i) {
            (EvaluationId head, uint64 count) = reputation.lastEvaluationOfPile(_piles[i].account);
            _assertWalk(_piles[i].account, head, count, true);
            (head, count) = reputation.lastEvaluationOfVehicle(_vehicles[i].account);
            _assertWalk(_vehicles[i].account, head, count, false);
        }
    }

    function _assertWalk(
        address account,
        EvaluationId head,
        uint64 count,
        bool ofPile
    ) private view {
        uint256[] storage own = _ratedOf[account];
        vm.assertEq(count, own.length, "count");
        uint256 above = type(uint256).max;
        for (uint256 k = own.length; k > 0; --k) {
            vm.assertLt(EvaluationId.unwrap(head), above, "ids fall");
            above = EvaluationId.unwrap(head);
            (SessionId sessionId, Evaluation memory evaluation) = reputation.evaluationOf(head);
            bytes32 expected = SessionId.unwrap(_deals[own[k - 1]].sessionId);
            vm.assertEq(SessionId.unwrap(sessionId), expected, "newest first, its own");
            head = ofPile ? evaluation.previousOfPile : evaluation.previousOfVehicle;
        }
        vm.assertEq(EvaluationId.unwrap(head), 0, "and then none");
    }

    /* BOOKKEEPING */

    function _begin(AuctionId id, address account, uint128 stake) private {
        ++begun[id][account];
        obligations[account] += stake;
        stakes[id][account] = stake;
    }

    function _bookReleases(
        Round memory round,
        address[] memory vehicles,
        address[] memory piles
    ) private {
        for (uint256 i = 0; i < SIDE; ++i) {
            address ev = _vehicles[i].account;
            address cp = _piles[i].account;
            if (_contains(vehicles, ev)) _bookRelease(round.id, ev);
            if (_contains(piles, cp)) _bookRelease(round.id, cp);
        }
    }

    function _bookRelease(AuctionId id, address account) private {
        if (begun[id][account] == ended[id][account]) return;
        ++ended[id][account];
        obligations[account] -= stakes[id][account];
    }

    /// @dev The library's word for what a rating does to a pile; its own tests hold it to the formula.
    function _bookRating(uint256 place, uint8 rating) private {
        Run storage run = _runs[place];
        address cp = run.pile.account;
        uint256[] storage own = _ratedOf[cp];
        uint256 weight =
            run.credibilityBefore <= 0
                ? 0
                : (uint256(int256(run.credibilityBefore)) * 1e18) / uint8(MAX_CREDIBILITY);
        if (weight < MIN_WEIGHT_WAD) weight = MIN_WEIGHT_WAD;
        uint128 ratingWad = own.length == 0 ? 0 : _runs[own[own.length - 1]].ratingWad;
        run.rating = rating;
        run.ratingWad = PileRating.next(ratingWad, rating, weight);
        if (rating > bestGiven[cp]) bestGiven[cp] = rating;
        _rated.push(place);
        own.push(place);
        if (own.length > longestHistory) longestHistory = own.length;
        _ratedOf[run.vehicle.account].push(place);
    }

    function _bookExpiry(uint256 place, SessionState from) private {
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
    ) private {
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

    function _enter(uint256 place, SessionState state, uint40 deadline) private {
        _runs[place].state = state;
        _runs[place].deadline = deadline;
    }

    function _assertStakesEndedOnce(address account) private view {
        for (uint256 i = 0; i < _rounds.length; ++i) {
            AuctionId id = _rounds[i].id;
            vm.assertEq(ended[id][account], begun[id][account], "every stake ended, once");
        }
    }

    /// @dev AU-1, as the contract says it.
    function _assertForward() private {
        for (uint256 i = 0; i < _rounds.length; ++i) {
            AuctionId id = _rounds[i].id;
            uint256 phase = uint8(auctions.phaseOf(id));
            bool isOver = phase > uint8(Phase.Matching);
            uint256 progress = (isOver ? 100 : 10 * auctions.auctionOf(id).round) + phase;
            vm.assertGe(progress, _progress[id], "round and phase go forward");
            _progress[id] = progress;
        }
    }

    /* CHOICES */

    function _pair(AuctionId id, uint256 seed) private view returns (Pair memory pair) {
        pair.vehicle = _taker(id, _vehicles, _pick(seed, "vehicle", 4 * SIDE));
        pair.pile = _taker(id, _piles, _pick(seed, "pile", 4 * SIDE));
        Offer memory offer = _offers[id][pair.pile.account];
        if (_pick(seed, "lie", 10) == 0) offer.pricePerKwh += 1;
        uint8 round = _bidIn[id][pair.pile.account];
        pair.opening = Opening(id, pair.vehicle.id, pair.pile.id, round, offer, bytes32(seed));
    }

    /// @dev Mostly somebody who takes part in the auction.
    function _taker(
        AuctionId id,
        Actor[] memory side,
        uint256 draw
    ) private view returns (Actor memory) {
        for (uint256 i = 0; i < SIDE && draw >= SIDE; ++i) {
            address account = side[(draw + i) % SIDE].account;
            if (begun[id][account] > ended[id][account]) return side[(draw + i) % SIDE];
        }
        return side[draw % SIDE];
    }

    function _remember(
        uint256 round,
        Pair memory pair,
        bytes32[] memory leaves,
        uint256 k
    ) private {
        Deal storage deal = _deals.push();
        deal.opening = pair.opening;
        deal.proof = Tree.proof(leaves, k);
        deal.sessionId = SessionId.wrap(leaves[k]);
        Run storage run = _runs.push();
        run.round = round;
        run.vehicle = pair.vehicle;
        run.pile = pair.pile;
    }

    /// @dev Mostly a round in `phase`, if there is one; now and then any.
    function _roundIn(uint256 seed, Phase phase) private view returns (uint256) {
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
    ) private view returns (uint256 place, bool inTime) {
        if (_runs.length == 0) return (type(uint256).max, false);
        uint256 first = _pick(seed, "run", _runs.length);
        place = first;
        for (uint256 i = 0; i < _runs.length && _pick(seed, "any", 8) != 0; ++i) {
            place = (first + i) % _runs.length;
            if (_runs[place].state == state) break;
        }
        inTime = _runs[place].state == state && block.timestamp < _runs[place].deadline;
    }

    function _runToExpire(uint256 seed) private view returns (uint256 place) {
        if (_runs.length == 0) return type(uint256).max;
        uint256 first = _pick(seed, "run", _runs.length);
        for (uint256 i = 0; i < _runs.length; ++i) {
            place = (first + i) % _runs.length;
            if (_isRunning(_runs[place]) && block.timestamp >= _runs[place].deadline) return place;
        }
        return first;
    }

    function _dealToStart(uint256 seed) private view returns (uint256 place) {
        uint256 first = _pick(seed, "deal", _deals.length);
        if (_pick(seed, "any", 8) == 0) return first;
        for (uint256 i = 0; i < _deals.length; ++i) {
            place = (first + i) % _deals.length;
            if (_canStart(place)) return place;
        }
        return first;
    }

    /// @dev Both stakes stand, and the bid is the one that the decision was made for.
    function _canStart(uint256 place) private view returns (bool) {
        Run memory run = _runs[place];
        Round memory round = _rounds[run.round];
        (address ev, address cp) = (run.vehicle.account, run.pile.account);
        return
            _phase(round) == Phase.Opening &&
            begun[round.id][ev] > ended[round.id][ev] &&
            begun[round.id][cp] > ended[round.id][cp] &&
            _offers[round.id][cp].pricePerKwh == _deals[place].opening.offer.pricePerKwh;
    }

    function _isRunning(Run memory run) private pure returns (bool) {
        return
            run.state == SessionState.Opened ||
            run.state == SessionState.Authorised ||
            run.state == SessionState.Charging;
    }

    function _phase(Round memory round) private view returns (Phase) {
        if (block.timestamp < round.ends) return Phase.Bidding;
        if (!round.decided && block.timestamp < round.terms.matchingEnds) return Phase.Matching;
        if (round.decided && block.timestamp < round.terms.openingEnds) return Phase.Opening;
        return Phase.Closed;
    }

    /// @dev Whether another round has to follow the one that is over.
    function _goesOn(Round memory round) private view returns (bool) {
        return
            round.hasNewBid &&
            round.number < round.terms.maxRounds &&
            block.timestamp + round.terms.roundSeconds < round.terms.matchingEnds;
    }

    function _liveRounds() private view returns (uint256 count) {
        for (uint256 i = 0; i < _rounds.length; ++i) {
            if (_phase(_rounds[i]) != Phase.Closed) ++count;
        }
    }

    /// @dev Of the running sessions, or else of the auctions.
    function _nextDeadline(bool ofSessions) private view returns (uint256 next) {
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

    function _sooner(uint256 next, uint256 time) private view returns (uint256) {
        return time > block.timestamp && time < next ? time : next;
    }

    function _later(uint40 time) private view returns (uint40) {
        return block.timestamp > time ? uint40(block.timestamp) : time;
    }

    /// @dev Mostly the right one, now and then the other side or a stranger.
    function _caller(
        uint256 seed,
        Actor memory right,
        Actor memory other
    ) private view returns (address) {
        uint256 choice = _pick(seed, "caller", 8);
        if (choice == 0) return stranger.account;
        return choice == 1 ? other.account : right.account;
    }

    function _person(uint256 seed, string memory what) private view returns (Actor memory) {
        return _everybody()[_pick(seed, what, 2 * SIDE)];
    }

    function _everybody() private view returns (Actor[] memory people) {
        people = new Actor[](2 * SIDE);
        for (uint256 i = 0; i < SIDE; ++i) {
            people[i] = _vehicles[i];
            people[SIDE + i] = _piles[i];
        }
    }

    /// @dev Up to four of anybody, in any order, also twice.
    function _list(uint256 seed, string memory what) private view returns (address[] memory list) {
        Actor[] memory people = _everybody();
        list = new address[](_pick(seed, what, 5));
        for (uint256 i = 0; i < list.length; ++i) {
            uint256 who = uint256(keccak256(abi.encode(seed, what, i))) % (people.length + 1);
            list[i] = who == people.length ? stranger.account : people[who].account;
        }
    }

    function _accounts(Actor[] memory people) private pure returns (address[] memory list) {
        list = new address[](people.length);
        for (uint256 i = 0; i < people.length; ++i) list[i] = people[i].account;
    }

    function _contains(address[] memory list, address account) private pure returns (bool) {
        for (uint256 i = 0; i < list.length; ++i) {
            if (list[i] == account) return true;
        }
        return false;
    }

    function _stands(Actor memory person) private view returns (bool) {
        return
            !identities.participantOf(person.account).suspended && block.timestamp < START + YEAR;
    }

    function _free(Actor memory person) private view returns (uint256) {
        return wealth[person.account] - obligations[person.account];
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
        _walk(handler, 0x5eed, 2_400);
        _assertAllDone(handler);
        vm.assertGt(handler.raised(), 0, "probation");
        vm.assertGt(handler.longestHistory(), 1, "linked evaluations");
        handler.drain();
    }
}
