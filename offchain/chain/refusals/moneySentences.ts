/** What the errors of escrow, token, reputation and coupons say. */
import type { Sentences } from "./refusalTypes.ts";

export const MONEY_SENTENCES: Sentences = {
  EscrowZero: "no amount, or nobody to get it: name at least 1 token unit, and an account",
  EscrowInsufficientFree:
    "{account} has {free} token units free in the escrow, and {amount} are needed: deposit the rest, or wait for stakes to be freed",
  EscrowInsufficientLocked:
    "{account} has {locked} token units locked in the escrow, and {amount} are asked for: look at its stakes",
  EscrowWrongTransfer:
    "the token moved {received} units instead of {expected}: use a token that takes no fee",
  EscrowNotMarket:
    "{caller} is no market of this escrow for this account: approve the later market, or use the first",
  EscrowNoLaterMarket:
    "{market} is no later market of this escrow, or is not approved: name the address of one",
  GateNotMarket: "{caller} is no contract of this market: stakes move through the market alone",
  StakesNoMarket:
    "contract {place} of auctions 0, open auctions 1, sessions 2 and coupons 3 has no address: name all four",
  ERC20InsufficientBalance:
    "{sender} holds {balance} token units, and {needed} are needed: send it tokens first",
  ERC20InsufficientAllowance:
    "{spender} may take {allowance} token units, and {needed} are needed: approve it first",
  ERC20InvalidApprover: "{approver} cannot approve: use an account of your own",
  ERC20InvalidReceiver: "{receiver} cannot receive tokens: name an account of your own",
  ERC20InvalidSender: "{sender} cannot send tokens: use an account of your own",
  ERC20InvalidSpender: "{spender} cannot be approved: approve the escrow",
  ERC2612ExpiredSignature: "the permit counted until {deadline}: sign a new one",
  ERC2612InvalidSigner: "{signer} has signed a permit of {owner}: let the owner sign it",
  ReputationBelowThreshold:
    "the credibility of {vehicle} is {credibility}, below {threshold}: it is not served for any deposit; trade as another member",
  ReputationNotRater: "{caller} is not the vehicle of session {sessionId}: let the vehicle rate it",
  ReputationAlreadyRated: "session {sessionId} was rated before: each is rated once",
  ReputationRatingOutOfRange:
    "rating {rating} is more than session {sessionId} allows: give 1 to {mostRating}, or nothing while that is 0",
  ReputationUnknownEvaluation: "there is no evaluation {evaluationId}: name one of the history",
  ReputationOutcomeOutOfRange: "{outcome} is no outcome: report -1, 0 or 1",
  ReputationNotSession: "{caller} is not the market's session contract: end a session instead",
  ReputationBadParameters:
    "credibility from {parameters.minCredibility} to {parameters.maxCredibility} with threshold {parameters.threshold} is no rule: choose min ≤ threshold ≤ 0 < max",
  CouponZero: "the coupon is worth nothing: offer at least 1 token unit",
  CouponBadRange:
    "evaluations {from} to {to} are none, of {last} that there are: choose a range within them",
  CouponBadSeedBlock:
    "block {seedBlock} is no future block, the last is {blockNumber}: choose a later one",
  CouponBadClaimEnd:
    "claims would end {claimEnds}, and it is {nowSeconds}: let them end later, and within 31 days",
  CouponExists: "election {electionId} was opened before: go on with it, or offer another coupon",
  CouponUnknown: "there is no election {electionId}: name one that was opened",
  CouponNotDrawn:
    "election {electionId} is drawn by block {seedBlock}, and the last is {blockNumber}: wait for that block",
  CouponSeedLost:
    "the chain has forgotten block {seedBlock} of election {electionId}, the last is {blockNumber}: redeem it for the sponsor when claims end",
  CouponTooLate:
    "claims of election {electionId} have ended {claimEnds}, and it is {nowSeconds}: redeem it",
  CouponTooEarly:
    "claims of election {electionId} end {claimEnds}, and it is {nowSeconds}: wait until then",
  CouponOutOfRange:
    "evaluation {evaluationId} is not one of election {electionId}: claim with one of its range",
  CouponBelowBar:
    "a score of {score} is below the bar of {bar} in election {electionId}: claim for a vehicle that reaches it",
  CouponNotEarned:
    "evaluation {evaluationId} is of a session that did not earn: claim in election {electionId} with one that did",
  CouponNoSuchTicket:
    "a score of {score} holds no ticket {ticket} in election {electionId}: claim with a ticket below it",
  CouponNotBetter:
    "lot {lot} does not beat the leader's {leadersLot} in election {electionId}: the leader stays",
  CouponRedeemed: "election {electionId} was redeemed before: there is nothing more to do",
};
