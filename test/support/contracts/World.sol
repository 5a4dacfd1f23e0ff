// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IEscrow} from "../../../contracts/interfaces/IEscrow.sol";
import {IPricingAuction} from "../../../contracts/interfaces/IPricingAuction.sol";
import {DemoToken} from "../../../contracts/mocks/DemoToken.sol";
import {
    AuctionId,
    AuctionTerms,
    Balance,
    Offer,
    Opening,
    ParticipantKind,
    Phase,
    SessionId
} from "../../../contracts/types/MarketTypes.sol";
import {Actor} from "./Base.sol";
import {Digests} from "./Digests.sol";
import {Oracle} from "./Oracle.sol";
import {People} from "./People.sol";
import {Tree} from "./Tree.sol";

/// @title A market with certified, funded people
/// @dev Every builder below leaves a world that honest people could have made.
abstract contract World is People {
    uint128 internal constant BOND = 5e6;
    uint128 internal constant DEPOSIT = 20e6;
    /// @dev 0.45 tokens a kWh.
    uint64 internal constant PRICE = 450_000;
    uint32 internal constant POWER_W = 11_000;
    /// @dev What everybody has uploaded, as far as the chain knows it.
    bytes32 internal constant UPLOAD = keccak256("upload");
    bytes32 internal constant PARTICIPANTS = keccak256("participants");

    function setUp() public virtual {
        vm.warp(START);
        token = DemoToken(_created("DemoToken", ""));
        _deploy();

        _enrolServers();
        _enrol(vehicle, ParticipantKind.Vehicle);
        _enrol(otherVehicle, ParticipantKind.Vehicle);
        _enrol(pile, ParticipantKind.Pile);
        _enrol(otherPile, ParticipantKind.Pile);

        _fund(vehicle.account, FUNDS);
        _fund(otherVehicle.account, FUNDS);
        _fund(pile.account, FUNDS);
        _fund(otherPile.account, FUNDS);
    }

    /* AUCTIONS */

    /// @dev Served by `matcher` and `second`.
    function _terms() internal view returns (AuctionTerms memory) {
        uint40 from = uint40(block.timestamp);
        return
            AuctionTerms({
                areaHash: keccak256("area"),
                roundKeyHash: keccak256("round key"),
                scope: bytes32(0),
                secondServer: secondServer.account,
                biddingEnds: from + 10 minutes,
                matchingEnds: from + 20 minutes,
                openingEnds: from + 50 minutes,
                slotStart: from + 60 minutes,
                slotEnd: from + 120 minutes,
                maxRounds: 1,
                roundSeconds: 5 minutes,
                bidBond: BOND,
                vehicleDeposit: DEPOSIT,
                nonce: bytes32(0)
            });
    }

    function _offer() internal pure returns (Offer memory) {
        return Offer({pricePerKwh: PRICE, powerW: POWER_W, salt: keccak256("salt")});
    }

    function _open(AuctionTerms memory terms) internal returns (AuctionId) {
        bytes memory signature = _served(terms, secondServer);
        vm.prank(matcher.account);
        return auctions.open(terms, signature);
    }

    /// @dev By whom `matcher` opens.
    function _served(
        AuctionTerms memory terms,
        Actor memory server
    ) internal view returns (bytes memory) {
        return _servedFor(matcher.account, terms, server);
    }

    function _servedFor(
        address first,
        AuctionTerms memory terms,
        Actor memory server
    ) internal view returns (bytes memory) {
        AuctionId auctionId = Oracle.auctionId(address(auctions), first, terms);
        return _signature(server.key, Digests.serveDigest(address(auctions), auctionId));
    }

    function _request(AuctionId auctionId, Actor memory actor) internal {
        vm.prank(actor.account);
        auctions.request(auctionId, UPLOAD);
    }

    function _bid(AuctionId auctionId, Actor memory actor, Offer memory offer) internal {
        vm.prank(actor.account);
        auctions.bid(auctionId, Oracle.offerHash(offer), UPLOAD);
    }

    /// @dev The word that the contract keeps of a bid of round 1.
    function _committed(
        AuctionId auctionId,
        address bidder,
        Offer memory offer
    ) internal view returns (bytes32) {
        return _committed(auctionId, 1, bidder, offer);
    }

    function _committed(
        AuctionId auctionId,
        uint8 round,
        address bidder,
        Offer memory offer
    ) internal view returns (bytes32) {
        return Oracle.bid(address(auctions), auctionId, round, bidder, offer, UPLOAD);
    }

    function _closeRound(
        AuctionId auctionId,
        uint64 referencePricePerKwh,
        bytes32 transcriptRoot
    ) internal {
        uint8 round = auctions.auctionOf(auctionId).round;
        _closeAs(matcher, auctionId, round, referencePricePerKwh, transcriptRoot);
    }

    /// @dev The other server has signed.
    function _closeAs(
        Actor memory caller,
        AuctionId auctionId,
        uint8 round,
        uint64 referencePricePerKwh,
        bytes32 transcriptRoot
    ) internal {
        bytes memory signature = _signedRound(
            _otherThan(caller),
            auctionId,
            round,
            referencePricePerKwh,
            transcriptRoot
        );
        vm.prank(caller.account);
        auctions.closeRound(
            auctionId,
            round,
            referencePricePerKwh,
            transcriptRoot,
            PARTICIPANTS,
            signature
        );
    }

    function _signedRound(
        Actor memory server,
        AuctionId auctionId,
        uint8 round,
        uint64 referencePricePerKwh,
        bytes32 transcriptRoot
    ) internal view returns (bytes memory) {
        bytes32 digest = Digests.roundDigest(
            address(auctions),
            auctionId,
            round,
            referencePricePerKwh,
            transcriptRoot,
            PARTICIPANTS
        );
        return _signature(server.key, digest);
    }

    function _post(AuctionId auctionId, bytes32[] memory decisions) internal {
        _postAs(matcher, auctionId, auctions.auctionOf(auctionId).round, decisions);
    }

    /// @dev The other server has signed.
    function _postAs(
        Actor memory caller,
        AuctionId auctionId,
        uint8 round,
        bytes32[] memory decisions
    ) internal {
        bytes memory signature = _signedFinal(_otherThan(caller), auctionId, round, decisions);
        vm.prank(caller.account);
        auctions.postDecisions(auctionId, round, decisions, PARTICIPANTS, signature);
    }

    function _signedFinal(
        Actor memory server,
        AuctionId auctionId,
        uint8 round,
        bytes32[] memory decisions
    ) internal view returns (bytes memory) {
        return _signedRoot(server, auctionId, round, Tree.root(decisions), decisions.length);
    }

    function _signedRoot(
        Actor memory server,
        AuctionId auctionId,
        uint8 round,
        bytes32 root,
        uint256 count
    ) internal view returns (bytes memory) {
        bytes32 digest = Digests.finalDigest(
            address(auctions),
            auctionId,
            round,
            root,
            count,
            PARTICIPANTS
        );
        return _signature(server.key, digest);
    }

    function _otherThan(Actor memory server) internal view returns (Actor memory) {
        return server.account == secondServer.account ? matcher : secondServer;
    }

    function _notSelected(
        Actor memory server,
        AuctionId auctionId,
        address[] memory vehicles,
        address[] memory piles,
        uint40 deadline
    ) internal view returns (bytes memory) {
        bytes32 digest = Digests.notSelectedDigest(
            address(auctions),
            auctionId,
            vehicles,
            piles,
            deadline
        );
        return _signature(server.key, digest);
    }

    /// @dev Releases with the signatures of both servers, relayed by nobody in particular.
    function _release(
        AuctionId auctionId,
        address[] memory vehicles,
        address[] memory piles
    ) internal {
        uint40 deadline = uint40(block.timestamp) + 1;
        bytes memory first = _notSelected(matcher, auctionId, vehicles, piles, deadline);
        bytes memory other = _notSelected(secondServer, auctionId, vehicles, piles, deadline);
        auctions.release(auctionId, vehicles, piles, deadline, first, other);
    }

    function _opening(
        AuctionId auctionId,
        Actor memory ev,
        Actor memory cp
    ) internal pure returns (Opening memory) {
        bytes32 r = keccak256(abi.encode("r", ev.id, cp.id));
        return Opening(auctionId, ev.id, cp.id, 1, _offer(), UPLOAD, r);
    }

    /// @dev The decision commitment of an opening, for the pile that `cpId` names.
    function _decision(Opening memory opening, address cp) internal view returns (SessionId) {
        bytes32 bid = Oracle.bid(
            address(auctions),
            opening.auctionId,
            opening.round,
            cp,
            opening.offer,
            opening.uploadHash
        );
        return Oracle.decision(opening, bid);
    }

    function _leaf(Opening memory opening, address cp) internal view returns (bytes32) {
        return SessionId.unwrap(_decision(opening, cp));
    }

    /* CHECKS */

    /// @dev What the escrow says next of a session between `vehicle` and `pile`.
    function _expectStakes(uint128 toPile, uint128 toVehicle) internal {
        vm.expectEmit(address(escrow));
        emit IEscrow.StakesSettled(
            vehicle.account,
            pile.account,
            address(sessions),
            DEPOSIT,
            toPile,
            BOND,
            toVehicle
        );
    }

    /// @dev Of a sealed auction.
    function _wrongPhase(
        AuctionId auctionId,
        Phase expected,
        Phase actual
    ) internal pure returns (bytes memory) {
        return
            abi.encodeWithSelector(
                IPricingAuction.AuctionWrongPhase.selector,
                auctionId,
                expected,
                actual
            );
    }

    function _assertBalance(
        address account,
        uint256 free,
        uint256 locked,
        string memory label
    ) internal view {
        Balance memory balance = escrow.balanceOf(account);
        vm.assertEq(balance.free, free, string.concat(label, ": free"));
        vm.assertEq(balance.locked, locked, string.concat(label, ": locked"));
    }
}
