// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {CarelessSession} from "../../../contracts/mocks/CarelessSession.sol";
import {SessionId} from "../../../contracts/types/MarketTypes.sol";
import {Deal} from "../../support/contracts/DealWorld.sol";
import {SettleWorld} from "../../support/contracts/SettleWorld.sol";

/// @title A party says that it is there, and is not
contract NobodyThereTest is SettleWorld {
    CarelessSession private _careless;

    function setUp() public override {
        super.setUp();
        _careless = new CarelessSession();
    }

    /// @dev A pile authorises and never delivers. It loses no bond, for nobody can prove which of
    /// the two was not there; but the vehicle has its say.
    function test_RE9_Attack_PileNeverDelivers() external {
        _carelessCharging(1);
        vm.warp(block.timestamp + 26 hours);
        _careless.expire(1);
        vm.expectRevert(abi.encodeWithSelector(CarelessSession.CarelessNo.selector));
        _careless.rateWorst(1);

        _rateWell();
        (uint128 before, ) = reputation.pileRatingOf(pile.account);
        _bring(5);
        Deal memory deal = _charging();
        vm.warp(_deadlineOf(deal.sessionId));
        sessions.expire(deal.sessionId);
        _assertBalance(pile.account, FUNDS + 5 * AMOUNT, 0, "its bond is free, nothing paid");
        vm.prank(vehicle.account);
        reputation.rate(deal.sessionId, 1);
        (uint128 ratingWad, uint64 count) = reputation.pileRatingOf(pile.account);
        vm.assertLt(ratingWad, before, "rated for it");
        vm.assertEq(count, 6, "in its history");
    }

    /// @dev A pile that does not even authorise pays, and can be rated by who was there.
    function test_RE9_Attack_PileDoesNotOpen() external {
        Deal memory deal = _opened();
        vm.prank(vehicle.account);
        sessions.plugIn(deal.sessionId);
        vm.warp(_deadlineOf(deal.sessionId));
        sessions.expire(deal.sessionId);
        _assertBalance(vehicle.account, FUNDS + BOND, 0, "vehicle");
        vm.prank(vehicle.account);
        reputation.rate(deal.sessionId, 1);
    }

    /// @dev A vehicle books a pile, says from afar that it is plugged in, and never comes. The pile
    /// waits as long as it likes, and not for a day.
    function test_SE9_Attack_VehiclePlugsInFromAfar() external {
        uint256 since = block.timestamp;
        _carelessCharging(1);
        vm.warp(since + 25 hours);
        vm.expectRevert(abi.encodeWithSelector(CarelessSession.CarelessNo.selector));
        _careless.expire(1);

        Deal memory deal = _charging();
        vm.warp(block.timestamp + 1 minutes);
        vm.prank(pile.account);
        sessions.waive(deal.sessionId);
        _assertBalance(pile.account, FUNDS, 0, "free within a minute");
        _assertBalance(vehicle.account, FUNDS, 0, "vehicle");
    }

    /// @dev What a vehicle without history says of such a session moves nothing, however often.
    function test_RE9_Attack_BadRatingsFromAfar() external {
        _rateWell();
        (uint128 before, ) = reputation.pileRatingOf(pile.account);
        for (uint256 i = 0; i < 10; ++i) {
            Deal memory deal = _chargingBetween(otherVehicle, pile, PRICE);
            vm.prank(pile.account);
            sessions.waive(deal.sessionId);
            vm.prank(otherVehicle.account);
            reputation.rate(deal.sessionId, 1);
        }
        (uint128 ratingWad, uint64 count) = reputation.pileRatingOf(pile.account);
        vm.assertEq(ratingWad, before, "not moved");
        vm.assertEq(count, 15, "and in the history");
        vm.assertEq(int256(reputation.credibilityOf(otherVehicle.account)), 0, "nor the vehicle");
    }

    /// @dev A rating of 1 would lift a pile without ratings: not for what it did not deliver.
    function test_RE9_Attack_PileLetsItselfBeRatedOne() external {
        _bring(20);
        for (uint256 i = 0; i < 5; ++i) {
            Deal memory deal = _charging();
            vm.prank(pile.account);
            sessions.waive(deal.sessionId);
            vm.prank(vehicle.account);
            reputation.rate(deal.sessionId, 1);
        }
        (uint128 ratingWad, ) = reputation.pileRatingOf(pile.account);
        vm.assertEq(ratingWad, 0, "not lifted");
    }

    /// @dev A vehicle that has left owes nothing for what the pile delivers to others, and gets
    /// nothing that it has not paid by leaving: the pile's record up to then settles.
    function test_SE4_Attack_VehicleLeavesWithoutPaying() external {
        Deal memory deal = _charged();
        vm.prank(vehicle.account);
        sessions.unplug(deal.sessionId);
        vm.warp(_deadlineOf(deal.sessionId) - 1);
        _settleOn(deal.sessionId, _naming(deal.sessionId, 1), "");
        _assertPaid(deal.sessionId, ENERGY_WH, AMOUNT, 1);
    }

    /// @dev Five honest sessions, rated 3: the pile stands above 1.
    function _rateWell() private {
        _bring(20);
        for (uint256 i = 0; i < 5; ++i) {
            Deal memory deal = _earned();
            vm.prank(vehicle.account);
            reputation.rate(deal.sessionId, 3);
        }
    }

    /// @dev Brings the vehicle's credibility to a value, as sessions would have.
    function _bring(int8 to) private {
        int8 reached = reputation.credibilityOf(vehicle.account);
        for (; reached != to; reached += reached < to ? int8(1) : int8(-1)) {
            vm.prank(address(sessions));
            reputation.recordOutcome(
                vehicle.account,
                SessionId.wrap(bytes32(0)),
                reached < to ? int8(1) : int8(-1)
            );
        }
    }

    function _carelessCharging(uint256 id) private {
        vm.prank(vehicle.account);
        _careless.start(id, vehicle.account, pile.account, block.timestamp + 2 hours);
        vm.prank(pile.account);
        _careless.authorise(id);
        vm.prank(vehicle.account);
        _careless.plugIn(id);
    }
}
