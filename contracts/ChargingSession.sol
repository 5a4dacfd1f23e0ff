// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

import {SignedCalls} from "./SignedCalls.sol";
import {IAuction} from "./interfaces/IAuction.sol";
import {IChargingSession} from "./interfaces/IChargingSession.sol";
import {IIdentityRegistry} from "./interfaces/IIdentityRegistry.sol";
import {IMeterRegistry} from "./interfaces/IMeterRegistry.sol";
import {IOpenAuction} from "./interfaces/IOpenAuction.sol";
import {IPricingAuction} from "./interfaces/IPricingAuction.sol";
import {IReputation} from "./interfaces/IReputation.sol";
import {IStakes} from "./interfaces/IStakes.sol";
import {Amounts} from "./libraries/Amounts.sol";
import {Signatures} from "./libraries/Signatures.sol";
import {
    AuctionId,
    BEST_RATING,
    EarningRule,
    Match,
    Opening,
    Reading,
    Ruling,
    Session,
    SessionId,
    SessionState,
    SessionWindows,
    Stake,
    WORST_RATING
} from "./types/MarketTypes.sol";
import {EnergyDirection, MeterKey, MeterRecord} from "./ocmf/OcmfTypes.sol";
import {BeginReading, MeteredEnergy, MeterQuery} from "./types/MeterTypes.sol";

/// @dev The prose is in {IChargingSession}; here stand only the reasons.
///
///     Opened ── authorise ──> Authorised ── plugIn ──> Charging ── unplug ──> Unplugged
///     Opened ── plugIn ──> Opened ── authorise ──> Charging
///     Opened ── plugIn ──> Opened ── unplug ──> Opened
///     Charging, Unplugged ── settle ──> Metered or Settled
///     Metered ── dispute ──> Disputed ── rule ──> Settled
///     Metered, Disputed ── finalise ──> Settled
///     Charging, Unplugged, Metered, Disputed ── settleAgreed ──> Settled
///     Charging, Unplugged ── waive ──> Expired
///     Opened, Authorised, Charging, Unplugged ── expire ──> Expired
///
/// `state` and `deadline` share a slot. A call in time needs now < deadline, a call against whoever
/// is late needs now ≥ deadline: at no moment are both possible, and at none is neither (SE-5).
///
/// Two times are kept in a deadline and nowhere else: that of Opened tells when the slot starts,
/// that of Unplugged when the vehicle left.
contract ChargingSession is IChargingSession, SignedCalls {
    bytes32 private constant READING_TYPEHASH = keccak256(
        "Reading(bytes32 sessionId,uint64 beginWh,uint64 endWh,uint40 deadline)"
    );
    bytes32 private constant BEGIN_READING_TYPEHASH = keccak256(
        "BeginReading(bytes32 sessionId,bytes32 meterKeyId,uint64 pagination,uint64 registerMilliWh)"
    );
    bytes32 private constant RULING_TYPEHASH = keccak256(
        "Ruling(bytes32 sessionId,uint128 amount)"
    );
    uint40 private constant MAX_WINDOW = 30 days;

    /// @inheritdoc IChargingSession
    IPricingAuction public immutable override auctions;
    /// @inheritdoc IChargingSession
    IOpenAuction public immutable override openAuctions;
    /// @inheritdoc IChargingSession
    IStakes public immutable override escrow;
    /// @inheritdoc IChargingSession
    IReputation public immutable override reputation;
    /// @inheritdoc IChargingSession
    IMeterRegistry public immutable override meters;
    IIdentityRegistry private immutable _identities;

    uint40 private immutable _authoriseWindow;
    uint40 private immutable _plugInWindow;
    uint40 private immutable _settleWindow;
    uint40 private immutable _disputeWindow;
    uint40 private immutable _arbitrationWindow;

    uint64 private immutable _minEnergyWh;
    uint128 private immutable _minAmount;

    /// @inheritdoc IChargingSession
    address public immutable override arbiter;

    mapping(SessionId sessionId => Session) private _sessions;

    constructor(
        IPricingAuction auctions_,
        IOpenAuction openAuctions_,
        IStakes escrow_,
        IReputation reputation_,
        IMeterRegistry meters_,
        SessionWindows memory windows_,
        address arbiter_,
        EarningRule memory earningRule_
    ) EIP712("ChargeVeil ChargingSession", "1") {
        if (windows_.dispute != 0 && arbiter_ == address(0)) revert SessionNoArbiter();
        if (earningRule_.minEnergyWh == 0 || earningRule_.minAmount == 0) {
            revert SessionBadEarningRule(earningRule_);
        }

        auctions = auctions_;
        openAuctions = openAuctions_;
        escrow = escrow_;
        reputation = reputation_;
        meters = meters_;
        _identities = meters_.identities();
        _authoriseWindow = _checkWindow(windows_.authorise, 1);
        _plugInWindow = _checkWindow(windows_.plugIn, 1);
        _settleWindow = _checkWindow(windows_.settle, 1);
        _disputeWindow = _checkWindow(windows_.dispute, 0);
        _arbitrationWindow = _checkWindow(windows_.arbitration, 1);
        arbiter = arbiter_;
        _minEnergyWh = earningRule_.minEnergyWh;
        _minAmount = earningRule_.minAmount;

        _checkWiring();
    }

    /* UNTIL THE METER RUNS */

    /// @inheritdoc IChargingSession
    function start(
        Opening calldata opening,
        bytes32[] calldata proof
    ) external override returns (SessionId sessionId) {
        // The auction checks and consumes the decision before anything is known here; it calls
        // nobody back.
        return _begin(auctions.openDecision(opening, proof));
    }

    /// @inheritdoc IChargingSession
    function startOpen(AuctionId auctionId) external override returns (SessionId sessionId) {
        return _begin(openAuctions.openDecision(auctionId));
    }

    /// @inheritdoc IChargingSession
    function authorise(SessionId sessionId) external override {
        Session storage session = _inTime(sessionId, SessionState.Opened);
        _checkParty(sessionId, session.pile);

        uint40 deadline = _plugInDeadline(session.deadline, session.slotEnd);
        session.state = SessionState.Authorised;
        session.deadline = deadline;

        emit SessionAuthorised(sessionId, deadline);

        if (session.pluggedInAt == 0) return;
        // What the pile has drawn while the vehicle waited is not the vehicle's.
        session.pluggedInAt = uint40(block.timestamp);
        _beginCharging(sessionId, session);
    }

    /// @inheritdoc IChargingSession
    function plugIn(SessionId sessionId) external override {
        Session storage session = _sessions[sessionId];
        (SessionState from, address vehicle) = (session.state, session.vehicle);
        if (from != SessionState.Opened && from != SessionState.Authorised) {
            revert SessionWrongState(sessionId, SessionState.Authorised, from);
        }
        _checkBefore(sessionId, session.deadline);
        _checkParty(sessionId, vehicle);
        // A second time would move the begin of what the pile can charge for.
        if (session.pluggedInAt != 0) revert SessionPluggedIn(sessionId, session.pluggedInAt);

        session.pluggedInAt = uint40(block.timestamp);
        session.cameInTime = block.timestamp + _plugInWindow <= session.slotEnd;
        session.isVouched = _identities.stationOf(vehicle) == session.pile;
        if (from == SessionState.Authorised) _beginCharging(sessionId, session);
        else emit SessionAwaited(sessionId);
    }

    /// @inheritdoc IChargingSession
    function unplug(SessionId sessionId) external override {
        Session storage session = _sessions[sessionId];
        SessionState from = session.state;
        bool isWaiting = from == SessionState.Opened && session.pluggedInAt != 0;
        if (!isWaiting && from != SessionState.Charging) {
            revert SessionWrongState(sessionId, SessionState.Charging, from);
        }
        _checkBefore(sessionId, session.deadline);
        _checkParty(sessionId, session.vehicle);

        if (isWaiting) return _stopWaiting(sessionId, session);
        uint40 deadline = uint40(block.timestamp) + _settleWindow;
        session.state = SessionState.Unplugged;
        session.deadline = deadline;

        emit SessionUnplugged(sessionId, deadline);
    }

    /// @inheritdoc IChargingSession
    function waive(SessionId sessionId) external override {
        Session storage session = _sessions[sessionId];
        SessionState from = session.state;
        _checkServed(sessionId, from);
        _checkParty(sessionId, session.pile);

        _expire(sessionId, session, 0, 0, 0);
    }

    /* SETTLEMENT */

    /// @inheritdoc IChargingSession
    function settle(
        SessionId sessionId,
        MeterKey calldata key,
        MeterRecord[] calldata records,
        bytes calldata confirmation
    ) external override {
        Session storage session = _sessions[sessionId];
        (SessionState from, uint40 deadline) = (session.state, session.deadline);
        _checkServed(sessionId, from);
        _checkBefore(sessionId, deadline);
        address pile = session.pile;
        _checkParty(sessionId, pile);

        // The registry checks and spends the records before anything is known here; it calls nobody
        // back.
        MeteredEnergy memory energy = meters.consume(
            MeterQuery({
                sessionId: sessionId,
                pile: pile,
                direction: EnergyDirection.Import,
                pluggedInAt: session.pluggedInAt,
                endedAt: _endedAt(from, deadline)
            }),
            key,
            records
        );
        if (!energy.namesSession) {
            _checkConfirmed(sessionId, session.vehicle, energy, confirmation);
        }

        uint128 amount = Amounts.amountDown(energy.energyWh, session.pricePerKwh, session.deposit);
        if (_disputeWindow == 0) {
            bool earned = _earns(session, energy.energyWh, amount);
            _settle(sessionId, session, energy.energyWh, amount, earned);
        } else {
            _awaitDispute(sessionId, session, energy.energyWh, amount);
        }
    }

    /// @inheritdoc IChargingSession
    function settleAgreed(
        Reading calldata reading,
        bytes calldata vehicleSignature,
        bytes calldata pileSignature
    ) external override {
        SessionId sessionId = reading.sessionId;
        Session storage session = _sessions[sessionId];

        _checkAgreeable(sessionId, session.state);
        _checkBefore(sessionId, session.deadline);
        _checkReading(reading);
        bytes32 digest = _hashTypedDataV4(keccak256(abi.encode(READING_TYPEHASH, reading)));
        _checkSigned(sessionId, session.vehicle, digest, vehicleSignature);
        _checkSigned(sessionId, session.pile, digest, pileSignature);

        uint64 energyWh = reading.endWh - reading.beginWh;
        // What two parties sign says nothing to others: it costs those that collude nothing.
        uint128 amount = Amounts.amountDown(energyWh, session.pricePerKwh, session.deposit);
        _settle(sessionId, session, energyWh, amount, false);
    }

    /// @inheritdoc IChargingSession
    function dispute(SessionId sessionId) external override {
        Session storage session = _inTime(sessionId, SessionState.Metered);
        _checkParty(sessionId, session.vehicle);

        uint40 deadline = uint40(block.timestamp) + _arbitrationWindow;
        session.state = SessionState.Disputed;
        session.deadline = deadline;

        emit SessionDisputed(sessionId, deadline);
    }

    /// @inheritdoc IChargingSession
    function rule(Ruling calldata ruling, bytes calldata signature) external override {
        SessionId sessionId = ruling.sessionId;
        Session storage session = _inTime(sessionId, SessionState.Disputed);
        (uint64 energyWh, uint128 metered) = (session.energyWh, session.amountDown);

        if (ruling.amount > metered) {
            revert SessionRulingTooHigh(sessionId, ruling.amount, metered);
        }
        bytes32 digest = _hashTypedDataV4(keccak256(abi.encode(RULING_TYPEHASH, ruling)));
        _checkSigned(sessionId, arbiter, digest, signature);

        // A vehicle that disputed in vain earns nothing by the session.
        bool earned = ruling.amount < metered && _earns(session, energyWh, ruling.amount);
        _settle(sessionId, session, energyWh, ruling.amount, earned);
    }

    /// @inheritdoc IChargingSession
    function finalise(SessionId sessionId) external override {
        Session storage session = _sessions[sessionId];
        SessionState from = session.state;

        if (from != SessionState.Metered && from != SessionState.Disputed) {
            revert SessionWrongState(sessionId, SessionState.Metered, from);
        }
        _checkOver(sessionId, session.deadline);

        (uint64 energyWh, uint128 amount) = (session.energyWh, session.amountDown);
        bool earned = from == SessionState.Metered && _earns(session, energyWh, amount);
        _settle(sessionId, session, energyWh, amount, earned);
    }

    /// @inheritdoc IChargingSession
    function expire(SessionId sessionId) external override {
        Session storage session = _sessions[sessionId];
        (SessionState from, uint40 deadline) = (session.state, session.deadline);
        _checkExpirable(sessionId, from, deadline);

        // Whoever's time the slot's end has cut short did not have what it is given, and fails
        // nobody: a slot of a second, begun in its last moment, would take the pile's bond.
        bool hadItsTime = deadline < session.slotEnd;
        bool pileFailed = from == SessionState.Opened && hadItsTime;
        bool vehicleFailed = from == SessionState.Authorised && hadItsTime;
        uint128 forfeited = pileFailed ? session.bond : 0;
        uint128 fee = vehicleFailed ? Amounts.noShowFee(session.deposit, session.bond) : 0;
        _expire(sessionId, session, forfeited, fee, vehicleFailed ? int8(-1) : int8(0));
    }

    /* VIEWS */

    /// @inheritdoc IChargingSession
    function windows() external view override returns (SessionWindows memory) {
        return
            SessionWindows({
                authorise: _authoriseWindow,
                plugIn: _plugInWindow,
                settle: _settleWindow,
                dispute: _disputeWindow,
                arbitration: _arbitrationWindow
            });
    }

    /// @inheritdoc IChargingSession
    function earningRule() external view override returns (EarningRule memory) {
        return EarningRule({minEnergyWh: _minEnergyWh, minAmount: _minAmount});
    }

    /// @inheritdoc IChargingSession
    function partiesOf(
        SessionId sessionId
    )
        external
        view
        override
        returns (address vehicle, address pile, int8 credibilityBefore, uint8 mostRating)
    {
        Session storage session = _sessions[sessionId];
        return (session.vehicle, session.pile, session.credibilityBefore, _mostRating(session));
    }

    /// @inheritdoc IChargingSession
    function sessionOf(SessionId sessionId) external view override returns (Session memory) {
        return _sessions[sessionId];
    }

    /* INTERNAL */

    /// @dev Asked once, by the constructor, as the last contract of a market: a session that one of
    /// the others does not know could not end, and its money would stay locked. What has no code
    /// yet reverts without a reason.
    function _checkWiring() private view {
        _checkAuction(auctions);
        _checkAuction(openAuctions);
        _checkNamed(address(reputation), reputation.sessions(), address(this));
        _checkNamed(address(meters), meters.sessions(), address(this));
        _checkMarket(address(this));
    }

    function _checkAuction(IAuction auction) private view {
        address named = address(auction);
        _checkNamed(named, auction.sessions(), address(this));
        _checkNamed(named, address(auction.escrow()), address(escrow));
        _checkNamed(named, address(auction.reputation()), address(reputation));
        _checkNamed(named, address(auction.identities()), address(_identities));
        _checkMarket(named);
    }

    function _checkMarket(address market) private view {
        if (!escrow.isMarket(market)) revert SessionMiswired(address(escrow));
    }

    /// @param contract_ the one that was asked
    function _checkNamed(address contract_, address actual, address expected) private pure {
        if (actual != expected) revert SessionMiswired(contract_);
    }

    /// @dev The session's money is locked already, by the auction: it changes its purpose, not its
    /// place. A decision opens once, and before its slot, so that the slots written here were empty.
    function _begin(Match memory made) private returns (SessionId sessionId) {
        sessionId = made.sessionId;
        _checkParty(sessionId, made.vehicle);

        (int8 credibility, uint32 mostPowerW) = reputation.serviceOf(made.vehicle);
        uint32 powerW = uint32(Math.min(made.powerW, mostPowerW));
        uint40 deadline = uint40(Math.min(made.slotStart + _authoriseWindow, made.slotEnd));
        Session storage session = _sessions[sessionId];
        session.vehicle = made.vehicle;
        session.state = SessionState.Opened;
        session.credibilityBefore = credibility;
        session.deadline = deadline;
        session.slotEnd = made.slotEnd;
        session.pile = made.pile;
        session.pricePerKwh = made.pricePerKwh;
        session.powerW = powerW;
        session.deposit = made.deposit;
        session.bond = made.bond;

        emit SessionOpened(
            sessionId,
            made.vehicle,
            made.pile,
            made.pricePerKwh,
            powerW,
            made.deposit,
            made.bond,
            deadline
        );
    }

    /// @dev Until the slot's end, and as long behind it as a pile may take to bring its records.
    function _beginCharging(SessionId sessionId, Session storage session) private {
        uint40 deadline = session.slotEnd + _settleWindow;
        session.state = SessionState.Charging;
        session.deadline = deadline;

        emit ChargingBegun(sessionId, deadline);
    }

    /// @dev As if it had never come: a pile that is late finds nobody to charge, and the vehicle is
    /// due like any other.
    function _stopWaiting(SessionId sessionId, Session storage session) private {
        session.pluggedInAt = 0;
        session.cameInTime = false;
        session.isVouched = false;
        _overtake(session.vehicle);

        emit SessionUnawaited(sessionId);
    }

    /// @dev The amount stands, and waits. Nothing is paid before the vehicle had its time to
    /// object.
    function _awaitDispute(
        SessionId sessionId,
        Session storage session,
        uint64 energyWh,
        uint128 amount
    ) private {
        uint40 deadline = uint40(block.timestamp) + _disputeWindow;
        session.state = SessionState.Metered;
        session.deadline = deadline;
        session.energyWh = energyWh;
        session.amountDown = amount;

        emit SessionMetered(sessionId, session.vehicle, session.pile, energyWh, amount, deadline);
    }

    /// @dev amount ≤ deposit, for it comes from `Amounts.amountDown` or from a ruling below that:
    /// the refund is what is left (SE-2).
    function _settle(
        SessionId sessionId,
        Session storage session,
        uint64 energyWh,
        uint128 amount,
        bool earned
    ) private {
        session.state = SessionState.Settled;
        session.energyWh = energyWh;
        session.amountDown = amount;
        session.hasEarned = earned;

        address vehicle = session.vehicle;
        uint128 refunded = session.deposit - amount;
        emit SessionSettled(sessionId, vehicle, session.pile, energyWh, amount, refunded);

        _distribute(session, amount, 0);
        reputation.recordOutcome(vehicle, sessionId, earned ? int8(1) : int8(0));
    }

    function _expire(
        SessionId sessionId,
        Session storage session,
        uint128 forfeited,
        uint128 fee,
        int8 outcome
    ) private {
        SessionState from = session.state;
        session.state = SessionState.Expired;

        address vehicle = session.vehicle;
        emit SessionExpired(sessionId, vehicle, session.pile, from, forfeited, fee);

        _distribute(session, fee, forfeited);
        reputation.recordOutcome(vehicle, sessionId, outcome);
    }

    /// @dev The only place where money of a session moves: what a side does not owe is its own
    /// again.
    function _distribute(Session storage session, uint128 toPile, uint128 toVehicle) private {
        escrow.settle(
            Stake({account: session.vehicle, amount: session.deposit, owed: toPile}),
            Stake({account: session.pile, amount: session.bond, owed: toVehicle})
        );
    }

    /// @dev The session, if it is in this state and its deadline is still to come. One slot is
    /// read.
    function _inTime(
        SessionId sessionId,
        SessionState expected
    ) private view returns (Session storage session) {
        session = _sessions[sessionId];
        if (session.state != expected) {
            revert SessionWrongState(sessionId, expected, session.state);
        }
        _checkBefore(sessionId, session.deadline);
    }

    /// @dev The vehicle has the window from the slot's start on or, if the pile is late, from now on;
    /// never beyond the slot. `openedUntil`, the deadline of Opened, tells when the slot starts. In
    /// a slot that is not longer than the pile's own window it does not, and the vehicle has it all.
    function _plugInDeadline(uint40 openedUntil, uint40 slotEnd) private view returns (uint40) {
        if (openedUntil == slotEnd) return slotEnd;
        uint256 from = Math.max(block.timestamp, openedUntil - _authoriseWindow);
        return uint40(Math.min(from + _plugInWindow, slotEnd));
    }

    /// @dev Until when energy can have been the vehicle's: it has said when it left, or it has not
    /// left yet.
    function _endedAt(SessionState state, uint40 deadline) private view returns (uint40) {
        bool hasLeft = state == SessionState.Unplugged;
        return hasLeft ? deadline - _settleWindow : uint40(block.timestamp);
    }

    /// @dev Of a session that is settled on records.
    function _earns(
        Session storage session,
        uint64 energyWh,
        uint128 amount
    ) private view returns (bool) {
        return energyWh >= _minEnergyWh && amount >= _minAmount && !session.isVouched;
    }

    /// @dev A vehicle that came in time was served, or it can say that it was not: the pile has had a
    /// chance, whether or not it has used it.
    function _mostRating(Session storage session) private view returns (uint8) {
        SessionState state = session.state;
        if (state != SessionState.Settled && state != SessionState.Expired) return 0;
        if (session.hasEarned) return BEST_RATING;
        return session.cameInTime ? WORST_RATING : 0;
    }

    function _checkParty(SessionId sessionId, address party) private view {
        address caller = _msgSender();
        if (caller != party) revert SessionNotParty(sessionId, caller);
    }

    function _checkBefore(SessionId sessionId, uint40 deadline) private view {
        if (block.timestamp >= deadline) {
            revert SessionTooLate(sessionId, deadline, block.timestamp);
        }
    }

    function _checkOver(SessionId sessionId, uint40 deadline) private view {
        if (block.timestamp < deadline) {
            revert SessionTooEarly(sessionId, deadline, block.timestamp);
        }
    }

    /// @dev What is settled or expired is over; what is metered or disputed ends with `finalise`,
    /// which pays.
    function _checkExpirable(SessionId sessionId, SessionState from, uint40 deadline) private view {
        bool running =
            from == SessionState.Opened ||
                from == SessionState.Authorised ||
                from == SessionState.Charging ||
                from == SessionState.Unplugged;
        if (!running) revert SessionOver(sessionId, from);
        _checkOver(sessionId, deadline);
    }

    function _checkReading(Reading calldata reading) private view {
        if (reading.endWh < reading.beginWh) {
            revert SessionFallingRegister(reading.sessionId, reading.beginWh, reading.endWh);
        }
        if (block.timestamp >= reading.deadline) {
            revert SessionStaleReading(reading.sessionId, reading.deadline, block.timestamp);
        }
    }

    function _checkSigned(
        SessionId sessionId,
        address signer,
        bytes32 digest,
        bytes calldata signature
    ) private view {
        if (!Signatures.isBy(signer, digest, signature)) {
            revert SessionBadSignature(sessionId, signer);
        }
    }

    /// @dev Of a meter that does not say for whom it counts: the vehicle has said at which reading
    /// its session began.
    function _checkConfirmed(
        SessionId sessionId,
        address vehicle,
        MeteredEnergy memory energy,
        bytes calldata confirmation
    ) private view {
        BeginReading memory begin = BeginReading({
            sessionId: sessionId,
            meterKeyId: energy.keyId,
            pagination: energy.beginPagination,
            registerMilliWh: energy.beginMilliWh
        });
        bytes32 digest = _hashTypedDataV4(keccak256(abi.encode(BEGIN_READING_TYPEHASH, begin)));
        _checkSigned(sessionId, vehicle, digest, confirmation);
    }

    /// @dev Energy can have flowed, and the pile has not claimed anything yet.
    function _checkServed(SessionId sessionId, SessionState state) private pure {
        if (state != SessionState.Charging && state != SessionState.Unplugged) {
            revert SessionWrongState(sessionId, SessionState.Charging, state);
        }
    }

    /// @dev Both parties may agree as soon as energy can have flowed, and until the money has
    /// moved.
    function _checkAgreeable(SessionId sessionId, SessionState state) private pure {
        bool isOpen =
            state == SessionState.Charging ||
                state == SessionState.Unplugged ||
                state == SessionState.Metered ||
                state == SessionState.Disputed;
        if (!isOpen) revert SessionWrongState(sessionId, SessionState.Charging, state);
    }

    /// @dev At most 30 days each: the windows bound for how long money can stay locked.
    function _checkWindow(uint40 window, uint40 least) private pure returns (uint40) {
        if (window < least || window > MAX_WINDOW) revert SessionBadWindow(window);
        return window;
    }
}
