/** What the errors of the identity registry say. */
import type { Sentences } from "./refusalTypes.ts";

export const IDENTITY_SENTENCES: Sentences = {
  IdentityNotAuthority: "{caller} is not the authority of this market: let the authority do this",
  IdentityCertificateMalformed:
    "the certificate of {account} as {kind} lacks what its kind needs, or has more: let the authority make it anew",
  IdentityCertificateStale:
    "the certificate was to be relayed before {relayBy}, and it is {nowSeconds}: let the authority sign a new one",
  IdentityCertificateExpired:
    "the certificate ends {validUntil}, not after the one that it replaces, or in the past: let it be made for more days",
  IdentityBadSignature:
    "neither the authority nor a station has signed this for {account}: ask for it anew, for this market",
  IdentitySerialSpent: "certificate {serial} was used before: let the authority sign a new one",
  IdentityAccountTaken:
    "account {account} is known already, under id {participantId}: take an account of its own",
  IdentityIdTaken: "id {participantId} belongs to account {account}: take an id of its own",
  IdentityNotEnrolled:
    "{account} does not take part in this market: let the authority enrol it, or a station authorise it",
  IdentityWrongKind:
    "{account} takes part as {actual}, and this is for a {expected}: act as another account",
  IdentitySuspended:
    "{account} is suspended and takes on nothing new: ask the authority to reinstate it",
  IdentityExpired:
    "the certificate of {account} has ended {validUntil}: let the authority renew it",
  IdentityAuthorisationMalformed:
    "the authorisation of {account} for {role} lacks account, place or pseudonym: let the station sign a new one",
  IdentityAuthorisationOver:
    "the authorisation has ended {slotEnd}, and it is {nowSeconds}: get a new one for a slot that is to come",
  IdentityBadSlot:
    "a slot from {slotStart} to {slotEnd} is none, too long or over, and it is {nowSeconds}: let the station name one that is to come",
  IdentityNoConsent:
    "{account} has not agreed to this authorisation: let it sign the same as the station",
  IdentityWrongSlot:
    "{account} is authorised from {authorisedStart} to {authorisedEnd}, and this is from {slotStart} to {slotEnd}: open an auction for that slot",
  IdentityNotAStation:
    "id {stationId} is not that of a pile or a matcher: have the account authorised by one of them",
  IdentityWrongRole:
    "{account} was authorised to {role}, and this is for charging: get an authorisation to charge",
  IdentityWrongScope:
    "{account} was authorised for scope {actual}, and this is {expected}: get an authorisation for this auction",
  IdentityEndsEarly:
    "the authorisation of {account} ends {slotEnd}, and is needed until {until}: get one that lasts as long",
  IdentityTraceMalformed:
    "case {caseId} for presentation {presentationHash} is none: name both, and neither as zero",
  IdentityTraceExists:
    "case {caseId} was requested before for presentation {presentationHash}: the court can approve it",
  IdentityTraceNotRequested:
    "case {caseId} was not requested for presentation {presentationHash}: request it first",
  IdentityTraceGranted: "case {caseId} is granted already: open it",
  IdentityTraceNotApproved:
    "the court has not approved of case {caseId}: let it grant exactly this presentation",
};
