// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {ERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Permit.sol";

/// @title A stable token for local chains
/// @notice Anyone mints: it is worth nothing. Six decimals, like the stable tokens that people
/// know.
contract DemoToken is ERC20Permit {
    constructor() ERC20("ChargeVeil Demo", "CVD") ERC20Permit("ChargeVeil Demo") {}

    function mint(address to, uint256 amount) external {
        _mint(to, amount);
    }

    function decimals() public pure override returns (uint8) {
        return 6;
    }
}
