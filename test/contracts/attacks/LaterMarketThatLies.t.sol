// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ChargingSession} from "../../../contracts/ChargingSession.sol";
import {IEscrow} from "../../../contracts/interfaces/IEscrow.sol";
import {UncountedEscrow} from "../../../contracts/mocks/UncountedEscrow.sol";
import {AuctionId, Stake} from "../../../contracts/types/MarketTypes.sol";
import {Deal, DealWorld} from "../../support/contracts/DealWorld.sol";
import {Actor} from "../../support/contracts/Base.sol";
import {Surroundings} from "../../support/contracts/Deployment.sol";

/// @title Markets that stand on an escrow later than its own
contract LaterMarketThatLiesTest is DealWorld {
    uint64 private constant ENERGY_WH = 10_000;
    uint128 private constant AMOUNT = 10 * PRICE;

    /// @dev Does whatever its owner wants.
    address private rogue = address(0x20621E);

    function setUp() public override {
        super.setUp();
        vm.etch(rogue, hex"00");
    }

    /// @dev A vehicle charges, and takes the deposit out of the session by a market of its own.
    function test_ES5_Attack_VehicleFreesItsDeposit() external {
        UncountedEscrow careless = UncountedEscrow(_created("UncountedEscrow", ""));
        vm.prank(vehicle.account);
        careless.deposit(DEPOSIT);
        _approveOn(careless, address(sessions));
        vm.prank(address(sessions));
        careless.lock(vehicle.account, DEPOSIT);
        _approveOn(careless, rogue);
        vm.prank(rogue);
        careless.unlock(vehicle.account, DEPOSIT);
        vm.assertEq(careless.free(vehicle.account), DEPOSIT, "the attack works");

        Deal memory deal = _charging();
        _approve(vehicle, rogue);
        bytes[3] memory calls = [
            abi.encodeCall(escrow.unlock, (vehicle.account, DEPOSIT)),
            abi.encodeCall(escrow.pay, (vehicle.account, stranger.account, DEPOSIT)),
            abi.encodeCall(
                escrow.settle,
                (Stake(vehicle.account, DEPOSIT, 0), Stake(vehicle.account, 0, 0))
            )
        ];
        for (uint256 i = 0; i < calls.length; ++i) _refuses(calls[i]);
        _assertBalance(vehicle.account, FUNDS - DEPOSIT, DEPOSIT, "still locked");

        _settle(deal.sessionId, ENERGY_WH);
        _withdrawAll(pile.account);
        vm.assertEq(token.balanceOf(pile.account), FUNDS + AMOUNT, "the pile left, paid");
    }

    /// @dev A market that one user approved reaches for the others, who are in the middle of a trade.
    function test_ES5_Attack_ApprovedByOneTakesFromOthers() external {
        Deal memory deal = _charging();
        _approve(otherVehicle, rogue);
        bytes[5] memory calls = [
            abi.encodeCall(escrow.lock, (pile.account, 1)),
            abi.encodeCall(escrow.unlock, (pile.account, BOND)),
            abi.encodeCall(escrow.pay, (pile.account, otherVehicle.account, BOND)),
            abi.encodeCall(
                escrow.settle,
                (Stake(otherVehicle.account, 0, 0), Stake(pile.account, BOND, BOND))
            ),
            abi.encodeCall(escrow.unlockEach, (_two(otherVehicle.account, pile.account), BOND))
        ];
        for (uint256 i = 0; i < calls.length; ++i) _refuses(calls[i]);

        // The one that approved it is at its mercy, and nobody else: that is what it agreed to.
        vm.prank(rogue);
        escrow.lock(otherVehicle.account, FUNDS - DEPOSIT);
        vm.prank(rogue);
        escrow.pay(otherVehicle.account, stranger.account, FUNDS - DEPOSIT);
        _assertBalance(otherVehicle.account, 0, DEPOSIT, "its own bid is left");

        _settle(deal.sessionId, ENERGY_WH);
        _assertBalance(vehicle.account, FUNDS - AMOUNT, 0, "vehicle");
        _assertBalance(pile.account, FUNDS + AMOUNT, 0, "pile");
        vm.assertEq(token.balanceOf(address(escrow)), 4 * FUNDS, "all of it is there");
    }

    /// @dev A pile revokes in the middle of a session, so that its bond cannot be forfeited.
    function test_ES6_Attack_RevokingOutOfASession() external {
        _moveToLater();
        Deal memory deal = _opened();
        address gate = address(auctions.escrow());
        vm.prank(pile.account);
        escrow.revokeMarket(gate);
        // It never authorises.
        vm.warp(sessions.sessionOf(deal.sessionId).deadline);
        sessions.expire(deal.sessionId);
        _assertBalance(pile.account, FUNDS - BOND, 0, "the bond is gone all the same");
        _assertBalance(vehicle.account, FUNDS + BOND, 0, "to the vehicle that waited");
    }

    /* AND A LATER MARKET THAT DOES NOT LIE */

    /// @dev Both versions trade at once between the same two, on the same balances.
    function test_ES5_LaterMarketBesideTheFirst() external {
        Deal memory first = _charging();
        (Actor memory ev, ChargingSession before) = (vehicle, sessions);
        _moveToLater();
        Deal memory second = _charging();
        vm.assertTrue(address(before) != address(sessions), "another market");
        _assertBalance(ev.account, FUNDS - 2 * DEPOSIT, 2 * DEPOSIT, "one deposit in each");

        address gate = address(auctions.escrow());
        vm.assertEq(escrow.approvalOf(ev.account, gate).locked, DEPOSIT, "counted");
        _settle(second.sessionId, ENERGY_WH);
        vm.assertEq(escrow.approvalOf(ev.account, gate).locked, 0, "ended");
        _assertBalance(ev.account, FUNDS - DEPOSIT - AMOUNT, DEPOSIT, "the first still runs");

        sessions = before;
        _settle(first.sessionId, ENERGY_WH);
        _assertBalance(ev.account, FUNDS - 2 * AMOUNT, 0, "vehicle");
        _assertBalance(pile.account, FUNDS + 2 * AMOUNT, 0, "pile");
    }

    /// @dev Whoever does not know the later market takes no part in it, and notices nothing of it.
    function test_ES5_LaterMarket_WithoutApproval() external {
        _moveToLater();
        address gate = address(auctions.escrow());
        vm.prank(vehicle.account);
        escrow.revokeMarket(gate);
        AuctionId auctionId = _open(_terms());
        vm.expectRevert(abi.encodeWithSelector(IEscrow.EscrowNotMarket.selector, gate));
        vm.prank(vehicle.account);
        auctions.request(auctionId, keccak256("request"));
        _assertBalance(vehicle.account, FUNDS, 0, "nothing locked");
    }

    /* HELPERS */

    /// @dev From here on the world trades in a later market, which everybody has approved.
    function _moveToLater() private {
        Surroundings memory around = _newLater();
        sessions = _newSessions(around, _windows(), _arbiter(), _earningRule());
        auctions = around.auctions;
        reputation = around.reputation;
        Actor[4] memory people = [vehicle, otherVehicle, pile, otherPile];
        for (uint256 i = 0; i < 4; ++i) _approve(people[i], address(around.stakes));
    }

    function _approve(Actor memory actor, address market) private {
        vm.prank(actor.account);
        escrow.approveMarket(market);
    }

    function _approveOn(UncountedEscrow careless, address market) private {
        vm.prank(vehicle.account);
        careless.approveMarket(market);
    }

    function _refuses(bytes memory call) private {
        vm.prank(rogue);
        (bool done, ) = address(escrow).call(call);
        vm.assertTrue(!done, "refused");
    }
}
