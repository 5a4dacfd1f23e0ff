// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {
    AuctionId,
    Certificate,
    Reading,
    Ruling,
    SessionAuthorisation
} from "../../../contracts/types/MarketTypes.sol";
import {MeterKeyId} from "../../../contracts/ocmf/OcmfTypes.sol";
import {BeginReading, MeterCertificate} from "../../../contracts/types/MeterTypes.sol";

/// @title What people sign (EIP-712), written down a second time
/// @dev As {Oracle}: field by field and without the contracts' own libraries.
library Digests {
    /// @dev The domains, by the contract that verifies.
    string internal constant IDENTITIES = "ChargeVeil IdentityRegistry";
    string internal constant AUCTIONS = "ChargeVeil PricingAuction";
    string internal constant OPEN_AUCTIONS = "ChargeVeil OpenAuction";
    string internal constant SESSIONS = "ChargeVeil ChargingSession";
    string internal constant ESCROW = "ChargeVeil Escrow";
    string internal constant REPUTATION = "ChargeVeil Reputation";
    string internal constant METERS = "ChargeVeil MeterRegistry";

    function invitationDigest(
        address auctions,
        AuctionId auction,
        address pile,
        uint32 distanceM
    ) internal view returns (bytes32) {
        bytes32 typeHash = keccak256("Invitation(bytes32 auctionId,address pile,uint32 distanceM)");
        bytes32 structHash = keccak256(abi.encode(typeHash, auction, pile, distanceM));
        return _typed(OPEN_AUCTIONS, auctions, structHash);
    }

    function certificateDigest(
        address identities,
        Certificate memory certificate
    ) internal view returns (bytes32) {
        bytes32 typeHash = keccak256(
            "Certificate(address account,bytes32 participantId,uint8 kind,uint8 pileKind,uint32 ratedPowerW,bytes32 premises,uint40 validUntil,uint40 relayBy,uint256 serial)"
        );
        bytes32 structHash = keccak256(
            abi.encode(
                typeHash,
                certificate.account,
                certificate.participantId,
                certificate.kind,
                certificate.pileKind,
                certificate.ratedPowerW,
                certificate.premises,
                certificate.validUntil,
                certificate.relayBy,
                certificate.serial
            )
        );
        return _typed(IDENTITIES, identities, structHash);
    }

    function authorisationDigest(
        address identities,
        SessionAuthorisation memory authorisation
    ) internal view returns (bytes32) {
        bytes32 typeHash = keccak256(
            "SessionAuthorisation(address account,uint8 role,bytes32 place,uint40 slotStart,uint40 slotEnd,bytes32 nym,bytes32 stationId,uint64 maxEnergyWh)"
        );
        bytes32 structHash = keccak256(
            abi.encode(
                typeHash,
                authorisation.account,
                authorisation.role,
                authorisation.place,
                authorisation.slotStart,
                authorisation.slotEnd,
                authorisation.nym,
                authorisation.stationId,
                authorisation.maxEnergyWh
            )
        );
        return _typed(IDENTITIES, identities, structHash);
    }

    function traceApprovalDigest(
        address identities,
        bytes32 caseId,
        bytes32 presentationHash
    ) internal view returns (bytes32) {
        bytes32 typeHash = keccak256("TraceApproval(bytes32 caseId,bytes32 presentationHash)");
        bytes32 structHash = keccak256(abi.encode(typeHash, caseId, presentationHash));
        return _typed(IDENTITIES, identities, structHash);
    }

    function serveDigest(address auctions, AuctionId auction) internal view returns (bytes32) {
        bytes32 typeHash = keccak256("ServeAuction(bytes32 auctionId)");
        bytes32 structHash = keccak256(abi.encode(typeHash, auction));
        return _typed(AUCTIONS, auctions, structHash);
    }

    function roundDigest(
        address auctions,
        AuctionId auction,
        uint8 round,
        uint64 referencePricePerKwh,
        bytes32 transcriptRoot,
        bytes32 participantsRoot
    ) internal view returns (bytes32) {
        bytes32 typeHash = keccak256(
            "RoundOutcome(bytes32 auctionId,uint8 round,uint64 referencePricePerKwh,bytes32 transcriptRoot,bytes32 participantsRoot)"
        );
        bytes memory head = abi.encode(typeHash, auction, round, referencePricePerKwh);
        bytes32 structHash = keccak256(bytes.concat(head, transcriptRoot, participantsRoot));
        return _typed(AUCTIONS, auctions, structHash);
    }

    function finalDigest(
        address auctions,
        AuctionId auction,
        uint8 round,
        bytes32 decisionsRoot,
        uint256 decisionCount,
        bytes32 participantsRoot
    ) internal view returns (bytes32) {
        bytes32 typeHash = keccak256(
            "FinalOutcome(bytes32 auctionId,uint8 round,bytes32 decisionsRoot,uint24 decisionCount,bytes32 participantsRoot)"
        );
        bytes32 structHash = keccak256(
            abi.encode(typeHash, auction, round, decisionsRoot, decisionCount, participantsRoot)
        );
        return _typed(AUCTIONS, auctions, structHash);
    }

    function notSelectedDigest(
        address auctions,
        AuctionId auction,
        address[] memory vehicles,
        address[] memory piles,
        uint40 deadline
    ) internal view returns (bytes32) {
        bytes32 typeHash = keccak256(
            "NotSelected(bytes32 auctionId,address[] vehicles,address[] piles,uint40 deadline)"
        );
        bytes32 structHash = keccak256(
            abi.encode(typeHash, auction, _listHash(vehicles), _listHash(piles), deadline)
        );
        return _typed(AUCTIONS, auctions, structHash);
    }

    function readingDigest(
        address sessions,
        Reading memory reading
    ) internal view returns (bytes32) {
        bytes32 typeHash = keccak256(
            "Reading(bytes32 sessionId,uint64 beginWh,uint64 endWh,uint40 deadline)"
        );
        bytes32 structHash = keccak256(
            abi.encode(
                typeHash,
                reading.sessionId,
                reading.beginWh,
                reading.endWh,
                reading.deadline
            )
        );
        return _typed(SESSIONS, sessions, structHash);
    }

    function beginDigest(
        address sessions,
        BeginReading memory begin
    ) internal view returns (bytes32) {
        bytes32 typeHash = keccak256(
            "BeginReading(bytes32 sessionId,bytes32 meterKeyId,uint64 pagination,uint64 registerMilliWh)"
        );
        bytes32 structHash = keccak256(
            abi.encode(
                typeHash,
                begin.sessionId,
                begin.meterKeyId,
                begin.pagination,
                begin.registerMilliWh
            )
        );
        return _typed(SESSIONS, sessions, structHash);
    }

    /// @dev Of a call that somebody relays to a contract that is named `name` there.
    function callDigest(
        string memory name,
        address verifier,
        address from,
        bytes memory data,
        uint256 nonce,
        uint40 deadline
    ) internal view returns (bytes32) {
        bytes32 typeHash = keccak256("Call(address from,bytes data,uint256 nonce,uint40 deadline)");
        bytes32 structHash = keccak256(
            abi.encode(typeHash, from, keccak256(data), nonce, deadline)
        );
        return _typed(name, verifier, structHash);
    }

    function revocationDigest(
        address meters,
        MeterKeyId keyId,
        uint40 deadline
    ) internal view returns (bytes32) {
        bytes32 typeHash = keccak256("Revocation(bytes32 keyId,uint40 deadline)");
        bytes32 structHash = keccak256(abi.encode(typeHash, keyId, deadline));
        return _typed(METERS, meters, structHash);
    }

    function rulingDigest(address sessions, Ruling memory ruling) internal view returns (bytes32) {
        bytes32 typeHash = keccak256("Ruling(bytes32 sessionId,uint128 amount)");
        bytes32 structHash = keccak256(abi.encode(typeHash, ruling.sessionId, ruling.amount));
        return _typed(SESSIONS, sessions, structHash);
    }

    function meterCertificateDigest(
        address meters,
        MeterCertificate memory certificate
    ) internal view returns (bytes32) {
        bytes memory head = abi.encode(
            keccak256(
                "MeterCertificate(bytes32 participantId,uint8 curve,bytes32 x,bytes32 y,uint32 ratedPowerW,uint64 lastPagination,uint40 validFrom,uint40 validUntil,uint40 relayBy,uint32 issue)"
            ),
            certificate.participantId,
            certificate.curve,
            certificate.x,
            certificate.y
        );
        bytes memory rest = abi.encode(
            certificate.ratedPowerW,
            certificate.lastPagination,
            certificate.validFrom,
            certificate.validUntil,
            certificate.relayBy,
            certificate.issue
        );
        bytes32 structHash = keccak256(bytes.concat(head, rest));
        return _typed(METERS, meters, structHash);
    }

    function permitDigest(
        bytes32 domainSeparator,
        address owner,
        address spender,
        uint256 amount,
        uint256 nonce,
        uint256 deadline
    ) internal pure returns (bytes32) {
        bytes32 typeHash = keccak256(
            "Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)"
        );
        bytes32 structHash = keccak256(
            abi.encode(typeHash, owner, spender, amount, nonce, deadline)
        );
        return keccak256(abi.encodePacked(hex"1901", domainSeparator, structHash));
    }

    /// @dev EIP-712: an address in an array takes a full word.
    function _listHash(address[] memory accounts) private pure returns (bytes32) {
        bytes memory words;
        for (uint256 i = 0; i < accounts.length; ++i) {
            words = bytes.concat(words, abi.encode(accounts[i]));
        }
        return keccak256(words);
    }

    function _typed(
        string memory name,
        address verifier,
        bytes32 structHash
    ) private view returns (bytes32) {
        bytes32 separator = keccak256(
            abi.encode(
                keccak256(
                    "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"
                ),
                keccak256(bytes(name)),
                keccak256("1"),
                block.chainid,
                verifier
            )
        );
        return keccak256(abi.encodePacked(hex"1901", separator, structHash));
    }
}
