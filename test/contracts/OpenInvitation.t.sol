// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IOpenAuction} from "../../contracts/interfaces/IOpenAuction.sol";
import {Wallet1271} from "../../contracts/mocks/Wallet1271.sol";
import {AuctionId, OpenTerms, ParticipantKind} from "../../contracts/types/MarketTypes.sol";
import {OpenWorld} from "../support/contracts/OpenWorld.sol";
import {Actor} from "../support/contracts/Base.sol";

/// @title Invitations to bid in an open auction
contract OpenInvitationTest is OpenWorld {
    OpenTerms private terms;
    AuctionId private auctionId;

    function setUp() public override {
        super.setUp();
        terms = _openTerms();
        auctionId = _call(terms);
    }

    /// @dev The corruption matrix of `Invitation`.
    function test_OA4_Bid_EveryFieldOfTheInvitationIsSigned() external {
        bytes memory invitation = _invitation(auctionId, vehicle, pile.account, 400);

        _refusesInvitation(pile, 399, invitation);
        _refusesInvitation(otherPile, 400, invitation);
        _refusesInvitation(pile, 400, "");
        _refusesInvitation(
            pile,
            400,
            _invitation(AuctionId.wrap(keccak256("another")), vehicle, pile.account, 400)
        );
        _refusesInvitation(pile, 400, _invitation(auctionId, otherVehicle, pile.account, 400));
        _refusesInvitation(pile, 400, _invitation(auctionId, pile, pile.account, 400));

        vm.chainId(4242);
        _refusesInvitation(pile, 400, invitation);
        vm.chainId(31337);
        vm.prank(pile.account);
        openAuctions.bid(auctionId, PRICE, POWER_W, 400, invitation);
    }

    function test_OA4_Bid_InvitationIsGoodForEveryBid() external {
        bytes memory invitation = _invitation(auctionId, vehicle, pile.account, 400);
        vm.prank(pile.account);
        openAuctions.bid(auctionId, PRICE, POWER_W, 400, invitation);
        vm.prank(pile.account);
        openAuctions.bid(auctionId, PRICE - DECREMENT, POWER_W, 400, invitation);
    }

    function test_OA4_Bid_VehicleIsAWallet() external {
        Wallet1271 wallet = new Wallet1271(vehicle.account);
        _enrolAccount(address(wallet), ParticipantKind.Vehicle);
        _fund(address(wallet), DEPOSIT);
        vm.prank(vehicle.account);
        wallet.execute(address(openAuctions), abi.encodeCall(IOpenAuction.open, (terms)));
        auctionId = openAuctions.auctionIdOf(address(wallet), terms);

        _offer(auctionId, pile, PRICE);
        vm.assertEq(openAuctions.auctionOf(auctionId).leader, pile.account, "leader");
    }

    function _refusesInvitation(
        Actor memory actor,
        uint32 distanceM,
        bytes memory invitation
    ) private {
        vm.expectRevert(
            abi.encodeWithSelector(
                IOpenAuction.OpenNotInvited.selector,
                auctionId,
                actor.account,
                distanceM
            )
        );
        vm.prank(actor.account);
        openAuctions.bid(auctionId, PRICE, POWER_W, distanceM, invitation);
    }
}
