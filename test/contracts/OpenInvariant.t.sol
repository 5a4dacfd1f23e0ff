// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IEscrow} from "../../contracts/interfaces/IEscrow.sol";
import {IOpenAuction} from "../../contracts/interfaces/IOpenAuction.sol";
import {
    AuctionId,
    Balance,
    OpenAuctionState,
    OpenTerms,
    ParticipantKind,
    Phase,
    SessionId,
    SessionState
} from "../../contracts/types/MarketTypes.sol";
import {Campaign, Handler} from "../support/contracts/Handler.sol";
import {Oracle} from "../support/contracts/Oracle.sol";
import {Actor} from "../support/contracts/Base.sol";
import {OpenWorld} from "../support/contracts/OpenWorld.sol";

/// @title Everything that people can do in open auctions
/// @dev Bids are high and low, weak and strong, far and near, with good and with forged
/// invitations; time jumps to the seconds around deadlines. The handler keeps its own books and
/// predicts every call.
contract OpenHandler is OpenWorld, Handler {
    uint256 private constant VEHICLES = 2;
    uint256 private constant PILES = 3;
    uint256 private constant MAX_LIVE = 3;
    uint32 private constant RATED_W = 22_000;

    /// @dev What the handler knows of an auction.
    struct Call {
        AuctionId id;
        OpenTerms terms;
        Actor host;
        uint40 ends;
        address leader;
        uint64 price;
        uint32 powerW;
        int256 first;
        int256 leading;
        uint32 bids;
        bool ended;
        SessionId sessionId;
    }

    Actor[] private _vehicles;
    Actor[] private _piles;
    Call[] private _calls;
    mapping(AuctionId auctionId => mapping(address pile => uint32)) private _powers;
    mapping(AuctionId auctionId => uint8) private _progress;

    /// @dev free + locked of an account.
    mapping(address account => uint256) public wealth;
    /// @dev Stakes in auctions and sessions that have not ended.
    mapping(address account => uint256) public obligations;

    constructor() {
        setUp();
        Actor memory thirdPile = _actor(0xC93);
        _enrol(thirdPile, ParticipantKind.Pile);
        _fund(thirdPile.account, FUNDS);
        _vehicles.push(vehicle);
        _vehicles.push(otherVehicle);
        _piles.push(pile);
        _piles.push(otherPile);
        _piles.push(thirdPile);
        Actor[] memory people = _everybody();
        for (uint256 i = 0; i < people.length; ++i) wealth[people[i].account] = FUNDS;
    }

    /// @dev Time passes before every action: a moment, or up to the last second before a deadline
    /// or the first at it.
    modifier later(uint256 seed) {
        uint256 next = _nextDeadline();
        bool isJump = next != type(uint256).max && _pick(seed, "jump", 9) == 0;
        vm.warp(isJump ? next - _pick(seed, "before", 2) : block.timestamp + _pick(seed, "now", 5));
        _assertForward();
        _;
    }

    function actions() public pure override returns (bytes4[] memory list) {
        list = new bytes4[](10);
        list[0] = this.open.selector;
        list[1] = this.start.selector;
        list[2] = this.release.selector;
        list[3] = this.expire.selector;
        list[4] = this.withdraw.selector;
        list[5] = this.suspendOrReinstate.selector;
        // More often than the rest: it takes many bids to wear a price down.
        list[6] = list[7] = list[8] = list[9] = this.bid.selector;
    }

    function milestones() public view override returns (bytes4[] memory list) {
        list = new bytes4[](8);
        list[0] = openAuctions.open.selector;
        list[1] = openAuctions.bid.selector;
        list[2] = openAuctions.release.selector;
        list[3] = sessions.startOpen.selector;
        list[4] = sessions.expire.selector;
        list[5] = escrow.withdraw.selector;
        list[6] = identities.suspend.selector;
        list[7] = identities.reinstate.selector;
    }

    /* ACTIONS */

    function open(uint256 seed) external later(seed) {
        if (_live() >= MAX_LIVE) return;
        Actor memory host = _vehicles[_pick(seed, "host", VEHICLES)];
        OpenTerms memory terms = _openTerms();
        uint40 from = uint40(block.timestamp);
        terms.rule.minDecrement = uint64(1 + _pick(seed, "decrement", 100_000));
        terms.quietSeconds = uint16(1 + _pick(seed, "quiet", 120));
        terms.biddingEnds = from + 1 + uint40(_pick(seed, "bidding", 10 minutes));
        terms.openingEnds = terms.biddingEnds + 1 + uint40(_pick(seed, "opening", 10 minutes));
        terms.slotStart = terms.openingEnds + uint40(_pick(seed, "begin", 600));
        terms.slotEnd = terms.slotStart + 1 + uint40(_pick(seed, "slot", 2 hours));
        terms.bidBond = 1 + uint128(_pick(seed, "bond", 2 * BOND));
        terms.vehicleDeposit = 1 + uint128(_pick(seed, "deposit", DEPOSIT));
        terms.nonce = bytes32(_calls.length);
        bool possible = _stands(host) && _free(host.account) >= terms.vehicleDeposit;

        bytes memory call = abi.encodeCall(IOpenAuction.open, (terms));
        if (!_attempt(host.account, address(openAuctions), call, possible)) return;
        Call storage made = _calls.push();
        made.id = Oracle.openAuctionId(address(openAuctions), host.account, terms);
        made.terms = terms;
        made.host = host;
        made.ends = terms.biddingEnds;
        obligations[host.account] += terms.vehicleDeposit;
    }

    function bid(uint256 seed) external later(seed) {
        if (_calls.length == 0) return;
        Call storage live = _calls[_callIn(seed, Phase.Bidding)];
        Actor memory cp = _piles[_pick(seed, "pile", PILES)];
        uint32 powerW = uint32(RATED_W - 2_000 + _pick(seed, "power", 2_100));
        uint32 distanceM = uint32(_pick(seed, "distance", MAX_DISTANCE_M + 30));
        uint64 price = _price(seed, live, powerW, distanceM);
        bool isForged = _pick(seed, "forged", 12) == 0;
        bytes memory invitation = _invitation(
            live.id,
            isForged ? stranger : live.host,
            cp.account,
            distanceM
        );
        bool possible =
            !isForged &&
                _phase(live) == Phase.Bidding &&
                _stands(cp) &&
                _isValid(live, cp.account, price, powerW, distanceM);

        bytes memory call = abi.encodeCall(
            IOpenAuction.bid,
            (live.id, price, powerW, distanceM, invitation)
        );
        if (!_attempt(cp.account, address(openAuctions), call, possible)) return;
        _bookBid(live, cp.account, price, powerW, distanceM);
    }

    function start(uint256 seed) external later(seed) {
        if (_calls.length == 0) return;
        Call storage live = _calls[_callIn(seed, Phase.Opening)];
        uint256 choice = _pick(seed, "caller", 6);
        address caller = choice < 3 ? live.host.account : live.leader;
        if (choice == 0 || caller == address(0)) caller = stranger.account;
        bool possible =
            _phase(live) == Phase.Opening &&
                caller == live.host.account &&
                _stands(live.host) &&
                _standsAt(live.leader);

        bytes memory call = abi.encodeCall(sessions.startOpen, (live.id));
        if (!_attempt(caller, address(sessions), call, possible)) return;
        live.ended = true;
        live.sessionId = _decision(live);
    }

    function release(uint256 seed) external later(seed) {
        if (_calls.length == 0) return;
        bool isRefusal = _pick(seed, "refusal", 3) == 0;
        Call storage live = _calls[_callIn(seed, isRefusal ? Phase.Opening : Phase.Closed)];
        address caller = isRefusal ? live.host.account : stranger.account;
        Phase phase = _phase(live);
        bool isOver = phase == Phase.Closed || (phase == Phase.Opening && isRefusal);
        bool possible = isOver && !live.ended;

        bytes memory call = abi.encodeCall(IOpenAuction.release, (live.id));
        if (!_attempt(caller, address(openAuctions), call, possible)) return;
        _bookRelease(live);
    }

    /// @dev Sessions are left alone until anybody may end them: the leader pays its bond to the
    /// vehicle.
    function expire(uint256 seed) external later(seed) {
        if (_calls.length == 0) return;
        Call storage live = _calls[_pick(seed, "call", _calls.length)];
        if (SessionId.unwrap(live.sessionId) == bytes32(0)) return;
        uint40 deadline = sessions.sessionOf(live.sessionId).deadline;
        bool possible = _isRunning(live) && block.timestamp >= deadline;

        bytes memory call = abi.encodeCall(sessions.expire, (live.sessionId));
        if (!_attempt(stranger.account, address(sessions), call, possible)) return;
        _bookNoShow(live);
    }

    function withdraw(uint256 seed) external later(seed) {
        Actor memory person = _everybody()[_pick(seed, "who", VEHICLES + PILES)];
        uint128 amount = uint128(_pick(seed, "amount", DEPOSIT));
        bool possible = amount != 0 && amount <= _free(person.account);

        bytes memory call = abi.encodeCall(IEscrow.withdraw, (stranger.account, amount));
        if (!_attempt(person.account, address(escrow), call, possible)) return;
        wealth[person.account] -= amount;
    }

    function suspendOrReinstate(uint256 seed) external later(seed) {
        address account = _everybody()[_pick(seed, "who", VEHICLES + PILES)].account;
        bool isReinstated = _pick(seed, "reinstate", 4) != 0;
        bytes memory call =
            isReinstated
                ? abi.encodeCall(identities.reinstate, (account))
                : abi.encodeCall(identities.suspend, (account));
        _attempt(authority.account, address(identities), call, true);
    }

    /// @dev OA-6 and SE-5: after the last deadline a stranger ends everything, and everybody leaves
    /// with everything.
    function drain() external {
        vm.warp(block.timestamp + openAuctions.MAX_AUCTION_SECONDS() + 3 days);
        for (uint256 i = 0; i < _calls.length; ++i) {
            Call storage live = _calls[i];
            if (!live.ended) {
                openAuctions.release(live.id);
                _bookRelease(live);
            } else if (_isRunning(live)) {
                sessions.expire(live.sessionId);
                _bookNoShow(live);
            }
        }
        Actor[] memory people = _everybody();
        for (uint256 i = 0; i < people.length; ++i) {
            address account = people[i].account;
            _assertBalance(account, wealth[account], 0, "nothing is held back");
            vm.assertEq(obligations[account], 0, "every stake ended, once");
            _withdrawAll(account);
        }
        vm.assertEq(token.balanceOf(address(escrow)), 0, "the escrow is empty");
    }

    /* VIEWS FOR THE INVARIANTS */

    function everybody() external view returns (address[] memory list) {
        Actor[] memory people = _everybody();
        list = new address[](people.length);
        for (uint256 i = 0; i < people.length; ++i) list[i] = people[i].account;
    }

    function balanceOf(address account) external view returns (Balance memory) {
        return escrow.balanceOf(account);
    }

    function tokensHeld() external view returns (uint256) {
        return token.balanceOf(address(escrow));
    }

    /// @dev OA-1, OA-3 and OA-5, from the contract's state and the books.
    function assertAuctions() external view {
        for (uint256 i = 0; i < _calls.length; ++i) {
            Call storage live = _calls[i];
            OpenAuctionState memory auction = openAuctions.auctionOf(live.id);
            vm.assertEq(uint8(openAuctions.phaseOf(live.id)), uint8(_phase(live)), "phase");
            vm.assertEq(auction.biddingEnds, live.ends, "bidding ends");
            vm.assertLe(auction.biddingEnds, live.terms.biddingEnds, "not beyond the hard end");
            vm.assertEq(auction.leader, live.leader, "leader");
            vm.assertEq(auction.pricePerKwh, live.price, "price");
            vm.assertEq(auction.powerW, live.powerW, "power");
            vm.assertEq(auction.bidCount, live.bids, "bids");
            vm.assertTrue(auction.ended == live.ended, "ended");
            if (live.bids == 0) continue;
            vm.assertEq(auction.effectivePriceUp, live.leading, "effective price");
            vm.assertLe(live.bids, _mostBids(live), "bids are bounded");
        }
    }

    /* BOOKS */

    function _bookBid(
        Call storage live,
        address account,
        uint64 price,
        uint32 powerW,
        uint32 distanceM
    ) private {
        int256 effective = _effective(live, price, powerW, distanceM);
        if (live.bids == 0) live.first = effective;
        else vm.assertTrue(effective <= live.leading - _decrement(live), "lower");
        if (live.leader != account) {
            obligations[account] += live.terms.bidBond;
            if (live.leader != address(0)) obligations[live.leader] -= live.terms.bidBond;
        }
        live.leader = account;
        live.price = price;
        live.powerW = powerW;
        live.leading = effective;
        ++live.bids;
        _powers[live.id][account] = powerW;
        uint40 quiet = uint40(block.timestamp) + live.terms.quietSeconds;
        live.ends = quiet < live.terms.biddingEnds ? quiet : live.terms.biddingEnds;
    }

    function _bookRelease(Call storage live) private {
        live.ended = true;
        obligations[live.host.account] -= live.terms.vehicleDeposit;
        if (live.leader != address(0)) obligations[live.leader] -= live.terms.bidBond;
    }

    /// @dev SE-8: only a pile that had its whole window before the slot's end has failed.
    function _bookNoShow(Call storage live) private {
        obligations[live.host.account] -= live.terms.vehicleDeposit;
        obligations[live.leader] -= live.terms.bidBond;
        if (live.terms.slotStart + AUTHORISE_WINDOW >= live.terms.slotEnd) return;
        wealth[live.host.account] += live.terms.bidBond;
        wealth[live.leader] -= live.terms.bidBond;
    }

    function _assertForward() private {
        for (uint256 i = 0; i < _calls.length; ++i) {
            uint8 phase = uint8(openAuctions.phaseOf(_calls[i].id));
            vm.assertGe(phase, _progress[_calls[i].id], "phases go forward");
            _progress[_calls[i].id] = phase;
        }
    }

    /* RULES, A SECOND TIME */

    function _isValid(
        Call storage live,
        address account,
        uint64 price,
        uint32 powerW,
        uint32 distanceM
    ) private view returns (bool) {
        uint32 before = _powers[live.id][account];
        bool inRange =
            distanceM <= MAX_DISTANCE_M &&
                price <= MAX_PRICE &&
                powerW >= before &&
                powerW <= RATED_W;
        if (!inRange) return false;
        bool isFunded = live.leader == account || _free(account) >= live.terms.bidBond;
        int256 effective = _effective(live, price, powerW, distanceM);
        return isFunded && (live.bids == 0 || effective <= live.leading - _decrement(live));
    }

    /// @dev Nobody is rated in this world.
    function _effective(
        Call storage live,
        uint64 price,
        uint32 powerW,
        uint32 distanceM
    ) private view returns (int256) {
        uint256 power = powerW < REFERENCE_POWER_W ? powerW : REFERENCE_POWER_W;
        uint256 powerWad = (power * 1e18) / REFERENCE_POWER_W;
        uint256 nearWad = (uint256(MAX_DISTANCE_M - distanceM) * 1e18) / MAX_DISTANCE_M;
        uint256 weighted =
            live.terms.rule.powerBps * powerWad + live.terms.rule.distanceBps * nearWad;
        uint256 advantage =
            (uint256(MAX_PRICE) * weighted) / (uint256(live.terms.rule.priceBps) * 1e18);
        return int256(uint256(price)) - int256(advantage);
    }

    /// @dev The lowest that anybody could go: free of charge, at full power, next door.
    function _mostBids(Call storage live) private view returns (uint256) {
        uint256 range = uint256(live.first - _effective(live, 0, REFERENCE_POWER_W, 0));
        uint256 decrement = live.terms.rule.minDecrement;
        return 1 + (range + decrement - 1) / decrement;
    }

    function _decision(Call storage live) private view returns (SessionId) {
        bytes32 committed = Oracle.openBid(
            address(openAuctions),
            live.id,
            live.bids,
            live.leader,
            live.price,
            live.powerW
        );
        return Oracle.decision(live.id, live.host.id, _idOf(live.leader), committed, bytes32(0));
    }

    function _phase(Call storage live) private view returns (Phase) {
        if (block.timestamp < live.ends) return Phase.Bidding;
        bool canStart = live.bids != 0 && !live.ended && block.timestamp < live.terms.openingEnds;
        return canStart ? Phase.Opening : Phase.Closed;
    }

    /* CHOICES */

    /// @dev Mostly around what just suffices to lead; now and then any.
    function _price(
        uint256 seed,
        Call storage live,
        uint32 powerW,
        uint32 distanceM
    ) private view returns (uint64) {
        if (live.bids == 0 || distanceM > MAX_DISTANCE_M || _pick(seed, "any", 4) == 0) {
            return uint64(_pick(seed, "price", MAX_PRICE + 10_000));
        }
        int256 least = live.leading - _decrement(live) - _effective(live, 0, powerW, distanceM);
        int256 price = least + 1 - int256(_pick(seed, "lower", 3));
        return price < 0 ? 0 : uint64(uint256(price));
    }

    function _decrement(Call storage live) private view returns (int256) {
        return int256(uint256(live.terms.rule.minDecrement));
    }

    /// @dev Mostly an auction in `phase`, if there is one.
    function _callIn(uint256 seed, Phase phase) private view returns (uint256) {
        uint256 first = _pick(seed, "call", _calls.length);
        if (_pick(seed, "whichever", 10) == 0) return first;
        for (uint256 i = 0; i < _calls.length; ++i) {
            uint256 place = (first + i) % _calls.length;
            Call storage live = _calls[place];
            if (_phase(live) == phase && !live.ended) return place;
        }
        return first;
    }

    function _live() private view returns (uint256 count) {
        for (uint256 i = 0; i < _calls.length; ++i) {
            if (!_calls[i].ended) ++count;
        }
    }

    function _isRunning(Call storage live) private view returns (bool) {
        if (SessionId.unwrap(live.sessionId) == bytes32(0)) return false;
        return sessions.sessionOf(live.sessionId).state == SessionState.Opened;
    }

    function _nextDeadline() private view returns (uint256 next) {
        next = type(uint256).max;
        for (uint256 i = 0; i < _calls.length; ++i) {
            Call storage live = _calls[i];
            next = _sooner(next, live.ends);
            if (!live.ended) next = _sooner(next, live.terms.openingEnds);
            if (_isRunning(live)) {
                next = _sooner(next, sessions.sessionOf(live.sessionId).deadline);
            }
        }
    }

    function _sooner(uint256 next, uint256 time) private view returns (uint256) {
        return time > block.timestamp && time < next ? time : next;
    }

    function _everybody() private view returns (Actor[] memory people) {
        people = new Actor[](VEHICLES + PILES);
        for (uint256 i = 0; i < VEHICLES; ++i) people[i] = _vehicles[i];
        for (uint256 i = 0; i < PILES; ++i) people[VEHICLES + i] = _piles[i];
    }

    function _stands(Actor memory person) private view returns (bool) {
        return _standsAt(person.account);
    }

    function _standsAt(address account) private view returns (bool) {
        return !identities.participantOf(account).suspended && block.timestamp < START + YEAR;
    }

    function _free(address account) private view returns (uint256) {
        return wealth[account] - obligations[account];
    }
}

/// @title Open auctions under people who do what they like
contract OpenInvariantTest is Campaign {
    OpenHandler private handler;

    function setUp() external {
        handler = new OpenHandler();
        _target(handler);
    }

    function invariant_OA2_ES1_ExactlyTheStakesAreLocked() external view {
        uint256 owed = 0;
        address[] memory people = handler.everybody();
        for (uint256 i = 0; i < people.length; ++i) {
            Balance memory balance = handler.balanceOf(people[i]);
            uint256 wealth = uint256(balance.free) + balance.locked;
            vm.assertEq(wealth, handler.wealth(people[i]), "free and locked");
            vm.assertEq(balance.locked, handler.obligations(people[i]), "locked is at stake");
            owed += wealth;
        }
        vm.assertEq(handler.tokensHeld(), owed, "tokens");
    }

    function invariant_OA1_OA3_OA5_LowestBidLeadsToTheEnd() external view {
        handler.assertAuctions();
    }

    /// @dev At the end of every run.
    function afterInvariant() external {
        handler.drain();
    }

    function testFuzz_OA6_EverybodyLeavesWithEverything(uint256 seed, uint8 steps) external {
        _walk(handler, seed, steps % 48);
        handler.drain();
    }

    function test_Campaign_DoesEverything() external {
        _walk(handler, 0x5eed, 400);
        _assertAllDone(handler);
        handler.drain();
    }
}
