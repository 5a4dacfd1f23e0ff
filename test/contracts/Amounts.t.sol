// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Amounts} from "../../contracts/libraries/Amounts.sol";
import {Base} from "../support/contracts/Base.sol";

contract AmountsTest is Base {
    function test_AmountDown_Vectors() external pure {
        vm.assertEq(Amounts.amountDown(0, 450_000, 1e6), 0, "no energy");
        vm.assertEq(Amounts.amountDown(1_000, 0, 1e6), 0, "no price");
        vm.assertEq(Amounts.amountDown(1_000, 450_000, 1e6), 450_000, "one kWh");
        vm.assertEq(Amounts.amountDown(1, 999, 1e6), 0, "less than a unit");
        vm.assertEq(Amounts.amountDown(3, 333, 1e6), 0, "0.999 of a unit");
        vm.assertEq(Amounts.amountDown(1_999, 1, 1e6), 1, "1.999 units");
        vm.assertEq(Amounts.amountDown(1_000, 1e6, 1e6), 1e6, "exactly the deposit");
        vm.assertEq(Amounts.amountDown(1_001, 1e6, 1e6), 1e6, "above the deposit");
        vm.assertEq(
            Amounts.amountDown(type(uint64).max, type(uint64).max, type(uint128).max),
            340282366920938463426481119284349108,
            "largest factors"
        );
    }

    /// @dev SE-3: the largest whole number of units that is not more than energy × price, nor the
    /// deposit.
    function testFuzz_SE3_AmountDown(
        uint64 energyWh,
        uint64 pricePerKwh,
        uint128 deposit
    ) external pure {
        uint256 amount = Amounts.amountDown(energyWh, pricePerKwh, deposit);
        uint256 exact = uint256(energyWh) * pricePerKwh;

        vm.assertLe(amount, deposit, "deposit");
        vm.assertLe(amount * 1000, exact, "rounded down");
        if (amount < deposit) vm.assertGt((amount + 1) * 1000, exact, "by less than a unit");
    }

    function testFuzz_SE2_NoShowFee(uint128 deposit, uint128 bond) external pure {
        uint256 fee = Amounts.noShowFee(deposit, bond);
        vm.assertLe(fee, deposit, "deposit");
        vm.assertLe(fee, bond, "bond");
        vm.assertTrue(fee == deposit || fee == bond, "one of them");
    }
}
