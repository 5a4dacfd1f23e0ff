// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {P256} from "@openzeppelin/contracts/utils/cryptography/P256.sol";

import {MeterCurve, MeterKey, MeterKeyId} from "./OcmfTypes.sol";

/// @title Public keys of meters, and what they signed
/// @dev secp256r1 is checked by the precompile at 0x100 (EIP-7951, 6,900 gas), and where a chain
/// has none, by OpenZeppelin's Solidity. secp256k1 is checked by `ecrecover`, 3,000: it recovers an
/// account, so that the key is compared as the account that it stands for.
library MeterKeys {
    bytes32 internal constant KEY_TYPEHASH = keccak256("ChargeVeil.MeterKey.v1");

    /// @dev Field of secp256k1.
    uint256 private constant K1_P =
        0xfffffffffffffffffffffffffffffffffffffffffffffffffffffffefffffc2f;
    /// @dev Half of the order of secp256k1, and of secp256r1, rounded down.
    uint256 private constant K1_HALF_N =
        0x7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0;
    uint256 private constant R1_HALF_N = P256.N / 2;

    /// @dev Revert if s is above half of the curve's order: every signature has a second form, and
    /// one has to be it.
    error MeterHighS(bytes32 s);

    function idOf(MeterKey calldata key) internal pure returns (MeterKeyId) {
        return idOf(key.curve, key.x, key.y);
    }

    function idOf(MeterCurve curve, bytes32 x, bytes32 y) internal pure returns (MeterKeyId) {
        return MeterKeyId.wrap(keccak256(abi.encode(KEY_TYPEHASH, curve, x, y)));
    }

    /// @dev Whether the key is a point of a curve that can be checked here.
    ///
    ///     secp256k1:  y² = x³ + 7 (mod p), and x, y < p
    function isOnCurve(MeterCurve curve, bytes32 x, bytes32 y) internal pure returns (bool) {
        if (curve == MeterCurve.Secp256r1) return P256.isValidPublicKey(x, y);
        if (curve != MeterCurve.Secp256k1) return false;

        (uint256 a, uint256 b) = (uint256(x), uint256(y));
        uint256 cube = mulmod(mulmod(a, a, K1_P), a, K1_P);
        return a < K1_P && b < K1_P && mulmod(b, b, K1_P) == addmod(cube, 7, K1_P);
    }

    /// @dev Whether the key signed the digest.
    /// @param v 27 or 28 on secp256k1, not read on secp256r1
    function hasSigned(
        MeterKey calldata key,
        bytes32 digest,
        bytes32 r,
        bytes32 s,
        uint8 v
    ) internal view returns (bool) {
        bool r1 = key.curve == MeterCurve.Secp256r1;
        if (uint256(s) > (r1 ? R1_HALF_N : K1_HALF_N)) revert MeterHighS(s);
        if (r1) return P256.verify(digest, r, s, key.x, key.y);

        (address signer, ECDSA.RecoverError fault, ) = ECDSA.tryRecover(digest, v, r, s);
        address expected = address(uint160(uint256(keccak256(abi.encode(key.x, key.y)))));
        return fault == ECDSA.RecoverError.NoError && signer == expected;
    }
}
