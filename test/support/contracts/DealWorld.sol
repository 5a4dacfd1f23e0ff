// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Wallet1271} from "../../../contracts/mocks/Wallet1271.sol";
import {
    AuctionId,
    AuctionTerms,
    Opening,
    ParticipantKind,
    Reading,
    SessionId
} from "../../../contracts/types/MarketTypes.sol";
import {Digests} from "./Digests.sol";
import {Tree} from "./Tree.sol";
import {Actor} from "./Base.sol";
import {World} from "./World.sol";

/// @dev A decision and everything needed to open it.
struct Deal {
    AuctionId auctionId;
    AuctionTerms terms;
    Opening opening;
    bytes32[] decisions;
    bytes32[] proof;
    SessionId sessionId;
}

/// @title Decisions of sealed auctions, and the sessions that they become
abstract contract DealWorld is World {
    /* DECISIONS */

    /// @dev Two vehicles and two piles take part; time stands at the start of the auction.
    function _taken(AuctionTerms memory terms) internal returns (AuctionId auctionId) {
        auctionId = _open(terms);
        _request(auctionId, vehicle);
        _request(auctionId, otherVehicle);
        _bid(auctionId, pile, _offer());
        _bid(auctionId, otherPile, _offer());
    }

    /// @dev `vehicle` is matched with `pile`, among three decisions; time stands at `biddingEnds`.
    function _decided() internal returns (Deal memory) {
        return _decidedOn(_terms());
    }

    function _decidedOn(AuctionTerms memory terms) internal returns (Deal memory deal) {
        deal.terms = terms;
        deal.auctionId = _taken(terms);
        deal.opening = _opening(deal.auctionId, vehicle, pile);
        deal.sessionId = _decision(deal.opening, pile.account);
        deal.decisions = new bytes32[](3);
        deal.decisions[0] = keccak256("somebody else's decision");
        deal.decisions[1] = SessionId.unwrap(deal.sessionId);
        deal.decisions[2] = keccak256("yet another");
        deal.proof = Tree.proof(deal.decisions, 1);

        vm.warp(terms.biddingEnds);
        _post(deal.auctionId, deal.decisions);
    }

    /// @dev Posts the single decision (`ev`, `cp`) in an auction that both take part in.
    function _postOnly(
        AuctionId auctionId,
        AuctionTerms memory terms,
        Actor memory ev,
        Actor memory cp
    ) internal returns (Deal memory deal) {
        deal.terms = terms;
        deal.auctionId = auctionId;
        deal.opening = _opening(auctionId, ev, cp);
        deal.sessionId = _decision(deal.opening, cp.account);
        deal.decisions = _one(SessionId.unwrap(deal.sessionId));
        deal.proof = new bytes32[](0);

        vm.warp(terms.biddingEnds);
        _post(auctionId, deal.decisions);
    }

    /// @dev A decision that is posted, and not opened.
    function _agreedBetween(
        Actor memory ev,
        Actor memory cp,
        uint64 pricePerKwh
    ) internal returns (Deal memory deal) {
        deal.terms = _terms();
        deal.auctionId = _open(deal.terms);
        _commitBoth(deal, ev, cp, pricePerKwh);
        vm.warp(deal.terms.biddingEnds);
        _post(deal.auctionId, deal.decisions);
    }

    function _commitBoth(
        Deal memory deal,
        Actor memory ev,
        Actor memory cp,
        uint64 pricePerKwh
    ) internal {
        deal.opening = _opening(deal.auctionId, ev, cp);
        deal.opening.offer.pricePerKwh = pricePerKwh;
        _request(deal.auctionId, ev);
        _bid(deal.auctionId, cp, deal.opening.offer);
        deal.sessionId = _decision(deal.opening, cp.account);
        deal.decisions = _one(SessionId.unwrap(deal.sessionId));
        deal.proof = new bytes32[](0);
    }

    /* SESSIONS */

    function _opened() internal returns (Deal memory deal) {
        deal = _decided();
        _start(deal, vehicle);
    }

    function _authorised() internal returns (Deal memory deal) {
        deal = _opened();
        vm.prank(pile.account);
        sessions.authorise(deal.sessionId);
    }

    function _charging() internal returns (Deal memory deal) {
        deal = _authorised();
        vm.prank(vehicle.account);
        sessions.plugIn(deal.sessionId);
    }

    /// @dev Charging, between any two at any price.
    function _chargingBetween(
        Actor memory ev,
        Actor memory cp,
        uint64 pricePerKwh
    ) internal returns (Deal memory deal) {
        deal = _agreedBetween(ev, cp, pricePerKwh);
        _start(deal, ev);
        vm.prank(cp.account);
        sessions.authorise(deal.sessionId);
        vm.prank(ev.account);
        sessions.plugIn(deal.sessionId);
    }

    /// @dev The vehicle is a wallet that `vehicle` owns, and its session charges.
    function _chargingWallet() internal returns (Wallet1271 wallet, SessionId sessionId) {
        wallet = new Wallet1271(vehicle.account);
        Actor memory ev = _enrolContract(address(wallet), ParticipantKind.Vehicle);
        Deal memory deal = _agreedBetween(ev, pile, PRICE);
        sessionId = deal.sessionId;
        bytes memory start = abi.encodeCall(sessions.start, (deal.opening, deal.proof));
        vm.prank(vehicle.account);
        wallet.execute(address(sessions), start);
        vm.prank(pile.account);
        sessions.authorise(sessionId);
        vm.prank(vehicle.account);
        wallet.execute(address(sessions), abi.encodeCall(sessions.plugIn, (sessionId)));
    }

    function _settled(uint64 energyWh) internal returns (Deal memory deal) {
        deal = _charging();
        _settle(deal.sessionId, energyWh);
    }

    function _start(Deal memory deal, Actor memory caller) internal {
        vm.prank(caller.account);
        sessions.start(deal.opening, deal.proof);
    }

    function _settle(SessionId sessionId, uint64 energyWh) internal {
        Reading memory reading = _reading(sessionId, energyWh);
        sessions.settleAgreed(reading, _signed(reading, vehicle), _signed(reading, pile));
    }

    function _reading(SessionId sessionId, uint64 energyWh) internal view returns (Reading memory) {
        return Reading(sessionId, 1_000, 1_000 + energyWh, uint40(block.timestamp) + 1 hours);
    }

    function _signed(
        Reading memory reading,
        Actor memory signer
    ) internal view returns (bytes memory) {
        return _signature(signer.key, Digests.readingDigest(address(sessions), reading));
    }
}
