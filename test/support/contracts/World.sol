// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {ChargingSession} from "../../../contracts/ChargingSession.sol";
import {Coupons} from "../../../contracts/Coupons.sol";
import {Escrow} from "../../../contracts/Escrow.sol";
import {IdentityRegistry} from "../../../contracts/IdentityRegistry.sol";
import {MarketGate} from "../../../contracts/MarketGate.sol";
import {OpenAuction} from "../../../contracts/OpenAuction.sol";
import {MeterRegistry} from "../../../contracts/MeterRegistry.sol";
import {PricingAuction} from "../../../contracts/PricingAuction.sol";
import {Reputation} from "../../../contracts/Reputation.sol";
import {IChargingSession} from "../../../contracts/interfaces/IChargingSession.sol";
import {IEscrow} from "../../../contracts/interfaces/IEscrow.sol";
import {IStakes} from "../../../contracts/interfaces/IStakes.sol";
import {IPricingAuction} from "../../../contracts/interfaces/IPricingAuction.sol";
import {DemoToken} from "../../../contracts/mocks/DemoToken.sol";
import {
    AuctionId,
    AuctionTerms,
    Balance,
    Certificate,
    EarningRule,
    Offer,
    Opening,
    ParticipantId,
    ParticipantKind,
    Phase,
    PileKind,
    ReputationParameters,
    SessionAuthorisation,
    SessionId,
    SessionWindows
} from "../../../contracts/types/MarketTypes.sol";
import {Base} from "./Base.sol";
import {Oracle, Tree} from "./Oracle.sol";

/// @dev Somebody with a key.
struct Actor {
    address account;
    uint256 key;
    ParticipantId id;
}

/// @dev A market without its sessions.
struct Surroundings {
    Reputation reputation;
    MeterRegistry meters;
    PricingAuction auctions;
    OpenAuction openAuctions;
    Coupons coupons;
    /// @dev The escrow, or a gate to it.
    IStakes stakes;
}

/// @title A market with certified, funded people
/// @dev Every builder below leaves a world that honest people could have made.
abstract contract World is Base {
    uint40 internal constant START = 1_900_000_000;
    uint40 internal constant YEAR = 365 days;
    uint256 internal constant NO_PLACE = type(uint256).max;
    uint8 internal constant CHARGE = 1;
    uint8 internal constant DISCHARGE = 2;
    int8 internal constant MIN_CREDIBILITY = -5;
    int8 internal constant THRESHOLD = -2;
    int8 internal constant MAX_CREDIBILITY = 20;
    uint8 internal constant PROBATION_FACTOR = 3;
    uint32 internal constant PROBATION_POWER_W = 3_700;
    uint64 internal constant MIN_WEIGHT_WAD = 0.1e18;
    uint40 internal constant AUTHORISE_WINDOW = 15 minutes;
    uint40 internal constant PLUG_IN_WINDOW = 30 minutes;
    uint40 internal constant SETTLE_WINDOW = 24 hours;
    uint40 internal constant ARBITRATION_WINDOW = 72 hours;
    uint64 internal constant MIN_ENERGY_WH = 1_000;
    uint128 internal constant MIN_AMOUNT = 0.1e6;
    uint128 internal constant FUNDS = 1_000e6;
    uint128 internal constant BOND = 5e6;
    uint128 internal constant DEPOSIT = 20e6;
    /// @dev 0.45 tokens a kWh.
    uint64 internal constant PRICE = 450_000;
    uint32 internal constant POWER_W = 11_000;
    /// @dev What everybody has uploaded, as far as the chain knows it.
    bytes32 internal constant UPLOAD = keccak256("upload");
    bytes32 internal constant PARTICIPANTS = keccak256("participants");
    DemoToken internal token;
    IdentityRegistry internal identities;
    Escrow internal escrow;
    Reputation internal reputation;
    PricingAuction internal auctions;
    OpenAuction internal openAuctions;
    MeterRegistry internal meters;
    ChargingSession internal sessions;
    Coupons internal coupons;
    Actor internal authority = _actor(0xA11);
    /// @dev Who decides on tracing.
    Actor internal court = _actor(0xC0127);
    Actor internal matcher = _actor(0x3A7C);
    /// @dev Of another operator.
    Actor internal secondServer = _actor(0x3A7D);
    Actor internal vehicle = _actor(0xE51);
    Actor internal otherVehicle = _actor(0xE52);
    Actor internal pile = _actor(0xC91);
    Actor internal otherPile = _actor(0xC92);
    /// @dev Has a key and tokens, but no certificate.
    Actor internal stranger = _actor(0x5791);
    uint256 private _serial;

    function setUp() public virtual {
        vm.warp(START);
        token = new DemoToken();
        _deploy();

        _enrolServers();
        _enrol(vehicle, ParticipantKind.Vehicle);
        _enrol(otherVehicle, ParticipantKind.Vehicle);
        _enrol(pile, ParticipantKind.Pile);
        _enrol(otherPile, ParticipantKind.Pile);

        _fund(vehicle.account, FUNDS);
        _fund(otherVehicle.account, FUNDS);
        _fund(pile.account, FUNDS);
        _fund(otherPile.account, FUNDS);
    }

    /* DEPLOYMENT */

    function _deploy() internal {
        identities = new IdentityRegistry(authority.account, court.account);
        address arbiter = _arbiter();
        Surroundings memory around = _newSurroundings();
        reputation = around.reputation;
        meters = around.meters;
        auctions = around.auctions;
        openAuctions = around.openAuctions;
        coupons = around.coupons;
        escrow = Escrow(address(around.stakes));
        sessions = _newSessions(around, _windows(), arbiter, _earningRule());
    }

    /// @dev All of a market but its sessions, which whoever calls this creates next: the contracts
    /// that come before escrow and sessions are told where those are going to be.
    function _newSurroundings() internal returns (Surroundings memory) {
        return _newSurroundings(NO_PLACE);
    }

    /// @param unknown place among the escrow's markets of one that it does not know; `NO_PLACE` for
    /// an escrow that knows all of them
    function _newSurroundings(uint256 unknown) internal returns (Surroundings memory around) {
        uint64 nonce = vm.getNonce(address(this));
        IStakes escrowAt = IStakes(vm.computeCreateAddress(address(this), nonce + 5));
        address sessionsAt = vm.computeCreateAddress(address(this), nonce + 6);
        around = _beforeStakes(escrowAt, sessionsAt);
        address[4] memory markets = _marketsOf(around, sessionsAt);
        if (unknown != NO_PLACE) markets[unknown] = address(0xF001);
        around.stakes = new Escrow(token, markets);
    }

    /// @dev Five contracts, in this order.
    function _beforeStakes(
        IStakes stakes,
        address sessions_
    ) private returns (Surroundings memory around) {
        around.reputation = new Reputation(_parameters(), IChargingSession(sessions_));
        around.meters = new MeterRegistry(identities, sessions_);
        around.auctions = new PricingAuction(identities, stakes, around.reputation, sessions_);
        around.openAuctions = new OpenAuction(identities, stakes, around.reputation, sessions_);
        around.coupons = new Coupons(stakes, around.reputation);
    }

    function _marketsOf(
        Surroundings memory around,
        address sessions_
    ) private pure returns (address[4] memory) {
        return
            [
                address(around.auctions),
                address(around.openAuctions),
                sessions_,
                address(around.coupons)
            ];
    }

    /// @dev The same beside the market that stands, on its escrow: users approve the gate.
    function _newLater() internal returns (Surroundings memory around) {
        uint64 nonce = vm.getNonce(address(this));
        IStakes gateAt = IStakes(vm.computeCreateAddress(address(this), nonce + 5));
        address sessionsAt = vm.computeCreateAddress(address(this), nonce + 6);
        around = _beforeStakes(gateAt, sessionsAt);
        around.stakes = new MarketGate(escrow, _marketsOf(around, sessionsAt));
    }

    function _newSessions(
        Surroundings memory around,
        SessionWindows memory windows,
        address arbiter,
        EarningRule memory earning
    ) internal returns (ChargingSession) {
        return
            new ChargingSession(
                around.auctions,
                around.openAuctions,
                around.stakes,
                around.reputation,
                around.meters,
                windows,
                arbiter,
                earning
            );
    }

    /// @dev The session contract of another market among the same people.
    function _newSessions(
        SessionWindows memory windows,
        address arbiter
    ) internal returns (ChargingSession) {
        return _newSessions(_newSurroundings(), windows, arbiter, _earningRule());
    }

    function _earningRule() internal pure returns (EarningRule memory) {
        return EarningRule({minEnergyWh: MIN_ENERGY_WH, minAmount: MIN_AMOUNT});
    }

    /// @dev Without disputes: what is settled is final.
    function _windows() internal pure virtual returns (SessionWindows memory) {
        return
            SessionWindows({
                authorise: AUTHORISE_WINDOW,
                plugIn: PLUG_IN_WINDOW,
                settle: SETTLE_WINDOW,
                dispute: 0,
                arbitration: ARBITRATION_WINDOW
            });
    }

    /// @dev Who rules, in worlds with disputes.
    function _arbiter() internal virtual returns (address) {
        return address(0);
    }

    function _parameters() internal pure returns (ReputationParameters memory) {
        return
            ReputationParameters({
                minCredibility: MIN_CREDIBILITY,
                threshold: THRESHOLD,
                maxCredibility: MAX_CREDIBILITY,
                probationFactor: PROBATION_FACTOR,
                probationPowerW: PROBATION_POWER_W,
                minWeightWad: MIN_WEIGHT_WAD
            });
    }

    /// @dev An escrow with one market, beside three that nobody is.
    function _escrowOf(IERC20 token_, address market) internal returns (Escrow) {
        return new Escrow(token_, [market, address(0xF001), address(0xF002), address(0xF003)]);
    }

    /* PEOPLE */

    function _actor(uint256 key) internal pure returns (Actor memory) {
        return Actor(vm.addr(key), key, _idOf(vm.addr(key)));
    }

    function _idOf(address account) internal pure returns (ParticipantId) {
        return ParticipantId.wrap(keccak256(abi.encode("participant", account)));
    }

    function _certificate(
        address account,
        ParticipantKind kind
    ) internal returns (Certificate memory) {
        bool isPile = kind == ParticipantKind.Pile;
        return
            Certificate({
                account: account,
                participantId: _idOf(account),
                kind: kind,
                pileKind: isPile ? PileKind.Private : PileKind.NotAPile,
                ratedPowerW: isPile ? 22_000 : 0,
                premises: kind == ParticipantKind.Vehicle ? bytes32(0) : _premisesOf(account),
                validUntil: uint40(block.timestamp) + YEAR,
                relayBy: uint40(block.timestamp) + 1 days,
                serial: ++_serial
            });
    }

    /// @dev A site of its own, or an operator of its own.
    function _premisesOf(address account) internal pure returns (bytes32) {
        return keccak256(abi.encode("premises", account));
    }

    function _certified(Certificate memory certificate) internal view returns (bytes memory) {
        bytes32 digest = Oracle.certificateDigest(address(identities), certificate);
        return _signature(authority.key, digest);
    }

    function _enrol(Actor memory actor, ParticipantKind kind) internal {
        _enrolAccount(actor.account, kind);
    }

    function _enrolServers() internal {
        _enrol(matcher, ParticipantKind.Matcher);
        _enrol(secondServer, ParticipantKind.Matcher);
    }

    function _enrolAccount(address account, ParticipantKind kind) internal {
        Certificate memory certificate = _certificate(account, kind);
        identities.enrol(certificate, _certified(certificate));
    }

    /// @dev By `pile` for a day from now on, of a vehicle that nobody else is.
    function _authorisation(
        address account,
        bytes32 place
    ) internal view returns (SessionAuthorisation memory) {
        return
            SessionAuthorisation({
                account: account,
                role: CHARGE,
                place: place,
                slotStart: uint40(block.timestamp) + 60 minutes,
                slotEnd: uint40(block.timestamp) + 1 days,
                nym: keccak256(abi.encode("nym", place, account)),
                stationId: pile.id,
                maxEnergyWh: 60_000
            });
    }

    function _stationSigned(
        SessionAuthorisation memory authorisation,
        Actor memory station
    ) internal view returns (bytes memory) {
        return
            _signature(station.key, Oracle.authorisationDigest(address(identities), authorisation));
    }

    /// @dev Signed by `pile`, relayed by the account itself.
    function _authorise(SessionAuthorisation memory authorisation) internal {
        _authoriseBy(authorisation, pile);
    }

    function _authoriseBy(
        SessionAuthorisation memory authorisation,
        Actor memory station
    ) internal {
        bytes memory signature = _stationSigned(authorisation, station);
        vm.prank(authorisation.account);
        identities.authorise(authorisation, signature, "");
    }

    /// @dev The actor that an authorised account is: its id is the nymHash.
    function _anonymous(
        uint256 key,
        SessionAuthorisation memory authorisation
    ) internal pure returns (Actor memory) {
        bytes32 id = Oracle.nymHash(authorisation);
        return Actor(authorisation.account, key, ParticipantId.wrap(id));
    }

    function _suspend(Actor memory actor) internal {
        vm.prank(authority.account);
        identities.suspend(actor.account);
    }

    function _fund(address account, uint128 amount) internal {
        token.mint(address(this), amount);
        token.approve(address(escrow), amount);
        escrow.deposit(account, amount);
    }

    /// @dev A contract as an actor: certified, funded, without a key.
    function _enrolContract(
        address account,
        ParticipantKind kind
    ) internal returns (Actor memory actor) {
        _enrolAccount(account, kind);
        _fund(account, FUNDS);
        return Actor(account, 0, _idOf(account));
    }

    function _withdrawAll(address account) internal {
        uint128 free = escrow.balanceOf(account).free;
        if (free == 0) return;
        vm.prank(account);
        escrow.withdraw(account, free);
    }

    /* AUCTIONS */

    /// @dev Served by `matcher` and `second`.
    function _terms() internal view returns (AuctionTerms memory) {
        uint40 from = uint40(block.timestamp);
        return
            AuctionTerms({
                areaHash: keccak256("area"),
                roundKeyHash: keccak256("round key"),
                scope: bytes32(0),
                secondServer: secondServer.account,
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
        return Offer({pricePerKwh: PRICE, powerW: POWER_W, salt: keccak256("salt")});
    }

    function _open(AuctionTerms memory terms) internal returns (AuctionId) {
        bytes memory signature = _served(terms, secondServer);
        vm.prank(matcher.account);
        return auctions.open(terms, signature);
    }

    /// @dev By whom `matcher` opens.
    function _served(
        AuctionTerms memory terms,
        Actor memory server
    ) internal view returns (bytes memory) {
        return _servedFor(matcher.account, terms, server);
    }

    function _servedFor(
        address first,
        AuctionTerms memory terms,
        Actor memory server
    ) internal view returns (bytes memory) {
        AuctionId auctionId = Oracle.auctionId(address(auctions), first, terms);
        return _signature(server.key, Oracle.serveDigest(address(auctions), auctionId));
    }

    function _request(AuctionId auctionId, Actor memory actor) internal {
        vm.prank(actor.account);
        auctions.request(auctionId, UPLOAD);
    }

    function _bid(AuctionId auctionId, Actor memory actor, Offer memory offer) internal {
        vm.prank(actor.account);
        auctions.bid(auctionId, Oracle.offerHash(offer), UPLOAD);
    }

    /// @dev The word that the contract keeps of a bid of round 1.
    function _committed(
        AuctionId auctionId,
        address bidder,
        Offer memory offer
    ) internal view returns (bytes32) {
        return _committed(auctionId, 1, bidder, offer);
    }

    function _committed(
        AuctionId auctionId,
        uint8 round,
        address bidder,
        Offer memory offer
    ) internal view returns (bytes32) {
        return Oracle.bid(address(auctions), auctionId, round, bidder, offer, UPLOAD);
    }

    function _closeRound(
        AuctionId auctionId,
        uint64 referencePricePerKwh,
        bytes32 transcriptRoot
    ) internal {
        uint8 round = auctions.auctionOf(auctionId).round;
        _closeAs(matcher, auctionId, round, referencePricePerKwh, transcriptRoot);
    }

    /// @dev The other server has signed.
    function _closeAs(
        Actor memory caller,
        AuctionId auctionId,
        uint8 round,
        uint64 referencePricePerKwh,
        bytes32 transcriptRoot
    ) internal {
        bytes memory signature = _signedRound(
            _otherThan(caller),
            auctionId,
            round,
            referencePricePerKwh,
            transcriptRoot
        );
        vm.prank(caller.account);
        auctions.closeRound(
            auctionId,
            round,
            referencePricePerKwh,
            transcriptRoot,
            PARTICIPANTS,
            signature
        );
    }

    function _signedRound(
        Actor memory server,
        AuctionId auctionId,
        uint8 round,
        uint64 referencePricePerKwh,
        bytes32 transcriptRoot
    ) internal view returns (bytes memory) {
        bytes32 digest = Oracle.roundDigest(
            address(auctions),
            auctionId,
            round,
            referencePricePerKwh,
            transcriptRoot,
            PARTICIPANTS
        );
        return _signature(server.key, digest);
    }

    function _post(AuctionId auctionId, bytes32[] memory decisions) internal {
        _postAs(matcher, auctionId, auctions.auctionOf(auctionId).round, decisions);
    }

    /// @dev The other server has signed.
    function _postAs(
        Actor memory caller,
        AuctionId auctionId,
        uint8 round,
        bytes32[] memory decisions
    ) internal {
        bytes memory signature = _signedFinal(_otherThan(caller), auctionId, round, decisions);
        vm.prank(caller.account);
        auctions.postDecisions(auctionId, round, decisions, PARTICIPANTS, signature);
    }

    function _signedFinal(
        Actor memory server,
        AuctionId auctionId,
        uint8 round,
        bytes32[] memory decisions
    ) internal view returns (bytes memory) {
        bytes32 digest = Oracle.finalDigest(
            address(auctions),
            auctionId,
            round,
            Tree.root(decisions),
            PARTICIPANTS
        );
        return _signature(server.key, digest);
    }

    function _otherThan(Actor memory server) internal view returns (Actor memory) {
        return server.account == secondServer.account ? matcher : secondServer;
    }

    function _notSelected(
        Actor memory server,
        AuctionId auctionId,
        address[] memory vehicles,
        address[] memory piles,
        uint40 deadline
    ) internal view returns (bytes memory) {
        bytes32 digest = Oracle.notSelectedDigest(
            address(auctions),
            auctionId,
            vehicles,
            piles,
            deadline
        );
        return _signature(server.key, digest);
    }

    /// @dev Releases with the signatures of both servers, relayed by nobody in particular.
    function _release(
        AuctionId auctionId,
        address[] memory vehicles,
        address[] memory piles
    ) internal {
        uint40 deadline = uint40(block.timestamp) + 1;
        bytes memory first = _notSelected(matcher, auctionId, vehicles, piles, deadline);
        bytes memory other = _notSelected(secondServer, auctionId, vehicles, piles, deadline);
        auctions.release(auctionId, vehicles, piles, deadline, first, other);
    }

    function _opening(
        AuctionId auctionId,
        Actor memory ev,
        Actor memory cp
    ) internal pure returns (Opening memory) {
        bytes32 r = keccak256(abi.encode("r", ev.id, cp.id));
        return Opening(auctionId, ev.id, cp.id, 1, _offer(), UPLOAD, r);
    }

    /// @dev The decision commitment of an opening, for the pile that `cpId` names.
    function _decision(Opening memory opening, address cp) internal view returns (SessionId) {
        bytes32 bid = Oracle.bid(
            address(auctions),
            opening.auctionId,
            opening.round,
            cp,
            opening.offer,
            opening.uploadHash
        );
        return Oracle.decision(opening, bid);
    }

    function _leaf(Opening memory opening, address cp) internal view returns (bytes32) {
        return SessionId.unwrap(_decision(opening, cp));
    }

    /* LISTS AND CHECKS */

    function _none() internal pure returns (address[] memory) {
        return new address[](0);
    }

    function _one(address account) internal pure returns (address[] memory list) {
        list = new address[](1);
        list[0] = account;
    }

    function _one(bytes32 leaf) internal pure returns (bytes32[] memory list) {
        list = new bytes32[](1);
        list[0] = leaf;
    }

    function _two(address first, address second) internal pure returns (address[] memory list) {
        list = new address[](2);
        (list[0], list[1]) = (first, second);
    }

    function _three(
        address first,
        address second,
        address third
    ) internal pure returns (address[] memory list) {
        list = new address[](3);
        (list[0], list[1], list[2]) = (first, second, third);
    }

    function _two(bytes32 first, bytes32 second) internal pure returns (bytes32[] memory list) {
        list = new bytes32[](2);
        (list[0], list[1]) = (first, second);
    }

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
