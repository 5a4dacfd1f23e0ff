// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IERC20Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {Escrow} from "../../contracts/Escrow.sol";
import {IEscrow} from "../../contracts/interfaces/IEscrow.sol";
import {IStakes} from "../../contracts/interfaces/IStakes.sol";
import {AuctionId, Stake} from "../../contracts/types/MarketTypes.sol";
import {Digests} from "../support/contracts/Digests.sol";
import {World} from "../support/contracts/World.sol";

/// @dev This contract deploys the escrow of `_fresh` and names itself as its market.
contract EscrowTest is World {
    /* CONSTRUCTION */

    function test_ES3_Construction_NamesTheMarkets() external view {
        address[4] memory markets = escrow.markets();
        vm.assertEq(markets[0], address(auctions), "auctions");
        vm.assertEq(markets[1], address(openAuctions), "open auctions");
        vm.assertEq(markets[2], address(sessions), "sessions");
        vm.assertEq(markets[3], address(coupons), "coupons");
        for (uint256 i = 0; i < 4; ++i) vm.assertTrue(escrow.isMarket(markets[i]), "a market");
    }

    function testFuzz_ES3_Construction_NobodyElseIsAMarket(address account) external view {
        address[4] memory markets = escrow.markets();
        bool isNamed = false;
        for (uint256 i = 0; i < 4; ++i) isNamed = isNamed || account == markets[i];
        vm.assertTrue(escrow.isMarket(account) == isNamed, "named, or none");
        vm.assertTrue(!escrow.isMarket(address(this)), "not the deployer");
    }

    function test_Construction_ZeroMarket() external {
        for (uint256 i = 0; i < 4; ++i) {
            address[4] memory markets = escrow.markets();
            markets[i] = address(0);
            vm.expectRevert(abi.encodeWithSelector(IStakes.StakesNoMarket.selector, i));
            new Escrow(token, markets);
        }
    }

    /* DEPOSIT */

    function testFuzz_ES1_Deposit_ForAnybody(address account, uint128 amount) external {
        vm.assume(account != address(0) && escrow.balanceOf(account).free == 0);
        amount = uint128(_bound(amount, 1, type(uint128).max - token.totalSupply()));
        _approve(stranger.account, amount);
        uint256 before = token.balanceOf(address(escrow));

        vm.expectEmit(address(escrow));
        emit IEscrow.Deposited(account, stranger.account, amount);
        vm.prank(stranger.account);
        escrow.deposit(account, amount);

        _assertBalance(account, amount, 0, "account");
        vm.assertEq(token.balanceOf(address(escrow)) - before, amount, "tokens arrived");
    }

    function test_Deposit_Zero() external {
        vm.expectRevert(abi.encodeWithSelector(IEscrow.EscrowZero.selector));
        escrow.deposit(stranger.account, 0);

        vm.expectRevert(abi.encodeWithSelector(IEscrow.EscrowZero.selector));
        escrow.deposit(address(0), 1);
    }

    function test_ES4_Deposit_WithoutAllowance() external {
        token.mint(stranger.account, 10);

        vm.expectRevert(
            abi.encodeWithSelector(
                IERC20Errors.ERC20InsufficientAllowance.selector,
                address(escrow),
                0,
                10
            )
        );
        vm.prank(stranger.account);
        escrow.deposit(stranger.account, 10);
        _assertBalance(stranger.account, 0, 0, "nothing credited");
    }

    /// @dev Needs 2^128 units of the token: the assumption of the interface, at its edge.
    function test_Deposit_MoreThanAnAccountHolds() external {
        _fund(stranger.account, type(uint128).max);
        _approve(stranger.account, 1);

        vm.expectRevert(_panic(0x11));
        vm.prank(stranger.account);
        escrow.deposit(stranger.account, 1);

        _withdrawAll(stranger.account);
        vm.assertEq(token.balanceOf(stranger.account), uint256(type(uint128).max) + 1, "all back");
    }

    /* DEPOSIT WITH PERMIT */

    function testFuzz_DepositWithPermit(uint128 amount) external {
        amount = uint128(_bound(amount, 1, type(uint64).max));
        token.mint(stranger.account, amount);
        (uint8 v, bytes32 r, bytes32 s) = _permit(amount);

        vm.expectEmit(address(escrow));
        emit IEscrow.Deposited(vehicle.account, stranger.account, amount);
        vm.prank(stranger.account);
        escrow.depositWithPermit(vehicle.account, amount, START, v, r, s);

        _assertBalance(vehicle.account, FUNDS + amount, 0, "vehicle");
    }

    function test_DepositWithPermit_FrontRun() external {
        token.mint(stranger.account, 10);
        (uint8 v, bytes32 r, bytes32 s) = _permit(10);

        vm.prank(pile.account);
        token.permit(stranger.account, address(escrow), 10, START, v, r, s);
        vm.prank(stranger.account);
        escrow.depositWithPermit(stranger.account, 10, START, v, r, s);

        _assertBalance(stranger.account, 10, 0, "depositor");
    }

    /// @dev A relayer who saw the permit cannot spend it on somebody else's balance: it names the
    /// caller as owner.
    function test_DepositWithPermit_OfSomebodyElse() external {
        token.mint(stranger.account, 10);
        (uint8 v, bytes32 r, bytes32 s) = _permit(10);

        vm.expectRevert(
            abi.encodeWithSelector(
                IERC20Errors.ERC20InsufficientAllowance.selector,
                address(escrow),
                0,
                10
            )
        );
        vm.prank(pile.account);
        escrow.depositWithPermit(pile.account, 10, START, v, r, s);
    }

    function test_DepositWithPermit_Expired() external {
        token.mint(stranger.account, 10);
        (uint8 v, bytes32 r, bytes32 s) = _permit(10);

        vm.warp(START + 1);
        vm.expectRevert(
            abi.encodeWithSelector(
                IERC20Errors.ERC20InsufficientAllowance.selector,
                address(escrow),
                0,
                10
            )
        );
        vm.prank(stranger.account);
        escrow.depositWithPermit(stranger.account, 10, START, v, r, s);
    }

    /* WITHDRAW */

    function testFuzz_ES2_Withdraw_ToAnybody(address to, uint128 amount) external {
        vm.assume(to != address(0) && to != address(escrow) && token.balanceOf(to) == 0);
        amount = uint128(_bound(amount, 1, FUNDS));

        vm.expectEmit(address(escrow));
        emit IEscrow.Withdrawn(vehicle.account, to, amount);
        vm.prank(vehicle.account);
        escrow.withdraw(to, amount);

        _assertBalance(vehicle.account, FUNDS - amount, 0, "vehicle");
        vm.assertEq(token.balanceOf(to), amount, "recipient");
    }

    function test_Withdraw_Zero() external {
        vm.expectRevert(abi.encodeWithSelector(IEscrow.EscrowZero.selector));
        vm.prank(vehicle.account);
        escrow.withdraw(vehicle.account, 0);

        vm.expectRevert(abi.encodeWithSelector(IEscrow.EscrowZero.selector));
        vm.prank(vehicle.account);
        escrow.withdraw(address(0), 1);
    }

    function testFuzz_ES3_Withdraw_MoreThanFree(uint128 amount) external {
        AuctionId auctionId = _open(_terms());
        _request(auctionId, vehicle);
        uint128 free = FUNDS - DEPOSIT;
        amount = uint128(_bound(amount, free + 1, type(uint128).max));

        vm.expectRevert(
            abi.encodeWithSelector(
                IEscrow.EscrowInsufficientFree.selector,
                vehicle.account,
                free,
                amount
            )
        );
        vm.prank(vehicle.account);
        escrow.withdraw(vehicle.account, amount);
    }

    /// @dev Tokens sent to the escrow itself would belong to nobody.
    function test_ES4_Withdraw_ToTheEscrow() external {
        vm.expectRevert(abi.encodeWithSelector(IEscrow.EscrowWrongTransfer.selector, 10, 0));
        vm.prank(vehicle.account);
        escrow.withdraw(address(escrow), 10);
    }

    function test_ES1_Donation_BelongsToNobody() external {
        token.mint(address(escrow), 77);

        _withdrawAll(vehicle.account);
        _withdrawAll(otherVehicle.account);
        _withdrawAll(pile.account);
        _withdrawAll(otherPile.account);

        vm.assertEq(token.balanceOf(address(escrow)), 77, "only the donation is left");
    }

    /* MARKETS */

    function testFuzz_ES3_LockUnlock(uint128 locked, uint128 unlocked) external {
        Escrow fresh = _fresh();
        locked = uint128(_bound(locked, 0, FUNDS));
        unlocked = uint128(_bound(unlocked, 0, locked));

        vm.expectEmit(address(fresh));
        emit IEscrow.Locked(vehicle.account, address(this), locked);
        fresh.lock(vehicle.account, locked);
        vm.assertEq(fresh.balanceOf(vehicle.account).free, FUNDS - locked, "free after lock");
        vm.assertEq(fresh.balanceOf(vehicle.account).locked, locked, "locked after lock");

        vm.expectEmit(address(fresh));
        emit IEscrow.Unlocked(vehicle.account, address(this), unlocked);
        fresh.unlock(vehicle.account, unlocked);
        vm.assertEq(
            fresh.balanceOf(vehicle.account).free,
            FUNDS - locked + unlocked,
            "free after unlock"
        );
        vm.assertEq(
            fresh.balanceOf(vehicle.account).locked,
            locked - unlocked,
            "locked after unlock"
        );
    }

    /// @dev Who stands in the list twice is unlocked twice.
    function testFuzz_ES3_UnlockEach(uint128 locked, uint128 amount) external {
        Escrow fresh = _fresh();
        locked = uint128(_bound(locked, 0, FUNDS));
        amount = uint128(_bound(amount, 0, locked / 2));
        fresh.lock(vehicle.account, locked);
        address[] memory twice = _two(vehicle.account, vehicle.account);

        for (uint256 i = 0; i < 2; ++i) {
            vm.expectEmit(address(fresh));
            emit IEscrow.Unlocked(vehicle.account, address(this), amount);
        }
        fresh.unlockEach(twice, amount);
        uint256 left = locked - 2 * uint256(amount);
        vm.assertEq(fresh.balanceOf(vehicle.account).locked, left, "locked");
        vm.assertEq(fresh.balanceOf(vehicle.account).free, FUNDS - left, "free");
    }

    function test_ES3_UnlockEach_AllOrNone() external {
        Escrow fresh = _fresh();
        fresh.lock(vehicle.account, 10);

        vm.expectRevert(
            abi.encodeWithSelector(IEscrow.EscrowInsufficientLocked.selector, pile.account, 0, 10)
        );
        fresh.unlockEach(_two(vehicle.account, pile.account), 10);
        vm.assertEq(fresh.balanceOf(vehicle.account).locked, 10, "still locked");
    }

    function testFuzz_ES3_Pay(uint128 locked, uint128 paid) external {
        Escrow fresh = _fresh();
        locked = uint128(_bound(locked, 0, FUNDS));
        paid = uint128(_bound(paid, 0, locked));
        fresh.lock(vehicle.account, locked);

        vm.expectEmit(address(fresh));
        emit IEscrow.Paid(vehicle.account, pile.account, address(this), paid);
        fresh.pay(vehicle.account, pile.account, paid);

        vm.assertEq(fresh.balanceOf(vehicle.account).free, FUNDS - locked, "payer free");
        vm.assertEq(fresh.balanceOf(vehicle.account).locked, locked - paid, "payer locked");
        vm.assertEq(fresh.balanceOf(pile.account).free, paid, "payee free");
        vm.assertEq(fresh.balanceOf(pile.account).locked, 0, "payee locked");
    }

    function testFuzz_ES2_Settle_BothStakesEnd(
        uint128[2] memory locked,
        uint128[2] memory owed
    ) external {
        Escrow fresh = _fresh();
        for (uint256 i = 0; i < 2; ++i) {
            locked[i] = uint128(_bound(locked[i], 0, FUNDS));
            owed[i] = uint128(_bound(owed[i], 0, locked[i]));
        }
        token.mint(address(this), FUNDS);
        token.approve(address(fresh), FUNDS);
        fresh.deposit(pile.account, FUNDS);
        fresh.lock(vehicle.account, locked[0]);
        fresh.lock(pile.account, locked[1]);

        fresh.settle(
            Stake(vehicle.account, locked[0], owed[0]),
            Stake(pile.account, locked[1], owed[1])
        );
        vm.assertEq(fresh.balanceOf(vehicle.account).locked, 0, "nothing is locked");
        vm.assertEq(fresh.balanceOf(pile.account).locked, 0, "on either side");
        uint256 left = uint256(FUNDS) - owed[0] + owed[1];
        vm.assertEq(fresh.balanceOf(vehicle.account).free, left, "first");
        vm.assertEq(fresh.balanceOf(pile.account).free, 2 * uint256(FUNDS) - left, "second");
    }

    /// @dev Who stands on both sides pays itself.
    function test_ES2_Settle_WithItself() external {
        Escrow fresh = _fresh();
        fresh.lock(vehicle.account, 30);

        fresh.settle(Stake(vehicle.account, 10, 4), Stake(vehicle.account, 20, 7));
        vm.assertEq(fresh.balanceOf(vehicle.account).locked, 0, "locked");
        vm.assertEq(fresh.balanceOf(vehicle.account).free, FUNDS, "free");
    }

    function test_ES3_Settle_MoreThanLocked() external {
        Escrow fresh = _fresh();
        fresh.lock(vehicle.account, 10);

        vm.expectRevert(
            abi.encodeWithSelector(IEscrow.EscrowInsufficientLocked.selector, pile.account, 0, 1)
        );
        fresh.settle(Stake(vehicle.account, 10, 10), Stake(pile.account, 1, 0));
        vm.assertEq(fresh.balanceOf(vehicle.account).locked, 10, "still locked");
    }

    function test_ES3_Settle_OwesMoreThanItsStake() external {
        Escrow fresh = _fresh();
        fresh.lock(vehicle.account, 10);

        vm.expectRevert(_panic(0x11));
        fresh.settle(Stake(vehicle.account, 9, 10), Stake(pile.account, 0, 0));
    }

    function testFuzz_ES3_Lock_MoreThanFree(uint128 amount) external {
        Escrow fresh = _fresh();
        amount = uint128(_bound(amount, FUNDS + 1, type(uint128).max));

        vm.expectRevert(
            abi.encodeWithSelector(
                IEscrow.EscrowInsufficientFree.selector,
                vehicle.account,
                FUNDS,
                amount
            )
        );
        fresh.lock(vehicle.account, amount);
    }

    function testFuzz_ES3_UnlockOrPay_MoreThanLocked(uint128 locked, uint128 amount) external {
        Escrow fresh = _fresh();
        locked = uint128(_bound(locked, 0, FUNDS));
        amount = uint128(_bound(amount, uint256(locked) + 1, type(uint128).max));
        fresh.lock(vehicle.account, locked);
        bytes memory reason = abi.encodeWithSelector(
            IEscrow.EscrowInsufficientLocked.selector,
            vehicle.account,
            locked,
            amount
        );

        vm.expectRevert(reason);
        fresh.unlock(vehicle.account, amount);

        vm.expectRevert(reason);
        fresh.pay(vehicle.account, pile.account, amount);
    }

    function testFuzz_ES3_Markets_NobodyElse(address caller) external {
        address[4] memory markets = escrow.markets();
        for (uint256 i = 0; i < markets.length; ++i) vm.assume(caller != markets[i]);
        bytes memory reason = abi.encodeWithSelector(IEscrow.EscrowNotMarket.selector, caller);

        vm.expectRevert(reason);
        vm.prank(caller);
        escrow.lock(vehicle.account, 1);

        vm.expectRevert(reason);
        vm.prank(caller);
        escrow.unlock(vehicle.account, 1);

        vm.expectRevert(reason);
        vm.prank(caller);
        escrow.unlockEach(_one(vehicle.account), 1);

        vm.expectRevert(reason);
        vm.prank(caller);
        escrow.pay(vehicle.account, caller, 1);

        vm.expectRevert(reason);
        vm.prank(caller);
        escrow.settle(Stake(vehicle.account, 1, 1), Stake(caller, 0, 0));
    }

    function test_Token_IsNamed() external view {
        vm.assertEq(address(escrow.token()), address(IERC20(token)), "token");
    }

    /* HELPERS */

    /// @dev An escrow whose only market is this contract; the vehicle has `FUNDS` in it.
    function _fresh() private returns (Escrow fresh) {
        fresh = _escrowOf(token, address(this));
        token.mint(address(this), FUNDS);
        token.approve(address(fresh), FUNDS);
        fresh.deposit(vehicle.account, FUNDS);
    }

    function _approve(address owner, uint128 amount) private {
        token.mint(owner, amount);
        vm.prank(owner);
        token.approve(address(escrow), amount);
    }

    /// @dev The stranger's permit for the escrow, good until `START`.
    function _permit(uint256 amount) private view returns (uint8, bytes32, bytes32) {
        bytes32 digest = Digests.permitDigest(
            token.DOMAIN_SEPARATOR(),
            stranger.account,
            address(escrow),
            amount,
            token.nonces(stranger.account),
            START
        );
        return vm.sign(stranger.key, digest);
    }
}
