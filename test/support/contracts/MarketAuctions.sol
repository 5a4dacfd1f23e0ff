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

        bytes memory call = abi.encodeCall(
            IPricingAuction.open,
            (terms, _served(terms, secondServer))
        );
        bool possible = _stands(matcher) && _stands(secondServer);
        if (!_attempt(matcher.account, address(auctions), call, possible)) return;
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

        bytes memory call = abi.encodeCall(
            IPricingAuction.bid,
            (round.id, Oracle.offerHash(offer), UPLOAD)
        );
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
        address caller = _caller(seed, _server(seed), pile).account;
        uint8 named = _named(seed, round.number);
        Actor memory signer = _signer(seed);
        bool possible =
            _phase(round) == Phase.Matching &&
                _goesOn(round) &&
                _areBoth(caller, signer.account) &&
                named == round.number;

        bytes memory signature = _signedRound(signer, round.id, named, uint64(seed), bytes32(seed));
        bytes memory call = abi.encodeCall(
            IPricingAuction.closeRound,
            (round.id, named, uint64(seed), bytes32(seed), PARTICIPANTS, signature)
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
        Pair[] memory pairs = new Pair[](_pick(seed, "count", SIDE + 1));
        bytes32[] memory leaves = new bytes32[](pairs.length);
        for (uint256 i = 0; i < pairs.length; ++i) {
            pairs[i] = _pair(round.id, uint256(keccak256(abi.encode(seed, i))));
            leaves[i] = _leaf(pairs[i].opening, pairs[i].pile.account);
        }

        if (!_tryPost(seed, round, named, leaves)) return;
        _rounds[place].decided = true;
        for (uint256 i = 0; i < pairs.length; ++i) _remember(place, pairs[i], leaves, i);
    }

    /// @dev By one server, mostly with the signature of the other.
    function _tryPost(
        uint256 seed,
        Round memory round,
        uint8 named,
        bytes32[] memory leaves
    ) private returns (bool) {
        address caller = _server(seed).account;
        Actor memory signer = _signer(seed);
        bool possible =
            _phase(round) == Phase.Matching &&
                !_goesOn(round) &&
                _areBoth(caller, signer.account) &&
                named == round.number;

        bytes memory signature = _signedFinal(signer, round.id, named, leaves);
        bytes memory call = abi.encodeCall(
            IPricingAuction.postDecisions,
            (round.id, named, leaves, PARTICIPANTS, signature)
        );
        return _attempt(caller, address(auctions), call, possible);
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

    /// @dev A list of anybody, with duplicates, signed by both servers or, now and then, by one of
    /// them twice, or somebody else.
    function release(uint256 seed) external later(seed) {
        if (_rounds.length == 0) return;
        Round memory round = _rounds[_pick(seed, "round", _rounds.length)];
        address[] memory vehicles = _list(seed, "vehicles");
        address[] memory piles = _list(seed, "piles");
        uint40 deadline = uint40(block.timestamp + _pick(seed, "deadline", 20));
        address caller = _caller(seed, stranger, _server(seed)).account;
        Actor[2] memory signers = [matcher, secondServer];
        uint256 forger = _pick(seed, "forged", 10);
        if (forger < 2)
            signers[forger] = _pick(seed, "by", 2) == 0 ? stranger : signers[1 - forger];
        bool isSigned =
            (signers[0].account == matcher.account || caller == matcher.account) &&
                (signers[1].account == secondServer.account || caller == secondServer.account);
        Phase phase = _phase(round);
        bool isOver = phase == Phase.Opening || phase == Phase.Closed;
        bool possible = isOver && deadline > block.timestamp && isSigned;

        bytes memory first = _notSelected(signers[0], round.id, vehicles, piles, deadline);
        bytes memory other = _notSelected(signers[1], round.id, vehicles, piles, deadline);
        bytes memory call = abi.encodeCall(
            IPricingAuction.release,
            (round.id, vehicles, piles, deadline, first, other)
        );
        if (!_attempt(caller, address(auctions), call, possible)) return;
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

    function _server(uint256 seed) private view returns (Actor memory) {
        return _pick(seed, "server", 2) == 0 ? matcher : secondServer;
    }

    /// @dev Mostly the server that does not call.
    function _signer(uint256 seed) private view returns (Actor memory) {
        uint256 choice = _pick(seed, "signer", 16);
        if (choice == 0) return stranger;
        return choice == 1 ? _server(seed) : _otherThan(_server(seed));
    }

    function _areBoth(address caller, address signer) private view returns (bool) {
        return
            (caller == matcher.account && signer == secondServer.account) ||
            (caller == secondServer.account && signer == matcher.account);
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
        pair.opening = Opening(
            id,
            pair.vehicle.id,
            pair.pile.id,
            round,
            offer,
            UPLOAD,
            bytes32(seed)
        );
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
