// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @dev `ChargeVeil.MeterKey.v1` hash of a public key; see contracts/README.md for the preimage.
type MeterKeyId is bytes32;

/// @dev v ‖ paginationAt ‖ identificationAt ‖ readingsAt, of 1, 2, 2 and 2 bytes: v is 27 or 28 on
/// secp256k1 and not read on secp256r1; the others are offsets in the payload, of the quotes that
/// open the keys PG, ID and RD. An identificationAt of 0 claims no identification.
type RecordHints is uint56;

/// @dev What the EVM can check of the curves that meters sign on.
enum MeterCurve {
    None,
    Secp256r1,
    Secp256k1
}

/// @dev Seen from the meter: `Import` flows to the vehicle, `Export` back from it.
enum EnergyDirection {
    Import,
    Export
}

/// @dev A point of the curve.
struct MeterKey {
    MeterCurve curve;
    bytes32 x;
    bytes32 y;
}

/// @dev A signed OCMF record, and how to read it.
struct MeterRecord {
    /// @dev The bytes between the two bars, as the meter signed them.
    bytes payload;
    bytes32 r;
    /// @dev The lower of s and n − s.
    bytes32 s;
    RecordHints hints;
}
