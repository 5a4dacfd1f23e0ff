/** What the errors of the meter registry and of the reader of records say. */
import type { Sentences } from "./refusalTypes.ts";

/** The way that is left for records which the contract cannot pay on. */
const AGREE = "let both parties agree on the reading";

export const METER_SENTENCES: Sentences = {
  MeterNotAuthority: "{caller} is not the authority of this market: let the authority do this",
  MeterNotSession: "{caller} is not the market's session contract: settle a session instead",
  MeterCertificateMalformed:
    "the certificate of key {keyId} has no power, no time, or no point of its curve: let the authority make it anew",
  MeterBadRevocation:
    "the authority has not signed that key {keyId} is revoked: let it sign with `meter revoke --sign`",
  MeterRevocationStale:
    "the revocation was to be relayed before {deadline}, and it is {nowSeconds}: let the authority sign a new one",
  MeterCertificateStale:
    "the certificate was to be relayed before {relayBy}, and it is {nowSeconds}: let the authority sign a new one",
  MeterCertificateSuperseded:
    "certificate {issue} of key {keyId} is not newer than {inForce}, which is in force: let the authority sign the next",
  MeterNotAPile: "id {participantId} is not that of a pile: enrol the pile first",
  MeterBadCertificate:
    "the authority has not signed the certificate of key {keyId} for this market: ask it for one",
  MeterUnknownKey:
    "key {keyId} is not certified for pile {pile}: register it, or name the key that is",
  MeterKeyRevoked: "key {keyId} is revoked for ever: register another key of the meter",
  MeterKeyNotInForce:
    "the certificate of key {keyId} counts from {validFrom} to {validUntil}, and it is {nowSeconds}: let it be renewed",
  MeterRecordCount:
    "{count} records settle nothing: hand in one with begin and end, or one of each",
  MeterBadSignature:
    "key {keyId} has not signed this record: hand in the record as the meter wrote it, or name its key",
  MeterPaginationSpent:
    "record {pagination} of key {keyId} is not newer than {lastPagination}, which was used: hand in a record of this session",
  MeterPaginationGap:
    "the end is record {endPagination} and the begin {beginPagination}: hand in two that follow each other",
  MeterNoRegister: `record {pagination} holds no register of {direction}: ${AGREE}`,
  MeterNotATransaction:
    "record {pagination} is no begin and end (begin: {hasBegin}, end: {hasEnd}): hand in the records of both",
  MeterRegistersDiffer: `begin and end are of two registers, {beginCode} and {endCode}: ${AGREE}`,
  MeterFallingRegister: `the register falls from {beginMilliWh} to {endMilliWh} Wh: ${AGREE}`,
  MeterTimeReversed:
    "the meter's clock went back from {beginMs} to {endMs} ms: let the meter be checked",
  MeterOutsideSession:
    "the meter says that energy flowed from {beganAt} to {endedAt}, and the session was from {pluggedInAt} to {sessionEndedAt}: hand in the record of this session",
  MeterTooMuchEnergy: `{milliWh} Wh are more than the {mostMilliWh} Wh that the socket carries in the time: ${AGREE}`,
  MeterHighS: "the signature has s = {s}, the second form of another: hand in the record as signed",
  OcmfMalformed: `the record is not as meters write it, at byte {offset}: ${AGREE}`,
  OcmfEscaped: `an escape or a bar stands in what is read, at byte {offset}: ${AGREE}`,
  OcmfKeyExpected: `{key} is not where it was said to be, at byte {offset}: prepare the record anew`,
  OcmfKeyNotAtTop: `{key} at byte {offset} is not of the record itself: prepare the record anew`,
  OcmfKeyOrder: `what is read at byte {offset} stands before byte {before}: prepare the record anew`,
  OcmfKeyOutside: `byte {offset} is behind the end of the record at {length}: prepare the record anew`,
  OcmfNotTransactional: `the pagination at byte {offset} is not of a transaction: ${AGREE}`,
  OcmfMeterState: `the meter was in state {state}, not G, at byte {offset}: ${AGREE}`,
  OcmfErrorFlag: `the meter flags {flag} as not fit for billing, at byte {offset}: ${AGREE}`,
  OcmfException: `the meter marks its record as not usable, at byte {offset}: ${AGREE}`,
  OcmfMisplacedMark: `the reading {mark} is out of order, at byte {offset}: ${AGREE}`,
  OcmfWrongUnit: `the unit at byte {offset} is neither kWh nor Wh: ${AGREE}`,
  OcmfBadNumber: `the register at byte {offset} is no number, too large, or finer than 1/1,000,000 Wh: ${AGREE}`,
  OcmfSeveralRegisters: `the record holds two registers, {code} and {other}, at byte {offset}: ${AGREE}`,
  OcmfBadTime: `the meter's time {time} is not in the form of OCMF: ${AGREE}`,
};
