// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IOpenAuction} from "../../../contracts/interfaces/IOpenAuction.sol";
import {IPricingAuction} from "../../../contracts/interfaces/IPricingAuction.sol";
import {HostileParticipant} from "../../../contracts/mocks/HostileParticipant.sol";
import {Wallet1271} from "../../../contracts/mocks/Wallet1271.sol";
import {
    AuctionId,
    AuctionTerms,
    OpenTerms,
    ParticipantKind
} from "../../../contracts/types/MarketTypes.sol";
import {OpenWorld} from "../../support/contracts/OpenWorld.sol";

/// @title Participants that revert, burn gas, or take back what they signed
contract GriefingTest is OpenWorld {
    /// @dev It leads, reverts on every call, and is outbid all the same: nobody calls it.
    function test_OA2_Griefing_LeaderThatReverts() external {
        AuctionId auctionId = _call(_openTerms());
        HostileParticipant hostile = _hostile(ParticipantKind.Pile);
        bytes memory bid = abi.encodeCall(
            IOpenAuction.bid,
            (
                auctionId,
                PRICE,
                POWER_W,
                FAR_M,
                _invitation(auctionId, vehicle, address(hostile), FAR_M)
            )
        );
        hostile.act(address(openAuctions), bid);
        vm.assertEq(openAuctions.auctionOf(auctionId).leader, address(hostile), "leads");

        _offer(auctionId, pile, PRICE - DECREMENT);
        vm.assertEq(openAuctions.auctionOf(auctionId).leader, pile.account, "outbid");
        _assertBalance(address(hostile), DEPOSIT, 0, "free again");
    }

    function test_OA6_Griefing_VehicleThatReverts() external {
        OpenTerms memory terms = _openTerms();
        HostileParticipant hostile = _hostile(ParticipantKind.Vehicle);
        hostile.act(address(openAuctions), abi.encodeCall(IOpenAuction.open, (terms)));
        AuctionId auctionId = openAuctions.auctionIdOf(address(hostile), terms);
        _assertBalance(address(hostile), 0, DEPOSIT, "opened");

        vm.warp(terms.biddingEnds);
        openAuctions.release(auctionId);
        _assertBalance(address(hostile), DEPOSIT, 0, "released");
    }

    /// @dev A vehicle that burns the gas of whoever shows its invitation: the bid fails, and with
    /// it nothing else.
    function test_OA4_Griefing_VehicleBurnsGas() external {
        OpenTerms memory terms = _openTerms();
        HostileParticipant hostile = _hostile(ParticipantKind.Vehicle);
        hostile.act(address(openAuctions), abi.encodeCall(IOpenAuction.open, (terms)));
        AuctionId auctionId = openAuctions.auctionIdOf(address(hostile), terms);
        bytes memory bid = abi.encodeCall(IOpenAuction.bid, (auctionId, PRICE, POWER_W, FAR_M, ""));

        vm.prank(pile.account);
        (bool success, ) = address(openAuctions).call{gas: 1_000_000}(bid);
        vm.assertTrue(!success, "no bid");
        _assertBalance(pile.account, FUNDS, 0, "nothing locked");

        AuctionId honest = _call(terms);
        _offer(honest, pile, PRICE);
    }

    /// @dev A wallet takes back what it has signed: who leads goes on leading, and nobody else can
    /// come.
    function test_OA4_Griefing_VehicleTakesBackItsInvitations() external {
        OpenTerms memory terms = _openTerms();
        Wallet1271 wallet = new Wallet1271(vehicle.account);
        _enrolAccount(address(wallet), ParticipantKind.Vehicle);
        _fund(address(wallet), DEPOSIT);
        vm.prank(vehicle.account);
        wallet.execute(address(openAuctions), abi.encodeCall(IOpenAuction.open, (terms)));
        AuctionId auctionId = openAuctions.auctionIdOf(address(wallet), terms);
        _offer(auctionId, pile, PRICE);

        vm.prank(vehicle.account);
        wallet.setOwner(stranger.account);
        bytes memory invitation = _invitation(auctionId, vehicle, otherPile.account, FAR_M);
        vm.expectRevert(
            abi.encodeWithSelector(
                IOpenAuction.OpenNotInvited.selector,
                auctionId,
                otherPile.account,
                FAR_M
            )
        );
        vm.prank(otherPile.account);
        openAuctions.bid(auctionId, PRICE - DECREMENT, POWER_W, FAR_M, invitation);

        vm.warp(START + QUIET);
        vm.prank(stranger.account);
        wallet.execute(address(sessions), abi.encodeCall(sessions.startOpen, (auctionId)));
    }

    /// @dev A matcher whose signature cannot be checked holds nobody's money longer than the
    /// auction lasts.
    function test_AU5_Griefing_MatcherBurnsGas() external {
        HostileParticipant hostile = _hostile(ParticipantKind.Matcher);
        AuctionTerms memory terms = _terms();
        hostile.act(address(auctions), abi.encodeCall(IPricingAuction.open, (terms)));
        AuctionId auctionId = auctions.auctionIdOf(address(hostile), terms);
        _bid(auctionId, pile, _offer());

        vm.warp(terms.matchingEnds);
        bytes memory release = abi.encodeCall(
            IPricingAuction.release,
            (auctionId, _none(), _one(pile.account), terms.slotEnd, "")
        );
        (bool success, ) = address(auctions).call{gas: 1_000_000}(release);
        vm.assertTrue(!success, "no signature");
        auctions.releaseExpired(auctionId, _none(), _one(pile.account));
        _assertBalance(pile.account, FUNDS, 0, "pile");
    }

    /* HELPERS */

    function _hostile(ParticipantKind kind) private returns (HostileParticipant hostile) {
        hostile = new HostileParticipant();
        _enrolAccount(address(hostile), kind);
        _fund(address(hostile), DEPOSIT);
    }
}
