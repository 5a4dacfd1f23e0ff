// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IPricingAuction} from "../../../contracts/interfaces/IPricingAuction.sol";
import {
    Auction,
    AuctionId,
    AuctionTerms,
    Offer,
    Opening,
    Phase,
    SessionId,
    SessionState
} from "../../../contracts/types/MarketTypes.sol";
import {Deal} from "./DealWorld.sol";
import {MarketBooks} from "./MarketBooks.sol";
import {Digests} from "./Digests.sol";
import {Oracle} from "./Oracle.sol";
import {Tree} from "./Tree.sol";
import {Actor} from "./Base.sol";

/// @title What people do in the auctions of the market
/// @dev The matcher lies now and then.
abstract contract MarketAuctions is MarketBooks {
    /// @dev Auctions that are not closed.
    uint256 private constant MAX_LIVE_ROUNDS = 2;

    /// @dev Two people that the matcher brings together.
    struct Pair {
        Actor vehicle;
        Actor pile;
        Opening opening;
    }

    function open(uint256 seed) external later(seed) {
        if (_liveRounds() >= MAX_LIVE_ROUNDS) return proceed(seed);
        uint40 from = uint40(block.timestamp);
        AuctionTerms memory terms = _terms();
        terms.biddingEnds = from + 1 + uint40(_pick(seed, "bidding", 1 hours));
        terms.matchingEnds = terms.biddingEnds + 1 + uint40(_pick(seed, "matching", 1 hours));
        terms.openingEnds = terms.matchingEnds + 1 + uint40(_pick(seed, "opening", 1 hours));
        terms.slotStart = terms.openingEnds + uint40(_pick(seed, "begin", 600));
        terms.slotEnd = terms.slotStart + 1 + uint40(_pick(seed, "slot", 2 hours));
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

    function _request(uint256 place, uint256 who, uint256 seed) internal {
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

    function _bid(uint256 place, uint256 who, uint256 seed) internal {
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
        address caller = _caller(seed, matcher, pile).account;
        uint8 named = _named(seed, round.number);
        bool possible =
            _phase(round) == Phase.Matching &&
                _goesOn(round) &&
                caller == matcher.account &&
                named == round.number;

        bytes memory call = abi.encodeCall(
            IPricingAuction.closeRound,
            (round.id, named, uint64(seed), bytes32(seed))
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
        uint8 named = _named(seed, round.number);
        bool possible = _phase(round) == Phase.Matching && !_goesOn(round) && named == round.number;
        Pair[] memory pairs = new Pair[](_pick(seed, "count", SIDE + 1));
        bytes32[] memory leaves = new bytes32[](pairs.length);
        for (uint256 i = 0; i < pairs.length; ++i) {
            pairs[i] = _pair(round.id, uint256(keccak256(abi.encode(seed, i))));
            leaves[i] = _leaf(pairs[i].opening, pairs[i].pile.account);
        }

        bytes memory call = abi.encodeCall(
            IPricingAuction.postDecisions,
            (round.id, named, leaves)
        );
        if (!_attempt(matcher.account, address(auctions), call, possible)) return;
        _rounds[place].decided = true;
        for (uint256 i = 0; i < pairs.length; ++i) _remember(place, pairs[i], leaves, i);
    }

    /// @dev SE-7: a vehicle that does not want its match, or has none, needs nobody for its money.
    function withdrawRequest(uint256 seed) external later(seed) {
        if (_rounds.length == 0) return;
        Round memory round = _rounds[_roundIn(seed, Phase.Opening)];
        address account = _vehicles[_pick(seed, "vehicle", SIDE)].account;
        Phase phase = _phase(round);
        bool possible =
            (phase == Phase.Opening || phase == Phase.Closed) &&
                begun[round.id][account] > ended[round.id][account];

        bytes memory call = abi.encodeCall(IPricingAuction.withdrawRequest, (round.id));
        if (!_attempt(account, address(auctions), call, possible)) return;
        _bookRelease(round.id, account);
    }

    /// @dev A list of anybody, with duplicates, signed by the matcher or, now and then, by somebody
    /// else.
    function release(uint256 seed) external later(seed) {
        if (_rounds.length == 0) return;
        Round memory round = _rounds[_pick(seed, "round", _rounds.length)];
        address[] memory vehicles = _list(seed, "vehicles");
        address[] memory piles = _list(seed, "piles");
        uint40 deadline = uint40(block.timestamp + _pick(seed, "deadline", 20));
        bytes32 digest = Digests.notSelectedDigest(
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

    /// @dev AU-1, AU-2 and AU-6, from the contract's state and the books.
    function assertAuctions() external view {
        Actor[] memory people = _everybody();
        for (uint256 i = 0; i < _rounds.length; ++i) {
            Round memory round = _rounds[i];
            vm.assertEq(uint8(auctions.phaseOf(round.id)), uint8(_phase(round)), "phase");
            Auction memory auction = auctions.auctionOf(round.id);
            vm.assertEq(auction.round, round.number, "round");
            vm.assertLe(auction.round, round.terms.maxRounds, "at most so many rounds");
            vm.assertLt(auction.roundEnds, round.terms.matchingEnds, "rounds end in time");
            vm.assertTrue(auction.hasNewBid == round.hasNewBid, "a new bid");
            vm.assertTrue(auctions.isConverged(round.id) != _goesOn(round), "one of the two");
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

    /// @dev AU-3 and AU-4: of all decisions of an auction, at most one has become a session for a
    /// vehicle, and for a pile.
    function assertDecisions() external view {
        for (uint256 i = 0; i < _runs.length; ++i) {
            Run memory run = _runs[i];
            if (!_isOpened(i)) continue;
            vm.assertTrue(_rounds[run.round].decided, "decided");
            for (uint256 j = 0; j < i; ++j) {
                Run memory other = _runs[j];
                if (other.round != run.round || !_isOpened(j)) continue;
                vm.assertTrue(other.vehicle.account != run.vehicle.account, "one a request");
                vm.assertTrue(other.pile.account != run.pile.account, "one a bid");
            }
        }
    }

    /// @dev As the contract says it.
    function _isOpened(uint256 place) private view returns (bool) {
        return sessions.sessionOf(_deals[place].sessionId).state != SessionState.None;
    }

    function _pair(AuctionId id, uint256 seed) internal view returns (Pair memory pair) {
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
    ) internal view returns (Actor memory) {
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
    ) internal {
        Deal storage deal = _deals.push();
        deal.opening = pair.opening;
        deal.proof = Tree.proof(leaves, k);
        deal.sessionId = SessionId.wrap(leaves[k]);
        Run storage run = _runs.push();
        run.round = round;
        run.vehicle = pair.vehicle;
        run.pile = pair.pile;
    }

    function _liveRounds() internal view returns (uint256 count) {
        for (uint256 i = 0; i < _rounds.length; ++i) {
            if (_phase(_rounds[i]) != Phase.Closed) ++count;
        }
    }
}
