// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Coupons} from "../../../contracts/Coupons.sol";
import {ICoupons} from "../../../contracts/interfaces/ICoupons.sol";
import {IReputation} from "../../../contracts/interfaces/IReputation.sol";
import {CarelessSession} from "../../../contracts/mocks/CarelessSession.sol";
import {RatingStage} from "../../../contracts/mocks/RatingStage.sol";
import {MeterRecord} from "../../../contracts/ocmf/OcmfTypes.sol";
import {ElectionId, ElectionRule, ElectionTerms} from "../../../contracts/types/CouponTypes.sol";
import {
    EvaluationId,
    Reading,
    SessionAuthorisation,
    SessionId
} from "../../../contracts/types/MarketTypes.sol";
import {Deal} from "../../support/contracts/DealWorld.sol";
import {SettleWorld} from "../../support/contracts/SettleWorld.sol";
import {Actor} from "../../support/contracts/Base.sol";

/// @title One certified pile makes vehicles of its own, and trades with them
/// @dev No certified vehicle, no energy and no token but the smallest: what that buys, and what a
/// point costs by the cheapest way that is left.
contract BoughtStandingTest is SettleWorld {
    uint128 private constant COUPON = 100e6;

    Actor private _fresh;
    /// @dev What the attacker's calls have used.
    uint256 private _gas;

    function setUp() public override {
        super.setUp();
        SessionAuthorisation memory given = _authorisation(vm.addr(0xF4E54), keccak256("place"));
        _authorise(given);
        _fresh = _anonymous(0xF4E54, given);
        _fund(_fresh.account, FUNDS);
    }

    /// @dev Twenty sessions agreed on, of a whole kWh each: no point, no rating, no coupon.
    function test_RE8_Attack_AgreedSessionsAreWorthNothing() external {
        CarelessSession careless = new CarelessSession();
        for (uint256 i = 0; i < 20; ++i) _carelessSession(careless, i);
        vm.assertEq(careless.credibilityOf(_fresh.account), 20, "the attack works");

        for (uint256 i = 0; i < 20; ++i) {
            Deal memory deal = _chargingBetween(_fresh, pile, i % 2 == 0 ? 0 : PRICE);
            _agree(deal.sessionId, i % 3 == 0 ? 0 : 1_000);
            vm.expectRevert(_outOfRange(deal.sessionId, 3));
            _rate(deal.sessionId, 3);
            _rate(deal.sessionId, 1);
        }
        _assertNoStanding(20);
        _assertNoCoupon();
    }

    /// @dev The straw man of rating and coupon: on a stage where every session counts, one that cost
    /// nothing moves the pile's rating and takes what a sponsor has put down.
    function test_RE8_Attack_WhereEverySessionCounts() external {
        RatingStage stage = RatingStage(_created("RatingStage", abi.encode(_parameters())));
        uint64 nonce = vm.getNonce(address(this));
        escrow = _escrowOf(token, vm.computeCreateAddress(address(this), nonce + 1));
        coupons = _newCoupons(escrow, stage.reputation());
        SessionId sessionId = stage.settled(_fresh.account, 1, 0, 20);
        IReputation staged = stage.reputation();
        vm.prank(_fresh.account);
        staged.rate(sessionId, 3);
        (uint128 ratingWad, ) = staged.pileRatingOf(stage.pileAt(1));
        vm.assertApproxEqAbs(ratingWad, 0.299258e18, 0.5e12, "the attack works");

        EvaluationId first = EvaluationId.wrap(1);
        ElectionId id = _election(first);
        coupons.claim(id, first, 0);
        vm.warp(block.timestamp + 1 days);
        coupons.redeem(id);
        _assertBalance(_fresh.account, COUPON, 0, "and takes the coupon");
    }

    /// @dev The same by records of the attacker's own, honest meter: below the least energy, below
    /// the least payment, and with a vehicle that the pile itself has let in.
    function test_RE8_Attack_MeteredButNotPaidOrVouched() external {
        _meteredSession(_fresh, 0, 20_000_000);
        _meteredSession(_fresh, PRICE, 999_999);
        _meteredSession(_fresh, PRICE, 20_000_000);
        _assertNoStanding(0);
        _meteredSession(vehicle, 0, 20_000_000);
        _meteredSession(vehicle, 99_999, 1_000_000);
        _meteredSession(vehicle, PRICE, 999_999);
        vm.assertEq(int256(reputation.credibilityOf(vehicle.account)), 0, "certified, too");
    }

    /// @dev What contracts/README.md says that a point costs: a kWh through a certified meter, a
    /// tenth of a token that moves from one to the other, the gas, and both stakes from the auction
    /// to the settlement.
    function test_RE8_Cost_OfAPoint() external {
        uint64 least = 100_000;
        uint256 since = block.timestamp;
        _gas = 0;
        SessionId sessionId = _meteredSession(vehicle, least, 1_000_000);
        vm.assertEq(int256(reputation.credibilityOf(vehicle.account)), 1, "a point");
        vm.assertEq(sessions.sessionOf(sessionId).energyWh, MIN_ENERGY_WH, "energy");
        _assertBalance(vehicle.account, FUNDS - MIN_AMOUNT, 0, "paid");
        _assertBalance(pile.account, FUNDS + MIN_AMOUNT, 0, "and received");
        // Six calls, without what their transactions cost by themselves.
        vm.assertGt(_gas, 250_000, "gas of request, bid, start, authorise, plugIn and settle");
        vm.assertGe(block.timestamp - since, 10 minutes + _secondsFor(1_000_000), "and the time");
    }

    /// @dev Full weight is twenty points; the same two can then move a rating, each time for the
    /// price of another point.
    function test_RE8_Cost_OfARating() external {
        for (uint256 i = 0; i < 20; ++i) _meteredSession(vehicle, 100_000, 1_000_000);
        vm.assertEq(int256(reputation.credibilityOf(vehicle.account)), 20, "full");
        _assertBalance(vehicle.account, FUNDS - 20 * MIN_AMOUNT, 0, "paid for");
        SessionId sessionId = _meteredSession(vehicle, 100_000, 1_000_000);
        vm.prank(vehicle.account);
        reputation.rate(sessionId, 3);
        (uint128 ratingWad, ) = reputation.pileRatingOf(pile.account);
        vm.assertApproxEqAbs(ratingWad, 0.299258e18, 0.5e12, "a tenth of the way");
    }

    /* SESSIONS */

    function _carelessSession(CarelessSession careless, uint256 id) private {
        vm.prank(pile.account);
        careless.start(id, _fresh.account, pile.account, block.timestamp);
        vm.prank(pile.account);
        careless.authorise(id);
        vm.prank(_fresh.account);
        careless.plugIn(id);
        careless.agree(id, 1);
    }

    function _agree(SessionId sessionId, uint64 energyWh) private {
        Reading memory reading = _reading(sessionId, energyWh);
        sessions.settleAgreed(reading, _signed(reading, _fresh), _signed(reading, pile));
    }

    /// @dev In the shortest time that the socket can carry it.
    function _meteredSession(
        Actor memory ev,
        uint64 pricePerKwh,
        uint256 milliWh
    ) private returns (SessionId sessionId) {
        Deal memory deal;
        deal.terms = _terms();
        deal.auctionId = _open(deal.terms);
        uint256 before = gasleft();
        _commitBoth(deal, ev, pile, pricePerKwh);
        _gas += before - gasleft();
        vm.warp(deal.terms.biddingEnds);
        _post(deal.auctionId, deal.decisions);
        before = gasleft();
        _start(deal, ev);
        vm.prank(pile.account);
        sessions.authorise(deal.sessionId);
        vm.prank(ev.account);
        sessions.plugIn(deal.sessionId);
        _gas += before - gasleft();
        vm.warp(block.timestamp + _secondsFor(milliWh));
        MeterRecord[] memory records = _list(
            _record(
                _payload(_lastPagination() + 1, _name(deal.sessionId), _both("0", _inKwh(milliWh)))
            )
        );
        before = gasleft();
        _settleOn(deal.sessionId, records, "");
        _gas += before - gasleft();
        return deal.sessionId;
    }

    function _secondsFor(uint256 milliWh) private pure returns (uint256) {
        return (milliWh * 3600) / RATED_W / 1000;
    }

    /* CHECKS */

    function _rate(SessionId sessionId, uint8 rating) private {
        vm.prank(_fresh.account);
        reputation.rate(sessionId, rating);
    }

    function _assertNoStanding(uint256 evaluations) private view {
        vm.assertEq(int256(reputation.credibilityOf(_fresh.account)), 0, "credibility");
        (uint128 ratingWad, uint64 count) = reputation.pileRatingOf(pile.account);
        vm.assertEq(ratingWad, 0, "rating");
        vm.assertEq(count, evaluations, "in the history, for everybody to see");
    }

    /// @dev Even with credibility that it has from elsewhere.
    function _assertNoCoupon() private {
        vm.prank(address(sessions));
        reputation.recordOutcome(_fresh.account, SessionId.wrap(bytes32(0)), 1);
        Deal memory deal = _chargingBetween(_fresh, pile, PRICE);
        _agree(deal.sessionId, 10_000);
        _rate(deal.sessionId, 1);
        EvaluationId last = reputation.lastEvaluation();
        ElectionId id = _election(last);
        vm.expectRevert(abi.encodeWithSelector(ICoupons.CouponNotEarned.selector, id, last));
        coupons.claim(id, last, 0);
        vm.warp(block.timestamp + 1 days);
        coupons.redeem(id);
        _assertBalance(matcher.account, COUPON, 0, "back with the sponsor");
    }

    /// @dev Of the matcher, for the evaluations up to `last`; it can be claimed now, for a day.
    function _election(EvaluationId last) private returns (ElectionId id) {
        _fund(matcher.account, COUPON);
        ElectionTerms memory terms = ElectionTerms({
            rule: ElectionRule.Highest,
            bar: 1,
            from: EvaluationId.wrap(1),
            to: last,
            seedBlock: uint40(block.number) + 1,
            claimEnds: uint40(block.timestamp) + 1 days,
            coupon: COUPON,
            nonce: 0
        });
        vm.prank(matcher.account);
        id = coupons.open(terms);
        vm.roll(block.number + 2);
        vm.setBlockhash(block.number - 1, keccak256("hash"));
    }

    function _outOfRange(SessionId sessionId, uint8 rating) private pure returns (bytes memory) {
        bytes4 selector = IReputation.ReputationRatingOutOfRange.selector;
        return abi.encodeWithSelector(selector, sessionId, rating, 1);
    }
}
