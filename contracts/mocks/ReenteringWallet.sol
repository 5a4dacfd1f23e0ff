// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Address} from "@openzeppelin/contracts/utils/Address.sol";

/// @title A wallet that acts while it is asked
/// @notice Tries to act when somebody checks its signature, and signs whatever it cannot enter.
/// What it burns is bounded, so that the check itself comes to its end.
contract ReenteringWallet {
    uint256 private constant MOST_GAS = 200_000;

    address private _target;
    bytes private _call;

    /// @notice Whoever asks from now on sets off `call_`.
    function arm(address target, bytes calldata call_) external {
        _target = target;
        _call = call_;
    }

    /// @notice Lets the tests take part as this wallet.
    function act(address target, bytes calldata call_) external {
        Address.functionCall(target, call_);
    }

    /// @dev Not a view, which whoever asks cannot know.
    function isValidSignature(bytes32, bytes calldata) external returns (bytes4) {
        // solhint-disable-next-line avoid-low-level-calls
        (bool success, ) = _target.call{gas: MOST_GAS}(_call);
        return success ? bytes4(0xffffffff) : this.isValidSignature.selector;
    }
}
