// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title An escrow whose deployer names the markets afterwards
/// @notice The attacks of the tests succeed here: whoever names its own account takes what is
/// there, and a factory that deploys it can never name anybody.
contract CarelessEscrow {
    address private immutable _deployer = msg.sender;

    mapping(address account => uint256) public balanceOf;
    mapping(address market => bool) private _markets;

    error CarelessNo();

    function wire(address market) external {
        if (msg.sender != _deployer) revert CarelessNo();
        _markets[market] = true;
    }

    function deposit(uint256 amount) external {
        balanceOf[msg.sender] += amount;
    }

    function pay(address from, address to, uint256 amount) external {
        if (!_markets[msg.sender]) revert CarelessNo();
        balanceOf[from] -= amount;
        balanceOf[to] += amount;
    }
}
