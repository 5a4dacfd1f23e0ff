// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";

import {SignedCalls} from "../SignedCalls.sol";

/// @title An escrow that asks later markets for approval, and does not count what they lock
/// @notice The attacks of the tests succeed here: whoever approves a market of its own takes its
/// stake out of a trade with somebody else; whoever has approved the escrow itself is at the mercy
/// of everybody that signs; and a withdrawal that was held back counts after one by a call.
contract UncountedEscrow is SignedCalls {
    mapping(address account => uint256) public free;
    mapping(address account => uint256) public locked;
    mapping(address account => mapping(address market => bool)) private _approved;

    error CarelessNo();

    constructor() EIP712("ChargeVeil Escrow", "1") {}

    function approveMarket(address market) external {
        _approved[msg.sender][market] = true;
    }

    function deposit(uint256 amount) external {
        free[msg.sender] += amount;
    }

    function withdraw(address to, uint256 amount) external {
        free[_msgSender()] -= amount;
        free[to] += amount;
    }

    function lock(address account, uint256 amount) external {
        _move(account, amount, free, locked);
    }

    function unlock(address account, uint256 amount) external {
        _move(account, amount, locked, free);
    }

    function _move(
        address account,
        uint256 amount,
        mapping(address => uint256) storage from,
        mapping(address => uint256) storage to
    ) private {
        if (!_approved[account][msg.sender]) revert CarelessNo();
        from[account] -= amount;
        to[account] += amount;
    }
}
