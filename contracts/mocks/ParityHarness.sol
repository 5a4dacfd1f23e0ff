// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {MerkleProof} from "@openzeppelin/contracts/utils/cryptography/MerkleProof.sol";

import {DecisionTree} from "../libraries/DecisionTree.sol";
import {OpenScore} from "../libraries/OpenScore.sol";
import {PileRating} from "../libraries/PileRating.sol";
import {ScoreRule} from "../types/MarketTypes.sol";

/// @title What the TypeScript twins are compared with
/// @notice Calls the libraries one by one, and spells out the hashes that only the off-chain side
/// computes.
contract ParityHarness {
    using DecisionTree for bytes32[];

    function decisionsRoot(bytes32[] calldata leaves) external pure returns (bytes32) {
        return leaves.root();
    }

    /// @dev As `PricingAuction` verifies the proof of a decision.
    function isDecision(
        bytes32[] calldata proof,
        bytes32 root,
        bytes32 leaf
    ) external pure returns (bool) {
        return MerkleProof.verifyCalldata(proof, root, leaf);
    }

    function effectivePrice(
        ScoreRule calldata rule,
        uint64 pricePerKwh,
        uint32 powerW,
        uint128 ratingWad,
        uint32 distanceM
    ) external pure returns (int96) {
        return OpenScore.effectivePriceUp(rule, pricePerKwh, powerW, ratingWad, distanceM);
    }

    function standingLeaf(
        bytes32 auctionId,
        uint8 round,
        bytes32 bidCommitment,
        bool leads,
        bytes32 salt
    ) external pure returns (bytes32) {
        bytes32 typeHash = keccak256("ChargeVeil.Standing.v1");
        return keccak256(abi.encode(typeHash, auctionId, round, bidCommitment, leads, salt));
    }

    /// @return ratingsWad the rating after each of the steps
    function rate(
        uint128 ratingWad,
        uint8[] calldata scores,
        uint256[] calldata weightsWad
    ) external pure returns (uint128[] memory ratingsWad) {
        ratingsWad = new uint128[](scores.length);
        for (uint256 i = 0; i < scores.length; ++i) {
            ratingWad = PileRating.next(ratingWad, scores[i], weightsWad[i]);
            ratingsWad[i] = ratingWad;
        }
    }

    function siteCommitment(
        bytes32 cpId,
        uint256 xM,
        uint256 yM,
        bytes32 siteSalt
    ) external pure returns (bytes32) {
        return keccak256(abi.encode(keccak256("ChargeVeil.Site.v1"), cpId, xM, yM, siteSalt));
    }

    function areaHash(
        uint32 cellM,
        uint32 west,
        uint32 south,
        uint32 columns,
        uint32 rows,
        uint32 reachM
    ) external pure returns (bytes32) {
        bytes32 typeHash = keccak256("ChargeVeil.Area.v1");
        return keccak256(abi.encode(typeHash, cellM, west, south, columns, rows, reachM));
    }

    /// @dev What an upload says of itself, in the order of its hash.
    struct UploadHeader {
        bytes32 auctionId;
        uint8 round;
        uint8 kind;
        bytes32 roundKeyHash;
        address account;
        bytes32 sealKey;
        bytes32 setId;
    }

    function uploadHash(
        UploadHeader calldata header,
        bytes calldata cells,
        bytes calldata record,
        bytes calldata proof
    ) external pure returns (bytes32) {
        return
            keccak256(
                abi.encode(
                    keccak256("ChargeVeil.Upload.v2"),
                    header,
                    keccak256(cells),
                    keccak256(record),
                    keccak256(proof)
                )
            );
    }

    /// @dev Numbers as big-endian bytes: both moduli without leading zeros, hs as wide as a
    /// ciphertext.
    function roundKeyHash(
        bytes calldata n,
        bytes calldata hs,
        bytes calldata commitmentModulus,
        uint256 features,
        string calldata mode,
        bytes32 proxySealKey
    ) external pure returns (bytes32) {
        return
            keccak256(
                abi.encode(
                    keccak256("ChargeVeil.RoundKey.v1"),
                    keccak256(n),
                    keccak256(hs),
                    keccak256(commitmentModulus),
                    features,
                    mode,
                    proxySealKey
                )
            );
    }

    function orderKey(bytes32 seed, bytes32 participantId) external pure returns (bytes32) {
        return keccak256(abi.encode(keccak256("ChargeVeil.Order.v1"), seed, participantId));
    }
}
