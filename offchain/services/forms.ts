/**
 * How calls between the day and the services look. Numbers above 2^53 are decimal text, bytes
 * hexadecimal.
 */
import { z } from "zod";
import { ROUND_KINDS } from "../parties/server/participants.ts";
import { attemptOf } from "../core/messages/attempt.ts";
import { MODE_NAMES } from "../core/messages/roundKey.ts";
import { addressForm, bytes32Form, decimalForm, hexForm } from "../core/messages/forms.ts";

const byte = z.int().min(0).max(255);
const port = z.int().min(1).max(65_535);
/** Sealed boxes of uploads and deliveries are some tens of kilobytes. */
const MOST_BOX_CHARACTERS = 1_024 * 1_024;
export const boxForm = z.string().max(MOST_BOX_CHARACTERS, { abort: true }).pipe(hexForm);

/** Nothing: a call without arguments, an answer without content. */
export const nothingForm = z.strictObject({});

/** What a service says of itself; its port is null if it does not listen. */
export const introductionForm = z.strictObject({
  lineKey: bytes32Form,
  sealKey: bytes32Form,
  port: port.nullable(),
});
export type Introduction = z.output<typeof introductionForm>;

/** A service as others connect to it. */
const peerForm = z.strictObject({ host: z.string().max(255), port, lineKey: bytes32Form });

/* AUTHORITY */

/** Who the two servers are. */
export const meetServersForm = z.strictObject({
  proxy: z.strictObject({ lineKey: bytes32Form, sealKey: bytes32Form }),
  cloud: z.strictObject({ lineKey: bytes32Form, sealKey: bytes32Form }),
});

export type MetServers = z.output<typeof meetServersForm>;

export const modulusForm = z.strictObject({ commitmentModulus: decimalForm });

export const roundKeyCallForm = z.strictObject({
  keyBits: z.int().min(1),
  commitmentModulus: decimalForm,
  features: byte,
  mode: z.enum(MODE_NAMES),
  proxySealKey: bytes32Form,
});

/** A round key for everybody, and its secret half for the cloud. */
export const dealtKeyForm = z.strictObject({ roundKey: z.unknown(), toCloud: hexForm });

/* SERVERS */

export const proxyMeetForm = z.strictObject({ authority: peerForm, cloud: peerForm });

export const cloudMeetForm = z.strictObject({ authority: peerForm, proxyLineKey: bytes32Form });

export type MetByProxy = z.output<typeof proxyMeetForm>;
export type MetByCloud = z.output<typeof cloudMeetForm>;

export const takeKeyForm = z.strictObject({ roundKey: z.unknown(), letter: hexForm });

/** An attempt that can be made: counted from 1. */
export const attemptForm = z
  .strictObject({ auctionId: bytes32Form, round: byte, attempt: z.int().min(1).max(255) })
  .transform(({ auctionId, round, attempt }) => attemptOf(auctionId, BigInt(round), attempt));

export const cloudPlayForm = z.strictObject({ attempt: attemptForm, roundKey: z.unknown() });

/** The round of which the next attempt is asked for. */
export const nextAttemptForm = z.strictObject({ auctionId: bytes32Form, round: byte });
export const attemptNumberForm = z.strictObject({ attempt: byte });

export const openBoxForm = z.strictObject({
  auctionId: bytes32Form,
  roundKey: z.unknown(),
  box: boxForm,
});

/** An upload as the proxy has opened it (`uploadToBytes`), and the name that it keeps it under. */
export const openedForm = z.strictObject({ name: z.string().max(64), signed: boxForm });

/** An upload that the proxy has opened, and what the chain says of its sender. */
const submissionForm = z.strictObject({
  name: z.string().max(64),
  participantId: bytes32Form,
  commitment: bytes32Form,
});

export const proxyPlayForm = z.strictObject({
  kind: z.enum(ROUND_KINDS),
  attempt: attemptForm,
  venue: z.strictObject({ chainId: decimalForm, auctions: addressForm }),
  seed: bytes32Form,
  roundKey: z.unknown(),
  area: z.unknown(),
  requests: z.array(submissionForm),
  offers: z.array(submissionForm),
});

export type ProxyPlay = z.output<typeof proxyPlayForm>;

const notAdmittedForm = z.array(
  z.strictObject({ account: z.string(), code: z.string(), reason: z.string() }),
);

const deliveryForm = z.strictObject({
  auctionId: bytes32Form,
  decision: bytes32Form,
  blinded: boxForm,
  masks: boxForm,
});

const noticeForm = z.strictObject({ auctionId: bytes32Form, decision: bytes32Form, box: boxForm });

const matchForm = z.strictObject({
  decision: bytes32Form,
  vehicle: addressForm,
  pile: addressForm,
  toVehicle: deliveryForm,
  toPile: noticeForm,
});

/** Matches are handed over one by one: there may be too many for one line. */
export const outcomeForm = z.strictObject({
  matches: z.array(matchForm).default([]),
  unmatched: z.array(addressForm),
  comparedPairs: z.int().min(0),
  notAdmitted: notAdmittedForm,
});

export const rehearsalForm = z.strictObject({
  leaders: z.array(addressForm),
  referencePricePerKwh: decimalForm.transform(BigInt),
  notAdmitted: notAdmittedForm,
});
