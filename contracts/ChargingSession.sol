// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

import {IChargingSession} from "./interfaces/IChargingSession.sol";
import {IEscrow} from "./interfaces/IEscrow.sol";
import {IMeterRegistry} from "./interfaces/IMeterRegistry.sol";
import {IOpenAuction} from "./interfaces/IOpenAuction.sol";
import {IPricingAuction} from "./interfaces/IPricingAuction.sol";
import {IReputation} from "./interfaces/IReputation.sol";
import {Amounts} from "./libraries/Amounts.sol";
import {
    AuctionId,
    Match,
    Opening,
    Reading,
    Ruling,
    Session,
    SessionId,
    SessionState,
    SessionWindows,
    Stake
} from "./types/MarketTypes.sol";
import {EnergyDirection, MeterKey, MeterRecord} from "./ocmf/OcmfTypes.sol";
import {BeginReading, MeteredEnergy, MeterQuery} from "./types/MeterTypes.sol";

/// @dev The prose is in {IChargingSession}; here stand only the reasons.
///
///     Opened ── authorise ──> Authorised ── plugIn ──> Charging ── settle ──> Metered or Settled
///     Metered ── dispute ──> Disputed ── rule ──> Settled
///     Metered, Disputed ── finalise ──> Settled
///     Charging, Metered, Disputed ── settleAgreed ──> Settled
///     Opened, Authorised, Charging ── expire ──> Expired
///
/// `state` and `deadline` share a slot. A call in time needs now < deadline, a call against whoever
/// is late needs now ≥ deadline: at no moment are both possible, and at none is neither (SE-5).
contract ChargingSession is IChargingSession, EIP712 {
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

    IPricingAuction private immutable _auctions;
    IOpenAuction private immutable _openAuctions;
    IEscrow private immutable _escrow;
    IReputation private immutable _reputation;
    IMeterRegistry private immutable _meters;

    uint40 private immutable _authoriseWindow;
    uint40 private immutable _plugInWindow;
    uint40 private immutable _settleWindow;
    uint40 private immutable _disputeWindow;
    uint40 private immutable _arbitrationWindow;

    /// @inheritdoc IChargingSession
    address public immutable override arbiter;

    mapping(SessionId sessionId => Session) private _sessions;

    constructor(
        IPricingAuction auctions,
        IOpenAuction openAuctions,
        IEscrow escrow,
        IReputation reputation,
        IMeterRegistry meters,
        SessionWindows memory windows_,
        address arbiter_
    ) EIP712("ChargeVeil ChargingSession", "1") {
        if (windows_.dispute != 0 && arbiter_ == address(0)) revert SessionNoArbiter();

        _auctions = auctions;
        _openAuctions = openAuctions;
        _escrow = escrow;
        _reputation = reputation;
        _meters = meters;
        _authoriseWindow = _checkWindow(windows_.authorise, 1);
        _plugInWindow = _checkWindow(windows_.plugIn, 1);
        _settleWindow = _checkWindow(windows_.settle, 1);
        _disputeWindow = _checkWindow(windows_.dispute, 0);
        _arbitrationWindow = _checkWindow(windows_.arbitration, 1);
        arbiter = arbiter_;
    }

    /* UNTIL THE METER RUNS */

    /// @inheritdoc IChargingSession
    function start(
        Opening calldata opening,
        bytes32[] calldata proof
    ) external override returns (SessionId sessionId) {
        // The auction checks and consumes the decision before anything is known here; it calls
        // nobody back.
        return _begin(_auctions.openDecision(opening, proof));
    }

    /// @inheritdoc IChargingSession
    function startOpen(AuctionId auctionId) external override returns (SessionId sessionId) {
        return _begin(_openAuctions.openDecision(auctionId));
    }

    /// @inheritdoc IChargingSession
    function authorise(SessionId sessionId) external override {
        Session storage session = _inTime(sessionId, SessionState.Opened);
        if (msg.sender != session.pile) revert SessionNotParty(sessionId, msg.sender);

        uint40 deadline = uint40(Math.max(block.timestamp, session.slotEnd)) + _plugInWindow;
        session.state = SessionState.Authorised;
        session.deadline = deadline;

        emit SessionAuthorised(sessionId, deadline);
    }

    /// @inheritdoc IChargingSession
    function plugIn(SessionId sessionId) external override {
        Session storage session = _inTime(sessionId, SessionState.Authorised);
        if (msg.sender != session.vehicle) revert SessionNotParty(sessionId, msg.sender);

        // Counted from the slot's end: plugging in days ahead must not let the session expire
        // before its slot.
        uint40 deadline = uint40(Math.max(block.timestamp, session.slotEnd)) + _settleWindow;
        session.state = SessionState.Charging;
        session.deadline = deadline;
        session.pluggedInAt = uint40(block.timestamp);

        emit ChargingBegun(sessionId, deadline);
    }

    /* SETTLEMENT */

    /// @inheritdoc IChargingSession
    function settle(
        SessionId sessionId,
        MeterKey calldata key,
        MeterRecord[] calldata records,
        bytes calldata confirmation
    ) external override {
        Session storage session = _inTime(sessionId, SessionState.Charging);
        if (msg.sender != session.pile) revert SessionNotParty(sessionId, msg.sender);

        // The registry checks and spends the records before anything is known here; it calls nobody
        // back.
        MeteredEnergy memory energy = _meters.consume(
            MeterQuery({
                sessionId: sessionId,
                pile: msg.sender,
                direction: EnergyDirection.Import,
                windowSeconds: uint40(block.timestamp) - session.pluggedInAt
            }),
            key,
            records
        );
        if (!energy.namesSession) {
            _checkConfirmed(sessionId, session.vehicle, energy, confirmation);
        }

        uint128 amount = Amounts.amountDown(energy.energyWh, session.pricePerKwh, session.deposit);
        if (_disputeWindow == 0) {
            _settle(sessionId, session, energy.energyWh, amount, _outcome(energy.energyWh));
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
        uint128 amount = Amounts.amountDown(energyWh, session.pricePerKwh, session.deposit);
        _settle(sessionId, session, energyWh, amount, _outcome(energyWh));
    }

    /// @inheritdoc IChargingSession
    function dispute(SessionId sessionId) external override {
        Session storage session = _inTime(sessionId, SessionState.Metered);
        if (msg.sender != session.vehicle) revert SessionNotParty(sessionId, msg.sender);

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

        // A vehicle that disputed in vain gains no credibility by the session.
        int8 outcome = ruling.amount < metered ? _outcome(energyWh) : int8(0);
        _settle(sessionId, session, energyWh, ruling.amount, outcome);
    }

    /// @inheritdoc IChargingSession
    function finalise(SessionId sessionId) external override {
        Session storage session = _sessions[sessionId];
        (SessionState from, uint64 energyWh) = (session.state, session.energyWh);

        if (from != SessionState.Metered && from != SessionState.Disputed) {
            revert SessionWrongState(sessionId, SessionState.Metered, from);
        }
        _checkOver(sessionId, session.deadline);

        int8 outcome = from == SessionState.Metered ? _outcome(energyWh) : int8(0);
        _settle(sessionId, session, energyWh, session.amountDown, outcome);
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

    /* INTERNAL */

    /// @dev The session's money is locked already, by the auction: it changes its purpose, not its
    /// place. A decision opens once, so that the slots written here were empty.
    function _begin(Match memory made) private returns (SessionId sessionId) {
        sessionId = made.sessionId;

        if (msg.sender != made.vehicle && msg.sender != made.pile) {
            revert SessionNotParty(sessionId, msg.sender);
        }

        (int8 credibility, uint32 mostPowerW) = _reputation.serviceOf(made.vehicle);
        uint32 powerW = uint32(Math.min(made.powerW, mostPowerW));
        uint40 deadline = uint40(Math.max(block.timestamp, made.slotStart)) + _authoriseWindow;
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

        emit SessionMetered(sessionId, energyWh, amount, deadline);
    }

    /// @dev amount ≤ deposit, for it comes from `Amounts.amountDown` or from a ruling below that:
    /// the refund is what is left (SE-2).
    function _settle(
        SessionId sessionId,
        Session storage session,
        uint64 energyWh,
        uint128 amount,
        int8 outcome
    ) private {
        session.state = SessionState.Settled;
        session.energyWh = energyWh;
        session.amountDown = amount;

        emit SessionSettled(sessionId, energyWh, amount, session.deposit - amount);

        _distribute(session, amount, 0);
        _reputation.recordOutcome(session.vehicle, sessionId, outcome);
    }

    /// @dev The only place where money of a session moves: what a side does not owe is its own
    /// again.
    function _distribute(Session storage session, uint128 toPile, uint128 toVehicle) private {
        _escrow.settle(
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
                from == SessionState.Charging;
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

    /// @dev The key first: code that its account takes on later (EIP-7702) must not take back what
    /// it has signed.
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

    /// @dev A session without energy says nothing good of a vehicle: accounts that collude could
    /// have any number of them.
    function _outcome(uint64 energyWh) private pure returns (int8) {
        return energyWh == 0 ? int8(0) : int8(1);
    }

    /// @dev Both parties may agree as soon as energy can have flowed, and until the money has
    /// moved.
    function _checkAgreeable(SessionId sessionId, SessionState state) private pure {
        bool isOpen =
            state == SessionState.Charging ||
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
