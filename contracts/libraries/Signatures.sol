// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";

/// @title Whether an account has signed
/// @dev By its key or, as a contract wallet, by ERC-1271. The key first: code that its account
/// takes on later (EIP-7702) must not take back what it has signed.
library Signatures {
    function isBy(
        address signer,
        bytes32 digest,
        bytes memory signature
    ) internal view returns (bool) {
        (address recovered, , ) = ECDSA.tryRecover(digest, signature);
        if (recovered == signer && signer != address(0)) return true;
        return SignatureChecker.isValidERC1271SignatureNow(signer, digest, signature);
    }
}
