// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC1271} from "@openzeppelin/contracts/interfaces/IERC1271.sol";
import {ArbiterQuorum} from "../../contracts/ArbiterQuorum.sol";
import {IArbiterQuorum} from "../../contracts/interfaces/IArbiterQuorum.sol";
import {HostileParticipant} from "../../contracts/mocks/HostileParticipant.sol";
import {Wallet1271} from "../../contracts/mocks/Wallet1271.sol";
import {Base, Vm} from "../support/contracts/Base.sol";

/// @title Two of three arbiters, one of whom is a wallet, or worse
contract ArbiterQuorumTest is Base {
    bytes32 private constant HASH = keccak256("a ruling");
    uint256 private constant FIRST = 0xA1;
    uint256 private constant SECOND = 0xA2;
    uint256 private constant OWNER = 0xA3;
    uint256 private constant FOREIGNER = 0xA4;

    ArbiterQuorum private _quorum;
    Wallet1271 private _wallet;
    /// @dev In ascending order.
    address[] private _members;
    mapping(address account => uint256) private _keys;

    function setUp() external {
        _wallet = new Wallet1271(vm.addr(OWNER));
        _keys[vm.addr(FIRST)] = FIRST;
        _keys[vm.addr(SECOND)] = SECOND;
        _keys[address(_wallet)] = OWNER;
        _keys[vm.addr(FOREIGNER)] = FOREIGNER;
        _members = _sorted(_three(vm.addr(FIRST), vm.addr(SECOND), address(_wallet)));
        _quorum = new ArbiterQuorum(_members, 2);
    }

    /* WHO THEY ARE */

    function test_AR2_Members() external {
        vm.recordLogs();
        _quorum = new ArbiterQuorum(_members, 2);
        Vm.Log[] memory logs = vm.getRecordedLogs();
        vm.assertEq(logs[0].topics[0], IArbiterQuorum.ArbitersNamed.selector, "event");
        vm.assertEq(keccak256(logs[0].data), keccak256(abi.encode(2, _members)), "who");
        vm.assertEq(_quorum.quorum(), 2, "quorum");
        for (uint256 i = 0; i < 3; ++i) {
            vm.assertTrue(_quorum.isArbiter(_members[i]), "member");
        }
        vm.assertTrue(!_quorum.isArbiter(vm.addr(FOREIGNER)), "foreigner");
        vm.assertTrue(!_quorum.isArbiter(address(0)), "nobody");
    }

    function test_AR2_Members_BadQuorum() external {
        bytes4 selector = IArbiterQuorum.ArbiterBadQuorum.selector;
        vm.expectRevert(abi.encodeWithSelector(selector, 0, 3));
        new ArbiterQuorum(_members, 0);
        vm.expectRevert(abi.encodeWithSelector(selector, 4, 3));
        new ArbiterQuorum(_members, 4);
        vm.expectRevert(abi.encodeWithSelector(selector, 1, 0));
        new ArbiterQuorum(new address[](0), 1);
        new ArbiterQuorum(_members, 3);
        new ArbiterQuorum(_members, 1);
    }

    function test_AR2_Members_BadMember() external {
        bytes4 selector = IArbiterQuorum.ArbiterBadMember.selector;
        address[] memory twice = _three(_members[0], _members[1], _members[0]);
        vm.expectRevert(abi.encodeWithSelector(selector, _members[0]));
        new ArbiterQuorum(twice, 2);
        twice[2] = address(0);
        vm.expectRevert(abi.encodeWithSelector(selector, address(0)));
        new ArbiterQuorum(twice, 2);
    }

    /* WHAT THEY SIGN */

    function test_AR1_Signed_ByEnough() external view {
        _assertSigned(true, _two(_members[0], _members[1]), "first and second");
        _assertSigned(true, _two(_members[0], _members[2]), "first and third");
        _assertSigned(true, _two(_members[1], _members[2]), "second and third");
        _assertSigned(true, _members, "all");
    }

    function test_AR1_Signed_ByTooFew() external view {
        _assertSigned(false, new address[](0), "nobody");
        for (uint256 i = 0; i < 3; ++i) {
            _assertSigned(false, _one(_members[i]), "one");
            _assertSigned(false, _two(_members[i], _members[i]), "one, twice");
        }
    }

    function test_AR1_Signed_InTheWrongOrder() external view {
        _assertSigned(false, _two(_members[1], _members[0]), "exchanged");
        _assertSigned(false, _three(_members[0], _members[2], _members[1]), "the last two");
        _assertSigned(false, _three(_members[0], _members[1], _members[1]), "one of them twice");
    }

    /// @dev Nobody else counts, even beside enough members.
    function test_AR1_Signed_ByAForeigner() external view {
        address foreigner = vm.addr(FOREIGNER);
        _assertSigned(false, _sorted(_two(_members[0], foreigner)), "one member");
        _assertSigned(false, _sorted(_three(_members[0], _members[1], foreigner)), "two members");
        _assertSigned(false, _three(address(0), _members[0], _members[1]), "and nobody");
    }

    /// @dev One bad signature spoils the whole, even where the others would do.
    function test_AR1_Signed_OneIsBad() external view {
        bytes[] memory signatures = _signaturesOf(_members, HASH);
        for (uint256 i = 0; i < 3; ++i) {
            bytes memory good = signatures[i];
            signatures[i] = _signature(_keys[_members[i]], keccak256("another ruling"));
            vm.assertTrue(!_accepts(abi.encode(_members, signatures)), "another ruling");
            signatures[i] = "";
            vm.assertTrue(!_accepts(abi.encode(_members, signatures)), "none");
            signatures[i] = good;
        }
        vm.assertTrue(_accepts(abi.encode(_members, signatures)), "all good again");
        (signatures[0], signatures[1]) = (signatures[1], signatures[0]);
        vm.assertTrue(!_accepts(abi.encode(_members, signatures)), "exchanged");
    }

    function test_AR1_Signed_CountsDiffer() external view {
        address[] memory two = _two(_members[0], _members[1]);
        vm.assertTrue(!_accepts(abi.encode(two, _signaturesOf(_members, HASH))), "more");
        vm.assertTrue(!_accepts(abi.encode(_members, _signaturesOf(two, HASH))), "fewer");
    }

    function test_AR1_Signed_Malformed() external view {
        bytes memory good = abi.encode(_members, _signaturesOf(_members, HASH));
        bytes[4] memory bad = [bytes(""), hex"00", new bytes(65), good];
        bad[3] = abi.encodePacked(bytes32(type(uint256).max), good);
        for (uint256 i = 0; i < 4; ++i) {
            try _quorum.isValidSignature(HASH, bad[i]) returns (bytes4 value) {
                vm.assertTrue(value != IERC1271.isValidSignature.selector, "malformed");
            } catch (bytes memory reason) {
                vm.assertEq(reason.length, 0, "refused by the decoder");
            }
        }
    }

    function testFuzz_AR1_Signed_AnyBytes(bytes32 hash, bytes calldata signature) external view {
        try _quorum.isValidSignature(hash, signature) returns (bytes4 value) {
            vm.assertTrue(value != IERC1271.isValidSignature.selector, "not by chance");
        } catch (bytes memory reason) {
            // An array of absurd length is out of memory.
            bool refused = reason.length == 0 || keccak256(reason) == keccak256(_panic(0x41));
            vm.assertTrue(refused, "refused by the decoder");
        }
    }

    /* HOSTILE MEMBERS */

    /// @dev A member that burns all gas is one that did not sign; without it the others are enough.
    function test_AR3_Hostile_MemberBurnsGas() external {
        HostileParticipant hostile = new HostileParticipant();
        address[] memory members = _sorted(
            _three(vm.addr(FIRST), vm.addr(SECOND), address(hostile))
        );
        ArbiterQuorum quorum = new ArbiterQuorum(members, 2);

        bytes memory all = abi.encode(members, _signaturesOf(members, HASH));
        bytes4 value = quorum.isValidSignature{gas: 1_000_000}(HASH, all);
        vm.assertTrue(value != IERC1271.isValidSignature.selector, "not with it");

        address[] memory honest = _sorted(_two(vm.addr(FIRST), vm.addr(SECOND)));
        bytes memory some = abi.encode(honest, _signaturesOf(honest, HASH));
        value = quorum.isValidSignature(HASH, some);
        vm.assertTrue(value == IERC1271.isValidSignature.selector, "without it");
    }

    /// @dev A member without `isValidSignature`: this test.
    function test_AR3_Hostile_MemberReverts() external {
        address[] memory members = _sorted(_two(vm.addr(FIRST), address(this)));
        ArbiterQuorum quorum = new ArbiterQuorum(members, 2);
        bytes memory both = abi.encode(members, _signaturesOf(members, HASH));
        bytes4 value = quorum.isValidSignature(HASH, both);
        vm.assertTrue(value != IERC1271.isValidSignature.selector, "did not sign");
    }

    /// @dev A quorum can be a member of a quorum.
    function test_AR1_Signed_ByAQuorum() external {
        address[] memory members = _sorted(_two(address(_quorum), vm.addr(FOREIGNER)));
        ArbiterQuorum outer = new ArbiterQuorum(members, 2);
        bytes[] memory signatures = new bytes[](2);
        bytes memory inner = abi.encode(_members, _signaturesOf(_members, HASH));
        for (uint256 i = 0; i < 2; ++i) {
            bool isQuorum = members[i] == address(_quorum);
            signatures[i] = isQuorum ? inner : _signature(FOREIGNER, HASH);
        }
        bytes4 value = outer.isValidSignature(HASH, abi.encode(members, signatures));
        vm.assertTrue(value == IERC1271.isValidSignature.selector, "signed");
    }

    /* HELPERS */

    function _assertSigned(
        bool expected,
        address[] memory signers,
        string memory label
    ) private view {
        bytes memory signature = abi.encode(signers, _signaturesOf(signers, HASH));
        vm.assertTrue(_accepts(signature) == expected, label);
    }

    function _accepts(bytes memory signature) private view returns (bool) {
        return _quorum.isValidSignature(HASH, signature) == IERC1271.isValidSignature.selector;
    }

    /// @dev Whoever has no key signs with that of another.
    function _signaturesOf(
        address[] memory signers,
        bytes32 hash
    ) private view returns (bytes[] memory signatures) {
        signatures = new bytes[](signers.length);
        for (uint256 i = 0; i < signers.length; ++i) {
            uint256 key = _keys[signers[i]];
            signatures[i] = _signature(key == 0 ? FOREIGNER : key, hash);
        }
    }

    function _sorted(address[] memory list) private pure returns (address[] memory) {
        for (uint256 i = 0; i < list.length; ++i) {
            for (uint256 j = i + 1; j < list.length; ++j) {
                if (list[j] < list[i]) (list[i], list[j]) = (list[j], list[i]);
            }
        }
        return list;
    }
}
