// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {
    AuctionId,
    Opening,
    Reading,
    Ruling,
    Session,
    SessionId,
    SessionState,
    SessionWindows
} from "../types/MarketTypes.sol";
import {MeterKey, MeterRecord} from "../ocmf/OcmfTypes.sol";

/// @title From a decision to paid energy
/// @notice A session is named by its decision commitment. It holds the vehicle's deposit and the
/// pile's bond, and every state has a deadline after which the party that waits ends it alone.
interface IChargingSession {
    /// @notice Revert if a window of the constructor is zero (that of disputes may be) or longer
    /// than 30 days.
    error SessionBadWindow(uint40 window);
    /// @notice Revert if there may be disputes, but nobody is named to rule on them.
    error SessionNoArbiter();
    /// @notice Revert if the caller is not a party of the session, or not the party whose call it
    /// is.
    error SessionNotParty(SessionId sessionId, address caller);
    /// @notice Revert if the session is in another state than the call needs.
    error SessionWrongState(SessionId sessionId, SessionState expected, SessionState actual);
    /// @notice Revert if the state's deadline has passed.
    error SessionTooLate(SessionId sessionId, uint40 deadline, uint256 nowSeconds);
    /// @notice Revert if the state's deadline has not passed yet.
    error SessionTooEarly(SessionId sessionId, uint40 deadline, uint256 nowSeconds);
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
    /// @notice The vehicle is plugged in. Follows `SessionAuthorised`.
    event ChargingBegun(SessionId indexed sessionId, uint40 deadline);
    /// @notice Settled on records; `amountDown` is the pile's unless the vehicle disputes before
    /// `disputeEnds`.
    event SessionMetered(
        SessionId indexed sessionId,
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
        uint64 energyWh,
        uint128 amountDown,
        uint128 refunded
    );
    /// @notice Last event of a session that was not: `forfeitedBond` went to the vehicle,
    /// `noShowFee` to the pile.
    event SessionExpired(
        SessionId indexed sessionId,
        SessionState from,
        uint128 forfeitedBond,
        uint128 noShowFee
    );

    /// @notice How long each state may last.
    /// @dev Callable by: anyone.
    function windows() external view returns (SessionWindows memory);

    /// @notice The arbiter, which rules on disputes: an account or an ERC-1271 wallet, like
    /// `ArbiterQuorum`.
    /// @dev Callable by: anyone.
    function arbiter() external view returns (address);

    /// @notice Opens a decision: the session begins. The opening puts the matched price on chain;
    /// that of every loser stays sealed.
    /// @dev Callable by: the vehicle or the pile of the decision.
    function start(
        Opening calldata opening,
        bytes32[] calldata proof
    ) external returns (SessionId sessionId);

    /// @notice Opens the decision of an open auction: its leader is the pile.
    /// @dev Callable by: the vehicle of the auction, or the pile that leads it.
    function startOpen(AuctionId auctionId) external returns (SessionId sessionId);

    /// @notice The pile says that it is ready to serve.
    /// @dev Callable by: the pile of the session.
    function authorise(SessionId sessionId) external;

    /// @notice The vehicle says that it is plugged in.
    /// @dev Callable by: the vehicle of the session.
    function plugIn(SessionId sessionId) external;

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

    /// @notice What a rating has to know of a session, in two reads of storage; all zero if nothing
    /// is known.
    /// @dev Callable by: anyone.
    function partiesOf(
        SessionId sessionId
    )
        external
        view
        returns (address vehicle, address pile, SessionState state, int8 credibilityBefore);

    /// @notice What is known of a session; all zero if nothing is.
    /// @dev Callable by: anyone.
    function sessionOf(SessionId sessionId) external view returns (Session memory);
}
