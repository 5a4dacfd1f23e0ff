// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IEscrow} from "../../contracts/interfaces/IEscrow.sol";
import {IIdentityRegistry} from "../../contracts/interfaces/IIdentityRegistry.sol";
import {IOpenAuction} from "../../contracts/interfaces/IOpenAuction.sol";
import {
    AuctionId,
    OpenAuctionState,
    OpenTerms,
    ParticipantKind,
    Phase,
    SessionId
} from "../../contracts/types/MarketTypes.sol";
import {MeterKey, MeterRecord} from "../../contracts/ocmf/OcmfTypes.sol";
import {MeterWorld} from "../support/contracts/MeterWorld.sol";
import {OpenWorld} from "../support/contracts/OpenWorld.sol";
import {SettleWorld} from "../support/contracts/SettleWorld.sol";
import {Actor} from "../support/contracts/Base.sol";
import {World} from "../support/contracts/World.sol";

/// @title `bid` of an open auction
contract OpenAuctionBidTest is OpenWorld, SettleWorld {
    OpenTerms private terms;
    AuctionId private auctionId;

    function setUp() public override(World, MeterWorld) {
        super.setUp();
        terms = _openTerms();
        auctionId = _call(terms);
    }

    /* TAKING THE LEAD */

    function test_OA2_Bid_FirstTakesTheLead() external {
        int96 effective = openAuctions.effectivePriceOf(
            auctionId,
            pile.account,
            PRICE,
            POWER_W,
            400
        );
        bytes memory invitation = _invitation(auctionId, vehicle, pile.account, 400);

        vm.expectEmit(address(openAuctions));
        emit IOpenAuction.BidPlaced(
            auctionId,
            pile.account,
            1,
            PRICE,
            POWER_W,
            effective,
            START + QUIET
        );
        vm.expectEmit(address(escrow));
        emit IEscrow.Locked(pile.account, address(openAuctions), BOND);
        vm.prank(pile.account);
        openAuctions.bid(auctionId, PRICE, POWER_W, 400, invitation);

        OpenAuctionState memory auction = openAuctions.auctionOf(auctionId);
        vm.assertEq(auction.leader, pile.account, "leader");
        vm.assertEq(auction.pricePerKwh, PRICE, "price");
        vm.assertEq(auction.powerW, POWER_W, "power");
        vm.assertEq(auction.effectivePriceUp, effective, "effective price");
        vm.assertEq(auction.bidCount, 1, "bids");
        vm.assertEq(openAuctions.powerOf(auctionId, pile.account), POWER_W, "last power");
        _assertBalance(pile.account, FUNDS - BOND, BOND, "leader");
    }

    function test_OA2_Bid_OutbidIsFreeAtOnce() external {
        _offer(auctionId, pile, PRICE);
        vm.expectEmit(address(escrow));
        emit IEscrow.Locked(otherPile.account, address(openAuctions), BOND);
        vm.expectEmit(address(escrow));
        emit IEscrow.Unlocked(pile.account, address(openAuctions), BOND);
        _offer(auctionId, otherPile, PRICE - DECREMENT);

        _assertBalance(pile.account, FUNDS, 0, "outbid");
        _assertBalance(otherPile.account, FUNDS - BOND, BOND, "leader");
        _withdrawAll(pile.account);
        vm.assertEq(token.balanceOf(pile.account), FUNDS, "out with everything");
    }

    function test_OA2_Bid_LeaderAgainstItself() external {
        _offer(auctionId, pile, PRICE);
        vm.recordLogs();
        _offer(auctionId, pile, PRICE - DECREMENT);
        vm.assertEq(vm.getRecordedLogs().length, 1, "no stake moves");
        _assertBalance(pile.account, FUNDS - BOND, BOND, "leader");
        vm.assertEq(openAuctions.auctionOf(auctionId).bidCount, 2, "bids");
    }

    /* HOW LOW */

    /// @dev OA-3: by the decrement or more, and not a unit less.
    function testFuzz_OA3_Bid_ByTheDecrement(uint64 price) external {
        _offer(auctionId, pile, PRICE);
        price = uint64(_bound(price, 0, MAX_PRICE));
        int96 leading = openAuctions.auctionOf(auctionId).effectivePriceUp;
        int96 effective = leading - int96(uint96(PRICE)) + int96(uint96(price));

        if (price > PRICE - DECREMENT) {
            vm.expectRevert(
                abi.encodeWithSelector(
                    IOpenAuction.OpenNotLower.selector,
                    auctionId,
                    effective,
                    leading
                )
            );
        }
        _offer(auctionId, otherPile, price);
    }

    /// @dev What is compared is the effective price: a dearer pile next door beats a cheaper one
    /// far away.
    function test_OA3_Bid_DearerButNearer() external {
        _offerAt(auctionId, pile, PRICE, POWER_W, FAR_M);
        _offerAt(auctionId, otherPile, PRICE + 100_000, POWER_W, 0);
        vm.assertEq(openAuctions.auctionOf(auctionId).leader, otherPile.account, "nearer");
    }

    function test_OA3_Bid_CheaperButWeaker() external {
        _offerAt(auctionId, pile, PRICE, RATED_W, FAR_M);
        int96 leading = openAuctions.auctionOf(auctionId).effectivePriceUp;
        bytes memory invitation = _invitation(auctionId, vehicle, otherPile.account, FAR_M);
        vm.expectRevert(
            abi.encodeWithSelector(
                IOpenAuction.OpenNotLower.selector,
                auctionId,
                leading + 1,
                leading
            )
        );
        // Half the power is worth 75,000 units.
        vm.prank(otherPile.account);
        openAuctions.bid(auctionId, PRICE - 74_999, RATED_W / 2, FAR_M, invitation);
    }

    /// @dev OA-3, whoever bids what: each valid bid is lower by the decrement, and so there are
    /// few.
    function testFuzz_OA3_Bid_BoundedInNumber(uint64[24] memory prices, uint256 who) external {
        int256 first = 0;
        int256 last = 0;
        address[2] memory piles = [pile.account, otherPile.account];
        bytes[2] memory invitations;
        for (uint256 k = 0; k < 2; ++k) {
            invitations[k] = _invitation(auctionId, vehicle, piles[k], FAR_M);
        }
        for (uint256 i = 0; i < prices.length; ++i) {
            uint256 bidder = (who >> i) & 1;
            uint64 price = uint64(_bound(prices[i], 0, MAX_PRICE));
            vm.prank(piles[bidder]);
            try openAuctions.bid(auctionId, price, POWER_W, FAR_M, invitations[bidder]) {
                int256 effective = openAuctions.auctionOf(auctionId).effectivePriceUp;
                if (openAuctions.auctionOf(auctionId).bidCount == 1) first = last = effective;
                else vm.assertTrue(effective <= last - int64(DECREMENT), "lower");
                last = effective;
            } catch {}
        }
        // Prices are zero at least, and both piles have the same advantage.
        int256 lowest = openAuctions.effectivePriceOf(auctionId, pile.account, 0, POWER_W, FAR_M);
        uint256 range = uint256(first - lowest);
        vm.assertLe(
            openAuctions.auctionOf(auctionId).bidCount,
            1 + (range + DECREMENT - 1) / DECREMENT,
            "bids"
        );
    }

    /* QUALITY */

    /// @dev The rating is the chain's own; a bidder cannot say anything about it.
    function test_OA3_Bid_QualityIsTheRating() external {
        int96 unrated = _effectiveAt(otherPile);
        _rate(otherPile);
        int96 rated = _effectiveAt(otherPile);
        vm.assertTrue(rated < unrated, "a rating helps");

        _offer(auctionId, pile, PRICE);
        _offer(auctionId, otherPile, PRICE - DECREMENT);
        vm.assertEq(
            openAuctions.auctionOf(auctionId).effectivePriceUp,
            int256(rated) - int64(DECREMENT),
            "counted when it bids"
        );
    }

    function _effectiveAt(Actor memory actor) private view returns (int96) {
        return openAuctions.effectivePriceOf(auctionId, actor.account, PRICE, POWER_W, FAR_M);
    }

    /// @dev By a session in which it has served `vehicle` well. Leaves a fresh auction.
    function _rate(Actor memory actor) private {
        terms.nonce = keccak256("earlier");
        AuctionId earlier = _call(terms);
        _offer(earlier, actor, PRICE);
        vm.warp(START + QUIET);
        SessionId sessionId = _startOpen(earlier, vehicle);
        vm.prank(actor.account);
        sessions.authorise(sessionId);
        vm.prank(vehicle.account);
        sessions.plugIn(sessionId);
        vm.warp(block.timestamp + 10 minutes);
        MeterKey memory key = _r1Key(OTHER_SECRET);
        _certify(key, actor);
        string memory payload = _payload(1, _name(sessionId), _both("0", "1"));
        MeterRecord[] memory records = _list(_record(key, OTHER_SECRET, payload));
        vm.prank(actor.account);
        sessions.settle(sessionId, key, records, "");
        vm.prank(vehicle.account);
        reputation.rate(sessionId, 3);
        auctionId = _call(_openTerms());
    }

    /* POWER */

    function test_OA4_Bid_PowerMayGrow() external {
        _offerAt(auctionId, pile, PRICE, POWER_W, FAR_M);
        _offerAt(auctionId, pile, PRICE, RATED_W, FAR_M);
        vm.assertEq(openAuctions.powerOf(auctionId, pile.account), RATED_W, "power");
    }

    function testFuzz_OA4_Bid_PowerWithinItsRange(uint32 powerW) external {
        powerW = uint32(_bound(powerW, 0, 2 * RATED_W));
        _offerAt(auctionId, pile, MAX_PRICE, POWER_W, FAR_M);
        if (powerW < POWER_W || powerW > RATED_W) {
            vm.expectRevert(_powerOutOfRange(powerW, POWER_W));
        }
        // Outbid in between or not, the first promise stays.
        _offerAt(auctionId, pile, PRICE - 100_000, powerW, FAR_M);
    }

    function test_OA4_Bid_PowerOfTheOutbid() external {
        _offerAt(auctionId, pile, PRICE, POWER_W, FAR_M);
        _offerAt(auctionId, otherPile, PRICE - DECREMENT, POWER_W, FAR_M);
        _refusesAt(pile, 100_000, POWER_W - 1, FAR_M, _powerOutOfRange(POWER_W - 1, POWER_W));
    }

    function test_OA4_Bid_NoPower() external {
        _refusesAt(pile, PRICE, 0, FAR_M, _powerOutOfRange(0, 1));
    }

    function test_OA4_Bid_AboveTheRatedPower() external {
        _refusesAt(pile, PRICE, RATED_W + 1, FAR_M, _powerOutOfRange(RATED_W + 1, 1));
    }

    /* PRICE AND DISTANCE */

    function test_OA4_Bid_AtTheMaximum() external {
        _offerAt(auctionId, pile, MAX_PRICE, POWER_W, MAX_DISTANCE_M);
    }

    function testFuzz_OA4_Bid_TooDear(uint64 price) external {
        price = uint64(_bound(price, MAX_PRICE + 1, type(uint64).max));
        _refusesAt(
            pile,
            price,
            POWER_W,
            FAR_M,
            abi.encodeWithSelector(IOpenAuction.OpenTooDear.selector, auctionId, price, MAX_PRICE)
        );
    }

    function testFuzz_OA4_Bid_TooFar(uint32 distanceM) external {
        distanceM = uint32(_bound(distanceM, MAX_DISTANCE_M + 1, type(uint32).max));
        _refusesAt(
            pile,
            PRICE,
            POWER_W,
            distanceM,
            abi.encodeWithSelector(
                IOpenAuction.OpenTooFar.selector,
                auctionId,
                distanceM,
                MAX_DISTANCE_M
            )
        );
    }

    /* WHO */

    function test_OA4_Bid_NotAPile() external {
        _refusesAt(
            otherVehicle,
            PRICE,
            POWER_W,
            FAR_M,
            abi.encodeWithSelector(
                IIdentityRegistry.IdentityWrongKind.selector,
                otherVehicle.account,
                ParticipantKind.Pile,
                ParticipantKind.Vehicle
            )
        );
        _refusesAt(
            stranger,
            PRICE,
            POWER_W,
            FAR_M,
            abi.encodeWithSelector(IIdentityRegistry.IdentityNotEnrolled.selector, stranger.account)
        );
    }

    function test_ID4_Bid_Suspended() external {
        _suspend(pile);
        _refusesAt(
            pile,
            PRICE,
            POWER_W,
            FAR_M,
            abi.encodeWithSelector(IIdentityRegistry.IdentitySuspended.selector, pile.account)
        );
    }

    /// @dev The request that the vehicle made before runs on.
    function test_ID4_Bid_InTheAuctionOfASuspendedVehicle() external {
        _suspend(vehicle);
        _offer(auctionId, pile, PRICE);
    }

    function test_OA2_Bid_WithoutFunds() external {
        _withdrawAll(pile.account);
        _refusesAt(
            pile,
            PRICE,
            POWER_W,
            FAR_M,
            abi.encodeWithSelector(IEscrow.EscrowInsufficientFree.selector, pile.account, 0, BOND)
        );
    }

    /* WHEN */

    function test_OA5_Bid_LastSecondOfTheQuietWindow() external {
        _offer(auctionId, pile, PRICE);
        vm.warp(START + QUIET - 1);
        _offer(auctionId, otherPile, PRICE - DECREMENT);
        vm.assertEq(
            openAuctions.auctionOf(auctionId).biddingEnds,
            START + 2 * QUIET - 1,
            "everybody can answer"
        );
    }

    function test_OA5_Bid_AfterTheQuietWindow() external {
        _offer(auctionId, pile, PRICE);
        vm.warp(START + QUIET);
        _refusesAt(
            otherPile,
            1,
            POWER_W,
            FAR_M,
            _openWrongPhase(auctionId, Phase.Bidding, Phase.Opening)
        );
    }

    function test_OA5_Bid_FirstBidHasUntilTheHardEnd() external {
        vm.warp(terms.biddingEnds - 1);
        _offer(auctionId, pile, PRICE);
        vm.assertEq(
            openAuctions.auctionOf(auctionId).biddingEnds,
            terms.biddingEnds,
            "not beyond the hard end"
        );
        vm.warp(terms.biddingEnds);
        _refusesAt(
            otherPile,
            1,
            POWER_W,
            FAR_M,
            _openWrongPhase(auctionId, Phase.Bidding, Phase.Opening)
        );
    }

    function testFuzz_OA5_Bid_ExtendsUpToTheHardEnd(uint40 time) external {
        vm.warp(_bound(time, START, terms.biddingEnds - 1));
        _offer(auctionId, pile, PRICE);
        uint256 quiet = block.timestamp + QUIET;
        vm.assertEq(
            openAuctions.auctionOf(auctionId).biddingEnds,
            quiet < terms.biddingEnds ? quiet : terms.biddingEnds,
            "bidding ends"
        );
    }

    function test_OA5_Bid_NobodyCame() external {
        vm.warp(terms.biddingEnds);
        _refusesAt(
            pile,
            PRICE,
            POWER_W,
            FAR_M,
            _openWrongPhase(auctionId, Phase.Bidding, Phase.Closed)
        );
    }

    function test_OA5_Bid_UnknownAuction() external {
        auctionId = AuctionId.wrap(keccak256("unknown"));
        _refusesAt(
            pile,
            PRICE,
            POWER_W,
            FAR_M,
            _openWrongPhase(auctionId, Phase.Bidding, Phase.None)
        );
    }

    /* HELPERS */

    function _refusesAt(
        Actor memory actor,
        uint64 price,
        uint32 powerW,
        uint32 distanceM,
        bytes memory reason
    ) private {
        vm.expectRevert(reason);
        _offerAt(auctionId, actor, price, powerW, distanceM);
    }

    function _powerOutOfRange(uint32 powerW, uint32 leastW) private view returns (bytes memory) {
        return
            abi.encodeWithSelector(
                IOpenAuction.OpenPowerOutOfRange.selector,
                auctionId,
                powerW,
                leastW,
                RATED_W
            );
    }
}
