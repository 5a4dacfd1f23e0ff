/**
 * The registrar's books in the state folder: who is a member, which nonces are open, and under
 * which identifier each has joined in which epoch, by the member's own signed request.
 *
 *   members/<memberId>.json               name, its naming, roles, whether excluded
 *   nonces/<nonce>.json                   given out and not come back
 *   epochs/<epoch>/<memberId>.json        the identifier of a member in an epoch
 *   identifiers/<identifier>.json         the last request under an identifier
 */
import { z } from "zod";
import { ROLES } from "../../offchain/core/credential/attributes.ts";
import type { RegisterEntry } from "../../offchain/core/credential/registrar.ts";
import { bytes32Form, hexForm } from "../../offchain/core/messages/forms.ts";
import type { Bytes32 } from "../../offchain/core/messages/market.ts";
import { bytesToHex, hexToBytes, type Hex } from "../../offchain/core/primitives/bytes.ts";
import type { RegisteredMember, RegistrarStore } from "../../offchain/parties/authority/store.ts";
import type { Books } from "./books.ts";

const hexText = hexForm.transform((text) => text as Hex);
const memberSchema = z.strictObject({
  memberId: bytes32Form,
  name: z.string(),
  naming: hexForm,
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
 * The register that `books` hold. A member keeps its identifier for `restEpochs` after the last
 * epoch it has joined: an authorisation outlasts the epoch it was given in, and with a second
 * identifier the member would be two in one scope.
 */
export function folderRegister(books: Books, restEpochs: number): RegistrarStore {
  const knownMember = async (memberId: Bytes32): Promise<RegisteredMember | undefined> => {
    const known = await books.read(`members/${memberId}.json`, memberSchema);
    return known && { ...known, naming: hexToBytes(known.naming) };
  };
  return {
    knownMember,
    memberNamed: async (name) => {
      const files = (await books.list("members")).filter((file) => file.endsWith(".json"));
      const members = files.map((file) => knownMember(file.replace(".json", "")));
      return (await Promise.all(members)).find((member) => member?.name === name);
    },
    keepMember: ({ memberId, name, naming, roles, isExcluded }) => {
      const known = { memberId, name, naming: bytesToHex(naming), roles, isExcluded };
      return books.write(`members/${memberId}.json`, known);
    },
    memberOf: async (memberId) => {
      const known = await knownMember(memberId);
      return known?.isExcluded === false ? known : undefined;
    },
    giveNonce: (nonce) => books.write(`nonces/${nonce}.json`, {}),
    spendNonce: (nonce) => books.remove(`nonces/${nonce}.json`),
    record: (entry) => recorded(books, restEpochs, entry),
    requestBehind: (identifier) => entryOf(books, identifier),
  };
}

/**
 * Claims the identifier for the member and the epoch for the identifier. Each claim is a file that
 * one process creates; what may contradict it is looked at afterwards, so that of two requests at
 * once each sees the other's claim.
 */
async function recorded(books: Books, restEpochs: number, entry: RegisterEntry): Promise<boolean> {
  const { memberId, identifier, request } = entry;
  const behind = `identifiers/${identifier}.json`;
  const content = { ...entry, request: bytesToHex(request) };
  const isNew = await books.create(behind, content);
  if (!isNew && (await entryOf(books, identifier))?.memberId !== memberId) return false;
  if (!(await claimed(books, restEpochs, entry))) {
    if (isNew) await books.remove(behind);
    return false;
  }
  await books.write(behind, content);
  return true;
}

/** Whether the identifier is the member's only one around this epoch; then it is noted. */
async function claimed(
  books: Books,
  restEpochs: number,
  { memberId, epoch, identifier }: RegisterEntry,
): Promise<boolean> {
  const isNew = await books.create(epochPath(memberId, epoch), { identifier });
  const around = Array.from({ length: 2 * restEpochs + 1 }, (_, i) => epoch - restEpochs + i);
  const joined = await Promise.all(
    around.map((one) => books.read(epochPath(memberId, one), identifierSchema)),
  );
  const isOnly = joined.every((known) => (known?.identifier ?? identifier) === identifier);
  if (!isOnly && isNew) await books.remove(epochPath(memberId, epoch));
  return isOnly;
}

async function entryOf(books: Books, identifier: Hex): Promise<RegisterEntry | undefined> {
  const entry = await books.read(`identifiers/${identifier}.json`, entrySchema);
  return entry && { ...entry, request: hexToBytes(entry.request) };
}

function epochPath(memberId: Bytes32, epoch: number): string {
  return `epochs/${epoch}/${memberId}.json`;
}
