// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IIdentityRegistry} from "../../contracts/interfaces/IIdentityRegistry.sol";
import {AuctionId, OpenTerms, SessionAuthorisation} from "../../contracts/types/MarketTypes.sol";
import {OpenWorld} from "../support/contracts/OpenWorld.sol";

/// @title Anonymous vehicles that open auctions: for the slot that a station let them in for
contract OpenAuctionSlotTest is OpenWorld {
    function test_ID9_Open_ForItsOwnSlot() external {
        OpenTerms memory terms = _openTerms();
        SessionAuthorisation memory given = _authorisedFor(terms);

        vm.prank(given.account);
        AuctionId auctionId = openAuctions.open(terms);

        vm.assertEq(openAuctions.auctionOf(auctionId).vehicle, given.account, "its vehicle");
        _assertBalance(given.account, FUNDS - DEPOSIT, DEPOSIT, "its deposit");
    }

    /// @dev ID-9: of any other slot, earlier, later, longer or shorter.
    function testFuzz_ID9_Open_ForAnotherSlot(uint40 slotStart, uint40 slotEnd) external {
        OpenTerms memory terms = _openTerms();
        SessionAuthorisation memory given = _authorisedFor(terms);
        terms.slotStart = uint40(_bound(slotStart, terms.openingEnds, START + 30 days));
        terms.slotEnd = uint40(_bound(slotEnd, terms.slotStart + 1, START + 31 days));
        vm.assume(terms.slotStart != given.slotStart || terms.slotEnd != given.slotEnd);

        vm.expectRevert(
            abi.encodeWithSelector(
                IIdentityRegistry.IdentityWrongSlot.selector,
                given.account,
                terms.slotStart,
                terms.slotEnd,
                given.slotStart,
                given.slotEnd
            )
        );
        vm.prank(given.account);
        openAuctions.open(terms);
    }

    /* HELPERS */

    /// @dev An anonymous vehicle, authorised for the slot of an auction, with funds.
    function _authorisedFor(
        OpenTerms memory terms
    ) private returns (SessionAuthorisation memory given) {
        given = _authorisation(vm.addr(0xF4E51), keccak256("place"));
        (given.slotStart, given.slotEnd) = (terms.slotStart, terms.slotEnd);
        _authorise(given);
        _fund(given.account, FUNDS);
    }
}
