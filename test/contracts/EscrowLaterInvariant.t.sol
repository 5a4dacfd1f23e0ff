// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Escrow} from "../../contracts/Escrow.sol";
import {IEscrow} from "../../contracts/interfaces/IEscrow.sol";
import {IStakes} from "../../contracts/interfaces/IStakes.sol";
import {DemoToken} from "../../contracts/mocks/DemoToken.sol";
import {Approval, Balance, Stake} from "../../contracts/types/MarketTypes.sol";
import {Campaign, Handler} from "../support/contracts/Handler.sol";

/// @title Users who approve and revoke later markets, which do what they like
/// @dev Market 0 is the escrow's own and ends what it has locked itself, as the real ones do (AU-2,
/// SE-2, CO-1); markets 1 and 2 are later ones and try everything.
contract EscrowLaterHandler is Handler {
    uint256 private constant USERS = 3;
    uint256 private constant MARKETS = 3;
    uint128 private constant FUNDS = 1_000;

    Escrow public immutable escrow;
    DemoToken public immutable token;
    address[USERS] private _users = [address(0xE1), address(0xE2), address(0xE3)];
    address[MARKETS] private _markets = [address(0x3A41), address(0x3B41), address(0x3B42)];

    mapping(address user => uint256) public wealth;
    mapping(address user => mapping(address market => uint256)) public lockedBy;
    mapping(address user => mapping(address market => bool)) private _approved;
    mapping(address user => mapping(address market => bool)) private _known;

    constructor() {
        token = new DemoToken();
        address[4] memory own = [_markets[0], address(1), address(2), address(3)];
        escrow = new Escrow(token, own);
        token.mint(address(this), USERS * FUNDS);
        token.approve(address(escrow), USERS * FUNDS);
        for (uint256 i = 0; i < USERS; ++i) {
            escrow.deposit(_users[i], FUNDS);
            wealth[_users[i]] = FUNDS;
        }
        for (uint256 i = 1; i < MARKETS; ++i) vm.etch(_markets[i], hex"00");
    }

    function actions() public pure override returns (bytes4[] memory list) {
        list = new bytes4[](6);
        list[0] = this.approve.selector;
        list[1] = this.revoke.selector;
        list[2] = this.lock.selector;
        list[3] = this.unlock.selector;
        list[4] = this.pay.selector;
        list[5] = this.settle.selector;
    }

    function milestones() public view override returns (bytes4[] memory list) {
        list = new bytes4[](6);
        list[0] = escrow.approveMarket.selector;
        list[1] = escrow.revokeMarket.selector;
        list[2] = escrow.lock.selector;
        list[3] = escrow.unlock.selector;
        list[4] = escrow.pay.selector;
        list[5] = escrow.settle.selector;
    }

    function users() external view returns (address[USERS] memory) {
        return _users;
    }

    function markets() external view returns (address[MARKETS] memory) {
        return _markets;
    }

    function approve(uint256 seed) external {
        (address user, uint256 place) = (_user(seed, "user"), _pick(seed, "market", MARKETS));
        address market = _markets[place];
        bytes memory call = abi.encodeCall(IEscrow.approveMarket, (market));
        if (!_attempt(user, address(escrow), call, place != 0)) return;
        (_approved[user][market], _known[user][market]) = (true, true);
    }

    function revoke(uint256 seed) external {
        (address user, address market) = (_user(seed, "user"), _market(seed));
        bytes memory call = abi.encodeCall(IEscrow.revokeMarket, (market));
        if (!_attempt(user, address(escrow), call, _approved[user][market])) return;
        _approved[user][market] = false;
    }

    function lock(uint256 seed) external {
        (address user, address market) = (_user(seed, "user"), _market(seed));
        uint256 free = wealth[user] - lockedOf(user);
        uint128 amount = _amount(seed, free);
        bool possible = amount <= free && (market == _markets[0] || _approved[user][market]);
        bytes memory call = abi.encodeCall(IStakes.lock, (user, amount));
        if (!_attempt(market, address(escrow), call, possible)) return;
        lockedBy[user][market] += amount;
    }

    function unlock(uint256 seed) external {
        (address user, address market) = (_user(seed, "user"), _market(seed));
        (uint128 amount, bool possible) = _release(seed, user, market);
        bytes memory call = abi.encodeCall(IStakes.unlock, (user, amount));
        if (!_attempt(market, address(escrow), call, possible)) return;
        lockedBy[user][market] -= amount;
    }

    function pay(uint256 seed) external {
        (address from, address to) = (_user(seed, "user"), _user(seed, "to"));
        address market = _market(seed);
        (uint128 amount, bool possible) = _release(seed, from, market);
        bytes memory call = abi.encodeCall(IStakes.pay, (from, to, amount));
        if (!_attempt(market, address(escrow), call, possible)) return;
        lockedBy[from][market] -= amount;
        wealth[from] -= amount;
        wealth[to] += amount;
    }

    /// @dev Between two users, or one and itself with nothing.
    function settle(uint256 seed) external {
        (address first, address second) = (_user(seed, "user"), _user(seed, "to"));
        address market = _market(seed);
        (uint128 amount, bool possible) = _release(seed, first, market);
        uint128 owed = uint128(_pick(seed, "owed", uint256(amount) + 1));
        bool isKnown = market == _markets[0] || _known[second][market];
        bytes memory call = abi.encodeCall(
            IStakes.settle,
            (Stake(first, amount, owed), Stake(second, 0, 0))
        );
        if (!_attempt(market, address(escrow), call, possible && isKnown)) return;
        lockedBy[first][market] -= amount;
        wealth[first] -= owed;
        wealth[second] += owed;
    }

    function lockedOf(address user) public view returns (uint256 sum) {
        for (uint256 i = 0; i < MARKETS; ++i) sum += lockedBy[user][_markets[i]];
    }

    /// @dev The escrow's own market asks for what it has locked, or for more than anybody has.
    function _release(
        uint256 seed,
        address user,
        address market
    ) private view returns (uint128 amount, bool possible) {
        uint256 own = lockedBy[user][market];
        amount = _amount(seed, own);
        bool isOwn = market == _markets[0];
        if (isOwn && amount > own) amount = uint128(lockedOf(user)) + 1;
        possible = amount <= own && (isOwn || _known[user][market]);
    }

    function _user(uint256 seed, string memory what) private view returns (address) {
        return _users[_pick(seed, what, USERS)];
    }

    function _market(uint256 seed) private view returns (address) {
        return _markets[_pick(seed, "market", MARKETS)];
    }

    /// @dev Mostly what is there or less, sometimes one more.
    function _amount(uint256 seed, uint256 available) private pure returns (uint128) {
        return uint128(_pick(seed, "amount", available + 2));
    }
}

/// @title Escrow under later markets
contract EscrowLaterInvariantTest is Campaign {
    EscrowLaterHandler private handler;

    function setUp() external {
        handler = new EscrowLaterHandler();
        _target(handler);
    }

    function invariant_ES5_ES6_EachMarketHasItsOwnStakes() external view {
        address[3] memory markets = handler.markets();
        address[3] memory users = handler.users();
        for (uint256 i = 0; i < users.length; ++i) {
            for (uint256 j = 1; j < markets.length; ++j) {
                Approval memory approval = handler.escrow().approvalOf(users[i], markets[j]);
                vm.assertEq(approval.locked, handler.lockedBy(users[i], markets[j]), "counted");
            }
        }
    }

    function invariant_ES1_ES2_BalancesAreTheSums() external view {
        address[3] memory users = handler.users();
        uint256 owed = 0;
        for (uint256 i = 0; i < users.length; ++i) {
            Balance memory balance = handler.escrow().balanceOf(users[i]);
            uint256 wealth = uint256(balance.free) + balance.locked;
            vm.assertEq(wealth, handler.wealth(users[i]), "free and locked");
            vm.assertEq(balance.locked, handler.lockedOf(users[i]), "locked by all markets");
            owed += wealth;
        }
        vm.assertEq(handler.token().balanceOf(address(handler.escrow())), owed, "tokens");
    }

    function test_Campaign_DoesEverything() external {
        _walk(handler, 0x1a7e, 300);
        _assertAllDone(handler);
    }
}
