// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ArbiterQuorum} from "../../contracts/ArbiterQuorum.sol";
import {HostileParticipant} from "../../contracts/mocks/HostileParticipant.sol";
import {ReenteringWallet} from "../../contracts/mocks/ReenteringWallet.sol";
import {Wallet1271} from "../../contracts/mocks/Wallet1271.sol";
import {Ruling, SessionState} from "../../contracts/types/MarketTypes.sol";
import {Deal} from "../support/contracts/DealWorld.sol";
import {DisputeWorld} from "../support/contracts/DisputeWorld.sol";
import {Actor} from "../support/contracts/Base.sol";

/// @title Arbiters that are contracts
contract SessionArbiterTest is DisputeWorld {
    /// @dev In place of the quorum.
    address private _chosen;
    ArbiterQuorum private _quorum;
    Actor private _second = _actor(0xA4B2);
    Actor private _third = _actor(0xA4B3);

    function _arbiter() internal override returns (address) {
        if (_chosen != address(0)) return _chosen;
        address[] memory members = _three(judge.account, _second.account, _third.account);
        _quorum = new ArbiterQuorum(members, 2);
        return address(_quorum);
    }

    function test_SE6_Quorum_TwoOfThree() external {
        Deal memory deal = _disputed();
        Ruling memory ruling = Ruling(deal.sessionId, 7);
        bytes memory reason = _notSigned(deal.sessionId, address(_quorum));
        _refusesRuling(ruling, _joined(_one(judge.account), ruling), reason);
        _refusesRuling(ruling, _joined(_two(judge.account, judge.account), ruling), reason);
        _refusesRuling(ruling, _ruled(ruling, judge), reason);
        _refusesRuling(ruling, "", reason);

        _rule(deal.sessionId, 7, _joined(_ascending(judge.account, _third.account), ruling));
        _assertPaid(deal.sessionId, ENERGY_WH, 7, 0);
    }

    function test_SE6_Quorum_OfAnotherRuling() external {
        Deal memory deal = _disputed();
        Ruling memory ruling = Ruling(deal.sessionId, 7);
        address[] memory signers = _ascending(judge.account, _third.account);
        bytes memory signature = _joined(signers, ruling);
        ruling.amount = 8;
        _refusesRuling(ruling, signature, _notSigned(deal.sessionId, address(_quorum)));
    }

    function test_SE6_Wallet_Rules() external {
        Wallet1271 wallet = new Wallet1271(judge.account);
        _underArbiter(address(wallet));
        Deal memory deal = _disputed();
        Ruling memory ruling = Ruling(deal.sessionId, 9);
        _refusesRuling(
            ruling,
            _ruled(ruling, stranger),
            _notSigned(deal.sessionId, address(wallet))
        );
        _rule(deal.sessionId, 9, _ruled(ruling, judge));
        _assertPaid(deal.sessionId, ENERGY_WH, 9, 0);
    }

    /// @dev It is asked by a static call: whatever it sets off changes nothing, and it rules once.
    function test_SE1_Hostile_ArbiterReenters() external {
        ReenteringWallet hostile = new ReenteringWallet();
        _underArbiter(address(hostile));
        Deal memory deal = _disputed();
        Ruling memory ruling = Ruling(deal.sessionId, 9);
        Ruling memory inner = Ruling(deal.sessionId, 0);
        bytes[3] memory calls = [
            abi.encodeCall(sessions.finalise, (deal.sessionId)),
            abi.encodeCall(sessions.rule, (inner, bytes(""))),
            abi.encodeCall(sessions.settle, (deal.sessionId, meter, _nameless(2), bytes("")))
        ];
        hostile.arm(address(sessions), calls[1]);
        sessions.rule(ruling, "");
        _assertPaid(deal.sessionId, ENERGY_WH, 9, 0);

        for (uint256 i = 0; i < calls.length; ++i) {
            hostile.arm(address(sessions), calls[i]);
            _refusesRuling(
                ruling,
                "",
                _wrongState(deal.sessionId, SessionState.Disputed, SessionState.Settled)
            );
        }
    }

    /// @dev An arbiter that burns all gas costs whoever relays; the money moves at the deadline.
    function test_SE5_Hostile_ArbiterBurnsGas() external {
        HostileParticipant burner = new HostileParticipant();
        _underArbiter(address(burner));
        Deal memory deal = _disputed();
        Ruling memory ruling = Ruling(deal.sessionId, 9);
        vm.expectRevert(_notSigned(deal.sessionId, address(burner)));
        sessions.rule{gas: 1_000_000}(ruling, "");
        vm.warp(_deadlineOf(deal.sessionId));
        sessions.finalise(deal.sessionId);
        _assertPaid(deal.sessionId, ENERGY_WH, AMOUNT, 0);
    }

    /// @dev The market again, with another arbiter.
    function _underArbiter(address account) private {
        _chosen = account;
        setUp();
    }

    function _ascending(address a, address b) private pure returns (address[] memory) {
        return a < b ? _two(a, b) : _two(b, a);
    }

    function _joined(
        address[] memory signers,
        Ruling memory ruling
    ) private view returns (bytes memory) {
        bytes[] memory signatures = new bytes[](signers.length);
        for (uint256 i = 0; i < signers.length; ++i) {
            signatures[i] = _ruled(ruling, _memberOf(signers[i]));
        }
        return abi.encode(signers, signatures);
    }

    function _memberOf(address account) private view returns (Actor memory) {
        if (account == judge.account) return judge;
        return account == _second.account ? _second : _third;
    }
}
