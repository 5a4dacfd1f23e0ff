// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title A token from before ERC-20 was final
/// @notice Returns nothing from `transfer`, `transferFrom` and `approve`, takes a new allowance only
/// where none is left, as Tether's does, and has no permits; tries whether honest old tokens work.
contract NoReturnToken {
    mapping(address account => uint256) public balanceOf;
    mapping(address owner => mapping(address spender => uint256)) public allowance;

    error NoReturnTokenInsufficient(uint256 available, uint256 amount);
    error NoReturnTokenAllowanceLeft(uint256 left);

    function mint(address to, uint256 amount) external {
        balanceOf[to] += amount;
    }

    function approve(address spender, uint256 amount) external {
        uint256 left = allowance[msg.sender][spender];
        if (amount != 0 && left != 0) revert NoReturnTokenAllowanceLeft(left);

        allowance[msg.sender][spender] = amount;
    }

    function transfer(address to, uint256 amount) external {
        _move(msg.sender, to, amount);
    }

    function transferFrom(address from, address to, uint256 amount) external {
        uint256 allowed = allowance[from][msg.sender];
        if (allowed < amount) revert NoReturnTokenInsufficient(allowed, amount);

        allowance[from][msg.sender] = allowed - amount;
        _move(from, to, amount);
    }

    function decimals() external pure returns (uint8) {
        return 6;
    }

    function _move(address from, address to, uint256 amount) private {
        if (balanceOf[from] < amount) revert NoReturnTokenInsufficient(balanceOf[from], amount);

        balanceOf[from] -= amount;
        balanceOf[to] += amount;
    }
}
