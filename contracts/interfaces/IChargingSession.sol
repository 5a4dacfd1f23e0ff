// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {
    AuctionId,
    EarningRule,
    Opening,
    Reading,
    Ruling,
    Session,
    SessionId,
    SessionState,
    SessionWindows
} from "../types/MarketTypes.sol";
import {MeterKey, MeterRecord} from "../ocmf/OcmfTypes.sol";
import {IMeterRegistry} from "./IMeterRegistry.sol";
import {IOpenAuction} from "./IOpenAuction.sol";
import {IPricingAuction} from "./IPricingAuction.sol";
import {IReputation} from "./IReputation.sol";
import {IStakes} from "./IStakes.sol";

/// @title From a decision to paid energy
/// @notice A session is named by its decision commitment. It holds the vehicle's deposit and the
/// pile's bond, and every state has a deadline after which the party that waits ends it alone.
///
/// Whoever can call a function can also sign the call, and anyone relays it: {ISignedCalls}.
interface IChargingSession {
    /// @notice Revert if a window of the constructor is zero (that of disputes may be) or longer
    /// than 30 days.
    error SessionBadWindow(uint40 window);
    /// @notice Revert if there may be disputes, but nobody is named to rule on them.
    error SessionNoArbiter();
    /// @notice Revert if a session without energy, or without payment, could earn.
    error SessionBadEarningRule(EarningRule rule);
    /// @notice Revert if a contract of the market names other contracts than the constructor does,
    /// or the escrow does not know all that lock or move stakes in it.
    error SessionMiswired(address contract_);
    /// @notice Revert if the caller is not a party of the session, or not the party whose call it
    /// is.
    error SessionNotParty(SessionId sessionId, address caller);
    /// @notice Revert if the session is in another state than the call needs.
    error SessionWrongState(SessionId sessionId, SessionState expected, SessionState actual);
    /// @notice Revert if the state's deadline has passed.
    error SessionTooLate(SessionId sessionId, uint40 deadline, uint256 nowSeconds);
    /// @notice Revert if the state's deadline has not passed yet.
    error SessionTooEarly(SessionId sessionId, uint40 deadline, uint256 nowSeconds);
    /// @notice Revert if the vehicle has plugged in already.
    error SessionPluggedIn(SessionId sessionId, uint40 pluggedInAt);
    /// @notice Revert if the session has nothing (left) to expire.
    error SessionOver(SessionId sessionId, SessionState state);
    /// @notice Revert if the reading falls between begin and end.
    error SessionFallingRegister(SessionId sessionId, uint64 beginWh, uint64 endWh);
    /// @notice Revert if the reading is relayed at or after its own deadline.
    error SessionStaleReading(SessionId sessionId, uint40 deadline, uint256 nowSeconds);
    /// @notice Revert if `signer` did not sign the reading, the begin reading or the ruling.
    error SessionBadSignature(SessionId sessionId, address signer);
    /// @notice Revert if the ruling gives the pile more than what was metered.
    error SessionRulingTooHigh(SessionId sessionId, uint128 amount, uint128 metered);

    event SessionOpened(
        SessionId indexed sessionId,
        address indexed vehicle,
        address indexed pile,
        uint64 pricePerKwh,
        uint32 powerW,
        uint128 deposit,
        uint128 bond,
        uint40 deadline
    );
    /// @notice The pile stands ready. Follows `SessionOpened`.
    event SessionAuthorised(SessionId indexed sessionId, uint40 deadline);
    /// @notice The vehicle is plugged in and waits for the pile. Follows `SessionOpened`.
    event SessionAwaited(SessionId indexed sessionId);
    /// @notice The vehicle has left before the pile was ready. Follows `SessionAwaited`.
    event SessionUnawaited(SessionId indexed sessionId);
    /// @notice The vehicle is plugged in and the pile ready. Follows `SessionAuthorised`.
    event ChargingBegun(SessionId indexed sessionId, uint40 deadline);
    /// @notice The vehicle has left, and owes nothing for what flows from now on. Follows
    /// `ChargingBegun`.
    event SessionUnplugged(SessionId indexed sessionId, uint40 deadline);
    /// @notice Settled on records; `amountDown` is the pile's unless the vehicle disputes before
    /// `disputeEnds`.
    event SessionMetered(
        SessionId indexed sessionId,
        address indexed vehicle,
        address indexed pile,
        uint64 energyWh,
        uint128 amountDown,
        uint40 disputeEnds
    );
    /// @notice The arbiter has until `rulingEnds`. Follows `SessionMetered`.
    event SessionDisputed(SessionId indexed sessionId, uint40 rulingEnds);
    /// @notice Last event of a session that was served: `amountDown` to the pile, `refunded` to the
    /// vehicle, bond returned.
    event SessionSettled(
        SessionId indexed sessionId,
        address indexed vehicle,
        address indexed pile,
        uint64 energyWh,
        uint128 amountDown,
        uint128 refunded
    );
    /// @notice Last event of a session that was not: `forfeitedBond` went to the vehicle,
    /// `noShowFee` to the pile. Both are 0 if the pile has waived its claim.
    event SessionExpired(
        SessionId indexed sessionId,
        address indexed vehicle,
        address indexed pile,
        SessionState from,
        uint128 forfeitedBond,
        uint128 noShowFee
    );

    /// @notice How long each state may last.
    /// @dev Callable by: anyone.
    function windows() external view returns (SessionWindows memory);

    /// @notice What a session has to have been to earn.
    /// @dev Callable by: anyone.
    function earningRule() external view returns (EarningRule memory);

    /// @notice The arbiter, which rules on disputes: an account or an ERC-1271 wallet, like
    /// `ArbiterQuorum`.
    /// @dev Callable by: anyone.
    function arbiter() external view returns (address);

    /// @notice Opens a decision: the session begins. The opening puts the matched price on chain;
    /// that of every loser stays sealed. It is the vehicle's consent, without which no session can
    /// cost it anything.
    /// @dev Callable by: the vehicle of the decision.
    function start(
        Opening calldata opening,
        bytes32[] calldata proof
    ) external returns (SessionId sessionId);

    /// @notice Opens the decision of an open auction: its leader is the pile.
    /// @dev Callable by: the vehicle of the auction.
    function startOpen(AuctionId auctionId) external returns (SessionId sessionId);

    /// @notice The pile says that it is ready to serve. Charging begins, if the vehicle is there: the
    /// energy is the vehicle's from now on, and none from before.
    /// @dev Callable by: the pile of the session.
    function authorise(SessionId sessionId) external;

    /// @notice The vehicle says that it is plugged in, before the pile is ready or after.
    /// @dev Callable by: the vehicle of the session, once; again after it has stopped waiting.
    function plugIn(SessionId sessionId) external;

    /// @notice The vehicle says that it has left: energy that flows later is not its own. A pile
    /// ends its transaction when it sees this, within `MeterRegistry.CLOCK_TOLERANCE_SECONDS`. A
    /// vehicle that still waits for its pile stops waiting: it is due as if it had not come yet, and
    /// what it has signed as its next call is taken back.
    /// @dev Callable by: the vehicle of the session, once while it charges, and while it waits.
    function unplug(SessionId sessionId) external;

    /// @notice The pile gives up what it could claim: all stakes are free. For a session that
    /// delivered nothing, whose vehicle was perhaps never there.
    /// @dev Callable by: the pile of the session, from plugging in until it settles.
    function waive(SessionId sessionId) external;

    /// @notice Charges for the energy that the meter signed: one record with begin and end, or a
    /// begin record and an end record. The money moves at once, or if there may be disputes, with
    /// `finalise`.
    /// @dev Callable by: the pile of the session.
    /// @param key of the meter; certified for the pile in `MeterRegistry`, which refuses by name
    /// what is wrong with records
    /// @param confirmation EIP-712 `BeginReading` of the vehicle (ERC-1271 accepted, asked at this
    /// moment); not looked at if the meter signed the session's name as identification. The pile
    /// confirms by calling.
    function settle(
        SessionId sessionId,
        MeterKey calldata key,
        MeterRecord[] calldata records,
        bytes calldata confirmation
    ) external;

    /// @notice Pays for the energy between two registers on which both parties agree; final. For
    /// meters that do not sign, or on curves that the chain cannot check, and to end a dispute.
    /// @dev Callable by: anyone, with the signatures of both parties.
    /// @param vehicleSignature EIP-712 `Reading` of the vehicle (ERC-1271 accepted, asked at this
    /// moment)
    /// @param pileSignature the same of the pile
    function settleAgreed(
        Reading calldata reading,
        bytes calldata vehicleSignature,
        bytes calldata pileSignature
    ) external;

    /// @notice Calls the arbiter, before the dispute window ends.
    /// @dev Callable by: the vehicle of the session.
    function dispute(SessionId sessionId) external;

    /// @notice Ends a dispute as the arbiter says, before the arbitration window ends.
    /// @dev Callable by: anyone, with the arbiter's signature.
    /// @param signature EIP-712 `Ruling` of the arbiter (ERC-1271 accepted)
    function rule(Ruling calldata ruling, bytes calldata signature) external;

    /// @notice Pays what was metered: nobody disputed in time, or the arbiter did not rule in time.
    /// @dev Callable by: anyone.
    function finalise(SessionId sessionId) external;

    /// @notice Ends a session that has outlived its deadline without a settlement.
    /// @dev Callable by: anyone.
    function expire(SessionId sessionId) external;

    /// @notice What a rating has to know of a session, in three reads of storage; all zero if nothing
    /// is known.
    /// @dev Callable by: anyone.
    /// @return vehicle of the session
    /// @return pile of the session
    /// @return credibilityBefore of the vehicle, when the session began
    /// @return mostRating the best that the vehicle can give: 3 for a session that earned; 1 for
    /// one that is over and did not, if the vehicle had plugged in with the time left that it is
    /// given itself; else 0
    function partiesOf(
        SessionId sessionId
    )
        external
        view
        returns (address vehicle, address pile, int8 credibilityBefore, uint8 mostRating);

    /// @notice The sealed auctions whose decisions begin sessions.
    /// @dev Callable by: anyone.
    function auctions() external view returns (IPricingAuction);

    /// @notice The open auctions whose decisions begin sessions.
    /// @dev Callable by: anyone.
    function openAuctions() external view returns (IOpenAuction);

    /// @notice Where stakes are locked.
    /// @dev Callable by: anyone.
    function escrow() external view returns (IStakes);

    /// @notice Whom outcomes are reported to.
    /// @dev Callable by: anyone.
    function reputation() external view returns (IReputation);

    /// @notice Who reads the records of meters.
    /// @dev Callable by: anyone.
    function meters() external view returns (IMeterRegistry);

    /// @notice What is known of a session; all zero if nothing is.
    /// @dev Callable by: anyone.
    function sessionOf(SessionId sessionId) external view returns (Session memory);
}
