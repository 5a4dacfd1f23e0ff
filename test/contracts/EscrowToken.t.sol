// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ReentrancyGuard} from "@openzeppelin/contracts/utils/ReentrancyGuard.sol";
import {IEscrow} from "../../contracts/interfaces/IEscrow.sol";
import {DemoToken} from "../../contracts/mocks/DemoToken.sol";
import {FalseToken} from "../../contracts/mocks/FalseToken.sol";
import {FeeToken} from "../../contracts/mocks/FeeToken.sol";
import {NoReturnToken} from "../../contracts/mocks/NoReturnToken.sol";
import {ReenteringToken} from "../../contracts/mocks/ReenteringToken.sol";
import {AuctionId, ParticipantKind} from "../../contracts/types/MarketTypes.sol";
import {World} from "../support/contracts/World.sol";

/// @title ES-4: what hostile tokens try
contract EscrowTokenTest is World {
    uint128 private constant AMOUNT = 100;

    /* FALSE */

    function test_ES4_FalseToken_Deposit() external {
        FalseToken hostile = new FalseToken();
        _move(hostile);
        _depositAs(hostile, AMOUNT);
        hostile.startFailing();

        vm.expectRevert(_safeError(address(hostile)));
        vm.prank(stranger.account);
        escrow.deposit(stranger.account, AMOUNT);
        _assertBalance(stranger.account, AMOUNT, 0, "nothing more credited");
    }

    function test_ES4_FalseToken_Withdraw() external {
        FalseToken hostile = new FalseToken();
        _move(hostile);
        _depositAs(hostile, AMOUNT);
        hostile.startFailing();

        vm.expectRevert(_safeError(address(hostile)));
        vm.prank(stranger.account);
        escrow.withdraw(stranger.account, AMOUNT);
        _assertBalance(stranger.account, AMOUNT, 0, "nothing debited");
    }

    function test_ES4_NoToken() external {
        escrow = _escrowOf(IERC20(address(0xDEAD)), address(this));

        // The code that is not there is asked for a balance first: no data, no custom error.
        vm.expectRevert(bytes(""));
        escrow.deposit(stranger.account, AMOUNT);
    }

    /* FEES */

    function testFuzz_ES4_FeeToken_Deposit(uint128 fee) external {
        fee = uint128(_bound(fee, 1, AMOUNT));
        FeeToken hostile = new FeeToken();
        _move(hostile);
        _allow(hostile, AMOUNT);
        hostile.setFees(fee, 0);

        vm.expectRevert(
            abi.encodeWithSelector(IEscrow.EscrowWrongTransfer.selector, AMOUNT, AMOUNT - fee)
        );
        vm.prank(stranger.account);
        escrow.deposit(stranger.account, AMOUNT);
        _assertBalance(stranger.account, 0, 0, "nothing credited");
    }

    function testFuzz_ES4_FeeToken_WithdrawTakesMoreFromTheEscrow(uint128 fee) external {
        fee = uint128(_bound(fee, 1, AMOUNT));
        FeeToken hostile = new FeeToken();
        _move(hostile);
        _depositAs(hostile, AMOUNT);
        hostile.mint(address(escrow), AMOUNT);
        hostile.setFees(0, fee);

        vm.expectRevert(
            abi.encodeWithSelector(IEscrow.EscrowWrongTransfer.selector, AMOUNT, AMOUNT + fee)
        );
        vm.prank(stranger.account);
        escrow.withdraw(stranger.account, AMOUNT);
        _assertBalance(stranger.account, AMOUNT, 0, "nothing debited");
    }

    /// @dev A fee that only the recipient bears leaves the escrow exact; refusing it would keep the
    /// money in.
    function test_ES1_FeeToken_WithdrawAtTheRecipientsCost() external {
        FeeToken hostile = new FeeToken();
        _move(hostile);
        _depositAs(hostile, AMOUNT);
        hostile.setFees(1, 0);

        vm.prank(stranger.account);
        escrow.withdraw(stranger.account, AMOUNT);
        vm.assertEq(hostile.balanceOf(stranger.account), AMOUNT - 1, "recipient");
        vm.assertEq(hostile.balanceOf(address(escrow)), 0, "escrow");
        _assertBalance(stranger.account, 0, 0, "all debited");
    }

    /* NO RETURN VALUE */

    function testFuzz_NoReturnToken_Works(uint128 amount) external {
        amount = uint128(_bound(amount, 1, type(uint128).max));
        NoReturnToken old = new NoReturnToken();
        escrow = _escrowOf(IERC20(address(old)), address(this));
        old.mint(stranger.account, amount);
        vm.prank(stranger.account);
        old.approve(address(escrow), amount);

        vm.prank(stranger.account);
        escrow.deposit(stranger.account, amount);
        vm.assertEq(old.balanceOf(address(escrow)), amount, "in");

        vm.prank(stranger.account);
        escrow.withdraw(vehicle.account, amount);
        vm.assertEq(old.balanceOf(vehicle.account), amount, "out");
    }

    /// @dev It has no permit either: the call fails, the allowance decides.
    function test_NoReturnToken_DepositWithPermit() external {
        NoReturnToken old = new NoReturnToken();
        escrow = _escrowOf(IERC20(address(old)), address(this));
        old.mint(stranger.account, AMOUNT);
        vm.prank(stranger.account);
        old.approve(address(escrow), AMOUNT);

        vm.prank(stranger.account);
        escrow.depositWithPermit(stranger.account, AMOUNT, START, 27, bytes32(0), bytes32(0));
        _assertBalance(stranger.account, AMOUNT, 0, "depositor");
    }

    /* RE-ENTRY */

    function test_ES4_ReenteringToken_DepositInDeposit() external {
        ReenteringToken hostile = _reentering();
        bytes memory inner = abi.encodeCall(IEscrow.deposit, (address(hostile), AMOUNT));
        hostile.arm(ReenteringToken.Manner.PassOnFailure, address(escrow), inner);

        _refusedDeposit(hostile, _reentrancy());
    }

    function test_ES4_ReenteringToken_PermitInDeposit() external {
        ReenteringToken hostile = _reentering();
        bytes memory inner = abi.encodeCall(
            IEscrow.depositWithPermit,
            (address(hostile), AMOUNT, START, 27, bytes32(0), bytes32(0))
        );
        hostile.arm(ReenteringToken.Manner.PassOnFailure, address(escrow), inner);

        _refusedDeposit(hostile, _reentrancy());
    }

    /// @dev The token owns balance itself and takes it out while its transfer is awaited.
    function test_ES4_ReenteringToken_WithdrawInDeposit() external {
        ReenteringToken hostile = _reentering();
        _fund(address(hostile), AMOUNT);
        bytes memory inner = abi.encodeCall(IEscrow.withdraw, (address(hostile), AMOUNT));
        hostile.arm(ReenteringToken.Manner.PassOnFailure, address(escrow), inner);

        _refusedDeposit(hostile, _reentrancy());
    }

    function test_ES4_ReenteringToken_WithdrawInWithdraw() external {
        ReenteringToken hostile = _reentering();
        _fund(address(hostile), AMOUNT);
        _depositAs(hostile, AMOUNT);
        bytes memory inner = abi.encodeCall(IEscrow.withdraw, (address(hostile), AMOUNT));
        hostile.arm(ReenteringToken.Manner.PassOnFailure, address(escrow), inner);

        vm.expectRevert(_reentrancy());
        vm.prank(stranger.account);
        escrow.withdraw(stranger.account, AMOUNT);
        _assertBalance(stranger.account, AMOUNT, 0, "withdrawer");
        _assertBalance(address(hostile), AMOUNT, 0, "token");
    }

    function test_ES4_ReenteringToken_DepositInWithdraw() external {
        ReenteringToken hostile = _reentering();
        _depositAs(hostile, AMOUNT);
        bytes memory inner = abi.encodeCall(IEscrow.deposit, (address(hostile), AMOUNT));
        hostile.arm(ReenteringToken.Manner.PassOnFailure, address(escrow), inner);

        vm.expectRevert(_reentrancy());
        vm.prank(stranger.account);
        escrow.withdraw(stranger.account, AMOUNT);
        _assertBalance(stranger.account, AMOUNT, 0, "withdrawer");
    }

    /// @dev The failure is swallowed: then the outer call does exactly what it would have done
    /// alone.
    function test_ES4_ReenteringToken_HidesTheFailure() external {
        ReenteringToken hostile = _reentering();
        _fund(address(hostile), AMOUNT);
        _depositAs(hostile, AMOUNT);
        bytes memory inner = abi.encodeCall(IEscrow.withdraw, (address(hostile), AMOUNT));
        hostile.arm(ReenteringToken.Manner.HideFailure, address(escrow), inner);

        vm.expectEmit(address(hostile));
        emit ReenteringToken.CalledBack(address(escrow), false, _reentrancy());
        vm.prank(stranger.account);
        escrow.withdraw(stranger.account, AMOUNT);

        _assertBalance(stranger.account, 0, 0, "withdrawer");
        _assertBalance(address(hostile), AMOUNT, 0, "token");
        vm.assertEq(hostile.balanceOf(address(escrow)), AMOUNT, "escrow keeps what it owes");
    }

    /// @dev The token is a certified pile. It deposits for itself and bids with the credit before
    /// it has paid.
    function test_ES4_ReenteringToken_BidsInDepositAndDelivers() external {
        (ReenteringToken hostile, AuctionId auctionId) = _biddingToken();
        bytes memory inner = abi.encodeCall(auctions.bid, (auctionId, keccak256("offer"), UPLOAD));
        hostile.arm(ReenteringToken.Manner.PassOnFailure, address(auctions), inner);

        hostile.act(address(escrow), abi.encodeCall(IEscrow.deposit, (address(hostile), BOND)));

        _assertBalance(address(hostile), 0, BOND, "locked and paid for");
        vm.assertEq(hostile.balanceOf(address(escrow)), BOND, "escrow has it");
    }

    function test_ES4_ReenteringToken_BidsInDepositAndKeepsTheTokens() external {
        (ReenteringToken hostile, AuctionId auctionId) = _biddingToken();
        bytes memory inner = abi.encodeCall(auctions.bid, (auctionId, keccak256("offer"), UPLOAD));
        hostile.arm(ReenteringToken.Manner.KeepTheTokens, address(auctions), inner);

        vm.expectRevert(abi.encodeWithSelector(IEscrow.EscrowWrongTransfer.selector, BOND, 0));
        hostile.act(address(escrow), abi.encodeCall(IEscrow.deposit, (address(hostile), BOND)));

        _assertBalance(address(hostile), 0, 0, "no credit");
        vm.assertEq(auctions.bidOf(auctionId, address(hostile)), bytes32(0), "no bid");
    }

    /// @dev While its withdrawal is under way the token bids with the same money.
    function test_ES4_ReenteringToken_BidsInWithdraw() external {
        (ReenteringToken hostile, AuctionId auctionId) = _biddingToken();
        hostile.act(address(escrow), abi.encodeCall(IEscrow.deposit, (address(hostile), BOND)));
        bytes memory inner = abi.encodeCall(auctions.bid, (auctionId, keccak256("offer"), UPLOAD));
        hostile.arm(ReenteringToken.Manner.PassOnFailure, address(auctions), inner);

        vm.expectRevert(
            abi.encodeWithSelector(
                IEscrow.EscrowInsufficientFree.selector,
                address(hostile),
                0,
                BOND
            )
        );
        hostile.act(address(escrow), abi.encodeCall(IEscrow.withdraw, (address(hostile), BOND)));
        _assertBalance(address(hostile), BOND, 0, "as before");
    }

    /* HELPERS */

    /// @dev A whole market on another token.
    function _move(DemoToken other) private {
        token = other;
        _deploy();
    }

    function _allow(DemoToken other, uint128 amount) private {
        other.mint(stranger.account, amount);
        vm.prank(stranger.account);
        other.approve(address(escrow), type(uint256).max);
    }

    function _depositAs(DemoToken other, uint128 amount) private {
        _allow(other, amount);
        vm.prank(stranger.account);
        escrow.deposit(stranger.account, amount);
    }

    /// @dev Every account can pay what the hidden calls ask for: only the guard stands in their
    /// way.
    function _reentering() private returns (ReenteringToken hostile) {
        hostile = ReenteringToken(_created("ReenteringToken", ""));
        _move(hostile);
        _allow(hostile, AMOUNT);
        hostile.mint(address(hostile), 10 * AMOUNT);
        bytes memory approve = abi.encodeCall(IERC20.approve, (address(escrow), type(uint256).max));
        hostile.act(address(hostile), approve);
    }

    function _biddingToken() private returns (ReenteringToken hostile, AuctionId auctionId) {
        hostile = _reentering();
        hostile.mint(address(hostile), BOND);
        _enrolServers();
        _enrolAccount(address(hostile), ParticipantKind.Pile);
        auctionId = _open(_terms());
    }

    function _refusedDeposit(DemoToken hostile, bytes memory reason) private {
        uint256 before = hostile.balanceOf(address(escrow));
        vm.expectRevert(reason);
        vm.prank(stranger.account);
        escrow.deposit(stranger.account, AMOUNT);
        _assertBalance(stranger.account, 0, 0, "nothing credited");
        vm.assertEq(hostile.balanceOf(address(escrow)), before, "nothing moved");
    }

    function _reentrancy() private pure returns (bytes memory) {
        return abi.encodeWithSelector(ReentrancyGuard.ReentrancyGuardReentrantCall.selector);
    }

    function _safeError(address hostile) private pure returns (bytes memory) {
        return abi.encodeWithSelector(SafeERC20.SafeERC20FailedOperation.selector, hostile);
    }
}
