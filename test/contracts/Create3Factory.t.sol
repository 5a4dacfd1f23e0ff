// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Create3Factory} from "../../contracts/Create3Factory.sol";
import {Escrow} from "../../contracts/Escrow.sol";
import {ICreate3Factory} from "../../contracts/interfaces/ICreate3Factory.sol";
import {IStakes} from "../../contracts/interfaces/IStakes.sol";
import {CarelessFactory} from "../../contracts/mocks/CarelessFactory.sol";
import {World} from "../support/contracts/World.sol";

/// @title Where a factory creates, for whom, and how often
contract Create3FactoryTest is World {
    bytes32 private constant SALT = keccak256("salt");

    Create3Factory private factory = new Create3Factory();

    function testFuzz_CF1_CF3_Create_WhereItSaidBefore(address creator, bytes32 salt) external {
        bytes memory code = _escrowCode(address(1));
        address expected = factory.addressOf(creator, salt);

        vm.expectEmit(address(factory));
        emit ICreate3Factory.Created(creator, salt, expected, keccak256(code));
        vm.prank(creator);
        address created = factory.create(salt, code);

        vm.assertEq(created, expected, "address");
        vm.assertEq(address(Escrow(created).token()), address(token), "the constructor has run");
    }

    function test_CF1_AddressOf_DependsOnNoCode() external {
        address expected = factory.addressOf(address(this), SALT);
        address created = factory.create(SALT, type(Create3Factory).creationCode);
        vm.assertEq(created, expected, "other code, the same address");
    }

    function testFuzz_CF1_AddressOf_EachCreatorItsOwn(address other, bytes32 salt) external view {
        vm.assume(other != address(this));
        address own = factory.addressOf(address(this), salt);
        vm.assertTrue(factory.addressOf(other, salt) != own, "apart");
    }

    function test_CF2_Create_Again() external {
        factory.create(SALT, _escrowCode(address(1)));
        vm.expectRevert(abi.encodeWithSignature("FailedDeployment()"));
        factory.create(SALT, _escrowCode(address(2)));
    }

    function test_Create_GivesTheReasonOfTheConstructor() external {
        vm.expectRevert(abi.encodeWithSelector(IStakes.StakesNoMarket.selector, 0));
        factory.create(SALT, _escrowCode(address(0)));

        // Nothing was used up by it.
        address expected = factory.addressOf(address(this), SALT);
        vm.assertEq(factory.create(SALT, _escrowCode(address(1))), expected, "again, and right");
    }

    function test_Create_NoCode() external {
        vm.expectRevert(abi.encodeWithSignature("Create3EmptyBytecode()"));
        factory.create(SALT, "");
    }

    /// @dev Somebody sees the deployer's transaction and is first with its salt: the address that
    /// the others were told holds an escrow whose market is the attacker.
    function test_CF1_Attack_SaltFromTheMempool() external {
        CarelessFactory careless = new CarelessFactory();
        vm.prank(stranger.account);
        careless.create(SALT, _escrowCode(stranger.account));
        Escrow taken = Escrow(careless.addressOf(SALT));
        vm.assertTrue(taken.isMarket(stranger.account), "the attack works");

        vm.prank(stranger.account);
        factory.create(SALT, _escrowCode(stranger.account));
        factory.create(SALT, _escrowCode(address(1)));
        Escrow own = Escrow(factory.addressOf(address(this), SALT));
        vm.assertTrue(!own.isMarket(stranger.account), "the deployer's address is its own");
    }

    function _escrowCode(address market) private view returns (bytes memory) {
        address[4] memory markets = [market, address(1), address(2), address(3)];
        return abi.encodePacked(type(Escrow).creationCode, abi.encode(token, markets));
    }
}
