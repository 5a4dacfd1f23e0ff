// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IIdentityRegistry} from "../../contracts/interfaces/IIdentityRegistry.sol";
import {IPricingAuction} from "../../contracts/interfaces/IPricingAuction.sol";
import {
    AuctionId,
    AuctionTerms,
    Certificate,
    Participant,
    ParticipantId,
    ParticipantKind,
    SessionAuthorisation
} from "../../contracts/types/MarketTypes.sol";
import {Campaign, Handler} from "../support/contracts/Handler.sol";
import {Oracle} from "../support/contracts/Oracle.sol";
import {Actor} from "../support/contracts/Base.sol";
import {World} from "../support/contracts/World.sol";

/// @title Vehicles that come with fresh accounts, stations that let them in, and an authority that
/// suspends
/// @dev It keeps its own books and predicts every call. A few accounts and pseudonyms, so that they
/// meet again and again.
contract IdentityHandler is World, Handler {
    uint256 private constant POOL = 16;
    uint256 private constant NYMS = 3;
    uint256 private constant PLACES = 2;
    /// @dev Slots end at its multiples, so that they are met again.
    uint40 private constant GRID = 30 minutes;
    uint40 private constant SLOT = 10 minutes;

    /// @dev What the handler knows of an account. `station` counts if it is authorised.
    struct Known {
        bool certified;
        bool authorised;
        bool suspended;
        bytes32 id;
        bytes32 scope;
        uint8 role;
        address station;
        uint40 slotStart;
        uint40 validUntil;
    }

    Actor[] private _people;
    Actor[] private _stations;
    mapping(address account => Known) private _known;
    /// @dev Who holds an id, as the handler has seen it.
    mapping(bytes32 id => address) private _holders;
    bytes32[] private _seen;
    AuctionId[] private _ids;
    AuctionTerms[] private _termsOf;
    /// @dev How often an account was let in anew or certified after an authorisation, and how many
    /// requests were for a scope.
    uint256 public movedOn;
    uint256 public scopedRequests;

    constructor() {
        setUp();
        for (uint256 i = 0; i < POOL; ++i) {
            _people.push(_actor(0xF4E500 + i));
            _fund(_people[i].account, FUNDS);
        }
        // Not a station, though it can sign as one.
        _stations.push(vehicle);
        _stations.push(pile);
        _stations.push(otherPile);
        _stations.push(matcher);
        for (uint256 i = 0; i < _stations.length; ++i) {
            _people.push(_stations[i]);
            _noteCertified(_stations[i].account, _stations[i].id, START + YEAR);
        }
    }

    /// @dev A moment, an hour at most, or to the end of somebody's authorisation or the second
    /// before.
    modifier later(uint256 seed) {
        uint256 choice = _pick(seed, "later", 6);
        Known memory somebody = _known[_people[_pick(seed, "whose", POOL)].account];
        uint256 end = somebody.validUntil - (somebody.authorised ? _pick(seed, "before", 2) : 0);
        if (choice == 0 && somebody.authorised && end > block.timestamp) vm.warp(end);
        else vm.warp(block.timestamp + _pick(seed, "now", choice == 1 ? 20 minutes : 60));
        _;
    }

    function actions() public pure override returns (bytes4[] memory list) {
        list = new bytes4[](9);
        list[0] = this.authorise.selector;
        list[1] = this.authorise.selector;
        list[2] = this.authorise.selector;
        list[3] = this.enrol.selector;
        list[4] = this.suspendOrReinstate.selector;
        list[5] = this.open.selector;
        list[6] = this.request.selector;
        list[7] = this.request.selector;
        list[8] = this.request.selector;
    }

    function milestones() public view override returns (bytes4[] memory list) {
        list = new bytes4[](6);
        list[0] = identities.authorise.selector;
        list[1] = identities.enrol.selector;
        list[2] = identities.suspend.selector;
        list[3] = identities.reinstate.selector;
        list[4] = auctions.open.selector;
        list[5] = auctions.request.selector;
    }

    /* ACTIONS */

    function authorise(uint256 seed) external later(seed) {
        Actor memory station = _stations[_pick(seed, "station", _stations.length)];
        bool isForged = _pick(seed, "forged", 12) == 0;
        bool isUnasked = _pick(seed, "unasked", 12) == 0;
        Actor memory one = _drawnAccount(seed);
        SessionAuthorisation memory given = _drawn(seed, one.account, station);
        bytes memory signature = _stationSigned(given, isForged ? stranger : station);
        bytes memory consent = _stationSigned(given, isUnasked ? stranger : one);
        bool possible = !isForged && !isUnasked && _mayAuthorise(given, station.account);

        bytes memory call = abi.encodeCall(
            IIdentityRegistry.authorise,
            (given, signature, consent)
        );
        if (!_attempt(stranger.account, address(identities), call, possible)) return;
        _noteAuthorised(given, station.account);
    }

    /// @dev Under its own id, or, now and then, under a pseudonym's.
    function enrol(uint256 seed) external later(seed) {
        // Not often: certified accounts are taken for ever. The first station is a vehicle and
        // renews.
        if (_pick(seed, "rarely", 2) != 0) return;
        Actor memory actor = _people[_pick(seed, "account", POOL + 1)];
        Certificate memory certificate = _certificate(actor.account, ParticipantKind.Vehicle);
        bytes32 other = _known[_people[_pick(seed, "which", POOL)].account].id;
        if (other != bytes32(0) && _pick(seed, "nym", 4) == 0) {
            certificate.participantId = ParticipantId.wrap(other);
        }
        bytes32 id = ParticipantId.unwrap(certificate.participantId);
        Known memory known = _known[actor.account];
        address holder = _holders[id];
        bool possible =
            (_isFresh(known) || (known.certified && known.id == id)) &&
                (holder == address(0) || holder == actor.account);

        bytes memory call = abi.encodeCall(
            IIdentityRegistry.enrol,
            (certificate, _certified(certificate))
        );
        if (!_attempt(stranger.account, address(identities), call, possible)) return;
        _noteCertified(actor.account, certificate.participantId, certificate.validUntil);
    }

    function suspendOrReinstate(uint256 seed) external later(seed) {
        address account = _people[_pick(seed, "account", _people.length)].account;
        // Mostly lifted: a market in which everybody is suspended shows little.
        bool isSuspension = _pick(seed, "suspend", 4) == 0;
        bool isForeign = _pick(seed, "caller", 8) == 0;
        Known memory known = _known[account];
        bool possible = !isForeign && (known.certified || known.authorised);

        bytes memory call =
            isSuspension
                ? abi.encodeCall(IIdentityRegistry.suspend, (account))
                : abi.encodeCall(IIdentityRegistry.reinstate, (account));
        address caller = isForeign ? pile.account : authority.account;
        if (!_attempt(caller, address(identities), call, possible)) return;
        _known[account].suspended = isSuspension;
    }

    /// @dev For the scope of somebody, or for any.
    function open(uint256 seed) external later(seed) {
        AuctionTerms memory terms = _terms();
        Known memory one = _aheadOf(_pick(seed, "whose", POOL));
        if (one.authorised && _pick(seed, "scope", 4) != 0) {
            terms.scope = one.scope;
            (terms.slotStart, terms.slotEnd) = (one.slotStart, one.validUntil);
        } else {
            terms.slotStart = uint40(
                block.timestamp + 5 minutes + 1 + _pick(seed, "slot", 1 hours)
            );
            terms.slotEnd = terms.slotStart + SLOT;
        }
        terms.biddingEnds = terms.slotStart - 3 minutes;
        terms.matchingEnds = terms.slotStart - 2 minutes;
        terms.openingEnds = terms.slotStart - 1 minutes;
        terms.roundSeconds = 1;
        terms.vehicleDeposit = 1;
        terms.nonce = bytes32(_ids.length);

        bytes memory call = abi.encodeCall(IPricingAuction.open, (terms));
        bool possible = _inForce(matcher.account);
        if (!_attempt(matcher.account, address(auctions), call, possible)) return;
        _ids.push(Oracle.auctionId(address(auctions), matcher.account, terms));
        _termsOf.push(terms);
    }

    function request(uint256 seed) external later(seed) {
        if (_ids.length == 0) return;
        uint256 place = _ids.length - 1 - _pick(seed, "place", _ids.length < 3 ? 1 : 3);
        AuctionTerms memory terms = _termsOf[place];
        Known memory known;
        address account;
        // Mostly one who may, if there is one.
        uint256 first = _pick(seed, "account", _people.length);
        for (uint256 i = 0; i < _people.length; ++i) {
            account = _people[(first + i) % _people.length].account;
            known = _known[account];
            if (_mayRequest(account, known, terms) || _pick(seed, "any", 8) == 0) break;
        }
        bool possible = block.timestamp < terms.biddingEnds && _mayRequest(account, known, terms);

        bytes memory call = abi.encodeCall(
            IPricingAuction.request,
            (_ids[place], bytes32(seed | 1))
        );
        if (!_attempt(account, address(auctions), call, possible)) return;
        if (terms.scope != bytes32(0)) ++scopedRequests;
    }

    /* CHECKS */

    /// @dev ID-5: an id leads to its account, and to nobody when the account has moved on.
    function assertIds() external view {
        for (uint256 i = 0; i < _people.length; ++i) {
            address account = _people[i].account;
            ParticipantId id = identities.idOf(account);
            if (ParticipantId.unwrap(id) == bytes32(0)) continue;
            vm.assertEq(identities.accountOf(id), account, "its own");
        }
        for (uint256 i = 0; i < _seen.length; ++i) {
            address holder = identities.accountOf(ParticipantId.wrap(_seen[i]));
            vm.assertEq(holder, _holders[_seen[i]], "as the books say");
        }
    }

    /// @dev ID-1, ID-3, ID-6 and ID-7, against the books.
    function assertAccounts() external view {
        for (uint256 i = 0; i < _people.length; ++i) {
            address account = _people[i].account;
            Known memory known = _known[account];
            Participant memory one = identities.participantOf(account);
            vm.assertTrue(one.authorised == known.authorised, "authorised");
            vm.assertTrue(!(known.authorised && known.certified), "one way in");
            vm.assertTrue(one.suspended == known.suspended, "suspended");
            vm.assertEq(ParticipantId.unwrap(one.participantId), known.id, "id");
            vm.assertEq(one.validUntil, known.validUntil, "valid until");
            bytes32 scope = identities.authorisationOf(account).scope;
            vm.assertEq(scope, known.scope, "scope");
            if (one.kind != ParticipantKind.Vehicle) continue;
            vm.assertTrue(_standsOnChain(account) == _mayTrade(account, known), "standing");
        }
    }

    /// @dev AU-8, from the contracts' state alone: nothing is released here, so every request still
    /// stands. After the slot an account may have become another.
    function assertRequests() external view {
        for (uint256 a = 0; a < _ids.length; ++a) {
            if (block.timestamp >= _termsOf[a].slotEnd) continue;
            for (uint256 i = 0; i < POOL; ++i) {
                if (!_requested(a, i)) continue;
                bytes32 id = _idOnChain(i);
                if (_termsOf[a].scope != bytes32(0)) {
                    vm.assertEq(
                        identities.authorisationOf(_people[i].account).scope,
                        _termsOf[a].scope,
                        "in its scope"
                    );
                }
                for (uint256 j = 0; j < i; ++j) {
                    vm.assertTrue(!_requested(a, j) || _idOnChain(j) != id, "one a nymHash");
                }
            }
        }
    }

    /* BOOKS */

    function _drawn(
        uint256 seed,
        address account,
        Actor memory station
    ) private view returns (SessionAuthorisation memory) {
        uint40 ahead = uint40(1 + _pick(seed, "ahead", 4));
        uint40 slotEnd = (uint40(block.timestamp) / GRID + ahead) * GRID;
        bool isEmpty = _pick(seed, "empty", 12) == 0;
        return
            SessionAuthorisation({
                account: account,
                role: uint8(_pick(seed, "odd role", 8) == 0 ? _pick(seed, "role", 4) : CHARGE),
                place: keccak256(abi.encode("place", _pick(seed, "place", PLACES))),
                slotStart: isEmpty ? slotEnd : slotEnd - SLOT,
                slotEnd: slotEnd,
                nym: keccak256(abi.encode("nym", _pick(seed, "nym", NYMS))),
                stationId: station.id,
                maxEnergyWh: uint64(seed)
            });
    }

    /// @dev Somebody whose slot is far enough ahead for an auction; nobody if there is none.
    function _aheadOf(uint256 first) private view returns (Known memory none) {
        for (uint256 i = 0; i < POOL; ++i) {
            Known memory one = _known[_people[(first + i) % POOL].account];
            if (one.authorised && one.slotStart > block.timestamp + 5 minutes) return one;
        }
        return none;
    }

    /// @dev Mostly a fresh one, as long as there are any.
    function _drawnAccount(uint256 seed) private view returns (Actor memory one) {
        uint256 first = _pick(seed, "account", _people.length);
        for (uint256 i = 0; i < _people.length; ++i) {
            one = _people[(first + i) % _people.length];
            if (_pick(seed, "any account", 6) == 0) return one;
            if (_isFresh(_known[one.account])) return one;
        }
    }

    function _isFresh(Known memory known) private view returns (bool) {
        if (known.certified) return false;
        return !known.authorised || block.timestamp >= known.validUntil;
    }

    function _mayAuthorise(
        SessionAuthorisation memory given,
        address station
    ) private view returns (bool) {
        return
            _isFresh(_known[given.account]) &&
            _holders[Oracle.nymHash(given)] == address(0) &&
            (given.role == CHARGE || given.role == DISCHARGE) &&
            given.slotStart < given.slotEnd &&
            station != vehicle.account &&
            _inForce(station);
    }

    /// @dev As a vehicle, whether for a scope or not.
    function _mayTrade(address account, Known memory known) private view returns (bool) {
        if (!_inForce(account)) return false;
        return !known.authorised || (known.role == CHARGE && _inForce(known.station));
    }

    function _mayRequest(
        address account,
        Known memory known,
        AuctionTerms memory terms
    ) private view returns (bool) {
        bool isStation =
            account == pile.account || account == otherPile.account || account == matcher.account;
        bool inScope = terms.scope == bytes32(0) || known.scope == terms.scope;
        bool lasts = !known.authorised || known.validUntil >= terms.slotEnd;
        return !isStation && inScope && lasts && _mayTrade(account, known);
    }

    function _inForce(address account) private view returns (bool) {
        Known memory known = _known[account];
        return
            (known.certified || known.authorised) &&
            !known.suspended &&
            block.timestamp < known.validUntil;
    }

    function _noteAuthorised(SessionAuthorisation memory given, address station) private {
        bytes32 id = Oracle.nymHash(given);
        _noteId(given.account, id);
        Known storage known = _known[given.account];
        known.authorised = true;
        known.scope = Oracle.scope(given);
        known.role = given.role;
        known.station = station;
        known.slotStart = given.slotStart;
        known.validUntil = given.slotEnd;
    }

    function _noteCertified(address account, ParticipantId id, uint40 validUntil) private {
        _noteId(account, ParticipantId.unwrap(id));
        Known storage known = _known[account];
        known.authorised = false;
        known.scope = bytes32(0);
        known.certified = true;
        known.validUntil = validUntil;
    }

    /// @dev What an authorisation that has ended was known by leads nowhere any more.
    function _noteId(address account, bytes32 id) private {
        Known storage known = _known[account];
        if (known.authorised) {
            _holders[known.id] = address(0);
            ++movedOn;
        }
        known.id = id;
        _holders[id] = account;
        _seen.push(id);
    }

    function _standsOnChain(address account) private view returns (bool) {
        try identities.requireStanding(account, ParticipantKind.Vehicle) {
            return true;
        } catch {
            return false;
        }
    }

    function _requested(uint256 auction, uint256 who) private view returns (bool) {
        return auctions.requestOf(_ids[auction], _people[who].account) != bytes32(0);
    }

    function _idOnChain(uint256 who) private view returns (bytes32) {
        return ParticipantId.unwrap(identities.idOf(_people[who].account));
    }
}

/// @title Fresh accounts, and what they may do
contract IdentityInvariantTest is Campaign {
    IdentityHandler private handler;

    function setUp() external {
        handler = new IdentityHandler();
        _target(handler);
    }

    function invariant_ID5_AnIdLeadsToItsAccount() external view {
        handler.assertIds();
    }

    function invariant_ID1_ID3_ID6_ID7_AccountsAreWhatTheyWereLetInAs() external view {
        handler.assertAccounts();
    }

    function invariant_AU8_OneRequestANymHash() external view {
        handler.assertRequests();
    }

    function test_Campaign_DoesEverything() external {
        uint256 movedOn = 0;
        uint256 scopedRequests = 0;
        for (uint256 walk = 0; walk < 6; ++walk) {
            IdentityHandler one = new IdentityHandler();
            _walk(one, 0x5eed + walk, 200);
            _assertAllDone(one);
            movedOn += one.movedOn();
            scopedRequests += one.scopedRequests();
            one.assertIds();
            one.assertAccounts();
            one.assertRequests();
        }
        vm.assertGt(movedOn, 10, "accounts that were let in anew");
        vm.assertGt(scopedRequests, 10, "requests for a scope");
    }
}
