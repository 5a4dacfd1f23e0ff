/**
 * The registrar's books in the state folder: who is a member, which nonces are open, and under which identifier each has
 * joined in which epoch, by the member's own signed request.
 *
 *   members/<memberId>.json               name, long-term key, roles, whether excluded
 *   nonces/<nonce>.json                   given out and not come back
 *   epochs/<epoch>/<memberId>.json        the identifier of a member in an epoch
 *   identifiers/<identifier>.json         the last request under an identifier
 */
import { z } from "zod";
import { ROLES, type Role } from "../../offchain/core/credential/attributes.ts";
import { CredentialError } from "../../offchain/core/credential/credentialError.ts";
import type { RegisterEntry } from "../../offchain/core/credential/registrar.ts";
import { bytes32Form, hexForm } from "../../offchain/core/messages/forms.ts";
import type { Bytes32 } from "../../offchain/core/messages/market.ts";
import { bytesToHex, hexToBytes, type Hex } from "../../offchain/core/primitives/bytes.ts";
import type { RegistrarBooks } from "../../offchain/parties/authority/credentials.ts";
import type { Books } from "./books.ts";

export interface RegisteredMember {
  readonly memberId: Bytes32;
  /** What the registrar calls it. */
  readonly name: string;
  readonly longTermKey: Uint8Array;
  readonly roles: readonly Role[];
  /** Is not let in for another epoch. */
  readonly isExcluded: boolean;
}

export interface FolderRegister extends RegistrarBooks {
  /** Excluded members too. */
  readonly knownMember: (memberId: Bytes32) => RegisteredMember | undefined;
  readonly memberNamed: (name: string) => RegisteredMember | undefined;
  /** Adds a member, or replaces what is known of it. */
  readonly keep: (member: RegisteredMember) => void;
}

const hexText = hexForm.transform((text) => text as Hex);
const memberSchema = z.strictObject({
  memberId: bytes32Form,
  name: z.string(),
  longTermKey: bytes32Form,
  roles: z.array(z.enum(ROLES)),
  isExcluded: z.boolean(),
});
const identifierSchema = z.strictObject({ identifier: hexText });
const entrySchema = z.strictObject({
  memberId: bytes32Form,
  epoch: z.number().int(),
  identifier: hexText,
  request: hexText,
});

/**
 * The register that `books` hold. A member keeps its identifier for `restEpochs` after the last epoch it has joined: an
 * authorisation outlasts the epoch it was given in, and with a second identifier the member would be two in one scope.
 */
export function folderRegister(books: Books, restEpochs: number): FolderRegister {
  const entryOf = (identifier: Hex): RegisterEntry | undefined => {
    const entry = books.read(`identifiers/${identifier}.json`, entrySchema);
    return entry === undefined ? undefined : { ...entry, request: hexToBytes(entry.request) };
  };
  const joinedIn = (memberId: Bytes32, epoch: number): Hex | undefined =>
    books.read(`epochs/${epoch}/${memberId}.json`, identifierSchema)?.identifier;
  const knownMember = (memberId: Bytes32): RegisteredMember | undefined => {
    const known = books.read(`members/${memberId}.json`, memberSchema);
    return known && { ...known, longTermKey: hexToBytes(known.longTermKey) };
  };
  return {
    knownMember,
    memberNamed: (name) =>
      books
        .list("members")
        .map((file) => knownMember(file.replace(".json", "")))
        .find((member) => member?.name === name),
    keep: (member) => {
      const longTermKey = bytesToHex(member.longTermKey);
      books.write(`members/${member.memberId}.json`, { ...member, longTermKey });
    },
    memberOf: (memberId) => {
      const known = knownMember(memberId);
      return known?.isExcluded === false ? known : undefined;
    },
    giveNonce: (nonce) => {
      books.write(`nonces/${nonce}.json`, {});
    },
    spendNonce: (nonce) => books.remove(`nonces/${nonce}.json`),
    holderOf: (identifier) => entryOf(identifier)?.memberId,
    identifierOf: (memberId, epoch) => {
      const epochs = Array.from({ length: restEpochs + 1 }, (_, back) => epoch - back);
      const joined = epochs.map((one) => joinedIn(memberId, one));
      return joined.find((identifier) => identifier !== undefined);
    },
    record: (entry) => {
      const { memberId, epoch, identifier } = entry;
      const path = `epochs/${epoch}/${memberId}.json`;
      // Of two requests at once only one may have asked before the other was recorded.
      if (!books.create(path, { identifier })) {
        if (joinedIn(memberId, epoch) !== identifier) throw secondIdentifier();
      }
      const request = bytesToHex(entry.request);
      books.write(`identifiers/${identifier}.json`, { ...entry, request });
    },
    requestBehind: (identifier) => {
      const entry = entryOf(identifier);
      const member = entry && knownMember(entry.memberId);
      return entry && member && { entry, longTermKey: member.longTermKey };
    },
  };
}

function secondIdentifier(): CredentialError {
  const message = "registrarBooks: expected the member's identifier of this epoch, got another";
  return new CredentialError("E_IDENTIFIER", message);
}
