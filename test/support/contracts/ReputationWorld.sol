// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IReputation} from "../../../contracts/interfaces/IReputation.sol";
import {EvaluationId, SessionId} from "../../../contracts/types/MarketTypes.sol";
import {Deal} from "./DealWorld.sol";
import {SettleWorld} from "./SettleWorld.sol";
import {Actor} from "./Base.sol";

/// @title Outcomes that sessions report, and ratings that vehicles give
abstract contract ReputationWorld is SettleWorld {
    uint256 internal constant WAD = 1e18;
    SessionId internal constant SOME = SessionId.wrap(bytes32(uint256(1)));
    EvaluationId internal constant FIRST = EvaluationId.wrap(1);

    function _record(Actor memory ev, int8 outcome) internal {
        vm.prank(address(sessions));
        reputation.recordOutcome(ev.account, SOME, outcome);
    }

    function _recordMany(Actor memory ev, int8 outcome, uint256 times) internal {
        for (uint256 i = 0; i < times; ++i) _record(ev, outcome);
    }

    function _rate(Deal memory deal, Actor memory rater, uint8 rating) internal {
        vm.prank(rater.account);
        reputation.rate(deal.sessionId, rating);
    }

    function _refuses(
        Deal memory deal,
        Actor memory rater,
        uint8 rating,
        bytes memory reason
    ) internal {
        vm.expectRevert(reason);
        _rate(deal, rater, rating);
    }

    function _outOfRange(
        Deal memory deal,
        uint8 rating,
        uint8 mostRating
    ) internal pure returns (bytes memory) {
        return
            abi.encodeWithSelector(
                IReputation.ReputationRatingOutOfRange.selector,
                deal.sessionId,
                rating,
                mostRating
            );
    }
}
