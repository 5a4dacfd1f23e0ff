/** What the errors of sessions, arbiters and signed calls say. */
import type { Sentences } from "./refusalTypes.ts";

export const SESSION_SENTENCES: Sentences = {
  SessionWrongState:
    "session {sessionId} is {actual}, and this needs it to be {expected}: look at what can be done next",
  SessionTooLate:
    "session {sessionId} took this until {deadline}, and it is {nowSeconds}: look at what can be done now",
  SessionTooEarly:
    "session {sessionId} takes this from {deadline} on, and it is {nowSeconds}: wait until then",
  SessionPluggedIn:
    "the vehicle of session {sessionId} has plugged in at {pluggedInAt} already: there is nothing more to do",
  SessionOver: "session {sessionId} is {state}: there is nothing left to end",
  SessionNotParty:
    "{caller} is not the party of session {sessionId} that can do this: act as the other party, or name another session",
  SessionFallingRegister:
    "the reading of session {sessionId} falls from {beginWh} to {endWh} Wh: read the meter again",
  SessionStaleReading:
    "the reading of session {sessionId} counted until {deadline}, and it is {nowSeconds}: sign it anew",
  SessionBadSignature:
    "{signer} has not signed this for session {sessionId}: let it sign exactly these values",
  SessionRulingTooHigh:
    "amount {amount} is above the metered {metered} token units of session {sessionId}: rule on at most that",
  SessionBadWindow: "{window} s are no window: choose at least a second, and at most 30 days",
  SessionMiswired:
    "the contract at {contract_} names other contracts than those of this market: deploy all of them together",
  SessionNoArbiter: "nobody is named to rule on disputes: name arbiters, or allow no disputes",
  SessionBadEarningRule:
    "sessions would earn from {rule.minEnergyWh} Wh and {rule.minAmount} token units on: ask for at least 1 of each",
  ArbiterBadQuorum: "{quorum} of {members} arbiters is no quorum: choose 1 to all of them",
  ArbiterBadMember: "{account} is no arbiter, or is named twice: name each once",
  SignedCallStale:
    "the signed call counted until {deadline}, and it is {nowSeconds}: let it be signed anew",
  SignedCallBadSignature:
    "{from} has not signed this call as its next one: it was relayed before, or is to be signed anew",
  SignedCallTooShort: "a call of {length} bytes calls nothing: let it be signed anew",
  SignedCallNested: "the call of {from} relays another one: relay the inner one by itself",
};
