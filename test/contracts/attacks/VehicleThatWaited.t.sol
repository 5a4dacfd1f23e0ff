// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IMeterRegistry} from "../../../contracts/interfaces/IMeterRegistry.sol";
import {BelievingSettlement} from "../../../contracts/mocks/BelievingSettlement.sol";
import {MeterRecord} from "../../../contracts/ocmf/OcmfTypes.sol";
import {AuctionTerms, SessionId, SessionState} from "../../../contracts/types/MarketTypes.sol";
import {Deal} from "../../support/contracts/DealWorld.sol";
import {SettleWorld} from "../../support/contracts/SettleWorld.sol";

/// @title A pile lets a vehicle wait until it drives off, and charges for what it then draws itself
/// @dev It authorises in its last second, and plugs in a load of its own under the session's name.
contract VehicleThatWaitedTest is SettleWorld {
    /// @dev The straw man is the vehicle that does not say that it has left: it loses its deposit.
    function test_SE8_Attack_VehicleThatSaysNothing() external {
        Deal memory deal = _waited();
        _authorisesLast(deal);
        vm.warp(deal.terms.slotEnd + 2 hours);
        _settleOn(deal.sessionId, _ownLoad(deal), "");
        _assertBalance(vehicle.account, FUNDS - DEPOSIT, 0, "the attack works");
        _assertBalance(pile.account, FUNDS + DEPOSIT, 0, "and pays");
    }

    /// @dev What it says holds, whatever the pile does later, and whether or not it is there to see
    /// it: nothing has begun, and the most that it can owe is that it does not come back.
    function test_SE8_Attack_VehicleThatHasLeft() external {
        Deal memory deal = _waited();
        vm.prank(vehicle.account);
        sessions.unplug(deal.sessionId);
        _authorisesLast(deal);
        vm.assertEq(
            uint8(_stateOf(deal.sessionId)),
            uint8(SessionState.Authorised),
            "nothing has begun"
        );
        _refusesSettle(
            deal.sessionId,
            _ownLoad(deal),
            "",
            _wrongState(deal.sessionId, SessionState.Charging, SessionState.Authorised)
        );
        vm.warp(_deadlineOf(deal.sessionId));
        sessions.expire(deal.sessionId);
        _assertBalance(vehicle.account, FUNDS - BOND, 0, "a fee, as if it had not come");
    }

    /// @dev It comes back, and pays for its own energy alone: from then on, and not from when it
    /// first came.
    function test_SE8_Attack_VehicleThatComesBack() external {
        Deal memory deal = _waited();
        vm.prank(vehicle.account);
        sessions.unplug(deal.sessionId);
        _authorisesLast(deal);
        vm.warp(_deadlineOf(deal.sessionId) - 1);
        vm.prank(vehicle.account);
        sessions.plugIn(deal.sessionId);
        uint40 since = uint40(block.timestamp);
        vm.assertEq(sessions.sessionOf(deal.sessionId).pluggedInAt, since, "since it is back");
        vm.prank(vehicle.account);
        sessions.unplug(deal.sessionId);
        vm.warp(_deadlineOf(deal.sessionId));
        sessions.expire(deal.sessionId);
        _assertBalance(vehicle.account, FUNDS, 0, "vehicle");
        _assertBalance(pile.account, FUNDS, 0, "pile");
    }

    /// @dev Neither is it a way to a bond, nor to a rating of a pile that came in time.
    function test_SE8_Attack_VehicleThatOnlyTouches() external {
        Deal memory deal = _opened();
        vm.prank(vehicle.account);
        sessions.plugIn(deal.sessionId);
        vm.prank(vehicle.account);
        sessions.unplug(deal.sessionId);
        vm.prank(pile.account);
        sessions.authorise(deal.sessionId);
        vm.warp(_deadlineOf(deal.sessionId));
        sessions.expire(deal.sessionId);
        _assertBalance(pile.account, FUNDS + BOND, 0, "paid for waiting in vain");
        (, , , uint8 mostRating) = sessions.partiesOf(deal.sessionId);
        vm.assertEq(mostRating, 0, "no rating");
        vm.assertEq(int256(reputation.credibilityOf(vehicle.account)), -1, "credibility");
    }

    /// @dev The straw man believes the record. Of a session nothing counts that flowed while the
    /// vehicle waited, and it can say that it got nothing.
    function test_SE8_Attack_DrawsWhileItWaits() external {
        Deal memory deal = _waited();
        _authorisesLast(deal);
        _refusesOwnDraw(deal);
        _assertCameForNothing(deal);
    }

    /// @dev The meter's clock says itself that it was before.
    function test_METER8_Attack_DrawsWhileItWaits_ByTheClock() external {
        Deal memory deal = _waited();
        _authorisesLast(deal);
        uint40 since = uint40(block.timestamp);
        vm.warp(since + 1 minutes);
        string[2] memory times = ["2030-03-17T18:46:40,000+0000", "2030-03-17T19:01:39,000+0000"];
        MeterRecord[] memory records = _signedAt(deal.sessionId, times, "1005.4");
        _believes(deal.sessionId, records[0], 5_400);
        _refusesSettle(
            deal.sessionId,
            records,
            "",
            abi.encodeWithSelector(
                IMeterRegistry.MeterOutsideSession.selector,
                uint256(deal.terms.slotStart),
                uint256(since),
                uint256(since),
                block.timestamp
            )
        );
        _assertCameForNothing(deal);
    }

    /// @dev With less of the slot left than a vehicle has to have before it can rate: what counts is
    /// when the vehicle came.
    function test_SE8_Attack_AuthorisesTooLateToBeRated() external {
        AuctionTerms memory terms = _terms();
        terms.slotEnd = terms.slotStart + PLUG_IN_WINDOW;
        Deal memory deal = _decidedOn(terms);
        _start(deal, vehicle);
        _waits(deal);
        _authorisesLast(deal);
        _refusesOwnDraw(deal);
        _assertCameForNothing(deal);
    }

    /// @dev One that says that it is there when its pile is ready pays nothing for the time before.
    function test_SE8_Attack_DrawsUntilItAuthorises() external {
        Deal memory deal = _opened();
        _authorisesLast(deal);
        vm.prank(vehicle.account);
        sessions.plugIn(deal.sessionId);
        _refusesOwnDraw(deal);
        _assertCameForNothing(deal);
    }

    /// @dev There from the slot's start; a minute before the pile's time is up it drives off.
    function _waited() private returns (Deal memory deal) {
        deal = _opened();
        _waits(deal);
    }

    function _waits(Deal memory deal) private {
        vm.warp(deal.terms.slotStart);
        vm.prank(vehicle.account);
        sessions.plugIn(deal.sessionId);
        vm.warp(_deadlineOf(deal.sessionId) - 1 minutes);
    }

    function _authorisesLast(Deal memory deal) private {
        vm.warp(_deadlineOf(deal.sessionId) - 1);
        vm.prank(pile.account);
        sessions.authorise(deal.sessionId);
    }

    /// @dev Worth the whole deposit.
    function _ownLoad(Deal memory deal) private view returns (MeterRecord[] memory) {
        return _reads(deal.sessionId, "1000", "1044.5");
    }

    /// @dev What the socket carries from the slot's start to the pile's last second, when the vehicle
    /// is gone a minute later.
    function _refusesOwnDraw(Deal memory deal) private {
        vm.warp(block.timestamp + 1 minutes);
        vm.prank(vehicle.account);
        sessions.unplug(deal.sessionId);
        MeterRecord[] memory records = _reads(deal.sessionId, "1000", "1005.5");
        _believes(deal.sessionId, records[0], 5_500);
        _refusesSettle(
            deal.sessionId,
            records,
            "",
            abi.encodeWithSelector(
                IMeterRegistry.MeterTooMuchEnergy.selector,
                uint64(5_500_000),
                uint256(373_777)
            )
        );
    }

    function _believes(SessionId sessionId, MeterRecord memory record, uint64 energyWh) private {
        BelievingSettlement believing = BelievingSettlement(_created("BelievingSettlement", ""));
        believing.settle(sessionId, record);
        vm.assertEq(believing.energyWhOf(sessionId), energyWh, "the attack works");
    }

    function _assertCameForNothing(Deal memory deal) private {
        vm.warp(_deadlineOf(deal.sessionId));
        sessions.expire(deal.sessionId);
        _assertBalance(vehicle.account, FUNDS, 0, "vehicle");
        _assertBalance(pile.account, FUNDS, 0, "pile");
        vm.assertEq(int256(reputation.credibilityOf(vehicle.account)), 0, "credibility");
        (, , , uint8 mostRating) = sessions.partiesOf(deal.sessionId);
        vm.assertEq(mostRating, 1, "it can say so");
    }
}
