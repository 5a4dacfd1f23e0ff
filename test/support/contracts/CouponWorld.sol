// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Coupons} from "../../../contracts/Coupons.sol";
import {IReputation} from "../../../contracts/interfaces/IReputation.sol";
import {RatingStage} from "../../../contracts/mocks/RatingStage.sol";
import {ElectionId, ElectionRule, ElectionTerms} from "../../../contracts/types/CouponTypes.sol";
import {EvaluationId, SessionId} from "../../../contracts/types/MarketTypes.sol";
import {DealWorld} from "./DealWorld.sol";

/// @title A sponsor, and vehicles whose ratings make them candidates
abstract contract CouponWorld is DealWorld {
    uint128 internal constant COUPON = 12e6;
    uint128 internal constant SPONSORED = 100e6;
    uint256 internal constant SEED_BLOCK = 1_000;
    bytes32 internal constant SEED = keccak256("hash of the block");
    int8[5] internal scores = [int8(1), 7, 7, 20, 0];
    RatingStage internal stage;
    address internal sponsor;

    function setUp() public override {
        super.setUp();
        stage = RatingStage(_created("RatingStage", abi.encode(_parameters())));
        uint64 nonce = vm.getNonce(address(this));
        escrow = _escrowOf(token, vm.computeCreateAddress(address(this), nonce + 1));
        coupons = _newCoupons(escrow, stage.reputation());
        sponsor = matcher.account;
        _fund(sponsor, SPONSORED);
        for (uint160 k = 1; k <= scores.length; ++k) _evaluate(k, scores[k - 1]);
        vm.roll(SEED_BLOCK - 10);
    }

    function _evaluate(uint160 k, int8 score) internal {
        uint40 serial = EvaluationId.unwrap(stage.reputation().lastEvaluation());
        SessionId sessionId = stage.settled(_vehicle(k), 1, serial, score);
        IReputation staged = stage.reputation();
        vm.prank(_vehicle(k));
        staged.rate(sessionId, 3);
    }

    function _vehicle(uint160 k) internal pure returns (address) {
        return address(0xE000 + k);
    }

    function _evaluation(uint40 id) internal pure returns (EvaluationId) {
        return EvaluationId.wrap(id);
    }

    function _terms(ElectionRule rule) internal view returns (ElectionTerms memory) {
        return
            ElectionTerms({
                rule: rule,
                bar: 1,
                from: _evaluation(1),
                to: _evaluation(5),
                seedBlock: uint40(SEED_BLOCK),
                claimEnds: uint40(block.timestamp) + 1 hours,
                coupon: COUPON,
                nonce: bytes32(0)
            });
    }

    function _open(ElectionTerms memory terms) internal returns (ElectionId) {
        vm.prank(sponsor);
        return coupons.open(terms);
    }

    function _reachSeed() internal {
        _reachSeedOf(SEED);
    }

    function _reachSeedOf(bytes32 seed) internal {
        vm.roll(SEED_BLOCK + 1);
        vm.setBlockhash(SEED_BLOCK, seed);
    }
}
