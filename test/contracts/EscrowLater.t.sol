// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {MarketGate} from "../../contracts/MarketGate.sol";
import {IEscrow} from "../../contracts/interfaces/IEscrow.sol";
import {IMarketGate} from "../../contracts/interfaces/IMarketGate.sol";
import {IStakes} from "../../contracts/interfaces/IStakes.sol";
import {Approval, Consent, Stake} from "../../contracts/types/MarketTypes.sol";
import {World} from "../support/contracts/World.sol";

/// @title Later markets, which each user approves for itself
contract EscrowLaterTest is World {
    address private later = address(0x1A7E);

    function setUp() public override {
        super.setUp();
        vm.etch(later, hex"00");
    }

    /* APPROVAL */

    function test_ES5_Approve_And_Revoke() external {
        _assertApproval(0, Consent.None);
        vm.expectEmit(address(escrow));
        emit IEscrow.MarketApproved(vehicle.account, later);
        _approve();
        _assertApproval(0, Consent.Approved);

        _lock(7);
        _assertApproval(7, Consent.Approved);
        vm.expectEmit(address(escrow));
        emit IEscrow.MarketRevoked(vehicle.account, later);
        _revoke();
        _assertApproval(7, Consent.Revoked);

        _approve();
        _assertApproval(7, Consent.Approved);
    }

    function test_ES5_Approve_WhatCanBeNone() external {
        address[4] memory fixedOnes = escrow.markets();
        for (uint256 i = 0; i < 4; ++i) _refusesToApprove(fixedOnes[i]);
        _refusesToApprove(address(0));
        _refusesToApprove(stranger.account);
    }

    function test_ES5_Revoke_WhatWasNotApproved() external {
        bytes memory reason = abi.encodeWithSelector(IEscrow.EscrowNoLaterMarket.selector, later);
        vm.expectRevert(reason);
        _revoke();
        _approve();
        _revoke();
        vm.expectRevert(reason);
        _revoke();
    }

    /* STAKES */

    function test_ES5_Lock_OnlyWhoApproved() external {
        bytes memory reason = _notMarket(later);
        vm.expectRevert(reason);
        _lock(1);
        _approve();
        _lock(1);
        vm.expectRevert(reason);
        vm.prank(later);
        escrow.lock(pile.account, 0);
    }

    function testFuzz_ES5_Release_NoMoreThanItLocked(uint128 own, uint128 others) external {
        others = uint128(_bound(others, 1, FUNDS / 2));
        own = uint128(_bound(own, 0, FUNDS / 2));
        vm.prank(address(auctions));
        escrow.lock(vehicle.account, others);
        _approve();
        _lock(own);

        bytes memory reason = abi.encodeWithSelector(
            IEscrow.EscrowInsufficientLocked.selector,
            vehicle.account,
            own,
            own + 1
        );
        vm.expectRevert(reason);
        vm.prank(later);
        escrow.unlock(vehicle.account, own + 1);
        vm.expectRevert(reason);
        vm.prank(later);
        escrow.unlockEach(_one(vehicle.account), own + 1);
        vm.expectRevert(reason);
        vm.prank(later);
        escrow.pay(vehicle.account, later, own + 1);
        vm.expectRevert(reason);
        vm.prank(later);
        escrow.settle(Stake(vehicle.account, own + 1, 0), Stake(vehicle.account, 0, 0));

        vm.prank(later);
        escrow.pay(vehicle.account, pile.account, own);
        _assertBalance(vehicle.account, FUNDS - others - own, others, "the rest is the auctions'");
        _assertBalance(pile.account, FUNDS + own, 0, "paid");
        _assertApproval(0, Consent.Approved);
    }

    /// @dev Two calls that release nothing of anybody are still refused to who is no market.
    function test_ES3_Release_NothingOfWhoNeverApproved() external {
        bytes memory reason = _notMarket(later);
        vm.expectRevert(reason);
        vm.prank(later);
        escrow.unlock(vehicle.account, 0);
        vm.expectRevert(reason);
        vm.prank(later);
        escrow.unlockEach(_none(), 0);
        _approve();
        vm.expectRevert(reason);
        vm.prank(later);
        escrow.settle(Stake(vehicle.account, 0, 0), Stake(pile.account, 0, 0));
    }

    /* REVOKING */

    function test_ES6_Revoke_EndsNewStakesAndNoneThatRuns() external {
        _approve();
        _lock(100);
        _revoke();
        vm.expectRevert(_notMarket(later));
        _lock(0);

        vm.prank(later);
        escrow.unlock(vehicle.account, 10);
        vm.prank(later);
        escrow.unlockEach(_one(vehicle.account), 20);
        vm.prank(later);
        escrow.pay(vehicle.account, pile.account, 30);
        vm.prank(later);
        escrow.settle(Stake(vehicle.account, 40, 5), Stake(vehicle.account, 0, 0));
        _assertApproval(0, Consent.Revoked);
        _assertBalance(vehicle.account, FUNDS - 30, 0, "all of it has ended");
    }

    /// @dev An auction without bonds: the pile that revokes must not hold up the vehicle's money.
    function test_ES6_Revoke_StakeOfZeroEndsToo() external {
        _approve();
        _lock(DEPOSIT);
        vm.prank(pile.account);
        escrow.approveMarket(later);
        vm.prank(later);
        escrow.lock(pile.account, 0);
        vm.prank(pile.account);
        escrow.revokeMarket(later);

        vm.prank(later);
        escrow.settle(Stake(vehicle.account, DEPOSIT, 5), Stake(pile.account, 0, 0));
        _assertBalance(vehicle.account, FUNDS - 5, 0, "vehicle");
        _assertBalance(pile.account, FUNDS + 5, 0, "pile");
    }

    /* PRICE */

    /// @dev One cold slot more: read for 2,100, and written for 2,900, because stakes are counted.
    function test_ES5_Lock_Price() external {
        _approve();
        uint256 before = gasleft();
        vm.prank(address(auctions));
        escrow.lock(vehicle.account, 1);
        uint256 ofFixed = before - gasleft();
        before = gasleft();
        _lock(1);
        uint256 ofLater = before - gasleft();
        vm.assertLe(ofLater, ofFixed + 5_500, "one slot more");
    }

    /* GATE */

    function test_GATE1_Construction() external {
        address[4] memory markets = [address(1), address(2), address(3), address(4)];
        MarketGate gate = new MarketGate(escrow, markets);
        vm.assertEq(address(gate.escrow()), address(escrow), "escrow");
        for (uint256 i = 0; i < 4; ++i) {
            vm.assertEq(gate.markets()[i], markets[i], "named");
            vm.assertTrue(gate.isMarket(markets[i]), "known");
            address[4] memory bad = gate.markets();
            bad[i] = address(0);
            vm.expectRevert(abi.encodeWithSelector(IStakes.StakesNoMarket.selector, i));
            new MarketGate(escrow, bad);
        }
    }

    function testFuzz_GATE1_OnlyItsMarkets(address caller) external {
        address[4] memory markets = [address(1), address(2), address(3), address(4)];
        for (uint256 i = 0; i < 4; ++i) vm.assume(caller != markets[i]);
        MarketGate gate = new MarketGate(escrow, markets);
        vm.prank(vehicle.account);
        escrow.approveMarket(address(gate));
        bytes[5] memory calls = [
            abi.encodeCall(gate.lock, (vehicle.account, 1)),
            abi.encodeCall(gate.unlock, (vehicle.account, 0)),
            abi.encodeCall(gate.unlockEach, (_none(), 0)),
            abi.encodeCall(gate.settle, (Stake(vehicle.account, 0, 0), Stake(caller, 0, 0))),
            abi.encodeCall(gate.pay, (vehicle.account, caller, 0))
        ];
        for (uint256 i = 0; i < calls.length; ++i) {
            vm.prank(caller);
            (bool done, bytes memory reason) = address(gate).call(calls[i]);
            vm.assertTrue(!done, "refused");
            bytes memory expected = abi.encodeWithSelector(
                IMarketGate.GateNotMarket.selector,
                caller
            );
            vm.assertEq(keccak256(reason), keccak256(expected), "by name");
        }
    }

    /* HELPERS */

    function _approve() private {
        vm.prank(vehicle.account);
        escrow.approveMarket(later);
    }

    function _revoke() private {
        vm.prank(vehicle.account);
        escrow.revokeMarket(later);
    }

    function _lock(uint128 amount) private {
        vm.prank(later);
        escrow.lock(vehicle.account, amount);
    }

    function _refusesToApprove(address market) private {
        vm.expectRevert(abi.encodeWithSelector(IEscrow.EscrowNoLaterMarket.selector, market));
        vm.prank(vehicle.account);
        escrow.approveMarket(market);
    }

    function _notMarket(address caller) private pure returns (bytes memory) {
        return abi.encodeWithSelector(IEscrow.EscrowNotMarket.selector, caller);
    }

    function _assertApproval(uint128 locked, Consent consent) private view {
        Approval memory approval = escrow.approvalOf(vehicle.account, later);
        vm.assertEq(approval.locked, locked, "locked by it");
        vm.assertEq(uint256(approval.consent), uint256(consent), "consent");
    }
}
