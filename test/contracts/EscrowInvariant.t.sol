// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Escrow} from "../../contracts/Escrow.sol";
import {IEscrow} from "../../contracts/interfaces/IEscrow.sol";
import {IStakes} from "../../contracts/interfaces/IStakes.sol";
import {DemoToken} from "../../contracts/mocks/DemoToken.sol";
import {Balance} from "../../contracts/types/MarketTypes.sol";
import {Campaign, Handler} from "../support/contracts/Handler.sol";
import {Digests} from "../support/contracts/Digests.sol";

/// @title Everything that can be done to an escrow, by users, markets and others
/// @dev The markets are bare accounts: this is the world in which markets do what they like.
contract EscrowHandler is Handler {
    uint256 private constant USERS = 4;

    Escrow public immutable escrow;
    DemoToken public immutable token;
    /// @dev User i has the key i + 1.
    address[] private _users;
    address[4] private _markets = [
        address(0x3A41),
        address(0x3A42),
        address(0x3A43),
        address(0x3A44)
    ];

    /// @dev What each user must have, from the calls that succeeded.
    mapping(address user => uint256) public wealth;
    mapping(address user => uint256) public locked;
    /// @dev Sent without `deposit`.
    uint256 public donated;

    constructor() {
        token = new DemoToken();
        escrow = new Escrow(token, _markets);
        for (uint256 i = 0; i < USERS; ++i) {
            _users.push(vm.addr(i + 1));
            token.mint(_users[i], 1_000e6);
            vm.prank(_users[i]);
            token.approve(address(escrow), type(uint256).max);
        }
    }

    function actions() public pure override returns (bytes4[] memory list) {
        list = new bytes4[](9);
        list[0] = this.deposit.selector;
        list[1] = this.depositWithPermit.selector;
        list[2] = this.withdraw.selector;
        list[3] = this.lock.selector;
        list[4] = this.unlock.selector;
        list[5] = this.pay.selector;
        list[6] = this.donate.selector;
        list[7] = this.intrude.selector;
        list[8] = this.unlockEach.selector;
    }

    function milestones() public view override returns (bytes4[] memory list) {
        list = new bytes4[](8);
        list[0] = escrow.deposit.selector;
        list[1] = escrow.depositWithPermit.selector;
        list[2] = escrow.withdraw.selector;
        list[3] = escrow.lock.selector;
        list[4] = escrow.unlock.selector;
        list[5] = escrow.pay.selector;
        list[6] = token.transfer.selector;
        list[7] = escrow.unlockEach.selector;
    }

    function users() external view returns (address[] memory) {
        return _users;
    }

    function deposit(uint256 seed) external {
        address from = _user(seed, "from");
        address to = _user(seed, "to");
        uint128 amount = _amount(seed, token.balanceOf(from));
        bool possible = amount != 0 && amount <= token.balanceOf(from);

        bytes memory call = abi.encodeCall(IEscrow.deposit, (to, amount));
        if (!_attempt(from, address(escrow), call, possible)) return;
        wealth[to] += amount;
    }

    /// @dev The permit may be good, spent before by somebody else, or nonsense; the allowance
    /// decides.
    function depositWithPermit(uint256 seed) external {
        uint256 key = 1 + _pick(seed, "from", USERS);
        address from = _users[key - 1];
        uint128 amount = _amount(seed, token.balanceOf(from));
        if (amount == 0 || amount > token.balanceOf(from)) return;
        vm.prank(from);
        token.approve(address(escrow), 0);
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, _permitDigest(from, amount));
        bool spoilt = _pick(seed, "spoilt", 3) == 0;
        if (spoilt) v = 0;
        if (_pick(seed, "front run", 3) == 0 && !spoilt) {
            token.permit(from, address(escrow), amount, block.timestamp, v, r, s);
        }

        bytes memory call = abi.encodeCall(
            IEscrow.depositWithPermit,
            (from, amount, block.timestamp, v, r, s)
        );
        if (_attempt(from, address(escrow), call, !spoilt)) wealth[from] += amount;
        vm.prank(from);
        token.approve(address(escrow), type(uint256).max);
    }

    function withdraw(uint256 seed) external {
        address from = _user(seed, "from");
        uint256 free = wealth[from] - locked[from];
        uint128 amount = _amount(seed, free);

        bytes memory call = abi.encodeCall(IEscrow.withdraw, (_user(seed, "to"), amount));
        if (!_attempt(from, address(escrow), call, amount != 0 && amount <= free)) return;
        wealth[from] -= amount;
    }

    function lock(uint256 seed) external {
        address user = _user(seed, "user");
        uint256 free = wealth[user] - locked[user];
        uint128 amount = _amount(seed, free);

        bytes memory call = abi.encodeCall(IStakes.lock, (user, amount));
        if (!_attempt(_market(seed), address(escrow), call, amount <= free)) return;
        locked[user] += amount;
    }

    function unlock(uint256 seed) external {
        address user = _user(seed, "user");
        uint128 amount = _amount(seed, locked[user]);

        bytes memory call = abi.encodeCall(IStakes.unlock, (user, amount));
        if (!_attempt(_market(seed), address(escrow), call, amount <= locked[user])) return;
        locked[user] -= amount;
    }

    /// @dev Two users, or one twice.
    function unlockEach(uint256 seed) external {
        address[] memory list = new address[](2);
        (list[0], list[1]) = (_user(seed, "first"), _user(seed, "second"));
        uint128 amount = _amount(seed, locked[list[0]] / 2);
        uint256 ofFirst = list[0] == list[1] ? 2 * uint256(amount) : amount;
        bool possible = ofFirst <= locked[list[0]] && amount <= locked[list[1]];

        bytes memory call = abi.encodeCall(IStakes.unlockEach, (list, amount));
        if (!_attempt(_market(seed), address(escrow), call, possible)) return;
        locked[list[0]] -= amount;
        locked[list[1]] -= amount;
    }

    /// @dev Also to oneself.
    function pay(uint256 seed) external {
        address from = _user(seed, "from");
        address to = _user(seed, "to");
        uint128 amount = _amount(seed, locked[from]);

        bytes memory call = abi.encodeCall(IStakes.pay, (from, to, amount));
        if (!_attempt(_market(seed), address(escrow), call, amount <= locked[from])) return;
        locked[from] -= amount;
        wealth[from] -= amount;
        wealth[to] += amount;
    }

    function donate(uint256 seed) external {
        address from = _user(seed, "from");
        uint128 amount = _amount(seed, token.balanceOf(from));
        bool possible = amount <= token.balanceOf(from);

        bytes memory call = abi.encodeCall(token.transfer, (address(escrow), amount));
        if (!_attempt(from, address(token), call, possible)) return;
        donated += amount;
    }

    /// @dev Users and the deployer reach for what is the markets' or is over.
    function intrude(uint256 seed) external {
        address user = _user(seed, "user");
        address caller = _pick(seed, "caller", 2) == 0 ? address(this) : user;
        bytes[4] memory calls = [
            abi.encodeCall(IStakes.lock, (user, 0)),
            abi.encodeCall(IStakes.unlock, (user, 0)),
            abi.encodeCall(IStakes.pay, (user, caller, 0)),
            abi.encodeCall(IStakes.unlockEach, (_users, 0))
        ];

        _attempt(caller, address(escrow), calls[_pick(seed, "call", 4)], false);
    }

    /// @dev The markets give back what they hold, everybody leaves, and the donations remain.
    function drain() external {
        for (uint256 i = 0; i < USERS; ++i) {
            address user = _users[i];
            uint128 held = escrow.balanceOf(user).locked;
            vm.prank(_markets[i % 2]);
            escrow.unlock(user, held);
            Balance memory balance = escrow.balanceOf(user);
            if (balance.free == 0) continue;
            vm.prank(user);
            escrow.withdraw(user, balance.free);
        }
        vm.assertEq(token.balanceOf(address(escrow)), donated, "only donations are left");
    }

    function _permitDigest(address from, uint256 amount) private view returns (bytes32) {
        return
            Digests.permitDigest(
                token.DOMAIN_SEPARATOR(),
                from,
                address(escrow),
                amount,
                token.nonces(from),
                block.timestamp
            );
    }

    function _user(uint256 seed, string memory what) private view returns (address) {
        return _users[_pick(seed, what, USERS)];
    }

    function _market(uint256 seed) private view returns (address) {
        return _markets[_pick(seed, "market", 2)];
    }

    /// @dev Mostly what is there or less, sometimes one more.
    function _amount(uint256 seed, uint256 available) private pure returns (uint128) {
        return uint128(_pick(seed, "amount", available + 2));
    }
}

/// @title Escrow under any users and any markets
contract EscrowInvariantTest is Campaign {
    EscrowHandler private handler;

    function setUp() external {
        handler = new EscrowHandler();
        _target(handler);
    }

    function invariant_ES1_TokensAreFreePlusLocked() external view {
        uint256 owed = 0;
        address[] memory users = handler.users();
        for (uint256 i = 0; i < users.length; ++i) {
            Balance memory balance = handler.escrow().balanceOf(users[i]);
            owed += uint256(balance.free) + balance.locked;
        }
        uint256 held = handler.token().balanceOf(address(handler.escrow()));
        vm.assertEq(held, owed + handler.donated(), "tokens");
    }

    function invariant_ES2_ES3_BalancesChangeByTheirOwnersActsOnly() external view {
        address[] memory users = handler.users();
        for (uint256 i = 0; i < users.length; ++i) {
            Balance memory balance = handler.escrow().balanceOf(users[i]);
            uint256 wealth = uint256(balance.free) + balance.locked;
            vm.assertEq(wealth, handler.wealth(users[i]), "free and locked");
            vm.assertEq(balance.locked, handler.locked(users[i]), "locked");
        }
    }

    /// @dev At the end of every run.
    function afterInvariant() external {
        handler.drain();
    }

    function test_Campaign_DoesEverything() external {
        _walk(handler, 0x5eed, 300);
        _assertAllDone(handler);
        handler.drain();
    }
}
