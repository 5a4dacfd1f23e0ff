/**
 * What a station keeps of its handshakes: one live authorisation a pseudonym, and behind each the presentation, which a
 * court may want to be traced.
 *
 *   granted/<account>.json     authorisation, signature, presentation and what was demanded
 *   nyms/<nymHash>.json        the account that was authorised last under a pseudonym
 */
import { z } from "zod";
import { ROLES } from "../../offchain/core/credential/attributes.ts";
import type { SignedAuthorisation } from "../../offchain/core/credential/handshake/authorisation.ts";
import type { StationBooks } from "../../offchain/core/credential/handshake/station.ts";
import type { Demand } from "../../offchain/core/credential/verify.ts";
import { addressForm, bytes32Form, hexForm } from "../../offchain/core/messages/forms.ts";
import type { Address } from "../../offchain/core/messages/market.ts";
import { bytesToHex, hexToBytes } from "../../offchain/core/primitives/bytes.ts";
import type { Books } from "./books.ts";

/** A presentation and what it was shown for. */
export interface ShownPresentation {
  readonly presentation: Uint8Array;
  readonly demand: Demand;
}

export interface FolderStationBooks extends StationBooks {
  readonly shownBy: (account: Address) => ShownPresentation | undefined;
}

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
export function folderStationBooks(books: Books): FolderStationBooks {
  const grantOf = (account: Address): z.infer<typeof grantSchema> | undefined =>
    books.read(grantPath(account), grantSchema);
  return {
    grantedTo: (nymHash): SignedAuthorisation | undefined => {
      const last = books.read(`nyms/${nymHash}.json`, nymSchema);
      const grant = last && grantOf(last.account);
      return grant && { authorisation: grant.authorisation, signature: grant.signature };
    },
    isFresh: (account) => grantOf(account) === undefined,
    grant: (signed, presentation, demand) => {
      const { account, nymHash } = signed.authorisation;
      books.write(grantPath(account), { ...signed, ...shownToJson({ presentation, demand }) });
      books.write(`nyms/${nymHash}.json`, { account });
    },
    shownBy: (account) => {
      const grant = grantOf(account);
      return grant && shownFromJson(grant);
    },
  };
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
