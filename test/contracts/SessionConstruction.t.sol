// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ChargingSession} from "../../contracts/ChargingSession.sol";
import {IChargingSession} from "../../contracts/interfaces/IChargingSession.sol";
import {EarningRule, SessionWindows} from "../../contracts/types/MarketTypes.sol";
import {World} from "../support/contracts/World.sol";

/// @title What a session contract is deployed with
contract SessionConstructionTest is World {
    function test_Construction_WindowsAtTheirBounds() external {
        SessionWindows memory windows = SessionWindows(1, 30 days, 1, 30 days, 1);
        ChargingSession fresh = _newSessions(windows, stranger.account);
        vm.assertEq(
            keccak256(abi.encode(fresh.windows())),
            keccak256(abi.encode(windows)),
            "windows"
        );
        vm.assertEq(fresh.arbiter(), stranger.account, "arbiter");
    }

    function test_Construction_BadWindows() external {
        for (uint256 i = 0; i < 5; ++i) {
            // Without a dispute window a settlement is final: 0 is good there.
            if (i != 3) _refusesWindow(i, 0);
            _refusesWindow(i, 30 days + 1);
        }
    }

    function test_Construction_DisputesNeedAnArbiter() external {
        SessionWindows memory windows = _windows();
        windows.dispute = 1;
        vm.expectRevert(abi.encodeWithSelector(IChargingSession.SessionNoArbiter.selector));
        _newSessions(windows, address(0));
    }

    function test_Construction_EarningNeedsEnergyAndPayment() external {
        _refusesEarning(EarningRule(0, 1));
        _refusesEarning(EarningRule(1, 0));
        EarningRule memory rule = EarningRule(1, type(uint128).max);
        vm.assertEq(
            keccak256(abi.encode(_earningBy(rule).earningRule())),
            keccak256(abi.encode(rule)),
            "rule"
        );
    }

    /* HELPERS */

    function _refusesEarning(EarningRule memory rule) private {
        vm.expectRevert(
            abi.encodeWithSelector(IChargingSession.SessionBadEarningRule.selector, rule)
        );
        _earningBy(rule);
    }

    function _earningBy(EarningRule memory rule) private returns (ChargingSession) {
        return
            new ChargingSession(
                auctions,
                openAuctions,
                escrow,
                reputation,
                meters,
                _windows(),
                address(0),
                rule
            );
    }

    function _refusesWindow(uint256 place, uint40 window) private {
        uint40[5] memory all = [uint40(1), 1, 1, 1, 1];
        all[place] = window;
        vm.expectRevert(abi.encodeWithSelector(IChargingSession.SessionBadWindow.selector, window));
        _newSessions(SessionWindows(all[0], all[1], all[2], all[3], all[4]), stranger.account);
    }
}
