// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Create3Factory} from "../../../contracts/Create3Factory.sol";
import {Escrow} from "../../../contracts/Escrow.sol";
import {IEscrow} from "../../../contracts/interfaces/IEscrow.sol";
import {IStakes} from "../../../contracts/interfaces/IStakes.sol";
import {CarelessEscrow} from "../../../contracts/mocks/CarelessEscrow.sol";
import {Deal, DealWorld} from "../../support/contracts/DealWorld.sol";

/// @dev Deploys whatever it is asked to, as a Safe or a deterministic deployer does.
contract AnyFactory {
    function create(bytes calldata creationCode) external returns (address created) {
        bytes memory code = creationCode;
        assembly ("memory-safe") {
            created := create(0, add(code, 32), mload(code))
        }
    }

    function careless() external returns (CarelessEscrow) {
        return new CarelessEscrow();
    }

    function call(address target, bytes calldata data) external returns (bool, bytes memory) {
        return target.call(data);
    }
}

/// @title Whoever deploys the market, and what is left to it afterwards
/// @dev This contract is the deployer of the world.
contract DeployerThatLiesTest is DealWorld {
    /// @dev It names its own account as a market once everybody has deposited.
    function test_ES3_Attack_DeployerNamesItself() external {
        CarelessEscrow careless = new CarelessEscrow();
        vm.prank(vehicle.account);
        careless.deposit(FUNDS);
        careless.wire(address(this));
        careless.pay(vehicle.account, address(this), FUNDS);
        vm.assertEq(careless.balanceOf(address(this)), FUNDS, "the attack works");

        Deal memory deal = _charging();
        bytes[6] memory calls = [
            abi.encodeWithSignature("wire(address[])", _one(address(this))),
            abi.encodeCall(IStakes.lock, (vehicle.account, 1)),
            abi.encodeCall(IStakes.unlock, (vehicle.account, 1)),
            abi.encodeCall(IStakes.unlockEach, (_one(vehicle.account), 1)),
            abi.encodeCall(IStakes.pay, (vehicle.account, address(this), 1)),
            abi.encodeCall(IEscrow.withdraw, (address(this), 1))
        ];
        for (uint256 i = 0; i < calls.length; ++i) {
            (bool isTaken, ) = address(escrow).call(calls[i]);
            vm.assertTrue(!isTaken, "refused");
        }
        _assertBalance(vehicle.account, FUNDS - DEPOSIT, DEPOSIT, "vehicle");
        _assertBalance(pile.account, FUNDS - BOND, BOND, "pile");
        _assertBalance(address(this), 0, 0, "the deployer has nothing");
        vm.assertEq(token.balanceOf(address(escrow)), 4 * FUNDS, "all of it is there");

        // Nor does it hold the session up, which ends as if nothing had been tried.
        _settle(deal.sessionId, 10_000);
        _withdrawAll(vehicle.account);
        _withdrawAll(pile.account);
        uint256 price = 10 * PRICE;
        vm.assertEq(token.balanceOf(vehicle.account), FUNDS - price, "the vehicle left");
        vm.assertEq(token.balanceOf(pile.account), FUNDS + price, "the pile left, paid");
    }

    /// @dev The deployer is a contract that has no call for naming markets.
    function test_ES3_Attack_FactoryCannotFinish() external {
        AnyFactory factory = new AnyFactory();
        CarelessEscrow careless = factory.careless();
        vm.expectRevert(abi.encodeWithSelector(CarelessEscrow.CarelessNo.selector));
        careless.wire(address(this));

        bytes memory code = abi.encodePacked(
            type(Escrow).creationCode,
            abi.encode(token, escrow.markets())
        );
        Escrow made = Escrow(factory.create(code));
        token.mint(address(this), FUNDS);
        token.approve(address(made), FUNDS);
        made.deposit(vehicle.account, FUNDS);
        vm.prank(address(sessions));
        made.lock(vehicle.account, FUNDS);
        vm.assertEq(made.balanceOf(vehicle.account).locked, FUNDS, "works, for its markets");
        (bool isTaken, ) = factory.call(
            address(made),
            abi.encodeCall(IStakes.pay, (vehicle.account, address(factory), FUNDS))
        );
        vm.assertTrue(!isTaken, "the factory that deployed it is no market");
    }

    /// @dev One contract creates through the factory on behalf of the others; the addresses are
    /// known before, and no two runs of it differ.
    function test_ES3_CreatedThroughTheFactoryByAContract() external {
        Create3Factory create3 = new Create3Factory();
        AnyFactory wallet = new AnyFactory();
        bytes32 salt = keccak256("escrow");
        bytes memory code = abi.encodePacked(
            type(Escrow).creationCode,
            abi.encode(token, escrow.markets())
        );
        address expected = create3.addressOf(address(wallet), salt);
        (bool done, ) = wallet.call(
            address(create3),
            abi.encodeCall(Create3Factory.create, (salt, code))
        );
        vm.assertTrue(done, "created");
        bytes memory there = abi.encode(Escrow(expected).token(), Escrow(expected).markets());
        vm.assertEq(
            keccak256(there),
            keccak256(abi.encode(token, escrow.markets())),
            "there, with its markets"
        );
    }
}
