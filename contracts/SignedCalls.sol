// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ERC2771Context} from "@openzeppelin/contracts/metatx/ERC2771Context.sol";
import {Address} from "@openzeppelin/contracts/utils/Address.sol";
import {Nonces} from "@openzeppelin/contracts/utils/Nonces.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";

import {ISignedCalls} from "./interfaces/ISignedCalls.sol";
import {Signatures} from "./libraries/Signatures.sol";

/// @dev The prose is in {ISignedCalls}; here stand only the reasons.
///
///     relayer ── callSigned(from, data, …) ──> contract ── data ‖ from ──> contract
///                                                          _msgSender() = from
///
/// `_msgSender` reads `from` behind the data of a call that comes from the contract itself, and
/// there is one place where it calls itself: here, behind data that `from` has signed. An heir
/// keeps it so: it has no function that calls what its caller names, and none that delegates.
///
/// The data is checked to hold a selector, because the account behind it would be read for one
/// otherwise. Arguments that are cut short reach into the account at most, which signed them so.
abstract contract SignedCalls is ISignedCalls, ERC2771Context, EIP712, Nonces {
    bytes32 private constant CALL_TYPEHASH = keccak256(
        "Call(address from,bytes data,uint256 nonce,uint40 deadline)"
    );

    constructor() ERC2771Context(address(this)) {}

    /// @inheritdoc ISignedCalls
    function callSigned(
        address from,
        bytes calldata data,
        uint40 deadline,
        bytes calldata signature
    ) external override returns (bytes memory) {
        if (msg.sender == address(this)) revert SignedCallNested(from);
        if (data.length < 4) revert SignedCallTooShort(data.length);
        if (block.timestamp >= deadline) revert SignedCallStale(deadline, block.timestamp);
        bytes32 structHash = keccak256(
            abi.encode(CALL_TYPEHASH, from, keccak256(data), _useNonce(from), deadline)
        );
        if (!Signatures.isBy(from, _hashTypedDataV4(structHash), signature)) {
            revert SignedCallBadSignature(from);
        }

        return Address.functionCall(address(this), abi.encodePacked(data, from));
    }

    /// @inheritdoc ISignedCalls
    function nonces(address account) public view override(ISignedCalls, Nonces) returns (uint256) {
        return super.nonces(account);
    }

    /// @dev For a call that undoes what a signed one may do again: what `account` has signed as its
    /// next, and somebody holds back, would come after it. A relayed call has used its nonce up.
    function _overtake(address account) internal {
        if (msg.sender == account) _useNonce(account);
    }
}
