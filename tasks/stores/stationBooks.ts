/**
 * What a station keeps of its handshakes: one live authorisation a pseudonym, and behind each the
 * presentation, which a court may want to be traced.
 *
 *   granted/<account>.json     authorisation, signature, presentation and what was demanded
 *   nyms/<nymHash>.json        the account that was authorised first under a pseudonym
 *   after/<account>.json       the account that was authorised after this one, under the same pseudonym
 *   answered/<tr_2>.json       a challenge that was answered
 *
 * Nothing that decides who is authorised is ever written over: of two processes that grant at once
 * one creates the file.
 */
import { z } from "zod";
import { ROLES } from "../../offchain/core/credential/attributes.ts";
import type { SignedAuthorisation } from "../../offchain/core/credential/handshake/authorisation.ts";
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
    scope: bytes32Form,
    nymHash: bytes32Form,
    stationId: bytes32Form,
    notBefore: z.number().int(),
    notAfter: z.number().int(),
    maxEnergyWh: z.number().int(),
  }),
  signature: hexForm,
});

/** The station's books that `books` hold. */
export function folderStationBooks(books: Books): StationStore {
  return {
    takeChallenge: (transcript) => books.create(`answered/${transcript}.json`, {}),
    grantedTo: async (nymHash) => {
      const [last] = (await accountsUnder(books, nymHash)).slice(-1);
      const grant = last === undefined ? undefined : await grantOf(books, last);
      return grant && { authorisation: grant.authorisation, signature: grant.signature };
    },
    grant: (signed, shown, earlier) => granted(books, signed, shown, earlier),
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
  earlier: SignedAuthorisation | undefined,
): Promise<boolean> {
  const { account, nymHash } = signed.authorisation;
  const grant = { ...signed, ...shownToJson(shown) };
  const isNew = await books.create(grantPath(account), grant);
  if (!isNew && !(await isUnfinished(books, nymHash, account))) return false;
  if (!isNew) await books.write(grantPath(account), grant);
  const place = earlier ? `after/${earlier.authorisation.account}.json` : `nyms/${nymHash}.json`;
  return books.create(place, { account });
}

async function isUnfinished(books: Books, nymHash: Bytes32, account: Address): Promise<boolean> {
  const grant = await grantOf(books, account);
  if (grant?.authorisation.nymHash !== nymHash) return false;
  return !(await accountsUnder(books, nymHash)).includes(account);
}

/** All accounts of a pseudonym, the last one last. */
async function accountsUnder(books: Books, nymHash: Bytes32): Promise<readonly Address[]> {
  const accounts: Address[] = [];
  let next = await books.read(`nyms/${nymHash}.json`, nymSchema);
  while (next !== undefined) {
    accounts.push(next.account);
    next = await books.read(`after/${next.account}.json`, nymSchema);
  }
  return accounts;
}

function grantOf(books: Books, account: Address): Promise<KeptGrant | undefined> {
  return books.read(grantPath(account), grantSchema);
}

function grantPath(account: Address): string {
  return `granted/${account}.json`;
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
