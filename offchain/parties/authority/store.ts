/**
 * The registrar's register: who is a member, and by whose own signed request each identifier is
 * whose.
 */
import type { Naming } from "../../core/credential/naming.ts";
import {
  memoryRegister,
  type Member,
  type Register,
  type RegisterEntry,
} from "../../core/credential/registrar.ts";
import type { Bytes32 } from "../../core/messages/market.ts";
import { nameHash } from "../../core/messages/readableName.ts";
import type { Hex } from "../../core/primitives/bytes.ts";

/** Somebody whose papers the registrar has looked at. */
export interface RegisteredMember extends Member {
  readonly memberId: Bytes32;
  /** What the registrar calls it. */
  readonly name: string;
  /** The registrar's word for it, of `nameMember`. */
  readonly naming: Uint8Array;
  /** Is not let in for another epoch. */
  readonly isExcluded: boolean;
}

/** The registrar's word for a member, as the member keeps it. */
export function namingOf({ memberId, name, naming }: RegisteredMember): Naming {
  return { memberId, name, signature: naming };
}

export interface RegistrarStore extends Register {
  /** Excluded members too. */
  readonly knownMember: (memberId: Bytes32) => Promise<RegisteredMember | undefined>;
  /** The member whose name people read alike (`nameHash`), excluded ones too. */
  readonly memberNamed: (name: string) => Promise<RegisteredMember | undefined>;
  /**
   * Adds a member under its name, in one step with the question whether the name is its alone.
   * False, with nothing added, if another member has it; a member that is known stays as it is.
   */
  readonly registerMember: (member: RegisteredMember) => Promise<boolean>;
  /** Replaces what is known of a member. */
  readonly keepMember: (member: RegisteredMember) => Promise<void>;
  /** The last request under an identifier, excluded members' too. */
  readonly requestBehind: (identifier: Hex) => Promise<RegisterEntry | undefined>;
}

/** The register in memory; for tests and for one process. @param rest of `restEpochs` */
export function memoryRegistrarStore(rest: number): RegistrarStore {
  const known = new Map<Bytes32, RegisteredMember>();
  const letIn = new Map<Bytes32, Member>();
  const entries = new Map<Hex, RegisterEntry>();
  const register = memoryRegister(letIn, rest);
  const named = (name: string): RegisteredMember | undefined =>
    [...known.values()].find((member) => nameHash(member.name) === nameHash(name));
  const keep = (member: RegisteredMember): void => {
    known.set(member.memberId, member);
    if (member.isExcluded) letIn.delete(member.memberId);
    else letIn.set(member.memberId, member);
  };
  return {
    ...register,
    record: async (entry) => {
      const isRecorded = await register.record(entry);
      if (isRecorded) entries.set(entry.identifier, entry);
      return isRecorded;
    },
    knownMember: (memberId) => Promise.resolve(known.get(memberId)),
    memberNamed: (name) => Promise.resolve(named(name)),
    registerMember: (member) => {
      const holder = named(member.name);
      const isFree = holder === undefined || holder.memberId === member.memberId;
      if (isFree && !known.has(member.memberId)) keep(member);
      return Promise.resolve(isFree);
    },
    keepMember: (member) => {
      keep(member);
      return Promise.resolve();
    },
    requestBehind: (identifier) => Promise.resolve(entries.get(identifier)),
  };
}
