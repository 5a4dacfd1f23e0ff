// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IOpenAuction} from "../../../contracts/interfaces/IOpenAuction.sol";
import {
    AuctionId,
    OpenTerms,
    Phase,
    ScoreRule,
    SessionId
} from "../../../contracts/types/MarketTypes.sol";
import {DealWorld} from "./DealWorld.sol";
import {Digests} from "./Digests.sol";
import {Actor} from "./Base.sol";

/// @title A market in which vehicles open auctions of their own
abstract contract OpenWorld is DealWorld {
    uint64 internal constant MAX_PRICE = 600_000;
    uint64 internal constant DECREMENT = 5_000;
    uint16 internal constant QUIET = 60;
    uint32 internal constant MAX_DISTANCE_M = 1_000;
    uint32 internal constant REFERENCE_POWER_W = 22_000;
    /// @dev So far away that distance gains nothing.
    uint32 internal constant FAR_M = MAX_DISTANCE_M;

    function _rule() internal pure returns (ScoreRule memory) {
        return
            ScoreRule({
                maxPricePerKwh: MAX_PRICE,
                minDecrement: DECREMENT,
                priceBps: 6_000,
                powerBps: 1_500,
                qualityBps: 1_000,
                distanceBps: 1_500,
                referencePowerW: REFERENCE_POWER_W,
                maxDistanceM: MAX_DISTANCE_M
            });
    }

    function _openTerms() internal view returns (OpenTerms memory) {
        uint40 from = uint40(block.timestamp);
        return
            OpenTerms({
                rule: _rule(),
                quietSeconds: QUIET,
                biddingEnds: from + 10 minutes,
                openingEnds: from + 50 minutes,
                slotStart: from + 60 minutes,
                slotEnd: from + 120 minutes,
                bidBond: BOND,
                vehicleDeposit: DEPOSIT,
                nonce: bytes32(0)
            });
    }

    function _call(OpenTerms memory terms) internal returns (AuctionId) {
        vm.prank(vehicle.account);
        return openAuctions.open(terms);
    }

    function _invitation(
        AuctionId auctionId,
        Actor memory host,
        address guest,
        uint32 distanceM
    ) internal view returns (bytes memory) {
        bytes32 digest = Digests.invitationDigest(
            address(openAuctions),
            auctionId,
            guest,
            distanceM
        );
        return _signature(host.key, digest);
    }

    /// @dev Invited by `vehicle`.
    function _offerAt(
        AuctionId auctionId,
        Actor memory actor,
        uint64 pricePerKwh,
        uint32 powerW,
        uint32 distanceM
    ) internal {
        bytes memory invitation = _invitation(auctionId, vehicle, actor.account, distanceM);
        vm.prank(actor.account);
        openAuctions.bid(auctionId, pricePerKwh, powerW, distanceM, invitation);
    }

    /// @dev From far away and with little power: the price is nearly all that counts.
    function _offer(AuctionId auctionId, Actor memory actor, uint64 pricePerKwh) internal {
        _offerAt(auctionId, actor, pricePerKwh, POWER_W, FAR_M);
    }

    /// @dev `pile` leads at `PRICE`; time stands in Opening.
    function _won(OpenTerms memory terms) internal returns (AuctionId auctionId) {
        auctionId = _call(terms);
        _offer(auctionId, otherPile, PRICE + DECREMENT);
        _offer(auctionId, pile, PRICE);
        vm.warp(openAuctions.auctionOf(auctionId).biddingEnds);
    }

    function _startOpen(AuctionId auctionId, Actor memory caller) internal returns (SessionId) {
        vm.prank(caller.account);
        return sessions.startOpen(auctionId);
    }

    function _openWrongPhase(
        AuctionId auctionId,
        Phase expected,
        Phase actual
    ) internal pure returns (bytes memory) {
        return
            abi.encodeWithSelector(
                IOpenAuction.OpenWrongPhase.selector,
                auctionId,
                expected,
                actual
            );
    }
}
