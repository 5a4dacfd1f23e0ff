// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IPricingAuction} from "../../../contracts/interfaces/IPricingAuction.sol";
import {CarelessSession} from "../../../contracts/mocks/CarelessSession.sol";
import {
    AuctionId,
    AuctionTerms,
    SessionAuthorisation
} from "../../../contracts/types/MarketTypes.sol";
import {Deal, DealWorld} from "../../support/contracts/DealWorld.sol";
import {Actor} from "../../support/contracts/Base.sol";

/// @title Somebody moves last, after everybody else has gone home
/// @dev Each lie is played to its end, first on a session that is careless about time.
contract DutyAfterTheSlotTest is DealWorld {
    CarelessSession private _careless;

    function setUp() public override {
        super.setUp();
        _careless = new CarelessSession();
    }

    /// @dev A pile is closed all slot long, begins the session in its last second, authorises after
    /// it, and takes the fee from a vehicle that had come in time.
    function test_SE8_Attack_PileTakesTheFeeAfterTheSlot() external {
        uint256 slotEnd = block.timestamp + 1 hours;
        vm.warp(slotEnd - 1);
        vm.prank(pile.account);
        _careless.start(1, vehicle.account, pile.account, slotEnd);
        vm.warp(slotEnd + 30 minutes);
        vm.prank(pile.account);
        _careless.authorise(1);
        vm.warp(slotEnd + 90 minutes);
        _careless.expire(1);
        vm.assertEq(_careless.balanceOf(pile.account), 5e6, "the attack works");
        vm.assertEq(_careless.credibilityOf(vehicle.account), -1, "and costs a point");

        AuctionTerms memory terms = _terms();
        terms.openingEnds = terms.slotEnd;
        _refusesTerms(terms);
        terms.openingEnds = terms.slotStart + 1;
        _refusesTerms(terms);

        Deal memory deal = _decided();
        vm.warp(deal.terms.openingEnds - 1);
        _start(deal, vehicle);
        vm.warp(deal.terms.slotStart);
        vm.prank(vehicle.account);
        sessions.plugIn(deal.sessionId);
        vm.warp(deal.terms.slotStart + AUTHORISE_WINDOW - 1);
        vm.prank(pile.account);
        sessions.authorise(deal.sessionId);
        vm.warp(sessions.sessionOf(deal.sessionId).deadline);
        sessions.expire(deal.sessionId);
        _assertNobodyLost();
    }

    /// @dev The pile authorises as late as it can, in a slot that ends before a vehicle has had its
    /// window. It gains nothing by it, and loses nothing.
    function testFuzz_SE8_Attack_LateInAShortSlot(uint40 length) external {
        AuctionTerms memory terms = _terms();
        terms.slotEnd =
            terms.slotStart + uint40(_bound(length, 1, AUTHORISE_WINDOW + PLUG_IN_WINDOW - 1));
        Deal memory deal = _decidedOn(terms);
        _start(deal, vehicle);
        vm.warp(sessions.sessionOf(deal.sessionId).deadline - 1);
        vm.prank(pile.account);
        sessions.authorise(deal.sessionId);

        uint40 deadline = sessions.sessionOf(deal.sessionId).deadline;
        vm.assertLe(deadline, terms.slotEnd, "no duty after the slot");
        vm.warp(deadline);
        sessions.expire(deal.sessionId);
        _assertNobodyLost();
    }

    /// @dev A slot of a second, whose openings end as it begins: the vehicle starts in the last
    /// moment and waits for a bond that no pile can save any more.
    function test_SE8_Attack_SlotOfASecond() external {
        uint256 end = block.timestamp + 1 hours;
        vm.warp(end - 1);
        vm.prank(vehicle.account);
        _careless.start(3, vehicle.account, pile.account, end);
        vm.warp(end + 1 hours);
        _careless.expire(3);
        vm.assertEq(_careless.balanceOf(vehicle.account), 5e6, "the attack works");

        AuctionTerms memory terms = _terms();
        terms.openingEnds = terms.slotStart;
        terms.slotEnd = terms.slotStart + 1;
        Deal memory deal = _decidedOn(terms);
        vm.warp(terms.openingEnds - 1);
        _start(deal, vehicle);
        vm.warp(terms.slotEnd);
        sessions.expire(deal.sessionId);
        _assertNobodyLost();
    }

    /// @dev A matcher authorises vehicles of its own, matches them, and begins their sessions when
    /// piles have stopped looking.
    function test_SE8_Attack_MatcherTakesBonds() external {
        Actor memory sybil = _sybil();
        uint256 slotEnd = block.timestamp + 2 hours;
        vm.warp(slotEnd - 1);
        vm.prank(sybil.account);
        _careless.start(2, sybil.account, pile.account, slotEnd);
        vm.warp(slotEnd + 1 hours);
        _careless.expire(2);
        vm.assertEq(_careless.balanceOf(sybil.account), 5e6, "the attack works");

        AuctionTerms memory terms = _terms();
        terms.openingEnds = terms.slotStart;
        AuctionId auctionId = _open(terms);
        _request(auctionId, sybil);
        _bid(auctionId, pile, _offer());
        Deal memory deal = _postOnly(auctionId, terms, sybil, pile);
        vm.warp(terms.openingEnds - 1);
        _start(deal, sybil);

        // The pile looks once, within the window that its own slot begins with.
        vm.warp(terms.slotStart + AUTHORISE_WINDOW - 1);
        vm.prank(pile.account);
        sessions.authorise(deal.sessionId);
        vm.prank(sybil.account);
        sessions.plugIn(deal.sessionId);
        vm.prank(pile.account);
        sessions.waive(deal.sessionId);
        _assertBalance(sybil.account, DEPOSIT, 0, "the matcher's vehicle");
        _assertBalance(pile.account, FUNDS, 0, "pile");
    }

    /// @dev A decision that nobody has begun by the slot is begun by nobody any more.
    function test_SE8_Attack_BeginsInTheSlot() external {
        AuctionTerms memory terms = _terms();
        terms.openingEnds = terms.slotStart;
        Deal memory deal = _decidedOn(terms);
        vm.warp(terms.slotStart);
        vm.expectRevert(
            abi.encodeWithSelector(IPricingAuction.AuctionWrongPhase.selector, deal.auctionId, 3, 4)
        );
        _start(deal, vehicle);
        auctions.releaseExpired(deal.auctionId, _one(vehicle.account), _one(pile.account));
        _assertNobodyLost();
    }

    function _sybil() private returns (Actor memory sybil) {
        uint256 key = 0x5EED;
        SessionAuthorisation memory given = _authorisation(vm.addr(key), keccak256("place"));
        given.stationId = matcher.id;
        _authoriseBy(given, matcher);
        sybil = _anonymous(key, given);
        _fund(sybil.account, DEPOSIT);
    }

    function _refusesTerms(AuctionTerms memory terms) private {
        bytes4 selector = IPricingAuction.AuctionBadTimes.selector;
        vm.expectRevert(abi.encodeWithSelector(selector, terms, block.timestamp));
        _open(terms);
    }

    function _assertNobodyLost() private view {
        _assertBalance(vehicle.account, FUNDS, 0, "vehicle");
        _assertBalance(pile.account, FUNDS, 0, "pile");
        vm.assertEq(int256(reputation.credibilityOf(vehicle.account)), 0, "credibility");
    }
}
