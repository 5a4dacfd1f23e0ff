/**
 * What a station keeps of its handshakes: one authorisation a pseudonym, and behind each the
 * presentation, which a court may want to be traced.
 *
 *   granted/<account>.json     authorisation, signatures, presentation and what was demanded
 *   nyms/<nymHash>.json        the account that was authorised under a pseudonym
 *   answered/<tr_2>.json       a challenge that was answered
 *
 * Nothing that decides who is authorised is ever written over: of two processes that grant at once
 * one creates the file.
 */
import { z } from "zod";
import { ROLES } from "../../offchain/core/credential/attributes.ts";
import {
  nymHashOf,
  type SignedAuthorisation,
} from "../../offchain/core/credential/handshake/authorisation.ts";
import type { ShownPresentation } from "../../offchain/core/credential/handshake/station.ts";
import { addressForm, bytes32Form, hexForm } from "../../offchain/core/messages/forms.ts";
import type { Address, Bytes32 } from "../../offchain/core/messages/market.ts";
import { bytesToHex, hexToBytes } from "../../offchain/core/primitives/bytes.ts";
import type { StationStore } from "../../offchain/parties/station/store.ts";
import type { Books } from "./books.ts";

const nymSchema = z.strictObject({ account: addressForm });
/** As kept, by the station and in a case. */
export const shownSchema = z.strictObject({
  presentation: hexForm,
  demand: z.strictObject({
    scope: bytes32Form,
    message: hexForm,
    epoch: z.number().int(),
    roles: z.array(z.enum(ROLES)),
  }),
});
const grantSchema = shownSchema.extend({
  authorisation: z.strictObject({
    account: addressForm,
    role: z.enum(ROLES),
    place: bytes32Form,
    slotStart: z.number().int(),
    slotEnd: z.number().int(),
    nym: bytes32Form,
    stationId: bytes32Form,
    maxEnergyWh: z.number().int(),
  }),
  signature: hexForm,
  consent: hexForm,
});

/** The station's books that `books` hold. */
export function folderStationBooks(books: Books): StationStore {
  return {
    takeChallenge: (transcript) => books.create(`answered/${transcript}.json`, {}),
    grantedTo: async (nymHash) => {
      const account = await accountUnder(books, nymHash);
      const grant = account === undefined ? undefined : await grantOf(books, account);
      if (grant === undefined) return undefined;
      const { authorisation, signature, consent } = grant;
      return { authorisation, signature, consent };
    },
    grant: (signed, shown) => granted(books, signed, shown),
    shownBy: async (account) => {
      const grant = await grantOf(books, account);
      return grant && shownFromJson(grant);
    },
  };
}

type KeptGrant = z.infer<typeof grantSchema>;

/**
 * What was shown is written before the account is named under its pseudonym, so that no
 * authorisation is without it. What an interrupted process has written of an account that nobody
 * was told of is written again.
 */
async function granted(
  books: Books,
  signed: SignedAuthorisation,
  shown: ShownPresentation,
): Promise<boolean> {
  const { account } = signed.authorisation;
  const nymHash = nymHashOf(signed.authorisation);
  const grant = { ...signed, ...shownToJson(shown) };
  const isNew = await books.create(grantPath(account), grant);
  if (!isNew && !(await isUnfinished(books, nymHash, account))) return false;
  if (!isNew) await books.write(grantPath(account), grant);
  return books.create(nymPath(nymHash), { account });
}

async function isUnfinished(books: Books, nymHash: Bytes32, account: Address): Promise<boolean> {
  const grant = await grantOf(books, account);
  if (grant === undefined || nymHashOf(grant.authorisation) !== nymHash) return false;
  return (await accountUnder(books, nymHash)) !== account;
}

async function accountUnder(books: Books, nymHash: Bytes32): Promise<Address | undefined> {
  return (await books.read(nymPath(nymHash), nymSchema))?.account;
}

function grantOf(books: Books, account: Address): Promise<KeptGrant | undefined> {
  return books.read(grantPath(account), grantSchema);
}

function grantPath(account: Address): string {
  return `granted/${account}.json`;
}

function nymPath(nymHash: Bytes32): string {
  return `nyms/${nymHash}.json`;
}

export function shownToJson({
  presentation,
  demand,
}: ShownPresentation): z.infer<typeof shownSchema> {
  const { scope, message, epoch, roles } = demand;
  return {
    presentation: bytesToHex(presentation),
    demand: { scope: bytesToHex(scope), message: bytesToHex(message), epoch, roles: [...roles] },
  };
}

export function shownFromJson({
  presentation,
  demand,
}: z.infer<typeof shownSchema>): ShownPresentation {
  const { scope, message, epoch, roles } = demand;
  return {
    presentation: hexToBytes(presentation),
    demand: { scope: hexToBytes(scope), message: hexToBytes(message), epoch, roles },
  };
}
