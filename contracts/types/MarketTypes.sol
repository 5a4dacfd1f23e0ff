// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

// Structs that are kept in storage say where each slot begins: `// slot n, k bytes: use`. Slots
// count from 0 within the struct, as in the compiler's storage layout; of the 32 bytes of a slot, k
// are taken. Fields that are read or written together share a slot: a slot that is looked at first
// costs 2,100 gas, one that changes 2,900 more, and every further field in it next to nothing.

/// @dev Identifiers are hashes of what they name, never counters; see contracts/README.md for the
/// preimages.
type AuctionId is bytes32;
type SessionId is bytes32;
/// @dev EVID or CPID: the pseudonym under which the authority certified an account, or the nymHash
/// of an authorised one.
type ParticipantId is bytes32;
/// @dev Height of an evaluation among all evaluations, from 1; 0 is none. A counter, because order
/// is what it is for.
type EvaluationId is uint40;

/// @dev A rating is 1, 2 or 3. A session that did not earn takes the worst alone.
uint8 constant WORST_RATING = 1;
uint8 constant BEST_RATING = 3;

enum ParticipantKind {
    None,
    Vehicle,
    Pile,
    Matcher
}

/// @dev The type tag of a charging pile. `NotAPile` for vehicles and matchers.
enum PileKind {
    NotAPile,
    Private,
    Public,
    Operator
}

enum Phase {
    None,
    Bidding,
    Matching,
    Opening,
    Closed
}

enum SessionState {
    None,
    Opened,
    Authorised,
    Charging,
    Unplugged,
    Metered,
    Disputed,
    Settled,
    Expired
}

/// @dev Signed by the authority (EIP-712), relayed by anyone before `relayBy`.
struct Certificate {
    address account;
    ParticipantId participantId;
    ParticipantKind kind;
    PileKind pileKind;
    /// @dev Rated power of a pile in W; 0 for others.
    uint32 ratedPowerW;
    /// @dev Of a pile the `ChargeVeil.Site.v1` hash of its certified site, of a matcher the hash of
    /// its operator's name; 0 for vehicles.
    bytes32 premises;
    uint40 validUntil;
    uint40 relayBy;
    /// @dev Unique among all certificates of the authority.
    uint256 serial;
}

/// @dev Signed (EIP-712) by a station and by the account itself in a handshake, relayed by anyone.
/// Names nobody. It ends with its slot.
struct SessionAuthorisation {
    /// @dev Fresh: used for this and nothing else.
    address account;
    /// @dev 1 to charge, 2 to discharge.
    uint8 role;
    /// @dev Hash of the service and the place that it is for.
    bytes32 place;
    uint40 slotStart;
    uint40 slotEnd;
    /// @dev Hash of the vehicle's pseudonym in the scope of station, place and slot.
    bytes32 nym;
    /// @dev The pile or matcher that signed.
    ParticipantId stationId;
    uint64 maxEnergyWh;
}

/// @dev What is known of an authorised account.
struct AuthorisedAccount {
    address account;
    uint8 role;
    /// @dev `ChargeVeil.Scope.v1` of station, place and slot.
    bytes32 scope;
    /// @dev `ChargeVeil.Pseudonym.v1` of scope and pseudonym: the account's id.
    bytes32 nymHash;
    ParticipantId stationId;
    uint40 slotStart;
    uint40 slotEnd;
    uint64 maxEnergyWh;
}

/// @dev Kept by account. A check of standing reads slot 1 alone.
struct Participant {
    // slot 0, 32 bytes: id
    ParticipantId participantId;
    // slot 1, 13 bytes: standing
    ParticipantKind kind;
    PileKind pileKind;
    bool suspended;
    /// @dev By a station for one slot, and not certified.
    bool authorised;
    uint32 ratedPowerW;
    uint40 validUntil;
    // slot 2, 32 bytes: a pile's site, or a matcher's operator
    bytes32 premises;
}

/// @dev What an authorised account has beyond a participant. Its slot ends at `validUntil` and
/// begins `slotSeconds` before: 24 bits are 194 days, and a slot has 2 days at most.
struct Grant {
    // slot 0, 32 bytes: read only where an auction has a scope
    bytes32 scope;
    // slot 1, 32 bytes: read wherever an authorised account is checked
    address station;
    uint8 role;
    uint24 slotSeconds;
    uint64 maxEnergyWh;
}

/// @dev What an account can spend, and what its obligations hold.
struct Balance {
    // slot 0, 32 bytes: both, so that a lock changes one slot
    uint128 free;
    uint128 locked;
}

/// @dev What an account lets a later market do with its stakes.
enum Consent {
    None,
    Approved,
    Revoked
}

/// @dev Kept by account and later market.
struct Approval {
    // slot 0, 17 bytes: one slot is read and written when such a market locks
    uint128 locked;
    Consent consent;
}

/// @dev What an account has locked for a trade that ends, and how much of it the other side gets.
struct Stake {
    address account;
    uint128 amount;
    uint128 owed;
}

/// @dev What the matcher fixes when it opens an auction. Times are unix seconds.
struct AuctionTerms {
    /// @dev Hash of the cells that the auction covers and of the farthest pile that anybody is
    /// compared with.
    bytes32 areaHash;
    /// @dev H(n) of the round's Paillier key, under which requests and offers are encrypted.
    bytes32 roundKeyHash;
    /// @dev If not zero, only vehicles that were authorised for exactly this scope request.
    bytes32 scope;
    /// @dev The other server: a matcher of another operator. Both compute, and both sign.
    address secondServer;
    /// @dev End of round 1.
    uint40 biddingEnds;
    uint40 matchingEnds;
    uint40 openingEnds;
    uint40 slotStart;
    uint40 slotEnd;
    /// @dev 1 to `MAX_ROUNDS`.
    uint8 maxRounds;
    /// @dev Length of every round after the first.
    uint32 roundSeconds;
    /// @dev Locked by every pile that bids.
    uint128 bidBond;
    /// @dev Locked by every vehicle that requests: the most that a session can cost.
    uint128 vehicleDeposit;
    /// @dev Tells apart auctions that are equal otherwise.
    bytes32 nonce;
}

/// @dev What the contract keeps of an auction; the rest of its terms is in its id.
struct Auction {
    // slot 0, 32 bytes: what a bid reads, and writes once per round
    /// @dev End of the current round.
    uint40 roundEnds;
    uint8 round;
    uint8 maxRounds;
    uint32 roundSeconds;
    /// @dev Whether the current round brought a bid.
    bool hasNewBid;
    bool decided;
    uint24 decisionCount;
    uint128 bidBond;
    // slot 1, 25 bytes: read in Matching
    address matcher;
    uint40 matchingEnds;
    // slot 2, 31 bytes: what a first request reads, and the start of a session
    uint128 vehicleDeposit;
    uint40 openingEnds;
    uint40 slotStart;
    /// @dev The slot's length: 24 bits are 194 days, and an auction lasts 31 at most.
    uint24 slotSeconds;
    /// @dev Whether a vehicle on probation has put down more than `vehicleDeposit`.
    bool hasRaisedDeposits;
    /// @dev Whether `scope` is not zero.
    bool isScoped;
    // slot 3, 32 bytes: written with the decisions
    bytes32 decisionsRoot;
    // slot 4, 20 bytes: read where both servers sign, which is neither in a bid nor at the start
    address secondServer;
    // slot 5, 32 bytes: read only if `isScoped`
    bytes32 scope;
}

/// @dev What a pile bids, hidden by the salt.
struct Offer {
    uint64 pricePerKwh;
    uint32 powerW;
    bytes32 salt;
}

/// @dev Opens a decision commitment: the paper's (EVID, CPID, r) and the bid that it was made for.
struct Opening {
    AuctionId auctionId;
    ParticipantId evId;
    ParticipantId cpId;
    /// @dev The round that the bid was made in.
    uint8 round;
    Offer offer;
    /// @dev Of the upload that the bid names: what the servers compute on.
    bytes32 uploadHash;
    bytes32 r;
}

/// @dev How an open auction weighs price, power, quality and distance; see `OpenScore`.
struct ScoreRule {
    // slot 0, 32 bytes
    /// @dev p_max: bids above it are refused.
    uint64 maxPricePerKwh;
    /// @dev By how much a bid has to go below the leading effective price.
    uint64 minDecrement;
    /// @dev Weights in basis points; their sum is 10,000.
    uint16 priceBps;
    uint16 powerBps;
    uint16 qualityBps;
    uint16 distanceBps;
    /// @dev v_ref: more power than this gains nothing.
    uint32 referencePowerW;
    /// @dev d_max: piles farther away are refused.
    uint32 maxDistanceM;
}

/// @dev What the vehicle fixes when it opens an auction for its own request. Times are unix
/// seconds.
struct OpenTerms {
    ScoreRule rule;
    /// @dev How long nobody may go lower before bidding is over.
    uint16 quietSeconds;
    /// @dev Bidding is over then, whatever happens.
    uint40 biddingEnds;
    uint40 openingEnds;
    uint40 slotStart;
    uint40 slotEnd;
    /// @dev Locked by the pile that leads.
    uint128 bidBond;
    /// @dev Locked by the vehicle: the most that the session can cost.
    uint128 vehicleDeposit;
    /// @dev Tells apart auctions that are equal otherwise.
    bytes32 nonce;
}

/// @dev What the contract keeps of an open auction.
struct OpenAuctionState {
    // slot 0, 32 bytes: the vehicle and the end of bidding
    address vehicle;
    /// @dev As things stand: `quietSeconds` after the last bid, `hardEnds` at the latest.
    uint40 biddingEnds;
    uint40 hardEnds;
    uint16 quietSeconds;
    // slot 1, 32 bytes
    ScoreRule rule;
    // slot 2, 32 bytes: the leader and its bid
    address leader;
    uint64 pricePerKwh;
    uint32 powerW;
    // slot 3, 32 bytes: its rank and its stake
    /// @dev Rounded up. Lowest leads.
    int96 effectivePriceUp;
    uint32 bidCount;
    uint128 bidBond;
    // slot 4, 32 bytes: what the end of the auction reads
    uint128 vehicleDeposit;
    uint40 slotStart;
    uint40 slotEnd;
    uint40 openingEnds;
    /// @dev Both stakes have left for a session, or were released.
    bool ended;
}

/// @dev What an opened decision hands to the session.
struct Match {
    SessionId sessionId;
    address vehicle;
    address pile;
    uint64 pricePerKwh;
    uint32 powerW;
    uint128 deposit;
    uint128 bond;
    uint40 slotStart;
    uint40 slotEnd;
}

/// @dev Kept by decision commitment. The first three slots are written at the start.
struct Session {
    // slot 0, 32 bytes: whose turn it is, and until when
    address vehicle;
    SessionState state;
    /// @dev Credibility of the vehicle before the session: the weight of its rating.
    int8 credibilityBefore;
    /// @dev The current state's last moment, excluded.
    uint40 deadline;
    uint40 slotEnd;
    // slot 1, 32 bytes: what was agreed
    address pile;
    uint64 pricePerKwh;
    uint32 powerW;
    // slot 2, 32 bytes: stakes
    uint128 deposit;
    uint128 bond;
    // slot 3, 32 bytes: from plugging in on
    /// @dev 0 until then. Of a vehicle that was there first, once its pile is ready: when that was.
    uint40 pluggedInAt;
    uint64 energyWh;
    /// @dev What the pile gets: as metered, until the arbiter says less.
    uint128 amountDown;
    /// @dev Whether the vehicle takes part by an authorisation of this very pile.
    bool isVouched;
    /// @dev Whether the session was settled, and counts for credibility and rating: `EarningRule`.
    bool hasEarned;
    /// @dev Whether the vehicle came with as much of the slot left as a vehicle is given to plug in.
    bool cameInTime;
}

/// @dev How long each state of a session may last, in seconds.
struct SessionWindows {
    /// @dev After the slot's start for the pile to authorise; not beyond the slot's end.
    uint40 authorise;
    /// @dev After the slot's start (or the authorisation, if later) for the vehicle to plug in; not
    /// beyond the slot's end.
    uint40 plugIn;
    /// @dev After the slot's end for the pile to settle; after unplugging, from then on.
    uint40 settle;
    /// @dev After a settlement on records for the vehicle to dispute it; 0: it is final at once.
    uint40 dispute;
    /// @dev After a dispute for the arbiter to rule.
    uint40 arbitration;
}

/// @dev What a session has to have been for it to say something about its parties. It is settled on
/// records, and its vehicle takes part by nobody's word who gains by it.
struct EarningRule {
    /// @dev The least energy, at least 1.
    uint64 minEnergyWh;
    /// @dev The least that the pile was paid, in token units, at least 1.
    uint128 minAmount;
}

/// @dev The register of the meter at begin and end, signed by both parties (EIP-712). The session
/// id is its nonce.
struct Reading {
    SessionId sessionId;
    uint64 beginWh;
    uint64 endWh;
    uint40 deadline;
}

/// @dev What the arbiter gives the pile of a disputed session, signed (EIP-712). The session id is
/// its nonce.
struct Ruling {
    SessionId sessionId;
    /// @dev Between 0 and the metered amount; the vehicle gets the rest of its deposit.
    uint128 amount;
}

/// @dev What the deployer of `Reputation` fixes.
struct ReputationParameters {
    int8 minCredibility;
    /// @dev Vehicles below it are refused.
    int8 threshold;
    int8 maxCredibility;
    /// @dev How many times the deposit a vehicle of negative credibility puts down.
    uint8 probationFactor;
    /// @dev The most power that a session guarantees to a vehicle of negative credibility, in W.
    uint32 probationPowerW;
    /// @dev ω of a rater without positive credibility, in 1e-18.
    uint64 minWeightWad;
}

/// @dev A rating, and where it stands in the histories of its pile and of its vehicle.
struct Evaluation {
    // slot 0, 31 bytes
    uint8 rating;
    /// @dev Of the vehicle, before the session: what the rating was weighted by.
    int8 credibilityBefore;
    EvaluationId id;
    EvaluationId previousOfPile;
    EvaluationId previousOfVehicle;
    uint40 blockNumber;
    /// @dev The pile's, after this rating. At most 3e18.
    uint64 ratingWad;
    /// @dev Whether the session had earned, by metered energy that was paid.
    bool earned;
}
