// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {
    Auction,
    AuctionId,
    AuctionTerms,
    Match,
    Offer,
    Opening,
    ParticipantId,
    Phase,
    SessionId
} from "../types/MarketTypes.sol";
import {IAuction} from "./IAuction.sol";

/// @title Sealed auctions for an area and a time slot
/// @notice Vehicles and piles commit to what they sent, encrypted, to the two servers; piles in
/// rounds, until a round brings no new bid. The servers, of two operators, then post one commitment
/// per match, c = H(EVID, CPID, r), bound to the auction and to the bid. What one of them posts, the
/// other has signed. Losers never reveal anything.
///
/// `request` and `withdrawRequest` can also be signed and relayed: {ISignedCalls}. Piles and servers
/// pay for their calls themselves.
interface IPricingAuction is IAuction {
    /// @notice Revert if somebody other than the session contract opens a decision.
    error AuctionNotSession(address caller);
    /// @notice Revert unless now < biddingEnds < matchingEnds < openingEnds ≤ slotStart < slotEnd ≤
    /// now + `MAX_AUCTION_SECONDS`.
    error AuctionBadTimes(AuctionTerms terms, uint256 nowSeconds);
    /// @notice Revert unless there are 1 to `MAX_ROUNDS` rounds of at least a second.
    error AuctionBadRounds(uint8 maxRounds, uint32 roundSeconds);
    /// @notice Revert if bond or deposit is zero.
    error AuctionZeroStake(uint128 bidBond, uint128 vehicleDeposit);
    /// @notice Revert if the same terms were opened before by the same matcher.
    error AuctionExists(AuctionId auctionId);
    /// @notice Revert if the auction is in another phase than the call needs.
    error AuctionWrongPhase(AuctionId auctionId, Phase expected, Phase actual);
    /// @notice Revert if a vehicle requests after round 1.
    error AuctionRequestsOver(AuctionId auctionId, uint8 round);
    /// @notice Revert if a relayed request would replace one that its vehicle has sent itself.
    error AuctionRequestStands(AuctionId auctionId, address vehicle);
    /// @notice Revert if a bid is the one that stands already.
    error AuctionSameBid(AuctionId auctionId, bytes32 commitment);
    /// @notice Revert if both servers of an auction are certified for the same operator.
    error AuctionOneOperator(bytes32 operator);
    /// @notice Revert if somebody other than the auction's two servers closes a round or posts
    /// decisions.
    error AuctionNotServer(AuctionId auctionId, address caller);
    /// @notice Revert if a server closes, or decides, another round than the one that is over: what
    /// was made of one must not count for another.
    error AuctionWrongRound(AuctionId auctionId, uint8 round, uint8 actual);
    /// @notice Revert if a round is closed after which none follows: the decisions are due.
    error AuctionConverged(AuctionId auctionId, uint8 round);
    /// @notice Revert if decisions are posted after a round that another one has to follow.
    error AuctionNotConverged(AuctionId auctionId, uint8 round);
    /// @notice Revert if a server posts a part again, or another one of the same root.
    error AuctionPartExists(AuctionId auctionId, bytes32 part);
    /// @notice Revert if the caller has posted no such part.
    error AuctionUnknownPart(AuctionId auctionId, bytes32 part);
    /// @notice Revert if the decision is not a leaf of the auction's tree.
    error AuctionUnknownDecision(AuctionId auctionId, SessionId decision);
    /// @notice Revert if the vehicle has no request in the auction (any more).
    error AuctionNoRequest(AuctionId auctionId, address vehicle);
    /// @notice Revert if the pile's bid in the auction is not the one that the decision names (any
    /// more).
    error AuctionNoSuchBid(AuctionId auctionId, address pile, bytes32 bidCommitment);
    /// @notice Revert if the pile offers more power than it is certified for.
    error AuctionPowerTooHigh(AuctionId auctionId, uint32 powerW, uint32 ratedW);
    /// @notice Revert if `NotSelected` is relayed at or after its deadline.
    error AuctionStaleSignature(uint40 deadline, uint256 nowSeconds);
    /// @notice Revert if the server that has to sign did not sign this.
    error AuctionBadSignature(AuctionId auctionId, address server);

    /// @notice First event of an auction; together with the id it holds everything needed to
    /// encrypt for it.
    event AuctionOpened(AuctionId indexed auctionId, address indexed matcher, AuctionTerms terms);
    /// @notice A later one of the same vehicle replaces the commitment; the deposit is locked once.
    event RequestCommitted(
        AuctionId indexed auctionId,
        address indexed vehicle,
        bytes32 commitment,
        bytes32 uploadHash
    );
    /// @notice Just before the first `RequestCommitted` of a vehicle on probation: it locks
    /// `deposit`, not the auction's.
    event DepositRaised(AuctionId indexed auctionId, address indexed vehicle, uint128 deposit);
    /// @notice A later one of the same pile, in the same round or another, replaces the commitment;
    /// the bond is locked once. The commitment is the one word that is kept; the others are what it
    /// was made of.
    event BidCommitted(
        AuctionId indexed auctionId,
        address indexed pile,
        bytes32 commitment,
        bytes32 offerHash,
        bytes32 uploadHash,
        uint8 round
    );
    /// @notice Round `round` is over and the next lasts until `nextRoundEnds`. The price is what
    /// the servers hold for the state of the market, the roots those of the standings which they
    /// have given the piles and of who took part; both servers have signed them, and nothing else
    /// checks them here.
    event RoundClosed(
        AuctionId indexed auctionId,
        uint8 round,
        uint64 referencePricePerKwh,
        bytes32 transcriptRoot,
        bytes32 participantsRoot,
        uint40 nextRoundEnds
    );
    /// @notice A server has posted some of the decisions. They count when `PartsPosted` of the same
    /// server names the part.
    event PartPosted(
        AuctionId indexed auctionId,
        address indexed server,
        bytes32 indexed part,
        bytes32[] decisions
    );
    /// @notice In the place of `DecisionsPosted`: `root` is that of the tree over the parts' roots.
    event PartsPosted(
        AuctionId indexed auctionId,
        address indexed server,
        bytes32 root,
        bytes32 participantsRoot,
        bytes32[] parts
    );
    /// @notice Emitted once per auction, after every commitment. The list is what proofs are made
    /// from.
    event DecisionsPosted(
        AuctionId indexed auctionId,
        bytes32 root,
        bytes32 participantsRoot,
        bytes32[] decisions
    );
    /// @notice What each of the accounts had locked in the auction, `stake`, is free again.
    /// `Unlocked` of the escrow follows for each of them, `DecisionOpened` never does.
    event BondsReleased(AuctionId indexed auctionId, uint128 stake, address[] accounts);
    /// @notice Deposit and bond of the two parties now belong to the session.
    event DecisionOpened(
        AuctionId indexed auctionId,
        SessionId indexed sessionId,
        address indexed vehicle,
        address pile
    );

    /// @notice The most rounds that an auction can have.
    /// @dev Callable by: anyone.
    function MAX_ROUNDS() external view returns (uint8);

    /// @notice Opens an auction.
    /// @dev Callable by: a matcher in standing, with the signature of another one, of another
    /// operator, that the terms name.
    /// @param secondSignature EIP-712 `ServeAuction` of `terms.secondServer` (ERC-1271 accepted)
    function open(
        AuctionTerms calldata terms,
        bytes calldata secondSignature
    ) external returns (AuctionId auctionId);

    /// @notice Commits to an upload with a request and locks the deposit,
    /// `Reputation.depositFactor` times; in round 1.
    /// @dev Callable by: a vehicle in standing, its credibility not below the threshold; an
    /// authorised account only if it is authorised until `slotEnd`; with a scope, only one that was
    /// authorised for it. Also by signature; but no signed request replaces one that the vehicle has
    /// sent itself.
    /// @param uploadHash of the upload that the vehicle has signed for the servers
    function request(AuctionId auctionId, bytes32 uploadHash) external;

    /// @notice Commits to an offer and to the upload that holds it, in the current round; the first
    /// one locks the bond. A bid stands until its pile replaces it, in whichever round.
    /// @dev Callable by: a pile in standing.
    /// @param offerHash keccak256(abi.encode(pricePerKwh, powerW, salt))
    /// @param uploadHash of the upload that the pile has signed for the servers
    function bid(AuctionId auctionId, bytes32 offerHash, bytes32 uploadHash) external;

    /// @notice Ends a round and begins the next, while the auction has not converged.
    /// @dev Callable by: either server of the auction, with the signature of the other.
    /// @param round that is over
    /// @param referencePricePerKwh for bidders to answer; the contract does nothing with it
    /// @param transcriptRoot of the tree over the standings of the round
    /// (`ChargeVeil.Standing.v1`); the same
    /// @param participantsRoot of the tree over the records that the servers computed on; the same
    /// @param otherSignature EIP-712 `RoundOutcome` over exactly this, of the server that does not
    /// call (ERC-1271 accepted)
    function closeRound(
        AuctionId auctionId,
        uint8 round,
        uint64 referencePricePerKwh,
        bytes32 transcriptRoot,
        bytes32 participantsRoot,
        bytes calldata otherSignature
    ) external;

    /// @notice Posts all decisions of the auction, once it has converged.
    /// @dev Callable by: either server of the auction, with the signature of the other.
    /// @param round that is over, the last one
    /// @param participantsRoot of the tree over the records that the servers computed on; the
    /// contract does nothing with it
    /// @param otherSignature EIP-712 `FinalOutcome` of the server that does not call (ERC-1271
    /// accepted); it names the root of the decisions, and how many they are
    function postDecisions(
        AuctionId auctionId,
        uint8 round,
        bytes32[] calldata decisions,
        bytes32 participantsRoot,
        bytes calldata otherSignature
    ) external;

    /// @notice Posts some of the decisions, where all of them are too many for one transaction.
    /// Nothing counts of them before `postParts`, which has to come in the same phase.
    /// @dev Callable by: either server of the auction.
    /// @param decisions in their order; the part is named by the root of the tree over them
    function postPart(AuctionId auctionId, bytes32[] calldata decisions) external;

    /// @notice Posts all decisions of the auction as the parts that the caller has posted before,
    /// once it has converged.
    /// @dev Callable by: either server of the auction, with the signature of the other.
    /// @param round that is over, the last one
    /// @param parts their roots, in the order of the decisions
    /// @param participantsRoot as in `postDecisions`
    /// @param otherSignature as in `postDecisions`: one for all; the root of the decisions is that of
    /// the tree over the roots of the parts
    function postParts(
        AuctionId auctionId,
        uint8 round,
        bytes32[] calldata parts,
        bytes32 participantsRoot,
        bytes calldata otherSignature
    ) external;

    /// @notice Takes back the caller's request and frees its deposit, once the last round is over. A
    /// decision that names it cannot be opened any more, and the vehicle is free for another auction
    /// of the same slot. The pile of the decision is released as those that were not selected.
    /// @dev Callable by: a vehicle that has requested, unless its session has begun; also by
    /// signature.
    function withdrawRequest(AuctionId auctionId) external;

    /// @notice Frees deposits and bonds of participants that the servers did not select, once the
    /// last round is over. A participant that has none left is skipped, so that nobody can block a
    /// batch.
    /// @dev Callable by: anyone, with the signatures of both servers. A server that calls has said
    /// so: its own signature is not looked at.
    /// @param deadline last moment for relaying, excluded
    /// @param matcherSignature EIP-712 `NotSelected` of the matcher over exactly these lists
    /// (ERC-1271 accepted)
    /// @param secondSignature the same of the second server
    function release(
        AuctionId auctionId,
        address[] calldata vehicles,
        address[] calldata piles,
        uint40 deadline,
        bytes calldata matcherSignature,
        bytes calldata secondSignature
    ) external;

    /// @notice The same without the servers, when the auction is closed.
    /// @dev Callable by: anyone.
    function releaseExpired(
        AuctionId auctionId,
        address[] calldata vehicles,
        address[] calldata piles
    ) external;

    /// @notice Checks an opening and hands over deposit and bond. Both parties have to be in
    /// standing: whoever is suspended takes on no new session.
    /// @dev Callable by: the session contract.
    function openDecision(
        Opening calldata opening,
        bytes32[] calldata proof
    ) external returns (Match memory);

    /// @notice What is known of an auction; all zero if nothing is.
    /// @dev Callable by: anyone.
    function auctionOf(AuctionId auctionId) external view returns (Auction memory);

    /// @notice The phase by the time of the block; None if there is no such auction.
    /// @dev Callable by: anyone.
    function phaseOf(AuctionId auctionId) external view returns (Phase);

    /// @notice Whether the round that is over is the last one: it brought no new bid, is round
    /// `maxRounds`, or leaves no time for another. Says nothing before the round is over.
    /// @dev Callable by: anyone.
    function isConverged(AuctionId auctionId) external view returns (bool);

    /// @notice How many decisions the part has that a server has posted; zero if it has not.
    /// @dev Callable by: anyone.
    /// @param part its root
    function partOf(
        AuctionId auctionId,
        address server,
        bytes32 part
    ) external view returns (uint24);

    /// @notice The standing request commitment of a vehicle; zero if there is none (any more).
    /// @dev Callable by: anyone.
    function requestOf(AuctionId auctionId, address vehicle) external view returns (bytes32);

    /// @notice What the standing request of a vehicle has locked; zero if there is none (any more).
    /// @dev Callable by: anyone.
    function depositOf(AuctionId auctionId, address vehicle) external view returns (uint128);

    /// @notice The standing bid commitment of a pile; zero if there is none (any more).
    /// @dev Callable by: anyone.
    function bidOf(AuctionId auctionId, address pile) external view returns (bytes32);

    /// @notice `ChargeVeil.Auction.v2`
    /// @dev Callable by: anyone.
    function auctionIdOf(
        address matcher,
        AuctionTerms calldata terms
    ) external view returns (AuctionId);

    /// @notice `ChargeVeil.Request.v1`
    /// @dev Callable by: anyone.
    function requestCommitment(
        AuctionId auctionId,
        address vehicle,
        bytes32 uploadHash
    ) external view returns (bytes32);

    /// @notice keccak256(abi.encode(pricePerKwh, powerW, salt))
    /// @dev Callable by: anyone.
    function offerHashOf(Offer calldata offer) external pure returns (bytes32);

    /// @notice `ChargeVeil.Bid.v2`
    /// @dev Callable by: anyone.
    function bidCommitment(
        AuctionId auctionId,
        uint8 round,
        address pile,
        bytes32 offerHash,
        bytes32 uploadHash
    ) external view returns (bytes32);

    /// @notice `ChargeVeil.Decision.v1`
    /// @dev Callable by: anyone.
    function decisionOf(
        AuctionId auctionId,
        ParticipantId evId,
        ParticipantId cpId,
        bytes32 committedBid,
        bytes32 r
    ) external pure returns (SessionId);
}
