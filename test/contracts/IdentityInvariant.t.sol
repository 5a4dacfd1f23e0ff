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
import {Actor, World} from "../support/contracts/World.sol";

/// @title Vehicles that come with fresh accounts, stations that let them in, and an authority that
/// suspends
/// @dev It keeps its own books and predicts every call. A few accounts and pseudonyms, so that they
/// meet again and again.
contract IdentityHandler is World, Handler {
    uint256 private constant POOL = 16;
    uint256 private constant NYMS = 6;
    /// @dev Each pseudonym belongs to one of two scopes.
    uint256 private constant SCOPES = 2;

    /// @dev What the handler knows of an account. `station` counts if it is authorised.
    struct Known {
        bool certified;
        bool authorised;
        bool suspended;
        bytes32 id;
        bytes32 scope;
        uint8 role;
        address station;
        uint40 validUntil;
    }

    Actor[] private _people;
    Actor[] private _stations;
    mapping(address account => Known) private _known;
    /// @dev Who holds an id, as the handler has seen it.
    mapping(bytes32 id => address) private _holders;
    AuctionId[] private _ids;
    AuctionTerms[] private _termsOf;
    /// @dev How often a pseudonym went on to another account, and how many requests were for a
    /// scope.
    uint256 public moved;
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
        _stations.push(secondServer);
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
        SessionAuthorisation memory given = _drawn(seed, station);
        bytes memory signature = _stationSigned(given, isForged ? stranger : station);
        bool possible = !isForged && _mayAuthorise(given, station.account);

        bytes memory call = abi.encodeCall(IIdentityRegistry.authorise, (given, signature));
        if (!_attempt(stranger.account, address(identities), call, possible)) return;
        if (_holders[given.nymHash] != address(0)) ++moved;
        _holders[given.nymHash] = given.account;
        _known[given.account] = Known({
            certified: false,
            authorised: true,
            suspended: false,
            id: given.nymHash,
            scope: given.scope,
            role: given.role,
            station: station.account,
            validUntil: given.notAfter
        });
    }

    /// @dev Under its own id, or, now and then, under a pseudonym.
    function enrol(uint256 seed) external later(seed) {
        // Not often: certified accounts are taken for ever. The first station is a vehicle and
        // renews.
        if (_pick(seed, "rarely", 2) != 0) return;
        Actor memory actor = _people[_pick(seed, "account", POOL + 1)];
        Certificate memory certificate = _certificate(actor.account, ParticipantKind.Vehicle);
        if (_pick(seed, "nym", 4) == 0) {
            certificate.participantId = ParticipantId.wrap(_nym(_pick(seed, "which", NYMS)));
        }
        bytes32 id = ParticipantId.unwrap(certificate.participantId);
        Known memory known = _known[actor.account];
        address holder = _holders[id];
        bool possible =
            !known.authorised &&
                (!known.certified || known.id == id) &&
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

    /// @dev For one of the scopes, or for any.
    function open(uint256 seed) external later(seed) {
        uint256 scope = _pick(seed, "scope", SCOPES + 1);
        AuctionTerms memory terms = _terms();
        terms.scope = scope == SCOPES ? bytes32(0) : _scope(scope);
        terms.biddingEnds = uint40(block.timestamp + 1 + _pick(seed, "bidding", 30 minutes));
        terms.matchingEnds = terms.biddingEnds + 60;
        terms.openingEnds = terms.matchingEnds + 1 + uint40(_pick(seed, "opening", 10 minutes));
        terms.slotStart = terms.openingEnds;
        terms.slotEnd = terms.slotStart + 1 hours;
        terms.vehicleDeposit = 1;
        terms.nonce = bytes32(_ids.length);

        bytes memory call = abi.encodeCall(
            IPricingAuction.open,
            (terms, _served(terms, secondServer))
        );
        bool possible = _inForce(matcher.account) && _inForce(secondServer.account);
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

    /// @dev ID-5, from the contract's state alone.
    function assertNyms() external view {
        for (uint256 n = 0; n < NYMS; ++n) {
            bytes32 nym = _nym(n);
            uint256 live = 0;
            for (uint256 i = 0; i < POOL; ++i) {
                address account = _people[i].account;
                Participant memory one = identities.participantOf(account);
                if (!one.authorised || ParticipantId.unwrap(one.participantId) != nym) continue;
                if (block.timestamp >= one.validUntil) continue;
                ++live;
                vm.assertEq(
                    identities.accountOf(ParticipantId.wrap(nym)),
                    account,
                    "leads to the live one"
                );
            }
            vm.assertLe(live, 1, "one live account");
            vm.assertEq(
                identities.accountOf(ParticipantId.wrap(nym)),
                _holders[nym],
                "the last holder"
            );
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
    /// stands.
    function assertRequests() external view {
        for (uint256 a = 0; a < _ids.length; ++a) {
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
        Actor memory station
    ) private view returns (SessionAuthorisation memory) {
        uint256 nym = _pick(seed, "nym", NYMS);
        bool isEarly = _pick(seed, "early", 12) == 0;
        uint40 from = uint40(block.timestamp);
        return
            SessionAuthorisation({
                // Mostly a fresh one, as long as there are any.
                account: _drawnAccount(seed),
                role: uint8(_pick(seed, "odd role", 8) == 0 ? _pick(seed, "role", 4) : CHARGE),
                scope: _scope(nym % SCOPES),
                nymHash: _nym(nym),
                stationId: station.id,
                notBefore: isEarly ? from + 1 : from - uint40(_pick(seed, "since", 600)),
                notAfter: from + uint40(_pick(seed, "until", 3 hours)),
                maxEnergyWh: uint64(seed)
            });
    }

    function _drawnAccount(uint256 seed) private view returns (address account) {
        uint256 first = _pick(seed, "account", _people.length);
        for (uint256 i = 0; i < _people.length; ++i) {
            account = _people[(first + i) % _people.length].account;
            if (_pick(seed, "any account", 6) == 0) return account;
            if (!_known[account].authorised && !_known[account].certified) return account;
        }
    }

    function _mayAuthorise(
        SessionAuthorisation memory given,
        address station
    ) private view returns (bool) {
        Known memory known = _known[given.account];
        address holder = _holders[given.nymHash];
        Known memory earlier = _known[holder];
        bool isFree =
            holder == address(0) ||
                (earlier.authorised && !earlier.suspended && block.timestamp >= earlier.validUntil);
        return
            !known.certified &&
            !known.authorised &&
            isFree &&
            (given.role == CHARGE || given.role == DISCHARGE) &&
            given.notBefore <= block.timestamp &&
            block.timestamp < given.notAfter &&
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
            account == pile.account ||
                account == otherPile.account ||
                account == matcher.account ||
                account == secondServer.account;
        bool inScope = terms.scope == bytes32(0) || known.scope == terms.scope;
        bool lasts = !known.authorised || known.validUntil >= terms.openingEnds;
        return !isStation && inScope && lasts && _mayTrade(account, known);
    }

    function _inForce(address account) private view returns (bool) {
        Known memory known = _known[account];
        return
            (known.certified || known.authorised) &&
            !known.suspended &&
            block.timestamp < known.validUntil;
    }

    function _noteCertified(address account, ParticipantId id, uint40 validUntil) private {
        _holders[ParticipantId.unwrap(id)] = account;
        _known[account].certified = true;
        _known[account].id = ParticipantId.unwrap(id);
        _known[account].validUntil = validUntil;
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

    function _nym(uint256 place) private pure returns (bytes32) {
        return keccak256(abi.encode("nym", place));
    }

    function _scope(uint256 place) private pure returns (bytes32) {
        return keccak256(abi.encode("scope", place));
    }
}

/// @title Fresh accounts, and what they may do
contract IdentityInvariantTest is Campaign {
    IdentityHandler private handler;

    function setUp() external {
        handler = new IdentityHandler();
        _target(handler);
    }

    function invariant_ID5_ANymHashHasOneLiveAccount() external view {
        handler.assertNyms();
    }

    function invariant_ID1_ID3_ID6_ID7_AccountsAreWhatTheyWereLetInAs() external view {
        handler.assertAccounts();
    }

    function invariant_AU8_OneRequestANymHash() external view {
        handler.assertRequests();
    }

    function test_Campaign_DoesEverything() external {
        uint256 moved = 0;
        uint256 scopedRequests = 0;
        for (uint256 walk = 0; walk < 6; ++walk) {
            IdentityHandler one = new IdentityHandler();
            _walk(one, 0x5eed + walk, 200);
            _assertAllDone(one);
            moved += one.moved();
            scopedRequests += one.scopedRequests();
            one.assertNyms();
            one.assertAccounts();
            one.assertRequests();
        }
        vm.assertGt(moved, 10, "pseudonyms with another account");
        vm.assertGt(scopedRequests, 10, "requests for a scope");
    }
}
