// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title Calls by signature
/// @notice Whoever can call a function by itself can also sign the call and let anybody relay it:
/// the relayer pays the gas, and the contract acts for whoever signed. Nobody is trusted for it.
/// The contract believes the signature alone, and no forwarder but itself. Functions for which a
/// contract takes no signature see the contract itself as their caller, and refuse it.
///
/// A call is signed for one contract on one chain, counts once, and in the order of its signer's
/// nonces. One that fails leaves the nonce as it was, and can be relayed again until its deadline.
/// A signer takes back a call that nobody has relayed by using up its nonce with another. A call of
/// its own uses up the nonce as well where it undoes what a signed one could do again; such a
/// function says so.
interface ISignedCalls {
    /// @notice Revert if a call is relayed at or after its deadline.
    error SignedCallStale(uint40 deadline, uint256 nowSeconds);
    /// @notice Revert if `from` did not sign this call with its next nonce.
    error SignedCallBadSignature(address from);
    /// @notice Revert if the call is not one of a function: it is shorter than a selector.
    error SignedCallTooShort(uint256 length);
    /// @notice Revert if a signed call relays another one.
    error SignedCallNested(address from);

    /// @notice Makes a call for whoever signed it. Reverts with the reason of the call.
    /// @dev Callable by: anyone, with the signature of `from`.
    /// @param data selector and arguments of a function of this contract
    /// @param deadline last moment for relaying, excluded
    /// @param signature EIP-712 `Call(address from,bytes data,uint256 nonce,uint40 deadline)` of
    /// `from` (ERC-1271 accepted, asked at this moment)
    /// @return what the function returns, encoded
    function callSigned(
        address from,
        bytes calldata data,
        uint40 deadline,
        bytes calldata signature
    ) external returns (bytes memory);

    /// @notice The nonce of an account's next signed call, from 0.
    /// @dev Callable by: anyone.
    function nonces(address account) external view returns (uint256);
}
