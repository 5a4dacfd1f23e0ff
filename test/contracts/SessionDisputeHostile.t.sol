// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {HostileParticipant} from "../../contracts/mocks/HostileParticipant.sol";
import {ReenteringToken} from "../../contracts/mocks/ReenteringToken.sol";
import {
    ParticipantKind,
    Ruling,
    SessionId,
    SessionState
} from "../../contracts/types/MarketTypes.sol";
import {MeterRecord} from "../../contracts/ocmf/OcmfTypes.sol";
import {MeterCertificate} from "../../contracts/types/MeterTypes.sol";
import {Deal} from "../support/contracts/DealWorld.sol";
import {DisputeWorld} from "../support/contracts/DisputeWorld.sol";
import {Oracle} from "../support/contracts/Oracle.sol";
import {Actor} from "../support/contracts/Base.sol";

/// @title Metered and disputed sessions of hostile parties
contract SessionDisputeHostileTest is DisputeWorld {
    /// @dev A pile that reverts on every call is paid, overruled and finalised all the same: nobody
    /// calls it.
    function test_SE5_Hostile_Pile() external {
        HostileParticipant hostile = new HostileParticipant();
        Actor memory cp = _enrolContract(address(hostile), ParticipantKind.Pile);
        SessionId sessionId = _meteredWith(cp, hostile);
        vm.prank(vehicle.account);
        sessions.dispute(sessionId);
        _rule(sessionId, 10, _ruled(Ruling(sessionId, 10), judge));
        _assertBalance(address(hostile), FUNDS + 10, 0, "hostile");
        _assertBalance(vehicle.account, FUNDS - 10, 0, "vehicle");
    }

    /// @dev A vehicle that burns all gas when asked is not asked where the meter names the session.
    function test_SE5_Hostile_VehicleIsNotAsked() external {
        (HostileParticipant hostile, SessionId sessionId) = _chargingHostile();
        _settleOn(sessionId, _naming(sessionId, 1), "");
        hostile.act(address(sessions), abi.encodeCall(sessions.dispute, (sessionId)));
        vm.warp(_deadlineOf(sessionId));
        sessions.finalise(sessionId);
        _assertBalance(address(hostile), FUNDS - AMOUNT, 0, "hostile");
        _assertBalance(pile.account, FUNDS + AMOUNT, 0, "pile");
    }

    /// @dev Where it is asked, it costs the pile the gas of its own call, and the record is not
    /// spent.
    function test_SE5_Hostile_VehicleBurnsGas() external {
        (HostileParticipant hostile, SessionId sessionId) = _chargingHostile();
        MeterRecord[] memory records = _nameless(1);
        vm.expectRevert(_notSigned(sessionId, address(hostile)));
        vm.prank(pile.account);
        sessions.settle{gas: 3_000_000}(sessionId, meter, records, "");
        vm.assertEq(_lastPagination(), 0, "METER-1: unspent");

        vm.warp(_deadlineOf(sessionId));
        sessions.expire(sessionId);
        _assertBalance(address(hostile), FUNDS, 0, "hostile");
        _assertBalance(pile.account, FUNDS, 0, "pile");
    }

    /// @dev Out of somebody's withdrawal the session is finalised, once.
    function test_ES4_Hostile_TokenFinalisesInAWithdrawal() external {
        ReenteringToken hostile = ReenteringToken(_created("ReenteringToken", ""));
        token = hostile;
        _redeploy();
        Deal memory deal = _metered();
        vm.warp(_deadlineOf(deal.sessionId));
        hostile.arm(
            ReenteringToken.Manner.PassOnFailure,
            address(sessions),
            abi.encodeCall(sessions.finalise, (deal.sessionId))
        );
        uint128 free = escrow.balanceOf(pile.account).free;
        vm.prank(pile.account);
        escrow.withdraw(pile.account, free);
        _assertBalance(pile.account, AMOUNT + BOND, 0, "pile");
        _assertBalance(vehicle.account, FUNDS - AMOUNT, 0, "vehicle");

        bytes memory reason = _wrongState(
            deal.sessionId,
            SessionState.Metered,
            SessionState.Settled
        );
        vm.expectRevert(reason);
        vm.prank(pile.account);
        escrow.withdraw(pile.account, 1);
    }

    /* HELPERS */

    function _meteredWith(
        Actor memory cp,
        HostileParticipant hostile
    ) private returns (SessionId sessionId) {
        Deal memory deal;
        deal.terms = _terms();
        deal.auctionId = _open(deal.terms);
        deal.opening = _opening(deal.auctionId, vehicle, cp);
        _request(deal.auctionId, vehicle);
        hostile.act(
            address(auctions),
            abi.encodeCall(
                auctions.bid,
                (deal.auctionId, Oracle.offerHash(deal.opening.offer), UPLOAD)
            )
        );
        sessionId = _decision(deal.opening, cp.account);
        vm.warp(deal.terms.biddingEnds);
        _post(deal.auctionId, _one(SessionId.unwrap(sessionId)));
        _start(deal, vehicle);
        hostile.act(address(sessions), abi.encodeCall(sessions.authorise, (sessionId)));
        vm.prank(vehicle.account);
        sessions.plugIn(sessionId);
        vm.warp(block.timestamp + 1 hours);
        _certify(_renewed(cp));
        bytes memory settle = abi.encodeCall(
            sessions.settle,
            (sessionId, meter, _naming(sessionId, 1), bytes(""))
        );
        hostile.act(address(sessions), settle);
    }

    /// @dev `meter` moves to another pile.
    function _renewed(Actor memory cp) private view returns (MeterCertificate memory certificate) {
        certificate = _meterCertificate(meter, cp);
        certificate.issue = 2;
    }

    function _chargingHostile() private returns (HostileParticipant hostile, SessionId sessionId) {
        hostile = new HostileParticipant();
        Actor memory ev = _enrolContract(address(hostile), ParticipantKind.Vehicle);
        Deal memory deal = _agreedBetween(ev, pile, PRICE);
        sessionId = deal.sessionId;
        hostile.act(address(sessions), abi.encodeCall(sessions.start, (deal.opening, deal.proof)));
        vm.prank(pile.account);
        sessions.authorise(sessionId);
        hostile.act(address(sessions), abi.encodeCall(sessions.plugIn, (sessionId)));
        vm.warp(block.timestamp + 1 hours);
    }

    /// @dev The same people and the same meter on another token.
    function _redeploy() private {
        _deploy();
        _enrolServers();
        Actor[2] memory vehicles = [vehicle, otherVehicle];
        Actor[2] memory piles = [pile, otherPile];
        for (uint256 i = 0; i < 2; ++i) {
            _enrol(vehicles[i], ParticipantKind.Vehicle);
            _enrol(piles[i], ParticipantKind.Pile);
            _fund(vehicles[i].account, FUNDS);
            _fund(piles[i].account, FUNDS);
        }
        _certify(meter, pile);
    }
}
