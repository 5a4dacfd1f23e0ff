/** What the auctions' errors say: `PricingAuction`, `OpenAuction`. */
import type { Sentences } from "./refusalTypes.ts";

export const AUCTION_SENTENCES: Sentences = {
  AuctionBadTimes:
    "it is {nowSeconds}, and bidding until {terms.biddingEnds}, matching until {terms.matchingEnds}, openings until {terms.openingEnds} and the slot from {terms.slotStart} to {terms.slotEnd} do not follow each other: choose times in this order, that end within 31 days",
  AuctionBadRounds:
    "{maxRounds} rounds of {roundSeconds} s each are none: choose 1 to 16 rounds of at least a second",
  AuctionZeroStake:
    "a bond of {bidBond} and a deposit of {vehicleDeposit} token units do not hold anybody to anything: choose at least 1 of each",
  AuctionExists: "auction {auctionId} was opened before: go on with it, or open one on other terms",
  AuctionWrongPhase:
    "auction {auctionId} is in phase {actual}, and this needs phase {expected}: look at its times, and wait or take the next auction",
  AuctionRequestsOver:
    "auction {auctionId} is in round {round}, and takes requests in round 1 alone: request in the next auction",
  AuctionRequestStands:
    "{vehicle} has sent a request of its own in this auction, which no relayed one replaces: let it send the new one itself",
  AuctionSameBid:
    "the bid {commitment} stands already in auction {auctionId}: there is nothing more to do",
  AuctionOneOperator:
    "both servers are run by one operator, {operator}: name a second server that somebody else runs",
  AuctionNotServer:
    "{caller} is neither of the two servers of auction {auctionId}: only they end rounds and post decisions",
  AuctionWrongRound:
    "auction {auctionId} is in round {actual}, and this was made of round {round}: make it anew of the round that is over",
  AuctionConverged:
    "no round follows round {round} of auction {auctionId}: post the decisions instead",
  AuctionNotConverged:
    "another round follows round {round} of auction {auctionId}: close this one first",
  AuctionPartExists:
    "part {part} of the decisions of auction {auctionId} is posted already: post the next one",
  AuctionUnknownPart:
    "part {part} of the decisions of auction {auctionId} is not posted: post it first, by the same account",
  AuctionUnknownDecision:
    "decision {decision} is none of auction {auctionId}: look at which auction the match was made in",
  AuctionNoRequest:
    "{vehicle} has no standing request in auction {auctionId}: request in an auction that takes bids",
  AuctionNoSuchBid:
    "the bid {bidCommitment} of pile {pile} does not stand in auction {auctionId} any more: refuse the match, and ask again",
  AuctionPowerTooHigh:
    "{powerW} W are more than the {ratedW} W that the pile is certified for in auction {auctionId}: refuse the match",
  AuctionStaleSignature:
    "the servers' word counted until {deadline}, and it is {nowSeconds}: ask both for a new one",
  AuctionBadSignature:
    "{server}, a server of auction {auctionId}, has not signed this: ask it for its signature",
  AuctionNotSession: "{caller} is not the market's session contract: start a session instead",
  OpenBadTimes:
    "it is {nowSeconds}, and bidding until {terms.biddingEnds}, openings until {terms.openingEnds} and the slot from {terms.slotStart} to {terms.slotEnd} do not follow each other, or {terms.quietSeconds} s of quiet are too few: choose times in this order, that end within 31 days",
  OpenBadRule:
    "weights of {rule.priceBps}, {rule.powerBps}, {rule.qualityBps} and {rule.distanceBps} basis points are no rule: choose weights that add up to 10000, the price's not 0, and scales above 0",
  OpenZeroStake:
    "a bond of {bidBond} and a deposit of {vehicleDeposit} token units do not hold anybody to anything: choose at least 1 of each",
  OpenExists: "auction {auctionId} was opened before: go on with it, or open one on other terms",
  OpenWrongPhase:
    "auction {auctionId} is in phase {actual}, and this needs phase {expected}: look at its times, and wait or open another",
  OpenNotInvited:
    "pile {pile} is not invited to auction {auctionId} at {distanceM} m: ask the vehicle for an invitation",
  OpenTooFar:
    "{distanceM} m are more than the {maxDistanceM} m of auction {auctionId}: bid where the vehicle is nearer",
  OpenTooDear:
    "a price of {pricePerKwh} units per kWh is above the {maxPricePerKwh} of auction {auctionId}: bid lower",
  OpenPowerOutOfRange:
    "{powerW} W are not within {leastW} to {mostW} W, the pile's last bid in auction {auctionId} and its certificate: bid within them",
  OpenNotLower:
    "the bid counts {effectivePriceUp} and the leading one {leadingUp} in auction {auctionId}: go lower, by its decrement at least",
  OpenEnded: "the stakes have left auction {auctionId} already: there is nothing more to do",
  OpenNotSession: "{caller} is not the market's session contract: start a session instead",
};
