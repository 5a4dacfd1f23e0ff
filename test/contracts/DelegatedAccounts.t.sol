// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";
import {ArbiterQuorum} from "../../contracts/ArbiterQuorum.sol";
import {Wallet1271} from "../../contracts/mocks/Wallet1271.sol";
import {
    AuctionId,
    Certificate,
    ParticipantKind,
    Reading,
    SessionAuthorisation,
    SessionState
} from "../../contracts/types/MarketTypes.sol";
import {Deal} from "../support/contracts/DealWorld.sol";
import {OpenWorld} from "../support/contracts/OpenWorld.sol";
import {Digests} from "../support/contracts/Digests.sol";
import {Actor} from "../support/contracts/Base.sol";

/// @title Accounts that have taken on code (EIP-7702): their key is asked first, everywhere
/// @dev Each test signs by key, puts the code of a delegation onto the account, and then brings the
/// signature. The code says nothing of signatures, as a wallet's does that knows no ERC-1271.
contract DelegatedAccountsTest is OpenWorld {
    bytes32 private constant PLACE = keccak256("a place");

    Actor private _fresh = _actor(0xF4E51);

    /// @dev The straw man asks the code of an account that has any, and no key.
    function test_Delegated_Attack_AskedByCodeFirst() external {
        bytes32 digest = keccak256("anything");
        bytes memory signature = _signature(vehicle.key, digest);
        vm.assertTrue(
            SignatureChecker.isValidSignatureNow(vehicle.account, digest, signature),
            "before"
        );
        _delegate(vehicle);
        vm.assertTrue(
            !SignatureChecker.isValidSignatureNow(vehicle.account, digest, signature),
            "the account has lost its key"
        );
    }

    function test_Delegated_AuthorityCertifiesAndSuspends() external {
        Certificate memory certificate = _certificate(stranger.account, ParticipantKind.Pile);
        bytes memory certified = _certified(certificate);
        bytes memory data = abi.encodeCall(identities.suspend, (stranger.account));
        uint40 deadline = uint40(block.timestamp) + 1;
        bytes32 digest = Digests.callDigest(
            Digests.IDENTITIES,
            address(identities),
            authority.account,
            data,
            0,
            deadline
        );
        _delegate(authority);

        identities.enrol(certificate, certified);
        identities.requireStanding(stranger.account, ParticipantKind.Pile);
        identities.callSigned(authority.account, data, deadline, _signature(authority.key, digest));
        vm.assertTrue(identities.participantOf(stranger.account).suspended, "suspended");
    }

    function test_Delegated_StationAndAccount() external {
        SessionAuthorisation memory given = _authorisation(_fresh.account, PLACE);
        bytes memory signature = _stationSigned(given, pile);
        bytes memory consent = _stationSigned(given, _fresh);
        _delegate(pile);
        _delegate(_fresh);

        identities.authorise(given, signature, consent);
        identities.requireStanding(_fresh.account, ParticipantKind.Vehicle);
    }

    function test_Delegated_CourtGrants() external {
        (bytes32 caseId, bytes32 shown) = (keccak256("case"), keccak256("shown"));
        vm.prank(authority.account);
        identities.requestTrace(caseId, shown);
        bytes32 digest = Digests.traceApprovalDigest(address(identities), caseId, shown);
        _delegate(court);

        identities.grantTrace(caseId, shown, _signature(court.key, digest));
        vm.assertEq(identities.grantedPresentation(caseId), shown, "granted");
    }

    function test_Delegated_MatcherReleases() external {
        AuctionId auctionId = _open(_terms());
        _bid(auctionId, pile, _offer());
        vm.warp(auctions.auctionOf(auctionId).roundEnds);
        _post(auctionId, new bytes32[](0));
        uint40 deadline = uint40(block.timestamp) + 1;
        bytes memory signature = _notSelected(auctionId, _none(), _one(pile.account), deadline);
        _delegate(matcher);

        auctions.release(auctionId, _none(), _one(pile.account), deadline, signature);
        _assertBalance(pile.account, FUNDS, 0, "released");
    }

    function test_Delegated_VehicleInvites() external {
        AuctionId auctionId = _call(_openTerms());
        bytes memory invitation = _invitation(auctionId, vehicle, pile.account, FAR_M);
        _delegate(vehicle);

        vm.prank(pile.account);
        openAuctions.bid(auctionId, PRICE, POWER_W, FAR_M, invitation);
        vm.assertEq(openAuctions.auctionOf(auctionId).leader, pile.account, "leads");
    }

    function test_Delegated_PartiesAgree() external {
        Deal memory deal = _charging();
        Reading memory reading = _reading(deal.sessionId, 1_000);
        (bytes memory ofVehicle, bytes memory ofPile) = (
            _signed(reading, vehicle),
            _signed(reading, pile)
        );
        _delegate(vehicle);
        _delegate(pile);

        sessions.settleAgreed(reading, ofVehicle, ofPile);
        vm.assertEq(
            uint8(sessions.sessionOf(deal.sessionId).state),
            uint8(SessionState.Settled),
            "settled"
        );
    }

    function test_Delegated_ArbiterOfAQuorum() external {
        ArbiterQuorum quorum = new ArbiterQuorum(_one(stranger.account), 1);
        bytes32 digest = keccak256("a ruling");
        bytes[] memory signatures = new bytes[](1);
        signatures[0] = _signature(stranger.key, digest);
        _delegate(stranger);

        bytes4 answer = quorum.isValidSignature(
            digest,
            abi.encode(_one(stranger.account), signatures)
        );
        vm.assertTrue(answer == quorum.isValidSignature.selector, "signed");
    }

    /// @dev By the code as well, where the key did not sign: as a wallet's.
    function test_Delegated_CodeIsAskedSecond() external {
        SessionAuthorisation memory given = _authorisation(_fresh.account, PLACE);
        bytes memory consent = _stationSigned(given, stranger);
        Wallet1271 wallet = new Wallet1271(stranger.account);
        vm.etch(_fresh.account, address(wallet).code);
        vm.store(_fresh.account, 0, bytes32(uint256(uint160(stranger.account))));

        identities.authorise(given, _stationSigned(given, pile), consent);
        identities.requireStanding(_fresh.account, ParticipantKind.Vehicle);
    }

    /// @dev A delegation to a contract that answers no question of ERC-1271.
    function _delegate(Actor memory one) private {
        vm.etch(one.account, bytes.concat(hex"ef0100", bytes20(address(token))));
    }
}
