// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IEscrow} from "../../../contracts/interfaces/IEscrow.sol";
import {MarketBooks} from "./MarketBooks.sol";
import {Actor} from "./Base.sol";

/// @title Money that comes and goes, and people who are suspended
abstract contract MarketMoney is MarketBooks {
    function deposit(uint256 seed) external later(seed) {
        address account = _person(seed, "for").account;
        uint128 amount = uint128(_pick(seed, "amount", DEPOSIT));
        token.mint(stranger.account, amount);
        vm.prank(stranger.account);
        token.approve(address(escrow), amount);

        bytes memory call = abi.encodeCall(IEscrow.deposit, (account, amount));
        if (!_attempt(stranger.account, address(escrow), call, amount != 0)) return;
        wealth[account] += amount;
    }

    function withdraw(uint256 seed) external later(seed) {
        Actor memory person = _person(seed, "who");
        uint128 amount = uint128(_pick(seed, "amount", 2 * DEPOSIT));
        bool possible = amount != 0 && amount <= _free(person);

        bytes memory call = abi.encodeCall(IEscrow.withdraw, (stranger.account, amount));
        if (!_attempt(person.account, address(escrow), call, possible)) return;
        wealth[person.account] -= amount;
    }

    function suspendOrReinstate(uint256 seed) external later(seed) {
        uint256 who = _pick(seed, "who", 2 * SIDE + 1);
        address account = who == 2 * SIDE ? matcher.account : _everybody()[who].account;
        bool isReinstated = _pick(seed, "reinstate", 4) != 0;
        bytes memory call =
            isReinstated
                ? abi.encodeCall(identities.reinstate, (account))
                : abi.encodeCall(identities.suspend, (account));
        _attempt(authority.account, address(identities), call, true);
    }
}
