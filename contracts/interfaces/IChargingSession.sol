// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {
    AuctionId,
    Opening,
    Reading,
    Session,
    SessionId,
    SessionState
} from "../types/MarketTypes.sol";

/// @title From a decision to paid energy
/// @notice A session is named by its decision commitment. It holds the vehicle's deposit and the pile's bond, and every
/// state has a deadline after which the party that waits ends it alone.
interface IChargingSession {
    /// @notice Revert if a window of the constructor is zero or longer than 30 days.
    error SessionBadWindow(uint40 window);
    /// @notice Revert if the caller is neither the vehicle nor the pile of the opening.
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
    /// @notice Revert if `signer` did not sign the reading.
    error SessionBadSignature(SessionId sessionId, address signer);

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
    /// @notice Last event of a session that was served: `amountDown` to the pile, `refunded` to the vehicle, bond returned.
    event SessionSettled(
        SessionId indexed sessionId,
        uint64 energyWh,
        uint128 amountDown,
        uint128 refunded
    );
    /// @notice Last event of a session that was not: `forfeitedBond` went to the vehicle, `noShowFee` to the pile.
    event SessionExpired(
        SessionId indexed sessionId,
        SessionState from,
        uint128 forfeitedBond,
        uint128 noShowFee
    );

    /// @notice How long after the slot's start (or the opening, if later) the pile may authorise.
    function authoriseWindow() external view returns (uint40);

    /// @notice How long after the slot's end (or the authorisation, if later) the vehicle may plug in.
    function plugInWindow() external view returns (uint40);

    /// @notice How long after the slot's end (or plugging in, if later) the session may be settled.
    function settleWindow() external view returns (uint40);

    /// @notice Opens a decision. Caller: its vehicle or its pile. The opening puts the matched price on chain; that of
    /// every loser stays sealed.
    function start(
        Opening calldata opening,
        bytes32[] calldata proof
    ) external returns (SessionId sessionId);

    /// @notice Opens the decision of an open auction: its leader is the pile. Caller: its vehicle or its pile.
    function startOpen(AuctionId auctionId) external returns (SessionId sessionId);

    /// @notice The pile says that it is ready to serve. Caller: the pile.
    function authorise(SessionId sessionId) external;

    /// @notice The vehicle says that it is plugged in. Caller: the vehicle.
    function plugIn(SessionId sessionId) external;

    /// @notice Pays for the energy between the two registers. Anyone relays.
    /// @param vehicleSignature EIP-712 `Reading` of the vehicle (ERC-1271 accepted, asked at this moment)
    /// @param pileSignature the same of the pile
    function settle(
        Reading calldata reading,
        bytes calldata vehicleSignature,
        bytes calldata pileSignature
    ) external;

    /// @notice Ends a session whose state has outlived its deadline. Anyone.
    function expire(SessionId sessionId) external;

    /// @notice What a rating has to know of a session, in two reads of storage; all zero if nothing is known.
    function partiesOf(
        SessionId sessionId
    )
        external
        view
        returns (address vehicle, address pile, SessionState state, int8 credibilityBefore);

    /// @notice What is known of a session; all zero if nothing is.
    function sessionOf(SessionId sessionId) external view returns (Session memory);
}
