// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ParticipantId} from "../../../contracts/types/MarketTypes.sol";

/// @dev The cheat codes that the tests use, and no others.
interface Vm {
    struct Log {
        bytes32[] topics;
        bytes data;
        address emitter;
    }

    function getCode(string calldata artifact) external view returns (bytes memory);
    function warp(uint256 nowSeconds) external;
    function roll(uint256 blockNumber) external;
    function setBlockhash(uint256 blockNumber, bytes32 hash) external;
    function load(address account, bytes32 slot) external view returns (bytes32);
    function store(address account, bytes32 slot, bytes32 value) external;
    function chainId(uint256 id) external;
    function getNonce(address account) external view returns (uint64);
    function computeCreateAddress(address creator, uint256 nonce) external pure returns (address);
    function etch(address account, bytes calldata code) external;
    function prank(address caller) external;

    function startPrank(address caller) external;

    function stopPrank() external;
    function assume(bool condition) external pure;
    function addr(uint256 key) external pure returns (address);
    function sign(
        uint256 key,
        bytes32 digest
    ) external pure returns (uint8 v, bytes32 r, bytes32 s);
    function expectRevert(bytes calldata reason) external;
    function expectEmit(address emitter) external;
    function recordLogs() external;
    function getRecordedLogs() external returns (Log[] memory);
    function assertTrue(bool condition, string calldata label) external pure;
    function assertEq(uint256 left, uint256 right, string calldata label) external pure;
    function assertEq(int256 left, int256 right, string calldata label) external pure;
    function assertEq(address left, address right, string calldata label) external pure;
    function assertEq(bytes32 left, bytes32 right, string calldata label) external pure;
    function assertLt(uint256 left, uint256 right, string calldata label) external pure;
    function assertLe(uint256 left, uint256 right, string calldata label) external pure;
    function assertGt(uint256 left, uint256 right, string calldata label) external pure;
    function assertGe(uint256 left, uint256 right, string calldata label) external pure;
    function assertApproxEqAbs(
        uint256 left,
        uint256 right,
        uint256 maxDelta,
        string calldata label
    ) external pure;
}

/// @dev Somebody with a key.
struct Actor {
    address account;
    uint256 key;
    ParticipantId id;
}

/// @title What every test needs
/// @dev Assertions are the runner's own and always carry a label.
abstract contract Base {
    Vm internal constant vm = Vm(address(uint160(uint256(keccak256("hevm cheat code")))));

    /// @dev Brings fuzzed input into [low, high] without throwing runs away.
    function _bound(uint256 value, uint256 low, uint256 high) internal pure returns (uint256) {
        return high - low == type(uint256).max ? value : low + (value % (high - low + 1));
    }

    /// @dev What `new` does, with code from the artifacts, which are built before any test is
    /// compiled: a test that carries the code of all contracts in its own costs the compiler minutes.
    function _created(string memory name, bytes memory arguments) internal returns (address made) {
        bytes memory code = abi.encodePacked(vm.getCode(name), arguments);
        assembly ("memory-safe") {
            made := create(0, add(code, 32), mload(code))
            if iszero(made) {
                let reason := mload(0x40)
                returndatacopy(reason, 0, returndatasize())
                revert(reason, returndatasize())
            }
        }
    }

    function _signature(uint256 key, bytes32 digest) internal pure returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, digest);
        return abi.encodePacked(r, s, v);
    }

    function _panic(uint256 code) internal pure returns (bytes memory) {
        return abi.encodeWithSignature("Panic(uint256)", code);
    }

    /* PEOPLE */

    function _actor(uint256 key) internal pure returns (Actor memory) {
        return Actor(vm.addr(key), key, _idOf(vm.addr(key)));
    }

    function _idOf(address account) internal pure returns (ParticipantId) {
        return ParticipantId.wrap(keccak256(abi.encode("participant", account)));
    }

    /* LISTS */

    function _none() internal pure returns (address[] memory) {
        return new address[](0);
    }

    function _one(address account) internal pure returns (address[] memory list) {
        list = new address[](1);
        list[0] = account;
    }

    function _one(bytes32 leaf) internal pure returns (bytes32[] memory list) {
        list = new bytes32[](1);
        list[0] = leaf;
    }

    function _two(address first, address second) internal pure returns (address[] memory list) {
        list = new address[](2);
        (list[0], list[1]) = (first, second);
    }

    function _three(
        address first,
        address second,
        address third
    ) internal pure returns (address[] memory list) {
        list = new address[](3);
        (list[0], list[1], list[2]) = (first, second, third);
    }

    function _two(bytes32 first, bytes32 second) internal pure returns (bytes32[] memory list) {
        list = new bytes32[](2);
        (list[0], list[1]) = (first, second);
    }
}
