// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IPricingAuction} from "../../../contracts/interfaces/IPricingAuction.sol";
import {Deal, DealWorld} from "./DealWorld.sol";
import {Oracle} from "./Oracle.sol";
import {Actor} from "./Base.sol";

/// @title Decisions that the vehicle tries to open, and why they are refused
abstract contract StartWorld is DealWorld {
    function _refuses(Deal memory deal, Actor memory caller, bytes memory reason) internal {
        vm.expectRevert(reason);
        _start(deal, caller);
    }

    /// @dev `cp` is the account that the opening's pile id stands for.
    function _refusesUnknown(Deal memory deal, address cp) internal {
        _refuses(
            deal,
            vehicle,
            abi.encodeWithSelector(
                IPricingAuction.AuctionUnknownDecision.selector,
                deal.auctionId,
                _decision(deal.opening, cp)
            )
        );
    }

    function _noRequest(Deal memory deal, address account) internal pure returns (bytes memory) {
        return
            abi.encodeWithSelector(
                IPricingAuction.AuctionNoRequest.selector,
                deal.auctionId,
                account
            );
    }

    function _noSuchBid(Deal memory deal) internal view returns (bytes memory) {
        return
            abi.encodeWithSelector(
                IPricingAuction.AuctionNoSuchBid.selector,
                deal.auctionId,
                pile.account,
                Oracle.bid(address(auctions), deal.auctionId, pile.account, deal.opening.offer)
            );
    }
}
