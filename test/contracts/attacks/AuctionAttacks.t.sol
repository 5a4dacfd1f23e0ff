// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IEscrow} from "../../../contracts/interfaces/IEscrow.sol";
import {IOpenAuction} from "../../../contracts/interfaces/IOpenAuction.sol";
import {IPricingAuction} from "../../../contracts/interfaces/IPricingAuction.sol";
import {HostileParticipant} from "../../../contracts/mocks/HostileParticipant.sol";
import {ReenteringToken} from "../../../contracts/mocks/ReenteringToken.sol";
import {Wallet1271} from "../../../contracts/mocks/Wallet1271.sol";
import {
    AuctionId,
    AuctionTerms,
    Opening,
    OpenTerms,
    ParticipantKind,
    Phase,
    SessionId,
    SessionState
} from "../../../contracts/types/MarketTypes.sol";
import {Deal} from "../../support/contracts/DealWorld.sol";
import {OpenWorld} from "../../support/contracts/OpenWorld.sol";
import {Oracle, Tree} from "../../support/contracts/Oracle.sol";

/// @title What people try in auctions, and what it gets them
/// @dev The corruption matrices stand with the functions; here stand whole attacks, named by what
/// is attacked.
contract AuctionAttacksTest is OpenWorld {
    /* LOST SECRETS: THE VEHICLE ALONE OPENS, AND NOBODY PAYS FOR A SECRET */

    /// @dev The vehicle got the salt with its delivery. The pile needs none from then on: it
    /// authorises and is paid.
    function test_AU4_LostSalt_OfThePile() external {
        Deal memory deal = _decided();
        _start(deal, vehicle);
        _serve(deal.sessionId, 10_000);
        _assertBalance(pile.account, FUNDS + 10 * PRICE, 0, "paid without its salt");
    }

    /// @dev Its signature is enough: whoever has the opening brings both.
    function test_AU4_LostSalt_OfTheVehicle() external {
        Deal memory deal = _decided();
        bytes memory call = abi.encodeCall(sessions.start, (deal.opening, deal.proof));
        uint40 deadline = uint40(block.timestamp) + 1;
        bytes32 digest = Oracle.callDigest(address(sessions), vehicle.account, call, 0, deadline);
        vm.prank(pile.account);
        sessions.callSigned(vehicle.account, call, deadline, _signature(vehicle.key, digest));
        _serve(deal.sessionId, 10_000);
        _assertBalance(vehicle.account, FUNDS - 10 * PRICE, 0, "served");
    }

    function test_AU5_LostSalt_OfBoth() external {
        Deal memory deal = _decided();
        vm.warp(deal.terms.openingEnds);
        auctions.releaseExpired(deal.auctionId, _one(vehicle.account), _one(pile.account));
        _assertBalance(vehicle.account, FUNDS, 0, "vehicle");
        _assertBalance(pile.account, FUNDS, 0, "pile");
        vm.assertEq(int256(reputation.credibilityOf(vehicle.account)), 0, "nobody is at fault");
    }

    /// @dev Losers were never asked for anything: what is on chain of them is a hash.
    function test_AU2_Losers_NeverReveal() external {
        Deal memory deal = _decided();
        _start(deal, vehicle);
        _release(deal.auctionId, _one(otherVehicle.account), _one(otherPile.account));
        _assertBalance(otherVehicle.account, FUNDS, 0, "losing vehicle");
        _assertBalance(otherPile.account, FUNDS, 0, "losing pile");
    }

    function testFuzz_AU3_HundredDecisions_OneCall(uint8 place) external {
        AuctionTerms memory terms = _terms();
        Deal memory deal;
        deal.auctionId = _taken(terms);
        deal.opening = _opening(deal.auctionId, vehicle, pile);
        bytes32[] memory leaves = new bytes32[](100);
        for (uint256 k = 0; k < 100; ++k) leaves[k] = keccak256(abi.encode("leaf", k));
        place = uint8(_bound(place, 0, 99));
        leaves[place] = _leaf(deal.opening, pile.account);
        deal.proof = Tree.proof(leaves, place);

        vm.warp(terms.biddingEnds);
        _post(deal.auctionId, leaves);
        _start(deal, vehicle);
    }

    /* COPIED COMMITMENT */

    /// @dev Whoever copies what another has shown has a word of its own, and nothing that it could
    /// ever be matched for without the price and the salt.
    function test_AU4_CopiedCommitment() external {
        AuctionTerms memory terms = _terms();
        AuctionId auctionId = _open(terms);
        _request(auctionId, vehicle);
        _bid(auctionId, pile, _offer());
        bytes32 copied = auctions.bidOf(auctionId, pile.account);
        vm.prank(otherPile.account);
        auctions.bid(auctionId, Oracle.offerHash(_offer()), UPLOAD);
        vm.assertTrue(auctions.bidOf(auctionId, otherPile.account) != copied, "its own word");

        // The servers try both: the copier with an offer that it made up, and with the copied word
        // as it stands.
        Opening memory opening = _opening(auctionId, vehicle, otherPile);
        opening.offer.pricePerKwh += 1;
        SessionId raw = Oracle.decision(opening, copied);
        bytes32[] memory leaves = _two(_leaf(opening, otherPile.account), SessionId.unwrap(raw));
        vm.warp(terms.biddingEnds);
        _post(auctionId, leaves);
        vm.expectRevert(
            abi.encodeWithSelector(
                IPricingAuction.AuctionNoSuchBid.selector,
                auctionId,
                otherPile.account,
                _committed(auctionId, otherPile.account, opening.offer)
            )
        );
        vm.prank(otherPile.account);
        sessions.start(opening, _one(leaves[1]));
        vm.expectRevert(
            abi.encodeWithSelector(
                IPricingAuction.AuctionUnknownDecision.selector,
                auctionId,
                _decision(opening, otherPile.account)
            )
        );
        vm.prank(otherPile.account);
        sessions.start(opening, _one(leaves[0]));
    }

    /* REPLAY */

    function test_AU4_Replay_BidOfAnotherAuction() external {
        AuctionTerms memory terms = _terms();
        AuctionId first = _taken(terms);
        bytes32 commitment = auctions.bidOf(first, pile.account);
        terms.nonce = keccak256("second");
        AuctionId later = _open(terms);
        _request(later, vehicle);
        _bid(later, pile, _offer());
        vm.assertTrue(auctions.bidOf(later, pile.account) != commitment, "another word");

        _refusesForeignBid(later, terms, commitment);
    }

    function test_AU4_Replay_BidOfAnotherContract() external {
        AuctionTerms memory terms = _terms();
        AuctionId auctionId = _open(terms);
        _request(auctionId, vehicle);
        _bid(auctionId, pile, _offer());
        bytes32 foreign = Oracle.bid(
            address(openAuctions),
            auctionId,
            1,
            pile.account,
            _offer(),
            UPLOAD
        );

        _refusesForeignBid(auctionId, terms, foreign);
    }

    /// @dev The chain forks after the bids: on the side with the new id they open nothing.
    function test_AU4_Replay_BidOfAnotherChain() external {
        Deal memory deal = _decided();
        vm.chainId(4242);
        vm.expectRevert(
            abi.encodeWithSelector(
                IPricingAuction.AuctionUnknownDecision.selector,
                deal.auctionId,
                _decision(deal.opening, pile.account)
            )
        );
        _start(deal, vehicle);

        vm.warp(deal.terms.openingEnds);
        auctions.releaseExpired(deal.auctionId, _one(vehicle.account), _one(pile.account));
        _assertBalance(pile.account, FUNDS, 0, "free on both sides of the fork");
    }

    /// @dev Both servers sign between two rounds, and somebody keeps the signatures for later.
    function test_AU4_Replay_NotSelectedOfAnEarlierRound() external {
        AuctionTerms memory terms = _terms();
        terms.maxRounds = 3;
        AuctionId auctionId = _taken(terms);
        address[] memory piles = _one(pile.account);
        uint40 deadline = terms.matchingEnds;
        bytes memory first = _notSelected(matcher, auctionId, _none(), piles, deadline);
        bytes memory other = _notSelected(secondServer, auctionId, _none(), piles, deadline);

        vm.warp(terms.biddingEnds);
        vm.expectRevert(_wrongPhase(auctionId, Phase.Opening, Phase.Matching));
        auctions.release(auctionId, _none(), piles, deadline, first, other);
        _closeRound(auctionId, PRICE, bytes32(0));
        vm.expectRevert(_wrongPhase(auctionId, Phase.Opening, Phase.Bidding));
        auctions.release(auctionId, _none(), piles, deadline, first, other);
        vm.warp(block.timestamp + terms.roundSeconds);
        vm.expectRevert(_wrongPhase(auctionId, Phase.Opening, Phase.Matching));
        auctions.release(auctionId, _none(), piles, deadline, first, other);
    }

    /// @dev The servers decide on a word that stands elsewhere.
    function _refusesForeignBid(
        AuctionId auctionId,
        AuctionTerms memory terms,
        bytes32 foreign
    ) private {
        Opening memory opening = _opening(auctionId, vehicle, pile);
        vm.warp(terms.biddingEnds);
        _post(auctionId, _one(SessionId.unwrap(Oracle.decision(opening, foreign))));
        vm.expectRevert(
            abi.encodeWithSelector(
                IPricingAuction.AuctionUnknownDecision.selector,
                auctionId,
                _decision(opening, pile.account)
            )
        );
        vm.prank(vehicle.account);
        sessions.start(opening, new bytes32[](0));
    }

    /// @dev An invitation to one auction opens no other, even if only the nonce differs.
    function test_OA4_Replay_InvitationToAnotherAuction() external {
        OpenTerms memory terms = _openTerms();
        AuctionId first = _call(terms);
        terms.nonce = keccak256("second");
        AuctionId other = _call(terms);
        bytes memory invitation = _invitation(first, vehicle, pile.account, 0);
        vm.expectRevert(
            abi.encodeWithSelector(IOpenAuction.OpenNotInvited.selector, other, pile.account, 0)
        );
        vm.prank(pile.account);
        openAuctions.bid(other, PRICE, POWER_W, 0, invitation);
    }

    /* SHILL BIDS */

    /// @dev The vehicle lets a pile of its own go below everybody. It ends with a session with
    /// itself; the honest pile has lost nothing and is free from the moment in which it was outbid.
    function test_OA2_Shill_BuysFromItself() external {
        OpenTerms memory terms = _openTerms();
        AuctionId auctionId = _call(terms);
        _offer(auctionId, pile, PRICE);
        _offer(auctionId, otherPile, 0);
        _assertBalance(pile.account, FUNDS, 0, "honest pile");

        vm.warp(START + QUIET);
        vm.assertEq(openAuctions.auctionOf(auctionId).leader, otherPile.account, "the shill");
        vm.warp(terms.openingEnds);
        openAuctions.release(auctionId);
        _assertBalance(pile.account, FUNDS, 0, "honest pile");
    }

    /// @dev A shill that only wants to push prices down has to stay behind the honest pile, and so
    /// can only make it cheaper by what the honest pile agrees to; once ahead, it must serve or
    /// pay.
    function test_OA2_Shill_ForfeitsIfItWins() external {
        OpenTerms memory terms = _openTerms();
        AuctionId auctionId = _call(terms);
        _offer(auctionId, pile, PRICE);
        _offer(auctionId, otherPile, PRICE - DECREMENT);
        vm.warp(START + QUIET);

        SessionId sessionId = _startOpen(auctionId, vehicle);
        vm.warp(terms.slotStart + AUTHORISE_WINDOW);
        sessions.expire(sessionId);
        _assertBalance(otherPile.account, FUNDS - BOND, 0, "the shill");
        _assertBalance(vehicle.account, FUNDS + BOND, 0, "who waited for it");
    }

    /// @dev In the sealed auction a pile that wins and does not serve pays just the same, and wins
    /// only once for its bond.
    function test_SE5_Shill_InTheSealedAuction() external {
        Deal memory deal = _opened();
        vm.warp(deal.terms.slotStart + AUTHORISE_WINDOW);
        sessions.expire(deal.sessionId);
        _assertBalance(pile.account, FUNDS - BOND, 0, "the shill");
        _assertBalance(vehicle.account, FUNDS + BOND, 0, "the vehicle");
    }

    /* LAST-SECOND BIDS */

    /// @dev Sealed: whoever bids in a round's last second brings about the round in which all can
    /// answer.
    function test_AU6_LastSecond_OpensAnotherRound() external {
        AuctionTerms memory terms = _terms();
        terms.maxRounds = 2;
        AuctionId auctionId = _open(terms);
        _request(auctionId, vehicle);
        _bid(auctionId, pile, _offer());
        vm.warp(terms.biddingEnds - 1);
        _bid(auctionId, otherPile, _offer());

        vm.warp(terms.biddingEnds);
        vm.expectRevert(
            abi.encodeWithSelector(IPricingAuction.AuctionNotConverged.selector, auctionId, 1)
        );
        vm.prank(matcher.account);
        auctions.postDecisions(auctionId, 1, new bytes32[](0), PARTICIPANTS, "");
        _closeRound(auctionId, PRICE, bytes32(0));
        _bid(auctionId, pile, _offer());
        vm.assertEq(
            auctions.bidOf(auctionId, pile.account),
            _committed(auctionId, 2, pile.account, _offer()),
            "the answer"
        );
    }

    /// @dev Open: a war of last seconds goes on until the decrement has used up the range, or the
    /// hard end comes.
    function test_OA5_LastSecond_EverybodyCanAnswer() external {
        OpenTerms memory terms = _openTerms();
        AuctionId auctionId = _call(terms);
        uint64 price = MAX_PRICE;
        _offer(auctionId, pile, price);
        bool even = false;
        while (openAuctions.auctionOf(auctionId).biddingEnds < terms.biddingEnds) {
            vm.warp(openAuctions.auctionOf(auctionId).biddingEnds - 1);
            price -= DECREMENT;
            _offer(auctionId, even ? pile : otherPile, price);
            even = !even;
        }
        vm.warp(terms.biddingEnds);
        vm.assertEq(uint8(openAuctions.phaseOf(auctionId)), uint8(Phase.Opening), "over");
    }

    /* GRIEFING BY REVERT */

    /// @dev It leads, reverts on every call, and is outbid all the same: nobody calls it.
    function test_OA2_Griefing_LeaderThatReverts() external {
        AuctionId auctionId = _call(_openTerms());
        HostileParticipant hostile = _hostile(ParticipantKind.Pile);
        bytes memory bid = abi.encodeCall(
            IOpenAuction.bid,
            (
                auctionId,
                PRICE,
                POWER_W,
                FAR_M,
                _invitation(auctionId, vehicle, address(hostile), FAR_M)
            )
        );
        hostile.act(address(openAuctions), bid);
        vm.assertEq(openAuctions.auctionOf(auctionId).leader, address(hostile), "leads");

        _offer(auctionId, pile, PRICE - DECREMENT);
        vm.assertEq(openAuctions.auctionOf(auctionId).leader, pile.account, "outbid");
        _assertBalance(address(hostile), DEPOSIT, 0, "free again");
    }

    function test_OA6_Griefing_VehicleThatReverts() external {
        OpenTerms memory terms = _openTerms();
        HostileParticipant hostile = _hostile(ParticipantKind.Vehicle);
        hostile.act(address(openAuctions), abi.encodeCall(IOpenAuction.open, (terms)));
        AuctionId auctionId = openAuctions.auctionIdOf(address(hostile), terms);
        _assertBalance(address(hostile), 0, DEPOSIT, "opened");

        vm.warp(terms.biddingEnds);
        openAuctions.release(auctionId);
        _assertBalance(address(hostile), DEPOSIT, 0, "released");
    }

    /// @dev A vehicle that burns the gas of whoever shows its invitation: the bid fails, and with
    /// it nothing else.
    function test_OA4_Griefing_VehicleBurnsGas() external {
        OpenTerms memory terms = _openTerms();
        HostileParticipant hostile = _hostile(ParticipantKind.Vehicle);
        hostile.act(address(openAuctions), abi.encodeCall(IOpenAuction.open, (terms)));
        AuctionId auctionId = openAuctions.auctionIdOf(address(hostile), terms);
        bytes memory bid = abi.encodeCall(IOpenAuction.bid, (auctionId, PRICE, POWER_W, FAR_M, ""));

        vm.prank(pile.account);
        (bool success, ) = address(openAuctions).call{gas: 1_000_000}(bid);
        vm.assertTrue(!success, "no bid");
        _assertBalance(pile.account, FUNDS, 0, "nothing locked");

        AuctionId honest = _call(terms);
        _offer(honest, pile, PRICE);
    }

    /// @dev A wallet takes back what it has signed: who leads goes on leading, and nobody else can
    /// come.
    function test_OA4_Griefing_VehicleTakesBackItsInvitations() external {
        OpenTerms memory terms = _openTerms();
        Wallet1271 wallet = new Wallet1271(vehicle.account);
        _enrolAccount(address(wallet), ParticipantKind.Vehicle);
        _fund(address(wallet), DEPOSIT);
        vm.prank(vehicle.account);
        wallet.execute(address(openAuctions), abi.encodeCall(IOpenAuction.open, (terms)));
        AuctionId auctionId = openAuctions.auctionIdOf(address(wallet), terms);
        _offer(auctionId, pile, PRICE);

        vm.prank(vehicle.account);
        wallet.setOwner(stranger.account);
        bytes memory invitation = _invitation(auctionId, vehicle, otherPile.account, FAR_M);
        vm.expectRevert(
            abi.encodeWithSelector(
                IOpenAuction.OpenNotInvited.selector,
                auctionId,
                otherPile.account,
                FAR_M
            )
        );
        vm.prank(otherPile.account);
        openAuctions.bid(auctionId, PRICE - DECREMENT, POWER_W, FAR_M, invitation);

        vm.warp(START + QUIET);
        vm.prank(stranger.account);
        wallet.execute(address(sessions), abi.encodeCall(sessions.startOpen, (auctionId)));
    }

    /// @dev A server whose signature cannot be checked holds nobody's money longer than the
    /// auction lasts.
    function test_AU5_Griefing_ServerBurnsGas() external {
        HostileParticipant hostile = _hostile(ParticipantKind.Matcher);
        AuctionTerms memory terms = _terms();
        hostile.act(
            address(auctions),
            abi.encodeCall(
                IPricingAuction.open,
                (terms, _servedFor(address(hostile), terms, secondServer))
            )
        );
        AuctionId auctionId = auctions.auctionIdOf(address(hostile), terms);
        _bid(auctionId, pile, _offer());

        vm.warp(terms.matchingEnds);
        bytes memory release = abi.encodeCall(
            IPricingAuction.release,
            (auctionId, _none(), _one(pile.account), terms.slotEnd, "", "")
        );
        (bool success, ) = address(auctions).call{gas: 1_000_000}(release);
        vm.assertTrue(!success, "no signature");
        auctions.releaseExpired(auctionId, _none(), _one(pile.account));
        _assertBalance(pile.account, FUNDS, 0, "pile");
    }

    /* RE-ENTRY THROUGH THE TOKEN */

    /// @dev The token is a certified pile; while its withdrawal is under way it takes the lead with
    /// the same money.
    function test_ES4_ReenteringToken_LeadsInWithdraw() external {
        (ReenteringToken hostile, AuctionId auctionId) = _biddingToken();
        hostile.act(address(escrow), abi.encodeCall(IEscrow.deposit, (address(hostile), BOND)));
        _arm(hostile, ReenteringToken.Manner.PassOnFailure, auctionId);

        vm.expectRevert(
            abi.encodeWithSelector(
                IEscrow.EscrowInsufficientFree.selector,
                address(hostile),
                0,
                BOND
            )
        );
        hostile.act(address(escrow), abi.encodeCall(IEscrow.withdraw, (address(hostile), BOND)));
        vm.assertEq(openAuctions.auctionOf(auctionId).leader, address(0), "nobody leads");
    }

    /// @dev It takes the lead with a deposit that it then keeps back: the lead is gone with the
    /// deposit.
    function test_ES4_ReenteringToken_LeadsInDepositAndKeepsTheTokens() external {
        (ReenteringToken hostile, AuctionId auctionId) = _biddingToken();
        _arm(hostile, ReenteringToken.Manner.KeepTheTokens, auctionId);

        vm.expectRevert(abi.encodeWithSelector(IEscrow.EscrowWrongTransfer.selector, BOND, 0));
        hostile.act(address(escrow), abi.encodeCall(IEscrow.deposit, (address(hostile), BOND)));
        vm.assertEq(openAuctions.auctionOf(auctionId).leader, address(0), "nobody leads");
    }

    /// @dev Out of somebody's withdrawal it outbids a leader: who is outbid gets its bond, once,
    /// and the books balance.
    function test_ES4_ReenteringToken_OutbidsInAWithdrawal() external {
        (ReenteringToken hostile, AuctionId auctionId) = _biddingToken();
        hostile.act(address(escrow), abi.encodeCall(IEscrow.deposit, (address(hostile), BOND)));
        _enrol(otherPile, ParticipantKind.Pile);
        _fund(otherPile.account, 2 * BOND);
        _offer(auctionId, otherPile, PRICE + DECREMENT);
        _arm(hostile, ReenteringToken.Manner.PassOnFailure, auctionId);

        _withdrawAll(otherPile.account);

        vm.assertEq(openAuctions.auctionOf(auctionId).leader, address(hostile), "leads");
        _assertBalance(otherPile.account, BOND, 0, "outbid while it withdrew");
        _assertBalance(address(hostile), 0, BOND, "leader");
        vm.assertEq(
            token.balanceOf(address(escrow)),
            DEPOSIT + 2 * BOND,
            "the escrow holds what it owes"
        );
    }

    /// @dev The release of a batch cannot be entered: it moves no token.
    function test_ES4_ReenteringToken_ReleasesInAWithdrawal() external {
        (ReenteringToken hostile, ) = _biddingToken();
        hostile.act(address(escrow), abi.encodeCall(IEscrow.deposit, (address(hostile), 2 * BOND)));
        _enrolServers();
        AuctionTerms memory terms = _terms();
        AuctionId auctionId = _open(terms);
        bytes memory bid = abi.encodeCall(
            IPricingAuction.bid,
            (auctionId, keccak256("offer"), UPLOAD)
        );
        hostile.act(address(auctions), bid);
        vm.warp(terms.matchingEnds);

        address[] memory twice = _two(address(hostile), address(hostile));
        bytes memory release = abi.encodeCall(
            IPricingAuction.releaseExpired,
            (auctionId, _none(), twice)
        );
        hostile.arm(ReenteringToken.Manner.PassOnFailure, address(auctions), release);
        hostile.act(address(escrow), abi.encodeCall(IEscrow.withdraw, (address(hostile), BOND)));
        _assertBalance(address(hostile), BOND, 0, "the bond, once");
        vm.assertEq(token.balanceOf(address(escrow)), DEPOSIT + BOND, "all that is owed");
    }

    /* HELPERS */

    function _serve(SessionId sessionId, uint64 energyWh) private {
        vm.prank(pile.account);
        sessions.authorise(sessionId);
        vm.prank(vehicle.account);
        sessions.plugIn(sessionId);
        _settle(sessionId, energyWh);
        vm.assertEq(
            uint8(sessions.sessionOf(sessionId).state),
            uint8(SessionState.Settled),
            "settled"
        );
    }

    function _hostile(ParticipantKind kind) private returns (HostileParticipant hostile) {
        hostile = new HostileParticipant();
        _enrolAccount(address(hostile), kind);
        _fund(address(hostile), DEPOSIT);
    }

    /// @dev A market on a token that calls back and is a pile with money; `vehicle` has opened an
    /// auction.
    function _biddingToken() private returns (ReenteringToken hostile, AuctionId auctionId) {
        hostile = new ReenteringToken();
        token = hostile;
        _deploy();
        _enrol(vehicle, ParticipantKind.Vehicle);
        _enrolAccount(address(hostile), ParticipantKind.Pile);
        _fund(vehicle.account, DEPOSIT);
        hostile.mint(address(hostile), 2 * BOND);
        hostile.act(
            address(hostile),
            abi.encodeCall(hostile.approve, (address(escrow), type(uint256).max))
        );
        auctionId = _call(_openTerms());
    }

    function _arm(
        ReenteringToken hostile,
        ReenteringToken.Manner manner,
        AuctionId auctionId
    ) private {
        bytes memory invitation = _invitation(auctionId, vehicle, address(hostile), FAR_M);
        hostile.arm(
            manner,
            address(openAuctions),
            abi.encodeCall(IOpenAuction.bid, (auctionId, PRICE, POWER_W, FAR_M, invitation))
        );
    }
}
