/**
 * How calls between the day and the services look. Numbers above 2^53 are decimal text, bytes
 * hexadecimal.
 */
import { z } from "zod";
import { ROUND_KINDS } from "../parties/server/inventory.ts";
import { announcementForm } from "../core/messages/announcedAuction.ts";
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

/** Where a node of the chain answers, and the contracts that a round is read from. */
export const chainForm = z.strictObject({
  url: z.url().max(2_048),
  auctions: z.strictObject({ address: addressForm, abi: z.string() }),
  identities: z.strictObject({ address: addressForm, abi: z.string() }),
});
export type ChainPlace = z.output<typeof chainForm>;

export const cloudMeetForm = z.strictObject({
  authority: peerForm,
  proxyLineKey: bytes32Form,
  chain: chainForm,
});

export type MetByProxy = z.output<typeof proxyMeetForm>;
export type MetByCloud = z.output<typeof cloudMeetForm>;

export const takeKeyForm = z.strictObject({ roundKey: z.unknown(), letter: hexForm });

/** An attempt that can be made: counted from 1. */
export const attemptForm = z
  .strictObject({ auctionId: bytes32Form, round: byte, attempt: z.int().min(1).max(255) })
  .transform(({ auctionId, round, attempt }) => attemptOf(auctionId, BigInt(round), attempt));

export const cloudPlayForm = z.strictObject({ attempt: attemptForm });

export const accountForm = z.strictObject({ account: addressForm });
export const signatureForm = z.strictObject({ signature: hexForm });

/** An auction that the cloud is asked to serve. */
export const serveForm = z.strictObject({
  matcher: addressForm,
  auctionId: bytes32Form,
  announcement: announcementForm,
});

/** Who was not selected in a decided auction. */
export const notSelectedForm = z.strictObject({
  auctionId: bytes32Form,
  vehicles: z.array(addressForm),
  piles: z.array(addressForm),
  deadline: decimalForm.transform(BigInt),
});

/** The round of which the next attempt is asked for. */
export const nextAttemptForm = z.strictObject({ auctionId: bytes32Form, round: byte });
export const attemptNumberForm = z.strictObject({ attempt: byte });

export const openBoxForm = z.strictObject({
  auctionId: bytes32Form,
  roundKey: z.unknown(),
  box: boxForm,
});

const notAdmittedForm = z.array(
  z.strictObject({ account: z.string(), code: z.string(), reason: z.string() }),
);

/** An upload as the proxy has opened it (`uploadToBytes`), and the name that it keeps it under. */
export const openedForm = z.strictObject({ name: z.string().max(64), signed: boxForm });

/** What the chain says of a request or a bid. */
const standing = {
  participantId: bytes32Form,
  uploadHash: bytes32Form,
  commitment: bytes32Form,
  round: byte.transform(BigInt),
};
const committedForm = z.strictObject({ account: addressForm, ...standing });
/** An upload that the proxy has opened, and what the chain says of its sender. */
const submissionForm = z.strictObject({ name: z.string().max(64), ...standing });

export const proxyPlayForm = z.strictObject({
  kind: z.enum(ROUND_KINDS),
  attempt: attemptForm,
  venue: z.strictObject({ chainId: decimalForm, auctions: addressForm }),
  seed: bytes32Form,
  roundKey: z.unknown(),
  area: z.unknown(),
  committed: z.strictObject({
    requests: z.array(committedForm),
    offers: z.array(committedForm),
  }),
  requests: z.array(submissionForm),
  offers: z.array(submissionForm),
  promised: notAdmittedForm,
  secondServer: addressForm,
});

export type ProxyPlay = z.output<typeof proxyPlayForm>;

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

/** What the servers say of every round. */
const taken = {
  notAdmitted: notAdmittedForm,
  participantsRoot: bytes32Form,
  secondSignature: hexForm,
};

/** Matches are handed over one by one: there may be too many for one line. */
export const outcomeForm = z.strictObject({
  matches: z.array(matchForm).default([]),
  unmatched: z.array(addressForm),
  comparedPairs: z.int().min(0),
  ...taken,
});

export const rehearsalForm = z.strictObject({
  leaders: z.array(addressForm),
  referencePricePerKwh: decimalForm.transform(BigInt),
  transcript: z.strictObject({
    root: bytes32Form,
    notices: z.array(z.strictObject({ pile: addressForm, box: boxForm })),
  }),
  ...taken,
});
