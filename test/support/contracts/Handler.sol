// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Address} from "@openzeppelin/contracts/utils/Address.sol";
import {Strings} from "@openzeppelin/contracts/utils/Strings.sol";
import {Base} from "./Base.sol";

/// @title A handler of an invariant campaign
/// @dev Every action takes one seed and draws all its choices from it. Before each call the handler
/// says whether it must succeed; a call that succeeds or fails against that stops the campaign.
abstract contract Handler is Base {
    /// @notice How often a function of the contracts was called and did not revert.
    mapping(bytes4 selector => uint256) public done;

    /// @notice The actions of the campaign.
    function actions() public view virtual returns (bytes4[] memory);

    /// @notice The functions of the contracts that a campaign must have got through.
    function milestones() public view virtual returns (bytes4[] memory);

    function _pick(
        uint256 seed,
        string memory what,
        uint256 count
    ) internal pure returns (uint256) {
        return uint256(keccak256(abi.encode(seed, what))) % count;
    }

    function _attempt(
        address caller,
        address target,
        bytes memory call,
        bool possible
    ) internal returns (bool success) {
        vm.prank(caller);
        (success, ) = target.call(call);
        vm.assertTrue(success == possible, possible ? "must succeed" : "must fail");
        if (success) ++done[bytes4(call)];
    }
}

/// @title A campaign with one handler
abstract contract Campaign is Base {
    struct FuzzSelector {
        address addr;
        bytes4[] selectors;
    }

    FuzzSelector private _selector;

    /// @dev The runner asks what it may call.
    function targetSelectors() external view returns (FuzzSelector[] memory list) {
        list = new FuzzSelector[](1);
        list[0] = _selector;
    }

    function targetContracts() external view returns (address[] memory list) {
        list = new address[](1);
        list[0] = _selector.addr;
    }

    function _target(Handler handler) internal {
        _selector = FuzzSelector(address(handler), handler.actions());
    }

    /// @dev Plays `steps` actions in an order drawn from `seed`.
    function _walk(Handler handler, uint256 seed, uint256 steps) internal {
        bytes4[] memory actions = handler.actions();
        for (uint256 i = 0; i < steps; ++i) {
            uint256 draw = uint256(keccak256(abi.encode(seed, i)));
            bytes4 action = actions[draw % actions.length];
            Address.functionCall(address(handler), abi.encodeWithSelector(action, draw));
        }
    }

    /// @dev The guard against campaigns that do nothing.
    function _assertAllDone(Handler handler) internal view {
        bytes4[] memory list = handler.milestones();
        for (uint256 i = 0; i < list.length; ++i) {
            string memory label = string.concat("milestone ", Strings.toString(i));
            vm.assertGt(handler.done(list[i]), 0, label);
        }
    }
}
