// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IEscrow} from "../../contracts/interfaces/IEscrow.sol";
import {IPricingAuction} from "../../contracts/interfaces/IPricingAuction.sol";
import {HostileParticipant} from "../../contracts/mocks/HostileParticipant.sol";
import {Wallet1271} from "../../contracts/mocks/Wallet1271.sol";
import {
    AuctionId,
    AuctionTerms,
    ParticipantKind,
    Phase
} from "../../contracts/types/MarketTypes.sol";
import {Deal, DealWorld} from "../support/contracts/DealWorld.sol";
import {Actor} from "../support/contracts/Base.sol";

/// @title `release` and `releaseExpired`
contract AuctionReleaseTest is DealWorld {
    AuctionTerms private terms;
    AuctionId private auctionId;

    function setUp() public override {
        super.setUp();
        terms = _terms();
        auctionId = _taken(terms);
    }

    /* WITH THE SIGNATURES OF BOTH SERVERS */

    function test_AU2_Release_Losers() external {
        _decideNothing();
        (bytes memory first, bytes memory other) = _both(_losers(), _losingPiles(), START + 1 days);

        vm.expectEmit(address(auctions));
        emit IPricingAuction.BondsReleased(auctionId, DEPOSIT, _losers());
        vm.expectEmit(address(escrow));
        emit IEscrow.Unlocked(_losers()[0], address(auctions), DEPOSIT);
        vm.expectEmit(address(auctions));
        emit IPricingAuction.BondsReleased(auctionId, BOND, _losingPiles());
        vm.expectEmit(address(escrow));
        emit IEscrow.Unlocked(_losingPiles()[0], address(auctions), BOND);
        vm.prank(stranger.account);
        auctions.release(auctionId, _losers(), _losingPiles(), START + 1 days, first, other);

        _assertBalance(otherVehicle.account, FUNDS, 0, "losing vehicle");
        _assertBalance(otherPile.account, FUNDS, 0, "losing pile");
        _assertBalance(vehicle.account, FUNDS - DEPOSIT, DEPOSIT, "winning vehicle");
        _assertBalance(pile.account, FUNDS - BOND, BOND, "winning pile");
        vm.assertEq(auctions.requestOf(auctionId, otherVehicle.account), bytes32(0), "request");
        vm.assertEq(auctions.bidOf(auctionId, otherPile.account), bytes32(0), "bid");
    }

    function test_Release_WhileOpeningAndClosed() external {
        _decideNothing();
        _release(auctionId, _losers(), _losingPiles());

        vm.warp(terms.openingEnds);
        _release(auctionId, _one(vehicle.account), _one(pile.account));
        _assertAllFree();
    }

    /// @dev Before the decisions a pile could bid again, and what was signed about its old bid
    /// would strike out the new.
    function test_Release_BeforeTheDecisions() external {
        (bytes memory first, bytes memory other) = _both(_losers(), _none(), START + 1 days);

        vm.warp(terms.biddingEnds - 1);
        vm.expectRevert(_wrongPhase(auctionId, Phase.Opening, Phase.Bidding));
        auctions.release(auctionId, _losers(), _none(), START + 1 days, first, other);

        vm.warp(terms.biddingEnds);
        vm.expectRevert(_wrongPhase(auctionId, Phase.Opening, Phase.Matching));
        auctions.release(auctionId, _losers(), _none(), START + 1 days, first, other);
    }

    /// @dev Who calls itself need not sign; the other has to.
    function testFuzz_Release_ByAServer(bool isSecond) external {
        _decideNothing();
        uint40 deadline = START + 1 days;
        (bytes memory first, bytes memory other) = _both(_losers(), _losingPiles(), deadline);
        Actor memory caller = isSecond ? secondServer : matcher;
        if (isSecond) other = "";
        else first = "";
        vm.prank(caller.account);
        auctions.release(auctionId, _losers(), _losingPiles(), deadline, first, other);
        _assertBalance(otherVehicle.account, FUNDS, 0, "losing vehicle");
        _assertBalance(otherPile.account, FUNDS, 0, "losing pile");
    }

    function test_Release_UnknownAuction() external {
        auctionId = AuctionId.wrap(keccak256("unknown"));
        (bytes memory first, bytes memory other) = _both(_losers(), _none(), START + 1 days);

        vm.expectRevert(_wrongPhase(auctionId, Phase.Opening, Phase.None));
        auctions.release(auctionId, _losers(), _none(), START + 1 days, first, other);
    }

    function test_Release_AtTheDeadline() external {
        uint40 deadline = terms.biddingEnds + 100;
        (bytes memory first, bytes memory other) = _both(_losers(), _none(), deadline);
        _decideNothing();

        vm.warp(deadline);
        vm.expectRevert(
            abi.encodeWithSelector(
                IPricingAuction.AuctionStaleSignature.selector,
                deadline,
                deadline
            )
        );
        auctions.release(auctionId, _losers(), _none(), deadline, first, other);

        vm.warp(deadline - 1);
        auctions.release(auctionId, _losers(), _none(), deadline, first, other);
    }

    /// @dev The corruption matrix of `NotSelected`.
    function test_Release_EveryFieldIsSigned() external {
        _decideNothing();
        uint40 deadline = START + 1 days;
        uint256 chainId = block.chainid;
        for (uint256 i = 0; i < 2; ++i) {
            Actor memory signer = i == 0 ? matcher : secondServer;
            bytes memory signature = _notSelected(
                signer,
                auctionId,
                _losers(),
                _losingPiles(),
                deadline
            );
            _refusesSignature(signer, _one(vehicle.account), _losingPiles(), deadline, signature);
            _refusesSignature(signer, _losers(), _one(pile.account), deadline, signature);
            _refusesSignature(signer, _losingPiles(), _losers(), deadline, signature);
            _refusesSignature(signer, _none(), _losingPiles(), deadline, signature);
            _refusesSignature(signer, _losers(), _none(), deadline, signature);
            _refusesSignature(signer, _losers(), _losingPiles(), deadline + 1, signature);
            _refusesSignature(signer, _losers(), _losingPiles(), deadline, "");

            vm.chainId(4242);
            _refusesSignature(signer, _losers(), _losingPiles(), deadline, signature);
            vm.chainId(chainId);
        }
    }

    function test_Release_SignedForAnotherAuction() external {
        AuctionTerms memory others = _terms();
        others.nonce = bytes32(uint256(1));
        AuctionId another = _open(others);
        _decideNothing();
        uint40 deadline = START + 1 days;
        for (uint256 i = 0; i < 2; ++i) {
            Actor memory signer = i == 0 ? matcher : secondServer;
            bytes memory signature = _notSelected(signer, another, _losers(), _none(), deadline);
            _refusesSignature(signer, _losers(), _none(), deadline, signature);
        }
    }

    /// @dev By the other server as well: each has a place of its own.
    function testFuzz_Release_SignedBySomebodyElse(uint256 key) external {
        key = _bound(key, 1, type(uint128).max);
        vm.assume(key != matcher.key && key != secondServer.key);
        _decideNothing();
        uint40 deadline = START + 1 days;
        Actor[2] memory wrong = [_actor(key), secondServer];
        for (uint256 i = 0; i < 2; ++i) {
            bytes memory signature = _notSelected(
                wrong[i],
                auctionId,
                _losers(),
                _none(),
                deadline
            );
            _refusesSignature(matcher, _losers(), _none(), deadline, signature);
        }
        bytes memory ofMatcher = _notSelected(matcher, auctionId, _losers(), _none(), deadline);
        _refusesSignature(secondServer, _losers(), _none(), deadline, ofMatcher);
    }

    function test_Release_MatcherIsAWallet() external {
        Wallet1271 wallet = new Wallet1271(matcher.account);
        _enrolAccount(address(wallet), ParticipantKind.Matcher);
        terms.nonce = bytes32(uint256(1));
        bytes memory signature = _servedFor(address(wallet), terms, secondServer);
        vm.prank(matcher.account);
        wallet.execute(address(auctions), abi.encodeCall(IPricingAuction.open, (terms, signature)));
        auctionId = auctions.auctionIdOf(address(wallet), terms);
        _bid(auctionId, pile, _offer());
        vm.warp(terms.matchingEnds);

        _release(auctionId, _none(), _one(pile.account));
        _assertBalance(pile.account, FUNDS - BOND, BOND, "only the other auction's bond");
    }

    /// @dev AU-2: the second relay, duplicates and strangers in a list are skipped and move
    /// nothing.
    function testFuzz_AU2_Release_AnyList(uint8[] memory picks, bool twice) external {
        _decideNothing();
        address[4] memory people = [
            vehicle.account,
            otherVehicle.account,
            pile.account,
            stranger.account
        ];
        address[] memory list = new address[](picks.length);
        for (uint256 i = 0; i < picks.length; ++i) list[i] = people[picks[i] % 4];

        _release(auctionId, list, list);
        if (twice) _release(auctionId, list, list);

        _assertReleasedOrNot(vehicle.account, list, DEPOSIT);
        _assertReleasedOrNot(otherVehicle.account, list, DEPOSIT);
        _assertReleasedOrNot(pile.account, list, BOND);
        _assertBalance(stranger.account, 0, 0, "stranger");
        _assertBalance(otherPile.account, FUNDS - BOND, BOND, "in no list");
    }

    /// @dev A vehicle has no bid, a pile no request: naming them in the wrong list does nothing.
    function test_AU2_Release_WrongList() external {
        _decideNothing();
        _release(auctionId, _one(pile.account), _one(vehicle.account));
        _assertBalance(vehicle.account, FUNDS - DEPOSIT, DEPOSIT, "vehicle");
        _assertBalance(pile.account, FUNDS - BOND, BOND, "pile");
    }

    function test_AU2_Release_Twice() external {
        _decideNothing();
        _release(auctionId, _losers(), _losingPiles());

        vm.recordLogs();
        _release(auctionId, _losers(), _losingPiles());
        vm.assertEq(vm.getRecordedLogs().length, 0, "events");
        _assertBalance(otherVehicle.account, FUNDS, 0, "vehicle");
        _assertBalance(otherPile.account, FUNDS, 0, "pile");
    }

    /* SERVERS THAT LIE TOGETHER */

    function test_AU5_Release_OfASelectedPile() external {
        Deal memory deal = _postOnly(auctionId, terms, vehicle, pile);
        _release(auctionId, _none(), _one(pile.account));

        vm.expectRevert(
            abi.encodeWithSelector(
                IPricingAuction.AuctionNoSuchBid.selector,
                auctionId,
                pile.account,
                _committed(auctionId, pile.account, deal.opening.offer)
            )
        );
        _start(deal, vehicle);

        vm.warp(terms.openingEnds);
        auctions.releaseExpired(auctionId, _everyVehicle(), _everyPile());
        _assertAllFree();
    }

    function test_AU5_Release_OfASelectedVehicle() external {
        Deal memory deal = _postOnly(auctionId, terms, vehicle, pile);
        _release(auctionId, _one(vehicle.account), _none());

        vm.expectRevert(
            abi.encodeWithSelector(
                IPricingAuction.AuctionNoRequest.selector,
                auctionId,
                vehicle.account
            )
        );
        _start(deal, vehicle);

        vm.warp(terms.openingEnds);
        auctions.releaseExpired(auctionId, _everyVehicle(), _everyPile());
        _assertAllFree();
    }

    function test_AU2_Release_AfterTheDecisionWasOpened() external {
        Deal memory deal = _postOnly(auctionId, terms, vehicle, pile);
        _start(deal, vehicle);

        _release(auctionId, _one(vehicle.account), _one(pile.account));
        _assertBalance(vehicle.account, FUNDS - DEPOSIT, DEPOSIT, "vehicle");
        _assertBalance(pile.account, FUNDS - BOND, BOND, "pile");
    }

    /* WITHOUT THE SERVERS */

    function test_AU5_ReleaseExpired_ServersDisappear() external {
        vm.warp(terms.matchingEnds - 1);
        vm.expectRevert(_wrongPhase(auctionId, Phase.Closed, Phase.Matching));
        auctions.releaseExpired(auctionId, _everyVehicle(), _everyPile());

        vm.warp(terms.matchingEnds);
        vm.expectEmit(address(auctions));
        emit IPricingAuction.BondsReleased(auctionId, DEPOSIT, _everyVehicle());
        vm.prank(stranger.account);
        auctions.releaseExpired(auctionId, _everyVehicle(), _everyPile());
        _assertAllFree();
    }

    function test_AU5_ReleaseExpired_NothingWasOpened() external {
        _postOnly(auctionId, terms, vehicle, pile);

        vm.warp(terms.openingEnds - 1);
        vm.expectRevert(_wrongPhase(auctionId, Phase.Closed, Phase.Opening));
        auctions.releaseExpired(auctionId, _everyVehicle(), _everyPile());

        vm.warp(terms.openingEnds);
        auctions.releaseExpired(auctionId, _everyVehicle(), _everyPile());
        _assertAllFree();
    }

    function test_AU2_ReleaseExpired_SkipsWhatASessionHolds() external {
        Deal memory deal = _postOnly(auctionId, terms, vehicle, pile);
        _start(deal, vehicle);

        vm.warp(terms.openingEnds);
        auctions.releaseExpired(auctionId, _everyVehicle(), _everyPile());
        _assertBalance(vehicle.account, FUNDS - DEPOSIT, DEPOSIT, "vehicle in the session");
        _assertBalance(pile.account, FUNDS - BOND, BOND, "pile in the session");
        _assertBalance(otherVehicle.account, FUNDS, 0, "other vehicle");
        _assertBalance(otherPile.account, FUNDS, 0, "other pile");
    }

    function test_AU5_ReleaseExpired_TooEarlyOrUnknown() external {
        vm.expectRevert(_wrongPhase(auctionId, Phase.Closed, Phase.Bidding));
        auctions.releaseExpired(auctionId, _everyVehicle(), _everyPile());

        auctionId = AuctionId.wrap(keccak256("unknown"));
        vm.expectRevert(_wrongPhase(auctionId, Phase.Closed, Phase.None));
        auctions.releaseExpired(auctionId, _everyVehicle(), _everyPile());
    }

    function test_ID4_Release_OfTheSuspendedAndExpired() external {
        _suspend(otherVehicle);
        _suspend(otherPile);
        vm.warp(START + YEAR);

        auctions.releaseExpired(auctionId, _everyVehicle(), _everyPile());
        _assertAllFree();
        _withdrawAll(otherVehicle.account);
        _withdrawAll(pile.account);
        vm.assertEq(token.balanceOf(otherVehicle.account), FUNDS, "suspended vehicle");
        vm.assertEq(token.balanceOf(pile.account), FUNDS, "expired pile");
    }

    /// @dev A participant that reverts on everything stands first in the list and blocks nobody
    /// behind it.
    function test_AU5_ReleaseExpired_HostileParticipant() external {
        HostileParticipant hostile = new HostileParticipant();
        _enrolAccount(address(hostile), ParticipantKind.Pile);
        _fund(address(hostile), BOND);
        bytes memory bid = abi.encodeCall(
            IPricingAuction.bid,
            (auctionId, keccak256("offer"), UPLOAD)
        );
        hostile.act(address(auctions), bid);

        vm.warp(terms.matchingEnds);
        auctions.releaseExpired(auctionId, _none(), _two(address(hostile), pile.account));
        _assertBalance(address(hostile), BOND, 0, "hostile");
        _assertBalance(pile.account, FUNDS, 0, "pile");
    }

    /// @dev The liveness assumption on the token, and what breaking it costs: 2^128 units given
    /// away, until the account withdraws. Lists without it go through.
    function test_AU5_ReleaseExpired_AccountFilledToTheBrim() external {
        _fund(pile.account, type(uint128).max - (FUNDS - BOND));
        vm.warp(terms.matchingEnds);
        vm.expectRevert(_panic(0x11));
        auctions.releaseExpired(auctionId, _none(), _everyPile());

        auctions.releaseExpired(auctionId, _everyVehicle(), _losingPiles());
        _withdrawAll(pile.account);
        auctions.releaseExpired(auctionId, _none(), _one(pile.account));
        _assertBalance(pile.account, BOND, 0, "released in the end");
    }

    /* HELPERS */

    /// @dev Time stands at `biddingEnds`.
    function _decideNothing() private {
        vm.warp(terms.biddingEnds);
        _post(auctionId, new bytes32[](0));
    }

    function _losers() private view returns (address[] memory) {
        return _one(otherVehicle.account);
    }

    function _losingPiles() private view returns (address[] memory) {
        return _one(otherPile.account);
    }

    function _everyVehicle() private view returns (address[] memory) {
        return _two(vehicle.account, otherVehicle.account);
    }

    function _everyPile() private view returns (address[] memory) {
        return _two(pile.account, otherPile.account);
    }

    function _assertAllFree() private view {
        _assertBalance(vehicle.account, FUNDS, 0, "vehicle");
        _assertBalance(otherVehicle.account, FUNDS, 0, "other vehicle");
        _assertBalance(pile.account, FUNDS, 0, "pile");
        _assertBalance(otherPile.account, FUNDS, 0, "other pile");
    }

    function _assertReleasedOrNot(
        address account,
        address[] memory list,
        uint128 stake
    ) private view {
        bool listed = false;
        for (uint256 i = 0; i < list.length; ++i) listed = listed || list[i] == account;
        uint128 locked = listed ? 0 : stake;
        _assertBalance(account, FUNDS - locked, locked, listed ? "released" : "not released");
    }

    /// @dev By matcher and second server.
    function _both(
        address[] memory vehicles,
        address[] memory piles,
        uint40 deadline
    ) private view returns (bytes memory first, bytes memory other) {
        first = _notSelected(matcher, auctionId, vehicles, piles, deadline);
        other = _notSelected(secondServer, auctionId, vehicles, piles, deadline);
    }

    /// @dev Of one server; the other has signed what is shown.
    function _refusesSignature(
        Actor memory server,
        address[] memory vehicles,
        address[] memory piles,
        uint40 deadline,
        bytes memory signature
    ) private {
        (bytes memory first, bytes memory other) = _both(vehicles, piles, deadline);
        if (server.account == matcher.account) first = signature;
        else other = signature;
        vm.expectRevert(
            abi.encodeWithSelector(
                IPricingAuction.AuctionBadSignature.selector,
                auctionId,
                server.account
            )
        );
        auctions.release(auctionId, vehicles, piles, deadline, first, other);
    }
}
