// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IEscrow} from "../../../contracts/interfaces/IEscrow.sol";
import {IOpenAuction} from "../../../contracts/interfaces/IOpenAuction.sol";
import {IPricingAuction} from "../../../contracts/interfaces/IPricingAuction.sol";
import {ReenteringToken} from "../../../contracts/mocks/ReenteringToken.sol";
import {AuctionId, AuctionTerms, ParticipantKind} from "../../../contracts/types/MarketTypes.sol";
import {OpenWorld} from "../../support/contracts/OpenWorld.sol";

/// @title A token that calls back, and is a pile
contract ReenteringTokenTest is OpenWorld {
    /// @dev The token is a certified pile; while its withdrawal is under way it takes the lead with
    /// the same money.
    function test_ES4_ReenteringToken_LeadsInWithdraw() external {
        (ReenteringToken hostile, AuctionId auctionId) = _biddingToken();
        hostile.act(address(escrow), abi.encodeCall(IEscrow.deposit, (address(hostile), BOND)));
        _arm(hostile, ReenteringToken.Manner.PassOnFailure, auctionId);

        vm.expectRevert(
            abi.encodeWithSelector(
                IEscrow.EscrowInsufficientFree.selector,
                address(hostile),
                0,
                BOND
            )
        );
        hostile.act(address(escrow), abi.encodeCall(IEscrow.withdraw, (address(hostile), BOND)));
        vm.assertEq(openAuctions.auctionOf(auctionId).leader, address(0), "nobody leads");
    }

    /// @dev It takes the lead with a deposit that it then keeps back: the lead is gone with the
    /// deposit.
    function test_ES4_ReenteringToken_LeadsInDepositAndKeepsTheTokens() external {
        (ReenteringToken hostile, AuctionId auctionId) = _biddingToken();
        _arm(hostile, ReenteringToken.Manner.KeepTheTokens, auctionId);

        vm.expectRevert(abi.encodeWithSelector(IEscrow.EscrowWrongTransfer.selector, BOND, 0));
        hostile.act(address(escrow), abi.encodeCall(IEscrow.deposit, (address(hostile), BOND)));
        vm.assertEq(openAuctions.auctionOf(auctionId).leader, address(0), "nobody leads");
    }

    /// @dev Out of somebody's withdrawal it outbids a leader: who is outbid gets its bond, once,
    /// and the books balance.
    function test_ES4_ReenteringToken_OutbidsInAWithdrawal() external {
        (ReenteringToken hostile, AuctionId auctionId) = _biddingToken();
        hostile.act(address(escrow), abi.encodeCall(IEscrow.deposit, (address(hostile), BOND)));
        _enrol(otherPile, ParticipantKind.Pile);
        _fund(otherPile.account, 2 * BOND);
        _offer(auctionId, otherPile, PRICE + DECREMENT);
        _arm(hostile, ReenteringToken.Manner.PassOnFailure, auctionId);

        _withdrawAll(otherPile.account);

        vm.assertEq(openAuctions.auctionOf(auctionId).leader, address(hostile), "leads");
        _assertBalance(otherPile.account, BOND, 0, "outbid while it withdrew");
        _assertBalance(address(hostile), 0, BOND, "leader");
        vm.assertEq(
            token.balanceOf(address(escrow)),
            DEPOSIT + 2 * BOND,
            "the escrow holds what it owes"
        );
    }

    /// @dev The release of a batch cannot be entered: it moves no token.
    function test_ES4_ReenteringToken_ReleasesInAWithdrawal() external {
        (ReenteringToken hostile, ) = _biddingToken();
        hostile.act(address(escrow), abi.encodeCall(IEscrow.deposit, (address(hostile), 2 * BOND)));
        _enrolServers();
        AuctionTerms memory terms = _terms();
        AuctionId auctionId = _open(terms);
        bytes memory bid = abi.encodeCall(
            IPricingAuction.bid,
            (auctionId, keccak256("offer"), UPLOAD)
        );
        hostile.act(address(auctions), bid);
        vm.warp(terms.matchingEnds);

        address[] memory twice = _two(address(hostile), address(hostile));
        bytes memory release = abi.encodeCall(
            IPricingAuction.releaseExpired,
            (auctionId, _none(), twice)
        );
        hostile.arm(ReenteringToken.Manner.PassOnFailure, address(auctions), release);
        hostile.act(address(escrow), abi.encodeCall(IEscrow.withdraw, (address(hostile), BOND)));
        _assertBalance(address(hostile), BOND, 0, "the bond, once");
        vm.assertEq(token.balanceOf(address(escrow)), DEPOSIT + BOND, "all that is owed");
    }

    /* HELPERS */

    /// @dev A market on a token that calls back and is a pile with money; `vehicle` has opened an
    /// auction.
    function _biddingToken() private returns (ReenteringToken hostile, AuctionId auctionId) {
        hostile = ReenteringToken(_created("ReenteringToken", ""));
        token = hostile;
        _deploy();
        _enrol(vehicle, ParticipantKind.Vehicle);
        _enrolAccount(address(hostile), ParticipantKind.Pile);
        _fund(vehicle.account, DEPOSIT);
        hostile.mint(address(hostile), 2 * BOND);
        hostile.act(
            address(hostile),
            abi.encodeCall(hostile.approve, (address(escrow), type(uint256).max))
        );
        auctionId = _call(_openTerms());
    }

    function _arm(
        ReenteringToken hostile,
        ReenteringToken.Manner manner,
        AuctionId auctionId
    ) private {
        bytes memory invitation = _invitation(auctionId, vehicle, address(hostile), FAR_M);
        hostile.arm(
            manner,
            address(openAuctions),
            abi.encodeCall(IOpenAuction.bid, (auctionId, PRICE, POWER_W, FAR_M, invitation))
        );
    }
}
