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

/// @title A market with certified, funded people
/// @dev Every builder below leaves a world that honest people could have made.
abstract contract World is People {
    uint128 internal constant BOND = 5e6;
    uint128 internal constant DEPOSIT = 20e6;
    /// @dev 0.45 tokens a kWh.
    uint64 internal constant PRICE = 450_000;
    uint32 internal constant POWER_W = 11_000;

    function setUp() public virtual {
        vm.warp(START);
        token = new DemoToken();
        _deploy();

        _enrol(matcher, ParticipantKind.Matcher);
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

    function _terms() internal view returns (AuctionTerms memory) {
        uint40 from = uint40(block.timestamp);
        return
            AuctionTerms({
                areaHash: keccak256("area"),
                roundKeyHash: keccak256("round key"),
                scope: bytes32(0),
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
        return
            Offer({
                pricePerKwh: PRICE,
                powerW: POWER_W,
                encryptedOfferHash: keccak256("encrypted offer"),
                salt: keccak256("salt")
            });
    }

    function _open(AuctionTerms memory terms) internal returns (AuctionId) {
        vm.prank(matcher.account);
        return auctions.open(terms);
    }

    function _request(AuctionId auctionId, Actor memory actor) internal {
        bytes32 commitment = Oracle.request(
            address(auctions),
            auctionId,
            actor.account,
            keccak256("request")
        );
        vm.prank(actor.account);
        auctions.request(auctionId, commitment);
    }

    function _bid(AuctionId auctionId, Actor memory actor, Offer memory offer) internal {
        bytes32 commitment = Oracle.bid(address(auctions), auctionId, actor.account, offer);
        vm.prank(actor.account);
        auctions.bid(auctionId, commitment);
    }

    function _post(AuctionId auctionId, bytes32[] memory decisions) internal {
        uint8 round = auctions.auctionOf(auctionId).round;
        vm.prank(matcher.account);
        auctions.postDecisions(auctionId, round, decisions);
    }

    function _notSelected(
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
        return _signature(matcher.key, digest);
    }

    /// @dev Releases with the matcher's signature, relayed by nobody in particular.
    function _release(
        AuctionId auctionId,
        address[] memory vehicles,
        address[] memory piles
    ) internal {
        uint40 deadline = uint40(block.timestamp) + 1;
        bytes memory signature = _notSelected(auctionId, vehicles, piles, deadline);
        auctions.release(auctionId, vehicles, piles, deadline, signature);
    }

    function _opening(
        AuctionId auctionId,
        Actor memory ev,
        Actor memory cp
    ) internal pure returns (Opening memory) {
        bytes32 r = keccak256(abi.encode("r", ev.id, cp.id));
        return Opening(auctionId, ev.id, cp.id, 1, _offer(), r);
    }

    /// @dev The decision commitment of an opening, for the pile that `cpId` names.
    function _decision(Opening memory opening, address cp) internal view returns (SessionId) {
        bytes32 bid = Oracle.bid(
            address(auctions),
            opening.auctionId,
            opening.round,
            cp,
            opening.offer
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
