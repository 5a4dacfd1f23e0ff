// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ChargingSession} from "../../contracts/ChargingSession.sol";
import {IdentityRegistry} from "../../contracts/IdentityRegistry.sol";
import {MeterRegistry} from "../../contracts/MeterRegistry.sol";
import {IChargingSession} from "../../contracts/interfaces/IChargingSession.sol";
import {EarningRule, SessionWindows} from "../../contracts/types/MarketTypes.sol";
import {Surroundings} from "../support/contracts/Deployment.sol";
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
        _newSessions(_around(), windows, address(0), _earningRule());
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

    function test_SE10_Construction_NamesItsNeighbours() external view {
        vm.assertEq(address(sessions.auctions()), address(auctions), "auctions");
        vm.assertEq(address(sessions.openAuctions()), address(openAuctions), "open auctions");
        vm.assertEq(address(sessions.escrow()), address(escrow), "escrow");
        vm.assertEq(address(sessions.reputation()), address(reputation), "reputation");
        vm.assertEq(address(sessions.meters()), address(meters), "meters");
        vm.assertEq(address(coupons.escrow()), address(escrow), "the coupons' escrow");
        vm.assertEq(address(coupons.reputation()), address(reputation), "their reputation");
    }

    /// @dev A second session contract for a market that has one: nobody there would hear it.
    function test_SE10_Construction_OthersNameAnother() external {
        _refusesWiring(_around(), address(auctions));
    }

    /// @dev One of a set that is right otherwise comes from the market that stands.
    function test_SE10_Construction_OneOfAnotherMarket() external {
        Surroundings memory around = _newSurroundings();
        around.auctions = auctions;
        _refusesWiring(around, address(auctions));

        around = _newSurroundings();
        around.openAuctions = openAuctions;
        _refusesWiring(around, address(openAuctions));

        around = _newSurroundings();
        around.meters = meters;
        _refusesWiring(around, address(meters));

        // The auctions name the reputation and the escrow of their own market.
        around = _newSurroundings();
        around.reputation = reputation;
        _refusesWiring(around, address(around.auctions));

        around = _newSurroundings();
        around.stakes = escrow;
        _refusesWiring(around, address(around.auctions));
    }

    /// @dev Meters of other people than those of the auctions.
    function test_SE10_Construction_MetersOfAnotherRegister() external {
        Surroundings memory around = _newSurroundings();
        address next = vm.computeCreateAddress(address(this), vm.getNonce(address(this)) + 2);
        IdentityRegistry others = _newIdentities(authority.account, court.account);
        around.meters = _newMeters(others, next);
        _refusesWiring(around, address(around.auctions));
    }

    /// @dev An escrow that all of them name, and that knows one of them less: its money would stay.
    function test_SE10_Construction_EscrowKnowsOneLess() external {
        for (uint256 place = 0; place < 3; ++place) {
            Surroundings memory around = _newSurroundings(place);
            _refusesWiring(around, address(around.stakes));
        }
    }

    /* HELPERS */

    function _refusesEarning(EarningRule memory rule) private {
        vm.expectRevert(
            abi.encodeWithSelector(IChargingSession.SessionBadEarningRule.selector, rule)
        );
        _newSessions(_around(), _windows(), address(0), rule);
    }

    function _earningBy(EarningRule memory rule) private returns (ChargingSession) {
        return _newSessions(_newSurroundings(), _windows(), address(0), rule);
    }

    /// @dev Of the market that stands, which knows one session contract and no other.
    function _around() private view returns (Surroundings memory) {
        return Surroundings(reputation, meters, auctions, openAuctions, coupons, escrow);
    }

    function _refusesWiring(Surroundings memory around, address wrong) private {
        vm.expectRevert(abi.encodeWithSelector(IChargingSession.SessionMiswired.selector, wrong));
        _newSessions(around, _windows(), address(0), _earningRule());
    }

    function _refusesWindow(uint256 place, uint40 window) private {
        uint40[5] memory all = [uint40(1), 1, 1, 1, 1];
        all[place] = window;
        vm.expectRevert(abi.encodeWithSelector(IChargingSession.SessionBadWindow.selector, window));
        _newSessions(
            _around(),
            SessionWindows(all[0], all[1], all[2], all[3], all[4]),
            stranger.account,
            _earningRule()
        );
    }
}
