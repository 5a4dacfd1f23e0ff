// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

import {IChargingSession} from "./interfaces/IChargingSession.sol";
import {IEscrow} from "./interfaces/IEscrow.sol";
import {IOpenAuction} from "./interfaces/IOpenAuction.sol";
import {IPricingAuction} from "./interfaces/IPricingAuction.sol";
import {IReputation} from "./interfaces/IReputation.sol";
import {Amounts} from "./libraries/Amounts.sol";
import {
    AuctionId,
    Match,
    Opening,
    Reading,
    Session,
    SessionId,
    SessionState
} from "./types/MarketTypes.sol";

/// @dev The prose is in {IChargingSession}; here stand only the reasons.
contract ChargingSession is IChargingSession, EIP712 {
    bytes32 private constant READING_TYPEHASH = keccak256(
        "Reading(bytes32 sessionId,uint64 beginWh,uint64 endWh,uint40 deadline)"
    );
    uint40 private constant MAX_WINDOW = 30 days;

    IPricingAuction private immutable _auctions;
    IOpenAuction private immutable _openAuctions;
    IEscrow private immutable _escrow;
    IReputation private immutable _reputation;

    /// @inheritdoc IChargingSession
    uint40 public immutable override authoriseWindow;
    /// @inheritdoc IChargingSession
    uint40 public immutable override plugInWindow;
    /// @inheritdoc IChargingSession
    uint40 public immutable override settleWindow;

    mapping(SessionId sessionId => Session) private _sessions;

    constructor(
        IPricingAuction auctions,
        IOpenAuction openAuctions,
        IEscrow escrow,
        IReputation reputation,
        uint40 authoriseWindow_,
        uint40 plugInWindow_,
        uint40 settleWindow_
    ) EIP712("ChargeVeil ChargingSession", "1") {
        _auctions = auctions;
        _openAuctions = openAuctions;
        _escrow = escrow;
        _reputation = reputation;
        authoriseWindow = _checkWindow(authoriseWindow_);
        plugInWindow = _checkWindow(plugInWindow_);
        settleWindow = _checkWindow(settleWindow_);
    }

    /// @inheritdoc IChargingSession
    function start(
        Opening calldata opening,
        bytes32[] calldata proof
    ) external override returns (SessionId sessionId) {
        // The auction checks and consumes the decision before anything is known here; it calls nobody back.
        return _begin(_auctions.openDecision(opening, proof));
    }

    /// @inheritdoc IChargingSession
    function startOpen(AuctionId auctionId) external override returns (SessionId sessionId) {
        return _begin(_openAuctions.openDecision(auctionId));
    }

    function _begin(Match memory made) private returns (SessionId sessionId) {
        sessionId = made.sessionId;

        if (msg.sender != made.vehicle && msg.sender != made.pile) {
            revert SessionNotParty(sessionId, msg.sender);
        }

        uint40 deadline = uint40(Math.max(block.timestamp, made.slotStart)) + authoriseWindow;
        Session storage session = _sessions[sessionId];
        session.vehicle = made.vehicle;
        session.state = SessionState.Opened;
        session.credibilityBefore = _reputation.credibilityOf(made.vehicle);
        session.deadline = deadline;
        session.slotEnd = made.slotEnd;
        session.pile = made.pile;
        session.pricePerKwh = made.pricePerKwh;
        session.powerW = made.powerW;
        session.deposit = made.deposit;
        session.bond = made.bond;

        emit SessionOpened(
            sessionId,
            made.vehicle,
            made.pile,
            made.pricePerKwh,
            made.powerW,
            made.deposit,
            made.bond,
            deadline
        );
    }

    /// @inheritdoc IChargingSession
    function authorise(SessionId sessionId) external override {
        Session storage session = _inTime(sessionId, SessionState.Opened);
        if (msg.sender != session.pile) revert SessionNotParty(sessionId, msg.sender);

        uint40 deadline = uint40(Math.max(block.timestamp, session.slotEnd)) + plugInWindow;
        session.state = SessionState.Authorised;
        session.deadline = deadline;

        emit SessionAuthorised(sessionId, deadline);
    }

    /// @inheritdoc IChargingSession
    function plugIn(SessionId sessionId) external override {
        Session storage session = _inTime(sessionId, SessionState.Authorised);
        if (msg.sender != session.vehicle) revert SessionNotParty(sessionId, msg.sender);

        // Counted from the slot's end: plugging in days ahead must not let the session expire before its slot.
        uint40 deadline = uint40(Math.max(block.timestamp, session.slotEnd)) + settleWindow;
        session.state = SessionState.Charging;
        session.deadline = deadline;

        emit ChargingBegun(sessionId, deadline);
    }

    /// @inheritdoc IChargingSession
    function settle(
        Reading calldata reading,
        bytes calldata vehicleSignature,
        bytes calldata pileSignature
    ) external override {
        SessionId sessionId = reading.sessionId;

        Session storage session = _inTime(sessionId, SessionState.Charging);
        _checkReading(reading);
        bytes32 digest = _readingDigest(reading);
        _checkSigned(sessionId, session.vehicle, digest, vehicleSignature);
        _checkSigned(sessionId, session.pile, digest, pileSignature);

        uint64 energyWh = reading.endWh - reading.beginWh;
        uint128 deposit = session.deposit;
        uint128 amount = Amounts.amountDown(energyWh, session.pricePerKwh, deposit);
        session.state = SessionState.Settled;
        session.energyWh = energyWh;
        session.amountDown = amount;

        emit SessionSettled(sessionId, energyWh, amount, deposit - amount);

        _distribute(session, amount, 0);
        _reputation.recordOutcome(session.vehicle, sessionId, 1);
    }

    /// @inheritdoc IChargingSession
    function expire(SessionId sessionId) external override {
        Session storage session = _sessions[sessionId];
        SessionState from = session.state;
        _checkExpirable(sessionId, from, session.deadline);

        bool pileFailed = from == SessionState.Opened;
        bool vehicleFailed = from == SessionState.Authorised;
        uint128 forfeited = pileFailed ? session.bond : 0;
        uint128 fee = vehicleFailed ? Amounts.noShowFee(session.deposit, session.bond) : 0;
        session.state = SessionState.Expired;

        emit SessionExpired(sessionId, from, forfeited, fee);

        _distribute(session, fee, forfeited);
        _reputation.recordOutcome(session.vehicle, sessionId, vehicleFailed ? int8(-1) : int8(0));
    }

    /// @inheritdoc IChargingSession
    function partiesOf(
        SessionId sessionId
    )
        external
        view
        override
        returns (address vehicle, address pile, SessionState state, int8 credibilityBefore)
    {
        Session storage session = _sessions[sessionId];
        return (session.vehicle, session.pile, session.state, session.credibilityBefore);
    }

    /// @inheritdoc IChargingSession
    function sessionOf(SessionId sessionId) external view override returns (Session memory) {
        return _sessions[sessionId];
    }

    /// @dev The only place where money of a session moves: what a side does not owe is its own again.
    function _distribute(Session storage session, uint128 toPile, uint128 toVehicle) private {
        (address vehicle, address pile) = (session.vehicle, session.pile);
        (uint128 deposit, uint128 bond) = (session.deposit, session.bond);

        if (toPile != 0) _escrow.pay(vehicle, pile, toPile);
        if (toVehicle != 0) _escrow.pay(pile, vehicle, toVehicle);
        if (deposit != toPile) _escrow.unlock(vehicle, deposit - toPile);
        if (bond != toVehicle) _escrow.unlock(pile, bond - toVehicle);
    }

    function _inTime(
        SessionId sessionId,
        SessionState expected
    ) private view returns (Session storage session) {
        session = _sessions[sessionId];
        if (session.state != expected) {
            revert SessionWrongState(sessionId, expected, session.state);
        }
        if (block.timestamp >= session.deadline) {
            revert SessionTooLate(sessionId, session.deadline, block.timestamp);
        }
    }

    function _checkExpirable(SessionId sessionId, SessionState from, uint40 deadline) private view {
        bool running =
            from == SessionState.Opened ||
                from == SessionState.Authorised ||
                from == SessionState.Charging;
        if (!running) revert SessionOver(sessionId, from);
        if (block.timestamp < deadline) {
            revert SessionTooEarly(sessionId, deadline, block.timestamp);
        }
    }

    function _checkReading(Reading calldata reading) private view {
        if (reading.endWh < reading.beginWh) {
            revert SessionFallingRegister(reading.sessionId, reading.beginWh, reading.endWh);
        }
        if (block.timestamp >= reading.deadline) {
            revert SessionStaleReading(reading.sessionId, reading.deadline, block.timestamp);
        }
    }

    /// @dev The key first: code that its account takes on later (EIP-7702) must not take back what it has signed.
    function _checkSigned(
        SessionId sessionId,
        address signer,
        bytes32 digest,
        bytes calldata signature
    ) private view {
        (address recovered, , ) = ECDSA.tryRecoverCalldata(digest, signature);
        if (
            recovered != signer &&
            !SignatureChecker.isValidERC1271SignatureNowCalldata(signer, digest, signature)
        ) {
            revert SessionBadSignature(sessionId, signer);
        }
    }

    function _readingDigest(Reading calldata reading) private view returns (bytes32) {
        return _hashTypedDataV4(keccak256(abi.encode(READING_TYPEHASH, reading)));
    }

    function _checkWindow(uint40 window) private pure returns (uint40) {
        if (window == 0 || window > MAX_WINDOW) revert SessionBadWindow(window);
        return window;
    }
}
