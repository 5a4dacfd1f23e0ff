// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Ruling, SessionId, SessionWindows} from "../../../contracts/types/MarketTypes.sol";
import {Deal} from "./DealWorld.sol";
import {SettleWorld} from "./SettleWorld.sol";
import {Actor} from "./Base.sol";

/// @title A market in which what records say can be disputed
abstract contract DisputeWorld is SettleWorld {
    uint40 internal constant DISPUTE_WINDOW = 2 days;

    Actor internal judge = _actor(0xA4B1);

    function _windows() internal pure override returns (SessionWindows memory) {
        return
            SessionWindows({
                authorise: AUTHORISE_WINDOW,
                plugIn: PLUG_IN_WINDOW,
                settle: SETTLE_WINDOW,
                dispute: DISPUTE_WINDOW,
                arbitration: ARBITRATION_WINDOW
            });
    }

    function _arbiter() internal virtual override returns (address) {
        return judge.account;
    }

    /// @dev The plain record is in, and the money waits.
    function _metered() internal returns (Deal memory deal) {
        deal = _charged();
        uint64 next = _lastPagination() + 1;
        _settleOn(deal.sessionId, _naming(deal.sessionId, next), "");
    }

    function _disputed() internal returns (Deal memory deal) {
        deal = _metered();
        vm.prank(vehicle.account);
        sessions.dispute(deal.sessionId);
    }

    function _rule(SessionId sessionId, uint128 amount, bytes memory signature) internal {
        vm.prank(stranger.account);
        sessions.rule(Ruling(sessionId, amount), signature);
    }

    function _refusesRuling(
        Ruling memory ruling,
        bytes memory signature,
        bytes memory reason
    ) internal {
        vm.expectRevert(reason);
        sessions.rule(ruling, signature);
    }
}
