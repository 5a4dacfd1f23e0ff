/**
 * The registrar's books in the state folder: who is a member, which nonces have come, and under
 * which identifier each has joined in which epoch, by the member's own signed request.
 *
 *   members/<memberId>.json               name, its naming, roles, whether excluded
 *   names/<hash of the name>.json         whose a name is (`nameHash`)
 *   nonces/<nonce>.json                   of a request that was answered
 *   epochs/<epoch>/<memberId>.json        the identifier of a member in an epoch
 *   identifiers/<identifier>.json         the last request under an identifier
 */
import { z } from "zod";
import { ROLES } from "../../offchain/core/credential/attributes.ts";
import type { RegisterEntry } from "../../offchain/core/credential/registrar.ts";
import { bytes32Form, hexForm } from "../../offchain/core/messages/forms.ts";
import type { Bytes32 } from "../../offchain/core/messages/market.ts";
import { nameHash } from "../../offchain/core/messages/readableName.ts";
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
const nameSchema = z.strictObject({ memberId: bytes32Form });
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
    const known = await books.read(memberPath(memberId), memberSchema);
    return known && { ...known, naming: hexToBytes(known.naming) };
  };
  const memberNamed = async (name: string): Promise<RegisteredMember | undefined> => {
    const files = (await books.list("members")).filter((file) => file.endsWith(".json"));
    const members = files.map((file) => knownMember(file.replace(".json", "")));
    return (await Promise.all(members)).find(isCalled(name));
  };
  return {
    knownMember,
    memberNamed,
    registerMember: async (member) => {
      const { memberId, name } = member;
      if (!(await claimedName(books, name, memberId))) return false;
      // Books of an older version know names by their members alone.
      const holder = await memberNamed(name);
      if (holder !== undefined && holder.memberId !== memberId) return false;
      await books.create(memberPath(memberId), memberToJson(member));
      return true;
    },
    keepMember: (member) => books.write(memberPath(member.memberId), memberToJson(member)),
    memberOf: async (memberId) => {
      const known = await knownMember(memberId);
      return known?.isExcluded === false ? known : undefined;
    },
    spendNonce: (nonce) => books.create(`nonces/${nonce}.json`, {}),
    record: (entry) => recorded(books, restEpochs, entry),
    requestBehind: (identifier) => entryOf(books, identifier),
  };
}

/** By its name as people read it. */
function isCalled(name: string): (member: RegisteredMember | undefined) => boolean {
  return (member) => member !== undefined && nameHash(member.name) === nameHash(name);
}

/** Whether the name is the member's; of two that claim it at once, one gets it. */
async function claimedName(books: Books, name: string, memberId: Bytes32): Promise<boolean> {
  const path = `names/${nameHash(name)}.json`;
  if (await books.create(path, { memberId })) return true;
  return (await books.read(path, nameSchema))?.memberId === memberId;
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

function memberToJson({
  memberId,
  name,
  naming,
  roles,
  isExcluded,
}: RegisteredMember): z.input<typeof memberSchema> {
  return { memberId, name, naming: bytesToHex(naming), roles: [...roles], isExcluded };
}

function memberPath(memberId: Bytes32): string {
  return `members/${memberId}.json`;
}

function epochPath(memberId: Bytes32, epoch: number): string {
  return `epochs/${epoch}/${memberId}.json`;
}
